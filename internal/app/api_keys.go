package app

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"gezhi/internal/calendar"
	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/ledger"
	"gezhi/internal/store"
)

// NewAPIKey is a key to be made, as a form holds it.
type NewAPIKey struct {
	Name     string
	Scopes   []string
	Accounts string // names separated by spaces, commas or new lines; those that end in * stand for all that begin so
	Expires  string // last day of use, YYYY-MM-DD; "" for never
}

// APIKeyLine is a key as it is listed.
type APIKeyLine struct {
	store.APIKey
	Maker string // who made it; "" for the command line
}

// InForce reports whether the key can be used at the moment.
func (k APIKeyLine) InForce(now time.Time) bool {
	return k.Revoked.IsZero() && (k.Expires.IsZero() || now.Before(k.Expires))
}

// APIKeys lists the zone's keys, the newest first, those that ended too.
func (a *App) APIKeys(ctx context.Context, v Viewer) ([]APIKeyLine, error) {
	if err := v.need(EditUsers); err != nil {
		return nil, err
	}
	var out []APIKeyLine
	err := a.db.View(ctx, v.Zone, func(r *store.Reader) error {
		list, err := r.APIKeys()
		if err != nil {
			return err
		}
		var who []casework.Person
		for _, k := range list {
			who = append(who, k.By)
		}
		slices.Sort(who)
		names, err := a.names(r, v, slices.Compact(who))
		out = make([]APIKeyLine, len(list))
		for i, k := range list {
			out[i] = APIKeyLine{APIKey: k, Maker: names[k.By]}
		}
		return err
	})
	return out, err
}

// AddAPIKey makes a key and answers it, to be told once: the database keeps its hash only. A form that came twice
// makes one key and answers "" the second time.
func (a *App) AddAPIKey(ctx context.Context, v Viewer, n NewAPIKey, key string) (string, error) {
	if err := v.need(EditUsers); err != nil {
		return "", err
	}
	k, err := a.checkAPIKey(n)
	if err != nil {
		return "", err
	}
	secret := newAPISecret()
	told := ""
	err = a.plain(ctx, v, key, func(e *edit) error {
		id, err := addAPIKey(e.tx, k, v.Person, secret)
		told = writeAPIKey(v.Zone, id, secret)
		e.record("key.add", "key:"+strconv.Itoa(id), k.Name, strings.Join(k.Scopes, " ")+" / "+strings.Join(k.Accounts, " "))
		return err
	})
	if err != nil {
		return "", err
	}
	a.keys.forget()
	return told, nil
}

// RevokeAPIKey ends a key for good, in this process at once and in others within a second.
func (a *App) RevokeAPIKey(ctx context.Context, v Viewer, id int, key string) error {
	if err := v.need(EditUsers); err != nil {
		return err
	}
	err := a.plain(ctx, v, key, func(e *edit) error {
		e.record("key.revoke", "key:"+strconv.Itoa(id), "", "")
		return e.tx.RevokeAPIKey(id)
	})
	a.keys.forget()
	return err
}

func addAPIKey(tx *store.Tx, k store.APIKey, by casework.Person, secret string) (int, error) {
	sum := sha256.Sum256([]byte(secret))
	k.Hash, k.By = sum[:], by
	return tx.AddAPIKey(k)
}

// checkAPIKey reads a form.
func (a *App) checkAPIKey(n NewAPIKey) (store.APIKey, error) {
	var bad fault.List
	k := store.APIKey{Name: strings.TrimSpace(n.Name)}
	if c := utf8.RuneCountInString(k.Name); c < 2 || c > 60 {
		bad.Add("name", "请填写 2 至 60 个字，写明使用密钥的系统。", "Name the system that will use the key, in 2 to 60 characters.")
	}
	for _, s := range APIScopes() {
		if slices.Contains(n.Scopes, s.ID) {
			k.Scopes = append(k.Scopes, s.ID)
		}
	}
	if len(k.Scopes) == 0 || len(k.Scopes) < len(n.Scopes) {
		bad.Add("scopes", "请至少选择一项权限。", "Choose at least one thing the key may be used for.")
	}
	k.Accounts = strings.FieldsFunc(n.Accounts, func(r rune) bool { return strings.ContainsRune(" ,，;；\r\n\t　", r) })
	books := slices.ContainsFunc(k.Scopes, func(s string) bool { return s != EnterprisesWrite && s != EnterprisesRead })
	if len(k.Accounts) == 0 && books || len(k.Accounts) > 50 {
		bad.Add("accounts", "请填写 1 至 50 个账户。", "Name 1 to 50 accounts.")
	}
	for _, p := range k.Accounts {
		if err := checkAccountPattern(p); err != nil {
			bad.Add("accounts", "“%[1]s”不是账户：应写成 sponsor:7、pool:330108001* 或 *。", "%[1]q names no account: write sponsor:7, pool:330108001* or *.", p)
		}
	}
	if s := strings.TrimSpace(n.Expires); s != "" {
		d, err := calendar.ParseDay(s)
		switch {
		case err != nil:
			bad.Add("expires", "日期应写成 2027-12-31。", "Write the date as 2027-12-31.")
		case !d.Start().AddDate(0, 0, 1).After(a.now()):
			bad.Add("expires", "最后有效日已经过去。", "That day has passed.")
		default:
			k.Expires = d.Start().AddDate(0, 0, 1)
		}
	}
	return k, bad.Err()
}

func checkAccountPattern(p string) error {
	if p == "*" {
		return nil
	}
	name, open := strings.CutSuffix(p, "*")
	if open {
		name += "0" // whatever may follow
	}
	t := ledger.Transfer{ID: "x", From: ledger.Account(name), To: "issue:0", Asset: ledger.Point, Amount: 1}
	if strings.Contains(name, "*") {
		return fmt.Errorf("%q has a star inside", p)
	}
	return t.Check()
}

// AddAPIKeyLocally makes a key for whoever runs the machine: the command line. It is written to the audit log as nobody's.
func (a *App) AddAPIKeyLocally(ctx context.Context, zone int, n NewAPIKey) (string, error) {
	k, err := a.checkAPIKey(n)
	if err != nil {
		return "", err
	}
	if _, err := a.Zone(ctx, zone); err != nil {
		return "", err
	}
	secret := newAPISecret()
	told := ""
	err = a.db.InTx(ctx, zone, func(tx *store.Tx) error {
		id, err := addAPIKey(tx, k, 0, secret)
		if err != nil {
			return err
		}
		told = writeAPIKey(zone, id, secret)
		return tx.AddAudit(store.Audit{ID: tx.NewID(), Action: "key.add", Subject: "key:" + strconv.Itoa(id), Reason: k.Name,
			Detail: strings.Join(k.Scopes, " ") + " / " + strings.Join(k.Accounts, " ")})
	})
	a.keys.forget()
	return told, err
}

// RevokeAPIKeyLocally ends a key for whoever runs the machine.
func (a *App) RevokeAPIKeyLocally(ctx context.Context, zone, id int) error {
	err := a.db.InTx(ctx, zone, func(tx *store.Tx) error {
		if err := tx.RevokeAPIKey(id); err != nil {
			return err
		}
		return tx.AddAudit(store.Audit{ID: tx.NewID(), Action: "key.revoke", Subject: "key:" + strconv.Itoa(id)})
	})
	a.keys.forget()
	return err
}

// APIKeysLocally lists a zone's keys for whoever runs the machine.
func (a *App) APIKeysLocally(ctx context.Context, zone int) (list []store.APIKey, err error) {
	err = a.db.View(ctx, zone, func(r *store.Reader) error {
		list, err = r.APIKeys()
		return err
	})
	return list, err
}
