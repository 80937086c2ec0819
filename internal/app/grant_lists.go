package app

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"gezhi/internal/calendar"
	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/lang"
	"gezhi/internal/policy"
	"gezhi/internal/rules"
	"gezhi/internal/store"
)

// LeftOut is how many matched enterprises a list leaves out, and why.
type LeftOut struct {
	ID     string // had, group, unknown
	Name   lang.Text
	Pieces int
}

// The reasons why a matched enterprise is left out.
var leftOut = []LeftOut{
	{ID: "had", Name: lang.Text{ZH: "本期已享受或正在办理", EN: "has the item in this period"}},
	{ID: "group", Name: lang.Text{ZH: "已享受同组其他事项（不重复享受）", EN: "has another item of its group"}},
	{ID: "unknown", Name: lang.Text{ZH: "金额待核", EN: "the amount cannot be said"}},
}

// ListPreview is what a list of an item would hold now.
type ListPreview struct {
	Item    *rules.Item
	Period  string // "" once for ever, 2026, 2026-11
	Matched int    // enterprises that may have it today
	New     int    // of them, those the list takes
	Amount  int64  // 分, of New
	Left    []LeftOut
	Budget  int64        // 分 the item may cost in a year; 0 for no budget
	Spent   int64        // 分 of it that are ordered or paid this year
	Funds   []store.Fund // that can pay
	fresh   []match
}

// autoItem is an item in force today that lists are made of.
func (z *Zone) autoItem(id string, day int64) (*rules.Item, error) {
	i := z.Policies.ItemIndex(id, day)
	if i < 0 {
		return nil, fault.Field("item", "事项不在有效期内。", "The item is not in force.")
	}
	x := z.Policies.Items[i]
	if x.Delivery != rules.Auto {
		return nil, fault.Field("item", "“%[1]s”不是免申即享事项，不能生成名单。", "“%[2]s” is not listed: it is applied for, or enjoyed elsewhere.", x.Name.ZH, x.Name.EN)
	}
	return x, nil
}

// PreviewList says what a list of an item would hold now.
func (a *App) PreviewList(ctx context.Context, v Viewer, item string) (ListPreview, error) {
	if err := v.need(Policies); err != nil {
		return ListPreview{}, err
	}
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return ListPreview{}, err
	}
	x, err := z.autoItem(item, policyDay(a.now()))
	if err != nil {
		return ListPreview{}, err
	}
	return a.preview(ctx, z, x, 0)
}

// preview sorts the matched enterprises into those a list takes and those it leaves out; list is one that is refreshed, 0 for none.
func (a *App) preview(ctx context.Context, z *Zone, x *rules.Item, list int64) (ListPreview, error) {
	all, err := a.matched(ctx, z, x.ID)
	if err != nil {
		return ListPreview{}, err
	}
	var p ListPreview
	err = a.db.View(ctx, z.Code, func(r *store.Reader) error {
		p = ListPreview{Item: x, Period: policy.Period(x.Once, calendar.DayOf(r.Now)), Matched: len(all), Budget: x.Budget}
		funds, err := r.Funds()
		if err != nil {
			return err
		}
		p.Funds = slices.DeleteFunc(funds, func(f store.Fund) bool { return !f.Closed.IsZero() })
		if p.Spent, err = r.ItemOrdered(x.ID, orderPrefix(z.Code, r.Now)); err != nil {
			return err
		}
		return p.sort(r, all, list)
	})
	return p, err
}

// listChunk is how many enterprises' grants are in memory at once.
const listChunk = 5000

func (p *ListPreview) sort(r *store.Reader, all []match, list int64) error {
	left := slices.Clone(leftOut)
	p.fresh, p.New, p.Amount = nil, 0, 0
	for chunk := range slices.Chunk(all, listChunk) {
		had, err := r.GrantsOf(codesOf(chunk, match.code))
		if err != nil {
			return err
		}
		for _, m := range chunk {
			why := whyNot(had[m.Code], p.Item, p.Period, list)
			if why == "" && (!m.Known || m.Amount <= 0) {
				why = "unknown"
			}
			if why == "" {
				p.fresh, p.Amount = append(p.fresh, m), p.Amount+m.Amount
				continue
			}
			left[slices.IndexFunc(left, func(l LeftOut) bool { return l.ID == why })].Pieces++
		}
	}
	p.New = len(p.fresh)
	p.Left = slices.DeleteFunc(left, func(l LeftOut) bool { return l.Pieces == 0 })
	return nil
}

// whyNot is why an enterprise's grants keep it off a list: "had", "group", or "" when they do not. Whoever stands on the list already, even
// having waived, is not put on it again.
func whyNot(grants []policy.Grant, x *rules.Item, period string, list int64) string {
	out := ""
	for _, g := range grants {
		switch {
		case list != 0 && g.List == list, g.Excludes(x.ID, "", period):
			return "had"
		case g.Excludes(x.ID, x.Group, period):
			out = "group"
		}
	}
	return out
}

// ListForm is a new list as its form holds it.
type ListForm struct {
	Item, Title string
	Fund        int64 // 0: to be said before it is ordered
	New         int   // as the preview showed it
}

// MakeList puts every enterprise that may have an item today, and has not got it, on a new list, and tells those who act for them.
// When the list would hold another number than was shown, nothing is made.
func (a *App) MakeList(ctx context.Context, v Viewer, f ListForm, key string) (int64, error) {
	if err := v.need(Policies); err != nil {
		return 0, err
	}
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return 0, err
	}
	x, err := z.autoItem(f.Item, policyDay(a.now()))
	if err != nil {
		return 0, err
	}
	if f.Title = strings.TrimSpace(f.Title); f.Title == "" {
		f.Title = x.Name.ZH
	}
	if _, err := words("title", f.Title, 2, 100); err != nil {
		return 0, err
	}
	p, err := a.preview(ctx, z, x, 0)
	if err != nil {
		return 0, err
	}
	return a.onceID(ctx, v, "grant-list", key, func(e *edit) (int64, error) {
		if f.Fund != 0 {
			if _, err := openFund(&e.tx.Reader, f.Fund); err != nil {
				return 0, err
			}
		}
		l := store.GrantList{ID: e.tx.NewID(), Item: x.ID, Title: f.Title, Period: p.Period, Version: z.PoliciesVersion, AsOf: policyDay(e.tx.Now), Fund: f.Fund, By: v.Person}
		if err := p.sort(&e.tx.Reader, p.fresh, 0); err != nil { // others may have got it since
			return 0, err
		}
		if err := confirmed(f.New, p.New); err != nil {
			return 0, err
		}
		if err := e.tx.AddGrantList(l); err != nil {
			return 0, err
		}
		e.record("grants.list", fmt.Sprintf("grants:%d", l.ID), l.Title, fmt.Sprintf("%d 家，%s 元", p.New, rules.FormatMoney(p.Amount)))
		return l.ID, a.enlist(e.tx, z, x, l, p.fresh)
	})
}

// enlist adds enterprises to a list.
func (a *App) enlist(tx *store.Tx, z *Zone, x *rules.Item, l store.GrantList, fresh []match) error {
	for chunk := range slices.Chunk(fresh, listChunk) {
		list, events := make([]policy.Grant, len(chunk)), make([]policy.GrantEvent, len(chunk))
		for i, m := range chunk {
			g := policy.Grant{ID: policy.GrantID(tx.NewID()), List: l.ID, Item: x.ID, Group: x.Group, Code: m.Code, Name: m.Name, Area: m.Area, Period: l.Period, Amount: m.Amount,
				Version: m.Version, Inputs: m.Inputs, Fund: l.Fund}
			list[i], events[i] = g.Begin(policy.Step{Act: policy.List, By: policy.Person(l.By), Now: tx.Now}, termsOf(x), z.Calendar)
		}
		if err := tx.AddGrants(list, events); err != nil {
			return err
		}
		agents, err := tx.AgentsOf(codesOf(chunk, match.code))
		if err != nil {
			return err
		}
		if err := tellGrants(tx, z, x, list, policy.List, agents); err != nil {
			return err
		}
	}
	return nil
}

// PreviewRefresh says who would be added to a list now.
func (a *App) PreviewRefresh(ctx context.Context, v Viewer, id int64) (ListPreview, error) {
	p, _, err := a.refreshed(ctx, v, id)
	return p, err
}

func (a *App) refreshed(ctx context.Context, v Viewer, id int64) (ListPreview, *Zone, error) {
	if err := v.need(Policies); err != nil {
		return ListPreview{}, nil, err
	}
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return ListPreview{}, nil, err
	}
	var l store.GrantList
	if err := a.db.View(ctx, v.Zone, func(r *store.Reader) (err error) { l, err = r.GrantList(id); return err }); err != nil {
		return ListPreview{}, nil, err
	}
	x, err := z.autoItem(l.Item, policyDay(a.now()))
	if err != nil {
		return ListPreview{}, nil, err
	}
	p, err := a.preview(ctx, z, x, id)
	if err == nil && p.Period != l.Period {
		err = fault.New(fault.Conflict, "这份名单属于 %[1]s，已经过期，请另建名单。", "This list is of %[1]s, which is over; make a new one.", l.Period)
	}
	return p, z, err
}

// RefreshList adds to a list who is new since it was made. shown is how many the preview showed.
func (a *App) RefreshList(ctx context.Context, v Viewer, id int64, shown int, key string) error {
	p, z, err := a.refreshed(ctx, v, id)
	if err != nil {
		return err
	}
	return a.plain(ctx, v, key, func(e *edit) error {
		l, err := e.tx.GrantList(id)
		if err != nil {
			return err
		}
		if err := p.sort(&e.tx.Reader, p.fresh, id); err != nil {
			return err
		}
		if err := confirmed(shown, p.New); err != nil {
			return err
		}
		l.Version, l.AsOf = z.PoliciesVersion, policyDay(e.tx.Now)
		if err := e.tx.SaveGrantList(l); err != nil {
			return err
		}
		e.record("grants.refresh", fmt.Sprintf("grants:%d", id), l.Title, fmt.Sprintf("%d 家，%s 元", p.New, rules.FormatMoney(p.Amount)))
		l.By = v.Person // who adds them is who chose them
		return a.enlist(e.tx, z, p.Item, l, p.fresh)
	})
}

// AssignFund says which fund pays a list. What has been ordered stays with the fund it was ordered from.
func (a *App) AssignFund(ctx context.Context, v Viewer, list, fund int64, key string) error {
	if err := v.need(Policies); err != nil {
		return err
	}
	return a.plain(ctx, v, key, func(e *edit) error {
		l, err := e.tx.GrantList(list)
		if err != nil {
			return err
		}
		f, err := openFund(&e.tx.Reader, fund)
		if err != nil {
			return err
		}
		l.Fund = fund
		if err := e.tx.SaveGrantList(l); err != nil {
			return err
		}
		e.record("grants.fund", fmt.Sprintf("grants:%d", list), l.Title, f.Name)
		all, err := e.tx.Grants(store.Reach{All: true}, store.GrantFilter{List: list, States: unordered})
		if err != nil {
			return err
		}
		for _, was := range all {
			now := was
			now.Fund, now.Revision = fund, was.Revision+1
			if now.Chosen == 0 { // the system listed it: whoever takes the list up answers for it
				now.Chosen = policy.Person(v.Person)
			}
			if err := e.tx.MoveGrant(was, now); err != nil {
				return err
			}
		}
		return nil
	})
}

// unordered are the states of grants on their way to an order.
var unordered = []policy.State{policy.Listed, policy.Confirmed, policy.Published, policy.Objected, policy.Approved, policy.Failed}

// publishAtOnce bounds how many grants are published in one transaction.
const publishAtOnce = 5000

// PublishGrants begins the publicity of all confirmed grants of a list, or with list 0 of all accepted applications of an item. It
// answers how many.
func (a *App) PublishGrants(ctx context.Context, v Viewer, list int64, item, key string) (int, error) {
	if err := v.need(Policies); err != nil {
		return 0, err
	}
	n, err := a.onceID(ctx, v, "publish", key, func(e *edit) (int64, error) {
		f := store.GrantFilter{List: list, Item: item, Applied: list == 0, States: []policy.State{policy.Confirmed}, Limit: publishAtOnce}
		if list == 0 && item == "" {
			return 0, fault.Field("item", "请选择事项。", "Choose an item.")
		}
		all, err := e.tx.Grants(store.Reach{All: true}, f)
		if err != nil {
			return 0, err
		}
		if len(all) == 0 {
			return 0, fault.New(fault.Conflict, "没有已确认、待公示的企业。", "No confirmed enterprise waits for publicity.")
		}
		agents, err := e.tx.AgentsOf(codesOf(all, grantCode))
		if err != nil {
			return 0, err
		}
		var last policy.Grant
		for _, was := range all {
			item := e.was.GrantItem(was)
			now, ev, err := was.Do(policy.Step{Act: policy.Publish, By: policy.Person(v.Person), Part: v.partsAt(false, false), Now: e.tx.Now}, termsOf(item), e.was.Calendar)
			if err != nil {
				return 0, err
			}
			if err := e.tx.MoveGrant(was, now, ev); err != nil {
				return 0, err
			}
			last = now
			if err := tellGrants(e.tx, e.was, item, []policy.Grant{now}, policy.Publish, agents); err != nil {
				return 0, err
			}
		}
		e.record("grants.publish", fmt.Sprintf("grants:%d", list), last.Item, fmt.Sprintf("%d 家", len(all)))
		if list == 0 {
			return int64(len(all)), nil
		}
		l, err := e.tx.GrantList(list)
		if err != nil {
			return 0, err
		}
		l.Public, l.Until = e.tx.Now, last.Until
		return int64(len(all)), e.tx.SaveGrantList(l)
	})
	return int(n), err
}

// ListLine is a list with how its grants stand.
type ListLine struct {
	store.GrantList
	Name   lang.Text // of the item
	Fund   string    // "" while nobody has said
	Who    string    // made it; "" for the system
	States []store.StateSum
	Pieces int
	Amount int64 // 分
}

// GrantLists lists lists, newest first; item "" is every item, before 0 begins.
func (a *App) GrantLists(ctx context.Context, v Viewer, item string, before int64, limit int) ([]ListLine, error) {
	var out []ListLine
	if err := v.need(Policies | PayOut); err != nil {
		return nil, err
	}
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return nil, err
	}
	err = a.db.View(ctx, v.Zone, func(r *store.Reader) error {
		list, err := r.GrantLists(item, before, limit)
		if err != nil {
			return err
		}
		out, err = a.listLines(r, z, v, list)
		return err
	})
	return out, err
}

func (a *App) listLines(r *store.Reader, z *Zone, v Viewer, list []store.GrantList) ([]ListLine, error) {
	ids := make([]casework.Person, len(list))
	for i, l := range list {
		ids[i] = l.By
	}
	names, err := a.names(r, v, ids)
	if err != nil {
		return nil, err
	}
	funds, err := fundNames(r)
	if err != nil {
		return nil, err
	}
	out := make([]ListLine, len(list))
	for i, l := range list {
		x := ListLine{GrantList: l, Name: z.PolicyName(l.Item, l.Version), Fund: funds[l.Fund], Who: names[l.By]}
		if x.States, err = r.GrantSums(store.Reach{All: true}, store.GrantFilter{List: l.ID}); err != nil {
			return nil, err
		}
		x.States = inOrder(x.States)
		for _, s := range x.States {
			x.Pieces, x.Amount = x.Pieces+s.Pieces, x.Amount+s.Amount
		}
		out[i] = x
	}
	return out, nil
}

// inOrder sorts sums as grants go through their states.
func inOrder(sums []store.StateSum) []store.StateSum {
	all := policy.States()
	slices.SortFunc(sums, func(a, b store.StateSum) int {
		return cmp.Compare(slices.Index(all, a.State), slices.Index(all, b.State))
	})
	return sums
}

func fundNames(r *store.Reader) (map[int64]string, error) {
	funds, err := r.Funds()
	out := make(map[int64]string, len(funds))
	for _, f := range funds {
		out[f.ID] = f.Name
	}
	return out, err
}
