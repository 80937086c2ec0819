package demo

import (
	"container/heap"
	"sync/atomic"
	"time"
)

// clock is a time that only the simulator moves. The store reads it from other goroutines.
type clock struct{ ms atomic.Int64 }

func (c *clock) now() time.Time  { return time.UnixMilli(c.ms.Load()).UTC() }
func (c *clock) set(t time.Time) { c.ms.Store(t.UnixMilli()) }

// agenda is what will happen, soonest first; of the same instant, what was planned first.
type agenda struct {
	list  []appointment
	count int
}

type appointment struct {
	at time.Time
	n  int
	do func() error
}

func (a *agenda) plan(at time.Time, do func() error) {
	a.count++
	heap.Push(a, appointment{at.Truncate(time.Millisecond), a.count, do})
}

// next takes the soonest appointment up to the time.
func (a *agenda) next(upTo time.Time) (appointment, bool) {
	if len(a.list) == 0 || a.list[0].at.After(upTo) {
		return appointment{}, false
	}
	return heap.Pop(a).(appointment), true
}

// Len, Less, Swap, Push and Pop are container/heap's.

func (a *agenda) Len() int { return len(a.list) }
func (a *agenda) Less(i, j int) bool {
	if x, y := a.list[i], a.list[j]; !x.at.Equal(y.at) {
		return x.at.Before(y.at)
	}
	return a.list[i].n < a.list[j].n
}
func (a *agenda) Swap(i, j int) { a.list[i], a.list[j] = a.list[j], a.list[i] }
func (a *agenda) Push(x any)    { a.list = append(a.list, x.(appointment)) }
func (a *agenda) Pop() any {
	last := a.list[len(a.list)-1]
	a.list = a.list[:len(a.list)-1]
	return last
}
