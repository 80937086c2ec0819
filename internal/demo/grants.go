package demo

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"gezhi/internal/app"
	"gezhi/internal/calendar"
	"gezhi/internal/filetype"
	"gezhi/internal/policy"
	"gezhi/internal/rules"
	"gezhi/internal/store"
)

// granting is the life of what enterprises get: a list, what their agent says to it, publicity, payment.
type granting struct {
	*life
	desk, finance, agent app.Viewer
	fund, list           int64
	codes                []string // that the agent acts for
}

const (
	listedItem  = "stable-jobs-example"
	appliedItem = "first-scale-example"
)

// represented is how many enterprises the agent of the demonstration acts for.
const represented = 10

// grant plans the life of grants over the last weeks. A shorter life sees less of it.
func (l *life) grant() {
	if len(l.residents) < 13 {
		return
	}
	g := &granting{life: l}
	start := midnight(l.until).AddDate(0, 0, -min(l.days, 20)).Add(9 * time.Hour)
	for _, x := range []struct {
		days int
		do   func() error
	}{{0, g.begin}, {1, g.answer}, {2, g.publish}, {14, g.order}, {15, g.receive}, {16, g.correct}, {17, g.order}, {18, g.receiveAll}, {19, g.recall}} {
		l.agenda.plan(start.AddDate(0, 0, x.days), func() error {
			if _, err := l.app.MoveDueGrants(l.ctx, l.zone.Code); err != nil {
				return err
			}
			return x.do()
		})
	}
}

// begin gives a fund its budget, makes the list, and lets somebody act for some of the enterprises.
func (g *granting) begin() error {
	var err error
	if g.desk, err = g.at(app.RolePolicyDesk); err != nil {
		return err
	}
	if g.finance, err = g.at(app.RoleFinance); err != nil {
		return err
	}
	if g.agent, err = g.viewer(g.ctx, g.residents[12].Person); err != nil {
		return err
	}
	if g.fund, err = g.app.AddFund(g.ctx, g.finance, app.FundForm{Name: "示例：稳岗返还资金", Year: fmt.Sprint(g.until.Year()), Unit: "示例：区人力资源社会保障部门", Note: "虚构"}, g.key()); err != nil {
		return err
	}
	if err := g.app.AllotFund(g.ctx, g.finance, g.fund, "1500万元", demoDocument, "", g.key()); err != nil {
		return err
	}
	p, err := g.app.PreviewList(g.ctx, g.desk, listedItem)
	if err != nil {
		return err
	}
	if g.list, err = g.app.MakeList(g.ctx, g.desk, app.ListForm{Item: listedItem, Title: "示例：稳岗返还首批名单", Fund: g.fund, New: p.New}, g.key()); err != nil {
		return err
	}
	page, err := g.app.GrantsPage(g.ctx, g.desk, store.GrantFilter{List: g.list})
	if err != nil {
		return err
	}
	for _, x := range page.Lines[:min(len(page.Lines), represented)] {
		if err := g.represents(x.Code); err != nil {
			return err
		}
	}
	return g.apply()
}

// represents lets the agent act for an enterprise.
func (g *granting) represents(code string) error {
	if err := g.app.AskAgency(g.ctx, g.agent, code, "agent", "持委托书办理（示例）", g.key()); err != nil {
		return err
	}
	asked, err := g.app.AgenciesAsked(g.ctx, g.desk)
	if err != nil {
		return err
	}
	for _, x := range asked {
		if x.Code == code && x.Person == g.agent.Person {
			g.codes = append(g.codes, code)
			return g.app.DecideAgency(g.ctx, g.desk, x.ID, true, "", g.key())
		}
	}
	return fmt.Errorf("nobody asks to act for %s", code)
}

// account is the made-up account of an enterprise.
func account(x app.GrantLine) app.GrantAccount {
	return app.GrantAccount{Name: x.Name, Bank: "示例银行（虚构）", Number: fmt.Sprintf("6200%012d", int64(x.ID)%1_000_000_000_000)}
}

// materials uploads a document for each of an item's materials.
func (g *granting) materials(names ...string) (map[int][]int64, error) {
	out := map[int][]int64{}
	for i, name := range names {
		f, err := g.app.AddFile(g.ctx, g.agent, name, bytes.NewReader(filetype.Sample("EXAMPLE ONLY")))
		if err != nil {
			return nil, err
		}
		out[i+1] = []int64{f.ID}
	}
	return out, nil
}

// apply applies for an item on behalf of the first manufacturer that is large enough; the desk has not decided yet.
func (g *granting) apply() error {
	for _, f := range g.firms {
		if f.industry[0] != 'C' || f.revenue < 2000 {
			continue
		}
		if err := g.represents(f.code); err != nil {
			return settled(err)
		}
		papers, err := g.materials("示例申请表.pdf", "示例财务报表.pdf")
		if err != nil {
			return err
		}
		_, err = g.app.ApplyForGrant(g.ctx, g.agent, f.code, appliedItem, app.GrantForm{Note: "联系人为企业经办人（示例）", Files: papers, Version: g.zone.PoliciesVersion,
			Account: app.GrantAccount{Name: f.name, Bank: "示例银行（虚构）", Number: "6200" + strings.Repeat("8", 12)}}, g.key())
		return settled(err)
	}
	return nil
}

// own are the grants of the list that the agent may act on, in a state.
func (g *granting) own(s policy.State) ([]app.GrantLine, error) {
	page, err := g.app.GrantsPage(g.ctx, g.agent, store.GrantFilter{List: g.list, States: []policy.State{s}})
	return page.Lines, err
}

// answer confirms most, waives one, and leaves one unanswered.
func (g *granting) answer() error {
	list, err := g.own(policy.Listed)
	if err != nil || len(list) < 3 {
		return err
	}
	for i, x := range list[:len(list)-1] {
		if i == 2 {
			err = g.app.MoveGrant(g.ctx, g.agent, x.ID, policy.Waive, "企业自愿放弃（示例）", g.key())
		} else {
			err = g.app.ConfirmGrant(g.ctx, g.agent, x.ID, account(x), g.key())
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (g *granting) publish() error {
	_, err := g.app.PublishGrants(g.ctx, g.desk, g.list, "", g.key())
	return settled(err)
}

// order orders what can be ordered: nothing while publicity lasts.
func (g *granting) order() error {
	p, err := g.app.PreviewOrder(g.ctx, g.finance, app.OrderForm{Fund: g.fund})
	if err != nil || p.Pieces == 0 {
		return err
	}
	_, err = g.app.MakeOrder(g.ctx, g.finance, app.OrderForm{Fund: g.fund, Pieces: p.Pieces}, g.key())
	return err
}

// receive brings the bank's receipts, of which one is of a payment that was sent back.
func (g *granting) receive() error { return g.receipts(1) }

func (g *granting) receiveAll() error { return g.receipts(0) }

func (g *granting) receipts(failed int) error {
	list, err := g.own(policy.Ordered)
	if err != nil || len(list) == 0 {
		return err
	}
	var b strings.Builder
	b.WriteString("拨付指令号,统一社会信用代码,金额（元）,结果,原因,日期\n")
	for i, x := range list {
		result := "成功,"
		if i < failed {
			result = "失败,账号与户名不符（示例）"
		}
		fmt.Fprintf(&b, "%s,%s,%s,%s,%s\n", x.Order, x.Code, rules.FormatMoney(x.Amount), result, g.now().In(calendar.Zone()).Format(time.DateOnly))
	}
	id, err := g.app.KeepReceipts(g.ctx, g.finance, "到账回执（示例）.csv", []byte(b.String()))
	if err != nil {
		return err
	}
	c, err := g.app.CheckReceipts(g.ctx, g.finance, id)
	if err != nil {
		return err
	}
	if len(c.Rows) > 0 {
		return fmt.Errorf("receipts: rows %v are wrong: %v", c.Rows, c.Problems)
	}
	return g.app.ApplyReceipts(g.ctx, g.finance, id, len(c.Lines), g.key())
}

// correct gives another account for what was sent back.
func (g *granting) correct() error {
	list, err := g.own(policy.Failed)
	for _, x := range list {
		to := account(x)
		to.Bank = "示例银行（虚构）高新支行"
		if err := g.app.CorrectAccount(g.ctx, g.agent, x.ID, to, g.key()); err != nil {
			return err
		}
	}
	return err
}

// recall proposes that one grant is paid back.
func (g *granting) recall() error {
	list, err := g.own(policy.Paid)
	if err != nil || len(list) == 0 {
		return err
	}
	return g.app.MoveGrant(g.ctx, g.desk, list[len(list)-1].ID, policy.Recover, "上年裁员率经核实超过标准（示例）", g.key())
}
