package main

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gezhi/internal/lang"
	"gezhi/packs"
)

// copyOf writes a built-in pack to a folder and adds a line to its routes.
func copyOf(t *testing.T, zone, row string) string {
	t.Helper()
	dir := t.TempDir()
	sub, err := fs.Sub(packs.FS, zone)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(filepath.Join(dir, zone), sub); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, zone, "routes.csv")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, append(text, row...), 0o644); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, zone)
}

func TestCheckProvesTheBuiltInZones(t *testing.T) {
	for zone, want := range map[string]int{"binjiang": 54 * 3000, "yangling": 54 * 900} {
		code, out, errs := command(lang.ZH, "check", "--zone", zone, "--json")
		var got checkAnswer
		if err := json.Unmarshal([]byte(out), &got); err != nil {
			t.Fatal(err, errs)
		}
		if code != 0 || !got.Proof.Holds || got.Proof.Leaves != (tallyAnswer{One: want}) || got.Matters != 54 {
			t.Errorf("%s: exit %d, %+v", zone, code, got.Proof)
		}
	}
}

func TestCheckNamesAPlantedDoubleAndFails(t *testing.T) {
	dir := copyOf(t, "yangling", "E0403,610403001001,handling,,unit:gas,\nE0403,610403001001,handling,,unit:power,\n")
	code, out, errs := command(lang.EN, "check", "--pack", dir)
	if code != exitFault || !strings.Contains(out, "several owners") || !strings.Contains(out, "E0403") || !strings.Contains(out, "610403001001 杨陵街道 凤岗路社区") ||
		!strings.Contains(out, "unit:gas") || !strings.Contains(out, "unit:power") || !strings.Contains(errs, "incomplete") {
		t.Errorf("exit %d\n%s\n%s", code, out, errs)
	}
}

func TestCheckNamesAPlantedHoleAndFails(t *testing.T) {
	dir := copyOf(t, "yangling", "E0403,61040300100100101,handling,,unit:gone,\n")
	code, out, _ := command(lang.ZH, "check", "--pack", dir)
	if code != exitFault || !strings.Contains(out, "没有单位 gone") || !strings.Contains(out, "61040300100100101") || !strings.Contains(out, "E0403") {
		t.Errorf("exit %d\n%s", code, out)
	}
}

func TestCheckSaysWhatIsWrongWithAPackAndWhere(t *testing.T) {
	dir := copyOf(t, "yangling", "E0403,610403009,handling,,unit:gas,\n")
	code, _, errs := command(lang.EN, "check", "--pack", dir)
	if code != exitFault || !strings.Contains(errs, "routes.csv:") || !strings.Contains(errs, "610403009") {
		t.Errorf("exit %d\n%s", code, errs)
	}
	if code, _, errs := command(lang.EN, "check", "--zone", "atlantis"); code != exitFault || !strings.Contains(errs, "binjiang") {
		t.Errorf("exit %d\n%s", code, errs)
	}
	if code, _, _ := command(lang.EN, "check"); code != exitUsage {
		t.Errorf("without a pack: exit %d", code)
	}
}
