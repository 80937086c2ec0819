package casework

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gezhi/internal/fault"
	"gezhi/internal/lang"
)

var update = flag.Bool("update", false, "rewrite the expected results in testdata")

// golden compares got with a file, or writes the file under -update.
func golden(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != got {
		t.Errorf("%s differs; run go test -update and read the diff.\ngot:\n%s", file, got)
	}
}

func TestTheTransitionTableIsPinned(t *testing.T) {
	p := gridEvent(t)
	var b strings.Builder
	for _, m := range p.Starts {
		fmt.Fprintf(&b, "%-12s %-18s → %s\n", "(start)", m.ID, m.To)
	}
	for _, s := range p.Stages {
		b.WriteString("\n")
		any := false
		for _, m := range p.Moves {
			if to, ok := p.Next(s.ID, m.ID); ok {
				any = true
				if to == s.ID {
					to = "(stays)"
				}
				fmt.Fprintf(&b, "%-12s %-18s → %s\n", s.ID, m.ID, to)
			}
		}
		if !any {
			fmt.Fprintf(&b, "%-12s (end: %s)\n", s.ID, s.Result)
		}
	}
	golden(t, "testdata/grid-event.table", b.String())
}

func TestTheDrawingIsPinned(t *testing.T) {
	var b strings.Builder
	g := gridEvent(t).Graph()
	fmt.Fprintf(&b, "%d layers, %d rows\n\n", g.Layers, g.Rows)
	for _, n := range g.Nodes {
		fmt.Fprintf(&b, "%-12s layer %2d row %d  %d moves stay\n", n.Stage.ID, n.Layer, n.Row, len(n.Stays))
	}
	b.WriteString("\n")
	layer := map[string]int{"": -1}
	for _, n := range g.Nodes {
		layer[n.Stage.ID] = n.Layer
	}
	for _, e := range g.Edges {
		back := ""
		if e.Back {
			back = "  back"
		}
		fmt.Fprintf(&b, "%-12s → %-12s %s%s\n", e.From, e.To, strings.Join(e.Moves, ", "), back)
		if !e.Back && layer[e.From] >= layer[e.To] {
			t.Errorf("%s → %s does not lead to a later layer", e.From, e.To)
		}
	}
	golden(t, "testdata/grid-event.graph", b.String())
}

// TestMistakesAreReportedWithTheirLines reads each testdata/*/NAME.yaml and compares what the reader says
// with NAME.want, in both languages.
func TestMistakesAreReportedWithTheirLines(t *testing.T) {
	for _, kind := range []string{"procedure", "matters"} {
		files, err := filepath.Glob("testdata/" + kind + "/*.yaml")
		if err != nil || len(files) == 0 {
			t.Fatal("no files of ", kind, err)
		}
		for _, file := range files {
			t.Run(kind+"/"+strings.TrimSuffix(filepath.Base(file), ".yaml"), func(t *testing.T) {
				src, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				golden(t, strings.TrimSuffix(file, ".yaml")+".want", mistakes(kind, filepath.Base(file), src))
			})
		}
	}
}

func mistakes(kind, name string, src []byte) string {
	var err error
	if kind == "matters" {
		_, err = ParseMatters(name, src)
	} else {
		var p *Procedure
		if p, err = ParseProcedure(name, src); err == nil {
			err = p.Validate([]string{"clerk", "officer", "doer", "boss"})
		}
	}
	var b strings.Builder
	for _, e := range fault.Fields(err) {
		fmt.Fprintf(&b, "%s: %s\n    %s\n", e.Field, e.In(lang.EN), e.In(lang.ZH))
	}
	if b.Len() == 0 {
		b.WriteString("no mistakes\n")
	}
	return b.String()
}
