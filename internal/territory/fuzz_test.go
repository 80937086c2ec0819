package territory

import (
	"encoding/csv"
	"strings"
	"testing"
	"time"
)

// What is read never panics, and what is accepted builds into a tree without error.
func FuzzEntries(f *testing.F) {
	f.Add("code,name,parent,level,was,valid_to,merged_into,households\n330108,滨江区,330100000000,3,,,,\n330108001000,西兴街道,330108000000,4,,2026-12-31,,12\n")
	f.Add("代码,名称\n330108001,甲\n330108001,乙\n330108002,甲\n33,x\n000000,y\n")
	f.Add("adcode,name\n\"330108\n\",滨江区\n")
	f.Fuzz(func(t *testing.T, text string) {
		in := csv.NewReader(strings.NewReader(text))
		in.FieldsPerRecord = -1
		rows, err := in.ReadAll()
		if err != nil {
			return
		}
		entries, _, _ := Entries(rows, time.UTC)
		after := Precheck(zone(), "", entries, noon).Apply(zone(), noon)
		if _, err := Build(after, nil, noon); err != nil {
			t.Fatalf("accepted, but: %v", err)
		}
	})
}

func FuzzOwner(f *testing.F) {
	for _, s := range []string{"grid_staff@grid", "unit:law", "unit:office.{street}|desk@district", "unit:}{", "@grid", "|", "unit:{street}{grid}"} {
		f.Add(s)
	}
	tree := mustBuild(f, town(1, 1, 1, 1))
	f.Fuzz(func(t *testing.T, s string) {
		table, err := NewTable(tree, []Route{{Line: 2, Owner: s}}, nil)
		if err != nil {
			return
		}
		for _, a := range tree.All() {
			if o, _, err := table.Owner("E0101", a.Code, "handle", Peace); err == nil && (o.Role == "" || !strings.HasPrefix(a.Code, o.Area)) {
				t.Fatalf("%q gives %+v in %s", s, o, a.Code)
			}
		}
	})
}
