package store

import "time"

// Session loads a session that has not expired.
func (r *Reader) Session(token string) (data []byte, found bool, err error) {
	rows, err := collect(r, func(rows *Rows) ([]byte, error) {
		var d []byte
		return d, rows.Scan(&d)
	}, `SELECT data FROM sessions WHERE token=$1 AND expiry > $2`, token, at(r.Now))
	if err != nil || len(rows) == 0 {
		return nil, false, err
	}
	return rows[0], true, nil
}

// SaveSession stores a session in place of the one with its token.
func (tx *Tx) SaveSession(token string, data []byte, expiry time.Time) error {
	return tx.exec(`INSERT INTO sessions (token, data, expiry) VALUES ($1,$2,$3)
		ON CONFLICT (token) DO UPDATE SET data=excluded.data, expiry=excluded.expiry`, token, data, at(expiry))
}

// DropSession ends a session.
func (tx *Tx) DropSession(token string) error {
	return tx.exec(`DELETE FROM sessions WHERE token=$1`, token)
}

// DropExpiredSessions clears out what nobody can use any more.
func (tx *Tx) DropExpiredSessions() error {
	return tx.exec(`DELETE FROM sessions WHERE expiry <= $1`, at(tx.Now))
}
