package seal

import (
	"crypto/hmac"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
)

// The envelope: version 1, suite, key id (4), nonce (12), ciphertext and tag (16).
// Everything before the nonce is authenticated too.
const (
	version    = 1
	headerSize = 6
	nonceSize  = 12
	tagSize    = 16
)

var (
	// ErrUnknownKey means the value was sealed with a key that is not in the ring.
	ErrUnknownKey = errors.New("seal: sealed with a key that is not in the key file")
	// ErrForged means the value was changed, cut, or moved here from another place.
	ErrForged = errors.New("seal: the sealed value was changed or belongs elsewhere")
)

// Place is the aad of one value: a value sealed for one zone, table, column and row opens nowhere else.
func Place(zone int, table, column, row string) string {
	return fmt.Sprintf("%d %q %q %q", zone, table, column, row)
}

// Seal encrypts plain with the newest key, bound to aad (see Place). The result is 34 bytes longer than plain.
// One key may seal 2^32 values; append a new one to the file long before.
func (r *Ring) Seal(aad, plain string) ([]byte, error) {
	k := r.keys[len(r.keys)-1]
	out := make([]byte, headerSize+nonceSize, headerSize+nonceSize+len(plain)+tagSize)
	out[0], out[1] = version, byte(r.suite)
	copy(out[2:], k.id[:])
	nonce := out[headerSize:]
	if _, err := rand.Read(nonce); err != nil {
		return nil, err
	}
	return k.aeads[r.suite].Seal(out, nonce, []byte(plain), bind(out[:headerSize], aad)), nil
}

// Open decrypts what Seal made with the same aad, whichever suite and key of the ring sealed it.
// Errors are ErrUnknownKey or ErrForged; they are our trouble, not the reader's, so they carry no kind.
func (r *Ring) Open(aad string, sealed []byte) (string, error) {
	if len(sealed) < headerSize+nonceSize+tagSize || sealed[0] != version {
		return "", ErrForged
	}
	k := r.key(sealed)
	if k == nil {
		return "", ErrUnknownKey
	}
	aead := k.aeads[Suite(sealed[1])]
	if aead == nil {
		return "", ErrForged
	}
	header, nonce := sealed[:headerSize], sealed[headerSize:headerSize+nonceSize]
	plain, err := aead.Open(nil, nonce, sealed[headerSize+nonceSize:], bind(header, aad))
	if err != nil {
		return "", ErrForged
	}
	return string(plain), nil
}

// Stale reports whether sealed should be opened and sealed again, because a newer key or another suite is in use.
func (r *Ring) Stale(sealed []byte) bool {
	newest := &r.keys[len(r.keys)-1]
	return len(sealed) < headerSize || sealed[1] != byte(r.suite) || r.key(sealed) != newest
}

func (r *Ring) key(sealed []byte) *key {
	for i := range r.keys {
		if r.keys[i].id == [4]byte(sealed[2:headerSize]) {
			return &r.keys[i]
		}
	}
	return nil
}

func bind(header []byte, aad string) []byte {
	return append(append(make([]byte, 0, len(header)+len(aad)), header...), aad...)
}

// Hash is the 16-byte search hash of a value that was normalised first ("phone", 13812345678). Equal values of one
// kind have equal hashes, so it may be indexed and be unique; without the key nobody can try all phone numbers.
func (r *Ring) Hash(kind, normalised string) []byte {
	mac := hmac.New(r.suite.newHash, r.hashKey)
	mac.Write(binary.BigEndian.AppendUint32(nil, uint32(len(kind))))
	mac.Write([]byte(kind))
	mac.Write([]byte(normalised))
	return mac.Sum(nil)[:16]
}
