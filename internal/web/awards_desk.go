package web

import (
	"net/url"
	"strconv"

	"gezhi/internal/app"
	"gezhi/internal/idcode"
	"gezhi/internal/lang"
	"gezhi/internal/points"
	"gezhi/internal/sheet"
	"gezhi/internal/store"
	"gezhi/internal/web/ui"

	"github.com/a-h/templ"
)

// queuePage is the awards that wait, are published or wait for budget in the viewer's areas.
type queuePage struct {
	Page  ui.Page
	V     *visit
	View  string
	Count int
	Lines []app.AwardLine
	Next  string
}

func (s *Server) showQueue(v *visit) error {
	p := queuePage{Page: v.page(v.lang.T("积分复核", "Review of points"), "awards"), V: v, View: v.URL.Query().Get("view")}
	if p.View == "" && !v.viewer.Can(app.ReviewAwards) {
		p.View = "all"
	}
	var err error
	if p.Count, err = s.app.ReviewCount(v.Context(), v.viewer); err != nil {
		return err
	}
	f := awardFilter(v)
	if p.View == "" {
		p.Lines, err = s.app.ReviewQueue(v.Context(), v.viewer, f.After, f.Limit)
	} else {
		p.Lines, err = s.app.DutyAwards(v.Context(), v.viewer, f)
	}
	if err != nil {
		return err
	}
	if n := len(p.Lines); n == f.Limit {
		p.Next = "?" + url.Values{"view": {p.View}, "after": {itoa(p.Lines[n-1].ID)}}.Encode()
	}
	return v.render(queueView(p))
}

func (p queuePage) tabs() []ui.Tab {
	l := p.Page.Lang
	var out []ui.Tab
	for _, x := range []struct {
		view, zh, en string
		n            int
	}{{"", "待我复核", "For me to review", p.Count}, {"publicity", "公示与异议", "In publicity", 0}, {"waiting", "待拨付", "Waiting for budget", 0}, {"all", "全部", "All", 0}} {
		out = append(out, ui.Tab{Label: l.T(x.zh, x.en), URL: "?view=" + x.view, Count: x.n, Current: p.View == x.view})
	}
	return out
}

func (p queuePage) columns() ui.Sheet[app.AwardLine] {
	l := p.Page.Lang
	return ui.Sheet[app.AwardLine]{Caption: l.T("积分记录", "Awards"), Columns: []ui.Column[app.AwardLine]{
		{Head: l.T("佐证", "Evidence"), Kind: ui.Brief, Cell: func(x app.AwardLine) templ.Component { return evidenceThumb(p.V, x) }},
		ui.LinkColumn(l.T("事项", "Item"), ui.Main, func(x app.AwardLine) ui.Link {
			return ui.Link{Label: x.Item.Name.In(l), URL: p.V.to("desk", "awards", itoa(x.ID))}
		}),
		ui.TextColumn(l.T("得分人", "Earner"), ui.Brief, func(x app.AwardLine) string { return x.Earner }),
		ui.TextColumn(l.T("积分", "Points"), ui.Figures, func(x app.AwardLine) string { return itoa(x.Points) }),
		ui.TextColumn(l.T("日期", "Day"), ui.Brief, func(x app.AwardLine) string { return x.Day.String() }),
		ui.TextColumn(l.T("社区", "Community"), ui.Words, func(x app.AwardLine) string { return x.Path }),
		{Head: l.T("状态", "State"), Kind: ui.Brief, Cell: func(x app.AwardLine) templ.Component { return stateOf(l, x.Award) }},
		{Head: l.T("提交", "Sent"), Kind: ui.Brief, Cell: func(x app.AwardLine) templ.Component { return ui.Clock(l, p.V.s.app.Now(), x.At) }},
	}, Empty: ui.EmptyState{Icon: "clipboard-check", Title: l.T("没有需要办理的积分", "Nothing waits here")}}
}

func (v *visit) reviewPage(in ui.Input) (templ.Component, error) {
	p, err := v.awardPage(in, nil, true)
	return reviewView(p), err
}

func (s *Server) showReview(v *visit) error { return v.untouched(v.reviewPage) }

func (s *Server) review(v *visit) error {
	if err := v.parse(); err != nil {
		return err
	}
	id, err := v.awardID()
	if err != nil {
		return err
	}
	err = s.app.DecideAward(v.Context(), v.viewer, id, app.Decision(v.PostForm.Get("decision")), v.PostForm.Get("note"), v.PostForm.Get(ui.KeyName))
	return v.settle(err, v.reviewPage, v.lang.T("已复核。", "Reviewed."), v.to("desk", "awards"))
}

func (s *Server) reverseAward(v *visit) error {
	if err := v.parse(); err != nil {
		return err
	}
	id, err := v.awardID()
	if err != nil {
		return err
	}
	err = s.app.ReverseAward(v.Context(), v.viewer, id, v.PostForm.Get("note"), v.PostForm.Get(ui.KeyName))
	return v.settle(err, v.reviewPage, v.lang.T("已冲正，积分退回原预算池。", "Reversed; the points are back in their pool."), v.to("desk", "awards", itoa(id)))
}

func (s *Server) decideObjection(v *visit) error {
	if err := v.parse(); err != nil {
		return err
	}
	award, err := v.awardID()
	if err != nil {
		return err
	}
	id, err := strconv.ParseInt(v.PathValue("objection"), 10, 64)
	if err != nil {
		return errNoPage
	}
	f := v.PostForm
	switch d := f.Get("decision"); d {
	case "uphold", "dismiss":
		err = s.app.ProposeObjection(v.Context(), v.viewer, id, d == "uphold", f.Get("note"), f.Get(ui.KeyName))
	default:
		err = s.app.ConfirmObjection(v.Context(), v.viewer, id, d == "agree", f.Get(ui.KeyName))
	}
	return v.settle(err, v.reviewPage, v.lang.T("已记录。", "Recorded."), v.to("desk", "awards", itoa(award)))
}

// decisions are what a reviewer can choose.
func (p awardPage) decisions() []ui.Option {
	l := p.V.lang
	out := []ui.Option{}
	for _, a := range p.May {
		switch a {
		case points.Refer, points.Publish, points.Clear:
			out = append([]ui.Option{{Value: string(app.Approve), Label: l.T("通过", "Approve"), Hint: a.Name().In(l)}}, out...)
		case points.Return:
			out = append(out, ui.Option{Value: string(app.SendBack), Label: l.T("退回补正", "Return"), Hint: l.T("写明要补什么", "say what is missing")})
		case points.Refuse:
			out = append(out, ui.Option{Value: string(app.Decline), Label: l.T("不予通过", "Refuse"), Hint: l.T("写明理由，申报人会看到", "say why; the applicant reads it")})
		}
	}
	return out
}

func objectionState(l lang.Lang, o store.Objection) templ.Component {
	switch o.State {
	case "open":
		return ui.Badge(ui.Yellow, l.T("待核实", "open"))
	case "proposed":
		return ui.Badge(ui.Blue, l.T("待确认", "to be confirmed"))
	case "upheld":
		return ui.Badge(ui.Red, l.T("成立", "upheld"))
	}
	return ui.Badge(ui.Grey, l.T("不成立", "dismissed"))
}

func proposalText(l lang.Lang, o store.Objection) string {
	if o.Proposal == "uphold" {
		return l.T("异议成立，不予记分", "uphold: no points")
	}
	return l.T("异议不成立，恢复公示", "dismiss: publicity goes on")
}

// listsPage is the lists of awards a community brought.
type listsPage struct {
	office
	Lists []store.Import
}

func (s *Server) showLists(v *visit) error { return v.untouched(v.lists) }

func (v *visit) lists(in ui.Input) (templ.Component, error) {
	list, err := v.s.app.Lists(v.Context(), v.viewer)
	return listsView(listsPage{v.office(v.lang.T("名单导入", "Lists"), "awards", in), list}), err
}

func (p listsPage) columns() ui.Sheet[store.Import] {
	l := p.Page.Lang
	return ui.Sheet[store.Import]{Caption: l.T("名单", "Lists"), Columns: []ui.Column[store.Import]{
		ui.LinkColumn(l.T("文件", "File"), ui.Main, func(x store.Import) ui.Link {
			return ui.Link{Label: x.Name, URL: p.V.to("desk", "lists", itoa(x.ID))}
		}),
		ui.TextColumn(l.T("社区", "Community"), ui.Words, func(x store.Import) string { return p.V.zone.Tree.Path(x.Area) }),
		{Head: l.T("上传", "Sent"), Kind: ui.Brief, Cell: func(x store.Import) templ.Component { return ui.Clock(l, p.V.s.app.Now(), x.At) }},
		ui.TextColumn(l.T("结果", "Outcome"), ui.Words, func(x store.Import) string {
			if x.Done.IsZero() {
				return l.T("尚未导入", "not imported yet")
			}
			return x.Summary
		}),
	}, Empty: ui.EmptyState{Icon: "file-import", Title: l.T("还没有名单", "No lists yet")}}
}

func (s *Server) uploadList(v *visit) error {
	name, body, err := v.upload()
	if err != nil {
		return err
	}
	id, err := s.app.KeepAwards(v.Context(), v.viewer, v.Form.Get("area"), name, body)
	return v.settle(err, v.lists, v.lang.T("已读取，请核对后确认导入。", "Read. Look at the check, then confirm."), v.to("desk", "lists", itoa(id)))
}

func (s *Server) listTemplate(v *visit) error {
	body, err := sheet.Template(app.AwardColumns(), []lang.Text{{ZH: "一行一条积分；同一人同一天同一事项只能有一行，人次写在“数量”里。", EN: "One award a row; one row for an earner, a day and an item: heads go into the quantity."}}, v.lang)
	if err != nil {
		return err
	}
	return v.download(v.lang.T("积分名单模板.xlsx", "awards template.xlsx"), xlsxType, body)
}

// listPage is one list: what importing it would do, or what became of it.
type listPage struct {
	office
	ID    int64
	Check *app.AwardCheck // before it is imported
	Done  *app.ImportPage // after
}

func (s *Server) showList(v *visit) error { return v.untouched(v.list) }

func (v *visit) list(in ui.Input) (templ.Component, error) {
	id, err := v.importID()
	if err != nil {
		return nil, err
	}
	p := listPage{office: v.office(v.lang.T("积分名单", "List of awards"), "awards", in), ID: id}
	done, err := v.s.app.ImportOf(v.Context(), v.viewer, id)
	if err != nil {
		return nil, err
	}
	if !done.File.Done.IsZero() {
		p.Done = &done
		return listView(p), nil
	}
	check, err := v.s.app.CheckAwards(v.Context(), v.viewer, id)
	p.Check = &check
	return listView(p), err
}

func (p listPage) states() []ui.StatCard {
	out := []ui.StatCard{}
	for _, s := range points.States() {
		if n := p.Done.States[s]; n > 0 {
			out = append(out, ui.StatCard{Label: s.Name().In(p.Page.Lang), Value: itoa(n), Tone: awardTone(s)})
		}
	}
	return out
}

func (p listPage) columns() ui.Sheet[app.AwardRow] {
	l := p.Page.Lang
	return ui.Sheet[app.AwardRow]{Caption: l.T("将导入", "To be imported"), Columns: []ui.Column[app.AwardRow]{
		ui.TextColumn(l.T("行", "Row"), ui.Figures, func(x app.AwardRow) string { return itoa(x.Row) }),
		ui.TextColumn(l.T("得分人", "Earner"), ui.Main, func(x app.AwardRow) string {
			if x.New {
				return x.Earner + l.T("（新登记）", " (new)")
			}
			return x.Earner
		}),
		ui.TextColumn(l.T("事项", "Item"), ui.Words, func(x app.AwardRow) string { return x.Item.Name.In(l) }),
		ui.TextColumn(l.T("日期", "Day"), ui.Brief, func(x app.AwardRow) string { return x.Day().String() }),
		ui.TextColumn(l.T("积分", "Points"), ui.Figures, func(x app.AwardRow) string { return itoa(x.Points()) }),
	}}
}

func (p listPage) first() []app.AwardRow { return p.Check.Lines[:min(len(p.Check.Lines), listShown)] }

func (s *Server) applyList(v *visit) error {
	id, err := v.importForm()
	if err != nil {
		return err
	}
	_, err = s.app.ApplyAwards(v.Context(), v.viewer, id, v.shown("lines"), v.PostForm.Get(ui.KeyName))
	return v.settle(err, v.list, v.lang.T("已导入，按规则进入复核或公示。", "Imported; the awards go to review or publicity by their rules."), v.to("desk", "lists", itoa(id)))
}

func (s *Server) approveList(v *visit) error {
	return s.onList(v, func(id int64) (app.ManyDone, error) {
		return s.app.DecideImport(v.Context(), v.viewer, id, app.Decision(v.PostForm.Get("decision")), v.PostForm.Get("note"))
	})
}

func (s *Server) undoList(v *visit) error {
	return s.onList(v, func(id int64) (app.ManyDone, error) {
		return s.app.UndoImport(v.Context(), v.viewer, id, v.PostForm.Get("note"))
	})
}

// onList does something with every award of a list and says how it went.
func (s *Server) onList(v *visit, do func(int64) (app.ManyDone, error)) error {
	id, err := v.importForm()
	if err != nil {
		return err
	}
	done, err := do(id)
	said := v.lang.Tf("已办理 %d 条。", "%d done.", done.Done)
	if done.Skipped > 0 {
		said += v.lang.Tf("另有 %d 条没有办理：%s", " %d were left: %s", done.Skipped, sentence(done.Why, v.lang))
	}
	return v.settle(err, v.list, said, v.to("desk", "lists", itoa(id)))
}

func (s *Server) listErrors(v *visit) error {
	return sendErrors(v, s.app.CheckAwards, v.lang.T("积分名单错误说明.xlsx", "awards errors.xlsx"))
}

// ownCommunities are the communities the viewer has a power over.
func (v *visit) ownCommunities(p app.Power) []ui.Option {
	var out []ui.Option
	for _, a := range v.zone.Tree.All() {
		if a.Level() == idcode.Community && v.viewer.CanIn(p, a.Code) {
			out = append(out, ui.Option{Value: a.Code, Label: v.zone.Tree.Path(a.Code)})
		}
	}
	return out
}
