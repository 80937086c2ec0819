package app

import (
	"context"
	"strconv"
	"strings"

	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/store"
)

// Filing is a case of any procedure, as the form that begins it holds it.
type Filing struct {
	Key       string // idempotency key: the form's own
	Procedure string
	Start     string
	Category  string
	Source    string // "" is the start's first
	Title     string // left out for a confidential case
	Text      string
	Area      string // "" is the whole zone, where the procedure allows it
	Address   string
	Fields    map[string]string
	Photos    []string
	Note      string
	Holder    casework.Holder // where the start lets one choose
}

// Filed is what came of a filing.
type Filed struct {
	Case casework.Case
	Code string // the query code of a confidential case; it is shown once
}

// File begins a case. Sending the form again answers the same case, and the same query code.
func (a *App) File(ctx context.Context, v Viewer, f Filing) (Filed, error) {
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return Filed{}, err
	}
	p := z.Procedure(f.Procedure)
	if p == nil {
		return Filed{}, fault.New(fault.NotFound, "没有这一事项。", "There is no such procedure.")
	}
	d, err := z.draft(p, v, f)
	if err != nil {
		return Filed{}, err
	}
	var out Filed
	actor := v
	if p.Confidential() {
		alias, code, err := a.Alias(ctx, v, f.Key)
		if err != nil {
			return Filed{}, err
		}
		out.Code, d.Reporter = code, alias.Person
		if actor.Kind != "staff" {
			actor = alias
		}
	} else if !v.Known() {
		return Filed{}, v.need(0)
	}
	result, replay, err := a.db.Once(ctx, v.Zone, "file:"+f.Key+":"+strconv.FormatInt(int64(actor.Person), 10), func(tx *store.Tx) (string, error) {
		out.Case, err = a.openCase(tx, z, p, actor, d)
		return strconv.FormatInt(int64(out.Case.ID), 10), err
	})
	if err != nil || !replay {
		return out, err
	}
	id, _ := strconv.ParseInt(result, 10, 64)
	err = a.db.View(ctx, v.Zone, func(r *store.Reader) (err error) {
		out.Case, err = r.Case(casework.ID(id), actor.Scope())
		return err
	})
	return out, err
}

// draft reads a filing.
func (z *Zone) draft(p *casework.Procedure, v Viewer, f Filing) (casework.Draft, error) {
	d := casework.Draft{Zone: v.Zone, Start: f.Start, Matter: f.Category, Source: f.Source, Title: strings.TrimSpace(f.Title), Text: strings.TrimSpace(f.Text),
		Fields: f.Fields, Photos: f.Photos, Note: f.Note, Holder: f.Holder}
	var bad fault.List
	m, ok := p.Move(f.Start)
	if !ok || len(m.From) > 0 {
		return d, fault.Field("start", "没有这种办理方式。", "There is no such way to begin.")
	}
	if d.Source == "" && len(m.Sources) > 0 {
		d.Source = m.Sources[0]
	}
	if p.Confidential() {
		d.Title = p.Name.ZH
		if c, ok := p.Category(d.Matter); ok {
			d.Title += "：" + c.Name.ZH
		}
	}
	if v.Kind == "resident" || v.Kind == KindAlias {
		d.Reporter = v.Person
	}
	d.Place = casework.Place{Area: zoneCode(v.Zone)}
	if p.Placed == casework.Required && f.Area == "" {
		bad.Add("area", "请选择所在社区（村），并写明详细地址。", "Choose the community or village, and write the address.")
	} else if p.Placed == casework.Required || (p.Placed == casework.Optional && f.Area != "") {
		d.Place = z.place(&bad, casework.Place{}.Point, false, f.Area, f.Address)
	}
	bad = append(bad, fault.Fields(z.themed(p, m, &d))...)
	bad = append(bad, fault.Fields(z.licensed(p, m, &d))...)
	return d, bad.Err()
}

// openCase begins a case in a transaction: number, decision, rows, and what follows from it.
func (a *App) openCase(tx *store.Tx, z *Zone, p *casework.Procedure, v Viewer, d casework.Draft) (casework.Case, error) {
	var err error
	if d.Number, err = nextNumber(tx); err != nil {
		return casework.Case{}, err
	}
	d.ID = casework.ID(tx.NewID())
	out, err := p.Open(d, v.Actor(), z.in(tx))
	if err != nil {
		return casework.Case{}, err
	}
	return out.Case, a.add(tx, z, v, p, out)
}

// add stores a new case.
func (a *App) add(tx *store.Tx, z *Zone, v Viewer, p *casework.Procedure, out casework.Outcome) error {
	c := out.Case
	if err := onlyOnce(tx, z, p, c); err != nil {
		return err
	}
	if err := tx.AddCase(c, c.Due(), p.Tasks(c), SearchText(z, c)); err != nil {
		return err
	}
	if key := p.OnceKey(c.Title, c.Fields); key != "" {
		if err := tx.GiveKey(p.ID, key, c.ID); err != nil {
			return err
		}
	}
	return a.after(tx, z, v, out)
}

// in is the world procedures decide in while a transaction runs: sub-cases get their ids from it.
func (z *Zone) in(tx *store.Tx) casework.Env {
	env := z.Env(tx.Now)
	env.Record = tx.BadRecord
	env.NewID = func() casework.ID { return casework.ID(tx.NewID()) }
	return env
}
