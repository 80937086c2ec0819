// Package store holds every SQL statement of Gezhi. The same text runs on SQLite, the embedded
// engine, and on PostgreSQL.
//
// Writing goes through InTx. Commands queue; a writer runs many of them, one after another, inside
// one database transaction and answers them all after its commit, so that one wait for the disk
// serves the whole group (group commit). Each command still succeeds or fails by itself, and one
// that was answered without an error survives kill -9 and loss of power.
//
// On SQLite the writer is the only one, so what a command has read stays true until it writes. On
// PostgreSQL other processes write too: every change there must name what it expects
// (mustChange, INSERT … ON CONFLICT) or be a sum (SET n = n + $1), and constraints do the rest.
package store

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"strings"
	"time"
)

//go:embed migrations/*.sql
var embedded embed.FS

// Options say how to open a database. The zero value is what a server wants.
type Options struct {
	// Clock gives the present; time.Now when nil.
	Clock func() time.Time
	// Readers is how many views run at once: 4 on SQLite and 8 on PostgreSQL when 0.
	Readers int
	// NoSync gives up durability until SetSync: for building the demo and benches only.
	NoSync bool
	// Build is for making a whole database at once, such as the demonstration's: until SetSync nothing is durable,
	// commits are few, and nobody else may use the file. A crash before SetSync leaves a database to be thrown
	// away. On PostgreSQL it is NoSync.
	Build bool
	// Log hears about retries; slog.Default() when nil.
	Log *slog.Logger
}

// DB is an open database. It is safe for concurrent use.
type DB struct {
	*core
	clock func() time.Time
	ids   *ids
}

// core is what all clocks of one opened database share.
type core struct {
	dialect Dialect
	engine  engine
	writer  *writer
	opening int64 // number of this opening of the database, counted from 1 since it was made
	clocks  idSpace
}

// engine is one of the two database engines.
type engine interface {
	// run executes the group and answers every command in it.
	run(g *group)
	// lanes is how many groups may run at once.
	lanes() int
	// alone reports whether commands run where they are called, because they share no commit that is waited for.
	alone() bool
	view(ctx context.Context, zone int, now time.Time, fn func(*Reader) error) error
	setSync(ctx context.Context) error
	integrity(ctx context.Context) ([]string, error)
	close() error
}

// Open opens the database named by dsn, "sqlite:/path/file.db" or "postgres://…", makes it when it
// is new (SQLite) and migrates it. Several processes may open one PostgreSQL database at once.
func Open(ctx context.Context, dsn string, o Options) (*DB, error) {
	sub, err := fs.Sub(embedded, "migrations")
	if err != nil {
		return nil, err
	}
	return open(ctx, dsn, o, sub)
}

// open is Open with other migrations, for tests.
func open(ctx context.Context, dsn string, o Options, migrations fs.FS) (*DB, error) {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	var c *core
	var err error
	switch {
	case strings.HasPrefix(dsn, "sqlite:"):
		c, err = openSQLite(ctx, strings.TrimPrefix(dsn, "sqlite:"), o, migrations)
	case strings.HasPrefix(dsn, "postgres://"), strings.HasPrefix(dsn, "postgresql://"):
		c, err = openPostgres(ctx, dsn, o, migrations)
	default:
		return nil, fmt.Errorf("open database: %q is neither sqlite:/path/file.db nor postgres://…", scheme(dsn))
	}
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	c.clocks.opening = c.opening
	c.writer = startWriter(c.engine)
	return &DB{core: c, clock: o.Clock, ids: c.clocks.take()}, nil
}

// scheme is what may be repeated of a DSN that could carry a password.
func scheme(dsn string) string {
	s, _, _ := strings.Cut(dsn, ":")
	return s + ":"
}

// Close waits for the commands that are queued, then closes the database. Later calls give an error.
func (db *DB) Close() error {
	if !db.writer.stop() {
		return nil
	}
	return db.engine.close()
}

// Dialect is the engine's, for the few fragments that differ.
func (db *DB) Dialect() Dialect { return db.dialect }

// WithClock is the same database, the same writer, on another clock: the simulator's. Closing
// either closes both.
func (db *DB) WithClock(clock func() time.Time) *DB {
	return &DB{core: db.core, clock: clock, ids: db.clocks.take()}
}

// SetSync ends NoSync: what was written before is flushed, what comes after is durable when answered.
func (db *DB) SetSync(ctx context.Context) error { return db.engine.setSync(ctx) }

// View runs fn on a read-only snapshot: everything it reads is of one instant. fn must not keep the Reader.
func (db *DB) View(ctx context.Context, zone int, fn func(*Reader) error) error {
	return db.engine.view(ctx, zone, instant(db.clock), fn)
}

// instant is the clock's present as the database keeps it: UTC, whole milliseconds.
func instant(clock func() time.Time) time.Time { return clock().UTC().Truncate(time.Millisecond) }

// InTx runs fn in a transaction of its own: all of what it writes is kept, durably, when InTx
// gives nil, and none of it otherwise. It is the only place where a write transaction begins, and
// fixes one Now for it.
//
// fn may run more than once, so it must have no effect outside the Tx but setting variables anew;
// it must not call InTx, and it should be quick, since others wait for the same writer. A panic in
// fn becomes an error. A context that ends before fn starts cancels it; after that InTx waits.
func (db *DB) InTx(ctx context.Context, zone int, fn func(*Tx) error) error {
	return db.writer.do(&command{ctx: ctx, zone: zone, db: db, fn: fn})
}

// errClosed answers commands after Close.
var errClosed = errors.New("the database is closed")

// newTx gives a command its transaction.
func (c *command) newTx(s interface {
	reads
	writes
}) *Tx {
	return &Tx{
		Reader: Reader{Zone: c.zone, Now: instant(c.db.clock), ctx: c.ctx, dialect: c.db.dialect, s: s},
		w:      s,
		newID:  c.db.NewID,
	}
}
