package app

import (
	"context"
	"slices"
	"strconv"

	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/idcode"
	"gezhi/internal/ledger"
	"gezhi/internal/points"
	"gezhi/internal/store"
)

// AwardLine is an award as lists show it.
type AwardLine struct {
	points.Award
	Item   points.Rule
	Earner string // masked
	Path   string // of its area
	Thumb  int64  // its first picture; 0 when it has none
}

// turns are the decisions that lie with the viewer: which items wait for whom is what the rules say, in every version.
func (z *Zone) turns(v Viewer) []store.AwardTurn {
	out := []store.AwardTurn{}
	for _, d := range v.Duties {
		if powers(d.Role)&ReviewAwards == 0 {
			continue
		}
		first, second := store.AwardTurn{State: points.Submitted, Area: d.Area}, store.AwardTurn{State: points.Reviewed, Area: d.Area}
		for _, rules := range z.rules {
			for _, r := range rules.List {
				add := func(t *store.AwardTurn, by points.Reviewer) {
					if by.Role == d.Role && by.Level == idcode.LevelOf(d.Area) && !slices.Contains(t.Rules, r.ID) {
						t.Rules = append(t.Rules, r.ID)
					}
				}
				add(&first, r.Review)
				add(&second, r.Second.By)
			}
		}
		for _, t := range []store.AwardTurn{first, second} {
			if t.Rules != nil {
				out = append(out, t)
			}
		}
	}
	return out
}

// ReviewQueue lists the awards that wait for the viewer's decision, oldest first, after the given one.
func (a *App) ReviewQueue(ctx context.Context, v Viewer, after points.ID, limit int) ([]AwardLine, error) {
	if err := v.need(ReviewAwards); err != nil {
		return nil, err
	}
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return nil, err
	}
	return a.awardLines(ctx, v, z, store.AwardFilter{Turns: z.turns(v), Oldest: true, After: after, Limit: limit})
}

// ReviewCount counts what waits for the viewer, for a menu.
func (a *App) ReviewCount(ctx context.Context, v Viewer) (int, error) {
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return 0, err
	}
	turns := z.turns(v)
	if len(turns) == 0 {
		return 0, nil
	}
	var n int
	err = a.db.View(ctx, v.Zone, func(r *store.Reader) (err error) {
		n, err = r.CountAwards(v.awardScope(), store.AwardFilter{Turns: turns})
		return err
	})
	return n, err
}

// DutyAwards lists awards in the areas of the viewer's duties.
func (a *App) DutyAwards(ctx context.Context, v Viewer, f store.AwardFilter) ([]AwardLine, error) {
	if err := v.need(ReviewAwards | ImportAwards | Budgets); err != nil {
		return nil, err
	}
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return nil, err
	}
	return a.awardLines(ctx, v, z, f)
}

func (a *App) awardLines(ctx context.Context, v Viewer, z *Zone, f store.AwardFilter) ([]AwardLine, error) {
	var out []AwardLine
	err := a.db.View(ctx, v.Zone, func(r *store.Reader) error {
		list, err := r.Awards(v.awardScope(), f)
		if err != nil {
			return err
		}
		out, err = a.lines(r, z, v, list, true)
		return err
	})
	return out, err
}

// lines adds to awards what lists show of them; the names are masked, to staff too.
func (a *App) lines(r *store.Reader, z *Zone, v Viewer, list []points.Award, photos bool) ([]AwardLine, error) {
	var ids []casework.Person
	for _, w := range list {
		ids = append(ids, casework.Person(w.Person))
	}
	names, err := a.names(r, Viewer{Zone: v.Zone}, ids)
	if err != nil {
		return nil, err
	}
	out := make([]AwardLine, len(list))
	for i, w := range list {
		_, item, _ := z.RulesVersion(w.Version, w.Rule)
		out[i] = AwardLine{Award: w, Item: item, Earner: z.earnerName(w, names), Path: z.Tree.Path(w.Area)}
		if photos {
			p, err := r.PhotosOf(w.ID)
			if err != nil {
				return nil, err
			}
			if len(p) > 0 {
				out[i].Thumb = p[0].Photo
			}
		}
	}
	return out, nil
}

// Decision is what a reviewer decides.
type Decision string

// The decisions.
const (
	Approve  Decision = "approve"
	SendBack Decision = "return"
	Decline  Decision = "refuse"
)

// DecideAward reviews an award whose turn is the viewer's. Nobody decides about an award of their own, of their household,
// one they submitted, or twice about the same.
func (a *App) DecideAward(ctx context.Context, v Viewer, id points.ID, d Decision, note, key string) error {
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return err
	}
	_, _, err = a.db.Once(ctx, v.Zone, "review:"+key+":"+strconv.FormatInt(int64(v.Person), 10), func(tx *store.Tx) (string, error) {
		was, err := tx.Award(id, v.awardScope())
		if err != nil {
			return "", err
		}
		return "", a.decide(tx, z, v, was, d, note)
	})
	return err
}

func (a *App) decide(tx *store.Tx, z *Zone, v Viewer, was points.Award, d Decision, note string) error {
	_, rule, ok := z.RulesVersion(was.Version, was.Rule)
	if !ok {
		return errNoItem
	}
	step := points.Step{By: points.Person(v.Person), Note: note, Now: tx.Now}
	switch d {
	case Approve:
		step.Act = rule.Approve(was)
	case SendBack:
		step.Act = points.Return
	case Decline:
		step.Act = points.Refuse
	default:
		return fault.Field("decision", "请选择复核意见。", "Choose a decision.")
	}
	if was.State != points.Submitted && was.State != points.Reviewed {
		_, _, err := was.Do(points.Step{Act: points.Refer, Note: note}, nil) // says where it stands
		return err
	}
	if !v.turn(rule, was) {
		return fault.New(fault.Forbidden, "这条积分现在不由您的岗位复核。", "This award is not for your post to review now.")
	}
	if d == SendBack && was.Source != points.FromApplication {
		return fault.New(fault.Conflict, "名单和活动产生的积分不能退回申报人，请通过或不予通过。", "Only an application can be returned; approve or refuse this one.")
	}
	kin, err := mayJudge(&tx.Reader, v, was)
	if err != nil {
		return err
	}
	seen, err := tx.SubjectRevisions([]string{was.Subject()})
	if err != nil {
		return err
	}
	if d == Approve {
		if err := a.present(&tx.Reader, was); err != nil {
			return err
		}
	}
	now, events, err := a.step(tx, z, rule, was, step, kin)
	if err != nil {
		return err
	}
	if err := tx.MoveAward(was, now, events); err != nil {
		return err
	}
	if err := tx.TouchSubjects([]string{was.Subject()}, seen); err != nil {
		return err
	}
	return tellOutcome(tx, rule, now)
}

var errNoItem = fault.New(fault.NotFound, "积分规则中没有这一事项。", "The rules of points have no such item.")

// ReverseAward takes a posted award back, with a reason: the points return to the pool they came from. Points that have been
// spent are not taken from others: the balance never goes below zero.
func (a *App) ReverseAward(ctx context.Context, v Viewer, id points.ID, note, key string) error {
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return err
	}
	_, _, err = a.db.Once(ctx, v.Zone, "reverse:"+key+":"+strconv.FormatInt(int64(v.Person), 10), func(tx *store.Tx) (string, error) {
		was, err := tx.Award(id, v.awardScope())
		if err != nil {
			return "", err
		}
		if err := v.needIn(ReviewAwards, was.Area); err != nil {
			return "", err
		}
		return "", a.reverse(tx, z, v, was, note)
	})
	return err
}

func (a *App) reverse(tx *store.Tx, z *Zone, v Viewer, was points.Award, note string) error {
	kin, err := mayJudge(&tx.Reader, v, was)
	if err != nil {
		return err
	}
	now, e, err := was.Do(points.Step{Act: points.Reverse, By: points.Person(v.Person), Note: note, Now: tx.Now}, kin)
	if err != nil {
		return err
	}
	id := transferOf(was.ID)
	if _, err := tx.Reverse(id, ledger.Transfer{ID: "reverse:" + id, Reason: "reversal", Ref: id}); err != nil {
		return err
	}
	if err := tx.MoveAward(was, now, []points.Event{e}); err != nil {
		return err
	}
	if err := tx.AddAudit(store.Audit{ID: tx.NewID(), Actor: v.Person, Action: "award.reverse", Subject: id, Person: casework.Person(was.Person), Reason: note}); err != nil {
		return err
	}
	_, rule, _ := z.RulesVersion(was.Version, was.Rule)
	return tellOutcome(tx, rule, now)
}
