package apptest

import (
	"sync/atomic"
	"time"
)

// Clock is the time of a test. The test moves it while requests, streams and goroutines still read it.
type Clock struct{ at atomic.Pointer[time.Time] }

// NewClock stands at a time.
func NewClock(at time.Time) *Clock {
	c := new(Clock)
	c.at.Store(&at)
	return c
}

// Now is where the clock stands.
func (c *Clock) Now() time.Time { return *c.at.Load() }

// Pass moves the clock on and says where it stands then.
func (c *Clock) Pass(d time.Duration) time.Time {
	for {
		was := c.at.Load()
		now := was.Add(d)
		if c.at.CompareAndSwap(was, &now) {
			return now
		}
	}
}
