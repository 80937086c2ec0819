package web

import (
	"slices"
	"strings"
	"time"

	"gezhi/internal/app"
	"gezhi/internal/lang"
	"gezhi/internal/policy"
	"gezhi/internal/store"
	"gezhi/internal/web/ui"

	"github.com/a-h/templ"
)

// grantTone is the colour of a grant's state.
func grantTone(s policy.State) ui.Tone {
	switch s {
	case policy.Paid:
		return ui.Green
	case policy.Submitted, policy.Confirmed, policy.Approved:
		return ui.Yellow
	case policy.Objected, policy.Failed, policy.Recovering:
		return ui.Red
	case policy.Listed, policy.Returned, policy.Published, policy.Ordered:
		return ui.Blue
	}
	return ui.Grey
}

func grantBadge(l lang.Lang, s policy.State) templ.Component {
	return ui.Badge(grantTone(s), s.Name().In(l))
}

// tallies are how many grants are in each state, in one line.
func tallies(l lang.Lang, sums []store.StateSum) string {
	out := make([]string, len(sums))
	for i, s := range sums {
		out[i] = s.State.Name().In(l) + " " + ui.Number(s.Pieces)
	}
	return strings.Join(out, l.T("，", ", "))
}

// sumOf is what stands in a state.
func sumOf(sums []store.StateSum, state policy.State) store.StateSum {
	for _, s := range sums {
		if s.State == state {
			return s
		}
	}
	return store.StateSum{State: state}
}

// grantYuan is a grant's amount, or that nobody has settled it.
func grantYuan(l lang.Lang, fen int64) string {
	if fen == 0 {
		return l.T("待核定", "to be settled")
	}
	return ui.Yuan(fen)
}

// standsSo says why a grant stands where it does, or until when.
func standsSo(l lang.Lang, now time.Time, g policy.Grant) templ.Component {
	switch g.State {
	case policy.Submitted:
		return ui.DueLight(l, now, g.Due)
	case policy.Listed:
		if !g.Due.IsZero() {
			return ui.Text(l.Tf("%s 前确认", "to be confirmed by %s", ui.DueTime(l, g.Due)))
		}
	case policy.Published:
		return ui.Text(l.Tf("公示至 %s", "public until %s", ui.DueTime(l, g.Until)))
	case policy.Ordered:
		return ui.Text(g.Order)
	case policy.Paid:
		return ui.Text(l.Tf("%s 到账", "paid on %s", ui.Date(l, g.Done)))
	}
	return ui.Text(dash(g.Reason))
}

// grantMove is how a step of a grant is offered at the desk.
type grantMove struct {
	Act              policy.Act
	Label, Text, Did lang.Text // of the button, what follows, what is said afterwards
	Style            ui.Style
}

// grantMoves are the steps of one grant that the desk makes, in the order in which they are offered. What is made for many at once,
// and what the enterprise does, is not among them.
var grantMoves = []grantMove{
	{policy.Accept, lang.Text{ZH: "审核通过", EN: "Accept"}, lang.Text{ZH: "核定金额并指定资金；需要公示的随后公示，不需要的直接转入待拨付。", EN: "Settle the amount and name the fund. It is published next where the item asks for it, and may be ordered where it does not."}, lang.Text{ZH: "已审核通过。", EN: "Accepted."}, ui.Primary},
	{policy.Return, lang.Text{ZH: "退回补正", EN: "Return for correction"}, lang.Text{ZH: "一次写清缺什么、改什么，企业会看到；补正后重新计算办理时限。", EN: "Say in one go what is missing; the enterprise reads it. The clock starts anew once it is corrected."}, lang.Text{ZH: "已退回，企业会收到通知。", EN: "Returned; the enterprise is told."}, ui.Secondary},
	{policy.Refuse, lang.Text{ZH: "不予兑付", EN: "Refuse"}, lang.Text{ZH: "理由会告知企业。", EN: "The enterprise is told why."}, lang.Text{ZH: "已作出不予兑付的决定，企业会收到通知。", EN: "Refused; the enterprise is told."}, ui.Danger},
	{policy.Correct, lang.Text{ZH: "更正收款账户", EN: "Correct the account"}, lang.Text{ZH: "以企业书面提供的账户为准；更正后转入待拨付，可以重新下达指令。", EN: "By what the enterprise gave in writing. It may then be ordered again."}, lang.Text{ZH: "账户已更正，可以重新下达拨付指令。", EN: "Corrected; it may be ordered again."}, ui.Primary},
	{policy.Dismiss, lang.Text{ZH: "驳回异议", EN: "Dismiss the objection"}, lang.Text{ZH: "异议不成立的，恢复公示；提出异议的人不能办理。成立的，请移出名单。", EN: "Publicity goes on. Whoever objected cannot decide. If the objection holds, take the enterprise off the list."}, lang.Text{ZH: "已恢复公示。", EN: "Publicity goes on."}, ui.Primary},
	{policy.Object, lang.Text{ZH: "登记异议", EN: "Record an objection"}, lang.Text{ZH: "记录公示期内收到的异议，由另一人核查。", EN: "Record what was objected during publicity; somebody else looks into it."}, lang.Text{ZH: "已登记，等待核查。", EN: "Recorded; it is to be looked into."}, ui.Secondary},
	{policy.Drop, lang.Text{ZH: "移出名单", EN: "Take off the list"}, lang.Text{ZH: "移出后不再兑付，企业会收到通知和理由。", EN: "It is not paid, and the enterprise is told why."}, lang.Text{ZH: "已移出名单。", EN: "Taken off the list."}, ui.Danger},
	{policy.Book, lang.Text{ZH: "登记追缴入账", EN: "Book the recovery"}, lang.Text{ZH: "确认款项已退回后登记，金额回到原资金；提出追缴的人不能登记。", EN: "Once the money is back; it returns to its fund. Whoever proposed the recovery cannot book it."}, lang.Text{ZH: "已入账，金额已回到原资金。", EN: "Booked; the money is back in its fund."}, ui.Primary},
	{policy.Recover, lang.Text{ZH: "提出追缴", EN: "Propose recovery"}, lang.Text{ZH: "写明应当追回的事实和依据，企业会收到通知。", EN: "Say on what facts and by which text; the enterprise is told."}, lang.Text{ZH: "已提出追缴，企业会收到通知。", EN: "Proposed; the enterprise is told."}, ui.Danger},
	{policy.Spare, lang.Text{ZH: "撤销追缴", EN: "Take the recovery back"}, lang.Text{ZH: "不再追缴的，恢复为已到账。", EN: "It stands as paid again."}, lang.Text{ZH: "已撤销追缴。", EN: "Taken back."}, ui.Secondary},
}

// material is what an item asks for, with what was uploaded of it.
type material struct {
	Name  string
	Files []store.File
}

// materialsOf are those of an application, and what was uploaded for an earlier version of the item.
func (v *visit) materialsOf(g app.GrantPage) []material {
	var names []string // in Chinese, as files have them
	var out []material
	if x := v.zone.GrantItem(g.Grant); x != nil && g.Applied() {
		for _, m := range x.Materials {
			names, out = append(names, m.ZH), append(out, material{Name: m.In(v.lang)})
		}
	}
	for _, f := range g.Files {
		at := slices.Index(names, f.Material)
		if at < 0 { // another version asked for it
			at = len(names)
			names, out = append(names, f.Material), append(out, material{Name: f.Material})
		}
		out[at].Files = append(out[at].Files, f)
	}
	return out
}
