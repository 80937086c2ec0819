package demo

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"gezhi/internal/app"
	"gezhi/internal/casework"
	"gezhi/internal/idcode"
	"gezhi/internal/store"
)

// enterprises are how many a zone's demonstration has.
var enterprises = map[string]int{"binjiang": 800, "yangling": 1100}

// trade is a kind of enterprise: what its name says, its industry, and what it is like. Money is in 万元.
type trade struct {
	word     string
	codes    []string
	weight   int
	staff    [2]int
	revenue  [2]int // a head
	research bool
}

var trades = map[string][]trade{
	"binjiang": {
		{"软件", []string{"I6510", "I6520", "I6531"}, 30, [2]int{3, 400}, [2]int{20, 90}, true},
		{"电子", []string{"C3911", "C3922", "C3971"}, 14, [2]int{10, 900}, [2]int{30, 120}, true},
		{"商贸", []string{"F5176", "F5279", "F5211"}, 16, [2]int{1, 120}, [2]int{40, 300}, false},
		{"餐饮", []string{"H6210", "H6220"}, 12, [2]int{2, 90}, [2]int{12, 35}, false},
		{"咨询", []string{"L7241", "L7249", "M7320"}, 14, [2]int{2, 150}, [2]int{15, 60}, false},
		{"物流", []string{"G5430", "G5910"}, 6, [2]int{5, 300}, [2]int{20, 60}, false},
		{"生物", []string{"C2760", "M7340"}, 8, [2]int{8, 260}, [2]int{25, 110}, true},
	},
	"yangling": {
		{"种业", []string{"A0111", "A0514", "M7330"}, 24, [2]int{2, 160}, [2]int{10, 60}, true},
		{"农产品", []string{"C1361", "C1371", "C1411"}, 18, [2]int{5, 320}, [2]int{15, 70}, false},
		{"商贸", []string{"F5111", "F5211", "F5212"}, 18, [2]int{1, 80}, [2]int{25, 160}, false},
		{"餐饮", []string{"H6210", "H6220"}, 12, [2]int{2, 60}, [2]int{8, 25}, false},
		{"机械", []string{"C3571", "C3525"}, 12, [2]int{8, 380}, [2]int{20, 80}, true},
		{"建筑", []string{"E4710", "E4990"}, 8, [2]int{10, 420}, [2]int{15, 60}, false},
		{"信息技术", []string{"I6510", "I6450"}, 8, [2]int{2, 120}, [2]int{10, 50}, true},
	},
}

// firm is a made-up enterprise.
type firm struct {
	code, name, kind, industry, area, founded string
	staff, insured                            int
	revenue, assets                           int // 万元
	research                                  bool
}

// Surnames of enterprises: two letters that mean well.
var firmWords = strings.Fields("星辰 远景 同创 华信 博远 启明 恒丰 新禾 青禾 金穗 沃田 绿源 天域 汇智 云帆 明德 嘉禾 秦川 渭水 钱塘 江南 之江 西兴 长风 智联 光谱 数芯 云栈")

// found enters enterprises with what three offices say of them, as lists that the policy desk imports.
func (l *life) found(seed uint64, hash string) error {
	r := rand.New(rand.NewPCG(seed, uint64(l.zone.Code)<<5))
	if err := l.hireOffices(r, hash); err != nil {
		return err
	}
	firms := l.madeUpFirms(r, enterprises[l.zone.Slug])
	l.firms = firms
	desk, err := l.at(app.RolePolicyDesk)
	if err != nil {
		return err
	}
	day := l.clock.now().Format("2006-01-02")
	for _, x := range []struct{ file, source, head, rows string }{
		{"主体信息（示例）.csv", "市场监管部门年报数据（示例）", "统一社会信用代码,企业名称,主体类型,行业代码（GB/T 4754）,注册地,成立日期,从业人数,营业收入（万元）,资产总额（万元）,信用记录",
			rows(firms, func(f firm) []any {
				marks := "无"
				if r.IntN(40) == 0 {
					marks = "经营异常"
				}
				return []any{f.code, f.name, f.kind, f.industry, f.area, f.founded, f.staff, f.revenue, f.assets, marks}
			})},
		{"社会保险（示例）.csv", "社会保险经办机构数据（示例）", "统一社会信用代码,参保人数,缴纳失业保险月数,上年裁员率（%）,上年实缴失业保险费（元）,下调前应缴工伤保险费（元）,统筹地区工伤基金结余可支付月数,当年招用的符合条件人员",
			rows(firms, func(f firm) []any {
				layoffs := any(fmt.Sprintf("%d.%d", r.IntN(9), r.IntN(10)))
				if r.IntN(25) == 0 {
					layoffs = "" // nobody has counted
				}
				return []any{f.code, f.insured, 3 + r.IntN(60), layoffs, f.insured * (380 + r.IntN(90)), f.insured * (90 + r.IntN(60)), 20, max(0, r.IntN(12)-7)}
			})},
		{"纳税信息（示例）.csv", "税务部门数据（示例）", "统一社会信用代码,纳税信用等级,应纳税所得额（万元）,期末留抵税额（万元）,进项构成比例（%）,36 个月内骗取退税或虚开,36 个月内因偷税被处罚次数,2019 年 4 月起享受即征即退、先征后返,最近一年销售收入（万元）,近三年销售收入（万元）,近三年研发费用（万元）",
			rows(firms, func(f firm) []any {
				rd := 0
				if f.research {
					rd = f.revenue * (3 + r.IntN(9)) * 28 / 1000
				}
				return []any{f.code, pick(r, strings.Fields("A B B B M M C")), f.revenue * r.IntN(12) / 100, max(0, r.IntN(f.revenue+1)/20-3), 85 + r.IntN(15), "否", max(0, r.IntN(30)-28), "否", f.revenue, f.revenue * 28 / 10, rd}
			})},
	} {
		id, err := l.app.KeepProfiles(l.ctx, desk, x.source, day, x.file, []byte(x.head+"\n"+x.rows))
		if err != nil {
			return fmt.Errorf("%s: %w", x.file, err)
		}
		c, err := l.app.CheckProfiles(l.ctx, desk, id)
		if err != nil {
			return err
		}
		if len(c.Rows) > 0 {
			return fmt.Errorf("%s: rows %v are wrong: %v", x.file, c.Rows[:1], c.Problems[c.Rows[0]])
		}
		if err := l.app.ApplyProfiles(l.ctx, desk, id, c.Lines(), l.key()); err != nil {
			return err
		}
	}
	return l.represent(desk, firms)
}

// hireOffices hires who works on what enterprises get. The dice of the rest of the life stay untouched.
func (l *life) hireOffices(r *rand.Rand, hash string) error {
	dice := l.r
	l.r = r
	defer func() { l.r = dice }()
	var hires []hire
	for _, role := range []string{app.RolePolicyDesk, app.RolePolicyAuthor, app.RoleFinance} {
		hires = append(hires, hire{strings.ReplaceAll(role, "_", "-"), []store.Tenure{{Duty: casework.Duty{Role: role, Area: l.code()}}}, false})
	}
	return l.enter(l.ctx, hires, hash, l.now())
}

// at is somebody who holds a seat of the whole zone.
func (l *life) at(role string) (app.Viewer, error) {
	by, ok := l.holding(casework.Holder{Role: role, Area: l.code()})
	if !ok {
		return app.Viewer{}, fmt.Errorf("nobody is %s", role)
	}
	return l.viewer(l.ctx, by)
}

func rows(firms []firm, cells func(firm) []any) string {
	var out strings.Builder
	for _, f := range firms {
		for i, c := range cells(f) {
			if i > 0 {
				out.WriteByte(',')
			}
			fmt.Fprint(&out, c)
		}
		out.WriteByte('\n')
	}
	return out.String()
}

// madeUpFirms makes enterprises up.
func (l *life) madeUpFirms(r *rand.Rand, n int) []firm {
	var total int
	kinds := trades[l.zone.Slug]
	for _, t := range kinds {
		total += t.weight
	}
	var communities []string
	for _, a := range l.zone.Tree.All() {
		if a.Level() == idcode.Community {
			communities = append(communities, a.Code)
		}
	}
	slices.Sort(communities)
	out := make([]firm, n)
	for i := range out {
		at := r.IntN(total)
		t := kinds[slices.IndexFunc(kinds, func(t trade) bool { at -= t.weight; return at < 0 })]
		// few are large: the square of a die
		die := r.Float64()
		f := firm{code: madeUpCode(1000 + i), kind: "企业", industry: pick(r, t.codes), area: pick(r, communities), research: t.research && r.IntN(3) > 0,
			founded: fmt.Sprintf("%d-%02d-%02d", 2003+r.IntN(23), 1+r.IntN(12), 1+r.IntN(28)), staff: t.staff[0] + int(die*die*die*float64(t.staff[1]-t.staff[0]))}
		f.name = fmt.Sprintf("%s%s（示例%04d）有限公司", pick(r, firmWords), t.word, i+1)
		if f.staff < 6 && r.IntN(2) == 0 {
			f.kind, f.name = "个体工商户", fmt.Sprintf("%s%s店（示例%04d）", pick(r, firmWords), t.word, i+1)
		}
		f.insured = max(1, f.staff*(60+r.IntN(41))/100)
		f.revenue = f.staff * (t.revenue[0] + r.IntN(t.revenue[1]-t.revenue[0]))
		f.assets = f.revenue * (40 + r.IntN(120)) / 100
		out[i] = f
	}
	return out
}

// represent lets two residents act for an enterprise each: one is confirmed, the other waits.
func (l *life) represent(desk app.Viewer, firms []firm) error {
	// the first resident's enterprise does research, so that there is something to read
	chosen := slices.IndexFunc(firms, func(f firm) bool { return f.research && f.staff > 20 && f.staff < 200 })
	if chosen < 0 || len(l.residents) < 12 {
		return nil
	}
	for i, who := range []resident{l.residents[10], l.residents[11]} {
		v, err := l.viewer(l.ctx, who.Person)
		if err != nil {
			return err
		}
		if err := l.app.AskAgency(l.ctx, v, firms[(chosen+i)%len(firms)].code, []string{"agent", "legal"}[i], "持营业执照和授权书原件（示例）", l.key()); err != nil {
			return err
		}
	}
	asked, err := l.app.AgenciesAsked(l.ctx, desk)
	if err != nil || len(asked) == 0 {
		return err
	}
	l.agent = asked[0].Person
	return l.app.DecideAgency(l.ctx, desk, asked[0].ID, true, "", l.key())
}
