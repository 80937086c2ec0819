package casework

import (
	"fmt"
	"os"
	"slices"
	"testing"

	"gezhi/internal/fault"
	"gezhi/internal/lang"
)

// documented is the small procedure whose last move needs papers and a checklist.
func documented(t *testing.T) (*Procedure, Case, Env, Actor) {
	t.Helper()
	src, err := os.ReadFile("testdata/procedure/documents.yaml")
	if err != nil {
		t.Fatal(err)
	}
	p, err := ParseProcedure("documents.yaml", src)
	if err != nil {
		t.Fatal(err)
	}
	env := testEnv(beijing("2026-03-02 09:00"))
	by := Actor{Person: 1, Duties: []Duty{{Role: "clerk", Area: micro[:6]}}}
	out, err := p.Open(Draft{ID: 1, Title: "x", Matter: "E0102", Source: "resident", Place: Place{Area: micro}}, by, env)
	if err != nil {
		t.Fatal(err)
	}
	if out, err = p.Do(out.Case, by, Command{Move: "take"}, env); err != nil {
		t.Fatal(err)
	}
	return p, out.Case, env, by
}

func TestPapersAndChecklistsAreChecked(t *testing.T) {
	p, c, env, by := documented(t)
	const all = "seal,2"
	for name, x := range map[string]struct {
		papers, one, points string
		want                string // what the first fault says; "" when the move is made
	}{
		"everything there":           {papers: "5,7", one: "8", points: all},
		"spaces around":              {papers: " 5 ", points: " " + all},
		"nine papers":                {papers: "1,2,3,4,5,6,7,8,9", points: all},
		"the largest id":             {papers: "9223372036854775807", points: all},
		"no papers":                  {points: all, want: "请上传“材料”。"},
		"ten papers":                 {papers: "1,2,3,4,5,6,7,8,9,10", points: all, want: "最多 9 份材料，现有 10 份。"},
		"two where one is asked for": {papers: "1", one: "2,3", points: all, want: "最多 1 份材料，现有 2 份。"},
		"one paper twice":            {papers: "1,1", points: all, want: "材料编号无效，请重新上传。"},
		"a word":                     {papers: "1,a", points: all, want: "材料编号无效，请重新上传。"},
		"none":                       {papers: "0", points: all, want: "材料编号无效，请重新上传。"},
		"a number in another form":   {papers: "+1", points: all, want: "材料编号无效，请重新上传。"},
		"a gap":                      {papers: "1,,2", points: all, want: "材料编号无效，请重新上传。"},
		"nothing ticked":             {papers: "1", want: "“已盖章”尚未勾选：各项都确认后才能提交。"},
		"the second not ticked":      {papers: "1", points: "seal", want: "“已签字”尚未勾选：各项都确认后才能提交。"},
		"the first not ticked":       {papers: "1", points: "2", want: "“已盖章”尚未勾选：各项都确认后才能提交。"},
		"in another order":           {papers: "1", points: "2,seal", want: "请从列表中勾选。"},
		"one twice":                  {papers: "1", points: "seal,2,2", want: "请从列表中勾选。"},
		"something else beside":      {papers: "1", points: "seal,2,moon", want: "请从列表中勾选。"},
	} {
		out, err := p.Do(c, by, Command{Move: "finish", Fields: map[string]string{"papers": x.papers, "one": x.one, "points": x.points}}, env)
		if list := fault.Fields(err); x.want == "" {
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			n := 0
			for range p.Documents(out.Events[0].Fields) {
				n++
			}
			if n == 0 {
				t.Errorf("%s: the event names no documents", name)
			}
		} else if len(list) != 1 || list[0].In(lang.ZH) != x.want || list[0].EN == "" {
			t.Errorf("%s: %v, want %s", name, err, x.want)
		}
	}
}

func TestAnOptionalChecklistTakesPartOfIt(t *testing.T) {
	f := Field{ID: "points", Type: FieldChecklist, Choices: []Term{{ID: "a"}, {ID: "b"}, {ID: "c"}}}
	if e := lacking(&Want{Field: f}, ""); e != nil {
		t.Error(e)
	}
	for v, want := range map[string]bool{"a": true, "b": true, "a,c": true, "a,b,c": true, "": false, "c,a": false, "a,": false, ",a": false, "d": false} {
		if e := checkList(&f, v); (e == nil) != want {
			t.Errorf("%q: %v", v, e)
		}
	}
}

func TestDocumentsAreListedInTheOrderOfFields(t *testing.T) {
	p, _, _, _ := documented(t)
	var got []string
	for field, id := range p.Documents(map[string]string{"one": "3", "papers": "9,2", "points": "5", "extra": "7"}) {
		got = append(got, fmt.Sprint(field, " ", id))
	}
	if !slices.Equal(got, []string{"papers 9", "papers 2", "one 3"}) {
		t.Errorf("%q", got)
	}
}
