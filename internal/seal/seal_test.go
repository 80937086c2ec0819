package seal

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/emmansun/gmsm/sm3"
	"github.com/emmansun/gmsm/sm4"
	"pgregory.net/rapid"
)

var suites = map[string]Suite{"AES": AES, "SM": SM}

func master(seed byte) []byte {
	m := make([]byte, MasterSize)
	for i := range m {
		m[i] = seed + byte(i)
	}
	return m
}

func ring(t *testing.T, s Suite, masters ...[]byte) *Ring {
	t.Helper()
	if masters == nil {
		masters = [][]byte{master(1)}
	}
	r, err := New(s, masters...)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// The vectors of GB/T 32905 (appendix A) and GB/T 32907 (appendix A) show that the library is the national cipher.
func TestStandardVectors(t *testing.T) {
	sum := sm3.Sum([]byte("abc"))
	if got := hex.EncodeToString(sum[:]); got != "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0" {
		t.Errorf("SM3(abc) = %s", got)
	}
	block, _ := hex.DecodeString("0123456789abcdeffedcba9876543210")
	c, err := sm4.NewCipher(block)
	if err != nil {
		t.Fatal(err)
	}
	out := make([]byte, 16)
	c.Encrypt(out, block)
	if got := hex.EncodeToString(out); got != "681edf34d206965e86b3e94f536e4246" {
		t.Errorf("SM4-ECB = %s", got)
	}
}

// What was sealed by this version must open for ever: change these only together with the version byte.
func TestSealedValuesStayReadable(t *testing.T) {
	for name, sealed := range pinned {
		b, _ := hex.DecodeString(sealed)
		if got, err := ring(t, suites[name]).Open(Place(330108, "person", "phone", "42"), b); err != nil || got != "13812345678" {
			t.Errorf("%s: Open = %q, %v", name, got, err)
		}
	}
	for name, want := range pinnedHash {
		if got := hex.EncodeToString(ring(t, suites[name]).Hash("phone", "13812345678")); got != want {
			t.Errorf("%s: Hash = %s, want %s", name, got, want)
		}
	}
}

func TestSealAndOpen(t *testing.T) {
	for name, s := range suites {
		t.Run(name, func(t *testing.T) {
			r := ring(t, s)
			rapid.Check(t, func(t *rapid.T) {
				aad, plain := rapid.String().Draw(t, "aad"), rapid.String().Draw(t, "plain")
				sealed, err := r.Seal(aad, plain)
				if err != nil {
					t.Fatal(err)
				}
				if got, err := r.Open(aad, sealed); err != nil || got != plain {
					t.Fatalf("Open = %q, %v; want %q", got, err, plain)
				}
				if _, err := r.Open(aad+"x", sealed); !errors.Is(err, ErrForged) {
					t.Fatalf("another aad: %v", err)
				}
				again, _ := r.Seal(aad, plain)
				if bytes.Equal(again, sealed) {
					t.Fatal("sealed twice, the same bytes: who knows one value knows all equal ones")
				}
			})
		})
	}
}

func TestEveryByteIsGuarded(t *testing.T) {
	for name, s := range suites {
		t.Run(name, func(t *testing.T) {
			r := ring(t, s)
			sealed, _ := r.Seal("here", "330108199001011234")
			for i := range sealed {
				for bit := range 8 {
					forged := bytes.Clone(sealed)
					forged[i] ^= 1 << bit
					if got, err := r.Open("here", forged); err == nil {
						t.Errorf("byte %d bit %d changed and it opens: %q", i, bit, got)
					}
				}
				if _, err := r.Open("here", sealed[:i]); err == nil {
					t.Errorf("cut to %d bytes and it opens", i)
				}
			}
			if _, err := r.Open("here", append(sealed, 0)); err == nil {
				t.Error("one byte longer and it opens")
			}
		})
	}
}

func TestValuesCannotChangePlaces(t *testing.T) {
	r := ring(t, AES)
	home := Place(330108, "person", "phone", "42")
	sealed, _ := r.Seal(home, "13812345678")
	for name, place := range map[string]string{
		"another zone":    Place(610403, "person", "phone", "42"),
		"another table":   Place(330108, "staff", "phone", "42"),
		"another column":  Place(330108, "person", "id", "42"),
		"another row":     Place(330108, "person", "phone", "43"),
		"names run on":    Place(330108, "person", "phone 42", ""),
		"quotes in names": Place(330108, `person" "phone`, "42", ""),
	} {
		if _, err := r.Open(place, sealed); !errors.Is(err, ErrForged) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestRotation(t *testing.T) {
	old := ring(t, AES)
	both := ring(t, AES, master(1), master(2))
	national := ring(t, SM, master(1), master(2))
	before, _ := old.Seal("a", "v")
	after, _ := both.Seal("a", "v")

	for name, r := range map[string]*Ring{"both keys": both, "both keys, other suite": national} {
		if got, err := r.Open("a", before); err != nil || got != "v" {
			t.Errorf("%s: the old value = %q, %v", name, got, err)
		}
		if !r.Stale(before) {
			t.Errorf("%s: the old value is not stale", name)
		}
	}
	if both.Stale(after) || !national.Stale(after) {
		t.Error("the new value is stale for its own ring, or not for the other suite")
	}
	if _, err := old.Open("a", after); !errors.Is(err, ErrUnknownKey) {
		t.Errorf("the old ring opens a new value: %v", err)
	}
	if !bytes.Equal(old.Hash("phone", "1"), both.Hash("phone", "1")) || old.Fingerprint() != both.Fingerprint() {
		t.Error("rotation changed the search hash")
	}
	if old.Fingerprint() == national.Fingerprint() || old.Fingerprint() == ring(t, AES, master(2)).Fingerprint() {
		t.Error("another suite or key has the same fingerprint")
	}
}

func TestHash(t *testing.T) {
	seen := map[string]string{}
	for name, s := range suites {
		for _, m := range []byte{1, 2} {
			for _, in := range [][2]string{{"phone", "138"}, {"phone1", "38"}, {"phon", "e138"}, {"id", "138"}, {"phone", ""}, {"", "phone138"}} {
				h := ring(t, s, master(m)).Hash(in[0], in[1])
				if len(h) != 16 {
					t.Fatalf("%d bytes", len(h))
				}
				what := fmt.Sprint(name, m, in)
				if other, clash := seen[string(h)]; clash {
					t.Errorf("%s and %s have one hash", what, other)
				}
				seen[string(h)] = what
			}
		}
	}
}

func TestKeysArePrivate(t *testing.T) {
	r := ring(t, AES)
	j, _ := json.Marshal(map[string]any{"ring": r})
	var log bytes.Buffer
	slog.New(slog.NewJSONHandler(&log, nil)).Info("start", "ring", r)
	slog.New(slog.NewTextHandler(&log, nil)).Info("start", "ring", r)
	for _, s := range []string{fmt.Sprintf("%v %+v %#v %s %d %x %q", r, r, r, r, r, r, r), string(j), log.String()} {
		if strings.Contains(s, hex.EncodeToString(r.hashKey[:4])) || strings.Contains(s, fmt.Sprint(r.hashKey[0], " ", r.hashKey[1])) || !strings.Contains(s, "seal.Ring(1 keys)") {
			t.Errorf("printed: %s", s)
		}
	}
}

func TestParse(t *testing.T) {
	hex1 := hex.EncodeToString(master(1))
	want := ring(t, AES).Fingerprint()
	for name, c := range map[string]struct {
		text string
		ok   bool
	}{
		"hex":                       {hex1, true},
		"upper-case hex, CRLF":      {strings.ToUpper(hex1) + "\r\n", true},
		"base64":                    {"AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA=", true},
		"base64 without padding":    {"AQIDBAUGBwgJCgsMDQ4PEBESExQVFhcYGRobHB0eHyA", true},
		"comments and a second key": {"# old\n" + hex1 + "\n\n# new\n" + hex.EncodeToString(master(9)), true},
		"empty":                     {"", false},
		"only comments":             {"# " + hex1, false},
		"too short":                 {hex1[:62], false},
		"not hex":                   {strings.Repeat("zz", 32), false},
		"the same key twice":        {hex1 + "\n" + hex1, false},
		"zeros":                     {strings.Repeat("00", 32), false},
		"a good and a broken line":  {hex1 + "\nsecret", false},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := Parse(AES, c.text)
			if (err == nil) != c.ok {
				t.Fatalf("Parse: %v", err)
			}
			if c.ok && r.Fingerprint() != want {
				t.Error("another key was read")
			}
			if err != nil && strings.Contains(err.Error(), "secret") {
				t.Errorf("the error repeats the key file: %v", err)
			}
		})
	}
}

func TestLoadOrCreate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "gezhi.key")
	if _, err := Load(AES, path); !errors.Is(err, os.ErrNotExist) {
		t.Fatalf("Load of nothing: %v", err)
	}
	prints := make([]string, 8)
	var wg sync.WaitGroup
	for i := range prints {
		wg.Go(func() {
			r, err := LoadOrCreate(AES, path)
			if err != nil {
				t.Error(err)
				return
			}
			prints[i] = r.Fingerprint()
		})
	}
	wg.Wait()
	for _, p := range prints {
		if p == "" || p != prints[0] {
			t.Fatalf("processes starting together hold different keys: %v", prints)
		}
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), ".key-*")); len(left) != 0 {
		t.Errorf("left behind: %v", left)
	}
	for mode, ok := range map[os.FileMode]bool{0o600: true, 0o400: true, 0o440: true, 0o640: true, 0o644: false, 0o660: false, 0o604: false} {
		os.Chmod(path, mode)
		if _, err := Load(AES, path); (err == nil) != ok {
			t.Errorf("mode %04o: %v", mode, err)
		}
	}
	os.Chmod(path, 0o600)
	os.WriteFile(path, []byte("broken"), 0o600)
	if _, err := LoadOrCreate(AES, path); err == nil {
		t.Error("a broken key file was loaded or replaced")
	}
}

func FuzzOpen(f *testing.F) {
	m := make([]byte, MasterSize)
	rand.Read(m)
	r, err := New(AES, m)
	if err != nil {
		f.Fatal(err)
	}
	good, _ := r.Seal("aad", "plain")
	f.Add(good)
	f.Add(good[:20])
	f.Add([]byte{1, 2, 3})
	f.Fuzz(func(t *testing.T, b []byte) {
		if _, err := r.Open("aad", b); err == nil && !bytes.Equal(b, good) {
			t.Fatalf("opened %x", b)
		}
		r.Stale(b)
	})
}

func FuzzParse(f *testing.F) {
	f.Add(hex.EncodeToString(master(1)))
	f.Add("# x\n====\n")
	f.Fuzz(func(t *testing.T, s string) {
		if r, err := Parse(SM, s); err == nil && len(r.Hash("a", "b")) != 16 {
			t.Fatal("no hash")
		}
	})
}

func TestSigningKeysOutliveRotationAndDifferByPurpose(t *testing.T) {
	keys := map[string]string{}
	for name, r := range map[string]*Ring{"one": ring(t, AES, master(1)), "rotated": ring(t, AES, master(1), master(2)), "national": ring(t, SM, master(1)), "other": ring(t, AES, master(2))} {
		for _, purpose := range []string{"log 330108", "log 610403"} {
			k, err := r.SigningKey(purpose)
			if err != nil {
				t.Fatal(err)
			}
			keys[name+" "+purpose] = hex.EncodeToString(k)
		}
	}
	const a, b = " log 330108", " log 610403"
	if keys["one"+a] != keys["rotated"+a] || keys["one"+a] != keys["national"+a] {
		t.Error("the key changed with rotation or suite")
	}
	if keys["one"+a] == keys["one"+b] || keys["one"+a] == keys["other"+a] {
		t.Error("two purposes or two key files share a key")
	}
	if want := pinnedSigning; keys["one"+a][64:] != want {
		t.Errorf("public key %s, pinned %s", keys["one"+a][64:], want)
	}
}
