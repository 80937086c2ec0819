package idcode

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// hidden stands for a value that cannot be shown in part, because its shape is not the expected one.
const hidden = "****"

// compoundSurnames are the two-character surnames still in use.
const compoundSurnames = " 欧阳 太史 端木 上官 司马 东方 独孤 南宫 万俟 闻人 夏侯 诸葛 尉迟 公羊 赫连 澹台 皇甫 宗政 濮阳 公冶 太叔 申屠 公孙 慕容 仲孙 钟离 长孙 宇文 司徒 鲜于 司空 闾丘 子车 亓官 司寇 巫马 公西 颛孙 壤驷 公良 漆雕 乐正 宰父 谷梁 拓跋 夹谷 轩辕 令狐 段干 百里 呼延 东郭 南门 羊舌 微生 梁丘 左丘 东门 西门 第五 "

// MaskName shows the surname only: 张*, 欧阳*. The one star hides how long the name is.
// A name of one character shows nothing.
func MaskName(name string) string {
	name = visible(name)
	if name == "" {
		return ""
	}
	runes := []rune(name)
	shown := 1
	if len(runes) > 2 && strings.Contains(compoundSurnames, " "+string(runes[:2])+" ") {
		shown = 2
	}
	if len(runes) == 1 || !unicode.IsLetter(runes[0]) {
		shown = 0
	}
	return string(runes[:shown]) + "*"
}

// MaskPhone shows the first three and last four digits of a mobile number: 138****5678.
// Any other number is hidden whole.
func MaskPhone(phone string) string {
	if visible(phone) == "" {
		return ""
	}
	p, err := ParsePhone(phone)
	if err != nil {
		return hidden
	}
	return p[:3] + "****" + p[7:]
}

// MaskResident shows the first three and last four characters of an identity number:
// 330***********1234. Anything of another shape is hidden whole.
func MaskResident(id string) string {
	if visible(id) == "" {
		return ""
	}
	id = fold(id)
	if (len(id) != 18 && len(id) != 15) || !allDigits(id[:len(id)-1]) {
		return hidden
	}
	last := id[len(id)-1]
	if last != 'X' && (last < '0' || last > '9') {
		return hidden
	}
	return id[:3] + strings.Repeat("*", len(id)-7) + id[len(id)-4:]
}

var (
	// door is where an address starts to point at one home: a number, or a letter or Chinese numeral
	// before 幢, 单元, 室 and their like.
	door = regexp.MustCompile(`\pN|[A-Za-z]+ *(?:幢|栋|座|楼|单元|室|区|组)|[甲乙丙丁〇零一二三四五六七八九十百千两]+ *(?:幢|栋|座|号|弄|单元|室|楼|层|排|组|户|期)`)
	// estate ends the name of a housing estate, the finest place that may be shown.
	estate = regexp.MustCompile(`小区|花园|公寓|家园|花苑|新村|新苑|名苑|雅苑|嘉苑|佳苑|公馆|宿舍`)
	// streetNumber is a number that still names a road or a gate, not a home; it may stay in front of an estate.
	streetNumber = regexp.MustCompile(`^(?:[0-9]+号)`)
	// district ends the part of an address that names an administrative area or a road.
	district = regexp.MustCompile(`.*(?:街道|社区|镇|乡|村|大道|大街|路|街|巷|区|市|省|县)`)
)

// MaskAddress cuts an address after its housing estate: 江汉路1515号春江花园3幢2单元501室 becomes
// 江汉路1515号春江花园***. Without an estate it is cut before the first number; without either,
// after the last administrative area or road named.
func MaskAddress(address string) string {
	s := visible(address)
	if s == "" {
		return ""
	}
	if end := estateEnd(s); end > 0 {
		return s[:end] + "***"
	}
	if at := door.FindStringIndex(s); at != nil {
		s = s[:at[0]]
	}
	return district.FindString(s) + "***"
}

// estateEnd is where the name of the estate ends, 0 when a home is named before any estate is.
func estateEnd(s string) int {
	pos := 0
	for {
		name := estate.FindStringIndex(s[pos:])
		if name == nil {
			return 0
		}
		number := door.FindStringIndex(s[pos:])
		if number == nil || number[0] >= name[0] {
			return pos + name[1]
		}
		gate := streetNumber.FindString(s[pos+number[0]:])
		next := pos + number[0] + len(gate)
		if gate == "" || strings.HasPrefix(s[next:], "楼") {
			return 0
		}
		pos = next
	}
}

// visible trims s, makes full-width characters narrow and drops the control and invisible ones and
// broken UTF-8, none of which belongs on a page.
func visible(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if r == utf8.RuneError || unicode.In(r, unicode.Cf, unicode.Cc) {
			return -1
		}
		return narrow(r)
	}, s))
}
