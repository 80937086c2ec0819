package sheet

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"gezhi/internal/fault"
	"gezhi/internal/lang"
)

var loose = Columns{{Key: "a", Name: lang.Text{ZH: "甲", EN: "A"}, Required: true}, {Key: "b", Name: lang.Text{ZH: "乙", EN: "B"}}}

// What an export writes, an import reads: every cell, formulas-to-be included.
func TestExportsCanBeImported(t *testing.T) {
	cell := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"=1+1", "'=x", "-5", "@", "a,b;c\t\"d\"", "两\n行", "3.3E+11", "001", "是", "<&>", "_x000D_", "''", "'"}))
	rapid.Check(t, func(t *rapid.T) {
		rows := rapid.SliceOfN(rapid.SliceOfN(cell, 2, 2), 1, 8).Draw(t, "rows")
		e := Export{Columns: []Heading{{Name: "甲"}, {Name: "乙"}}}
		var x, c bytes.Buffer
		xw, err := NewXLSX(&x, e)
		if err != nil {
			t.Fatal(err)
		}
		cw, err := NewCSV(&c, e)
		if err != nil {
			t.Fatal(err)
		}
		var want [][]string
		for _, r := range rows {
			w := []string{strings.TrimSpace(printable(r[0])), strings.TrimSpace(printable(r[1]))}
			if w[0] == "" && w[1] == "" {
				continue // blank rows are dropped at the end
			}
			want = append(want, w)
			if err := errors.Join(xw.Row(r[0], r[1]), cw.Row(r[0], r[1])); err != nil {
				t.Fatal(err)
			}
		}
		if err := errors.Join(xw.Close(), cw.Close()); err != nil {
			t.Fatal(err)
		}
		for name, data := range map[string][]byte{"XLSX": x.Bytes(), "CSV": c.Bytes()} {
			tb, err := Read(data, "t", loose)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if len(tb.Rows) != len(want) {
				t.Fatalf("%s: %d rows, want %d: %q", name, len(tb.Rows), len(want), tb.Rows)
			}
			for i := range want {
				if tb.Rows[i][0] != want[i][0] || tb.Rows[i][1] != want[i][1] {
					t.Fatalf("%s row %d: %q, want %q", name, i, tb.Rows[i], want[i])
				}
			}
		}
	})
}

func FuzzRead(f *testing.F) {
	f.Add([]byte("甲,乙\n1,2\n"))
	f.Add([]byte("\ufeff甲\t乙\n\"1\n2\"\t=3\n"))
	f.Add([]byte("\xbc\xd7,\xd2\xd2\n1,2\n")) // GB 18030
	f.Add([]byte("\xff\xfe2u,\x00YN\n\x001\x00,\x002\x00"))
	f.Add([]byte("题目\n\n甲,乙\n\n1,3.3E+11\n"))
	f.Add(workbook(f, [][]any{{"甲", "乙"}, {1, "x"}}))
	f.Fuzz(func(t *testing.T, data []byte) {
		tb, err := Read(data, "f", loose)
		if err != nil {
			if fs := fault.Fields(err); len(fs) != 1 || fs[0].Field != Field {
				t.Fatalf("not a sentence: %v", err)
			}
			return
		}
		p := Problems{}
		for r := range tb.All(p) {
			r.Int("a")
			r.Date("b")
			r.YesNo("b")
			if got := tb.Rows[r.Number-tb.FirstRow]; got[tb.at["a"]] != r.Text("a") {
				t.Fatalf("row %d is %q", r.Number, got)
			}
		}
		out, err := WithErrors(tb, p.Texts(lang.ZH), lang.ZH)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Read(out, "again", loose); err != nil {
			t.Fatalf("what is handed back cannot be read: %v", err)
		}
	})
}

func FuzzGuard(f *testing.F) {
	for _, s := range []string{"=1", "'=1", " =", "\t", "'", "＝", "\u00a0+"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) {
			return
		}
		g := guard(printable(s))
		if first := strings.TrimLeft(g, " \u00a0\u3000"); first != "" && strings.ContainsAny(first[:1], "=+-@\t\r\n") {
			t.Fatalf("%q leaves as %q", s, g)
		}
		if len([]rune(printable(s))) > 32_100 {
			t.Fatal("longer than a cell")
		}
		sheetName(s, 2)
		exactDigits(s)
	})
}

func TestAFailingReceiverIsReported(t *testing.T) {
	x, err := NewXLSX(brokenPipe{}, Export{Columns: []Heading{{Name: "n"}}})
	if err != nil {
		t.Fatal(err)
	}
	if err := x.Close(); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("XLSX: %v", err)
	}
	if _, err := NewCSV(brokenPipe{}, Export{}); !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("CSV: %v", err)
	}
}

type brokenPipe struct{}

func (brokenPipe) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }
