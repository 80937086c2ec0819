// Package ledger keeps double-entry books: every movement takes from one account what it gives
// to another, so that the accounts of an asset always sum to zero. It decides; it stores nothing.
package ledger

import (
	"math"
	"strings"
	"time"
	"unicode/utf8"

	"gezhi/internal/fault"
)

// Asset is what is counted: points in whole points, money in 分.
type Asset string

const (
	Point Asset = "POINT" // 积分
	CNY   Asset = "CNY"   // 人民币，单位分
)

// Account names a book: a class, a colon and what it belongs to, such as person:812 or pool:330108001.
type Account string

// The classes of account.
const (
	Person  = "person"  // 居民
	Unit    = "unit"    // 单位
	Pool    = "pool"    // budget of a street or community, by area code; 积分预算池
	Sponsor = "sponsor" // who gives rewards and is settled with; 让利商户、共建单位
	Held    = "held"    // a person's points while a redemption waits; 冻结
	Issue   = "issue"   // where an asset comes from: its balance is minus all that is in being
	Expired = "expired" // where lapsed points end

	Fund       = "fund"       // budget for enterprises, by the fund's id; 资金
	Ordered    = "ordered"    // of a fund: what the bank has been told to pay; 在途
	Enterprise = "enterprise" // what an enterprise was paid, by its code; 企业
)

// classes says of each class whether what it holds may lapse.
var classes = map[string]bool{Person: true, Unit: true, Pool: false, Sponsor: false, Held: false, Issue: false, Expired: false,
	Fund: false, Ordered: false, Enterprise: false}

// Of names the account of a class and an owner.
func Of(class, owner string) Account { return Account(class + ":" + owner) }

// Class is the part before the colon.
func (a Account) Class() string {
	class, _, _ := strings.Cut(string(a), ":")
	return class
}

// Owner is the part after the colon.
func (a Account) Owner() string {
	_, owner, _ := strings.Cut(string(a), ":")
	return owner
}

// Floor is the lowest balance an account of this class may reach unless it was given another.
// Only an issuing account goes below zero.
func (a Account) Floor() int64 {
	if a.Class() == Issue {
		return math.MinInt64
	}
	return 0
}

// lapses reports an account whose holdings come in lots.
func (a Account) lapses() bool { return classes[a.Class()] }

func (a Account) valid() bool {
	class, owner, ok := strings.Cut(string(a), ":")
	_, known := classes[class]
	return ok && known && owner != "" && len(a) <= maxText
}

// Transfer moves Amount of Asset from one account to another. ID is given by whoever orders it: posting the
// same transfer twice is posting it once.
type Transfer struct {
	ID       string // 1 to 100 characters
	From, To Account
	Asset    Asset
	Amount   int64     // more than zero
	Expires  time.Time // when what arrives lapses, to the millisecond; zero for never
	Reason   string    // id of the rule or occasion, up to 100 characters
	Ref      string    // what it is about, e.g. case:812; up to 100 characters
}

// maxText is the most bytes an id, an account, a reason or a reference may have.
const maxText = 100

// Check refuses a transfer that is wrong in itself, whatever the balances.
func (t Transfer) Check() error {
	var bad fault.List
	if t.ID == "" || len(t.ID) > maxText {
		bad.Add("id", "记账编号须为 1 至 100 个字符。", "The transfer id must have 1 to 100 characters.")
	}
	if !t.From.valid() {
		bad.Add("from", "没有“%s”这样的账户。", "There is no account such as %q.", t.From)
	}
	switch {
	case !t.To.valid():
		bad.Add("to", "没有“%s”这样的账户。", "There is no account such as %q.", t.To)
	case t.From == t.To:
		bad.Add("to", "转出与转入不能是同一账户。", "A transfer must name two different accounts.")
	}
	if t.Asset != Point && t.Asset != CNY {
		bad.Add("asset", "没有“%s”这种资产。", "There is no asset %q.", t.Asset)
	}
	if t.Amount <= 0 {
		bad.Add("amount", "数额必须大于零。", "The amount must be more than zero.")
	}
	if len(t.Reason) > maxText {
		bad.Add("reason", "事由不能超过 100 个字符。", "The reason may have at most 100 characters.")
	}
	if len(t.Ref) > maxText {
		bad.Add("ref", "关联对象不能超过 100 个字符。", "The reference may have at most 100 characters.")
	}
	if !storable(t.ID, string(t.From), string(t.To), t.Reason, t.Ref) {
		bad.Add("", "文字中含有无法保存的字符。", "The text contains characters that cannot be stored.")
	}
	if !t.Expires.IsZero() && (t.Expires.Before(earliest) || t.Expires.After(latest)) {
		bad.Add("expires", "有效期须在 2000 年至 9999 年之间。", "What expires does so between the years 2000 and 9999.")
	}
	if !t.Expires.IsZero() && !t.To.lapses() {
		bad.Add("expires", "“%s”账户不设有效期。", "What is in an account of the class %q does not expire.", t.To.Class())
	}
	return bad.Err()
}

// earliest and latest bound the days on which something may lapse.
var (
	earliest = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)
	latest   = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)
)

// storable reports texts that both database engines can hold.
func storable(texts ...string) bool {
	for _, s := range texts {
		if !utf8.ValidString(s) || strings.IndexByte(s, 0) >= 0 {
			return false
		}
	}
	return true
}

// Same reports that two transfers with one id say the same: the second is a repetition, not a conflict.
func (t Transfer) Same(u Transfer) bool {
	same := t.Expires.Equal(u.Expires)
	t.Expires, u.Expires = time.Time{}, time.Time{}
	return same && t == u
}

// LotMove is a change of one lot. A lot is what an account holds until one instant; lots of an account that
// lapse at the same instant are one.
type LotMove struct {
	Account Account
	Expires time.Time
	Amount  int64 // positive into the lot, negative out of it
}

// Line is what a transfer makes in one of its accounts.
type Line struct {
	N       int64 // 1, 2, 3 … within the account
	Balance int64 // of the account after it
	Prev    int64 // Seq of the account's line before; 0 for the first
}

// Posted is a transfer as it stands in the books.
type Posted struct {
	Transfer
	Seq      int64     // order of posting within the zone
	At       time.Time // when it was posted
	FromLine Line      // it makes in From
	ToLine   Line      // it makes in To
	Lots     []LotMove
	Reverses string // id of the transfer it takes back; "" for none
}
