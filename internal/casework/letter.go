package casework

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"gezhi/internal/calendar"
	"gezhi/internal/lang"
)

// Letter is a letter or notice (文书) that a procedure gives with some of its moves. Its texts may name things in braces,
// such as {number} or {field.unit}: see letterWords.
type Letter struct {
	ID        string
	Title     lang.Text
	To        string      // ToReporter, ByHolder, or the id of a field of units
	Dear      lang.Text   // how it addresses them; zero for their name
	Office    lang.Text   // who signs it; zero for the office that made the move
	Moves     []string    // starts and moves it is given with
	Stages    []string    // stages it is given with when they are entered
	Body      []lang.Text // its paragraphs
	Table     []string    // what stands in a table below them, each as braces would name it
	Confirmed bool        // the operator has confirmed the wording; until then it is an example
}

// letterWords are what a letter may name, with what a table calls them, beside {field.id}, {due.clock}, {limit.clock} and
// {why.clock}.
var letterWords = []Term{
	{"number", lang.Text{ZH: "编号", EN: "Number"}},
	{"title", lang.Text{ZH: "标题", EN: "Title"}},
	{"text", lang.Text{ZH: "具体情况", EN: "Details"}},
	{"category", lang.Text{ZH: "类别", EN: "Category"}},
	{"area", lang.Text{ZH: "区域", EN: "Area"}},
	{"place", lang.Text{ZH: "地点", EN: "Place"}},
	{"unit", lang.Text{ZH: "承办单位", EN: "Handled by"}},
	{"office", lang.Text{ZH: "发文单位", EN: "Office"}},
	{"zone", lang.Text{ZH: "辖区", EN: "District"}},
	{"reporter", lang.Text{ZH: "反映人", EN: "Reporter"}},
	{"reason", lang.Text{ZH: "原因", EN: "Reason"}},
	{"note", lang.Text{ZH: "说明", EN: "Note"}},
	{"date", lang.Text{ZH: "日期", EN: "Date"}},
	{"opened", lang.Text{ZH: "登记日期", EN: "Received"}},
}

// braces finds what a text of a letter names.
var braces = regexp.MustCompile(`\{([^{}]*)\}`)

// An event keeps, among its fields, what its letters name and what may be otherwise tomorrow: names of units and areas,
// deadlines, values of fields. A letter is written from the event alone and so says the same whenever it is written.
const (
	wordsZH = "zh:" // zh:office
	wordsEN = "en:" // en:office; absent where both languages say the same
	codesTo = "to:" // to:units, the codes of the units in a field that a letter is to
)

// whole are all the texts of a letter in which braces may stand.
func (l *Letter) whole() []lang.Text {
	return append([]lang.Text{l.dear(), l.office()}, l.Body...)
}

func (l *Letter) dear() lang.Text {
	switch {
	case l.Dear != (lang.Text{}):
		return l.Dear
	case l.To == ToReporter:
		return lang.Text{ZH: "{reporter}", EN: "{reporter}"}
	case l.To == ByHolder:
		return lang.Text{ZH: "{unit}", EN: "{unit}"}
	}
	return lang.Text{ZH: "{field." + l.To + "}", EN: "{field." + l.To + "}"}
}

func (l *Letter) office() lang.Text {
	if l.Office != (lang.Text{}) {
		return l.Office
	}
	return lang.Text{ZH: "{office}", EN: "{office}"}
}

// names lists what the letter names, each once.
func (l *Letter) names() []string {
	out := slices.Clone(l.Table)
	for _, t := range l.whole() {
		for _, m := range braces.FindAllStringSubmatch(t.ZH+"\n"+t.EN, -1) {
			out = append(out, m[1])
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// with reports whether the letter is given with an event.
func (l *Letter) with(e Event) bool {
	return e.Fields[FieldSigned] == "" &&
		(slices.Contains(l.Moves, e.Move) || (e.From != e.To && slices.Contains(l.Stages, e.To)))
}

// ToUnits are the codes of the units the letter was to when the event gave it; nil for one to the reporter or to whoever
// had the case then, see Event.Holder.
func (l *Letter) ToUnits(e Event) []string { return split(e.Fields[codesTo+l.To]) }

// say keeps in the event what its letters need to know later.
func (s *step) say(e *Event) {
	given := s.p.Given([]Event{*e})
	if len(given) == 0 {
		return
	}
	known := s.known()
	if e.Fields = maps.Clone(e.Fields); e.Fields == nil {
		e.Fields = map[string]string{}
	}
	keep := func(name string) {
		t := s.word(&known, e, name)
		if id, of := strings.CutPrefix(name, "field."); t.ZH == "" || (of && t.ZH == e.Fields[id] && t.EN == t.ZH) {
			return
		}
		if e.Fields[wordsZH+name] = t.ZH; t.EN != t.ZH {
			e.Fields[wordsEN+name] = t.EN
		}
	}
	for _, g := range given {
		if codes := known.Fields[g.To]; codes != "" {
			e.Fields[codesTo+g.To] = codes
		}
		for _, name := range g.names() {
			keep(name)
			if id, of := strings.CutPrefix(name, "due."); of {
				keep("why." + id)
			}
		}
	}
}

// announced adds to a message to the reporter which letters came with the move.
func (s *step) announced(t lang.Text) lang.Text {
	for _, g := range s.p.Given(s.out.Events) {
		if g.To == ToReporter {
			t.ZH += "《" + g.Title.ZH + "》可在案件页面查看、下载。"
			t.EN += " “" + g.Title.EN + "” is on its page, to read and to keep."
		}
	}
	return t
}

// known is the case with every field that the move knows of: its own, those of the request it decides, the case's.
func (s *step) known() Case {
	c := s.next
	c.Fields = maps.Clone(c.Fields)
	if c.Fields == nil {
		c.Fields = map[string]string{}
	}
	if i := s.before.ask(s.m.Grant + s.m.Refuse); i >= 0 {
		maps.Copy(c.Fields, s.before.Asks[i].Fields)
	}
	maps.Copy(c.Fields, s.fields)
	return c
}

// word is what an event keeps for a name; zero for what its case and the event itself tell.
func (s *step) word(c *Case, e *Event, name string) lang.Text {
	kind, id, _ := strings.Cut(name, ".")
	switch kind {
	case "due", "why", "limit":
		return s.clockWord(c, kind, id)
	case "field":
		if c.Fields[id] == "" {
			return lang.Text{}
		}
		if f, _ := s.p.Field(id); f.Type == FieldDate {
			if day, err := time.ParseInLocation(time.DateOnly, c.Fields[id], calendar.Zone()); err == nil {
				return spelled(day)
			}
		}
	case "category", "area", "place", "unit", "office", "zone":
	default:
		return lang.Text{}
	}
	if s.env.Words != nil {
		return s.env.Words(*c, *e, name)
	}
	return lang.Text{ZH: c.Fields[id], EN: c.Fields[id]}
}

// clockWord tells of a clock as it runs after the move: when it is due, how that came about, or how long it is.
func (s *step) clockWord(c *Case, kind, id string) lang.Text {
	spec, _ := s.p.Clock(id)
	t, ok := c.Clocks[id]
	runs := ok && t.Done.IsZero() && t.Clock.Running()
	switch {
	case kind == "limit" && ok:
		return lang.Text{ZH: t.Clock.Limit.Label(lang.ZH), EN: t.Clock.Limit.Label(lang.EN)}
	case kind == "limit":
		limit := s.p.limit(c, &spec, s.env)
		return lang.Text{ZH: limit.Label(lang.ZH), EN: limit.Label(lang.EN)}
	case runs && kind == "due":
		return lang.Text{ZH: calendar.Spell(t.Clock.Due, lang.ZH), EN: calendar.Spell(t.Clock.Due, lang.EN)}
	case runs:
		d := t.Clock.Explain(s.env.Calendar)
		return lang.Text{ZH: spec.Reckoning(t.Clock, d, lang.ZH), EN: spec.Reckoning(t.Clock, d, lang.EN)}
	}
	return lang.Text{}
}

// spelled is a day as letters write it: 2026年3月2日.
func spelled(t time.Time) lang.Text {
	t = t.In(calendar.Zone())
	return lang.Text{ZH: t.Format("2006年1月2日"), EN: t.Format("2 January 2006")}
}

// Given is a letter as the history of a case gives it.
type Given struct {
	*Letter
	Event Event
}

// Given lists the letters that the events of a case have given, in their order.
func (p *Procedure) Given(events []Event) []Given {
	var out []Given
	for _, e := range events {
		for i := range p.Letters {
			if l := &p.Letters[i]; l.with(e) {
				out = append(out, Given{l, e})
			}
		}
	}
	return out
}

// Paper is a letter filled in, in one language.
type Paper struct {
	Title   string
	Number  string // of the case
	Dear    string // whom it addresses, with the colon
	Body    []string
	Table   [][2]string // what, and what it is
	Office  string
	Date    string
	Why     []string // how each deadline it names came about
	Example bool     // nobody has confirmed the wording yet
}

// Write fills a letter in. A paragraph and a row of the table are left out when something they name is empty; a value of
// several lines makes several paragraphs. reporter is the reporter's name as the reader may see it.
func (p *Procedure) Write(c Case, g Given, reporter lang.Text, in lang.Lang) Paper {
	word := func(name string) string { return p.said(c, g.Event, reporter, name, in) }
	out := Paper{Title: g.Title.In(in), Number: c.Number, Date: spelled(g.Event.At).In(in), Example: !g.Confirmed}
	dear, _ := insert(g.dear().In(in), word)
	out.Dear = dear + in.T("：", ":")
	out.Office, _ = insert(g.office().In(in), word)
	for _, para := range g.Body {
		text, whole := insert(para.In(in), word)
		if !whole {
			continue
		}
		for line := range strings.Lines(text) {
			if line = strings.TrimSpace(line); line != "" {
				out.Body = append(out.Body, line)
			}
		}
	}
	for _, name := range g.Table {
		if v := word(name); v != "" {
			out.Table = append(out.Table, [2]string{p.called(name).In(in), v})
		}
	}
	for _, name := range g.names() {
		if id, of := strings.CutPrefix(name, "due."); of && word(name) != "" {
			out.Why = append(out.Why, word("why."+id))
		}
	}
	return out
}

// insert puts words into the braces of a text; false when one of them is empty.
func insert(text string, word func(string) string) (string, bool) {
	whole := true
	return braces.ReplaceAllStringFunc(text, func(b string) string {
		w := word(b[1 : len(b)-1])
		whole = whole && w != ""
		return w
	}), whole
}

// said is what a name stands for in a letter that an event gave.
func (p *Procedure) said(c Case, e Event, reporter lang.Text, name string, in lang.Lang) string {
	for _, prefix := range []string{in.T(wordsZH, wordsEN), wordsZH} {
		if w, kept := e.Fields[prefix+name]; kept {
			return w
		}
	}
	switch name {
	case "number":
		return c.Number
	case "title":
		return c.Title
	case "text":
		return c.Text
	case "reporter":
		return reporter.In(in)
	case "reason":
		for _, list := range p.Reasons {
			if t, ok := indexOf(list.Items, func(t Term) bool { return t.ID == e.Reason }); ok {
				return t.Label.In(in)
			}
		}
	case "note":
		return e.Note
	case "date":
		return spelled(e.At).In(in)
	case "opened":
		return spelled(c.Opened).In(in)
	}
	if id, of := strings.CutPrefix(name, "field."); of {
		return e.Fields[id]
	}
	return ""
}

// called is what a table calls something that a letter names.
func (p *Procedure) called(name string) lang.Text {
	kind, id, _ := strings.Cut(name, ".")
	switch kind {
	case "field":
		f, _ := p.Field(id)
		return f.Label
	case "due", "limit", "why":
		t, _ := p.Clock(id)
		return t.Label
	case "title":
		return p.Title
	case "text":
		return p.Text
	}
	t, _ := indexOf(letterWords, func(t Term) bool { return t.ID == name })
	return t.Label
}
