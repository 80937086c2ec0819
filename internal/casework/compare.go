package casework

import (
	"fmt"
	"slices"
	"strings"

	"gezhi/internal/lang"
)

// Change is one thing that two versions of a procedure say differently, in words for people who do not read its
// file. Was is empty for what is new, Now for what is gone.
type Change struct {
	Part     lang.Text // time limit, supervision, role, list of reasons …
	What     lang.Text // which one
	Was, Now lang.Text
}

// Compare lists how now differs from was in what people ask about first: time limits, supervision, names, reasons,
// and which stages and moves there are. What else the files say is for comparing their text.
func Compare(was, now *Procedure) []Change {
	var c comparison
	c.names(lang.Text{ZH: "流程名称", EN: "Name of the procedure"}, []Term{{"", was.Name}}, []Term{{"", now.Name}})
	c.clocks(was.Clocks, now.Clocks)
	c.supervision(was.Supervision, now.Supervision)
	for _, l := range now.Reasons {
		old, _ := was.Reason(l.ID)
		c.reasons(old, l)
	}
	for _, l := range was.Reasons {
		if _, ok := now.Reason(l.ID); !ok {
			c.reasons(l, ReasonList{ID: l.ID, Label: l.Label})
		}
	}
	c.names(lang.Text{ZH: "角色", EN: "Role"}, was.Roles, now.Roles)
	c.names(lang.Text{ZH: "阶段", EN: "Stage"}, stageTerms(was), stageTerms(now))
	c.names(lang.Text{ZH: "操作", EN: "Move"}, moveTerms(was), moveTerms(now))
	c.names(lang.Text{ZH: "文书", EN: "Letter"}, letterTerms(was), letterTerms(now))
	return c.list
}

type comparison struct{ list []Change }

func (c *comparison) add(part, what, was, now lang.Text) {
	if was != now {
		c.list = append(c.list, Change{part, what, was, now})
	}
}

// names compares lists of things with names; what is called otherwise now is shown under its old name.
func (c *comparison) names(part lang.Text, was, now []Term) {
	for _, t := range now {
		old, ok := indexOf(was, func(o Term) bool { return o.ID == t.ID })
		what := old.Label
		if !ok {
			what = t.Label
		}
		c.add(part, what, old.Label, t.Label)
	}
	for _, t := range was {
		if !slices.ContainsFunc(now, func(o Term) bool { return o.ID == t.ID }) {
			c.add(part, t.Label, t.Label, lang.Text{})
		}
	}
}

func (c *comparison) clocks(was, now []Timing) {
	var a, b []Term
	for _, t := range was {
		a = append(a, Term{t.ID, t.Label})
	}
	for _, t := range now {
		b = append(b, Term{t.ID, t.Label})
		if old, ok := indexOf(was, func(o Timing) bool { return o.ID == t.ID }); ok {
			c.add(lang.Text{ZH: "时限", EN: "Time limit"}, t.Label, limitWords(old), limitWords(t))
		}
	}
	c.names(lang.Text{ZH: "时限名称", EN: "Name of a time limit"}, a, b)
}

func limitWords(t Timing) lang.Text {
	w := lang.Text{ZH: t.Limit.Label(lang.ZH), EN: t.Limit.Label(lang.EN)}
	if t.ByMatter {
		w = lang.Text{ZH: "按立案标准，未选定时 " + w.ZH, EN: "by the filing standard; until one is chosen, " + w.EN}
	}
	return w
}

func (c *comparison) supervision(was, now []Warning) {
	part := lang.Text{ZH: "督办", EN: "Supervision"}
	at := func(list []Warning, i int) (label, percent lang.Text) {
		if i >= len(list) {
			return
		}
		p := fmt.Sprintf("%d%%", list[i].At)
		return list[i].Label, lang.Text{ZH: p, EN: p}
	}
	for i := range max(len(was), len(now)) {
		label, before := at(was, i)
		newLabel, after := at(now, i)
		what := newLabel
		if what == (lang.Text{}) {
			what = label
		}
		c.add(part, what, before, after)
		if i < len(was) && i < len(now) {
			c.add(lang.Text{ZH: "督办名称", EN: "Name of a rung of supervision"}, label, label, newLabel)
		}
	}
}

func (c *comparison) reasons(was, now ReasonList) {
	c.names(lang.Text{ZH: "原因列表", EN: "List of reasons"}, named(was), named(now))
	c.names(lang.Text{ZH: "原因：" + now.Label.ZH, EN: "Reason: " + now.Label.EN}, was.Items, now.Items)
	before, after := shared(was.Items, now.Items), shared(now.Items, was.Items)
	if slices.EqualFunc(before, after, func(a, b Term) bool { return a.ID == b.ID }) {
		return // the order is the same
	}
	c.add(lang.Text{ZH: "原因顺序", EN: "Order of reasons"}, now.Label, inOrder(before), inOrder(after))
}

// named is the list's own name, unless there is no list.
func named(l ReasonList) []Term {
	if len(l.Items) == 0 {
		return nil
	}
	return []Term{{l.ID, l.Label}}
}

// shared are those of a list that another one has too.
func shared(list, other []Term) []Term {
	return slices.DeleteFunc(slices.Clone(list), func(t Term) bool {
		return !slices.ContainsFunc(other, func(o Term) bool { return o.ID == t.ID })
	})
}

func inOrder(list []Term) lang.Text {
	var zh, en []string
	for _, t := range list {
		zh, en = append(zh, t.Label.ZH), append(en, t.Label.EN)
	}
	return lang.Text{ZH: strings.Join(zh, " → "), EN: strings.Join(en, " → ")}
}

func stageTerms(p *Procedure) []Term {
	var out []Term
	for _, s := range p.Stages {
		out = append(out, Term{s.ID, s.Name})
	}
	return out
}

func letterTerms(p *Procedure) []Term {
	var out []Term
	for _, l := range p.Letters {
		out = append(out, Term{l.ID, l.Title})
	}
	return out
}

func moveTerms(p *Procedure) []Term {
	var out []Term
	for _, m := range slices.Concat(p.Starts, p.Moves) {
		out = append(out, Term{m.ID, m.Label})
	}
	return out
}
