package web

import (
	"strconv"
	"strings"
	"time"

	"gezhi/internal/activity"
	"gezhi/internal/app"
	"gezhi/internal/casework"
	"gezhi/internal/sheet"
	"gezhi/internal/web/ui"

	"github.com/a-h/templ"
)

// rollPage is an activity as its organiser sees it.
type rollPage struct {
	app.Roll
	Page ui.Page
	V    *visit
	Now  time.Time
	Form string // which form came back
	In   ui.Input
}

func (v *visit) roll() (rollPage, error) {
	id, err := v.activityID()
	if err != nil {
		return rollPage{}, err
	}
	r, err := v.s.app.Roll(v.Context(), v.viewer, id)
	return rollPage{Roll: r, Page: v.page(r.Title, "organise"), V: v, Now: v.s.app.Now(), In: ui.Input{Lang: v.lang}}, err
}

func (p rollPage) input(form string) ui.Input {
	if p.Form == form {
		return p.In
	}
	return ui.Input{Lang: p.V.lang}
}

func (p rollPage) at(more ...string) string {
	return p.V.to(append([]string{"organise", itoa(p.ID)}, more...)...)
}

func (s *Server) showRoll(v *visit) error {
	p, err := v.roll()
	if err != nil {
		return err
	}
	return v.render(rollView(p))
}

// onRoll answers a form on the organiser's page.
func (v *visit) onRoll(form string, do func(id activity.ID) (said string, err error)) error {
	if err := v.parse(); err != nil {
		return err
	}
	id, err := v.activityID()
	if err != nil {
		return err
	}
	said, err := do(id)
	if wrong(err) {
		p, e := v.roll()
		if e != nil {
			return e
		}
		p.Form, p.In = form, v.input(err)
		return v.again(err, rollView(p))
	}
	if err != nil {
		return err
	}
	v.s.flash(v, ui.Green, said)
	return v.goTo(v.to("organise", itoa(id)))
}

// person is whom a form is about.
func (v *visit) person() casework.Person {
	id, _ := strconv.ParseInt(v.PostForm.Get("person"), 10, 64)
	return casework.Person(id)
}

func (s *Server) tickPerson(v *visit) error {
	return v.onRoll("tick", func(id activity.ID) (string, error) {
		if v.PostForm.Get("back") != "" {
			return v.lang.T("已撤销。", "Taken back."), s.app.Untick(v.Context(), v.viewer, id, v.person())
		}
		return v.lang.T("已登记到场。", "Noted."), s.app.TickPerson(v.Context(), v.viewer, id, v.person())
	})
}

// outcome reads what was chosen for somebody: nothing, absent, or how long.
func outcome(chosen string, hours bool) (activity.Outcome, bool) {
	n, err := strconv.Atoi(chosen)
	switch {
	case err != nil:
		return activity.Outcome{}, false
	case !hours && n == 1:
		return activity.Outcome{Came: true}, true
	}
	return activity.Outcome{Came: n > 0, Minutes: n}, true
}

func (s *Server) recordHours(v *visit) error {
	return v.onRoll("hours", func(id activity.ID) (string, error) {
		p, err := v.organised()
		if err != nil {
			return "", err
		}
		all := map[casework.Person]activity.Outcome{}
		for name := range v.PostForm {
			of, ok := strings.CutPrefix(name, "hours.")
			who, err := strconv.ParseInt(of, 10, 64)
			if o, chosen := outcome(v.PostForm.Get(name), p.Hours); ok && err == nil && chosen {
				all[casework.Person(who)] = o
			}
		}
		return v.lang.T("已登记，本人会收到通知并可提出异议。", "Entered; those concerned are told and may object."), s.app.RecordHours(v.Context(), v.viewer, id, all)
	})
}

func (s *Server) answerHours(v *visit) error {
	return v.onRoll("answer", func(id activity.ID) (string, error) {
		p, err := v.organised()
		if err != nil {
			return "", err
		}
		o, _ := outcome(v.PostForm.Get("outcome"), p.Hours)
		return v.lang.T("已答复，本人会收到通知。", "Answered; the person is told."), s.app.AnswerHours(v.Context(), v.viewer, id, v.person(), o, v.PostForm.Get("answer"))
	})
}

func (s *Server) thankPerson(v *visit) error {
	return v.onRoll("thank", func(id activity.ID) (string, error) {
		return v.lang.T("留言已送达。", "Your words are delivered."), s.app.ThankPerson(v.Context(), v.viewer, id, v.person(), v.PostForm.Get("words"))
	})
}

// outcomeOptions are what can be entered for somebody.
func (p rollPage) outcomeOptions() []ui.Option {
	l := p.V.lang
	out := []ui.Option{{Value: "0", Label: l.T("没有参加", "did not come")}}
	if !p.Hours {
		return append(out, ui.Option{Value: "1", Label: l.T("参加", "took part")})
	}
	quarter := int(activity.Quarter / time.Minute)
	for m := p.Most(); m >= quarter; m -= quarter {
		out = append(out, ui.Option{Value: strconv.Itoa(m), Label: hoursWords(l, m)})
	}
	return out
}

// proposed is what is chosen for somebody at first: what was entered, or the whole time of whoever was checked.
func (p rollPage) proposed(s app.RollLine) string {
	came := "1"
	if p.Hours {
		came = strconv.Itoa(p.Most())
	}
	switch {
	case !s.Recorded.IsZero() && !s.Came:
		return "0"
	case !s.Recorded.IsZero() && p.Hours:
		return strconv.Itoa(s.Minutes)
	case !s.Recorded.IsZero() || !s.Checked.IsZero():
		return came
	}
	return ""
}

func (p rollPage) in() []app.RollLine {
	var out []app.RollLine
	for _, x := range p.Lines {
		if x.State == activity.In {
			out = append(out, x)
		}
	}
	return out
}

func (p rollPage) objections() []app.RollLine {
	var out []app.RollLine
	for _, x := range p.in() {
		if x.Objects() {
			out = append(out, x)
		}
	}
	return out
}

func (p rollPage) checked() int {
	n := 0
	for _, x := range p.in() {
		if !x.Checked.IsZero() {
			n++
		}
	}
	return n
}

func (p rollPage) columns() ui.Sheet[app.RollLine] {
	l := p.V.lang
	return ui.Sheet[app.RollLine]{Caption: l.T("报名名单", "Who signed up"), Empty: ui.EmptyState{Icon: "users", Title: l.T("还没有人报名", "Nobody yet")}, Columns: []ui.Column[app.RollLine]{
		ui.TextColumn(l.T("姓名", "Name"), ui.Main, func(x app.RollLine) string { return numbered(x) }),
		ui.TextColumn(l.T("报名", "Standing"), ui.Brief, func(x app.RollLine) string { return x.State.Name().In(l) }),
		ui.TextColumn(l.T("报名时间", "Signed up"), ui.Brief, func(x app.RollLine) string { return ui.When(l, p.Now, x.At) }),
		ui.TextColumn(l.T("到场核验", "Checked"), ui.Brief, func(x app.RollLine) string { return p.checkWords(x) }),
		ui.TextColumn(l.T("登记结果", "Entered"), ui.Brief, func(x app.RollLine) string { return p.entered(x) }),
		{Head: l.T("操作", "Actions"), Kind: ui.Buttons, Cell: func(x app.RollLine) templ.Component { return rollActions(p, x) }},
	}}
}

// numbered is a name with the number of its sign-up, because masked names are often alike.
func numbered(x app.RollLine) string { return strconv.Itoa(x.Turn) + " · " + x.Name }

func (p rollPage) checkWords(x app.RollLine) string {
	switch {
	case x.Checked.IsZero():
		return ""
	case x.CheckedBy == x.Person:
		return p.V.lang.T("本人扫码", "by the code")
	}
	return p.V.lang.T("组织者登记", "by the organiser")
}

func (p rollPage) entered(x app.RollLine) string {
	if x.State != activity.In || x.Recorded.IsZero() {
		return ""
	}
	return outcomeWords(p.V.lang, p.Activity, x.SignUp)
}

// askNames asks why before whole names are shown.
func (s *Server) askNames(v *visit) error {
	p, err := v.roll()
	if err != nil {
		return err
	}
	return v.render(namesAsked(p))
}

func (s *Server) showNames(v *visit) error {
	if err := v.parse(); err != nil {
		return err
	}
	p, err := v.roll()
	if err != nil {
		return err
	}
	full, err := s.app.FullRoll(v.Context(), v.viewer, p.ID, v.PostForm.Get("reason"))
	if wrong(err) {
		p.In = v.input(err)
		return v.again(err, namesAsked(p))
	}
	if err != nil {
		return err
	}
	p.Roll = full
	return v.render(rollSheet(p))
}

func (s *Server) showSheet(v *visit) error {
	p, err := v.roll()
	if err != nil {
		return err
	}
	return v.render(rollSheet(p))
}

// exportRoll sends who signed up, with masked names, as an Excel file.
func (s *Server) exportRoll(v *visit) error {
	p, err := v.roll()
	if err != nil {
		return err
	}
	l := v.lang
	headings := []sheet.Heading{{Name: l.T("报名号", "No."), Width: 8}, {Name: l.T("姓名（脱敏）", "Name (masked)"), Width: 14}, {Name: l.T("报名", "Standing"), Width: 12},
		{Name: l.T("报名时间", "Signed up"), Width: 18}, {Name: l.T("到场核验", "Checked"), Width: 14}, {Name: l.T("登记结果", "Entered"), Width: 14}}
	return v.sendFile("activity", l.T("报名名单", "Sign-ups"), headings, p.Title, func(out fileRows) error {
		for _, x := range p.Lines {
			if err := out.Row(x.Turn, x.Name, x.State.Name().In(l), x.At, p.checkWords(x), p.entered(x)); err != nil {
				return err
			}
		}
		return nil
	})
}

// codePage is what the organiser shows at the place.
type codePage struct {
	app.ActivityCode
	Page    ui.Page
	V       *visit
	Address string // what the code says
}

func (s *Server) showCode(v *visit) error {
	id, err := v.activityID()
	if err != nil {
		return err
	}
	c, err := s.app.ActivityCode(v.Context(), v.viewer, id)
	if err != nil {
		return err
	}
	p := codePage{ActivityCode: c, V: v, Address: v.origin() + v.activityPath(id, "check") + "?c=" + c.Code}
	if v.Header.Get("X-Piece") != "" {
		return v.render(liveCode(p))
	}
	p.Page = v.page(v.lang.T("到场核验码", "Code at the place"), "organise")
	return v.render(codeView(p))
}

// origin is the site's own address as this reader knows it.
func (v *visit) origin() string {
	if v.s.Secure || v.TLS != nil {
		return "https://" + v.Host
	}
	return "http://" + v.Host
}
