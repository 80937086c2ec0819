package web

import (
	"context"
	"strconv"
	"time"

	"gezhi/internal/app"
	"gezhi/internal/calendar"
	"gezhi/internal/store"
	"gezhi/internal/web/ui"

	"github.com/a-h/templ"
)

// calendarPage is one year of the working calendar.
type calendarPage struct {
	office
	app.CalendarPage
	Today calendar.Day
}

func (s *Server) showCalendar(v *visit) error { return v.untouched(v.calendar) }

func (v *visit) calendar(in ui.Input) (templ.Component, error) {
	year, _ := strconv.Atoi(v.URL.Query().Get("year"))
	c, err := v.s.app.CalendarPage(v.Context(), v.viewer, year)
	if err != nil {
		return nil, err
	}
	return calendarView(calendarPage{office: v.office(v.lang.T("工作日历", "Calendar"), "calendar", in), CalendarPage: c, Today: calendar.DayOf(v.s.app.Now())}), nil
}

func (s *Server) importCalendar(v *visit) error {
	name, body, err := v.upload()
	if err != nil {
		return err
	}
	id, err := s.app.ImportCalendar(v.Context(), v.viewer, name, body, v.Form.Get("source"), v.Form.Get(ui.KeyName))
	if err == nil {
		s.begin(v.Context(), v.zone.Code, id)
	}
	return v.settle(err, v.calendar, v.lang.T("已导入，正在重新推算在办案件的时限。", "Imported; running clocks are being recomputed."), v.admin("calendar", "work", itoa(id)))
}

// begin runs long work beside the request that asked for it. It goes on when the reader leaves; should this
// process end before it is done, the work's page offers to go on.
func (s *Server) begin(ctx context.Context, zone int, id int64) {
	ctx = context.WithoutCancel(ctx)
	go func() {
		if err := s.app.RunWork(ctx, zone, id); err != nil {
			s.Log.ErrorContext(ctx, "long work stopped", "zone", zone, "work", id, "error", err)
		}
	}()
}

// workPage is long work under way.
type workPage struct {
	office
	store.Work
}

func (s *Server) showWork(v *visit) error {
	p, err := v.work()
	if err != nil {
		return err
	}
	if v.Header.Get("X-Piece") != "" {
		return v.render(workBar(p))
	}
	return v.render(workView(p))
}

func (v *visit) work() (workPage, error) {
	id, err := v.importID()
	if err != nil {
		return workPage{}, err
	}
	w, err := v.s.app.Work(v.Context(), v.viewer, id)
	return workPage{office: v.office(v.lang.T("重新推算时限", "Recomputing deadlines"), "calendar", v.blankInput()), Work: w}, err
}

// resumeWork goes on with work that stopped, as when the process ended.
func (s *Server) resumeWork(v *visit) error {
	p, err := v.work()
	if err != nil {
		return err
	}
	s.begin(v.Context(), v.zone.Code, p.ID)
	return v.goTo(v.admin("calendar", "work", v.PathValue("id")))
}

// months are the year's months.
func (p calendarPage) months() []month {
	var out []month
	for m := time.January; m <= time.December; m++ {
		out = append(out, p.month(m))
	}
	return out
}

// month is one month as weeks of seven days, Monday first; days outside it have no number.
type month struct {
	Name  string
	Weeks [][7]dayCell
	Work  int // working days
}

type dayCell struct {
	Number int
	Class  string // work, off, holiday, makeup, today beside
	Mark   string // 休, 班
	Title  string
}

func (p calendarPage) month(m time.Month) month {
	l, year := p.V.lang, p.Year.Number
	out := month{Name: l.T(strconv.Itoa(int(m))+"月", m.String())}
	first, end := calendar.Date(year, m, 1), calendar.Date(year, m+1, 1)
	var week [7]dayCell
	for d := first; d < end; d++ {
		column := (int(d.Weekday()) + 6) % 7
		week[column] = p.cell(d, int(d-first)+1)
		if worked, _ := p.Calendar.Working(d); worked {
			out.Work++
		}
		if column == 6 || d == end-1 {
			out.Weeks = append(out.Weeks, week)
			week = [7]dayCell{}
		}
	}
	return out
}

func (p calendarPage) cell(d calendar.Day, number int) dayCell {
	l := p.V.lang
	worked, why := p.Calendar.Working(d)
	c := dayCell{Number: number, Class: "off", Title: why.Text.In(l)}
	if worked {
		c.Class = "work"
	}
	switch why.Code {
	case calendar.Festival:
		c.Class, c.Mark = "holiday", l.T("休", "off")
	case calendar.MakeUpDay:
		c.Class, c.Mark = "makeup", l.T("班", "on")
	}
	if d == p.Today {
		c.Class += " today"
	}
	return c
}

func (v *visit) weekdays() []string {
	if v.lang == 0 {
		return []string{"一", "二", "三", "四", "五", "六", "日"}
	}
	return []string{"M", "T", "W", "T", "F", "S", "S"}
}

func (p calendarPage) years() []ui.Tab {
	var out []ui.Tab
	now := p.Today.Year()
	for y := now - 2; y <= max(p.Latest, now+1); y++ {
		out = append(out, ui.Tab{Label: strconv.Itoa(y), URL: "?year=" + strconv.Itoa(y), Current: y == p.Year.Number})
	}
	return out
}

// dayLength is how long a working day is.
func (p calendarPage) dayLength() string {
	return ui.Span(p.V.lang, time.Duration(p.Calendar.Hours().Minutes())*time.Minute)
}

func (p calendarPage) source() string {
	l := p.V.lang
	for _, y := range p.Imported {
		if y.Year == p.Year.Number {
			return l.Tf("导入于 %s：%s", "imported %s: %s", ui.Date(l, y.At), y.Source)
		}
	}
	if p.Year.Published {
		return l.T("随系统内置（国务院办公厅历年放假通知）", "built in (the State Council's yearly notices)")
	}
	return l.T("尚未公布", "not yet published")
}

func (w workPage) bar() ui.Work {
	l := w.V.lang
	b := ui.Work{Label: w.Note, Made: w.Made, Total: max(w.Total, 1), Source: w.V.admin("calendar", "work", itoa(w.ID)), Done: !w.Done.IsZero()}
	if b.Done {
		b.Made = b.Total
		b.Label = l.Tf("已完成：核对 %d 件在办案件，%d 个时限有变化，原因已写入案件历史。", "Done: %d open cases looked at, %d deadlines changed; each case's history says why.", w.Made, w.Changed)
	}
	return b
}
