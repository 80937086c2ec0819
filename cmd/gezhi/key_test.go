package main

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"gezhi/internal/lang"
)

func TestKeysAreMadeListedAndRevoked(t *testing.T) {
	dir := t.TempDir()
	place := []string{"--db", "sqlite:" + filepath.Join(dir, "a.db"), "--key", filepath.Join(dir, "a.key")}
	if code, out, errs := command(lang.EN, append([]string{"install", "--zone", "yangling"}, place...)...); code != exitOK {
		t.Fatal(out, errs)
	}
	key := func(args ...string) (int, string, string) {
		return command(lang.EN, append(append([]string{"key"}, args...), append(place, "--zone", "yangling")...)...)
	}
	code, out, errs := key("add", "--name", "shop", "--scope", "transfers.write,accounts.read", "--accounts", "sponsor:7", "--accounts", "pool:610403*")
	if code != exitOK || !regexp.MustCompile(`^gzk_610403\.1_[A-Z2-7]{52}\n$`).MatchString(out) || !strings.Contains(errs, "only now") {
		t.Fatalf("%d %q %s", code, out, errs)
	}
	if code, list, _ := key("list"); code != exitOK || !strings.Contains(list, "shop") || !strings.Contains(list, "in force") || strings.Contains(list, strings.TrimSpace(out)[14:]) {
		t.Errorf("%d %s", code, list)
	}
	if code, out, errs := key("revoke", "1"); code != exitOK || !strings.Contains(out, "within a second") {
		t.Errorf("%d %s %s", code, out, errs)
	}
	if code, _, errs := key("revoke", "1"); code != exitFault || !strings.Contains(errs, "revoked already") {
		t.Errorf("revoking twice: %d %s", code, errs)
	}
	if _, list, _ := key("list"); !strings.Contains(list, "revoked") {
		t.Error(list)
	}
	for want, args := range map[string][]string{
		"at least one thing":  {"add", "--name", "shop", "--scope", "everything", "--accounts", "*"},
		"names no account":    {"add", "--name", "shop", "--scope", "accounts.read", "--accounts", "purse:1"},
		"That day has passed": {"add", "--name", "shop", "--scope", "accounts.read", "--accounts", "*", "--expires", "2020-01-01"},
	} {
		if code, _, errs := key(args...); code != exitFault || !strings.Contains(errs, want) {
			t.Errorf("%v: %d %s", args, code, errs)
		}
	}
	if code, _, errs := command(lang.EN, append([]string{"key", "list", "--zone", "nowhere"}, place...)...); code != exitFault || !strings.Contains(errs, "no district") {
		t.Errorf("%d %s", code, errs)
	}
}
