package territory

import (
	"slices"
	"strings"

	"gezhi/internal/idcode"
	"gezhi/internal/lang"
)

// Question is what Prove asks of a routing table.
type Question struct {
	Matters []string // codes
	Stages  []string // that take their holder from the table; none means one unnamed stage
	Units   []Unit
	Kinds   []PostKind
	Roles   []Role
	Most    int // findings to return; the others are only counted
}

// Tally counts pairs of a matter and an area by how many owners they have. A pair has one owner
// when it has exactly one at every stage and in every mode; it has several when it has several
// at any stage, and otherwise none.
type Tally struct{ One, None, Several int }

// Sum is the number of pairs.
func (t Tally) Sum() int { return t.One + t.None + t.Several }

func (t *Tally) add(v verdict, n int) {
	switch v {
	case hasOne:
		t.One += n
	case hasNone:
		t.None += n
	case hasSeveral:
		t.Several += n
	}
}

// MatterTally is the tally of one matter over every area.
type MatterTally struct {
	Matter string
	Tally
}

// Finding says where the table gives no owner or several, and why.
type Finding struct {
	Several bool // several owners rather than none
	Matters []string
	Stages  []string
	Mode    Mode
	Area    string  // the first of the areas
	Areas   int     // how many areas it is about
	Rows    []Route // the rows that clash, or the one whose owner does not exist; empty when no row fits
	Why     lang.Text
}

// Proof is Prove's answer.
type Proof struct {
	Matters, Stages, Areas int
	Modes                  []Mode
	Leaves                 Tally                   // areas with nothing below them: micro-grids where there are any
	Levels                 [idcode.Micro + 1]Tally // every area, by level: places may be known no deeper
	ByMatter               []MatterTally           // every area, in the order of Question.Matters
	Findings               []Finding               // the first Question.Most
	More                   int                     // findings left out
	Idle                   []Route                 // rows that never decide anything
	Strange                []Finding               // rows that name a stage or matter that does not exist
}

// Holds reports whether every matter has exactly one owner in every area and no row names
// something that does not exist.
func (p Proof) Holds() bool {
	for _, t := range p.Levels {
		if t.None+t.Several > 0 {
			return false
		}
	}
	return len(p.Strange) == 0
}

type verdict uint8

const (
	hasOne verdict = iota
	hasNone
	hasSeveral
)

// Prove asks the table for every matter in every area of its tree, at every stage and in both modes
// where that makes a difference. It takes areas together that no row, unit or placeholder tells
// apart, and matters and stages likewise, so that the work grows with the rows and not with the tree.
func Prove(t *Table, q Question) Proof {
	if len(q.Stages) == 0 {
		q.Stages = []string{""}
	}
	if q.Most == 0 {
		q.Most = 20
	}
	p := &prover{Table: t, q: q, units: map[string]Unit{}, roles: map[roleAt]bool{}, won: make([]bool, len(t.rows)), found: map[string]int{}}
	for _, u := range q.Units {
		if old, ok := p.units[u.Code]; !ok || !old.Holds(t.tree.asOf) {
			p.units[u.Code] = u
		}
	}
	for _, k := range q.Kinds {
		p.roles[roleAt{k.ID, k.Level}] = true
	}
	for _, r := range q.Roles {
		for _, l := range r.Levels {
			p.roles[roleAt{r.ID, l}] = true
		}
	}
	areas := p.groupAreas()
	out := Proof{Matters: len(q.Matters), Stages: len(q.Stages), Areas: t.tree.Len(), Modes: t.modes}
	for _, ms := range p.groupMatters() {
		byMatter := p.proveMatters(ms, areas, &out)
		for _, m := range ms {
			out.ByMatter = append(out.ByMatter, MatterTally{m, byMatter})
		}
	}
	order := make(map[string]int, len(q.Matters))
	for i, m := range q.Matters {
		order[m] = i
	}
	slices.SortStableFunc(out.ByMatter, func(a, b MatterTally) int { return order[a.Matter] - order[b.Matter] })
	out.Findings = p.findings
	if len(out.Findings) > q.Most {
		out.Findings, out.More = p.findings[:q.Most], len(p.findings)-q.Most
	}
	p.oddRows(&out)
	return out
}

type roleAt struct {
	id    string
	level Level
}

type prover struct {
	*Table
	q        Question
	units    map[string]Unit
	roles    map[roleAt]bool
	won      []bool // rows that decided something
	findings []Finding
	found    map[string]int // a finding's matters, stages and reason → position in findings
}

// areaGroup is areas that every row and unit treats alike.
type areaGroup struct {
	first  string // the first of them
	route  string // the deepest area above or at them that a row names
	level  Level
	leaves int
	inner  int
}

// groupAreas takes areas together by what the table can tell apart.
func (p *prover) groupAreas() []areaGroup {
	named := map[string]bool{} // by rows
	for k := range p.by {
		named[k.area] = true
	}
	served := map[string]bool{} // by units
	for _, u := range p.units {
		served[u.Area] = true
	}
	fill := idcode.NoLevel
	for _, r := range p.rows {
		for _, a := range r.alts {
			fill = max(fill, a.fill)
		}
	}
	type key struct {
		route, unit, fill string
		level             Level
	}
	at := map[key]int{}
	var out []areaGroup
	for i, a := range p.tree.areas {
		k := key{deepest(named, a.Code), deepest(served, a.Code), a.Code[:min(len(a.Code), fill.Digits())], a.Level()}
		n, ok := at[k]
		if !ok {
			n = len(out)
			at[k] = n
			out = append(out, areaGroup{first: a.Code, route: k.route, level: k.level})
		}
		if p.tree.end[i] == int32(i)+1 {
			out[n].leaves++
		} else {
			out[n].inner++
		}
	}
	return out
}

// deepest is the longest code in the set that is the area or above it.
func deepest(set map[string]bool, code string) string {
	for l := idcode.LevelOf(code); l > idcode.NoLevel; l-- {
		if set[code[:l.Digits()]] {
			return code[:l.Digits()]
		}
	}
	return ""
}

// groupMatters takes matters together that fit the same prefixes.
func (p *prover) groupMatters() [][]string {
	prefixes := map[string]bool{}
	for k := range p.by {
		prefixes[k.matter] = true
	}
	type key struct {
		prefix string
		first  First
	}
	at := map[key]int{}
	var out [][]string
	for _, m := range p.q.Matters {
		k := key{first: p.first(m)}
		for n := len(m); n > 0; n-- {
			if prefixes[m[:n]] {
				k.prefix = m[:n]
				break
			}
		}
		n, ok := at[k]
		if !ok {
			n = len(out)
			at[k] = n
			out = append(out, nil)
		}
		out[n] = append(out[n], m)
	}
	return out
}

// groupStages takes stages together that no row names.
func (p *prover) groupStages() [][]string {
	var out, rest [][]string
	for _, s := range p.q.Stages {
		switch {
		case slices.Contains(p.stages, s):
			out = append(out, []string{s})
		case rest == nil:
			rest = [][]string{{s}}
		default:
			rest[0] = append(rest[0], s)
		}
	}
	return append(out, rest...)
}

// proveMatters asks for one group of matters, adds to the proof and returns one matter's tally.
func (p *prover) proveMatters(ms []string, areas []areaGroup, out *Proof) Tally {
	worst := make([]verdict, len(areas))
	for _, mode := range p.modes {
		for _, stages := range p.groupStages() {
			winners := map[string][]int32{}
			for g, area := range areas {
				won, ok := winners[area.route]
				if !ok {
					won = p.winners(ms[0], area.route, stages[0], mode)
					winners[area.route] = won
					for _, i := range won {
						p.won[i] = true
					}
				}
				v, why := p.judge(won, area.first)
				worst[g] = max(worst[g], v)
				if v != hasOne {
					p.find(v, ms, stages, mode, area, won, why)
				}
			}
		}
	}
	var one Tally
	for g, area := range areas {
		one.add(worst[g], area.leaves+area.inner)
		out.Levels[area.level].add(worst[g], (area.leaves+area.inner)*len(ms))
		out.Leaves.add(worst[g], area.leaves*len(ms))
	}
	return one
}

// judge says how many owners the winning rows give a place, and why when it is not one.
func (p *prover) judge(won []int32, area string) (verdict, lang.Text) {
	if len(won) == 0 {
		return hasNone, lang.Text{ZH: "没有适用的派遣规则", EN: "no row applies"}
	}
	var owner Owner
	for n, i := range won {
		o, ok := p.rows[i].owner(area)
		if !ok {
			return hasNone, lang.Text{ZH: "位置不够具体：规则要求的层级在该区域以下", EN: "the place is not exact enough: the row's level lies below it"}
		}
		if n > 0 && o != owner {
			return hasSeveral, lang.Text{ZH: "同级规则给出不同的责任主体", EN: "equal rows name different owners"}
		}
		owner = o
	}
	if owner.Unit != "" {
		return p.judgeUnit(owner)
	}
	if level := idcode.LevelOf(owner.Area); !p.roles[roleAt{owner.Role, level}] {
		return hasNone, lang.Text{
			ZH: "岗位设置中没有“" + owner.Role + "”（" + LevelName(level).ZH + "）",
			EN: "the establishment has no " + owner.Role + " at the level " + LevelID(level)}
	}
	return hasOne, lang.Text{}
}

func (p *prover) judgeUnit(owner Owner) (verdict, lang.Text) {
	u, ok := p.units[owner.Unit]
	switch {
	case !ok:
		return hasNone, lang.Text{ZH: "没有单位 " + owner.Unit, EN: "there is no unit " + owner.Unit}
	case !u.Holds(p.tree.asOf):
		return hasNone, lang.Text{ZH: "单位 " + owner.Unit + " 已撤销或尚未设立", EN: "unit " + owner.Unit + " has ended or not begun"}
	case !strings.HasPrefix(owner.Area, u.Area):
		return hasNone, lang.Text{ZH: "单位 " + owner.Unit + " 不管辖该区域", EN: "unit " + owner.Unit + " does not serve the area"}
	}
	return hasOne, lang.Text{}
}

// find notes a finding, together with others of the same reason.
func (p *prover) find(v verdict, ms, stages []string, mode Mode, area areaGroup, won []int32, why lang.Text) {
	f := Finding{Several: v == hasSeveral, Matters: ms, Stages: stages, Mode: mode, Area: area.first, Areas: area.leaves + area.inner, Why: why}
	key := strings.Join([]string{ms[0], stages[0], string(mode), why.ZH}, "\x00")
	for _, i := range won {
		f.Rows = append(f.Rows, p.rows[i].Route)
		key += "\x00" + p.rows[i].Route.String()
	}
	if n, ok := p.found[key]; ok {
		p.findings[n].Areas += f.Areas
		return
	}
	p.found[key] = len(p.findings)
	p.findings = append(p.findings, f)
}

// oddRows lists rows that decide nothing and rows that name what does not exist.
func (p *prover) oddRows(out *Proof) {
	for i, r := range p.rows {
		strange := Finding{Rows: []Route{r.Route}, Area: r.Area}
		switch {
		case r.Stage != "" && !slices.Contains(p.q.Stages, r.Stage):
			strange.Why = lang.Text{ZH: "没有环节“" + r.Stage + "”按派遣规则确定责任人", EN: "no stage " + r.Stage + " takes its holder from the table"}
			out.Strange = append(out.Strange, strange)
		case !slices.ContainsFunc(p.q.Matters, func(m string) bool { return strings.HasPrefix(m, r.Matter) }):
			strange.Why = lang.Text{ZH: "没有以“" + r.Matter + "”开头的事项", EN: "no matter begins with " + r.Matter}
			out.Strange = append(out.Strange, strange)
		case !p.won[i]:
			out.Idle = append(out.Idle, r.Route)
		}
	}
}
