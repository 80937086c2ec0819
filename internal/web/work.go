package web

import (
	"gezhi/internal/app"
	"gezhi/internal/casework"
	"gezhi/internal/store"
	"gezhi/internal/web/ui"
)

// kindsPage lists the procedures the viewer works with.
type kindsPage struct {
	Page  ui.Page
	V     *visit
	Kinds []app.WorkKind
}

func (s *Server) showKinds(v *visit) error {
	kinds, err := s.app.WorkKinds(v.Context(), v.viewer)
	if err != nil {
		return err
	}
	return v.render(workKinds(kindsPage{Page: v.page(v.lang.T("专项事项", "Procedures"), "work"), V: v, Kinds: kinds}))
}

// workColumns are the columns of a list of one procedure's cases: those its file names.
func (p deskList) workColumns() []ui.Column[store.CaseLine] {
	var out []ui.Column[store.CaseLine]
	for _, id := range p.proc().List {
		f, _ := p.proc().Field(id)
		kind := ui.Words
		if f.Type == casework.FieldDate {
			kind = ui.Brief
		}
		out = append(out, ui.TextColumn(f.Label.In(p.V.lang), kind, func(c store.CaseLine) string {
			return app.FieldWords(p.V.zone, f, c.Fields[f.ID]).In(p.V.lang)
		}))
	}
	return out
}

// categoryFilter offers a procedure's own kinds of case.
func categoryFilter(v *visit, p *casework.Procedure) []ui.Option {
	return categoryOptions(v, p)[1:]
}
