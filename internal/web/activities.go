package web

import (
	"strconv"
	"time"

	"gezhi/internal/activity"
	"gezhi/internal/app"
	"gezhi/internal/calendar"
	"gezhi/internal/lang"
	"gezhi/internal/store"
	"gezhi/internal/web/ui"
)

// activitiesPage is the list of activities, or their map.
type activitiesPage struct {
	Page  ui.Page
	V     *visit
	Now   time.Time
	In    ui.Input // what is filtered by
	Lines []app.ActivityLine
	Map   bool
	Pages ui.Pages
}

const activityRows = 30

func (s *Server) showActivities(v *visit) error {
	q := v.URL.Query()
	p := activitiesPage{Page: v.page(v.lang.T("附近活动", "Activities"), "activities"), V: v, Now: s.app.Now(),
		In: ui.Input{Lang: v.lang, Values: q}, Map: q.Get("view") == "map"}
	f := store.ActivityFilter{Area: v.chosenCommunity(q.Get("area")), Kind: q.Get("kind"), Limit: activityRows + 1}
	f.From, f.To, f.Ends, f.Latest = weekOf(q.Get("when"), p.Now)
	if id, err := strconv.ParseInt(q.Get("after"), 10, 64); err == nil {
		if x, err := s.app.ActivityPage(v.Context(), v.viewer, activity.ID(id)); err == nil {
			f.After, f.AfterAt = x.ID, x.From
		}
	}
	var err error
	if p.Lines, err = s.app.Activities(v.Context(), v.viewer, f); err != nil {
		return err
	}
	if len(p.Lines) > activityRows {
		p.Lines = p.Lines[:activityRows]
		q.Set("after", itoa(p.Lines[activityRows-1].ID))
		p.Pages.Next = v.URL.Path + "?" + q.Encode()
	}
	return v.render(activitiesList(p))
}

// chosenCommunity is the area a filter names; one that does not exist is none.
func (v *visit) chosenCommunity(code string) string {
	if _, ok := v.zone.Tree.Area(code); !ok {
		return ""
	}
	return code
}

// weekOf turns the choice of a time into bounds: whatever is not over yet, this or next week from its Monday, or the past.
func weekOf(choice string, now time.Time) (from, to, ends time.Time, latest bool) {
	y, m, d := now.In(calendar.Zone()).Date()
	monday := time.Date(y, m, d-(int(now.In(calendar.Zone()).Weekday())+6)%7, 0, 0, 0, 0, calendar.Zone())
	switch choice {
	case "this":
		return monday, monday.AddDate(0, 0, 7), now, false
	case "next":
		return monday.AddDate(0, 0, 7), monday.AddDate(0, 0, 14), time.Time{}, false
	case "past":
		return time.Time{}, now, time.Time{}, true
	}
	return time.Time{}, time.Time{}, now, false
}

func weekOptions(l lang.Lang) []ui.Option {
	return []ui.Option{{Label: l.T("还没结束的", "Not over yet")}, {Value: "this", Label: l.T("本周", "This week")},
		{Value: "next", Label: l.T("下周", "Next week")}, {Value: "past", Label: l.T("往期", "Past")}}
}

func (v *visit) kindOptions(first string) []ui.Option {
	out := []ui.Option{{Label: first}}
	for _, k := range v.zone.Occasions.List {
		out = append(out, ui.Option{Value: k.ID, Label: k.Name.In(v.lang)})
	}
	return out
}

// tabs are the two views of the list.
func (p activitiesPage) tabs() []ui.Tab {
	l := p.V.lang
	q := p.V.URL.Query()
	q.Del("after")
	q.Del("view")
	list := "?" + q.Encode()
	q.Set("view", "map")
	return []ui.Tab{{Label: l.T("列表", "List"), URL: list, Current: !p.Map}, {Label: l.T("地图", "Map"), URL: "?" + q.Encode(), Current: p.Map}}
}

func (p activitiesPage) spots() ui.MapSpec {
	l := p.V.lang
	m := ui.MapSpec{ID: "activities", Label: l.T("活动地点分布图", "Where the activities are"), Tall: true,
		Layer:  ui.MapLayer{Boundaries: p.V.to("areas.geojson"), Illustrative: p.V.zone.Demo, Tiles: p.V.s.Tiles},
		Legend: []ui.LegendEntry{{Tone: ui.Blue, Text: l.T("报名中", "open")}, {Tone: ui.Green, Text: l.T("进行中", "under way")}, {Tone: ui.Grey, Text: l.T("已结束", "over")}}}
	for _, x := range p.Lines {
		if x.HasPoint {
			m.Points = append(m.Points, ui.MapPoint{Lng: x.Point.Lng, Lat: x.Point.Lat, Tone: activityTone(x.State), Label: x.Title, URL: p.V.activityPath(x.ID)})
		}
	}
	return m
}

func activityTone(s activity.State) ui.Tone {
	switch s {
	case activity.Open:
		return ui.Blue
	case activity.Running:
		return ui.Green
	case activity.Draft:
		return ui.Yellow
	case activity.Cancelled:
		return ui.Red
	}
	return ui.Grey
}

func (v *visit) activityPath(id activity.ID, more ...string) string {
	return v.to(append([]string{"activity", itoa(id)}, more...)...)
}

// activityID is the activity an address names.
func (v *visit) activityID() (activity.ID, error) {
	id, err := strconv.ParseInt(v.PathValue("id"), 10, 64)
	if err != nil {
		return 0, errNoPage
	}
	return activity.ID(id), nil
}

// activityView is the page about one activity.
type activityView struct {
	app.ActivityPage
	Page ui.Page
	V    *visit
	Now  time.Time
	Form string   // which form came back
	In   ui.Input // with what was typed in it
}

func (v *visit) activityView() (activityView, error) {
	id, err := v.activityID()
	if err != nil {
		return activityView{}, err
	}
	p, err := v.s.app.ActivityPage(v.Context(), v.viewer, id)
	if err != nil {
		return activityView{}, err
	}
	return activityView{ActivityPage: p, Page: v.page(p.Title, "activities"), V: v, Now: v.s.app.Now(), In: ui.Input{Lang: v.lang}}, nil
}

func (p activityView) input(form string) ui.Input {
	if p.Form == form {
		return p.In
	}
	return ui.Input{Lang: p.V.lang}
}

func (s *Server) showActivity(v *visit) error {
	p, err := v.activityView()
	if err != nil {
		return err
	}
	return v.render(activityPage(p))
}

// onActivity answers a form on an activity's page.
func (v *visit) onActivity(form string, do func(id activity.ID) (said string, err error)) error {
	if err := v.parse(); err != nil {
		return err
	}
	id, err := v.activityID()
	if err != nil {
		return err
	}
	said, err := do(id)
	if wrong(err) {
		p, e := v.activityView()
		if e != nil {
			return e
		}
		p.Form, p.In = form, v.input(err)
		return v.again(err, activityPage(p))
	}
	if err != nil {
		return err
	}
	v.s.flash(v, ui.Green, said)
	return v.goTo(v.activityPath(id))
}

func (s *Server) joinActivity(v *visit) error {
	return v.onActivity("join", func(id activity.ID) (string, error) {
		got, err := s.app.JoinActivity(v.Context(), v.viewer, id)
		if got == activity.Waiting {
			return v.lang.T("名额已满，您已进入候补；有空位会自动报上并通知您。", "All places are taken and you are on the waiting list; you move up by yourself and are told."), err
		}
		return v.lang.T("报名成功。", "You are signed up."), err
	})
}

func (s *Server) leaveActivity(v *visit) error {
	return v.onActivity("leave", func(id activity.ID) (string, error) {
		return v.lang.T("已退出。", "You are no longer signed up."), s.app.LeaveActivity(v.Context(), v.viewer, id)
	})
}

func (s *Server) confirmHours(v *visit) error {
	return v.onActivity("confirm", func(id activity.ID) (string, error) {
		return v.lang.T("已确认。", "Confirmed."), s.app.ConfirmHours(v.Context(), v.viewer, id)
	})
}

func (s *Server) objectHours(v *visit) error {
	return v.onActivity("object", func(id activity.ID) (string, error) {
		return v.lang.T("异议已提交，组织者会答复您。", "Your objection was sent; the organiser will answer."), s.app.ObjectHours(v.Context(), v.viewer, id, v.PostForm.Get("why"))
	})
}

func (s *Server) rateActivity(v *visit) error {
	return v.onActivity("rate", func(id activity.ID) (string, error) {
		stars, _ := strconv.Atoi(v.PostForm.Get("stars"))
		return v.lang.T("谢谢您的评价。", "Thank you for your opinion."), s.app.RateActivity(v.Context(), v.viewer, id, stars, v.PostForm.Get("words"))
	})
}

// myActivitiesPage is what somebody signed up for.
type myActivitiesPage struct {
	app.MyActivities
	Page ui.Page
	V    *visit
	Now  time.Time
	In   ui.Input
}

func (v *visit) myActivities(in ui.Input) (myActivitiesPage, error) {
	m, err := v.s.app.MyActivities(v.Context(), v.viewer)
	return myActivitiesPage{MyActivities: m, Page: v.page(v.lang.T("我的活动", "My activities"), "activities"), V: v, Now: v.s.app.Now(), In: in}, err
}

func (s *Server) showMyActivities(v *visit) error {
	p, err := v.myActivities(v.blankInput())
	if err != nil {
		return err
	}
	return v.render(myActivities(p))
}

func (s *Server) registerVolunteer(v *visit) error {
	if err := v.parse(); err != nil {
		return err
	}
	err := s.app.RegisterVolunteer(v.Context(), v.viewer, v.PostForm.Get("area"), v.PostForm.Get("skills"))
	if wrong(err) {
		p, e := v.myActivities(v.input(err))
		if e != nil {
			return e
		}
		return v.again(err, myActivities(p))
	}
	if err != nil {
		return err
	}
	s.flash(v, ui.Green, v.lang.T("志愿者登记已保存。", "Your registration is saved."))
	return v.goTo(v.to("activities", "mine"))
}

func (s *Server) leaveVolunteers(v *visit) error {
	if err := s.app.LeaveVolunteers(v.Context(), v.viewer); err != nil {
		return err
	}
	s.flash(v, ui.Green, v.lang.T("已取消志愿者登记。", "You are no longer registered."))
	return v.goTo(v.to("activities", "mine"))
}

// span is an activity's time in words.
func span(l lang.Lang, x activity.Activity) string {
	from, to := x.From.In(calendar.Zone()), x.To.In(calendar.Zone())
	weekday := [...]string{"周日", "周一", "周二", "周三", "周四", "周五", "周六"}[from.Weekday()]
	end := to.Format("15:04")
	if from.YearDay() != to.YearDay() {
		end = l.T("次日 ", "next day ") + end
	}
	if l == lang.EN {
		return from.Format("Mon 2 Jan 2006, 15:04") + " – " + end
	}
	return from.Format("2006-01-02 ") + weekday + from.Format(" 15:04") + " – " + end
}

// places are the places of an activity in words.
func places(l lang.Lang, x activity.Activity) string {
	free, limited := x.Free()
	switch {
	case x.State != activity.Open:
		return l.Tf("%d 人报名", "%d signed up", x.Seats)
	case !limited:
		return l.Tf("已报 %d 人，人数不限", "%d signed up, any number welcome", x.Seats)
	case free > 0:
		return l.Tf("限 %d 人，还有 %d 个名额", "%d places, %d left", x.Capacity, free)
	case x.Waiting > 0:
		return l.Tf("限 %d 人，已满，候补 %d 人", "%d places, all taken, %d waiting", x.Capacity, x.Waiting)
	}
	return l.Tf("限 %d 人，已满，可候补", "%d places, all taken; there is a waiting list", x.Capacity)
}

// hoursWords are minutes as hours.
func hoursWords(l lang.Lang, minutes int) string {
	return l.Tf("%s 小时", "%s h", strconv.FormatFloat(float64(minutes)/60, 'f', -1, 64))
}

// outcomeWords say what was entered for somebody.
func outcomeWords(l lang.Lang, x activity.Activity, s activity.SignUp) string {
	switch {
	case s.Recorded.IsZero():
		return l.T("未登记", "not entered")
	case !s.Came:
		return l.T("没有参加", "did not come")
	case !x.Hours:
		return l.T("参加", "took part")
	}
	return hoursWords(l, s.Minutes)
}
