package app

import (
	"context"
	"slices"
	"time"

	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/lang"
	"gezhi/internal/policy"
	"gezhi/internal/store"
)

// GrantLine is a grant as lists show it.
type GrantLine struct {
	policy.Grant
	ItemName lang.Text
	FundName string // "" while nobody has said
	Overdue  bool   // an application that should have been decided
}

func (z *Zone) grantLines(list []policy.Grant, funds map[int64]string, now time.Time) []GrantLine {
	out := make([]GrantLine, len(list))
	for i, g := range list {
		g.Account = nil
		out[i] = GrantLine{Grant: g, ItemName: z.PolicyName(g.Item, g.Version), FundName: funds[g.Fund], Overdue: g.State == policy.Submitted && !g.Due.IsZero() && now.After(g.Due)}
	}
	return out
}

// GrantsPage is some grants with how all that the filter selects stand.
type GrantsPage struct {
	Lines  []GrantLine
	States []store.StateSum // of the whole filter but its states
	Next   policy.GrantID   // where the next page begins; 0 for none
}

// grantsShown is how many grants a page shows.
const grantsShown = 50

// GrantsPage lists grants the viewer may read: at the desk all of them, else those of the enterprises the viewer acts for. The
// filter's limit is set here.
func (a *App) GrantsPage(ctx context.Context, v Viewer, f store.GrantFilter) (GrantsPage, error) {
	var p GrantsPage
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return p, err
	}
	err = a.db.View(ctx, v.Zone, func(r *store.Reader) error {
		p = GrantsPage{}
		f.Limit = grantsShown + 1
		list, err := r.Grants(v.grantReach(), f)
		if err != nil {
			return err
		}
		if len(list) > grantsShown {
			list = list[:grantsShown]
			p.Next = list[grantsShown-1].ID
		}
		funds, err := fundNames(r)
		if err != nil {
			return err
		}
		p.Lines = z.grantLines(list, funds, r.Now)
		f.States = nil
		p.States, err = r.GrantSums(v.grantReach(), f)
		p.States = inOrder(p.States)
		return err
	})
	return p, err
}

// ListPage is one list with a page of its grants.
type ListPage struct {
	ListLine
	GrantsPage
	Publicity int // working days that the item asks for; 0 for none
	Waiting   int // confirmed and to be published
}

// ListPage loads one list. The filter's list is set here.
func (a *App) ListPage(ctx context.Context, v Viewer, id int64, f store.GrantFilter) (ListPage, error) {
	var p ListPage
	if err := v.need(Policies | PayOut); err != nil {
		return p, err
	}
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return p, err
	}
	f.List = id
	page, err := a.GrantsPage(ctx, v, f)
	if err != nil {
		return p, err
	}
	err = a.db.View(ctx, v.Zone, func(r *store.Reader) error {
		p = ListPage{GrantsPage: page}
		l, err := r.GrantList(id)
		if err != nil {
			return err
		}
		lines, err := a.listLines(r, z, v, []store.GrantList{l})
		if err != nil {
			return err
		}
		p.ListLine = lines[0]
		if x := z.PolicyItem(l.Item, l.AsOf); x != nil {
			p.Publicity = x.Publicity
		}
		for _, s := range p.ListLine.States {
			if s.State == policy.Confirmed && p.Publicity > 0 {
				p.Waiting = s.Pieces
			}
		}
		return nil
	})
	return p, err
}

// GrantEventLine is a line of history with who made it.
type GrantEventLine struct {
	policy.GrantEvent
	Who string // "" for the system
}

// GrantPage is one grant: for the desk, the paying office, and whoever acts for the enterprise.
type GrantPage struct {
	GrantLine
	Bank     GrantAccount // its number masked but for the last four digits, for those who pay and the enterprise; zero for others
	Known    bool         // the enterprise has told an account before, which an empty form takes
	Events   []GrantEventLine
	Files    []store.File // of an application
	Moves    []policy.Act // that this viewer may make now
	Promised bool         // the item promises a day, which Due is
}

// WorkedOut is when the amount of a grant was worked out: when it was listed or applied for, last.
func (p GrantPage) WorkedOut() time.Time {
	at := p.At
	for _, e := range p.Events {
		if e.Act == policy.Resubmit {
			at = e.At
		}
	}
	return at
}

// GrantPage loads one grant.
func (a *App) GrantPage(ctx context.Context, v Viewer, id policy.GrantID) (GrantPage, error) {
	var p GrantPage
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return p, err
	}
	err = a.db.View(ctx, v.Zone, func(r *store.Reader) error {
		p = GrantPage{}
		g, err := r.Grant(v.grantReach(), id)
		if err != nil {
			return err
		}
		funds, err := fundNames(r)
		if err != nil {
			return err
		}
		p.GrantLine = z.grantLines([]policy.Grant{g}, funds, r.Now)[0]
		if g.Applied() {
			if p.Files, err = r.GrantFiles(g.ID); err != nil {
				return err
			}
		}
		part, err := v.parts(r, g.Code)
		if err != nil {
			return err
		}
		if part&(policy.Enterprise|policy.Finance) != 0 {
			if p.Bank, err = a.openAccount(v.Zone, g); err != nil {
				return err
			}
			p.Bank.Number = policy.MaskAccount(p.Bank.Number)
		}
		if _, err := r.LastAccount(g.Code); err == nil {
			p.Known = g.State != policy.Failed
		} else if fault.KindOf(err) != fault.NotFound {
			return err
		}
		p.Moves = a.openMoves(z, g, part, policy.Person(v.Person), r.Now)
		p.Promised = g.State == policy.Submitted && !g.Due.IsZero()
		p.Events, err = a.grantEvents(r, v, id)
		return err
	})
	return p, err
}

// openMoves are the steps a viewer may make: those of the table that nothing but what a form asks for stands against.
func (a *App) openMoves(z *Zone, g policy.Grant, part policy.Part, by policy.Person, now time.Time) []policy.Act {
	item := z.GrantItem(g)
	try := g
	try.Account, try.Amount, try.Fund = []byte{1}, max(g.Amount, 1), max(g.Fund, 1)
	return slices.DeleteFunc(policy.Open(g.State, part), func(act policy.Act) bool {
		if slices.Contains([]policy.Act{policy.Order, policy.Pay, policy.Fail, policy.Publish}, act) {
			return true // made for many at once
		}
		_, _, err := try.Do(policy.Step{Act: act, By: by, Part: part, Note: "理由在此", Ref: "-", Now: now}, termsOf(item), z.Calendar)
		return err != nil
	})
}

func (a *App) grantEvents(r *store.Reader, v Viewer, id policy.GrantID) ([]GrantEventLine, error) {
	events, err := r.GrantEvents(id)
	if err != nil {
		return nil, err
	}
	var ids []casework.Person
	for _, e := range events {
		ids = append(ids, casework.Person(e.Actor))
	}
	names, err := a.names(r, v, ids)
	out := make([]GrantEventLine, len(events))
	for i, e := range events {
		who := names[casework.Person(e.Actor)]
		if e.Act == policy.Object && !v.Can(Policies) {
			who, e.Actor, e.Note = "", 0, "" // who objected is for those who decide
		}
		out[i] = GrantEventLine{e, who}
	}
	return out, err
}

// PublishedLine is a grant in publicity as anybody sees it.
type PublishedLine struct {
	ID       policy.GrantID
	Name     string // of the enterprise
	Code     string
	Item     lang.Text
	Amount   int64 // 分
	Until    time.Time
	Objected bool
}

// PublishedGrants lists the grants in publicity, oldest first, after one; 0 begins. Anybody may read them.
func (a *App) PublishedGrants(ctx context.Context, v Viewer, after policy.GrantID) (lines []PublishedLine, next policy.GrantID, err error) {
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return nil, 0, err
	}
	err = a.db.View(ctx, v.Zone, func(r *store.Reader) error {
		lines, next = nil, 0
		list, err := r.Grants(store.Reach{All: true}, store.GrantFilter{States: []policy.State{policy.Published, policy.Objected}, After: after, Limit: grantsShown + 1})
		if len(list) > grantsShown {
			list = list[:grantsShown]
			next = list[grantsShown-1].ID
		}
		for _, g := range list {
			lines = append(lines, PublishedLine{g.ID, g.Name, g.Code, z.PolicyName(g.Item, g.Version), g.Amount, g.Until, g.State == policy.Objected})
		}
		return err
	})
	return lines, next, err
}
