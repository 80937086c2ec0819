package web

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"gezhi/internal/app"
	"gezhi/internal/calendar"
	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/lang"
	"gezhi/internal/web/ui"
	"gezhi/internal/yamldoc"

	"github.com/a-h/templ"
)

// procedureForm is the form of limits, roles and reasons. Its values are always complete: those of the procedure until
// something was typed. The reasons of a list stand in items.LIST in their order, those taken out in out.LIST.
type procedureForm struct {
	office
	app.EditableProcedure
}

func (s *Server) editProcedure(v *visit) error { return v.untouched(v.procedureForm) }

// saveProcedure is every button of the form: it works without scripts, so moving a reason sends the form too.
func (s *Server) saveProcedure(v *visit) error {
	if err := v.parse(); err != nil {
		return err
	}
	e, err := s.app.EditableProcedure(v.Context(), v.viewer, v.PathValue("id"))
	if err != nil {
		return err
	}
	if do := v.PostForm.Get("do"); do != "save" {
		rearrange(v.PostForm, do, e.Used)
		page, err := v.procedureForm(ui.Input{Lang: v.lang, Values: v.PostForm})
		if err != nil {
			return err
		}
		return v.render(page)
	}
	n, err := s.app.EditProcedure(v.Context(), v.viewer, e.ID, v.PostForm.Get("base"), typedEdit(e.Procedure, v.PostForm), v.PostForm.Get("why"), v.PostForm.Get(ui.KeyName))
	return v.settle(err, v.procedureForm, v.lang.Tf("已存为第 %d 版草稿，尚未生效。请看过差异、试算后再发布。", "Kept as the draft of version %d, which is not in force yet. Look at the differences and try it before publishing.", n),
		v.admin("procedures", e.ID, itoa(n)))
}

func (v *visit) procedureForm(in ui.Input) (templ.Component, error) {
	e, err := v.s.app.EditableProcedure(v.Context(), v.viewer, v.PathValue("id"))
	if err != nil {
		return nil, err
	}
	if in.Values == nil {
		in.Values = editValues(e.Edit())
	}
	in.Values.Del("do")
	title := v.lang.T("修改时限、角色、原因", "Change limits, roles and reasons")
	return procedureFormView(procedureForm{office: v.office(title, "procedures", in), EditableProcedure: e}), nil
}

// editValues are an edit as the form's values, typedEdit the way back.
func editValues(e casework.Edit) url.Values {
	f := url.Values{}
	text := func(at string, t lang.Text) {
		f.Set(at+".zh", t.ZH)
		f.Set(at+".en", t.EN)
	}
	for _, c := range e.Clocks {
		text("clock."+c.ID, c.Label)
		f.Set("clock."+c.ID+".number", c.Number)
		f.Set("clock."+c.ID+".unit", c.Unit)
	}
	for i, s := range e.Percent {
		f.Set("percent."+strconv.Itoa(i), s)
	}
	for _, t := range e.Roles {
		text("role."+t.ID, t.Label)
	}
	for _, l := range e.Reasons {
		for _, t := range l.Items {
			f.Add("items."+l.ID, t.ID)
			text("reason."+l.ID+"."+t.ID, t.Label)
		}
	}
	return f
}

func typedEdit(p *casework.Procedure, f url.Values) casework.Edit {
	e := p.Edit()
	text := func(at string) lang.Text { return lang.Text{ZH: f.Get(at + ".zh"), EN: f.Get(at + ".en")} }
	for i := range e.Clocks {
		c := &e.Clocks[i]
		at := "clock." + c.ID
		c.Label, c.Number, c.Unit = text(at), f.Get(at+".number"), f.Get(at+".unit")
	}
	for i := range e.Percent {
		e.Percent[i] = f.Get("percent." + strconv.Itoa(i))
	}
	for i := range e.Roles {
		e.Roles[i].Label = text("role." + e.Roles[i].ID)
	}
	for i := range e.Reasons {
		l := &e.Reasons[i]
		l.Items = nil
		for _, id := range reasonIDs(f, "items."+l.ID) {
			l.Items = append(l.Items, casework.Term{ID: id, Label: text("reason." + l.ID + "." + id)})
		}
	}
	return e
}

// reasonIDs are a list's ids as sent; what no file could hold is left out.
func reasonIDs(f url.Values, name string) []string {
	return slices.DeleteFunc(slices.Clone(f[name]), func(id string) bool { return !yamldoc.IDForm.MatchString(id) })
}

// rearrange does what a button of a list says: add.LIST, or up, down, drop or back with list and reason.
func rearrange(f url.Values, do string, used map[string][]string) {
	parts := strings.SplitN(do, ".", 3)
	if len(parts) < 2 {
		return
	}
	in, out := "items."+parts[1], "out."+parts[1]
	if parts[0] == "add" {
		if len(f[in]) < casework.MaxReasons {
			f.Add(in, casework.NextReason(slices.Concat(used[parts[1]], f[in], f[out])))
		}
		return
	}
	from := in
	if parts[0] == "back" {
		from = out
	}
	id := parts[len(parts)-1]
	i := slices.Index(f[from], id)
	if i < 0 {
		return
	}
	switch list := f[from]; {
	case parts[0] == "up" && i > 0:
		list[i-1], list[i] = list[i], list[i-1]
	case parts[0] == "down" && i+1 < len(list):
		list[i+1], list[i] = list[i], list[i+1]
	case parts[0] == "drop":
		f[in] = slices.Delete(list, i, i+1)
		f.Add(out, id)
	case parts[0] == "back":
		f[out] = slices.Delete(list, i, i+1)
		f.Add(in, id)
	}
}

func (p procedureForm) address() string { return p.V.admin("procedures", p.ID, "edit") }

func (p procedureForm) lead() string {
	l := p.V.lang
	if p.Doc.State == "draft" {
		return l.Tf("您修改的是第 %d 版草稿，保存后替换原草稿。发布之前，现行办理不受影响。", "You are changing the draft of version %d; saving replaces it. Until it is published nothing in force changes.", p.Next())
	}
	return l.Tf("以第 %d 版为底本，保存后成为第 %d 版草稿。发布之前，现行办理不受影响。", "Begins from version %d; saving makes a draft of version %d. Until it is published nothing in force changes.", p.Doc.Version, p.Next())
}

// two are the fields of a name in both languages.
func (p procedureForm) two(at, zh, en string, most int) (ui.Field, ui.Field) {
	return p.In.Field(at+".zh", zh).Upto(most), p.In.Field(at+".en", en).Upto(most)
}

// units are what a limit can be counted in.
func (p procedureForm) units() []ui.Option {
	l := p.V.lang
	return []ui.Option{
		{Value: calendar.WorkHour.String(), Label: l.T("工作时", "working hours")},
		{Value: calendar.WorkDay.String(), Label: l.T("工作日", "working days")},
		{Value: calendar.NaturalDay.String(), Label: l.T("自然日", "calendar days")},
		{Value: calendar.NaturalDay.String() + "!", Label: l.T("自然日（遇休息日不顺延）", "calendar days (days off included)")},
		{Value: calendar.UrgentHour.String(), Label: l.T("紧急工作时（昼夜连续）", "hours round the clock")},
	}
}

// reason is one row of a list.
type reason struct {
	List, ID    string
	At          string // what the names of its fields begin with
	First, Last bool
}

// reasons are the rows of a list: name is items, or out for those taken out.
func (p procedureForm) reasons(l casework.ReasonList, name string) []reason {
	ids := reasonIDs(p.In.Values, name+"."+l.ID)
	var out []reason
	for i, id := range ids {
		out = append(out, reason{List: l.ID, ID: id, At: "reason." + l.ID + "." + id, First: i == 0, Last: i == len(ids)-1})
	}
	return out
}

// words is what a reason says in the reader's language, for the name of a button.
func (p procedureForm) words(r reason) string {
	f := p.In.Values
	if s := (lang.Text{ZH: f.Get(r.At + ".zh"), EN: f.Get(r.At + ".en")}).In(p.V.lang); s != "" {
		return s
	}
	return p.V.lang.T("新原因", "new reason")
}

// touched reports whether something below a place was changed or is wrong, so that its fold stands open.
func (p procedureForm) touched(prefix string, lists ...string) bool {
	for _, f := range fault.Fields(p.In.Err) {
		if f.Field == prefix || strings.HasPrefix(f.Field, prefix+".") {
			return true
		}
	}
	was := editValues(p.Edit())
	for _, name := range lists {
		if !slices.Equal(was[name], p.In.Values[name]) {
			return true
		}
	}
	for name, values := range p.In.Values {
		if strings.HasPrefix(name, prefix+".") && !slices.Equal(values, was[name]) {
			return true
		}
	}
	return false
}

// wrong is what is to be said of a list as a whole.
func (p procedureForm) wrong(at string) string { return p.In.Field(at, "").Error }
