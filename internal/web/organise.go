package web

import (
	"strconv"
	"strings"
	"time"

	"gezhi/internal/activity"
	"gezhi/internal/app"
	"gezhi/internal/calendar"
	"gezhi/internal/fault"
	"gezhi/internal/store"
	"gezhi/internal/web/ui"

	"github.com/a-h/templ"
)

// organisedPage lists what the reader organises.
type organisedPage struct {
	Page  ui.Page
	V     *visit
	In    ui.Input
	Lines []app.ActivityLine
	Pages ui.Pages
}

func (s *Server) showOrganised(v *visit) error {
	q := v.URL.Query()
	p := organisedPage{Page: v.page(v.lang.T("活动组织", "Activities"), "organise"), V: v, In: ui.Input{Lang: v.lang, Values: q}}
	f := store.ActivityFilter{Kind: q.Get("kind"), Limit: activityRows + 1}
	if id, err := strconv.ParseInt(q.Get("after"), 10, 64); err == nil {
		if x, err := s.app.ActivityPage(v.Context(), v.viewer, activity.ID(id)); err == nil {
			f.After, f.AfterAt = x.ID, x.From
		}
	}
	var err error
	if p.Lines, err = s.app.Organised(v.Context(), v.viewer, f); err != nil {
		return err
	}
	if len(p.Lines) > activityRows {
		p.Lines = p.Lines[:activityRows]
		q.Set("after", itoa(p.Lines[activityRows-1].ID))
		p.Pages.Next = v.URL.Path + "?" + q.Encode()
	}
	return v.render(organisedList(p))
}

func (p organisedPage) columns() ui.Sheet[app.ActivityLine] {
	l := p.V.lang
	return ui.Sheet[app.ActivityLine]{Caption: l.T("我组织的活动", "What I organise"),
		Empty: ui.EmptyState{Icon: "calendar-event", Title: l.T("还没有活动", "Nothing yet"), Text: l.T("先填一份草稿，核对后再发布。", "Enter a draft first, then publish it."), Action: ui.Link{Label: l.T("新建活动", "New activity"), URL: p.V.to("organise", "new")}},
		Columns: []ui.Column[app.ActivityLine]{
			ui.LinkColumn(l.T("活动", "Activity"), ui.Main, func(x app.ActivityLine) ui.Link { return ui.Link{Label: x.Title, URL: p.V.to("organise", itoa(x.ID))} }),
			{Head: l.T("状态", "State"), Kind: ui.Brief, Cell: func(x app.ActivityLine) templ.Component { return ui.Badge(activityTone(x.State), x.State.Name().In(l)) }},
			ui.TextColumn(l.T("类别", "Kind"), ui.Brief, func(x app.ActivityLine) string { return x.Kind.Name.In(l) }),
			ui.TextColumn(l.T("时间", "When"), ui.Words, func(x app.ActivityLine) string { return span(l, x.Activity) }),
			ui.TextColumn(l.T("地点", "Where"), ui.Words, func(x app.ActivityLine) string { return joined(x.Path, x.Place) }),
			ui.TextColumn(l.T("报名", "Signed up"), ui.Figures, func(x app.ActivityLine) string { return seatsOf(x.Activity) }),
			ui.TextColumn(l.T("候补", "Waiting"), ui.Figures, func(x app.ActivityLine) string { return strconv.Itoa(x.Waiting) }),
		}}
}

func seatsOf(x activity.Activity) string {
	if x.Capacity == 0 {
		return strconv.Itoa(x.Seats)
	}
	return strconv.Itoa(x.Seats) + "/" + strconv.Itoa(x.Capacity)
}

// activityFormPage is the form for an activity, new or to be changed.
type activityFormPage struct {
	Page  ui.Page
	V     *visit
	In    ui.Input
	Hosts []app.Host
	Was   *app.ActivityPage // nil for a new one
}

func (v *visit) activityForm(in ui.Input, was *app.ActivityPage) activityFormPage {
	title := v.lang.T("新建活动", "New activity")
	if was != nil {
		title = v.lang.T("修改活动", "Change the activity")
	}
	return activityFormPage{Page: v.page(title, "organise"), V: v, In: in, Hosts: v.zone.Hosts(v.viewer), Was: was}
}

func (s *Server) newActivity(v *visit) error {
	return v.render(activityEdit(v.activityForm(ui.Input{Lang: v.lang}, nil)))
}

// readActivity reads the form. Times are of the day in the form; an end before the beginning lies on the next day.
func (v *visit) readActivity() (app.ActivityForm, error) {
	f := v.PostForm
	out := app.ActivityForm{Key: f.Get(ui.KeyName), Host: f.Get("host"), Kind: f.Get("kind"), Title: f.Get("title"), Text: f.Get("text"), Bring: f.Get("bring"), Age: f.Get("age"),
		Area: f.Get("area"), Place: f.Get("place"), Contact: f.Get("contact"), Rule: f.Get("rule"), Hours: f.Get("hours") != ""}
	var bad fault.List
	read := func(field string) time.Time {
		t, err := time.ParseInLocation("2006-01-02 15:04", f.Get("date")+" "+f.Get(field), calendar.Zone())
		if err != nil {
			bad.Add(field, "请填写日期和时间，例如 2026-03-07、19:00。", "Enter the date and the time, such as 2026-03-07 and 19:00.")
		}
		return t
	}
	out.From, out.To = read("from"), read("to")
	if out.To.Before(out.From) {
		out.To = out.To.AddDate(0, 0, 1)
	}
	if n := strings.TrimSpace(f.Get("capacity")); n != "" {
		var err error
		if out.Capacity, err = strconv.Atoi(n); err != nil {
			bad.Add("capacity", "请填写整数，留空表示不限。", "Enter a whole number; leave it empty for any number.")
		}
	}
	if lng, lat := strings.TrimSpace(f.Get("lng")), strings.TrimSpace(f.Get("lat")); lng != "" || lat != "" {
		var err error
		out.Point, err = parsePoint(lng, lat)
		out.HasPoint = err == nil
		bad = append(bad, fault.Fields(err)...)
	}
	return out, bad.Err()
}

func (s *Server) addActivity(v *visit) error {
	if err := v.parse(); err != nil {
		return err
	}
	f, err := v.readActivity()
	var id activity.ID
	if err == nil {
		id, err = s.app.AddActivity(v.Context(), v.viewer, f)
	}
	again := func(in ui.Input) (templ.Component, error) { return activityEdit(v.activityForm(in, nil)), nil }
	v.draftDone("activity")
	return v.settle(err, again, v.lang.T("草稿已保存，核对后点“发布”。", "The draft is saved. Look it over, then publish it."), v.to("organise", itoa(id)))
}

// organised is the activity an address names, for those who organise it.
func (v *visit) organised() (app.ActivityPage, error) {
	id, err := v.activityID()
	if err != nil {
		return app.ActivityPage{}, err
	}
	p, err := v.s.app.ActivityPage(v.Context(), v.viewer, id)
	if err == nil && !p.Organiser {
		err = fault.New(fault.Forbidden, "这项活动由其他社区或单位组织。", "Another community or unit organises this activity.")
	}
	return p, err
}

func (s *Server) showEditActivity(v *visit) error {
	p, err := v.organised()
	if err != nil {
		return err
	}
	return v.render(activityEdit(v.activityForm(ui.Input{Lang: v.lang}, &p)))
}

func (s *Server) editActivity(v *visit) error {
	if err := v.parse(); err != nil {
		return err
	}
	p, err := v.organised()
	if err != nil {
		return err
	}
	f, err := v.readActivity()
	if err == nil {
		err = s.app.EditActivity(v.Context(), v.viewer, p.ID, f)
	}
	again := func(in ui.Input) (templ.Component, error) { return activityEdit(v.activityForm(in, &p)), nil }
	return v.settle(err, again, v.lang.T("已保存。", "Saved."), v.to("organise", itoa(p.ID)))
}

// or is what a field holds at first: of the activity there is, or a proposal. What came back stays as it was typed.
func (p activityFormPage) or(of func(app.ActivityPage) string, otherwise string) string {
	if p.In.Values != nil {
		return ""
	}
	if p.Was != nil {
		return of(*p.Was)
	}
	return otherwise
}

func (p activityFormPage) hostOptions() []ui.Option {
	var out []ui.Option
	for _, h := range p.Hosts {
		out = append(out, ui.Option{Value: h.Key, Label: h.Name.In(p.V.lang)})
	}
	return out
}

func (p activityFormPage) communities() []ui.Option {
	out := []ui.Option{{Label: p.V.lang.T("请选择", "Choose")}}
	seen := map[string]bool{}
	for _, h := range p.Hosts {
		for _, c := range p.V.zone.CommunitiesUnder(h.Area) {
			if !seen[c.Code] {
				out = append(out, ui.Option{Value: c.Code, Label: c.Name})
				seen[c.Code] = true
			}
		}
	}
	if len(out) == 2 {
		return out[1:]
	}
	return out
}

func (p activityFormPage) ruleOptions() []ui.Option {
	out := []ui.Option{{Label: p.V.lang.T("不记积分", "No points")}}
	for _, r := range p.V.zone.ActivityRules() {
		out = append(out, ui.Option{Value: r.ID, Label: r.Name.In(p.V.lang)})
	}
	return out
}

func clock(t time.Time) string { return t.In(calendar.Zone()).Format("15:04") }

// moveActivity publishes, cancels or closes an activity.
func (s *Server) moveActivity(v *visit) error {
	act := activity.Act(v.PathValue("act"))
	return v.onRoll(string(act), func(id activity.ID) (string, error) {
		err := s.app.MoveActivity(v.Context(), v.viewer, id, act, v.PostForm.Get("note"))
		switch act {
		case activity.Publish:
			return v.lang.T("已发布，居民可以报名了。", "Published; people can sign up."), err
		case activity.Close:
			return v.lang.T("已办结，积分已送复核。", "Closed; points have gone to review."), err
		}
		return v.lang.T("已取消，报名的人已收到通知。", "Cancelled; those who signed up were told."), err
	})
}
