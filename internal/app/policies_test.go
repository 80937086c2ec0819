package app_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"gezhi/internal/app"
	"gezhi/internal/app/apptest"
	"gezhi/internal/calendar"
	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/idcode"
	"gezhi/internal/lang"
	"gezhi/internal/policy"
	"gezhi/internal/rules"
)

// exampleCode is the n-th made-up unified social credit code: of the kind 其他, registered in the zone.
func exampleCode(zone string, n int) string {
	return idcode.CompleteUSCC(fmt.Sprintf("99%sMAE%06d", zone, n))
}

func policyDesk(w *apptest.World) app.Viewer {
	return w.Staff("zc", "兑现岗一号", casework.Duty{Role: app.RolePolicyDesk, Area: "330108"})
}

const profileHead = "统一社会信用代码,企业名称,代码校验不符的依据,行业代码（GB/T 4754）,从业人数,营业收入（万元）,资产总额（万元）,成立日期,信用记录,科技型中小企业评分,年销售额\n"

func TestProfilesAreImportedRowByRow(t *testing.T) {
	forEngines(t, func(t *testing.T, w *apptest.World) {
		ctx, desk := context.Background(), policyDesk(w)
		day := calendar.DayOf(w.App.Now()).String()
		wrongCheck := exampleCode("330108", 7)
		wrongCheck = wrongCheck[:17] + map[bool]string{true: "1", false: "0"}[wrongCheck[17] == '0']
		rows := []string{
			exampleCode("330108", 1) + ",虚构软件一号,,I6510,50,800,1000,2020-01-31,无,70,1",
			exampleCode("330108", 2) + ",虚构餐饮二号,,H6210,,约500万,,2020-01-31,,,",
			exampleCode("330108", 3) + ",,,I6510,5,,,,,,",
			wrongCheck + ",虚构制造三号,,C3912,400,30000,,,,,",
			wrongCheck + ",虚构制造三号,执照原件确为此码,C3912,400,30000,,,,,",
			exampleCode("330108", 1) + ",虚构软件一号,,I6510,50,800,,,,,",
			"91330108,虚构,,I6510,50,800,,,,,",
			exampleCode("330108", 4) + ",虚构商店四号,,F5211,20,900.5,,2019/2/3,经营异常,,",
		}
		if _, err := w.App.KeepProfiles(ctx, desk, "", "2999-01-01", "企业.csv", []byte(profileHead)); len(fault.Fields(err)) != 2 {
			t.Errorf("without a source, as of a day to come: %v", err)
		}
		id, err := w.App.KeepProfiles(ctx, desk, "示例：市场监管年报", day, "企业.csv", []byte(profileHead+strings.Join(rows, "\n")+"\n"))
		w.OK(err)
		c, err := w.App.CheckProfiles(ctx, desk, id)
		w.OK(err)
		if fmt.Sprint(c.Rows) != "[3 4 5 7 8]" || c.New != 3 || c.Accepted != 1 || c.Lines() != 3 {
			t.Fatalf("rows %v wrong, %d new, %d accepted: %v", c.Rows, c.New, c.Accepted, c.Problems.Texts(lang.ZH))
		}
		for row, part := range map[int]string{3: "约500万", 4: "请填写企业名称", 5: "校验位不符", 7: "同一家企业", 8: "18 位"} {
			if got := strings.Join(c.Problems.Texts(lang.ZH)[row], ""); !strings.Contains(got, part) {
				t.Errorf("row %d: %q, want %q", row, got, part)
			}
		}
		if err := w.App.ApplyProfiles(ctx, desk, id, 2, "k"); fault.KindOf(err) != fault.Conflict {
			t.Errorf("another number of rows than was shown: %v", err)
		}
		w.OK(w.App.ApplyProfiles(ctx, desk, id, c.Lines(), "k"))
		if err := w.App.ApplyProfiles(ctx, desk, id, c.Lines(), "k2"); fault.KindOf(err) != fault.Conflict {
			t.Errorf("twice: %v", err)
		}
		p, err := w.App.EnterprisePage(ctx, desk, exampleCode("330108", 1), lang.ZH)
		w.OK(err)
		if p.Name != "虚构软件一号" || fact(p, "size").Value != "小型" || !fact(p, "size").Derived || fact(p, "revenue").Value != "800 万元" || fact(p, "marks").Fact.Source != "示例：市场监管年报" {
			t.Errorf("%s, size %+v, marks %+v", p.Name, fact(p, "size"), fact(p, "marks"))
		}
		if p, err = w.App.EnterprisePage(ctx, desk, wrongCheck, lang.ZH); err != nil || p.Accepted != "执照原件确为此码" || p.AcceptedBy != desk.Person {
			t.Errorf("accepted: %+v, %v", p.Enterprise, err)
		}
		v, err := w.App.Verdicts(ctx, desk, exampleCode("330108", 1), lang.ZH)
		w.OK(err)
		if names := ids(v.Missing); !strings.Contains(names, "tech-sme") { // the file says nothing of 年销售收入
			t.Errorf("missing: %s", names)
		}
		_, err = w.App.Say(ctx, desk, app.Saying{Code: exampleCode("330108", 1), Source: "示例：企业自报", AsOf: day, Values: map[string]string{"sales": "2亿元"}}, "say")
		w.OK(err)
		if v, err = w.App.Verdicts(ctx, desk, exampleCode("330108", 1), lang.ZH); err != nil || !strings.Contains(ids(v.Can), "tech-sme") {
			t.Errorf("can: %s, %v", ids(v.Can), err)
		}
		w.OK(w.App.WithdrawProfiles(ctx, desk, id, "数据来源有误", "back"))
		if v, err = w.App.Verdicts(ctx, desk, exampleCode("330108", 1), lang.ZH); err != nil || !strings.Contains(ids(v.Missing), "tech-sme") {
			t.Errorf("after the list was taken back: %s, %v", ids(v.Missing), err)
		}
		if p, err = w.App.EnterprisePage(ctx, desk, exampleCode("330108", 1), lang.ZH); err != nil || p.Known != 1 || len(p.Statements) != 3 {
			t.Errorf("what is left: %d, %d statements, %v", p.Known, len(p.Statements), err)
		}
		verifies(t, w)
	})
}

func fact(p app.EnterprisePage, field string) app.FactLine {
	for _, f := range p.Facts {
		if f.Field.ID == field {
			return f
		}
	}
	return app.FactLine{}
}

func ids(list []app.VerdictLine) string {
	var out []string
	for _, x := range list {
		out = append(out, x.Item.ID)
	}
	return strings.Join(out, " ")
}

// verifies wants nothing wrong in the database.
func verifies(t *testing.T, w *apptest.World) {
	t.Helper()
	out, err := w.App.Verify(context.Background(), 330108, nil)
	if err != nil || len(out.Broken) > 0 {
		t.Errorf("verify: %+v, %v", out.Broken, err)
	}
}

// TestWhatIsKeptInMemoryFollowsEveryStatement says things of enterprises at random, asks another process after each step, and
// decides the profile on the page by the closures: all three agree.
func TestWhatIsKeptInMemoryFollowsEveryStatement(t *testing.T) {
	forEngines(t, func(t *testing.T, w *apptest.World) {
		ctx, desk, r := context.Background(), policyDesk(w), rand.New(rand.NewPCG(1, 9))
		day := calendar.DayOf(w.App.Now()).String()
		z, err := w.App.Zone(ctx, 330108)
		w.OK(err)
		texts := map[string][]string{"industry": {"I6510", "H6210", "C3912", "F5211", "Q8"}, "kind": {"company", "individual", "social"}, "staff": {"0", "9", "10", "300", "301", "4000000000"},
			"revenue": {"0元", "50万元", "300万元", "2亿元", "30亿元"}, "assets": {"1元", "5000万元", "2亿元"}, "taxable": {"0元", "300万元", "300.01万元"}, "marks": {"none", "abnormal", "abnormal serious"},
			"sme_score": {"59", "60"}, "sales": {"1亿元", "3亿元"}, "insured": {"0", "1"}, "fund_months": {"17", "18", "24"}, "injury_base": {"0元", "1234.56元"}, "size": {"large", "micro", ""}}
		other := w.App
		fields := []string{}
		for f := range texts {
			fields = append(fields, f)
		}
		for step := range 60 {
			code := exampleCode("330108", r.IntN(6))
			s := app.Saying{Code: code, Name: "虚构企业", Source: "示例来源", AsOf: day, Values: map[string]string{}}
			for range 1 + r.IntN(4) {
				f := fields[r.IntN(len(fields))]
				s.Values[f] = texts[f][r.IntN(len(texts[f]))]
			}
			_, err := w.App.Say(ctx, desk, s, fmt.Sprint("step", step))
			w.OK(err)
			if step%10 == 0 { // another process, which reads everything anew and then follows
				other, err = apptest.App(w.App.DB(), w.App.Now)
				w.OK(err)
			}
			got, err := other.Verdicts(ctx, desk, code, lang.ZH)
			w.OK(err)
			if here, err := w.App.Verdicts(ctx, desk, code, lang.ZH); err != nil || !reflect.DeepEqual(here, got) {
				t.Fatalf("step %d: one process says %+v, another %+v, %v", step, here, got, err)
			}
			page, err := other.EnterprisePage(ctx, desk, code, lang.ZH)
			w.OK(err)
			profile := rules.Profile{Values: make([]rules.Value, len(z.Policies.Fields))}
			for i, f := range page.Facts {
				if !f.Derived {
					profile.Values[i], _ = policy.Value(f.Field, f.Fact.Text)
				}
			}
			plan := z.Policies.AsOf(got.Day)
			profile = plan.Derive(profile)
			for _, x := range append(append(append(got.Can, got.Near...), got.Missing...), got.Not...) {
				want := plan.Decide(z.Policies.ItemIndex(x.Item.ID, got.Day), profile)
				if x.State != want.State || x.Amount != want.Amount || x.Known != want.Known {
					t.Fatalf("step %d, %s of %s: %+v, want %+v", step, x.Item.ID, code, x.Verdict, want)
				}
			}
		}
		verifies(t, w)
	})
}

// profiled has three enterprises with some profiles, one of them taken back, and somebody who acts for one.
func profiled(w *apptest.World) {
	ctx, desk, day := context.Background(), policyDesk(w), calendar.DayOf(w.App.Now()).String()
	for n := range 3 {
		_, err := w.App.Say(ctx, desk, app.Saying{Code: exampleCode("330108", n), Name: "虚构企业", Source: "示例来源", AsOf: day, Values: map[string]string{"staff": "12", "industry": "I6510"}}, fmt.Sprint(n))
		w.OK(err)
	}
	w.OK(w.App.TakeBack(ctx, desk, exampleCode("330108", 2), 1, "录入有误", "back"))
	w.OK(w.App.AskAgency(ctx, w.Resident("13800000041"), exampleCode("330108", 1), "agent", "持有营业执照", "ask"))
}
