package app

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"time"

	"gezhi/internal/calendar"
	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/idcode"
	"gezhi/internal/lang"
	"gezhi/internal/ledger"
	"gezhi/internal/points"
	"gezhi/internal/redeem"
	"gezhi/internal/store"
)

// Broken is one rule of the database that does not hold: how often, and the first place.
type Broken struct {
	Rule  lang.Text `json:"rule"`
	Count int       `json:"count"`
	First string    `json:"first"`
}

// Verification is what Verify found in one zone.
type Verification struct {
	Zone   int      `json:"zone"` // 0: the file itself
	Cases  int      `json:"cases"`
	Events int      `json:"events"`
	Broken []Broken `json:"broken"` // empty when all is well
}

// VerifyFile checks what is below all zones: the database file.
func (a *App) VerifyFile(ctx context.Context) (Verification, error) {
	v := Verification{Broken: []Broken{}}
	lines, err := a.db.Sound(ctx)
	if len(lines) > 0 {
		v.Broken = append(v.Broken, Broken{checked["file"], len(lines), lines[0]})
	}
	return v, err
}

// Unreadable is what is found where a damaged database lets nobody read on; ok is false when err is another error.
func Unreadable(zone int, err error) (v Verification, ok bool) {
	return Verification{Zone: zone, Broken: []Broken{{checked["file"], 1, explain(err)}}}, store.Damaged(err)
}

// Verify checks every invariant of a zone on one snapshot, reading it as a stream: what must hold among
// rows, each case against its history and inbox, the books, sealed data and photos, and the log against all of it. step, which may be nil, is
// told how many cases have been looked at. What a damaged database does not let it read is among the findings.
func (a *App) Verify(ctx context.Context, zone int, step func(cases int)) (Verification, error) {
	c := &verifier{app: a, step: step, out: Verification{Zone: zone, Broken: []Broken{}}, at: map[string]int{}}
	err := a.db.View(ctx, zone, func(r *store.Reader) error {
		if err := c.invariants(r); err != nil {
			return err
		}
		var err error
		if c.zone, err = loadZone(r, &documents{}); err != nil {
			c.wrong("setup", "%s", explain(err))
			return nil // without its set-up nothing can be said of the cases
		}
		if c.rebuilt, err = r.Rebuilt(rebuiltPhases); err != nil && !store.Damaged(err) {
			return err
		}
		years, err := r.CalendarYears()
		if err != nil && !store.Damaged(err) {
			return err
		}
		c.calm = err == nil && len(years) == 0
		for _, check := range []func(*store.Reader) error{c.cases, c.awards, c.books, c.people, c.photos, c.files, c.rewards, c.grants, c.draws, c.profiles, c.log} {
			if err := check(r); ctx.Err() != nil {
				return ctx.Err()
			} else if err != nil { // what nobody can read is wrong too; the other checks go on
				c.wrong("readable", "%s", explain(err))
			}
		}
		return nil
	})
	if store.Damaged(err) {
		c.wrong("readable", "%s", explain(err))
		err = nil
	}
	return c.out, err
}

// invariants counts the rows that break what must hold among rows. Where the file is damaged the other rules are still counted.
func (c *verifier) invariants(r *store.Reader) error {
	for _, in := range store.Invariants(r.Dialect()) {
		tallied, err := r.Tally([]store.Invariant{in})
		if store.Damaged(err) && r.Dialect() == store.SQLite { // PostgreSQL reads nothing more in a transaction that failed
			c.wrong("readable", "%s", explain(err))
		} else if err != nil {
			return err
		}
		for _, t := range tallied {
			c.out.Broken = append(c.out.Broken, Broken{t.Name, t.Count, t.First})
		}
	}
	return nil
}

// explain is an error as text, a fault's sentence in English.
func explain(err error) string {
	if list := fault.Fields(err); len(list) > 0 {
		return list[0].In(lang.EN)
	}
	return err.Error()
}

// checked are the names of what is checked in Go; the others are the store's invariants.
var checked = map[string]lang.Text{
	"file":      {ZH: "数据库文件完整", EN: "the file is sound"},
	"readable":  {ZH: "记录都可读取", EN: "every row can be read"},
	"setup":     {ZH: "辖区设置可读取", EN: "the set-up can be read"},
	"sequence":  {ZH: "办理记录编号连续", EN: "history is numbered without gaps"},
	"chain":     {ZH: "办理记录前后衔接且合乎流程", EN: "each event follows from the one before, by the procedure"},
	"state":     {ZH: "案件现状与办理记录一致", EN: "a case stands where its history ends"},
	"dates":     {ZH: "案件时间与办理记录一致", EN: "a case's dates are its history's"},
	"counts":    {ZH: "案件计数与办理记录一致", EN: "a case's counts are its history's"},
	"revision":  {ZH: "案件修订号与办理记录一致", EN: "a case's revision counts its changes"},
	"level":     {ZH: "督办级别与办理记录一致", EN: "a case's supervision level is its history's"},
	"tasks":     {ZH: "待办与案件一致", EN: "inboxes hold what cases wait for"},
	"deadline":  {ZH: "时限、提醒与计时一致", EN: "deadlines and alarms follow from the clocks"},
	"units":     {ZH: "单位可见范围与办理记录一致", EN: "units read what they held"},
	"pictures":  {ZH: "照片与办理记录一致", EN: "photos are those that history names"},
	"documents": {ZH: "材料与办理记录一致", EN: "documents are those that history names"},
	"phases":    {ZH: "各阶段到达情况与办理记录一致", EN: "how far a case came is what its history says"},
	"months":    {ZH: "逐月数据与办理记录一致", EN: "monthly figures are those that history told"},
	"indexed":   {ZH: "案件可全文检索", EN: "cases are found by full text"},
	"number":    {ZH: "案件编号与上报日期一致", EN: "a case's number carries its day"},
	"procedure": {ZH: "案件的流程版本和事项存在", EN: "a case's procedure and matter exist"},
	"lots":      {ZH: "有期限的积分等于逐笔重算", EN: "lots are what their transfers made them"},
	"sealed":    {ZH: "个人信息可解密且检索值一致", EN: "sealed data opens and is found by its hash"},
	"profiles":  {ZH: "企业画像与各来源的数据一致", EN: "profiles are what their sources said"},
	"draw":      {ZH: "摇号的名单、名额、密数与公布的承诺值一致", EN: "a draw's list, terms and secret are those committed to"},
	"grant":     {ZH: "兑付与经过一致、合乎流程，收款账户可解密", EN: "a grant follows from its history, by the table; its account opens"},
	"cells":     {ZH: "兑现台账的汇总与明细一致", EN: "payouts are added up right"},
	"award":     {ZH: "积分记录与经过一致、合乎规则", EN: "an award follows from its history, by the table and its rule"},
	"photo":     {ZH: "照片内容与摘要一致", EN: "a photo is what its digest says"},
	"document":  {ZH: "材料内容与摘要一致", EN: "a document is what its digest says"},

	"logged":     {ZH: "记录与防篡改日志一致", EN: "what is recorded is what the log has"},
	"unlogged":   {ZH: "记录都在防篡改日志中", EN: "everything recorded is in the log"},
	"stray":      {ZH: "日志条目都有对应记录", EN: "every entry of the log has its row"},
	"leaves":     {ZH: "日志条目编号连续", EN: "the log's entries are numbered without gaps"},
	"tree":       {ZH: "日志的树可由条目重算", EN: "the log's tree follows from its entries"},
	"checkpoint": {ZH: "签名检查点与日志一致", EN: "signed checkpoints agree with the log"},
}

// verifier gathers what is wrong in one zone.
type verifier struct {
	app  *App
	zone *Zone
	calm bool // no calendar was ever changed

	rebuilt bool // tables younger than the cases hold all of them
	step    func(cases int)
	out     Verification
	at      map[string]int // index into out.Broken by rule
}

func (c *verifier) wrong(rule, format string, args ...any) {
	i, known := c.at[rule]
	if !known {
		i = len(c.out.Broken)
		c.at[rule] = i
		c.out.Broken = append(c.out.Broken, Broken{Rule: checked[rule], First: fmt.Sprintf(format, args...)})
	}
	c.out.Broken[i].Count++
}

// casesAtATime bounds what is in memory.
const casesAtATime = 500

func (c *verifier) cases(r *store.Reader) error {
	after := casework.ID(0)
	for {
		list, err := r.Dossiers(after, casesAtATime)
		if err != nil {
			return err
		}
		for i := range list {
			c.dossier(&list[i])
		}
		c.out.Cases += len(list)
		if c.step != nil {
			c.step(c.out.Cases)
		}
		if len(list) < casesAtATime {
			return nil
		}
		after = list[len(list)-1].ID
	}
}

func (c *verifier) dossier(d *store.Dossier) {
	c.out.Events += len(d.History)
	p := c.zone.Version(d.Procedure, d.Version)
	if p == nil {
		c.wrong("procedure", "case %s: %s version %d", d.Number, d.Procedure, d.Version)
		return
	}
	if p.About != casework.AboutNothing && c.zone.Kind(d.Case) == (lang.Text{}) {
		c.wrong("procedure", "case %s: matter %s", d.Number, d.Matter)
	}
	for _, x := range p.Contradictions(d.Case, d.History, c.calm) {
		c.wrong(x.Rule, "case %s: %s", d.Number, x.Detail)
	}
	if len(d.History) > 0 && !d.Opened.Equal(d.History[0].At) {
		c.wrong("dates", "case %s: opened at %v, its history begins at %v", d.Number, d.Opened, d.History[0].At)
	}
	if want := zoneCode(c.zone.Code) + "-" + d.Opened.In(calendar.Zone()).Format("20060102") + "-"; d.Parent == 0 && (len(d.Number) < len(want) || d.Number[:len(want)] != want) {
		c.wrong("number", "case %s: opened on %v", d.Number, d.Opened)
	}
	if !d.Indexed {
		c.wrong("indexed", "case %s", d.Number)
	}
	c.waiting(p, d)
	c.clocks(p, d)
	c.units(d)
	c.pictures(d)
	c.documents(d)
	c.phases(p, d)
	c.months(p, d)
}

// phases checks how far a case of a procedure with a funnel came against its history.
func (c *verifier) phases(p *casework.Procedure, d *store.Dossier) {
	if !c.rebuilt {
		return // the table is still to be filled
	}
	var want []casework.CasePhase
	if p.Funnel != "" {
		want = p.Reach(&d.Case).Phases(p.Comings(d.History))
	}
	if !slices.EqualFunc(d.Phases, want, func(a, b casework.CasePhase) bool {
		return a.Phase == b.Phase && a.Mark == b.Mark && a.Amount == b.Amount && a.At.Equal(b.At)
	}) {
		c.wrong("phases", "case %s: %v, want %v", d.Number, d.Phases, want)
	}
}

// months checks the monthly figures that lists read against the history that told them.
func (c *verifier) months(p *casework.Procedure, d *store.Dossier) {
	var want []store.CaseMonth
	for _, e := range d.History {
		told := figuresOf(p, e)
		slices.SortFunc(told, func(a, b casework.Figures) int { return a.Month - b.Month })
		for _, f := range told {
			want = append(want, store.CaseMonth{Figures: f, Case: d.ID, Seq: e.Seq})
		}
	}
	if !slices.Equal(d.Months, want) {
		c.wrong("months", "case %s: %v, want %v", d.Number, d.Months, want)
	}
}

func (c *verifier) waiting(p *casework.Procedure, d *store.Dossier) {
	want := taskKeys(p.Tasks(d.Case))
	if has := taskKeys(d.Waiting); !slices.Equal(has, want) {
		c.wrong("tasks", "case %s: %v, want %v", d.Number, has, want)
	}
}

// taskKeys makes tasks comparable, in any order.
func taskKeys(list []casework.Task) []string {
	out := make([]string, len(list))
	for i, t := range list {
		due := int64(0)
		if !t.Due.IsZero() {
			due = t.Due.UnixMilli()
		}
		out[i] = t.Kind + " " + t.Holder.Key() + " " + strconv.FormatInt(due, 10)
	}
	slices.Sort(out)
	return out
}

// clocks compares the deadline and the alarm with what the clocks say. Nothing is due at the instant
// of the last change, so Wake does nothing but work out the alarm anew.
func (c *verifier) clocks(p *casework.Procedure, d *store.Dossier) {
	if d.LevelColumn != d.Standing() {
		c.wrong("level", "case %s: supervision level %d, by its clocks %d", d.Number, d.LevelColumn, d.Standing())
	}
	if due := d.Due(); !d.DueColumn.Equal(due) {
		c.wrong("deadline", "case %s: due at %v, by its clocks %v", d.Number, d.DueColumn, due)
	}
	if !c.calm {
		return
	}
	out, err := p.Wake(d.Case, c.zone.Env(time.Time{}))
	if err != nil {
		c.wrong("deadline", "case %s: %s", d.Number, explain(err))
	} else if !out.Case.Wake.Equal(d.Wake) {
		c.wrong("deadline", "case %s: alarm at %v, by its clocks %v", d.Number, d.Wake, out.Case.Wake)
	}
}

// units are those that held the case: they may read it, and the last one is shown in lists.
func (c *verifier) units(d *store.Dossier) {
	var want []string
	last := ""
	for _, e := range d.History {
		u := e.Holder.Unit
		if u == "" || e.Holder.Role == casework.RoleReporter {
			continue
		}
		last = u
		if !slices.Contains(want, u) {
			want = append(want, u)
		}
	}
	slices.Sort(want)
	slices.Sort(d.Readers)
	if !slices.Equal(want, d.Readers) || d.Unit != last {
		c.wrong("units", "case %s: %v, last %q; by its history %v, last %q", d.Number, d.Readers, d.Unit, want, last)
	}
}

func (c *verifier) pictures(d *store.Dossier) {
	var want []int64
	for _, e := range d.History {
		for _, s := range e.Photos {
			if id, _ := strconv.ParseInt(s, 10, 64); !slices.Contains(want, id) {
				want = append(want, id)
			}
		}
	}
	slices.Sort(want)
	slices.Sort(d.Pictures)
	if !slices.Equal(want, d.Pictures) {
		c.wrong("pictures", "case %s: %v, by its history %v", d.Number, d.Pictures, want)
	}
}

// documents are those that the history names, each once however often it is named.
func (c *verifier) documents(d *store.Dossier) {
	var want []int64
	p := c.zone.Version(d.Procedure, d.Version)
	for i := 0; p != nil && i < len(d.History); i++ {
		for _, id := range p.Documents(d.History[i].Fields) {
			want = append(want, id)
		}
	}
	slices.Sort(want)
	want = slices.Compact(want)
	slices.Sort(d.Files)
	if !slices.Equal(want, d.Files) {
		c.wrong("documents", "case %s: %v, by its history %v", d.Number, d.Files, want)
	}
}

// books adds up every lot from the transfers that moved it.
func (c *verifier) books(r *store.Reader) error {
	type lot struct {
		ledger.Key
		expires int64
	}
	left := map[lot]int64{}
	err := r.EachTransfer(func(p ledger.Posted) error {
		for _, m := range p.Lots {
			k := lot{ledger.Key{Account: m.Account, Asset: p.Asset}, m.Expires.UnixMilli()}
			if left[k] += m.Amount; left[k] == 0 {
				delete(left, k)
			}
			if m.Account != p.From && m.Account != p.To {
				c.wrong("lots", "transfer %s moves a lot of %s", p.ID, m.Account)
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	err = r.EachLot(func(l store.OwnedLot) error {
		k := lot{l.Key, l.Expires.UnixMilli()}
		if left[k] != l.Left {
			c.wrong("lots", "%s %s %v: %d, by its transfers %d", l.Account, l.Asset, l.Expires, l.Left, left[k])
		}
		delete(left, k)
		return nil
	})
	for k, n := range left {
		c.wrong("lots", "%s %s: a lot of %d is missing", k.Account, k.Asset, n)
	}
	return err
}

// awards plays each award's history through the transition table and compares where it ends.
func (c *verifier) awards(r *store.Reader) error {
	return r.EachAward(func(w points.Award, events []points.Event) error {
		at, approved := points.State(""), []points.Person(nil)
		for i, e := range events {
			to, ok := points.Next(at, e.Act)
			if i == 0 {
				to, ok = points.Submitted, e.Act == points.Submit
			}
			if !ok || e.To != to || e.From != at || e.Seq != i+1 {
				c.wrong("award", "award %d event %d: %s from %s to %s", w.ID, e.Seq, e.Act, e.From, e.To)
				return nil
			}
			at = to
			switch {
			case e.Act == points.Resubmit:
				approved = nil
			case e.Actor != 0 && (e.Act == points.Refer || e.Act == points.Publish || e.Act == points.Clear):
				approved = append(approved, e.Actor)
			}
		}
		if at != w.State || len(events) != w.EventsNum || !slices.Equal(approved, w.Approved) {
			c.wrong("award", "award %d is %s approved by %v; its %d events say %s by %v", w.ID, w.State, w.Approved, len(events), at, approved)
		}
		if _, rule, ok := c.zone.RulesVersion(w.Version, w.Rule); !ok || rule.Value.Points(w.Quantity) != w.Points || rule.Source != w.Source {
			c.wrong("award", "award %d of %d points: not what item %s says in version %d", w.ID, w.Points, w.Rule, w.Version)
		}
		return nil
	})
}

// people opens every sealed value with the key.
func (c *verifier) people(r *store.Reader) error {
	return r.EachPerson(func(p store.PersonRow) error {
		if !p.Erased.IsZero() {
			return nil
		}
		_, phone, err := c.app.open(r.Zone, p)
		switch {
		case err != nil:
			c.wrong("sealed", "%v", err)
		case phone == "" && len(p.PhoneHash) > 0, phone != "" && !bytes.Equal(c.app.ring.Hash("phone", phone), p.PhoneHash):
			c.wrong("sealed", "person %d: another phone's hash", p.ID)
		case p.Area != "" && idcode.LevelOf(p.Area) == idcode.NoLevel:
			c.wrong("sealed", "person %d: area %q", p.ID, p.Area)
		}
		return nil
	})
}

func (c *verifier) photos(r *store.Reader) error {
	return r.EachPhoto(func(p store.Photo) error {
		if sum := sha256.Sum256(p.Full); !bytes.Equal(sum[:], p.SHA256) {
			c.wrong("photo", "photo %d", p.ID)
		}
		return nil
	})
}

// files takes the digest of every document anew.
func (c *verifier) files(r *store.Reader) error {
	return r.EachFile(func(f store.File) error {
		if sum := sha256.Sum256(f.Body); hex.EncodeToString(sum[:]) != f.SHA256 || int64(len(f.Body)) != f.Size {
			c.wrong("document", "document %d", f.ID)
		}
		return nil
	})
}

// rewards opens every pick-up code that can still be used, and what is known of each sponsor.
func (c *verifier) rewards(r *store.Reader) error {
	for id, s := range c.zone.Sponsors {
		if _, err := c.app.ring.Open(contactPlace(r.Zone, id), s.Contact); err != nil {
			c.wrong("sealed", "sponsor %d: %v", id, err)
		}
	}
	return r.EachCode(func(d store.SealedRedemption) error {
		if d.State != redeem.Reserved {
			return nil
		}
		code, err := c.app.ring.Open(codePlace(r.Zone, d.ID), d.Sealed)
		if err != nil || !bytes.Equal(c.app.ring.Hash("pickup", code), d.Hash) {
			c.wrong("sealed", "redemption %d: its code does not open, or is found by another hash", d.ID)
		}
		return nil
	})
}
