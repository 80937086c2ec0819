// Package redeem is how points are spent: rewards, and what becomes of one on its way to a person (积分兑换). It decides; it
// stores nothing.
package redeem

import (
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"gezhi/internal/fault"
	"gezhi/internal/lang"
	"gezhi/internal/ledger"
)

// china is the only time zone days and months are counted in.
var china = time.FixedZone("CST", 8*60*60)

// Reward is something that points are exchanged for at one place.
type Reward struct {
	ID       int64
	Name     lang.Text // EN may be empty
	Text     string
	Photo    int64  // 0 for none
	Area     string // the community or street that hands it out: 12 or 9 digits
	Address  string // of the counter
	Hours    string // when the counter is open, in words
	Sponsor  int64  // who gives it; 0 for the community itself
	Price    int64  // in points
	Limit    int    // most one person may have in a period; 0 for no limit
	Per      Period
	From, To time.Time // when it is offered; To zero for no end
	Pickup   int       // days in which it must be collected, the day of the reservation left out
	Closed   time.Time // taken out of the catalogue
	Stock    int64     // what is left: the sum of its movements
	Moves    int64     // how many movements made the stock
	Revision int64     // grows with every change of what the page says, not with the stock
}

// Period is what a limit counts in.
type Period string

// The periods of a limit. A week begins on Monday.
const (
	Day   Period = "day"
	Week  Period = "week"
	Month Period = "month"
	Year  Period = "year"
	Ever  Period = "ever"
)

// Periods lists them, shortest first.
func Periods() []Period { return []Period{Day, Week, Month, Year, Ever} }

// Span is the period that holds an instant: from its first moment to that of the next. Both are zero for Ever.
func (p Period) Span(at time.Time) (from, to time.Time) {
	y, m, d := at.In(china).Date()
	midnight := time.Date(y, m, d, 0, 0, 0, 0, china)
	switch p {
	case Day:
		return midnight, midnight.AddDate(0, 0, 1)
	case Week:
		from = midnight.AddDate(0, 0, -(int(midnight.Weekday())+6)%7)
		return from, from.AddDate(0, 0, 7)
	case Month:
		from = time.Date(y, m, 1, 0, 0, 0, 0, china)
		return from, from.AddDate(0, 1, 0)
	case Year:
		return time.Date(y, 1, 1, 0, 0, 0, 0, china), time.Date(y+1, 1, 1, 0, 0, 0, 0, china)
	}
	return time.Time{}, time.Time{}
}

// Name is the period in words.
func (p Period) Name() lang.Text {
	switch p {
	case Day:
		return lang.Text{ZH: "每天", EN: "a day"}
	case Week:
		return lang.Text{ZH: "每周", EN: "a week"}
	case Month:
		return lang.Text{ZH: "每月", EN: "a month"}
	case Year:
		return lang.Text{ZH: "每年", EN: "a year"}
	case Ever:
		return lang.Text{ZH: "活动期间", EN: "in all"}
	}
	return lang.Text{}
}

// Account is who receives the points when the reward is collected: its sponsor, to be settled with, or the pool of the
// community that hands it out.
func (r Reward) Account() ledger.Account {
	if r.Sponsor != 0 {
		return SponsorAccount(r.Sponsor)
	}
	return ledger.Of(ledger.Pool, r.Area)
}

// SponsorAccount is the book of a sponsor.
func SponsorAccount(id int64) ledger.Account {
	return ledger.Of(ledger.Sponsor, strconv.FormatInt(id, 10))
}

// Most a reward may cost, hold in stock and let one person have.
const (
	maxPrice  = 1_000_000
	maxStock  = 1_000_000
	maxLimit  = 1000
	maxPickup = 90
)

// Check refuses a reward that cannot be offered, each fault beside its field.
func (r Reward) Check() error {
	var bad fault.List
	length := func(field, s string, least, most int) {
		if n := utf8.RuneCountInString(s); n < least || n > most {
			if least == 0 {
				bad.Add(field, "不能超过 %d 个字。", "At most %d characters.", most)
				return
			}
			bad.Add(field, "请填写 %d 至 %d 个字。", "Write %d to %d characters.", least, most)
		}
	}
	length("name", r.Name.ZH, 2, 40)
	length("name_en", r.Name.EN, 0, 80)
	length("text", r.Text, 0, 1000)
	length("address", r.Address, 2, 100)
	length("hours", r.Hours, 2, 100)
	if len(r.Area) != 9 && len(r.Area) != 12 {
		bad.Add("area", "请选择发放奖品的社区或街道。", "Choose the community or street that hands it out.")
	}
	if r.Price < 1 || r.Price > maxPrice {
		bad.Add("price", "所需积分应为 1 至 %d 的整数。", "The price is a whole number from 1 to %d.", maxPrice)
	}
	if r.Limit < 0 || r.Limit > maxLimit {
		bad.Add("limit", "每人限兑应为 0 至 %d 件，0 表示不限。", "The limit is 0 to %d; 0 means none.", maxLimit)
	}
	if r.Limit > 0 && !slices.Contains(Periods(), r.Per) {
		bad.Add("per", "请选择限兑的周期。", "Choose the period of the limit.")
	}
	if r.Pickup < 1 || r.Pickup > maxPickup {
		bad.Add("pickup", "领取期限应为 1 至 %d 天。", "The days for collecting are 1 to %d.", maxPickup)
	}
	if r.From.IsZero() {
		bad.Add("from", "请选择开始日期。", "Choose the first day.")
	}
	if !r.To.IsZero() && !r.To.After(r.From) {
		bad.Add("to", "结束日期不能早于开始日期。", "The last day is before the first.")
	}
	return bad.Err()
}

// Offered reports whether the catalogue shows the reward at an instant.
func (r Reward) Offered(at time.Time) bool {
	return r.Closed.IsZero() && !at.Before(r.From) && (r.To.IsZero() || at.Before(r.To))
}

// Until is the end of the last day on which something reserved at an instant can be collected.
func (r Reward) Until(reserved time.Time) time.Time {
	y, m, d := reserved.In(china).Date()
	return time.Date(y, m, d+1+r.Pickup, 0, 0, 0, 0, china)
}

// Wish is one person's wish for a reward.
type Wish struct {
	At    time.Time
	Price int64 // what the page that was clicked on said
	Spare int64 // points the person can spend
	Had   int   // of this reward in its limit's present period, reserved or collected
}

// Refuses says why the wish cannot be met; nil when it can. The reasons come in the order in which a person would ask:
// is it offered, is there any, is it what I saw, may I, can I afford it. All are Conflicts: nothing has been posted.
func (r Reward) Refuses(w Wish) error {
	switch {
	case w.At.Before(r.From):
		return fault.New(fault.Conflict, "“%[1]s”尚未开始兑换。", "%[2]s is not offered yet.", r.Name.ZH, r.Name.In(lang.EN))
	case !r.Offered(w.At):
		return fault.New(fault.Conflict, "“%[1]s”已停止兑换，您的积分没有变动。", "%[2]s is no longer offered; your points are as they were.", r.Name.ZH, r.Name.In(lang.EN))
	case r.Stock < 1:
		return fault.New(fault.Conflict, "“%[1]s”刚刚被兑完，您的积分没有变动。", "The last %[2]s has just gone; your points are as they were.", r.Name.ZH, r.Name.In(lang.EN))
	case w.Price != r.Price:
		return fault.New(fault.Conflict, "所需积分刚刚由 %d 调整为 %d，请看过后再决定。", "The price has just changed from %d to %d points; look again, then decide.", w.Price, r.Price)
	case r.Limit > 0 && w.Had >= r.Limit:
		if _, frees := r.Per.Span(w.At); !frees.IsZero() {
			d := frees.In(china)
			return fault.New(fault.Conflict, "每人%[1]s限兑 %[2]d 件，您已兑 %[3]d 件；%[4]d月%[5]d日起可再兑。", "The limit is %[2]d %[6]s and you have had %[3]d; you can have it again from %[7]s.",
				r.Per.Name().ZH, r.Limit, w.Had, int(d.Month()), d.Day(), r.Per.Name().EN, d.Format("2 Jan"))
		}
		return fault.New(fault.Conflict, "每人限兑 %d 件，您已兑 %d 件。", "The limit is %d for one person and you have had %d.", r.Limit, w.Had)
	case w.Spare < r.Price:
		return fault.New(fault.Conflict, "积分不够：需要 %d 分，您现有 %d 分，还差 %d 分。", "It takes %d points and you have %d: %d short.", r.Price, w.Spare, r.Price-w.Spare)
	}
	return nil
}

// Movement is one change of a reward's stock. Stock is only ever changed by adding one.
type Movement struct {
	Reward int64
	N      int64 // 1, 2, 3 … within the reward
	Kind   string
	Amount int64 // positive into the stock
	After  int64 // stock after it
	Ref    string
	Note   string
}

// The kinds of movement.
const (
	StockIn    = "in"   // bought or brought: 入库
	StockGift  = "gift" // given by a sponsor: 捐赠
	StockFix   = "fix"  // counted anew: 盘点更正
	StockTaken = "take" // reserved by somebody: 预留
	StockBack  = "back" // a reservation that ended without being collected: 退回
)

// MovementName is a kind in words.
func MovementName(kind string) lang.Text {
	return map[string]lang.Text{
		StockIn: {ZH: "入库", EN: "brought in"}, StockGift: {ZH: "捐赠入库", EN: "given by a sponsor"}, StockFix: {ZH: "盘点更正", EN: "counted anew"},
		StockTaken: {ZH: "居民预留", EN: "reserved"}, StockBack: {ZH: "预留退回", EN: "reservation ended"},
	}[kind]
}

// Move is the movement that changes the stock by an amount, and the reward after it. Below zero is a Conflict.
func (r Reward) Move(kind string, amount int64, ref, note string) (Reward, Movement, error) {
	left := r.Stock + amount
	switch {
	case amount == 0:
		return r, Movement{}, fault.Field("amount", "数量不能为零。", "The amount cannot be zero.")
	case amount > maxStock || amount < -maxStock || left > maxStock:
		return r, Movement{}, fault.Field("amount", "库存不能超过 %d 件。", "The stock may not exceed %d.", maxStock)
	case left < 0 && kind == StockTaken:
		return r, Movement{}, r.Refuses(Wish{At: r.From, Price: r.Price})
	case left < 0:
		return r, Movement{}, fault.Field("amount", "现有库存 %d 件，不够减 %d 件。", "There are only %d in stock; %d cannot be taken off.", r.Stock, -amount)
	}
	r.Stock, r.Moves = left, r.Moves+1
	return r, Movement{Reward: r.ID, N: r.Moves, Kind: kind, Amount: amount, After: left, Ref: ref, Note: note}, nil
}
