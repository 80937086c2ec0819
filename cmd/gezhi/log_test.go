package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gezhi/internal/app"
	"gezhi/internal/lang"
	"gezhi/internal/ledger"
	"gezhi/internal/store"
)

func TestAReceiptIsCheckedWithoutADatabase(t *testing.T) {
	dir := t.TempDir()
	db, key := "sqlite:"+filepath.Join(dir, "a.db"), filepath.Join(dir, "a.key")
	gezhi := func(in []byte, args ...string) (int, string) {
		var out bytes.Buffer
		code := run(std{In: bytes.NewReader(in), Out: &out, Err: &out, Lang: lang.EN}, args)
		return code, out.String()
	}
	_, installed := gezhi(nil, "install", "--zone", "yangling", "--db", db, "--key", key)
	code, public := gezhi(nil, "log", "key", "--db", db, "--key", key)
	if public = strings.TrimSpace(public); code != exitOK || !strings.HasPrefix(public, "gezhi/610403+") || !strings.Contains(installed, public) {
		t.Fatalf("log key: %d %s; install said %s", code, public, installed)
	}

	a, err := openInstalled(t.Context(), std{Lang: lang.EN}, db, key)
	if err != nil {
		t.Fatal(err)
	}
	var who app.Viewer
	err = a.DB().InTx(t.Context(), 610403, func(tx *store.Tx) error {
		s, err := tx.StaffByLogin("admin")
		if err != nil {
			return err
		}
		who = app.Viewer{Zone: 610403, Person: s.Person}
		_, err = tx.Post(ledger.Transfer{ID: "gift", From: ledger.Of(ledger.Issue, "610403"), To: app.PersonAccount(s.Person), Asset: ledger.Point, Amount: 30, Reason: "gift"})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	p, err := a.TransferReceipt(t.Context(), who, "gift")
	if err != nil {
		t.Fatal(err)
	}
	a.DB().Close()
	receipt, keyFile := filepath.Join(dir, "receipt.json"), filepath.Join(dir, "public.txt")
	for name, content := range map[string][]byte{receipt: p.Receipt.File(), keyFile: []byte(public + "\n")} {
		if err := os.WriteFile(name, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Remove(filepath.Join(dir, "a.db")); err != nil {
		t.Fatal(err)
	}

	forged := bytes.Replace(p.Receipt.File(), []byte(`\"30\"`), []byte(`\"31\"`), 1)
	for name, c := range map[string]struct {
		in   []byte
		args []string
		code int
		want string
	}{
		"good":                     {nil, []string{receipt, "--key", public}, exitOK, "amount    30"},
		"with the key in a file":   {nil, []string{receipt, "--key", keyFile}, exitOK, "The receipt is good"},
		"from standard input":      {p.Receipt.File(), []string{"-", "--key", public}, exitOK, fmt.Sprintf("entry %d of the log of district 610403, signed for", p.Receipt.Index+1)},
		"a point more":             {forged, []string{"-", "--key", public}, exitFault, "does not agree with what was signed"},
		"another district's key":   {nil, []string{receipt, "--key", strings.Replace(public, "610403", "330108", 1)}, exitFault, "not a public key"},
		"no key":                   {nil, []string{receipt}, exitUsage, "--key"},
		"a file that is not there": {nil, []string{receipt + "x", "--key", public}, exitFault, "cannot read the file"},
		"no receipt":               {[]byte("x"), []string{"-", "--key", public}, exitFault, "not a receipt"},
	} {
		code, out := gezhi(c.in, append([]string{"verify", "receipt"}, c.args...)...)
		if code != c.code || !strings.Contains(out, c.want) {
			t.Errorf("%s: exit %d: %s", name, code, out)
		}
	}
}
