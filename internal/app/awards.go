package app

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"gezhi/internal/calendar"
	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/idcode"
	"gezhi/internal/lang"
	"gezhi/internal/ledger"
	"gezhi/internal/points"
	"gezhi/internal/store"
)

// Earning is a contribution that earns by itself, without an application: a verified report, attendance that was
// checked, a sponsor's gift.
type Earning struct {
	Rule     string
	Key      string          // makes it come once
	Person   casework.Person // who contributed; 0 for a unit
	By       casework.Person // who says so, and does not judge it; 0 for the system
	Unit     string
	Area     string       // where
	Day      calendar.Day // 0: today
	Quantity int64        // minutes, items …; a fixed value takes none
	Evidence string       // what counts once, such as case:812 or activity:7
	Ref      string       // what the statement says it was for
	Text     string
}

// Earn enters an award that needs no application, in the caller's transaction. A cap, a departure or an empty pool does
// not fail it: the award says so itself. The same key again gives the award there is, and fresh is false. An item
// that is not among the rules is NotFound.
func (a *App) Earn(tx *store.Tx, z *Zone, e Earning) (w points.Award, fresh bool, err error) {
	rule, ok := z.PointRule(e.Rule)
	if !ok {
		return w, false, fault.New(fault.NotFound, "积分规则中没有“%s”这一事项。", "The rules of points have no item %s.", e.Rule)
	}
	if was, err := tx.AwardByKey(e.Key); fault.KindOf(err) != fault.NotFound {
		return was, false, err
	}
	w = points.Award{ID: points.ID(tx.NewID()), Version: z.ruleset, Person: points.Person(e.Person), By: points.Person(e.By), Unit: e.Unit, Area: e.Area, Day: e.Day, Quantity: e.Quantity,
		Evidence: e.Evidence, Ref: e.Ref, Key: e.Key, Text: e.Text}
	if w.Day == 0 {
		w.Day = calendar.DayOf(tx.Now)
	}
	var obstacle error
	if rule.ForHousehold() {
		home, err := tx.HouseholdOf(e.Person)
		if fault.KindOf(err) == fault.NotFound {
			obstacle = errNoHome
		} else if err != nil {
			return w, false, err
		}
		w.Household = home.ID
	}
	w, event, err := rule.New(w, tx.Now)
	if err != nil {
		return w, false, err
	}
	events := []points.Event{event}
	seen, err := tx.SubjectRevisions([]string{w.Subject()})
	if err != nil {
		return w, false, err
	}
	if obstacle == nil {
		if obstacle, err = refusal(a.mayEarn(&tx.Reader, z, rule, w)); err != nil {
			return w, false, err
		}
	}
	if obstacle == nil {
		if obstacle, err = refusal(a.onceOnly(&tx.Reader, rule, w)); err != nil {
			return w, false, err
		}
		if obstacle != nil {
			w.Evidence = "" // the schema keeps it once; the award says why it earns nothing
		}
	}
	step := points.Step{Now: tx.Now}
	switch {
	case obstacle != nil:
		step.Act, step.Note = points.Refuse, sayWhy(obstacle)
	case rule.Review.Role == "":
		step.Act = rule.Approve(w)
	}
	if step.Act != "" {
		var more []points.Event
		if w, more, err = a.step(tx, z, rule, w, step, nil); err != nil {
			return w, false, err
		}
		events = append(events, more...)
	}
	if err := tx.AddAward(w, events); err != nil {
		return w, false, err
	}
	return w, true, tx.TouchSubjects([]string{w.Subject()}, seen)
}

// refusal tells what a person did wrong, or ran into, from what went wrong with us.
func refusal(err error) (obstacle, broken error) {
	if err == nil || len(fault.Fields(err)) == 0 {
		return nil, err
	}
	return err, nil
}

// step makes one step of an award and what follows at once: days of publicity, or posting. The award is not saved.
func (a *App) step(tx *store.Tx, z *Zone, rule points.Rule, w points.Award, s points.Step, kin points.Circle) (points.Award, []points.Event, error) {
	w, e, err := w.Do(s, kin)
	if err != nil {
		return w, nil, err
	}
	events := []points.Event{e}
	switch {
	case s.Act == points.Publish:
		w = w.Published(z.Calendar, rule.Publicity, tx.Now)
	case w.State == points.Waiting:
		var more []points.Event
		if w, more, err = a.pay(tx, z, rule, w); err != nil {
			return w, nil, err
		}
		events = append(events, more...)
	}
	return w, events, nil
}

// pay posts an award that is cleared, when a pool can pay. One that has come to exceed a cap, or whose earner has
// gone, is refused; where no pool has enough it waits and says so.
func (a *App) pay(tx *store.Tx, z *Zone, rule points.Rule, w points.Award) (points.Award, []points.Event, error) {
	obstacle, err := refusal(a.mayStillEarn(&tx.Reader, z, rule, w))
	if err != nil {
		return w, nil, err
	}
	if obstacle != nil {
		w, e, err := w.Do(points.Step{Act: points.Refuse, Note: sayWhy(obstacle), Now: tx.Now}, nil)
		return w, []points.Event{e}, err
	}
	to, err := payee(&tx.Reader, w)
	if err != nil {
		return w, nil, err
	}
	for _, level := range rule.Pools {
		pool := idcode.AncestorAt(w.Area, level)
		if pool == "" {
			continue
		}
		book, err := tx.Account(ledger.Of(ledger.Pool, pool), ledger.Point)
		if err != nil {
			return w, nil, err
		}
		if book.Balance < w.Points {
			continue
		}
		_, err = tx.Post(ledger.Transfer{ID: transferOf(w.ID), From: ledger.Of(ledger.Pool, pool), To: to, Asset: ledger.Point, Amount: w.Points,
			Expires: rule.Lapse.Expires(tx.Now), Reason: w.Rule, Ref: cmp.Or(w.Ref, transferOf(w.ID))})
		if err != nil {
			return w, nil, err
		}
		w.Pool = pool
		w, e, err := w.Do(points.Step{Act: points.Post, Now: tx.Now}, nil)
		return w, []points.Event{e}, err
	}
	w.Reason = points.WaitReason().Line()
	return w, nil, nil
}

// clip keeps a sentence within what a note may have.
// sayWhy is a refusal as the note of an award, in both languages.
func sayWhy(err error) string {
	return lang.Text{ZH: clip(fault.Sentence(err, lang.ZH)), EN: clip(fault.Sentence(err, lang.EN))}.Line()
}

func clip(s string) string {
	if r := []rune(s); len(r) > 200 {
		return string(r[:199]) + "…"
	}
	return s
}

// transferOf is the ledger's id of an award's posting.
func transferOf(id points.ID) string { return "award:" + strconv.FormatInt(int64(id), 10) }

// payee is the account an award is paid to: a household's points go to its head.
func payee(r *store.Reader, w points.Award) (ledger.Account, error) {
	switch {
	case w.Unit != "":
		return ledger.Of(ledger.Unit, w.Unit), nil
	case w.Household != 0:
		h, err := r.Household(w.Household)
		return PersonAccount(h.Head), err
	}
	return PersonAccount(casework.Person(w.Person)), nil
}

var errNoHome = fault.New(fault.Conflict, "这一事项以家庭为单元，您还没有绑定家庭，请联系社区登记。", "This item is for households; you belong to none yet. Ask your community to enter it.")

// mayEarn refuses an earner who has gone, who is not of the kind the rule is for, or who would exceed a cap.
func (a *App) mayEarn(r *store.Reader, z *Zone, rule points.Rule, w points.Award) error {
	if err := a.present(r, w); err != nil {
		return err
	}
	are := []points.Earner{points.Resident}
	switch {
	case w.Unit != "":
		are = []points.Earner{points.UnitEarner}
	case w.Household != 0:
		are = []points.Earner{points.Household}
	default:
		marks, err := r.Marks(casework.Person(w.Person))
		if err != nil {
			return err
		}
		for _, m := range marks {
			are = append(are, points.Earner(m))
		}
	}
	if !rule.MayEarn(are...) {
		return forWhom(rule)
	}
	return z.Rules.Within(rule, w.Day, w.Points, counter(r, rule, w, false))
}

// forWhom says who an item is for.
func forWhom(rule points.Rule) error {
	var zh, en []string
	for _, e := range rule.Who {
		zh, en = append(zh, e.Name().ZH), append(en, e.Name().EN)
	}
	return fault.New(fault.Conflict, "“%[1]s”只面向%[2]s；如身份有误，请联系社区登记。", "%[3]s is for %[4]s; if you are one, ask your community to enter it.",
		rule.Name.ZH, strings.Join(zh, "、"), rule.Name.EN, strings.Join(en, ", "))
}

// mayStillEarn looks again before posting: at who has gone meanwhile, and at what has been posted meanwhile.
func (a *App) mayStillEarn(r *store.Reader, z *Zone, rule points.Rule, w points.Award) error {
	if err := a.present(r, w); err != nil {
		return err
	}
	return z.rules[w.Version].Within(rule, w.Day, w.Points, counter(r, rule, w, true))
}

// counter counts the award's earner without the award itself.
func counter(r *store.Reader, rule points.Rule, w points.Award, posted bool) points.Counter {
	return func(first, last calendar.Day, all bool) (points.Count, error) {
		item := rule.ID
		if all {
			item = ""
		}
		return r.AwardCount(w.Subject(), item, first, last, w.ID, posted)
	}
}

// present refuses an award to somebody who has died, left the district or been erased.
func (a *App) present(r *store.Reader, w points.Award) error {
	if w.Person == 0 {
		return nil
	}
	p, err := r.Person(casework.Person(w.Person))
	if err != nil {
		return err
	}
	return still(p)
}

// still refuses whoever earns no more.
func still(p store.PersonRow) error {
	switch {
	case !p.Erased.IsZero():
		return fault.New(fault.Conflict, "得分人的信息已注销，不能记分。", "The earner's data has been erased; nothing can be awarded.")
	case !p.Left.IsZero():
		return fault.New(fault.Conflict, "得分人已登记为%[1]s，不能记分。", "The earner is entered as %[2]s; nothing can be awarded.", leftName(p.LeftWhy).ZH, leftName(p.LeftWhy).EN)
	}
	return nil
}

// onceOnly refuses the same evidence of the same earner for the same item.
func (a *App) onceOnly(r *store.Reader, rule points.Rule, w points.Award) error {
	if w.Evidence == "" {
		return nil
	}
	was, err := r.EvidenceUsed(w.Subject(), rule.ID, w.Evidence)
	if fault.KindOf(err) == fault.NotFound {
		return nil
	}
	if err != nil || was.ID == w.ID {
		return err
	}
	return fault.New(fault.Conflict, "同一件事已经记过分（%[1]s，%[2]s），不能重复。", "The same thing has been counted already (%[3]s, %[2]s).",
		rule.Name.ZH, was.Day, rule.Name.EN)
}

// circle is everybody who stands too near an award to decide about it: the households of its earner.
func circle(r *store.Reader, w points.Award) (points.Circle, error) {
	homes := []int64{}
	if w.Household != 0 {
		homes = append(homes, w.Household)
	}
	if w.Person != 0 {
		h, err := r.HouseholdOf(casework.Person(w.Person))
		switch {
		case err == nil && h.ID != w.Household:
			homes = append(homes, h.ID)
		case err != nil && fault.KindOf(err) != fault.NotFound:
			return nil, err
		}
	}
	var out points.Circle
	for _, id := range homes {
		members, err := r.Members(id)
		if err != nil {
			return nil, err
		}
		for _, m := range members {
			out = append(out, points.Person(m.Person))
		}
	}
	return out, nil
}

// selves are the entries of one human being: a member of staff who also signs in as a resident has the same phone.
func selves(r *store.Reader, p casework.Person) ([]points.Person, error) {
	out := []points.Person{points.Person(p)}
	row, err := r.Person(p)
	if err != nil || len(row.PhoneHash) == 0 {
		return out, err
	}
	other := "resident"
	if row.Kind == "resident" {
		other = "staff"
	}
	twin, err := r.PersonByPhone(other, row.PhoneHash)
	switch {
	case err == nil:
		out = append(out, points.Person(twin.ID))
	case fault.KindOf(err) != fault.NotFound:
		return nil, err
	}
	return out, nil
}

// mayJudge refuses the viewer who may not decide about the award, under whichever entry.
func mayJudge(r *store.Reader, v Viewer, w points.Award) (points.Circle, error) {
	kin, err := circle(r, w)
	if err != nil {
		return nil, err
	}
	me, err := selves(r, v.Person)
	if err != nil {
		return nil, err
	}
	for _, p := range me {
		if err := w.MayJudge(p, kin); err != nil {
			return nil, err
		}
	}
	return kin, mayJudgeFor(r, v, w, kin)
}

// tellEarner sends a message about an award to whom it is for.
func tellEarner(tx *store.Tx, w points.Award, zh, en string) error {
	if w.Person == 0 {
		return nil
	}
	return tx.AddNotice(store.Notice{ID: tx.NewID(), Person: casework.Person(w.Person), Kind: "award", About: int64(w.ID), ZH: zh, EN: en})
}

// tellOutcome tells the earner what the last step came to.
func tellOutcome(tx *store.Tx, rule points.Rule, w points.Award) error {
	n, why := w.Points, lang.OfLine(w.Reason)
	switch w.State {
	case points.Posted:
		return tellEarner(tx, w, fmt.Sprintf("“%s”的 %d 积分已入账。", rule.Name.ZH, n), fmt.Sprintf("%d points for “%s” are posted.", n, rule.Name.EN))
	case points.Waiting:
		return tellEarner(tx, w, fmt.Sprintf("“%s”的 %d 积分已核定，%s", rule.Name.ZH, n, points.WaitReason().ZH), fmt.Sprintf("%d points for “%s” are approved. %s", n, rule.Name.EN, points.WaitReason().EN))
	case points.Refused:
		return tellEarner(tx, w, fmt.Sprintf("“%s”没有记分：%s", rule.Name.ZH, why.ZH), fmt.Sprintf("“%s” was not awarded: %s", rule.Name.EN, why.In(lang.EN)))
	case points.Returned:
		return tellEarner(tx, w, fmt.Sprintf("“%s”的申报被退回，请补正后重新提交：%s", rule.Name.ZH, why.ZH), fmt.Sprintf("Your application “%s” was returned; correct it and send it again: %s", rule.Name.EN, why.In(lang.EN)))
	case points.Reversed:
		return tellEarner(tx, w, fmt.Sprintf("“%s”的 %d 积分已冲正：%s", rule.Name.ZH, n, why.ZH), fmt.Sprintf("%d points for “%s” were taken back: %s", n, rule.Name.EN, why.In(lang.EN)))
	case points.Publicity:
		return tellEarner(tx, w, fmt.Sprintf("“%s”复核通过，公示至 %s。", rule.Name.ZH, until(w)), fmt.Sprintf("“%s” was approved and is published until %s.", rule.Name.EN, until(w)))
	}
	return nil
}

// until is the last moment for objections, as people read it.
func until(w points.Award) string { return w.Until.In(calendar.Zone()).Format("2006-01-02 15:04") }

// postAtOnce is how many awards one transaction posts, so that nobody waits long for the writer.
const postAtOnce = 100

// PostDue posts the awards whose publicity has ended without an open objection and those that waited for budget which
// has come. It returns how many were posted. Run it from one process or from several: each award is posted once.
func (a *App) PostDue(ctx context.Context, zone int) (int, error) {
	z, err := a.Zone(ctx, zone)
	if err != nil {
		return 0, err
	}
	posted, err := a.postState(ctx, z, points.Publicity)
	if err != nil {
		return posted, err
	}
	if rich, err := a.anyBudget(ctx, zone); err != nil || !rich {
		return posted, err
	}
	n, err := a.postState(ctx, z, points.Waiting)
	return posted + n, err
}

// postState goes through the awards of a state that are due, once.
func (a *App) postState(ctx context.Context, z *Zone, state points.State) (posted int, err error) {
	for after := points.ID(0); ; {
		var due []points.Award
		if err := a.db.View(ctx, z.Code, func(r *store.Reader) (err error) {
			due, err = r.DueAwards(state, after, postAtOnce)
			return err
		}); err != nil {
			return posted, err
		}
		n, err := a.postMany(ctx, z, due)
		posted += n
		if err != nil || len(due) < postAtOnce {
			return posted, err
		}
		after = due[len(due)-1].ID
	}
}

// anyBudget reports whether some pool holds anything.
func (a *App) anyBudget(ctx context.Context, zone int) (bool, error) {
	rich := false
	err := a.db.View(ctx, zone, func(r *store.Reader) (err error) {
		rich, err = r.AnyPool()
		return err
	})
	return rich, err
}

// postMany clears and posts awards in one transaction; when one of them cannot be, each by itself, so that it
// holds up none of the others.
func (a *App) postMany(ctx context.Context, z *Zone, due []points.Award) (int, error) {
	posted := 0
	try := func(list []points.Award) error {
		n := 0
		err := a.db.InTx(ctx, z.Code, func(tx *store.Tx) error {
			n = 0
			for _, w := range list {
				done, err := a.postOne(tx, z, w)
				if err != nil {
					return fmt.Errorf("post award %d: %w", w.ID, err)
				}
				if done {
					n++
				}
			}
			return nil
		})
		if err == nil {
			posted += n
		}
		return err
	}
	if len(due) == 0 || try(due) == nil {
		return posted, nil
	}
	for i := range due {
		if err := try(due[i : i+1]); err != nil && fault.KindOf(err) != fault.Conflict { // a conflict: somebody moved it meanwhile
			a.log.ErrorContext(ctx, "post award", "error", err)
		}
	}
	return posted, nil
}

// postOne reads an award again and lets it go on if it is still due.
func (a *App) postOne(tx *store.Tx, z *Zone, w points.Award) (bool, error) {
	was, err := tx.Award(w.ID, store.Everything)
	if err != nil {
		return false, err
	}
	_, rule, ok := z.RulesVersion(was.Version, was.Rule)
	if !ok {
		return false, fmt.Errorf("rules version %d have no item %s", was.Version, was.Rule)
	}
	seen, err := tx.SubjectRevisions([]string{was.Subject()})
	if err != nil {
		return false, err
	}
	now, events := was, []points.Event(nil)
	switch {
	case was.State == points.Publicity && !was.Until.After(tx.Now):
		now, events, err = a.step(tx, z, rule, was, points.Step{Act: points.Clear, Now: tx.Now}, nil)
	case was.State == points.Waiting:
		now, events, err = a.pay(tx, z, rule, was)
	}
	if err != nil || len(events) == 0 {
		return false, err
	}
	if err := tx.MoveAward(was, now, events); err != nil {
		return false, err
	}
	if err := tx.TouchSubjects([]string{was.Subject()}, seen); err != nil {
		return false, err
	}
	return now.State == points.Posted, tellOutcome(tx, rule, now)
}

// awardScope is what the viewer may read of awards by duty: the areas where one reviews, imports or keeps households.
func (v Viewer) awardScope() store.Scope {
	var s store.Scope
	for _, d := range v.Duties {
		if p := powers(d.Role); p&(ReviewAwards|ImportAwards|Budgets) != 0 && d.Area != "" {
			if d.Area == zoneCode(v.Zone) {
				s.All = true
			}
			s.Areas = append(s.Areas, d.Area)
		}
	}
	return s
}

// ownOrDuty is awardScope with what is the viewer's own.
func (v Viewer) ownOrDuty() store.Scope {
	s := v.awardScope()
	s.Person = int64(v.Person)
	return s
}

// dayOf reads a day of a form; "" is today.
func (a *App) dayOf(field, s string) (calendar.Day, error) {
	t, err := a.ParseDay(field, s)
	return calendar.DayOf(t), err
}

// applyWithin is how long after a contribution one may apply for it.
const applyWithin = 60

func recent(day calendar.Day, now time.Time) error {
	if calendar.DayOf(now)-day > applyWithin {
		return fault.Field("day", "请在 %d 天内申报，更早的请联系社区按名单办理。", "Apply within %d days; for what is older ask your community to list it.", applyWithin)
	}
	return nil
}
