package calendar_test

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"
	"golang.org/x/text/encoding/simplifiedchinese"

	"gezhi/internal/calendar"
	"gezhi/internal/fault"
	"gezhi/internal/lang"
)

func TestParseLimit(t *testing.T) {
	tests := map[string]struct {
		want   string // text form, or what the English sentence says
		refuse bool
	}{
		"3work_day":                     {want: "3work_day"},
		" 24 urgent_hour ":              {want: "24urgent_hour"},
		"004work_hour":                  {want: "4work_hour"},
		"5natural_day!":                 {want: "5natural_day!"},
		"9999natural_day":               {want: "9999natural_day"},
		"3个工作日":                         {want: "3work_day"},
		"4工作时":                          {want: "4work_hour"},
		"2 紧急工作时":                       {want: "2urgent_hour"},
		"30自然日":                         {want: "30natural_day"},
		"":                              {"not a time limit", true},
		"work_day":                      {"not a time limit", true},
		"-3work_day":                    {"not a time limit", true},
		"３work_day":                     {"not a time limit", true},
		"1.5work_day":                   {"unknown unit", true},
		"3":                             {"unknown unit", true},
		"3days":                         {"unknown unit", true},
		"3work_days":                    {"unknown unit", true},
		"0work_day":                     {"from 1 to 9999", true},
		"10000work_day":                 {"from 1 to 9999", true},
		"99999999999999999999work_hour": {"from 1 to 9999", true},
		"3work_day!":                    {"only natural_day", true},
		"3natural_day!!":                {"unknown unit", true},
		"3" + strings.Repeat("天", 9000): {"unknown unit", true},
	}
	for in, test := range tests {
		l, err := calendar.ParseLimit(in)
		if !test.refuse {
			if err != nil || l.String() != test.want {
				t.Errorf("%q: %v, %v", in, l, err)
			}
			continue
		}
		fs := fault.Fields(err)
		if len(fs) != 1 || fs[0].Kind != fault.Invalid || fs[0].Field != "limit" || !strings.Contains(fs[0].EN, test.want) || len(fs[0].ZH) > 500 {
			t.Errorf("%.20q: %.300v", in, err)
		}
	}
}

func TestLimitLabel(t *testing.T) {
	for in, want := range map[string]lang.Text{
		"3work_day":     {ZH: "3个工作日", EN: "3 working days"},
		"1work_day":     {ZH: "1个工作日", EN: "1 working day"},
		"4work_hour":    {ZH: "4个工作时", EN: "4 working hours"},
		"2urgent_hour":  {ZH: "2个紧急工作时", EN: "2 hours round the clock"},
		"30natural_day": {ZH: "30个自然日", EN: "30 calendar days"},
		"1natural_day!": {ZH: "1个自然日（遇休息日不顺延）", EN: "1 calendar day (days off included)"},
	} {
		l := limit(t, in)
		if got := (lang.Text{ZH: l.Label(lang.ZH), EN: l.Label(lang.EN)}); got != want {
			t.Errorf("%s: %+v", in, got)
		}
	}
}

func TestLimitAndHoursInYAMLAndJSON(t *testing.T) {
	type stage struct {
		Limit calendar.Limit `yaml:"limit" json:"limit"`
		Hours calendar.Hours `yaml:"hours" json:"hours"`
		None  calendar.Limit `yaml:"none" json:"none"`
	}
	var s stage
	if err := yaml.Unmarshal([]byte("limit: 5natural_day!\nhours: 8:30-12:00,14:00-18:00\n"), &s); err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(s)
	if want := `{"limit":"5natural_day!","hours":"08:30-12:00,14:00-18:00","none":""}`; err != nil || string(text) != want {
		t.Errorf("%s, %v", text, err)
	}
	var back stage
	if err := json.Unmarshal(text, &back); err != nil || back.Limit != s.Limit || back.Hours.String() != s.Hours.String() || !back.None.IsZero() {
		t.Errorf("%+v, %v", back, err)
	}
	if err := yaml.Unmarshal([]byte("limit: 5weeks"), &s); err == nil || !strings.Contains(err.Error(), "unknown unit") {
		t.Errorf("a wrong limit in YAML: %v", err)
	}
}

func TestParseHours(t *testing.T) {
	tests := map[string]struct {
		want    string // text form, or what the English sentence says
		minutes int    // 0: refused
	}{
		"09:00-12:00,13:30-17:30":         {"09:00-12:00,13:30-17:30", 420},
		" 8:00-12:00 , 14:00-18:00 ":      {"08:00-12:00,14:00-18:00", 480},
		"９:00-12:00":                      {"not a span", 0},
		"08：30－12：00，14:00~17:30":         {"08:30-12:00,14:00-17:30", 420},
		"00:00-24:00":                     {"00:00-24:00", 1440},
		"09:00-12:00,12:00-13:00":         {"09:00-12:00,12:00-13:00", 240},
		"":                                {"no working hours", 0},
		" ":                               {"no working hours", 0},
		"09:00-09:00":                     {"empty", 0},
		"17:30-09:00":                     {"ends before it starts", 0},
		"09:00-12:00,11:59-17:30":         {"overlaps", 0},
		"13:30-17:30,09:00-12:00":         {"out of order", 0},
		"09:00":                           {"not a span", 0},
		"09:00-24:01":                     {"not a span", 0},
		"09:60-12:00":                     {"not a span", 0},
		"9-12":                            {"not a span", 0},
		"09:00-12:00,":                    {"not a span", 0},
		"09:00-12:00-13:00":               {"not a span", 0},
		"+9:00-12:00":                     {"not a span", 0},
		"99999999999999999999:00-23:00":   {"not a span", 0},
		strings.Repeat("9", 9000) + ":00": {"not a span", 0},
	}
	for in, test := range tests {
		h, err := calendar.ParseHours(in)
		if test.minutes > 0 {
			if err != nil || h.String() != test.want || h.Minutes() != test.minutes {
				t.Errorf("%q: %s, %d minutes, %v", in, h, h.Minutes(), err)
			}
			continue
		}
		if fs := fault.Fields(err); len(fs) != 1 || fs[0].Field != "hours" || !strings.Contains(fs[0].EN, test.want) {
			t.Errorf("%.40q: %.300v", in, err)
		}
	}
}

// spellListed is a notice as lines: 2027-01-01 holiday 元旦/New Year's Day.
func spellListed(d calendar.Days) string {
	var b strings.Builder
	for _, l := range d.All() {
		b.WriteString(l.Day.String() + " " + l.Kind.String() + " " + l.Name.ZH + "/" + l.Name.EN)
		if l.InLieu {
			b.WriteString(" in lieu")
		}
		b.WriteString("\n")
	}
	return b.String()
}

const newYear2027 = `2027-01-01 holiday 元旦/New Year's Day
2027-01-02 holiday 元旦/New Year's Day
2027-01-09 workday 元旦/New Year's Day
`

func TestReadAcceptsEveryShape(t *testing.T) {
	gb, err := simplifiedchinese.GB18030.NewEncoder().String("日期,类型,名称\r\n2027/1/1,放假,元旦\r\n2027/1/2,放假,元旦\r\n2027/1/9,调休上班,元旦\r\n")
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]string{
		"chinese-days":              `{"holidays":{"2027-01-01":"New Year's Day,元旦,1","2027-01-02":"New Year's Day,元旦,1"},"workdays":{"2027-01-09":"New Year's Day,元旦,1"},"inLieuDays":{}}`,
		"chinese-days, bare names":  `{"holidays":{"2027-01-01":"元旦","2027-01-02":"元旦"},"workdays":{"2027-01-09":"元旦"}}`,
		"our own shape":             `{"days":[{"date":"2027-01-09","kind":"workday","name":"元旦"},{"date":"2027-01-01","kind":"放假","name":{"zh":"元旦","en":"New Year's Day"}},{"date":"2027-01-02","kind":"holiday","name":"元旦"}]}`,
		"our own shape after a BOM": "\ufeff " + `{"days":[{"date":"2027-01-09","kind":"workday","name":"元旦"},{"date":"2027-01-01","kind":"holiday","name":"元旦"},{"date":"2027-01-02","kind":"holiday","name":"元旦"}]}`,
		"CSV":                       "date,kind,name\n2027-01-01,holiday,元旦\n2027-01-02,holiday,元旦\n2027-01-09,workday,元旦\n",
		"CSV with BOM, blank lines, other columns": "\ufeff序号,名称,类型,日期\r\n1,元旦,休,2027.1.1\r\n\r\n2,元旦,休,20270102\r\n,,,\r\n3,元旦,补班,2027年1月9日\r\n",
		"CSV in GB 18030":                          gb,
		"CSV with the numbers Excel has":           "日期,类型,名称\n46388,放假,元旦\n46389,放假,元旦\n46396,上班,元旦\n",
	}
	for name, in := range tests {
		t.Run(name, func(t *testing.T) {
			days, err := calendar.Read([]byte(in))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(newYear2027, spellListed(days)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestReadReportsAllThatIsWrong(t *testing.T) {
	tests := map[string]struct {
		in   string
		want []string // field|what the English sentence contains
	}{
		"every wrong row by its number in the file": {
			"日期,类型,名称\n2027-01-01,放假,元旦\n\n2027-02-30,放假,春节\n2027-01-06,上班,元旦\n2027-01-10,调休,元旦\n2027-01-01,放假,元旦\n,放假,\n1927-01-01,放假,元旦\n2027-01-03\n",
			[]string{"4|\"2027-02-30\" is not a date", "5|is a Wednesday, a working day already", "6|may mean a day off or a day worked", "7|stands in row 2 already",
				"8|\"\" is not a date", "9|not in the years", "10|unknown kind \"\""},
		},
		"no header":               {"2027-01-01,放假\n", []string{"file|must have the columns"}},
		"nothing":                 {"", []string{"file|empty"}},
		"only a header":           {"日期,类型\n", []string{"file|lists no holiday"}},
		"a broken quote":          {"日期,类型\n\"2027-01-01,放假\n", []string{"file|not valid CSV"}},
		"neither UTF-8 nor GB":    {"\xff\xff\xff,\x80", []string{"file|"}},
		"JSON cut short":          {`{"holidays":{`, []string{"file|not valid JSON"}},
		"JSON of the wrong type":  {`{"holidays":[1]}`, []string{"file|wrong type"}},
		"JSON with nothing in it": {`{}`, []string{"file|lists no holiday"}},
		"every wrong day of JSON": {
			`{"holidays":{"2027-1-1":"元旦","2027-01-09":"元旦"},"workdays":{"2027-01-09":"元旦","2027-01-04":"元旦"},"inLieuDays":{"2027-02-01":"春节"},
			  "days":[{"date":"x","kind":"holiday"},{"date":"2027-05-01","kind":"party"}]}`,
			[]string{"2027-1-1|is not a date", "2027-02-01|not among the holidays", "days[0]|\"x\" is not a date", "days[1]|unknown kind", "2027-01-04|is a Monday", "2027-01-09|listed twice"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			days, err := calendar.Read([]byte(test.in))
			if fault.KindOf(err) != fault.Invalid || days.Len() > 0 {
				t.Fatalf("%d days, %v", days.Len(), err)
			}
			fs := fault.Fields(err)
			if len(fs) != len(test.want) {
				t.Fatalf("%d faults, want %d: %v", len(fs), len(test.want), err)
			}
			for i, f := range fs {
				field, words, _ := strings.Cut(test.want[i], "|")
				if f.Field != field || !strings.Contains(f.EN, words) || f.ZH == "" {
					t.Errorf("fault %d: %s|%s|%s, want %s", i, f.Field, f.EN, f.ZH, test.want[i])
				}
			}
		})
	}
}

func TestTheBuiltinFileIsReadWhole(t *testing.T) {
	raw, err := os.ReadFile("data/chinese-days-1.5.7.json")
	if err != nil {
		t.Fatal(err)
	}
	var file map[string]map[string]string
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	for _, l := range calendar.BuiltinDays().All() {
		count[l.Kind.String()]++
		if l.InLieu {
			count["in lieu"]++
		}
	}
	want := map[string]int{"holiday": len(file["holidays"]), "workday": len(file["workdays"]), "in lieu": len(file["inLieuDays"])}
	if diff := cmp.Diff(want, count); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if _, err := os.Stat("data/chinese-days.LICENSE"); err != nil {
		t.Error(err)
	}
}

func TestDaysGoThroughJSON(t *testing.T) {
	text, err := json.Marshal(calendar.BuiltinDays())
	if err != nil {
		t.Fatal(err)
	}
	var back calendar.Days
	if err := json.Unmarshal(text, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(spellListed(calendar.BuiltinDays()), spellListed(back)); diff != "" {
		t.Error(diff)
	}
	if err := json.Unmarshal([]byte(`{"days":[{"date":"x"}]}`), &back); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a wrong day: %v", err)
	}
}

func TestNewerDaysAmendOlderOnes(t *testing.T) {
	read := func(s string) calendar.Days {
		d, err := calendar.Read([]byte("date,kind,name\n" + s))
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	old := read("2027-01-01,holiday,元旦\n2027-01-02,holiday,元旦\n2027-01-09,workday,元旦\n")
	merged := old.With(read("2027-01-02,ordinary,\n2027-01-09,holiday,大雪\n2026-12-31,holiday,元旦\n"))
	want := "2026-12-31 holiday 元旦/New Year's Day\n2027-01-01 holiday 元旦/New Year's Day\n2027-01-09 holiday 大雪/大雪\n"
	if diff := cmp.Diff(want, spellListed(merged)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]int{2027}, merged.Published()); diff != "" {
		t.Errorf("31 December alone published its year: %s", diff)
	}
	c := calendar.New(merged, calendar.Hours{})
	d := c.Due(clockTime(t, "2026-12-30 10:00"), limit(t, "1work_day"))
	if want := clockTime(t, "2027-01-04 17:30"); !d.Due.Equal(want) || !d.Provisional {
		t.Errorf("due %s, provisional %t", d.Due, d.Provisional)
	}
	if c := calendar.New(calendar.BuiltinDays().With(old), calendar.Hours{}); c.LatestYear() != 2027 || c.Provisional(day(t, "2027-06-01")) {
		t.Error("2027 is published and still provisional")
	}
}

func FuzzParseLimit(f *testing.F) {
	for _, s := range []string{"3work_day", "5natural_day!", "0work_day", "99999999999999999999work_hour", "3 个工作日", "!", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		l, err := calendar.ParseLimit(s)
		if err != nil {
			invalid(t, err)
			return
		}
		if l.Check() != nil || l.N < 1 || l.N > calendar.MaxLimit {
			t.Errorf("%q became %+v", s, l)
		}
		if back, err := calendar.ParseLimit(l.String()); err != nil || back != l {
			t.Errorf("%v came back as %v, %v", l, back, err)
		}
	})
}

func FuzzParseHours(f *testing.F) {
	for _, s := range []string{"09:00-12:00,13:30-17:30", "00:00-24:00", "9:00-8:00", "08：30－12：00，14:00~17:30", ",", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		h, err := calendar.ParseHours(s)
		if err != nil {
			invalid(t, err)
			return
		}
		end, minutes := 0, 0
		for _, span := range h.Spans() {
			if span.Start < end || span.End <= span.Start || span.End > 1440 {
				t.Fatalf("%q became %v", s, h.Spans())
			}
			end = span.End
			minutes += span.End - span.Start
		}
		if back, err := calendar.ParseHours(h.String()); err != nil || back.String() != h.String() || minutes != h.Minutes() || minutes == 0 {
			t.Errorf("%q: %v came back as %v, %v", s, h, back, err)
		}
	})
}

func FuzzRead(f *testing.F) {
	for _, s := range []string{
		"日期,类型,名称\n2027/1/1,放假,元旦\n2027-01-09,上班,元旦", "\ufeffdate,kind\n46388,holiday\n", "\"", "日期,类型\n9999-12-31,放假",
		`{"holidays":{"2027-01-01":"New Year's Day,元旦,1"},"workdays":{},"inLieuDays":{"2027-01-01":""}}`,
		`{"days":[{"date":"2027-01-01","kind":"holiday","name":{"zh":"元旦"}}]}`, "{", "\xff\xfe", "",
	} {
		f.Add([]byte(s))
	}
	from := epoch
	l := calendar.Limit{N: 300, Unit: calendar.WorkDay}
	f.Fuzz(func(t *testing.T, data []byte) {
		days, err := calendar.Read(data)
		if err != nil {
			invalid(t, err)
			return
		}
		if days.Len() == 0 {
			t.Error("nothing was read and nothing was said")
		}
		// Whatever can be read makes a calendar that works.
		if d := calendar.New(days, calendar.Hours{}).Due(from, l); !d.Due.After(from) || len(d.Counted) != l.N {
			t.Errorf("due %s, counted %d", d.Due, len(d.Counted))
		}
	})
}

// invalid fails unless every error is the input's fault and says so in both languages.
func invalid(t *testing.T, err error) {
	t.Helper()
	var list fault.List
	if fault.KindOf(err) != fault.Invalid && !errors.As(err, &list) {
		t.Fatalf("not a fault of the input: %v", err)
	}
	for _, f := range fault.Fields(err) {
		if f.ZH == "" || f.EN == "" || f.Field == "" {
			t.Fatalf("a fault without words or field: %+v", f)
		}
	}
}
