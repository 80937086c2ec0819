package app

import (
	"context"
	"strconv"
	"strings"

	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/lang"
	"gezhi/internal/pairing"
	"gezhi/internal/store"
)

// LinkLine is a case that another is tied to, as the page of that other shows it.
type LinkLine struct {
	store.LinkedCase
	Label lang.Text // how the two are tied, seen from the page's case
	Stage lang.Text
	Ends  bool // the viewer may free the two: the tie was made by hand
}

// Link ties two cases that the viewer may both see; number names the other. Both histories say so.
func (a *App) Link(ctx context.Context, v Viewer, id casework.ID, number, kind, key string) error {
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return err
	}
	_, _, err = a.db.Once(ctx, v.Zone, "link:"+key+":"+strconv.FormatInt(int64(v.Person), 10), func(tx *store.Tx) (string, error) {
		one, err := tx.Case(id, v.Scope())
		if err != nil {
			return "", err
		}
		seen, err := tx.CaseByNumber(strings.TrimSpace(number), v.Scope())
		if err != nil {
			return "", asFieldIf(err, fault.NotFound, "number")
		}
		if err := casework.CheckLink(one, seen, kind); err != nil {
			return "", err
		}
		return "", a.tie(tx, z, v, store.Link{A: id, B: seen.ID, Kind: kind, By: v.Person})
	})
	return err
}

// Unlink frees two cases that were tied by hand, for a reason. The histories keep that they were.
func (a *App) Unlink(ctx context.Context, v Viewer, id casework.ID, link int64, why, key string) error {
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return err
	}
	if why = strings.TrimSpace(why); why == "" || len([]rune(why)) > 200 {
		return fault.Field("why", "请写明解除关联的原因，不超过 200 字。", "Say why, in at most 200 characters.")
	}
	_, _, err = a.db.Once(ctx, v.Zone, "unlink:"+key+":"+strconv.FormatInt(int64(v.Person), 10), func(tx *store.Tx) (string, error) {
		list, err := tx.Links(id, v.Scope())
		if err != nil {
			return "", err
		}
		if _, err := tx.Case(id, v.Scope()); err != nil {
			return "", err
		}
		for _, x := range list {
			if k, _ := casework.LinkKindOf(x.Link.Kind); x.Link.ID == link && k.ByHand {
				if err := tx.EndLink(link); err != nil {
					return "", err
				}
				return "", a.note(tx, z, v, x.Link, func(p *casework.Procedure, c casework.Case, other casework.ID, env casework.Env) casework.Outcome {
					return p.Unlinked(c, other, x.Link.Kind, why, v.Actor(), env)
				})
			}
		}
		return "", fault.New(fault.NotFound, "没有这项关联，或者您无权解除。", "There is no such relation, or it is not yours to remove.")
	})
	return err
}

// asFieldIf puts an error of a kind beside a field of the form.
func asFieldIf(err error, kind fault.Kind, field string) error {
	if fault.KindOf(err) == kind {
		return fault.Field(field, "没有这个编号的案件，或者您无权查看。", "There is no case with this number, or it is not yours to see.")
	}
	return err
}

// tie stores a tie and notes it in both cases.
func (a *App) tie(tx *store.Tx, z *Zone, v Viewer, l store.Link) error {
	l.ID = tx.NewID()
	if err := tx.AddLink(l); err != nil {
		return err
	}
	return a.note(tx, z, v, l, func(p *casework.Procedure, c casework.Case, other casework.ID, env casework.Env) casework.Outcome {
		return p.Linked(c, other, l.Kind, v.Actor(), env)
	})
}

// note writes a line into the histories of both cases of a tie.
func (a *App) note(tx *store.Tx, z *Zone, v Viewer, l store.Link, write func(*casework.Procedure, casework.Case, casework.ID, casework.Env) casework.Outcome) error {
	for _, pair := range [][2]casework.ID{{l.A, l.B}, {l.B, l.A}} {
		was, err := tx.Case(pair[0], store.Everything)
		if err != nil {
			return err
		}
		p := z.Version(was.Procedure, was.Version)
		if err := a.save(tx, z, Viewer{Zone: tx.Zone}, p, was, write(p, was, pair[1], z.in(tx))); err != nil {
			return err
		}
	}
	return nil
}

// linkTo ties a case to the one that a move names. A case that uses another takes of its capacity.
func (a *App) linkTo(tx *store.Tx, z *Zone, c casework.Case, e casework.Effect) error {
	target, err := tx.Case(e.Into, store.Everything)
	if err != nil {
		return asFieldIf(err, fault.NotFound, "resource")
	}
	l := store.Link{A: c.ID, B: e.Into, Kind: e.Rule}
	if e.Rule == casework.LinkUses {
		if l.Amount, err = a.takes(tx, z, c, target); err != nil {
			return err
		}
	}
	return a.tie(tx, z, Viewer{Zone: tx.Zone}, l)
}

// takes says how much a project takes of a resource, once it is sure that the resource fits what it is for.
func (a *App) takes(tx *store.Tx, z *Zone, project, resource casework.Case) (int64, error) {
	r, err := z.resource(&tx.Reader, resource)
	if err != nil {
		return 0, err
	}
	need := project
	if project.Parent != 0 {
		if need, err = tx.Case(project.Parent, store.Everything); err != nil {
			return 0, err
		}
	}
	n := needOf(need)
	switch p := z.Version(resource.Procedure, resource.Version); {
	case resource.Procedure != procResource || !p.IsPublic(resource.Stage):
		return 0, fault.Field("resource", "这项资源现在不参与对接。", "That resource cannot be had at present.")
	case project.Holder.Unit != r.Unit:
		return 0, fault.Field("partner", "共建单位与资源的提供单位不一致。", "The partner is not the unit that offers the resource.")
	}
	if p, ok := pairing.Fit(n, r); !ok {
		return 0, fault.Field("resource", "资源与需求对不上：%[1]s。", "The resource does not fit the need: %[2]s.", p.Reason.ZH, p.Reason.EN)
	}
	return n.Quantity, nil
}

// related fills in the cases that a case is tied to, as far as the viewer may see them, and what its case fields name.
func (p *CasePage) related(r *store.Reader, z *Zone, v Viewer) error {
	list, err := r.Links(p.Case.ID, v.Scope())
	if err != nil {
		return err
	}
	for _, x := range list {
		k, _ := casework.LinkKindOf(x.Link.Kind)
		line := LinkLine{LinkedCase: x, Label: k.Label, Ends: k.ByHand, Stage: z.StageName(x.Procedure, x.Version, x.Stage)}
		if x.B == p.Case.ID {
			line.Label = k.Back
		}
		p.Links = append(p.Links, line)
	}
	p.Named = map[string]store.CaseLine{}
	for _, f := range p.Proc.Fields {
		n, _ := strconv.ParseInt(p.Case.Fields[f.ID], 10, 64)
		if f.Type != casework.FieldCase || n == 0 {
			continue
		}
		line, err := named(r, z, v, casework.ID(n))
		if err != nil {
			return err
		}
		p.Named[f.ID] = line
	}
	return nil
}

// named is a case that the viewer may see, or that stands on a board; without a title when it is neither. ID is 0 unless
// the viewer may open it.
func named(r *store.Reader, z *Zone, v Viewer, id casework.ID) (store.CaseLine, error) {
	c, err := r.Case(id, v.Scope())
	if err == nil {
		return store.CaseLine{ID: id, Number: c.Number, Title: c.Title}, nil
	}
	if fault.KindOf(err) != fault.NotFound {
		return store.CaseLine{}, err
	}
	if c, err = r.Case(id, store.Everything); err != nil {
		return store.CaseLine{}, err
	}
	if p := z.Version(c.Procedure, c.Version); len(p.Public) > 0 && v.Can(WorkDesk) {
		return store.CaseLine{Number: c.Number, Title: c.Title}, nil
	}
	return store.CaseLine{Number: c.Number}, nil
}

// CaseNumbered finds a case by the number that somebody typed: one that the viewer may see, or that stands on a board.
func (a *App) CaseNumbered(ctx context.Context, v Viewer, number string) (casework.ID, error) {
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return 0, err
	}
	var id casework.ID
	err = a.db.View(ctx, v.Zone, func(r *store.Reader) error {
		c, err := r.CaseByNumber(number, v.Scope())
		if fault.KindOf(err) == fault.NotFound && err != nil {
			if open, e := r.CaseByNumber(number, store.Everything); e == nil && z.Version(open.Procedure, open.Version).IsPublic(open.Stage) {
				c, err = open, nil
			}
		}
		id = c.ID
		return err
	})
	return id, err
}
