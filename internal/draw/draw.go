// Package draw draws lots so that anybody can check the result with a program of their own. Before the draw the list of
// those who take part is frozen and a commitment to it, and to a secret number, is published. Then a number that nobody
// could know — from a lottery outside, say — is written down as the seed. List, secret and seed together give the order.
//
// Everything is a SHA-256 (FIPS 180-4) or an HMAC of it (RFC 2104) over texts of UTF-8:
//
//	list        one line “number group” for each entrant, lines sorted by their bytes, each ended by a line feed
//	list hash   SHA-256 of the list
//	commitment  SHA-256 of the 32 bytes of the secret, the 32 bytes of the list hash and the terms, in this order
//	numbers     block i = HMAC-SHA-256(key: the 32 bytes of the secret, text: the seed, a zero byte, i as 8 bytes,
//	            highest first), i = 0, 1, 2 …; each block is four numbers of 64 bits, highest byte first
//	order       lines numbered from 0; for k = n−1 down to 1: take the next number x, leaving out those at or above
//	            the greatest multiple of k+1 that 64 bits hold; swap lines k and x mod (k+1)
//
// The first of each group, as many as it has places, are drawn; the others wait in the order.
package draw

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gezhi/internal/fault"
)

// NonceBytes is how long the secret is.
const NonceBytes = 32

// Entrant is one application that takes part: a number without a name.
type Entrant struct {
	Number string // neither empty nor with spaces
	Group  string // likewise
}

// Quota is how many places a group has.
type Quota struct {
	Group  string
	Places int
}

// List is the text of a list of entrants, which is the same in whatever order they entered. Invalid: an entrant comes
// twice, or a number or group is empty or has spaces.
func List(entrants []Entrant) (string, error) {
	lines := make([]string, len(entrants))
	seen := map[string]bool{}
	for i, e := range entrants {
		if e.Number == "" || e.Group == "" || strings.ContainsAny(e.Number+e.Group, " \n\r\t") {
			return "", fault.New(fault.Invalid, "编号或分组“%s %s”不合规则。", "The number or group “%s %s” is not well formed.", e.Number, e.Group)
		}
		if seen[e.Number] {
			return "", fault.New(fault.Invalid, "编号 %s 重复。", "The number %s comes twice.", e.Number)
		}
		seen[e.Number] = true
		lines[i] = e.Number + " " + e.Group + "\n"
	}
	slices.Sort(lines)
	return strings.Join(lines, ""), nil
}

// Entrants reads what List wrote.
func Entrants(list string) []Entrant {
	var out []Entrant
	for line := range strings.Lines(list) {
		number, group, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		out = append(out, Entrant{number, group})
	}
	return out
}

// Terms is the text of what else is fixed beforehand: what is drawn for, places per group, and where the seed will come from.
func Terms(title string, quotas []Quota, source string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "title %s\n", title)
	for _, q := range quotas {
		fmt.Fprintf(&b, "places %s %d\n", q.Group, q.Places)
	}
	fmt.Fprintf(&b, "seed %s\n", source)
	return b.String()
}

// Commit is the commitment to a secret, a list and terms.
func Commit(nonce []byte, list, terms string) [sha256.Size]byte {
	hash := sha256.Sum256([]byte(list))
	return sha256.Sum256(slices.Concat(nonce, hash[:], []byte(terms)))
}

// Committed is a draw whose list is frozen.
type Committed struct {
	List       string
	Terms      string
	Quotas     []Quota
	Commitment []byte // nil before anything was published
}

// Place is what became of an entrant.
type Place struct {
	Entrant
	Order   int // in the whole order, from 1
	Waiting int // place on its group's waiting list, from 1; 0 for who was drawn
}

// Drawn reports whether the entrant got a place.
func (p Place) Drawn() bool { return p.Waiting == 0 }

// Draw gives the order. Conflict: nothing was committed to yet, or list, terms or secret are not those committed to.
// Invalid: there is no seed.
func (c Committed) Draw(nonce []byte, seed string) ([]Place, error) {
	if len(c.Commitment) == 0 {
		return nil, fault.New(fault.Conflict, "承诺值还没有公布，不能填写种子。", "The commitment has not been published; no seed can be entered.")
	}
	if sum := Commit(nonce, c.List, c.Terms); !bytes.Equal(sum[:], c.Commitment) {
		return nil, fault.New(fault.Conflict, "名单、名额或密数与公布的承诺值不符，不能摇号。", "List, terms or secret are not those committed to; nothing is drawn.")
	}
	if strings.TrimSpace(seed) == "" {
		return nil, fault.Field("seed", "请填写种子。", "Enter the seed.")
	}
	left := map[string]int{}
	for _, q := range c.Quotas {
		left[q.Group] = q.Places
	}
	waiting := map[string]int{}
	entrants := Entrants(c.List)
	out := make([]Place, len(entrants))
	for i, at := range Order(len(entrants), nonce, seed) {
		out[i] = Place{Entrant: entrants[at], Order: i + 1}
		if g := entrants[at].Group; left[g] > 0 {
			left[g]--
		} else {
			waiting[g]++
			out[i].Waiting = waiting[g]
		}
	}
	return out, nil
}

// Order is the permutation of n lines that a secret and a seed give: the line at each place.
func Order(n int, nonce []byte, seed string) []int {
	lines := make([]int, n)
	for i := range lines {
		lines[i] = i
	}
	s := stream{nonce: nonce, seed: seed}
	for k := n - 1; k > 0; k-- {
		j := s.below(uint64(k) + 1)
		lines[k], lines[j] = lines[j], lines[k]
	}
	return lines
}

// stream is the numbers that a secret and a seed give.
type stream struct {
	nonce []byte
	seed  string
	block uint64
	left  []byte
}

func (s *stream) next() uint64 {
	if len(s.left) == 0 {
		mac := hmac.New(sha256.New, s.nonce)
		mac.Write([]byte(s.seed))
		mac.Write([]byte{0})
		mac.Write(binary.BigEndian.AppendUint64(nil, s.block))
		s.left = mac.Sum(nil)
		s.block++
	}
	x := binary.BigEndian.Uint64(s.left)
	s.left = s.left[8:]
	return x
}

// below is the next number below m, each as likely as any other.
func (s *stream) below(m uint64) uint64 {
	over := (^uint64(0)%m + 1) % m // 2^64 mod m
	for {
		if x := s.next(); x <= ^uint64(0)-over {
			return x % m
		}
	}
}

// ParseQuotas reads places per group as they are kept: “general=3,priority=1”.
func ParseQuotas(s string) ([]Quota, error) {
	var out []Quota
	for part := range strings.SplitSeq(s, ",") {
		group, n, ok := strings.Cut(part, "=")
		places, err := strconv.Atoi(n)
		if !ok || err != nil || places < 0 || group == "" {
			return nil, fault.New(fault.Invalid, "名额“%s”无法读出。", "The places “%s” cannot be read.", part)
		}
		out = append(out, Quota{group, places})
	}
	return out, nil
}

// FormatQuotas writes what ParseQuotas reads.
func FormatQuotas(list []Quota) string {
	parts := make([]string, len(list))
	for i, q := range list {
		parts[i] = q.Group + "=" + strconv.Itoa(q.Places)
	}
	return strings.Join(parts, ",")
}
