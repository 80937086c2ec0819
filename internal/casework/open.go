package casework

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"gezhi/internal/fault"
)

// The most characters a title and a description may have.
const (
	MaxTitle = 100
	MaxText  = 4000
)

// Open begins a case. Faults as for Do; their fields are start, matter, source, title, text, place,
// reason, note, photos, holder, or a field's id.
func (p *Procedure) Open(d Draft, by Actor, env Env) (Outcome, error) {
	if d.Start == "" {
		d.Start = p.Starts[0].ID
	}
	i, ok := p.table.start[d.Start]
	if !ok {
		return Outcome{}, fault.Field("start", "没有“%s”这种上报方式。", "There is no way to begin called “%s”.", d.Start)
	}
	m := &p.Starts[i]
	c := Case{
		Zone: d.Zone, ID: d.ID, Number: d.Number, Procedure: p.ID, Version: p.Version,
		Matter: d.Matter, Source: d.Source, Title: strings.TrimSpace(d.Title), Text: strings.TrimSpace(d.Text),
		Place: d.Place, Reporter: d.Reporter, Opened: env.Now, Parent: d.Parent, Sealed: p.Sealed,
	}
	if p.Confidential() && c.Reporter == 0 {
		return Outcome{}, fmt.Errorf("procedure %s: a confidential case without a reporter", p.ID)
	}
	by, duty, ok := p.begins(&c, m, by)
	if !ok {
		return Outcome{}, fault.New(fault.Forbidden, "您不能以“%[1]s”的方式上报这一位置的事项。",
			"You may not begin a case here by “%[2]s”.", m.Label.ZH, m.Label.EN)
	}
	cmd := Command{Move: m.ID, Reason: d.Reason, Note: d.Note, Fields: d.Fields, Photos: d.Photos, Holder: d.Holder}
	fields, err := p.input(&c, m, &cmd, &env)
	if err := together(p.checkDraft(&c, m, &env), err); err != nil {
		return Outcome{}, err
	}
	s := step{p: p, env: &env, m: m, by: by, duty: duty, cmd: &cmd, fields: fields, before: &c, next: c}
	return s.take(p.table.stage[m.To])
}

// begins finds the capacity and the duty in which the actor may begin a case by the start.
func (p *Procedure) begins(c *Case, m *Move, by Actor) (Actor, Duty, bool) {
	for i := range 1 + len(by.Lent) {
		as := by.capacity(i)
		if duty, ok := p.permitted(c, m, as); ok {
			return as, duty, true
		}
	}
	return Actor{}, Duty{}, false
}

// StartsFor lists the ways the actor may begin a case somewhere in the area, as forms to fill in. Where in it, Open decides.
func (p *Procedure) StartsFor(by Actor, area string, env Env) []Option {
	places := []string{area}
	for _, d := range by.Duties {
		if strings.HasPrefix(d.Area, area) && d.Area != area {
			places = append(places, d.Area)
		}
	}
	var out []Option
	for i := range p.Starts {
		for _, at := range places {
			c := Case{Place: Place{Area: at}}
			if _, _, ok := p.begins(&c, &p.Starts[i], by); ok {
				out = append(out, p.option(&c, &p.Starts[i], p.Starts[i].To, Duty{}, &env))
				break
			}
		}
	}
	return out
}

func (p *Procedure) checkDraft(c *Case, m *Move, env *Env) error {
	var bad fault.List
	switch n := utf8.RuneCountInString(c.Title); {
	case n == 0:
		bad.Add("title", "请用一句话写明是什么事。", "Please say in one line what this is about.")
	case n > MaxTitle:
		bad.Add("title", "标题不能超过 %d 个字。", "The title has at most %d characters.", MaxTitle)
	}
	p.checkText(&bad, c)
	if utf8.RuneCountInString(c.Text) > MaxText {
		bad.Add("text", "描述不能超过 %d 个字。", "The description has at most %d characters.", MaxText)
	}
	if !utf8.ValidString(c.Title) || !utf8.ValidString(c.Text) {
		bad.Add("text", "文字编码有误。", "The text is not valid UTF-8.")
	}
	if len(m.Sources) > 0 && !slices.Contains(m.Sources, c.Source) {
		bad.Add("source", "这种上报方式不能用于该来源。", "This way to begin does not fit that source.")
	}
	if !p.knows(c.Matter, env) {
		bad.Add("matter", "请选择事项类别。", "Please choose what kind of matter it is.")
	}
	if n := len(c.Place.Area); n < digits("district") || strings.Trim(c.Place.Area, "0123456789") != "" {
		bad.Add("place", "请在地图上标出位置，或填写地址。", "Please mark the place on the map or give an address.")
	}
	return bad.Err()
}

// knows reports whether the code is that of a kind of case the procedure is for.
func (p *Procedure) knows(code string, env *Env) bool {
	ok := true
	switch {
	case p.About == AboutCategories:
		_, ok = p.Category(code)
	case p.About == AboutNothing:
		ok = code == ""
	case env.Matter != nil:
		_, ok = env.Matter(code)
	}
	return ok
}

// together joins two lists of faults; another kind of error wins.
func together(a, b error) error {
	var all fault.List
	for _, err := range []error{a, b} {
		if err == nil {
			continue
		}
		fs := fault.Fields(err)
		if len(fs) == 0 {
			return err
		}
		all = append(all, fs...)
	}
	return all.Err()
}
