package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gezhi/internal/fault"
	"gezhi/internal/ledger"
	"gezhi/internal/proof"
)

// Booking is what became of one transfer.
type Booking struct {
	Posted ledger.Posted
	Fresh  bool // false when it had been posted before, with the same content
	Err    error
}

// Post books a transfer. A transfer whose id is already booked with the same content is left alone
// and answers fresh=false; with other content it is a Conflict.
func (tx *Tx) Post(t ledger.Transfer) (fresh bool, err error) {
	out, err := tx.PostAll([]ledger.Transfer{t})
	if err != nil {
		return false, err
	}
	return out[0].Fresh, out[0].Err
}

// PostAll books transfers one after another, each accepted or refused on its own: a refused one changes nothing
// and stops none of the others. The answers come in the order of the transfers.
func (tx *Tx) PostAll(list []ledger.Transfer) ([]Booking, error) {
	b, err := tx.books(list)
	if err != nil {
		return nil, err
	}
	out := make([]Booking, len(list))
	for i, t := range list {
		out[i] = b.post(t)
	}
	return out, b.save()
}

// books are the books that some transfers touch, with what is posted to them before they are saved.
type books struct {
	tx *Tx
	ledger.Books
	versions map[ledger.Key]int64           // of the accounts as loaded; 0 for those that are new
	known    map[string]ledger.Posted       // transfers with the ids asked for, and those posted here
	fresh    []ledger.Posted                // posted here, in order
	strange  map[ledger.Account]fault.Error // accounts of nobody
	sink     ledger.Account                 // where what lapses goes, once it is loaded
	lapsed   map[ledger.Asset][]string      // accounts that gave up, here, all that has lapsed by now; nil when other things are posted too
}

// books loads what the transfers touch.
func (tx *Tx) books(list []ledger.Transfer) (*books, error) {
	b := &books{tx: tx, versions: map[ledger.Key]int64{}, known: map[string]ledger.Posted{}}
	ids := make([]string, 0, len(list))
	names := make([]ledger.Account, 0, 2*len(list))
	for _, t := range list {
		if t.Check() != nil {
			continue // refused by post, and perhaps not fit for a statement
		}
		ids = append(ids, t.ID)
		names = append(names, t.From, t.To)
	}
	if err := b.load(ids, names); err != nil {
		return nil, err
	}
	for _, t := range list {
		if b.At(ledger.Key{Account: t.From, Asset: t.Asset}).Lapsed(tx.Now) > 0 {
			return b, b.loadSink()
		}
	}
	return b, nil
}

// loadSink makes the account ready that what has lapsed goes to; nothing may be posted before.
func (b *books) loadSink() error {
	b.sink = ledger.Of(ledger.Expired, itoa(b.tx.Zone))
	states, err := b.tx.states([]ledger.Account{b.sink})
	for _, s := range states {
		b.Set(s.key, s.State)
		b.versions[s.key] = s.version
	}
	return err
}

// lapse takes out of an account what has lapsed. The sink must be loaded.
func (b *books) lapse(k ledger.Key) error {
	s := b.At(k)
	t := ledger.Transfer{ID: fmt.Sprintf("lapse:%s:%s:%d", k.Account, k.Asset, s.Postings), From: k.Account, To: b.sink, Asset: k.Asset,
		Amount: s.Lapsed(b.tx.Now), Reason: "lapse"}
	if out := b.keep(b.Post(t, b.tx.NewID(), b.tx.Now)); out.Err != nil {
		return fmt.Errorf("lapse %s: %w", k.Account, out.Err)
	}
	return nil
}

func (b *books) load(ids []string, names []ledger.Account) error {
	posted, err := b.tx.transfers(ids)
	if err != nil {
		return err
	}
	for _, p := range posted {
		b.known[p.ID] = p
	}
	slices.Sort(names)
	names = slices.Compact(names)
	states, err := b.tx.states(names)
	if err != nil {
		return err
	}
	have := map[ledger.Account]bool{}
	for _, s := range states {
		b.Set(s.key, s.State)
		b.versions[s.key], have[s.key.Account] = s.version, true
	}
	b.strange, err = b.tx.strangers(slices.DeleteFunc(names, func(a ledger.Account) bool { return have[a] }))
	return err
}

func (b *books) post(t ledger.Transfer) Booking {
	if was, ok := b.known[t.ID]; ok {
		if was.Same(t) && was.Reverses == "" {
			return Booking{Posted: was}
		}
		return Booking{Err: errOtherContent(t.ID)}
	}
	if len(b.strange) > 0 {
		if why, ok := b.strange[t.From]; ok {
			why.Field = "from"
			return Booking{Err: &why}
		}
		if why, ok := b.strange[t.To]; ok {
			why.Field = "to"
			return Booking{Err: &why}
		}
	}
	if k := (ledger.Key{Account: t.From, Asset: t.Asset}); b.sink != "" && b.At(k).Lapsed(b.tx.Now) > 0 {
		if err := b.lapse(k); err != nil { // nobody spends what lapsed a moment ago
			return Booking{Err: err}
		}
	}
	return b.keep(b.Post(t, b.tx.NewID(), b.tx.Now))
}

func (b *books) keep(p ledger.Posted, err error) Booking {
	if err != nil {
		return Booking{Err: err}
	}
	b.known[p.ID], b.fresh = p, append(b.fresh, p)
	return Booking{Posted: p, Fresh: true}
}

func errOtherContent(id string) error {
	f := fault.New(fault.Conflict, "记账编号 %s 已被内容不同的一笔账使用。", "Transfer id %s was already used for something else.", id)
	f.Field = "id"
	return f
}

var (
	transferRows = &shape{table: "transfers", columns: strings.Fields(`zone seq id at from_account to_account asset amount expires_at reason ref
		from_n from_balance from_prev to_n to_balance to_prev lots reverses`), onConflict: "ON CONFLICT DO NOTHING"}
	accountRows = &shape{table: "accounts", columns: strings.Fields(`zone account asset balance floor postings last lots version`),
		onConflict: `ON CONFLICT (zone, account, asset) DO UPDATE SET balance=excluded.balance, floor=excluded.floor,
		postings=excluded.postings, last=excluded.last, lots=excluded.lots, version=excluded.version WHERE accounts.version = excluded.version - 1`}
	lotRows = &shape{table: "lots", columns: strings.Fields(`zone account asset expires_at remaining`),
		onConflict: `ON CONFLICT (zone, account, asset, expires_at) DO UPDATE SET remaining=excluded.remaining`}
)

// save writes and logs what was posted. An account that another process has changed meanwhile makes the command run again.
func (b *books) save() error {
	if len(b.fresh) == 0 {
		return nil
	}
	// Values that several rows share are put into interfaces once.
	zone, when := any(int64(b.tx.Zone)), any(at(b.tx.Now))
	transfers := make([]any, 0, len(b.fresh)*len(transferRows.columns))
	var marks []any
	for i := range b.fresh {
		p := b.fresh[i]
		lots, err := encodeLots(p.Lots)
		if err != nil {
			return err
		}
		from, to, asset := any(string(p.From)), any(string(p.To)), assetValue(p.Asset)
		transfers = append(transfers, zone, p.Seq, p.ID, when, from, to, asset, p.Amount, at(p.Expires), p.Reason, p.Ref,
			p.FromLine.N, p.FromLine.Balance, p.FromLine.Prev, p.ToLine.N, p.ToLine.Balance, p.ToLine.Prev, lots, p.Reverses)
		if p.FromLine.N%markEvery == 0 {
			marks = append(marks, zone, from, asset, p.FromLine.N, p.Seq, when)
		}
		if p.ToLine.N%markEvery == 0 {
			marks = append(marks, zone, to, asset, p.ToLine.N, p.Seq, when)
		}
		l := proof.Transfer{Zone: b.tx.Zone, ID: p.ID, Seq: p.Seq, At: at(p.At), From: string(p.From), To: string(p.To), Asset: string(p.Asset), Amount: p.Amount, Expires: at(p.Expires),
			Reason: p.Reason, Ref: p.Ref, FromN: p.FromLine.N, ToN: p.ToLine.N, Lots: lots, Reverses: p.Reverses}
		b.tx.Log(proof.KindTransfer, p.Seq, l.Leaf())
	}
	if err := b.tx.put(transferRows, errStale, transfers); err != nil {
		return err
	}
	if err := b.saveAccounts(zone); err != nil {
		return err
	}
	return b.tx.put(markRows, nil, marks)
}

var pointValue, yuanValue = any(string(ledger.Point)), any(string(ledger.CNY))

// assetValue is an asset as a statement takes it.
func assetValue(a ledger.Asset) any {
	switch a {
	case ledger.Point:
		return pointValue
	case ledger.CNY:
		return yuanValue
	}
	return string(a)
}

func (b *books) saveAccounts(zone any) error {
	var accounts, lots []any
	var spent []lotKey
	b.Changed(func(k ledger.Key, was, now ledger.State) {
		account, asset := any(string(k.Account)), assetValue(k.Asset)
		accounts = append(accounts, zone, account, asset, now.Balance, now.Floor, now.Postings, now.Last, int64(len(now.Lots)), b.versions[k]+1)
		for _, l := range now.Lots {
			if !slices.Contains(was.Lots, l) {
				lots = append(lots, zone, account, asset, at(l.Expires), l.Left)
			}
		}
		if b.lapsed == nil {
			spent = append(spent, gone(k, was.Lots, now.Lots)...)
		}
	})
	if err := b.tx.put(accountRows, errStale, accounts); err != nil {
		return err
	}
	for asset, names := range b.lapsed {
		if err := b.tx.exec(`DELETE FROM lots WHERE zone=$1 AND account IN `+b.tx.dialect.EachOf(2)+` AND asset=$3 AND expires_at <= $4`,
			b.tx.Zone, list(names), string(asset), b.tx.Now); err != nil {
			return err
		}
	}
	for _, l := range spent {
		if err := b.tx.exec(`DELETE FROM lots WHERE zone=$1 AND account=$2 AND asset=$3 AND expires_at BETWEEN $4 AND $5`,
			b.tx.Zone, string(l.key.Account), string(l.key.Asset), l.first, l.last); err != nil {
			return err
		}
	}
	return b.tx.put(lotRows, nil, lots)
}

// lotKey is lots of one account that follow each other.
type lotKey struct {
	key         ledger.Key
	first, last int64
}

// gone lists the lots that are no more, those that followed each other as one: spending takes them from the front.
func gone(k ledger.Key, was, now []ledger.Lot) []lotKey {
	var out []lotKey
	follows := false
	for _, l := range was {
		for len(now) > 0 && now[0].Expires.Before(l.Expires) {
			now, follows = now[1:], false
		}
		switch {
		case len(now) > 0 && now[0].Expires.Equal(l.Expires):
			follows = false
		case follows:
			out[len(out)-1].last = at(l.Expires)
		default:
			out, follows = append(out, lotKey{k, at(l.Expires), at(l.Expires)}), true
		}
	}
	return out
}

// encodeLots writes lot moves as JSON: [["person:1",1767196799000,-5]]; "" when there are none.
func encodeLots(moves []ledger.LotMove) (string, error) {
	if len(moves) == 0 {
		return "", nil
	}
	b := append(make([]byte, 0, 48*len(moves)), '[')
	for i, m := range moves {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, '[')
		account, err := json.Marshal(string(m.Account))
		if err != nil {
			return "", err
		}
		b = append(append(b, account...), ',')
		b = append(strconv.AppendInt(b, at(m.Expires), 10), ',')
		b = append(strconv.AppendInt(b, m.Amount, 10), ']')
	}
	return string(append(b, ']')), nil
}

func decodeLots(s string) ([]ledger.LotMove, error) {
	if s == "" {
		return nil, nil
	}
	var rows [][3]json.RawMessage
	if err := json.Unmarshal([]byte(s), &rows); err != nil {
		return nil, err
	}
	moves := make([]ledger.LotMove, len(rows))
	for i, r := range rows {
		var expires int64
		if err := errors.Join(json.Unmarshal(r[0], &moves[i].Account), json.Unmarshal(r[1], &expires), json.Unmarshal(r[2], &moves[i].Amount)); err != nil {
			return nil, err
		}
		moves[i].Expires = ms(expires)
	}
	return moves, nil
}

const transferSelect = `SELECT t.id, t.seq, t.at, t.from_account, t.to_account, t.asset, t.amount, t.expires_at, t.reason, t.ref, 
	t.from_n, t.from_balance, t.from_prev, t.to_n, t.to_balance, t.to_prev, t.lots, t.reverses FROM transfers t`

func scanTransfer(rows *Rows) (ledger.Posted, error) {
	var p ledger.Posted
	var when, expires int64
	var lots string
	err := rows.Scan(&p.ID, &p.Seq, &when, &p.From, &p.To, &p.Asset, &p.Amount, &expires, &p.Reason, &p.Ref,
		&p.FromLine.N, &p.FromLine.Balance, &p.FromLine.Prev, &p.ToLine.N, &p.ToLine.Balance, &p.ToLine.Prev, &lots, &p.Reverses)
	if err != nil {
		return p, err
	}
	p.At, p.Expires = ms(when), ms(expires)
	if p.Lots, err = decodeLots(lots); err != nil {
		return p, fmt.Errorf("transfer %s: lots: %w", p.ID, err)
	}
	return p, nil
}

// transfers loads those of the ids that are booked.
func (r *Reader) transfers(ids []string) ([]ledger.Posted, error) {
	if len(ids) == 1 {
		return collect(r, scanTransfer, transferSelect+` WHERE t.zone=$1 AND t.id=$2`, r.Zone, ids[0])
	}
	return collect(r, scanTransfer, transferSelect+` WHERE t.zone=$1 AND t.id IN `+r.dialect.EachOf(2), r.Zone, list(ids))
}

// Transfer loads one transfer by its id; NotFound when there is none.
func (r *Reader) Transfer(id string) (ledger.Posted, error) {
	return find(r, fault.New(fault.NotFound, "没有编号为 %s 的账。", "There is no transfer %s.", id), scanTransfer,
		transferSelect+` WHERE t.zone=$1 AND t.id=$2`, r.Zone, id)
}

// bookState is an account's row with its lots.
type bookState struct {
	key ledger.Key
	ledger.State
	version int64
}

// states loads the accounts that were ever posted to, in every asset, with their lots.
func (r *Reader) states(names []ledger.Account) ([]bookState, error) {
	var inLots []ledger.Account
	out, err := collect(r, func(rows *Rows) (bookState, error) {
		var s bookState
		var lots int
		err := rows.Scan(&s.key.Account, &s.key.Asset, &s.Balance, &s.Floor, &s.Postings, &s.Last, &lots, &s.version)
		if lots > 0 {
			inLots = append(inLots, s.key.Account)
		}
		return s, err
	}, `SELECT account, asset, balance, floor, postings, last, lots, version FROM accounts WHERE zone=$1 AND account IN `+r.dialect.EachOf(2), r.Zone, list(names))
	if err != nil || len(inLots) == 0 {
		return out, err
	}
	rows, err := r.query(`SELECT account, asset, expires_at, remaining FROM lots WHERE zone=$1 AND account IN `+r.dialect.EachOf(2)+
		` ORDER BY account, asset, expires_at`, r.Zone, list(inLots))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	at := map[ledger.Key]*bookState{}
	for i := range out {
		at[out[i].key] = &out[i]
	}
	for rows.Next() {
		var k ledger.Key
		var l ledger.Lot
		if err := rows.Scan(&k.Account, &k.Asset, &l.Expires, &l.Left); err != nil {
			return nil, err
		}
		if s := at[k]; s != nil {
			s.Lots = append(s.Lots, l)
		}
	}
	return out, rows.Err()
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

// Lots are what an account holds that will lapse, soonest first.
func (r *Reader) Lots(a ledger.Account, asset ledger.Asset) ([]ledger.Lot, error) {
	return collect(r, func(rows *Rows) (l ledger.Lot, err error) { return l, rows.Scan(&l.Expires, &l.Left) },
		`SELECT expires_at, remaining FROM lots WHERE zone=$1 AND account=$2 AND asset=$3 ORDER BY expires_at`, r.Zone, string(a), string(asset))
}
