package web

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"gezhi/internal/app"
	"gezhi/internal/sheet"
	"gezhi/internal/web/ui"
)

// fileRows is what XLSX and CSV files have in common.
type fileRows interface {
	Row(cells ...any) error
	Close() error
}

// exportTime is how long a file may take to send; the server's own limit is for pages.
const exportTime = time.Hour

// exportCases sends the cases a filter selects as an XLSX or CSV file, row by row.
func (s *Server) exportCases(v *visit) error {
	f, err := readFilter(v.URL.Query())
	if err != nil {
		return err
	}
	words := f.words(v)
	return v.sendFile("cases", v.lang.T("案件", "Cases"), v.caseHeadings(), words, func(out fileRows) error {
		return s.app.ExportCases(v.Context(), v.viewer, f.CaseFilter, words, func(e app.Exported) error { return out.Row(v.caseCells(e)...) })
	})
}

// sendFile writes a file of the kind the address ends with. Files are made two at a time, so that
// a handful of exports does not take every reader of the database.
func (v *visit) sendFile(name, title string, headings []sheet.Heading, filter string, fill func(fileRows) error) error {
	select {
	case v.s.exports <- struct{}{}:
		defer func() { <-v.s.exports }()
	case <-v.Context().Done():
		return v.Context().Err()
	}
	_ = http.NewResponseController(v.w).SetWriteDeadline(time.Now().Add(exportTime)) // a test's recorder has none
	now := v.s.app.Now()
	e := sheet.Export{Sheet: title, Columns: headings, Footer: v.lang.Tf("导出人：%s（%s）；导出时间：%s；条件：%s", "Exported by %s (%s) on %s; filter: %s",
		v.viewer.Name, v.duty(), ui.DateTime(v.lang, now), filter)}
	kind := "xlsx"
	if strings.HasSuffix(v.URL.Path, ".csv") {
		kind = "csv"
	}
	begin := func(mime string) {
		h := v.w.Header()
		h.Set("Content-Type", mime)
		h.Set("Content-Disposition", `attachment; filename="`+name+"-"+now.Format("20060102-1504")+"."+kind+`"`)
	}
	if kind == "csv" {
		c := &lazyCSV{begin: func() (*sheet.CSV, error) {
			begin("text/csv; charset=utf-8")
			return sheet.NewCSV(v.w, e)
		}}
		if err := fill(c); err != nil {
			return err
		}
		return c.Close()
	}
	x, err := sheet.NewXLSX(v.w, e)
	if err != nil {
		return err
	}
	if err := fill(x); err != nil {
		_ = x.Abandon() // the error that ended it matters more
		return err
	}
	begin("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
	return x.Close()
}

// lazyCSV begins the file with its first row, so that a refusal before it can still be a page.
type lazyCSV struct {
	begin func() (*sheet.CSV, error)
	file  *sheet.CSV
}

func (c *lazyCSV) open() (err error) {
	if c.file == nil {
		c.file, err = c.begin()
	}
	return err
}

func (c *lazyCSV) Row(cells ...any) error {
	if err := c.open(); err != nil {
		return err
	}
	return c.file.Row(cells...)
}

func (c *lazyCSV) Close() error {
	if err := c.open(); err != nil {
		return err
	}
	return c.file.Close()
}

func (v *visit) caseHeadings() []sheet.Heading {
	l := v.lang
	return []sheet.Heading{
		{Name: l.T("案号", "Number"), Width: 22}, {Name: l.T("标题", "Title"), Width: 28}, {Name: l.T("大类", "Class"), Width: 12}, {Name: l.T("小类", "Matter"), Width: 14},
		{Name: l.T("描述", "Description"), Width: 40}, {Name: l.T("来源", "Source"), Width: 10}, {Name: l.T("所在区域", "Area"), Width: 32}, {Name: l.T("地址", "Address"), Width: 28},
		{Name: l.T("环节", "Stage"), Width: 12}, {Name: l.T("时限状态", "Light"), Width: 10}, {Name: l.T("现由谁办理", "With"), Width: 24}, {Name: l.T("承办单位", "Unit"), Width: 22},
		{Name: l.T("上报时间", "Reported"), Width: 17}, {Name: l.T("立案时间", "Filed"), Width: 17}, {Name: l.T("处置时间", "Handled"), Width: 17},
		{Name: l.T("本环节时限", "Due"), Width: 17}, {Name: l.T("结案时间", "Closed"), Width: 17}, {Name: l.T("结果", "Result"), Width: 10}, {Name: l.T("满意度", "Rating"), Width: 8},
		{Name: l.T("返工次数", "Reworked"), Width: 9}, {Name: l.T("延期次数", "Extended"), Width: 9}, {Name: l.T("挂账次数", "Suspended"), Width: 9}, {Name: l.T("重办次数", "Reopened"), Width: 9},
	}
}

func (v *visit) caseCells(e app.Exported) []any {
	l := v.lang
	rating := ""
	if e.Rating > 0 {
		rating = strconv.Itoa(e.Rating)
	}
	return []any{e.Number, e.Title, e.Class.In(l), e.Kind.In(l), e.Text, v.sourceName(e.CaseLine), e.Path, e.Address,
		e.StageName.In(l), v.lightName(e.Light, !e.Closed.IsZero()), e.With.In(l), e.UnitName.In(l),
		e.Opened, e.Filed, e.Handled, e.Due, e.Closed, e.Ended.In(l), rating, e.Rework, e.Extended, e.Suspended, e.Reopened}
}

// lightName is a light in a word, for files.
func (v *visit) lightName(light app.Light, closed bool) string {
	l := v.lang
	switch light {
	case app.Red:
		return l.T("已超期", "overdue")
	case app.Yellow:
		return l.T("预警", "warned")
	case app.Green:
		return l.T("正常", "in time")
	}
	if closed {
		return l.T("已结案", "closed")
	}
	return l.T("不计时", "no clock")
}
