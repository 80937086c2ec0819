package activity

import (
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"gezhi/internal/fault"
	"gezhi/internal/lang"
)

var noon = time.Date(2026, 3, 7, 12, 0, 0, 0, time.UTC)

// patrol is an activity two hours from noon that lasts two hours and a bit.
func patrol(change func(*Activity)) Activity {
	a := Activity{ID: 7, Kind: "patrol", Title: "晚间巡防", Text: "沿河走一圈，看看有没有隐患", Place: "社区门口", Contact: "社区服务站",
		From: noon.Add(2 * time.Hour), To: noon.Add(4*time.Hour + 20*time.Minute), Capacity: 2, Hours: true, Rule: "patrol-hour", State: Open}
	if change != nil {
		change(&a)
	}
	return a
}

func TestOnlyTheTableDecidesWhatIsPossible(t *testing.T) {
	want := strings.TrimSpace(`
draft:     publish→open cancel→cancelled
open:      start→running cancel→cancelled
running:   finish→done cancel→cancelled
done:      close→closed cancel→cancelled
closed:
cancelled:`)
	var lines []string
	for _, s := range States() {
		line := fmt.Sprintf("%-10s", string(s)+":")
		for _, act := range Acts() {
			if to, ok := Next(s, act); ok {
				line += fmt.Sprintf(" %s→%s", act, to)
			}
		}
		lines = append(lines, strings.TrimSpace(line))
	}
	if got := strings.Join(lines, "\n"); got != want {
		t.Errorf("the table is\n%s\nwant\n%s", got, want)
	}
	for _, s := range States() {
		for _, act := range Acts() {
			a := patrol(func(a *Activity) { a.State = s })
			now := noon
			switch s {
			case Running:
				now = a.From
			case Done:
				now = a.To
			}
			to, legal := Next(s, act)
			got, _, err := a.Do(act, 1, "下大雨", nil, now)
			if legal && act != Start && act != Finish {
				if err != nil || got.State != to {
					t.Errorf("%s from %s: %v, state %s", act, s, err, got.State)
				}
			} else if fault.KindOf(err) != fault.Conflict || got.State != s {
				t.Errorf("%s from %s: %v, state %s", act, s, err, got.State)
			}
		}
	}
}

func TestTheClockBeginsAndEndsAnActivity(t *testing.T) {
	for name, c := range map[string]struct {
		was  State
		now  time.Time
		want State
	}{
		"before":                   {Open, noon, Open},
		"on the minute":            {Open, noon.Add(2 * time.Hour), Running},
		"after the end":            {Open, noon.Add(9 * time.Hour), Done},
		"a draft stays one":        {Draft, noon.Add(9 * time.Hour), Draft},
		"what was cancelled too":   {Cancelled, noon.Add(9 * time.Hour), Cancelled},
		"closed is the end":        {Closed, noon.Add(9 * time.Hour), Closed},
		"running ends at its time": {Running, noon.Add(4*time.Hour + 20*time.Minute), Done},
	} {
		t.Run(name, func(t *testing.T) {
			if got := patrol(func(a *Activity) { a.State = c.was }).At(c.now).State; got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}

func TestWhatIsTypedIsChecked(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Activity)
		field  string
	}{
		"no title":             {func(a *Activity) { a.Title = " " }, "title"},
		"a long title":         {func(a *Activity) { a.Title = strings.Repeat("长", 61) }, "title"},
		"nothing to do":        {func(a *Activity) { a.Text = "" }, "text"},
		"nowhere to meet":      {func(a *Activity) { a.Place = "" }, "place"},
		"nobody to ask":        {func(a *Activity) { a.Contact = "" }, "contact"},
		"in the past":          {func(a *Activity) { a.From = noon.Add(-time.Hour) }, "from"},
		"in two years":         {func(a *Activity) { a.From = noon.AddDate(2, 0, 0); a.To = a.From.Add(time.Hour) }, "from"},
		"without a beginning":  {func(a *Activity) { a.From = time.Time{} }, "from"},
		"without an end":       {func(a *Activity) { a.To = time.Time{} }, "to"},
		"ends before it began": {func(a *Activity) { a.To = a.From.Add(-time.Hour) }, "to"},
		"ten minutes":          {func(a *Activity) { a.To = a.From.Add(10 * time.Minute) }, "to"},
		"a day":                {func(a *Activity) { a.To = a.From.Add(24 * time.Hour) }, "to"},
		"minus one place":      {func(a *Activity) { a.Capacity = -1 }, "capacity"},
		"too many places":      {func(a *Activity) { a.Capacity = 5001 }, "capacity"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := patrol(c.change).Announced(noon)
			if list := fault.Fields(err); len(list) != 1 || list[0].Field != c.field || strings.Contains(list[0].ZH+list[0].EN, "%!") {
				t.Errorf("%v, want one about %s", err, c.field)
			}
		})
	}
	if _, err := patrol(nil).Announced(noon); err != nil {
		t.Error(err)
	}
}

// TestPlacesAreNeverGivenTwice plays random histories against a plain list that shares no code.
func TestPlacesAreNeverGivenTwice(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 7))
		a := patrol(func(a *Activity) { a.Capacity = r.IntN(5) })
		people := map[Person]SignUp{}
		var in, queue []Person // the oracle
		drop := func(list []Person, p Person) []Person {
			var out []Person
			for _, x := range list {
				if x != p {
					out = append(out, x)
				}
			}
			return out
		}
		has := func(list []Person, p Person) bool { return len(drop(list, p)) != len(list) }
		free := func() bool { return a.Capacity == 0 || len(in) < a.Capacity }
		for step := range 60 {
			p := Person(1 + r.IntN(9))
			was := people[p]
			was.Person = p
			var err error
			var s SignUp
			switch r.IntN(5) {
			case 0, 1, 2:
				a, s, _, err = a.Join(was, noon.Add(time.Duration(step)*time.Second))
				if !has(in, p) && !has(queue, p) {
					if free() && len(queue) == 0 {
						in = append(in, p)
					} else {
						queue = append(queue, p)
					}
				}
			case 3:
				a, s, _, err = a.Leave(was, noon)
				in, queue = drop(in, p), drop(queue, p)
			default:
				if a.Capacity > 0 {
					a.Capacity++
				}
				s = was
			}
			if err != nil {
				t.Fatal(err)
			}
			if s.State != "" {
				people[p] = s
			}
			var list, moved []SignUp
			for _, x := range people {
				list = append(list, x)
			}
			a, moved, _ = a.MoveUp(list, noon)
			for _, x := range moved {
				people[x.Person] = x
			}
			for free() && len(queue) > 0 {
				in, queue = append(in, queue[0]), queue[1:]
			}
			for q := Person(1); q <= 9; q++ {
				want := Standing("")
				if has(in, q) {
					want = In
				} else if has(queue, q) {
					want = Waiting
				}
				if got := people[q].State; got != want && !(want == "" && got == Withdrawn) {
					t.Fatalf("seed %d step %d: person %d is %q, want %q", seed, step, q, got, want)
				}
			}
			if a.Seats != len(in) || a.Waiting != len(queue) || (a.Capacity > 0 && a.Seats > a.Capacity) {
				t.Fatalf("seed %d step %d: %d seats and %d waiting, want %d and %d of %d", seed, step, a.Seats, a.Waiting, len(in), len(queue), a.Capacity)
			}
		}
	}
}

func TestNobodyPassesThoseWhoWait(t *testing.T) {
	a := patrol(func(a *Activity) { a.Seats, a.Waiting, a.Turns = 1, 1, 2 })
	if _, s, _, err := a.Join(SignUp{Person: 5}, noon); err != nil || s.State != Waiting || s.Turn != 3 {
		t.Errorf("with a free place that somebody waits for: %+v, %v", s, err)
	}
}

func TestWithdrawingIsPossibleUntilTheStart(t *testing.T) {
	a, s, _, err := patrol(nil).Join(SignUp{Person: 5}, noon)
	if err != nil {
		t.Fatal(err)
	}
	if b, w, _, err := a.Leave(s, a.From.Add(-time.Second)); err != nil || w.State != Withdrawn || b.Seats != 0 {
		t.Errorf("a second before the start: %v, %s", err, w.State)
	}
	if _, w, _, err := a.Leave(s, a.From); fault.KindOf(err) != fault.Conflict || w.State != In {
		t.Errorf("at the start: %v, %s", err, w.State)
	}
	if _, _, _, err := a.Join(SignUp{Person: 6}, a.From); fault.KindOf(err) != fault.Conflict {
		t.Errorf("signing up at the start: %v", err)
	}
}

func TestACheckAtThePlace(t *testing.T) {
	a, s, _, _ := patrol(nil).Join(SignUp{Person: 5}, noon)
	for name, c := range map[string]struct {
		now  time.Time
		by   Person
		want fault.Kind // Internal: it is possible
	}{
		"too early":                  {a.From.Add(-61 * time.Minute), 5, fault.Conflict},
		"an hour before":             {a.From.Add(-time.Hour), 5, 0},
		"while it lasts":             {a.From.Add(time.Hour), 5, 0},
		"an hour after the end":      {a.To.Add(time.Hour), 5, 0},
		"later":                      {a.To.Add(time.Hour + time.Second), 5, fault.Conflict},
		"the organiser, a day later": {a.To.Add(24 * time.Hour), 9, 0},
		"the organiser, too early":   {noon, 9, fault.Conflict},
	} {
		t.Run(name, func(t *testing.T) {
			b, got, _, err := a.Check(s, c.by, c.now)
			if err != nil {
				if c.want == 0 || fault.KindOf(err) != c.want {
					t.Error(err)
				}
				return
			}
			if c.want != 0 || !got.Checked.Equal(c.now) || got.CheckedBy != c.by || b.Seats != 1 {
				t.Errorf("%+v", got)
			}
			again, same, events, err := b.Check(got, 9, c.now.Add(time.Minute))
			if err != nil || same != got || events != nil || again.Revision != b.Revision {
				t.Errorf("a second check: %+v, %v", same, err)
			}
		})
	}
	// Whoever comes by is in as long as there are places.
	a, walk, events, err := a.Check(SignUp{Person: 8}, 8, a.From)
	if err != nil || walk.State != In || a.Seats != 2 || len(events) != 2 {
		t.Fatalf("somebody who came by: %+v, %v", walk, err)
	}
	if _, _, _, err := a.Check(SignUp{Person: 9}, 9, a.From); fault.KindOf(err) != fault.Conflict {
		t.Errorf("a third for two places: %v", err)
	}
	// A tick can be taken back by whoever made it; a person's own by that person alone.
	if _, _, _, err := a.Uncheck(walk, 1, a.From); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("the organiser takes back a person's own check: %v", err)
	}
	if _, got, _, err := a.Uncheck(walk, 8, a.From); err != nil || !got.Checked.IsZero() {
		t.Errorf("the person takes it back: %v", err)
	}
}

func TestTheCodeHoldsForTwoMinutes(t *testing.T) {
	mac := func(key string) Mac {
		return func(text string) []byte {
			h := hmac.New(sha256.New, []byte(key))
			h.Write([]byte(text))
			return h.Sum(nil)
		}
	}
	a, other := patrol(nil), patrol(func(a *Activity) { a.ID = 8 })
	now := noon.Add(30 * time.Second)
	code := a.Code(mac("k"), now)
	if len(code) != 8 {
		t.Fatalf("code %q", code)
	}
	for name, c := range map[string]struct {
		shown bool
		want  bool
	}{
		"now":                 {a.Shows(mac("k"), code, now), true},
		"typed off":           {a.Shows(mac("k"), strings.ToLower(code[:4])+" "+code[4:], now), true},
		"two minutes later":   {a.Shows(mac("k"), code, now.Add(2*time.Minute)), true},
		"by a clock behind":   {a.Shows(mac("k"), code, now.Add(-2*time.Minute)), true},
		"three minutes later": {a.Shows(mac("k"), code, now.Add(3*time.Minute)), false},
		"three minutes early": {a.Shows(mac("k"), code, now.Add(-3*time.Minute)), false},
		"another activity's":  {other.Shows(mac("k"), code, now), false},
		"another key's":       {a.Shows(mac("l"), code, now), false},
		"nothing":             {a.Shows(mac("k"), "", now), false},
		"a next one differs":  {a.Code(mac("k"), now.Add(time.Minute)) == code, false},
	} {
		if c.shown != c.want {
			t.Errorf("%s: %t", name, c.shown)
		}
	}
}

func TestHoursAreQuartersWithinTheActivity(t *testing.T) {
	a, s, _, _ := patrol(nil).Join(SignUp{Person: 5}, noon)
	over := a.To.Add(time.Minute)
	for name, c := range map[string]struct {
		o    Outcome
		want fault.Kind
	}{
		"one hour and a quarter":   {Outcome{true, 75}, 0},
		"all whole quarters":       {Outcome{true, 135}, 0},
		"more than it lasted":      {Outcome{true, 150}, fault.Invalid},
		"twenty minutes":           {Outcome{true, 20}, fault.Invalid},
		"less than nothing":        {Outcome{true, -15}, fault.Invalid},
		"there without hours":      {Outcome{true, 0}, fault.Invalid},
		"absent with hours":        {Outcome{false, 60}, fault.Invalid},
		"absent":                   {Outcome{false, 0}, 0},
		"an overflow of an hour's": {Outcome{true, 1 << 62}, fault.Invalid},
	} {
		t.Run(name, func(t *testing.T) {
			_, got, _, err := a.Record(s, c.o, 9, over)
			if (err == nil) != (c.want == 0) || (err != nil && fault.KindOf(err) != c.want) {
				t.Fatalf("%v", err)
			}
			if err == nil && (got.Came != c.o.Came || got.Minutes != c.o.Minutes || !got.Recorded.Equal(over)) {
				t.Errorf("%+v", got)
			}
		})
	}
	if _, _, _, err := a.Record(s, Outcome{true, 60}, 9, a.From); fault.KindOf(err) != fault.Conflict {
		t.Errorf("while it lasts: %v", err)
	}
	if _, _, _, err := patrol(func(a *Activity) { a.Hours = false }).Record(s, Outcome{true, 60}, 9, over); fault.KindOf(err) != fault.Invalid {
		t.Errorf("hours where none count: %v", err)
	}
}

func TestAnObjectionKeepsAnActivityOpen(t *testing.T) {
	a, s, _, _ := patrol(nil).Join(SignUp{Person: 5}, noon)
	over := a.To.Add(time.Minute)
	refused := func(what string, list ...SignUp) {
		t.Helper()
		if _, _, err := a.Do(Close, 9, "", list, over); fault.KindOf(err) != fault.Conflict {
			t.Errorf("closing %s: %v", what, err)
		}
	}
	refused("without entries", s)
	if _, _, _, err := a.Object(s, "我来了两小时", over); fault.KindOf(err) != fault.Conflict {
		t.Errorf("objecting to nothing: %v", err)
	}
	a, s, _, err := a.Record(s, Outcome{true, 60}, 9, over)
	if err != nil {
		t.Fatal(err)
	}
	refused("before anybody could look", s)
	if _, _, err := a.Do(Close, 9, "", []SignUp{s}, over.Add(24*time.Hour)); err != nil {
		t.Errorf("closing a day later: %v", err)
	}
	a, s, _, err = a.Object(s, "我来了两小时", over)
	if err != nil || !s.Objects() {
		t.Fatal(err)
	}
	refused("over an objection", s)
	if _, _, err := a.Do(Close, 9, "", []SignUp{s}, over.Add(48*time.Hour)); fault.KindOf(err) != fault.Conflict {
		t.Errorf("closing over an old objection: %v", err)
	}
	if _, _, _, err := a.Record(s, Outcome{true, 120}, 9, over); fault.KindOf(err) != fault.Conflict {
		t.Errorf("entering past the objection: %v", err)
	}
	a, s, _, err = a.Settle(s, Outcome{true, 120}, "查了照片，确是两小时", 9, over)
	if err != nil || s.Minutes != 120 || s.Objects() {
		t.Fatalf("%+v, %v", s, err)
	}
	if _, _, _, err := a.Object(s, "还是不对", over); fault.KindOf(err) != fault.Conflict {
		t.Errorf("a second objection to an answer: %v", err)
	}
	a, _, err = a.Do(Close, 9, "", []SignUp{s}, over)
	if err != nil {
		t.Fatalf("closing what was answered: %v", err)
	}
	if got := Awarded(a, []SignUp{s, {Person: 6, State: In}, {Person: 7, State: Withdrawn}}); len(got) != 1 || got[0].Person != 5 {
		t.Errorf("awarded %+v", got)
	}
	if _, _, _, err := a.Object(s, "还是不对", over); fault.KindOf(err) != fault.Conflict {
		t.Errorf("after closing: %v", err)
	}
}

func TestBothSidesMaySayAWord(t *testing.T) {
	a, s, _, _ := patrol(nil).Join(SignUp{Person: 5}, noon)
	over := a.To.Add(time.Minute)
	if _, _, _, err := a.Rate(s, 5, "", over); fault.KindOf(err) != fault.Conflict {
		t.Errorf("rating without having been there: %v", err)
	}
	a, s, _, _ = a.Check(s, 5, a.From)
	if _, _, _, err := a.Rate(s, 6, "", over); fault.KindOf(err) != fault.Invalid {
		t.Errorf("six stars: %v", err)
	}
	a, s, _, err := a.Rate(s, 5, " 很有收获 ", over)
	if err != nil || s.Stars != 5 || s.Words != "很有收获" {
		t.Errorf("%+v %v", s, err)
	}
	if _, s, _, err = a.Thank(s, "辛苦了", 9, over); err != nil || s.Thanks != "辛苦了" {
		t.Errorf("%+v %v", s, err)
	}
}

func TestEditingKeepsThosePeopleWhoAreIn(t *testing.T) {
	a, _, _, _ := patrol(nil).Join(SignUp{Person: 5}, noon)
	a, _, _, _ = a.Join(SignUp{Person: 6}, noon)
	fewer := a
	fewer.Capacity = 1
	if _, _, _, err := a.Edit(fewer, 9, noon); fault.KindOf(err) != fault.Invalid {
		t.Errorf("fewer places than people: %v", err)
	}
	moved := a
	moved.Place, moved.Seats = "文化广场", 99
	got, _, changed, err := a.Edit(moved, 9, noon)
	if err != nil || !changed || got.Seats != 2 || got.Place != "文化广场" {
		t.Errorf("%+v, changed %t, %v", got, changed, err)
	}
	if _, _, _, err := a.Edit(moved, 9, a.From); fault.KindOf(err) != fault.Conflict {
		t.Errorf("after the start: %v", err)
	}
}

func TestEverySentenceIsWhole(t *testing.T) {
	a, s, _, _ := patrol(nil).Join(SignUp{Person: 5}, noon)
	closed := patrol(func(a *Activity) { a.State = Closed })
	for _, err := range []error{
		second(a.Edit(a, 9, a.From)), third(closed.Join(SignUp{}, noon)), third(closed.Check(s, 5, noon)), third(a.Record(s, Outcome{}, 9, noon)),
		third(a.Settle(s, Outcome{}, "", 9, noon)), third(a.Thank(s, "x", 9, noon)),
	} {
		for _, l := range []lang.Lang{lang.ZH, lang.EN} {
			if text := fault.Sentence(err, l); err == nil || strings.Contains(text, "%!") {
				t.Errorf("%q", text)
			}
		}
	}
}

func second(_ Activity, _ Event, _ bool, err error) error    { return err }
func third(_ Activity, _ SignUp, _ []Event, err error) error { return err }

func TestParseKinds(t *testing.T) {
	const good = "notice: {zh: 示例, en: Examples}\nkinds:\n  - {id: a, name: {zh: 甲, en: A}, rule: r, hours: true, source: S45, example: true}\n"
	k, err := ParseKinds("activities.yaml", []byte(good))
	if err != nil || len(k.List) != 1 || !k.List[0].Hours {
		t.Fatalf("%+v, %v", k, err)
	}
	for name, c := range map[string]struct{ src, want string }{
		"an unknown key": {strings.Replace(good, "hours", "hour", 1), "field hour not found"},
		"one language":   {strings.Replace(good, ", en: A", "", 1), "both languages"},
		"no kinds":       {"kinds: []\n", "no kinds"},
		"twice":          {good + strings.TrimPrefix(good, "notice: {zh: 示例, en: Examples}\nkinds:\n"), "used twice"},
	} {
		if _, err := ParseKinds("activities.yaml", []byte(c.src)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
