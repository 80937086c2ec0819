package store

import (
	"context"
	"testing"

	"gezhi/internal/calendar"
	"gezhi/internal/catalogue"
	"gezhi/internal/fault"

	"github.com/google/go-cmp/cmp"
)

func licence(code, name string) catalogue.Item {
	return catalogue.Item{Code: code, Name: name, Licence: "示例许可证", Basis: []string{"示例依据"}, Level: catalogue.County, Department: "approval", Mode: catalogue.Improved,
		Measures: []string{"压缩时限"}, Oversight: []string{"现场检查"}, Statutory: calendar.Limit{N: 20, Unit: calendar.WorkDay}, Promised: calendar.Limit{N: 5, Unit: calendar.WorkDay},
		Special: []catalogue.Special{"hearing"}, Materials: []string{"申请书"}, FreeZone: true, Industries: []string{"H62"}, Scope: "示例表述", Online: "licence"}
}

// TestEveryEditionOfTheCatalogueStays brings three editions and reads each as it was.
func TestEveryEditionOfTheCatalogueStays(t *testing.T) {
	forEngines(t, func(t *testing.T, db *DB) {
		by := newcomer(t, db)
		a, b, c := licence("A", "甲"), licence("B", "乙"), licence("C", "丙")
		b2 := b
		b2.Name, b2.Promised = "乙乙", calendar.Limit{}
		lists := [][]catalogue.Item{nil, {a, b}, {a, b2, c}, {c, b2}, {a, b}}
		for edition := 1; edition < len(lists); edition++ {
			write(t, db, func(tx *Tx) error {
				was, err := tx.Catalogue(0)
				if err != nil {
					return err
				}
				e := CatalogueEdition{Edition: edition, Name: "清单.xlsx", Total: len(lists[edition]), By: by}
				if edition == 4 {
					e.Restores, e.Note = 1, "传错了"
				}
				return tx.AddCatalogue(e, was.To(lists[edition]))
			})
		}
		err := db.InTx(context.Background(), 330108, func(tx *Tx) error {
			return tx.AddCatalogue(CatalogueEdition{Edition: 4, Name: "又一份.xlsx"}, catalogue.Changes{New: []catalogue.Item{a}})
		})
		if fault.KindOf(err) != fault.Conflict {
			t.Errorf("an edition was brought twice: %v", err)
		}
		must(t, db.View(context.Background(), 330108, func(r *Reader) error {
			became := map[string][]int{"A": {0, 1, 1, 0, 4}, "B": {0, 1, 2, 2, 4}, "C": {0, 0, 2, 2, 0}} // the edition each became so in
			for edition := 1; edition < len(lists); edition++ {
				got, err := r.Catalogue(edition)
				must(t, err)
				want := catalogue.New(edition, lists[edition])
				for i := range want.Items {
					want.Items[i].Edition = became[want.Items[i].Code][edition]
				}
				want.Past = got.Past
				if d := cmp.Diff(want, got); d != "" {
					t.Errorf("edition %d: %s", edition, d)
				}
			}
			newest, err := r.Catalogue(0)
			if err != nil || newest.Edition != 4 || len(newest.Past) != 1 || newest.Name("C") != "丙" || newest.Name("Z") != "Z" {
				t.Errorf("newest %+v, %v", newest, err)
			}
			if _, err := r.Catalogue(5); fault.KindOf(err) != fault.NotFound {
				t.Errorf("an edition to come: %v", err)
			}
			if x, err := r.LicenceAt("B", 3); err != nil || x.Name != "乙乙" || x.Edition != 2 {
				t.Errorf("B in edition 3: %+v %v", x, err)
			}
			if x, err := r.LicenceAt("C", 4); err != nil || x.Name != "丙" {
				t.Errorf("C, dropped: %+v %v", x, err)
			}
			changes, err := r.CatalogueChanges(3)
			if err != nil || changes.Total() != 1 || changes.Dropped[0].Code != "A" {
				t.Errorf("edition 3 changed %+v, %v", changes, err)
			}
			if changes, err = r.CatalogueChanges(1); err != nil || len(changes.New) != 2 || changes.Total() != 2 {
				t.Errorf("edition 1 changed %+v, %v", changes, err)
			}
			list, err := r.CatalogueEditions(0, 2)
			if err != nil || len(list) != 2 || list[0].At.IsZero() {
				t.Fatalf("editions %+v, %v", list, err)
			}
			list[0].At = list[1].At
			if d := cmp.Diff([]CatalogueEdition{{Edition: 4, Name: "清单.xlsx", Total: 2, Added: 1, Changed: 1, Dropped: 1, Restores: 1, Note: "传错了", By: by, At: list[1].At},
				{Edition: 3, Name: "清单.xlsx", Total: 2, Dropped: 1, By: by, At: list[1].At}}, list); d != "" {
				t.Error(d)
			}
			older, err := r.CatalogueEditions(3, 9)
			if err != nil || len(older) != 2 || older[1].Edition != 1 {
				t.Errorf("older editions %+v, %v", older, err)
			}
			return nil
		}))
	})
}
