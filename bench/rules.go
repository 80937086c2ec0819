package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"runtime"
	"strings"
	"time"

	"gezhi/internal/fault"
	"gezhi/internal/rules"
	"gezhi/packs"
)

// Enterprises and items of the measurement of rules.
const (
	enterprises = 1 << 20
	items       = 500
)

// rules decides 500 items for 1,048,576 enterprises on one core. The fields are those that ship, the items are put together by
// chance from tests of them, a fifth of all values is unknown.
func (b *bench) rules(context.Context) error {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	rng := rand.New(rand.NewPCG(5, 2026))
	book, err := chanceBook(rng)
	if err != nil {
		return err
	}
	day, _ := rules.ParseDay("2026-06-01")
	table := chanceTable(rng, book, day)
	plan := book.AsOf(day)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	began := time.Now()
	m := rules.NewMatrix(plan, table)
	tests := time.Since(began)
	tallies := m.Evaluate()
	took := time.Since(began)
	runtime.GC()
	runtime.ReadMemStats(&after)
	eligible, unsaid := 0, 0
	for _, t := range tallies {
		eligible, unsaid = eligible+t.Eligible, unsaid+t.CannotSay
	}
	pairs := enterprises * items
	b.within(fmt.Sprintf("%d enterprises × %d items, all verdicts", enterprises, items), took, 1500*time.Millisecond,
		fmt.Sprintf(", tests %s, %d %% eligible, %d %% cannot say", round(tests), eligible*100/pairs, unsaid*100/pairs))
	b.line("heap in use with profiles and tests", fmt.Sprintf("%d MB", after.HeapInuse>>20), "≤ 400 MB", 400/float64(after.HeapInuse>>20))
	runtime.KeepAlive(m)
	return b.changes(rng, book, m, day)
}

// changes measures the edit of an item with its flips, of a value over all items, and the explanation of one pair.
func (b *bench) changes(rng *rand.Rand, book *rules.Book, m *rules.Matrix, day int64) error {
	drafts, err := chanceBook(rng)
	if err != nil {
		return err
	}
	var item []time.Duration
	flips := 0
	for i := range 200 {
		x := *drafts.Items[i]
		x.ID = book.Items[i].ID
		began := time.Now()
		changes, err := m.Try(i, &x)
		item = append(item, time.Since(began))
		if err != nil {
			return err
		}
		flips += len(changes[0].Flips)
	}
	b.within("another version of an item, all different, with who flips, p50", percentile(item, 50), 2*time.Millisecond,
		fmt.Sprintf(", p99 %s, %d flips each", round(percentile(item, 99)), flips/len(item)))
	item = item[:0]
	flips = 0
	for i := range 200 {
		x := *book.Items[i]
		x.When = nudged(rng, book, x.When)
		began := time.Now()
		changes, err := m.Try(i, &x)
		item = append(item, time.Since(began))
		if err != nil {
			return err
		}
		flips += len(changes[0].Flips)
	}
	b.within("another threshold in an item, with who flips, p50", percentile(item, 50), 2*time.Millisecond,
		fmt.Sprintf(", p99 %s, %d flips each", round(percentile(item, 99)), flips/len(item)))
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
	for range 2000 {
		row, x := rng.IntN(enterprises-run), rng.IntN(items)
		began := time.Now()
		for i := range run {
			m.Explain(x, row+i)
		}
		explain = append(explain, time.Since(began)/run)
	}
	b.within("one pair explained, p50", percentile(explain, 50), time.Microsecond, fmt.Sprintf(" (%d ns), p99 %d ns", percentile(explain, 50).Nanoseconds(), percentile(explain, 99).Nanoseconds()))
	return nil
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

// chanceBook puts items together from tests of the fields that ship.
func chanceBook(rng *rand.Rand) (*rules.Book, error) {
	src, err := fs.ReadFile(packs.FS, "common/policies.yaml")
	if err != nil {
		return nil, err
	}
	shipped, err := rules.Parse("policies.yaml", src)
	if err != nil {
		return nil, err
	}
	var out strings.Builder
	fields, _, _ := strings.Cut(string(src), "\nparams:")
	out.WriteString(fields[strings.Index(fields, "\nfields:"):])
	out.WriteString("\nitems:\n")
	for i := range items {
		fmt.Fprintf(&out, "  - {id: item-%d, name: {zh: 示例, en: Example}, basis: 示例, way: grant, from: 2020-01-01, when: {all: [", i)
		for range 3 + rng.IntN(5) {
			switch rng.IntN(6) {
			case 0:
				fmt.Fprintf(&out, "{any: [%s, %s]}, ", chanceTest(rng, shipped), chanceTest(rng, shipped))
			case 1:
				fmt.Fprintf(&out, "{not: %s}, ", chanceTest(rng, shipped))
			default:
				out.WriteString(chanceTest(rng, shipped) + ", ")
			}
		}
		out.WriteString("]}}\n")
	}
	b, err := rules.Parse("chance.yaml", []byte(out.String()))
	if list := fault.Fields(err); len(list) > 0 {
		return nil, errors.New(list[0].Field + " " + list[0].EN)
	}
	return b, err
}

func chanceTest(rng *rand.Rand, b *rules.Book) string {
	f := b.Fields[rng.IntN(len(b.Fields))]
	most := rng.IntN(2) == 0
	bound := func(value string) string {
		if most {
			return fmt.Sprintf("{field: %s, at_most: %s}", f.ID, value)
		}
		return fmt.Sprintf("{field: %s, at_least: %s}", f.ID, value)
	}
	switch f.Kind {
	case rules.Count:
		return bound(fmt.Sprint(10 * (1 + rng.IntN(30))))
	case rules.Money:
		if rng.IntN(4) == 0 {
			return fmt.Sprintf("{field: rd_3y, of: sales_3y, at_least: %d%%}", 1+rng.IntN(12))
		}
		return bound(fmt.Sprint(100*(1+rng.IntN(20)), "万元"))
	case rules.Rate:
		return bound(fmt.Sprint(5*(1+rng.IntN(19)), "%"))
	case rules.Day:
		return fmt.Sprintf("{field: %s, months_ago: %d}", f.ID, 6*(1+rng.IntN(10)))
	case rules.Flag:
		return fmt.Sprintf("{field: %s, is: no}", f.ID)
	case rules.Choice:
		return fmt.Sprintf("{field: %s, in: [%s, %s]}", f.ID, f.Choices[0].ID, f.Choices[1+rng.IntN(len(f.Choices)-1)].ID)
	case rules.Set:
		return fmt.Sprintf("{not: {field: %s, has: [%s]}}", f.ID, f.Choices[rng.IntN(len(f.Choices))].ID)
	}
	return fmt.Sprintf("{field: %s, under: [%c%d]}", f.ID, 'A'+rune(rng.IntN(20)), 1+rng.IntN(9))
}

// chanceTable fills profiles by chance.
func chanceTable(rng *rand.Rand, b *rules.Book, day int64) *rules.Table {
	t := rules.NewTable(b.Fields, enterprises)
	for f, field := range b.Fields {
		if field.Kind == rules.Code {
			codes := make([]string, enterprises)
			for i := range codes {
				if rng.IntN(5) > 0 {
					codes[i] = fmt.Sprintf("%c%04d", 'A'+rune(rng.IntN(20)), rng.IntN(10_000))
				}
			}
			t.SetCodes(f, codes)
			continue
		}
		for row := range enterprises {
			if rng.IntN(5) == 0 {
				continue
			}
			var n int64
			switch field.Kind {
			case rules.Count:
				n = rng.Int64N(300)
			case rules.Money:
				n = rng.Int64N(2500_0000_00)
			case rules.Rate:
				n = rng.Int64N(10_000)
			case rules.Day:
				n = day - rng.Int64N(2000)
			case rules.Flag:
				n = rng.Int64N(2)
			case rules.Choice:
				n = rng.Int64N(int64(len(field.Choices)))
			case rules.Set:
				n = rng.Int64N(1 << len(field.Choices))
			}
			t.Set(row, f, rules.Known(n))
		}
	}
	return t
}
