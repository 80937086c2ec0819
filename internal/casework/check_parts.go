package casework

import "slices"

// parts checks the kinds of sub-case: that each is opened by a move, and that what waits for it comes to an end.
func (c *checker) parts() {
	for i := range c.p.Parts {
		k := &c.p.Parts[i]
		line := c.at("parts", k.ID)
		if k.Each != "" {
			if f := c.field(line, k.Each); f.Type != FieldUnit && f.Type != FieldUnits && f.Type != "" {
				c.FailAt(line, "“%s”不是单位字段，不能按它分发子件。", "“%s” is not a field of units, so no sub-cases can be opened by it.", k.Each)
			}
		}
		c.role(line, k.Role)
		for _, id := range k.Shares {
			c.field(line, id)
		}
		if k.Into != "" {
			if f := c.field(line, k.Into); f.Type != FieldLongText && f.Type != "" {
				c.FailAt(line, "“%s”不是多行文本字段，不能汇总各子件的要求。", "“%s” is not a field of several lines, so it cannot gather what the sub-cases ask for.", k.Into)
			}
		}
		opened := slices.ContainsFunc(c.moves(), func(m Move) bool { return m.Opens == k.ID })
		if !opened {
			c.FailAt(line, "没有操作发起子件“%s”。", "No move opens the sub-cases “%s”.", k.ID)
		}
		c.waits(k, line)
	}
	for _, m := range c.moves() {
		for _, id := range []string{m.Opens, m.Waits} {
			if _, ok := c.p.PartKind(id); id != "" && !ok {
				c.FailAt(m.Line, "没有子件“%s”。", "There are no sub-cases “%s”.", id)
			}
		}
		for _, s := range m.Sends {
			if _, ok := c.p.PartKind(s.Kind); !ok {
				c.FailAt(m.Line, "没有子件“%s”。", "There are no sub-cases “%s”.", s.Kind)
			}
		}
	}
	for _, id := range c.p.Sent {
		if m, ok := c.p.Move(id); !ok || !slices.Contains(m.By, BySystem) {
			c.FailAt(max(1, c.Lines["sent"]), "sent 中的“%s”须是允许由 system 进行的操作。", "“%s” in “sent” must be a move that “system” may make.", id)
		}
	}
}

func (c *checker) moves() []Move { return slices.Concat(c.p.Starts, c.p.Moves) }

// waits checks that a case that waits for its sub-cases always goes on: a join that is met, or cannot be, has its move,
// and the move can be made from where the case waits.
func (c *checker) waits(k *PartKind, line int) {
	waited := slices.ContainsFunc(c.p.Moves, func(m Move) bool { return m.Waits == k.ID })
	switch k.Join {
	case JoinLead:
		if !waited {
			c.FailAt(line, "子件“%s”由牵头单位等候（lead），须有操作写 waits: %[1]s。", "For the sub-cases “%s” the lead unit waits, so some move needs “waits: %[1]s”.", k.ID)
		}
	case JoinNone:
		if waited {
			c.FailAt(line, "子件“%s”不必等候（none），不能写 waits。", "Nobody waits for the sub-cases “%s”, so no move may have “waits”.", k.ID)
		}
	case JoinAll, JoinAny, JoinSome:
		if k.Done == "" {
			c.FailAt(line, "子件“%s”汇总后没有下一步（done）。", "Nothing follows when the sub-cases “%s” are done (done).", k.ID)
		}
		if k.Failed == "" && (len(k.Counts) > 0 || k.Join == JoinSome) {
			c.FailAt(line, "子件“%s”可能汇总不成，须写那时的操作（failed）。", "The sub-cases “%s” may fail to join; say what happens then (failed).", k.ID)
		}
	}
	for _, id := range []string{k.Done, k.Failed, k.Asked} {
		if id != "" {
			c.automatic(line, id)
		}
	}
	for _, m := range c.moves() {
		if m.Opens != k.ID || k.Join == JoinNone {
			continue
		}
		for _, id := range []string{k.Done, k.Failed} {
			next, ok := c.p.Move(id)
			for _, s := range m.after() {
				if ok && !slices.Contains(next.From, s) {
					c.FailAt(m.Line, "发起子件后案件处于“%s”，但“%s”不能从该阶段进行。", "After the sub-cases are opened the case is at “%s”, but “%s” cannot be made from there.", s, id)
				}
			}
		}
	}
}

// after lists the stages a move leads to.
func (m Move) after() []string {
	if m.To == Stay {
		return m.From
	}
	return []string{m.To}
}

// automatic checks a move that nobody makes by hand.
func (c *checker) automatic(line int, id string) {
	m, ok := c.p.Move(id)
	switch {
	case !ok || len(m.From) == 0:
		c.FailAt(line, "“%s”不是操作。", "“%s” is not a move.", id)
	case !slices.Contains(m.By, BySystem):
		c.FailAt(line, "“%s”须允许由 system 操作，才能自动进行。", "“%s” must allow “system” to be made by itself.", id)
	case slices.ContainsFunc(m.Fields, func(w Want) bool { return w.Required }) || m.Photos > 0 || m.Reason != "" || m.Note == Required:
		c.FailAt(line, "“%s”需要人填写内容，不能自动进行。", "“%s” needs somebody to fill something in, so it cannot happen by itself.", id)
	}
}

// CheckParts checks what procedures say of one another: that the sub-cases they open have a procedure, begin, end and speak
// as expected. find gives the version of a procedure in force.
func (p *Procedure) CheckParts(find func(id string) (*Procedure, bool)) error {
	r := newReader(p.file, p.lines)
	c := checker{reader: &r, p: p}
	for i := range p.Parts {
		k := &p.Parts[i]
		line := c.at("parts", k.ID)
		sub, ok := find(k.Procedure)
		if !ok {
			c.FailAt(line, "没有子件流程“%s”。", "There is no procedure “%s” for the sub-cases.", k.Procedure)
			continue
		}
		c.partOf(k, sub, line)
	}
	return r.Err()
}

func (c *checker) partOf(k *PartKind, sub *Procedure, line int) {
	start, ok := sub.Move(k.Start)
	if !ok || len(start.From) > 0 || !slices.Contains(start.By, BySystem) || start.Holder.Kind != ToChoose {
		c.FailAt(line, "流程“%s”须有由 system 发起、holder: choose 的起始方式“%s”。", "The procedure “%s” needs a start “%s” made by “system” with “holder: choose”.", sub.ID, k.Start)
	}
	if _, ok := sub.Field(k.From); k.From != "" && !ok {
		c.FailAt(line, "流程“%s”没有字段“%s”。", "The procedure “%s” has no field “%s”.", sub.ID, k.From)
	}
	for _, id := range k.Counts {
		if _, ok := sub.Result(id); !ok {
			c.FailAt(line, "流程“%s”没有办理结果“%s”。", "The procedure “%s” has no result “%s”.", sub.ID, id)
		}
	}
	for _, word := range []string{k.Asks, k.Ready} {
		if word != "" && !slices.ContainsFunc(sub.Moves, func(m Move) bool { return m.Says == word }) {
			c.FailAt(line, "流程“%s”没有操作说出“%s”（says）。", "No move of the procedure “%s” says “%s”.", sub.ID, word)
		}
	}
	for _, m := range c.p.Moves {
		for _, s := range m.Sends {
			if s.Kind == k.ID && !slices.Contains(sub.Sent, s.Move) {
				c.FailAt(m.Line, "流程“%s”没有可由主件发起的操作“%s”（sent）。", "The procedure “%s” lists no move “%s” that its case may make (sent).", sub.ID, s.Move)
			}
		}
	}
}
