package grams

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxWord is where an endless word is cut into several tokens, far below PostgreSQL's 2 kB for a lexeme.
const maxWord = 32

// run is CJK characters that touch, or one word of other letters and digits.
type run struct {
	chars []rune
	cjk   bool
}

// fold makes equal what readers take for equal: width, ligatures and compatibility forms (NFKC),
// case, accents. Invisible marks and variation selectors go, so that they do not part two characters.
func fold(s string) string {
	s = norm.NFKC.String(strings.ToValidUTF8(s, " "))
	return strings.Map(func(r rune) rune {
		switch {
		case r < utf8.RuneSelf, cjk(r):
			return unicode.ToLower(r)
		case unicode.Is(unicode.M, r), unicode.Is(unicode.Cf, r):
			return -1
		}
		base, _ := utf8.DecodeRune(norm.NFD.AppendString(nil, string(unicode.ToLower(r))))
		return base
	}, s)
}

// cjk reports whether r belongs to a script written without spaces. The private-use area counts:
// older government systems put rare characters of names there.
func cjk(r rune) bool {
	switch {
	case r < 0x1100: // before Hangul, the first of them
		return false
	case r >= 0x4E00 && r <= 0x9FFF, r >= 0xE000 && r <= 0xF8FF, r == 'ー':
		return true
	}
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Bopomofo) &&
		!unicode.In(r, unicode.M, unicode.S)
}

func runs(folded string) []run {
	var all []run
	joined := false // the rune before belonged to the last run
	for _, r := range folded {
		isCJK := cjk(r)
		if !isCJK && !unicode.IsLetter(r) && !unicode.IsNumber(r) {
			joined = false
			continue
		}
		if !joined || all[len(all)-1].cjk != isCJK {
			all = append(all, run{cjk: isCJK})
		}
		last := &all[len(all)-1]
		last.chars = append(last.chars, r)
		joined = true
	}
	return all
}

// document is the token sequence of a text, and the CJK characters that have no token of their own in it.
func document(text string) (tokens, singles []string) {
	size, alone := 0, map[rune]bool{}
reading:
	for i, r := range runs(fold(text)) {
		for _, t := range r.tokens(i > 0, true) {
			size += len(t)
			if len(tokens) == maxTokens || size > maxBytes {
				break reading
			}
			tokens = append(tokens, t)
		}
	}
	for _, t := range tokens {
		if c, n := utf8.DecodeRuneInString(t); n == len(t) {
			alone[c] = true
		}
	}
	for _, t := range tokens {
		for _, c := range t {
			if cjk(c) && !alone[c] {
				alone[c] = true
				singles = append(singles, string(c))
			}
		}
	}
	return tokens, singles
}

// phrase is the token sequence of a piece of text. Its first run may have begun earlier in the text,
// and its last may go on, so those two ends carry no single character.
func phrase(all []run) Phrase {
	var p Phrase
	for i, r := range all {
		p = append(p, r.tokens(i > 0, i < len(all)-1)...)
	}
	return p
}

// tokens of a run; first and last say whether the character at that end gets a token of its own.
// A run of one character is that character, whatever they say.
func (r run) tokens(first, last bool) []string {
	if !r.cjk {
		return r.words()
	}
	if len(r.chars) == 1 {
		return []string{string(r.chars)}
	}
	ts := make([]string, 0, len(r.chars)+1)
	if first {
		ts = append(ts, string(r.chars[:1]))
	}
	for i := range r.chars[1:] {
		ts = append(ts, string(r.chars[i:i+2]))
	}
	if last {
		ts = append(ts, string(r.chars[len(r.chars)-1:]))
	}
	return ts
}

func (r run) words() []string {
	var ts []string
	chars := r.chars
	for ; len(chars) > maxWord; chars = chars[maxWord:] {
		ts = append(ts, string(chars[:maxWord]))
	}
	return append(ts, string(chars))
}
