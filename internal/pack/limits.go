package pack

import (
	"maps"
	"slices"
	"strings"

	"gezhi/internal/calendar"
	"gezhi/internal/casework"
	"gezhi/internal/fault"
)

// limitsFile is where a zone writes the time limits that its own rules set, procedure by procedure, so that a procedure can be
// shared by zones that differ in nothing else.
const limitsFile = "limits.yaml"

// zoneLimits are a zone's limits of one procedure.
type zoneLimits struct {
	Basis  []string          `yaml:"basis"`  // the rules they are taken from, added to those of the procedure
	Clocks map[string]string `yaml:"clocks"` // what calendar.ParseLimit reads, by clock
}

// limits puts the zone's limits into the procedures it uses, as somebody would who changes them in the form.
func (f folder) limits(p *Pack) {
	in := map[string]zoneLimits{}
	node, ok := f.yaml(limitsFile, &in)
	if !ok {
		return
	}
	for _, id := range slices.Sorted(maps.Keys(in)) {
		proc, at := p.Procedure(id), lineOf(node, id)
		i := slices.IndexFunc(p.Texts, func(t Text) bool { return t.Kind == "procedure" && t.Name == id })
		if proc == nil || i < 0 {
			f.fail(limitsFile, at, "没有流程 %s。", "There is no procedure %s.", id)
			continue
		}
		if len(in[id].Basis) == 0 {
			f.fail(limitsFile, at, "请用 basis 写明这些时限的依据；是示例的，写明是示例。", "Say in basis what these limits rest on; if they are examples, say so.")
			continue
		}
		e := proc.Edit()
		e.Basis = append(e.Basis, in[id].Basis...)
		good := true
		for _, clock := range slices.Sorted(maps.Keys(in[id].Clocks)) {
			good = f.limit(&e, id, clock, in[id].Clocks[clock], lineOf(node, id, "clocks", clock)) && good
		}
		if !good {
			continue
		}
		revised, text, err := casework.Revise(id+".yaml", p.Texts[i].Body, e)
		if err != nil {
			f.adopt(f.label(limitsFile), err)
			continue
		}
		*proc, p.Texts[i].Body = *revised, text
	}
}

// limit changes one clock of an edit.
func (f folder) limit(e *casework.Edit, procedure, clock, text string, line int) bool {
	i := slices.IndexFunc(e.Clocks, func(c casework.ClockEdit) bool { return c.ID == clock })
	if i < 0 {
		f.fail(limitsFile, line, "流程 %[1]s 没有计时 %[2]s，有：%[3]s。", "Procedure %[1]s has no clock %[2]s; it has %[3]s.", procedure, clock, clockNames(e))
		return false
	}
	if _, err := calendar.ParseLimit(text); err != nil {
		for _, x := range fault.Fields(err) {
			f.fail(limitsFile, line, "%[1]s", "%[2]s", x.ZH, x.EN)
		}
		return false
	}
	unit := strings.TrimLeft(text, "0123456789")
	e.Clocks[i].Number, e.Clocks[i].Unit = strings.TrimSuffix(text, unit), unit
	return true
}

func clockNames(e *casework.Edit) string {
	var out []string
	for _, c := range e.Clocks {
		out = append(out, c.ID)
	}
	return strings.Join(out, ", ")
}
