package geo

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gezhi/internal/fault"
)

type located struct {
	ID string
	P  Point
}

func allPoints(in string) ([]located, error) {
	r, err := NewPointReader(strings.NewReader(in))
	if err != nil {
		return nil, err
	}
	var out []located
	for {
		id, p, err := r.Next()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return out, err
		}
		out = append(out, located{string(id), p})
	}
}

func TestPointReader(t *testing.T) {
	want := []located{{"a", Point{120.5, 30.25}}, {"b", Point{-1, 0}}}
	for name, in := range map[string]string{
		"plain":                      "id,lng,lat\na,120.5,30.25\nb,-1,0\n",
		"no line end at the end":     "id,lng,lat\na,120.5,30.25\nb,-1,0",
		"from Excel":                 "\xef\xbb\xbfid,lng,lat\r\na,120.5,30.25\r\nb,-1,0\r\n",
		"other order, other columns": "note,LAT,Id , lng\nx,30.25,a,120.5\n,0,b,-1,more\n",
		"quoted":                     "\"id\",\"lng\",\"lat\"\n\"a\",\"120.5\",\"30.25\"\nb, -1 ,0\n",
		"blank lines":                "\nid,lng,lat\n\na,120.5,30.25\n  \nb,-1,0\n\n",
		"line breaks in quotes":      "id,lng,lat,note\na,120.5,30.25,\"x\ny,\"\"z\"\"\n\"\nb,-1,0,\n",
	} {
		t.Run(name, func(t *testing.T) {
			got, err := allPoints(in)
			if err != nil || !cmp.Equal(got, want) {
				t.Errorf("read %v, %v", got, err)
			}
		})
	}
	got, err := allPoints("id,lng,lat\n\"1,\"\"2\"\"\",120,30\n")
	if err != nil || len(got) != 1 || got[0].ID != `1,"2"` {
		t.Errorf("a quoted id: %v, %v", got, err)
	}
}

func TestPointReaderNamesLineAndColumn(t *testing.T) {
	for name, c := range map[string]struct {
		in, want string
		before   int
	}{
		"not a number":           {"id,lng,lat\n1,120,30\n\n2,abc,30\n", `Line 4, column lng: "abc"`, 1},
		"empty":                  {"id,lng,lat\n1,120,\n", `Line 2, column lat: ""`, 0},
		"swapped":                {"id,lng,lat\n1,30,120\n", `Line 2, column lat: "120"`, 0},
		"NaN":                    {"id,lng,lat\n1,NaN,30\n", "Line 2, column lng", 0},
		"infinite":               {"id,lng,lat\n1,inf,30\n", "Line 2, column lng", 0},
		"too few columns":        {"id,lng,lat\n1,120\n", "Line 2 has 2 columns", 0},
		"a quote left open":      {"id,lng,lat\n1,120,30\n\"2,120,30\n", "line 3 is not closed", 1},
		"a quote in the middle":  {"id,lng,lat\n\"2\"x,120,30\n", "line 2 are misplaced", 0},
		"after a long row":       {"id,lng,lat\n\"a\nb\",120,30\n2,x,30\n", "Line 4, column lng", 1},
		"GBK":                    {"id,lng,lat\n\xc3\xfb,120,30\n", "Line 2, column id", 0},
		"no header":              {"1,120,30\n", "no column id", 0},
		"two columns lng":        {"id,lng,lng,lat\n", "two columns lng", 0},
		"nothing":                {"", "is empty", 0},
		"a row without any end":  {"id,lng,lat\n" + strings.Repeat("x", maxRow+2), "Line 2 is too long", 0},
		"endless line in quotes": {"id,lng,lat\n\"" + strings.Repeat("x\n", maxRow), "is too long", 0},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := allPoints(c.in)
			if fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), c.want) || len(got) != c.before {
				t.Errorf("%d rows, then %v; want %d, then %q", len(got), err, c.before, c.want)
			}
		})
	}
}

func TestPointReaderAllocatesNothing(t *testing.T) {
	in := "id,lng,lat\n" + strings.Repeat("12345,120.1234567,30.1234567\n", 5000)
	r, err := NewPointReader(strings.NewReader(in))
	if err != nil {
		t.Fatal(err)
	}
	if n := testing.AllocsPerRun(1000, func() {
		if _, _, err := r.Next(); err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("%v allocations a row", n)
	}
}

// The oracle is the standard library's reader, wherever that accepts the input.
func FuzzPointReader(f *testing.F) {
	f.Add([]byte("id,lng,lat\n1,120,30\n"))
	f.Add([]byte("\xef\xbb\xbflat,\"id\",lng\r\n30,\"a\"\"\n,b\",120\r\n"))
	f.Add([]byte("id,lng,lat,x\n\"\",1,2,\"\n\"\n\n"))
	f.Fuzz(func(t *testing.T, in []byte) {
		got, err := allPoints(string(in))
		if err != nil {
			if fault.KindOf(err) != fault.Invalid {
				t.Fatalf("not the reader's fault: %v", err)
			}
			return
		}
		std := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(in, []byte("\xef\xbb\xbf"))))
		std.FieldsPerRecord = -1
		rows, err := std.ReadAll()
		if err != nil || bytes.ContainsAny(in, "\r") {
			return // ours forgives more, and keeps CR LF inside quotes
		}
		column := map[string]int{}
		for i, name := range rows[0] {
			column[strings.ToLower(strings.TrimSpace(name))] = i
		}
		n := 0
		for _, row := range rows[1:] {
			if len(row) == 1 && strings.TrimSpace(row[0]) == "" {
				continue
			}
			if n >= len(got) || got[n].ID != row[column["id"]] {
				t.Fatalf("row %d: %q, got %v", n, row, got)
			}
			n++
		}
		if n != len(got) {
			t.Fatalf("%d rows, got %d", n, len(got))
		}
	})
}

func TestAppendField(t *testing.T) {
	for in, want := range map[string]string{"": "", "a b": "a b", `a"b`: `"a""b"`, "a,b": `"a,b"`, "a\nb": "\"a\nb\"", "\r": "\"\r\""} {
		if got := string(AppendField(nil, []byte(in))); got != want {
			t.Errorf("AppendField(%q) = %q, want %q", in, got, want)
		}
	}
}
