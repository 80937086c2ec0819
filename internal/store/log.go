package store

import (
	"cmp"
	"context"
	"fmt"
	"math/bits"
	"slices"
	"time"

	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/proof"
)

// The log's leaves are numbered in the order of commits, without gaps, also when several processes write at once. A
// command hands its leaves over (Tx.Log); those of a whole group are numbered and written just before its
// COMMIT. Until then nobody waits for another: the row that counts them is locked by the last statements only.

// leaf is one leaf on its way into log_leaves.
type leaf struct {
	zone  int
	at    int64 // when; a log that does not exist yet begins then
	kind  string
	entry int64
	hash  proof.Hash
}

// Log adds a leaf for a row the transaction writes. text is what Verify makes of the row again; entry is the row's, from
// NewID, and not used twice for a kind. A command that fails leaves no leaf.
func (tx *Tx) Log(kind string, entry int64, text []byte) {
	tx.w.log(leaf{tx.Zone, at(tx.Now), kind, entry, proof.LeafHash(text)})
}

// countLeaves makes room in the log. A zone that has no log yet gets one that begins with these leaves.
const countLeaves = `INSERT INTO log_state (zone, size, integrated, since, records_since) VALUES ($1, $2, 0, $3, $3)
	ON CONFLICT (zone) DO UPDATE SET size = log_state.size + excluded.size`

var leafColumns = []string{"zone", "n", "kind", "entry", "hash"}

// leafSQL are INSERT statements of 2ⁱ leaves for SQLite.
var leafSQL = func() (texts [7]string) {
	for i := range texts {
		texts[i] = unnamed(insertSQL("log_leaves", leafColumns, 1<<i))
	}
	return texts
}()

// eachZone hands over the leaves of each zone, zones in ascending order, so that two processes lock their logs in the
// same one.
func eachZone(leaves []leaf, fn func([]leaf) error) error {
	if !slices.IsSortedFunc(leaves, byZone) {
		slices.SortStableFunc(leaves, byZone)
	}
	for len(leaves) > 0 {
		n := 1
		for n < len(leaves) && leaves[n].zone == leaves[0].zone {
			n++
		}
		if err := fn(leaves[:n]); err != nil {
			return err
		}
		leaves = leaves[n:]
	}
	return nil
}

func byZone(a, b leaf) int { return cmp.Compare(a.zone, b.zone) }

// writeLeaves numbers and writes the group's leaves.
func (e *sqliteEngine) writeLeaves() error {
	return eachZone(e.leaves, func(leaves []leaf) error {
		cur, err := e.writer.query(context.Background(), countLeaves+" RETURNING size", []any{leaves[0].zone, len(leaves), leaves[0].at})
		if err != nil {
			return fmt.Errorf("log: %w", err)
		}
		size, err := firstInt(&Rows{cur})
		if err != nil {
			return fmt.Errorf("log: %w", err)
		}
		n := size - int64(len(leaves))
		args := make([]any, 0, len(leafColumns)<<(len(leafSQL)-1))
		for len(leaves) > 0 {
			power := min(bits.Len(uint(len(leaves)))-1, len(leafSQL)-1)
			args = args[:0]
			for i := range leaves[:1<<power] {
				l := &leaves[i]
				args = append(args, l.zone, n, l.kind, l.entry, l.hash[:])
				n++
			}
			if _, err := e.writer.exec(leafSQL[power], args...); err != nil {
				return fmt.Errorf("log: %w", err)
			}
			leaves = leaves[1<<power:]
		}
		return nil
	})
}

// writeLeaves queues what numbers and writes the group's leaves. The server gives the numbers, so that nothing
// has to be read.
func (p *pipeline) writeLeaves() {
	eachZone(p.leaves, func(leaves []leaf) error {
		kinds, entries, hashes := make([]string, len(leaves)), make([]int64, len(leaves)), make([][]byte, len(leaves))
		for i := range leaves {
			l := &leaves[i]
			kinds[i], entries[i], hashes[i] = l.kind, l.entry, l.hash[:]
		}
		p.queue = append(p.queue,
			item{sql: countLeaves, args: []any{int64(leaves[0].zone), int64(len(leaves)), leaves[0].at}, command: -1},
			item{sql: `INSERT INTO log_leaves (zone, n, kind, entry, hash)
				SELECT s.zone, s.size - $2 + u.i - 1, u.kind, u.entry, u.hash
				FROM log_state s, unnest($3::text[], $4::bigint[], $5::bytea[]) WITH ORDINALITY AS u(kind, entry, hash, i)
				WHERE s.zone = $1`,
				args: []any{int64(leaves[0].zone), int64(len(leaves)), kinds, entries, hashes}, command: -1})
		return nil
	})
}

// savedCase is a case as a transaction has just stored it.
type savedCase struct {
	id       casework.ID
	number   string
	revision int64
	digest   []byte
}

// unitColumn is the place in caseInserted of the one column that a move may leave as it is although the case says
// otherwise: the unit that last held it.
var unitColumn = slices.Index(caseInserted, "unit")

// digestCase is the digest of a case's row, given as caseInserted has it.
func digestCase(row []any) []byte { return digestRow(slices.Delete(row, unitColumn, unitColumn+1)) }

// laterColumns is how many columns at the end of caseInserted came later than the log: a row that has nothing in them
// keeps the digest it had.
const laterColumns = 2

// digestRow is the digest of a row without its unit.
func digestRow(row []any) []byte {
	for range laterColumns {
		switch row[len(row)-1] {
		case "", int64(0):
			row = row[:len(row)-1]
		}
	}
	return proof.Row(row)
}

// logState logs a case whose change has no line in its history.
func (tx *Tx) logState(c savedCase) error {
	entry := tx.NewID()
	s := proof.State{Zone: tx.Zone, Case: int64(c.id), Number: c.number, Revision: c.revision, Content: c.digest}
	tx.Log(proof.KindState, entry, s.Leaf())
	return tx.exec(`UPDATE cases SET entry=$1 WHERE zone=$2 AND id=$3`, entry, tx.Zone, int64(c.id))
}

// LogState is how far the log of a zone has come.
type LogState struct {
	Size       int64
	Integrated int64     // how many leaves are in the tree and signed for
	Since      time.Time // every row made from then on has a leaf
	Records    time.Time // every record made from then on has a leaf
}

// LogState reads it. A zone without a log has an empty one.
func (r *Reader) LogState() (LogState, error) {
	return find(r, nil, func(rows *Rows) (s LogState, err error) {
		err = rows.Scan(&s.Size, &s.Integrated, &s.Since, &s.Records)
		return s, err
	}, `SELECT size, integrated, since, records_since FROM log_state WHERE zone=$1`, r.Zone)
}

// LogLeaf is one leaf of the log.
type LogLeaf struct {
	N     int64
	Kind  string
	Entry int64
	Hash  proof.Hash
}

func scanLeaf(rows *Rows) (l LogLeaf, err error) {
	var hash []byte
	err = rows.Scan(&l.N, &l.Kind, &l.Entry, &hash)
	copy(l.Hash[:], hash)
	return l, err
}

// LogLeaves lists leaves from number n on, at most limit.
func (r *Reader) LogLeaves(n int64, limit int) ([]LogLeaf, error) {
	return collect(r, scanLeaf, `SELECT n, kind, entry, hash FROM log_leaves WHERE zone=$1 AND n >= $2 ORDER BY n LIMIT $3`, r.Zone, n, limit)
}

// LogHashes lists the hashes of leaves from number from up to to, which are all there.
func (r *Reader) LogHashes(from, to int64) ([]proof.Hash, error) {
	list, err := collect(r, func(rows *Rows) (h proof.Hash, err error) {
		var b []byte
		err = rows.Scan(&b)
		copy(h[:], b)
		return h, err
	}, `SELECT hash FROM log_leaves WHERE zone=$1 AND n >= $2 AND n < $3 ORDER BY n`, r.Zone, from, to)
	if err == nil && int64(len(list)) != to-from {
		err = fmt.Errorf("log of zone %d: %d leaves between %d and %d", r.Zone, len(list), from, to)
	}
	return list, err
}

// LogPieces loads pieces of the tree by number; it serves proof.Tree.
func (r *Reader) LogPieces(numbers []int64) (map[int64][]byte, error) {
	out := make(map[int64][]byte, len(numbers))
	for _, n := range numbers {
		list, err := collect(r, func(rows *Rows) (b []byte, err error) { return b, rows.Scan(&b) },
			`SELECT hashes FROM log_hashes WHERE zone=$1 AND piece=$2`, r.Zone, n)
		if err != nil {
			return nil, err
		}
		if len(list) == 1 {
			out[n] = list[0]
		}
	}
	return out, nil
}

// Checkpoint is a signed state of the log.
type Checkpoint struct {
	Size int64
	At   time.Time
	Note string
}

func scanCheckpoint(rows *Rows) (c Checkpoint, err error) {
	var when int64
	err = rows.Scan(&c.Size, &when, &c.Note)
	c.At = ms(when)
	return c, err
}

// LastCheckpoint is the newest one; the zero Checkpoint before the first.
func (r *Reader) LastCheckpoint() (Checkpoint, error) {
	return find(r, nil, scanCheckpoint, `SELECT size, at, note FROM log_checkpoints WHERE zone=$1 ORDER BY size DESC LIMIT 1`, r.Zone)
}

// Checkpoints lists every checkpoint that is kept, smallest first: one an hour.
func (r *Reader) Checkpoints() ([]Checkpoint, error) {
	return collect(r, scanCheckpoint, `SELECT size, at, note FROM log_checkpoints WHERE zone=$1 ORDER BY size`, r.Zone)
}

// Integrate stores what the leaves from number from on made of the tree, and the checkpoint that signs for them; Conflict
// when another process was ahead. Of the checkpoints of one hour the last is kept: the tree can be shown at any
// size, and a receipt carries its own.
func (tx *Tx) Integrate(from int64, pieces map[int64][]byte, c Checkpoint) error {
	ahead := fault.New(fault.Conflict, "日志刚刚已由另一个进程汇总。", "Another process has just integrated the log.")
	if err := tx.mustChange(ahead, `UPDATE log_state SET integrated=$1 WHERE zone=$2 AND integrated=$3`, c.Size, tx.Zone, from); err != nil {
		return err
	}
	for n, hashes := range pieces {
		if err := tx.exec(`INSERT INTO log_hashes (zone, piece, hashes) VALUES ($1,$2,$3) ON CONFLICT (zone, piece) DO UPDATE SET hashes = excluded.hashes`,
			tx.Zone, n, hashes); err != nil {
			return err
		}
	}
	if err := tx.exec(`DELETE FROM log_checkpoints WHERE zone=$1 AND size=$2 AND at >= $3`, tx.Zone, from, at(c.At.Truncate(time.Hour))); err != nil {
		return err
	}
	return tx.exec(`INSERT INTO log_checkpoints (zone, size, at, note) VALUES ($1,$2,$3,$4)`, tx.Zone, c.Size, at(c.At), c.Note)
}
