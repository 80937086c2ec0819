// Package seal keeps personal data unreadable in the database: values are encrypted with a key that
// lives outside it, bound to the row they belong to, and found again by a keyed hash.
package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"hash"
	"strings"

	"github.com/emmansun/gmsm/sm3"
	"github.com/emmansun/gmsm/sm4"
)

// Suite is the family of algorithms: what encrypts, and what hashes. Its number is stored in every sealed value.
type Suite byte

const (
	AES Suite = 1 // AES-256-GCM, HMAC-SHA-256
	SM  Suite = 2 // SM4-GCM and HMAC-SM3 (GB/T 32907, GB/T 32905), for systems under GB/T 39786
)

// ParseSuite reads "aes" or "sm", as a configuration names it.
func ParseSuite(name string) (Suite, error) {
	switch strings.ToLower(name) {
	case "aes", "":
		return AES, nil
	case "sm":
		return SM, nil
	}
	return 0, fmt.Errorf("seal: unknown suite %q, expected aes or sm", name)
}

func (s Suite) newHash() hash.Hash {
	if s == SM {
		return sm3.New()
	}
	return sha256.New()
}

func (s Suite) newBlock(key []byte) (cipher.Block, error) {
	if s == SM {
		return sm4.NewCipher(key[:16])
	}
	return aes.NewCipher(key)
}

// MasterSize is the length of a master key in bytes.
const MasterSize = 32

// Ring is the master keys of an installation, oldest first. The last one seals, any one opens.
// The first one also makes the search hashes and the signing keys, so that rotation leaves them, unique indexes
// over them and what was signed before as they are. A Ring never changes and is safe for concurrent use; printing it shows no key.
type Ring struct {
	suite   Suite
	keys    []key
	hashKey []byte
	signKey []byte
}

// key is what is derived from one master.
type key struct {
	id    [4]byte
	aeads map[Suite]cipher.AEAD
}

// New makes a ring of master keys, oldest first, each of MasterSize random bytes.
func New(suite Suite, masters ...[]byte) (*Ring, error) {
	if suite != AES && suite != SM {
		return nil, fmt.Errorf("seal: unknown suite %d", suite)
	}
	if len(masters) == 0 {
		return nil, fmt.Errorf("seal: a ring needs at least one key")
	}
	r := &Ring{suite: suite}
	for i, m := range masters {
		k, err := derive(m)
		if err != nil {
			return nil, fmt.Errorf("seal: key %d: %w", i+1, err)
		}
		for _, other := range r.keys {
			if other.id == k.id {
				return nil, fmt.Errorf("seal: key %d is there twice", i+1)
			}
		}
		r.keys = append(r.keys, k)
	}
	var err error
	if r.hashKey, err = hkdf.Key(suite.newHash, masters[0], nil, "gezhi search hash 1", 32); err != nil {
		return nil, err
	}
	r.signKey, err = hkdf.Key(sha256.New, masters[0], nil, "gezhi signing 1", 32)
	return r, err
}

func derive(master []byte) (key, error) {
	if len(master) != MasterSize {
		return key{}, fmt.Errorf("has %d bytes, expected %d", len(master), MasterSize)
	}
	if strings.Count(string(master), string(master[:1])) == MasterSize {
		return key{}, fmt.Errorf("is one byte repeated, not a random key")
	}
	k := key{aeads: map[Suite]cipher.AEAD{}}
	id, err := hkdf.Key(sha256.New, master, nil, "gezhi key id 1", len(k.id))
	if err != nil {
		return key{}, err
	}
	copy(k.id[:], id)
	for _, s := range []Suite{AES, SM} {
		sub, err := hkdf.Key(s.newHash, master, nil, "gezhi seal 1", 32)
		if err != nil {
			return key{}, err
		}
		block, err := s.newBlock(sub)
		if err != nil {
			return key{}, err
		}
		if k.aeads[s], err = cipher.NewGCM(block); err != nil {
			return key{}, err
		}
	}
	return k, nil
}

// Parse reads a key file: one master key a line in hex or base64, oldest first; blank lines and
// lines that begin with # are skipped. Rotating means appending a line.
func Parse(suite Suite, text string) (*Ring, error) {
	var masters [][]byte
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		m, err := decode(line)
		if err != nil {
			return nil, fmt.Errorf("seal: line %d: %w", i+1, err)
		}
		masters = append(masters, m)
	}
	return New(suite, masters...)
}

// decode never repeats what it could not read: the line may be most of a key.
func decode(line string) ([]byte, error) {
	if len(line) == 2*MasterSize {
		if m, err := hex.DecodeString(line); err == nil {
			return m, nil
		}
	}
	line = strings.TrimRight(line, "=")
	for _, enc := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		if m, err := enc.DecodeString(line); err == nil && len(m) == MasterSize {
			return m, nil
		}
	}
	return nil, fmt.Errorf("not a key of %d bytes in hex or base64", MasterSize)
}

// SigningKey is the Ed25519 key that signs for the purpose: the same for the same key file, whatever suite it seals
// with, and of no use for any other purpose.
func (r *Ring) SigningKey(purpose string) (ed25519.PrivateKey, error) {
	seed, err := hkdf.Key(sha256.New, r.signKey, nil, "gezhi signing key 1 "+purpose, ed25519.SeedSize)
	if err != nil {
		return nil, err
	}
	return ed25519.NewKeyFromSeed(seed), nil
}

// Fingerprint names the hash key without revealing it. Store it beside the data and compare at start:
// with another key file, or another suite, nothing would be found and nobody would know why.
func (r *Ring) Fingerprint() string {
	mac := hmac.New(sha256.New, r.hashKey)
	mac.Write([]byte("gezhi fingerprint"))
	return fmt.Sprintf("%d-%x", r.suite, mac.Sum(nil)[:8])
}

// Format keeps keys out of logs, whatever verb prints the ring.
func (r *Ring) Format(f fmt.State, _ rune) { fmt.Fprintf(f, "seal.Ring(%d keys)", len(r.keys)) }

// MarshalText keeps keys out of structured logs and JSON.
func (r *Ring) MarshalText() ([]byte, error) { return fmt.Appendf(nil, "%v", r), nil }
