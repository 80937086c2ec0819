package casework

import (
	"strings"
	"testing"

	"gezhi/internal/fault"
	"gezhi/packs"
)

// shipped reads a procedure that comes with the program.
func shipped(t *testing.T, id string) *Procedure {
	t.Helper()
	src, err := packs.FS.ReadFile("common/procedures/" + id + ".yaml")
	if err != nil {
		t.Fatal(err)
	}
	p, err := ParseProcedure(id+".yaml", src)
	for _, f := range fault.Fields(err) {
		t.Error(f.Field, f.ZH)
	}
	if err != nil {
		t.FailNow()
	}
	if n := strings.Count(string(src), "\n"); n >= 200 {
		t.Errorf("%s has %d lines", id, n)
	}
	return p
}

func TestProjectsAndTheirPartsReadAndAgree(t *testing.T) {
	all := map[string]*Procedure{}
	for _, id := range []string{"project", "project-issue", "project-milestone", "investment", "listing"} {
		all[id] = shipped(t, id)
	}
	for _, p := range all {
		if err := p.CheckParts(func(id string) (*Procedure, bool) { q, ok := all[id]; return q, ok }); err != nil {
			t.Error(err)
		}
	}
}
