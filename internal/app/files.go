package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"time"

	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/filetype"
	"gezhi/internal/store"
)

// A file that no move names is kept for looseTime: long enough to put a form right, and no store for files. One person
// has no more of them at a time than one form can bring.
const (
	looseTime  = 48 * time.Hour
	looseMost  = 200 << 20 // bytes
	looseBatch = 50        // how many are dropped in one command
)

// filesAtOnce is how many files of up to 20 MB are held in memory on their way in.
const filesAtOnce = 4

// AddFile keeps a document until its move is submitted. It is kept byte for byte: what it is is decided by its content,
// and what is no document is refused with a sentence that says why.
func (a *App) AddFile(ctx context.Context, v Viewer, name string, body io.Reader) (store.File, error) {
	if !v.Known() {
		return store.File{}, v.need(0)
	}
	select {
	case a.files <- struct{}{}:
		defer func() { <-a.files }()
	case <-ctx.Done():
		return store.File{}, ctx.Err()
	}
	f := store.File{ID: a.db.NewID(), By: v.Person}
	var err error
	if f.Body, err = io.ReadAll(io.LimitReader(body, filetype.MaxBytes+1)); err != nil {
		return store.File{}, err
	}
	if f.Name, f.Kind, err = filetype.Check(name, f.Body); err != nil {
		return store.File{}, err
	}
	sum := sha256.Sum256(f.Body)
	f.Size, f.SHA256 = int64(len(f.Body)), hex.EncodeToString(sum[:])
	err = a.db.InTx(ctx, v.Zone, func(tx *store.Tx) error {
		loose, err := tx.LooseFiles(v.Person)
		if err != nil {
			return err
		}
		if loose+f.Size > looseMost {
			return fault.New(fault.Conflict, "您已上传、尚未提交的材料合计将超过 200 MB；请先提交已上传的材料，或两天后再传。",
				"What you have uploaded and not yet sent would come to more than 200 MB; send that first, or come back in two days.")
		}
		return tx.AddFile(f)
	})
	f.Body = nil
	return f, err
}

// FileFor is a document with its content, for somebody who may see its case or grant or who uploaded it; NotFound for others.
func (a *App) FileFor(ctx context.Context, v Viewer, id int64) (store.File, error) {
	var f store.File
	err := a.db.View(ctx, v.Zone, func(r *store.Reader) (err error) {
		if f, err = fileFor(r, v, id); err != nil {
			return err
		}
		f.Body, err = r.FileBody(id)
		return err
	})
	return f, err
}

var errNoFile = fault.New(fault.NotFound, "没有这份材料。", "There is no such document.")

func fileFor(r *store.Reader, v Viewer, id int64) (store.File, error) {
	f, err := r.File(id)
	switch {
	case err != nil:
		return store.File{}, err
	case v.Known() && f.By == v.Person:
		return f, nil
	case f.Case != 0:
		c, err := r.Case(f.Case, v.Scope())
		if err == nil {
			var secret bool
			if secret, err = r.SealedFrom(c, v.Scope(), f.By); secret {
				err = errNoFile
			}
		}
		if fault.KindOf(err) != fault.NotFound {
			return f, err
		}
	case f.Grant != 0 && v.Known():
		if _, err := r.Grant(v.grantReach(), f.Grant); fault.KindOf(err) != fault.NotFound {
			return f, err
		}
	}
	return store.File{}, errNoFile
}

// OwnFiles are the documents of a form that came back, without their contents: those the viewer uploaded and nothing
// has named yet. Others are left out.
func (a *App) OwnFiles(ctx context.Context, v Viewer, ids []int64) ([]store.File, error) {
	var out []store.File
	err := a.db.View(ctx, v.Zone, func(r *store.Reader) error {
		out = nil
		for _, id := range ids {
			f, err := r.File(id)
			if err == nil && f.By == v.Person && f.Loose() {
				out = append(out, f)
			} else if fault.KindOf(err) != fault.NotFound && err != nil {
				return err
			}
		}
		return nil
	})
	return out, err
}

// attachFiles ties the documents that an event's fields name to its case.
func attachFiles(tx *store.Tx, p *casework.Procedure, v Viewer, c casework.Case, e casework.Event) error {
	for field, id := range p.Documents(e.Fields) {
		if err := tx.AttachFile(field, id, v.Person, c.ID); err != nil {
			return err
		}
	}
	return nil
}

// DropLooseFiles deletes documents that were uploaded and never sent, and says how many.
func (a *App) DropLooseFiles(ctx context.Context, zone int) (done int, err error) {
	for {
		n := 0
		err := a.db.InTx(ctx, zone, func(tx *store.Tx) (err error) {
			n, err = tx.DropLooseFiles(tx.Now.Add(-looseTime), looseBatch)
			return err
		})
		if done += n; err != nil || n < looseBatch {
			return done, err
		}
	}
}
