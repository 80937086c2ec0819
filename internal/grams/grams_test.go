package grams

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestForms(t *testing.T) {
	for name, c := range map[string]struct{ text, index, vector string }{
		"Chinese": {"占道经营",
			"占道 道经 经营 营 " + mark + " 占 道 经",
			"'占道':1 '道经':2 '经营':3 '营':4 '占':16383 '道':16383 '经':16383"},
		"a number between": {"B座3幢楼", "b 座 3 幢 幢楼 楼", "'b':1 '座':2 '3':3 '幢':4 '幢楼':5 '楼':6"},
		"punctuation parts a run": {"占道，经营。", "占道 道 经 经营 营 " + mark + " 占",
			"'占道':1 '道':2 '经':3 '经营':4 '营':5 '占':16383"},
		"full width and case":       {"ＡＢ１２　Ｃafé", "ab12 cafe", "'ab12':1 'cafe':2"},
		"ligatures and radicals":    {"⼈㎡①", "人 m21", "'人':1 'm21':2"},
		"invisible marks vanish":    {"占\u200b道\ufe0f", "占道 道 " + mark + " 占", "'占道':1 '道':2 '占':16383"},
		"quotes and operators":      {`a'b"c\ | & !`, "a b c", "'a':1 'b':2 'c':3"},
		"nothing to index":          {" ，。🀄\x00", "", ""},
		"broken UTF-8":              {"占\xff道", "占 道", "'占':1 '道':2"},
		"our own mark is not text":  {"占" + mark + "道", "占 道", "'占':1 '道':2"},
		"a rare character":          {"𬭊", "𬭊", "'𬭊':1"},
		"one in the private area":   {"\ue863山", "\ue863山 山 " + mark + " \ue863", "'\ue863山':1 '山':2 '\ue863':16383"},
		"Japanese and Korean names": {"サーバ가나", "サー ーバ バ가 가나 나 " + mark + " サ ー バ 가", "'サー':1 'ーバ':2 'バ가':3 '가나':4 '나':5 'サ':16383 'ー':16383 'バ':16383 '가':16383"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Index(c.text); got != c.index {
				t.Errorf("Index(%q)\n got %q\nwant %q", c.text, got, c.index)
			}
			if got := TSVector(c.text); got != c.vector {
				t.Errorf("TSVector(%q)\n got %q\nwant %q", c.text, got, c.vector)
			}
		})
	}
}

func TestQueryForms(t *testing.T) {
	for name, c := range map[string]struct{ query, fts, ts string }{
		"one character":          {"占", `"占"`, `('占')`},
		"two":                    {"占道", `"占道"`, `('占道')`},
		"four":                   {"占道经营", `"占道 道经 经营"`, `('占道' <-> '道经' <-> '经营')`},
		"two words":              {" 占道　西兴 ", `"占道" AND "西兴"`, `('占道') & ('西兴')`},
		"a door":                 {"江汉路1515号", `"江汉 汉路 路 1515 号"`, `('江汉' <-> '汉路' <-> '路' <-> '1515' <-> '号')`},
		"FTS5 syntax is text":    {`body:a" OR NEAR(b*)^`, `"body a" AND "or" AND "near b"`, `('body' <-> 'a') & ('or') & ('near' <-> 'b')`},
		"tsquery syntax is text": {`a':*|!b\'`, `"a b"`, `('a' <-> 'b')`},
		"only punctuation":       {`"' OR -- ，`, `"or"`, `('or')`},
		"nothing":                {" ，。\x00 ", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got := FTS5(c.query); got != c.fts {
				t.Errorf("FTS5(%q) = %s, want %s", c.query, got, c.fts)
			}
			if got := TSQuery(c.query); got != c.ts {
				t.Errorf("TSQuery(%q) = %s, want %s", c.query, got, c.ts)
			}
		})
	}
}

func TestLimits(t *testing.T) {
	long := strings.Repeat("占道经营", 5_000)
	if n := len(strings.Fields(Index(long))); n > lastPosition {
		t.Errorf("%d tokens for PostgreSQL's %d places", n, lastPosition)
	}
	if !naive(Index(long), FTS5("经营占道")) {
		t.Error("nothing of a long text is found")
	}
	words := strings.Repeat("é", 20_000)
	for _, tok := range strings.Fields(Index(words)) {
		if len(tok) > 2000 {
			t.Errorf("a token of %d bytes", len(tok))
		}
	}
	if n := len(Phrases(strings.Repeat("a ", 10_000))); n > MaxQuery {
		t.Errorf("%d phrases from one query", n)
	}
	wide := strings.Repeat(strings.Repeat("𐍈", 31)+" ", 5_000)
	if n := len(TSVector(wide)); n > 1<<20 {
		t.Errorf("a tsvector text of %d bytes", n)
	}
}

// alphabet mixes what reports hold with what breaks tokenizers.
var alphabet = []rune("占道经营路西兴街道号幢〇々𬭊𰻝\ue863ｶがabＡ19２é ,，。\"'*:\\&|!()<>-^\u200b\ufe0f🀄\n")

func drawText(t *rapid.T) []rune {
	return rapid.SliceOfN(rapid.SampledFrom(alphabet), 1, 60).Draw(t, "text")
}

// drawPiece cuts text anywhere but inside a word.
func drawPiece(t *rapid.T, text []rune) string {
	i := rapid.IntRange(0, len(text)-1).Draw(t, "from")
	j := rapid.IntRange(i+1, len(text)).Draw(t, "to")
	for i > 0 && wordish(text[i-1]) && i < j {
		i++
	}
	for j < len(text) && wordish(text[j]) && i < j {
		j--
	}
	return string(text[min(i, j):j])
}

func wordish(r rune) bool { return strings.ContainsRune("abＡ19２é\u200b\ufe0f", r) }

func TestAnyPieceIsFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := drawText(t)
		piece := drawPiece(t, text)
		if q := FTS5(piece); q != "" && !naive(Index(string(text)), q) {
			t.Fatalf("%q is in %q but %s does not match %s", piece, string(text), q, Index(string(text)))
		}
	})
}

// Nothing else is found either: for a query of Han characters, found means contained.
func TestOnlyPiecesAreFound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := string(rapid.SliceOfN(rapid.SampledFrom([]rune("占道经，1")), 1, 30).Draw(t, "text"))
		query := string(rapid.SliceOfN(rapid.SampledFrom([]rune("占道经")), 1, 4).Draw(t, "query"))
		if got, want := naive(Index(text), FTS5(query)), strings.Contains(text, query); got != want {
			t.Fatalf("%q in %q: found %v, contained %v\n%s", query, text, got, want, Index(text))
		}
	})
}

func FuzzQuery(f *testing.F) {
	for _, s := range []string{`"`, `' | '`, "占道 经", `\`, "\xff", "a:*", "NEAR(", "é\u0301", "ﷺ"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		fts, ts := FTS5(s), TSQuery(s)
		for _, p := range Phrases(s) {
			for _, tok := range p {
				if tok == "" || strings.ContainsAny(tok, " '\"\\*:&|!()<>^") || !utf8.ValidString(tok) || strings.Contains(tok, mark) {
					t.Fatalf("%q gives the token %q", s, tok)
				}
			}
		}
		if (fts == "") != (ts == "") || strings.Count(fts, `"`)%2 != 0 {
			t.Fatalf("%q: %s and %s", s, fts, ts)
		}
		if len(s) < MaxQuery && fts != "" && !naive(Index(s), fts) {
			t.Fatalf("%q does not find itself", s)
		}
	})
}

// naive evaluates a rendered FTS5 query over an index text by looking for each phrase word by word.
func naive(index, query string) bool {
	doc := strings.Split(index, " ")
	for _, part := range strings.Split(query, " AND ") {
		want := strings.Split(strings.Trim(part, `"`), " ")
		found := false
		for i := 0; i+len(want) <= len(doc); i++ {
			found = found || slices.Equal(doc[i:i+len(want)], want)
		}
		if !found {
			return false
		}
	}
	return true
}
