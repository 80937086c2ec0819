package app

import (
	"context"
	"sync"

	"gezhi/internal/fault"
	"gezhi/internal/ledger"
	"gezhi/internal/store"
)

// postings gathers transfers that arrive at the same time, by zone: while one command is on its way to the disk, the
// next ones wait and then go together, so that what they touch is read once and written once. Each is still accepted
// or refused on its own.
type postings struct {
	mu    sync.Mutex
	zones map[int]*postingQueue // under mu
}

type postingQueue struct {
	waiting []*order // under postings.mu
	running bool     // under postings.mu: a goroutine takes orders
}

// order is what one request wants posted.
type order struct {
	ctx  context.Context
	list []ledger.Transfer
	out  []store.Booking
	err  error
	done chan struct{} // closed when answered
}

// mostGathered bounds the transfers of one command, so that it does not keep others waiting.
const mostGathered = 1000

// post books transfers of one zone beside those that others want posted meanwhile.
func (a *App) post(ctx context.Context, zone int, list []ledger.Transfer) ([]store.Booking, error) {
	o := &order{ctx: ctx, list: list, done: make(chan struct{})}
	p := a.posts
	p.mu.Lock()
	if p.zones == nil {
		p.zones = map[int]*postingQueue{}
	}
	q := p.zones[zone]
	if q == nil {
		q = &postingQueue{}
		p.zones[zone] = q
	}
	q.waiting = append(q.waiting, o)
	if !q.running {
		q.running = true
		go a.postWaiting(zone, q)
	}
	p.mu.Unlock()
	<-o.done
	return o.out, o.err
}

// postWaiting posts what waits until nothing does.
func (a *App) postWaiting(zone int, q *postingQueue) {
	for {
		orders := a.posts.take(q)
		if orders == nil {
			return
		}
		a.postTogether(zone, orders)
	}
}

// take is the orders of the next command; nil when none wait and the queue has come to rest.
func (p *postings) take(q *postingQueue) []*order {
	p.mu.Lock()
	defer p.mu.Unlock()
	n, sum := 0, 0
	for n < len(q.waiting) && (n == 0 || sum+len(q.waiting[n].list) <= mostGathered) {
		sum += len(q.waiting[n].list)
		n++
	}
	if n == 0 {
		q.running = false
		return nil
	}
	orders := q.waiting[:n:n]
	q.waiting = q.waiting[n:]
	return orders
}

// postTogether makes one command of the orders and answers them. Should the command fail as a whole, each order is
// tried alone, so that what is wrong with one does not fail the others.
func (a *App) postTogether(zone int, orders []*order) {
	var list []ledger.Transfer
	live := orders[:0:len(orders)]
	for _, o := range orders {
		if o.err = o.ctx.Err(); o.err != nil { // its caller has gone
			close(o.done)
			continue
		}
		live = append(live, o)
		list = append(list, o.list...)
	}
	if len(live) == 0 {
		return
	}
	out, err := a.postOnce(zone, list)
	if err != nil && len(live) > 1 {
		for _, o := range live {
			o.out, o.err = a.postOnce(zone, o.list)
			close(o.done)
		}
		return
	}
	for _, o := range live {
		if o.err = err; err == nil {
			o.out, out = out[:len(o.list):len(o.list)], out[len(o.list):]
		}
		close(o.done)
	}
}

func (a *App) postOnce(zone int, list []ledger.Transfer) (out []store.Booking, err error) {
	// Not the context of one order: several share the command, and one that was taken is carried out.
	err = a.db.InTx(context.Background(), zone, func(tx *store.Tx) (err error) {
		out, err = tx.PostAll(list)
		return err
	})
	return out, err
}

// PostTransfer books one transfer for another system. fresh is false when it had been booked before.
func (a *App) PostTransfer(ctx context.Context, c Caller, t ledger.Transfer) (p ledger.Posted, fresh bool, err error) {
	if err := c.need(TransfersWrite); err != nil {
		return ledger.Posted{}, false, err
	}
	if err := c.mayPost(t); err != nil {
		return ledger.Posted{}, false, err
	}
	out, err := a.post(ctx, c.Zone, []ledger.Transfer{t})
	if err != nil {
		return ledger.Posted{}, false, err
	}
	return out[0].Posted, out[0].Fresh, out[0].Err
}

// PostTransfers books transfers one after another, each accepted or refused on its own. refused, which may be nil, are
// those that were found wrong before, by place; they are not posted and answer that error.
func (a *App) PostTransfers(ctx context.Context, c Caller, list []ledger.Transfer, refused map[int]error) ([]store.Booking, error) {
	if err := c.need(TransfersWrite); err != nil {
		return nil, err
	}
	out := make([]store.Booking, len(list))
	good := make([]ledger.Transfer, 0, len(list))
	for i, t := range list {
		if out[i].Err = refused[i]; out[i].Err == nil {
			out[i].Err = c.mayPost(t)
		}
		if out[i].Err == nil {
			good = append(good, t)
		}
	}
	if len(good) == 0 {
		return out, nil
	}
	booked, err := a.post(ctx, c.Zone, good)
	if err != nil {
		return nil, err
	}
	for i := range out {
		if out[i].Err == nil {
			out[i], booked = booked[0], booked[1:]
		}
	}
	return out, nil
}

// mayPost refuses what this key may not order. What is wrong with the transfer itself is said first.
func (c Caller) mayPost(t ledger.Transfer) error {
	if err := checkAPIID(t.ID); err != nil {
		return err
	}
	if err := t.Check(); err != nil {
		return err
	}
	if err := notFunds(t); err != nil {
		return err
	}
	return c.mayDebit(t.From)
}

// notFunds refuses what only orders and receipts book: money for enterprises has its own records, which the books must agree with.
func notFunds(t ledger.Transfer) error {
	for field, a := range map[string]ledger.Account{"from": t.From, "to": t.To} {
		if c := a.Class(); c == ledger.Fund || c == ledger.Ordered || c == ledger.Enterprise {
			f := fault.New(fault.Forbidden, "惠企资金只能通过拨付指令和回执记账。", "Funds for enterprises are booked by orders and receipts only.")
			f.Field = field
			return f
		}
	}
	return nil
}

// checkAPIID refuses ids that could be mistaken for the system's own, such as lapse:… and award/…, or that do not fit a
// path.
func checkAPIID(id string) error {
	ok := len(id) >= 1 && len(id) <= 90
	for i := 0; i < len(id) && ok; i++ {
		switch b := id[i]; {
		case 'a' <= b && b <= 'z', 'A' <= b && b <= 'Z', '0' <= b && b <= '9':
		default:
			ok = i > 0 && (b == '-' || b == '_' || b == '.' || b == '~')
		}
	}
	if !ok {
		return fault.Field("id", "编号须为 1 至 90 个字母、数字或 - _ . ~，以字母或数字开头。",
			"An id has 1 to 90 letters, digits or - _ . ~ and begins with a letter or digit.")
	}
	return nil
}
