package policy_test

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"gezhi/internal/policy"
	"gezhi/internal/rules"
	"gezhi/packs"
)

func shipped(t testing.TB) *rules.Book {
	src, err := fs.ReadFile(packs.FS, "common/policies.yaml")
	if err != nil {
		t.Fatal(err)
	}
	b, err := rules.Parse("policies.yaml", src)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// anyValue is a value that a field can have, or none.
func anyValue(r *rand.Rand, f rules.Field) rules.Value {
	if r.IntN(4) == 0 {
		return rules.Value{}
	}
	switch f.Kind {
	case rules.Code:
		return rules.Coded(fmt.Sprintf("%c%d", 'A'+r.IntN(20), r.IntN(300)))
	case rules.Day:
		return rules.Known(int64(r.IntN(40000)) - 5000)
	case rules.Flag:
		return rules.Known(int64(r.IntN(2)))
	case rules.Choice:
		return rules.Known(int64(r.IntN(len(f.Choices))))
	case rules.Set:
		return rules.Known(int64(r.IntN(1 << len(f.Choices))))
	}
	return rules.Known(r.Int64N(1<<uint(1+r.IntN(62))) - 1000)
}

func TestAValueIsReadAsItWasWritten(t *testing.T) {
	b, r := shipped(t), rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		f := b.Fields[r.IntN(len(b.Fields))]
		v := anyValue(r, f)
		text := policy.Text(f, v)
		if got, ok := policy.Value(f, text); !ok || got != v {
			t.Fatalf("%s: %v is written %q and read %v, %v", f.ID, v, text, got, ok)
		}
	}
}

func TestWhatAFieldNoLongerKnowsIsUnknown(t *testing.T) {
	b := shipped(t)
	for field, text := range map[string]string{"size": "giant", "marks": "abnormal late", "founded": "2019-02-30", "staff": "many"} {
		f := b.Fields[b.Field(field)]
		if v, ok := policy.Value(f, text); ok || v.Known {
			t.Errorf("%s %q: %v, %v", field, text, v, ok)
		}
		p, strange := policy.Profile(b, "x", map[string]policy.Fact{field: {Text: text}})
		if !reflect.DeepEqual(strange, []int{b.Field(field)}) || p.Values[b.Field(field)].Known {
			t.Errorf("%s %q: strange %v, %v", field, text, strange, p.Values[b.Field(field)])
		}
	}
}

// slowFact looks for the statement that counts for one field, without keeping anything in between.
func slowFact(list []policy.Statement, field string) (best policy.Statement, ok bool) {
next:
	for _, s := range list {
		if _, says := s.Values[field]; !says {
			continue
		}
		for _, x := range list {
			if x.Withdraws == s.N {
				continue next
			}
		}
		if !ok || s.AsOf > best.AsOf || s.AsOf == best.AsOf && s.N > best.N {
			best, ok = s, true
		}
	}
	return best, ok && best.Values[field] != ""
}

func TestTheLatestStatementThatStandsCounts(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	fields := []string{"a", "b", "c"}
	for range 5000 {
		var list []policy.Statement
		for n := range 1 + r.IntN(8) {
			s := policy.Statement{N: n + 1, AsOf: int64(r.IntN(4)), Source: fmt.Sprint("source ", n), Values: policy.Values{}}
			if n > 0 && r.IntN(5) == 0 {
				s.Withdraws = 1 + r.IntN(n)
			} else {
				for _, f := range fields {
					if r.IntN(2) == 0 {
						s.Values[f] = []string{"", "1", "2", "3"}[r.IntN(4)]
					}
				}
			}
			list = append(list, s)
		}
		shuffled := append([]policy.Statement{}, list...)
		r.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		got := policy.Fold(shuffled)
		for _, f := range fields {
			want, ok := slowFact(list, f)
			fact, has := got[f]
			if has != ok || ok && (fact != policy.Fact{Text: want.Values[f], Source: want.Source, AsOf: want.AsOf, N: want.N}) {
				t.Fatalf("%s of %+v: %+v, want %+v, %v", f, list, fact, want, ok)
			}
		}
	}
}

// pages puts random profiles into pages, and keeps what they hold.
func pages(r *rand.Rand, b *rules.Book, n int) (bodies [][]byte, profiles []rules.Profile) {
	var p policy.Page
	for row := range n {
		facts := map[string]policy.Fact{}
		profile := rules.Profile{ID: fmt.Sprintf("9%017d", row), Values: make([]rules.Value, len(b.Fields))}
		for i, f := range b.Fields {
			profile.Values[i] = anyValue(r, f)
			if text := policy.Text(f, profile.Values[i]); text != "" {
				facts[f.ID] = policy.Fact{Text: text}
			}
		}
		p.Set(row%policy.PageRows, profile.ID, facts)
		profiles = append(profiles, profile)
		if row%policy.PageRows == policy.PageRows-1 || row == n-1 {
			bodies, p = append(bodies, p.Bytes()), policy.Page{}
		}
	}
	return bodies, profiles
}

func TestPagesHoldEveryProfile(t *testing.T) {
	b, r := shipped(t), rand.New(rand.NewPCG(5, 6))
	for _, n := range []int{0, 1, 7, 255, 256, 257, 1500} {
		bodies, profiles := pages(r, b, n)
		for _, body := range bodies {
			p, err := policy.ReadPage(body)
			if err != nil || string(p.Bytes()) != string(body) {
				t.Fatalf("a page read and written again differs, %v", err)
			}
		}
		table, err := load(b, n, bodies...)
		if err != nil {
			t.Fatal(err)
		}
		for row, want := range profiles {
			if got := table.Profile(row); !reflect.DeepEqual(got, want) {
				t.Fatalf("%d of %d: %v, want %v", row, n, got, want)
			}
		}
	}
}

func TestSettingARowLeavesTheOthers(t *testing.T) {
	b, r := shipped(t), rand.New(rand.NewPCG(7, 8))
	bodies, profiles := pages(r, b, 200)
	p, err := policy.ReadPage(bodies[0])
	if err != nil {
		t.Fatal(err)
	}
	p.Set(17, profiles[17].ID, map[string]policy.Fact{"staff": {Text: "12"}, "another": {Text: "new"}})
	if p, err = policy.ReadPage(p.Bytes()); err != nil {
		t.Fatal(err)
	}
	for row, profile := range profiles {
		for i, f := range b.Fields {
			want := policy.Text(f, profile.Values[i])
			if row == 17 {
				want = map[string]string{"staff": "12"}[f.ID]
			}
			if column := p.Columns[f.ID]; column != nil && column[row] != want || column == nil && want != "" {
				t.Fatalf("row %d, %s: want %q", row, f.ID, want)
			}
		}
	}
	if p.Columns["another"][17] != "new" || strings.Join(p.Columns["another"], "") != "new" {
		t.Errorf("another: %v", p.Columns["another"])
	}
}

func TestTooManyOrTooFewPagesAreRefused(t *testing.T) {
	b, r := shipped(t), rand.New(rand.NewPCG(9, 10))
	bodies, _ := pages(r, b, 300)
	if _, err := load(b, 200, bodies[0]); err == nil {
		t.Error("a page of 256 was put into a table of 200")
	}
	if _, err := load(b, 300, bodies[0]); err == nil {
		t.Error("a table is whole without its second page")
	}
	if _, err := load(b, 300, bodies[0], bodies[1], bodies[1]); err == nil {
		t.Error("a page is put into the table twice")
	}
	if _, err := load(b, 300, bodies...); err != nil {
		t.Error(err)
	}
}

// load makes a table of pages.
func load(b *rules.Book, n int, bodies ...[]byte) (*rules.Table, error) {
	return policy.Load(b, n, func(page func([]byte) error) error {
		for _, body := range bodies {
			if err := page(body); err != nil {
				return err
			}
		}
		return nil
	})
}

func FuzzReadPage(f *testing.F) {
	r := rand.New(rand.NewPCG(11, 12))
	b := shipped(f)
	bodies, _ := pages(r, b, 9)
	f.Add(bodies[0])
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, body []byte) {
		p, err := policy.ReadPage(body)
		_, loaded := load(b, len(p.Codes), body)
		if err != nil {
			return
		}
		if again, err := policy.ReadPage(p.Bytes()); err != nil || string(again.Bytes()) != string(p.Bytes()) {
			t.Errorf("a page that was read cannot be read again: %v", err)
		}
		if loaded != nil && len(p.Codes) <= policy.PageRows {
			t.Errorf("a page can be read and not loaded: %v", loaded)
		}
	})
}

// BenchmarkLoad puts pages of a quarter million enterprises into a table.
func BenchmarkLoad(b *testing.B) {
	book := shipped(b)
	bodies, _ := pages(rand.New(rand.NewPCG(1, 1)), book, 1<<18)
	size := 0
	for _, p := range bodies {
		size += len(p)
	}
	b.SetBytes(int64(size))
	for b.Loop() {
		if _, err := load(book, 1<<18, bodies...); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*(1<<18)/b.Elapsed().Seconds(), "enterprises/s")
}
