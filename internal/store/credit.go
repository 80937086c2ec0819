package store

import (
	"gezhi/internal/casework"
	"gezhi/internal/fault"
)

// AddBadRecord enters that a subject made a false commitment, as a case found. A second entry for the same case changes nothing.
func (tx *Tx) AddBadRecord(subject string, c casework.ID) error {
	return tx.exec(`INSERT INTO bad_records (zone, subject, case_id, at) VALUES ($1,$2,$3,$4) ON CONFLICT (zone, subject, case_id) DO NOTHING`,
		tx.Zone, subject, int64(c), at(tx.Now))
}

// RepairRecords ends what a case entered.
func (tx *Tx) RepairRecords(c casework.ID) error {
	return tx.exec(`UPDATE bad_records SET repaired=$1 WHERE zone=$2 AND case_id=$3 AND repaired=0`, at(tx.Now), tx.Zone, int64(c))
}

// BadRecord is the number of the latest case that gave the subject a bad record still counting; found is false when there is none.
func (r *Reader) BadRecord(subject string) (number string, found bool, err error) {
	number, err = find(r, fault.New(fault.NotFound, "没有失信记录。", "There is no bad record."), func(rows *Rows) (s string, err error) { return s, rows.Scan(&s) },
		`SELECT c.number FROM bad_records b JOIN cases c ON c.zone=b.zone AND c.id=b.case_id WHERE b.zone=$1 AND b.subject=$2 AND b.repaired=0 ORDER BY b.at DESC, b.case_id DESC LIMIT 1`, r.Zone, subject)
	if fault.KindOf(err) == fault.NotFound && err != nil {
		return "", false, nil
	}
	return number, err == nil, err
}
