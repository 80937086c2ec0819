package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gezhi/internal/lang"
)

func TestInstallSpeaksChinese(t *testing.T) {
	dir := t.TempDir()
	var out bytes.Buffer
	code := run(std{Out: &out, Err: &out, Lang: lang.ZH}, []string{"install", "--zone", "yangling", "--db", "sqlite:" + filepath.Join(dir, "a.db"), "--key", filepath.Join(dir, "a.key")})
	if code != exitOK || !strings.Contains(out.String(), "已安装杨凌（610403）") || strings.Contains(out.String(), "EXTRA") {
		t.Errorf("%d %s", code, out.String())
	}
}

func TestInstallThenVerify(t *testing.T) {
	dir := t.TempDir()
	db, key := "sqlite:"+filepath.Join(dir, "a.db"), filepath.Join(dir, "a.key")
	gezhi := func(args ...string) (int, string) {
		var out bytes.Buffer
		code := run(std{Out: &out, Err: &out, Lang: lang.EN}, append(args, "--db", db, "--key", key))
		return code, out.String()
	}
	if code, out := gezhi("verify"); code == exitOK || !strings.Contains(out, "There is no database file") {
		t.Errorf("verify before there is a database: %d %s", code, out)
	}
	code, out := gezhi("install", "--zone", "yangling")
	if code != exitOK || !strings.Contains(out, "auditor ") || !strings.Contains(out, "security ") || !strings.Contains(out, "admin ") {
		t.Fatalf("install: %d %s", code, out)
	}
	if code, out := gezhi("install", "--zone", "yangling"); code == exitOK || !strings.Contains(out, "is installed already") {
		t.Errorf("installing twice: %d %s", code, out)
	}
	if strings.Contains(out, "EXTRA") {
		t.Errorf("a sentence with too many values: %s", out)
	}
	if code, out := gezhi("install"); code == exitOK || !strings.Contains(out, "--zone or --pack") {
		t.Errorf("installing nothing: %d %s", code, out)
	}
	if code, out := gezhi("verify", "--json"); code != exitOK || !strings.Contains(out, `"zone": 610403`) {
		t.Errorf("verify: %d %s", code, out)
	}
	f, err := os.OpenFile(strings.TrimPrefix(db, "sqlite:"), os.O_WRONLY, 0)
	if err == nil {
		_, err = f.WriteAt(make([]byte, 4096), 0)
	}
	if err == nil {
		err = f.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	if code, out := gezhi("verify"); code == exitOK || !strings.Contains(out, "broken: the file is sound, 1 times, first") {
		t.Errorf("verify of a damaged file: %d %s", code, out)
	}
}
