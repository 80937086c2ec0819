package app

import (
	"context"
	"fmt"
	"sync"
	"time"

	"gezhi/internal/fault"
	"gezhi/internal/store"
	"gezhi/internal/webhook"
)

// Sending is tried for a day: after 5 s, 10 s, 20 s … and then every hour. Then the notice is given up, which the
// administrators' page shows; it can be sent again by hand.
const (
	firstPause = 5 * time.Second
	longPause  = time.Hour
	sendFor    = 24 * time.Hour
	// sendLease is after how long a try that nobody has brought to an end counts as lost: its process was killed.
	sendLease = 3 * webhook.Patience
	// keptFor is how long notices are listed after they were taken or given up.
	keptFor = 30 * 24 * time.Hour
)

// pause is how long to wait after so many tries have failed.
func pause(tries int) time.Duration {
	d := firstPause
	for range tries - 1 {
		if d *= 2; d >= longPause {
			return longPause
		}
	}
	return d
}

// courierKey names a webhook of a zone.
type courierKey struct{ zone, webhook int }

// couriers are the webhooks that are being sent to: one notice at a time, so that they come in order.
type couriers struct {
	mu   sync.Mutex
	busy map[courierKey]bool // under mu
	wg   sync.WaitGroup
}

func (c *couriers) take(k courierKey) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.busy[k] {
		return false
	}
	c.busy[k] = true
	c.wg.Add(1)
	return true
}

func (c *couriers) leave(k courierKey) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.busy, k)
	c.wg.Done()
}

// Deliver begins to send what waits for the zone's webhooks and does not wait for the end: one that hangs holds up no other.
// Call it every second or so, from one process or several. What goes wrong with a webhook is kept with its notices; what goes
// wrong here is logged.
func (a *App) Deliver(ctx context.Context, zone int) error {
	z, err := a.Zone(ctx, zone)
	if err != nil {
		return err
	}
	for _, h := range z.Webhooks {
		k := courierKey{zone, h.ID}
		if !a.couriers.take(k) {
			continue
		}
		go func() {
			defer a.couriers.leave(k)
			if err := a.deliverTo(ctx, zone, h.ID); err != nil && ctx.Err() == nil {
				a.log.Error("webhook", "zone", zone, "webhook", h.ID, "error", err)
			}
		}()
	}
	return nil
}

// AwaitDeliveries returns when nothing is being sent any more.
func (a *App) AwaitDeliveries() { a.couriers.wg.Wait() }

// deliverTo sends what waits for one webhook, in order, as long as the receiver takes it.
func (a *App) deliverTo(ctx context.Context, zone, id int) error {
	for ctx.Err() == nil {
		job, found, err := a.claim(ctx, zone, id)
		if err != nil || !found {
			return err
		}
		out := a.hooks.Send(ctx, job.URL, job.secret, webhook.Notice{ID: job.n.Event, Type: job.n.Kind, Body: []byte(job.n.Body)}, a.now())
		if err := a.sent(context.WithoutCancel(ctx), zone, job.n, out); err != nil {
			return err
		}
		if out.Failure != "" {
			return nil
		}
	}
	return nil
}

// job is a notice that this process is to send.
type job struct {
	store.Webhook
	secret string
	n      store.Notification
}

// claim takes the first notice for itself when it is due: no other process sends it meanwhile.
func (a *App) claim(ctx context.Context, zone, id int) (job, bool, error) {
	var j job
	look := func(r *store.Reader) (due bool, err error) {
		if j.n, due, err = r.NextNotification(id); err != nil || !due || j.n.Next.After(r.Now) {
			return false, err
		}
		j.Webhook, err = r.Webhook(id)
		return err == nil && j.Disabled.IsZero(), err
	}
	due := false
	if err := a.db.View(ctx, zone, func(r *store.Reader) (err error) { due, err = look(r); return err }); err != nil || !due {
		return j, false, err
	}
	err := a.db.InTx(ctx, zone, func(tx *store.Tx) (err error) {
		if due, err = look(&tx.Reader); err != nil || !due {
			return err
		}
		was := j.n
		j.n.Tries, j.n.Next, j.n.Failure, j.n.Status, j.n.Detail = was.Tries+1, tx.Now.Add(sendLease), store.NoticeSending, 0, ""
		return tx.MoveNotification(was, j.n)
	})
	if fault.KindOf(err) == fault.Conflict {
		return j, false, nil // another process was quicker
	}
	if err != nil || !due {
		return j, false, err
	}
	j.secret, err = a.ring.Open(hookAAD(zone, id), j.Secret)
	if err != nil {
		return j, false, fmt.Errorf("webhook %d: secret: %w", id, err)
	}
	return j, true, nil
}

// sent keeps what became of a try.
func (a *App) sent(ctx context.Context, zone int, was store.Notification, out webhook.Outcome) error {
	err := a.db.InTx(ctx, zone, func(tx *store.Tx) error {
		now := was
		now.Status, now.Failure, now.Detail = out.Status, string(out.Failure), clip(out.Detail)
		now.Next = tx.Now.Add(pause(was.Tries))
		over := tx.Now.Sub(was.Since) >= sendFor
		switch {
		case out.Failure == "":
			now.Done = tx.Now
		case out.Failure == webhook.Interrupted:
			now.Tries, now.Next, now.Failure = was.Tries-1, tx.Now, ""
		case over:
			now.Lost = tx.Now
		}
		if err := tx.MoveNotification(was, now); err != nil {
			return err
		}
		if now.Lost.IsZero() {
			return nil
		}
		return tx.LoseNotifications(was.Webhook, tx.Now.Add(-sendFor)) // those behind it that are as old would wait for nothing
	})
	if fault.KindOf(err) == fault.Conflict {
		return nil // it took longer than the lease, and another process has it
	}
	return err
}

// DropNotices forgets old notices that were taken or given up, a thousand at a time.
func (a *App) DropNotices(ctx context.Context, zone int) (int64, error) {
	const step = 1000
	var all int64
	for {
		var n int64
		err := a.db.InTx(ctx, zone, func(tx *store.Tx) (err error) {
			n, err = tx.DropNotifications(tx.Now.Add(-keptFor), step)
			return err
		})
		if all += n; err != nil || n < step {
			return all, err
		}
	}
}
