package web

import (
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"gezhi/internal/app"
	"gezhi/internal/calendar"
	"gezhi/internal/fault"
	"gezhi/internal/idcode"
	"gezhi/internal/territory"
	"gezhi/internal/web/ui"

	"github.com/a-h/templ"
)

// office is what every administrator's page has.
type office struct {
	Page ui.Page
	V    *visit
	In   ui.Input
}

// office makes the frame of an administrator's page; here is the entry of the menu.
func (v *visit) office(title, here string, in ui.Input) office {
	return office{Page: v.page(title, here), V: v, In: in}
}

// blankInput is a form nobody has touched.
func (v *visit) blankInput() ui.Input { return ui.Input{Lang: v.lang} }

// untouched renders a page whose form nobody has touched.
func (v *visit) untouched(load func(ui.Input) (templ.Component, error)) error {
	page, err := load(v.blankInput())
	if err != nil {
		return err
	}
	return v.render(page)
}

// settle ends a form: wrong input brings the page back with what was typed, success says so and leads on.
func (v *visit) settle(err error, again func(ui.Input) (templ.Component, error), said, to string) error {
	if err != nil && (wrong(err) || fault.KindOf(err) == fault.Forbidden) {
		page, e := again(v.input(err))
		switch {
		case e == nil:
			return v.again(err, page)
		case wrong(err):
			return e
		} // else the page may not be seen either
	}
	if err != nil {
		return err
	}
	v.s.flash(v, ui.Green, said)
	return v.goTo(to)
}

// admin is the address of an administrator's page.
func (v *visit) admin(parts ...string) string {
	return v.to(append([]string{"admin"}, parts...)...)
}

// uploadLimit is the most bytes an administrator's file may have, the form around it included.
const uploadLimit = 41 << 20

// withUpload is with for forms that carry a file.
func (s *Server) withUpload(p app.Power, h func(*visit) error) http.Handler {
	return s.Upload(uploadLimit, func(w http.ResponseWriter, r *http.Request) error {
		v, err := s.visit(w, r)
		if err != nil {
			return err
		}
		if !v.viewer.Known() {
			return v.enterFirst("staff")
		}
		if !v.viewer.Can(p) {
			return fault.New(fault.Forbidden, "您的岗位不使用这个页面。", "Your post does not use this page.")
		}
		if err := v.parseUpload(); err != nil {
			return err
		}
		if v.MultipartForm != nil {
			defer v.MultipartForm.RemoveAll()
		}
		return h(v)
	})
}

// upload reads the form's file; without one the name and body are empty.
func (v *visit) upload() (name string, body []byte, err error) {
	f, head, err := v.FormFile("file")
	if err != nil {
		return "", nil, nil
	}
	defer f.Close()
	body, err = io.ReadAll(f)
	return head.Filename, body, err
}

// download sends a file to be saved.
func (v *visit) download(name, kind string, body []byte) error {
	h := v.w.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", "attachment; filename*=UTF-8''"+url.PathEscape(name))
	h.Set("Content-Length", strconv.Itoa(len(body)))
	_, err := v.w.Write(body)
	return err
}

const xlsxType = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// day is a date as forms write it, "" for none.
func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(calendar.Zone()).Format(time.DateOnly)
}

func (v *visit) today() string { return day(v.s.app.Now()) }

// since is the start of a span in words.
func (v *visit) since(t time.Time) string {
	if t.IsZero() || t.UnixMilli() == 0 {
		return v.lang.T("建档起", "from the start")
	}
	return ui.Date(v.lang, t)
}

func (v *visit) levelName(a territory.Area) string { return territory.LevelName(a.Level()).In(v.lang) }

// areaOptions offers an area's subtree down to a level, parents before children.
func (v *visit) areaOptions(under string, deepest territory.Level) []ui.Option {
	out := []ui.Option{{Label: v.lang.T("请选择", "Choose")}}
	for _, a := range v.zone.Tree.Subtree(under) {
		if a.Level() > deepest {
			continue
		}
		group := ""
		if a.Level() > idcode.Street {
			up, _ := v.zone.Tree.Area(idcode.AncestorAt(a.Code, idcode.Street))
			group = up.Name
		}
		out = append(out, ui.Option{Value: a.Code, Label: a.Name, Group: group})
	}
	return out
}

func itoa[N ~int | ~int64](n N) string { return strconv.FormatInt(int64(n), 10) }

// wrongIn reports whether something in the named fields came back wrong.
func (o office) wrongIn(fields ...string) bool {
	for _, f := range fault.Fields(o.In.Err) {
		for _, name := range fields {
			if f.Field == name {
				return true
			}
		}
	}
	return false
}
