package store

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"
)

// buildCommit is how many commands share a commit while a database is being built.
const buildCommit = 1000

// building is how a database is made from nothing: commands are answered before their commit, and one commit
// serves many. A commit writes every page it touched to the log and every word to the full-text index, which for a
// single command is most of the work. Views read through the writer's connection, where they see what
// is not committed yet. Nothing is durable until SetSync; a crash before leaves a database to be thrown away.
type building struct {
	on       atomic.Bool
	commands int   // under hold: since BEGIN; 0 when no transaction is open
	lost     error // under hold: why the database is of no use any more
}

// gather runs a group without committing it, unless enough has come together. The engine is held.
func (e *sqliteEngine) gather(g *group) {
	g.errs = g.errs[:0]
	for i := 0; i < len(g.commands) || i == len(g.commands) && g.next(groupCommands) != nil; i++ {
		if e.build.lost == nil {
			e.build.lost = e.gatherOne(g, g.commands[i])
		}
	}
	g.settle(e.build.lost)
}

func (e *sqliteEngine) gatherOne(g *group, c *command) error {
	if e.build.commands == 0 {
		if err := e.checkpoints.bound(e.writer); err != nil {
			return err
		}
		if _, err := e.writer.exec("BEGIN IMMEDIATE"); err != nil {
			return err
		}
		e.leaves = e.leaves[:0]
	}
	err, broken := e.runOne(c, careful)
	if broken != nil {
		return fmt.Errorf("building: %w", broken)
	}
	g.errs = append(g.errs, err)
	if e.build.commands++; e.build.commands >= buildCommit {
		return e.commitBuilt()
	}
	return nil
}

// commitBuilt ends the open transaction. The engine is held.
func (e *sqliteEngine) commitBuilt() error {
	if e.build.commands == 0 {
		return e.build.lost
	}
	e.build.commands = 0
	if err := e.writeLeaves(); err != nil {
		return err
	}
	_, err := e.writer.exec("COMMIT")
	e.checkpoints.wake()
	return err
}

// viewBuilt runs a view on the writer's connection.
func (e *sqliteEngine) viewBuilt(ctx context.Context, zone int, now time.Time, fn func(*Reader) error) error {
	e.hold <- struct{}{}
	defer func() {
		e.writer.closeRows()
		<-e.hold
	}()
	return fn(&Reader{Zone: zone, Now: now, ctx: ctx, dialect: SQLite, s: e.writer})
}
