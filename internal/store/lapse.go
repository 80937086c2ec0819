package store

import (
	"fmt"

	"gezhi/internal/ledger"
)

// Lapse moves what has lapsed out of at most limit accounts and says how many there were: fewer than limit means
// that nothing is left. Each account gives up all its lapsed lots in one transfer.
func (tx *Tx) Lapse(limit int) (accounts int, err error) {
	due, err := collect(&tx.Reader, func(rows *Rows) (k ledger.Key, err error) { return k, rows.Scan(&k.Account, &k.Asset) },
		`SELECT DISTINCT account, asset FROM lots WHERE zone=$1 AND expires_at <= $2 LIMIT $3`, tx.Zone, tx.Now, limit)
	if err != nil {
		return 0, err
	}
	return len(due), tx.lapse(due)
}

// LapseOf does the same for one account: what is spent next must not have lapsed.
func (tx *Tx) LapseOf(a ledger.Account, asset ledger.Asset) error {
	lots, err := tx.Lots(a, asset)
	if err != nil || len(lots) == 0 || lots[0].Expires.After(tx.Now) {
		return err
	}
	return tx.lapse([]ledger.Key{{Account: a, Asset: asset}})
}

func (tx *Tx) lapse(due []ledger.Key) error {
	if len(due) == 0 {
		return nil
	}
	sink := ledger.Of(ledger.Expired, itoa(tx.Zone))
	names := []ledger.Account{sink}
	for _, k := range due {
		names = append(names, k.Account)
	}
	b := &books{tx: tx, versions: map[ledger.Key]int64{}, known: map[string]ledger.Posted{}, lapsed: map[ledger.Asset][]string{}}
	if err := b.load(nil, names); err != nil {
		return err
	}
	for _, k := range due {
		s := b.At(k)
		b.lapsed[k.Asset] = append(b.lapsed[k.Asset], string(k.Account))
		t := ledger.Transfer{ID: fmt.Sprintf("lapse:%s:%s:%d", k.Account, k.Asset, s.Postings), From: k.Account, To: sink, Asset: k.Asset,
			Amount: s.Lapsed(tx.Now), Reason: "lapse"}
		if out := b.post(t); out.Err != nil {
			return fmt.Errorf("lapse %s: %w", k.Account, out.Err)
		}
	}
	return b.save()
}
