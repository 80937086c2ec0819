package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// copyFrom is how many rows make COPY worth its round trips.
const copyFrom = 256

// pipeline is one transaction on PostgreSQL that carries a group. Writes wait in the queue and
// travel with the next read, or with COMMIT, in a single round trip.
type pipeline struct {
	conn    *pgx.Conn
	ctx     context.Context
	mark    *mark
	careful bool // a savepoint for each command that writes
	relaxed bool // COMMIT does not wait for the disk

	queue      []item
	rows       *postgresRows // the open result, nil when none is
	fetched    map[onceID]*stored
	began      bool   // BEGIN was sent
	wrote      bool   // there is something to commit
	committing bool   // COMMIT was sent
	broken     error  // the whole transaction is lost
	leaves     []leaf // of the commands that succeeded

	// Of the command that runs now:
	command int
	saved   bool  // its savepoint is queued or sent
	sent    bool  // some of its writes were sent
	failed  error // why it cannot succeed any more
	logged  []leaf
}

// item is a queued statement.
type item struct {
	sql     string
	args    []any
	command int   // whose it is; -1 for the group's own
	least   int64 // rows it must change, where miss is set
	miss    error
	changed *int64
	read    func(pgx.Rows) error
}

// onceID is a key of the table commands.
type onceID struct {
	zone int
	key  string
}

// begin queues BEGIN and one query for all idempotency keys of the group.
func (p *pipeline) begin(commands []*command) {
	p.command = -1
	p.queue = append(p.queue, item{sql: beginWrite, command: -1})
	if p.relaxed {
		p.queue = append(p.queue, item{sql: "SET LOCAL synchronous_commit = off", command: -1})
	}
	p.fetched = map[onceID]*stored{}
	var zones []int64
	var keys []string
	for _, c := range commands {
		if c.key == nil {
			continue
		}
		p.fetched[onceID{c.zone, c.key.key}] = nil
		zones, keys = append(zones, int64(c.zone)), append(keys, c.key.key)
	}
	if len(keys) == 0 {
		return
	}
	p.queue = append(p.queue, item{
		sql: `SELECT zone, key, digest, result FROM commands WHERE (zone, key) IN
			(SELECT * FROM unnest($1::bigint[], $2::text[]))`,
		args: []any{zones, keys}, command: -1,
		read: func(rows pgx.Rows) error {
			var id onceID
			var s stored
			_, err := pgx.ForEachRow(rows, []any{&id.zone, &id.key, &s.digest, &s.result}, func() error {
				was := s
				p.fetched[id] = &was
				return nil
			})
			return err
		},
	})
}

// prefetched looks a key up among those fetched with BEGIN and those of this group's own commands.
func (p *pipeline) prefetched(zone int, key string) (s stored, found, known bool) {
	if !p.began && p.flush() != nil {
		return stored{}, false, false // the query that follows reports it
	}
	was, known := p.fetched[onceID{zone, key}]
	if was == nil {
		return stored{}, false, known
	}
	return *was, true, true
}

// runOne runs a command. Unless p.broken is set afterwards, err is its own outcome.
func (p *pipeline) runOne(c *command) (err error) {
	p.command++
	for range staleTries {
		p.saved, p.sent, p.failed, p.logged = false, false, nil, p.logged[:0]
		err = c.call(c.newTx(p))
		p.closeRows()
		if err = p.end(err); p.broken != nil {
			return err
		}
		if err == nil && c.key != nil {
			p.fetched[onceID{c.zone, c.key.key}] = &stored{c.key.digest, c.key.result}
		}
		if err == nil {
			p.leaves = append(p.leaves, p.logged...)
		}
		if !errors.Is(err, errStale) {
			return err
		}
		if c.key != nil {
			delete(p.fetched, onceID{c.zone, c.key.key}) // look again
		}
	}
	return errBusy()
}

// end keeps or undoes what the command wrote, and gives its outcome.
func (p *pipeline) end(err error) error {
	if p.broken != nil {
		return p.broken
	}
	if p.failed != nil {
		err = p.failed // an error of the database that fn let pass
	}
	if err == nil && p.careful && p.saved {
		if err = p.flush(); p.broken != nil {
			return p.broken
		}
	}
	switch {
	case err == nil && p.careful && p.saved:
		p.queue = append(p.queue, item{sql: "RELEASE SAVEPOINT command", command: -1})
	case err != nil && p.sent && !p.careful:
		p.broken = errRefused
	case err != nil && p.sent:
		p.queue = append(p.queue, item{sql: "ROLLBACK TO SAVEPOINT command", command: -1},
			item{sql: "RELEASE SAVEPOINT command", command: -1})
	case err != nil:
		for n := len(p.queue); n > 0 && p.queue[n-1].command == p.command; n-- {
			p.queue = p.queue[:n-1]
		}
	}
	return err
}

// write queues a statement of the running command.
func (p *pipeline) write(it item) error {
	if err := p.state(); err != nil {
		return err
	}
	args := make([]any, len(it.args))
	for i, a := range it.args {
		v, err := bindable(a)
		if err != nil {
			return p.fail(fmt.Errorf("argument %d: %w", i+1, err))
		}
		args[i] = v
	}
	it.args, it.command = args, p.command
	p.prepareWrite()
	p.queue = append(p.queue, it)
	return nil
}

// prepareWrite precedes a command's first write: the mark, once in the transaction, and the savepoint.
// The mark's NOT NULL fails when somebody (committed) has taken the expected number away.
func (p *pipeline) prepareWrite() {
	if !p.wrote {
		p.wrote = true
		p.queue = append(p.queue, item{
			sql:  "UPDATE openings SET mark = CASE WHEN mark = $2 THEN mark + 1 END WHERE opening = $1",
			args: []any{p.mark.opening, p.mark.last}, command: -1,
		})
	}
	if p.careful && !p.saved {
		p.saved = true
		p.queue = append(p.queue, item{sql: "SAVEPOINT command", command: p.command})
	}
}

// state is why no further statement makes sense, nil while one does.
func (p *pipeline) state() error {
	if p.broken != nil {
		return p.broken
	}
	return p.failed
}

func (p *pipeline) fail(err error) error {
	if p.failed == nil {
		p.failed = err
	}
	return err
}

func (p *pipeline) exec(sql string, args []any, least int64, miss error) error {
	return p.write(item{sql: sql, args: args, least: least, miss: miss})
}

func (p *pipeline) execCount(sql string, args []any) (n int64, err error) {
	if p.rows != nil {
		return 0, p.fail(errRowsOpen)
	}
	if err := p.write(item{sql: sql, args: args, changed: &n}); err != nil {
		return 0, err
	}
	err = p.flush()
	return n, err
}

func (p *pipeline) insertMany(table string, columns []string, rows [][]any) error {
	if len(rows) < copyFrom {
		return insertInChunks(p, PostgreSQL, table, columns, "", nil, rows)
	}
	if err := p.state(); err != nil {
		return err
	}
	if p.rows != nil {
		return p.fail(errRowsOpen)
	}
	values := make([][]any, len(rows))
	for i, r := range rows {
		values[i] = make([]any, len(r))
		for j, a := range r {
			v, err := bindable(a)
			if err != nil {
				return p.fail(fmt.Errorf("row %d, column %s: %w", i, columns[j], err))
			}
			values[i][j] = v
		}
	}
	p.prepareWrite()
	if err := p.flush(); err != nil {
		return err
	}
	p.sent = true
	if _, err := p.conn.CopyFrom(p.ctx, pgx.Identifier{table}, columns, pgx.CopyFromRows(values)); err != nil {
		return p.lose(fmt.Errorf("copy into %s: %w", table, err))
	}
	return nil
}

// query sends the queue and the statement in one round trip.
func (p *pipeline) query(_ context.Context, sql string, args []any) (cursor, error) {
	if err := p.state(); err != nil {
		return nil, err
	}
	if p.rows != nil {
		return nil, p.fail(errRowsOpen)
	}
	it := item{sql: sql, args: make([]any, len(args)), command: p.command}
	for i, a := range args {
		v, err := bindable(a)
		if err != nil {
			return nil, p.fail(fmt.Errorf("argument %d: %w", i+1, err))
		}
		it.args[i] = v
	}
	if !readsOnly(sql) {
		p.prepareWrite()
		p.sent = true
	}
	return p.send(&it)
}

// flush sends the queue.
func (p *pipeline) flush() error {
	if p.rows != nil {
		return p.fail(errRowsOpen)
	}
	_, err := p.send(nil)
	return err
}

// lose gives the transaction up.
func (p *pipeline) lose(err error) error {
	if p.broken == nil {
		p.broken = err
	}
	return p.broken
}

// send sends the queue, with a query at its end if there is one, and reads the answers.
func (p *pipeline) send(last *item) (cursor, error) {
	if len(p.queue) == 0 && last == nil {
		return nil, nil
	}
	b := &pgx.Batch{QueuedQueries: make([]*pgx.QueuedQuery, 0, len(p.queue)+1)}
	for _, it := range p.queue {
		b.Queue(it.sql, it.args...)
		if it.command == p.command && it.command >= 0 {
			p.sent = true
		}
	}
	if last != nil {
		b.Queue(last.sql, last.args...)
	}
	items := p.queue
	p.queue = nil
	p.began = true
	results := p.conn.SendBatch(p.ctx, b)
	for i := range items {
		if err := p.answer(results, &items[i]); err != nil {
			results.Close()
			return nil, p.lose(err)
		}
	}
	if last == nil || p.failed != nil || p.broken != nil {
		if err := results.Close(); err != nil {
			return nil, p.lose(err)
		}
		return nil, p.state()
	}
	rows, err := results.Query()
	if err != nil {
		results.Close()
		return nil, p.lose(fmt.Errorf("%w in %s", err, last.sql))
	}
	p.rows = &postgresRows{rows: rows, results: results, types: p.conn.TypeMap(), owner: p}
	return p.rows, nil
}

// answer reads what came of one statement. An error is the transaction's end.
func (p *pipeline) answer(results pgx.BatchResults, it *item) error {
	if it.read != nil {
		rows, err := results.Query()
		if err == nil {
			err = it.read(rows)
		}
		if err != nil {
			return fmt.Errorf("%w in %s", err, it.sql)
		}
		return nil
	}
	tag, err := results.Exec()
	if err != nil {
		return fmt.Errorf("%w in %s", err, it.sql)
	}
	if it.changed != nil {
		*it.changed = tag.RowsAffected()
	}
	if it.miss == nil || tag.RowsAffected() >= it.least {
		return nil
	}
	if it.command == p.command {
		p.fail(it.miss)
	} else {
		p.lose(errRefused) // that command was thought done
	}
	return nil
}

// log keeps a leaf. The log is part of what the command writes, so there is something to commit.
func (p *pipeline) log(l leaf) {
	p.prepareWrite()
	p.logged = append(p.logged, l)
}

// commit ends the transaction. When a compare-and-set still has to be answered, it is before the log is written
// and COMMIT sent, which travel together: the log's row is locked for one round trip.
func (p *pipeline) commit() error {
	p.command, p.failed = -2, nil
	if !p.began && !p.wrote {
		return nil
	}
	for _, it := range p.queue {
		if it.miss != nil {
			if err := p.flush(); err != nil {
				return err
			}
			break
		}
	}
	p.committing = true
	p.writeLeaves()
	p.queue = append(p.queue, item{sql: "COMMIT", command: -1})
	return p.flush()
}

// abort rolls back, as far as there is still a connection.
func (p *pipeline) abort() {
	p.closeRows()
	if p.began && !p.conn.IsClosed() {
		p.conn.Exec(p.ctx, "ROLLBACK")
	}
}

func (p *pipeline) closeRows() {
	if p.rows != nil {
		p.rows.Close()
	}
}
