package catalogue

import (
	"strconv"
	"strings"

	"gezhi/internal/lang"
)

// Section is one of the twenty sections (门类) of GB/T 4754-2017, with the numbers of its divisions (大类).
type Section struct {
	Letter   string
	Name     lang.Text
	From, To int
}

var sections = []Section{
	{"A", lang.Text{ZH: "农、林、牧、渔业", EN: "Agriculture, forestry and fishing"}, 1, 5},
	{"B", lang.Text{ZH: "采矿业", EN: "Mining"}, 6, 12},
	{"C", lang.Text{ZH: "制造业", EN: "Manufacturing"}, 13, 43},
	{"D", lang.Text{ZH: "电力、热力、燃气及水生产和供应业", EN: "Electricity, heat, gas and water"}, 44, 46},
	{"E", lang.Text{ZH: "建筑业", EN: "Construction"}, 47, 50},
	{"F", lang.Text{ZH: "批发和零售业", EN: "Wholesale and retail"}, 51, 52},
	{"G", lang.Text{ZH: "交通运输、仓储和邮政业", EN: "Transport, storage and post"}, 53, 60},
	{"H", lang.Text{ZH: "住宿和餐饮业", EN: "Hotels and catering"}, 61, 62},
	{"I", lang.Text{ZH: "信息传输、软件和信息技术服务业", EN: "Information and software"}, 63, 65},
	{"J", lang.Text{ZH: "金融业", EN: "Finance"}, 66, 69},
	{"K", lang.Text{ZH: "房地产业", EN: "Real estate"}, 70, 70},
	{"L", lang.Text{ZH: "租赁和商务服务业", EN: "Leasing and business services"}, 71, 72},
	{"M", lang.Text{ZH: "科学研究和技术服务业", EN: "Research and technical services"}, 73, 75},
	{"N", lang.Text{ZH: "水利、环境和公共设施管理业", EN: "Water, environment and public facilities"}, 76, 79},
	{"O", lang.Text{ZH: "居民服务、修理和其他服务业", EN: "Household services and repair"}, 80, 82},
	{"P", lang.Text{ZH: "教育", EN: "Education"}, 83, 83},
	{"Q", lang.Text{ZH: "卫生和社会工作", EN: "Health and social work"}, 84, 85},
	{"R", lang.Text{ZH: "文化、体育和娱乐业", EN: "Culture, sports and entertainment"}, 86, 90},
	{"S", lang.Text{ZH: "公共管理、社会保障和社会组织", EN: "Public administration and social organisations"}, 91, 96},
	{"T", lang.Text{ZH: "国际组织", EN: "International organisations"}, 97, 97},
}

// Sections are the twenty, by letter.
func Sections() []Section { return sections }

// ValidIndustry reports whether a code is a section, or a section's division, group or class by its form: H, H62, H6210.
func ValidIndustry(code string) bool {
	if len(code) < 1 || len(code) > 5 || code[0] < 'A' || code[0] > 'T' {
		return false
	}
	for _, c := range code[1:] {
		if c < '0' || c > '9' {
			return false
		}
	}
	if len(code) < 3 {
		return len(code) == 1
	}
	n, _ := strconv.Atoi(code[1:3])
	s := sections[code[0]-'A']
	return s.From <= n && n <= s.To
}

// touches reports whether two prefixes have an industry in common: one is a prefix of the other.
func touches(a, b string) bool { return strings.HasPrefix(a, b) || strings.HasPrefix(b, a) }

// Industry reads a code with or without its letter, 62 for H62; what is no code stays as it is.
func Industry(s string) string {
	s = strings.ToUpper(strings.TrimSpace(s))
	if len(s) < 2 || len(s) > 4 || s[0] < '0' || s[0] > '9' {
		return s
	}
	n, _ := strconv.Atoi(s[:2])
	for _, x := range sections {
		if x.From <= n && n <= x.To {
			return x.Letter + s
		}
	}
	return s
}
