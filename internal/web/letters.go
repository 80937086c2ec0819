package web

import (
	"strconv"

	"gezhi/internal/app"
	"gezhi/internal/casework"
	"gezhi/internal/docx"
	"gezhi/internal/filetype"
	"gezhi/internal/lang"
	"gezhi/internal/web/ui"
)

// letterPage is one letter as it is printed.
type letterPage struct {
	casework.Paper
	Page ui.Page
	V    *visit
	Back ui.Link
	File string // address of the same as DOCX
}

// letterAt is where a letter of a case is.
func (v *visit) letterAt(id casework.ID, g casework.Given) string {
	return v.to("case", strconv.FormatInt(int64(id), 10), "letters", strconv.Itoa(g.Event.Seq), g.ID)
}

// letter finds the letter that the address names, for somebody who may have it.
func (v *visit) letter() (casework.Paper, error) {
	id, err := app.ParseCaseID(v.PathValue("id"))
	if err != nil {
		return casework.Paper{}, err
	}
	if v.viewer, err = v.s.app.As(v.Context(), v.viewer, id); err != nil {
		return casework.Paper{}, err
	}
	seq, err := strconv.Atoi(v.PathValue("seq"))
	if err != nil {
		return casework.Paper{}, errNoPage
	}
	return v.s.app.Letter(v.Context(), v.viewer, id, seq, v.PathValue("letter"), v.lang)
}

func (s *Server) showLetter(v *visit) error {
	paper, err := v.letter()
	if err != nil {
		return err
	}
	page := v.page(paper.Title, "")
	page.Search = "" // a sheet is too narrow for it
	return v.render(letterView(letterPage{Paper: paper, Page: page, V: v, File: v.URL.Path + "/docx",
		Back: ui.Link{Label: v.lang.T("返回案件", "Back to the case"), URL: v.to("case", v.PathValue("id"))}}))
}

// letterFile sends a letter as a file for Word, WPS and the like.
func (s *Server) letterFile(v *visit) error {
	paper, err := v.letter()
	if err != nil {
		return err
	}
	v.w.Header().Set("Content-Type", string(filetype.DOCX))
	v.w.Header().Set("Content-Disposition", disposition("attachment", "letter.docx", paper.Title+"-"+paper.Number+".docx"))
	return document(paper, v.lang).Write(v.w)
}

// document lays a letter out; letterView shows the same words in the same order.
func document(p casework.Paper, l lang.Lang) docx.Document {
	d := docx.Document{Title: p.Title, Lang: l.Tag()}
	add := func(s docx.Style, text string) { d.Blocks = append(d.Blocks, docx.Paragraph{Style: s, Text: text}) }
	add(docx.Title, p.Title)
	add(docx.Centred, letterNumber(p, l))
	add(docx.Plain, p.Dear)
	for _, text := range p.Body {
		add(docx.Indented, text)
	}
	if len(p.Table) > 0 {
		var rows docx.Table
		for _, r := range p.Table {
			rows = append(rows, r[:])
		}
		d.Blocks = append(d.Blocks, rows)
	}
	add(docx.Right, "")
	add(docx.Right, p.Office)
	add(docx.Right, p.Date)
	if p.Example {
		add(docx.Small, letterExample(l))
	}
	return d
}

func letterNumber(p casework.Paper, l lang.Lang) string {
	return l.T("编号：", "Number ") + p.Number
}

func letterExample(l lang.Lang) string {
	return l.T("示例文本，请以本地格式文书替换。", "The wording is an example; replace it with the local one.")
}
