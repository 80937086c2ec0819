package ui

import (
	"strconv"

	"gezhi/internal/lang"
	"gezhi/internal/web/assets"
)

// ChartKind is the form of a chart.
type ChartKind string

const (
	Lines   ChartKind = "line"
	Bars    ChartKind = "bar"
	Stacked ChartKind = "stacked"
	Lying   ChartKind = "lying" // horizontal bars, for long names
	Shares  ChartKind = "pie"   // of one series
)

// ChartSpec is a chart and, in the same values, the table that stands in for it.
type ChartSpec struct {
	ID     string // unique on the page, letters and dashes
	Title  string
	Note   string // how the figures are counted
	Kind   ChartKind
	Unit   string
	Labels []string // of the axis, or of the shares
	Head   string   // what the labels are, e.g. 日期
	Series []Series
}

// Series is a named run of values, one for each label. A nil value is "—".
type Series struct {
	Name   string
	Values []*float64
	Tone   Tone // the palette's next colour when empty
}

// Values makes a Series' values from plain numbers.
func Values(numbers ...float64) []*float64 {
	list := make([]*float64, len(numbers))
	for i := range numbers {
		list[i] = &numbers[i]
	}
	return list
}

// chartData is what the script reads.
type chartData struct {
	Kind   ChartKind    `json:"kind"`
	Unit   string       `json:"unit"`
	Labels []string     `json:"labels"`
	Series []seriesData `json:"series"`
}

type seriesData struct {
	Name   string     `json:"name"`
	Tone   Tone       `json:"tone"`
	Values []*float64 `json:"values"`
}

func (c ChartSpec) data() chartData {
	d := chartData{Kind: c.Kind, Unit: c.Unit, Labels: c.Labels}
	for _, s := range c.Series {
		d.Series = append(d.Series, seriesData{Name: s.Name, Tone: s.Tone, Values: s.Values})
	}
	return d
}

// at is the text of value i of the series.
func (s Series) at(i int) string {
	if i >= len(s.Values) || s.Values[i] == nil {
		return "—"
	}
	return strconv.FormatFloat(*s.Values[i], 'f', -1, 64)
}

func (c ChartSpec) seriesHead(s Series) string {
	if c.Unit == "" {
		return s.Name
	}
	return s.Name + " (" + c.Unit + ")"
}

func chartLibrary() string { return assets.Path("vendor/echarts/echarts.js") }

func tableWord(l lang.Lang) string { return l.T("查看数据表", "Show the figures") }
