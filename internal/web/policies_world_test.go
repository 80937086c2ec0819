package web_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"gezhi/internal/app"
	"gezhi/internal/casework"
	"gezhi/internal/idcode"
)

// policyOffice is an office with a policy desk, an author of policies, and made-up enterprises.
type policyOffice struct {
	*office
	desk, author, agent app.Viewer
}

// exampleUSCC is the n-th made-up unified social credit code: of the kind 其他, registered in the zone.
func exampleUSCC(n int) string { return idcode.CompleteUSCC(fmt.Sprintf("99330108MAE%06d", n)) }

// profileRows are a list of a dozen made-up enterprises, as an office brings them.
func profileRows() []string {
	rows := []string{"统一社会信用代码,企业名称,主体类型,行业代码（GB/T 4754）,从业人数,参保人数,营业收入（万元）,资产总额（万元）,应纳税所得额（万元）,信用记录,上年裁员率（%）,缴纳失业保险月数,上年实缴失业保险费（元）,首次上规模日期,科技型中小企业评分,最近一年销售收入（万元）,统筹地区工伤基金结余可支付月数,下调前应缴工伤保险费（元）"}
	for i, row := range []string{
		"虚构智能装备有限公司,企业,C3912,86,80,2600,4100,210,无,0,36,41250.50,2025-09-01,72,2600,24,8600",
		"虚构软件科技有限公司,企业,I6510,45,45,1800,900,260,无,2.5,24,18000,,68,1800,24,1200",
		"虚构小馆餐饮店,个体工商户,H6210,6,4,90,40,8,无,0,14,1600,,,,24,420",
		"虚构精密机械有限公司,企业,C3484,320,310,31000,26000,1900,无,1.2,60,260000,2019-05-01,55,31000,24,52000",
		"虚构连锁超市有限公司,企业,F5211,210,190,9800,3200,280,经营异常,6.1,48,88000,,,9800,24,9100",
		"虚构物流有限公司,企业,G5430,120,118,5200,,190,,3,36,,,,5200,24,",
		"虚构生物医药有限公司,企业,C2761,58,58,800,7600,,无,0,10,9000,,81,800,24,2600",
		"虚构设计工作室,企业,L7261,9,9,120,60,20,无,18.5,26,4200,,,120,24,300",
		"虚构社会服务中心,社会组织,Q8412,35,33,,,,无,0,30,15000,,,,24,700",
		"虚构新材料有限公司,企业,C2651,40,38,1999.99,2100,90,无,0,20,12000,2026-01-15,60,1999.99,24,2200",
		"虚构贸易商行,个体工商户,F5137,3,,70,30,5,,,,,,,,24,",
		"虚构文化传播有限公司,企业,R8710,22,20,460,310,40,严重失信,25,18,6600,,,460,24,500",
	} {
		rows = append(rows, exampleUSCC(i+1)+","+row)
	}
	return rows
}

func newPolicyOffice(t testing.TB) *policyOffice {
	o := newOffice(t)
	p := &policyOffice{office: o, desk: o.staff("policy", casework.Duty{Role: app.RolePolicyDesk, Area: "330108"}),
		author: o.staff("author", casework.Duty{Role: app.RolePolicyAuthor, Area: "330108"}), agent: o.resident("19900000021")}
	p.bring("示例：多部门归集数据", "2026-02-28", profileRows())
	return p
}

// bring imports a list of profiles.
func (p *policyOffice) bring(source, day string, rows []string) {
	p.t.Helper()
	ctx := context.Background()
	id, err := p.app.KeepProfiles(ctx, p.desk, source, day, "企业.csv", []byte(strings.Join(rows, "\n")+"\n"))
	p.ok(err)
	c, err := p.app.CheckProfiles(ctx, p.desk, id)
	p.ok(err)
	if len(c.Rows) > 0 {
		p.t.Fatalf("wrong rows: %v", c.Problems)
	}
	p.ok(p.app.ApplyProfiles(ctx, p.desk, id, c.Lines(), fmt.Sprint("bring", id)))
}

// actsFor confirms that somebody acts for an enterprise.
func (p *policyOffice) actsFor(who app.Viewer, code string) {
	p.t.Helper()
	ctx := context.Background()
	p.ok(p.app.AskAgency(ctx, who, code, "agent", "持有营业执照和授权书", "ask"+code))
	list, err := p.app.AgenciesAsked(ctx, p.desk)
	p.ok(err)
	p.ok(p.app.DecideAgency(ctx, p.desk, list[0].ID, true, "", "confirm"+code))
}
