package points

import (
	"os"
	"strings"
	"testing"
	"time"

	"gezhi/internal/calendar"
	"gezhi/internal/fault"
)

const goodRules = `notice: {zh: 示例, en: Examples}
categories:
  safety: {zh: 平安, en: Safety}
caps:
  - {per: year, points: 600}
rules:
  clean-up:
    name: {zh: 整治, en: Clean-up}
    category: safety
    points: 10
    who: [resident]
    source: application
    evidence: [photo]
    caps: [{per: day, times: 1}, {per: month, points: 40}]
    review: community_desk@community
    second: {above: 20, by: street_desk@street}
    publicity: 3work_day
    pool: [community, street]
    lapse: rolling_24_months
    valid: {from: 2026-01-01, to: 2026-12-31}
    basis: S30
    example: true
`

func TestEveryMistakeIsToldWithItsLine(t *testing.T) {
	if _, err := ParseRules("points.yaml", []byte(goodRules)); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ old, new, want string }{
		"an unknown key":             {"    points: 10", "    point: 10", "points.yaml:10: Unknown name"},
		"no points":                  {"points: 10", "points: 0", "points.yaml:10: A whole number"},
		"a formula without a unit":   {"points: 10", "points: {each: 1, per: 60}", "points.yaml:10: “unit” is missing"},
		"an unknown earner":          {"who: [resident]", "who: [robot]", "points.yaml:11: “robot”"},
		"households among others":    {"who: [resident]", "who: [resident, household]", "points.yaml:8: Items for households"},
		"an unknown category":        {"category: safety", "category: sport", "points.yaml:9: There is no category"},
		"an unknown source":          {"source: application", "source: luck", "points.yaml:12: “luck”"},
		"a case without a case":      {"source: application", "source: case", "points.yaml:8: Items whose source is case"},
		"an unreviewed application":  {"    review: community_desk@community\n    second: {above: 20, by: street_desk@street}\n", "", "points.yaml:8: What people apply for"},
		"a second review alone":      {"    review: community_desk@community\n", "", "points.yaml:8: A rule with “second”"},
		"the same reviewer twice":    {"street_desk@street", "community_desk@community", "points.yaml:8: The second review"},
		"a reviewer without a place": {"review: community_desk@community", "review: community_desk", "points.yaml:15: Write a reviewer"},
		"a reviewer nowhere":         {"community_desk@community", "community_desk@village", "points.yaml:15: There is no level"},
		"a cap on nothing":           {"{per: day, times: 1}", "{per: day}", "points.yaml:14: A cap needs"},
		"two caps a day":             {"{per: month, points: 40}", "{per: day, points: 40}", "points.yaml:14: There are two caps"},
		"publicity in hours":         {"publicity: 3work_day", "publicity: 3work_hour", "points.yaml:17: Publicity lasts"},
		"an odd lapse":               {"rolling_24_months", "rolling_0_months", "points.yaml:19: Write never"},
		"an end before the start":    {"to: 2026-12-31", "to: 2025-12-31", "points.yaml:20: The rule ends"},
		"no basis":                   {"    basis: S30\n", "", "points.yaml:8: “basis” is missing"},
		"an item twice":              {"rules:\n", "rules:\n  clean-up: {}\n", "“clean-up” is already defined"},
		"not YAML":                   {goodRules, "\t", "points.yaml:1: This is not valid YAML"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ParseRules("points.yaml", []byte(strings.Replace(goodRules, c.old, c.new, 1)))
			if fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q", err, c.want)
			}
		})
	}
}

func TestThePacksRulesAreCitedExamples(t *testing.T) {
	src, err := os.ReadFile("../../packs/common/points.yaml")
	if err != nil {
		t.Fatal(err)
	}
	rules, err := ParseRules("points.yaml", src)
	if err != nil {
		t.Fatal(err)
	}
	if len(rules.List) < 15 {
		t.Errorf("%d items", len(rules.List))
	}
	for _, r := range rules.List {
		if !r.Example || r.Basis == "" {
			t.Errorf("%s is not labelled as an example with its source", r.ID)
		}
	}
	if r, ok := rules.Find("verified-report"); !ok || r.Value.Points(0) != 5 || r.Review.Role != "" || !r.Publicity.IsZero() || len(r.Pools) != 3 {
		t.Errorf("verified-report is %+v", r)
	}
}

func TestAFormulaRoundsDown(t *testing.T) {
	v := Value{Each: 2, Per: 60, Unit: Minute}
	for minutes, want := range map[int64]int64{0: 0, 59: 0, 60: 2, 119: 2, 120: 4, -60: 0, MaxQuantity: 3332, MaxQuantity + 1: 0, 1 << 62: 0} {
		if got := v.Points(minutes); got != want {
			t.Errorf("%d minutes bring %d, want %d", minutes, got, want)
		}
	}
}

func TestCapsCountByTheCalendar(t *testing.T) {
	day := calendar.Date(2026, time.March, 1) // a Sunday
	for p, want := range map[Period][2]calendar.Day{
		PerDay:   {day, day},
		PerWeek:  {calendar.Date(2026, time.February, 23), day},
		PerMonth: {day, calendar.Date(2026, time.March, 31)},
		PerYear:  {calendar.Date(2026, time.January, 1), calendar.Date(2026, time.December, 31)},
		Ever:     {0, 0},
	} {
		if first, last := p.Around(day); first != want[0] || last != want[1] {
			t.Errorf("%s: %s to %s, want %v", p, first, last, want)
		}
	}
}

func TestACapSaysWhatIsLeft(t *testing.T) {
	rules, err := ParseRules("points.yaml", []byte(goodRules))
	if err != nil {
		t.Fatal(err)
	}
	rule, _ := rules.Find("clean-up")
	had := map[Period]Count{}
	within := func(points int64) error {
		return rules.Within(rule, calendar.Date(2026, time.March, 5), points, func(first, last calendar.Day, all bool) (Count, error) {
			switch last - first {
			case 0:
				return had[PerDay], nil
			case 30:
				return had[PerMonth], nil
			}
			if !all {
				t.Errorf("counting %s to %s", first, last)
			}
			return had[PerYear], nil
		})
	}
	for name, c := range map[string]struct {
		had    map[Period]Count
		points int64
		want   string
	}{
		"nothing so far":          {nil, 10, ""},
		"exactly full":            {map[Period]Count{PerMonth: {30, 3}}, 10, ""},
		"once today":              {map[Period]Count{PerDay: {10, 1}}, 10, "“整治”每天最多 1 次"},
		"ten left and eleven due": {map[Period]Count{PerMonth: {30, 3}}, 11, "“整治”每月最多 40 分，已有 30 分（含在办），还可得 10 分，本次需 11 分"},
		"the year over all items": {map[Period]Count{PerYear: {595, 90}}, 10, "“全部事项合计”每年最多 600 分，已有 595 分（含在办），还可得 5 分"},
	} {
		t.Run(name, func(t *testing.T) {
			had = c.had
			err := within(c.points)
			if (err == nil) != (c.want == "") || (err != nil && (fault.KindOf(err) != fault.Conflict || !strings.Contains(fault.Fields(err)[0].ZH, c.want))) {
				t.Errorf("gives %v, want %q", err, c.want)
			}
		})
	}
}

func TestPointsLapse(t *testing.T) {
	at := time.Date(2026, time.November, 30, 23, 59, 0, 0, calendar.Zone())
	for name, c := range map[string]struct {
		lapse Lapse
		want  string
	}{
		"never":                            {Lapse{}, "0001-01-01"},
		"with the year":                    {Lapse{YearEnd: true}, "2027-01-01"},
		"at the end of the month three on": {Lapse{Months: 3}, "2027-03-01"},
		"after two years":                  {Lapse{Months: 24}, "2028-12-01"},
	} {
		if got := c.lapse.Expires(at).Format(time.DateOnly); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}
