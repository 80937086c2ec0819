package main

import (
	"encoding/json"
	"fmt"
	"os"
	"time"

	"gezhi/internal/calendar"
	"gezhi/internal/fault"
	"gezhi/internal/lang"
)

// calendarCmd answers questions about working days without a database.
type calendarCmd struct {
	Due  calendarDue  `cmd:"" help:"When a time limit ends, with the days counted and skipped. 时限何时届满，逐日说明。"`
	Year calendarYear `cmd:"" help:"Holidays, make-up days and the number of working days of a year. 一年的放假、调休与工作日数。"`
}

type calendarDue struct {
	From     string `required:"" placeholder:"2026-02-13T16:00:00+08:00" help:"Start of the limit, RFC 3339. 起算时间。"`
	Limit    string `required:"" placeholder:"3work_day" help:"Number and unit: urgent_hour, work_hour, work_day, natural_day (natural_day! does not move past days off). 时限。"`
	Hours    string `default:"09:00-12:00,13:30-17:30" help:"Working hours of a day. 每日工作时间。"`
	Holidays string `placeholder:"FILE" help:"JSON or CSV of further published days, added to the built-in ones. 追加的节假日文件。"`
}

// dueAnswer is what calendar due prints; the names are part of the command's contract.
type dueAnswer struct {
	Due         time.Time      `json:"due"`
	Provisional bool           `json:"provisional"`
	Counted     []calendar.Day `json:"counted"`
	Skipped     []skipAnswer   `json:"skipped"`
}

type skipAnswer struct {
	Day    calendar.Day  `json:"day"`
	Code   calendar.Code `json:"code"`
	Reason string        `json:"reason"`
}

// Run prints the deadline as JSON, and warns when it rests on a year that is not published.
func (cmd *calendarDue) Run(s std) error {
	from, err := time.Parse(time.RFC3339, cmd.From)
	if err != nil {
		return fault.Field("from", "时间“%s”无效，应写成 2026-02-13T16:00:00+08:00", "%q is not a time; write 2026-02-13T16:00:00+08:00", cmd.From)
	}
	limit, err := calendar.ParseLimit(cmd.Limit)
	if err != nil {
		return err
	}
	hours, err := calendar.ParseHours(cmd.Hours)
	if err != nil {
		return err
	}
	c, err := openCalendar(cmd.Holidays, hours)
	if err != nil {
		return err
	}
	d := c.Due(from, limit)
	if d.Provisional {
		warnProvisional(s, c)
	}
	answer := dueAnswer{Due: d.Due, Provisional: d.Provisional, Counted: d.Counted, Skipped: []skipAnswer{}}
	for _, skip := range d.Skipped {
		answer.Skipped = append(answer.Skipped, skipAnswer{skip.Day, skip.Code, skip.Reason.In(s.Lang)})
	}
	return printJSON(s, answer)
}

type calendarYear struct {
	Number   int    `arg:"" name:"year" help:"Year, such as 2026. 年份。"`
	Holidays string `placeholder:"FILE" help:"JSON or CSV of further published days, added to the built-in ones. 追加的节假日文件。"`
	JSON     bool   `name:"json" help:"Print JSON. 以 JSON 输出。"`
}

// Run lists the days that a notice names in one year.
func (cmd *calendarYear) Run(s std) error {
	if cmd.Number < 1949 || cmd.Number > 2199 {
		return fault.Field("year", "年份应在 1949 到 2199 之间", "the year must be from 1949 to 2199")
	}
	c, err := openCalendar(cmd.Holidays, calendar.Hours{})
	if err != nil {
		return err
	}
	y := c.Year(cmd.Number)
	if !y.Published {
		warnProvisional(s, c)
	}
	if cmd.JSON {
		return printJSON(s, y)
	}
	fmt.Fprintln(s.Out, s.Lang.Tf("%d 年：%d 个工作日，放假 %d 天，调休上班 %d 天",
		"%d: %d working days, %d days of holidays, %d make-up days", y.Number, y.Working, len(y.Holidays), len(y.MakeUp)))
	for _, list := range [][]calendar.Listed{y.Holidays, y.MakeUp} {
		for _, l := range list {
			_, why := c.Working(l.Day)
			fmt.Fprintf(s.Out, "%s %s %s\n", l.Day, weekday(l.Day, s.Lang), why.Text.In(s.Lang))
		}
	}
	return nil
}

func weekday(d calendar.Day, l lang.Lang) string {
	zh := [...]string{"周日", "周一", "周二", "周三", "周四", "周五", "周六"}
	return l.T(zh[d.Weekday()], d.Weekday().String()[:3])
}

func warnProvisional(s std, c *calendar.Calendar) {
	fmt.Fprintln(s.Err, s.Lang.Tf("注意：有的日期所在年份尚未公布放假安排（最近一年为 %d 年），暂按周一至周五上班推算，结果为暂定。",
		"warning: some of these days lie in a year whose holidays are not published (the latest is %d); Monday to Friday is assumed and the answer is provisional.", c.LatestYear()))
}

// openCalendar is the built-in calendar with the days of a file added to it, if one is named.
func openCalendar(file string, hours calendar.Hours) (*calendar.Calendar, error) {
	days := calendar.BuiltinDays()
	if file != "" {
		data, err := os.ReadFile(file)
		if err != nil {
			return nil, fault.Field("holidays", "无法读取文件：%v", "cannot read the file: %v", err)
		}
		more, err := calendar.Read(data)
		if err != nil {
			return nil, err
		}
		days = days.With(more)
	}
	return calendar.New(days, hours), nil
}

func printJSON(s std, v any) error {
	enc := json.NewEncoder(s.Out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}
