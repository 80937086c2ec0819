package casework

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"gezhi/internal/calendar"
	"gezhi/internal/fault"
	"gezhi/internal/idcode"
	"gezhi/internal/lang"
)

// The most characters a note, a line and a longer text may have unless the field says otherwise.
const (
	maxNote = 2000
	maxLine = 200
	maxLong = 4000
)

// maxMoney is the greatest amount a field takes, in 分: ten trillion yuan. Some thousands of them can be added up.
const maxMoney = 1_000_000_000_000_000

// input checks what came with a move and returns the field values to keep. Faults carry the names
// reason, note, photos, holder, or the field's id.
func (p *Procedure) input(c *Case, m *Move, cmd *Command, env *Env) (map[string]string, error) {
	var bad fault.List
	p.checkReason(&bad, m, cmd)
	switch {
	case m.Note == Required && strings.TrimSpace(cmd.Note) == "":
		bad.Add("note", "请填写说明。", "Please write a note.")
	case utf8.RuneCountInString(cmd.Note) > maxNote:
		bad.Add("note", "说明不能超过 %d 个字。", "A note has at most %d characters.", maxNote)
	}
	if n := distinct(cmd.Photos); n < m.Photos {
		bad.Add("photos", "至少需要 %d 张照片。", "At least %d photo(s) are needed.", m.Photos)
	}
	if m.Holder.Kind == ToChoose && cmd.Holder != (Holder{}) {
		if _, ok := p.Role(cmd.Holder.Role); !ok {
			bad.Add("holder", "不能交给“%s”承办。", "The case cannot be given to “%s”.", cmd.Holder.Role)
		}
	}
	kept := p.checkFields(&bad, c, m, cmd, env)
	p.checkExtension(&bad, c, m, kept)
	if err := p.checkClean(&bad, c, m, kept, env); err != nil {
		return nil, err
	}
	return kept, bad.Err()
}

// checkExtension refuses a request for time in another unit than the limit's when it is made, not when
// somebody tries to grant it: days and hours have no common measure to add them in.
func (p *Procedure) checkExtension(bad *fault.List, c *Case, m *Move, kept map[string]string) {
	if m.Ask == "" {
		return
	}
	for i := range p.Moves {
		g := &p.Moves[i]
		if g.Grant != m.Ask || g.Extend == "" || kept[g.Extra] == "" {
			continue
		}
		limit := c.Clocks[g.Extend].Clock.Limit
		if extra, err := calendar.ParseLimit(kept[g.Extra]); err == nil && (extra.Unit != limit.Unit || extra.NoRoll != limit.NoRoll) {
			bad.Add(g.Extra, "原时限为%[1]s，延长的时间须用同一单位。", "The limit is %[2]s; extra time must be in the same unit.",
				limit.Label(lang.ZH), limit.Label(lang.EN))
		}
	}
}

func (p *Procedure) checkReason(bad *fault.List, m *Move, cmd *Command) {
	if m.Reason == "" {
		if cmd.Reason != "" {
			bad.Add("reason", "此项操作不填原因。", "This takes no reason.")
		}
		return
	}
	list, _ := p.Reason(m.Reason)
	switch {
	case cmd.Reason == "":
		bad.Add("reason", "请选择原因。", "Please choose a reason.")
	case !slices.ContainsFunc(list.Items, func(t Term) bool { return t.ID == cmd.Reason }):
		bad.Add("reason", "列表中没有这个原因。", "That reason is not in the list.")
	}
}

func (p *Procedure) checkFields(bad *fault.List, c *Case, m *Move, cmd *Command, env *Env) map[string]string {
	if len(m.Fields) == 0 && len(cmd.Fields) == 0 {
		return nil
	}
	kept := make(map[string]string, len(m.Fields))
	for i := range m.Fields {
		w := &m.Fields[i]
		v := strings.TrimSpace(cmd.Fields[w.Field.ID])
		if e := lacking(w, v); e != nil {
			*bad = append(*bad, e)
			continue
		}
		if v == "" {
			continue
		}
		if e := checkValue(c, &w.Field, v, env); e != nil {
			*bad = append(*bad, e)
			continue
		}
		if w.Field.Type == FieldLicence && env.Licence != nil {
			if err := env.Licence(v, p.Modes); err != nil {
				*bad = append(*bad, fault.Fields(fault.Under(err, w.Field.ID))...)
				continue
			}
		}
		kept[w.Field.ID] = v
	}
	var unknown []string
	for id, v := range cmd.Fields {
		if v != "" && !slices.ContainsFunc(m.Fields, func(w Want) bool { return w.Field.ID == id }) {
			unknown = append(unknown, id)
		}
	}
	slices.Sort(unknown)
	for _, id := range unknown {
		bad.Add(id, "此项操作没有这个字段。", "This has no such field.")
	}
	return kept
}

// Misread lists the fields whose values the move cannot read, for a form that has more to check before the move is made.
func (p *Procedure) Misread(m Move, fields map[string]string, env Env) fault.List {
	var bad fault.List
	for i := range m.Fields {
		f := &m.Fields[i].Field
		if v := strings.TrimSpace(fields[f.ID]); v != "" {
			if e := checkValue(&Case{}, f, v, &env); e != nil {
				bad = append(bad, e)
			}
		}
	}
	return bad
}

// checkValue says what is wrong with a value that is not empty; nil when nothing is.
func checkValue(c *Case, f *Field, v string, env *Env) *fault.Error {
	wrong := func(zh, en string, args ...any) *fault.Error { return fault.Field(f.ID, zh, en, args...) }
	switch f.Type {
	case FieldTheme:
		if env.Theme != nil && !env.Theme(v) {
			return wrong("没有主题“%s”。", "There is no theme “%s”.", v)
		}
	case FieldText, FieldLongText, FieldAnswers, FieldHanded, FieldLicence:
		most := f.Max
		if most == 0 && (f.Type == FieldText || f.Type == FieldLicence) {
			most = maxLine
		} else if most == 0 { // answers and lists of materials too
			most = maxLong
		}
		if !utf8.ValidString(v) || int64(utf8.RuneCountInString(v)) > most {
			return wrong("不能超过 %d 个字。", "At most %d characters fit here.", most)
		}
	case FieldSelect:
		if !slices.ContainsFunc(f.Choices, func(t Term) bool { return t.ID == v }) {
			return wrong("请从列表中选择。", "Please choose from the list.")
		}
	case FieldNumber:
		n, err := strconv.ParseInt(v, 10, 64)
		if err != nil {
			return wrong("请填写整数。", "A whole number is needed.")
		}
		if f.Max > 0 && (n < f.Min || n > f.Max) {
			return wrong("应在 %d 到 %d 之间。", "It must be from %d to %d.", f.Min, f.Max)
		}
	case FieldDate:
		if _, err := time.Parse(time.DateOnly, v); err != nil {
			return wrong("日期应写成 2026-11-22 的形式。", "Write the date as 2026-11-22.")
		}
	case FieldMonth:
		if _, ok := ParseMonth(v); !ok {
			return wrong("月份应写成 2026-11 的形式。", "Write the month as 2026-11.")
		}
	case FieldOverlay:
		if env.Overlay != nil && !env.Overlay(v) {
			return wrong("没有这个片区。", "There is no such area.")
		}
	case FieldLimit:
		if _, err := calendar.ParseLimit(v); err != nil {
			return wrong("时限应写成“数字+单位”，例如 3 个工作日。", "Write a number and a unit, such as 3 working days.")
		}
	case FieldUnit, FieldUnits:
		return checkUnits(f, v, env)
	case FieldMoney:
		if n, err := strconv.ParseInt(v, 10, 64); err != nil || n < f.Min || n > maxMoney || (f.Max > 0 && n > f.Max) {
			return wrong("金额无效。", "That is not a valid amount.")
		}
	case FieldUSCC:
		if !idcode.ValidUSCC(v) {
			return wrong("统一社会信用代码应为 18 位，请核对（校验位不符）。", "Check the unified social credit code: 18 characters, and its check character must be right.")
		}
	case FieldPerson, FieldCase:
		n, err := strconv.ParseInt(v, 10, 64)
		if err != nil || n <= 0 {
			return wrong("编号无效。", "That is not a valid number.")
		}
		if f.Type == FieldCase && ID(n) == c.ID {
			return wrong("不能选择案件自己。", "A case cannot be chosen for itself.")
		}
	case FieldHolder:
		if ParseHolder(v).Role == "" {
			return wrong("承办单位无效。", "That is not a valid holder.")
		}
	case FieldMatter, FieldStandard:
		return checkMatter(c, f, v, env)
	case FieldDocument, FieldChecklist:
		return checkList(f, v)
	}
	return nil
}

// checkUnits says what is wrong with one unit or a list of them.
func checkUnits(f *Field, v string, env *Env) *fault.Error {
	list := strings.Split(v, ",")
	if f.Type == FieldUnit && len(list) > 1 {
		return fault.Field(f.ID, "只能选择一个单位。", "Choose one unit only.")
	}
	for i, u := range list {
		if env.Unit != nil && !env.Unit(u) {
			return fault.Field(f.ID, "没有单位“%s”。", "There is no unit “%s”.", u)
		}
		if u == "" || slices.Contains(list[:i], u) {
			return fault.Field(f.ID, "单位不能重复或留空。", "No unit may be empty or come twice.")
		}
	}
	return nil
}

func checkMatter(c *Case, f *Field, v string, env *Env) *fault.Error {
	if env.Matter == nil {
		return fault.Field(f.ID, "没有事项清单可供选择。", "There is no matter list to choose from.")
	}
	if f.Type == FieldMatter {
		if _, ok := env.Matter(v); !ok {
			return fault.Field(f.ID, "事项清单中没有“%s”。", "“%s” is not in the matter list.", v)
		}
		return nil
	}
	m, ok := env.Matter(c.Matter)
	if ok {
		_, ok = m.Standard(v)
	}
	if !ok {
		return fault.Field(f.ID, "请选择该事项的立案标准。", "Please choose one of the matter's standards.")
	}
	return nil
}

// distinct counts the different ids in a list.
func distinct(ids []string) int {
	n := 0
	for i, id := range ids {
		if id != "" && !slices.Contains(ids[:i], id) {
			n++
		}
	}
	return n
}

// Fen is an amount typed in yuan, with at most two decimals and with or without thousands separators, in 分; what is no
// amount stays as it is.
func Fen(s string) string {
	whole, cents, dot := strings.Cut(strings.NewReplacer(",", "", "，", "", "元", "", "¥", "", " ", "").Replace(s), ".")
	if dot && (len(cents) == 0 || len(cents) > 2) {
		return s
	}
	n, err := strconv.ParseInt(whole+(cents + "00")[:2], 10, 64)
	if err != nil || whole == "" || strings.HasPrefix(whole, "+") {
		return s
	}
	return strconv.FormatInt(n, 10)
}
