package territory

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"gezhi/internal/lang"
)

// Person identifies a person within the zone.
type Person int64

// PostKind is one kind of post that must or may be held in every area of a level, such as 网格长.
// Which kinds there are is the pack's data.
type PostKind struct {
	ID   string // also the role of whoever holds the post: grid_leader
	Name lang.Text
	// Level of the areas that have the post.
	Level Level
	// Min holders make the post complete; with Min 0 it is a reserve and counts towards nothing.
	Min int
	// Max holders are allowed; 0 sets no limit.
	Max int
	// Peace and Emergency are the duties in ordinary times and after the switch (平战转换).
	Peace     lang.Text
	Emergency lang.Text
	// Source says where the kind and its duties come from.
	Source lang.Text
}

// Appointment is one person holding one post in one area.
type Appointment struct {
	Person   Person
	Post     string // PostKind.ID
	Area     string
	Span            // in office
	Document string // 任免文号
	// Concurrent says that the person openly holds this post beside another (兼任).
	Concurrent bool
}

// Staffing is how one post of one area is filled.
type Staffing struct {
	Area string
	Post string
	Have int // holders in office
	Min  int
	Max  int // 0 means no limit
}

// Short is how many holders are missing.
func (s Staffing) Short() int { return max(0, s.Min-s.Have) }

// Over is how many holders there are above the limit.
func (s Staffing) Over() int {
	if s.Max == 0 {
		return 0
	}
	return max(0, s.Have-s.Max)
}

// Rate is a fraction kept as counts, so that rates of parts can be added up. With Of 0 it has no value.
type Rate struct{ Full, Of int }

// Establishment is how the posts of a tree are filled at one moment.
type Establishment struct {
	Posts []Staffing // every post of every area, in the order of area codes, then of kinds
	// Undeclared are appointments of people who hold several posts of which more than one is not
	// marked as concurrent.
	Undeclared []Appointment
	// Astray are appointments to a post that does not exist, or in an area that is not in the tree
	// or not of the post's level.
	Astray []Appointment
}

// Staff counts the holders in office at the moment against what each area must have.
func Staff(tree *Tree, kinds []PostKind, appointments []Appointment, at time.Time) Establishment {
	type seat struct{ area, post string }
	have := make(map[seat]map[Person]bool, len(appointments))
	level := make(map[string]Level, len(kinds))
	for _, k := range kinds {
		level[k.ID] = k.Level
	}
	var e Establishment
	held := map[Person][]Appointment{}
	for _, a := range appointments {
		if !a.Holds(at) {
			continue
		}
		area, known := tree.Area(a.Area)
		if l, ok := level[a.Post]; !ok || !known || l != area.Level() {
			e.Astray = append(e.Astray, a)
			continue
		}
		s := seat{a.Area, a.Post}
		if have[s] == nil {
			have[s] = map[Person]bool{}
		}
		have[s][a.Person] = true
		held[a.Person] = append(held[a.Person], a)
	}
	for _, area := range tree.All() {
		for _, k := range kinds {
			if k.Level == area.Level() {
				e.Posts = append(e.Posts, Staffing{Area: area.Code, Post: k.ID, Have: len(have[seat{area.Code, k.ID}]), Min: k.Min, Max: k.Max})
			}
		}
	}
	e.Undeclared = undeclared(held)
	return e
}

// undeclared lists, for each person with several posts, the unmarked ones when there is more than one:
// one main post stays unmarked, every further post must be marked.
func undeclared(held map[Person][]Appointment) []Appointment {
	var out []Appointment
	for _, posts := range held {
		unmarked := slices.DeleteFunc(slices.Clone(posts), func(a Appointment) bool { return a.Concurrent })
		if len(unmarked) > 1 {
			out = append(out, unmarked...)
		}
	}
	slices.SortFunc(out, func(a, b Appointment) int {
		return cmp.Or(cmp.Compare(a.Person, b.Person), cmp.Compare(a.Area, b.Area), cmp.Compare(a.Post, b.Post))
	})
	return out
}

// In is the part of the establishment within an area's subtree; "" is the whole.
func (e Establishment) In(area string) Establishment {
	within := func(a Appointment) bool { return strings.HasPrefix(a.Area, area) }
	lo, _ := slices.BinarySearchFunc(e.Posts, area, func(s Staffing, code string) int { return cmp.Compare(s.Area, code) })
	hi := lo
	for hi < len(e.Posts) && strings.HasPrefix(e.Posts[hi].Area, area) {
		hi++
	}
	return Establishment{Posts: e.Posts[lo:hi:hi], Undeclared: only(e.Undeclared, within), Astray: only(e.Astray, within)}
}

func only(as []Appointment, keep func(Appointment) bool) []Appointment {
	return slices.DeleteFunc(slices.Clone(as), func(a Appointment) bool { return !keep(a) })
}

// Vacancies lists the posts with too few holders (缺岗).
func (e Establishment) Vacancies() []Staffing { return pick(e.Posts, Staffing.Short) }

// Doubled lists the posts with more holders than allowed.
func (e Establishment) Doubled() []Staffing { return pick(e.Posts, Staffing.Over) }

func pick(posts []Staffing, by func(Staffing) int) []Staffing {
	var out []Staffing
	for _, s := range posts {
		if by(s) > 0 {
			out = append(out, s)
		}
	}
	return out
}

// Complement is 配齐率 over the areas of one level: areas in which every required post has enough
// holders, of all areas that have required posts.
func (e Establishment) Complement(level Level) Rate {
	var r Rate
	for i := 0; i < len(e.Posts); {
		area, required, full := e.Posts[i].Area, false, true
		for ; i < len(e.Posts) && e.Posts[i].Area == area; i++ {
			required = required || e.Posts[i].Min > 0
			full = full && e.Posts[i].Short() == 0
		}
		if len(area) != level.Digits() || !required {
			continue
		}
		r.Of++
		if full {
			r.Full++
		}
	}
	return r
}
