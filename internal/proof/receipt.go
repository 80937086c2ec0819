package proof

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"unicode/utf8"

	"golang.org/x/mod/sumdb/tlog"

	"gezhi/internal/fault"
)

// Format is the first member of every receipt.
const Format = "gezhi-receipt-1"

// MaxReceipt is how many bytes a receipt may have.
const MaxReceipt = 64 << 10

// Receipt proves that one leaf is in a district's log. It is a small file of JSON that needs nothing else but the
// district's public key.
type Receipt struct {
	Format     string   `json:"format"`
	Title      string   `json:"title,omitempty"` // for people; proves nothing
	Zone       int      `json:"zone"`
	Index      int64    `json:"index"` // of the leaf, from 0
	Leaf       string   `json:"leaf"`
	Hashes     []string `json:"hashes"`     // base64, from the leaf's neighbour up to the root
	Checkpoint string   `json:"checkpoint"` // a signed note
}

// NewReceipt puts a receipt together.
func NewReceipt(title string, zone int, index int64, leaf []byte, hashes []Hash, checkpoint string) Receipt {
	r := Receipt{Format: Format, Title: title, Zone: zone, Index: index, Leaf: string(leaf), Hashes: make([]string, len(hashes)), Checkpoint: checkpoint}
	for i, h := range hashes {
		r.Hashes[i] = h.String()
	}
	return r
}

// File is the receipt as it is handed out.
func (r Receipt) File() []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(r); err != nil {
		panic(err) // texts and numbers always encode
	}
	return b.Bytes()
}

// ParseReceipt reads a receipt. What it gives may still prove nothing: see Verify.
func ParseReceipt(file []byte) (Receipt, error) {
	var r Receipt
	if len(file) > MaxReceipt {
		return r, fault.Field("receipt", "凭证文件过大（超过 64 KB），这不是一张凭证。", "The file is larger than 64 KB; it is not a receipt.")
	}
	file = bytes.TrimPrefix(file, []byte("\xef\xbb\xbf"))
	d := json.NewDecoder(bytes.NewReader(file))
	d.DisallowUnknownFields()
	if !utf8.Valid(file) || d.Decode(&r) != nil {
		return Receipt{}, errNoReceipt()
	}
	if _, err := d.Token(); err != io.EOF {
		return Receipt{}, errNoReceipt()
	}
	if r.Format != Format {
		return Receipt{}, fault.Field("receipt", "凭证格式是“%s”，本程序只认 "+Format+"。", "The receipt's format is %q; this program knows "+Format+".", r.Format)
	}
	return r, nil
}

func errNoReceipt() error {
	return fault.Field("receipt", "这不是一张凭证，或者文件内容不完整。", "This is not a receipt, or part of the file is missing.")
}

// Verify checks everything the receipt says with the district's public key: the checkpoint's signature, and that the
// leaf was in the log when it was signed. The checkpoint is what was signed.
func (r Receipt) Verify(v Verifier) (Checkpoint, error) {
	c, err := v.Open(r.Checkpoint)
	if err != nil {
		return c, err
	}
	if c.Zone != r.Zone {
		return c, fault.New(fault.Invalid, "凭证写的是辖区 %d，签名的检查点却是辖区 %d 的。", "The receipt says district %d, but its checkpoint is of district %d.", r.Zone, c.Zone)
	}
	if r.Index < 0 || r.Index >= c.Size {
		return c, fault.New(fault.Invalid, "凭证写的是第 %d 条，签名时日志只有 %d 条。", "The receipt names entry %d, but the log had %d entries when it was signed.", r.Index, c.Size)
	}
	hashes, err := parseHashes(r.Hashes)
	if err != nil {
		return c, err
	}
	if tlog.CheckRecord(hashes, c.Size, c.Root, r.Index, r.LeafHash()) != nil {
		return c, fault.New(fault.Invalid, "记录内容与签名对不上：记录、位置或证明被改动过。",
			"What is recorded does not agree with what was signed: the record, its place or the proof was changed.")
	}
	return c, nil
}

// LeafHash is the hash of the receipt's leaf.
func (r Receipt) LeafHash() Hash { return LeafHash([]byte(r.Leaf)) }

// maxHashes is more than any proof in a tree of 2⁶³ leaves needs.
const maxHashes = 64

func parseHashes(texts []string) ([]Hash, error) {
	if len(texts) > maxHashes {
		return nil, errNoProof()
	}
	out := make([]Hash, len(texts))
	for i, s := range texts {
		b, err := base64.StdEncoding.Strict().DecodeString(s)
		if err != nil || len(b) != HashSize {
			return nil, errNoProof()
		}
		copy(out[i][:], b)
	}
	return out, nil
}

func errNoProof() error {
	return fault.New(fault.Invalid, "凭证中的证明无法读取，文件可能被改动过。", "The proof in the receipt cannot be read; the file may have been changed.")
}

// Member is one thing a leaf says.
type Member struct{ Name, Value string }

// Members are what a leaf's text says, in its order; nil when it is no leaf.
func Members(leaf string) []Member {
	d := json.NewDecoder(bytes.NewReader([]byte(leaf)))
	d.UseNumber()
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil
	}
	var out []Member
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return nil
		}
		value, err := d.Token()
		if err != nil {
			return nil
		}
		var m Member
		m.Name, _ = name.(string)
		switch v := value.(type) {
		case string:
			m.Value = v
		case json.Number:
			m.Value = v.String()
		default:
			return nil
		}
		out = append(out, m)
	}
	return out
}
