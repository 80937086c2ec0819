package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"
)

// sqliteEngine is one writer connection and a few readers on one file.
type sqliteEngine struct {
	writer      *sqliteConn // used by the writer's one lane, or by whoever holds it
	checkpoints *checkpointer
	restart     func() (*checkpointer, error) // a durable checkpointer, for setSync
	hold        chan struct{}                 // full while the writer connection is in use
	leaves      []leaf                        // of the group that runs
	readers     chan *sqliteConn              // those that are free
	build       building
	size        int // of readers
}

func openSQLite(ctx context.Context, path string, o Options, migrations fs.FS) (*core, error) {
	if path == "" {
		return nil, errors.New("sqlite: needs the path of a file")
	}
	if err := migrateSQLite(ctx, path, migrations); err != nil {
		return nil, err
	}
	w, err := openSQLiteConn(path, writerPragmas)
	if err != nil {
		return nil, err
	}
	e := &sqliteEngine{writer: w, hold: make(chan struct{}, 1), size: o.Readers}
	if e.size <= 0 {
		e.size = 4
	}
	e.readers = make(chan *sqliteConn, e.size)
	for range e.size {
		r, err := openSQLiteConn(path, readerPragmas)
		if err != nil {
			e.closeAll(len(e.readers))
			return nil, err
		}
		e.readers <- r
	}
	e.build.on.Store(o.Build)
	if o.NoSync || o.Build {
		_, err = w.exec("PRAGMA synchronous = OFF")
	}
	var opening int64
	if err == nil {
		opening, err = e.register(instant(o.Clock))
	}
	if err == nil {
		e.restart = func() (*checkpointer, error) { return startCheckpointer(path, o.Log, false) }
		e.checkpoints, err = startCheckpointer(path, o.Log, o.NoSync || o.Build)
	}
	if err != nil {
		e.closeAll(e.size)
		return nil, err
	}
	return &core{dialect: SQLite, engine: e, opening: opening}, nil
}

// register counts this opening of the database.
func (e *sqliteEngine) register(now time.Time) (int64, error) {
	cur, err := e.writer.query(context.Background(), registerSQL, []any{now})
	if err != nil {
		return 0, err
	}
	rows := &Rows{cur}
	return firstInt(rows)
}

func (e *sqliteEngine) lanes() int { return 1 }

func (e *sqliteEngine) alone() bool { return e.build.on.Load() }

// run executes a group: BEGIN, the commands one by one, COMMIT. Nobody is answered before the
// commit, not even with an error: what a command found may be the work of another in the group.
//
// Savepoints make a move about a seventh dearer, so the group first runs without. When a command fails
// after it has written, which is rare, everything is rolled back and the group runs again with them.
func (e *sqliteEngine) run(g *group) {
	e.hold <- struct{}{}
	defer func() { <-e.hold }()
	if e.build.on.Load() {
		e.gather(g)
		return
	}
	err := e.attempt(g, swift)
	if errors.Is(err, errRefused) {
		err = e.attempt(g, careful)
	}
	if err != nil {
		err = fmt.Errorf("commit: %w", err)
	}
	g.settle(err)
	e.checkpoints.wake()
}

// attempt runs the group in one transaction. With an error, nothing has been written.
func (e *sqliteEngine) attempt(g *group, how mode) (err error) {
	g.errs, e.leaves = g.errs[:0], e.leaves[:0]
	if err := e.checkpoints.bound(e.writer); err != nil {
		return err
	}
	if _, err := e.writer.exec("BEGIN IMMEDIATE"); err != nil {
		return err
	}
	done := false
	defer func() {
		if !done || err != nil { // not done: a command ended this goroutine
			e.rollback()
		}
	}()
	for i := 0; i < len(g.commands) || i == len(g.commands) && g.next(groupCommands) != nil; i++ {
		err, broken := e.runOne(g.commands[i], how)
		if broken != nil {
			done = true
			return broken
		}
		g.errs = append(g.errs, err)
	}
	done = true
	if err := e.writeLeaves(); err != nil {
		return err
	}
	_, err = e.writer.exec("COMMIT")
	return err
}

// rollback ends the transaction, if SQLite has not done so by itself.
func (e *sqliteEngine) rollback() {
	e.writer.closeRows()
	e.writer.exec("ROLLBACK")
}

// runOne runs a command inside the open transaction. broken says that the whole transaction is lost.
func (e *sqliteEngine) runOne(c *command, how mode) (err, broken error) {
	for range staleTries {
		s := &sqliteSession{conn: e.writer, careful: how == careful}
		err = c.call(c.newTx(s))
		e.writer.closeRows()
		if s.failed != nil {
			err = s.failed // an error of the database that fn let pass
		}
		if broken = s.end(err); broken != nil {
			return err, broken
		}
		if err == nil {
			e.leaves = append(e.leaves, s.leaves...)
		}
		if !errors.Is(err, errStale) {
			return err, nil
		}
	}
	return errBusy(), nil
}

// sqliteSession is one command's place in the group. In careful mode a savepoint is set just before the
// first write.
type sqliteSession struct {
	conn    *sqliteConn
	careful bool
	wrote   bool
	saved   bool
	failed  error
	leaves  []leaf
}

func (s *sqliteSession) log(l leaf) { s.leaves = append(s.leaves, l) }

// save precedes every write.
func (s *sqliteSession) save() error {
	s.wrote = true
	if s.saved || !s.careful {
		return nil
	}
	if _, err := s.conn.exec("SAVEPOINT command"); err != nil {
		return err
	}
	s.saved = true
	return nil
}

// end keeps or undoes what the command wrote.
func (s *sqliteSession) end(err error) (broken error) {
	if !s.saved {
		if err != nil && s.wrote {
			return errRefused
		}
		return nil
	}
	if err != nil {
		if _, broken := s.conn.exec("ROLLBACK TO command"); broken != nil {
			return broken
		}
	}
	_, broken = s.conn.exec("RELEASE command")
	return broken
}

// fail remembers an error of the database, so that the command cannot succeed by ignoring it.
func (s *sqliteSession) fail(err error) error {
	if err != nil && s.failed == nil {
		s.failed = err
	}
	return err
}

func (s *sqliteSession) query(ctx context.Context, sql string, args []any) (cursor, error) {
	if s.failed != nil {
		return nil, s.failed
	}
	if !readsOnly(sql) {
		if err := s.save(); err != nil {
			return nil, s.fail(err)
		}
	}
	// The transaction's own context: a command that has started is not interrupted.
	cur, err := s.conn.query(context.WithoutCancel(ctx), sql, args)
	return cur, s.fail(err)
}

func (s *sqliteSession) exec(sql string, args []any, least int64, miss error) error {
	n, err := s.execCount(sql, args)
	if err == nil && n < least && miss != nil {
		return s.fail(miss)
	}
	return err
}

func (s *sqliteSession) execCount(sql string, args []any) (int64, error) {
	if s.failed != nil {
		return 0, s.failed
	}
	if err := s.save(); err != nil {
		return 0, s.fail(err)
	}
	n, err := s.conn.exec(sql, args...)
	return n, s.fail(err)
}

func (s *sqliteSession) insertMany(table string, columns []string, rows [][]any) error {
	return insertInChunks(s, SQLite, table, columns, "", nil, rows)
}

// readsOnly recognises statements that cannot write.
func readsOnly(sql string) bool {
	sql = strings.TrimLeft(sql, " \t\r\n")
	return len(sql) >= 6 && strings.EqualFold(sql[:6], "select")
}

// view runs fn on a reader's snapshot.
func (e *sqliteEngine) view(ctx context.Context, zone int, now time.Time, fn func(*Reader) error) error {
	if e.build.on.Load() {
		return e.viewBuilt(ctx, zone, now, fn)
	}
	var conn *sqliteConn
	select {
	case c, ok := <-e.readers:
		if !ok {
			return errClosed
		}
		conn = c
	case <-ctx.Done():
		return ctx.Err()
	}
	defer func() {
		conn.closeRows()
		conn.exec("ROLLBACK")
		e.readers <- conn
	}()
	if _, err := conn.exec("BEGIN"); err != nil {
		return err
	}
	return fn(&Reader{Zone: zone, Now: now, ctx: ctx, dialect: SQLite, s: conn})
}

// setSync makes commits durable again and everything before them too: with synchronous on, a
// checkpoint that has something to copy flushes the log and then the whole file. It waits for
// views that are open and for the checkpointer.
func (e *sqliteEngine) setSync(ctx context.Context) error {
	e.hold <- struct{}{}
	defer func() { <-e.hold }()
	if err := e.commitBuilt(); err != nil {
		return fmt.Errorf("make durable: %w", err)
	}
	e.build.on.Store(false)
	durable, err := e.restart()
	if err != nil {
		return fmt.Errorf("make durable: %w", err)
	}
	e.checkpoints.stop()
	e.checkpoints = durable
	for _, sql := range []string{
		"PRAGMA synchronous = FULL",
		"UPDATE openings SET at = at WHERE opening = (SELECT max(opening) FROM openings)",
	} {
		if _, err := e.writer.exec(sql); err != nil {
			return fmt.Errorf("make durable: %w", err)
		}
	}
	for {
		var busy, pages, copied int64
		cur, err := e.writer.query(ctx, "PRAGMA wal_checkpoint(TRUNCATE)", nil)
		if err == nil {
			err = row{rows: &Rows{cur}}.Scan(&busy, &pages, &copied)
		}
		if err != nil {
			return fmt.Errorf("make durable: %w", err)
		}
		if busy == 0 {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// integrity asks SQLite for what is wrong with the file. That it cannot say, the file being damaged, is an answer too.
func (e *sqliteEngine) integrity(ctx context.Context) ([]string, error) {
	var wrong []string
	for _, check := range []func(*Reader) ([]string, error){pagesOf, orphansOf} {
		var lines []string
		err := e.view(ctx, 0, time.Time{}, func(r *Reader) (err error) {
			lines, err = check(r)
			return err
		})
		if wrong = append(wrong, lines...); Damaged(err) {
			wrong = append(wrong, err.Error())
		} else if err != nil {
			return wrong, err
		}
	}
	return wrong, nil
}

// pagesOf reads every page and compares indexes with their tables.
func pagesOf(r *Reader) ([]string, error) {
	lines, err := collect(r, func(rows *Rows) (s string, err error) { return s, rows.Scan(&s) }, "PRAGMA integrity_check")
	return slices.DeleteFunc(lines, func(l string) bool { return l == "ok" }), err
}

func orphansOf(r *Reader) ([]string, error) {
	return collect(r, func(rows *Rows) (s string, err error) {
		var table, parent string
		var rowid *int64
		var key int64
		err = rows.Scan(&table, &rowid, &parent, &key)
		return fmt.Sprintf("a row of %s refers to a missing row of %s", table, parent), err
	}, "PRAGMA foreign_key_check")
}

func (e *sqliteEngine) close() error {
	built := e.commitBuilt()
	e.checkpoints.stop()
	e.writer.exec("PRAGMA optimize")
	return errors.Join(built, e.closeAll(e.size))
}

// closeAll closes the readers, of which there are n, and then the writer, whose closing empties the log.
func (e *sqliteEngine) closeAll(n int) error {
	var errs []error
	for range n {
		errs = append(errs, (<-e.readers).close())
	}
	close(e.readers)
	return errors.Join(append(errs, e.writer.close())...)
}
