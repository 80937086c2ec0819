package points

import (
	"strings"
	"testing"
)

func TestParseRules(t *testing.T) {
	const good = "rules:\n  - {id: a, name: {zh: 甲, en: A}, points: 5, source: S30, example: true}\n"
	rules, err := ParseRules("points.yaml", []byte(good))
	if err != nil || len(rules) != 1 || rules[0].Points != 5 || !rules[0].Example {
		t.Fatalf("got %+v, %v", rules, err)
	}
	for name, c := range map[string]struct{ src, want string }{
		"an unknown key":  {strings.Replace(good, "points", "point", 1), "field point not found"},
		"no points":       {strings.Replace(good, "5", "0", 1), "points must be"},
		"a rule twice":    {good + strings.TrimPrefix(good, "rules:\n"), "used twice"},
		"one language":    {strings.Replace(good, ", en: A", "", 1), "both languages"},
		"not YAML at all": {"\t", "points.yaml"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := ParseRules("points.yaml", []byte(c.src)); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want %q", err, c.want)
			}
		})
	}
}
