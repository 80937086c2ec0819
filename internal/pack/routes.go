package pack

import (
	"slices"
	"strings"

	"gezhi/internal/territory"
)

// readRoutes reads routes.csv. Its columns are matter, area, stage, mode, owner and note.
func readRoutes(f folder, p *Pack) {
	const file = "routes.csv"
	rows, lines, ok := f.csv(file)
	if !ok || len(rows) == 0 {
		if !ok && len(f.bad) > 0 {
			return
		}
		f.fail(file, 0, "数据包里没有 routes.csv，或者它是空的。", "The pack has no routes.csv, or it is empty.")
		return
	}
	at := map[string]int{}
	for i, h := range rows[0] {
		at[strings.TrimSpace(h)] = i
	}
	for _, must := range []string{"matter", "area", "stage", "mode", "owner"} {
		if _, ok := at[must]; !ok {
			f.fail(file, 1, "缺少列 %s。", "Column %s is missing.", must)
			return
		}
	}
	cell := func(row []string, name string) string {
		if i, ok := at[name]; ok && i < len(row) {
			return strings.TrimSpace(row[i])
		}
		return ""
	}
	for i, row := range rows[1:] {
		if strings.TrimSpace(strings.Join(row, "")) == "" {
			continue
		}
		p.Routes = append(p.Routes, territory.Route{Line: lines[i+1], Matter: cell(row, "matter"), Area: cell(row, "area"),
			Stage: cell(row, "stage"), Mode: territory.Mode(cell(row, "mode")), Owner: cell(row, "owner"), Note: cell(row, "note")})
	}
	p.Routes = slices.Clip(p.Routes)
}
