package api_test

import (
	"fmt"
	"strings"
	"testing"

	"gezhi/internal/app"
	"gezhi/internal/idcode"
)

// madeUpCode is a credit code whose check character is right and whose region belongs to nobody.
func madeUpCode(n int) string { return idcode.CompleteUSCC(fmt.Sprintf("91000000MA%07d", n)) }

func TestAnotherSystemSaysWhatItKnowsOfEnterprises(t *testing.T) {
	forEngines(t, func(t *testing.T, b *bank) {
		c, reader := b.client(b.key("", app.EnterprisesWrite, app.EnterprisesRead)), b.client(b.key("", app.EnterprisesRead))
		one, two := madeUpCode(1), madeUpCode(2)
		wrong := one[:17] + map[bool]string{true: "1", false: "0"}[one[17] == '0']
		good := `{"code":"` + one + `","name":"虚构软件","source":"税务数据（示例）","as_of":"2026-02-28","values":{"staff":"50","sales":"2亿元","assets":"1.5亿元","marks":"none","sme_score":"60"}}`
		body := `{"statements":[` + strings.Join([]string{good,
			`{"code":"` + two + `","source":"税务数据（示例）","as_of":"2026-02-28","values":{"staff":"5"}}`,
			`{"code":"` + two + `","name":"虚构","source":"示例","as_of":"2026-02-28","values":{"staff":5,"nothing":"1"}}`,
			`{"code":"` + wrong + `","name":"虚构","source":"示例","as_of":"2026-02-28","values":{}}`,
			`{"code":"` + two + `","name":"虚构","source":"示例","as_of":"2999-01-01","values":{"revenue":"约500万","sales":"500"}}`,
			`{"code":"` + wrong + `","name":"虚构","reason":"执照原件确为此码","source":"示例","as_of":"2026-02-28","values":{"staff":"5"}}`,
			good}, ",") + `]}`
		got := c.post("/enterprises:batch", body)
		if got.code != 200 || got.at("kept") != "2" || got.at("repeated") != "1" || got.at("refused") != "4" || got.at("results.6.status") != "repeated" || got.at("results.6.n") != "1" {
			t.Fatalf("%d %s", got.code, got.text)
		}
		for place, want := range map[string]string{"results.1.problem.errors.0.location": "body.statements[1].name", "results.2.problem.errors.0.location": "body.statements[2].values.staff",
			"results.3.problem.errors.0.location": "body.statements[3].code", "results.4.problem.errors.0.location": "body.statements[4].as_of"} {
			if got.at(place) != want {
				t.Errorf("%s is %s, want %s", place, got.at(place), want)
			}
		}
		if again := c.post("/enterprises:batch", body); again.at("kept") != "1" || again.at("repeated") != "3" { // the code is accepted by now
			t.Errorf("sent again: %s", again.text)
		}
		if got := reader.get("/enterprises/" + one); got.at("values.sales.value") != "CNY 200,000,000" && got.at("values.sales.as_of") != "2026-02-28" || got.at("values.staff.source") != "税务数据（示例）" {
			t.Errorf("known: %s", got.text)
		}
		verdict := func() string {
			got := reader.get("/enterprises/" + one + "/verdicts")
			for i := 0; got.at(fmt.Sprintf("items.%d.item", i)) != ""; i++ {
				if got.at(fmt.Sprintf("items.%d.item", i)) == "tech-sme" {
					return got.at(fmt.Sprintf("items.%d.verdict", i)) + " " + got.at(fmt.Sprintf("items.%d.reasons.0", i))
				}
			}
			return got.text
		}
		if got := verdict(); got != "eligible " {
			t.Errorf("tech-sme: %s", got)
		}
		c.post("/enterprises:batch", `{"statements":[{"code":"`+one+`","source":"年报（示例）","as_of":"2026-03-01","values":{"staff":"501","assets":""}}]}`)
		if got := verdict(); got != "not_eligible More than 500 staff" {
			t.Errorf("tech-sme with more staff: %s", got)
		}
		for name, x := range map[string]struct {
			got  reply
			code int
		}{
			"writes without the scope": {reader.post("/enterprises:batch", body), 403},
			"nobody knows it":          {c.get("/enterprises/" + two), 404},
			"no code":                  {c.get("/enterprises/%00/verdicts"), 404},
			"no list":                  {c.post("/enterprises:batch", `{"statements":{}}`), 422},
			"an empty list":            {c.post("/enterprises:batch", `{"statements":[]}`), 422},
			"no JSON":                  {c.post("/enterprises:batch", `{"statements":[`), 400},
			"books":                    {reader.get("/accounts/pool:330108001/balance"), 403},
		} {
			if x.got.code != x.code {
				t.Errorf("%s: %d %s", name, x.got.code, x.got.text)
			}
		}
	})
}
