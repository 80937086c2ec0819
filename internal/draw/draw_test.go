package draw

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"sort"
	"strings"
	"testing"

	"gezhi/internal/fault"
)

func secret(n byte) []byte { return bytes.Repeat([]byte{n}, NonceBytes) }

func committed(t *testing.T, entrants []Entrant, quotas []Quota, nonce []byte) Committed {
	t.Helper()
	list, err := List(entrants)
	if err != nil {
		t.Fatal(err)
	}
	c := Committed{List: list, Terms: Terms("人才房 2026 年第一批", quotas, "某彩票第 2026063 期"), Quotas: quotas}
	sum := Commit(nonce, c.List, c.Terms)
	c.Commitment = sum[:]
	return c
}

func some(n int) []Entrant {
	out := make([]Entrant, n)
	for i := range out {
		out[i] = Entrant{fmt.Sprintf("330108-20260302-%05d", i+1), []string{"general", "priority"}[i%3/2]}
	}
	return out
}

// foreign is another program that follows the words of the recipe: it works on hexadecimal text and big numbers, makes its
// own HMAC, and shares nothing with the package.
func foreign(list, nonceHex, seed string) []string {
	sha := func(hexText string) string {
		b, _ := hex.DecodeString(hexText)
		return fmt.Sprintf("%x", sha256.Sum256(b))
	}
	key := nonceHex + strings.Repeat("00", 64-len(nonceHex)/2)
	xor := func(with int64) string {
		var b strings.Builder
		for i := 0; i < len(key); i += 2 {
			n, _ := new(big.Int).SetString(key[i:i+2], 16)
			fmt.Fprintf(&b, "%02x", n.Xor(n, big.NewInt(with)))
		}
		return b.String()
	}
	var numbers []*big.Int
	block := 0
	next := func() *big.Int {
		if len(numbers) == 0 {
			text := hex.EncodeToString([]byte(seed)) + "00" + fmt.Sprintf("%016x", block)
			mac := sha(xor(0x5c) + sha(xor(0x36)+text))
			block++
			for i := range 4 {
				n, _ := new(big.Int).SetString(mac[16*i:16*i+16], 16)
				numbers = append(numbers, n)
			}
		}
		n := numbers[0]
		numbers = numbers[1:]
		return n
	}
	lines := strings.Split(strings.TrimSuffix(list, "\n"), "\n")
	sort.Strings(lines)
	all := new(big.Int).Lsh(big.NewInt(1), 64)
	for k := len(lines) - 1; k >= 1; k-- {
		m := big.NewInt(int64(k + 1))
		greatest := new(big.Int).Mul(new(big.Int).Div(all, m), m)
		x := next()
		for x.Cmp(greatest) >= 0 {
			x = next()
		}
		j := int(new(big.Int).Mod(x, m).Int64())
		lines[k], lines[j] = lines[j], lines[k]
	}
	return lines
}

func TestAForeignProgramGetsTheSameOrder(t *testing.T) {
	for _, n := range []int{1, 2, 3, 7, 50, 1000} {
		nonce := secret(byte(n))
		seed := fmt.Sprintf("07 12 19 23 30 31 + %02d", n%16)
		c := committed(t, some(n), []Quota{{"general", 3}, {"priority", 1}}, nonce)
		got, err := c.Draw(nonce, seed)
		if err != nil {
			t.Fatal(err)
		}
		want := foreign(c.List, hex.EncodeToString(nonce), seed)
		for i, p := range got {
			if p.Number+" "+p.Group != want[i] {
				t.Fatalf("%d entrants: place %d is %s, a foreign program says %s", n, i+1, p.Number, want[i])
			}
		}
	}
}

func TestTheOrderOfOneDrawIsPinned(t *testing.T) {
	got := Order(10, secret(1), "12345")
	if want := []int{1, 3, 6, 4, 8, 2, 5, 0, 7, 9}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestThePlacesOfEachGroupAreFilledAndTheOthersWait(t *testing.T) {
	nonce := secret(9)
	quotas := []Quota{{"general", 3}, {"priority", 9}}
	got, err := committed(t, some(12), quotas, nonce).Draw(nonce, "x")
	if err != nil {
		t.Fatal(err)
	}
	drawn, next := map[string]int{}, map[string]int{}
	for i, p := range got {
		if p.Order != i+1 {
			t.Errorf("place %d has the order %d", i+1, p.Order)
		}
		if p.Drawn() {
			drawn[p.Group]++
			continue
		}
		if next[p.Group]++; p.Waiting != next[p.Group] || drawn[p.Group] != 3 {
			t.Errorf("%+v waits at %d, %d of its group were drawn before", p, next[p.Group], drawn[p.Group])
		}
	}
	if drawn["general"] != 3 || drawn["priority"] != 4 || next["general"] != 5 {
		t.Errorf("drawn %v, waiting %v", drawn, next)
	}
}

func TestTheOrderOfEntryDoesNotMatter(t *testing.T) {
	nonce := secret(3)
	entrants := some(40)
	want := committed(t, entrants, nil, nonce)
	r := rand.New(rand.NewPCG(1, 2))
	for range 100 {
		r.Shuffle(len(entrants), func(i, j int) { entrants[i], entrants[j] = entrants[j], entrants[i] })
		if got := committed(t, entrants, nil, nonce); got.List != want.List || !bytes.Equal(got.Commitment, want.Commitment) {
			t.Fatal("another order of entry gives another list or commitment")
		}
	}
}

// TestEveryOrderIsAsLikely counts the 24 orders of four entrants over many seeds. With 23 degrees of freedom chi-square is
// above 49.7 once in a thousand times; the seeds are fixed, so the answer is always the same.
func TestEveryOrderIsAsLikely(t *testing.T) {
	const rounds = 24_000
	for name, order := range map[string]func(i int) []int{
		"over seeds":   func(i int) []int { return Order(4, secret(7), fmt.Sprint(i)) },
		"over secrets": func(i int) []int { n := sha256.Sum256([]byte(fmt.Sprint(i))); return Order(4, n[:], "seed") },
	} {
		seen := map[string]int{}
		for i := range rounds {
			seen[fmt.Sprint(order(i))]++
		}
		chi, expected := 0.0, float64(rounds)/24
		for _, n := range seen {
			chi += (float64(n) - expected) * (float64(n) - expected) / expected
		}
		if len(seen) != 24 || chi > 49.7 {
			t.Errorf("%s: %d orders, chi-square %.1f", name, len(seen), chi)
		}
	}
}

func TestNumbersThatWouldFavourSomeAreLeftOut(t *testing.T) {
	s := stream{left: bytes.Repeat([]byte{0xff}, 8)}
	s.left = append(s.left, 0, 0, 0, 0, 0, 0, 0, 5)
	if got := s.below(3); got != 2 { // 2^64 - 1 = 0 mod 3 is the number too many
		t.Errorf("%d, want 5 mod 3", got)
	}
	s.left = bytes.Repeat([]byte{0xff}, 8)
	if got := s.below(4); got != 3 { // nothing is too many for a power of two
		t.Errorf("%d, want 3", got)
	}
}

func TestWhatIsRefused(t *testing.T) {
	nonce := secret(5)
	good := committed(t, some(5), []Quota{{"general", 2}}, nonce)
	for name, c := range map[string]struct {
		change func(*Committed, *[]byte, *string)
		want   fault.Kind
	}{
		"a seed before the commitment": {func(c *Committed, _ *[]byte, _ *string) { c.Commitment = nil }, fault.Conflict},
		"a list changed after it":      {func(c *Committed, _ *[]byte, _ *string) { c.List += "330108-20260302-99999 general\n" }, fault.Conflict},
		"an entrant left out after it": {func(c *Committed, _ *[]byte, _ *string) { c.List = c.List[strings.Index(c.List, "\n")+1:] }, fault.Conflict},
		"other terms":                  {func(c *Committed, _ *[]byte, _ *string) { c.Terms = Terms("x", c.Quotas, "y") }, fault.Conflict},
		"another secret":               {func(_ *Committed, n *[]byte, _ *string) { *n = secret(6) }, fault.Conflict},
		"no seed":                      {func(_ *Committed, _ *[]byte, s *string) { *s = " " }, fault.Invalid},
	} {
		x, n, s := good, nonce, "12345"
		c.change(&x, &n, &s)
		if got, err := x.Draw(n, s); fault.KindOf(err) != c.want || got != nil {
			t.Errorf("%s: %v %v", name, got, err)
		}
	}
	for name, e := range map[string][]Entrant{
		"twice": {{"1", "g"}, {"1", "h"}}, "no group": {{"1", ""}}, "a space": {{"1 2", "g"}}, "a line feed": {{"1", "g\nx"}},
	} {
		if _, err := List(e); fault.KindOf(err) != fault.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}
