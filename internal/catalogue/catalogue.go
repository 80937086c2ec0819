package catalogue

import (
	"cmp"
	"math/big"
	"slices"
	"strings"
)

// Catalogue is the list in force: one edition of it. It is not changed once made, and safe for many goroutines.
type Catalogue struct {
	Edition int    // 0 when no list has been brought yet
	Items   []Item // by code
	Past    []Item // of earlier editions, by code: dropped since
}

// New is a catalogue of items in any order.
func New(edition int, items []Item) *Catalogue {
	items = slices.Clone(items)
	slices.SortFunc(items, func(a, b Item) int { return cmp.Compare(a.Code, b.Code) })
	return &Catalogue{Edition: edition, Items: items}
}

func toCode(x Item, code string) int { return cmp.Compare(x.Code, code) }

// Find finds an item by its code.
func (c *Catalogue) Find(code string) (Item, bool) {
	i, ok := slices.BinarySearchFunc(c.Items, code, toCode)
	if !ok {
		return Item{}, false
	}
	return c.Items[i], true
}

// Name is what an item is called, also one that has been dropped; the code itself when no edition had it.
func (c *Catalogue) Name(code string) string {
	if x, ok := c.Find(code); ok {
		return x.Name
	}
	if i := slices.IndexFunc(c.Past, func(x Item) bool { return x.Code == code }); i >= 0 {
		return c.Past[i].Name
	}
	return code
}

// Filter selects items; what is left empty selects all.
type Filter struct {
	Text       string // words, each of which occurs in code, name, document or scope
	Mode       Mode
	Department string
	Industry   string // an industry the item is for: a section, or a code
}

// Matches reports whether an item is among those selected.
func (f Filter) Matches(i Item) bool {
	if (f.Mode != "" && i.Mode != f.Mode) || (f.Department != "" && i.Department != f.Department) {
		return false
	}
	if f.Industry != "" && len(i.Industries) > 0 && !slices.ContainsFunc(i.Industries, func(p string) bool { return touches(p, f.Industry) }) {
		return false
	}
	text := strings.ToLower(strings.Join([]string{i.Code, i.Name, i.Licence, i.Scope}, "\n"))
	for _, w := range strings.Fields(strings.ToLower(f.Text)) {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}

// Of are the items selected.
func (c *Catalogue) Of(f Filter) []Item {
	var out []Item
	for _, x := range c.Items {
		if f.Matches(x) {
			out = append(out, x)
		}
	}
	return out
}

// Page is a part of the items selected.
type Page struct {
	Items  []Item
	Before int    // how many come before them
	Total  int    // how many are selected
	Back   string // the code after which the page before begins; "" for the first page
	Next   string // the code after which the next page begins; "" when there is none
}

// Page is the items selected whose codes come after a code, limit of them at most.
func (c *Catalogue) Page(f Filter, after string, limit int) Page {
	all := c.Of(f)
	i, found := slices.BinarySearchFunc(all, after, toCode)
	if found {
		i++
	}
	p := Page{Items: all[i:min(i+limit, len(all))], Before: i, Total: len(all)}
	if i > limit {
		p.Back = all[i-limit-1].Code
	}
	if i+limit < len(all) {
		p.Next = all[i+limit-1].Code
	}
	return p
}

// Figures are what a group of items comes to.
type Figures struct {
	Items    int
	Measured int      // those whose promised limit can be compared with the statutory one
	Cut      *big.Rat // mean of 1 − promised/statutory over the measured ones; nil without any
}

// Count takes a group of items together.
func Count(items []Item) Figures {
	f := Figures{Items: len(items)}
	sum := new(big.Rat)
	for _, x := range items {
		if cut, of := x.Cut(); of > 0 {
			f.Measured++
			sum.Add(sum, big.NewRat(int64(cut), int64(of)))
		}
	}
	if f.Measured > 0 {
		f.Cut = sum.Quo(sum, big.NewRat(int64(f.Measured), 1))
	}
	return f
}

// Permille is the mean cut in thousandths, rounded half up; false when nothing was measured.
func (f Figures) Permille() (int, bool) {
	if f.Cut == nil {
		return 0, false
	}
	x := new(big.Rat).Mul(f.Cut, big.NewRat(1000, 1))
	x.Add(x, big.NewRat(1, 2))
	return int(new(big.Int).Div(x.Num(), x.Denom()).Int64()), true
}

// Departments are the codes of the units that the items name, in order.
func (c *Catalogue) Departments() []string {
	var out []string
	for _, x := range c.Items {
		out = append(out, x.Department)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Changes is how one list differs from another, each part by code.
type Changes struct {
	New     []Item
	Changed []Change
	Dropped []Item
}

// Change is an item that both lists have, and not alike.
type Change struct {
	Was, Now Item
	Columns  []string // keys of what differs
}

// Any reports whether the lists differ.
func (c Changes) Any() bool { return c.Total() > 0 }

// Total counts the items that differ.
func (c Changes) Total() int { return len(c.New) + len(c.Changed) + len(c.Dropped) }

// To says what has to change for a catalogue to become another list.
func (c *Catalogue) To(items []Item) Changes {
	var out Changes
	now := New(0, items)
	for _, x := range now.Items {
		was, ok := c.Find(x.Code)
		if !ok {
			out.New = append(out.New, x)
		} else if keys := differing(was, x); keys != nil {
			out.Changed = append(out.Changed, Change{was, x, keys})
		}
	}
	for _, x := range c.Items {
		if _, ok := now.Find(x.Code); !ok {
			out.Dropped = append(out.Dropped, x)
		}
	}
	return out
}

// differing are the keys of the columns in which two items differ; nil when they are alike.
func differing(a, b Item) []string {
	var out []string
	for _, c := range columns {
		if c.write(a, Names{}) != c.write(b, Names{}) {
			out = append(out, c.Key)
		}
	}
	return out
}
