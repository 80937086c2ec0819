package web

import (
	"bytes"
	"context"
	"io"
	"strings"
	"sync"

	"gezhi/docs"
	"gezhi/internal/lang"
	"gezhi/internal/web/ui"

	"github.com/a-h/templ"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
)

// handbooks are the handbook's pages, made once.
var handbooks = map[lang.Lang]func() (string, error){
	lang.ZH: sync.OnceValues(func() (string, error) { return handbookHTML(lang.ZH) }),
	lang.EN: sync.OnceValues(func() (string, error) { return handbookHTML(lang.EN) }),
}

func handbookHTML(l lang.Lang) (string, error) {
	var b bytes.Buffer
	err := goldmark.New(goldmark.WithExtensions(extension.Table, extension.NewCJK(extension.WithEastAsianLineBreaks()))).Convert([]byte(docs.Procedures(l)), &b)
	return strings.NewReplacer( // what is wider than a phone scrolls by itself, by keys too
		"<table>", `<div class="gz-table-box" tabindex="0"><table class="gz-table gz-plain-table">`, "</table>", "</table></div>",
		"<th>", `<th scope="col">`, `<pre><code class="language-yaml">`, `<pre tabindex="0"><code>`,
	).Replace(b.String()), err
}

// handbookPage tells how a procedure file is read and written.
type handbookPage struct {
	office
	Text string // HTML of our own making: no reader's words are in it
}

// text writes the handbook as it is.
func (p handbookPage) text() templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, p.Text)
		return err
	})
}

func (s *Server) showHandbook(v *visit) error {
	text, err := handbooks[v.lang]()
	if err != nil {
		return err
	}
	return v.render(handbookView(handbookPage{office: v.office(v.lang.T("流程文件怎么读、怎么写", "How a procedure file is read and written"), "procedures", ui.Input{Lang: v.lang}), Text: text}))
}
