package store

import (
	"strings"
	"time"

	"gezhi/internal/ledger"
)

// An account's lines are the transfers it took part in. They are read backwards: the account names its newest
// transfer, and each transfer names the one before it in either of its accounts.

// markEvery is how many lines lie between two marks of an account, which reading may begin at.
const markEvery = 64

var markRows = &shape{table: "account_marks", columns: strings.Fields(`zone account asset n seq at`)}

// linesBack makes a table "line" of the lines of accounts in the zone $1, from the newest back. heads selects account
// and seq of the lines to begin with; the line before a line is read as long as further, a condition on l, holds.
func linesBack(heads, further string) string {
	line := func(account string) string {
		side := func(from, to string) string {
			return "CASE WHEN t.from_account = " + account + " THEN " + from + " ELSE " + to + " END"
		}
		return account + ", t.asset, t.id, t.at, " + side("t.from_n", "t.to_n") + ", " + side("-t.amount", "t.amount") + ", " +
			side("t.from_balance", "t.to_balance") + ", " + side("t.from_prev", "t.to_prev") + ", " + side("t.to_account", "t.from_account") + ", t.reason, t.ref, t.reverses"
	}
	return `WITH RECURSIVE line (account, asset, transfer, at, n, amount, balance, prev, other, reason, ref, reverses) AS (
		SELECT ` + line("h.account") + ` FROM (` + heads + `) h JOIN transfers t ON t.zone=$1 AND t.seq=h.seq
		UNION ALL SELECT ` + line("l.account") + ` FROM line l JOIN transfers t ON t.zone=$1 AND t.seq=l.prev WHERE ` + further + `) `
}

// StatementLine is one line of an account's statement.
type StatementLine struct {
	N        int64 // 1, 2, 3 … within the account
	At       time.Time
	Amount   int64 // positive into the account, negative out of it
	Balance  int64 // after this line
	Transfer string
	Other    ledger.Account // the other side
	Reason   string
	Ref      string
	Reverses string
}

// Statement lists an account's lines, newest first, before the given number (0: from the newest).
func (r *Reader) Statement(a ledger.Account, asset ledger.Asset, before int64, limit int) ([]StatementLine, error) {
	now, err := r.Account(a, asset)
	if err != nil || now.Postings == 0 {
		return nil, err
	}
	if before <= 0 || before > now.Postings {
		before = now.Postings + 1
	}
	return collect(r, func(rows *Rows) (l StatementLine, err error) {
		return l, rows.Scan(&l.N, &l.At, &l.Amount, &l.Balance, &l.Transfer, &l.Other, &l.Reason, &l.Ref, &l.Reverses)
	}, linesBack(headFrom, `l.n > $5`)+`SELECT n, at, amount, balance, transfer, other, reason, ref, reverses FROM line WHERE n < $4 AND n >= $5 ORDER BY n DESC`,
		r.Zone, string(a), string(asset), before, before-int64(limit))
}

// headFrom selects the mark nearest after the line $4 - 1 of the account $2, or its newest line.
const headFrom = `SELECT account, seq FROM (
		SELECT account, seq, n FROM (SELECT * FROM account_marks WHERE zone=$1 AND account=$2 AND asset=$3 AND n >= $4 - 1 ORDER BY n LIMIT 1) k
		UNION ALL SELECT account, last, postings FROM accounts WHERE zone=$1 AND account=$2 AND asset=$3) m ORDER BY n LIMIT 1`

// BalanceAt is what an account held at the end of an instant. Lines are in the order of time, so the first mark after
// it is found by halving, however long the statement is.
func (r *Reader) BalanceAt(a ledger.Account, asset ledger.Asset, when time.Time) (int64, error) {
	now, err := r.Account(a, asset)
	if err != nil {
		return 0, err
	}
	low, high := int64(0), now.Postings/markEvery // marks up to low are not after the instant, those above high are
	for low < high {
		mid := low + (high-low+1)/2
		var marked int64
		if err := r.queryRow(`SELECT at FROM account_marks WHERE zone=$1 AND account=$2 AND asset=$3 AND n=$4`,
			r.Zone, string(a), string(asset), mid*markEvery).Scan(&marked); err != nil {
			return 0, err
		}
		if marked <= at(when) {
			low = mid
		} else {
			high = mid - 1
		}
	}
	balances, err := collect(r, func(rows *Rows) (n int64, err error) { return n, rows.Scan(&n) },
		linesBack(headFrom, `l.at > $5`)+`SELECT balance FROM line WHERE at <= $5 ORDER BY n DESC LIMIT 1`,
		r.Zone, string(a), string(asset), (low+1)*markEvery+1, at(when))
	if err != nil || len(balances) == 0 {
		return 0, err
	}
	return balances[0], nil
}
