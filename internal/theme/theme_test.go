package theme

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func shipped(t testing.TB) *Catalog {
	t.Helper()
	src, err := os.ReadFile("../../packs/common/themes.yaml")
	if err != nil {
		t.Fatal(err)
	}
	c, err := Parse("themes.yaml", src)
	if err != nil {
		t.Fatal(strings.ReplaceAll(err.Error(), "; ", "\n"))
	}
	return c
}

// every calls f with every way to answer a theme's questions.
func every(t *Theme, f func(Answers)) {
	var walk func(i int, a Answers)
	walk = func(i int, a Answers) {
		if i == len(t.Questions) {
			f(a)
			return
		}
		q := t.Questions[i]
		for _, x := range q.Answers {
			a[q.ID] = x.ID
			walk(i+1, a)
		}
	}
	walk(0, Answers{})
}

func TestTheShippedThemesAskForWhatIsNeededAndNoMore(t *testing.T) {
	c := shipped(t)
	if len(c.Themes) < 6 || !strings.Contains(c.Notice.ZH, "示例") {
		t.Fatalf("%d themes, notice %q", len(c.Themes), c.Notice.ZH)
	}
	for i := range c.Themes {
		x := &c.Themes[i]
		if !strings.Contains(x.Name.ZH, "示例") {
			t.Errorf("%s is not labelled an example", x.ID)
		}
		used, n := map[string]bool{}, 0
		every(x, func(a Answers) {
			n++
			if err := x.Check(a); err != nil {
				t.Errorf("%s: %v: %v", x.ID, a, err)
			}
			before, now := x.Compare(a)
			if len(x.Needed(a)) == 0 || now.Steps > before.Steps || now.Materials > before.Materials || now.Days > before.Days || now.Visits > before.Visits {
				t.Errorf("%s: %v: nothing is saved: %+v → %+v", x.ID, a, before, now)
			}
			for _, w := range x.Wanted(a) {
				used[w.ID] = true
			}
			for _, y := range x.Needed(a) {
				used[y.ID+"!"] = true
			}
		})
		if want := len(x.Items) + len(x.Materials); len(used) != want {
			t.Errorf("%s: over %d ways to answer %d of %d items and materials are used", x.ID, n, len(used), want)
		}
	}
}

func TestARestaurantByItsAnswers(t *testing.T) {
	x, _ := shipped(t).Find("catering")
	a := Answers{"licence": "have", "size": "small", "sign": "no", "cold": "no", "home": "rent"}
	names := func(w []Wanted) (out []string) {
		for _, m := range w {
			out = append(out, m.ID)
		}
		return out
	}
	if got := strings.Join(names(x.Wanted(a)), " "); got != "id existing lease layout health grease" {
		t.Errorf("materials %s", got)
	}
	a["licence"], a["size"], a["sign"] = "none", "large", "yes"
	if got := strings.Join(names(x.Wanted(a)), " "); got != "id new lease layout health alarm plan drawing grease" {
		t.Errorf("materials %s", got)
	}
	days, path := x.Path(a)
	before, now := x.Compare(a)
	if days != 6 || strings.Join(path, " ") != "licence food" || before != (Figures{18, 20, 73, 8}) || now != (Figures{3, 7, 6, 1}) {
		t.Errorf("%d days by %v; %+v → %+v", days, path, before, now)
	}
	if got := strings.Join(x.Fields(a), " "); got != "premises scope size staff" {
		t.Errorf("fields %s", got)
	}
	if err := x.Check(Answers{"licence": "maybe", "other": "x"}); strings.Count(err.Error(), ";") != 5 {
		t.Errorf("wrong answers: %v", err)
	}
	if got := ParseAnswers(a.String()); got.String() != a.String() || len(got) != 5 {
		t.Errorf("%s came back as %s", a, got)
	}
}

// TestMistakesAreTold reads files with one kind of mistake each; the golden file has what is said of them.
func TestMistakesAreTold(t *testing.T) {
	src, err := os.ReadFile("testdata/mistakes.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var got strings.Builder
	for i, one := range strings.Split(string(src), "\n=====\n") {
		_, err := Parse(fmt.Sprintf("%d.yaml", i+1), []byte(one))
		if err == nil {
			t.Errorf("nothing is wrong with number %d", i+1)
			continue
		}
		fmt.Fprintln(&got, strings.ReplaceAll(err.Error(), "; "+fmt.Sprint(i+1)+".yaml", "\n"+fmt.Sprint(i+1)+".yaml"))
	}
	const golden = "testdata/mistakes.txt"
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(golden, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil || string(want) != got.String() {
		t.Errorf("%v; got\n%s", err, got.String())
	}
}

// TestATheme compares what the theme says with an oracle that tries every answer.
func TestATheme(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		x := drawn(r)
		for _, m := range x.Materials {
			possible := false
			every(&x, func(a Answers) {
				needed := false
				for _, y := range x.Items {
					needed = needed || (slices.Contains(m.For, y.ID) && holds(y.When, a))
				}
				want := needed && holds(m.When, a)
				possible = possible || want
				got := slices.ContainsFunc(x.Wanted(a), func(w Wanted) bool { return w.ID == m.ID })
				if got != want {
					r.Fatalf("%v: material %s: %v, want %v", a, m.ID, got, want)
				}
			})
			can := slices.ContainsFunc(x.Items, func(y Item) bool { return slices.Contains(m.For, y.ID) && Together(m.When, y.When) })
			if can != possible {
				r.Fatalf("material %s can be needed: %v, the oracle says %v; %+v", m.ID, can, possible, x)
			}
		}
		every(&x, func(a Answers) { order(r, &x, a) })
	})
}

// order compares the order of the needed items, and the longest way, with what trying every chain says.
func order(r *rapid.T, x *Theme, a Answers) {
	needed := map[string]bool{}
	for _, y := range x.Items {
		needed[y.ID] = holds(y.When, a)
	}
	// reaches: y waits for z by way of items that are not needed
	var reaches func(y Item, z string) bool
	reaches = func(y Item, z string) bool {
		return slices.ContainsFunc(y.After, func(id string) bool {
			between, _ := x.Item(id)
			return (id == z && needed[id]) || (!needed[id] && reaches(between, z))
		})
	}
	for _, y := range x.Needed(a) {
		original, _ := x.Item(y.ID)
		for _, z := range x.Items {
			if got := slices.Contains(y.After, z.ID); got != reaches(original, z.ID) {
				r.Fatalf("%v: %s waits for %s: %v", a, y.ID, z.ID, got)
			}
		}
	}
	list := x.Needed(a)
	longest := 0
	var chain func(y Item, days int)
	chain = func(y Item, days int) {
		days += y.Promised.N
		longest = max(longest, days)
		for _, next := range list {
			if slices.Contains(next.After, y.ID) {
				chain(next, days)
			}
		}
	}
	for _, y := range list {
		chain(y, 0)
	}
	days, path := x.Path(a)
	sum := 0
	for _, id := range path {
		y, _ := x.Item(id)
		sum += y.Promised.N
	}
	if days != longest || sum != days {
		r.Fatalf("%v: %d days by %v, want %d", a, days, path, longest)
	}
}

// holds is the oracle's reading of a condition.
func holds(c Condition, a Answers) bool {
	any := len(c) == 0
	for _, x := range c {
		all := true
		for q, of := range x {
			all = all && slices.Contains(of, a[q])
		}
		any = any || all
	}
	return any
}

// drawn is a theme made up at random: up to three questions, five items whose order has no ring, five materials.
func drawn(r *rapid.T) Theme {
	var x Theme
	for i := range rapid.IntRange(0, 3).Draw(r, "questions") {
		q := Question{ID: fmt.Sprint("q", i)}
		for j := range rapid.IntRange(2, 3).Draw(r, "answers") {
			q.Answers = append(q.Answers, Answer{ID: fmt.Sprint("a", j)})
		}
		x.Questions = append(x.Questions, q)
	}
	condition := func() (out Condition) {
		for range rapid.IntRange(0, 2).Draw(r, "cases") {
			c := Case{}
			for _, q := range x.Questions {
				if of := rapid.SliceOfNDistinct(rapid.IntRange(0, len(q.Answers)-1), 0, len(q.Answers), rapid.ID).Draw(r, "of"); len(of) > 0 {
					for _, j := range of {
						c[q.ID] = append(c[q.ID], q.Answers[j].ID)
					}
				}
			}
			out = append(out, c)
		}
		return out
	}
	n := rapid.IntRange(1, 5).Draw(r, "items")
	for i := range n {
		y := Item{ID: fmt.Sprint("i", i), When: condition()}
		y.Promised.N = rapid.IntRange(1, 5).Draw(r, "days")
		for j := range i {
			if rapid.Bool().Draw(r, "after") {
				y.After = append(y.After, fmt.Sprint("i", j))
			}
		}
		x.Items = append(x.Items, y)
	}
	for i := range rapid.IntRange(0, 5).Draw(r, "materials") {
		m := Material{ID: fmt.Sprint("m", i), When: condition()}
		for _, j := range rapid.SliceOfNDistinct(rapid.IntRange(0, n-1), 1, n, rapid.ID).Draw(r, "for") {
			m.For = append(m.For, fmt.Sprint("i", j))
		}
		x.Materials = append(x.Materials, m)
	}
	return x
}
