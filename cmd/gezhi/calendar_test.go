package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gezhi/internal/lang"
)

// command runs gezhi as the process would and returns what it printed.
func command(l lang.Lang, args ...string) (code int, out, errs string) {
	var o, e bytes.Buffer
	code = run(std{In: strings.NewReader(""), Out: &o, Err: &e, Lang: l}, args)
	return code, o.String(), e.String()
}

func file(t *testing.T, content string) string {
	name := filepath.Join(t.TempDir(), "days")
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestCalendarDue(t *testing.T) {
	code, out, errs := command(lang.EN, "calendar", "due", "--from", "2026-03-05T16:00:00+08:00", "--limit", "2work_day", "--hours", "08:00-12:00,14:00-18:00")
	want := `{
  "due": "2026-03-09T18:00:00+08:00",
  "provisional": false,
  "counted": [
    "2026-03-06",
    "2026-03-09"
  ],
  "skipped": [
    {
      "day": "2026-03-07",
      "code": "weekend",
      "reason": "Saturday"
    },
    {
      "day": "2026-03-08",
      "code": "weekend",
      "reason": "Sunday"
    }
  ]
}
`
	if diff := cmp.Diff(want, out); code != 0 || errs != "" || diff != "" {
		t.Errorf("exit %d, %s (-want +got):\n%s", code, errs, diff)
	}
}

func TestCalendarDueReadsMoreDays(t *testing.T) {
	more := file(t, "日期,类型,名称\n2027-01-01,放假,元旦\n")
	tests := map[string]struct {
		args             []string
		due, errs        string
		provisional      bool
		counted, skipped int
	}{
		"the issue's own example": {[]string{"--from", "2026-02-13T16:00:00+08:00", "--limit", "3work_day"}, "2026-02-25T17:30:00+08:00", "", false, 3, 9},
		"a time in another zone":  {[]string{"--from", "2026-02-13T08:00:00Z", "--limit", "3work_day"}, "2026-02-25T17:30:00+08:00", "", false, 3, 9},
		"a year not published":    {[]string{"--from", "2026-12-31T16:00:00+08:00", "--limit", "1work_day"}, "2027-01-01T17:30:00+08:00", "尚未公布", true, 1, 0},
		"that year from a file":   {[]string{"--from", "2026-12-31T16:00:00+08:00", "--limit", "1work_day", "--holidays", more}, "2027-01-04T17:30:00+08:00", "", false, 1, 3},
		"a limit in Chinese":      {[]string{"--from", "2026-03-02T09:00:00+08:00", "--limit", "4个工作时"}, "2026-03-02T14:30:00+08:00", "", false, 1, 0},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			code, out, errs := command(lang.ZH, append([]string{"calendar", "due"}, test.args...)...)
			var got struct {
				Due              string
				Provisional      bool
				Counted, Skipped []any
			}
			if err := json.Unmarshal([]byte(out), &got); err != nil || code != 0 {
				t.Fatalf("exit %d, %v: %s%s", code, err, out, errs)
			}
			if got.Due != test.due || got.Provisional != test.provisional || len(got.Counted) != test.counted || len(got.Skipped) != test.skipped {
				t.Errorf("%s", out)
			}
			if (errs == "") != (test.errs == "") || !strings.Contains(errs, test.errs) {
				t.Errorf("warned %q", errs)
			}
		})
	}
}

func TestCalendarRefuses(t *testing.T) {
	const from = "2026-02-13T16:00:00+08:00"
	bad := file(t, "日期,类型\n2027-02-30,放假\n2027-01-06,上班\n")
	tests := map[string]struct {
		args   []string
		code   int
		zh, en string
	}{
		"an unknown unit":        {[]string{"due", "--from", from, "--limit", "3weeks"}, 1, "时限单位“weeks”无效", `unknown unit "weeks"`},
		"a limit of nothing":     {[]string{"due", "--from", from, "--limit", "0work_day"}, 1, "1 到 9999", "from 1 to 9999"},
		"a time without zone":    {[]string{"due", "--from", "2026-02-13T16:00", "--limit", "3work_day"}, 1, "时间“2026-02-13T16:00”无效", "is not a time"},
		"hours that overlap":     {[]string{"due", "--from", from, "--limit", "3work_day", "--hours", "09:00-12:00,11:00-13:00"}, 1, "重叠", "overlaps"},
		"a file that is not":     {[]string{"due", "--from", from, "--limit", "3work_day", "--holidays", "none.json"}, 1, "无法读取文件", "cannot read the file"},
		"a file with wrong rows": {[]string{"due", "--from", from, "--limit", "3work_day", "--holidays", bad}, 1, "共 2 处错误", "2 errors"},
		"a year out of range":    {[]string{"year", "12"}, 1, "年份应在", "the year must be"},
		"a missing flag":         {[]string{"due", "--from", from}, 2, "命令写法有误", "usage: missing flags"},
		"an unknown flag":        {[]string{"due", "--form", from}, 2, "命令写法有误", "unknown flag --form"},
		"a year that is no year": {[]string{"year", "next"}, 2, "命令写法有误", "usage:"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			for l, want := range map[lang.Lang]string{lang.ZH: test.zh, lang.EN: test.en} {
				code, out, errs := command(l, append([]string{"calendar"}, test.args...)...)
				if code != test.code || out != "" || !strings.Contains(errs, want) {
					t.Errorf("%s: exit %d, printed %q and %q", l.Tag(), code, out, errs)
				}
			}
		})
	}
}

func TestCalendarYear(t *testing.T) {
	code, out, errs := command(lang.ZH, "calendar", "year", "2026")
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if code != 0 || errs != "" || len(lines) != 1+33+6 || lines[0] != "2026 年：248 个工作日，放假 33 天，调休上班 6 天" ||
		lines[1] != "2026-01-01 周四 元旦放假" || lines[len(lines)-1] != "2026-10-10 周六 国庆节调休上班" {
		t.Errorf("exit %d, %s%s", code, out, errs)
	}
	code, out, errs = command(lang.EN, "calendar", "year", "2027", "--json")
	if code != 0 || !strings.Contains(errs, "warning") || !strings.Contains(out, `"working_days": 261`) || !strings.Contains(out, `"holidays": []`) {
		t.Errorf("exit %d, %s%s", code, out, errs)
	}
}
