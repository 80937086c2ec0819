package lang

import "testing"

func TestALineHoldsBothLanguages(t *testing.T) {
	for s, want := range map[string]Text{
		Text{"余额不足", "too little"}.Line(): {"余额不足", "too little"},
		Text{"只有中文", ""}.Line():           {"只有中文", ""},
		"有人写的\n两行":                        {"有人写的\n两行", ""},
		"":                                {},
	} {
		if got := OfLine(s); got != want {
			t.Errorf("%q: %q, want %q", s, got, want)
		}
	}
	if got := OfLine("有人写的").In(EN); got != "有人写的" {
		t.Errorf("an English reader gets %q", got)
	}
}
