package territory

import (
	"cmp"
	"reflect"
	"slices"
	"strings"
	"time"

	"gezhi/internal/idcode"
)

// Plan is what an import would do. Making one changes nothing; Apply does.
type Plan struct {
	Problems  Problems // rows that will not be imported, and why; warnings are imported
	Add       []Area
	Change    []Change
	Unchanged int
	Above     int // rows above the district, left out
}

// Change is one area before and after an import.
type Change struct {
	Row           int
	Before, After Area
	Fields        []string // what differs, as column names
}

// Precheck compares entries with the areas that hold at the moment. An entry is taken for an area
// only when code and name agree: the same code with another name, or the same name under one parent
// with another code, is a conflict that somebody has to settle, because sources number streets
// differently (330108002 is 长河 for some and 浦沿 for others). A renaming is confirmed by writing the
// old name into the column was.
func Precheck(current []Area, zone string, entries []Entry, at time.Time) Plan {
	p := &prechecker{at: at, zone: zone, byCode: map[string]Area{}, byName: map[nameKey]string{}, coming: map[string]int{}}
	for _, a := range current {
		if a.Holds(at) {
			p.byCode[a.Code] = a
			p.note(a)
		}
	}
	// Parents first, whatever the order of the file, so that children of a refused row are refused too.
	order := slices.Clone(entries)
	slices.SortStableFunc(order, func(a, b Entry) int { return len(a.Area.Code) - len(b.Area.Code) })
	for _, e := range order {
		if e.Was != "" && e.Was != e.Area.Name { // a name that is given up is free for others
			if old, ok := p.byCode[e.Area.Code]; ok && sameName(old, e.Was) {
				delete(p.byName, nameKey{idcode.Parent(old.Code), plain(old.Name)})
			}
		}
	}
	for _, e := range order {
		p.take(e)
	}
	p.settle()
	slices.SortStableFunc(p.plan.Problems, func(a, b Problem) int { return a.Row - b.Row })
	slices.SortStableFunc(p.plan.Change, func(a, b Change) int { return a.Row - b.Row })
	return p.plan
}

type nameKey struct{ parent, name string }

type prechecker struct {
	at     time.Time
	zone   string
	plan   Plan
	byCode map[string]Area    // that hold, and that are to be added
	byName map[nameKey]string // → code
	coming map[string]int     // codes of the file → row
}

func (p *prechecker) note(a Area) {
	for _, n := range []string{a.Name, a.Official} {
		if n = plain(n); n != "" {
			if k := (nameKey{idcode.Parent(a.Code), n}); p.byName[k] == "" {
				p.byName[k] = a.Code
			}
		}
	}
}

// plain is a name without the spaces and the full-width forms that files differ in.
func plain(s string) string {
	if !strings.ContainsAny(s, " 　（）") {
		return s
	}
	return strings.NewReplacer(" ", "", "　", "", "（", "(", "）", ")").Replace(s)
}

func sameName(a Area, name string) bool {
	name = plain(name)
	return name == plain(a.Name) || (a.Official != "" && name == plain(a.Official))
}

func (p *prechecker) take(e Entry) {
	a := e.Area
	if p.zone != "" && !strings.HasPrefix(a.Code, p.zone) {
		p.plan.Problems.add(e.Row, a.Code, "code", "代码 %s 不属于本区（%s）。", "Code %s does not belong to this district (%s).", a.Code, p.zone)
		return
	}
	if row, twice := p.coming[a.Code]; twice {
		p.plan.Problems.add(e.Row, a.Code, "code", "代码 %s 在第 %d 行已经出现过。", "Code %s already stands in row %d.", a.Code, row)
		return
	}
	p.coming[a.Code] = e.Row
	if !e.Area.Sane() {
		p.plan.Problems.add(e.Row, a.Code, "valid_to", "失效日期不晚于生效日期。", "The end is not after the start.")
		return
	}
	if up := idcode.Parent(a.Code); up != "" {
		if _, ok := p.byCode[up]; !ok {
			p.plan.Problems.add(e.Row, a.Code, "parent", "上级 %s 不存在，或它所在的行有错误。", "The parent %s does not exist, or its own row has an error.", up)
			return
		}
	}
	if a.MergedInto != "" {
		if _, ok := p.byCode[a.MergedInto]; !ok || a.MergedInto == a.Code || a.To.IsZero() {
			p.plan.Problems.add(e.Row, a.Code, "merged_into", "并入的区域 %s 须存在且不是自己，并须填失效日期。",
				"The area merged into, %s, must exist and be another one, and valid_to must be given.", a.MergedInto)
			return
		}
	}
	old, exists := p.byCode[a.Code]
	if p.conflict(e, old, exists) {
		return
	}
	if exists {
		p.change(e, old)
		return
	}
	p.plan.Add = append(p.plan.Add, a)
	p.byCode[a.Code] = a
	p.note(a)
}

// conflict reports an entry whose code and name point to different areas.
func (p *prechecker) conflict(e Entry, old Area, exists bool) bool {
	a := e.Area
	holder, taken := p.byName[nameKey{idcode.Parent(a.Code), plain(a.Name)}]
	taken = taken && holder != a.Code
	row, inFile := p.coming[holder]
	renamed := exists && !sameName(old, a.Name) && !(e.Was != "" && sameName(old, e.Was))
	switch {
	case renamed && taken:
		p.plan.Problems.add(e.Row, a.Code, "code", "代码 %s 现为“%s”，而“%s”现用代码 %s：两处编码不同，请核对后再导入，系统不会只凭代码合并。",
			"Code %s is now %q, while %q has code %s: the sources number differently. Settle it first; nothing is joined by code alone.", a.Code, old.Name, a.Name, holder)
	case renamed && e.Was != "":
		p.plan.Problems.add(e.Row, a.Code, "was", "代码 %s 现名“%s”，与所填原名称“%s”不符。",
			"Code %s is now named %q, not %q as the column was says.", a.Code, old.Name, e.Was)
	case renamed:
		p.plan.Problems.add(e.Row, a.Code, "name", "代码 %s 现名“%s”，文件中为“%s”。确属更名的，请在“原名称”列填现名。",
			"Code %s is now named %q, the file says %q. If it was renamed, write the present name into the column was.", a.Code, old.Name, a.Name)
	case taken && inFile && row != e.Row:
		p.plan.Problems.add(e.Row, a.Code, "name", "与第 %d 行（%s）在同一上级下重名：“%s”。",
			"Same name as row %d (%s) under one parent: %q.", row, holder, a.Name)
	case taken:
		p.plan.Problems.add(e.Row, a.Code, "name", "“%s”在同一上级下已有代码 %s，文件中为 %s。",
			"%q already has code %s under the same parent; the file says %s.", a.Name, holder, a.Code)
	default:
		return false
	}
	return true
}

// change works out what an entry changes in an area that it names rightly.
func (p *prechecker) change(e Entry, old Area) {
	after := old
	var fields []string
	set := func(has bool, field string, same bool, do func()) {
		if has && !same {
			fields = append(fields, field)
			do()
		}
	}
	a := e.Area
	set(!sameName(old, a.Name), "name", false, func() { after.Name = a.Name })
	set(e.Has&HasOfficial != 0, "official", a.Official == old.Official, func() { after.Official = a.Official })
	set(e.Has&HasClass != 0, "class", a.Class == old.Class, func() { after.Class = a.Class })
	set(e.Has&HasUrban != 0, "urban", a.Urban == old.Urban, func() { after.Urban = a.Urban })
	set(e.Has&HasLegacyCode != 0, "legacy_code", a.LegacyCode == old.LegacyCode, func() { after.LegacyCode = a.LegacyCode })
	set(e.Has&HasFrom != 0 && !a.From.IsZero(), "valid_from", a.From.Equal(old.From), func() { after.From = a.From })
	set(e.Has&HasTo != 0, "valid_to", a.To.Equal(old.To), func() { after.To = a.To })
	set(e.Has&HasMergedInto != 0, "merged_into", a.MergedInto == old.MergedInto, func() { after.MergedInto = a.MergedInto })
	set(e.Has&HasHouseholds != 0, "households", a.Households == old.Households, func() { after.Households = a.Households })
	set(e.Has&HasShape != 0, "shape", !old.Illustrative && reflect.DeepEqual(a.Shape, old.Shape), func() { after.Shape, after.Illustrative = a.Shape, false })
	if len(fields) == 0 {
		p.plan.Unchanged++
		return
	}
	if !after.Sane() {
		p.plan.Problems.add(e.Row, a.Code, "valid_to", "失效日期不晚于生效日期。", "The end is not after the start.")
		return
	}
	p.plan.Change = append(p.plan.Change, Change{Row: e.Row, Before: old, After: after, Fields: fields})
	p.byCode[a.Code] = after
	p.note(after)
}

// settle takes out of the plan what would leave an area without its parent or its successor, until
// nothing more has to go. An area that ends while areas below it go on is refused, not they.
func (p *prechecker) settle() {
	below := map[string][]string{}
	for code := range p.byCode {
		below[idcode.Parent(code)] = append(below[idcode.Parent(code)], code)
	}
	for again := true; again; {
		again = false
		p.plan.Change = slices.DeleteFunc(p.plan.Change, func(c Change) bool {
			bad := p.unsettled(c.Row, c.After, below[c.After.Code])
			if bad {
				p.byCode[c.Before.Code], again = c.Before, true
			}
			return bad
		})
		p.plan.Add = slices.DeleteFunc(p.plan.Add, func(a Area) bool {
			bad := p.unsettled(p.coming[a.Code], a, nil)
			if bad {
				delete(p.byCode, a.Code)
				again = true
			}
			return bad
		})
	}
}

func (p *prechecker) unsettled(row int, a Area, below []string) bool {
	for _, code := range below {
		if child, ok := p.byCode[code]; ok && !p.during(child, a) {
			p.plan.Problems.add(row, a.Code, "valid_to", "区域 %s（%s）停用时，下级 %s（%s）还在使用，请一并填写下级的失效日期。",
				"Area %s (%s) would not be there while %s (%s) below it is; give that an end too.", a.Code, a.Name, child.Code, child.Name)
			return true
		}
	}
	if up := idcode.Parent(a.Code); up != "" {
		if parent, ok := p.byCode[up]; !ok || !p.during(a, parent) {
			p.plan.Problems.add(row, a.Code, "parent", "上级 %s 不存在、所在的行有错误，或先于本区域停用。", "The parent %s does not exist, has an error in its own row, or ends before this area.", up)
			return true
		}
	}
	if _, ok := p.byCode[a.MergedInto]; a.MergedInto != "" && !ok {
		p.plan.Problems.add(row, a.Code, "merged_into", "并入的区域 %s 所在的行有错误。", "The row of the area merged into, %s, has an error.", a.MergedInto)
		return true
	}
	return false
}

// during reports whether the parent is there from now on whenever the child is.
func (p *prechecker) during(child, parent Area) bool {
	from := child.From
	if from.Before(p.at) {
		from = p.at
	}
	if !child.To.IsZero() && !child.To.After(p.at) {
		return true // over
	}
	return !parent.From.After(from) && (parent.To.IsZero() || !child.To.IsZero() && !child.To.After(parent.To))
}

// Apply returns the areas as they are after the import, in the order of codes and spans. Rows with
// problems are not in it. A renamed or redrawn area begins anew at the moment, and the area as it was
// ends there, so that old cases still show the old name; other fields are corrected in place.
func (p Plan) Apply(areas []Area, at time.Time) []Area {
	type key struct {
		code string
		from int64
	}
	out := slices.Clone(areas)
	where := make(map[key]int, len(out))
	for i, a := range out {
		where[key{a.Code, a.From.UnixMilli()}] = i
	}
	for _, c := range p.Change {
		i, ok := where[key{c.Before.Code, c.Before.From.UnixMilli()}]
		if !ok {
			continue // ended by somebody else since the check; the store's revision guards against it
		}
		history := slices.Contains(c.Fields, "name") || slices.Contains(c.Fields, "shape")
		if !history || !c.Before.From.Before(at) || !c.After.From.Equal(c.Before.From) {
			out[i] = c.After
			continue
		}
		out[i].To = at
		after := c.After
		after.From = at
		out = append(out, after)
	}
	out = append(out, p.Add...)
	slices.SortStableFunc(out, func(a, b Area) int { return cmp.Or(cmp.Compare(a.Code, b.Code), a.From.Compare(b.From)) })
	return out
}
