package casework

import (
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"gezhi/internal/calendar"
	"gezhi/internal/fault"
	"gezhi/internal/lang"
)

func TestWhatIsMissingIsSaidBesideItsField(t *testing.T) {
	w := newWalk(t, "report", "resident").toHandling()
	for name, c := range map[string]struct {
		cmd    Command
		fields string
	}{
		"no result and no photo":          {Command{Move: "done"}, "photos result_text"},
		"an empty photo id is no photo":   {Command{Move: "done", Fields: map[string]string{"result_text": "  "}, Photos: []string{""}}, "photos result_text"},
		"a field that is not asked for":   {Command{Move: "done", Fields: map[string]string{"result_text": "好", "colour": "red"}, Photos: []string{"a"}}, "colour"},
		"a result longer than it may be":  {Command{Move: "done", Fields: map[string]string{"result_text": strings.Repeat("长", 1001)}, Photos: []string{"a"}}, "result_text"},
		"text that is not UTF-8":          {Command{Move: "done", Fields: map[string]string{"result_text": "\xff"}, Photos: []string{"a"}}, "result_text"},
		"a reason where none is asked":    {Command{Move: "done", Reason: "other", Fields: map[string]string{"result_text": "好"}, Photos: []string{"a"}}, "reason"},
		"a limit in an unknown unit":      {Command{Move: "ask_extension", Fields: map[string]string{"extra": "3 fortnights", "extend_why": "雨"}}, "extra"},
		"a limit in another unit":         {Command{Move: "ask_extension", Fields: map[string]string{"extra": "3work_day", "extend_why": "雨"}}, "extra"},
		"a reason from nowhere, no note":  {Command{Move: "ask_suspension", Reason: "moon", Fields: map[string]string{"until": "2026-02-30"}}, "note reason until"},
		"a move that does not exist":      {Command{Move: "vanish"}, "move"},
		"a note without end":              {Command{Move: "ask_suspension", Reason: "weather", Note: strings.Repeat("长", 2001), Fields: map[string]string{"until": "2026-03-30"}}, "note"},
		"choosing no reason where needed": {Command{Move: "ask_suspension", Note: "x", Fields: map[string]string{"until": "2026-03-30"}}, "reason"},
	} {
		err := w.try("officer", c.cmd)
		var got []string
		for _, f := range fault.Fields(err) {
			if f.Field != "" {
				got = append(got, f.Field)
			}
			if f.ZH == "" || f.EN == "" || strings.Contains(f.ZH+f.EN, "%!") {
				t.Errorf("%s: the sentence is %q, %q", name, f.ZH, f.EN)
			}
		}
		slices.Sort(got)
		if err == nil || strings.Join(got, " ") != c.fields {
			t.Errorf("%s: got %v (%v), want %q", name, got, err, c.fields)
		}
	}
}

func TestADraftIsCheckedWhole(t *testing.T) {
	p, env := gridEvent(t), testEnv(beijing("2026-03-02 09:00"))
	_, err := p.Open(Draft{Start: "patrol", Source: "resident", Matter: "X", Place: Place{Area: "33"}}, Actor{Person: 2, Duties: []Duty{{Role: "grid_staff", Area: "33"}}}, env)
	var got []string
	for _, f := range fault.Fields(err) {
		got = append(got, f.Field)
	}
	if want := "title source matter place photos"; strings.Join(got, " ") != want {
		t.Errorf("got %v, want %s", got, want)
	}
	_, err = p.Open(Draft{Start: "patrol", Source: "patrol", Place: Place{Area: micro}}, who("resident"), env)
	if fault.KindOf(err) != fault.Forbidden {
		t.Errorf("a resident reports from patrol: %v", err)
	}
	var starts []string
	for _, o := range p.StartsFor(who("grid_staff"), micro, env) {
		starts = append(starts, o.Move)
	}
	if strings.Join(starts, " ") != "report patrol on_the_spot" {
		t.Errorf("a grid worker may begin by %v", starts)
	}
	if n := len(p.StartsFor(who("grid_staff"), "330108002001001", env)); n != 1 {
		t.Errorf("in another grid only a resident's report is left, not %d ways", n)
	}
}

func TestTwoPeopleMovingOneCase(t *testing.T) {
	w := newWalk(t, "report", "resident").do("mg_info", verify)
	cmd := accept
	cmd.Revision = w.c.Revision - 1
	_, err := w.p.Do(w.c, who("acceptor"), cmd, w.env)
	if fault.KindOf(err) != fault.Conflict || !strings.Contains(fault.Sentence(err, lang.ZH), "待受理") {
		t.Errorf("a stale revision: %v", err)
	}
	w.do("acceptor", accept)
	_, err = w.p.Do(w.c, who("acceptor"), accept, w.env)
	if got := fault.Sentence(err, lang.ZH); got != "案件已进入“待立案”阶段，不能再“受理”。" {
		t.Errorf("the second of two says %q", got)
	}
}

func TestSupervisionRisesRungByRung(t *testing.T) {
	w := newWalk(t, "report", "resident").toHandling() // due 14:30; 80 % at 13:42; 150 % at 16:30
	told := func() (out []string) {
		for _, n := range w.last.Notices {
			out = append(out, n.Text.ZH+"→"+n.Holder.Key())
		}
		return out
	}
	for _, c := range []struct {
		at, wake string
		level    int
		told     []string
	}{
		{"13:41", "13:42", 0, nil},
		{"13:42", "14:30", 1, []string{"预警：处置时限→officer/cityclean/"}},
		{"14:30", "16:30", 2, []string{"超期督办：处置时限→officer/cityclean/", "超期督办：处置时限→supervisor//330108"}},
		{"14:40", "16:30", 2, nil},
		{"17:00", "", 3, []string{"升级督办：处置时限→officer/cityclean/", "升级督办：处置时限→supervisor//330108", "升级督办：处置时限→leader//330108"}},
	} {
		w.env.Now = beijing("2026-03-02 " + c.at)
		w.wake()
		var wake time.Time
		if c.wake != "" {
			wake = beijing("2026-03-02 " + c.wake)
		}
		if w.c.Level != c.level || !slices.Equal(told(), c.told) || !w.c.Wake.Equal(wake) {
			t.Errorf("at %s level %d, next %v, told %q; want %d, %v, %q", c.at, w.c.Level, w.c.Wake, told(), c.level, wake, c.told)
		}
	}
	late := newWalk(t, "report", "resident").toHandling().later(24 * time.Hour).wake()
	if len(late.last.Events) != 3 || late.c.Level != 3 || late.last.Case.Revision != late.c.Revision {
		t.Errorf("woken late, all rungs are taken in order: %+v", late.last.Events)
	}
}

func TestANewCalendarMovesTheDeadlinesAndSaysWhy(t *testing.T) {
	w := newWalk(t, "report", "resident").toHandling()
	same, err := w.p.Reproject(w.c, "无变化", w.env)
	if err != nil || len(same.Events) != 0 || same.Case.Revision != w.c.Revision {
		t.Fatalf("the same calendar changes nothing: %+v %v", same.Events, err)
	}
	morning, err := calendar.ParseHours("09:00-12:00")
	if err != nil {
		t.Fatal(err)
	}
	w.env.Calendar = calendar.New(calendar.Days{}, morning)
	out, err := w.p.Reproject(w.c, "下午不办公", w.env)
	if err != nil || len(out.Events) != 1 {
		t.Fatalf("got %+v, %v", out.Events, err)
	}
	e := out.Events[0]
	if e.Move != EventReprojected || e.Note != "下午不办公" || e.Fields["clock"] != "handle" ||
		e.Fields["old"] != "2026-03-02T06:30:00Z" || e.Fields["new"] != "2026-03-03T02:00:00Z" || !e.Due.Equal(beijing("2026-03-03 10:00")) {
		t.Errorf("the event is %+v", e)
	}
	if out.Case.Revision != w.c.Revision+1 || !w.c.Due().Equal(beijing("2026-03-02 14:30")) {
		t.Error("the revision grows by one and the case given stays as it was")
	}
}

func TestMerging(t *testing.T) {
	w := newWalk(t, "report", "resident").do("mg_info", verify)
	w.refused(fault.Invalid, "acceptor", Command{Move: "merge", Fields: map[string]string{"into": "7"}}) // itself
	w.do("acceptor", Command{Move: "merge", Fields: map[string]string{"into": "99"}}).at("merged", "")
	if w.c.MergedTo != 99 || len(w.last.Effects) != 1 || w.last.Effects[0].Into != 99 {
		t.Errorf("merged to %d with %+v", w.c.MergedTo, w.last.Effects)
	}
	into := newWalk(t, "report", "resident")
	out := into.p.MergedIn(into.c, 7, who("acceptor"), into.env)
	if out.Case.Counts[EventMergedIn] != 1 || out.Events[0].Fields["from"] != "7" || into.c.Counts[EventMergedIn] != 0 {
		t.Errorf("merged in: %+v", out)
	}
}

func TestEscalationWorksWithoutMicroGrids(t *testing.T) {
	p := gridEvent(t)
	for from, want := range map[string]string{
		"mg_leader//" + micro:           "grid_leader//" + micro[:15],
		"grid_staff//" + micro[:15]:     "community_desk//" + micro[:12],
		"street_desk//" + micro[:9]:     "district_desk//" + micro[:6],
		"district_desk//" + micro[:6]:   "",
		"officer/cityclean/":            "",
		"community_desk//" + micro[:12]: "street_desk//" + micro[:9],
	} {
		got, ok := p.above(ParseHolder(from))
		if got.Key() != want || ok != (want != "") {
			t.Errorf("above %s is %q, want %q", from, got.Key(), want)
		}
	}
	if h, ok := p.at("mg_info", "micro", "330108001"); !ok || h.Key() != "street_desk//330108001" {
		t.Errorf("where only the street is known, its desk takes it: %q", h.Key())
	}
}

func TestOptionsCarryTheirForms(t *testing.T) {
	w := newWalk(t, "report", "resident").do("mg_info", verify).do("acceptor", accept)
	for _, o := range w.p.Options(w.c, who("shift_leader"), w.env) {
		if o.Move == "file" && (len(o.Fields) != 1 || len(o.Fields[0].Field.Choices) != 2 || o.Holder.Key() != "dispatcher//330108" || o.To != "dispatching") {
			t.Errorf("filing offers %+v", o)
		}
		if o.Move == "not_file" && (o.Reasons == nil || len(o.Reasons.Items) != 8) {
			t.Errorf("not filing offers %+v", o)
		}
	}
	w.do("shift_leader", file)
	for _, o := range w.p.Options(w.c, who("dispatcher"), w.env) {
		if o.Choose != (o.Move == "dispatch") || (o.Choose && o.Holder.Key() != "officer/cityclean/") {
			t.Errorf("the dispatcher may choose a unit, the routed one to begin with: %+v", o)
		}
	}
	if f, _ := w.p.Field("standard"); len(f.Choices) != 0 {
		t.Error("showing options wrote to the procedure")
	}
}

func FuzzParseProcedure(f *testing.F) {
	files, err := os.ReadDir("testdata/procedure")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range files {
		if src, err := os.ReadFile("testdata/procedure/" + file.Name()); err == nil && strings.HasSuffix(file.Name(), ".yaml") {
			f.Add(src)
		}
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		p, err := ParseProcedure("f.yaml", src)
		if (p == nil) == (err == nil) {
			t.Fatalf("neither a procedure nor a mistake, or both: %v", err)
		}
		for _, e := range fault.Fields(err) {
			if e.Kind != fault.Invalid || !strings.HasPrefix(e.Field, "f.yaml:") {
				t.Fatalf("a mistake without its line: %+v", e)
			}
		}
		if err != nil {
			return
		}
		p.Graph()
		// Whatever passes the checks can begin a case and show its buttons.
		by := Actor{Person: 1}
		for _, r := range p.Roles {
			by.Duties = append(by.Duties, Duty{Role: r.ID, Area: "330108"})
		}
		env := testEnv(beijing("2026-03-02 09:00"))
		out, err := p.Open(Draft{ID: 1, Title: "x", Matter: "E0102", Source: "resident", Place: Place{Area: micro}, Reporter: 1}, by, env)
		if err == nil {
			p.Options(out.Case, by, env)
			p.Tasks(out.Case)
		}
	})
}

func FuzzParseMatters(f *testing.F) {
	src, err := os.ReadFile("testdata/matters/none.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(src)
	f.Fuzz(func(t *testing.T, src []byte) {
		ms, err := ParseMatters("f.yaml", src)
		for _, m := range ms.List {
			if got, ok := ms.Find(m.Code); err != nil || !ok || len(got.Standards) == 0 {
				t.Fatalf("%+v, %v", m, err)
			}
		}
	})
}
