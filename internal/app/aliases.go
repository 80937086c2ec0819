package app

import (
	"context"
	"encoding/base32"
	"strconv"
	"strings"

	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/store"
)

// KindAlias is the kind of a Viewer who stands for the reporter of one confidential case.
const KindAlias = "alias"

// codeLetters spell query codes: no letter that reads like a digit, 32 in all, so that a character carries five bits.
var codeLetters = base32.NewEncoding("ABCDEFGHJKLMNPQRSTUVWXYZ23456789").WithPadding(base32.NoPadding)

// queryCode is the code of the form with the key: four groups of four characters, eighty bits. It is the same whenever
// the form is sent again, and nobody without the service's own key can work it out.
func (a *App) queryCode(zone int, key string) string {
	s := codeLetters.EncodeToString(a.ring.Hash("query-code", strconv.Itoa(zone)+"/"+key)[:10])
	return s[:4] + "-" + s[4:8] + "-" + s[8:12] + "-" + s[12:]
}

// codeKey is a query code as it is looked up: typed in small letters, with or without dashes and spaces.
func (a *App) codeKey(code string) []byte {
	var b strings.Builder
	for _, r := range strings.ToUpper(code) {
		if strings.ContainsRune("ABCDEFGHJKLMNPQRSTUVWXYZ23456789", r) {
			b.WriteRune(r)
		}
	}
	return a.ring.Hash("alias", b.String())
}

// owner is what finds a resident's aliases: nobody without the service's own key can tell whose an alias is.
func (a *App) owner(v Viewer) []byte {
	if v.Kind != "resident" {
		return nil
	}
	return a.ring.Hash("alias-owner", strconv.Itoa(v.Zone)+"/"+strconv.FormatInt(int64(v.Person), 10))
}

// Alias is who reports a confidential case by the form with the key: a person made for it, with the query code. Sending the
// form again finds the same one.
func (a *App) Alias(ctx context.Context, v Viewer, key string) (Viewer, string, error) {
	if len(key) < 16 {
		return Viewer{}, "", fault.New(fault.Invalid, "页面已过期，请刷新后重新填写。", "The page is out of date; reload it and fill it in again.")
	}
	code := a.queryCode(v.Zone, key)
	alias := Viewer{Zone: v.Zone, Kind: KindAlias}
	result, _, err := a.db.Once(ctx, v.Zone, "alias:"+key, func(tx *store.Tx) (string, error) {
		id, err := a.addPerson(tx, NewPerson{Kind: "resident"})
		if err != nil {
			return "", err
		}
		return strconv.FormatInt(int64(id), 10), tx.AddAlias(store.Alias{Person: id, Code: a.codeKey(code), Owner: a.owner(v)})
	})
	if err != nil {
		return Viewer{}, "", err
	}
	id, err := strconv.ParseInt(result, 10, 64)
	alias.Person = casework.Person(id)
	alias.Duties = []casework.Duty{casework.Duty(casework.ReporterHolder(alias.Person))}
	return alias, code, err
}

// EnterByQueryCode finds who reported a confidential case by its query code. A wrong code is an Invalid fault on “code”.
func (a *App) EnterByQueryCode(ctx context.Context, zone int, code string) (casework.Person, error) {
	var who casework.Person
	err := a.db.View(ctx, zone, func(r *store.Reader) (err error) {
		who, err = r.AliasByCode(a.codeKey(code))
		return err
	})
	return who, err
}

// Confidential lists the confidential cases that a resident reported while signed in, newest first; for an alias, its one.
func (a *App) Confidential(ctx context.Context, v Viewer) ([]store.CaseLine, error) {
	var out []store.CaseLine
	err := a.db.View(ctx, v.Zone, func(r *store.Reader) error {
		out = nil
		mine := []casework.Person{v.Person}
		var err error
		if v.Kind != KindAlias {
			if mine, err = r.AliasesOf(a.owner(v)); err != nil {
				return err
			}
		}
		for _, p := range mine {
			lines, err := r.Cases(store.Scope{Person: int64(p)}, store.CaseFilter{})
			if err != nil {
				return err
			}
			out = append(out, lines...)
		}
		return nil
	})
	return out, err
}

// As is the viewer as the reporter of a case: a resident who reported it under an alias acts as that alias. Anybody else
// stays who they are.
func (a *App) As(ctx context.Context, v Viewer, id casework.ID) (Viewer, error) {
	owner := a.owner(v)
	if owner == nil {
		return v, nil
	}
	as := v
	err := a.db.View(ctx, v.Zone, func(r *store.Reader) error {
		mine, err := r.AliasesOf(owner)
		if err != nil || len(mine) == 0 {
			return err
		}
		for _, p := range mine {
			_, err := r.Case(id, store.Scope{Person: int64(p)})
			if err == nil {
				as = Viewer{Zone: v.Zone, Person: p, Kind: KindAlias, Duties: []casework.Duty{casework.Duty(casework.ReporterHolder(p))}}
				return nil
			}
			if fault.KindOf(err) != fault.NotFound {
				return err
			}
		}
		return nil
	})
	return as, err
}
