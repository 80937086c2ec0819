package store

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// queueLength bounds the commands that wait; beyond it InTx itself waits to queue.
	queueLength = 1024
	// groupCommands and groupTime bound a group, so that its first command does not wait for long.
	groupCommands = 256
	groupTime     = 10 * time.Millisecond
	// staleTries is how often a command that met errStale is run.
	staleTries = 5
)

// What becomes of a command.
const (
	queued int32 = iota
	started
	abandoned // its context ended first; nobody waits for the answer
)

// command is one call of InTx.
type command struct {
	ctx  context.Context
	zone int
	db   *DB
	fn   func(*Tx) error
	key  *onceKey // set by Once

	state atomic.Int32
	err   error         // the answer; written before done is closed
	done  chan struct{} // closed when answered
}

// start claims the command for running; false when its caller has gone.
func (c *command) start() bool {
	if c.ctx.Err() != nil && c.state.CompareAndSwap(queued, abandoned) {
		c.answer(c.ctx.Err())
		return false
	}
	return c.state.CompareAndSwap(queued, started)
}

func (c *command) answer(err error) {
	c.err = err
	close(c.done)
}

// errExited answers a command whose fn ended its goroutine, as t.FailNow does.
var errExited = errors.New("the transaction's goroutine was ended from inside")

// call runs fn and turns a panic into an error. When fn ends the goroutine (runtime.Goexit) the
// writer's loop is torn down and restarts; see loop.
func (c *command) call(tx *Tx) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic in a transaction: %v\n%s", p, debug.Stack())
		}
	}()
	if err := c.fn(tx); err != nil {
		return err
	}
	return tx.logRecords()
}

// writer queues commands and feeds them to the engine in groups. Each lane has a queue and a
// goroutine; a zone's commands all take the same one.
type writer struct {
	engine engine
	queues []chan *command
	lanes  sync.WaitGroup

	mu     sync.RWMutex // held for reading while queueing
	closed bool         // under mu
}

func startWriter(e engine) *writer {
	w := &writer{engine: e}
	for range e.lanes() {
		q := make(chan *command, queueLength)
		w.queues = append(w.queues, q)
		w.lanes.Go(func() { w.loop(q) })
	}
	return w
}

// do queues the command and waits for its answer.
func (w *writer) do(c *command) error {
	c.done = make(chan struct{})
	if w.engine.alone() {
		return w.here(c)
	}
	if err := w.enqueue(c); err != nil {
		return err
	}
	select {
	case <-c.done:
	case <-c.ctx.Done():
		if c.state.CompareAndSwap(queued, abandoned) {
			return c.ctx.Err()
		}
		<-c.done
	}
	return c.err
}

// here runs the command at once: to wake another goroutine for each costs a building database as much as its commits.
func (w *writer) here(c *command) error {
	w.mu.RLock()
	defer w.mu.RUnlock()
	if w.closed {
		return errClosed
	}
	if c.start() {
		g := &group{since: time.Now(), commands: []*command{c}}
		defer func() { g.answerRest(errExited) }() // none, but when the command ends this goroutine
		w.engine.run(g)
	}
	return c.err
}

func (w *writer) enqueue(c *command) error {
	w.mu.RLock()
	defer w.mu.RUnlock()
	if w.closed {
		return errClosed
	}
	select {
	case w.queues[uint(c.zone)%uint(len(w.queues))] <- c:
		return nil
	case <-c.ctx.Done():
		return c.ctx.Err()
	}
}

// stop refuses new commands and waits until the queued ones are answered; false when stopped already.
func (w *writer) stop() bool {
	w.mu.Lock()
	was := w.closed
	if !was {
		w.closed = true
		for _, q := range w.queues {
			close(q)
		}
	}
	w.mu.Unlock()
	w.lanes.Wait()
	return !was
}

// loop runs groups until the queue is closed and empty.
func (w *writer) loop(queue <-chan *command) {
	var g *group
	finished := false
	defer func() {
		if finished {
			return
		}
		// A command ended this goroutine. The engine has rolled back on the way out.
		g.answerRest(errExited)
		w.lanes.Go(func() { w.loop(queue) })
	}()
	for first := range queue {
		if !first.start() {
			continue
		}
		g = &group{queue: queue, since: time.Now(), commands: []*command{first}}
		w.engine.run(g)
	}
	finished = true
}

// group is the commands that share one commit.
type group struct {
	queue    <-chan *command
	since    time.Time
	commands []*command // all of them started
	errs     []error    // what came of each so far, in order
}

// next is one more command that is waiting already, nil when there is none or the group is full.
func (g *group) next(most int) *command {
	for len(g.commands) < most && time.Since(g.since) < groupTime {
		select {
		case c, ok := <-g.queue:
			if !ok {
				return nil
			}
			if c.start() {
				g.commands = append(g.commands, c)
				return c
			}
		default:
			return nil
		}
	}
	return nil
}

// settle answers every command with its own error, or all with err when the group failed.
func (g *group) settle(err error) {
	for i, c := range g.commands {
		if err != nil {
			c.answer(err)
		} else {
			c.answer(g.errs[i])
		}
	}
	g.commands, g.errs = nil, nil
}

// answerRest answers those that have no answer yet.
func (g *group) answerRest(err error) {
	for _, c := range g.commands {
		c.answer(err)
	}
	g.commands, g.errs = nil, nil
}
