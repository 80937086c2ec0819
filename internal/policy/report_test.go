package policy

import (
	"strings"
	"testing"

	"gezhi/internal/fault"
)

func TestAReportNamesItsMistakes(t *testing.T) {
	for name, c := range map[string]struct{ src, want string }{
		"no lines":         {"notice: {zh: 示, en: x}\n", "lines"},
		"an unknown way":   {"lines:\n  a: {name: {zh: 甲, en: A}, ways: [gift]}\n", "f.yaml:2"},
		"an unknown unit":  {"lines:\n  a: {name: {zh: 甲, en: A}, unit: 元}\n", "f.yaml:2"},
		"a line twice":     {"lines:\n  a:\n    name: {zh: 甲, en: A}\n    parts:\n      a: {name: {zh: 乙, en: B}}\n", "f.yaml:5"},
		"nothing to show":  {"lines:\n  a: {name: {zh: 甲, en: A}, shows: []}\n", "f.yaml:2"},
		"a line unnamed":   {"lines:\n  a: {unit: 万元}\n", "f.yaml:2"},
		"an unknown entry": {"lines:\n  a: {name: {zh: 甲, en: A}, color: red}\n", "f.yaml:2"},
	} {
		_, err := ParseReport("f.yaml", []byte(c.src))
		if fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAPartCountsWithinItsLine(t *testing.T) {
	r, err := ParseReport("f.yaml", []byte("lines:\n  a:\n    name: {zh: 甲, en: A}\n    ways: [refund, reduce]\n    kinds: [增值税]\n    parts:\n      b: {name: {zh: 乙, en: B}, items: [x, 示例事项]}\n"))
	if err != nil || len(r.Lines) != 2 || r.Lines[1].Depth != 1 {
		t.Fatalf("%+v, %v", r, err)
	}
	for k, want := range map[CellKey][2]bool{
		{Way: "refund", Kind: "增值税", Item: "x"}:     {true, true},
		{Way: "refund", Kind: "增值税", Item: "y"}:     {true, false},
		{Way: "defer", Kind: "增值税", Item: "x"}:      {false, false},
		{Way: "reduce", Kind: "增值税", Title: "示例事项"}: {true, true},
		{Way: "reduce", Kind: "工伤保险", Item: "x"}:    {false, false},
	} {
		if got := [2]bool{r.Lines[0].Counts(k), r.Lines[1].Counts(k)}; got != want {
			t.Errorf("%+v: %v", k, got)
		}
	}
}
