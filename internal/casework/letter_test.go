package casework

import (
	"strings"
	"testing"
	"time"

	"gezhi/internal/calendar"
	"gezhi/internal/lang"

	"github.com/google/go-cmp/cmp"
)

const lettered = `
id: lettered
version: 1
name: {zh: 有文书的流程, en: Lettered}
place: optional
categories: none
roles:
  clerk: {zh: 受理岗, en: Clerk}
  officer: {zh: 经办人, en: Officer}
  head: {zh: 负责人, en: Head}
sources:
  page: {zh: 网页, en: Page}
reasons:
  why:
    label: {zh: 原因, en: Reason}
    items:
      other: {zh: 不属于受理范围, en: Outside the scope}
fields:
  unit: {type: unit, label: {zh: 承办单位, en: Unit}}
  day: {type: date, label: {zh: 到场日期, en: Day}}
  told: {type: longtext, label: {zh: 反馈, en: Answer}}
  extra: {type: limit, label: {zh: 延长, en: Extra}}
stages:
  new: {name: {zh: 新收, en: New}, phase: 信息收集}
  work: {name: {zh: 办理, en: Work}, phase: 任务处理}
  over: {name: {zh: 办结, en: Over}, phase: 核查结案, end: good}
starts:
  report: {label: {zh: 提交, en: Report}, by: anyone, to: new, holder: clerk@district}
moves:
  accept: {label: {zh: 受理, en: Accept}, from: new, to: work, by: holder, needs: [unit], may: [day], holder: officer@unit, tell: {to: reporter, zh: 已受理。, en: Accepted.}}
  refuse: {label: {zh: 不予受理, en: Refuse}, from: new, to: over, by: holder, reason: why, note: required}
  move_on: {label: {zh: 改派, en: Give on}, from: work, to: stay, by: clerk, needs: [unit], holder: officer@unit}
  ask_time: {label: {zh: 申请延期, en: Ask}, from: work, to: stay, by: holder, ask: time, approver: [head@unit, clerk@district], needs: [extra]}
  grant_time: {label: {zh: 同意延期, en: Grant}, from: work, to: stay, by: approver, grant: time, extend: {clock: work, by: extra}}
  refuse_time: {label: {zh: 不同意延期, en: No}, from: work, to: stay, by: approver, refuse: time, note: required}
  finish: {label: {zh: 办结, en: Finish}, from: work, to: over, by: holder, needs: [told]}
clocks:
  work: {label: {zh: 办理时限, en: Work}, limit: 3work_day, runs: work}
results:
  good: {label: {zh: 办结, en: Done}, keep: 10}
letters:
  accepted: {title: {zh: 受理告知书, en: Notice of acceptance}, to: reporter, moves: accept,
    zh: ["您于{opened}反映的“{title}”（{number}）由{field.unit}办理，于{field.day}到场。", "应于{due.work}前办结，时限{limit.work}。", "原因：{reason}"],
    en: ["“{title}” of {opened} ({number}) is with {field.unit}, who comes on {field.day}.", "Due by {due.work}, a limit of {limit.work}.", "Reason: {reason}"]}
  order: {title: {zh: 交办单, en: Order}, to: unit, moves: [accept, move_on], table: [number, unit, field.day, field.told], zh: 请办理。, en: Please act., confirmed: true}
  refused: {title: {zh: 不予受理告知书, en: Refusal}, to: reporter, moves: refuse, dear: {zh: 申请人, en: Applicant}, office: {zh: "{zone}营商办", en: "Business office, {zone}"}, zh: ["原因：{reason}。", "{note}"], en: ["Reason: {reason}.", "{note}"]}
  extended: {title: {zh: 延期告知书, en: Extension}, to: reporter, moves: grant_time, zh: "延长{field.extra}，至{due.work}。", en: "Extended by {field.extra} until {due.work}."}
  over: {title: {zh: 办结通知, en: Closing}, to: holder, stages: over, zh: ["结果如下：", "{field.told}", "应于{due.work}前办结。"], en: ["The result:", "{field.told}", "Due by {due.work}."]}
`

// letterWorld is a case of the procedure above, in a district whose units may be renamed.
type letterWorld struct {
	t      *testing.T
	p      *Procedure
	c      Case
	events []Event
	told   []Notice
	names  map[string]string
	env    Env
}

func newLetterWorld(t *testing.T) *letterWorld {
	p, err := ParseProcedure("lettered.yaml", []byte(lettered))
	if err != nil {
		t.Fatal(err)
	}
	w := &letterWorld{t: t, p: p, names: map[string]string{"water": "水务局", "roads": "公路局", "zone": "滨江"}}
	w.env = Env{Now: beijing("2026-03-02 10:00"), Calendar: testCalendar(), Words: func(c Case, e Event, name string) lang.Text {
		word := func(s string) lang.Text { return lang.Text{ZH: s, EN: s + " (en)"} }
		switch name {
		case "zone":
			return word(w.names["zone"])
		case "unit":
			return word(w.names[e.Holder.Unit])
		case "office":
			return word(w.names["zone"] + e.Duty.Role)
		case "field.unit":
			return word(w.names[c.Fields["unit"]])
		}
		v := c.Fields[strings.TrimPrefix(name, "field.")]
		return lang.Text{ZH: v, EN: v}
	}}
	out, err := p.Open(Draft{Zone: 330108, ID: 7, Number: "330108-20260302-00001", Source: "page", Title: "<em>水管</em>漏水", Text: "一直在漏水",
		Place: Place{Area: "330108"}, Reporter: 100}, Actor{Person: 100}, w.env)
	w.take(out, err)
	return w
}

func (w *letterWorld) take(out Outcome, err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
	w.c, w.events, w.told = out.Case, append(w.events, out.Events...), out.Notices
}

var letterPeople = map[string]Actor{
	"clerk": {Person: 1, Duties: []Duty{{Role: "clerk", Area: "330108"}}},
	"water": {Person: 2, Duties: []Duty{{Role: "officer", Unit: "water"}}},
	"head":  {Person: 3, Duties: []Duty{{Role: "head", Unit: "water"}}},
}

func (w *letterWorld) do(who, move string, fields ...string) {
	w.t.Helper()
	cmd := Command{Move: move, Fields: map[string]string{}}
	for i := 0; i < len(fields); i += 2 {
		switch fields[i] {
		case "reason":
			cmd.Reason = fields[i+1]
		case "note":
			cmd.Note = fields[i+1]
		default:
			cmd.Fields[fields[i]] = fields[i+1]
		}
	}
	w.take(w.p.Do(w.c, letterPeople[who], cmd, w.env))
	w.env.Now = w.env.Now.Add(time.Hour)
}

// papers writes every letter given so far.
func (w *letterWorld) papers(in lang.Lang) map[string]Paper {
	out := map[string]Paper{}
	for _, g := range w.p.Given(w.events) {
		out[g.Event.Move+"/"+g.ID] = w.p.Write(w.c, g, lang.Text{ZH: "张三", EN: "Zhang San"}, in)
	}
	return out
}

func TestALetterIsFilledInFromItsMove(t *testing.T) {
	w := newLetterWorld(t)
	w.do("clerk", "accept", "unit", "water", "day", "2026-03-04")
	want := map[string]Paper{
		"accept/accepted": {Title: "受理告知书", Number: "330108-20260302-00001", Dear: "张三：", Office: "滨江clerk", Date: "2026年3月2日", Example: true, Body: []string{
			"您于2026年3月2日反映的“<em>水管</em>漏水”（330108-20260302-00001）由水务局办理，于2026年3月4日到场。",
			"应于2026年3月5日17:30前办结，时限3个工作日。",
		}, Why: []string{"办理时限：3个工作日，计入 3 天；该年度放假安排尚未公布，日期为暂定。"}},
		"accept/order": {Title: "交办单", Number: "330108-20260302-00001", Dear: "水务局：", Office: "滨江clerk", Date: "2026年3月2日", Body: []string{"请办理。"},
			Table: [][2]string{{"编号", "330108-20260302-00001"}, {"承办单位", "水务局"}, {"到场日期", "2026年3月4日"}}},
	}
	if diff := cmp.Diff(want, w.papers(lang.ZH)); diff != "" {
		t.Error(diff)
	}
	english := w.papers(lang.EN)["accept/accepted"]
	if got := english.Body[0]; !strings.Contains(got, "of 2 March 2026 ") || !strings.Contains(got, "with 水务局 (en), who comes on 4 March 2026") {
		t.Errorf("in English: %q", got)
	}
	if got := w.told[0].Text; got.ZH != "已受理。《受理告知书》可在案件页面查看、下载。" || !strings.Contains(got.EN, "“Notice of acceptance”") {
		t.Errorf("the message says %+v", got)
	}
	if got := w.p.Given(w.events)[1].ToUnits(w.events[1]); !cmp.Equal(got, []string{"water"}) {
		t.Errorf("the order is to %v", got)
	}
}

func TestALetterSaysTheSameWheneverItIsWritten(t *testing.T) {
	w := newLetterWorld(t)
	w.do("clerk", "accept", "unit", "water", "day", "2026-03-04")
	zh, en := w.papers(lang.ZH), w.papers(lang.EN)
	w.names = map[string]string{"water": "水利局", "roads": "交通局", "zone": "高新区"}
	w.env.Calendar = calendar.New(calendar.Days{}.With(holiday(t, "2026-03-03")), calendar.DefaultHours())
	w.take(w.p.Reproject(w.c, "三月三放假", w.env))
	w.do("clerk", "move_on", "unit", "roads")
	later := w.papers(lang.ZH)
	for name, paper := range zh {
		if diff := cmp.Diff(paper, later[name]); diff != "" {
			t.Errorf("%s says something else later:\n%s", name, diff)
		}
	}
	for name, paper := range en {
		if diff := cmp.Diff(paper, w.papers(lang.EN)[name]); diff != "" {
			t.Errorf("%s says something else later, in English:\n%s", name, diff)
		}
	}
	if got := later["move_on/order"]; got.Dear != "交通局：" || got.Table[1][1] != "交通局" {
		t.Errorf("the second order does not know the new name: %+v", got)
	}
}

func TestALetterComesWithTheLastSignatureAndKnowsTheRequest(t *testing.T) {
	w := newLetterWorld(t)
	w.do("clerk", "accept", "unit", "water")
	w.do("water", "ask_time", "extra", "2work_day")
	w.do("head", "grant_time")
	if _, given := w.papers(lang.ZH)["grant_time/extended"]; given {
		t.Fatal("one signature of two gives the letter")
	}
	w.do("clerk", "grant_time")
	got := w.papers(lang.ZH)["grant_time/extended"]
	if diff := cmp.Diff([]string{"延长2work_day，至2026年3月9日17:30。"}, got.Body); diff != "" {
		t.Error(diff)
	}
	if len(got.Why) != 1 || !strings.Contains(got.Why[0], "另批准延长2个工作日，计入 5 天，跳过 2 天") {
		t.Errorf("how it came about: %q", got.Why)
	}
}

func TestWhatIsEmptyIsLeftOutAndLinesBecomeParagraphs(t *testing.T) {
	w := newLetterWorld(t)
	w.do("clerk", "refuse", "reason", "other", "note", "请向水务局反映。\n\n  谢谢。")
	got := w.papers(lang.ZH)["refuse/refused"]
	if diff := cmp.Diff([]string{"原因：不属于受理范围。", "请向水务局反映。", "谢谢。"}, got.Body); diff != "" || got.Dear != "申请人：" || got.Office != "滨江营商办" {
		t.Errorf("%+v\n%s", got, diff)
	}
	w = newLetterWorld(t)
	w.do("clerk", "accept", "unit", "water")
	if got := w.papers(lang.ZH)["accept/accepted"].Body; len(got) != 1 || !strings.HasPrefix(got[0], "应于") {
		t.Errorf("without a day: %q", got)
	}
	w.do("water", "finish", "told", "已修好")
	over := w.papers(lang.ZH)["finish/over"]
	if diff := cmp.Diff([]string{"结果如下：", "已修好"}, over.Body); diff != "" || over.Why != nil {
		t.Errorf("a stopped clock is due: %+v\n%s", over, diff)
	}
}

// holiday is a calendar in which one day is off.
func holiday(t *testing.T, day string) calendar.Days {
	d, err := calendar.ReadJSON([]byte(`{"year": 2026, "holidays": {"` + day + `": "三月三"}, "workdays": {}}`))
	if err != nil {
		t.Fatal(err)
	}
	return d
}
