package demo

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"gezhi/internal/calendar"
	"gezhi/internal/casework"
)

// decide plans what whoever has the case will do with it, as people mostly do: in time, sometimes not.
func (l *life) decide(w *watched) {
	w.plan++
	switch w.Stage {
	case "verifying":
		l.later(w, l.by(w, "verify", l.promptness()), func() error { return l.verify(w) })
	case "reported":
		l.later(w, l.by(w, "accept", l.promptness()), func() error { return l.accept(w) })
	case "filing":
		l.later(w, l.by(w, "file", l.promptness()), func() error { return l.file(w) })
	case "dispatching":
		l.later(w, l.by(w, "dispatch", l.promptness()), func() error { return l.dispatch(w) })
	case "assigned":
		l.later(w, l.by(w, "handle", l.between(1, 9)), func() error { return l.sign(w) })
	case "arbitration":
		l.later(w, l.by(w, "dispatch", l.promptness()), func() error { return l.rule(w) })
	case "handling":
		l.handle(w)
	case "suspended":
		l.later(w, w.resume, func() error { return l.act(w, casework.Command{Move: "resume"}) })
	case "feedback":
		l.later(w, l.by(w, "review", l.promptness()), func() error { return l.review(w) })
	case "checking":
		l.later(w, l.by(w, "check", l.promptness()), func() error { return l.check(w) })
	case "closing":
		l.later(w, l.by(w, "close", l.promptness()), func() error { return l.close(w) })
	case "rating":
		if l.chance(60) {
			l.later(w, l.now().Add(time.Duration(l.between(30, 5*24*60))*time.Minute), func() error { return l.rate(w) })
		}
	}
}

// promptness is how much of a limit somebody at a desk uses, in percent.
func (l *life) promptness() int {
	switch n := l.r.IntN(100); {
	case n < 93:
		return l.between(8, 74)
	case n < 98:
		return l.between(75, 98)
	default:
		return l.between(101, 160)
	}
}

// act lets somebody who has the case move it; nothing happens while the post is vacant.
func (l *life) act(w *watched, cmd casework.Command) error {
	by, ok := l.holding(w.Holder)
	if !ok {
		return nil
	}
	return l.move(w, by, cmd)
}

func (l *life) verify(w *watched) error {
	switch {
	case w.Source == "resident" && l.chance(2):
		return l.move(w, w.Reporter, casework.Command{Move: "cancel"})
	case l.chance(5) && w.Counts["escalated"] < 2 && len(w.Holder.Area) > 9:
		return l.act(w, casework.Command{Move: "escalate", Note: l.texts.note(l.r, "escalate")})
	case l.chance(22) && w.same == 0:
		by, ok := l.holding(w.Holder)
		if !ok {
			return nil
		}
		id, err := l.photo(by, false)
		if err != nil {
			return err
		}
		return l.move(w, by, casework.Command{Move: "settle", Photos: photoIDs(id), Fields: map[string]string{"result_text": l.texts.note(l.r, "settle")}})
	}
	finding := []string{"as_reported", "partly", "not_so", "not_found"}[weighted(l.r, []int{84, 10, 2, 4})]
	return l.act(w, casework.Command{Move: "verify", Fields: map[string]string{"finding": finding}})
}

func (l *life) accept(w *watched) error {
	if first := l.cases[w.same]; first != nil && first.Open() && first.MergedTo == 0 && l.chance(85) {
		err := l.act(w, casework.Command{Move: "merge", Fields: map[string]string{"into": strconv.FormatInt(int64(first.ID), 10)}})
		if err != nil {
			return err
		}
		return l.look(first)
	}
	switch finding := w.Fields["finding"]; {
	case finding == "not_so":
		return l.act(w, casework.Command{Move: "decline", Reason: "untrue"})
	case finding == "not_found":
		return l.act(w, casework.Command{Move: "decline", Reason: "gone"})
	case l.chance(3):
		return l.act(w, casework.Command{Move: "decline", Reason: pick(l.r, []string{"below_standard", "out_of_scope", "unclear"})})
	case l.chance(2):
		return l.act(w, casework.Command{Move: "correct", Fields: map[string]string{"matter": l.sibling(w.Matter)}})
	}
	return l.act(w, casework.Command{Move: "accept"})
}

// sibling is another matter of the same class.
func (l *life) sibling(code string) string {
	var others []string
	for _, m := range l.zone.Matters.List {
		if m.Code != code && strings.HasPrefix(m.Code, code[:3]) {
			others = append(others, m.Code)
		}
	}
	return pick(l.r, others)
}

func (l *life) file(w *watched) error {
	if l.chance(4) {
		return l.act(w, casework.Command{Move: "not_file", Reason: pick(l.r, []string{"below_standard", "legal_process", "gone"})})
	}
	m, _ := l.zone.Matters.Find(w.Matter)
	return l.act(w, casework.Command{Move: "file", Fields: map[string]string{"standard": pick(l.r, m.Standards).ID}})
}

func (l *life) dispatch(w *watched) error {
	cmd := casework.Command{Move: "dispatch"}
	w.elsewhere = l.chance(4) || (w.Counts["returned"] == 1 && l.chance(40))
	if w.elsewhere {
		cmd.Holder = casework.Holder{Role: "officer", Unit: pick(l.r, l.unitCodes())}
	}
	return l.act(w, cmd)
}

func (l *life) sign(w *watched) error {
	if (w.elsewhere && l.chance(92)) || l.chance(1) {
		cmd := casework.Command{Move: "return", Reason: pick(l.r, []string{"not_ours", "other_area"}), Note: l.texts.note(l.r, "return")}
		if w.Counts["returned"] >= 2 {
			cmd.Move, cmd.Note = "dispute", l.texts.note(l.r, "dispute")
		}
		return l.act(w, cmd)
	}
	return l.act(w, casework.Command{Move: "sign"})
}

func (l *life) rule(w *watched) error {
	w.elsewhere = false
	return l.act(w, casework.Command{Move: "rule", Note: l.texts.note(l.r, "rule")})
}

// handle plans the work itself, or a request that comes first.
func (l *life) handle(w *watched) {
	limit := w.Clocks["handle"].Clock.Limit
	days := limit.Unit != calendar.UrgentHour
	long := limit.Unit == calendar.WorkDay || limit.Unit == calendar.NaturalDay
	switch {
	case len(w.Asks) > 0:
		l.later(w, l.soon(l.between(20, 200)), func() error { return l.answer(w) })
	case days && w.Counts["extended"] == 0 && w.Did["ask_extension"] == 0 && !w.Clocks["handle"].Clock.Overdue(l.now()) && l.chance(7):
		l.later(w, l.by(w, "handle", l.between(45, 85)), func() error {
			if w.Clocks["handle"].Clock.Overdue(l.now()) {
				l.handle(w) // too late to ask: more time is asked for before the limit has passed
				return nil
			}
			extra := limit
			extra.N = (limit.N + 1) / 2
			return l.act(w, casework.Command{Move: "ask_extension", Fields: map[string]string{"extra": extra.String(), "extend_why": l.texts.note(l.r, "extend_why")}})
		})
	case long && w.Counts["suspended"] == 0 && w.Did["ask_suspension"] == 0 && l.chance(7):
		l.later(w, l.by(w, "handle", l.between(15, 60)), func() error {
			why := pick(l.r, []string{"weather", "funds", "owner"})
			w.resume = l.now().AddDate(0, 0, l.between(4, 20))
			return l.act(w, casework.Command{Move: "ask_suspension", Reason: why, Note: l.texts.note(l.r, "suspend_"+why),
				Fields: map[string]string{"until": w.resume.In(calendar.Zone()).Format(time.DateOnly)}})
		})
	default:
		l.later(w, l.by(w, "handle", l.diligence()), func() error { return l.done(w) })
	}
}

// diligence is how much of its limit a unit uses, in percent. What is late on the last days is late still
// when the life ends, so that supervision has something to do.
func (l *life) diligence() int {
	if l.until.Sub(l.now()) < 12*24*time.Hour && l.chance(15) {
		return l.between(130, 240)
	}
	switch n := l.r.IntN(100); {
	case n < 84:
		return l.between(12, 76)
	case n < 92:
		return l.between(77, 97)
	case n < 98:
		return l.between(101, 145)
	default:
		return l.between(150, 240)
	}
}

// answer decides a request for time or for suspension.
func (l *life) answer(w *watched) error {
	ask := w.Asks[0]
	by, ok := l.holding(ask.Holder)
	if !ok {
		return nil
	}
	if l.chance(80) {
		return l.move(w, by, casework.Command{Move: "grant_" + ask.Kind})
	}
	return l.move(w, by, casework.Command{Move: "refuse_" + ask.Kind, Note: l.texts.note(l.r, "refuse_"+ask.Kind)})
}

func (l *life) done(w *watched) error {
	by, ok := l.holding(w.Holder)
	if !ok {
		return nil
	}
	id, err := l.photo(by, false)
	if err != nil {
		return err
	}
	return l.move(w, by, casework.Command{Move: "done", Photos: photoIDs(id), Fields: map[string]string{"result_text": l.texts.result(l.r, w.Matter)}})
}

func (l *life) review(w *watched) error {
	if w.Counts["supplemented"] == 0 && l.chance(5) {
		return l.act(w, casework.Command{Move: "supplement", Note: l.texts.note(l.r, "supplement")})
	}
	return l.act(w, casework.Command{Move: "to_check"})
}

func (l *life) check(w *watched) error {
	if w.Counts["rework"] == 0 && l.chance(9) {
		return l.act(w, casework.Command{Move: "rework", Reason: pick(l.r, []string{"unsolved", "partly", "relapsed", "no_proof"}), Note: l.texts.note(l.r, "rework")})
	}
	return l.act(w, casework.Command{Move: "pass"})
}

func (l *life) close(w *watched) error {
	if w.Did["recheck"] == 0 && l.chance(2) {
		return l.act(w, casework.Command{Move: "recheck", Note: l.texts.note(l.r, "recheck")})
	}
	return l.act(w, casework.Command{Move: "close"})
}

func (l *life) rate(w *watched) error {
	if w.Counts["reopened"] == 0 && l.chance(6) {
		return l.act(w, casework.Command{Move: "reopen", Reason: pick(l.r, []string{"unsolved", "slow"}), Note: l.texts.note(l.r, "reopen")})
	}
	stars := 1 + weighted(l.r, []int{1, 3, 9, 32, 55})
	return l.act(w, casework.Command{Move: "rate", Fields: map[string]string{"rating": strconv.Itoa(stars)}})
}

// urge lets the supervisor press for a case that is overdue.
func (l *life) urge(w *watched) error {
	if !slices.Contains([]string{"dispatching", "assigned", "handling", "feedback", "checking"}, w.Stage) || w.Counts["urged"] > 0 {
		return nil
	}
	by, _ := l.holding(casework.Holder{Role: "supervisor", Area: l.code()})
	plan := w.plan
	v, err := l.viewer(l.ctx, by)
	if err != nil {
		return err
	}
	c, err := l.app.Move(l.ctx, v, w.ID, casework.Command{Move: "urge", Note: l.texts.note(l.r, "urge"), Revision: w.Revision}, l.key())
	if err != nil {
		return err
	}
	w.Case, w.plan = c, plan // whoever has it goes on as planned
	l.wait(w)
	return nil
}
