package app

import (
	"context"
	"slices"
	"strconv"

	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/idcode"
	"gezhi/internal/points"
	"gezhi/internal/store"
	"gezhi/internal/territory"
)

// PublicityPage is what one community publishes: who is to get how many points for what, names masked.
type PublicityPage struct {
	Area  territory.Area // the community; the zero one when none was chosen
	Path  string
	Lines []AwardLine
	Next  points.ID // where the next page begins; 0 for none
}

// publicityLines is how many awards a page of publicity shows.
const publicityLines = 50

// PublicityOf lists what a community publishes now; "" is where the viewer lives, as far as told. Anybody may read it.
func (a *App) PublicityOf(ctx context.Context, v Viewer, area string, after points.ID) (PublicityPage, error) {
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return PublicityPage{}, err
	}
	var p PublicityPage
	err = a.db.View(ctx, v.Zone, func(r *store.Reader) error {
		if area == "" && v.Known() {
			who, err := r.Person(v.Person)
			if err != nil {
				return err
			}
			area = idcode.AncestorAt(who.Area, idcode.Community)
		}
		at, ok := z.Tree.Area(area)
		if !ok || at.Level() != idcode.Community {
			return nil
		}
		p.Area, p.Path = at, z.Tree.Path(at.Code)
		list, err := r.Awards(store.Everything, store.AwardFilter{Area: at.Code, States: []points.State{points.Publicity, points.Objected}, Oldest: true, After: after, Limit: publicityLines + 1})
		if err != nil {
			return err
		}
		if len(list) > publicityLines {
			list = list[:publicityLines]
			p.Next = list[publicityLines-1].ID
		}
		p.Lines, err = a.lines(r, z, v, list, false)
		return err
	})
	return p, err
}

// PublishedAward is one published award as anybody sees it.
func (a *App) PublishedAward(ctx context.Context, v Viewer, id points.ID) (AwardLine, error) {
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return AwardLine{}, err
	}
	var out AwardLine
	err = a.db.View(ctx, v.Zone, func(r *store.Reader) error {
		w, err := r.Award(id, store.Everything)
		if err != nil {
			return err
		}
		if w.State != points.Publicity && w.State != points.Objected {
			return fault.New(fault.NotFound, "这条积分不在公示期内。", "This award is not in publicity.")
		}
		list, err := a.lines(r, z, v, []points.Award{w}, false)
		if err == nil {
			out = list[0]
		}
		return err
	})
	return out, err
}

// Object enters what a resident has against a published award. It must come before publicity ends and say why; the
// award then waits until the objection is decided. Who objected is shown to nobody but those who decide.
func (a *App) Object(ctx context.Context, v Viewer, id points.ID, reason, key string) error {
	if !v.Known() {
		return v.need(0)
	}
	reason, err := words("reason", reason, 4, 500)
	if err != nil {
		return err
	}
	_, _, err = a.db.Once(ctx, v.Zone, "object:"+key+":"+strconv.FormatInt(int64(v.Person), 10), func(tx *store.Tx) (string, error) {
		was, err := tx.Award(id, store.Everything)
		if err != nil {
			return "", err
		}
		switch {
		case was.State != points.Publicity && was.State != points.Objected, was.Until.IsZero():
			return "", fault.New(fault.Conflict, "这条积分不在公示期内，不能提出异议。", "This award is not in publicity; no objection can be made.")
		case tx.Now.After(was.Until):
			return "", fault.New(fault.Conflict, "异议期已于 %s 结束，不能再提出异议；发现问题请向社区反映。", "The time for objections ended at %s; tell the community what is wrong.", until(was))
		}
		me, err := selves(&tx.Reader, v.Person)
		if err != nil {
			return "", err
		}
		if slices.Contains(me, was.Person) {
			return "", fault.New(fault.Conflict, "这是您本人的积分，如有错误请联系社区更正。", "This award is your own; ask the community to correct it.")
		}
		list, err := tx.Objections(id)
		if err != nil {
			return "", err
		}
		if slices.ContainsFunc(list, func(o store.Objection) bool { return o.By == v.Person }) {
			return "", fault.New(fault.Conflict, "您已经对这条积分提出过异议，处理结果会通知您。", "You have objected to this award already; you will be told the outcome.")
		}
		now, e, err := was.Do(points.Step{Act: points.Object, Note: "居民提出异议", Now: tx.Now}, nil)
		if err != nil {
			return "", err
		}
		if err := tx.AddObjection(store.Objection{ID: tx.NewID(), Award: id, By: v.Person, Reason: reason}); err != nil {
			return "", err
		}
		if err := tx.MoveAward(was, now, []points.Event{e}); err != nil {
			return "", err
		}
		return "", a.tellDesk(tx, was, "公示的积分有人提出异议，请核实处理。", "A published award has been objected to.")
	})
	return err
}

// tellDesk sends a message to the community's desk.
func (a *App) tellDesk(tx *store.Tx, w points.Award, zh, en string) error {
	h := casework.Holder{Role: "community_desk", Area: idcode.AncestorAt(w.Area, idcode.Community)}
	return tx.AddNotice(store.Notice{ID: tx.NewID(), Holder: h.Key(), Kind: "award", About: int64(w.ID), ZH: zh, EN: en})
}

// ProposeObjection says, after looking into it, whether an objection holds. It takes effect once somebody else confirms.
func (a *App) ProposeObjection(ctx context.Context, v Viewer, id int64, uphold bool, note, key string) error {
	note, err := words("note", note, 4, 200)
	if err != nil {
		return err
	}
	return a.onObjection(ctx, v, id, "propose:"+key, func(tx *store.Tx, _ *Zone, o store.Objection, w points.Award) error {
		if o.State != "open" {
			return fault.New(fault.Conflict, "这条异议已有处理意见或已办结。", "This objection has a proposal or has been decided.")
		}
		now := o
		now.State, now.Proposed, now.Note, now.Proposal = "proposed", v.Person, note, "dismiss"
		if uphold {
			now.Proposal = "uphold"
		}
		return tx.MoveObjection(o, now)
	})
}

// ConfirmObjection is the second pair of eyes: with agree the proposal takes effect, without it the objection is open again.
func (a *App) ConfirmObjection(ctx context.Context, v Viewer, id int64, agree bool, key string) error {
	return a.onObjection(ctx, v, id, "confirm:"+key, func(tx *store.Tx, z *Zone, o store.Objection, w points.Award) error {
		switch {
		case o.State != "proposed":
			return fault.New(fault.Conflict, "这条异议没有待确认的处理意见。", "There is no proposal to confirm.")
		case o.Proposed == v.Person:
			return fault.New(fault.Forbidden, "处理意见由您提出，须由另一人确认。", "You made the proposal; somebody else has to confirm it.")
		case slices.Contains(w.Approved, points.Person(v.Person)):
			return fault.New(fault.Forbidden, "这条积分由您复核通过，异议须由其他人确认。", "You approved this award; somebody else has to confirm.")
		}
		if err := secondOfObjection(&tx.Reader, v, o, w); err != nil {
			return err
		}
		now := o
		if !agree {
			now.State, now.Proposal, now.Proposed, now.Note = "open", "", 0, ""
			return tx.MoveObjection(o, now)
		}
		now.State, now.Decided, now.Done = map[string]string{"uphold": "upheld", "dismiss": "dismissed"}[o.Proposal], v.Person, tx.Now
		if err := tx.MoveObjection(o, now); err != nil {
			return err
		}
		return a.decided(tx, z, v, w, now)
	})
}

// decided lets an award follow from an objection: refused when it is upheld, published again when none is open any more.
func (a *App) decided(tx *store.Tx, z *Zone, v Viewer, w points.Award, o store.Objection) error {
	all, err := tx.Objections(w.ID)
	if err != nil {
		return err
	}
	act := points.Dismiss
	if o.State == "upheld" {
		act = points.Uphold
	}
	open := 0
	for _, x := range all {
		if x.State != "open" && x.State != "proposed" {
			continue
		}
		if act == points.Dismiss {
			open++
			continue
		}
		now := x
		now.State, now.Proposal, now.Proposed, now.Note, now.Decided, now.Done = "upheld", "uphold", o.Proposed, "同一积分的另一条异议已成立："+o.Note, o.Decided, o.Done
		if err := tx.MoveObjection(x, now); err != nil {
			return err
		}
		if err := tellObjector(tx, now); err != nil {
			return err
		}
	}
	if err := tellObjector(tx, o); err != nil {
		return err
	}
	if open > 0 {
		return nil
	}
	now, e, err := w.Do(points.Step{Act: act, By: points.Person(v.Person), Note: o.Note, Now: tx.Now}, nil)
	if err != nil {
		return err
	}
	if err := tx.MoveAward(w, now, []points.Event{e}); err != nil {
		return err
	}
	if act == points.Dismiss {
		return nil
	}
	_, rule, _ := z.RulesVersion(w.Version, w.Rule)
	return tellOutcome(tx, rule, now)
}

func tellObjector(tx *store.Tx, o store.Objection) error {
	zh, en := "您对公示积分提出的异议成立，该积分不予入账："+o.Note, "Your objection was upheld; the points are not posted: "+o.Note
	if o.State == "dismissed" {
		zh, en = "您对公示积分提出的异议经核实不成立："+o.Note, "Your objection was looked into and dismissed: "+o.Note
	}
	return tx.AddNotice(store.Notice{ID: tx.NewID(), Person: o.By, Kind: "objection", ZH: zh, EN: en})
}

// onObjection lets somebody with the duty, who stands near neither side, act on an objection.
func (a *App) onObjection(ctx context.Context, v Viewer, id int64, key string, act func(*store.Tx, *Zone, store.Objection, points.Award) error) error {
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return err
	}
	_, _, err = a.db.Once(ctx, v.Zone, "objection:"+key+":"+strconv.FormatInt(int64(v.Person), 10), func(tx *store.Tx) (string, error) {
		o, err := tx.Objection(id)
		if err != nil {
			return "", err
		}
		w, err := tx.Award(o.Award, v.awardScope())
		if err != nil {
			return "", err
		}
		if err := v.needIn(ReviewAwards, w.Area); err != nil {
			return "", err
		}
		near := w
		near.Approved, near.By = nil, 0 // who reviewed or listed it may look into the objection
		if _, err := mayJudge(&tx.Reader, v, near); err != nil {
			return "", err
		}
		me, err := selves(&tx.Reader, v.Person)
		if err != nil {
			return "", err
		}
		if slices.Contains(me, points.Person(o.By)) {
			return "", fault.New(fault.Forbidden, "异议由您提出，须由其他人处理。", "You made the objection; somebody else has to deal with it.")
		}
		return "", act(tx, z, o, w)
	})
	return err
}
