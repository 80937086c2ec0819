package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"reflect"
	"testing"
	"time"

	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/filetype"
	"gezhi/internal/policy"

	"github.com/google/go-cmp/cmp"
)

// newFile is a file of somebody's with something in every field but the case.
func newFile(db *DB, by casework.Person, content string) File {
	sum := sha256.Sum256([]byte(content))
	return File{ID: db.NewID(), By: by, Name: "合同.pdf", Kind: filetype.PDF, Size: int64(len(content)), SHA256: hex.EncodeToString(sum[:]), Body: []byte(content)}
}

func TestAFileComesBackWholeAndIsTiedOnce(t *testing.T) {
	forEngines(t, func(t *testing.T, db *DB) {
		who, other := newcomer(t, db), newcomer(t, db)
		one, two := wholeCase(t, casework.ID(db.NewID())), wholeCase(t, casework.ID(db.NewID()))
		two.Number = "330108-20260302-00002"
		f := newFile(db, who, "%PDF-1.4 一")
		loose := newFile(db, who, "%PDF-1.4 二")
		write(t, db, func(tx *Tx) error {
			f.At, loose.At = ms(at(tx.Now)), ms(at(tx.Now))
			for _, c := range []casework.Case{one, two} {
				if err := tx.AddCase(c, c.Wake, nil, ""); err != nil {
					return err
				}
			}
			if err := tx.AddFile(loose); err != nil {
				return err
			}
			return tx.AddFile(f)
		})
		if leaves := leavesOf(t, db); len(leaves) != 0 {
			t.Errorf("a file nobody named is in the log: %+v", leaves)
		}
		attach := func(id int64, by casework.Person, c casework.ID) error {
			return db.InTx(context.Background(), 330108, func(tx *Tx) error { return tx.AttachFile("plan", id, by, c) })
		}
		for name, err := range map[string]error{
			"another person's": attach(f.ID, other, one.ID),
			"one not there":    attach(1, who, one.ID),
		} {
			if list := fault.Fields(err); len(list) != 1 || list[0].Kind != fault.Invalid || list[0].Field != "plan" {
				t.Errorf("%s: %v", name, err)
			}
		}
		must(t, attach(f.ID, who, one.ID))
		must(t, attach(f.ID, who, one.ID))
		if err := attach(f.ID, who, two.ID); fault.KindOf(err) != fault.Invalid {
			t.Errorf("tied to a second case: %v", err)
		}
		f.Case = one.ID
		read(t, db, func(r *Reader) error {
			got, err := r.File(f.ID)
			must(t, err)
			got.Body, err = r.FileBody(f.ID)
			must(t, err)
			if diff := cmp.Diff(f, got); diff != "" {
				t.Error(diff)
			}
			for i, v := 0, reflect.ValueOf(got); i < v.NumField(); i++ {
				if name := v.Type().Field(i).Name; v.Field(i).IsZero() && name != "Grant" && name != "Material" { // those of a file of an application
					t.Errorf("the test's file leaves %s empty", v.Type().Field(i).Name)
				}
			}
			list, err := r.CaseFiles(one.ID)
			must(t, err)
			if len(list) != 1 || list[0].ID != f.ID || list[0].Body != nil {
				t.Errorf("files of the case: %+v", list)
			}
			if none, err := r.CaseFiles(0); err != nil || len(none) != 0 {
				t.Errorf("files of no case: %+v, %v", none, err)
			}
			if n, err := r.LooseFiles(who); err != nil || n != loose.Size {
				t.Errorf("%d bytes lie loose, %v", n, err)
			}
			if n, err := r.LooseFiles(other); err != nil || n != 0 {
				t.Errorf("%d bytes of another lie loose, %v", n, err)
			}
			if _, err := r.File(1); fault.KindOf(err) != fault.NotFound {
				t.Errorf("a file that is not there: %v", err)
			}
			if _, err := r.FileBody(1); fault.KindOf(err) != fault.NotFound {
				t.Errorf("the content of a file that is not there: %v", err)
			}
			bodies := map[int64][]byte{}
			must(t, r.EachFile(func(x File) error { bodies[x.ID] = x.Body; return nil }))
			if len(bodies) != 2 || !bytes.Equal(bodies[f.ID], f.Body) {
				t.Errorf("contents: %v", bodies)
			}
			d, err := r.Dossiers(0, 10)
			must(t, err)
			if len(d) != 2 || fmt.Sprint(d[0].Files, d[1].Files) != fmt.Sprint([]int64{f.ID}, []int64(nil)) {
				t.Errorf("files in the dossiers: %+v", d)
			}
			var records []LoggedRecord
			must(t, r.EachRecord(func(x LoggedRecord) error {
				if x.Kind == "file" {
					records = append(records, x)
				}
				return nil
			}))
			if len(records) != 1 || records[0].Record.ID != fmt.Sprint(f.ID) || records[0].Change != 2 || !records[0].Proves(records[0].Leaf()) {
				t.Errorf("records: %+v", records)
			}
			return nil
		})
	})
}

func TestAFileOfAnApplicationIsTiedOnceAndInItsRecord(t *testing.T) {
	forEngines(t, func(t *testing.T, db *DB) {
		who, other := newcomer(t, db), newcomer(t, db)
		g := wholeGrant(t, db, companies(t, db, 1)[0], 1)
		g.List, g.Chosen, g.Raised = 0, 0, 0
		c := wholeCase(t, casework.ID(db.NewID()))
		ofCase, one, two := newFile(db, who, "%PDF-1.4 0"), newFile(db, who, "%PDF-1.4 1"), newFile(db, who, "%PDF-1.4 2")
		write(t, db, func(tx *Tx) error {
			if err := tx.AddCase(c, c.Wake, nil, ""); err != nil {
				return err
			}
			for _, f := range []File{ofCase, one, two} {
				if err := tx.AddFile(f); err != nil {
					return err
				}
			}
			if err := tx.AttachFile("plan", ofCase.ID, who, c.ID); err != nil {
				return err
			}
			return tx.AddGrants([]policy.Grant{g}, []policy.GrantEvent{{Seq: 1, At: g.At, Act: policy.Submit, To: policy.Submitted}})
		})
		record := func() (x LoggedRecord) {
			read(t, db, func(r *Reader) error {
				return r.EachRecord(func(y LoggedRecord) error {
					if y.Kind == "grant" {
						x = y
					}
					return nil
				})
			})
			return x
		}
		was := record()
		attach := func(id int64, by casework.Person, material string) error {
			return db.InTx(context.Background(), 330108, func(tx *Tx) error { return tx.AttachGrantFile("m", id, by, g.ID, material) })
		}
		must(t, attach(two.ID, who, "乙"))
		must(t, attach(one.ID, who, "丙"))
		for name, err := range map[string]error{"another person's": attach(one.ID, other, "丙"), "of a case": attach(ofCase.ID, who, "丙"), "tied already": attach(one.ID, who, "丙"), "not there": attach(1, who, "丙"),
			"then to a case": db.InTx(context.Background(), 330108, func(tx *Tx) error { return tx.AttachFile("m", one.ID, who, c.ID) })} {
			if list := fault.Fields(err); len(list) != 1 || list[0].Kind != fault.Invalid || list[0].Field != "m" {
				t.Errorf("%s: %v", name, err)
			}
		}
		now := record()
		if now.Change != was.Change+2 || bytes.Equal(now.Content, was.Content) || !now.Proves(now.Leaf()) {
			t.Errorf("the grant's record: %+v, before %+v", now, was)
		}
		write(t, db, func(tx *Tx) error {
			if n, err := tx.DropLooseFiles(time.Now().Add(time.Hour), 10); n != 0 || err != nil {
				t.Errorf("%d files of the application dropped, %v", n, err)
			}
			return nil
		})
		read(t, db, func(r *Reader) error {
			list, err := r.GrantFiles(g.ID)
			if len(list) != 2 || list[0].ID != one.ID || list[0].Material != "丙" || list[0].Grant != g.ID || list[1].ID != two.ID || list[1].Material != "乙" || list[0].Loose() {
				t.Errorf("files of the application: %+v", list)
			}
			if none, err := r.GrantFiles(0); err != nil || len(none) != 0 {
				t.Errorf("files of no application: %+v, %v", none, err)
			}
			if n, err := r.LooseFiles(who); err != nil || n != 0 {
				t.Errorf("%d bytes lie loose, %v", n, err)
			}
			return err
		})
	})
}

func TestLooseFilesAreDroppedAndTiedOnesStay(t *testing.T) {
	forEngines(t, func(t *testing.T, db *DB) {
		who := newcomer(t, db)
		c := wholeCase(t, casework.ID(db.NewID()))
		kept := newFile(db, who, "tied")
		write(t, db, func(tx *Tx) error {
			if err := tx.AddCase(c, c.Wake, nil, ""); err != nil {
				return err
			}
			for i := range 5 {
				if err := tx.AddFile(newFile(db, who, fmt.Sprint("loose ", i))); err != nil {
					return err
				}
			}
			if err := tx.AddFile(kept); err != nil {
				return err
			}
			return tx.AttachFile("plan", kept.ID, who, c.ID)
		})
		drop := func(before time.Time, limit int) (n int) {
			write(t, db, func(tx *Tx) (err error) { n, err = tx.DropLooseFiles(before, limit); return err })
			return n
		}
		if n := drop(time.Now().Add(-time.Hour), 10); n != 0 {
			t.Errorf("%d files of just now are dropped", n)
		}
		if n := drop(time.Now().Add(time.Hour), 3); n != 3 {
			t.Errorf("%d files are dropped, at most three were to be", n)
		}
		if n := drop(time.Now().Add(time.Hour), 10); n != 2 {
			t.Errorf("%d files are dropped, two were left", n)
		}
		read(t, db, func(r *Reader) error {
			var left []string
			must(t, r.EachFile(func(f File) error { left = append(left, string(f.Body)); return nil }))
			if len(left) != 1 || left[0] != "tied" {
				t.Errorf("left are %q", left)
			}
			lines, err := r.Tally(Invariants(r.Dialect()))
			for _, l := range lines {
				if l.Name.EN == "documents have their contents" {
					t.Errorf("%s: %d, %s", l.Name.EN, l.Count, l.First)
				}
			}
			return err
		})
	})
}

// TestALargeFileIsKept writes and reads one of the greatest size there is.
func TestALargeFileIsKept(t *testing.T) {
	forEngines(t, func(t *testing.T, db *DB) {
		f := newFile(db, newcomer(t, db), string(bytes.Repeat([]byte("格治"), filetype.MaxBytes/6)))
		write(t, db, func(tx *Tx) error { return tx.AddFile(f) })
		read(t, db, func(r *Reader) error {
			body, err := r.FileBody(f.ID)
			if !bytes.Equal(body, f.Body) {
				t.Errorf("%d bytes came back of %d", len(body), len(f.Body))
			}
			return err
		})
	})
}
