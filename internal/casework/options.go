package casework

import "gezhi/internal/lang"

// Options lists what the actor may do with the case now, in the order of the procedure: the buttons
// of its page. Everything listed passes Do as far as the actor and the case are concerned; what the
// form still needs is in the option.
func (p *Procedure) Options(c Case, by Actor, env Env) []Option {
	si, ok := p.table.stage[c.Stage]
	if !ok {
		return nil
	}
	var out []Option
	for i := range p.Moves {
		to := p.cell(si, i)
		if !to.legal {
			continue
		}
		if _, duty, e := p.may(&c, &p.Moves[i], by, env.Now); e == nil {
			out = append(out, p.option(&c, &p.Moves[i], p.Stages[to.to].ID, duty, &env))
		}
	}
	return out
}

// option is the form behind a move.
func (p *Procedure) option(c *Case, m *Move, to string, duty Duty, env *Env) Option {
	o := Option{Move: m.ID, Label: m.Label, Style: m.Style, Confirm: m.Confirm, To: to, Photos: m.Photos, Note: m.Note,
		Choose: m.Holder.Kind == ToChoose}
	if l, ok := p.Reason(m.Reason); ok {
		o.Reasons = &l
	}
	for _, w := range m.Fields {
		if w.Field.Type == FieldStandard {
			w.Field.Choices = standardChoices(c, env)
		}
		o.Fields = append(o.Fields, w)
	}
	if m.Holder.Kind == ToSelf {
		o.Holder = Holder(duty)
	} else if c.ID != 0 {
		o.Holder, _ = p.resolve(m.Holder, c, to, env) // not knowing yet is no reason to hide the button
	}
	return o
}

// standardChoices offers the matter's standards, each with its condition and limit.
func standardChoices(c *Case, env *Env) []Term {
	if env.Matter == nil {
		return nil
	}
	m, _ := env.Matter(c.Matter)
	var out []Term
	for _, s := range m.Standards {
		out = append(out, Term{ID: s.ID, Label: lang.Text{
			ZH: s.File.ZH + "（" + s.Limit.Label(lang.ZH) + "）",
			EN: s.File.EN + " (" + s.Limit.Label(lang.EN) + ")",
		}})
	}
	return out
}

// Tasks lists what waits for somebody: the case's own turn, and requests to decide.
func (p *Procedure) Tasks(c Case) []Task {
	var out []Task
	due := c.Due()
	if c.Holder != (Holder{}) {
		out = append(out, Task{Kind: "case", Holder: c.Holder, Due: due})
	}
	for _, a := range c.Asks {
		out = append(out, Task{Kind: a.Kind, Holder: a.Holder, Due: due})
	}
	return out
}

// The words for events no move makes.
var systemWords = map[string]lang.Text{
	"supervised":  {ZH: "督办", EN: "Supervision"},
	"reprojected": {ZH: "期限重算", EN: "Deadline recalculated"},
	"merged_in":   {ZH: "并入案件", EN: "Another case merged in"},
	"part_opened": {ZH: "发起子件", EN: "Sub-case opened"},
	"part":        {ZH: "子件进展", EN: "Sub-case moved"},
	"linked":      {ZH: "关联案件", EN: "Related to another case"},
	"unlinked":    {ZH: "解除关联", EN: "Relation removed"},
}

// Label is what happened, for a timeline: the move's label, for supervision its rung's.
func (p *Procedure) Label(e Event) lang.Text {
	if m, ok := p.Move(e.Move); ok {
		return m.Label
	}
	if e.Move == EventSupervised {
		for _, w := range p.Supervision {
			if e.Reason == supervisionID(w) {
				return w.Label
			}
		}
	}
	return systemWords[e.Move]
}
