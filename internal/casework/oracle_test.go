package casework

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"
)

// oracle decides legality straight from the YAML as generic maps: it shares no code with the reader,
// the table or may. It is slow and knows only the procedure that ships.
type oracle struct {
	stages, moves, clocks map[string]map[string]any
	ladder                []map[string]any
}

func newOracle(t testing.TB) *oracle {
	src, err := os.ReadFile("../../packs/common/procedures/grid-event.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Stages, Moves, Clocks map[string]map[string]any
		Ladder                []map[string]any
	}
	if err := yaml.Unmarshal(src, &doc); err != nil {
		t.Fatal(err)
	}
	return &oracle{doc.Stages, doc.Moves, doc.Clocks, doc.Ladder}
}

// words is a scalar or a list as strings.
func words(v any) []string {
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		var out []string
		for _, w := range v {
			out = append(out, w.(string))
		}
		return out
	}
	return nil
}

// prefixOf says whether a duty, as role/unit/area, begins a holder's key.
func prefixOf(d Duty, key string) bool {
	return key != "" && strings.HasPrefix(key, d.Role+"/"+d.Unit+"/"+d.Area)
}

// verdict is "yes", or why not: stage, state, person.
func (o *oracle) verdict(c Case, by Actor, move string, now time.Time) string {
	m := o.moves[move]
	if !slices.Contains(words(m["from"]), c.Stage) {
		return "stage"
	}
	asked := map[string]Ask{}
	for _, a := range c.Asks {
		asked[a.Kind] = a
	}
	if k, ok := m["ask"].(string); ok {
		if _, waiting := asked[k]; waiting {
			return "state"
		}
		for _, g := range o.moves {
			clock, _ := asMap(g["extend"])["clock"].(string)
			if due := c.Clocks[clock].Clock.Due; g["grant"] == k && !due.IsZero() && now.After(due) {
				return "state" // more time is asked for before the limit has passed
			}
		}
	}
	var decided Ask
	for _, word := range []string{"grant", "refuse"} {
		if k, ok := m[word].(string); ok {
			if decided, ok = asked[k]; !ok {
				return "state"
			}
		}
	}
	for _, bound := range []string{"max", "min"} {
		for id, n := range asMap(m[bound]) {
			if (c.Counts[id] < n.(int)) != (bound == "max") {
				return "state"
			}
		}
	}
	if m["holder"] == "up" {
		// The district is the top rung, and only holders of an area are on the ladder.
		if len(c.Holder.Area) <= 6 {
			return "state"
		}
	}
	for _, as := range hands(by) {
		if o.person(c, as, m, decided) && !slices.ContainsFunc(words(m["not_by"]), func(id string) bool {
			return among(c.Did[id], as) || among(c.DidFor[id], as)
		}) {
			return "yes"
		}
	}
	return "person"
}

// hands is somebody as oneself and as each of the people stood in for.
func hands(by Actor) []Actor {
	out := []Actor{{Person: by.Person, Duties: by.Duties}}
	for _, l := range by.Lent {
		out = append(out, Actor{Person: by.Person, Duties: l.Duties, For: l.For})
	}
	return out
}

// among says whether a person is the one who acts or the one stood in for.
func among(p Person, as Actor) bool { return p != 0 && (p == as.Person || p == as.For) }

func asMap(v any) map[string]any { m, _ := v.(map[string]any); return m }

func (o *oracle) person(c Case, by Actor, m map[string]any, decided Ask) bool {
	for _, who := range words(m["by"]) {
		switch {
		case who == "system" && by.Person == 0:
			return true
		case who == "reporter" && by.For == 0 && by.Person != 0 && by.Person == c.Reporter:
			return true
		}
		for _, d := range by.Duties {
			switch {
			case who == "holder" && prefixOf(d, c.Holder.Key()):
				return true
			case who == "approver" && prefixOf(d, decided.Holder.Key()) && !among(decided.By, by) && !among(decided.For, by):
				return true
			case who == d.Role && d.Area != "" && strings.HasPrefix(c.Place.Area, d.Area):
				return true
			}
		}
	}
	return false
}
