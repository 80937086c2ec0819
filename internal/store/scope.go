package store

import (
	"fmt"
	"strings"
)

// Scope is what a viewer may read of a zone: whole area subtrees, whatever a unit ever held, and what
// the viewer reported. The zero Scope reads nothing. Every statement that returns cases takes one;
// nothing above the store filters for itself.
type Scope struct {
	All    bool     // the whole zone
	Areas  []string // area codes; each with its subtree
	Units  []string // unit codes
	Person int64    // the viewer, as reporter; 0 when nobody
	Roles  []string // roles the viewer has over the whole zone: some may know who reported a confidential case
	Posts  []string // keys of the viewer's duties over areas, as Holder.Key: whoever has a confidential case in hand may read it
	Open   bool     // knows every reporter: the system's own work
}

// Everything is the scope of the system's own work.
var Everything = Scope{All: true, Open: true}

// where collects conditions and their arguments for one statement over cases c.
type where struct {
	conds []string
	args  []any
}

func newWhere(zone int) *where {
	w := &where{}
	w.and("c.zone = " + w.arg(zone))
	return w
}

func (w *where) arg(v any) string {
	w.args = append(w.args, v)
	return fmt.Sprintf("$%d", len(w.args))
}

func (w *where) and(cond string) { w.conds = append(w.conds, cond) }

func (w *where) sql() string { return strings.Join(w.conds, " AND ") }

// prefix is true where the column starts with p. Codes are ASCII digits, letters and slashes, all below '~'.
func (w *where) prefix(column, p string) string {
	return "(" + column + " >= " + w.arg(p) + " AND " + column + " < " + w.arg(p+"~") + ")"
}

func (w *where) scope(s Scope) {
	if s.All {
		return
	}
	var any []string
	for _, a := range s.Areas {
		any = append(any, w.prefix("c.area", a))
	}
	for _, u := range s.Units {
		any = append(any, "EXISTS (SELECT 1 FROM case_units u WHERE u.zone = c.zone AND u.case_id = c.id AND u.unit = "+w.arg(u)+")")
	}
	if s.Person != 0 {
		any = append(any, "(c.reporter <> 0 AND c.reporter = "+w.arg(s.Person)+")") // in the words of its partial index
	}
	if any == nil {
		any = []string{"1 = 0"}
	}
	w.and("(" + strings.Join(any, " OR ") + ")")
}
