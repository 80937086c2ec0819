package app

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/ledger"
	"gezhi/internal/proof"
	"gezhi/internal/store"
)

// integrateLeaves is how many leaves are integrated at a time: a write of about a megabyte, during which others wait.
const integrateLeaves = 16_384

// signer signs for the log of a zone. Its key comes out of the key file, so there is no second secret to keep.
func (a *App) signer(zone int) (*proof.Signer, error) {
	key, err := a.ring.SigningKey("log " + strconv.Itoa(zone))
	if err != nil {
		return nil, err
	}
	return proof.NewSigner(zone, key), nil
}

// LogKey is the public key of a zone's log, for whoever checks receipts.
func (a *App) LogKey(zone int) (string, error) {
	s, err := a.signer(zone)
	if err != nil {
		return "", err
	}
	return s.Key(), nil
}

// logVerifier checks what signer signed.
func (a *App) logVerifier(zone int) (proof.Verifier, error) {
	key, err := a.LogKey(zone)
	if err != nil {
		return proof.Verifier{}, err
	}
	return proof.ParseKey(key)
}

// Integrate takes every leaf of the zone's log that is not in the tree yet into it and signs a checkpoint. It returns how
// many there were. Run it from one process or from several: each leaf is integrated once.
func (a *App) Integrate(ctx context.Context, zone int) (int64, error) {
	var done int64
	for {
		step, err := a.nextStep(ctx, zone)
		if err != nil || step.to == step.from {
			return done, err
		}
		err = a.db.InTx(ctx, zone, func(tx *store.Tx) error { return tx.Integrate(step.from, step.pieces, step.checkpoint) })
		if err == nil {
			done += step.to - step.from
		} else if fault.KindOf(err) != fault.Conflict { // another process was quicker
			return done, err
		}
	}
}

// step is the next part of the log to integrate.
type step struct {
	from, to   int64
	pieces     map[int64][]byte
	checkpoint store.Checkpoint
}

// nextStep works out what the next leaves make of the tree. It does so beside the writer: leaves that are numbered
// do not change any more. What is there is compared with what was signed before, so that a changed tree is never
// signed for.
func (a *App) nextStep(ctx context.Context, zone int) (step, error) {
	var s step
	signer, err := a.signer(zone)
	if err != nil {
		return s, err
	}
	err = a.db.View(ctx, zone, func(r *store.Reader) error {
		state, err := r.LogState()
		if err != nil {
			return err
		}
		s = step{from: state.Integrated, to: min(state.Size, state.Integrated+integrateLeaves)}
		if s.to == s.from {
			return nil
		}
		tree := proof.NewTree(s.from, r.LogPieces)
		if err := a.signedBefore(r, tree); err != nil {
			return err
		}
		leaves, err := r.LogHashes(s.from, s.to)
		if err != nil {
			return err
		}
		if s.pieces, err = tree.Append(leaves); err != nil {
			return err
		}
		root, err := tree.Root(s.to)
		if err != nil {
			return err
		}
		c := proof.Checkpoint{Zone: zone, Size: s.to, Root: root, At: r.Now.UnixMilli(), Since: state.Since.UnixMilli()}
		note, err := signer.Note(c)
		s.checkpoint = store.Checkpoint{Size: s.to, At: r.Now, Note: note}
		return err
	})
	return s, err
}

// signedBefore compares the tree as it is stored with the last checkpoint.
func (a *App) signedBefore(r *store.Reader, tree *proof.Tree) error {
	if tree.Size == 0 {
		return nil
	}
	last, err := r.LastCheckpoint()
	if err != nil {
		return err
	}
	v, err := a.logVerifier(r.Zone)
	if err != nil {
		return err
	}
	c, err := v.Open(last.Note)
	if err != nil {
		return fmt.Errorf("log of zone %d: the last checkpoint: %w", r.Zone, err)
	}
	root, err := tree.Root(tree.Size)
	if err != nil {
		return err
	}
	if c.Size != tree.Size || c.Root != root {
		return fmt.Errorf("log of zone %d: the stored tree of %d leaves is not the one that was signed; run gezhi verify", r.Zone, tree.Size)
	}
	return nil
}

// Checkpoint is the newest signed checkpoint of a zone's log, with everything there is by now in it.
func (a *App) Checkpoint(ctx context.Context, zone int) (string, error) {
	if _, err := a.Integrate(ctx, zone); err != nil {
		return "", err
	}
	var c store.Checkpoint
	err := a.db.View(ctx, zone, func(r *store.Reader) (err error) {
		c, err = r.LastCheckpoint()
		return err
	})
	if err == nil && c.Size == 0 {
		err = fault.New(fault.NotFound, "日志还没有内容，尚未签发检查点。", "The log is empty; nothing has been signed yet.")
	}
	return c.Note, err
}

// LeafProof is what shows that a leaf is in a tree, for programs.
type LeafProof struct {
	Zone   int      `json:"zone"`
	Index  int64    `json:"index"`
	Size   int64    `json:"size"`
	Leaf   string   `json:"leaf_hash"`
	Hashes []string `json:"hashes"`
}

// Inclusion proves that leaf n is in the log's first size leaves (0: all that is signed for). It tells no content.
func (a *App) Inclusion(ctx context.Context, zone int, n, size int64) (LeafProof, error) {
	p := LeafProof{Zone: zone, Index: n}
	err := a.db.View(ctx, zone, func(r *store.Reader) error {
		state, err := r.LogState()
		if err != nil {
			return err
		}
		if p.Size = size; size == 0 {
			p.Size = state.Integrated
		}
		hashes, err := proof.NewTree(state.Integrated, r.LogPieces).Inclusion(p.Size, n)
		if err != nil {
			return err
		}
		leaf, err := r.LogHashes(n, n+1)
		if err != nil {
			return err
		}
		p.Leaf, p.Hashes = leaf[0].String(), texts(hashes)
		return nil
	})
	return p, err
}

// GrowthProof is what shows that a log only grew, for programs.
type GrowthProof struct {
	Zone   int      `json:"zone"`
	From   int64    `json:"from"`
	To     int64    `json:"to"`
	Hashes []string `json:"hashes"`
}

// Consistency proves that the log of the later size only added to the one of the earlier (to 0: all that is signed for).
func (a *App) Consistency(ctx context.Context, zone int, from, to int64) (GrowthProof, error) {
	p := GrowthProof{Zone: zone, From: from, To: to}
	err := a.db.View(ctx, zone, func(r *store.Reader) error {
		state, err := r.LogState()
		if err != nil {
			return err
		}
		if to == 0 {
			p.To = state.Integrated
		}
		hashes, err := proof.NewTree(state.Integrated, r.LogPieces).Consistency(from, p.To)
		p.Hashes = texts(hashes)
		return err
	})
	return p, err
}

func texts(hashes []proof.Hash) []string {
	out := make([]string, len(hashes))
	for i, h := range hashes {
		out[i] = h.String()
	}
	return out
}

// Proven is a receipt with what it is about.
type Proven struct {
	Receipt    proof.Receipt // without a title
	Checkpoint proof.Checkpoint
}

// prove makes the receipt of a leaf. The leaf is integrated first if it is not yet.
func (a *App) prove(ctx context.Context, zone int, n int64, text []byte) (Proven, error) {
	var p Proven
	v, err := a.logVerifier(zone)
	if err != nil {
		return p, err
	}
	note, err := a.Checkpoint(ctx, zone)
	if err != nil {
		return p, err
	}
	if p.Checkpoint, err = v.Open(note); err != nil {
		return p, err
	}
	err = a.db.View(ctx, zone, func(r *store.Reader) error {
		hashes, err := proof.NewTree(p.Checkpoint.Size, r.LogPieces).Inclusion(p.Checkpoint.Size, n)
		p.Receipt = proof.NewReceipt("", zone, n, text, hashes, note)
		return err
	})
	if err != nil {
		return p, err
	}
	// A row that was changed since makes a text the log does not know. Nobody is given a receipt that proves nothing.
	if _, err := p.Receipt.Verify(v); err != nil {
		return p, fmt.Errorf("entry %d of the log of zone %d does not prove its row; run gezhi verify: %s", n, zone, explain(err))
	}
	return p, nil
}

// ProvenCase is the receipt of a decision in a case.
type ProvenCase struct {
	Proven
	Case  casework.Case
	Event EventLine
}

// CaseReceipt proves the last decision in a case, for those who may see the case: the last line of its history that
// somebody made, or the last one.
func (a *App) CaseReceipt(ctx context.Context, v Viewer, id casework.ID) (ProvenCase, error) {
	page, err := a.CasePage(ctx, v, id)
	if err != nil {
		return ProvenCase{}, err
	}
	var logged store.LoggedEvent
	err = a.db.View(ctx, v.Zone, func(r *store.Reader) error {
		events, err := r.LoggedEvents(id)
		if err != nil {
			return err
		}
		logged = decision(events)
		return nil
	})
	if err != nil {
		return ProvenCase{}, err
	}
	if !logged.Logged() {
		return ProvenCase{}, fault.New(fault.NotFound, "这件案件办理于启用防篡改日志之前，没有凭证。", "This case was handled before the log began; there is no receipt for it.")
	}
	out := ProvenCase{Case: page.Case}
	if out.Proven, err = a.prove(ctx, v.Zone, logged.N, logged.Leaf()); err != nil {
		return out, err
	}
	for _, e := range page.Events {
		if int64(e.Seq) == logged.Seq {
			out.Event = e
		}
	}
	return out, nil
}

// decision is the line of a history to give a receipt for.
func decision(events []store.LoggedEvent) store.LoggedEvent {
	out := store.LoggedEvent{Entry: store.Entry{N: -1}}
	for _, e := range events {
		if e.Logged() && (e.Actor != 0 || out.Actor == 0) {
			out = e
		}
	}
	return out
}

// ProvenTransfer is the receipt of a transfer.
type ProvenTransfer struct {
	Proven
	Transfer ledger.Posted
}

// TransferReceipt proves a transfer, for whoever owns one of its accounts.
func (a *App) TransferReceipt(ctx context.Context, v Viewer, id string) (ProvenTransfer, error) {
	var out ProvenTransfer
	var logged store.LoggedTransfer
	err := a.db.View(ctx, v.Zone, func(r *store.Reader) (err error) {
		if out.Transfer, err = r.Transfer(id); err != nil {
			return err
		}
		own, held := PersonAccount(v.Person), ledger.Of(ledger.Held, strconv.FormatInt(int64(v.Person), 10))
		if t := out.Transfer; v.Person == 0 || t.From != own && t.To != own && t.From != held && t.To != held {
			return fault.New(fault.NotFound, "没有编号为 %s 的账。", "There is no transfer %s.", id) // another's is not told from none
		}
		logged, err = r.LoggedTransfer(id)
		return err
	})
	if err != nil {
		return out, err
	}
	if !logged.Logged() {
		return out, fault.New(fault.NotFound, "这笔账记于启用防篡改日志之前，没有凭证。", "This transfer was made before the log began; there is no receipt for it.")
	}
	out.Proven, err = a.prove(ctx, v.Zone, logged.N, logged.Leaf())
	return out, err
}

// CheckReceipt checks a receipt file as somebody hands it in, with the zone's own key. What is wrong is said by the
// error.
func (a *App) CheckReceipt(zone int, file []byte) (proof.Receipt, proof.Checkpoint, error) {
	r, err := proof.ParseReceipt(file)
	if err != nil {
		return r, proof.Checkpoint{}, err
	}
	v, err := a.logVerifier(zone)
	if err != nil {
		return r, proof.Checkpoint{}, err
	}
	c, err := r.Verify(v)
	return r, c, err
}

// LogSummary is what a page says of a zone's log.
type LogSummary struct {
	State      store.LogState
	Checkpoint proof.Checkpoint // the newest; the zero one before the first
	Note       string
	Key        string
}

// LogSummary loads it.
func (a *App) LogSummary(ctx context.Context, zone int) (LogSummary, error) {
	var s LogSummary
	v, err := a.logVerifier(zone)
	if err != nil {
		return s, err
	}
	if s.Note, err = a.Checkpoint(ctx, zone); err != nil && fault.KindOf(err) != fault.NotFound {
		return s, err
	}
	if s.Note != "" {
		if s.Checkpoint, err = v.Open(s.Note); err != nil {
			return s, err
		}
	}
	s.Key, err = a.LogKey(zone)
	return s, errors.Join(err, a.db.View(ctx, zone, func(r *store.Reader) (err error) {
		s.State, err = r.LogState()
		return err
	}))
}
