package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"sync"
	"time"

	"gezhi/internal/calendar"
	"gezhi/internal/fault"
	"gezhi/internal/policy"
	"gezhi/internal/rules"
	"gezhi/internal/store"
)

// matching is what the policy items in force come to for every enterprise of a zone, kept in memory. It is brought up to date
// before each question: values that changed are edited in place, another day or another version is made anew.
type matching struct {
	mu       sync.Mutex
	version  int
	plan     *rules.Plan
	matrix   *rules.Matrix // nil before the first question
	revision int64         // of the profiles
	sums     map[int]worth // of money, by item; empty after an edit
}

// worth is what an item comes to in money for everybody it is for.
type worth struct {
	fen     int64
	unknown int // enterprises it is for whose amount cannot be said
}

// matchings are those of all zones.
type matchings struct {
	mu     sync.Mutex
	byZone map[int]*matching
}

// rereadAbove is how many changed enterprises are edited one by one; above it all are read again.
const rereadAbove = 5000

// matching lets fn ask what the items in force come to. The matrix is nobody else's meanwhile.
func (a *App) matching(ctx context.Context, z *Zone, fn func(m *matching) error) error {
	a.matchings.mu.Lock()
	m := a.matchings.byZone[z.Code]
	if m == nil {
		m = &matching{}
		a.matchings.byZone[z.Code] = m
	}
	a.matchings.mu.Unlock()
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := a.db.View(ctx, z.Code, func(r *store.Reader) error { return m.refresh(r, z, policyDay(r.Now)) }); err != nil {
		m.matrix = nil // half of it may be changed
		return err
	}
	return fn(m)
}

// policyDay is a moment's day as rules count them.
func policyDay(t time.Time) int64 {
	n, err := rules.ParseDay(calendar.DayOf(t).String())
	if err != nil {
		panic(err) // every day of the calendar is one of theirs
	}
	return n
}

func (m *matching) refresh(r *store.Reader, z *Zone, day int64) error {
	n, revision, err := r.ProfileCounts()
	if err != nil {
		return err
	}
	if m.matrix == nil || m.version != z.PoliciesVersion || m.plan.AsOf != day {
		return m.reread(r, z, n, revision, day)
	}
	if revision == m.revision {
		return nil
	}
	changed, err := r.ChangedEnterprises(m.revision)
	if err != nil {
		return err
	}
	if len(changed) > rereadAbove {
		return m.reread(r, z, n, revision, day)
	}
	facts, err := r.Facts(codesOf(changed, func(e store.Enterprise) string { return e.Code }))
	if err != nil {
		return err
	}
	for _, e := range changed { // by place, so that new ones follow each other
		if e.Place == m.matrix.Table.Len() {
			m.matrix.Add(e.Code)
		}
		p, _ := policy.Profile(m.plan.Book, e.Code, facts[e.Code])
		for f, v := range m.plan.Derive(p).Values {
			if m.matrix.Table.Get(e.Place, f) != v {
				m.matrix.Edit(e.Place, f, v)
			}
		}
	}
	m.revision, m.sums = revision, map[int]worth{}
	return nil
}

// reread makes everything anew.
func (m *matching) reread(r *store.Reader, z *Zone, n int, revision, day int64) error {
	t, err := readProfiles(r, z.Policies, n)
	if err != nil {
		return err
	}
	plan := z.Policies.AsOf(day)
	plan.DeriveTable(t)
	m.version, m.plan, m.matrix, m.revision = z.PoliciesVersion, plan, rules.NewMatrix(plan, t), revision
	m.sums = map[int]worth{}
	return nil
}

// readProfiles puts the profiles of all enterprises into a table for a book.
func readProfiles(r *store.Reader, b *rules.Book, n int) (*rules.Table, error) {
	return policy.Load(b, n, r.EachProfilePage)
}

// match is what an item comes to for an enterprise, and what that rests on.
type match struct {
	Code    string
	Name    string
	Area    string // where it is registered; "" when that is not known
	State   rules.State
	Amount  int64 // 分, when Known
	Known   bool
	Version int    // of the policies
	Inputs  string // SHA-256 of the values, in hex
}

func (m match) code() string { return m.Code }

// matched are the enterprises that may have an item today, in the order in which they came. An item that is not in force is for
// nobody.
func (a *App) matched(ctx context.Context, z *Zone, item string) ([]match, error) {
	var out []match
	err := a.matching(ctx, z, func(m *matching) error {
		out = nil
		i := m.plan.Book.ItemIndex(item, m.plan.AsOf)
		if i < 0 {
			return nil
		}
		for row := range m.matrix.Rows(i, rules.Eligible, 0) {
			out = append(out, m.match(i, row))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	names, err := a.namesOf(ctx, z.Code, codesOf(out, match.code))
	for i := range out {
		out[i].Name = names[out[i].Code]
	}
	return out, err
}

// matchOf is what an item comes to for one enterprise.
func (a *App) matchOf(ctx context.Context, z *Zone, item, code string) (match, error) {
	e, err := a.enterprise(ctx, z.Code, store.Reach{All: true}, code)
	if err != nil {
		return match{}, err
	}
	var out match
	err = a.matching(ctx, z, func(m *matching) error {
		row, err := m.row(e)
		if err != nil {
			return err
		}
		if i := m.plan.Book.ItemIndex(item, m.plan.AsOf); i >= 0 {
			out = m.match(i, row)
		} else {
			out = match{Code: code, State: rules.NotInForce, Version: m.version}
		}
		out.Name = e.Name
		return nil
	})
	return out, err
}

// row is where an enterprise stands in the table. One that came since the table was brought up to date is a Conflict.
func (m *matching) row(e store.Enterprise) (int, error) {
	if e.Place >= m.matrix.Table.Len() {
		return 0, fault.New(fault.Conflict, "企业资料正在更新，请稍后再看。", "The enterprise is just being entered; please look again.")
	}
	return e.Place, nil
}

func (m *matching) match(item, row int) match {
	v := m.matrix.Explain(item, row)
	out := match{Code: m.matrix.Table.IDs[row], State: v.State, Amount: v.Amount, Known: v.Known, Version: m.version, Inputs: m.inputs(row)}
	if f := m.plan.Book.Field("area"); f >= 0 {
		out.Area = m.matrix.Table.Get(row, f).Code
	}
	return out
}

// inputs is the digest of all that is known of an enterprise, derived values too.
func (m *matching) inputs(row int) string {
	var text []byte
	for i, f := range m.plan.Book.Fields {
		if v := m.matrix.Table.Get(row, i); v.Known {
			text = append(text, f.ID...)
			text = append(text, '=')
			text = append(text, policy.Text(f, v)...)
			text = append(text, '\n')
		}
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// worth is what an item comes to in money.
func (m *matching) worth(item int) worth {
	if s, ok := m.sums[item]; ok {
		return s
	}
	var s worth
	for row := range m.matrix.Rows(item, rules.Eligible, 0) {
		if v := m.matrix.Explain(item, row); v.Known {
			s.fen += v.Amount
		} else {
			s.unknown++
		}
	}
	m.sums[item] = s
	return s
}
