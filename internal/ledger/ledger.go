// Package ledger keeps double-entry books: every movement takes from one account what it gives
// to another, so that the accounts of an asset always sum to zero. It decides; it stores nothing.
package ledger

import (
	"crypto/sha256"
	"encoding/binary"
	"math"
	"strings"
	"time"

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

// The classes of account. Issue is where an asset comes from: its balance is minus all that was ever issued.
const (
	Person = "person"
	Pool   = "pool"
	Issue  = "issue"
)

// Of names the account of a class and an owner.
func Of(class, owner string) Account { return Account(class + ":" + owner) }

// Class is the part before the colon.
func (a Account) Class() string {
	class, _, _ := strings.Cut(string(a), ":")
	return class
}

// Floor is the lowest balance the account may reach. Only an issuing account goes below zero.
func (a Account) Floor() int64 {
	if a.Class() == Issue {
		return math.MinInt64
	}
	return 0
}

func (a Account) valid() bool {
	class, owner, ok := strings.Cut(string(a), ":")
	switch class {
	case Person, Pool, Issue:
		return ok && owner != "" && len(a) <= 100
	}
	return false
}

// Entry moves Amount of Asset, always more than zero, from one account to another.
type Entry struct {
	From, To Account
	Asset    Asset
	Amount   int64
}

// Transfer is a set of entries posted together or not at all. ID is given by whoever orders it:
// posting the same transfer twice is posting it once.
type Transfer struct {
	ID      string // 1 to 100 characters
	At      time.Time
	Reason  string // id of the rule or occasion
	Ref     string // what it is about, e.g. case:812
	Entries []Entry
}

// Check refuses a transfer that is wrong in itself, whatever the balances.
func (t Transfer) Check() error {
	var bad fault.List
	if t.ID == "" || len(t.ID) > 100 {
		bad.Add("id", "记账编号须为 1 至 100 个字符。", "The transfer id must have 1 to 100 characters.")
	}
	if len(t.Entries) == 0 {
		bad.Add("entries", "至少要有一笔分录。", "A transfer needs at least one entry.")
	}
	for _, e := range t.Entries {
		switch {
		case !e.From.valid():
			bad.Add("from", "没有“%s”这样的账户。", "There is no account such as %q.", e.From)
		case !e.To.valid():
			bad.Add("to", "没有“%s”这样的账户。", "There is no account such as %q.", e.To)
		case e.From == e.To:
			bad.Add("to", "转出与转入不能是同一账户。", "An entry must name two different accounts.")
		case e.Asset != Point && e.Asset != CNY:
			bad.Add("asset", "没有“%s”这种资产。", "There is no asset %q.", e.Asset)
		case e.Amount <= 0:
			bad.Add("amount", "数额必须大于零。", "The amount must be more than zero.")
		}
	}
	return bad.Err()
}

// Digest identifies the content: the same id with another digest is a conflict, not a repetition.
// The time is left out, so that a retry a moment later is still the same transfer.
func (t Transfer) Digest() [32]byte {
	h := sha256.New()
	text := func(s string) {
		var n [8]byte
		binary.BigEndian.PutUint64(n[:], uint64(len(s)))
		h.Write(n[:])
		h.Write([]byte(s))
	}
	text(t.Reason)
	text(t.Ref)
	for _, e := range t.Entries {
		text(string(e.From))
		text(string(e.To))
		text(string(e.Asset))
		var n [8]byte
		binary.BigEndian.PutUint64(n[:], uint64(e.Amount))
		h.Write(n[:])
	}
	return [32]byte(h.Sum(nil))
}

// Posting is one line in one account: positive into it, negative out of it.
type Posting struct {
	Account Account
	Asset   Asset
	Amount  int64
}

// Postings lists both sides of every entry, in order.
func (t Transfer) Postings() []Posting {
	out := make([]Posting, 0, 2*len(t.Entries))
	for _, e := range t.Entries {
		out = append(out, Posting{e.From, e.Asset, -e.Amount}, Posting{e.To, e.Asset, e.Amount})
	}
	return out
}

// After is the balance after the posting. It refuses with Conflict when the account would fall
// below its floor and with Invalid when the sum does not fit 64 bits.
func (p Posting) After(balance int64) (int64, error) {
	sum := balance + p.Amount
	if (p.Amount > 0) != (sum > balance) {
		return 0, fault.Field("amount", "数额过大，账户余额会超出可记范围。", "The amount is too large for the account to hold.")
	}
	if sum < p.Account.Floor() {
		return 0, fault.New(fault.Conflict, "账户余额不足：现有 %d，需要 %d。", "The balance is too low: %d present, %d needed.", balance, -p.Amount)
	}
	return sum, nil
}
