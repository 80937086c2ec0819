package app_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gezhi/internal/app"
	"gezhi/internal/app/apptest"
	"gezhi/internal/casework"
	"gezhi/internal/store"
)

// BenchmarkEightDepartments accepts an application with eight items in eight departments: one durable transaction opens them all.
func BenchmarkEightDepartments(b *testing.B) {
	w := apptest.New(b, "sqlite:"+filepath.Join(b.TempDir(), "g.db"))
	ctx := context.Background()
	src, err := os.ReadFile("../../packs/common/themes.yaml")
	w.OK(err)
	var eight strings.Builder
	eight.WriteString("\n  eight:\n    name: {zh: 八个部门, en: Eight}\n    lead: {zh: 八, en: Eight}\n    for: business\n    licence: {zh: 证, en: Licence}\n    now: {steps: 1, visits: 1}\n    items:\n")
	for i, u := range []string{"law", "housing", "ecology", "market", "fire", "culture", "approval", "health"} {
		fmt.Fprintf(&eight, "      i%d: {name: {zh: 事项, en: Item}, unit: %s, statutory: 20work_day, promised: 5work_day, result: {zh: 证, en: Licence}, before: {steps: 1, visits: 1}}\n", i, u)
	}
	eight.WriteString("    materials: {}\n")
	w.OK(w.App.DB().InTx(ctx, apptest.Zone, func(tx *store.Tx) error {
		return tx.AddDocument(store.Document{Kind: "themes", Name: "themes", Version: 2, State: "published", Body: string(src) + eight.String()})
	}))
	w.App.Forget(apptest.Zone)
	window := w.Staff("ck", "窗口一号", casework.Duty{Role: "window", Area: "330108"})
	ids := make([]casework.ID, b.N)
	for i := range ids {
		out, err := w.App.File(ctx, window, app.Filing{Key: fmt.Sprintf("eight-key-%016d", i), Procedure: "one-thing", Start: "record", Fields: fields("theme", "eight", "applicant", "格治小馆")})
		w.OK(err)
		ids[i] = out.Case.ID
	}
	b.ResetTimer()
	for i, id := range ids {
		c, err := w.App.Move(ctx, window, id, casework.Command{Move: "accept"}, fmt.Sprint("e", i))
		w.OK(err)
		if len(c.Round("items")) != 8 {
			b.Fatalf("%d sub-cases", len(c.Round("items")))
		}
	}
}
