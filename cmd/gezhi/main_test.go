package main

import (
	"strings"
	"testing"

	"gezhi/internal/lang"
)

func TestHelpNamesEveryCommand(t *testing.T) {
	code, out, _ := command(lang.ZH, "--help")
	if code != 0 || !strings.Contains(out, "calendar due") || !strings.Contains(out, "calendar year") {
		t.Errorf("exit %d: %s", code, out)
	}
}

func TestNoCommandIsAUsageError(t *testing.T) {
	if code, _, errs := command(lang.ZH); code != 2 || errs == "" {
		t.Errorf("exit %d: %s", code, errs)
	}
}

func TestLanguageOfTheEnvironment(t *testing.T) {
	tests := map[string]struct {
		env  map[string]string
		want lang.Lang
	}{
		"an English locale":        {map[string]string{"LANG": "en_US.UTF-8"}, lang.EN},
		"a Chinese locale":         {map[string]string{"LANG": "zh_CN.UTF-8"}, lang.ZH},
		"no locale":                {nil, lang.ZH},
		"the C locale":             {map[string]string{"LANG": "C.UTF-8"}, lang.ZH},
		"LC_ALL comes before LANG": {map[string]string{"LANG": "zh_CN.UTF-8", "LC_ALL": "en_GB.UTF-8"}, lang.EN},
	}
	for name, test := range tests {
		if got := langOf(func(key string) string { return test.env[key] }); got != test.want {
			t.Errorf("%s: %s", name, got.Tag())
		}
	}
}
