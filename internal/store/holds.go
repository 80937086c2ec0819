package store

import (
	"time"

	"gezhi/internal/fault"
	"gezhi/internal/ledger"
	"gezhi/internal/proof"
)

// Hold is an amount set aside for somebody until it is confirmed, called off or lapses.
type Hold struct {
	ID      string // 1 to 90 characters; also the id of the transfer that sets it aside
	From    ledger.Account
	To      ledger.Account // who gets it when it is confirmed
	Asset   ledger.Asset
	Amount  int64
	Until   time.Time // when it lapses; zero for never
	Reason  string
	Ref     string
	State   string    // open, confirmed, voided
	Created time.Time // when it was set aside
	Done    time.Time // when it was confirmed or voided
}

const maxHoldID = 90 // leaves room for the prefix of what ends it

// Hold sets an amount aside. The same hold again is left alone.
func (tx *Tx) Hold(h Hold) (fresh bool, err error) {
	if len(h.ID) > maxHoldID {
		return false, fault.Field("id", "冻结编号不能超过 %d 个字符。", "The id of a hold may have at most %d characters.", maxHoldID)
	}
	if err := (ledger.Transfer{ID: h.ID, From: h.From, To: h.To, Asset: h.Asset, Amount: h.Amount}).Check(); err != nil {
		return false, err
	}
	if !h.Until.IsZero() && !h.Until.After(tx.Now) {
		return false, fault.Field("until", "冻结的截止时间已过。", "A hold cannot end before it begins.")
	}
	if was, err := tx.HoldByID(h.ID); err == nil {
		if was.To == h.To && was.Until.Equal(h.Until) {
			return tx.Post(h.aside())
		}
		return false, errOtherContent(h.ID)
	}
	strange, err := tx.strangers([]ledger.Account{h.To})
	if err != nil {
		return false, err
	}
	if why, ok := strange[h.To]; ok {
		why.Field = "to"
		return false, &why
	}
	out, err := tx.PostAll([]ledger.Transfer{h.aside()})
	if err == nil {
		err = out[0].Err
	}
	if err != nil {
		return false, err
	}
	if !out[0].Fresh {
		return false, errOtherContent(h.ID) // the id is that of a transfer which is no hold
	}
	l := proof.Hold{Zone: tx.Zone, ID: h.ID, To: string(h.To), Until: at(h.Until)}
	tx.Log(proof.KindHold, out[0].Posted.Seq, l.Leaf())
	return true, tx.mustChange(errStale, `INSERT INTO holds (zone, id, state, to_account, until) VALUES ($1,$2,'open',$3,$4) ON CONFLICT DO NOTHING`,
		tx.Zone, h.ID, string(h.To), at(h.Until))
}

// aside is the transfer that sets the amount aside.
func (h Hold) aside() ledger.Transfer {
	return ledger.Transfer{ID: h.ID, From: h.From, To: ledger.Of(ledger.Held, h.From.Owner()), Asset: h.Asset, Amount: h.Amount, Reason: h.Reason, Ref: h.Ref}
}

// ConfirmHold pays a hold out to whom it was for. Confirming twice pays once; one that was voided is a Conflict.
func (tx *Tx) ConfirmHold(id string) (ledger.Posted, error) {
	h, err := tx.HoldByID(id)
	if err != nil {
		return ledger.Posted{}, err
	}
	t := ledger.Transfer{ID: "confirm:" + h.ID, From: ledger.Of(ledger.Held, h.From.Owner()), To: h.To, Asset: h.Asset, Amount: h.Amount, Reason: h.Reason, Ref: h.Ref}
	switch {
	case h.State == "voided":
		return ledger.Posted{}, fault.New(fault.Conflict, "这笔冻结已经撤销，积分已退回。", "This hold was called off and its amount has gone back.")
	case h.State == "open" && !h.Until.IsZero() && !h.Until.After(tx.Now):
		return ledger.Posted{}, fault.New(fault.Conflict, "这笔冻结已过期，积分将自动退回。", "This hold has lapsed; its amount goes back by itself.")
	case h.State == "open":
		if err := tx.endHold(id, "confirmed"); err != nil {
			return ledger.Posted{}, err
		}
	}
	out, err := tx.PostAll([]ledger.Transfer{t})
	if err != nil {
		return ledger.Posted{}, err
	}
	return out[0].Posted, out[0].Err
}

// VoidHold calls a hold off: what it set aside goes back to the lots it came from. One that was confirmed
// is a Conflict; voiding twice gives back once.
func (tx *Tx) VoidHold(id, reason string) (ledger.Posted, error) {
	h, err := tx.HoldByID(id)
	if err != nil {
		return ledger.Posted{}, err
	}
	switch h.State {
	case "confirmed":
		return ledger.Posted{}, fault.New(fault.Conflict, "这笔冻结已经兑付，不能撤销。", "This hold was paid out and cannot be called off.")
	case "open":
		if err := tx.endHold(id, "voided"); err != nil {
			return ledger.Posted{}, err
		}
	}
	return tx.Reverse(h.ID, ledger.Transfer{ID: "void:" + h.ID, Reason: reason, Ref: h.Ref})
}

func (tx *Tx) endHold(id, state string) error {
	return tx.mustChange(errStale, `UPDATE holds SET state=$1, done_at=$2 WHERE zone=$3 AND id=$4 AND state='open'`, state, tx.Now, tx.Zone, id)
}

// HoldByID loads a hold; NotFound when there is none.
func (r *Reader) HoldByID(id string) (Hold, error) {
	return find(r, fault.New(fault.NotFound, "没有编号为 %s 的冻结。", "There is no hold %s.", id), func(rows *Rows) (h Hold, err error) {
		err = rows.Scan(&h.ID, &h.State, &h.To, &h.Until, &h.Done, &h.From, &h.Asset, &h.Amount, &h.Reason, &h.Ref, &h.Created)
		return h, err
	}, `SELECT h.id, h.state, h.to_account, h.until, h.done_at, t.from_account, t.asset, t.amount, t.reason, t.ref, t.at
		FROM holds h JOIN transfers t ON t.zone = h.zone AND t.id = h.id WHERE h.zone=$1 AND h.id=$2`, r.Zone, id)
}

// LapsedHolds lists open holds whose time is over, at most limit.
func (r *Reader) LapsedHolds(limit int) ([]string, error) {
	return collect(r, func(rows *Rows) (id string, err error) { return id, rows.Scan(&id) },
		`SELECT id FROM holds WHERE zone=$1 AND state='open' AND until <> 0 AND until <= $2 ORDER BY until LIMIT $3`, r.Zone, r.Now, limit)
}

// Reverse takes a posted transfer back, once. by gives the reversal's own id, reason and ref; the same
// reversal again answers the first. Conflict when another one took it back, or when the points are no longer there.
func (tx *Tx) Reverse(id string, by ledger.Transfer) (ledger.Posted, error) {
	was, err := tx.Transfer(id)
	if err != nil {
		return ledger.Posted{}, err
	}
	if was.Reverses != "" {
		return ledger.Posted{}, fault.New(fault.Conflict, "冲正本身不能再冲正，请另行记账。", "A reversal cannot itself be reversed; post a new transfer.")
	}
	taken, err := collect(&tx.Reader, scanTransfer, transferSelect+` WHERE t.zone=$1 AND t.reverses <> '' AND t.reverses=$2`, tx.Zone, id)
	if err != nil {
		return ledger.Posted{}, err
	}
	if len(taken) > 0 {
		if taken[0].ID == by.ID {
			return taken[0], nil
		}
		return ledger.Posted{}, fault.New(fault.Conflict, "这笔账已经冲正过（%s）。", "This transfer was already reversed (%s).", taken[0].ID)
	}
	b := &books{tx: tx, versions: map[ledger.Key]int64{}, known: map[string]ledger.Posted{}}
	if err := b.load([]string{by.ID}, []ledger.Account{was.From, was.To}); err != nil {
		return ledger.Posted{}, err
	}
	if _, used := b.known[by.ID]; used {
		return ledger.Posted{}, errOtherContent(by.ID)
	}
	out := b.keep(b.Books.Reverse(was, by.ID, by.Reason, by.Ref, tx.NewID(), tx.Now))
	if out.Err != nil {
		return ledger.Posted{}, out.Err
	}
	return out.Posted, b.save()
}
