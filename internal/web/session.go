package web

import (
	"context"
	"time"

	"gezhi/internal/store"
)

// sessionStore keeps sessions in the database, so that they outlive a restart and can be ended there.
type sessionStore struct{ db *store.DB }

const sessionPatience = 10 * time.Second

func (s sessionStore) Find(token string) (data []byte, found bool, err error) {
	return s.FindCtx(context.Background(), token)
}

func (s sessionStore) Commit(token string, data []byte, expiry time.Time) error {
	return s.CommitCtx(context.Background(), token, data, expiry)
}

func (s sessionStore) Delete(token string) error { return s.DeleteCtx(context.Background(), token) }

func (s sessionStore) FindCtx(ctx context.Context, token string) (data []byte, found bool, err error) {
	err = s.db.View(ctx, 0, func(r *store.Reader) (err error) {
		data, found, err = r.Session(token)
		return err
	})
	return data, found, err
}

func (s sessionStore) CommitCtx(ctx context.Context, token string, data []byte, expiry time.Time) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), sessionPatience)
	defer cancel()
	return s.db.InTx(ctx, 0, func(tx *store.Tx) error { return tx.SaveSession(token, data, expiry) })
}

func (s sessionStore) DeleteCtx(ctx context.Context, token string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), sessionPatience)
	defer cancel()
	return s.db.InTx(ctx, 0, func(tx *store.Tx) error { return tx.DropSession(token) })
}
