// Package app holds the use cases, one file each: who may do it, one transaction, one decision
// by the domain, one save. Nothing else writes.
package app

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"gezhi/internal/photo"
	"gezhi/internal/seal"
	"gezhi/internal/store"
	"gezhi/internal/webhook"
)

// App carries what every use case needs. It is safe for use by many goroutines.
type App struct {
	db           *store.DB
	ring         *seal.Ring
	sms          SMS
	log          *slog.Logger
	now          func() time.Time
	zones        *zoneCache
	keys         *apiKeyCache
	posts        *postings
	photo        *photo.Cleaner
	files        chan struct{} // bounds how many files are on their way in at once
	hash         chan struct{} // bounds how many passwords are hashed at once: each takes 19 MiB
	circulations *circulations
	trials       *trials
	matchings    *matchings
	triggers     *triggers
	hooks        *webhook.Client
	couriers     *couriers
}

// SMS sends a text message to a mainland mobile number.
type SMS interface {
	Send(ctx context.Context, phone, text string) error
}

// Options are what the surroundings provide.
type Options struct {
	SMS SMS
	Log *slog.Logger
	Now func() time.Time // nil: the real clock
	// Webhooks sends notices of cases; nil: to public addresses only.
	Webhooks *webhook.Client
}

// New returns the use cases over a database, sealing personal data with the ring.
func New(db *store.DB, ring *seal.Ring, o Options) *App {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Webhooks == nil {
		o.Webhooks = webhook.NewClient(webhook.Options{})
	}
	return &App{hooks: o.Webhooks, couriers: &couriers{busy: map[courierKey]bool{}}, db: db.WithClock(o.Now), ring: ring, sms: o.SMS, log: o.Log, now: o.Now, keys: &apiKeyCache{read: map[int]time.Time{}}, posts: &postings{}, circulations: &circulations{list: map[circulationKey]circulation{}}, trials: &trials{runs: map[trialKey]*ProcedureTrial{}}, matchings: &matchings{byZone: map[int]*matching{}}, triggers: &triggers{done: map[int]trigger{}},
		zones: &zoneCache{byCode: map[int]*cached{}}, photo: photo.NewCleaner(photo.Limits{}, photoMemory), files: make(chan struct{}, filesAtOnce), hash: make(chan struct{}, 2)}
}

// photoMemory is about how many bytes decoded pictures may take at once.
const photoMemory = 512 << 20

// At returns the same use cases under another clock; the simulator lives through past days with it.
func (a *App) At(now func() time.Time) *App {
	b := *a
	b.now, b.db, b.posts = now, a.db.WithClock(now), &postings{}
	return &b
}

// Now is the clock every use case reads.
func (a *App) Now() time.Time { return a.now() }

// DB is the store behind the use cases, for sessions, backups and checks.
func (a *App) DB() *store.DB { return a.db }

type zoneCache struct {
	mu        sync.Mutex
	byCode    map[int]*cached
	documents documents
}
