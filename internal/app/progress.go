package app

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"gezhi/internal/calendar"
	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/lang"
	"gezhi/internal/store"
	"gezhi/internal/target"
)

// Standing is how a case with monthly figures stands against its plan.
type Standing struct {
	target.Verdict
	Figures  target.Figures
	Document string // that approved the light; "" when the rules gave it
}

// Progress is what the page of a case with monthly figures shows: the light, and the year month by month.
type Progress struct {
	Standing
	Set    target.RuleSet
	Action lang.Text // what is done about the light; zero when the rules do not say
	Months []MonthLine
}

// MonthLine is one month of the year the light is of.
type MonthLine struct {
	Month   int // 202603
	Planned int64
	Actual  int64 // -1 when nothing was reported
	Light   target.Light
	Plan    int64 // to date
	Done    int64 // to date
	Times   int   // how often it was reported
	At      time.Time
	Note    string
}

// Reported says whether the month has been reported.
func (m MonthLine) Reported() bool { return m.Actual >= 0 }

// yearMonth is a moment's month, 202603.
func yearMonth(t time.Time) int {
	y, m, _ := t.In(calendar.Zone()).Date()
	return y*100 + int(m)
}

// lastMonth is the month before a moment's.
func lastMonth(t time.Time) int {
	y, m, _ := t.In(calendar.Zone()).Date()
	if m == time.January {
		return (y-1)*100 + 12
	}
	return y*100 + int(m) - 1
}

// course is a case's figures as rules take them, of the year of the month: the newest word on each month counts.
func course(p *casework.Procedure, c casework.Case, told []store.CaseMonth, month int) target.Course {
	var out target.Course
	for _, x := range told {
		if x.Month%100 == 0 {
			if x.Month/100 == month/100 {
				out.YearPlan = x.Plan
			}
			continue
		}
		m := target.Month{Month: x.Month, Plan: x.Plan, Actual: x.Actual, Started: x.Started, Entered: x.Entered, Short: x.Short}
		if n := len(out.Months); n > 0 && out.Months[n-1].Month == m.Month {
			if m.Plan < 0 { // a report that leaves the plan out leaves it alone
				m.Plan = out.Months[n-1].Plan
			}
			out.Months[n-1] = m
		} else {
			out.Months = append(out.Months, m)
		}
		if x.Actual >= 0 && (out.From == 0 || x.Month < out.From) {
			out.From = x.Month
		}
	}
	if day, err := time.Parse(time.DateOnly, c.Fields[casework.FieldStartDue]); err == nil {
		out.StartDue = day.Year()*100 + int(day.Month())
	}
	return out
}

// asOf is the month a case is measured by: the present one once it has been reported, the last one before.
func asOf(told []store.CaseMonth, now time.Time) int {
	this := yearMonth(now)
	if slices.ContainsFunc(told, func(m store.CaseMonth) bool { return m.Month == this && m.Actual >= 0 }) {
		return this
	}
	return lastMonth(now)
}

// standing is how a case stands. A light set by hand counts for its month only; where no month can be reported, as while
// work is suspended, the light is grey.
func (z *Zone) standing(p *casework.Procedure, c casework.Case, told []store.CaseMonth, now time.Time) Standing {
	month := asOf(told, now)
	s := Standing{Figures: course(p, c, told, month).At(month)}
	if !reports(p, c.Stage) {
		stage, _ := p.Stage(c.Stage)
		s.Verdict = target.Verdict{Light: target.Grey, Why: lang.Text{ZH: "项目处于“" + stage.Name.ZH + "”，不计灯", EN: "at “" + stage.Name.EN + "” there is no light"}}
		return s
	}
	s.Verdict = z.Lights.InUse().Evaluate(s.Figures)
	if set, ok := casework.ParseMonth(c.Fields[casework.FieldLightMonth]); ok && set == month && c.Fields[casework.FieldLightDoc] != "" {
		s.Light, s.Document = target.Light(c.Fields[casework.FieldLight]), c.Fields[casework.FieldLightDoc]
		s.Why = lang.Text{ZH: fmt.Sprintf("经批准核定（%s）；按规则为%s：%s", s.Document, z.Lights.InUse().Evaluate(s.Figures).Light.Name().ZH, s.Why.ZH),
			EN: fmt.Sprintf("as approved (%s); by the rules %s: %s", s.Document, z.Lights.InUse().Evaluate(s.Figures).Light.Name().EN, s.Why.EN)}
	}
	return s
}

// reports says whether months can be reported at a stage.
func reports(p *casework.Procedure, stage string) bool {
	for _, m := range p.Moves {
		if slices.ContainsFunc(m.Fields, func(w casework.Want) bool { return w.Field.ID == casework.FieldOfMonth }) {
			if _, ok := p.Next(stage, m.ID); ok {
				return true
			}
		}
	}
	return false
}

// progress adds the figures of a case that has them.
func (p *CasePage) progress(r *store.Reader, z *Zone) error {
	if !p.Proc.Monthly {
		return nil
	}
	told, err := r.CaseMonths(p.Case.ID)
	if err != nil {
		return err
	}
	out := &Progress{Standing: z.standing(p.Proc, p.Case, told, r.Now), Set: z.Lights.InUse()}
	out.Action = out.Set.Actions[out.Light]
	month := out.Figures.Month
	c := course(p.Proc, p.Case, told, month)
	for m := month/100*100 + 1; m <= month/100*100+12; m++ {
		f := c.At(m)
		line := MonthLine{Month: m, Planned: c.Planned(m), Actual: -1, Plan: f.Plan, Done: f.Actual, Light: target.Grey}
		for _, x := range told {
			if x.Month == m && x.Actual >= 0 {
				line.Actual, line.At, line.Note = x.Actual, x.At, x.Note
				line.Times++
			}
		}
		if m <= month {
			line.Light = out.Set.Evaluate(f).Light
		}
		out.Months = append(out.Months, line)
	}
	p.Progress = out
	return nil
}

// keepFigures keeps what a move told about months where lists find it, and notes in the audit log a light set by hand.
func keepFigures(tx *store.Tx, z *Zone, v Viewer, out casework.Outcome) error {
	p := z.Version(out.Case.Procedure, out.Case.Version)
	if p == nil || !p.Monthly {
		return nil
	}
	for _, e := range out.Events {
		for _, f := range figuresOf(p, e) {
			if f.Actual >= 0 && f.Month > yearMonth(tx.Now) {
				return fault.Field(casework.FieldOfMonth, "还没有到这个月。", "That month has not come yet.")
			}
			if err := tx.AddCaseMonth(out.Case.ID, e.Seq, f); err != nil {
				return err
			}
		}
		if e.Fields[casework.FieldLightDoc] != "" && !asks(p, e) {
			if err := tx.AddAudit(store.Audit{ID: tx.NewID(), Actor: v.Person, Action: "light.set", Subject: "case:" + strconv.FormatInt(int64(out.Case.ID), 10),
				Reason: e.Fields[casework.FieldLightDoc], Detail: e.Fields[casework.FieldLightMonth] + " " + e.Fields[casework.FieldLight]}); err != nil {
				return err
			}
		}
	}
	return nil
}

// figuresOf are the monthly figures that a line of history told; none when it only asks for them to be changed.
func figuresOf(p *casework.Procedure, e casework.Event) []casework.Figures {
	if asks(p, e) {
		return nil
	}
	return p.FiguresIn(e.Fields)
}

// asks reports whether a line of history asks for something that is not done yet.
func asks(p *casework.Procedure, e casework.Event) bool {
	m, ok := p.Move(e.Move)
	return ok && m.Ask != ""
}

// onlyOnce refuses a case that says the same as one before, where the procedure allows no two. One that came to nothing
// (a void result) stands in nobody's way.
func onlyOnce(tx *store.Tx, z *Zone, p *casework.Procedure, c casework.Case) error {
	found, err := sameCase(&tx.Reader, z, p, c.Title, c.Fields)
	if err != nil || found == nil {
		return err
	}
	return fault.Field(p.Once[0], "已有相同的登记（编号 %[2]s，%[1]s 登记），同一项目、同一企业只确认一次，不能重复登记。", "This was entered on %[1]s as %[2]s already; a project or company counts once.",
		found.Opened.In(calendar.Zone()).Format(time.DateOnly), found.Number)
}

// sameCase finds the case that stands in the way of another with the title and fields; nil when none does.
func sameCase(r *store.Reader, z *Zone, p *casework.Procedure, title string, fields map[string]string) (*casework.Case, error) {
	key := p.OnceKey(title, fields)
	if key == "" {
		return nil, nil
	}
	c, err := r.CaseWithKey(p.ID, key)
	if err != nil {
		if fault.KindOf(err) == fault.NotFound {
			err = nil
		}
		return nil, err
	}
	if v := z.Version(c.Procedure, c.Version); v != nil && !c.Open() {
		if result, ok := v.Result(c.Result); ok && result.Void {
			return nil, nil
		}
	}
	return &c, nil
}
