// Package docx writes documents that Word, WPS and LibreOffice open (ECMA-376, Office Open XML): a title, paragraphs and
// tables on A4, in the sizes and margins of Chinese official documents (GB/T 9704-2012).
package docx

import (
	"archive/zip"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"
)

// Document is what is written.
type Document struct {
	Title  string // among the file's properties
	Lang   string // of its text, such as zh-CN
	Blocks []Block
}

// Block is a Paragraph or a Table.
type Block interface{ write(*strings.Builder) }

// Paragraph is one paragraph. Its text goes in as it is; a line break in it is a line break.
type Paragraph struct {
	Style Style
	Text  string
}

// Style says how a paragraph looks.
type Style string

// The styles, by the ids they have in the file.
const (
	Title    Style = "Title"    // centred, large
	Centred  Style = "Centred"  // below the title
	Plain    Style = "Plain"    // from the margin
	Indented Style = "Indented" // the first line two characters in
	Right    Style = "Right"    // at the right margin
	Small    Style = "Small"    // a remark
)

// Table is rows of cells, all of the same number; the first cell of a row names what the others are.
type Table [][]string

func (p Paragraph) write(b *strings.Builder) {
	fmt.Fprintf(b, `<w:p><w:pPr><w:pStyle w:val="%s"/></w:pPr><w:r>`, p.Style)
	for i, line := range strings.Split(p.Text, "\n") {
		if i > 0 {
			b.WriteString(`<w:br/>`)
		}
		fmt.Fprintf(b, `<w:t xml:space="preserve">%s</w:t>`, escaped(line))
	}
	b.WriteString(`</w:r></w:p>`)
}

// The measures of a page, in twentieths of a point: A4, and the margins of an official document (37, 26, 35, 28 mm).
const (
	pageWidth, pageHeight    = 11906, 16838
	top, right, bottom, left = 2098, 1474, 1984, 1588
	textWidth                = pageWidth - left - right
)

func (t Table) write(b *strings.Builder) {
	if len(t) == 0 {
		return
	}
	first := textWidth / 4
	width := func(i int) int {
		switch rest := len(t[0]) - 1; {
		case rest == 0:
			return textWidth
		case i == 0:
			return first
		default:
			return (textWidth - first) / rest
		}
	}
	fmt.Fprintf(b, `<w:tbl><w:tblPr><w:tblStyle w:val="Grid"/><w:tblW w:w="%d" w:type="dxa"/><w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>`, textWidth)
	for i := range t[0] {
		fmt.Fprintf(b, `<w:gridCol w:w="%d"/>`, width(i))
	}
	b.WriteString(`</w:tblGrid>`)
	for _, row := range t {
		b.WriteString(`<w:tr><w:trPr><w:cantSplit/></w:trPr>`)
		for i, cell := range row {
			fmt.Fprintf(b, `<w:tc><w:tcPr><w:tcW w:w="%d" w:type="dxa"/></w:tcPr>`, width(i))
			Paragraph{Style: "Cell", Text: cell}.write(b)
			b.WriteString(`</w:tc>`)
		}
		b.WriteString(`</w:tr>`)
	}
	b.WriteString(`</w:tbl>`)
}

// escaped is a text as XML holds it; characters that XML cannot hold become U+FFFD.
func escaped(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a strings.Builder does not fail
	return b.String()
}

// Write writes the document. The same document makes the same bytes. Errors are the writer's.
func (d Document) Write(w io.Writer) error {
	z := zip.NewWriter(w)
	for _, part := range []struct{ name, text string }{
		{"[Content_Types].xml", contentTypes}, // first, as readers expect
		{"_rels/.rels", packageRels},
		{"docProps/core.xml", fmt.Sprintf(core, escaped(d.Title), escaped(d.Lang))},
		{"word/_rels/document.xml.rels", documentRels},
		{"word/styles.xml", strings.ReplaceAll(styles, "LANG", escaped(d.Lang))},
		{"word/document.xml", d.body()},
	} {
		f, err := z.CreateHeader(&zip.FileHeader{Name: part.name, Method: zip.Deflate, Modified: time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)})
		if err != nil {
			return err
		}
		if _, err := io.WriteString(f, xml.Header+part.text); err != nil {
			return err
		}
	}
	return z.Close()
}

func (d Document) body() string {
	var b strings.Builder
	b.WriteString(`<w:document xmlns:w="` + mainNamespace + `"><w:body>`)
	for _, x := range d.Blocks {
		x.write(&b)
	}
	if n := len(d.Blocks); n > 0 {
		if _, table := d.Blocks[n-1].(Table); table {
			Paragraph{Style: Plain}.write(&b) // a body may not end with a table
		}
	}
	fmt.Fprintf(&b, `<w:sectPr><w:pgSz w:w="%d" w:h="%d"/><w:pgMar w:top="%d" w:right="%d" w:bottom="%d" w:left="%d" w:header="851" w:footer="992" w:gutter="0"/></w:sectPr>`,
		pageWidth, pageHeight, top, right, bottom, left)
	b.WriteString(`</w:body></w:document>`)
	return b.String()
}
