package app

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"gezhi/internal/calendar"
	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/ledger"
	"gezhi/internal/policy"
	"gezhi/internal/rules"
	"gezhi/internal/seal"
	"gezhi/internal/store"
)

// grantReach is which grants the viewer may read: all, or those of the enterprises the viewer acts for.
func (v Viewer) grantReach() store.Reach {
	return store.Reach{All: v.Can(Policies | PayOut), Person: int64(v.Person)}
}

// parts are the sides the viewer stands on towards an enterprise. Whoever acts for it, under whichever entry, decides nothing
// about it.
func (v Viewer) parts(r *store.Reader, code string) (policy.Part, error) {
	if !v.Known() {
		return 0, nil
	}
	me, err := selves(r, v.Person)
	if err != nil {
		return 0, err
	}
	agents, err := r.AgentsOf([]string{code})
	if err != nil {
		return 0, err
	}
	near := false
	for _, p := range me {
		near = near || slices.Contains(agents[code], casework.Person(p))
	}
	return v.partsAt(slices.Contains(agents[code], v.Person), near), nil
}

func (v Viewer) partsAt(agent, near bool) policy.Part {
	out := policy.Public
	if agent {
		out |= policy.Enterprise
	}
	if !near && v.Can(Policies) {
		out |= policy.Desk
	}
	if !near && v.Can(PayOut) {
		out |= policy.Finance
	}
	return out
}

// Decided is the item that a grant was decided by at some moment, with its policies and their day; nil when the zone has those no more.
func (z *Zone) Decided(g policy.Grant, at time.Time) (*rules.Book, *rules.Item, int64) {
	b, day := z.policies[g.Version], policyDay(at)
	if b == nil {
		return nil, nil, day
	}
	for _, x := range slices.Backward(b.Items) {
		if x.ID == g.Item && x.From <= day && day <= x.To {
			return b, x, day
		}
	}
	return nil, nil, day
}

// GrantItem is the item a grant is of, as it was decided, or else as it is now; nil when the zone has neither.
func (z *Zone) GrantItem(g policy.Grant) *rules.Item {
	if _, x, _ := z.Decided(g, g.At); x != nil {
		return x
	}
	return z.PolicyItem(g.Item, policyDay(g.At))
}

func termsOf(x *rules.Item) policy.Terms {
	if x == nil {
		return policy.Terms{}
	}
	return policy.Terms{Publicity: x.Publicity, Confirm: x.Confirm, Promised: x.Promised}
}

// GrantAccount is the bank account that is paid to. It is kept sealed.
type GrantAccount struct {
	Name   string `json:"name"` // of its owner
	Bank   string `json:"bank"`
	Number string `json:"number"`
}

// empty reports a form in which nothing was filled in.
func (x GrantAccount) empty() bool { return strings.TrimSpace(x.Name+x.Bank+x.Number) == "" }

func (x GrantAccount) check() (GrantAccount, error) {
	var bad fault.List
	var err error
	x.Name, err = words("account_name", x.Name, 2, 100)
	bad = append(bad, fault.Fields(err)...)
	x.Bank, err = words("account_bank", x.Bank, 4, 100)
	bad = append(bad, fault.Fields(err)...)
	x.Number = strings.NewReplacer(" ", "", "-", "").Replace(x.Number)
	if n := len(x.Number); n < 8 || n > 32 || strings.Trim(x.Number, "0123456789") != "" {
		bad.Add("account_number", "银行账号应为 8 至 32 位数字。", "An account's number has 8 to 32 digits.")
	}
	return x, bad.Err()
}

func accountPlace(zone int, id policy.GrantID) string {
	return seal.Place(zone, "grants", "account", strconv.FormatInt(int64(id), 10))
}

func (a *App) sealAccount(zone int, id policy.GrantID, x GrantAccount) ([]byte, error) {
	body, err := json.Marshal(x)
	if err != nil {
		return nil, err
	}
	return a.ring.Seal(accountPlace(zone, id), string(body))
}

// openAccount is a grant's account in clear; the zero one when none was told.
func (a *App) openAccount(zone int, g policy.Grant) (x GrantAccount, err error) {
	if len(g.Account) == 0 {
		return x, nil
	}
	body, err := a.ring.Open(accountPlace(zone, g.ID), g.Account)
	if err == nil {
		err = json.Unmarshal([]byte(body), &x)
	}
	if err != nil {
		return x, fmt.Errorf("grant %d: account: %w", g.ID, err)
	}
	return x, nil
}

// giveAccount puts the account of a form into a grant, or else the one the enterprise told last.
func (a *App) giveAccount(r *store.Reader, g *policy.Grant, form GrantAccount) error {
	if form.empty() {
		if len(g.Account) > 0 && g.State != policy.Failed {
			return nil
		}
		last, err := r.LastAccount(g.Code)
		if fault.KindOf(err) == fault.NotFound && err != nil || err == nil && g.State == policy.Failed {
			return fault.Field("account_number", "请填写收款账户。", "Give the account to pay to.")
		}
		if err != nil {
			return err
		}
		if form, err = a.openAccount(r.Zone, last); err != nil {
			return err
		}
	}
	form, err := form.check()
	if err == nil {
		g.Account, err = a.sealAccount(r.Zone, g.ID, form)
	}
	return err
}

// onGrant makes one step of a grant in a transaction of its own, once for a key. prepare, unless nil, changes the grant before
// the step; it may not change its state.
func (a *App) onGrant(ctx context.Context, v Viewer, id policy.GrantID, act policy.Act, note, key string, prepare func(*store.Tx, *rules.Item, *policy.Grant) error) error {
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return err
	}
	_, _, err = a.db.Once(ctx, v.Zone, personKey("grant:"+string(act), key, v.Person), func(tx *store.Tx) (string, error) {
		reach := v.grantReach()
		if act == policy.Object {
			reach.All = true // who objects need not work here
		}
		was, err := tx.Grant(reach, id)
		if err != nil {
			return "", err
		}
		part, err := v.parts(&tx.Reader, was.Code)
		if err != nil {
			return "", err
		}
		item, now := z.GrantItem(was), was
		if act.By()&part != 0 && prepare != nil {
			if err := prepare(tx, item, &now); err != nil {
				return "", err
			}
		}
		return "", a.stepGrant(tx, z, was, now, policy.Step{Act: act, By: policy.Person(v.Person), Part: part, Note: note, Now: tx.Now}, item)
	})
	return err
}

// stepGrant makes a step, with what follows from it at once, and saves it: the books, the payouts, messages, the audit log.
func (a *App) stepGrant(tx *store.Tx, z *Zone, was, now policy.Grant, s policy.Step, item *rules.Item) error {
	now, e, err := now.Do(s, termsOf(item), z.Calendar)
	if err != nil {
		return err
	}
	events := []policy.GrantEvent{e}
	if now.State == policy.Confirmed && termsOf(item).Publicity == 0 {
		if now, e, err = now.Do(policy.Step{Act: policy.Clear, Part: policy.Clock, Now: s.Now}, termsOf(item), z.Calendar); err != nil {
			return err
		}
		events = append(events, e)
	}
	if s.Act == policy.Book {
		if err := a.recoverGrant(tx, now, s); err != nil {
			return err
		}
	}
	if err := tx.MoveGrant(was, now, events...); err != nil {
		return err
	}
	if s.By != 0 {
		if err := tx.AddAudit(store.Audit{ID: tx.NewID(), Actor: casework.Person(s.By), Action: "grant." + string(s.Act), Subject: fmt.Sprintf("grant:%d", now.ID), Reason: s.Note, Detail: now.Code}); err != nil {
			return err
		}
	}
	return a.tellGrant(tx, z, item, now, s.Act)
}

// MoveGrant makes a step that needs nothing but a reason: waive, drop, return, refuse, object, dismiss, recover, spare, book.
func (a *App) MoveGrant(ctx context.Context, v Viewer, id policy.GrantID, act policy.Act, note, key string) error {
	if !slices.Contains([]policy.Act{policy.Waive, policy.Drop, policy.Return, policy.Refuse, policy.Object, policy.Dismiss, policy.Recover, policy.Spare, policy.Book}, act) {
		return fault.New(fault.Invalid, "不能这样办理。", "This is not done that way.")
	}
	return a.onGrant(ctx, v, id, act, note, key, nil)
}

// ConfirmGrant is an enterprise's yes, with the account to pay to; an empty form takes the account it told last.
func (a *App) ConfirmGrant(ctx context.Context, v Viewer, id policy.GrantID, account GrantAccount, key string) error {
	return a.onGrant(ctx, v, id, policy.Confirm, "", key, func(tx *store.Tx, _ *rules.Item, g *policy.Grant) error {
		return a.giveAccount(&tx.Reader, g, account)
	})
}

// CorrectAccount gives another account after the bank has sent a payment back; the grant may then be ordered again.
func (a *App) CorrectAccount(ctx context.Context, v Viewer, id policy.GrantID, account GrantAccount, key string) error {
	return a.onGrant(ctx, v, id, policy.Correct, "", key, func(tx *store.Tx, _ *rules.Item, g *policy.Grant) error {
		return a.giveAccount(&tx.Reader, g, account)
	})
}

// AcceptForm is what the desk settles when it accepts an application.
type AcceptForm struct {
	Fund   int64
	Amount string // with its unit; "" leaves what the rules worked out
	Note   string // why the amount is another
}

// AcceptGrant accepts an application.
func (a *App) AcceptGrant(ctx context.Context, v Viewer, id policy.GrantID, f AcceptForm, key string) error {
	return a.onGrant(ctx, v, id, policy.Accept, f.Note, key, func(tx *store.Tx, _ *rules.Item, g *policy.Grant) error {
		if strings.TrimSpace(f.Amount) != "" {
			n, err := ParseMoney("amount", f.Amount, "")
			if err != nil {
				return err
			}
			if n != g.Amount && g.Amount != 0 {
				if _, err := words("note", f.Note, 2, 200); err != nil {
					return fault.Field("note", "核定金额与测算不同的，请写明理由。", "Say why the amount is not what the rules come to.")
				}
			}
			g.Amount = n
		}
		fund, err := openFund(&tx.Reader, f.Fund)
		g.Fund = fund.ID
		return err
	})
}

// openFund loads a fund that can be ordered from.
func openFund(r *store.Reader, id int64) (store.Fund, error) {
	f, err := r.Fund(id)
	switch {
	case id == 0, fault.KindOf(err) == fault.NotFound && err != nil:
		return f, fault.Field("fund", "请选择资金。", "Choose a fund.")
	case err == nil && !f.Closed.IsZero():
		return f, fault.Field("fund", "资金“%[1]s”已停用。", "The fund %[1]q is closed.", f.Name)
	}
	return f, err
}

// recoverGrant books a recovery: the money goes back to the fund, and a line below zero among the payouts.
func (a *App) recoverGrant(tx *store.Tx, g policy.Grant, s policy.Step) error {
	back := moneyOf(g, "recover", enterpriseAccount(g.Code), fundAccount(g.Fund))
	if _, err := tx.Post(back); err != nil {
		return err
	}
	lines, err := tx.Payouts(store.PayoutFilter{Grant: int64(g.ID), Limit: 2})
	if err != nil {
		return err
	}
	if len(lines) != 1 {
		return fmt.Errorf("grant %d: %d payouts", g.ID, len(lines))
	}
	line := lines[0].Back()
	line.Month = yearMonth(s.Now)
	return tx.AddPayouts([]store.Payout{line}, casework.Person(s.By))
}

// moneyOf is a movement of a grant's money. A grant that is ordered again moves again: what names the occasion says which.
func moneyOf(g policy.Grant, what string, from, to ledger.Account) ledger.Transfer {
	return ledger.Transfer{ID: fmt.Sprintf("%s:%d:%s", what, g.ID, g.Order), From: from, To: to, Asset: ledger.CNY, Amount: g.Amount, Reason: what, Ref: fmt.Sprintf("grant:%d", g.ID)}
}

// untilWords says until when, after a sentence.
func untilWords(t time.Time) [2]string {
	s := t.In(calendar.Zone()).Format("2006-01-02 15:04")
	return [2]string{"，截至 " + s, ", until " + s}
}

// grantWords are what an enterprise is told after a step, with the item's name, the amount in 元 and a deadline or reason.
var grantWords = map[policy.Act][2]string{
	policy.List:    {"“%[1]s”：贵单位符合条件，可享受 %[2]s 元，请确认或放弃%[4]s。", "“%[3]s”: you may have CNY %[2]s; confirm or waive it%[5]s."},
	policy.Return:  {"“%[1]s”的申报需要补正：%[4]s", "“%[3]s”: correct your application: %[5]s"},
	policy.Refuse:  {"“%[1]s”的申报不予兑付：%[4]s", "“%[3]s”: your application was refused: %[5]s"},
	policy.Accept:  {"“%[1]s”的申报审核通过，核定 %[2]s 元。", "“%[3]s”: accepted, CNY %[2]s."},
	policy.Drop:    {"“%[1]s”：贵单位已移出名单：%[4]s", "“%[3]s”: you were taken off the list: %[5]s"},
	policy.Publish: {"“%[1]s”开始公示%[4]s。", "“%[3]s” is published%[5]s."},
	policy.Lapse:   {"“%[1]s”逾期未确认，已从名单中移出。", "“%[3]s” was not confirmed in time."},
	policy.Pay:     {"“%[1]s” %[2]s 元已到账。", "“%[3]s”: CNY %[2]s were paid."},
	policy.Fail:    {"“%[1]s”的拨付被银行退回，请更正收款账户：%[4]s", "“%[3]s”: the bank sent the payment back, correct the account: %[5]s"},
	policy.Recover: {"“%[1]s” %[2]s 元需要退回：%[4]s", "“%[3]s”: CNY %[2]s are to be paid back: %[5]s"},
	policy.Spare:   {"“%[1]s”不再追缴。", "“%[3]s” need not be paid back."},
	policy.Book:    {"“%[1]s” %[2]s 元已收回。", "“%[3]s”: CNY %[2]s were received back."},
}

// tellGrant tells the people who act for an enterprise what became of its grant, and the desk what waits for it.
func (a *App) tellGrant(tx *store.Tx, z *Zone, item *rules.Item, g policy.Grant, act policy.Act) error {
	agents, err := tx.AgentsOf([]string{g.Code})
	if err != nil {
		return err
	}
	return tellGrants(tx, z, item, []policy.Grant{g}, act, agents)
}

func grantCode(g policy.Grant) string { return g.Code }

// tellGrants is tellGrant for many, whose agents are known.
func tellGrants(tx *store.Tx, z *Zone, item *rules.Item, list []policy.Grant, act policy.Act, agents map[string][]casework.Person) error {
	name := z.PolicyName(list[0].Item, list[0].Version)
	if item != nil {
		name = item.Name
	}
	if t, ok := grantWords[act]; ok {
		for _, g := range list {
			detail := [2]string{g.Reason, g.Reason}
			switch {
			case act == policy.List && !g.Due.IsZero():
				detail = untilWords(g.Due)
			case act == policy.Publish:
				detail = untilWords(g.Until)
			}
			for _, p := range agents[g.Code] {
				n := store.Notice{ID: tx.NewID(), Person: p, Kind: "grant", About: int64(g.ID),
					ZH: fmt.Sprintf(t[0], name.ZH, rules.FormatMoney(g.Amount), name.EN, detail[0], detail[1]), EN: fmt.Sprintf(t[1], name.ZH, rules.FormatMoney(g.Amount), name.EN, detail[0], detail[1])}
				if err := tx.AddNotice(n); err != nil {
					return err
				}
			}
		}
	}
	waiting := map[policy.Act][2]string{policy.Submit: {"有企业申报，请审核。", "An application waits."}, policy.Resubmit: {"有企业补正后重新申报，请审核。", "A corrected application waits."},
		policy.Object: {"公示有异议，请核查。", "A published grant has been objected to."}}
	w, ok := waiting[act]
	if !ok {
		return nil
	}
	h := casework.Holder{Role: RolePolicyDesk, Area: zoneCode(tx.Zone)}
	return tx.AddNotice(store.Notice{ID: tx.NewID(), Holder: h.Key(), Kind: "grant", About: int64(list[0].ID), ZH: "“" + name.ZH + "”" + w[0], EN: "“" + name.EN + "”: " + w[1]})
}
