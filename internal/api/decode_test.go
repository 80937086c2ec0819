package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"gezhi/internal/fault"
	"gezhi/internal/ledger"
)

// FuzzDecode compares the decoder with encoding/json: what one calls JSON the other does too, and a transfer that is
// accepted is, member by member, what encoding/json reads with numbers kept as they were written.
func FuzzDecode(f *testing.F) {
	for _, s := range decodeSeeds {
		f.Add([]byte(s))
	}
	f.Fuzz(checkDecode)
}

var decodeSeeds = []string{
	`{"id":"a","from":"person:1","to":"person:2","asset":"POINT","amount":5,"expires":"2027-01-01T00:00:00.1234+08:00","reason":"x","ref":"y"}`,
	`{"amount":9223372036854775807}`, `{"amount":9223372036854775808}`, `{"amount":-9223372036854775808}`, `{"amount":-0}`, `{"amount":1.0}`, `{"amount":1e3}`, `{"amount":01}`,
	`{"id":"\ud83d\ude00\ud800x\u0000\/"}`, `{"id":null,"amount":null}`, `{"x":[1,{"y":[true,false,null,-1.5e-7]}]}`, `{"amount":1,"amount":2}`, `{"id":"a",}`, `[]`, `"a"`, `{} {}`,
	"{\"id\":\"\xff\"}", "{\"id\":\"\x01\"}", `{"\u0069d":"a"}`, strings.Repeat("[", 200) + strings.Repeat("]", 200), "\ufeff{}", `{"id":"a`, ``, ` `,
}

// Fuzzing builds the whole database engine anew; this makes small changes to the seeds at every run of the tests.
func TestChangedSeedsDecodeAsEncodingJSONDoes(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	pieces := []string{"{", "}", "[", "]", ",", ":", `"`, `\`, `\u`, "d83d", "0", "1", "-", ".", "e", "null", "true", " ", "\x00", "\xff", "é", `"id"`, `"amount"`, "9223372036854775807", `"expires"`}
	for range 200_000 {
		raw := []byte(decodeSeeds[rng.IntN(len(decodeSeeds))])
		for range 1 + rng.IntN(4) {
			at := rng.IntN(len(raw) + 1)
			end := min(at+rng.IntN(4), len(raw))
			piece := pieces[rng.IntN(len(pieces))]
			raw = slices.Concat(raw[:at], []byte(piece), raw[end:])
		}
		checkDecode(t, raw)
	}
}

func checkDecode(t *testing.T, raw []byte) {
	var got ledger.Transfer
	fields := transferFields(&got)
	err := decode(raw, fields[:]...)
	var syntax *syntaxError
	malformed := errors.As(err, &syntax)
	if valid := json.Valid(raw) && utf8.Valid(raw); malformed == valid && !tooDeep(raw) {
		t.Fatalf("%q: valid %v, decoder says %v", raw, valid, err)
	}
	if malformed {
		return
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var want map[string]any
	if d.Decode(&want) != nil || want == nil {
		if err == nil {
			t.Fatalf("%q is no object and was accepted", raw)
		}
		return
	}
	compare(t, raw, got, want, err)
}

// compare looks at each member: accepted, it has the value that was written; refused, it deserves it.
func compare(t *testing.T, raw []byte, got ledger.Transfer, want map[string]any, err error) {
	wrong := map[string]bool{}
	for _, f := range fault.Fields(err) {
		wrong[f.Field] = true
	}
	texts := map[string]string{"id": got.ID, "from": string(got.From), "to": string(got.To), "asset": string(got.Asset), "reason": got.Reason, "ref": got.Ref}
	for name, v := range want {
		have, isText := texts[name]
		s, given := v.(string)
		n, number := v.(json.Number)
		switch {
		case wrong[name]:
		case v == nil:
		case isText && (!given || s != have):
			t.Fatalf("%q: %s is %q, want %v", raw, name, have, v)
		case name == "amount":
			x, ok := new(big.Int).SetString(n.String(), 10)
			if !number || !ok || x.Cmp(big.NewInt(got.Amount)) != 0 {
				t.Fatalf("%q: amount %d, want %v", raw, got.Amount, v)
			}
		case name == "expires":
			x, err := time.Parse(time.RFC3339Nano, s)
			if err != nil || x.Truncate(time.Millisecond).Sub(got.Expires) != 0 {
				t.Fatalf("%q: expires %v, want %v", raw, got.Expires, v)
			}
		case !isText:
			t.Fatalf("%q: the unknown member %q was accepted", raw, name)
		}
	}
	if len(want) == 0 && err != nil {
		t.Fatalf("%q is empty and was refused: %v", raw, err)
	}
	// What was refused is refused for a reason: another type, a number that is no int64, a text that cannot be kept,
	// a member that is unknown or came twice.
	for name := range wrong {
		if v, ok := want[name].(string); ok && texts[name] == "" && v != "" && name != "expires" && !strings.ContainsAny(v, "\x00\ufffd") && !twice(raw) && isKnown(name) && name != "amount" {
			t.Fatalf("%q: the text %s was refused: %v", raw, name, err)
		}
		if v, ok := want[name].(json.Number); ok && name == "amount" && !twice(raw) {
			if x, ok := new(big.Int).SetString(v.String(), 10); ok && x.IsInt64() {
				t.Fatalf("%q: the amount was refused: %v", raw, err)
			}
		}
	}
}

func isKnown(name string) bool {
	var t ledger.Transfer
	for _, f := range transferFields(&t) {
		if f.name == name {
			return true
		}
	}
	return false
}

// twice reports whether the outermost object has a name twice.
func twice(raw []byte) bool {
	d := json.NewDecoder(bytes.NewReader(raw))
	seen, depth, name := map[string]bool{}, 0, false
	for {
		tok, err := d.Token()
		if err == io.EOF || err != nil {
			return false
		}
		switch x := tok.(type) {
		case json.Delim:
			if x == '{' || x == '[' {
				depth++
				name = depth == 1
			} else {
				depth--
				name = depth == 1
			}
		default:
			if depth == 1 && name {
				s, _ := x.(string)
				if seen[s] {
					return true
				}
				seen[s] = true
			}
			if depth == 1 {
				name = !name
			}
		}
	}
}

// tooDeep reports nesting the decoder does not follow.
func tooDeep(raw []byte) bool {
	depth, most, quoted := 0, 0, false
	for i := 0; i < len(raw); i++ {
		switch {
		case quoted && raw[i] == '\\':
			i++
		case raw[i] == '"':
			quoted = !quoted
		case !quoted && (raw[i] == '[' || raw[i] == '{'):
			depth++
			most = max(most, depth)
		case !quoted && (raw[i] == ']' || raw[i] == '}'):
			depth--
		}
	}
	return most > deepest
}

// FuzzBatch feeds whole batches: whatever comes, each transfer that is not refused is one encoding/json reads too, in its
// order.
func FuzzBatch(f *testing.F) {
	f.Add([]byte(`{"transfers":[{"id":"a","amount":1},{"id":"b","amount":1.5},"c",null,{"id":"d","x":1}]}`))
	f.Add([]byte(`{"transfers":[],"x":1}`))
	f.Add([]byte(`{"transfers":{"transfers":[]}}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		list, refused, err := decodeBatch(raw)
		if err != nil {
			return
		}
		d := json.NewDecoder(bytes.NewReader(raw))
		d.UseNumber()
		var want struct{ Transfers []json.RawMessage }
		if d.Decode(&want) != nil || len(want.Transfers) != len(list) {
			t.Fatalf("%q: %d transfers, want %d", raw, len(list), len(want.Transfers))
		}
		for i, got := range list {
			d := json.NewDecoder(bytes.NewReader(want.Transfers[i]))
			d.UseNumber()
			var members map[string]any
			if refused[i] != nil {
				continue
			}
			if err := d.Decode(&members); err != nil {
				t.Fatalf("%q: %d: %v", raw, i, err)
			}
			compare(t, want.Transfers[i], got, members, nil)
		}
	})
}

func TestLanguageOfTheCaller(t *testing.T) {
	for accept, want := range map[string]string{"": "zh-CN", "en": "en", "en-GB,zh;q=0.9": "en", "zh-CN,zh;q=0.9,en;q=0.8": "zh-CN", "fr": "zh-CN", "fr, EN;q=0.2": "en", "en;q=0, zh;q=0": "zh-CN", "*": "zh-CN"} {
		if got := language(accept).Tag(); got != want {
			t.Errorf("%q: %s, want %s", accept, got, want)
		}
	}
}

func TestResultsAreJSONWhateverTheID(t *testing.T) {
	for _, s := range []string{"a", `quote"`, "线上", "\x01\\", "a\u2028"} {
		var back string
		if err := json.Unmarshal(appendText(nil, s), &back); err != nil || back != s {
			t.Errorf("%q became %q: %v", s, back, err)
		}
	}
}
