package casework

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"gezhi/internal/fault"
)

// The fields by which a case of a Monthly procedure is told its figures. A move that brings FieldYear and FieldYearPlan
// sets the year's plan; one that brings FieldOfMonth reports that month, and corrects it when it is reported again.
const (
	FieldYear     = "year"      // number
	FieldYearPlan = "year_plan" // money
	FieldOfMonth  = "month"     // month
	FieldPlan     = "plan"      // money: what the month was to bring; empty for its twelfth of the year's plan
	FieldActual   = "actual"    // money: what it brought
	FieldStarted  = "started"   // yes or no: work has begun
	FieldEntered  = "entered"   // yes or no: entered in the statistics of investment (入库)
	FieldFunds    = "funds"     // ok or short: money was paid as planned
)

// The fields by which a light is set by hand, which takes a document that approves it.
const (
	FieldLight      = "light"       // green, yellow, red or grey
	FieldLightMonth = "light_month" // month: the only one it is set for
	FieldLightDoc   = "light_doc"   // text
)

// FieldStartDue is the date by which work is to begin, when the procedure has such a field.
const FieldStartDue = "start_due"

var figureFields = []struct{ id, typ string }{
	{FieldYear, FieldNumber}, {FieldYearPlan, FieldMoney}, {FieldOfMonth, FieldMonth}, {FieldPlan, FieldMoney}, {FieldActual, FieldMoney},
	{FieldStarted, FieldSelect}, {FieldEntered, FieldSelect}, {FieldFunds, FieldSelect},
	{FieldLight, FieldSelect}, {FieldLightMonth, FieldMonth}, {FieldLightDoc, FieldText},
}

// figures checks what a procedure with figures needs.
func (c *checker) figures() {
	for _, f := range figureFields {
		if have, ok := c.p.Field(f.id); c.p.Monthly && (!ok || have.Type != f.typ) {
			c.FailAt(c.Lines["monthly"], "按月报数（monthly）的流程须有 %[2]s 型字段“%[1]s”。", "A procedure with monthly figures needs the field “%s” of type %s.", f.id, f.typ)
		}
	}
	for _, m := range c.p.Moves {
		brings := func(id string) bool {
			return slices.ContainsFunc(m.Fields, func(w Want) bool { return w.Field.ID == id && w.Required })
		}
		if c.p.Monthly && slices.ContainsFunc(m.Fields, func(w Want) bool { return w.Field.ID == FieldLight }) && (!brings(FieldLightDoc) || !brings(FieldLightMonth)) {
			c.FailAt(m.Line, "“%s”改灯须写批准文件和月份（needs: light_doc、light_month）。", "“%s” sets a light, which needs a document and the month (needs: light_doc, light_month).", m.ID)
		}
	}
	if c.p.Funnel != "" {
		if f := c.field(c.Lines["funnel"], c.p.Funnel); f.Type != FieldMoney && f.Type != "" {
			c.FailAt(c.Lines["funnel"], "漏斗（funnel）只能按金额字段汇总。", "A funnel adds up a field of type money.")
		}
	}
	for _, id := range c.p.Once {
		if id != FieldTitle {
			c.field(c.Lines["once"], id)
		}
	}
}

// ParseMonth reads 2026-11 as 202611; false when it is no month of the years 2000 to 2099.
func ParseMonth(s string) (int, bool) {
	t, err := time.Parse("2006-01", s)
	if err != nil || t.Year() < 2000 || t.Year() > 2099 {
		return 0, false
	}
	return t.Year()*100 + int(t.Month()), true
}

// Figures is what one move told about a month, or about a year.
type Figures struct {
	Month   int   // 202611; 202600 for the whole year's plan
	Plan    int64 // 分; -1 when none was given
	Actual  int64 // 分; -1 when none was given
	Started bool
	Entered bool
	Short   bool
}

// FiguresIn are the figures that a move's fields bring; none for most moves.
func (p *Procedure) FiguresIn(fields map[string]string) []Figures {
	if !p.Monthly {
		return nil
	}
	amount := func(id string) int64 {
		if n, err := strconv.ParseInt(fields[id], 10, 64); err == nil {
			return n
		}
		return -1
	}
	var out []Figures
	if y, err := strconv.Atoi(fields[FieldYear]); err == nil && fields[FieldYearPlan] != "" {
		out = append(out, Figures{Month: y * 100, Plan: amount(FieldYearPlan), Actual: -1})
	}
	if m, ok := ParseMonth(fields[FieldOfMonth]); ok {
		out = append(out, Figures{Month: m, Plan: amount(FieldPlan), Actual: amount(FieldActual),
			Started: fields[FieldStarted] == "yes", Entered: fields[FieldEntered] == "yes", Short: fields[FieldFunds] == "short"})
	}
	return out
}

// OnceKey is what no two cases of the procedure may have alike, from their title and fields; "" when nothing is or
// something of it is missing. Spaces and the difference of capital letters do not count.
func (p *Procedure) OnceKey(title string, fields map[string]string) string {
	var parts []string
	for _, id := range p.Once {
		v := fields[id]
		if id == FieldTitle {
			v = title
		}
		if v = strings.ToUpper(strings.Join(strings.Fields(v), "")); v == "" {
			return ""
		}
		parts = append(parts, v)
	}
	return strings.Join(parts, "\n")
}

// Refusal is a move that the actor may make but the case does not allow yet, and why.
type Refusal struct {
	Move string
	Why  error
}

// Lacking lists the moves that are the actor's to make but for one thing a page should say: a field is not filled in,
// more time is asked for too late, or somebody else must make the move.
func (p *Procedure) Lacking(c Case, by Actor, now time.Time) []Refusal {
	si, ok := p.table.stage[c.Stage]
	if !ok {
		return nil
	}
	var out []Refusal
	for i := range p.Moves {
		m := &p.Moves[i]
		if !p.cell(si, i).legal {
			continue
		}
		if e := p.wanting(&c, m, by, now); e != nil {
			out = append(out, Refusal{m.ID, e})
		}
	}
	return out
}

// wanting is why a move of the actor's is refused, when nothing else stands against it.
func (p *Procedure) wanting(c *Case, m *Move, by Actor, now time.Time) *fault.Error {
	free := *m
	free.Has, free.NotBy = nil, nil
	why := p.lacking(c, m)
	if why == nil && m.Ask != "" && c.ask(m.Ask) < 0 && p.pastDue(c, m.Ask, now) {
		why, free.Ask = p.tooLate(m), ""
	}
	if _, _, e := p.may(c, &free, by, now); e != nil {
		return nil
	}
	if _, _, e := p.may(c, m, by, now); why == nil {
		return e
	}
	return why
}
