package store

import (
	"slices"

	"gezhi/internal/casework"
	"gezhi/internal/fault"
)

// opens reports whether the scope may know who reported the case.
func (s Scope) opens(c *casework.Case) bool {
	return s.Open || len(c.Sealed) == 0 || (s.Person != 0 && int64(c.Reporter) == s.Person) ||
		slices.ContainsFunc(c.Sealed, func(role string) bool { return slices.Contains(s.Roles, role) })
}

// visible limits a list to what the scope may read, confidential cases included: those are for the roles that may know
// the reporter, for units that have had them, for whoever has them in hand, and for the reporter.
func (w *where) visible(s Scope) {
	w.scope(s)
	w.secret(s)
}

// secret leaves out confidential cases that are not for the scope.
func (w *where) secret(s Scope) {
	if s.Open {
		return
	}
	any := "c.sealed = ''"
	for _, role := range s.Roles {
		any += " OR c.sealed LIKE " + w.arg("%,"+role+",%")
	}
	for _, u := range s.Units {
		any += " OR EXISTS (SELECT 1 FROM case_units u WHERE u.zone = c.zone AND u.case_id = c.id AND u.unit = " + w.arg(u) + ")"
	}
	for _, key := range s.Posts {
		any += " OR " + w.prefix("c.holder", key)
	}
	if s.Person != 0 {
		any += " OR c.reporter = " + w.arg(s.Person)
	}
	w.and("(" + any + ")")
}

// Secret is one thing kept secret of a confidential case.
type Secret struct {
	Seq   int    // of the event it came with
	Field string // a field's id, text or note
	Value []byte // sealed
}

// AddSecret keeps something secret of the case whose event has been added.
func (tx *Tx) AddSecret(id casework.ID, s Secret) error {
	return tx.exec(`INSERT INTO case_secrets (zone, case_id, seq, field, value) VALUES ($1,$2,$3,$4,$5)`, tx.Zone, int64(id), s.Seq, s.Field, s.Value)
}

// Secrets lists what is kept secret of a case, oldest first, to those who may know; Forbidden to anybody else.
func (r *Reader) Secrets(c casework.Case, scope Scope) ([]Secret, error) {
	whole, err := r.whole(c.ID)
	if err != nil {
		return nil, err
	}
	if !scope.opens(&whole) {
		return nil, fault.New(fault.Forbidden, "投诉举报人信息只对受理机构开放。", "Who complained is for the complaint desk only.")
	}
	return collect(r, func(rows *Rows) (s Secret, err error) { return s, rows.Scan(&s.Seq, &s.Field, &s.Value) },
		`SELECT seq, field, value FROM case_secrets WHERE zone=$1 AND case_id=$2 ORDER BY seq, field`, r.Zone, int64(c.ID))
}

// Alias is a person who stands for the reporter of one confidential case.
type Alias struct {
	Person casework.Person
	Code   []byte // keyed hash
	Owner  []byte // keyed hash of the resident behind it; nil for nobody
}

// AddAlias makes a person an alias. A code is given once.
func (tx *Tx) AddAlias(a Alias) error {
	var owner any
	if len(a.Owner) > 0 {
		owner = a.Owner
	}
	return tx.exec(`INSERT INTO aliases (zone, person, code, owner) VALUES ($1,$2,$3,$4)`, tx.Zone, int64(a.Person), a.Code, owner)
}

func scanPersonID(rows *Rows) (p casework.Person, err error) { return p, rows.Scan(&p) }

var errNoCode = fault.Field("code", "查询码不正确，请核对后重试。查询码无法找回或重发。", "That query code is not right. A lost code cannot be recovered or sent again.")

// AliasByCode finds who has a query code.
func (r *Reader) AliasByCode(code []byte) (casework.Person, error) {
	return find(r, errNoCode, scanPersonID, `SELECT person FROM aliases WHERE zone=$1 AND code=$2`, r.Zone, code)
}

// IsAlias reports whether a person stands for the reporter of a confidential case.
func (r *Reader) IsAlias(p casework.Person) (bool, error) {
	list, err := collect(r, scanPersonID, `SELECT person FROM aliases WHERE zone=$1 AND person=$2`, r.Zone, int64(p))
	return len(list) > 0, err
}

// AliasesOf lists the aliases of a resident, by the keyed hash of who that is.
func (r *Reader) AliasesOf(owner []byte) ([]casework.Person, error) {
	return collect(r, scanPersonID, `SELECT person FROM aliases WHERE zone=$1 AND owner IS NOT NULL AND owner=$2 ORDER BY person DESC LIMIT 200`, r.Zone, owner)
}

// SealedFrom reports whether something of a confidential case comes from its reporter and the scope may not know who
// that is.
func (r *Reader) SealedFrom(c casework.Case, scope Scope, by casework.Person) (bool, error) {
	if len(c.Sealed) == 0 {
		return false, nil
	}
	whole, err := r.whole(c.ID)
	return !scope.opens(&whole) && by == whole.Reporter, err
}
