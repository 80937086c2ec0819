package demo

import (
	"context"
	"crypto/sha256"
	"path/filepath"
	"testing"
	"time"

	"gezhi/internal/app"
	"gezhi/internal/seal"
	"gezhi/internal/store"
)

func openTest(t testing.TB, dsn string) *app.App {
	key := sha256.Sum256([]byte("the demonstration's tests"))
	ring, err := seal.New(seal.AES, key[:])
	if err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(context.Background(), dsn, store.Options{NoSync: true})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return app.New(db, ring, app.Options{Now: func() time.Time { return present }})
}

var present = time.Date(2026, 11, 20, 15, 30, 0, 0, time.FixedZone("CST", 8*3600)) // a Friday afternoon

func BenchmarkBuild(b *testing.B) {
	for b.Loop() {
		a := openTest(b, "sqlite:"+filepath.Join(b.TempDir(), "d.db"))
		if _, err := Build(context.Background(), a, Plan{Days: 60, Until: present, Seed: 2026}); err != nil {
			b.Fatal(err)
		}
	}
}
