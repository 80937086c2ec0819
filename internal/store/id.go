package store

import (
	"sync"
	"sync/atomic"
	"time"
)

// An id is milliseconds since 2020 in the high 41 bits, then ten bits that tell processes apart,
// then a sequence of twelve. It is below 2^63 until 2089 but above 2^53: JSON carries it as a string.
const (
	sequenceBits = 12
	processBits  = 10
	// spaces is how many process numbers one opening of the database owns: one for its own
	// clock, the others for the simulator's.
	spaces = 4
)

// epoch is 2020-01-01T00:00:00Z in unix milliseconds.
const epoch = 1577836800000

// ids makes ids for one clock.
type ids struct {
	process int64        // 0–1023
	last    atomic.Int64 // milliseconds since epoch and sequence of the last id
}

// next is the first unused id at or after now. More than 4,096 in one millisecond run ahead of
// the clock; a clock that goes back is waited for in the same way.
func (s *ids) next(now time.Time) int64 {
	floor := max(now.UnixMilli()-epoch, 0) << sequenceBits
	for {
		last := s.last.Load()
		n := max(floor, last+1)
		if s.last.CompareAndSwap(last, n) {
			return n>>sequenceBits<<(processBits+sequenceBits) | s.process<<sequenceBits | n&(1<<sequenceBits-1)
		}
	}
}

// idSpace hands out the process numbers of one opening of the database. Openings are counted in
// the database itself, so no two of 256 successive ones, in whatever process, make the same id,
// and a restart on a machine whose clock was set back does not repeat any either.
type idSpace struct {
	opening int64
	mu      sync.Mutex
	made    []*ids // under mu
	turn    int    // under mu
}

// take is a source for one more clock; beyond the fourth, clocks share.
func (p *idSpace) take() *ids {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.made) < spaces {
		s := &ids{process: (p.opening*spaces + int64(len(p.made))) & (1<<processBits - 1)}
		p.made = append(p.made, s)
		return s
	}
	p.turn++
	return p.made[1+p.turn%(spaces-1)]
}

// NewID is an id that no other process on the same database makes. Ids grow with the DB's clock
// and never repeat or go back. On a new database and a simulated clock the same calls give the same ids.
func (db *DB) NewID() int64 { return db.ids.next(db.clock()) }

// firstID is below every id made at the moment or later.
func firstID(t time.Time) int64 { return max(t.UnixMilli()-epoch, 0) << (processBits + sequenceBits) }

// IDTime is the instant an id was made, UTC, to the millisecond.
func IDTime(id int64) time.Time {
	return time.UnixMilli(id>>(processBits+sequenceBits) + epoch).UTC()
}
