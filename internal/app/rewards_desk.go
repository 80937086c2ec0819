package app

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"gezhi/internal/calendar"
	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/lang"
	"gezhi/internal/redeem"
	"gezhi/internal/store"
)

// tops are the subtrees in which the viewer has the power.
func (v Viewer) tops(p Power) []string {
	out := []string{}
	for _, d := range v.Duties {
		if powers(d.Role)&p != 0 && d.Area != "" && !slices.Contains(out, d.Area) {
			out = append(out, d.Area)
		}
	}
	return out
}

// KeptRewards lists the rewards the viewer keeps, newest first, before the given id.
func (a *App) KeptRewards(ctx context.Context, v Viewer, after int64, limit int) ([]redeem.Reward, error) {
	if err := v.need(KeepRewards); err != nil {
		return nil, err
	}
	var out []redeem.Reward
	err := a.db.View(ctx, v.Zone, func(r *store.Reader) (err error) {
		out, err = r.Rewards(store.RewardFilter{Areas: v.tops(KeepRewards), After: after, Limit: limit})
		return err
	})
	return out, err
}

// KeptReward is a reward with its latest movements.
type KeptReward struct {
	redeem.Reward
	Lines []store.StockLine
	Names map[casework.Person]string // who made them
}

const stockLines = 30

// KeptReward loads one reward the viewer keeps.
func (a *App) KeptReward(ctx context.Context, v Viewer, id int64) (KeptReward, error) {
	var k KeptReward
	err := a.db.View(ctx, v.Zone, func(r *store.Reader) (err error) {
		if k.Reward, err = keptReward(r, v, id); err != nil {
			return err
		}
		if k.Lines, err = r.StockLines(id, stockLines); err != nil {
			return err
		}
		var ids []casework.Person
		for _, l := range k.Lines {
			if l.By != 0 {
				ids = append(ids, l.By)
			}
		}
		k.Names, err = a.names(r, v, ids)
		return err
	})
	return k, err
}

func keptReward(r *store.Reader, v Viewer, id int64) (redeem.Reward, error) {
	w, err := r.Reward(id)
	if err != nil {
		return w, err
	}
	return w, v.needIn(KeepRewards, w.Area)
}

// RewardForm is a reward as its form holds it.
type RewardForm struct {
	Name, NameEN, Text, Area, Address, Hours, Sponsor, Price, Limit, Per, From, To, Pickup string
	Stock                                                                                  string // of a new one
	Photo                                                                                  int64  // uploaded before with AddPhoto; 0 keeps the one there is
	Revision                                                                               int64  // of the reward the form was filled from
}

// read makes a reward of the form, changing the one it was.
func (f RewardForm) read(a *App, z *Zone, was redeem.Reward) (redeem.Reward, error) {
	w := was
	w.Name = lang.Text{ZH: strings.TrimSpace(f.Name), EN: strings.TrimSpace(f.NameEN)}
	w.Text, w.Address, w.Hours = strings.TrimSpace(f.Text), strings.TrimSpace(f.Address), strings.TrimSpace(f.Hours)
	w.Area, w.Per = f.Area, redeem.Period(f.Per)
	if f.Photo != 0 {
		w.Photo = f.Photo
	}
	var bad fault.List
	whole := func(field, s string) int64 {
		n, err := strconv.ParseInt(strings.TrimSpace(s), 10, 64)
		if err != nil {
			bad.Add(field, "请填写整数。", "Write a whole number.")
		}
		return n
	}
	w.Price, w.Limit, w.Pickup = whole("price", f.Price), int(min(whole("limit", f.Limit), 1<<30)), int(min(whole("pickup", f.Pickup), 1<<30))
	if w.Limit == 0 {
		w.Per = ""
	}
	var err error
	if w.From, err = a.ParseDay("from", f.From); err != nil {
		bad = append(bad, fault.Fields(err)...)
	}
	w.To = time.Time{}
	if strings.TrimSpace(f.To) != "" {
		to, err := a.ParseDay("to", f.To)
		bad = append(bad, fault.Fields(err)...)
		if w.To = to; err == nil {
			w.To = to.AddDate(0, 0, 1) // its last day is inside
		}
	}
	if w.Sponsor = 0; f.Sponsor != "" {
		w.Sponsor, _ = strconv.ParseInt(f.Sponsor, 10, 64)
		if s, ok := z.Sponsors[w.Sponsor]; !ok || (!s.To.IsZero() && !a.now().Before(s.To)) {
			bad.Add("sponsor", "请选择在合作期内的单位。", "Choose a sponsor whose agreement is in force.")
		}
	}
	if _, ok := z.Tree.Area(w.Area); !ok {
		w.Area = ""
	}
	for _, wrong := range fault.Fields(w.Check()) {
		if !slices.ContainsFunc(bad, func(b *fault.Error) bool { return b.Field == wrong.Field }) {
			bad = append(bad, wrong)
		}
	}
	return w, bad.Err()
}

// AddReward puts a reward into the catalogue with its first stock.
func (a *App) AddReward(ctx context.Context, v Viewer, f RewardForm, key string) (int64, error) {
	if err := v.need(KeepRewards); err != nil {
		return 0, err
	}
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return 0, err
	}
	w, err := f.read(a, z, redeem.Reward{})
	stock, wrong := strconv.ParseInt(strings.TrimSpace(f.Stock), 10, 64)
	if wrong != nil || stock < 0 {
		err = both(err, fault.Field("stock", "请填写现有件数，可以是 0。", "Write how many there are; 0 will do."))
	}
	if err != nil {
		return 0, err
	}
	if err := v.needIn(KeepRewards, w.Area); err != nil {
		return 0, asField(err, "area")
	}
	result, _, err := a.db.Once(ctx, v.Zone, personKey("reward", key, v.Person), func(tx *store.Tx) (string, error) {
		w.ID = tx.NewID()
		if err := tx.AddReward(w); err != nil {
			return "", err
		}
		if stock > 0 {
			_, m, err := w.Move(redeem.StockIn, stock, "", "")
			if err != nil {
				return "", asField(err, "stock")
			}
			if err := tx.MoveStock(m, v.Person); err != nil {
				return "", err
			}
		}
		return strconv.FormatInt(w.ID, 10), tx.AddAudit(store.Audit{ID: tx.NewID(), Actor: v.Person, Action: "reward.add", Subject: fmt.Sprintf("reward:%d", w.ID), Detail: w.Name.ZH})
	})
	if err != nil {
		return 0, err
	}
	return strconv.ParseInt(result, 10, 64)
}

// EditReward changes what the page of a reward says. What has been reserved stays as it was promised.
func (a *App) EditReward(ctx context.Context, v Viewer, id int64, f RewardForm, key string) error {
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return err
	}
	return a.rewardChange(ctx, v, id, "reward.edit", key, func(_ *store.Tx, w redeem.Reward) (redeem.Reward, string, error) {
		if w.Revision != f.Revision {
			return w, "", fault.New(fault.Conflict, "这件奖品刚刚已被他人修改，请刷新后重试。", "Somebody else has just changed this reward; reload and try again.")
		}
		now, err := f.read(a, z, w)
		if err != nil {
			return w, "", err
		}
		return now, fmt.Sprintf("%d → %d", w.Price, now.Price), asField(v.needIn(KeepRewards, now.Area), "area")
	})
}

// CloseReward takes a reward out of the catalogue, or puts it back. What is reserved can still be collected.
func (a *App) CloseReward(ctx context.Context, v Viewer, id int64, key string) error {
	return a.rewardChange(ctx, v, id, "reward.close", key, func(tx *store.Tx, w redeem.Reward) (redeem.Reward, string, error) {
		w.Closed = tx.Now
		return w, w.Name.ZH, nil
	})
}

// ReopenReward puts a reward back into the catalogue.
func (a *App) ReopenReward(ctx context.Context, v Viewer, id int64, key string) error {
	return a.rewardChange(ctx, v, id, "reward.reopen", key, func(_ *store.Tx, w redeem.Reward) (redeem.Reward, string, error) {
		w.Closed = time.Time{}
		return w, w.Name.ZH, nil
	})
}

func (a *App) rewardChange(ctx context.Context, v Viewer, id int64, action, key string, change func(*store.Tx, redeem.Reward) (redeem.Reward, string, error)) error {
	if err := v.need(KeepRewards); err != nil {
		return err
	}
	_, _, err := a.db.Once(ctx, v.Zone, personKey("reward", key, v.Person), func(tx *store.Tx) (string, error) {
		was, err := keptReward(&tx.Reader, v, id)
		if err != nil {
			return "", err
		}
		now, detail, err := change(tx, was)
		if err != nil {
			return "", err
		}
		if err := tx.SaveReward(now); err != nil {
			return "", err
		}
		return "", tx.AddAudit(store.Audit{ID: tx.NewID(), Actor: v.Person, Action: action, Subject: fmt.Sprintf("reward:%d", id), Detail: detail})
	})
	return err
}

// StockForm is a movement of stock as its form holds it.
type StockForm struct {
	Kind    string // in, gift, fix
	Amount  string // below zero only with fix
	Sponsor string // of a gift
	Note    string // a must with fix
}

// MoveStock books goods in, or corrects the stock after counting.
func (a *App) MoveStock(ctx context.Context, v Viewer, id int64, f StockForm, key string) error {
	if err := v.need(KeepRewards); err != nil {
		return err
	}
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return err
	}
	amount, ref, err := f.read(z)
	if err != nil {
		return err
	}
	note := strings.TrimSpace(f.Note)
	_, _, err = a.db.Once(ctx, v.Zone, personKey("stock", key, v.Person), func(tx *store.Tx) (string, error) {
		w, err := keptReward(&tx.Reader, v, id)
		if err != nil {
			return "", err
		}
		_, m, err := w.Move(f.Kind, amount, ref, note)
		if err != nil {
			return "", err
		}
		return "", tx.MoveStock(m, v.Person)
	})
	return err
}

func (f StockForm) read(z *Zone) (amount int64, ref string, err error) {
	var bad fault.List
	amount, wrong := strconv.ParseInt(strings.TrimSpace(f.Amount), 10, 64)
	note := len([]rune(strings.TrimSpace(f.Note)))
	switch {
	case !slices.Contains([]string{redeem.StockIn, redeem.StockGift, redeem.StockFix}, f.Kind):
		bad.Add("kind", "请选择是入库、捐赠还是盘点更正。", "Choose whether it is brought in, given or counted anew.")
	case wrong != nil || amount == 0:
		bad.Add("amount", "请填写整数件数。", "Write a whole number of pieces.")
	case amount < 0 && f.Kind != redeem.StockFix:
		bad.Add("amount", "入库数量应大于零；要减少库存请选“盘点更正”。", "What is brought in is more than zero; to take off, choose “counted anew”.")
	}
	if f.Kind == redeem.StockFix && note < 2 || note > 100 {
		bad.Add("note", "盘点更正请写明原因，2 至 100 个字。", "Say why, in 2 to 100 characters.")
	}
	if f.Kind == redeem.StockGift {
		id, _ := strconv.ParseInt(f.Sponsor, 10, 64)
		if _, ok := z.Sponsors[id]; !ok {
			bad.Add("giver", "请选择捐赠单位。", "Choose who gives it.")
		}
		ref = fmt.Sprintf("sponsor:%d", id)
	}
	return amount, ref, bad.Err()
}

// OrderFilter narrows a list of redemptions at the desk.
type OrderFilter struct {
	State    redeem.State
	Sponsor  int64
	Reward   int64
	From, To time.Time // reserved
	After    int64
	Limit    int
}

func (f OrderFilter) of(v Viewer) store.RedemptionFilter {
	tops := v.tops(KeepRewards)
	return store.RedemptionFilter{Areas: tops, All: slices.Contains(tops, zoneCode(v.Zone)), State: f.State, Given: f.Sponsor, Reward: f.Reward, From: f.From, To: f.To, After: f.After, Limit: f.Limit}
}

// Orders lists the redemptions at the places the viewer keeps, newest first.
func (a *App) Orders(ctx context.Context, v Viewer, f OrderFilter) ([]HandOut, error) {
	return a.redemptions(ctx, v, KeepRewards, func(time.Time) store.RedemptionFilter { return f.of(v) })
}

// ExportOrders calls fn for every redemption the filter selects, without holding them all; names are left out. Before
// the first one the audit log says who takes out what.
func (a *App) ExportOrders(ctx context.Context, v Viewer, f OrderFilter, detail string, fn func(redeem.Redemption) error) error {
	if err := v.need(KeepRewards); err != nil {
		return err
	}
	if err := a.recordExport(ctx, v, "redemptions", detail); err != nil {
		return err
	}
	return a.db.View(ctx, v.Zone, func(r *store.Reader) error { return r.EachRedemption(f.of(v), fn) })
}

// monthSpan reads a month such as 2026-03; ok is false for anything else.
func monthSpan(month string) (from, to time.Time, ok bool) {
	from, err := time.ParseInLocation("2006-01", month, calendar.Zone())
	return from, from.AddDate(0, 1, 0), err == nil
}
