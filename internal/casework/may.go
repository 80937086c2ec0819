package casework

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"gezhi/internal/fault"
	"gezhi/internal/lang"
)

// may says whether the actor can make the move on the case now, in which capacity and under which duty. It is the
// only place that decides so: Do obeys it, Options shows what it allows. One's own duties go before lent ones.
func (p *Procedure) may(c *Case, m *Move, by Actor, now time.Time) (Actor, Duty, *fault.Error) {
	if e := p.possible(c, m, now); e != nil {
		return Actor{}, Duty{}, e
	}
	var refusal *fault.Error
	for i := range 1 + len(by.Lent) {
		as := by.capacity(i)
		duty, ok := p.permitted(c, m, as)
		if !ok {
			continue
		}
		if refusal = p.second(c, m, as); refusal == nil {
			return as, duty, nil
		}
	}
	if refusal == nil {
		refusal = fault.New(fault.Forbidden, "“%s”不在您的职责范围内，或者案件已不在您手上。",
			"“%[2]s” is not among your duties, or the case is no longer with you.", m.Label.ZH, m.Label.EN)
	}
	return Actor{}, Duty{}, refusal
}

// second refuses whoever is no second person: who made a move that this one checks, in whose name it was made, and
// who stands in for either.
func (p *Procedure) second(c *Case, m *Move, by Actor) *fault.Error {
	for _, id := range m.NotBy {
		zh, en := "", ""
		switch did, whose := c.Did[id], c.DidFor[id]; {
		case did != 0 && did == by.Person:
			zh, en = "是您本人做的", "you did it yourself"
		case whose != 0 && whose == by.Person:
			zh, en = "是同事代您做的", "a colleague did it in your name"
		case by.For != 0 && (did == by.For || whose == by.For):
			zh, en = "是您所代理的同事做的，或是以其名义做的", "the colleague you stand in for did it, or it was done in that name"
		default:
			continue
		}
		done, _ := p.Move(id)
		return fault.New(fault.Forbidden, "“%[1]s”须由另一人进行：“%[2]s”%[5]s。",
			"Somebody else must do “%[3]s”, because of “%[4]s”: %[6]s.", m.Label.ZH, done.Label.ZH, m.Label.EN, done.Label.EN, zh, en)
	}
	return nil
}

// possible says whether the case allows the move, whoever makes it.
func (p *Procedure) possible(c *Case, m *Move, now time.Time) *fault.Error {
	if e := p.bounded(c, m); e != nil {
		return e
	}
	if m.Ask != "" && c.ask(m.Ask) >= 0 {
		return p.refused(m, "已有一份申请等待审批", "a request is already waiting for a decision")
	}
	if m.Waits != "" {
		if n := c.waiting(m.Waits); n > 0 {
			k, _ := p.PartKind(m.Waits)
			return p.refused(m, fmt.Sprintf("还有 %d 件“%s”没有办结", n, k.Label.ZH), fmt.Sprintf("%d of “%s” still open", n, k.Label.EN))
		}
	}
	if decided := m.Grant + m.Refuse; decided != "" && c.ask(decided) < 0 {
		return p.refused(m, "没有等待审批的申请", "no request is waiting for a decision")
	}
	if m.Ask != "" && p.pastDue(c, m.Ask, now) {
		return p.tooLate(m)
	}
	if m.Holder.Kind == ToUp || slices.ContainsFunc(m.Decides, func(t Target) bool { return t.Kind == ToUp }) {
		if _, ok := p.above(c.Holder); !ok {
			return p.refused(m, "已经没有上一级", "there is no level above")
		}
	}
	return nil
}

// bounded says whether the case's source and counts allow the move.
func (p *Procedure) bounded(c *Case, m *Move) *fault.Error {
	if len(m.Sources) > 0 && !slices.Contains(m.Sources, c.Source) {
		return p.refused(m, "不适用于这一来源的案件", "cases from this source do not allow it")
	}
	for id, values := range m.When {
		if !slices.Contains(values, c.value(id)) {
			label := categoryLabel
			if f, ok := p.Field(id); ok {
				label = f.Label
			}
			return p.refused(m, "“"+label.ZH+"”不是这一情形", "“"+label.EN+"” is not of that kind")
		}
	}
	if e := p.lacking(c, m); e != nil {
		return e
	}
	for id, most := range m.Max {
		if c.Counts[id] >= most {
			return p.refused(m, "已经用过规定的次数", "it has been used as often as the rules allow")
		}
	}
	for id, least := range m.Min {
		if c.Counts[id] < least {
			return p.refused(m, "还没有到可以这样做的时候", "it is too early for that")
		}
	}
	return nil
}

// categoryLabel is what conditions call the category.
var categoryLabel = lang.Text{ZH: "类别", EN: "Kind"}

// value is what a case says under a name that conditions may use: a field, or its category.
func (c *Case) value(id string) string {
	if id == FieldCategory {
		return c.Matter
	}
	return c.Fields[id]
}

// lacking refuses a move while fields it rests on are not filled in, and names them.
func (p *Procedure) lacking(c *Case, m *Move) *fault.Error {
	var zh, en []string
	for _, id := range m.Has {
		if c.Fields[id] == "" {
			f, _ := p.Field(id)
			zh, en = append(zh, "“"+f.Label.ZH+"”"), append(en, "“"+f.Label.EN+"”")
		}
	}
	if zh == nil {
		return nil
	}
	return p.refused(m, "还缺"+strings.Join(zh, "、"), "still missing: "+strings.Join(en, ", "))
}

// pastDue reports whether a request asks for time on a clock whose limit has passed: 延期须在届满前申请.
func (p *Procedure) pastDue(c *Case, ask string, now time.Time) bool {
	for i := range p.Moves {
		g := &p.Moves[i]
		if t, ok := c.Clocks[g.Extend]; ok && g.Grant == ask && g.Extend != "" && t.Clock.Overdue(now) {
			return true
		}
	}
	return false
}

// tooLate refuses a request for time whose limit has passed.
func (p *Procedure) tooLate(m *Move) *fault.Error {
	return p.refused(m, "时限已经届满，延期须在届满前申请", "the limit has passed; more time must be asked for before that")
}

func (p *Procedure) refused(m *Move, zh, en string) *fault.Error {
	return fault.New(fault.Conflict, "现在不能“%[1]s”：%[2]s。", "“%[3]s” is not possible now: %[4]s.", m.Label.ZH, zh, m.Label.EN, en)
}

// ask is the index of the waiting request of a kind; -1 when there is none.
func (c *Case) ask(kind string) int {
	for i := range c.Asks {
		if c.Asks[i].Kind == kind {
			return i
		}
	}
	return -1
}

// permitted finds the duty under which the actor, in one capacity, may make the move.
func (p *Procedure) permitted(c *Case, m *Move, by Actor) (Duty, bool) {
	system := by.Person == 0 && len(by.Duties) == 0
	for _, who := range m.By {
		switch who {
		case BySystem:
			if system {
				return Duty{}, true
			}
		case ByAnyone:
			if !system {
				return Duty{}, true
			}
		case ByReporter:
			if by.Person != 0 && by.Person == c.Reporter {
				return Duty{}, true
			}
		case ByHolder:
			if d, ok := covering(c, c.Holder, by); ok {
				return d, true
			}
		case ByApprover:
			i := c.ask(m.Grant + m.Refuse)
			if i < 0 || c.Asks[i].madeBy(by.Person) || c.Asks[i].madeBy(by.For) || c.Asks[i].signedBy(by.Person) || c.Asks[i].signedBy(by.For) {
				continue // nobody decides their own request, or that of whom they stand in for, nor signs twice
			}
			if d, ok := covering(c, c.Asks[i].Holder, by); ok {
				return d, true
			}
		default:
			for _, d := range by.Duties {
				// A unit has no area of its own; its people may begin cases, and move what the unit holds as “holder”.
				// They may also answer to what stands on a board.
				if d.Role == who && (d.Over(c.Place.Area) || ((c.Stage == "" || p.IsPublic(c.Stage)) && d.Unit != "")) {
					return d, true
				}
			}
		}
	}
	return Duty{}, false
}

// madeBy reports whether the person made the request, or it was made in that person's name.
func (a Ask) madeBy(p Person) bool { return p != 0 && (p == a.By || p == a.For) }

// covering finds the actor's duty that covers the holder.
func covering(c *Case, h Holder, by Actor) (Duty, bool) {
	if h.Role == RoleReporter {
		return Duty{}, by.Person != 0 && h == ReporterHolder(by.Person)
	}
	for _, d := range by.Duties {
		if d.Covers(h) {
			return d, true
		}
	}
	return Duty{}, false
}

// signedBy reports whether somebody has signed the request already; nobody has as 0.
func (a *Ask) signedBy(p Person) bool { return p != 0 && slices.Contains(a.Signed, p) }
