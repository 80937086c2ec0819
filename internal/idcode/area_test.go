package idcode

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"
)

func TestLevelOf(t *testing.T) {
	for name, c := range map[string]struct {
		code   string
		level  Level
		parent string
	}{
		"a district":                   {"330108", District, ""},
		"a city without districts":     {"441900", District, ""},
		"a street":                     {"330108001", Street, "330108"},
		"a town":                       {"610403100", Street, "610403"},
		"a community":                  {"330108001021", Community, "330108001"},
		"a merged community from 601":  {"330108001601", Community, "330108001"},
		"a grid":                       {"330108001021001", Grid, "330108001021"},
		"a micro-grid":                 {"33010800102100112", Micro, "330108001021001"},
		"long form of a street":        {"330108001000", NoLevel, ""},
		"street 000":                   {"330108000", NoLevel, ""},
		"street 600":                   {"330108600", NoLevel, ""},
		"community below street 000":   {"330108000001", NoLevel, ""},
		"grid 000":                     {"330108001021000", NoLevel, ""},
		"micro 00":                     {"33010800102100100", NoLevel, ""},
		"16 digits":                    {"3301080010210011", NoLevel, ""},
		"a province":                   {"330000", NoLevel, ""},
		"no such province":             {"990108", NoLevel, ""},
		"a letter":                     {"33010A", NoLevel, ""},
		"empty":                        {"", NoLevel, ""},
		"six bytes that are two runes": {"三三", NoLevel, ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got := LevelOf(c.code); got != c.level {
				t.Errorf("LevelOf(%q) = %d, want %d", c.code, got, c.level)
			}
			if got := Parent(c.code); got != c.parent {
				t.Errorf("Parent(%q) = %q, want %q", c.code, got, c.parent)
			}
		})
	}
}

func TestParseArea(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"statistics code of a street":   {"330108001000", "330108001"},
		"statistics code of a district": {"330108000000", "330108"},
		"a community stays":             {"330108001001", "330108001001"},
		"a community with a zero digit": {"330108001010", "330108001010"},
		"a micro-grid of a whole grid":  {"33010800102100100", "330108001021001"},
		"a micro code of a community":   {"33010800102100000", "330108001021"},
		"nine digits of a district":     {"330108000", "330108"},
		"full width and spaces":         {" ３３０１０８ 001 ", "330108001"},
		"scientific notation":           {"3.30108E+11", ""},
		"a name":                        {"西兴街道", ""},
		"zeros in the middle":           {"330108000001", ""},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := ParseArea(c.in)
			if got != c.want || (err == nil) != (c.want != "") {
				t.Errorf("ParseArea(%q) = %q, %v; want %q", c.in, got, err, c.want)
			}
		})
	}
}

func TestWithin(t *testing.T) {
	for name, c := range map[string]struct {
		code, top string
		want      bool
	}{
		"itself":                 {"330108001", "330108001", true},
		"below":                  {"33010800102100112", "330108", true},
		"above":                  {"330108", "330108001", false},
		"a neighbour":            {"330108002001", "330108001", false},
		"an empty scope":         {"330108", "", false},
		"a scope cut mid-number": {"330108001", "33010800", false},
		"a long-form scope":      {"330108001001", "330108001000", false},
		"an empty code":          {"", "330108", false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Within(c.code, c.top); got != c.want {
				t.Errorf("Within(%q, %q) = %v", c.code, c.top, got)
			}
		})
	}
}

func TestKinds(t *testing.T) {
	for code, want := range map[string]StreetKind{
		"330108": NoStreetKind, "330108001": Subdistrict, "610403100": Town, "610403102203": Town,
		"610403200": Township, "610403399": Township, "610403400": Enclave, "610403600": NoStreetKind,
	} {
		if got := KindOfStreet(code); got != want {
			t.Errorf("KindOfStreet(%q) = %d, want %d", code, got, want)
		}
	}
	if !IsVillage("610403102203") || IsVillage("330108001001") || IsVillage("610403200") {
		t.Error("IsVillage is wrong about 610403102203, 330108001001 or 610403200")
	}
}

// drawArea builds a code part by part, each part counting from 1.
func drawArea(t *rapid.T) string {
	code := rapid.SampledFrom([]string{"330108", "610403", "441900"}).Draw(t, "district")
	parts := []struct {
		format string
		most   int
	}{{"%03d", 599}, {"%03d", 999}, {"%03d", 999}, {"%02d", 99}}
	for _, p := range parts[:rapid.IntRange(0, 4).Draw(t, "depth")] {
		code += fmt.Sprintf(p.format, rapid.IntRange(1, p.most).Draw(t, "number"))
	}
	return code
}

func TestAreaLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		code := drawArea(t)
		l := LevelOf(code)
		if l == NoLevel || l.Digits() != len(code) {
			t.Fatalf("LevelOf(%q) = %d", code, l)
		}
		if got := Short(Long(code)); got != code {
			t.Fatalf("Short(Long(%q)) = %q", code, got)
		}
		if p := Parent(code); l > District && (LevelOf(p) != l-1 || !Within(code, p) || Within(p, code)) {
			t.Fatalf("Parent(%q) = %q", code, p)
		}
		if AncestorAt(code, District) != code[:6] || AncestorAt(code, l) != code {
			t.Fatalf("AncestorAt(%q)", code)
		}
		for deeper := l + 1; deeper <= Micro; deeper++ {
			if AncestorAt(code, deeper) != "" {
				t.Fatalf("AncestorAt(%q, %d) is not empty", code, deeper)
			}
		}
	})
}

func FuzzParseArea(f *testing.F) {
	for _, s := range []string{"330108001000", "33010800102100112", "３３０１０８", "\xff\xfe", "0000000"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		code, err := ParseArea(s)
		if (err == nil) != (LevelOf(code) != NoLevel) {
			t.Fatalf("ParseArea(%q) = %q, %v", s, code, err)
		}
		if again, err2 := ParseArea(code); err == nil && (err2 != nil || again != code) {
			t.Fatalf("ParseArea(%q) = %q, %v", code, again, err2)
		}
		Parent(s)
		Within(s, code)
		KindOfStreet(s)
		IsVillage(s)
		if long := Long(s); len(long) < 12 {
			t.Fatalf("Long(%q) = %q", s, long)
		}
	})
}
