package store

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gezhi/internal/calendar"
	"gezhi/internal/fault"
	"gezhi/internal/policy"
)

// companies enters enterprises and returns their codes.
func companies(t *testing.T, db *DB, n int) []string {
	t.Helper()
	codes := make([]string, n)
	list := make([]NewStatement, n)
	for i := range codes {
		codes[i] = fmt.Sprintf("91330108MA%08d", i)
		list[i] = NewStatement{Code: codes[i], Name: fmt.Sprintf("示例企业%d", i), Example: true, Statement: policy.Statement{Source: "示例", Values: policy.Values{}}}
	}
	write(t, db, func(tx *Tx) error { return tx.AddStatements(list) })
	return codes
}

// wholeGrant has something in every field, so that one forgotten by the store is noticed.
func wholeGrant(t *testing.T, db *DB, code string, list int64) policy.Grant {
	t.Helper()
	at := func(h int) time.Time { return time.Date(2026, 3, 2, h, 0, 0, 0, calendar.Zone()).UTC() }
	g := policy.Grant{ID: policy.GrantID(db.NewID()), List: list, Item: "stable-jobs", Group: "jobs", Code: code, Name: "示例企业", Area: "330108001", Period: "2026", Amount: 12345, Version: 2,
		Inputs: "ab", Fund: 5, Account: []byte{1, 2}, Note: "说明", Chosen: 7, Raised: 8, At: at(1), State: policy.Paid, Due: at(2), Until: at(3), Order: "BF-1", Done: at(4), Reason: "x",
		Revision: 3, EventsNum: 1}
	v := reflect.ValueOf(g)
	for i := range v.NumField() {
		if v.Field(i).IsZero() {
			t.Fatalf("the test's grant leaves %s empty", v.Type().Field(i).Name)
		}
	}
	return g
}

func TestAGrantComesBackWhole(t *testing.T) {
	forEngines(t, func(t *testing.T, db *DB) {
		codes := companies(t, db, 2)
		list := GrantList{ID: db.NewID(), Item: "stable-jobs", Title: "示例名单", Period: "2026", Version: 2, AsOf: 20500, Fund: 5, Auto: true,
			Public: time.UnixMilli(1).UTC(), Until: time.UnixMilli(2).UTC(), By: 7}
		want := wholeGrant(t, db, codes[0], list.ID)
		event := policy.GrantEvent{Seq: 1, At: want.At, Actor: 7, Act: policy.List, To: policy.Listed, Note: "n", Ref: "r"}
		write(t, db, func(tx *Tx) error {
			if err := tx.AddGrantList(list); err != nil {
				return err
			}
			return tx.AddGrants([]policy.Grant{want}, []policy.GrantEvent{event})
		})
		read(t, db, func(r *Reader) error {
			got, err := r.Grant(Reach{All: true}, want.ID)
			if diff := cmp.Diff(want, got); diff != "" || err != nil {
				t.Error(diff, err)
			}
			events, err := r.GrantEvents(want.ID)
			if diff := cmp.Diff([]policy.GrantEvent{event}, events); diff != "" || err != nil {
				t.Error(diff, err)
			}
			l, err := r.AutoList("stable-jobs", "2026")
			l.At, l.Revision = list.At, list.Revision
			if diff := cmp.Diff(list, l); diff != "" || err != nil {
				t.Error(diff, err)
			}
			if _, err := r.Grant(Reach{Person: 3}, want.ID); fault.KindOf(err) != fault.NotFound {
				t.Errorf("a stranger reads it: %v", err)
			}
			return nil
		})
		now := want
		now.Amount, now.Fund, now.Account, now.Note, now.Chosen, now.Raised, now.State = 9, 6, []byte{3}, "y", 1, 2, policy.Recovering
		now.Due, now.Until, now.Order, now.Done, now.Reason, now.EventsNum, now.Revision, now.Version, now.Inputs = now.At, now.At, "BF-2", now.At, "z", 2, 4, 3, "cd"
		move := func() error {
			return db.InTx(t.Context(), 330108, func(tx *Tx) error {
				return tx.MoveGrant(want, now, policy.GrantEvent{Seq: 2, At: want.Done, Actor: 4, Act: policy.Recover, From: policy.Paid, To: policy.Recovering, Note: "z"})
			})
		}
		if err := move(); err != nil {
			t.Fatal(err)
		}
		if err := move(); fault.KindOf(err) != fault.Conflict {
			t.Errorf("moved twice from one revision: %v", err)
		}
		read(t, db, func(r *Reader) error {
			n := 0
			return each1(t, r, func(g policy.Grant, e []policy.GrantEvent) {
				n++
				if diff := cmp.Diff(now, g); diff != "" || len(e) != 2 {
					t.Error(diff, e)
				}
			}, &n)
		})
	})
}

func each1(t *testing.T, r *Reader, fn func(policy.Grant, []policy.GrantEvent), n *int) error {
	err := r.EachGrant(func(g policy.Grant, e []policy.GrantEvent) error { fn(g, e); return nil })
	if *n != 1 {
		t.Errorf("there are %d grants", *n)
	}
	return err
}

// TestAnEnterpriseHasAnItemOnce asks the constraints, past every rule above them.
func TestAnEnterpriseHasAnItemOnce(t *testing.T) {
	forEngines(t, func(t *testing.T, db *DB) {
		codes := companies(t, db, 2)
		add := func(change func(*policy.Grant)) error {
			g := wholeGrant(t, db, codes[0], 1)
			change(&g)
			return db.InTx(t.Context(), 330108, func(tx *Tx) error {
				return tx.AddGrants([]policy.Grant{g}, []policy.GrantEvent{{Seq: 1, At: g.At, Act: policy.List, To: policy.Listed}})
			})
		}
		for _, c := range []struct {
			name   string
			change func(*policy.Grant)
			ok     bool
		}{
			{"the first", func(*policy.Grant) {}, true},
			{"the item again", func(g *policy.Grant) { g.Group = "" }, false},
			{"another of the group", func(g *policy.Grant) { g.Item = "new-jobs" }, false},
			{"one of the group that is over", func(g *policy.Grant) { g.Item, g.State = "new-jobs", policy.Waived }, true},
			{"another of no group", func(g *policy.Grant) { g.Item, g.Group = "new-jobs", "" }, true},
			{"another enterprise", func(g *policy.Grant) { g.Code = codes[1] }, true},
			{"another year", func(g *policy.Grant) { g.Period = "2027" }, true},
			{"a month of that year, of the group", func(g *policy.Grant) { g.Item, g.Period = "hire", "2027-03" }, false},
		} {
			if err := add(c.change); (err == nil) != c.ok {
				t.Errorf("%s: %v", c.name, err)
			}
		}
	})
}

func TestPayoutsAddUpInCells(t *testing.T) {
	forEngines(t, func(t *testing.T, db *DB) {
		codes := companies(t, db, 20)
		r := rand.New(rand.NewPCG(1, 2))
		for file := int64(1); file <= 4; file++ {
			lines := make([]Payout, 50)
			var sum int64
			for i := range lines {
				lines[i] = Payout{Month: 202601 + r.IntN(3), Title: fmt.Sprint("事项", r.IntN(3)), Way: "reduce", Kind: []string{"", "工伤保险"}[r.IntN(2)], Code: codes[r.IntN(20)], Name: "示例企业",
					Area: []string{"", "330108001", "330108002"}[r.IntN(3)], Pieces: 1, Amount: r.Int64N(1e6), Source: "示例", Import: file}
				sum += lines[i].Amount
			}
			write(t, db, func(tx *Tx) error {
				return tx.AddPayoutImport(PayoutImport{ID: file, Name: "a.xlsx", Pieces: len(lines), Amount: sum, SHA256: fmt.Sprint(file), By: 1}, lines)
			})
		}
		write(t, db, func(tx *Tx) error {
			n, err := tx.UndoPayoutImport(2, 3, "来源表有误")
			if n != 50 {
				t.Errorf("%d lines taken back", n)
			}
			return err
		})
		if err := db.InTx(t.Context(), 330108, func(tx *Tx) error { _, err := tx.UndoPayoutImport(2, 3, "再来"); return err }); fault.KindOf(err) != fault.Conflict {
			t.Errorf("taken back twice: %v", err)
		}
		read(t, db, func(r *Reader) error {
			lines, err := r.Payouts(PayoutFilter{Limit: 1000})
			if err != nil || len(lines) != 250 {
				t.Fatalf("%d lines, %v", len(lines), err)
			}
			type key struct{ title, area string }
			amounts, net := map[key]int64{}, map[string]int{}
			for _, p := range lines {
				amounts[key{p.Title, p.Area}] += p.Amount
				net[p.Code] += p.Pieces
			}
			cells, err := r.PayoutCells(202601, 202603)
			if err != nil {
				t.Fatal(err)
			}
			total, groups := policy.Tally(cells, nil, func(c policy.CellKey, area string) string { return c.Title + "/" + area })
			households := int64(0)
			for _, n := range net {
				if n > 0 {
					households++
				}
			}
			if total.Pieces != 150 || total.Enterprises != households {
				t.Errorf("%+v, want 150 of %d", total, households)
			}
			for k, want := range amounts {
				if got := groups[k.title+"/"+k.area].Amount; got != want {
					t.Errorf("%v: %d, want %d", k, got, want)
				}
			}
			return r.WrongCells(func(k policy.CellKey) { t.Errorf("cell %v is wrong", k) })
		})
		write(t, db, func(tx *Tx) error {
			return tx.exec(`UPDATE payouts SET amount=amount+1 WHERE zone=$1 AND id = (SELECT min(id) FROM payouts)`, tx.Zone)
		})
		read(t, db, func(r *Reader) error {
			n := 0
			err := r.WrongCells(func(policy.CellKey) { n++ })
			if n != 1 {
				t.Errorf("%d cells are wrong", n)
			}
			return err
		})
	})
}

// BenchmarkPayoutFigures adds a year of 100,000 payouts to 40,000 enterprises up, from the file to the figures by area.
func BenchmarkPayoutFigures(b *testing.B) {
	db, err := Open(b.Context(), "sqlite:"+b.TempDir()+"/b.db", Options{NoSync: true})
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	key := func(i int) policy.CellKey {
		return policy.CellKey{Month: 202601 + i%12, Item: fmt.Sprint("item-", i%14), Title: "事项", Way: "reduce", Kind: "工伤保险"}
	}
	parts := map[policy.CellKey][]policy.CellPart{}
	for i := range 100_000 {
		parts[key(i)] = append(parts[key(i)], policy.CellPart{Area: fmt.Sprintf("330108%03d%03d", i%3, i%60), Place: i * 7 % 40_000, Pieces: 1, Amount: int64(i) * 100})
	}
	if err := db.InTx(b.Context(), 330108, func(tx *Tx) error {
		for k, p := range parts {
			c := policy.Cell{}
			c.Add(p...)
			if err := tx.exec(`INSERT INTO payout_cells (zone, month, item, title, way, kind, body, revision) VALUES ($1,$2,$3,$4,$5,$6,$7,1)`, tx.Zone, k.Month, k.Item, k.Title, k.Way, k.Kind, c.Bytes()); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if err := db.View(b.Context(), 330108, func(r *Reader) error {
			cells, err := r.PayoutCells(202601, 202612)
			if total, groups := policy.Tally(cells, nil, func(_ policy.CellKey, area string) string { return area }); total.Pieces != 100_000 || len(groups) != 60 {
				b.Fatalf("%+v of %d", total, len(groups))
			}
			return err
		}); err != nil {
			b.Fatal(err)
		}
	}
}
