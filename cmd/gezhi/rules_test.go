package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gezhi/internal/lang"
)

const policies = "../../packs/common/policies.yaml"

const enterprises = `统一社会信用代码,industry,企业规模,主体类型,参保人数,上年裁员率,缴纳失业保险月数,上年实缴失业保险费(元)
91330100799655058B,C3912,小型,企业,28,18%,36,"12,000.01"
91330100716105852F,H6210,large,company,300,5.51%,36,100
9144030071526726XG,I6510,,,,,,
`

// ruled runs gezhi rules with files of the given texts: a name that begins with @ is replaced by its path.
func ruled(t *testing.T, l lang.Lang, files map[string]string, args ...string) (code int, out, errs string) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	args = append([]string{"rules"}, args...)
	for i, a := range args {
		if name, ok := strings.CutPrefix(a, "@"); ok {
			args[i] = filepath.Join(dir, name)
		}
	}
	var stdout, stderr bytes.Buffer
	code = run(std{In: strings.NewReader(""), Out: &stdout, Err: &stderr, Lang: l}, args)
	return code, stdout.String(), strings.ReplaceAll(stderr.String(), dir+string(filepath.Separator), "")
}

func TestRulesEvalWritesALineForEachPair(t *testing.T) {
	code, out, errs := ruled(t, lang.EN, map[string]string{"p.csv": enterprises}, "eval", "--policies", policies, "--profiles", "@p.csv", "--as-of", "2023-06-01")
	if code != 0 || errs != "" {
		t.Fatalf("%d %s", code, errs)
	}
	got := map[string]string{}
	for _, line := range strings.Split(strings.TrimSpace(out), "\n") {
		var x evalLine
		if err := json.Unmarshal([]byte(line), &x); err != nil {
			t.Fatal(err)
		}
		got[x.Enterprise[len(x.Enterprise)-1:]+" "+x.Item] = line
	}
	if len(got) != 3*16 {
		t.Errorf("%d lines", len(got))
	}
	for pair, want := range map[string]string{
		"B stable-jobs":    `"verdict":"eligible","amount":720000,"failed":[],"missing":[]`,
		"F stable-jobs":    `"verdict":"not_eligible","amount":null,"failed":["Layoffs above the goal","More than 30 insured"],"missing":[]`,
		"G stable-jobs":    `"verdict":"cannot_say","amount":null,"failed":[],"missing":["kind","size","insured","layoffs","unemployment_months"]`,
		"B defer-hardship": `"verdict":"not_in_force"`,
	} {
		if !strings.Contains(got[pair], want) {
			t.Errorf("%s: %s, want %s", pair, got[pair], want)
		}
	}
}

func TestRulesRefusesWrongFilesWithTheirPlaces(t *testing.T) {
	wrong := strings.NewReplacer("5.51%", "5.51", "058B", "058A").Replace(enterprises)
	code, out, errs := ruled(t, lang.ZH, map[string]string{"p.csv": wrong}, "eval", "--policies", policies, "--profiles", "@p.csv")
	if code != exitFault || out != "" || !strings.Contains(errs, "p.csv:3:6：“上年裁员率”：“5.51”没有写单位") || !strings.Contains(errs, "p.csv:2：“91330100799655058A”不是正确的统一社会信用代码") {
		t.Errorf("%d %q %s", code, out, errs)
	}
	text, err := os.ReadFile(policies)
	if err != nil {
		t.Fatal(err)
	}
	off := strings.Replace(string(text), "verdict: eligible, amount: 10800元", "verdict: eligible, amount: 10801元", 1)
	if code, _, errs := ruled(t, lang.ZH, map[string]string{"a.yaml": off}, "check", "@a.yaml"); code != exitFault || !strings.Contains(errs, "金额应为 10801 元，算出来是 10800 元") {
		t.Errorf("a wrong example: %d %s", code, errs)
	}
	if code, out, _ := ruled(t, lang.EN, nil, "check", policies); code != 0 || !strings.Contains(out, "16 items") {
		t.Errorf("the shipped items: %d %s", code, out)
	}
}

func TestRulesDiffSaysWhoFlips(t *testing.T) {
	text, err := os.ReadFile(policies)
	if err != nil {
		t.Fatal(err)
	}
	next := strings.NewReplacer("values: [{from: 2022-01-01, value: 5.5%}]", "values: [{from: 2022-01-01, value: 6%}]", "{from: 2023-01-01, value: 60%}", "{from: 2023-01-01, value: 50%}").Replace(string(text))
	code, out, errs := ruled(t, lang.EN, map[string]string{"b.yaml": next, "p.csv": enterprises}, "diff", policies, "@b.yaml", "--profiles", "@p.csv", "--as-of", "2023-06-01")
	if code != 0 {
		t.Fatalf("%d %s", code, errs)
	}
	for _, want := range []string{
		`{"item":"stable-jobs","eligible":[1,2],"cannot_say":[1,1],"amount":[720000,603000],"unknown":[0,0],"winners":1,"losers":1,"adjusted":1,"left":null,"flipped":2}` + "\n" +
			`{"enterprise":"91330100799655058B","item":"stable-jobs","was":"eligible","is":"eligible","amount_was":720000,"amount_is":600000}` + "\n" +
			`{"enterprise":"91330100716105852F","item":"stable-jobs","was":"not_eligible","is":"eligible","amount_was":null,"amount_is":3000}` + "\n",
		`{"item":"micro-profit","eligible":[0,0],"cannot_say":[3,3],"amount":[0,0],"unknown":[0,0],"winners":0,"losers":0,"adjusted":0,"left":null,"flipped":0}`,
	} {
		if !strings.Contains(out, want) {
			t.Errorf("%s\nwant %s", out, want)
		}
	}
	// What is not in one version counts as not in force there; a budget is compared with what a year costs, however much that is.
	much := strings.Replace(enterprises, "12,000.01", "20000000000000000", 1)
	much = strings.Replace(much, "B,C3912,小型,企业,28,18%", "B,C3912,小型,企业,28,0%", 1)
	code, out, errs = ruled(t, lang.EN, map[string]string{"a.yaml": strings.Replace(string(text), "- id: stable-jobs-example", "- id: stable-jobs-former", 1), "p.csv": much},
		"diff", "@a.yaml", policies, "--profiles", "@p.csv", "--as-of", "2026-06-01")
	for _, want := range []string{
		`{"item":"stable-jobs-former","eligible":[1,0],"cannot_say":[1,0],"amount":[1200000000000000000,0],"unknown":[0,0],"winners":0,"losers":1,"adjusted":0,"left":null,"flipped":3}`,
		`{"item":"stable-jobs-example","eligible":[0,1],"cannot_say":[0,1],"amount":[0,1200000000000000000],"unknown":[0,0],"winners":1,"losers":0,"adjusted":0,"left":-1199999998000000000,"flipped":3}`,
	} {
		if code != 0 || !strings.Contains(out, want) {
			t.Errorf("%d %s%s\nwant %s", code, errs, out, want)
		}
	}
}
