package app_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/jpeg"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"gezhi/internal/app"
	"gezhi/internal/app/apptest"
	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/filetype"
	"gezhi/internal/ledger"
	"gezhi/internal/proof"
	"gezhi/internal/store"
)

// lived is a district with something in every table the log watches: a case from report to close, one that is under
// way, pictures, points that were paid, lapse and are held, a duty that is lent. It gives the resident and the closed case.
func lived(t *testing.T, w *apptest.World) (app.Viewer, casework.Case) {
	t.Helper()
	ctx := context.Background()
	z, err := w.App.Zone(ctx, apptest.Zone)
	w.OK(err)
	code, _ := z.Tree.LocateCode(killPoint)
	people := map[string]app.Viewer{}
	for _, c := range killCast {
		if c.area == "grid" {
			c.area = code[:15]
		}
		people[c.login] = w.Staff(c.login, "虚构人员", casework.Duty{Role: c.role, Unit: c.unit, Area: c.area})
	}
	resident := w.Resident("19900000009")
	matter, _ := z.Matters.Find("E0102")
	var closed casework.Case
	for n := range 2 {
		report := app.Report{Key: fmt.Sprint("k", n), Matter: "E0102", Text: "垃圾成堆", Address: "某路 1 号", Point: killPoint, HasPoint: true, Photos: []int64{picture(w, resident, n)}}
		c, err := w.App.Submit(ctx, resident, report)
		w.OK(err)
		for _, m := range []struct{ login, move, field, value string }{
			{"wangge", "verify", "finding", "as_reported"}, {"shouli", "accept", "", ""}, {"zhiban", "file", "standard", matter.Standards[0].ID},
			{"paiqian", "dispatch", "", ""}, {"huanwei", "sign", "", ""}, {"huanwei", "done", "result_text", "已清运"},
			{"paiqian", "to_check", "", ""}, {"hecha", "pass", "", ""}, {"zhiban", "close", "", ""},
		} {
			if n == 1 && m.move == "done" {
				break
			}
			c = w.Move(people[m.login], c, m.move, func(cmd *casework.Command) {
				if m.field != "" {
					cmd.Fields[m.field] = m.value
				}
				if m.move == "done" {
					cmd.Photos, cmd.Note = []string{strconv.FormatInt(picture(w, people[m.login], 9), 10)}, "现场已恢复"
				}
			})
			w.Pass(10 * time.Minute)
		}
		if n == 0 {
			closed = c
			_, err := w.App.Integrate(ctx, apptest.Zone)
			w.OK(err)
		}
	}
	w.OK(w.App.DB().InTx(ctx, apptest.Zone, func(tx *store.Tx) error {
		person := app.PersonAccount(resident.Person)
		if _, err := tx.Post(ledger.Transfer{ID: "gift", From: ledger.Of(ledger.Issue, "330108"), To: person, Asset: ledger.Point, Amount: 30, Expires: tx.Now.AddDate(1, 0, 0), Reason: "gift"}); err != nil {
			return err
		}
		for i := range 64 { // so that the account has a mark
			gift := ledger.Transfer{ID: fmt.Sprint("gift-", i), From: ledger.Of(ledger.Issue, "330108"), To: person, Asset: ledger.Point, Amount: 1, Reason: "gift"}
			if _, err := tx.Post(gift); err != nil {
				return err
			}
		}
		_, err := tx.Hold(store.Hold{ID: "hold", From: person, To: ledger.Of(ledger.Pool, "330108001"), Asset: ledger.Point, Amount: 10, Until: tx.Now.AddDate(0, 0, 7), Reason: "reward"})
		return err
	}))
	shouli := people["shouli"]
	w.OK(w.App.Delegate(ctx, shouli, shouli.Person, app.NewDelegation{Duty: "acceptor//330108", Delegate: "hecha", To: w.Now().Format(time.DateOnly), Reason: "外出开会"}, "away"))
	_, err = w.App.Integrate(ctx, apptest.Zone)
	w.OK(err)
	w.Resident("19900000010") // after the last checkpoint
	picture(w, resident, 5)
	return resident, closed
}

// handedIn adds a case with a document that is signed for and one that waits for its checkpoint.
func handedIn(t *testing.T, w *apptest.World) {
	t.Helper()
	p := newPapered(w)
	for _, name := range []string{"一.pdf", "二.pdf"} {
		p.OK(p.handIn(p.resident, p.c, p.add(p.resident, name, filetype.Sample(name)), ""))
		if name == "一.pdf" {
			_, err := w.App.Integrate(context.Background(), apptest.Zone)
			w.OK(err)
		}
	}
}

// picture uploads one, different for each shade.
func picture(w *apptest.World, v app.Viewer, shade int) int64 {
	w.T.Helper()
	img := image.NewGray(image.Rect(0, 0, 16, 16))
	for i := range img.Pix {
		img.Pix[i] = uint8(i * shade)
	}
	var b bytes.Buffer
	w.OK(jpeg.Encode(&b, img, nil))
	id, err := w.App.AddPhoto(context.Background(), v, &b)
	w.OK(err)
	return id
}

// wrong is what Verify says of the zone, one line a rule. A database that cannot even be read is wrong too.
func wrong(w *apptest.World) []string {
	w.T.Helper()
	var out []string
	for _, verify := range []func() (app.Verification, error){
		func() (app.Verification, error) { return w.App.VerifyFile(context.Background()) },
		func() (app.Verification, error) { return w.App.Verify(context.Background(), apptest.Zone, nil) },
	} {
		v, err := verify()
		if err != nil {
			out = append(out, "error: "+err.Error())
		}
		for _, b := range v.Broken {
			out = append(out, fmt.Sprintf("%s (%d): %s", b.Rule.EN, b.Count, b.First))
		}
	}
	return out
}

func TestALifeIsInTheLogAndProved(t *testing.T) {
	forEngines(t, func(t *testing.T, w *apptest.World) {
		ctx := context.Background()
		resident, c := lived(t, w)
		handedIn(t, w)
		if found := wrong(w); len(found) > 0 {
			t.Fatalf("broken:\n%s", strings.Join(found, "\n"))
		}
		key, err := w.App.LogKey(apptest.Zone)
		w.OK(err)
		v, err := proof.ParseKey(key)
		w.OK(err)
		early, err := w.App.CaseReceipt(ctx, resident, c.ID)
		w.OK(err)
		if early.Event.Event.Move != "close" || !strings.Contains(early.Receipt.Leaf, `"move":"close"`) || strings.Contains(early.Receipt.Leaf, "虚构") {
			t.Errorf("a receipt of %s", early.Receipt.Leaf)
		}
		paid, err := w.App.TransferReceipt(ctx, resident, "gift")
		w.OK(err)
		if !strings.Contains(paid.Receipt.Leaf, `"amount":"30"`) {
			t.Errorf("a receipt of %s", paid.Receipt.Leaf)
		}
		stranger := w.Resident("19900000011")
		if _, err := w.App.TransferReceipt(ctx, stranger, "gift"); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a stranger gets a receipt: %v", err)
		}
		if _, err := w.App.CaseReceipt(ctx, stranger, c.ID); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a stranger gets a receipt: %v", err)
		}
		// The log grows; both receipts hold, and the later log is shown to have only grown.
		for n := range 40 {
			picture(w, resident, 20+n)
		}
		for _, p := range []app.Proven{early.Proven, paid.Proven} {
			read, err := proof.ParseReceipt(p.Receipt.File())
			w.OK(err)
			if _, err := read.Verify(v); err != nil {
				t.Error(err)
			}
		}
		note, err := w.App.Checkpoint(ctx, apptest.Zone)
		w.OK(err)
		late, err := v.Open(note)
		w.OK(err)
		if late.Size < early.Checkpoint.Size+40 {
			t.Errorf("the log grew from %d to %d", early.Checkpoint.Size, late.Size)
		}
		grown, err := w.App.Consistency(ctx, apptest.Zone, early.Checkpoint.Size, late.Size)
		w.OK(err)
		var hashes []proof.Hash
		for _, s := range grown.Hashes {
			h, err := proof.ParseHash(s)
			w.OK(err)
			hashes = append(hashes, h)
		}
		if err := proof.CheckConsistency(early.Checkpoint, late, hashes); err != nil {
			t.Error(err)
		}
		if found := wrong(w); len(found) > 0 {
			t.Errorf("broken:\n%s", strings.Join(found, "\n"))
		}
	})
}

// watched are the tables in which a change to one column of one row must be found.
var watched = strings.Fields(`cases case_events case_tasks case_units photos files file_bodies people transfers accounts account_marks lots holds log_state log_leaves log_hashes log_checkpoints delegations
	enterprises enterprise_statements profile_pages profile_counts enterprise_people
	funds fund_allotments grant_lists grants grant_events pay_orders payout_imports payouts payout_cells`)

// excused are the columns whose change alone is not found, with the reason why that is borne.
var excused = map[string]string{
	"case_tasks.since":        "shown nowhere; the inbox sorts by the deadline",
	"people.area":             "told by the resident and changed freely; nothing is decided by it",
	"people.synthetic":        "a mark on made-up people of a demonstration",
	"people.created_at":       "shown to the person alone",
	"people.erased_at":        "an erased person's row is emptied; a mark on a full one hides the person, and clearing it shows again",
	"log_state.records_since": "says from when on a record must have a leaf; whoever can write here could give a made-up record one, and what has leaves can neither change nor vanish",
	"payout_cells.revision":   "tells two processes apart that write at once; figures read the body",
	"log_checkpoints.zone":    "of an older checkpoint: it takes nothing away, the log can be shown at any size",
}

// TestATamperedColumnIsFound changes one column of one row of a copy of a lived-in database, for every column of every
// table that matters, and wants Verify to find it. A column added to one of them is tried too, or excused.
func TestATamperedColumnIsFound(t *testing.T) {
	dir := t.TempDir()
	w := apptest.New(t, "sqlite:"+filepath.Join(dir, "g.db"))
	lived(t, w)
	handedIn(t, w)
	granted(t, w)
	profiled(w)
	now := w.Now()
	if err := w.App.DB().Close(); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(filepath.Join(dir, "g.db"))
	if err != nil {
		t.Fatal(err)
	}
	tried := map[string]bool{}
	for _, table := range watched {
		for i, column := range apptest.Columns(t, filepath.Join(dir, "g.db"), table) {
			name := table + "." + column
			tried[name] = true
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				file := filepath.Join(t.TempDir(), "g.db")
				if err := os.WriteFile(file, whole, 0o600); err != nil {
					t.Fatal(err)
				}
				// The first row is old and signed for; the last may be waiting for its checkpoint.
				if !apptest.Tamper(t, file, table, column, i%2 == 1) {
					t.Fatal("there is no row to tamper with")
				}
				db, err := store.Open(t.Context(), "sqlite:"+file, store.Options{Clock: func() time.Time { return now }})
				if err != nil {
					t.Fatal(err)
				}
				defer db.Close()
				a, err := apptest.App(db, func() time.Time { return now })
				if err != nil {
					t.Fatal(err)
				}
				found := wrong(&apptest.World{T: t, App: a})
				if reason, ok := excused[name]; ok {
					if len(found) > 0 {
						t.Errorf("excused (%s), but found: %q", reason, found)
					}
				} else if len(found) == 0 {
					t.Error("nobody notices")
				}
			})
		}
	}
	for name := range excused {
		if !tried[name] {
			t.Errorf("%s is excused, but is no column of a watched table", name)
		}
	}
}

// TestABrokenFileIsFound wipes a page of the file and wants that said as a finding, while the other checks go on.
func TestABrokenFileIsFound(t *testing.T) {
	for name, c := range map[string]struct {
		page     string // the table or index whose first page is wiped
		unread   bool   // whether Verify, too, comes upon it
		setUp    bool   // whether the zone's set-up can be read, so that its cases are looked at
		unopened bool   // whether the file cannot even be opened
	}{
		"an index":                 {page: "log_leaves_entry", unread: true, setUp: true},
		"a table of the points":    {page: "lots", unread: true, setUp: true},
		"what people are called":   {page: "people", unread: true, setUp: true},
		"the zone's own documents": {page: "documents", unread: true},
		"the list of tables":       {page: "", unopened: true},
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "g.db")
			w := apptest.New(t, "sqlite:"+file)
			lived(t, w)
			if v, err := w.App.VerifyFile(t.Context()); err != nil || len(v.Broken) != 0 {
				t.Fatalf("a whole file: %+v %v", v, err)
			}
			w.OK(w.App.DB().Close())
			wipe(t, file, c.page)
			db, err := store.Open(t.Context(), "sqlite:"+file, store.Options{Clock: w.Now})
			if c.unopened {
				if v, ok := app.Unreadable(0, err); !ok || len(v.Broken) != 1 {
					t.Errorf("opening it: %v", err)
				}
				return
			}
			w.OK(err)
			defer db.Close()
			a, err := apptest.App(db, w.Now)
			w.OK(err)
			if v, err := a.VerifyFile(t.Context()); err != nil || len(v.Broken) != 1 || v.Broken[0].Rule.EN != "the file is sound" {
				t.Errorf("of the file: %+v %v", v, err)
			}
			v, err := a.Verify(t.Context(), apptest.Zone, nil)
			if err != nil || (len(v.Broken) > 0) != c.unread || (v.Cases > 0) != c.setUp {
				t.Errorf("of the zone: %+v %v", v, err)
			}
		})
	}
}

// wipe fills the first page of a table or an index with zeros; "" is the page that lists them.
func wipe(t *testing.T, file, name string) {
	t.Helper()
	page, size := int64(1), int64(0)
	raw := apptest.Raw(t, file)
	if err := raw.QueryRow(`SELECT page_size FROM pragma_page_size`).Scan(&size); err != nil {
		t.Fatal(err)
	}
	if name != "" {
		if err := raw.QueryRow(`SELECT rootpage FROM sqlite_schema WHERE name=?`, name).Scan(&page); err != nil {
			t.Fatal(name, err)
		}
	}
	if err := raw.Close(); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(file, os.O_WRONLY, 0)
	if err == nil {
		_, err = f.WriteAt(make([]byte, size), (page-1)*size)
	}
	if err == nil {
		err = f.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
}
