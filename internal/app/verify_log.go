package app

import (
	"bytes"
	"fmt"
	"maps"
	"slices"

	"gezhi/internal/proof"
	"gezhi/internal/store"
)

// log makes every leaf anew from the rows, the tree from the leaves, and compares both with what was signed.
func (c *verifier) log(r *store.Reader) error {
	l := &logVerifier{verifier: c, seen: map[string]int64{}}
	var err error
	if l.state, err = r.LogState(); err != nil {
		return err
	}
	for _, check := range []func(*store.Reader) error{l.events, l.states, l.pictures, l.transfers, l.holds, l.records, l.strays, l.leaves, l.checkpoints} {
		if err := check(r); err != nil {
			return err
		}
	}
	return nil
}

type logVerifier struct {
	*verifier
	state store.LogState
	seen  map[string]int64 // leaves that rows were found for, by kind
}

// row compares one row with its leaf.
func (l *logVerifier) row(kind string, at int64, e store.Entry, text []byte, what string) {
	switch {
	case e.Logged() && e.Proves(text):
		l.seen[kind]++
	case e.Logged():
		l.seen[kind]++
		l.wrong("logged", "%s: entry %d of the log is another", what, e.N)
	case e.ID != 0 || at >= l.state.Since.UnixMilli():
		l.wrong("unlogged", "%s", what)
	}
}

func (l *logVerifier) events(r *store.Reader) error {
	return r.EachLoggedEvent(func(x store.LoggedEvent) error {
		l.row(proof.KindCase, x.At, x.Entry, x.Leaf(), fmt.Sprintf("case %s event %d", x.Number, x.Seq))
		return nil
	})
}

// states compares every case's row with the digest its last logged change left.
func (l *logVerifier) states(r *store.Reader) error {
	return r.EachLoggedCase(func(x store.LoggedCase) error {
		if x.Changed.ID != 0 && !x.Changed.Logged() {
			l.wrong("unlogged", "case %s", x.Number)
			return nil
		}
		good := x.Last == 0 || bytes.Equal(x.Digest, x.Content) // from before the log: nothing is known of it
		if x.Changed.N > x.LastN {
			good = x.Changed.Proves(x.State.Leaf())
		}
		if !good {
			l.wrong("logged", "case %s is not as its last change left it", x.Number)
		}
		return nil
	})
}

func (l *logVerifier) pictures(r *store.Reader) error {
	return r.EachLoggedPhoto(func(x store.LoggedPhoto) error {
		l.row(proof.KindPhoto, x.At, x.Entry, x.Leaf(), fmt.Sprintf("photo %d", x.Photo.ID))
		return nil
	})
}

func (l *logVerifier) transfers(r *store.Reader) error {
	return r.EachLoggedTransfer(func(x store.LoggedTransfer) error {
		l.row(proof.KindTransfer, x.At, x.Entry, x.Leaf(), "transfer "+x.Transfer.ID)
		return nil
	})
}

func (l *logVerifier) holds(r *store.Reader) error {
	return r.EachLoggedHold(func(x store.LoggedHold) error {
		l.row(proof.KindHold, x.At, x.Entry, x.Leaf(), "hold "+x.Hold.ID)
		return nil
	})
}

// records compares awards, redemptions and the like with the leaf of their last change. The changes that the rows count
// are as many as their leaves: nothing is older than it says, and nothing is gone.
func (l *logVerifier) records(r *store.Reader) error {
	return r.EachRecord(func(x store.LoggedRecord) error {
		l.seen[x.Kind] += x.Change
		switch what := x.Kind + " " + x.Record.ID; {
		case x.Logged() && !x.Proves(x.Leaf()):
			l.wrong("logged", "%s is not as its last change left it", what)
		case !x.Logged() && (x.Entry.ID != 0 || x.Change != 0 || !x.Made.Before(l.state.Records)):
			l.wrong("unlogged", "%s", what)
		}
		return nil
	})
}

// strays finds leaves without a row. A leaf of a case's state loses its row when the case changes again.
func (l *logVerifier) strays(r *store.Reader) error {
	counts, err := r.LogCounts()
	if err != nil {
		return err
	}
	for kind, n := range counts {
		if n == l.seen[kind] || kind == proof.KindState {
			continue
		}
		if store.IsRecord(kind) {
			l.wrong("stray", "the log has %d changes of records of the kind %s, the records count %d", n, kind, l.seen[kind])
			continue
		}
		leaf, err := r.StrayLeaf(kind)
		if err != nil {
			return err
		}
		l.wrong("stray", "entry %d of the log: %s %d", leaf.N, leaf.Kind, leaf.Entry)
	}
	return nil
}

// leaves counts the leaves and builds the tree of those that are signed for.
func (l *logVerifier) leaves(r *store.Reader) error {
	next := int64(0)
	for {
		list, err := r.LogLeaves(next, integrateLeaves)
		if err != nil {
			return err
		}
		hashes := make([]proof.Hash, 0, len(list))
		for i, x := range list {
			if x.N != next+int64(i) {
				l.wrong("leaves", "entry %d follows entry %d", x.N, next+int64(i)-1)
				return nil
			}
			if x.N < l.state.Integrated {
				hashes = append(hashes, x.Hash)
			}
		}
		if good, err := l.grow(r, next, hashes); err != nil || !good {
			return err
		}
		if next += int64(len(list)); len(list) < integrateLeaves {
			break
		}
	}
	if next != l.state.Size {
		l.wrong("leaves", "%d entries, the log counts %d", next, l.state.Size)
	}
	return l.lastPiece(r)
}

// grow compares what leaves from number from on make of the tree with what is stored.
func (l *logVerifier) grow(r *store.Reader, from int64, hashes []proof.Hash) (good bool, err error) {
	if len(hashes) == 0 {
		return true, nil
	}
	pieces, err := proof.NewTree(from, r.LogPieces).Append(hashes)
	if err != nil {
		l.wrong("tree", "%s", explain(err))
		return false, nil
	}
	for _, n := range slices.Sorted(maps.Keys(pieces)) {
		want := pieces[n]
		stored, err := r.LogPieces([]int64{n})
		if err != nil {
			return false, err
		}
		if has := stored[n]; len(has) < len(want) || !bytes.Equal(has[:len(want)], want) {
			l.wrong("tree", "piece %d of the tree", n)
			return false, nil
		}
	}
	return true, nil
}

// lastPiece makes sure that nothing is stored beyond the tree.
func (l *logVerifier) lastPiece(r *store.Reader) error {
	n, length, err := r.LastPiece()
	if err != nil {
		return err
	}
	want := proof.StoredHashes(l.state.Integrated)
	if has := n*proof.PieceHashes + int64(length/proof.HashSize); n >= 0 && (has != want || length%proof.HashSize != 0) || n < 0 && want != 0 {
		l.wrong("tree", "it holds %d hashes, %d entries make %d", max(has, 0), l.state.Integrated, want)
	}
	return nil
}

// checkpoints opens everything that was ever signed and is still there.
func (l *logVerifier) checkpoints(r *store.Reader) error {
	v, err := l.app.logVerifier(r.Zone)
	if err != nil {
		return err
	}
	list, err := r.Checkpoints()
	if err != nil {
		return err
	}
	last := int64(0)
	for _, stored := range list {
		last = stored.Size
		c, err := v.Open(stored.Note)
		switch {
		case err != nil:
			l.wrong("checkpoint", "of %d entries: %s", stored.Size, explain(err))
		case c.Size != stored.Size || c.At != stored.At.UnixMilli() || c.Since != l.state.Since.UnixMilli():
			l.wrong("checkpoint", "of %d entries: the row says otherwise than what was signed", stored.Size)
		default:
			l.checkpoint(r, c)
		}
	}
	if last != l.state.Integrated {
		l.wrong("checkpoint", "the last one is of %d entries, %d are in the tree", last, l.state.Integrated)
	}
	return nil
}

// checkpoint compares what was signed with the tree as it was then. The pieces of the tree were compared with the leaves.
func (l *logVerifier) checkpoint(r *store.Reader, c proof.Checkpoint) {
	root, err := proof.NewTree(l.state.Integrated, r.LogPieces).Root(c.Size)
	if err != nil {
		l.wrong("checkpoint", "of %d entries: %s", c.Size, explain(err))
	} else if root != c.Root {
		l.wrong("checkpoint", "of %d entries: the log is not the one that was signed", c.Size)
	}
}
