package casework

import (
	"maps"
	"slices"
	"strings"
)

// checker looks for what a procedure says that cannot work.
type checker struct {
	*reader
	p *Procedure
}

func (c *checker) at(kind, id string) int { return max(1, c.Lines[kind+"."+id]) }

// Validate reports the roles the procedure uses that are not among roles, the ones somebody in the zone can hold, and moves of
// confidential cases by those who cannot see them. Everything else was checked when the procedure was read. A version that was
// published is read without this: what was let through once must not keep a district from starting.
func (p *Procedure) Validate(roles []string) error {
	r := newReader(p.file, p.lines)
	c := checker{reader: &r, p: p}
	for _, t := range p.Roles {
		if !slices.Contains(roles, t.ID) {
			c.FailAt(c.at("roles", t.ID), "角色“%s”在本区没有人能担任。", "Nobody in this zone can hold the role “%s”.", t.ID)
		}
	}
	c.sight()
	return r.Err()
}

func (c *checker) all() {
	c.names()
	c.ladder()
	c.listed()
	c.secrets()
	c.figures()
	c.stages()
	for i := range c.p.Starts {
		c.move(&c.p.Starts[i], true)
	}
	for i := range c.p.Moves {
		c.move(&c.p.Moves[i], false)
	}
	c.requests()
	c.clocks()
	c.parts()
	c.boards()
	c.lottery()
	c.records()
	c.letters()
	c.rates()
	if c.OK() { // the following go by references, which must hold first
		c.reach()
		c.systemMoves()
		c.buttons()
		c.total()
	}
}

func (c *checker) role(line int, id string) {
	if _, ok := c.p.Role(id); !ok {
		c.FailAt(line, "没有角色“%s”，请先在 roles 中列出。", "There is no role “%s”; list it under roles first.", id)
	}
}

func (c *checker) stage(line int, id string) {
	if _, ok := c.p.Stage(id); !ok {
		c.FailAt(line, "没有阶段“%s”。", "There is no stage “%s”.", id)
	}
}

func (c *checker) result(line int, id string) {
	if _, ok := c.p.Result(id); !ok {
		c.FailAt(line, "没有办理结果“%s”。", "There is no result “%s”.", id)
	}
}

func (c *checker) clock(line int, id string) {
	if _, ok := c.p.Clock(id); !ok {
		c.FailAt(line, "没有计时“%s”。", "There is no clock “%s”.", id)
	}
}

func (c *checker) names() {
	for _, s := range c.p.Starts {
		if slices.ContainsFunc(c.p.Moves, func(m Move) bool { return m.ID == s.ID }) {
			c.FailAt(c.at("moves", s.ID), "“%s”既是起始方式又是操作，名称不能相同。", "“%s” is both a start and a move; their names must differ.", s.ID)
		}
	}
	if len(c.p.Starts) == 0 {
		c.FailAt(1, "没有起始方式（starts）。", "There is no way to begin (starts).")
	}
	for _, t := range c.p.Roles {
		if slices.Contains([]string{ByHolder, ByReporter, ByApprover, BySystem, ByAnyone}, t.ID) {
			c.FailAt(c.at("roles", t.ID), "“%s”是保留词，不能作角色名。", "“%s” is a reserved word and cannot name a role.", t.ID)
		}
	}
	for _, f := range c.p.Fields {
		if f.ID == FieldSigned || f.ID == FieldSealed {
			c.FailAt(c.at("fields", f.ID), "“%s”是保留词，不能作字段名。", "“%s” is a reserved word and cannot name a field.", f.ID)
		}
	}
	for _, l := range c.p.Reasons {
		if len(l.Items) == 0 {
			c.FailAt(c.at("reasons", l.ID), "原因列表“%s”是空的。", "The reason list “%s” is empty.", l.ID)
		}
	}
}

func (c *checker) field(line int, id string) Field {
	f, ok := c.p.Field(id)
	if !ok {
		c.FailAt(line, "没有字段“%s”。", "There is no field “%s”.", id)
	}
	return f
}

// mostPhases is how many phases a timeline can tell apart by colour.
const mostPhases = 7

// listed checks what lists show.
func (c *checker) listed() {
	for _, id := range c.p.List {
		c.field(c.Lines["list"], id)
	}
	if _, ok := c.p.Typed(FieldLicence); len(c.p.Modes) > 0 && !ok {
		c.FailAt(c.Lines["modes"], "写了改革方式（modes），但没有许可事项字段（type: licence）。", "There are modes, but no field of type licence.")
	}
	if n := len(c.p.Phases); n == 0 || n > mostPhases {
		c.FailAt(1, "阶段分段（phases）应有 1 至 %d 个。", "There must be 1 to %d phases.", mostPhases)
	}
	if c.p.About == AboutCategories && len(c.p.Categories) == 0 {
		c.FailAt(1, "类别（categories）是空的；没有类别时写 none。", "There are no categories; write “none” when there are no kinds.")
	}
}

// secrets checks that what is sealed is asked of nobody who would have to know it.
func (c *checker) secrets() {
	for _, id := range c.p.Sealed {
		c.role(c.Lines["sealed"], id)
	}
	secret := map[string]bool{}
	for _, f := range c.p.Fields {
		if secret[f.ID] = f.Sealed != ""; secret[f.ID] && !c.p.Confidential() {
			c.FailAt(c.at("fields", f.ID), "字段“%s”要密封，但没有写哪些角色可以知道上报人（sealed）。", "The field “%s” is sealed, but no roles may know the reporter (sealed).", f.ID)
		}
	}
	open := func(line int, ids ...string) {
		for _, id := range ids {
			if secret[id] {
				c.FailAt(line, "字段“%s”是密封的，不能用在这里。", "The field “%s” is sealed and cannot be used here.", id)
			}
		}
	}
	open(c.Lines["list"], c.p.List...)
	for _, m := range c.p.Moves {
		open(m.Line, append(slices.Sorted(maps.Keys(m.When)), m.Has...)...)
	}
	for _, k := range c.p.Parts {
		open(c.at("parts", k.ID), append(k.Shares, k.Each)...)
	}
	for _, s := range c.p.Stages {
		open(c.at("stages", s.ID), slices.Sorted(maps.Keys(s.Only.When))...)
	}
	for _, g := range c.p.Rates {
		open(c.at("rates", g.ID), slices.Sorted(maps.Keys(g.Of.When))...)
		if g.Part != nil {
			open(c.at("rates", g.ID), slices.Sorted(maps.Keys(g.Part.When))...)
		}
	}
}

// conditions checks that each condition can come true: its field exists, and has the values.
func (c *checker) conditions(line int, when map[string][]string) {
	for _, id := range slices.Sorted(maps.Keys(when)) {
		if id == FieldCategory {
			c.categories(line, when[id])
			continue
		}
		f := c.field(line, id)
		if len(when[id]) == 0 {
			c.FailAt(line, "条件“%s”没有写取值，永远不成立。", "The condition on “%s” lists no value and can never be true.", id)
		}
		for _, v := range when[id] {
			if f.Type == FieldSelect && v != "" && !slices.ContainsFunc(f.Choices, func(t Term) bool { return t.ID == v }) {
				c.FailAt(line, "字段“%s”没有选项“%s”，条件永远不成立。", "The field “%s” has no choice “%s”, so the condition can never be true.", id, v)
			}
		}
	}
}

// categories checks a condition on the category.
func (c *checker) categories(line int, codes []string) {
	for _, code := range codes {
		if _, ok := c.p.Category(code); !ok {
			c.FailAt(line, "没有类别“%s”，条件永远不成立。", "There is no category “%s”, so the condition can never be true.", code)
		}
	}
}

func (c *checker) ladder() {
	last := 100
	for _, g := range c.p.Ladder {
		c.role(c.Lines["ladder"], g.Role)
		if d := digits(g.Level); d == 0 {
			continue // said already
		} else if d >= last {
			c.FailAt(c.Lines["ladder"], "升级阶梯应由低到高，“%s”的位置不对或重复。", "The ladder must rise: “%s” is out of order or repeated.", g.Level)
		} else {
			last = d
		}
	}
	for _, i := range falling(c.p.Supervision) {
		c.FailAt(c.Lines["supervision"], notRising[0], notRising[1], c.p.Supervision[i].At)
	}
	for _, w := range c.p.Supervision {
		if w.At == 0 {
			continue // said already
		}
		for _, t := range w.Tell {
			c.target(c.Lines["supervision"], t)
			if !slices.Contains([]string{ByHolder, ToReporter, ToRole, ToField, ToUp}, t.Kind) {
				c.FailAt(c.Lines["supervision"], "督办只能通知 holder、reporter、up 或 角色@层级。", "Supervision can tell holder, reporter, up or role@level only.")
			}
		}
	}
}

var notRising = [2]string{"督办阶梯应逐级升高，%d%% 的位置不对。", "The supervision ladder must rise: %d%% is out of order."}

// falling are the rungs of a supervision ladder that are not above the one before; those at 0 are left out.
func falling(ladder []Warning) []int {
	var out []int
	last := 0
	for i, w := range ladder {
		if w.At == 0 {
			continue
		}
		if w.At <= last {
			out = append(out, i)
		}
		last = w.At
	}
	return out
}

func (c *checker) stages() {
	ended := map[string]bool{}
	for _, s := range c.p.Stages {
		line := c.at("stages", s.ID)
		if s.Result != "" {
			ended[s.Result] = true
			c.result(line, s.Result)
		}
		c.conditions(line, s.Only.When)
		if s.Else != "" {
			c.stage(line, s.Else)
			if n, _ := c.p.Stage(s.Else); n.Else != "" {
				c.FailAt(line, "else 指向的阶段不能再有 else。", "The stage “else” names must not have an “else” itself.")
			}
		}
	}
	for _, r := range c.p.Results {
		if !ended[r.ID] {
			c.FailAt(c.at("results", r.ID), "没有阶段以“%s”结束。", "No stage ends with the result “%s”.", r.ID)
		}
	}
}

func (c *checker) target(line int, t Target) {
	switch t.Kind {
	case ToRole:
		c.role(line, t.Role)
	case ToField:
		c.role(line, t.Role)
		if f, ok := c.p.Field(t.Field); t.Field != ByHolder && (!ok || f.Type != FieldUnit) {
			c.FailAt(line, "“%s”既不是层级（%s），也不是单位字段。", "“%[1]s” is neither a level (%[2]s) nor a field of type unit.", t.Field, strings.Join(levelNames(), ", "))
		}
	case ToHeld:
		c.stage(line, t.Stage)
	case ToUp:
		if len(c.p.Ladder) == 0 {
			c.FailAt(line, "写了 up，但没有升级阶梯（ladder）。", "“up” is used but there is no ladder.")
		}
	}
}

func (c *checker) move(m *Move, start bool) {
	for _, s := range m.From {
		c.stage(m.Line, s)
	}
	if m.To != Stay {
		c.stage(m.Line, m.To)
	} else if start {
		c.FailAt(m.Line, "起始方式必须进入一个阶段。", "A start must lead to a stage.")
	}
	for _, b := range m.By {
		if !slices.Contains([]string{ByHolder, ByReporter, ByApprover, BySystem, ByAnyone}, b) {
			c.role(m.Line, b)
		}
		if start && (b == ByHolder || b == ByApprover) {
			c.FailAt(m.Line, "起始时还没有承办人，不能写 %s。", "At the start there is no holder yet, so “%s” cannot begin a case.", b)
		}
	}
	if len(m.By) == 0 {
		c.FailAt(m.Line, "“%s”没有写由谁操作。", "“%s” does not say who makes it.", m.ID)
	}
	for _, id := range m.NotBy {
		if _, ok := c.p.Move(id); !ok {
			c.FailAt(m.Line, "not_by 中的“%s”不是操作。", "“%s” in not_by is not a move.", id)
		}
	}
	if m.Reason != "" {
		if _, ok := c.p.Reason(m.Reason); !ok {
			c.FailAt(m.Line, "没有原因列表“%s”。", "There is no reason list “%s”.", m.Reason)
		}
	}
	for _, id := range m.Restart {
		c.clock(m.Line, id)
	}
	c.holder(m, start)
	c.counters(m)
	c.conditions(m.Line, m.When)
	for _, id := range m.Has {
		c.field(m.Line, id)
	}
	c.sets(m)
	for _, t := range m.Tell {
		c.target(m.Line, t)
		if !slices.Contains([]string{ByHolder, ToReporter, ToRole, ToField, ToPrevious}, t.Kind) {
			c.FailAt(m.Line, "tell 只能通知 holder、reporter、previous 或 角色@层级。", "“tell” can name holder, reporter, previous or role@level only.")
		}
	}
}

// holder fills in what a move leaves unsaid about the next holder and checks what it says.
func (c *checker) holder(m *Move, start bool) {
	to, _ := c.p.Stage(m.To)
	if m.Holder.Kind == "" {
		switch {
		case m.To == Stay:
			m.Holder.Kind = ToKeep
		case to.End:
			m.Holder.Kind = ToNone
		default:
			c.FailAt(m.Line, "“%s”没有写下一步由谁承办（holder）。", "“%s” does not say who holds the case next (holder).", m.ID)
		}
	}
	c.target(m.Line, m.Holder)
	switch m.Holder.Kind {
	case ByHolder:
		c.FailAt(m.Line, "承办人不变应写 keep。", "Write keep when the holder stays the same.")
	case ToReporter:
		if !to.Only.Reporter && !c.p.Confidential() { // a confidential case always has one, see Open
			c.FailAt(m.Line, "交给上报人的阶段须写 only: {reporter: true}，因为有的案件没有上报人。",
				"A stage the reporter holds needs only: {reporter: true}, for some cases have no known reporter.")
		}
	case ToKeep, ToPrevious, ToUp:
		if start {
			c.FailAt(m.Line, "起始时还没有承办人，不能写 %s。", "At the start there is no holder yet, so “%s” cannot begin a case.", m.Holder.Kind)
		}
	case ToNone:
		if m.To == Stay || !to.End {
			c.FailAt(m.Line, "未结束的案件必须有人承办，不能写 none。", "An unfinished case must be held by somebody, so “none” is not allowed.")
		}
	}
}

func (c *checker) counters(m *Move) {
	for _, set := range []map[string]int{m.Max, m.Min} {
		for id := range set {
			c.counted(m.Line, id, c.p.Moves)
		}
	}
}

func (c *checker) counted(line int, id string, moves []Move) {
	if !slices.ContainsFunc(moves, func(m Move) bool { return m.Counts == id }) {
		c.FailAt(line, "没有操作累计“%s”次数。", "No move counts “%s”.", id)
	}
}

func (c *checker) sets(m *Move) {
	has := func(typ, id string) bool {
		return slices.ContainsFunc(m.Fields, func(w Want) bool {
			return w.Required && w.Field.Type == typ && (id == "" || w.Field.ID == id)
		})
	}
	for _, s := range m.Sets {
		ok, need := true, ""
		switch s {
		case "accepted", "filed", "handled", "unhandled":
		case "rating":
			ok, need = has(FieldSelect, "rating"), "rating (select 1–5)"
		case "standard":
			ok, need = has(FieldStandard, ""), "type: standard"
		case "matter":
			ok, need = has(FieldMatter, ""), "type: matter"
		case "merged":
			ok, need = has(FieldCase, ""), "type: case"
		default:
			c.FailAt(m.Line, "sets 中没有“%s”。", "“%s” is nothing a move can set.", s)
		}
		if !ok {
			c.FailAt(m.Line, "要写入“%s”，必须填写字段 %s。", "To set “%s” the move needs a field %s.", s, need)
		}
	}
}

// requests checks that what is asked for can be granted and refused, and the other way round.
func (c *checker) requests() {
	type kind struct{ ask, grant, refuse *Move }
	kinds := map[string]*kind{}
	get := func(id string) *kind {
		if kinds[id] == nil {
			kinds[id] = &kind{}
		}
		return kinds[id]
	}
	for i := range c.p.Moves {
		m := &c.p.Moves[i]
		switch {
		case m.Ask != "":
			get(m.Ask).ask = m
			for _, t := range m.Decides {
				c.target(m.Line, t)
			}
			if len(m.Decides) == 0 || slices.ContainsFunc(m.Decides, func(t Target) bool {
				return !slices.Contains([]string{ToRole, ToUp, ToPrevious, ToField}, t.Kind)
			}) {
				c.FailAt(m.Line, "申请“%s”须写由谁审批（approver），如 角色@层级、角色@单位字段、up 或 previous。", "The request “%s” must say who decides it (approver): role@level, role@field, up or previous.", m.ID)
			}
			if m.To != Stay {
				c.FailAt(m.Line, "申请期间阶段不变，to 应写 stay。", "A request leaves the stage alone: write “to: stay”.")
			}
		case m.Grant != "":
			get(m.Grant).grant = m
		case m.Refuse != "":
			get(m.Refuse).refuse = m
			if m.Reason == "" && m.Note != Required {
				c.FailAt(m.Line, "不同意时必须说明原因（reason 或 note: required）。", "A refusal must give a reason (reason, or note: required).")
			}
		}
		if (m.Grant != "" || m.Refuse != "") && !slices.Equal(m.By, []string{ByApprover}) {
			c.FailAt(m.Line, "审批只能由 approver 操作。", "Only “approver” can decide a request.")
		}
		if m.Grant == "" && m.Refuse == "" && slices.Contains(m.By, ByApprover) {
			c.FailAt(m.Line, "只有审批（grant、refuse）才由 approver 操作。", "Only grant and refuse are made by “approver”.")
		}
	}
	for id, k := range kinds {
		for _, m := range []*Move{k.ask, k.grant, k.refuse} {
			if m != nil && (k.ask == nil || k.grant == nil || k.refuse == nil) {
				c.FailAt(m.Line, "“%s”须同时有申请、同意、不同意三种操作。", "“%s” needs all three: ask, grant and refuse.", id)
			}
			if m != nil && m.Extend != "" {
				c.extend(m, k.ask)
			}
		}
	}
}

func (c *checker) extend(m, ask *Move) {
	c.clock(m.Line, m.Extend)
	if m.Grant == "" {
		c.FailAt(m.Line, "只有同意申请才能延长时限。", "Only a grant extends a clock.")
	}
	if ask != nil && !slices.ContainsFunc(ask.Fields, func(w Want) bool {
		return w.Required && w.Field.ID == m.Extra && w.Field.Type == FieldLimit
	}) {
		c.FailAt(m.Line, "申请中没有必填的时限字段“%s”。", "The request has no required limit field “%s”.", m.Extra)
	}
}
