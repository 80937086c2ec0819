package pack

import (
	"testing"
	"time"
)

var noon = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

func TestTheZonesThatComeWithTheProgramHold(t *testing.T) {
	for _, slug := range Embedded() {
		began := time.Now()
		p, err := Open(slug)
		if err != nil {
			t.Fatal(slug, err)
		}
		loaded := time.Since(began)
		proof, err := p.Prove(noon, 20)
		if err != nil {
			t.Fatal(slug, err)
		}
		tree, err := p.Tree(noon)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: loaded in %v, levels %v, leaves %+v, stages %v, warnings %v", slug, loaded, tree.Count(), proof.Leaves, p.RoutedStages(), tree.Warnings())
		if !proof.Holds() {
			t.Errorf("%s: %+v %+v", slug, proof.Findings, proof.Strange)
		}
		for _, r := range proof.Idle {
			t.Errorf("%s: row never decides: %s", slug, r)
		}
	}
}
