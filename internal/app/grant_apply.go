package app

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"gezhi/internal/calendar"
	"gezhi/internal/fault"
	"gezhi/internal/policy"
	"gezhi/internal/rules"
	"gezhi/internal/store"
)

// GrantForm is an application as its form holds it.
type GrantForm struct {
	Account GrantAccount    // empty: the one the enterprise told last
	Note    string          // what the applicant says, up to 500 characters
	Files   map[int][]int64 // documents uploaded before, by which of the item's materials they are, from 1
	Version int             // of the policies whose materials they are; looked at only where there are any
}

// MostOfMaterial is how many documents one material may have at a time.
const MostOfMaterial = 10

// MaterialField names the field of a form for the n-th material, from 1.
func MaterialField(n int) string { return "material" + strconv.Itoa(n) }

// attach ties the documents of a form to an application for an item of a version of the policies.
func (f GrantForm) attach(tx *store.Tx, v Viewer, x *rules.Item, version int, g policy.GrantID) error {
	for n, ids := range f.Files {
		if f.Version != version || n < 1 || x == nil || n > len(x.Materials) {
			return fault.New(fault.Conflict, "申报材料刚刚调整，请重新打开页面。", "What is asked for has just changed; open the page again.")
		}
		if len(ids) > MostOfMaterial {
			return fault.Field(MaterialField(n), "每项材料一次最多 %d 份，现有 %d 份。", "At most %d documents of a kind at a time; there are %d.", MostOfMaterial, len(ids))
		}
		for _, id := range ids {
			if err := tx.AttachGrantFile(MaterialField(n), id, v.Person, g, x.Materials[n-1].ZH); err != nil {
				return err
			}
		}
	}
	return nil
}

// ApplyForGrant applies for an item on behalf of an enterprise. Where the rules say that the enterprise may not have it, or that it
// has it already, nothing is entered; where they cannot say, the desk decides.
func (a *App) ApplyForGrant(ctx context.Context, v Viewer, code, item string, f GrantForm, key string) (policy.GrantID, error) {
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return 0, err
	}
	x, err := z.appliedItem(item, policyDay(a.now()))
	if err != nil {
		return 0, err
	}
	if f.Note, err = words("note", f.Note, 0, 500); err != nil {
		return 0, err
	}
	m, err := a.matchOf(ctx, z, item, code)
	if err != nil {
		return 0, err
	}
	id, err := a.onceID(ctx, v, "grant-apply", key, func(e *edit) (int64, error) {
		if err := v.actsForCode(&e.tx.Reader, code); err != nil {
			return 0, err
		}
		g := policy.Grant{ID: policy.GrantID(e.tx.NewID()), Item: item, Group: x.Group, Code: code, Name: m.Name, Area: m.Area, Period: policy.Period(x.Once, calendar.DayOf(e.tx.Now)),
			Version: m.Version, Inputs: m.Inputs, Note: f.Note}
		if m.Known {
			g.Amount = m.Amount
		}
		if err := mayApply(&e.tx.Reader, x, m, g.Period); err != nil {
			return 0, err
		}
		if err := a.giveAccount(&e.tx.Reader, &g, f.Account); err != nil {
			return 0, err
		}
		g, ev := g.Begin(policy.Step{Act: policy.Submit, By: policy.Person(v.Person), Now: e.tx.Now}, termsOf(x), z.Calendar)
		if err := e.tx.AddGrants([]policy.Grant{g}, []policy.GrantEvent{ev}); err != nil {
			return 0, err
		}
		if err := f.attach(e.tx, v, x, z.PoliciesVersion, g.ID); err != nil {
			return 0, err
		}
		e.record("grant.submit", fmt.Sprintf("grant:%d", g.ID), "", code+" "+item)
		return int64(g.ID), a.tellGrant(e.tx, z, x, g, policy.Submit)
	})
	return policy.GrantID(id), err
}

// appliedItem is an item in force today that is applied for.
func (z *Zone) appliedItem(id string, day int64) (*rules.Item, error) {
	i := z.Policies.ItemIndex(id, day)
	if i < 0 {
		return nil, fault.New(fault.Conflict, "事项不在有效期内，不能申报。", "The item is not in force; it cannot be applied for.")
	}
	x := z.Policies.Items[i]
	if x.Delivery != rules.Apply {
		return nil, fault.New(fault.Conflict, "“%[1]s”不需要申报。", "“%[2]s” is not applied for.", x.Name.ZH, x.Name.EN)
	}
	return x, nil
}

// actsForCode refuses whoever does not act for the enterprise.
func (v Viewer) actsForCode(r *store.Reader, code string) error {
	agents, err := r.AgentsOf([]string{code})
	if err == nil && (!v.Known() || !slices.Contains(agents[code], v.Person)) {
		err = fault.New(fault.Forbidden, "您不是这家企业经核实的经办人。", "You are not confirmed to act for this enterprise.")
	}
	return err
}

// mayApply refuses an enterprise that may not have the item, or has it, or another of its group.
func mayApply(r *store.Reader, x *rules.Item, m match, period string) error {
	if m.State != rules.Eligible && m.State != rules.CannotSay {
		return fault.New(fault.Conflict, "按现有资料，贵单位不符合“%[1]s”的条件；如资料有误，请先更正企业资料。", "By what is known you may not have “%[2]s”; have the profile corrected if it is wrong.", x.Name.ZH, x.Name.EN)
	}
	had, err := r.GrantsOf([]string{m.Code})
	if err != nil {
		return err
	}
	switch whyNot(had[m.Code], x, period, 0) {
	case "had":
		return fault.New(fault.Conflict, "贵单位本期已申报或已享受“%[1]s”。", "You have applied for “%[2]s” or had it in this period.", x.Name.ZH, x.Name.EN)
	case "group":
		return fault.New(fault.Conflict, "贵单位已享受同组的其他事项，“%[1]s”不能重复享受。", "You have another item of the group of “%[2]s”; both are not given.", x.Name.ZH, x.Name.EN)
	}
	return nil
}

// ResubmitGrant sends a corrected application in again. What the rules say is worked out anew.
func (a *App) ResubmitGrant(ctx context.Context, v Viewer, id policy.GrantID, f GrantForm, key string) error {
	note, err := words("note", f.Note, 0, 500)
	if err != nil {
		return err
	}
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return err
	}
	var g policy.Grant
	if err := a.db.View(ctx, v.Zone, func(r *store.Reader) (err error) { g, err = r.Grant(v.grantReach(), id); return err }); err != nil {
		return err
	}
	m, err := a.matchOf(ctx, z, g.Item, g.Code)
	if err != nil {
		return err
	}
	return a.onGrant(ctx, v, id, policy.Resubmit, "", key, func(tx *store.Tx, x *rules.Item, g *policy.Grant) error {
		g.Note = note
		if err := f.attach(tx, v, x, g.Version, g.ID); err != nil {
			return err
		}
		if m.Known && m.State == rules.Eligible {
			g.Amount, g.Version, g.Inputs = m.Amount, m.Version, m.Inputs
		}
		return a.giveAccount(&tx.Reader, g, f.Account)
	})
}
