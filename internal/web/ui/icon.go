package ui

import (
	"context"
	"io"

	"github.com/a-h/templ"
)

// Icon draws one of the icons listed in internal/web/assets/vendoring/icons.txt in the colour of
// the text around it. It is decoration: a text must say the same. An unknown name draws nothing;
// a test finds such names in the templates.
func Icon(name string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		inside := drawing(name)
		if inside == "" {
			return nil
		}
		_, err := io.WriteString(w, `<svg class="gz-icon" viewBox="0 0 24 24" width="20" height="20" fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true" focusable="false">`+inside+`</svg>`)
		return err
	})
}

// Text is a component that writes a text, escaped.
func Text(s string) templ.Component {
	return templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
		_, err := io.WriteString(w, templ.EscapeString(s))
		return err
	})
}
