package idcode

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"gezhi/internal/fault"
)

var today = time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)

func TestUSCCVectors(t *testing.T) {
	var vectors []struct {
		Code  string `json:"code"`
		Valid bool   `json:"expect_valid"`
		Note  string `json:"note"`
	}
	readJSON(t, "testdata/uscc-vectors.json", &vectors)
	for _, v := range vectors {
		if len(v.Code) == 18 {
			if got := CompleteUSCC(v.Code[:17]); v.Valid && got != v.Code {
				t.Errorf("CompleteUSCC(%q) = %q, want %q", v.Code[:17], got, v.Code)
			} else if got != "" && !ValidUSCC(got) {
				t.Errorf("CompleteUSCC(%q) = %q, which is not valid", v.Code[:17], got)
			}
		}
		if got := ValidUSCC(v.Code); got != v.Valid {
			t.Errorf("ValidUSCC(%q) = %v, want %v (%s)", v.Code, got, v.Valid, v.Note)
		}
		if strings.HasPrefix(v.Note, "really issued") {
			code, warning, err := ReviewUSCC(v.Code)
			if code != v.Code || warning == nil || err != nil {
				t.Errorf("ReviewUSCC(%q) = %q, %v, %v; want the code with a warning", v.Code, code, warning, err)
			}
			if _, err := ParseUSCC(v.Code); fault.KindOf(err) != fault.Invalid {
				t.Errorf("ParseUSCC(%q) = %v, want Invalid", v.Code, err)
			}
		}
	}
	for _, stem := range []string{"", "91", "9100000XMA0000001", "91000000MA000000I", "91000000MA00000011"} {
		if got := CompleteUSCC(stem); got != "" {
			t.Errorf("CompleteUSCC(%q) = %q; no code begins like that", stem, got)
		}
	}
}

func TestParseUSCC(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"lower case":          {"91330108ma27y5xh5g", "91330108MA27Y5XH5G"},
		"full width, spaced":  {" ９１３３０１０８ MA27Y5-XH5G　", "91330108MA27Y5XH5G"},
		"pasted with U+202D":  {"\u202d914403001922038216\u202c", "914403001922038216"},
		"letter O":            {"91330108MA27Y5XHOG", ""},
		"letters in region":   {"91330A08MA27Y5XH5G", ""},
		"Chinese":             {"统一社会信用代码统一社会信用代码统一", ""},
		"18 bytes of Chinese": {"统一社会信用", ""},
		"empty":               {"", ""},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := ParseUSCC(c.in)
			if got != c.want || (err == nil) != (c.want != "") {
				t.Errorf("ParseUSCC(%q) = %q, %v; want %q", c.in, got, err, c.want)
			}
		})
	}
}

// Any single wrong character and any swap of two neighbours must be noticed: that is what GB 32100
// promises, because 31 is prime and all weights differ.
func TestUSCCNoticesSlips(t *testing.T) {
	const code = "91330108MA27Y5XH5G"
	for i := range code {
		for _, c := range []byte(usccAlphabet) {
			slip := code[:i] + string(c) + code[i+1:]
			if c != code[i] && ValidUSCC(slip) {
				t.Errorf("one wrong character passes: %s", slip)
			}
		}
		if i > 0 && code[i] != code[i-1] {
			swap := code[:i-1] + string(code[i]) + string(code[i-1]) + code[i+1:]
			if ValidUSCC(swap) {
				t.Errorf("swapped neighbours pass: %s", swap)
			}
		}
	}
}

func TestResidentVectors(t *testing.T) {
	var vectors []struct {
		ID    string `json:"id"`
		Valid bool   `json:"expect_valid"`
		Sex   string `json:"sex"`
		Birth string `json:"birth"`
		Note  string `json:"note"`
	}
	readJSON(t, "testdata/resident-id-vectors.json", &vectors)
	for _, v := range vectors {
		r, err := ParseResident(v.ID, today)
		if (err == nil) != v.Valid {
			t.Errorf("ParseResident(%q) = %v, want valid=%v (%s)", v.ID, err, v.Valid, v.Note)
		}
		if v.Valid && (r.Birth.Format(time.DateOnly) != v.Birth || r.Female != (v.Sex == "F") || r.ID != v.ID) {
			t.Errorf("ParseResident(%q) = %+v, want %s %s", v.ID, r, v.Sex, v.Birth)
		}
	}
}

func TestParseResident(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"lower-case x":               {"11010519491231002x", "11010519491231002X"},
		"full width":                 {"１１０１０５１９４９１２３１００２Ｘ", "11010519491231002X"},
		"in groups":                  {"110105 19491231 002X", "11010519491231002X"},
		"15 digits become 18":        {"110105491231002", "11010519491231002X"},
		"15 digits, no such day":     {"110105490230002", ""},
		"15 digits with a letter":    {"11010549123100X", ""},
		"no such province":           {"99x", ""},
		"province 10":                {"100105194912310020", ""},
		"born tomorrow":              {withCheck("33010820261123001"), ""},
		"born today":                 {withCheck("33010820261122001"), withCheck("33010820261122001")},
		"Hong Kong permit":           {withCheck("81000019900101001"), withCheck("81000019900101001")},
		"foreigner's residence card": {withCheck("93301019900101001"), withCheck("93301019900101001")},
		"29 February of 2100":        {withCheck("33010821000229001"), ""},
		"29 February of 2000":        {withCheck("33010820000229001"), withCheck("33010820000229001")},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := ParseResident(c.in, today)
			if got.ID != c.want || (err == nil) != (c.want != "") {
				t.Errorf("ParseResident(%q) = %+v, %v; want %q", c.in, got, err, c.want)
			}
			if err != nil && len(c.in) > 14 && strings.Contains(err.Error(), c.in[6:14]) {
				t.Errorf("the sentence repeats personal data: %v", err)
			}
		})
	}
}

func TestAge(t *testing.T) {
	r := Resident{Birth: time.Date(2000, 2, 29, 0, 0, 0, 0, time.UTC)}
	for day, want := range map[string]int{"2018-02-28": 17, "2018-03-01": 18, "2020-02-29": 20, "1999-01-01": 0} {
		on, _ := time.Parse(time.DateOnly, day)
		if got := r.Age(on); got != want {
			t.Errorf("age on %s = %d, want %d", day, got, want)
		}
	}
}

func TestParsePhone(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"plain":               {"13812345678", "13812345678"},
		"+86 and spaces":      {"+86 138 1234 5678", "13812345678"},
		"0086":                {"0086-138-1234-5678", "13812345678"},
		"86":                  {"8613812345678", "13812345678"},
		"full width":          {"＋８６　１３８１２３４５６７８", "13812345678"},
		"in brackets":         {"(+86)138.1234.5678", "13812345678"},
		"a new range":         {"19912345678", "19912345678"},
		"12 is no mobile":     {"12812345678", ""},
		"landline":            {"0571-87654321", ""},
		"Hong Kong":           {"+852 6123 4567", ""},
		"86 twice":            {"+86+8613812345678", ""},
		"too long":            {"138123456789", ""},
		"letters":             {"1381234567x", ""},
		"Arabic-Indic digits": {"١٣٨١٢٣٤٥٦٧٨", ""},
		"empty":               {"", ""},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := ParsePhone(c.in)
			if got != c.want || (err == nil) != (c.want != "") {
				t.Errorf("ParsePhone(%q) = %q, %v; want %q", c.in, got, err, c.want)
			}
		})
	}
}

// withCheck completes 17 digits with arithmetic of its own: GB 11643 says Σ a_i·2^(18−i) ≡ 1 (mod 11).
func withCheck(d string) string {
	sum := 0
	for i, c := range d {
		sum += int(c-'0') * (1 << (17 - i))
	}
	for v := range 11 {
		if (sum+v)%11 == 1 {
			return d + "0123456789X"[v:v+1]
		}
	}
	panic("no check digit")
}

func readJSON(t *testing.T, path string, v any) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, v); err != nil {
		t.Fatal(err)
	}
}
