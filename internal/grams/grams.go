// Package grams prepares Chinese text for full-text search, the same on SQLite FTS5 and PostgreSQL.
//
// Neither engine can find 占道 in 占道经营 by its own tokenizer. Text is therefore stored as overlapping
// pairs of characters (占道 道经 经营), and a query asks for adjacent pairs. The index never holds the text.
//
//	SQLite      create virtual table case_text using fts5(body, content='', contentless_delete=1, tokenize='unicode61')
//	            insert … values ($1)  with Index(text);          where case_text match $1  with FTS5(query)
//	PostgreSQL  body tsvector, with a GIN index
//	            insert … values ($1::tsvector)  with TSVector(text);  where body @@ $1::tsquery  with TSQuery(query)
//
// # How it is laid out
//
// Folded text falls into runs: CJK characters that touch, or a word of other letters and digits.
// A word is one token. A CJK run is its pairs, then its last character alone; after an earlier run
// it begins with its first character alone. So "3幢楼" is 3 幢 幢楼 楼, and every query that is a piece of the
// text is also a piece of its token sequence, wherever it was cut. Each CJK character that this leaves without
// a token of its own is added once at the far end, behind a mark that no query contains: a
// one-character query is then an exact lookup, not a prefix scan over thousands of pairs.
//
// Only CJK text is found by any piece of it; words are found whole (1515 is not found by 15).
package grams

import (
	"strconv"
	"strings"
)

const (
	// maxTokens keeps positions clear of PostgreSQL's last one, 16383, which holds the single characters.
	maxTokens = 16000
	// maxBytes of lexemes leaves room for positions below PostgreSQL's 1 MB for one tsvector.
	maxBytes = 512 << 10
	// lastPosition is the highest that a tsvector can store.
	lastPosition = 16383
	// mark stands before the single characters in FTS5's token stream. It is a private-use character,
	// which unicode61 keeps as a token and folding never lets in.
	mark = "\U0010FFFD"
)

// MaxQuery is how many characters of a query are looked at; the rest is ignored.
const MaxQuery = 200

// Index is the FTS5 document for text: tokens separated by spaces. Text beyond 16,000 tokens or
// 512 KiB of them is not indexed, on either engine.
func Index(text string) string {
	tokens, singles := document(text)
	if len(singles) == 0 {
		return strings.Join(tokens, " ")
	}
	return strings.Join(tokens, " ") + " " + mark + " " + strings.Join(singles, " ")
}

// TSVector is the PostgreSQL document for text, to be cast to tsvector. It holds what Index holds;
// PostgreSQL itself keeps only the first 256 places of one token.
func TSVector(text string) string {
	tokens, singles := document(text)
	var b strings.Builder
	for i, t := range tokens {
		lexeme(&b, t, i+1)
	}
	for _, t := range singles {
		lexeme(&b, t, lastPosition)
	}
	return b.String()
}

// lexeme needs no escaping: tokens are letters and digits only.
func lexeme(b *strings.Builder, token string, position int) {
	if b.Len() > 0 {
		b.WriteByte(' ')
	}
	b.WriteString("'" + token + "':" + strconv.Itoa(position))
}

// Phrase is tokens that stand side by side.
type Phrase []string

// Phrases reads what somebody typed into a search box: parts between spaces, all of which must occur.
// Punctuation is ignored. There is no query language, so nothing typed is an error;
// a query without a letter or digit has no phrases.
func Phrases(query string) []Phrase {
	if r := []rune(query); len(r) > MaxQuery {
		query = string(r[:MaxQuery])
	}
	var phrases []Phrase
	for _, part := range strings.Fields(fold(query)) {
		if p := phrase(runs(part)); len(p) > 0 {
			phrases = append(phrases, p)
		}
	}
	return phrases
}

// FTS5 is the right-hand side of MATCH. It is "" when the query has no phrases; FTS5 takes that
// for a syntax error, so ask nothing then.
func FTS5(query string) string {
	var parts []string
	for _, p := range Phrases(query) {
		parts = append(parts, `"`+strings.Join(p, " ")+`"`)
	}
	return strings.Join(parts, " AND ")
}

// TSQuery is the text to cast to tsquery, "" when the query has no phrases: ask nothing then.
func TSQuery(query string) string {
	var parts []string
	for _, p := range Phrases(query) {
		parts = append(parts, "('"+strings.Join(p, "' <-> '")+"')")
	}
	return strings.Join(parts, " & ")
}
