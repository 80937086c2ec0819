package store

import (
	"bytes"
	"fmt"
	"time"

	"gezhi/internal/fault"
	"gezhi/internal/ledger"
)

// Post books a transfer. A transfer whose id is already booked with the same content is left alone
// and answers fresh=false; with other content it is a Conflict.
func (tx *Tx) Post(t ledger.Transfer) (fresh bool, err error) {
	if err := t.Check(); err != nil {
		return false, err
	}
	digest := t.Digest()
	old, err := collect(&tx.Reader, func(rows *Rows) ([]byte, error) {
		var d []byte
		return d, rows.Scan(&d)
	}, `SELECT digest FROM transfers WHERE zone=$1 AND id=$2`, tx.Zone, t.ID)
	if err != nil {
		return false, err
	}
	if len(old) > 0 {
		if !bytes.Equal(old[0], digest[:]) {
			return false, fault.New(fault.Conflict, "记账编号 %s 已被内容不同的一笔账使用。", "Transfer id %s was already used for something else.", t.ID)
		}
		return false, nil
	}
	if err := tx.exec(`INSERT INTO transfers (zone, id, at, reason, ref, digest) VALUES ($1,$2,$3,$4,$5,$6)`,
		tx.Zone, t.ID, at(tx.Now), t.Reason, t.Ref, digest[:]); err != nil {
		return false, fmt.Errorf("post %s: %w", t.ID, err)
	}
	for line, p := range t.Postings() {
		if err := tx.post(t.ID, line, p); err != nil {
			return false, err
		}
	}
	return true, nil
}

func (tx *Tx) post(transfer string, line int, p ledger.Posting) error {
	a, err := tx.Account(p.Account, p.Asset)
	if err != nil {
		return err
	}
	after, err := p.After(a.Balance)
	if err != nil {
		return err
	}
	raced := fault.New(fault.Conflict, "账户刚刚有变动，请重试。", "The account has just changed. Please try again.")
	if a.Postings == 0 {
		err = tx.exec(`INSERT INTO accounts (zone, account, asset, balance, floor, postings) VALUES ($1,$2,$3,$4,$5,1)`,
			tx.Zone, string(p.Account), string(p.Asset), after, p.Account.Floor())
	} else {
		err = tx.mustChange(raced, `UPDATE accounts SET balance=$1, postings=postings+1 WHERE zone=$2 AND account=$3 AND asset=$4 AND postings=$5`,
			after, tx.Zone, string(p.Account), string(p.Asset), a.Postings)
	}
	if err != nil {
		return err
	}
	return tx.exec(`INSERT INTO postings (zone, account, asset, id, transfer, line, amount, balance, at) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9)`,
		tx.Zone, string(p.Account), string(p.Asset), a.Postings+1, transfer, line, p.Amount, after, at(tx.Now))
}

// Account is the running state of one book.
type Account struct {
	Account  ledger.Account
	Asset    ledger.Asset
	Balance  int64
	Postings int64 // how many lines made it
}

// Account loads a book; one never posted to is empty.
func (r *Reader) Account(a ledger.Account, asset ledger.Asset) (Account, error) {
	found, err := collect(r, func(rows *Rows) (Account, error) {
		acc := Account{Account: a, Asset: asset}
		return acc, rows.Scan(&acc.Balance, &acc.Postings)
	}, `SELECT balance, postings FROM accounts WHERE zone=$1 AND account=$2 AND asset=$3`, r.Zone, string(a), string(asset))
	if err != nil || len(found) == 0 {
		return Account{Account: a, Asset: asset}, err
	}
	return found[0], nil
}

// StatementLine is one line of an account's statement.
type StatementLine struct {
	N       int64 // 1, 2, 3 … within the account
	At      time.Time
	Amount  int64
	Balance int64 // after this line
	Reason  string
	Ref     string
}

// Statement lists an account's lines, newest first, before the given number (0: from the newest).
func (r *Reader) Statement(a ledger.Account, asset ledger.Asset, before int64, limit int) ([]StatementLine, error) {
	if before == 0 {
		before = farFuture
	}
	return collect(r, func(rows *Rows) (StatementLine, error) {
		var l StatementLine
		var when int64
		err := rows.Scan(&l.N, &when, &l.Amount, &l.Balance, &l.Reason, &l.Ref)
		l.At = ms(when)
		return l, err
	}, `SELECT p.id, p.at, p.amount, p.balance, t.reason, t.ref FROM postings p JOIN transfers t ON t.zone = p.zone AND t.id = p.transfer
		WHERE p.zone=$1 AND p.account=$2 AND p.asset=$3 AND p.id < $4 ORDER BY p.id DESC LIMIT $5`,
		r.Zone, string(a), string(asset), before, limit)
}
