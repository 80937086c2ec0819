package store

import (
	"time"

	"gezhi/internal/casework"
	"gezhi/internal/fault"
)

// Fund is a budget that enterprises are paid from.
type Fund struct {
	ID       int64
	Name     string
	Year     int    // of the budget
	Unit     string // whose money it is, in words
	Note     string
	Closed   time.Time // no more orders from it; zero while it is open
	At       time.Time
	By       casework.Person
	Revision int64
}

const fundColumns = `f.id, f.name, f.year, f.unit, f.note, f.closed_at, f.at, f.by_person, f.revision`

func fundDest(f *Fund) []any {
	return []any{&f.ID, &f.Name, &f.Year, &f.Unit, &f.Note, &f.Closed, &f.At, &f.By, &f.Revision}
}

// Fund loads one.
func (r *Reader) Fund(id int64) (Fund, error) {
	return find(r, fault.New(fault.NotFound, "没有这笔资金。", "There is no such fund."), func(rows *Rows) (f Fund, err error) { return f, rows.Scan(fundDest(&f)...) },
		`SELECT `+fundColumns+` FROM funds f WHERE f.zone=$1 AND f.id=$2`, r.Zone, id)
}

// Funds lists the zone's funds, the newest year first.
func (r *Reader) Funds() ([]Fund, error) {
	return collect(r, func(rows *Rows) (f Fund, err error) { return f, rows.Scan(fundDest(&f)...) },
		`SELECT `+fundColumns+` FROM funds f WHERE f.zone=$1 ORDER BY f.year DESC, f.id DESC`, r.Zone)
}

// AddFund stores a new fund.
func (tx *Tx) AddFund(f Fund) error {
	tx.changed(fundRecord, f.ID)
	return tx.exec(`INSERT INTO funds (zone, id, name, year, unit, note, at, by_person, revision) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,1)`,
		tx.Zone, f.ID, f.Name, f.Year, f.Unit, f.Note, at(tx.Now), int64(f.By))
}

// SaveFund stores what changed about a fund, unless somebody else has changed it since it was read.
func (tx *Tx) SaveFund(f Fund) error {
	tx.changed(fundRecord, f.ID)
	return tx.mustChange(nil, `UPDATE funds SET name=$1, year=$2, unit=$3, note=$4, closed_at=$5, revision=revision+1 WHERE zone=$6 AND id=$7 AND revision=$8`,
		f.Name, f.Year, f.Unit, f.Note, at(f.Closed), tx.Zone, f.ID, f.Revision)
}

// FundSum is a fund with what became of its budget, in 分: Allotted = Left + Ordered + Paid.
type FundSum struct {
	Fund
	Allotted int64
	Left     int64 // on the fund's account
	Ordered  int64 // the bank has been told to pay
	Paid     int64 // less what was recovered
	Waiting  int64 // of grants that may be ordered
	Pieces   int64 // of grants that may be ordered
}

// FundSums lists the zone's funds with what became of their budgets, the newest year first.
func (r *Reader) FundSums() ([]FundSum, error) {
	return collect(r, func(rows *Rows) (f FundSum, err error) {
		if err := rows.Scan(append(fundDest(&f.Fund), &f.Allotted, &f.Left, &f.Ordered, &f.Waiting, &f.Pieces)...); err != nil {
			return f, err
		}
		f.Paid = f.Allotted - f.Left - f.Ordered
		return f, nil
	}, `SELECT `+fundColumns+`, CAST(coalesce(a.total, 0) AS BIGINT), coalesce(l.balance, 0), coalesce(o.balance, 0), CAST(coalesce(g.total, 0) AS BIGINT), coalesce(g.k, 0) FROM funds f
		LEFT JOIN (SELECT fund, sum(amount) AS total FROM fund_allotments WHERE zone=$1 GROUP BY fund) a ON a.fund=f.id
		LEFT JOIN accounts l ON l.zone=f.zone AND l.account = 'fund:' || f.id AND l.asset='CNY'
		LEFT JOIN accounts o ON o.zone=f.zone AND o.account = 'ordered:' || f.id AND o.asset='CNY'
		LEFT JOIN (SELECT fund, sum(amount) AS total, count(*) AS k FROM grants WHERE zone=$1 AND state='approved' GROUP BY fund) g ON g.fund=f.id
		WHERE f.zone=$1 ORDER BY f.year DESC, f.id DESC`, r.Zone)
}

// FundAllotment is budget given to a fund by a document.
type FundAllotment struct {
	ID       int64
	Fund     int64
	Amount   int64 // 分
	Document string
	Note     string
	Transfer string
	At       time.Time
	By       casework.Person
}

// AddFundAllotment stores an allotment. The same document gives to a fund once: a second time is a Conflict.
func (tx *Tx) AddFundAllotment(x FundAllotment) error {
	tx.changed(fundAllotmentRecord, x.ID)
	twice := fault.New(fault.Conflict, "文号“%[1]s”的预算已经下达给这笔资金。", "Document %[1]q has given to this fund already.", x.Document)
	return tx.mustChange(twice, `INSERT INTO fund_allotments (zone, id, fund, amount, document, note, transfer, at, by_person) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9) ON CONFLICT DO NOTHING`,
		tx.Zone, x.ID, x.Fund, x.Amount, x.Document, x.Note, x.Transfer, at(tx.Now), int64(x.By))
}

// FundAllotments lists what a fund was given, newest first.
func (r *Reader) FundAllotments(fund int64) ([]FundAllotment, error) {
	return collect(r, func(rows *Rows) (x FundAllotment, err error) {
		return x, rows.Scan(&x.ID, &x.Fund, &x.Amount, &x.Document, &x.Note, &x.Transfer, &x.At, &x.By)
	}, `SELECT id, fund, amount, document, note, transfer, at, by_person FROM fund_allotments WHERE zone=$1 AND fund=$2 ORDER BY id DESC`, r.Zone, fund)
}

// PayOrder is an order to the bank (拨付指令).
type PayOrder struct {
	Number string // BF-330108-2026-0001
	Fund   int64
	Pieces int
	Amount int64 // 分
	Note   string
	At     time.Time
	By     casework.Person
}

const orderColumns = `number, fund, pieces, amount, note, at, by_person`

func scanOrder(rows *Rows) (o PayOrder, err error) {
	return o, rows.Scan(&o.Number, &o.Fund, &o.Pieces, &o.Amount, &o.Note, &o.At, &o.By)
}

// AddPayOrder stores an order.
func (tx *Tx) AddPayOrder(o PayOrder) error {
	tx.changed(orderRecord, o.Number)
	return tx.exec(`INSERT INTO pay_orders (zone, `+orderColumns+`) VALUES ($1,$2,$3,$4,$5,$6,$7,$8)`, tx.Zone, o.Number, o.Fund, o.Pieces, o.Amount, o.Note, at(tx.Now), int64(o.By))
}

// PayOrder loads one.
func (r *Reader) PayOrder(number string) (PayOrder, error) {
	return find(r, fault.New(fault.NotFound, "没有编号为 %s 的拨付指令。", "There is no order %s.", number), scanOrder,
		`SELECT `+orderColumns+` FROM pay_orders WHERE zone=$1 AND number=$2`, r.Zone, number)
}

// PayOrders lists orders, newest first; fund 0 is every fund, before "" begins with the newest.
func (r *Reader) PayOrders(fund int64, before string, limit int) ([]PayOrder, error) {
	w := &where{}
	w.and("zone = " + w.arg(r.Zone))
	if fund != 0 {
		w.and("fund = " + w.arg(fund))
	}
	if before != "" {
		w.and("number < " + w.arg(before))
	}
	return collect(r, scanOrder, `SELECT `+orderColumns+` FROM pay_orders WHERE `+w.sql()+` ORDER BY number DESC LIMIT `+w.arg(limit), w.args...)
}
