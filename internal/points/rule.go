// Package points holds the rules by which contributions earn points (积分规则) and what becomes of an award
// on its way to being posted. It decides; it stores nothing.
package points

import (
	"slices"
	"strconv"
	"time"

	"gezhi/internal/calendar"
	"gezhi/internal/idcode"
	"gezhi/internal/lang"
)

// Rules is one version of a zone's rules, in the order of its file.
type Rules struct {
	Notice     lang.Text // what to tell the reader about where the values come from
	Categories []Category
	List       []Rule
	Overall    []Cap // over all items together
}

// Category groups items on a page.
type Category struct {
	ID   string
	Name lang.Text
}

// Find finds an item by its id.
func (r Rules) Find(id string) (Rule, bool) {
	i := slices.IndexFunc(r.List, func(x Rule) bool { return x.ID == id })
	if i < 0 {
		return Rule{}, false
	}
	return r.List[i], true
}

// In lists the items of a category.
func (r Rules) In(category string) []Rule {
	return slices.DeleteFunc(slices.Clone(r.List), func(x Rule) bool { return x.Category != category })
}

// Rule says what one kind of contribution (积分事项) earns and how.
type Rule struct {
	ID        string
	Name      lang.Text
	Note      lang.Text // what exactly counts; may be empty
	Category  string
	Value     Value
	Who       []Earner
	Source    Source
	Evidence  []Evidence // each of them is needed
	Caps      []Cap
	Review    Reviewer // the zero one: nobody needs to
	Second    Second
	Publicity calendar.Limit // zero: none
	Pools     []idcode.Level // whose budget pays, in order: community, then street …
	Lapse     Lapse
	Valid     Span
	Basis     string // where the value comes from
	Example   bool   // an example the operator replaces
}

// MaxPoints is the most a single award can bring.
const MaxPoints = 100_000

// MaxQuantity is the most units one award can count.
const MaxQuantity = 100_000

// Value is how many points a contribution brings: Each points for every Per units that are full. A fixed value
// has Per 0.
type Value struct {
	Each int64
	Per  int64
	Unit Unit // of a quantity; "" for a fixed value
}

// Unit is what a contribution is measured in.
type Unit string

// The units.
const (
	Minute   Unit = "minute"
	Item     Unit = "item"
	Kilogram Unit = "kilogram"
	Yuan     Unit = "yuan"
)

var units = map[Unit]lang.Text{
	Minute:   {ZH: "分钟", EN: "minutes"},
	Item:     {ZH: "件（次）", EN: "items"},
	Kilogram: {ZH: "公斤", EN: "kg"},
	Yuan:     {ZH: "元", EN: "yuan"},
}

// Name is the unit in words.
func (u Unit) Name() lang.Text { return units[u] }

// Fixed reports a value that does not depend on a quantity.
func (v Value) Fixed() bool { return v.Per == 0 }

// Points is what a quantity brings, rounded down; a fixed value takes no quantity. The result is zero where
// the quantity is too small or out of bounds.
func (v Value) Points(quantity int64) int64 {
	if v.Fixed() {
		return v.Each
	}
	if quantity < 0 || quantity > MaxQuantity {
		return 0
	}
	return min(quantity/v.Per*v.Each, MaxPoints)
}

// Earner is who may earn.
type Earner string

// Those who may earn.
const (
	Resident    Earner = "resident"
	Household   Earner = "household"
	PartyMember Earner = "party_member"
	Volunteer   Earner = "volunteer"
	Rider       Earner = "rider"
	UnitEarner  Earner = "unit"
)

var earners = map[Earner]lang.Text{
	Resident:    {ZH: "居民", EN: "residents"},
	Household:   {ZH: "家庭", EN: "households"},
	PartyMember: {ZH: "党员", EN: "party members"},
	Volunteer:   {ZH: "志愿者", EN: "volunteers"},
	Rider:       {ZH: "骑手、快递员", EN: "riders and couriers"},
	UnitEarner:  {ZH: "单位", EN: "units"},
}

// Name is the earner in words.
func (e Earner) Name() lang.Text { return earners[e] }

// Marked are the earners somebody must be entered as; every person is a resident.
func Marked() []Earner { return []Earner{PartyMember, Volunteer, Rider} }

// Source is how an award comes about.
type Source string

// The sources of awards.
const (
	FromCase        Source = "case"        // a case's effect
	FromActivity    Source = "activity"    // attendance that was checked
	FromApplication Source = "application" // somebody applies, with evidence
	FromList        Source = "list"        // a community's list
	FromGift        Source = "gift"        // a sponsor's gift
)

var sources = map[Source]lang.Text{
	FromCase:        {ZH: "上报核实后自动记分", EN: "by itself once a report is verified"},
	FromActivity:    {ZH: "参加活动、核验到场后记分", EN: "by taking part, once attendance is checked"},
	FromApplication: {ZH: "本人申报", EN: "by applying"},
	FromList:        {ZH: "社区名单导入", EN: "by a list of the community"},
	FromGift:        {ZH: "共建单位、商户赠予", EN: "as a sponsor's gift"},
}

// Name is the source in words.
func (s Source) Name() lang.Text { return sources[s] }

// Evidence is what has to be shown.
type Evidence string

// The kinds of evidence.
const (
	Photo  Evidence = "photo"
	Place  Evidence = "place"
	SignUp Evidence = "sign-up"
	Case   Evidence = "case"
	Import Evidence = "import"
)

var evidences = map[Evidence]lang.Text{
	Photo:  {ZH: "现场照片", EN: "a photo"},
	Place:  {ZH: "地点", EN: "the place"},
	SignUp: {ZH: "报名并到场核验", EN: "sign-up, and attendance checked"},
	Case:   {ZH: "已核实的案件", EN: "a verified case"},
	Import: {ZH: "社区盖章或经办人确认的名单", EN: "a list the community stands for"},
}

// Name is the evidence in words.
func (e Evidence) Name() lang.Text { return evidences[e] }

// Needs reports whether the evidence has to be shown.
func (r Rule) Needs(e Evidence) bool { return slices.Contains(r.Evidence, e) }

// MayEarn reports whether somebody who is all of these may earn by the rule.
func (r Rule) MayEarn(are ...Earner) bool {
	return slices.ContainsFunc(are, func(e Earner) bool { return slices.Contains(r.Who, e) })
}

// ForHousehold reports a rule whose points go to a household's head and whose caps count for the household.
func (r Rule) ForHousehold() bool { return slices.Contains(r.Who, Household) }

// Reviewer is a role over the area of a level in which the contribution lies.
type Reviewer struct {
	Role  string
	Level idcode.Level
}

// Second asks for another reviewer above a number of points; the zero one never does.
type Second struct {
	Above int64
	By    Reviewer
}

// Twice reports whether an award of so many points is reviewed twice.
func (r Rule) Twice(points int64) bool { return r.Second.By.Role != "" && points > r.Second.Above }

// Span is from the start of one day to the start of another, days off included; zero ends are open.
type Span struct{ From, To calendar.Day }

// Holds reports whether contributions of the day count under the rule.
func (r Rule) Holds(d calendar.Day) bool {
	return (r.Valid.From == 0 || d >= r.Valid.From) && (r.Valid.To == 0 || d <= r.Valid.To)
}

// Lapse is when points end: never, with the year, or so many months on.
type Lapse struct {
	YearEnd bool
	Months  int // the end of the month that lies so many months ahead
}

// Expires is the first instant at which points that arrive now are gone; zero for never.
func (l Lapse) Expires(now time.Time) time.Time {
	t := now.In(calendar.Zone())
	switch {
	case l.YearEnd:
		return calendar.Date(t.Year()+1, time.January, 1).Start()
	case l.Months > 0:
		return calendar.Date(t.Year(), t.Month()+time.Month(l.Months)+1, 1).Start()
	}
	return time.Time{}
}

// Label says in words when points lapse.
func (l Lapse) Label(in lang.Lang) string {
	switch {
	case l.YearEnd:
		return in.T("当年 12 月 31 日到期", "at the end of the year")
	case l.Months > 0:
		return in.Tf("%d 个月后的月底到期", "at the end of the month, %d months on", l.Months)
	}
	return in.T("长期有效", "never")
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
