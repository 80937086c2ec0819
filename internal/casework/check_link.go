package casework

import "slices"

// boards checks what stands on a board, and which cases moves tie together.
func (c *checker) boards() {
	for _, id := range c.p.Public {
		c.stage(c.Lines["public"], id)
	}
	if len(c.p.Public) > 0 && c.p.Confidential() {
		c.FailAt(c.Lines["public"], "上报人要保密的事项不能公开（public）。", "Cases whose reporter is a secret cannot be public.")
	}
	for _, m := range c.moves() {
		for _, t := range m.Links {
			if _, ok := LinkKindOf(t.Kind); !ok {
				c.FailAt(m.Line, "没有关联方式“%s”。", "There is no kind of link “%s”.", t.Kind)
			}
			if !slices.ContainsFunc(m.Fields, func(w Want) bool { return w.Field.ID == t.Field && w.Field.Type == FieldCase }) {
				c.FailAt(m.Line, "links 中的“%s”须是这一步填写的案件字段。", "“%s” in “links” must be a field of type case that the move asks for.", t.Field)
			}
		}
	}
}

// lottery checks that those who wait can be drawn, and told their place.
func (c *checker) lottery() {
	d, line := c.p.Draw, c.Lines["draw"]
	if d.IsZero() {
		return
	}
	c.stage(line, d.Stage)
	if f := c.field(line, d.Group); f.Type != FieldSelect && f.Type != "" {
		c.FailAt(line, "摇号分组“%s”须是选择字段。", "The groups of a draw, “%s”, must be a select field.", d.Group)
	}
	if f := c.field(line, d.Place); f.Type != FieldNumber && f.Type != "" {
		c.FailAt(line, "摇号顺序“%s”须是数字字段。", "The place in a draw, “%s”, must be a number field.", d.Place)
	}
	for _, id := range []string{d.Won, d.Next} {
		m, ok := c.p.Move(id)
		switch {
		case !ok || !slices.Contains(m.From, d.Stage):
			c.FailAt(line, "“%s”不是可从摇号阶段进行的操作。", "“%s” is no move that can be made from the stage of the draw.", id)
		case !slices.Equal(m.By, []string{BySystem}):
			c.FailAt(line, "“%s”的结果由摇号决定，只能由 system 进行。", "What “%s” decides is decided by lot: only “system” may make it.", id)
		case !slices.ContainsFunc(m.Fields, func(w Want) bool { return w.Field.ID == d.Place }):
			c.FailAt(line, "“%s”须填写摇号顺序“%s”。", "“%s” must have the field “%s”.", id, d.Place)
		}
	}
}
