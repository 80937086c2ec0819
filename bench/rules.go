package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"runtime"
	"time"

	"gezhi/bench/chance"
	"gezhi/internal/rules"
)

// Enterprises and items of the measurement of rules.
const (
	enterprises = 1 << 20
	items       = 500
)

// rules decides 500 items for 1,048,576 enterprises on one core, and then edits them on all. The fields are those that ship, the items are put together by
// chance from tests of them, a fifth of all values is unknown.
func (b *bench) rules(context.Context) error {
	rng := rand.New(rand.NewPCG(5, 2026))
	book, err := chance.Book(rng, items)
	if err != nil {
		return err
	}
	day, _ := rules.ParseDay("2026-06-01")
	table := chance.Table(rng, book, day, enterprises, 20, 200_000)
	plan := book.AsOf(day)
	runtime.GC()
	cores := runtime.GOMAXPROCS(1)
	began := time.Now()
	m := rules.NewMatrix(plan, table)
	tallies := m.Evaluate()
	took := time.Since(began)
	runtime.GOMAXPROCS(cores)
	runtime.GC()
	var mem runtime.MemStats
	runtime.ReadMemStats(&mem)
	eligible, unsaid := 0, 0
	for _, t := range tallies {
		eligible, unsaid = eligible+t.Eligible, unsaid+t.CannotSay
	}
	pairs := enterprises * items
	b.within(fmt.Sprintf("%d enterprises × %d items, all verdicts on one core", enterprises, items), took, 1500*time.Millisecond,
		fmt.Sprintf(", %d %% eligible, %d %% cannot say", eligible*100/pairs, unsaid*100/pairs))
	b.line("heap in use with profiles", fmt.Sprintf("%d MB", mem.HeapInuse>>20), "≤ 400 MB", 400/float64(mem.HeapInuse>>20))
	runtime.KeepAlive(m)
	return b.changes(rng, book, m, day)
}

// changes measures the edit of an item with its flips, of a value over all items, and the explanation of one pair.
func (b *bench) changes(rng *rand.Rand, book *rules.Book, m *rules.Matrix, day int64) error {
	drafts, err := chance.Book(rng, items)
	if err != nil {
		return err
	}
	tried := func(i int, x *rules.Item) (int, error) {
		changes, err := m.Try(i, x)
		if err != nil {
			return 0, err
		}
		flips := 0
		for range changes[0].Flips.All() {
			flips++
		}
		return flips, nil
	}
	reported := func(i int, x *rules.Item) (int, error) {
		list, err := m.Report(i, x)
		if err != nil {
			return 0, err
		}
		return len(list[0].Effects), nil
	}
	anew := func(i int) rules.Item {
		x := *drafts.Items[i]
		x.ID = book.Items[i].ID
		return x
	}
	threshold := func(i int) rules.Item {
		x := *book.Items[i]
		x.When = nudged(rng, book, x.When)
		return x
	}
	took, each, err := drafted(anew, tried)
	if err != nil {
		return err
	}
	b.within("another version of an item, all different, with who flips, p50", percentile(took, 50), 2*time.Millisecond, fmt.Sprintf(", p99 %s, %d flips each", round(percentile(took, 99)), each))
	if took, each, err = drafted(threshold, tried); err != nil {
		return err
	}
	b.within("another threshold in an item, with who flips, p50", percentile(took, 50), 2*time.Millisecond, fmt.Sprintf(", p99 %s, %d flips each", round(percentile(took, 99)), each))
	if took, each, err = drafted(threshold, reported); err != nil {
		return err
	}
	b.fact("another threshold reported: how many, how much, who gains, loses and gets another amount, p50", fmt.Sprintf("%s, p99 %s, %d effects each", round(percentile(took, 50)), round(percentile(took, 99)), each))
	var edit, explain []time.Duration
	for range 2000 {
		row, f := rng.IntN(enterprises), rng.IntN(len(book.Fields))
		v := m.Table.Get(rng.IntN(enterprises), f)
		began := time.Now()
		m.Edit(row, f, v)
		edit = append(edit, time.Since(began))
	}
	b.within("an edited value over all items, with what flips, p50", percentile(edit, 50), 50*time.Microsecond, ", p99 "+round(percentile(edit, 99)))
	const run = 100 // a single one is too short for the clock
	for _, x := range []struct {
		what string
		pair func(i int) (item, row int)
	}{
		{"of one item for a hundred enterprises in turn", func(i int) (int, int) { return i / run % items, (i/run*7919 + i) % enterprises }},
		{"of one enterprise for a hundred items in turn", func(i int) (int, int) { return i % items, i / run * 7919 % enterprises }},
		{"of any item for any enterprise", func(i int) (int, int) { return i * 31 % items, i * 7919 % enterprises }},
	} {
		explain = explain[:0]
		for n := range 2000 {
			began := time.Now()
			for i := range run {
				m.Explain(x.pair(n*run + i))
			}
			explain = append(explain, time.Since(began)/run)
		}
		b.within("one pair explained, "+x.what+", p50", percentile(explain, 50), time.Microsecond, ", p99 "+round(percentile(explain, 99)))
	}
	return nil
}

// drafted times what is made of a draft of each of 200 items, and tells how much that is on average.
func drafted(draft func(i int) rules.Item, measured func(i int, x *rules.Item) (int, error)) (took []time.Duration, each int, err error) {
	for i := range 200 {
		x := draft(i)
		began := time.Now()
		n, err := measured(i, &x)
		if err != nil {
			return nil, 0, err
		}
		took, each = append(took, time.Since(began)), each+n
	}
	return took, each / len(took), nil
}

// nudged is a condition of which one bound is another.
func nudged(rng *rand.Rand, book *rules.Book, c *rules.Cond) *rules.Cond {
	out := *c
	if c.Kind != rules.Test {
		out.Kids = append([]*rules.Cond(nil), c.Kids...)
		i := rng.IntN(len(c.Kids))
		out.Kids[i] = nudged(rng, book, c.Kids[i])
		return &out
	}
	for _, o := range []**rules.Operand{&out.Test.Low, &out.Test.High} {
		if *o != nil {
			*o = &rules.Operand{N: (*o).N + 1 + rng.Int64N(3), Param: -1}
		}
	}
	return &out
}
