package proof

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"gezhi/internal/fault"
)

// Checkpoint is what a district signs: how long its log is, and the one hash that stands for all of it.
type Checkpoint struct {
	Zone  int
	Size  int64
	Root  Hash
	At    int64 // when it was signed, unix milliseconds
	Since int64 // from when on everything is in the log
}

// Origin names the log of a district, in its checkpoints and keys.
func Origin(zone int) string { return "gezhi/" + strconv.Itoa(zone) }

// Text is the checkpoint's text before it is signed: origin, size and root in base64, as C2SP tlog-checkpoint has them,
// and two lines of our own.
func (c Checkpoint) Text() string {
	return fmt.Sprintf("%s\n%d\n%s\nat %d\nsince %d\n", Origin(c.Zone), c.Size, c.Root, c.At, c.Since)
}

// Time is when it was signed, in China's time.
func (c Checkpoint) Time() time.Time { return time.UnixMilli(c.At).In(china) }

// parseCheckpoint reads what Text wrote, and nothing else.
func parseCheckpoint(text string) (c Checkpoint, ok bool) {
	lines := strings.Split(text, "\n")
	if len(lines) != 6 {
		return c, false
	}
	number := func(line, before string) int64 {
		rest, found := strings.CutPrefix(line, before)
		n, err := strconv.ParseInt(rest, 10, 64)
		if !found || err != nil || n < 0 {
			ok = false
		}
		return n
	}
	ok = true
	c.Zone, c.Size = int(number(lines[0], "gezhi/")), number(lines[1], "")
	c.At, c.Since = number(lines[3], "at "), number(lines[4], "since ")
	root, err := tlog.ParseHash(lines[2])
	c.Root = root
	return c, ok && err == nil && c.Text() == text // no second way of writing the same
}

// Signer signs the checkpoints of one district.
type Signer struct {
	name string
	key  ed25519.PrivateKey
}

// NewSigner signs for the zone with the key.
func NewSigner(zone int, key ed25519.PrivateKey) *Signer { return &Signer{Origin(zone), key} }

// Name and KeyHash say who signs, as notes do.
func (s *Signer) Name() string { return s.name }

// KeyHash is a short name of the key.
func (s *Signer) KeyHash() uint32 {
	sum := sha256.Sum256(append([]byte(s.name+"\n"), s.public()...))
	return binary.BigEndian.Uint32(sum[:])
}

// Sign signs a note's text.
func (s *Signer) Sign(text []byte) ([]byte, error) { return ed25519.Sign(s.key, text), nil }

// public is the public key with the number of its algorithm before it.
func (s *Signer) public() []byte {
	const ed25519Note = 1
	return append([]byte{ed25519Note}, s.key.Public().(ed25519.PublicKey)...)
}

// Key is the public key in the form verifiers take: gezhi/330108+0123abcd+base64.
func (s *Signer) Key() string {
	return fmt.Sprintf("%s+%08x+%s", s.name, s.KeyHash(), base64.StdEncoding.EncodeToString(s.public()))
}

// Note is the checkpoint, signed.
func (s *Signer) Note(c Checkpoint) (string, error) {
	signed, err := note.Sign(&note.Note{Text: c.Text()}, s)
	return string(signed), err
}

// Verifier checks signatures of one district's log.
type Verifier struct{ note.Verifier }

// ParseKey reads a public key.
func ParseKey(text string) (Verifier, error) {
	v, err := note.NewVerifier(strings.TrimSpace(text))
	if err != nil {
		return Verifier{}, fault.Field("key", "公钥格式不对，应形如 gezhi/330108+xxxxxxxx+……，请整行复制。", "That is not a public key; it looks like gezhi/330108+xxxxxxxx+…: copy the whole line.")
	}
	return Verifier{v}, nil
}

// maxNote bounds a checkpoint somebody hands in.
const maxNote = 4096

// Open checks a signed checkpoint and reads it.
func (v Verifier) Open(signed string) (Checkpoint, error) {
	if len(signed) > maxNote {
		return Checkpoint{}, errNoCheckpoint()
	}
	n, err := note.Open([]byte(signed), note.VerifierList(v))
	var unsigned *note.UnverifiedNoteError
	var forged *note.InvalidSignatureError
	switch {
	case errors.As(err, &forged):
		return Checkpoint{}, fault.New(fault.Invalid, "检查点的签名不对：内容在签名之后被改动过，或者签名是伪造的。",
			"The checkpoint's signature is wrong: it was changed after it was signed, or the signature is forged.")
	case errors.As(err, &unsigned):
		return Checkpoint{}, fault.New(fault.Invalid, "检查点不是用这把公钥（%s）签名的，请核对公钥来自哪个辖区。",
			"The checkpoint was not signed with this key (%s). Make sure the key is that district's.", v.Name())
	case err != nil:
		return Checkpoint{}, errNoCheckpoint()
	}
	c, ok := parseCheckpoint(n.Text)
	if !ok {
		return c, errNoCheckpoint()
	}
	if Origin(c.Zone) != v.Name() {
		return c, fault.New(fault.Invalid, "检查点属于辖区 %d，公钥却属于 %s。", "The checkpoint is of district %d, the key of %s.", c.Zone, v.Name())
	}
	return c, nil
}

func errNoCheckpoint() error {
	return fault.New(fault.Invalid, "检查点无法读取，文件可能不完整。", "The checkpoint cannot be read; the file may be incomplete.")
}

// CheckConsistency reports whether the hashes prove that the later log only added to the earlier one.
func CheckConsistency(earlier, later Checkpoint, hashes []Hash) error {
	if earlier.Size > later.Size {
		return fault.New(fault.Invalid, "较早的检查点有 %d 条，较晚的只有 %d 条。", "The earlier checkpoint has %d entries, the later one %d.", earlier.Size, later.Size)
	}
	if earlier.Size == 0 || tlog.CheckTree(hashes, later.Size, later.Root, earlier.Size, earlier.Root) == nil {
		return nil
	}
	return fault.New(fault.Invalid, "两个检查点对不上：前 %d 条被改写过。", "The two checkpoints do not agree: something among the first %d entries was rewritten.", earlier.Size)
}
