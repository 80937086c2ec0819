package points

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// TestTheTransitionTable pins every state against every act.
func TestTheTransitionTable(t *testing.T) {
	var b strings.Builder
	for _, s := range States() {
		for _, a := range Acts() {
			if to, ok := Next(s, a); ok {
				fmt.Fprintf(&b, "%s %s -> %s\n", s, a, to)
			}
		}
		if s.Over() {
			fmt.Fprintf(&b, "%s is the end\n", s)
		}
	}
	const file = "testdata/table.txt"
	if *update {
		if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if b.String() != string(want) {
		t.Errorf("the table is now\n%s", b.String())
	}
}

func TestEveryStateAndActHasWords(t *testing.T) {
	for _, s := range States() {
		if n := s.Name(); n.ZH == "" || n.EN == "" {
			t.Errorf("state %s has no name", s)
		}
	}
	for _, a := range Acts() {
		if n := a.Name(); n.ZH == "" || n.EN == "" {
			t.Errorf("act %s has no name", a)
		}
	}
	if len(States()) != len(states) || len(Acts()) != len(acts) {
		t.Error("a list leaves something out")
	}
}
