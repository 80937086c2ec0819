package store

import (
	"slices"
	"strconv"

	"gezhi/internal/fault"
	"gezhi/internal/ledger"
)

// strangers are those of the accounts that belong to nobody, each with the sentence that says so. A
// zone's own accounts belong to it.
func (r *Reader) strangers(names []ledger.Account) (map[ledger.Account]fault.Error, error) {
	var out map[ledger.Account]fault.Error
	for _, class := range []string{ledger.Person, ledger.Held, ledger.Unit, ledger.Pool, ledger.Sponsor, ledger.Fund, ledger.Ordered, ledger.Enterprise} {
		var asked []string
		for _, a := range names {
			if a.Class() == class {
				asked = append(asked, a.Owner())
			}
		}
		if len(asked) == 0 {
			continue
		}
		found, err := r.owners(class, asked)
		if err != nil {
			return nil, err
		}
		slices.Sort(found)
		for _, owner := range asked {
			if _, ok := slices.BinarySearch(found, owner); !ok {
				out = stranger(out, ledger.Of(class, owner))
			}
		}
	}
	for _, a := range names {
		if c := a.Class(); (c == ledger.Issue || c == ledger.Expired) && a.Owner() != strconv.Itoa(r.Zone) {
			out = stranger(out, a)
		}
	}
	return out, nil
}

func stranger(out map[ledger.Account]fault.Error, a ledger.Account) map[ledger.Account]fault.Error {
	if out == nil {
		out = map[ledger.Account]fault.Error{}
	}
	out[a] = *fault.Field("", "没有“%s”这个账户。", "There is no account %q.", a)
	return out
}

// owners are those of the owners of accounts of a class who exist, as text.
func (r *Reader) owners(class string, asked []string) ([]string, error) {
	const funds = `SELECT CAST(id AS TEXT) FROM funds WHERE zone=$1 AND CAST(id AS TEXT) IN `
	sql := map[string]string{
		ledger.Fund:       funds + r.dialect.EachOf(2),
		ledger.Ordered:    funds + r.dialect.EachOf(2),
		ledger.Enterprise: `SELECT code FROM enterprises WHERE zone=$1 AND code IN ` + r.dialect.EachOf(2),

		ledger.Unit:    `SELECT code FROM units WHERE zone=$1 AND code IN ` + r.dialect.EachOf(2),
		ledger.Pool:    `SELECT code FROM areas WHERE zone=$1 AND code IN ` + r.dialect.EachOf(2),
		ledger.Sponsor: `SELECT CAST(id AS TEXT) FROM sponsors WHERE zone=$1 AND CAST(id AS TEXT) IN ` + r.dialect.EachOf(2),
	}[class]
	if sql == "" { // people; whoever was erased owns nothing
		sql = `SELECT CAST(id AS TEXT) FROM people WHERE zone=$1 AND erased_at = 0 AND id IN (SELECT CAST(value AS BIGINT) FROM ` + r.dialect.EachOf(2) + ` e)`
		asked = slices.DeleteFunc(slices.Clone(asked), func(s string) bool {
			n, err := strconv.ParseInt(s, 10, 64)
			return err != nil || strconv.FormatInt(n, 10) != s
		})
	}
	return collect(r, func(rows *Rows) (s string, err error) { return s, rows.Scan(&s) }, sql, r.Zone, list(asked))
}

// OwnerExists is NotFound for an account of nobody: of a person, unit or area the zone does not have.
func (r *Reader) OwnerExists(a ledger.Account) error {
	strange, err := r.strangers([]ledger.Account{a})
	if why, ok := strange[a]; ok {
		return fault.New(fault.NotFound, why.ZH, why.EN)
	}
	return err
}
