// Package proof keeps a log nobody can rewrite without being found out: a Merkle tree over lines of text
// (RFC 6962), checkpoints signed by the district, and receipts that anyone can check without the database.
//
// The tree and the signatures are those of golang.org/x/mod/sumdb, which Go's own checksum database runs on.
package proof

import (
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"gezhi/internal/fault"
)

// HashSize is how many bytes a hash of the log has.
const HashSize = tlog.HashSize

// Hash is a hash in the tree: of a leaf, or of two subtrees.
type Hash = tlog.Hash

// LeafHash is the hash of a leaf's text: SHA-256 over a zero byte and the text.
func LeafHash(text []byte) Hash { return tlog.RecordHash(text) }

// ParseHash reads what a hash's String writes: base64.
func ParseHash(s string) (Hash, error) { return tlog.ParseHash(s) }

// The tree's hashes stand in one sequence: each is written once, when the last leaf below it has come, and
// never again. The sequence is kept in pieces, so that one write brings many.
const (
	// PieceHashes is how many hashes a piece holds; the last one holds what there is.
	PieceHashes = 256
	pieceBytes  = PieceHashes * HashSize
)

// StoredHashes is the length of the sequence for a tree of n leaves.
func StoredHashes(n int64) int64 {
	if n == 0 {
		return 0
	}
	return tlog.StoredHashCount(n)
}

// Pieces gives the pieces of a stored sequence by number, each whole but the last.
type Pieces func(numbers []int64) (map[int64][]byte, error)

// reader reads single hashes out of pieces, each piece once.
type reader struct {
	load  Pieces
	known map[int64][]byte
}

// ReadHashes gives the hashes at places of the sequence.
func (r *reader) ReadHashes(places []int64) ([]Hash, error) {
	var missing []int64
	for _, p := range places {
		n := p / PieceHashes
		if _, ok := r.known[n]; !ok {
			r.known[n] = nil
			missing = append(missing, n)
		}
	}
	if len(missing) > 0 {
		got, err := r.load(missing)
		if err != nil {
			return nil, err
		}
		for n, piece := range got {
			r.known[n] = piece
		}
	}
	out := make([]Hash, len(places))
	for i, p := range places {
		piece, at := r.known[p/PieceHashes], int(p%PieceHashes)*HashSize
		if at+HashSize > len(piece) {
			return nil, fmt.Errorf("hash %d of the log is missing", p)
		}
		copy(out[i][:], piece[at:])
	}
	return out, nil
}

// Tree is a stored tree of Size leaves.
type Tree struct {
	Size   int64
	pieces reader
}

// NewTree is the tree of that many leaves whose hashes the pieces hold.
func NewTree(size int64, pieces Pieces) *Tree {
	return &Tree{Size: size, pieces: reader{load: pieces, known: map[int64][]byte{}}}
}

// Root is the hash of the tree when it had the size, at most its own; it stands for every leaf up to there.
func (t *Tree) Root(size int64) (Hash, error) {
	if err := t.within(size); err != nil {
		return Hash{}, err
	}
	return tlog.TreeHash(size, &t.pieces)
}

// Inclusion proves that leaf n is in the tree of the size.
func (t *Tree) Inclusion(size, n int64) ([]Hash, error) {
	if err := t.within(size); err != nil {
		return nil, err
	}
	if n < 0 || n >= size {
		return nil, fault.New(fault.NotFound, "日志中第 %d 条不在前 %d 条之内。", "Entry %d is not among the first %d of the log.", n, size)
	}
	return tlog.ProveRecord(size, n, &t.pieces)
}

// Consistency proves that the tree of size to only added to the tree of size from.
func (t *Tree) Consistency(from, to int64) ([]Hash, error) {
	if err := t.within(to); err != nil {
		return nil, err
	}
	if from < 1 || from > to {
		return nil, fault.New(fault.Invalid, "起始条数应在 1 到 %d 之间。", "The earlier size must be from 1 to %d.", to)
	}
	return tlog.ProveTree(to, from, &t.pieces)
}

func (t *Tree) within(size int64) error {
	if size < 0 || size > t.Size {
		return fault.New(fault.NotFound, "日志目前有 %d 条，没有 %d 条。", "The log has %d entries by now, not %d.", t.Size, size)
	}
	return nil
}

// Append adds leaves. It gives the pieces that changed, by number: the last one so far, filled up, and those
// after it.
func (t *Tree) Append(leaves []Hash) (map[int64][]byte, error) {
	g := grower{reader: &t.pieces, from: StoredHashes(t.Size)}
	changed := map[int64][]byte{}
	if at := g.from % PieceHashes; at != 0 {
		// The hashes of the last piece are there already; it is written again with what is added.
		if _, err := t.pieces.ReadHashes([]int64{g.from - 1}); err != nil {
			return nil, err
		}
	}
	for i, h := range leaves {
		made, err := tlog.StoredHashesForRecordHash(t.Size+int64(i), h, &g)
		if err != nil {
			return nil, err
		}
		g.made = append(g.made, made...)
	}
	for i, h := range g.made {
		place := g.from + int64(i)
		n := place / PieceHashes
		piece, ok := changed[n]
		if !ok {
			piece = make([]byte, 0, pieceBytes)
			if old := t.pieces.known[n]; place%PieceHashes != 0 {
				piece = append(piece, old[:place%PieceHashes*HashSize]...)
			}
		}
		changed[n] = append(piece, h[:]...)
	}
	for n, piece := range changed {
		t.pieces.known[n] = piece
	}
	t.Size += int64(len(leaves))
	return changed, nil
}

// grower reads hashes that were just made beside those that are stored.
type grower struct {
	reader *reader
	from   int64
	made   []Hash
}

// ReadHashes gives the hashes at places of the sequence.
func (g *grower) ReadHashes(places []int64) ([]Hash, error) {
	out := make([]Hash, len(places))
	var old, at []int64
	for i, p := range places {
		if p >= g.from {
			out[i] = g.made[p-g.from]
		} else {
			old, at = append(old, p), append(at, int64(i))
		}
	}
	if len(old) > 0 {
		got, err := g.reader.ReadHashes(old)
		if err != nil {
			return nil, err
		}
		for i, h := range got {
			out[at[i]] = h
		}
	}
	return out, nil
}
