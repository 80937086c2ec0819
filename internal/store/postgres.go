package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"gezhi/internal/fault"
)

const (
	// postgresGroup bounds a group: in careful mode every command is a subtransaction, and the
	// server keeps 64 of those in fast memory.
	postgresGroup = 60
	// postgresPatience bounds one attempt at a group, waiting for locks included.
	postgresPatience = 30 * time.Second
	// postgresTries and postgresBackoff bound the retries after a lost connection or a
	// serialisation failure: 8 tries over about six seconds, so that a restart of the server is ridden out.
	postgresTries   = 8
	postgresBackoff = 25 * time.Millisecond
	// postgresLanes is how many groups run at once. All commands of a zone take the same lane: what
	// many commands touch, a number or a balance, belongs to one zone, and two groups that take
	// such rows in different orders would end in a deadlock, a second each time.
	postgresLanes = 4
	// groupTries is how often a whole group is tried before its commands are run alone.
	groupTries = 3
)

// Isolation. Writing is READ COMMITTED: each statement sees what was committed before it, and a
// compare-and-set that had to wait for another process's commit looks at the row again and finds that it
// changed. Under REPEATABLE READ the same meeting would be an error that undoes the whole group and runs
// it again, the more often the more processes share a row, and it would protect nothing that
// compare-and-set and constraints do not protect already. Reading is REPEATABLE READ: one snapshot for a page.
const (
	beginWrite = "BEGIN ISOLATION LEVEL READ COMMITTED"
	beginRead  = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
)

// postgresEngine keeps a pool for reading and for the writer's lanes.
type postgresEngine struct {
	pool    *pgxpool.Pool
	log     *slog.Logger
	first   int64       // the number of this opening of the database
	relaxed atomic.Bool // commits do not wait for the disk

	mu    sync.Mutex
	marks []*mark // under mu: free ones, one per lane
}

// mark is a row of the table openings that a lane counts up in every group. After a connection was lost
// during COMMIT the row says whether the commit took place, so that nothing is done twice and
// nothing that was done is reported as failed.
type mark struct {
	opening int64
	last    int64 // as the table has it
}

func openPostgres(ctx context.Context, dsn string, o Options, migrations fs.FS) (*core, error) {
	config, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return nil, fmt.Errorf("postgres: %s", "the URL cannot be read") // err would repeat the password
	}
	if err := migratePostgres(ctx, config.ConnConfig.Copy(), migrations); err != nil {
		return nil, err
	}
	readers := o.Readers
	if readers <= 0 {
		readers = 8
	}
	config.MaxConns = int32(readers + postgresLanes)
	params := config.ConnConfig.RuntimeParams
	params["application_name"] = "gezhi"
	params["timezone"] = "UTC"
	// A process that hangs in the middle of a transaction does not hold its locks for ever.
	params["idle_in_transaction_session_timeout"] = "60000"
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, err
	}
	e := &postgresEngine{pool: pool, log: o.Log}
	e.relaxed.Store(o.NoSync || o.Build)
	for i := range postgresLanes {
		n, err := e.register(ctx, instant(o.Clock))
		if err != nil {
			pool.Close()
			return nil, err
		}
		if i == 0 {
			e.first = n
		}
		e.marks = append(e.marks, &mark{opening: n})
	}
	return &core{dialect: PostgreSQL, engine: e, opening: e.first}, nil
}

// register counts this opening of the database, trying again when another process took the number.
func (e *postgresEngine) register(ctx context.Context, now time.Time) (int64, error) {
	for {
		var n int64
		err := e.pool.QueryRow(ctx, registerSQL, now.UnixMilli()).Scan(&n)
		if !errors.Is(err, pgx.ErrNoRows) {
			return n, err
		}
	}
}

func (e *postgresEngine) lanes() int { return postgresLanes }

func (e *postgresEngine) alone() bool { return false }

// mode is how carefully a group runs. Each is tried when the one before it did not get through.
type mode int

const (
	// swift: writes are sent with the next read or with COMMIT; no savepoints.
	swift mode = iota
	// careful: a savepoint per command that writes, flushed at its end, so that one that
	// fails after writing is undone by itself.
	careful
	// alone: a transaction per command, so that a statement the server refuses fails
	// its own command only.
	alone
)

// errRefused wraps what made a swift group unfit: a command failed after its writes were sent.
var errRefused = errors.New("a command of the group failed after writing")

// run executes the group and answers it.
func (e *postgresEngine) run(g *group) {
	for g.next(postgresGroup) != nil {
	}
	m := e.takeMark()
	defer e.giveMark(m)

	how := swift
	for try := 1; try <= groupTries; try++ {
		errs, err := e.attempt(g.commands, m, how)
		if err == nil {
			g.errs = errs
			g.settle(nil)
			return
		}
		if errors.Is(err, errRefused) {
			how = careful
			continue
		}
		if !passing(err) {
			e.log.Debug("commands run one by one", "commands", len(g.commands), "because", err)
			break
		}
		e.log.Warn("commands run again", "commands", len(g.commands), "try", try, "because", err)
		backOff(try)
	}
	for _, c := range g.commands {
		g.errs = append(g.errs, e.runAlone(c, m, g.since))
	}
	g.settle(nil)
}

// runAlone runs one command in a transaction of its own until it is through, out of tries, or out
// of patience, which is counted from since.
func (e *postgresEngine) runAlone(c *command, m *mark, since time.Time) error {
	for try := 1; ; try++ {
		errs, err := e.attempt([]*command{c}, m, alone)
		if err == nil {
			return errs[0]
		}
		if !passing(err) || try == postgresTries || time.Since(since) > postgresPatience {
			return err
		}
		e.log.Warn("a command runs again", "try", try, "because", err)
		backOff(try)
	}
}

// backOff waits a random time, longer with each try, so that those who met do not meet again.
func backOff(try int) { time.Sleep(time.Duration(rand.Int64N(int64(postgresBackoff << try)))) }

// passing reports errors that may be gone at the next try: conflicts the server resolved against
// us, and connections that were lost or could not be made.
func passing(err error) bool {
	var pe *pgconn.PgError
	if errors.As(err, &pe) {
		switch pe.Code {
		case "40001", "40P01", // serialisation failure, deadlock
			"55P03",                   // lock not available
			"57P01", "57P02", "57P03", // the server is shutting down, has crashed, is starting up
			"53300", "25P03": // too many connections, idle transaction ended
			return true
		}
		return pe.Code[:2] == "08"
	}
	return !errors.Is(err, errPermanent)
}

// errPermanent marks errors that another try cannot help although no server said so.
var errPermanent = errors.New("permanent")

// attempt runs the commands in one transaction. With an error, nothing has been written and no command
// is to be answered; without, errs are the commands' own outcomes.
func (e *postgresEngine) attempt(commands []*command, m *mark, how mode) (errs []error, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), postgresPatience)
	defer cancel()
	conn, err := e.pool.Acquire(ctx)
	if err != nil {
		return nil, err
	}
	p := &pipeline{conn: conn.Conn(), ctx: ctx, mark: m, careful: how != swift, relaxed: e.relaxed.Load()}
	finished := false
	defer func() {
		if !finished || err != nil {
			p.abort()
		}
		conn.Release() // which closes a connection that is still in a transaction
	}()
	p.begin(commands)
	for _, c := range commands {
		cerr := p.runOne(c)
		if p.broken != nil {
			finished = true
			return nil, p.broken
		}
		errs = append(errs, cerr)
	}
	err = p.commit()
	finished = true
	if err != nil && p.committing && p.conn.IsClosed() {
		done, unknown := e.committed(m)
		switch {
		case unknown != nil:
			return nil, fmt.Errorf("%w: whether the command took effect could not be learnt: %w, after %w", errPermanent, unknown, err)
		case done:
			err = nil
		}
	} else if err == nil && p.wrote {
		m.last++
	}
	return errs, err
}

// committed finds out, on another connection, whether the transaction that counted the mark up was
// committed. The server may still be at it: the UPDATE waits for it to end, or, should it not have
// come to its own UPDATE yet, takes the number away that it expects, and with it the chance to commit.
func (e *postgresEngine) committed(m *mark) (done bool, err error) {
	for try := 1; try <= postgresTries; try++ {
		ctx, cancel := context.WithTimeout(context.Background(), postgresPatience)
		var tag pgconn.CommandTag
		tag, err = e.pool.Exec(ctx, "UPDATE openings SET mark = mark + 2 WHERE opening = $1 AND mark = $2", m.opening, m.last)
		cancel()
		if err == nil {
			if done = tag.RowsAffected() == 0; done {
				m.last++
			} else {
				m.last += 2
			}
			return done, nil
		}
		backOff(try)
	}
	return false, err
}

func (e *postgresEngine) takeMark() *mark {
	e.mu.Lock()
	defer e.mu.Unlock()
	m := e.marks[len(e.marks)-1]
	e.marks = e.marks[:len(e.marks)-1]
	return m
}

func (e *postgresEngine) giveMark(m *mark) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.marks = append(e.marks, m)
}

// view runs fn on a snapshot. BEGIN travels with the first query; when that finds the connection dead
// (the server was restarted) another is taken.
func (e *postgresEngine) view(ctx context.Context, zone int, now time.Time, fn func(*Reader) error) error {
	s := &snapshot{pool: e.pool}
	defer s.end()
	return fn(&Reader{Zone: zone, Now: now, ctx: ctx, dialect: PostgreSQL, s: s})
}

// setSync makes commits durable again. The server's log is flushed in order, so this one durable
// commit covers all before it.
func (e *postgresEngine) setSync(ctx context.Context) error {
	e.relaxed.Store(false)
	if _, err := e.pool.Exec(ctx, "UPDATE openings SET at = at WHERE opening = $1", e.first); err != nil {
		return fmt.Errorf("make durable: %w", err)
	}
	return nil
}

func (e *postgresEngine) integrity(context.Context) ([]string, error) { return nil, nil }

func (e *postgresEngine) close() error {
	e.pool.Close()
	return nil
}

// errBusy answers a command that met errStale at every try.
func errBusy() error {
	return fault.New(fault.Conflict, "系统繁忙，请稍后再试。", "The system is busy. Please try again.")
}
