package policy

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"gezhi/internal/rules"
)

// Statement is what a source says of an enterprise as of a day. Statements are only ever added.
type Statement struct {
	N      int    // 1, 2, 3 … within the enterprise
	Source string // who says so, in words
	AsOf   int64  // Day of rules the values are of
	Values Values
	// Withdraws is the statement that this one takes back whole; 0 for none. It then has no values.
	Withdraws int
	Import    int64 // the file it came in; 0 for none
	At        time.Time
	By        int64 // person; 0 for another system
}

// Values are values by field, as Text writes them. "" withdraws what was said before.
type Values map[string]string

// Fact is a value that counts, with where it comes from.
type Fact struct {
	Text   string
	Source string
	AsOf   int64
	N      int // of the statement
}

// Fold says which values count: for each field that of the latest day, and of one day that said last. A value that was withdrawn
// is unknown; a statement that was taken back counts as never made.
func Fold(list []Statement) map[string]Fact {
	out, back := map[string]Fact{}, map[int]bool{}
	for _, s := range list {
		back[s.Withdraws] = true
	}
	list = slices.DeleteFunc(slices.Clone(list), func(s Statement) bool { return back[s.N] })
	for _, s := range slices.SortedFunc(slices.Values(list), func(a, b Statement) int { return a.N - b.N }) {
		for field, text := range s.Values {
			if was, ok := out[field]; ok && was.AsOf > s.AsOf {
				continue
			}
			out[field] = Fact{text, s.Source, s.AsOf, s.N}
		}
	}
	maps.DeleteFunc(out, func(_ string, f Fact) bool { return f.Text == "" })
	return out
}

// Text is a value as statements hold it: numbers of people, months and 分 and rates in ten-thousandths as whole numbers, days
// as 2019-04-01, yes and no as 1 and 0, choices by their ids, sets by theirs parted by spaces, “none” when there are none.
// An unknown value is "".
func Text(f rules.Field, v rules.Value) string {
	switch {
	case !v.Known:
		return ""
	case f.Kind == rules.Code:
		return v.Code
	case f.Kind == rules.Day:
		return rules.FormatDay(v.N)
	case f.Kind == rules.Choice:
		return f.Choices[v.N].ID
	case f.Kind == rules.Set:
		var ids []string
		for i, c := range f.Choices {
			if v.N>>i&1 == 1 {
				ids = append(ids, c.ID)
			}
		}
		if ids == nil {
			return "none"
		}
		return strings.Join(ids, " ")
	}
	return strconv.FormatInt(v.N, 10)
}

// Value reads what Text wrote. It is unknown, and false, where the field no longer means such a value: a choice that was taken out.
func Value(f rules.Field, text string) (rules.Value, bool) {
	if text == "" {
		return rules.Value{}, true
	}
	switch f.Kind {
	case rules.Code:
		return rules.Coded(text), true
	case rules.Day:
		n, err := rules.ParseDay(text)
		return known(n, err == nil)
	case rules.Choice:
		i := choice(f, text)
		return known(int64(i), i >= 0)
	case rules.Set:
		return set(f, text)
	}
	n, err := strconv.ParseInt(text, 10, 64)
	return known(n, err == nil)
}

func known(n int64, ok bool) (rules.Value, bool) {
	if !ok {
		return rules.Value{}, false
	}
	return rules.Known(n), true
}

func choice(f rules.Field, id string) int {
	return slices.IndexFunc(f.Choices, func(t rules.Term) bool { return t.ID == id })
}

func set(f rules.Field, text string) (rules.Value, bool) {
	var bits int64
	if text != "none" {
		for id := range strings.FieldsSeq(text) {
			i := choice(f, id)
			if i < 0 {
				return rules.Value{}, false
			}
			bits |= 1 << i
		}
	}
	return rules.Known(bits), true
}

// Profile is what facts come to in the fields of a book. strange are fields whose value the book does not know, in its order.
func Profile(b *rules.Book, code string, facts map[string]Fact) (p rules.Profile, strange []int) {
	p = rules.Profile{ID: code, Values: make([]rules.Value, len(b.Fields))}
	for i, f := range b.Fields {
		v, ok := Value(f, facts[f.ID].Text)
		if p.Values[i] = v; !ok {
			strange = append(strange, i)
		}
	}
	return p, strange
}
