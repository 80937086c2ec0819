// Package lang holds sentences in the two languages Gezhi speaks.
// Both wordings stand side by side where they are used, so neither can go missing.
package lang

import (
	"fmt"
	"strings"
)

// Lang is the language of one reader. The zero value is Chinese.
type Lang uint8

const (
	ZH Lang = iota // 中文
	EN             // English
)

// Parse reads a language tag such as "zh", "zh-CN" or "en"; anything else is Chinese.
func Parse(tag string) Lang {
	if len(tag) >= 2 && (tag[:2] == "en" || tag[:2] == "EN") {
		return EN
	}
	return ZH
}

// Tag is the BCP 47 tag for the html lang attribute.
func (l Lang) Tag() string {
	if l == EN {
		return "en"
	}
	return "zh-CN"
}

// T picks the wording for the reader: lang.T("受理", "Accept").
func (l Lang) T(zh, en string) string {
	if l == EN {
		return en
	}
	return zh
}

// Tf is T followed by fmt.Sprintf.
func (l Lang) Tf(zh, en string, args ...any) string {
	return fmt.Sprintf(l.T(zh, en), args...)
}

// Text is one wording in both languages, as packs and procedures carry it.
type Text struct {
	ZH string `yaml:"zh" json:"zh"`
	EN string `yaml:"en" json:"en"`
}

// In returns the wording for the reader, the other language where this one is empty.
func (t Text) In(l Lang) string {
	if (l == EN && t.EN != "") || t.ZH == "" {
		return t.EN
	}
	return t.ZH
}

// between parts the two languages of a Line: the LINE SEPARATOR, which nobody types.
const between = "\u2028"

// Line is both languages in one string, for a field where what the system says stands beside what people write.
func (t Text) Line() string { return t.ZH + between + t.EN }

// OfLine reads such a field. What people wrote is the same in every language.
func OfLine(s string) Text {
	zh, en, _ := strings.Cut(s, between)
	return Text{zh, en}
}
