package store

import (
	"bytes"
	"context"
	"errors"

	"gezhi/internal/fault"
)

// onceKey names a command so that a retry is recognised.
type onceKey struct {
	key    string
	digest []byte
	result string // set by each run
}

// stored is a row of the table commands.
type stored struct {
	digest []byte
	result string
}

// Once is InTx for a command that may arrive twice: a double click, a retry after a lost answer.
// The key is kept with the result in the same transaction; the same key again, at the same time or
// later, gives the stored result and replay, without fn running. A command that failed leaves no
// trace, so its key may be used again.
func (db *DB) Once(ctx context.Context, zone int, key string, fn func(*Tx) (string, error)) (result string, replay bool, err error) {
	return db.OnceFor(ctx, zone, key, nil, fn)
}

// OnceFor is Once with a digest of who asks for what. The same key with another digest is not a
// retry but a mistake or an attack, and is refused as a Conflict.
func (db *DB) OnceFor(ctx context.Context, zone int, key string, digest []byte, fn func(*Tx) (string, error)) (result string, replay bool, err error) {
	if key == "" {
		return "", false, errors.New("a command that runs once needs a key")
	}
	if digest == nil {
		digest = []byte{}
	}
	c := &command{ctx: ctx, zone: zone, db: db, key: &onceKey{key: key, digest: digest}}
	c.fn = func(tx *Tx) error {
		result, replay = "", false
		was, err := tx.command(key)
		if err == nil {
			if !bytes.Equal(was.digest, digest) {
				return fault.New(fault.Conflict, "这个请求编号已用于另一项操作，请刷新页面后重试。",
					"This request number was used for something else. Please reload the page and try again.")
			}
			result, replay = was.result, true
			c.key.result = result
			return nil
		}
		if !errors.Is(err, errNoRows) {
			return err
		}
		if result, err = fn(tx); err != nil {
			return err
		}
		c.key.result = result
		return tx.mustChange(errStale, `INSERT INTO commands (zone, key, digest, result, at) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (zone, key) DO NOTHING`, tx.Zone, key, digest, result, tx.Now)
	}
	if err := db.writer.do(c); err != nil {
		return "", false, err
	}
	return result, replay, nil
}

// command looks a key up; errNoRows when it is new. On PostgreSQL the keys of a whole group have been
// fetched beforehand, so that this costs no round trip.
func (t *Tx) command(key string) (stored, error) {
	if p, ok := t.w.(interface {
		prefetched(zone int, key string) (stored, bool, bool)
	}); ok {
		if was, found, known := p.prefetched(t.Zone, key); known {
			if !found {
				return was, errNoRows
			}
			return was, nil
		}
	}
	return one(&t.Reader, scanStored, `SELECT digest, result FROM commands WHERE zone = $1 AND key = $2`, t.Zone, key)
}

func scanStored(rows *Rows) (s stored, err error) {
	err = rows.Scan(&s.digest, &s.result)
	return s, err
}
