package idcode

import (
	"strings"

	"gezhi/internal/fault"
)

// Level is how deep an area lies in the tree. A code's length says its level, and a code's
// prefix is its parent, so that a prefix is the whole subtree.
type Level uint8

const (
	NoLevel   Level = iota
	District        // 区县, 6 digits: 330108
	Street          // 街道、镇、乡, 9 digits: 330108001
	Community       // 社区、村, 12 digits: 330108001001
	Grid            // 网格, 15 digits: 330108001001001
	Micro           // 微网格, 17 digits: 33010800100100101
)

// levelLength is the number of digits of a code at each level.
var levelLength = [...]int{NoLevel: 0, District: 6, Street: 9, Community: 12, Grid: 15, Micro: 17}

// Digits is the length of a code at this level.
func (l Level) Digits() int { return levelLength[l] }

// LevelOf is the level of a well-formed short code, NoLevel for anything else. Every part after the
// district counts from 1; a part of zeros belongs to the statistics bureau's long form (see ParseArea).
func LevelOf(code string) Level {
	for l := District; l <= Micro; l++ {
		if len(code) == levelLength[l] {
			if wellFormed(code, l) {
				return l
			}
			return NoLevel
		}
	}
	return NoLevel
}

func wellFormed(code string, l Level) bool {
	if !allDigits(code) || !strings.Contains(provinces, " "+code[:2]+" ") || code[2:4] == "00" {
		return false
	}
	for ; l > District; l-- {
		if zeros(code[levelLength[l-1]:levelLength[l]]) {
			return false
		}
		if l == Street && code[6] >= '6' {
			return false // no such range: see KindOfStreet
		}
	}
	return true
}

// ParseArea reads a code as people and statistics files write it and returns the short form:
// trailing parts of zeros are cut, so 330108001000 is the street 330108001.
// A code that is no area comes back as an Invalid fault on field "area".
func ParseArea(s string) (string, error) {
	code := Short(fold(s))
	if LevelOf(code) == NoLevel {
		return "", fault.Field("area",
			"“%s”不是有效的区划代码：应为区县 6 位、街镇 9 位、村社区 12 位、网格 15 位或微网格 17 位数字。",
			"%q is not an area code: expected 6 digits for a district, 9 street or town, 12 community or village, 15 grid, 17 micro-grid.",
			strings.TrimSpace(s))
	}
	return code, nil
}

// Short cuts the trailing parts of zeros that statistics codes carry: 330108001000 → 330108001.
// Codes without them, and strings that are no codes, come back unchanged.
func Short(code string) string {
	for l := Micro; l > District; l-- {
		if len(code) == levelLength[l] && zeros(code[levelLength[l-1]:]) {
			code = code[:levelLength[l-1]]
		}
	}
	return code
}

// Long is the 12-digit form that statistics files use for a district, street or community:
// 330108001 → 330108001000. Deeper codes have no longer form and come back unchanged.
func Long(code string) string {
	if len(code) >= 12 {
		return code
	}
	return code + strings.Repeat("0", 12-len(code))
}

// Parent is the code one level up, "" for a district and for anything that is no area code.
func Parent(code string) string {
	l := LevelOf(code)
	if l <= District {
		return ""
	}
	return code[:levelLength[l-1]]
}

// AncestorAt is the part of code that names its area at the level, "" when code does not reach that deep.
func AncestorAt(code string, l Level) string {
	if at := LevelOf(code); l == NoLevel || at < l {
		return ""
	}
	return code[:levelLength[l]]
}

// Within reports whether code is the area top or lies below it. Both must be well-formed:
// an empty or half-typed top holds nothing, so that a lost scope never becomes the whole zone.
func Within(code, top string) bool {
	return strings.HasPrefix(code, top) && LevelOf(top) != NoLevel && LevelOf(code) != NoLevel
}

// StreetKind is what the three digits of a street say it is.
type StreetKind uint8

const (
	NoStreetKind StreetKind = iota
	Subdistrict             // 街道, 001–099
	Town                    // 镇, 100–199
	Township                // 乡, 200–399
	Enclave                 // 政企合一的单位 (farms, development zones), 400–599
)

// KindOfStreet reads digits 7 to 9 of a street or anything below it (统计用区划代码编制规则).
func KindOfStreet(code string) StreetKind {
	if LevelOf(code) < Street {
		return NoStreetKind
	}
	switch code[6] {
	case '0':
		return Subdistrict
	case '1':
		return Town
	case '2', '3':
		return Township
	}
	return Enclave
}

// IsVillage reports whether digits 10 to 12 name a villagers' committee (200–399) rather than
// a residents' committee; it is false for areas above that level.
func IsVillage(code string) bool {
	return LevelOf(code) >= Community && (code[9] == '2' || code[9] == '3')
}

func zeros(s string) bool { return strings.Trim(s, "0") == "" }
