package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gezhi/internal/lang"
)

func TestSimulateLeavesAWholeFileOrNone(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s.db")
	gezhi := func(args ...string) (int, string) {
		var out bytes.Buffer
		code := run(std{Out: &out, Err: &out, Lang: lang.EN}, append(args, "--db", "sqlite:"+path))
		return code, out.String()
	}
	if err := os.WriteFile(path+".unfinished", []byte("what an interrupted run left"), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, out := gezhi("simulate", "--cases", "400", "--zone", "yangling"); code != exitOK {
		t.Fatalf("%d %s", code, out)
	}
	was, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if left, _ := filepath.Glob(path + ".unfinished*"); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	if code, out := gezhi("simulate", "--cases", "400", "--if-missing"); code != exitOK {
		t.Errorf("--if-missing over a file: %d %s", code, out)
	}
	if now, err := os.Stat(path); err != nil || !now.ModTime().Equal(was.ModTime()) {
		t.Errorf("--if-missing touched the file: %v", err)
	}
	if code, out := gezhi("simulate", "--cases", "400"); code == exitOK || !strings.Contains(out, "is there already") {
		t.Errorf("over a file: %d %s", code, out)
	}
	if code, out := gezhi("verify", "--key", path+".key"); !strings.Contains(out, "400 cases") {
		t.Errorf("verify: %d %s", code, out)
	}
}
