package yamldoc

import (
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func shown(lines []Line) string {
	var b strings.Builder
	for _, l := range lines {
		b.WriteString([]string{" ", "-", "+", "…"}[l.State] + l.Text)
	}
	return b.String()
}

func TestTextsAreComparedLineByLine(t *testing.T) {
	for name, c := range map[string]struct{ was, now, want string }{
		"the same":          {"a b c", "a b c", ""},
		"one changed":       {"a b c d e f g", "a b c x e f g", " c-d+x e"},
		"one more":          {"a b", "a x b", " a+x b"},
		"one less":          {"a b c", "a c", " a-b c"},
		"at both ends":      {"a b c d e f", "x b c d e y", "-a+x b… e-f+y"},
		"one moved":         {"a b c d", "b c a d", "-a b c+a d"},
		"nothing before":    {"", "a", "-+a"},
		"nothing in common": {"a b", "c d", "-a-b+c+d"},
	} {
		if got := shown(Diff(strings.ReplaceAll(c.was, " ", "\n"), strings.ReplaceAll(c.now, " ", "\n"), 1)); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

// TestAComparisonHoldsBothTexts rebuilds each text from the comparison and asks a slow table for the fewest changes.
func TestAComparisonHoldsBothTexts(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		word := rapid.SampledFrom([]string{"a", "b", "c", "d", ""})
		a, b := rapid.SliceOfN(word, 1, 25).Draw(rt, "a"), rapid.SliceOfN(word, 1, 25).Draw(rt, "b")
		var was, now []string
		changes := 0
		for _, l := range Diff(strings.Join(a, "\n"), strings.Join(b, "\n"), 1000) {
			if l.Was > 0 {
				was = append(was, l.Text)
			}
			if l.Now > 0 {
				now = append(now, l.Text)
			}
			if l.State != InBoth {
				changes++
			}
			if l.Was != 0 && l.Was != len(was) || l.Now != 0 && l.Now != len(now) {
				rt.Fatalf("line %+v is numbered wrongly", l)
			}
		}
		if strings.Join(a, "\n") != strings.Join(b, "\n") && (strings.Join(was, "\n") != strings.Join(a, "\n") || strings.Join(now, "\n") != strings.Join(b, "\n")) {
			rt.Fatalf("got %q and %q", was, now)
		}
		common := make([][]int, len(a)+1)
		for i := range common {
			common[i] = make([]int, len(b)+1)
		}
		for i := range a {
			for j := range b {
				if common[i+1][j+1] = max(common[i][j+1], common[i+1][j]); a[i] == b[j] {
					common[i+1][j+1] = common[i][j] + 1
				}
			}
		}
		if want := len(a) + len(b) - 2*common[len(a)][len(b)]; changes != want {
			rt.Fatalf("%d lines changed, %d would do", changes, want)
		}
	})
}

func TestTextsFarApartAreShownOneAfterTheOther(t *testing.T) {
	was, now := strings.Repeat("a\n", 3000), strings.Repeat("b\n", 3000)
	if got := Diff(was, now, 0); len(got) != 6000 || got[0].State != Gone || got[5999].State != Come {
		t.Errorf("%d lines", len(got))
	}
}
