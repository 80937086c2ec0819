package web

import (
	"regexp"
	"strconv"
	"strings"
	"time"

	"gezhi/internal/app"
	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/idcode"
	"gezhi/internal/store"
	"gezhi/internal/web/ui"

	"github.com/a-h/templ"
)

// deskRows is how many rows a page of a list has.
const deskRows = 50

// deskList is a list of cases: an officer's inbox, or all there are.
type deskList struct {
	Page   ui.Page
	V      *visit
	Now    time.Time
	Path   string // "desk" or "desk/cases"
	F      deskFilter
	Err    error // of the filter
	Lines  []store.CaseLine
	Pages  ui.Pages
	Tabs   []ui.Tab
	Views  []store.View
	Save   ui.Input // of the form that saves the filter
	Export string
	Starts []casework.Option // ways the viewer may begin a case of the one procedure listed

	// The inbox only.
	All, Overdue int
	Overview     *store.Overview // shown when nothing waits
	Pressing     []store.CaseLine
}

// showInbox lists what waits for the viewer. Whoever has nothing waiting, as leaders never have, sees
// how the cases in their charge stand instead.
func (s *Server) showInbox(v *visit) error {
	p, err := v.inbox(v.URL.Query())
	if err != nil {
		return err
	}
	return v.show(p.Err, deskInbox(p))
}

func (v *visit) inbox(form map[string][]string) (deskList, error) {
	p := v.deskList("desk", v.lang.T("待办", "Inbox"), "desk", form)
	var err error
	if p.All, p.Overdue, err = v.s.app.InboxCount(v.Context(), v.viewer); err != nil {
		return p, err
	}
	f := p.F.CaseFilter
	f.After, f.Limit = cursorIn(form), deskRows+1
	if p.Lines, err = v.s.app.Inbox(v.Context(), v.viewer, f); err != nil {
		return p, err
	}
	p.paginate(form, v.lang.Tf("共 %d 件待办，已超期 %d 件", "%d waiting, %d overdue", p.All, p.Overdue))
	p.Tabs = []ui.Tab{
		{Label: v.lang.T("全部待办", "All"), URL: v.to("desk"), Count: p.All, Current: p.F.empty()},
		{Label: v.lang.T("已超期", "Overdue"), URL: v.to("desk") + "?light=red", Count: p.Overdue, Current: p.F.query() == "light=red"},
	}
	if err := p.saved(); err != nil {
		return p, err
	}
	if p.All == 0 && v.viewer.SeesCases() {
		o, err := v.s.app.Overview(v.Context(), v.viewer)
		if err != nil {
			return p, err
		}
		p.Overview = &o
		p.Pressing, err = v.s.app.Pressing(v.Context(), v.viewer, 15)
		return p, err
	}
	return p, nil
}

// caseNumber is what a whole case number looks like.
var caseNumber = regexp.MustCompile(`^\d{6}-\d{8}-\d{5,}$`)

// showCases lists all cases in the viewer's charge; a whole case number leads to the case itself.
func (s *Server) showCases(v *visit) error {
	form := v.URL.Query()
	if q := strings.TrimSpace(form.Get("q")); caseNumber.MatchString(q) {
		id, err := s.app.FindNumber(v.Context(), v.viewer, q)
		if err == nil {
			return v.goTo(v.to("case", strconv.FormatInt(int64(id), 10)))
		}
		if fault.KindOf(err) != fault.NotFound {
			return err
		}
	}
	p, err := v.cases(form)
	if err != nil {
		return err
	}
	return v.show(p.Err, deskCases(p))
}

func (v *visit) cases(form map[string][]string) (deskList, error) {
	p := v.deskList("desk/cases", v.lang.T("全部案件", "All cases"), "cases", form)
	if p.proc() != nil {
		p.Page.Title, p.Page.Here = p.proc().Name.In(v.lang), "work"
		p.Starts = v.zone.Starts(p.proc(), v.viewer)
	}
	p.Page.Query = p.F.Text
	f := p.F.CaseFilter
	f.After, f.Limit = cursorIn(form), deskRows+1
	var err error
	if p.Lines, err = v.s.app.WorkCases(v.Context(), v.viewer, f); err != nil {
		return p, err
	}
	p.paginate(form, "")
	p.Tabs = []ui.Tab{
		{Label: v.lang.T("全部案件", "All"), URL: p.tab(""), Current: p.F.empty() || p.F.query() == p.only()},
		{Label: v.lang.T("在办", "Open"), URL: p.tab("state=open"), Current: p.F.query() == joinQuery(p.only(), "state=open")},
		{Label: v.lang.T("已超期", "Overdue"), URL: p.tab("light=red"), Current: p.F.query() == joinQuery(p.only(), "light=red")},
	}
	if v.viewer.Can(app.Export) {
		p.Export = p.F.at(v.to("desk", "export.xlsx"))
	}
	return p, p.saved()
}

// only is the part of the address that keeps a list to its procedure.
func (p deskList) only() string {
	if p.proc() == nil {
		return ""
	}
	return "procedure=" + p.proc().ID
}

func joinQuery(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	return a + "&" + b
}

// tab is the address of a part of the list.
func (p deskList) tab(query string) string {
	path := p.V.to("desk", "cases")
	if q := joinQuery(p.only(), query); q != "" {
		return path + "?" + q
	}
	return path
}

// show sends a list, with status 422 when its filter was wrong.
func (v *visit) show(err error, page templ.Component) error {
	if err != nil {
		return v.again(err, page)
	}
	return v.render(page)
}

func (v *visit) deskList(path, title, here string, form map[string][]string) deskList {
	p := deskList{Page: v.page(title, here), V: v, Now: v.s.app.Now(), Path: path, Save: ui.Input{Lang: v.lang}}
	p.F, p.Err = readFilter(form)
	return p
}

// proc is the one procedure listed; nil for all.
func (p deskList) proc() *casework.Procedure { return p.V.zone.Procedure(p.F.Procedure) }

// paginate cuts the row beyond the page and says where the next page and the first one are.
func (p *deskList) paginate(form map[string][]string, summary string) {
	path := p.V.to(p.Path)
	p.Pages.Summary = summary
	if len(p.Lines) > deskRows {
		p.Lines = p.Lines[:deskRows]
		if c, ok := store.NextCursor(p.Lines, deskRows); ok {
			p.Pages.Next = p.F.at(path, "after="+strconv.FormatInt(c.Due, 10)+"."+strconv.FormatInt(c.ID, 10))
		}
	}
	if cursorIn(form) != (store.Cursor{}) {
		p.Pages.Previous = p.F.at(path)
	}
}

// cursorIn reads where a page of a list begins; nonsense is the first page.
func cursorIn(form map[string][]string) store.Cursor {
	var c store.Cursor
	if list := form["after"]; len(list) > 0 {
		due, id, _ := strings.Cut(list[0], ".")
		c.Due, _ = strconv.ParseInt(due, 10, 64)
		c.ID, _ = strconv.ParseInt(id, 10, 64)
	}
	return c
}

// columns are those of the inbox or of all cases.
func (p deskList) columns() []ui.Column[store.CaseLine] {
	l := p.V.lang
	lamp := ui.Column[store.CaseLine]{Head: l.T("时限", "Due"), Kind: ui.Brief, Cell: func(c store.CaseLine) templ.Component {
		return ui.Light(p.tone(c), p.lamp(c))
	}}
	main := ui.Column[store.CaseLine]{Head: l.T("案件", "Case"), Kind: ui.Main, Cell: func(c store.CaseLine) templ.Component {
		return caseCell(p.V.to("case", strconv.FormatInt(int64(c.ID), 10)), c.Title, c.Number)
	}}
	cols := []ui.Column[store.CaseLine]{lamp, main}
	if p.proc() == nil || p.proc().About != casework.AboutNothing {
		cols = append(cols, ui.TextColumn(l.T("事项", "Matter"), ui.Words, func(c store.CaseLine) string { return p.V.kindName(c) }))
	}
	if p.proc() == nil || p.proc().Placed != casework.Unwanted {
		cols = append(cols, ui.Column[store.CaseLine]{Head: l.T("地点", "Place"), Cell: func(c store.CaseLine) templ.Component { return placeCell(p.V.shortPath(c.Area), c.Address) }})
	}
	if p.proc() != nil {
		cols = append(cols, p.workColumns()...)
	}
	cols = append(cols, ui.TextColumn(l.T("环节", "Stage"), ui.Words, func(c store.CaseLine) string { return p.V.stageName(c) }))
	if p.Path == "desk" && p.Overview == nil {
		return append(cols,
			ui.Column[store.CaseLine]{Head: l.T("待办类型", "Task"), Kind: ui.Brief, Cell: func(c store.CaseLine) templ.Component {
				tone, word := p.V.taskKind(c.Kind)
				return ui.Badge(tone, word)
			}},
			ui.Column[store.CaseLine]{Head: l.T("到达时间", "Since"), Kind: ui.Brief, Cell: func(c store.CaseLine) templ.Component { return ui.Clock(l, p.Now, c.Since) }})
	}
	cols = append(cols, ui.TextColumn(l.T("承办", "With"), ui.Words, func(c store.CaseLine) string { return p.V.holderName(c) }))
	if p.proc() == nil { // a procedure's own columns matter more
		cols = append(cols, ui.TextColumn(l.T("来源", "Source"), ui.Brief, func(c store.CaseLine) string { return p.V.sourceName(c) }))
	}
	return append(cols,
		ui.Column[store.CaseLine]{Head: l.T("上报时间", "Reported"), Kind: ui.Brief, Cell: func(c store.CaseLine) templ.Component { return ui.Clock(l, p.Now, c.Opened) }})
}

func (p deskList) sheet() ui.Sheet[store.CaseLine] {
	l := p.V.lang
	s := ui.Sheet[store.CaseLine]{Caption: p.Page.Title, Columns: p.columns(), Tone: p.tone}
	switch {
	case !p.F.empty():
		s.Empty = ui.EmptyState{Icon: "filter", Title: l.T("没有符合条件的案件", "Nothing matches the filter"),
			Text: l.T("可以放宽条件，或清除筛选后重新查看。", "Widen the filter, or clear it."), Action: ui.Link{Label: l.T("清除筛选", "Clear the filter"), URL: p.V.to(p.Path)}}
	case p.Path == "desk":
		s.Empty = ui.EmptyState{Icon: "circle-check", Title: l.T("没有待办", "Nothing waits for you"), Text: l.T("新的任务到达后会出现在这里。", "New tasks will appear here.")}
	default:
		s.Empty = ui.EmptyState{Icon: "clipboard-list", Title: l.T("您的职责范围内还没有案件", "There are no cases in your charge yet")}
	}
	return s
}

func (p deskList) tone(c store.CaseLine) ui.Tone {
	return tone(app.LightOf(c.Due, c.Closed, c.Level, p.Now))
}

// lamp says in words what the light says, and how far the deadline is.
func (p deskList) lamp(c store.CaseLine) string { return p.V.lampWords(c, p.Now) }

func (v *visit) lampWords(c store.CaseLine, now time.Time) string {
	l := v.lang
	switch app.LightOf(c.Due, c.Closed, c.Level, now) {
	case app.Red:
		return ui.Due(l, now, c.Due)
	case app.Yellow:
		return l.T("预警 ", "warned ") + ui.Due(l, now, c.Due)
	case app.Green:
		return ui.Due(l, now, c.Due)
	}
	if !c.Closed.IsZero() {
		return l.T("已结案", "closed")
	}
	return l.T("不计时", "no clock")
}

// kindName is what kind of case it is; of a procedure without kinds, the procedure itself.
func (v *visit) kindName(c store.CaseLine) string {
	if name := v.zone.KindName(c.Procedure, c.Version, c.Matter).In(v.lang); name != "" {
		return name
	}
	if p := v.zone.Version(c.Procedure, c.Version); p != nil {
		return p.Name.In(v.lang)
	}
	return c.Matter
}

// shortPath is street and community; what lies deeper is on the case page.
func (v *visit) shortPath(area string) string {
	return v.zone.Tree.Path(area[:min(len(area), idcode.Community.Digits())])
}

func (v *visit) holderName(c store.CaseLine) string {
	zh, en := v.zone.HolderName(c.Holder)
	return v.lang.T(zh, en)
}

// sourceName is where a case came from, in words.
func (v *visit) sourceName(c store.CaseLine) string {
	id := c.Source
	if p := v.zone.Version(c.Procedure, c.Version); p != nil && len(p.Sources) > 0 {
		return app.SourceName(p, id).In(v.lang)
	}
	for _, o := range v.sourceFilter() {
		if o.Value == id {
			return o.Label
		}
	}
	return id
}

// taskKind is what is asked of the viewer.
func (v *visit) taskKind(kind string) (ui.Tone, string) {
	switch kind {
	case "extension":
		return ui.Yellow, v.lang.T("延期申请", "Asks for time")
	case "suspension":
		return ui.Yellow, v.lang.T("挂账申请", "Asks to suspend")
	}
	return ui.Blue, v.lang.T("案件", "Case")
}

func (p deskList) overviewCards() []ui.StatCard {
	l, o := p.V.lang, p.Overview
	cases := p.V.to("desk", "cases")
	day := p.Now.Format(time.DateOnly)
	cards := []ui.StatCard{
		{Label: l.T("在办", "Open"), Value: ui.Number(o.Open), Unit: l.T("件", ""), URL: cases + "?state=open"},
		{Label: l.T("已超期", "Overdue"), Value: ui.Number(o.Overdue), Unit: l.T("件", ""), URL: cases + "?light=red"},
		{Label: l.T("预警", "Warned"), Value: ui.Number(o.Warned), Unit: l.T("件", ""), URL: cases + "?light=yellow"},
		{Label: l.T("今日上报", "Reported today"), Value: ui.Number(o.Opened), Unit: l.T("件", ""), URL: cases + "?from=" + day},
		{Label: l.T("今日结案", "Closed today"), Value: ui.Number(o.Closed), Unit: l.T("件", "")},
	}
	if o.Overdue > 0 {
		cards[1].Tone = ui.Red
	}
	if o.Warned > 0 {
		cards[2].Tone = ui.Yellow
	}
	return cards
}
