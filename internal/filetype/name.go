package filetype

import (
	"path"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxName is the most characters a name has.
const MaxName = 120

// cleanName is what a file is called once path, control and invisible characters are gone, with its ending in small
// letters and, again, by itself. A file without a name of its own is called 材料.
func cleanName(name string, kind Kind) (clean, ending string) {
	name = strings.ToValidUTF8(name, "")
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = strings.Map(func(r rune) rune {
		switch {
		case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Zl, unicode.Zp):
			return -1 // among Cf are those that turn the direction of writing round, and so hide how a name ends
		case unicode.IsSpace(r):
			return ' '
		}
		return r
	}, name)
	name = strings.TrimRight(strings.Join(strings.Fields(name), " "), ". ")
	ending = strings.ToLower(path.Ext(name))
	stem := strings.Trim(name[:len(name)-len(ending)], ". ")
	if stem == "" {
		stem = "材料"
	}
	if most := MaxName - utf8.RuneCountInString(kind.Ending()) - 1; utf8.RuneCountInString(stem) > most {
		stem = strings.TrimRight(string([]rune(stem)[:most]), ". ")
	}
	return stem + ending, ending
}
