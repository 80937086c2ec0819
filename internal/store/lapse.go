package store

import "gezhi/internal/ledger"

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
	var names []ledger.Account
	for _, k := range due {
		names = append(names, k.Account)
	}
	b := &books{tx: tx, versions: map[ledger.Key]int64{}, known: map[string]ledger.Posted{}, lapsed: map[ledger.Asset][]string{}}
	if err := b.load(nil, names); err != nil {
		return err
	}
	if err := b.loadSink(); err != nil {
		return err
	}
	for _, k := range due {
		b.lapsed[k.Asset] = append(b.lapsed[k.Asset], string(k.Account))
		if err := b.lapse(k); err != nil {
			return err
		}
	}
	return b.save()
}
