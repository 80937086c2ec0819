package store

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"gezhi/internal/proof"
)

// Records are what the log has whole: a row, the rows that belong to it, and one leaf for each change of any of them.
// A statement that writes one says so with Tx.changed; what the record says at the end of the command goes into the log.

// record is a kind of them.
type record struct {
	kind  string // of its leaves
	key   string // column that names it, within the zone
	text  bool   // whether the key is text
	made  string // column with the instant it was made; "" when the key, an id, tells
	only  string // condition on the row for it to be a record; "" when every row is one
	row   rowSet
	parts []part
}

// rowSet is a table with the columns that are logged. Left out are what is sealed, which a key guards, and what other
// invariants say whole, such as the stock a reward's movements come to.
type rowSet struct {
	table          string
	numbers, texts []string
}

// part is a table of rows that belong to records; of is the column that names the record.
type part struct {
	rowSet
	of string
}

func rowsWith(table, numbers, texts string) rowSet {
	return rowSet{table, strings.Fields(numbers), strings.Fields(texts)}
}

// payoutRow is a line of the payouts, which belongs to a grant or to an import: other is the column of the one it does not.
func payoutRow(other string) rowSet {
	return rowsWith("payouts", `id month pieces amount undoes at by_person `+other, `item title way kind code name area source`)
}

var (
	awardRecord = &record{kind: "award", key: "id", row: rowsWith("awards", `version person household day quantity points lng lat import by_person at public_at until posted_at events revision`,
		`rule source unit subject area body address evidence ref once state approved reason pool`), parts: []part{
		{rowsWith("award_events", `seq at actor`, `act from_state to_state note`), "award"},
		{rowsWith("award_photos", `n photo dhash`, `rule subject`), "award"},
		{rowsWith("objections", `id by_person at proposed_by decided_by decided_at`, `reason state proposal note`), "award"}}}
	redemptionRecord = &record{kind: "redemption", key: "id", row: rowsWith("redemptions", `reward person sponsor price reserved_at until done_at done_by`,
		`name_zh name_en home place hold state done_duty`)}
	rewardRecord = &record{kind: "reward", key: "id", row: rowsWith("rewards", `photo sponsor price most from_at to_at pickup closed_at revision`,
		`name_zh name_en body area address hours per`)}
	sponsorRecord    = &record{kind: "sponsor", key: "id", row: rowsWith("sponsors", `from_at to_at example revision`, `name kind area agreement rate`)}
	giftRecord       = &record{kind: "gift", key: "id", row: rowsWith("sponsor_gifts", `sponsor points at by_person`, `area note transfer`)}
	settlementRecord = &record{kind: "settlement", key: "number", text: true, made: "at", row: rowsWith("settlements", `sponsor items collected given points at by_person`, `month rate note transfer`)}
	allotmentRecord  = &record{kind: "allotment", key: "id", row: rowsWith("allotments", `points by_person at`, `area document note transfer`)}
	householdRecord  = &record{kind: "household", key: "id", row: rowsWith("households", `head at by_person`, `area`), parts: []part{
		{rowsWith("household_members", `person from_at to_at by_person`, ``), "household"}}}
	activityRecord = &record{kind: "activity", key: "id", row: rowsWith("activities", `lng lat from_at to_at capacity hours by_person at seats waiting turns recorded_at events revision`,
		`kind title body bring age area place unit contact rule state reason`), parts: []part{
		{rowsWith("activity_people", `person turn at checked_at checked_by recorded_at came minutes confirmed_at objected_at answered_at stars rated_at`,
			`state objection answer words thanks`), "activity"},
		{rowsWith("activity_events", `seq at actor person`, `what note`), "activity"}}}
	fileRecord  = &record{kind: "file", key: "id", made: "at", only: "case_id <> 0", row: rowsWith("files", `case_id by_person at size`, `name kind sha256`)}
	auditRecord = &record{kind: "audit", key: "id", made: "at", row: rowsWith("audit", `at actor person`, `action subject reason detail`)}
	linkRecord  = &record{kind: "link", key: "id", made: "at", row: rowsWith("case_links", `a b amount by_person at ended_at`, `kind`)}
	drawRecord  = &record{kind: "draw", key: "id", made: "committed_at", row: rowsWith("draws", `after_at committed_at committed_by drawn_at drawn_by`,
		`procedure category title quotas source list commitment nonce seed seed_note`)}
	enterpriseRecord = &record{kind: "enterprise", key: "code", text: true, made: "at", row: rowsWith("enterprises", `place accepted_by statements changed at example`, `name accepted`), parts: []part{
		{rowsWith("enterprise_statements", `n as_of withdraws import at by_person`, `source body`), "code"}}}
	agencyRecord        = &record{kind: "agency", key: "id", made: "asked_at", row: rowsWith("enterprise_people", `person asked_at decided_at decided_by`, `code role note state reason`)}
	fundRecord          = &record{kind: "fund", key: "id", row: rowsWith("funds", `year closed_at at by_person revision`, `name unit note`)}
	fundAllotmentRecord = &record{kind: "fund_allotment", key: "id", row: rowsWith("fund_allotments", `fund amount at by_person`, `document note transfer`)}
	grantListRecord     = &record{kind: "grant_list", key: "id", row: rowsWith("grant_lists", `version as_of fund auto public_at until at by_person revision`, `item title period`)}
	grantRecord         = &record{kind: "grant", key: "id", row: rowsWith("grants", `list amount version fund chosen raised at due until done_at events revision`,
		`item grp share code name area period inputs note state order_no reason`), parts: []part{
		{rowsWith("grant_events", `seq at actor`, `act from_state to_state note ref`), "grant_id"},
		{rowsWith("files", `id by_person at size`, `name kind sha256 material`), "grant_id"},
		{payoutRow("import"), "grant_id"}}}
	orderRecord        = &record{kind: "pay_order", key: "number", text: true, made: "at", row: rowsWith("pay_orders", `fund pieces amount at by_person`, `note`)}
	payoutImportRecord = &record{kind: "payouts", key: "id", row: rowsWith("payout_imports", `pieces amount at by_person undone_at undone_by`, `name sha256 reason`), parts: []part{
		{payoutRow("grant_id"), "import"}}}

	delegationRecord = &record{kind: "delegation", key: "id", row: rowsWith("delegations", `person delegate from_at to_at by_person at ended_at ended_by`, `role unit area reason`)}

	// records are all kinds, in the order in which a command logs what it changed.
	records = []*record{awardRecord, redemptionRecord, rewardRecord, sponsorRecord, giftRecord, settlementRecord, allotmentRecord, householdRecord, activityRecord, fileRecord, auditRecord, delegationRecord, linkRecord, drawRecord, enterpriseRecord, agencyRecord,
		fundRecord, fundAllotmentRecord, grantListRecord, grantRecord, orderRecord, payoutImportRecord}
)

// changed notes that the command writes a record, for the log. The key is an id or, where the record's is, a text.
func (tx *Tx) changed(rec *record, key any) {
	if tx.written == nil {
		tx.written = map[*record][]string{}
	}
	tx.written[rec] = append(tx.written[rec], fmt.Sprint(key))
}

// logRecords logs the records that the command changed, as they stand at its end.
func (tx *Tx) logRecords() error {
	for _, rec := range records {
		if len(tx.written[rec]) == 0 {
			continue
		}
		list, err := tx.recorded(rec, tx.written[rec])
		if err != nil {
			return err
		}
		for _, x := range list {
			entry := tx.NewID()
			x.Change++
			tx.Log(rec.kind, entry, x.Leaf())
			if err := tx.exec(`UPDATE `+rec.row.table+` SET entry=$1, entries=entries+1 WHERE zone=$2 AND `+rec.key+`=$3`, entry, tx.Zone, rec.value(x.Record.ID)); err != nil {
				return err
			}
		}
	}
	return nil
}

// and is what more must hold of a row.
func (rec *record) and() string {
	if rec.only == "" {
		return ""
	}
	return " AND " + rec.only
}

// value is a key as a statement takes it.
func (rec *record) value(key string) any {
	if rec.text {
		return key
	}
	n, err := strconv.ParseInt(key, 10, 64)
	if err != nil {
		panic(err) // it came out of an integer
	}
	return n
}

// LoggedRecord is a record as its rows stand, with the leaf of its last change.
type LoggedRecord struct {
	proof.Record // Change counts its leaves
	Entry
	Made time.Time
}

// recorded loads records by their keys.
func (r *Reader) recorded(rec *record, keys []string) ([]LoggedRecord, error) {
	in := func(column string) string {
		if rec.text {
			return column + " IN " + r.dialect.EachOf(2)
		}
		return column + " IN (SELECT CAST(value AS BIGINT) FROM " + r.dialect.EachOf(2) + " e)"
	}
	parts := make([]map[string]*proof.Contents, len(rec.parts))
	for i, p := range rec.parts {
		parts[i] = map[string]*proof.Contents{}
		dest, pour := p.scanner()
		var key string
		err := each(r, func(rows *Rows) (struct{}, error) { return struct{}{}, rows.Scan(append([]any{&key}, dest...)...) }, func(struct{}) error {
			c := parts[i][key]
			if c == nil {
				c = new(proof.Contents)
				parts[i][key] = c
			}
			pour(c)
			return nil
		}, `SELECT CAST(`+p.of+` AS TEXT), `+p.columns("")+` FROM `+p.table+` WHERE zone=$1 AND `+in(p.of)+` ORDER BY `+p.of+`, `+strings.Join(p.numbers, ", "), r.Zone, list(keys))
		if err != nil {
			return nil, err
		}
	}
	dest, pour := rec.row.scanner()
	made := rec.made
	if made == "" {
		made = "0"
	}
	return collect(r, func(rows *Rows) (x LoggedRecord, err error) {
		x.Kind, x.Zone = rec.kind, r.Zone
		err = rows.Scan(append([]any{&x.Record.ID, &x.Made, &x.Entry.ID, &x.Change, &x.N, &x.Hash}, dest...)...)
		if rec.made == "" && err == nil {
			x.Made = IDTime(rec.value(x.Record.ID).(int64))
		}
		var c proof.Contents
		pour(&c)
		for i := range parts {
			c.Add(parts[i][x.Record.ID])
		}
		x.Content = c.Sum()
		return x, err
	}, `SELECT CAST(t.`+rec.key+` AS TEXT), `+made+`, t.entry, t.entries, `+entryColumns+`, `+rec.row.columns("t.")+` FROM `+rec.row.table+` t`+leafOf(rec.kind, "t")+
		` WHERE t.zone=$1 AND `+in("t."+rec.key)+rec.and()+` ORDER BY t.`+rec.key, r.Zone, list(keys))
}

func (s rowSet) columns(of string) string {
	return of + strings.Join(slices.Concat(s.numbers, s.texts), ", "+of)
}

// scanner is where a row's columns are scanned into, and what puts them into contents afterwards.
func (s rowSet) scanner() (dest []any, pour func(*proof.Contents)) {
	numbers, texts := make([]int64, len(s.numbers)), make([]string, len(s.texts))
	for i := range numbers {
		dest = append(dest, &numbers[i])
	}
	for i := range texts {
		dest = append(dest, &texts[i])
	}
	return dest, func(c *proof.Contents) {
		c.Row(s.table)
		for i, n := range numbers {
			c.Number(s.numbers[i], n)
		}
		for i, t := range texts {
			c.Text(s.texts[i], t)
		}
	}
}

// IsRecord reports whether leaves of the kind are of records.
func IsRecord(kind string) bool {
	return slices.ContainsFunc(records, func(rec *record) bool { return rec.kind == kind })
}

// EachRecord hands over every record, kind by kind.
func (r *Reader) EachRecord(fn func(LoggedRecord) error) error {
	for _, rec := range records {
		if err := r.eachOf(rec, fn); err != nil {
			return err
		}
	}
	return nil
}

func (r *Reader) eachOf(rec *record, fn func(LoggedRecord) error) error {
	const page = 500
	after := any(int64(-1))
	if rec.text {
		after = ""
	}
	for {
		keys, err := collect(r, func(rows *Rows) (s string, err error) { return s, rows.Scan(&s) },
			`SELECT CAST(`+rec.key+` AS TEXT) FROM `+rec.row.table+` WHERE zone=$1 AND `+rec.key+` > $2`+rec.and()+` ORDER BY `+rec.key+` LIMIT `+itoa(page), r.Zone, after)
		if err != nil || len(keys) == 0 {
			return err
		}
		list, err := r.recorded(rec, keys)
		if err != nil {
			return err
		}
		for _, x := range list {
			if err := fn(x); err != nil {
				return err
			}
		}
		after = rec.value(keys[len(keys)-1])
	}
}
