package casework

import (
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"gezhi/internal/calendar"
	"gezhi/internal/fault"
	"gezhi/internal/lang"
	"gezhi/internal/yamldoc"
)

// Edit is what can be changed of a procedure without knowing its file: what it rests on, time limits, the percentages of supervision,
// what roles are called, and lists of reasons. It is made by Procedure.Edit, changed as somebody types, and put into
// the file by Revise. Which place of the file says what is known here; how a place is changed without touching the
// rest is yamldoc.Rewrite's, which knows nothing of procedures.
type Edit struct {
	Version int
	Basis   []string // the rules and documents it rests on; more can be added at the end
	Clocks  []ClockEdit
	Percent []string // of the supervision ladder, lowest first
	Roles   []Term
	Reasons []ReasonEdit
}

// ClockEdit is one clock. Number and Unit are as typed; of a clock that goes by the matter they are the limit that
// stands in until a standard is chosen. Unit is a calendar.Unit's text, with “!” for natural days that do not roll.
type ClockEdit struct {
	ID           string
	Label        lang.Text
	Number, Unit string
}

// ReasonEdit is one list: the reasons it shall have, in this order. Ids that the list has not had are new reasons.
type ReasonEdit struct {
	ID    string
	Items []Term
}

// The most characters a name and a reason may have, and reasons a list.
const (
	MaxName    = 60
	MaxReason  = 200
	MaxReasons = 99
)

// Edit is the procedure as it is, ready to be changed.
func (p *Procedure) Edit() Edit {
	e := Edit{Version: p.Version, Basis: slices.Clone(p.Basis), Roles: slices.Clone(p.Roles)}
	for _, c := range p.Clocks {
		unit := c.Limit.Unit.String()
		if c.Limit.NoRoll {
			unit += "!"
		}
		e.Clocks = append(e.Clocks, ClockEdit{c.ID, c.Label, strconv.Itoa(c.Limit.N), unit})
	}
	for _, w := range p.Supervision {
		e.Percent = append(e.Percent, strconv.Itoa(w.At))
	}
	for _, l := range p.Reasons {
		e.Reasons = append(e.Reasons, ReasonEdit{l.ID, slices.Clone(l.Items)})
	}
	return e
}

// NextReason is an id for a new reason: r1, r2 … the first that is not among used.
func NextReason(used []string) string {
	for i := 1; ; i++ {
		if id := "r" + strconv.Itoa(i); !slices.Contains(used, id) {
			return id
		}
	}
}

// Revise puts an edit into the text of a procedure: only what differs changes, every other line stays to the byte.
// What it returns reads as the old procedure with these changes and passes every check a file passes. The error is
// a fault.List; a mistake in what was typed has the Field of its place, such as clock.verify.number,
// clock.verify.unit, clock.verify.zh, percent.1, role.officer.en, reason.rework.r1.zh or reason.rework. Any other has no Field.
func Revise(name string, src []byte, e Edit) (*Procedure, []byte, error) {
	p, err := ParseProcedure(name, src)
	if err != nil {
		return nil, nil, nowhere(err)
	}
	r := revision{p: p, was: p.Edit()}
	want := r.apply(e)
	if err := r.bad.Err(); err != nil {
		return nil, nil, err
	}
	out, err := rewrite(src, p, want)
	if err != nil {
		return nil, nil, unusual()
	}
	got, err := ParseProcedure(name, out)
	if err != nil {
		return nil, nil, nowhere(err)
	}
	if !same(got, want) {
		return nil, nil, unusual()
	}
	return got, out, nil
}

func unusual() error {
	return fault.New(fault.Invalid, "这份流程文件的写法较特殊，不能用表单修改。请下载 YAML，改好后上传。",
		"This file is written in a way the form cannot change. Download the YAML, change it and upload it.")
}

// nowhere gives mistakes that belong to no field their line, in words.
func nowhere(err error) error {
	var out fault.List
	for _, f := range fault.Fields(err) {
		line := f.Field[strings.LastIndexByte(f.Field, ':')+1:]
		out.Add("", "文件第 %[1]s 行：%[2]s", "Line %[1]s of the file: %[3]s", line, f.ZH, f.EN)
	}
	return out.Err()
}

// same compares what two procedures say, not where they say it.
func same(a, b *Procedure) bool {
	bare := func(p *Procedure) Procedure {
		q := *p
		q.file, q.lines, q.table = "", nil, table{}
		q.Starts, q.Moves = slices.Clone(q.Starts), slices.Clone(q.Moves)
		for _, list := range [][]Move{q.Starts, q.Moves} {
			for i := range list {
				list[i].Line = 0
			}
		}
		return q
	}
	return reflect.DeepEqual(bare(a), bare(b))
}

// revision checks what was typed against the procedure it began from. What was not changed is not questioned.
type revision struct {
	p   *Procedure
	was Edit
	bad fault.List
}

// apply is the procedure as the edit wants it; whether anything was wrong is in bad.
func (r *revision) apply(e Edit) *Procedure {
	q := *r.p
	q.Version, q.Basis = e.Version, e.Basis
	q.Clocks, q.Supervision = slices.Clone(q.Clocks), slices.Clone(q.Supervision)
	q.Roles, q.Reasons = slices.Clone(q.Roles), slices.Clone(q.Reasons)
	if len(e.Clocks) != len(q.Clocks) || len(e.Percent) != len(q.Supervision) || len(e.Roles) != len(q.Roles) || len(e.Reasons) != len(q.Reasons) ||
		len(e.Basis) < len(r.p.Basis) || !slices.Equal(e.Basis[:len(r.p.Basis)], r.p.Basis) {
		r.bad.Add("", "流程已有变动，请重新打开本页再修改。", "The procedure has changed; open this page anew.")
		return &q
	}
	for i, c := range e.Clocks {
		at := "clock." + q.Clocks[i].ID
		q.Clocks[i].Label = r.text(at, c.Label, q.Clocks[i].Label, MaxName)
		q.Clocks[i].Limit = r.limit(at, c, r.was.Clocks[i], q.Clocks[i].Limit)
	}
	for i, s := range e.Percent {
		n, err := strconv.Atoi(strings.TrimRight(digitsOf(s), "%％ "))
		if err != nil || n < 1 || n > 1000 {
			r.bad.Add(fmt.Sprintf("percent.%d", i), "请填写 1 至 1000 的整数。", "Write a whole number from 1 to 1000.")
			n = 0
		}
		q.Supervision[i].At = n
	}
	for _, i := range falling(q.Supervision) {
		r.bad.Add(fmt.Sprintf("percent.%d", i), notRising[0], notRising[1], q.Supervision[i].At)
	}
	for i, t := range e.Roles {
		q.Roles[i].Label = r.text("role."+q.Roles[i].ID, t.Label, q.Roles[i].Label, MaxName)
	}
	for i, l := range e.Reasons {
		q.Reasons[i].Items = r.items("reason."+q.Reasons[i].ID, l.Items, q.Reasons[i].Items)
	}
	return &q
}

func (r *revision) limit(at string, c, was ClockEdit, now calendar.Limit) calendar.Limit {
	if c.Number == was.Number && c.Unit == was.Unit {
		return now
	}
	n := digitsOf(c.Number)
	if n == "" || strings.Trim(n, "0123456789") != "" {
		r.bad.Add(at+".number", "请填写数字，例如 3。", "Write a number, such as 3.")
		n = "1" // the unit is still to be checked
	}
	if _, err := calendar.ParseLimit("1" + c.Unit); err != nil || c.Unit == "" {
		r.bad.Add(at+".unit", "请选择时限的单位。", "Choose the unit of the limit.")
		return now
	}
	l, err := calendar.ParseLimit(n + c.Unit)
	for _, f := range fault.Fields(err) {
		r.bad.Add(at+".number", "%[1]s", "%[2]s", f.ZH, f.EN)
	}
	return l
}

// digitsOf turns the wide digits of a Chinese keyboard into plain ones and drops spaces around them.
func digitsOf(s string) string {
	return strings.Map(func(c rune) rune {
		if c >= '０' && c <= '９' {
			return c - '０' + '0'
		}
		return c
	}, strings.TrimSpace(s))
}

// text checks both wordings of a name; what was there before is right.
func (r *revision) text(at string, t, was lang.Text, most int) lang.Text {
	one := func(field, s, was string) string {
		if s = strings.TrimSpace(s); s == was && was != "" {
			return s
		}
		switch n := utf8.RuneCountInString(s); {
		case n == 0:
			r.bad.Add(field, "不能为空。", "This must not be empty.")
		case n > most:
			r.bad.Add(field, "最多 %d 个字，现有 %d 个。", "At most %d characters; there are %d.", most, n)
		case !utf8.ValidString(s) || strings.ContainsFunc(s, func(c rune) bool { return !unicode.IsPrint(c) }):
			r.bad.Add(field, "含有不能显示的字符，请重新输入。", "It contains characters that cannot be shown; type it anew.")
		}
		return s
	}
	return lang.Text{ZH: one(at+".zh", t.ZH, was.ZH), EN: one(at+".en", t.EN, was.EN)}
}

// items checks a list of reasons.
func (r *revision) items(at string, items, was []Term) []Term {
	if len(items) == 0 || len(items) > MaxReasons {
		r.bad.Add(at, "请保留 1 至 %d 条原因。", "Keep 1 to %d reasons.", MaxReasons)
		return was
	}
	var out []Term
	for _, t := range items {
		old, _ := indexOf(was, func(o Term) bool { return o.ID == t.ID })
		field := at + "." + t.ID
		if !yamldoc.IDForm.MatchString(t.ID) || slices.ContainsFunc(out, func(o Term) bool { return o.ID == t.ID }) {
			r.bad.Add(at, "原因编号“%s”无效或重复。", "The id “%s” of a reason is not valid or occurs twice.", t.ID)
			continue
		}
		label := r.text(field, t.Label, old.Label, MaxReason)
		if label != old.Label && label.ZH != "" && slices.ContainsFunc(out, func(o Term) bool { return o.Label.ZH == label.ZH }) {
			r.bad.Add(field+".zh", "与本列表中另一条相同。", "Another reason of this list has the same words.")
		}
		out = append(out, Term{ID: t.ID, Label: label})
	}
	return out
}

// rewrite changes the places of the text in which want differs from p.
func rewrite(src []byte, p, want *Procedure) ([]byte, error) {
	w, doc, err := yamldoc.NewRewrite(src)
	if err != nil {
		return nil, err
	}
	words := func(was, now lang.Text, path ...string) {
		if n := yamldoc.Child(doc, path...); now != was {
			if now.ZH != was.ZH {
				w.Set(yamldoc.Child(n, "zh"), yamldoc.Quote(now.ZH))
			}
			if now.EN != was.EN {
				w.Set(yamldoc.Child(n, "en"), yamldoc.Quote(now.EN))
			}
		}
	}
	if want.Version != p.Version {
		w.Set(yamldoc.Child(doc, "version"), strconv.Itoa(want.Version))
	}
	for _, line := range want.Basis[len(p.Basis):] {
		w.Append(yamldoc.Child(doc, "basis"), yamldoc.Quote(line))
	}
	for i, c := range want.Clocks {
		words(p.Clocks[i].Label, c.Label, "clocks", c.ID, "label")
		if c.Limit != p.Clocks[i].Limit {
			key := "limit"
			if c.ByMatter {
				key = "otherwise"
			}
			w.Set(yamldoc.Child(doc, "clocks", c.ID, key), c.Limit.String())
		}
	}
	for i, rung := range want.Supervision {
		if n := yamldoc.Child(doc, "supervision"); rung.At != p.Supervision[i].At {
			w.Set(yamldoc.Child(n.Content[i], "at"), strconv.Itoa(rung.At))
		}
	}
	for i, t := range want.Roles {
		words(p.Roles[i].Label, t.Label, "roles", t.ID)
	}
	for i, l := range want.Reasons {
		var entries []yamldoc.Entry
		for _, t := range l.Items {
			entries = append(entries, yamldoc.Entry{Key: t.ID, Text: yamldoc.Flow("zh", t.Label.ZH, "en", t.Label.EN)})
			if old, ok := indexOf(p.Reasons[i].Items, func(o Term) bool { return o.ID == t.ID }); ok {
				words(old.Label, t.Label, "reasons", l.ID, "items", t.ID)
			}
		}
		if !slices.EqualFunc(l.Items, p.Reasons[i].Items, func(a, b Term) bool { return a.ID == b.ID }) {
			w.SetEntries(yamldoc.Child(doc, "reasons", l.ID, "items"), entries)
		}
	}
	return w.Bytes()
}
