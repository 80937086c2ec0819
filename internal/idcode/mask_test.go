package idcode

import (
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestMaskName(t *testing.T) {
	for in, want := range map[string]string{
		"张三": "张*", "张三丰": "张*", "欧阳修": "欧阳*", "欧阳": "欧*", "司马相如": "司马*", "张": "*", "": "",
		"买买提·吐尔逊": "买*", "John Smith": "J*", " 李　四 ": "李*", "\u202d王五": "王*", "123": "*", "\xff\xfe": "",
		"𬭊山": "𬭊*",
	} {
		if got := MaskName(in); got != want {
			t.Errorf("MaskName(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestMaskPhoneAndResident(t *testing.T) {
	for in, want := range map[string]string{
		"13812345678": "138****5678", "+86 138-1234-5678": "138****5678", "１３８１２３４５６７８": "138****5678",
		"0571-87654321": "****", "138123": "****", "不详": "****", "": "", "  ": "",
	} {
		if got := MaskPhone(in); got != want {
			t.Errorf("MaskPhone(%q) = %q, want %q", in, got, want)
		}
	}
	for in, want := range map[string]string{
		"330108199001011234": "330***********1234", "11010519491231002x": "110***********002X",
		"110105491231002": "110********1002", "E12345678": "****", "": "", "33010819900101123Y": "****", "１1": "****",
	} {
		if got := MaskResident(in); got != want {
			t.Errorf("MaskResident(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestMaskAddress(t *testing.T) {
	for in, want := range map[string]string{
		"滨江区长河街道江汉路1515号春江花园3幢2单元501室": "滨江区长河街道江汉路1515号春江花园***",
		"春江花园3幢2单元501室":                "春江花园***",
		"西兴街道温馨社区温馨人家小区":               "西兴街道温馨社区温馨人家小区***",
		"江南大道3888号":                    "江南大道***",
		"江南大道３８８８号":                    "江南大道***",
		"6号大街100号春江公寓12-1-301":         "6号大街100号春江公寓***",
		"江汉路1515号3号楼春江公寓":              "江汉路***",
		"浦沿街道东冠村12组34号":                "浦沿街道东冠村***",
		"五泉镇上湾村三组":                     "五泉镇上湾村***",
		"长河街道三幢二单元五零一室":                "长河街道***",
		"501室春江花园":                     "***",
		"春江A座":                         "***",
		"月明社区李大爷家":                     "月明社区***",
		"老李家":                          "***",
		"":                             "",
	} {
		if got := MaskAddress(in); got != want {
			t.Errorf("MaskAddress(%q) = %q, want %q", in, got, want)
		}
	}
}

// What may be seen is stated here again in other words than the code's.
func FuzzMask(f *testing.F) {
	for _, s := range []string{"张三", "欧阳修", "13812345678", "330108199001011234", "江汉路1515号春江花园3幢501室",
		"\xff\xfe", "🀄", "三幢", "1号2号3号楼小区", "①②③室", "a\u0301", "12号小区34号花园"} {
		f.Add(s)
	}
	allowed := regexp.MustCompile(`^(?:[^\pN]|[0-9]+号)*$`)
	f.Fuzz(func(t *testing.T, s string) {
		name, phone, id, address := MaskName(s), MaskPhone(s), MaskResident(s), MaskAddress(s)
		for _, m := range []string{name, phone, id, address} {
			if !utf8.ValidString(m) {
				t.Fatalf("broken UTF-8 from %q: %q", s, m)
			}
			if m != "" && !strings.Contains(m, "*") {
				t.Fatalf("not masked: %q → %q", s, m)
			}
		}
		if n := utf8.RuneCountInString(name); n > 3 || n > 0 && n > utf8.RuneCountInString(s) {
			t.Fatalf("MaskName(%q) = %q shows too much", s, name)
		}
		if n := len(strings.ReplaceAll(phone, "*", "")); n != 0 && n != 7 {
			t.Fatalf("MaskPhone(%q) = %q", s, phone)
		}
		if n := len(strings.ReplaceAll(id, "*", "")); n != 0 && n != 7 {
			t.Fatalf("MaskResident(%q) = %q", s, id)
		}
		shown := strings.TrimSuffix(address, "***")
		if !allowed.MatchString(shown) || strings.Contains(shown, "号楼") || regexp.MustCompile(`[0-9]+号$`).MatchString(shown) {
			t.Fatalf("MaskAddress(%q) = %q shows a door", s, address)
		}
	})
}

func FuzzParseIDs(f *testing.F) {
	for _, s := range []string{"11010519491231002X", "110105491231002", "+8613812345678", "91330108MA27Y5XH5G", "\xff", "统一"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if r, err := ParseResident(s, today); err == nil {
			if again, err := ParseResident(r.ID, today); err != nil || again != r {
				t.Fatalf("ParseResident(%q) = %+v, %v; want %+v", r.ID, again, err, r)
			}
			if withCheck(r.ID[:17]) != r.ID {
				t.Fatalf("wrong check digit accepted: %q", s)
			}
		}
		if p, err := ParsePhone(s); err == nil {
			if again, err := ParsePhone(p); err != nil || again != p {
				t.Fatalf("ParsePhone(%q) = %q, %v", p, again, err)
			}
		}
		if code, err := ParseUSCC(s); err == nil && !ValidUSCC(code) {
			t.Fatalf("ParseUSCC(%q) = %q, which is not valid", s, code)
		}
	})
}
