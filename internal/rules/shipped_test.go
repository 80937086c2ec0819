package rules_test

import (
	"io/fs"
	"testing"

	"gezhi/internal/fault"
	"gezhi/internal/rules"
	"gezhi/packs"
)

// TestTheShippedItemsComeToTheirExamples runs the worked examples of the items that come with the program.
func TestTheShippedItemsComeToTheirExamples(t *testing.T) {
	src, err := fs.ReadFile(packs.FS, "common/policies.yaml")
	if err != nil {
		t.Fatal(err)
	}
	b, err := rules.Parse("policies.yaml", src)
	for _, f := range fault.Fields(err) {
		t.Error(f.Field, f.EN)
	}
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range fault.Fields(b.Test()) {
		t.Error(f.Field, f.EN)
	}
	if len(b.Items) < 12 {
		t.Errorf("%d items", len(b.Items))
	}
	for _, x := range b.Items {
		if len(x.Examples) == 0 {
			t.Errorf("%s has no worked example", x.ID)
		}
	}
}
