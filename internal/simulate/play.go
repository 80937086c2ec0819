package simulate

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"gezhi/internal/app"
	"gezhi/internal/calendar"
	"gezhi/internal/casework"
)

// Persons who differ from clone to clone. The numbers stand in the played case until a clone puts
// its own people in their place.
const (
	someReporter casework.Person = 9100000000000000001 + iota
	someWorker                   // the grid worker of the place
	someOfficer                  // of the first unit that held the case; the next number is of the second, and so on
)

// play takes one case through its procedure, as far as it comes by a moment. Every move is decided
// by the procedure itself.
type play struct {
	zone   *app.Zone
	proc   *casework.Procedure
	staff  map[string][]casework.Person // by role, for those who serve the whole district
	rng    *rand.Rand
	now    time.Time
	end    time.Time // the present: what would happen later has not happened
	slow   bool
	c      casework.Case
	events []casework.Event
	units  []string // that held it, in order
	alone  bool     // sub-cases cannot be opened
	err    error
}

// ended says that the present, or a defect, was reached.
func (p *play) ended() bool { return p.err != nil || p.now.After(p.end) }

func (p *play) env() casework.Env { return p.envAt(p.now) }

func (p *play) envAt(now time.Time) casework.Env {
	e := p.zone.Env(now)
	if p.alone {
		e.Parts = func(casework.Case, casework.PartKind) ([]casework.PartSpec, error) { return nil, errParts }
	}
	return e
}

// in waits for between least and most, and then for working hours.
func (p *play) in(least, most time.Duration) {
	p.now = p.now.Add(least + time.Duration(p.rng.Int64N(int64(most-least)))).Truncate(time.Second)
	for !p.zone.Calendar.Open(p.now) {
		p.now = p.now.Add(time.Duration(5+p.rng.IntN(40)) * time.Minute)
	}
}

// actor is somebody who may act for the holder.
func (p *play) actor(h casework.Holder) casework.Actor {
	a := casework.Actor{Duties: []casework.Duty{casework.Duty(h)}}
	switch {
	case h.Role == casework.RoleReporter:
		return casework.Actor{Person: p.c.Reporter}
	case h.Unit != "":
		a.Person = p.officer(h.Unit)
	case len(p.staff[h.Role]) > 0 && len(h.Area) == 6:
		a.Person = p.staff[h.Role][p.rng.IntN(len(p.staff[h.Role]))]
	default:
		a.Person = someWorker
	}
	return a
}

// officer is somebody of the unit, which is remembered.
func (p *play) officer(unit string) casework.Person {
	i := slices.Index(p.units, unit)
	if i < 0 {
		i, p.units = len(p.units), append(p.units, unit)
	}
	return someOfficer + casework.Person(i)
}

// keep takes over what a decision brought.
func (p *play) keep(out casework.Outcome, err error) bool {
	if err != nil {
		p.err = fmt.Errorf("simulate: stage %s: %w", p.c.Stage, err)
		return false
	}
	p.c = out.Case
	for _, e := range out.Events {
		e.Photos = nil // pictures are not simulated
		p.events = append(p.events, e)
	}
	for _, t := range p.proc.Tasks(p.c) {
		if t.Holder.Unit != "" && t.Holder.Role != casework.RoleReporter {
			p.officer(t.Holder.Unit)
		}
	}
	return true
}

// wake lets the timers run that are due by the moment.
func (p *play) wake(until time.Time) {
	for n := 0; n < 50 && p.err == nil && !p.c.Wake.IsZero() && !p.c.Wake.After(until); n++ {
		at := p.c.Wake
		if last := p.events[len(p.events)-1].At; at.Before(last) { // a day that was past when it was agreed on
			at = last
		}
		if p.keep(p.proc.Wake(p.c, p.envAt(at))) && p.c.Wake.IsZero() {
			return
		}
	}
}

// move makes a move by whoever holds the case, unless that would be in the future.
func (p *play) move(cmd casework.Command) bool { return p.moveBy(p.actor(p.c.Holder), cmd) }

func (p *play) moveBy(by casework.Actor, cmd casework.Command) bool {
	p.wake(minTime(p.now, p.end))
	if p.ended() {
		return false
	}
	cmd.Photos = []string{"1"}
	return p.keep(p.proc.Do(p.c, by, cmd, p.env()))
}

func minTime(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// chance is true in n of a hundred cases.
func (p *play) chance(n int) bool { return p.rng.IntN(100) < n }

func (p *play) pick(list ...string) string { return list[p.rng.IntN(len(list))] }

// play chooses what the case is about and plays it.
func (p *play) play(area string) error {
	if p.proc.About == casework.AboutMatters {
		list := p.zone.Matters.List
		return p.run(list[int(float64(len(list))*p.rng.Float64()*p.rng.Float64())].Code, area)
	}
	category := ""
	if len(p.proc.Categories) > 0 {
		category = p.proc.Categories[p.rng.IntN(len(p.proc.Categories))].Code
	}
	return p.walk(category, area)
}

// run plays the whole case and what its timers do until the present.
func (p *play) run(matter, area string) error {
	p.open(matter, area)
	if p.err == nil && p.c.Stage != "checking" {
		p.takeUp()
	}
	for !p.ended() && p.c.Stage == "dispatching" {
		p.dispatch()
	}
	for round := 0; !p.ended() && p.c.Stage == "handling" || p.c.Stage == "checking" && !p.ended(); round++ {
		if p.c.Stage == "handling" {
			p.handle()
		}
		p.check(round)
	}
	p.closeAndRate()
	p.wake(p.end)
	return p.err
}

// open begins the case: a resident's report, a call that was passed on, a patrol's find.
func (p *play) open(matter, area string) {
	d := casework.Draft{Zone: p.zone.Code, ID: 1, Number: "0", Matter: matter, Title: "0", Text: "0", Place: casework.Place{Area: area}, Reporter: someReporter}
	by := casework.Actor{Person: someReporter}
	worker := casework.Actor{Person: someWorker, Duties: []casework.Duty{{Role: "grid_staff", Area: area[:15]}}}
	switch n := p.rng.IntN(100); {
	case n < 60:
		d.Start, d.Source = "report", "resident"
	case n < 72:
		d.Start, d.Source = "record", p.pick("hotline", "hotline", "superior", "media")
		by = p.actor(casework.Holder{Role: "acceptor", Area: area[:6]})
	case n < 86:
		d.Start, d.Source, d.Reporter, by = "patrol", "patrol", someWorker, worker
	default:
		d.Start, d.Source, d.Reporter, by = "on_the_spot", "patrol", someWorker, worker
		d.Fields = map[string]string{"result_text": p.pick("已当场清理。", "已劝离，现场恢复。", "已扶正并归位。")}
	}
	d.Photos = []string{"1"}
	p.keep(p.proc.Open(d, by, p.env()))
}

// takeUp is what comes before a unit has the case: the check on site, intake and filing.
func (p *play) takeUp() {
	if p.c.Stage == "verifying" {
		p.in(15*time.Minute, 4*time.Hour)
		switch n := p.rng.IntN(100); {
		case n < 3 && p.c.Source == "resident":
			p.moveBy(casework.Actor{Person: p.c.Reporter}, casework.Command{Move: "cancel"})
			return
		case n < 15:
			p.move(casework.Command{Move: "settle", Fields: map[string]string{"result_text": "现场已处理完毕。"}})
			return
		}
		p.move(casework.Command{Move: "verify", Fields: map[string]string{"finding": p.pick("as_reported", "as_reported", "partly")}})
	}
	p.in(10*time.Minute, 2*time.Hour)
	if p.chance(6) {
		p.move(casework.Command{Move: "decline", Reason: p.pick("untrue", "gone", "out_of_scope", "unclear")})
		return
	}
	p.move(casework.Command{Move: "accept"})
	p.in(10*time.Minute, 2*time.Hour)
	if p.chance(4) {
		p.move(casework.Command{Move: "not_file", Reason: p.pick("below_standard", "gone", "legal_process")})
		return
	}
	m, _ := p.zone.Matters.Find(p.c.Matter)
	p.move(casework.Command{Move: "file", Fields: map[string]string{"standard": m.Standards[p.rng.IntN(len(m.Standards))].ID}})
}

// dispatch gives the case to its unit, which may send it back once.
func (p *play) dispatch() {
	p.in(10*time.Minute, 90*time.Minute)
	if !p.move(casework.Command{Move: "dispatch"}) {
		return
	}
	p.in(15*time.Minute, 4*time.Hour)
	if p.chance(5) && p.c.Counts["returned"] == 0 {
		p.move(casework.Command{Move: "return", Reason: p.pick("not_found", "needs_lead"), Note: "请补充位置后重新派遣。"})
		return
	}
	p.move(casework.Command{Move: "sign"})
}

// handle is the unit's work, with requests for time on the way.
func (p *play) handle() {
	limit := p.c.Clocks["handle"].Clock.Limit
	if p.chance(7) && p.c.Counts["extended"] == 0 {
		p.in(time.Hour, 3*time.Hour)
		if late := p.c.Clocks["handle"].Clock.Overdue(p.now); !late && p.move(casework.Command{Move: "ask_extension", Fields: map[string]string{"extra": limit.String(), "extend_why": "需协调产权单位，请求延长。"}}) {
			p.in(10*time.Minute, 2*time.Hour)
			p.moveBy(p.actor(p.c.Asks[0].Holder), casework.Command{Move: "grant_extension"})
		}
	}
	if p.slow && p.chance(10) && p.c.Counts["suspended"] == 0 {
		p.suspend()
	}
	switch {
	case p.slow:
		p.in(10*24*time.Hour, 50*24*time.Hour)
	case limit.Unit == calendar.WorkDay || limit.Unit == calendar.NaturalDay:
		p.in(3*time.Hour, time.Duration(max(limit.N, 1))*30*time.Hour)
	default:
		p.in(time.Hour, 10*time.Hour)
	}
	if p.move(casework.Command{Move: "done", Fields: map[string]string{"result_text": p.pick("已安排人员处置完毕，现场整洁。", "已修复，恢复使用。", "已清运，后续加强巡查。", "已责令整改并复查。")}}) {
		p.in(10*time.Minute, 3*time.Hour)
		p.move(casework.Command{Move: "to_check"})
	}
}

func (p *play) suspend() {
	p.in(time.Hour, 5*time.Hour)
	until := p.now.AddDate(0, 0, 20).In(calendar.Zone()).Format(time.DateOnly)
	if !p.move(casework.Command{Move: "ask_suspension", Reason: p.pick("weather", "funds", "owner"), Note: "暂不具备施工条件。", Fields: map[string]string{"until": until}}) {
		return
	}
	p.in(10*time.Minute, 2*time.Hour)
	if p.moveBy(p.actor(p.c.Asks[0].Holder), casework.Command{Move: "grant_suspension"}) {
		p.in(5*24*time.Hour, 25*24*time.Hour)
		p.move(casework.Command{Move: "resume"})
	}
}

// check is the verification by somebody else; the first may find the work wanting.
func (p *play) check(round int) {
	if p.c.Stage != "checking" {
		return
	}
	p.in(20*time.Minute, 7*time.Hour)
	if _, handled := p.c.Held["handling"]; handled && round == 0 && p.chance(7) {
		p.move(casework.Command{Move: "rework", Reason: p.pick("unsolved", "partly", "relapsed"), Note: "现场仍有遗留，请彻底处置。"})
		return
	}
	p.move(casework.Command{Move: "pass"})
}

func (p *play) closeAndRate() {
	if p.c.Stage != "closing" || p.ended() {
		return
	}
	p.in(10*time.Minute, 3*time.Hour)
	if !p.move(casework.Command{Move: "close"}) || p.c.Stage != "rating" || !p.chance(45) {
		return
	}
	p.in(time.Hour, 60*time.Hour)
	p.move(casework.Command{Move: "rate", Fields: map[string]string{"rating": strconv.Itoa(5 - min(p.rng.IntN(12)/4*p.rng.IntN(2), 4))}})
}
