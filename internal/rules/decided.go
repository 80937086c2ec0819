package rules

import (
	"math/bits"
	"runtime"
	"sync"
)

// Tally is how many enterprises an item is for, and of how many it cannot be said.
type Tally struct{ Eligible, CannotSay int }

// decided is what an item comes to for everybody in a table. Nobody has an item that is not in force.
type decided struct {
	inForce bool
	rows    int
	yes, no marks // for whom it is and for whom not; of the others it cannot be said
}

// leastChunks is how much of a table is worth a goroutine: that many take some 0.1 ms.
const leastChunks = 8

// decide works items of a plan out for everybody in a table, on all cores, a chunk of enterprises at a time: each different test of the items is
// worked out once, into one bit each, and conditions are put together from those bits. It writes over what is spare before it takes new memory,
// which costs as much as the work.
func decide(p *Plan, t *Table, spare []*decided, items ...int) []*decided {
	if len(items) == 0 {
		return nil
	}
	out := make([]*decided, len(items))
	for i, item := range items {
		d := &decided{}
		if i < len(spare) {
			d = spare[i]
		}
		if d.inForce, d.rows = p.Items[item].root != nil, t.Len(); d.inForce && len(d.yes) != t.chunks() {
			d.yes, d.no = make(marks, t.chunks()), make(marks, t.chunks())
		}
		out[i] = d
	}
	spread(t.chunks(), func() func(k int) {
		s := newSheet(t)
		roots := make([]*tree, len(items))
		for i, item := range items {
			roots[i] = s.tree(p.Items[item].root)
		}
		return func(k int) {
			s.turn(k)
			for i, root := range roots {
				if root != nil {
					s.decide(root, 0, &out[i].yes[k], &out[i].no[k])
				}
			}
		}
	})
	return out
}

// spread has each core work through a run of chunks, by a function of its own. They are made one after another, in the order of the runs.
func spread(chunks int, begin func() func(k int)) {
	parts := max(1, min(runtime.GOMAXPROCS(0), chunks/leastChunks))
	var all sync.WaitGroup
	for part := range parts {
		work := begin()
		all.Go(func() {
			for k := part * chunks / parts; k < (part+1)*chunks/parts; k++ {
				work(k)
			}
		})
	}
	all.Wait()
}

func (d *decided) tally() (t Tally) {
	if !d.inForce {
		return t
	}
	said := 0
	for k := range d.yes {
		yes, no := &d.yes[k], &d.no[k]
		for w := range yes {
			t.Eligible += bits.OnesCount64(yes[w])
			said += bits.OnesCount64(yes[w] | no[w])
		}
	}
	t.CannotSay = d.rows - said
	return t
}

func (d *decided) at(row int) State { return d.word(row / 64).at(row % 64) }

func (d *decided) put(row int, s State) {
	if d.inForce {
		d.yes.put(row, s == Eligible)
		d.no.put(row, s == NotFor)
	}
}

// grow makes room for more enterprises, of whom it cannot be said.
func (d *decided) grow(rows int) {
	d.rows = rows
	for d.inForce && len(d.yes) < chunksOf(rows) {
		d.yes, d.no = append(d.yes, chunk{}), append(d.no, chunk{})
	}
}

// saidWord is what an item comes to for 64 enterprises.
type saidWord struct {
	inForce bool
	yes, no uint64
}

func (d *decided) word(w int) saidWord {
	if !d.inForce {
		return saidWord{}
	}
	return saidWord{true, d.yes[w/chunkWords][w%chunkWords], d.no[w/chunkWords][w%chunkWords]}
}

// saying is what the bits of yes and no say, without a branch that nobody could foretell.
var saying = [4]State{0b00: CannotSay, 0b01: Eligible, 0b10: NotFor}

func (s saidWord) at(bit int) State {
	if !s.inForce {
		return NotInForce
	}
	b := uint(bit) % 64
	return saying[s.yes>>b&1|s.no>>b&1<<1]
}
