package app

import (
	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/lang"
	"gezhi/internal/store"
)

// openPart begins a sub-case that a move of its case asks for.
func (a *App) openPart(tx *store.Tx, z *Zone, e casework.Effect) error {
	p := z.Procedure(e.Procedure)
	if p == nil {
		return fault.New(fault.Conflict, "没有子件流程“%s”，请联系管理员发布。", "There is no procedure “%s” for the sub-cases; ask an administrator to publish it.", e.Procedure)
	}
	out, err := p.OpenPart(*e.Draft, z.in(tx))
	if err != nil {
		return err
	}
	return a.add(tx, z, Viewer{Zone: tx.Zone}, p, out)
}

// partMoved tells a case what became of one of its sub-cases.
func (a *App) partMoved(tx *store.Tx, z *Zone, part casework.Case, e casework.Effect) error {
	was, err := tx.Case(e.Into, store.Everything)
	if err != nil {
		return err
	}
	p := z.Version(was.Procedure, was.Version)
	out, err := p.PartMoved(was, part, e.Said, z.in(tx))
	if err != nil {
		return err
	}
	return a.save(tx, z, Viewer{Zone: tx.Zone}, p, was, out)
}

// send makes the move that a case makes in one of its sub-cases, where it is possible there.
func (a *App) send(tx *store.Tx, z *Zone, e casework.Effect) error {
	was, err := tx.Case(e.Into, store.Everything)
	if err != nil {
		return err
	}
	p := z.Version(was.Procedure, was.Version)
	if _, possible := p.Next(was.Stage, e.Move); !possible {
		return nil
	}
	out, err := p.Do(was, casework.System, casework.Command{Move: e.Move}, z.in(tx))
	if err != nil {
		return err
	}
	return a.save(tx, z, Viewer{Zone: tx.Zone}, p, was, out)
}

// PartLine is a sub-case as the page of its case shows it.
type PartLine struct {
	casework.SubCase
	Stage    lang.Text
	Critical bool // lies on the critical path
	Light    Light
}

// parts describes the sub-cases of a case.
func (p *CasePage) parts(r *store.Reader, z *Zone) error {
	if len(p.Case.Parts) == 0 {
		return nil
	}
	lines, err := r.SubCases(p.Case.ID)
	if err != nil {
		return err
	}
	found := map[casework.ID]store.CaseLine{}
	for _, l := range lines {
		found[l.ID] = l
	}
	critical := map[string]bool{}
	for _, k := range p.Proc.Parts {
		path := p.Case.Path(k.ID, z.Calendar, r.Now)
		if len(path.Critical) > 1 {
			for _, key := range path.Critical {
				critical[k.ID+"/"+key] = true
			}
		}
	}
	for _, x := range p.Case.Parts {
		line := PartLine{SubCase: x, Critical: critical[x.Kind+"/"+x.Key], Light: Grey}
		if l, ok := found[x.Case]; ok {
			line.Stage = z.StageName(l.Procedure, l.Version, l.Stage)
			line.Light = LightOf(l.Due, l.Closed, l.Level, r.Now)
		}
		p.Parts = append(p.Parts, line)
	}
	return nil
}

// Leading finds the case that a case is part of, as far as the viewer may see it.
func (a *App) leading(r *store.Reader, v Viewer, c casework.Case) (*store.CaseLine, error) {
	if c.Parent == 0 {
		return nil, nil
	}
	lead, err := r.Case(c.Parent, v.Scope())
	if fault.KindOf(err) == fault.NotFound && err != nil {
		return nil, nil
	}
	return &store.CaseLine{ID: lead.ID, Number: lead.Number, Title: lead.Title}, err
}
