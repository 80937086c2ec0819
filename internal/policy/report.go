package policy

import (
	"slices"

	"gezhi/internal/lang"
	"gezhi/internal/yamldoc"

	"go.yaml.in/yaml/v3"
)

// Report is the lines under which payouts are reported: which of them a line counts is data, and so is what it is called.
type Report struct {
	Notice lang.Text
	Lines  []ReportLine // a line before those that are parts of it
}

// ReportLine is one line of a report. Empty filters do not narrow; a part counts nothing that the line above it does not.
type ReportLine struct {
	ID    string
	Name  lang.Text
	Note  lang.Text
	Depth int // 0, or how many lines it is part of (其中)
	Ways  []string
	Kinds []string // 险种 or 税种, in Chinese
	Items []string // ids of the policies, or the words of another system
	Unit  string   // 亿元 or 万元
	Shows []string // of amount, enterprises and pieces, in the order in which they are told
	Line  int      // in its file
	above []ReportLine
}

// Counts reports whether the line counts what is paid under a key.
func (l ReportLine) Counts(k CellKey) bool {
	for _, x := range append(slices.Clone(l.above), l) {
		if len(x.Ways) > 0 && !slices.Contains(x.Ways, k.Way) || len(x.Kinds) > 0 && !slices.Contains(x.Kinds, k.Kind) ||
			len(x.Items) > 0 && !(k.Item != "" && slices.Contains(x.Items, k.Item) || slices.Contains(x.Items, k.Title)) {
			return false
		}
	}
	return true
}

// WayName is a way in words.
type WayName struct {
	ID   string
	Name lang.Text
}

// ways are what payouts count apart (奖、补、减、免、缓、贴息、退).
var ways = []WayName{
	{"award", lang.Text{ZH: "奖励", EN: "Award"}}, {"grant", lang.Text{ZH: "补贴", EN: "Grant"}}, {"reduce", lang.Text{ZH: "减征", EN: "Reduction"}}, {"exempt", lang.Text{ZH: "免征", EN: "Exemption"}},
	{"defer", lang.Text{ZH: "缓缴", EN: "Deferral"}}, {"interest", lang.Text{ZH: "贴息", EN: "Interest subsidy"}}, {"refund", lang.Text{ZH: "退税（费）", EN: "Refund"}},
}

// Ways lists the ways, in order.
func Ways() []WayName { return slices.Clone(ways) }

// ParseReport reads and checks a report's lines. The error is a fault.List with every mistake found; each
// one's Field is name:line.
func ParseReport(name string, src []byte) (Report, error) {
	r := &reportReader{Reader: yamldoc.Reader{File: name, Lines: map[string]int{}}}
	for _, w := range ways {
		r.ways = append(r.ways, w.ID)
	}
	if doc, ok := r.Document(src); ok {
		r.Mapping(doc, yamldoc.Keys{
			"notice": func(v *yaml.Node) { r.out.Notice = r.Text(v) },
			"lines":  func(v *yaml.Node) { r.lines(v, nil) },
		}, "lines")
	}
	return r.out, r.Err()
}

type reportReader struct {
	yamldoc.Reader
	ways []string
	out  Report
}

func (r *reportReader) lines(n *yaml.Node, above []ReportLine) {
	r.Entries(n, "lines", func(id string, v *yaml.Node) {
		if slices.ContainsFunc(r.out.Lines, func(l ReportLine) bool { return l.ID == id }) {
			r.Fail(v, "“%s”已经有一行。", "There is a line “%s” already.", id)
			return
		}
		l := ReportLine{ID: id, Depth: len(above), Line: v.Line, above: above, Unit: "万元", Shows: []string{"amount"}}
		var parts *yaml.Node
		r.Mapping(v, yamldoc.Keys{
			"name":  func(v *yaml.Node) { l.Name = r.Text(v) },
			"note":  func(v *yaml.Node) { l.Note = r.Text(v) },
			"ways":  func(v *yaml.Node) { r.Items(v, func(v *yaml.Node) { l.Ways = append(l.Ways, r.OneOf(v, r.ways...)) }) },
			"kinds": func(v *yaml.Node) { l.Kinds = r.Words(v) },
			"items": func(v *yaml.Node) { l.Items = r.Words(v) },
			"unit":  func(v *yaml.Node) { l.Unit = r.OneOf(v, "亿元", "万元") },
			"shows": func(v *yaml.Node) {
				l.Shows = nil
				r.Items(v, func(v *yaml.Node) { l.Shows = append(l.Shows, r.OneOf(v, "amount", "enterprises", "pieces")) })
			},
			"parts": func(v *yaml.Node) { parts = v },
		}, "name")
		if len(l.Shows) == 0 {
			r.Fail(v, "这一行什么都不显示（shows）。", "The line shows nothing (shows).")
		}
		r.out.Lines = append(r.out.Lines, l)
		if parts != nil {
			r.lines(parts, append(slices.Clone(above), l))
		}
	})
}
