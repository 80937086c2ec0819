package casework

import "testing"

// TestADeskMayBeginWhereverItsDutyLies: whether somebody may begin a case somewhere in a district, and where, are two questions.
func TestADeskMayBeginWhereverItsDutyLies(t *testing.T) {
	p, err := ParseProcedure("board.yaml", []byte(boardProcedure))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		duty Duty
		area string
		want int
	}{
		"over a community of the district": {Duty{Role: "officer", Area: "330108001001"}, "330108", 1},
		"over the district":                {Duty{Role: "officer", Area: "330108"}, "330108", 1},
		"over another community":           {Duty{Role: "officer", Area: "330108001001"}, "330108001002", 0},
		"over another district":            {Duty{Role: "officer", Area: "610403"}, "330108", 0},
		"of another role":                  {Duty{Role: "head", Area: "330108001001"}, "330108", 0},
	} {
		if got := len(p.StartsFor(Actor{Person: 1, Duties: []Duty{c.duty}}, c.area, Env{})); got != c.want {
			t.Errorf("%s: %d ways", name, got)
		}
	}
}
