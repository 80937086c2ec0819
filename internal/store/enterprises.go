package store

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/policy"
)

// Enterprise is one that policies are matched with.
type Enterprise struct {
	Code       string // 统一社会信用代码
	Name       string
	Place      int             // 0, 1, 2 … within the zone
	Accepted   string          // why a code whose check character is wrong was accepted; "" when it is right
	AcceptedBy casework.Person // who did
	Statements int             // how many sources have said something
	Changed    int64           // revision of the profiles that changed it last
	At         time.Time
	Example    bool // made up for a demonstration
}

const enterpriseColumns = `code, name, place, accepted, accepted_by, statements, changed, at, example`

func scanEnterprise(rows *Rows) (e Enterprise, err error) {
	return e, rows.Scan(&e.Code, &e.Name, &e.Place, &e.Accepted, &e.AcceptedBy, &e.Statements, &e.Changed, &e.At, &e.Example)
}

// Reach is which enterprises somebody may read about: all of them, or those the person acts for.
type Reach struct {
	All    bool
	Person int64
}

// within limits a query to what somebody may read of the table that stands under a name.
func (w *where) within(table string, reach Reach) {
	if !reach.All {
		w.and(table + ".code IN (SELECT p.code FROM enterprise_people p WHERE p.zone = $1 AND p.person = " + w.arg(reach.Person) + " AND p.state = 'confirmed')")
	}
}

// called limits a query to enterprises whose code begins with, or whose name contains, some words; none do not limit it.
func (w *where) called(table, words string) {
	if words != "" {
		lo, hi := prefixRange(words)
		w.and("(" + table + ".code >= " + w.arg(lo) + " AND " + table + ".code < " + w.arg(hi) + " OR " + table + ".name LIKE " + w.arg(like(words)) + ` ESCAPE '\')`)
	}
}

var errNoEnterprise = fault.New(fault.NotFound, "没有这家企业的资料。", "Nothing is known of this enterprise.")

// Enterprise loads one enterprise within somebody's reach.
func (r *Reader) Enterprise(reach Reach, code string) (Enterprise, error) {
	var w where
	w.and("e.zone = " + w.arg(r.Zone))
	w.and("e.code = " + w.arg(code))
	w.within("e", reach)
	return find(r, errNoEnterprise, scanEnterprise, `SELECT `+enterpriseColumns+` FROM enterprises e WHERE `+w.sql(), w.args...)
}

// EnterpriseFilter selects enterprises: by the beginning of their code or a part of their name, after a place.
type EnterpriseFilter struct {
	Words string
	After int // place of the last one of the page before; -1 for the first page
	Limit int
}

// Enterprises lists enterprises within somebody's reach, in the order in which they came.
func (r *Reader) Enterprises(reach Reach, f EnterpriseFilter) ([]Enterprise, error) {
	var w where
	w.and("e.zone = " + w.arg(r.Zone))
	w.and("e.place > " + w.arg(f.After))
	w.within("e", reach)
	w.called("e", f.Words)
	return collect(r, scanEnterprise, `SELECT `+enterpriseColumns+` FROM enterprises e WHERE `+w.sql()+` ORDER BY e.place LIMIT `+w.arg(f.Limit), w.args...)
}

// EnterprisesOf loads those of some codes that are known, by code.
func (r *Reader) EnterprisesOf(codes []string) (map[string]Enterprise, error) {
	list, err := collect(r, scanEnterprise, `SELECT `+enterpriseColumns+` FROM enterprises WHERE zone=$1 AND code IN `+r.dialect.EachOf(2), r.Zone, list(codes))
	out := make(map[string]Enterprise, len(list))
	for _, e := range list {
		out[e.Code] = e
	}
	return out, err
}

// ProfileCounts are how many enterprises a zone has, and the revision of their profiles.
func (r *Reader) ProfileCounts() (enterprises int, revision int64, err error) {
	type counts struct {
		enterprises int
		revision    int64
	}
	c, err := find(r, nil, func(rows *Rows) (c counts, err error) { return c, rows.Scan(&c.enterprises, &c.revision) },
		`SELECT enterprises, revision FROM profile_counts WHERE zone=$1`, r.Zone)
	return c.enterprises, c.revision, err
}

// Statements are what the sources have said of an enterprise, oldest first.
func (r *Reader) Statements(code string) ([]policy.Statement, error) {
	all, err := r.StatementsOf([]string{code})
	return all[code], err
}

// StatementsOf are what the sources have said of some enterprises, oldest first, by code.
func (r *Reader) StatementsOf(codes []string) (map[string][]policy.Statement, error) {
	out := map[string][]policy.Statement{}
	return out, each(r, func(rows *Rows) (x coded, err error) {
		var body string
		if err := rows.Scan(&x.code, &x.N, &x.Source, &x.AsOf, &body, &x.Withdraws, &x.Import, &x.At, &x.By); err != nil {
			return x, err
		}
		return x, json.Unmarshal([]byte(body), &x.Values)
	}, func(x coded) error {
		out[x.code] = append(out[x.code], x.Statement)
		return nil
	}, `SELECT code, n, source, as_of, body, withdraws, import, at, by_person FROM enterprise_statements WHERE zone=$1 AND code IN `+r.dialect.EachOf(2)+` ORDER BY code, n`, r.Zone, list(codes))
}

type coded struct {
	code string
	policy.Statement
}

// EachProfilePage hands over the pages of all profiles, in order. A body is good until the next.
func (r *Reader) EachProfilePage(fn func(body []byte) error) error {
	return each(r, func(rows *Rows) (body []byte, err error) { return body, rows.Scan(&body) }, fn,
		`SELECT body FROM profile_pages WHERE zone=$1 ORDER BY page`, r.Zone)
}

// ChangedEnterprises lists those that changed after a revision of the profiles, by place.
func (r *Reader) ChangedEnterprises(since int64) ([]Enterprise, error) {
	return collect(r, scanEnterprise, `SELECT `+enterpriseColumns+` FROM enterprises WHERE zone=$1 AND changed > $2 ORDER BY place`, r.Zone, since)
}

// Facts are what counts of what is known of some enterprises, by code.
func (r *Reader) Facts(codes []string) (map[string]map[string]policy.Fact, error) {
	all, err := r.StatementsOf(codes)
	out := make(map[string]map[string]policy.Fact, len(all))
	for code, s := range all {
		out[code] = policy.Fold(s)
	}
	return out, err
}

// NewStatement is what a source says of an enterprise, which may be a new one.
type NewStatement struct {
	Code     string
	Name     string // "" leaves a known enterprise's name as it is
	Accepted string // why a code that fails its check is accepted; of a new enterprise only
	Example  bool
	policy.Statement
}

// enterpriseChunk bounds how many enterprises are written at a time.
const enterpriseChunk = 4096

// AddStatements stores what sources say, and brings the pages of profiles up to date. An enterprise not known yet needs a name.
func (tx *Tx) AddStatements(all []NewStatement) error {
	if len(all) == 0 {
		return nil
	}
	places, revision, err := tx.ProfileCounts()
	if err != nil {
		return err
	}
	revision++
	for chunk := range slices.Chunk(all, enterpriseChunk) {
		if places, err = tx.addStatements(chunk, places, revision); err != nil {
			return err
		}
	}
	return tx.exec(`INSERT INTO profile_counts (zone, enterprises, revision) VALUES ($1,$2,$3)
		ON CONFLICT (zone) DO UPDATE SET enterprises = excluded.enterprises, revision = excluded.revision`, tx.Zone, places, revision)
}

func (tx *Tx) addStatements(chunk []NewStatement, places int, revision int64) (int, error) {
	codes := make([]string, len(chunk))
	for i, s := range chunk {
		codes[i] = s.Code
	}
	known, err := tx.EnterprisesOf(codes)
	if err != nil {
		return 0, err
	}
	said, err := tx.StatementsOf(slices.Collect(maps.Keys(known)))
	if err != nil {
		return 0, err
	}
	var fresh, rows [][]any
	touched := map[string]bool{}
	for _, s := range chunk {
		e, ok := known[s.Code]
		if !ok {
			e = Enterprise{Code: s.Code, Name: s.Name, Place: places, Accepted: s.Accepted, Changed: revision, Example: s.Example}
			if s.Accepted != "" {
				e.AcceptedBy = casework.Person(s.By)
			}
			places++
		}
		if s.Name != "" {
			e.Name = s.Name
		}
		e.Statements++
		s.N, s.At = e.Statements, tx.Now
		body, err := json.Marshal(s.Values)
		if err != nil {
			return 0, fmt.Errorf("statement of %s: %w", s.Code, err)
		}
		rows = append(rows, []any{tx.Zone, s.Code, s.N, s.Source, s.AsOf, string(body), s.Withdraws, s.Import, at(tx.Now), s.By})
		known[s.Code], touched[s.Code] = e, true
		said[s.Code] = append(said[s.Code], s.Statement)
	}
	for code := range touched {
		e := known[code]
		fresh = append(fresh, []any{tx.Zone, code, e.Name, e.Place, e.Accepted, int64(e.AcceptedBy), e.Statements, revision, at(tx.Now), bit(e.Example)})
		tx.changed(enterpriseRecord, code)
	}
	slices.SortFunc(fresh, func(a, b []any) int { return a[3].(int) - b[3].(int) })
	if err := tx.putMany("enterprises", []string{"zone", "code", "name", "place", "accepted", "accepted_by", "statements", "changed", "at", "example"},
		`ON CONFLICT (zone, code) DO UPDATE SET name = excluded.name, statements = excluded.statements, changed = excluded.changed`, nil, fresh); err != nil {
		return 0, err
	}
	if err := tx.insertMany("enterprise_statements", []string{"zone", "code", "n", "source", "as_of", "body", "withdraws", "import", "at", "by_person"}, rows); err != nil {
		return 0, err
	}
	return places, tx.patchPages(known, touched, said)
}

// patchPages writes what counts of some enterprises into their pages.
func (tx *Tx) patchPages(known map[string]Enterprise, touched map[string]bool, said map[string][]policy.Statement) error {
	byPage := map[int][]Enterprise{}
	for code := range touched {
		e := known[code]
		byPage[e.Place/policy.PageRows] = append(byPage[e.Place/policy.PageRows], e)
	}
	for _, n := range slices.Sorted(maps.Keys(byPage)) {
		body, err := tx.ProfilePage(n)
		if err != nil {
			return err
		}
		var page policy.Page
		if body != nil {
			if page, err = policy.ReadPage(body); err != nil {
				return err
			}
		}
		list := byPage[n]
		slices.SortFunc(list, func(a, b Enterprise) int { return a.Place - b.Place })
		for _, e := range list {
			page.Set(e.Place%policy.PageRows, e.Code, policy.Fold(said[e.Code]))
		}
		if err := tx.exec(`INSERT INTO profile_pages (zone, page, body) VALUES ($1,$2,$3) ON CONFLICT (zone, page) DO UPDATE SET body = excluded.body`,
			tx.Zone, n, page.Bytes()); err != nil {
			return err
		}
	}
	return nil
}

// ProfilePage is the n-th page as it is stored; nil without any.
func (r *Reader) ProfilePage(n int) ([]byte, error) {
	return find(r, nil, func(rows *Rows) (b []byte, err error) { return b, rows.Scan(&b) }, `SELECT body FROM profile_pages WHERE zone=$1 AND page=$2`, r.Zone, n)
}

// ProfilePages counts the pages.
func (r *Reader) ProfilePages() (n int, err error) {
	return n, r.queryRow(`SELECT COUNT(*) FROM profile_pages WHERE zone=$1`, r.Zone).Scan(&n)
}

// StatementsOfImport counts what a file brought.
// StatementsOf are what the sources have said of some enterprises, oldest first, by code.
func (r *Reader) StatementsOfImport(id int64) (n int, err error) {
	return n, r.queryRow(`SELECT COUNT(*) FROM enterprise_statements WHERE zone=$1 AND import=$2`, r.Zone, id).Scan(&n)
}

// NotYetSaid leaves out of a file's statements those that it has brought already.
func (r *Reader) NotYetSaid(id int64, all []NewStatement) ([]NewStatement, error) {
	codes := make([]string, len(all))
	for i, s := range all {
		codes[i] = s.Code
	}
	said, err := collect(r, func(rows *Rows) (code string, err error) { return code, rows.Scan(&code) },
		`SELECT code FROM enterprise_statements WHERE zone=$1 AND import=$2 AND code IN `+r.dialect.EachOf(3), r.Zone, id, list(codes))
	done := make(map[string]bool, len(said))
	for _, c := range said {
		done[c] = true
	}
	return slices.DeleteFunc(slices.Clone(all), func(s NewStatement) bool { return done[s.Code] }), err
}

// StandingOfImport makes statements that take back what a file brought, as far as nobody has yet.
func (r *Reader) StandingOfImport(id int64, limit int) ([]NewStatement, error) {
	return collect(r, func(rows *Rows) (s NewStatement, err error) {
		s.Values = policy.Values{}
		return s, rows.Scan(&s.Code, &s.Withdraws)
	}, `SELECT s.code, s.n FROM enterprise_statements s WHERE s.zone=$1 AND s.import=$2 AND s.import <> 0
		AND NOT EXISTS (SELECT 1 FROM enterprise_statements b WHERE b.zone=s.zone AND b.code=s.code AND b.withdraws=s.n) ORDER BY s.code LIMIT $3`, r.Zone, id, limit)
}
