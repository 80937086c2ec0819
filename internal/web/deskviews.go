package web

import (
	"net/url"
	"strings"

	"gezhi/internal/store"
	"gezhi/internal/web/ui"
)

// saved adds the filters the viewer has saved as tabs. Those of the other list lead there.
func (p *deskList) saved() error {
	views, err := p.V.s.app.Views(p.V.Context(), p.V.viewer)
	if err != nil {
		return err
	}
	p.Views = views
	for _, w := range views {
		path, f := viewAddress(w)
		if path == p.Path {
			p.Tabs = append(p.Tabs, ui.Tab{Label: w.Name, URL: f.at(p.V.to(path)), Current: f.query() == p.F.query()})
		}
	}
	return nil
}

// viewAddress is the list a saved filter belongs to and the filter. What was saved is read like any
// address, so that it can hold nothing else.
func viewAddress(w store.View) (path string, f deskFilter) {
	path, query, ok := strings.Cut(w.Query, "?")
	if !ok {
		path, query = "desk", w.Query
	}
	if path != "desk/cases" {
		path = "desk"
	}
	form, _ := url.ParseQuery(query)
	f, _ = readFilter(form)
	return path, f
}

// saveView keeps the filter of a list under a name.
func (s *Server) saveView(v *visit) error {
	if err := v.parse(); err != nil {
		return err
	}
	path, f := viewAddress(store.View{Query: v.PostForm.Get("list") + "?" + v.PostForm.Get("query")})
	err := s.app.SaveView(v.Context(), v.viewer, store.View{Name: v.PostForm.Get("name"), Query: path + "?" + f.query()})
	if wrong(err) {
		list, page := v.inbox, deskInbox
		if path == "desk/cases" {
			list, page = v.cases, deskCases
		}
		p, e := list(f.values)
		if e != nil {
			return e
		}
		p.Save = v.input(err)
		return v.again(err, page(p))
	}
	if err != nil {
		return err
	}
	s.flash(v, ui.Green, v.lang.T("筛选条件已保存。", "The filter is saved."))
	return v.goTo(f.at(v.to(path)))
}

// dropView forgets a saved filter.
func (s *Server) dropView(v *visit) error {
	if err := v.parse(); err != nil {
		return err
	}
	if err := s.app.DropView(v.Context(), v.viewer, v.PostForm.Get("name")); err != nil {
		return err
	}
	s.flash(v, ui.Green, v.lang.T("已删除。", "Deleted."))
	path, _ := viewAddress(store.View{Query: v.PostForm.Get("list") + "?"})
	return v.goTo(v.to(path))
}
