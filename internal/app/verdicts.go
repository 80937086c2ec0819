package app

import (
	"context"
	"slices"

	"gezhi/internal/lang"
	"gezhi/internal/rules"
	"gezhi/internal/store"
)

// PolicyLine is an item with what it comes to for all enterprises today.
type PolicyLine struct {
	*rules.Item
	InForce bool
	rules.Tally
	Sum     int64 // 分, of those whose amount is known; of an item with an amount
	Unknown int   // of Eligible, those whose amount cannot be said
}

// PolicyPage is every item, in the order of the book.
type PolicyPage struct {
	Version     int
	Day         int64 // as counted by rules
	Enterprises int
	Items       []PolicyLine
	Notice      lang.Text
}

// PolicyItems lists the items with for how many enterprises each is. Versions of an item that are not in force today are left out
// where one is.
func (a *App) PolicyItems(ctx context.Context, v Viewer) (PolicyPage, error) {
	var p PolicyPage
	if err := v.need(Policies | EditPolicies | Evaluate); err != nil {
		return p, err
	}
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return p, err
	}
	err = a.matching(ctx, z, func(m *matching) error {
		p = PolicyPage{Version: m.version, Day: m.plan.AsOf, Enterprises: m.matrix.Table.Len(), Notice: m.plan.Book.Notice}
		tallies := m.matrix.Evaluate() // of what is not kept since the last time
		for i, x := range m.plan.Items {
			if !x.InForce && z.PolicyItem(x.ID, p.Day) != x.Item {
				continue
			}
			line := PolicyLine{Item: x.Item, InForce: x.InForce, Tally: tallies[i]}
			if x.Amount != nil && x.InForce {
				s := m.worth(i)
				line.Sum, line.Unknown = s.fen, s.unknown
			}
			p.Items = append(p.Items, line)
		}
		return nil
	})
	return p, err
}

// MatchLine is an enterprise beside an item.
type MatchLine struct {
	Code, Name string
	Place      int
	rules.Verdict
	Why []string // conditions that fail, or names of what is missing
}

// Matches lists the enterprises for whom an item comes to a state, after a place; -1 begins.
func (a *App) Matches(ctx context.Context, v Viewer, item string, state rules.State, after, limit int, l lang.Lang) ([]MatchLine, error) {
	if err := v.need(Policies | EditPolicies); err != nil {
		return nil, err
	}
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return nil, err
	}
	var out []MatchLine
	err = a.matching(ctx, z, func(m *matching) error {
		out = nil
		i := m.plan.Book.ItemIndex(item, m.plan.AsOf)
		if i < 0 {
			return nil
		}
		for row := range m.matrix.Rows(i, state, after+1) {
			x := m.matrix.Explain(i, row)
			if out = append(out, MatchLine{Code: m.matrix.Table.IDs[row], Place: row, Verdict: x, Why: why(m.plan, x, l)}); len(out) == limit {
				break
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	names, err := a.namesOf(ctx, v.Zone, codesOf(out, func(x MatchLine) string { return x.Code }))
	for i := range out {
		out[i].Name = names[out[i].Code]
	}
	return out, err
}

// why is a verdict in words: the conditions that fail, or the names of what is missing.
func why(p *rules.Plan, v rules.Verdict, l lang.Lang) []string {
	var out []string
	for _, r := range v.Failed {
		if w := p.Words(r, l); !slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	for _, f := range v.Missing {
		out = append(out, p.Book.Fields[f].Name.In(l))
	}
	return out
}

// VerdictLine is an item as it stands for one enterprise.
type VerdictLine struct {
	Item *rules.Item
	rules.Verdict
	Why []string
}

// Verdicts are the items in force as they stand for one enterprise.
type Verdicts struct {
	store.Enterprise
	Version int
	Day     int64
	Can     []VerdictLine // may have
	Near    []VerdictLine // one condition fails
	Missing []VerdictLine // cannot be said
	Not     []VerdictLine
	Sum     int64 // 分, of Can, as far as it is known
}

// Verdicts tells what an enterprise may have and why not the rest: for the desk, and for whoever acts for it.
func (a *App) Verdicts(ctx context.Context, v Viewer, code string, l lang.Lang) (Verdicts, error) {
	var out Verdicts
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return out, err
	}
	e, err := a.enterprise(ctx, v.Zone, v.reach(), code)
	if err != nil {
		return out, err
	}
	err = a.matching(ctx, z, func(m *matching) error {
		row, err := m.row(e)
		if err != nil {
			return err
		}
		out = Verdicts{Enterprise: e, Version: m.version, Day: m.plan.AsOf}
		for i, x := range m.plan.Items {
			if x.InForce {
				out.add(VerdictLine{Item: x.Item, Verdict: m.matrix.Explain(i, row)}, m.plan, l)
			}
		}
		return nil
	})
	return out, err
}

func (o *Verdicts) add(x VerdictLine, p *rules.Plan, l lang.Lang) {
	x.Why = why(p, x.Verdict, l)
	switch {
	case x.State == rules.Eligible:
		o.Can, o.Sum = append(o.Can, x), o.Sum+x.Amount
	case x.State == rules.CannotSay:
		o.Missing = append(o.Missing, x)
	case len(x.Failed) == 1 && x.Failed[0].Other == "":
		o.Near = append(o.Near, x)
	default:
		o.Not = append(o.Not, x)
	}
}
