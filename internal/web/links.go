package web

import (
	"strconv"

	"gezhi/internal/app"
	"gezhi/internal/casework"
	"gezhi/internal/web/ui"
)

// linkCase ties the case of a page to another.
func (s *Server) linkCase(v *visit) error {
	return v.onLinks("links", func(id casework.ID) error {
		return s.app.Link(v.Context(), v.viewer, id, v.PostForm.Get("number"), v.PostForm.Get("kind"), v.PostForm.Get(ui.KeyName))
	}, v.lang.T("已关联，两件案件的经过都有记录。", "Related; both histories say so."))
}

// unlinkCase frees it of another.
func (s *Server) unlinkCase(v *visit) error {
	link, err := strconv.ParseInt(v.PathValue("link"), 10, 64)
	if err != nil {
		return errNoPage
	}
	return v.onLinks("links/"+v.PathValue("link"), func(id casework.ID) error {
		return s.app.Unlink(v.Context(), v.viewer, id, link, v.PostForm.Get("why"), v.PostForm.Get(ui.KeyName))
	}, v.lang.T("已解除关联。", "The relation is removed."))
}

// onLinks answers a form of the related cases on the page of a case.
func (v *visit) onLinks(form string, do func(casework.ID) error, said string) error {
	id, err := app.ParseCaseID(v.PathValue("id"))
	if err != nil {
		return err
	}
	if err := v.parse(); err != nil {
		return err
	}
	if v.viewer, err = v.s.app.As(v.Context(), v.viewer, id); err != nil {
		return err
	}
	err = do(id)
	if wrong(err) {
		p, e := v.casePage(v.PathValue("id"))
		if e != nil {
			return e
		}
		p.Move, p.In = form, v.input(err)
		return v.again(err, p.draw())
	}
	if err != nil {
		return err
	}
	v.s.flash(v, ui.Green, said)
	return v.goTo(v.to("case", v.PathValue("id")))
}

// linkKinds are the ways in which people may tie cases.
func linkKinds(v *visit) []ui.Option {
	var out []ui.Option
	for _, k := range casework.LinkKinds() {
		if k.ByHand {
			out = append(out, ui.Option{Value: k.ID, Label: k.Label.In(v.lang)})
		}
	}
	return out
}

// linkInput is what a form of the related cases holds.
func (p casePage) linkInput(form string) ui.Input {
	if p.Move == form {
		return p.In
	}
	return ui.Input{Lang: p.V.lang}
}
