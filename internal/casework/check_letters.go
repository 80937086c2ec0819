package casework

import (
	"slices"
	"strings"
)

// letters checks when letters are given, to whom, and that everything they name can be known and may be told.
func (c *checker) letters() {
	for i := range c.p.Letters {
		l := &c.p.Letters[i]
		line := c.at("letters", l.ID)
		if len(l.Moves)+len(l.Stages) == 0 {
			c.FailAt(line, "文书“%s”没有写随哪个操作或进入哪个阶段时给出（moves、stages）。", "The letter “%s” does not say with which moves or stages it is given (moves, stages).", l.ID)
		}
		for _, id := range l.Moves {
			if _, ok := c.p.Move(id); !ok {
				c.FailAt(line, "“%s”不是操作。", "“%s” is not a move.", id)
			}
		}
		for _, id := range l.Stages {
			c.stage(line, id)
		}
		if f, ok := c.p.Field(l.To); l.To != ToReporter && l.To != ByHolder && l.To != "" && (!ok || (f.Type != FieldUnit && f.Type != FieldUnits)) {
			c.FailAt(line, "文书不能交给“%s”：写 reporter、holder 或单位字段。", "A letter cannot be to “%s”: write reporter, holder or a field of units.", l.To)
			continue
		}
		for _, t := range append(l.whole(), l.Title) {
			if rest := braces.ReplaceAllString(t.ZH+t.EN, ""); strings.ContainsAny(rest, "{}") || (t == l.Title && rest != t.ZH+t.EN) {
				c.FailAt(line, "文书“%s”的花括号不成对，或者写在了名称里。", "The letter “%s” has braces that are not in pairs, or in its title.", l.ID)
				break
			}
		}
		for _, name := range l.names() {
			c.letterWord(line, l, name)
		}
	}
}

// letterWord checks one thing that a letter names.
func (c *checker) letterWord(line int, l *Letter, name string) {
	if c.p.Confidential() && l.To != ToReporter && (name == "reporter" || name == "text") {
		c.FailAt(line, "文书“%s”不交给上报人，不能写保密的“%s”。", "The letter “%s” is not to the reporter and cannot tell “%s”, which is kept secret.", l.ID, name)
		return
	}
	kind, id, dotted := strings.Cut(name, ".")
	switch {
	case kind == "field" && dotted:
		switch f := c.field(line, id); {
		case f.Sealed != "":
			c.FailAt(line, "字段“%s”是密封的，不能用在这里。", "The field “%s” is sealed and cannot be used here.", id)
		case slices.Contains([]string{FieldPerson, FieldCase, FieldDocument}, f.Type):
			c.FailAt(line, "字段“%s”填的是编号或材料，不能写进文书。", "The field “%s” holds a number or documents and cannot stand in a letter.", id)
		}
	case slices.Contains([]string{"due", "limit", "why"}, kind) && dotted:
		c.clock(line, id)
	case !slices.ContainsFunc(letterWords, func(t Term) bool { return t.ID == name }):
		c.FailAt(line, "文书“%s”中的“{%s}”没有内容可填。", "The letter “%s” names “{%s}”, which stands for nothing.", l.ID, name)
	}
}
