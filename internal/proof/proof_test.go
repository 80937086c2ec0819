package proof

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"gezhi/internal/fault"
	"gezhi/internal/lang"
)

const zone = 330108

var signer = NewSigner(zone, ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize)))

func verifier(t testing.TB, s *Signer) Verifier {
	t.Helper()
	v, err := ParseKey(s.Key())
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// The oracle: RFC 6962 section 2.1 word for word, over the whole list of leaves.

func oracleSplit(n int) int {
	k := 1
	for k*2 < n {
		k *= 2
	}
	return k
}

func oracleRoot(leaves [][]byte) [32]byte {
	switch n := len(leaves); n {
	case 0:
		return sha256.Sum256(nil)
	case 1:
		return sha256.Sum256(append([]byte{0}, leaves[0]...))
	default:
		k := oracleSplit(n)
		l, r := oracleRoot(leaves[:k]), oracleRoot(leaves[k:])
		return sha256.Sum256(append(append([]byte{1}, l[:]...), r[:]...))
	}
}

func oraclePath(m int, leaves [][]byte) [][32]byte {
	n := len(leaves)
	if n == 1 {
		return nil
	}
	k := oracleSplit(n)
	if m < k {
		return append(oraclePath(m, leaves[:k]), oracleRoot(leaves[k:]))
	}
	return append(oraclePath(m-k, leaves[k:]), oracleRoot(leaves[:k]))
}

func oracleConsistency(m int, leaves [][]byte, whole bool) [][32]byte {
	n := len(leaves)
	if m == n {
		if whole {
			return nil
		}
		return [][32]byte{oracleRoot(leaves)}
	}
	k := oracleSplit(n)
	if m <= k {
		return append(oracleConsistency(m, leaves[:k], whole), oracleRoot(leaves[k:]))
	}
	return append(oracleConsistency(m-k, leaves[k:], false), oracleRoot(leaves[:k]))
}

// stored keeps pieces as a database would.
type stored map[int64][]byte

func (s stored) load(numbers []int64) (map[int64][]byte, error) {
	out := map[int64][]byte{}
	for _, n := range numbers {
		if p, ok := s[n]; ok {
			out[n] = bytes.Clone(p)
		}
	}
	return out, nil
}

func (s stored) add(t testing.TB, size int64, leaves [][]byte) {
	hashes := make([]Hash, len(leaves))
	for i, l := range leaves {
		hashes[i] = LeafHash(l)
	}
	changed, err := NewTree(size, s.load).Append(hashes)
	if err != nil {
		t.Fatal(err)
	}
	for n, p := range changed {
		s[n] = bytes.Clone(p)
	}
}

func TestTheTreeIsThatOfRFC6962(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var leaves [][]byte
		s := stored{}
		for _, n := range rapid.SliceOfN(rapid.IntRange(0, 150), 1, 6).Draw(t, "batches") {
			from := len(leaves)
			for i := range n {
				leaves = append(leaves, fmt.Appendf(nil, "leaf %d", from+i))
			}
			hashes := make([]Hash, 0, n)
			for _, l := range leaves[from:] {
				hashes = append(hashes, LeafHash(l))
			}
			changed, err := NewTree(int64(from), s.load).Append(hashes)
			if err != nil {
				t.Fatal(err)
			}
			for n, p := range changed {
				s[n] = p
			}
		}
		if len(leaves) == 0 {
			return
		}
		tree := NewTree(int64(len(leaves)), s.load)
		size := rapid.IntRange(1, len(leaves)).Draw(t, "size")
		if root, err := tree.Root(int64(size)); err != nil || root != oracleRoot(leaves[:size]) {
			t.Fatalf("root of %d: %v", size, err)
		}
		n := rapid.IntRange(0, size-1).Draw(t, "leaf")
		path, err := tree.Inclusion(int64(size), int64(n))
		if want := oraclePath(n, leaves[:size]); err != nil || !sameHashes(path, want) {
			t.Fatalf("inclusion of %d in %d: %v, %v", n, size, path, err)
		}
		from := rapid.IntRange(1, size).Draw(t, "from")
		proof, err := tree.Consistency(int64(from), int64(size))
		if want := oracleConsistency(from, leaves[:size], true); err != nil || !sameHashes(proof, want) {
			t.Fatalf("consistency of %d and %d: %v, %v", from, size, proof, err)
		}
	})
}

func sameHashes(a []Hash, b [][32]byte) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// grown is a log of n leaves and its signed checkpoint.
func grown(t testing.TB, n int) (stored, [][]byte, Checkpoint, string) {
	t.Helper()
	s := stored{}
	var leaves [][]byte
	for i := range n {
		e := Event{Zone: zone, Case: int64(i + 1), Number: "330108-20260302-00001", Seq: 1, At: 1_772_416_800_000, Move: "report", To: "reported"}
		leaves = append(leaves, e.Leaf())
	}
	s.add(t, 0, leaves)
	root, err := NewTree(int64(n), s.load).Root(int64(n))
	if err != nil {
		t.Fatal(err)
	}
	c := Checkpoint{Zone: zone, Size: int64(n), Root: root, At: 1_772_416_801_000, Since: 1}
	signed, err := signer.Note(c)
	if err != nil {
		t.Fatal(err)
	}
	return s, leaves, c, signed
}

func receipt(t testing.TB, s stored, leaves [][]byte, size, n int64, signed string) Receipt {
	t.Helper()
	hashes, err := NewTree(size, s.load).Inclusion(size, n)
	if err != nil {
		t.Fatal(err)
	}
	return NewReceipt("上报", zone, n, leaves[n], hashes, signed)
}

func TestAReceiptProvesItsLeafAndSurvivesGrowth(t *testing.T) {
	s, leaves, early, signed := grown(t, 300)
	r := receipt(t, s, leaves, 300, 17, signed)
	read, err := ParseReceipt(r.File())
	if err != nil {
		t.Fatal(err)
	}
	if c, err := read.Verify(verifier(t, signer)); err != nil || c != early {
		t.Fatalf("%+v, %v", c, err)
	}
	s.add(t, 300, leaves[:211])
	tree := NewTree(511, s.load)
	root, err := tree.Root(511)
	if err != nil {
		t.Fatal(err)
	}
	hashes, err := tree.Consistency(300, 511)
	if err != nil {
		t.Fatal(err)
	}
	late := Checkpoint{Zone: zone, Size: 511, Root: root}
	if err := CheckConsistency(early, late, hashes); err != nil {
		t.Error(err)
	}
	early.Root[3] ^= 1
	if err := CheckConsistency(early, late, hashes); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a rewritten beginning passes: %v", err)
	}
}

func TestWhatWasChangedIsSaid(t *testing.T) {
	s, leaves, c, signed := grown(t, 21)
	other := NewSigner(zone, ed25519.NewKeyFromSeed(bytes.Repeat([]byte{8}, ed25519.SeedSize)))
	elsewhere, err := NewSigner(610403, ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize))).Note(Checkpoint{Zone: 610403, Size: c.Size, Root: c.Root})
	if err != nil {
		t.Fatal(err)
	}
	lying, err := signer.Note(Checkpoint{Zone: 610403, Size: c.Size, Root: c.Root})
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		change func(*Receipt)
		key    *Signer
		want   string
	}{
		"another record":           {func(r *Receipt) { r.Leaf = strings.Replace(r.Leaf, "report", "closed", 1) }, signer, "记录内容与签名对不上"},
		"another place":            {func(r *Receipt) { r.Index++ }, signer, "记录内容与签名对不上"},
		"a place beyond the log":   {func(r *Receipt) { r.Index = 21 }, signer, "只有 21 条"},
		"a place before the log":   {func(r *Receipt) { r.Index = -1 }, signer, "第 -1 条"},
		"a hash less":              {func(r *Receipt) { r.Hashes = r.Hashes[1:] }, signer, "记录内容与签名对不上"},
		"another hash":             {func(r *Receipt) { r.Hashes[0] = r.Hashes[1] }, signer, "记录内容与签名对不上"},
		"a hash that is none":      {func(r *Receipt) { r.Hashes[0] = "x" }, signer, "证明无法读取"},
		"a thousand hashes":        {func(r *Receipt) { r.Hashes = make([]string, 1000) }, signer, "证明无法读取"},
		"a checkpoint changed":     {func(r *Receipt) { r.Checkpoint = strings.Replace(r.Checkpoint, "\n21\n", "\n22\n", 1) }, signer, "签名不对"},
		"a checkpoint cut off":     {func(r *Receipt) { r.Checkpoint = r.Checkpoint[:40] }, signer, "检查点无法读取"},
		"another key":              {func(*Receipt) {}, other, "不是用这把公钥"},
		"another district":         {func(r *Receipt) { r.Checkpoint = elsewhere }, signer, "不是用这把公钥"},
		"a key for another's log":  {func(r *Receipt) { r.Checkpoint = lying }, signer, "公钥却属于"},
		"another district's name":  {func(r *Receipt) { r.Zone = 610403 }, signer, "凭证写的是辖区 610403"},
		"an endless checkpoint":    {func(r *Receipt) { r.Checkpoint = strings.Repeat("x", 5000) }, signer, "检查点无法读取"},
		"signed, but no log's own": {func(r *Receipt) { r.Checkpoint = strings.Replace(r.Checkpoint, "gezhi/", "", 1) }, signer, "签名不对"},
	} {
		t.Run(name, func(t *testing.T) {
			r := receipt(t, s, leaves, 21, 5, signed)
			test.change(&r)
			_, err := r.Verify(verifier(t, test.key))
			var f *fault.Error
			if !errors.As(err, &f) || f.Kind != fault.Invalid || !strings.Contains(f.In(lang.ZH), test.want) {
				t.Errorf("says %v, want %q", err, test.want)
			}
		})
	}
}

func TestFilesThatAreNoReceipts(t *testing.T) {
	s, leaves, _, signed := grown(t, 3)
	good := receipt(t, s, leaves, 3, 1, signed).File()
	for name, file := range map[string][]byte{
		"empty": nil, "text": []byte("凭证"), "half": good[:len(good)/2], "two": append(bytes.Clone(good), good...), "more": append(bytes.Clone(good), 'x'),
		"a list": []byte("[]"), "another member": bytes.Replace(good, []byte(`"zone"`), []byte(`"zones"`), 1),
		"another format": bytes.Replace(good, []byte(Format), []byte("gezhi-receipt-9"), 1), "huge": append(bytes.Clone(good), make([]byte, MaxReceipt)...),
		"no UTF-8": bytes.Replace(good, []byte("上报"), []byte("\xff\xfe"), 1), "null": []byte("null"),
	} {
		if r, err := ParseReceipt(file); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %+v, %v", name, r, err)
		}
	}
	if _, err := ParseReceipt(append([]byte("\xef\xbb\xbf"), good...)); err != nil {
		t.Errorf("with the mark Windows puts before a text: %v", err)
	}
}

func FuzzReceipt(f *testing.F) {
	s, leaves, _, signed := grown(f, 9)
	for n := range int64(9) {
		f.Add(receipt(f, s, leaves, 9, n, signed).File())
	}
	f.Add([]byte(`{"format":"gezhi-receipt-1","index":9223372036854775807,"hashes":null,"checkpoint":"\n\n"}`))
	v := verifier(f, signer)
	real := map[string]bool{}
	for _, l := range leaves {
		real[string(l)] = true
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		r, err := ParseReceipt(file)
		if err != nil {
			if fault.KindOf(err) != fault.Invalid {
				t.Errorf("%v is nobody's fault", err)
			}
			return
		}
		if again, err := ParseReceipt(r.File()); err != nil || fmt.Sprint(again) != fmt.Sprint(r) {
			t.Errorf("%+v becomes %+v, %v", r, again, err)
		}
		if _, err := r.Verify(v); err == nil && !real[r.Leaf] {
			t.Errorf("a forged leaf passes: %s", r.Leaf)
		} else if err != nil && fault.KindOf(err) != fault.Invalid {
			t.Errorf("%v is nobody's fault", err)
		}
		Members(r.Leaf)
	})
}

// aText is any string of bytes, with what could be mistaken for the structure of a leaf in it.
func aText() *rapid.Generator[string] {
	return rapid.OneOf(rapid.SampledFrom([]string{"", "a", `"`, `\`, `","to":"x`, "\xff", "\xfe\xff", `\udcff`, "\ufffd", "汉", "\x00", "\n"}),
		rapid.Map(rapid.SliceOfN(rapid.Byte(), 0, 6), func(b []byte) string { return string(b) }), rapid.String())
}

func aTime() *rapid.Generator[int64] {
	return rapid.OneOf(rapid.SampledFrom([]int64{0, 1, -1, 1_772_416_800_000, 1_772_416_800_001, last, last + 1, 253402300799000, -9223372036854775808, 9223372036854775807}), rapid.Int64())
}

func anEvent(t *rapid.T, name string) Event {
	s := func(f string) string { return aText().Draw(t, name+f) }
	n := func(f string) int64 { return rapid.OneOf(rapid.Int64Range(-2, 12), rapid.Int64()).Draw(t, name+f) }
	return Event{Zone: int(n("zone")), Case: n("case"), Number: s("number"), Seq: n("seq"), At: aTime().Draw(t, name+"at"), Actor: n("actor"), Duty: s("duty"), Move: s("move"),
		From: s("from"), To: s("to"), Holder: s("holder"), Reason: s("reason"), Note: s("note"), Fields: s("fields"), Photos: s("photos"),
		Due: aTime().Draw(t, name+"due"), Content: []byte(s("content"))}
}

func TestDifferentEventsHaveDifferentLeaves(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := anEvent(t, "a "), anEvent(t, "b ")
		if rapid.Bool().Draw(t, "near") { // differ in one text only
			b = a
			f := rapid.SampledFrom([]*string{&b.Number, &b.Duty, &b.Move, &b.From, &b.To, &b.Holder, &b.Reason, &b.Note, &b.Fields, &b.Photos}).Draw(t, "field")
			*f = aText().Draw(t, "other")
		}
		x, y := a.Leaf(), b.Leaf()
		if same := reflect.DeepEqual(a, b); same != bytes.Equal(x, y) {
			t.Fatalf("%+v\n%+v\nwrite\n%s\n%s", a, b, x, y)
		}
		if !json.Valid(x) || bytes.ContainsAny(x, "\n\r") {
			t.Fatalf("not one line of JSON: %q", x)
		}
	})
}

func TestDifferentRowsHaveDifferentDigests(t *testing.T) {
	rows := map[string][]any{}
	for _, r := range [][]any{{}, {""}, {"", ""}, {"a"}, {"1:a"}, {"a,1:b"}, {"a", "b"}, {1}, {"1"}, {int64(1), 2}, {12}, {1, 2, ""}} {
		sum := string(Row(r))
		if other, taken := rows[sum]; taken {
			t.Errorf("%q and %q are one", other, r)
		}
		rows[sum] = r
	}
}

func TestLeavesAsTheyAreRead(t *testing.T) {
	e := Event{Zone: zone, Case: 7, Number: "330108-20260302-00001", Seq: 3, At: 1_772_416_800_123, Actor: 42, Duty: "officer/cg/", Move: "handled", From: "handling", To: "verifying",
		Holder: "grid_staff//330108001001001", Note: "已清理", Content: []byte{1, 2}}
	const event = `{"kind":"case","zone":330108,"number":"330108-20260302-00001","case":"7","seq":"3","at":"2026-03-02T10:00:00.123+08:00","actor":"42","duty":"officer/cg/","move":"handled",` +
		`"from":"handling","to":"verifying","holder":"grid_staff//330108001001001","note":"e2a3ff5bc90829e516877840ffc80f4b66249fc0ae854625f4b910c22359994e","content":"0102"}`
	if got := string(e.Leaf()); got != event {
		t.Errorf("%s\nwant\n%s", got, event)
	}
	tr := Transfer{Zone: zone, ID: "award:12", Seq: 9, At: 1_772_416_800_000, From: "pool:330108001", To: "person:42", Asset: "POINT", Amount: 5, Expires: 1_803_952_800_000,
		Reason: "report", Ref: "case:7", FromN: 3, ToN: 1}
	const transfer = `{"kind":"transfer","zone":330108,"id":"award:12","seq":"9","at":"2026-03-02T10:00:00.000+08:00","from":"pool:330108001","to":"person:42","asset":"POINT","amount":"5",` +
		`"expires":"2027-03-02T10:00:00.000+08:00","reason":"report","ref":"case:7","from_n":"3","to_n":"1"}`
	if got := string(tr.Leaf()); got != transfer {
		t.Errorf("%s\nwant\n%s", got, transfer)
	}
	if m := Members(transfer); len(m) != 14 || m[1] != (Member{"zone", "330108"}) || m[8] != (Member{"amount", "5"}) {
		t.Errorf("members %v", m)
	}
}

func BenchmarkEventLeaf(b *testing.B) {
	e := Event{Zone: zone, Case: 7 << 50, Number: "330108-20260302-00001", Seq: 3, At: 1_772_416_800_123, Actor: 42 << 50, Duty: "officer/cg/", Move: "handled", From: "handling", To: "verifying",
		Holder: "grid_staff//330108001001001", Note: "已清理", Fields: `{"result":"done"}`, Photos: `["123456789012345678"]`, Due: 1_772_416_800_123, Content: make([]byte, 32)}
	for b.Loop() {
		LeafHash(e.Leaf())
	}
}

func BenchmarkAppend(b *testing.B) {
	leaves := make([]Hash, 16384)
	for i := range leaves {
		leaves[i] = LeafHash(fmt.Append(nil, i))
	}
	for b.Loop() {
		s := stored{}
		if _, err := NewTree(0, s.load).Append(leaves); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(leaves)), "ns/leaf")
}
