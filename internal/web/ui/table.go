package ui

import (
	"github.com/a-h/templ"

	"gezhi/internal/lang"
)

// Column is one column of a table over rows of type R.
type Column[R any] struct {
	Head string
	Cell func(R) templ.Component
	Kind Kind
	Sort string // address that sorts by this column; empty when it cannot be sorted
	// Sorted is "ascending" or "descending" when the list is sorted by this column.
	Sorted string
}

// Kind says how a column is set.
type Kind string

const (
	Words   Kind = ""       // wraps
	Figures Kind = "num"    // right-aligned, tabular digits
	Brief   Kind = "brief"  // does not wrap: numbers of cases, dates, badges
	Main    Kind = "main"   // names the row; the head of its card on a phone
	Buttons Kind = "action" // at the end, without a head that is seen
)

// Sheet is a table: what it holds, its columns, and what stands there when it has no rows.
type Sheet[R any] struct {
	Caption string // read out, and shown above the table when ShowCaption
	// ShowCaption shows the caption to everyone; otherwise a heading near by already says it.
	ShowCaption bool
	Columns     []Column[R]
	Empty       EmptyState
	Tone        func(R) Tone // colours the row's left edge; nil for none
}

type grid struct {
	caption string
	show    bool
	heads   []head
	rows    []row
	empty   EmptyState
}

type head struct {
	text, sort, sorted string
	kind               Kind
}

type row struct {
	tone  Tone
	cells []templ.Component
}

// Table writes rows as a table with a sticky head; on a phone each row becomes a card.
func Table[R any](l lang.Lang, s Sheet[R], rows []R) templ.Component {
	g := grid{caption: s.Caption, show: s.ShowCaption, empty: s.Empty}
	for _, c := range s.Columns {
		g.heads = append(g.heads, head{text: c.Head, sort: c.Sort, sorted: c.Sorted, kind: c.Kind})
	}
	for _, r := range rows {
		line := row{cells: make([]templ.Component, len(s.Columns))}
		if s.Tone != nil {
			line.tone = s.Tone(r)
		}
		for i, c := range s.Columns {
			line.cells[i] = c.Cell(r)
		}
		g.rows = append(g.rows, line)
	}
	return table(l, g)
}

// TextColumn is a column whose cells are texts; an empty text shows as "—".
func TextColumn[R any](headText string, kind Kind, text func(R) string) Column[R] {
	return Column[R]{Head: headText, Kind: kind, Cell: func(r R) templ.Component {
		if s := text(r); s != "" {
			return Text(s)
		}
		return Text("—")
	}}
}

// LinkColumn is a column whose cells lead somewhere.
func LinkColumn[R any](headText string, kind Kind, link func(R) Link) Column[R] {
	return Column[R]{Head: headText, Kind: kind, Cell: func(r R) templ.Component { return plainLink(link(r)) }}
}

// Pages leads through a list by key. Empty addresses are ends.
type Pages struct {
	Previous string
	Next     string
	Summary  string // e.g. 第 51–100 条，共 1,234 条
}
