package store

import (
	"encoding/json"
	"errors"
	"time"

	"gezhi/internal/casework"
	"gezhi/internal/fault"
)

// APIKey is what the database knows of a key by which another system uses the API.
type APIKey struct {
	ID       int
	Name     string // which system holds it
	Hash     []byte // SHA-256 of the secret
	Scopes   []string
	Accounts []string // account names, those that end in * standing for all that begin so
	Created  time.Time
	By       casework.Person // who made it; 0 for the command line
	Expires  time.Time       // zero for never
	Revoked  time.Time       // zero while it holds
	Used     time.Time       // last use, to the hour; zero before the first
}

// AddAPIKey keeps a new key under the zone's next number, which it answers.
func (tx *Tx) AddAPIKey(k APIKey) (id int, err error) {
	n, err := tx.NextNumber("api_key")
	if err != nil {
		return 0, err
	}
	scopes, err := json.Marshal(k.Scopes)
	if err != nil {
		return 0, err
	}
	accounts, err := json.Marshal(k.Accounts)
	if err != nil {
		return 0, err
	}
	return int(n), tx.exec(`INSERT INTO api_keys (zone, id, name, hash, scopes, accounts, created_at, created_by, expires_at) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9)`,
		tx.Zone, n, k.Name, k.Hash, string(scopes), string(accounts), tx.Now, int64(k.By), at(k.Expires))
}

// APIKeys lists the zone's keys, the newest first, revoked ones too.
func (r *Reader) APIKeys() ([]APIKey, error) {
	return collect(r, func(rows *Rows) (APIKey, error) {
		var k APIKey
		var scopes, accounts string
		err := rows.Scan(&k.ID, &k.Name, &k.Hash, &scopes, &accounts, &k.Created, &k.By, &k.Expires, &k.Revoked, &k.Used)
		return k, errors.Join(err, json.Unmarshal([]byte(scopes), &k.Scopes), json.Unmarshal([]byte(accounts), &k.Accounts))
	}, `SELECT id, name, hash, scopes, accounts, created_at, created_by, expires_at, revoked_at, used_at FROM api_keys WHERE zone=$1 ORDER BY id DESC`, r.Zone)
}

// RevokeAPIKey ends a key for good; Conflict when it has ended or never was.
func (tx *Tx) RevokeAPIKey(id int) error {
	gone := fault.New(fault.Conflict, "没有编号为 %d 的有效密钥，可能已被撤销。", "There is no key %d in force; it may have been revoked already.", id)
	return tx.mustChange(gone, `UPDATE api_keys SET revoked_at=$1 WHERE zone=$2 AND id=$3 AND revoked_at=0`, tx.Now, tx.Zone, id)
}

// UseAPIKey writes down that a key was used now.
func (tx *Tx) UseAPIKey(id int) error {
	return tx.exec(`UPDATE api_keys SET used_at=$1 WHERE zone=$2 AND id=$3`, tx.Now, tx.Zone, id)
}
