package demo

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"gezhi/internal/app"
	"gezhi/internal/casework"
	"gezhi/internal/idcode"
)

// Person is somebody one can enter as.
type Person struct {
	Person         casework.Person
	Name           string
	RoleZH, RoleEN string
	Login          string // staff only
	Phone          string // residents only
	DoesZH, DoesEN string // what to try
	Home           string // path of the first page, without the zone; "" leads to the usual one
	Group          string // resident, grid, desk, admin
}

// People are the persons one can enter as, by zone, in the order to show them.
type People map[int][]Person

// cast picks a person for each part. The parts follow one matter from hand to hand.
type cast struct {
	*life
	ctx  context.Context
	list []Person
	err  error
}

// people chooses whom one can enter as, once the life has been lived.
func (l *life) people() ([]Person, error) {
	c := &cast{life: l, ctx: l.ctx}
	c.reporters()
	c.gridPeople()
	c.counters()
	c.deskPeople()
	c.administration()
	return c.list, c.err
}

// add puts somebody on the list; role is the duty they are shown for.
func (c *cast) add(id casework.Person, roleZH, roleEN, group, zh, en string) {
	if id == 0 || c.err != nil {
		return
	}
	v, err := c.viewer(c.ctx, id)
	if err != nil {
		c.err = err
		return
	}
	if c.err = c.reads(v); c.err != nil {
		return
	}
	c.list = append(c.list, Person{Person: id, Name: v.Name, RoleZH: roleZH, RoleEN: roleEN, DoesZH: zh, DoesEN: en, Group: group})
}

// reads lets the person see every message but those of the last day.
func (c *cast) reads(v app.Viewer) error {
	const enough = 500
	list, _, err := c.app.Messages(c.ctx, v, 0, enough)
	if err != nil {
		return err
	}
	for _, n := range list {
		if c.until.Sub(n.At) > 20*time.Hour {
			return c.app.SeenMessages(c.ctx, v, n.ID)
		}
	}
	return nil
}

// reporters are two residents and a rider. The first has open and closed reports and points.
func (c *cast) reporters() {
	first := c.best(c.residents, func(open, rate, closed int) int { return min(open, 3)*10 + min(rate, 2)*15 + min(closed, 9) })
	second := c.best(c.residents, func(open, rate, closed int) int { return rate*10 + min(closed, 5) }, first)
	rider := c.best(c.riders, func(open, rate, closed int) int { return min(open, 2)*10 + min(closed, 9) })
	c.wish(first)
	c.add(first, "居民", "Resident", "resident",
		"有在办和办结的上报，攒了一些积分。试试：拍一处新问题上报，看承诺时限是怎么算出来的；报名附近的一场活动；再到“积分”里看取货码。",
		"Has reports under way and settled, and some points. Try: report something new and see how its deadline came about; or sign up for an activity nearby.")
	c.add(second, "居民", "Resident", "resident",
		"有刚办结、等着评价的事项。试试：给处理结果打分，不满意就申请重办。",
		"Has a matter just settled that waits to be rated. Try: rate it, or have it handled again.")
	c.add(c.agent, "企业经办人", "Agent of an enterprise", "resident",
		"替一家企业看政策。试试：看能享受什么、差在哪一项、还缺什么资料。",
		"Looks after an enterprise's policies. Try: see what it may have, what it just misses, and what is not known.")
	c.add(rider, "外卖骑手（新就业群体）", "Delivery rider", "resident",
		"送餐路上随手拍。试试：在地图上标一处坑洼或违停上报，核实后得积分。",
		"Reports along the way. Try: mark a pothole or a blocked lane on the map; once verified it earns points.")
}

// best is the reporter whose open, unrated and closed reports score highest.
func (c *cast) best(among []resident, score func(open, rate, closed int) int, but ...casework.Person) casework.Person {
	type tally struct{ open, rate, closed int }
	of := map[casework.Person]*tally{}
	for _, w := range c.cases {
		t := of[w.Reporter]
		if t == nil {
			t = &tally{}
			of[w.Reporter] = t
		}
		switch {
		case w.Open():
			t.open++
		case w.Stage == "rating":
			t.rate++
		default:
			t.closed++
		}
	}
	var won casework.Person
	most := -1
	for _, x := range among {
		t := of[x.Person]
		if slices.Contains(but, x.Person) {
			continue
		}
		if t == nil {
			t = &tally{}
		}
		if n := score(t.open, t.rate, t.closed); n > most {
			won, most = x.Person, n
		}
	}
	return won
}

// busiest are the holders of the role with the most open tasks, most first, then by key.
func (c *cast) busiest(role string) []casework.Holder {
	n := map[casework.Holder]int{}
	for _, w := range c.cases {
		if w.Holder.Role == role && w.Open() {
			n[w.Holder]++
		}
	}
	var list []casework.Holder
	for h := range n {
		if len(c.staff[h.Key()]) > 0 {
			list = append(list, h)
		}
	}
	slices.SortFunc(list, func(a, b casework.Holder) int {
		return cmp.Or(n[b]-n[a], cmp.Compare(a.Key(), b.Key()))
	})
	return list
}

// holder is the first person of the role over the area or in the unit.
func (c *cast) holder(role, unit, area string) casework.Person {
	who := c.staff[casework.Holder{Role: role, Unit: unit, Area: area}.Key()]
	if len(who) == 0 {
		return 0
	}
	return who[0]
}

// busyGrid is the grid whose full-time worker has the most to do. When they have checked everything, as at night,
// residents report something more until one report is a full-time worker's to check.
func (c *cast) busyGrid() string {
	const tries = 30
	for range tries {
		if list := c.busiest("grid_staff"); len(list) > 0 {
			return list[0].Area
		}
		if c.err == nil {
			c.err = c.residentReports()
		}
	}
	return c.spots.grids[0]
}

func (c *cast) gridPeople() {
	grid := c.busyGrid()
	c.add(c.holder("grid_staff", "", grid), "专职网格员", "Full-time grid worker", "grid",
		"手上有待核实的上报。试试：到现场核实、当场办结，解决不了就上报社区；也可以巡查上报。",
		"Has reports to check. Try: confirm one on the spot, settle it, or escalate it; or report what you see on patrol.")
	c.add(c.holder("grid_leader", "", grid), "网格长", "Grid leader", "grid",
		"看本网格的地图、人员配备和空岗，掌握在办事项。",
		"See the grid's map, who holds which post and where one is vacant, and what is open.")
	c.stairwell()
	c.add(c.holder("community_desk", "", grid[:idcode.Community.Digits()]), "社区工作台", "Community desk", "grid",
		"接网格上报来的难题，复核居民的积分申报。试试：在“积分复核”里对照照片通过或退回；在“活动组织”里发布一场活动；上架一件奖品，到“兑换柜台”核销。",
		"Takes what grids cannot solve and reviews residents' applications for points. Try: compare the evidence, approve or return; announce an activity; put up a reward.")
}

// stairwell is the drill's people: there the information workers check reports.
func (c *cast) stairwell() {
	micro := ""
	if list := c.busiest("mg_info"); len(list) > 0 {
		micro = list[0].Area
	} else if c.drill != "" {
		for _, code := range c.stairwells() {
			if micro == "" && c.holder("mg_info", "", code) != 0 && c.holder("mg_leader", "", code) != 0 {
				micro = code
			}
		}
	}
	if micro == "" {
		return
	}
	c.add(c.holder("mg_info", "", micro), "微网格信息员（应急演练中）", "Micro-grid information officer (in a drill)", "grid",
		"所在社区正在防汛演练，平战转换后由信息员就近核实上报。",
		"The community is in a flood drill; while it lasts information officers check the reports nearby.")
	c.add(c.holder("mg_leader", "", micro), "楼道长", "Stairwell leader", "grid",
		"试试：把楼道里看到的问题随手处置并留下照片，处理不了的上报。",
		"Try: settle something in the stairwell on the spot with a photo, or report what you cannot.")
}

func (c *cast) deskPeople() {
	z := c.code()
	c.add(c.holder("acceptor", "", z), "受理员", "Acceptance officer", "desk",
		"受理核实过的上报。试试：并案、更正类别、不予受理，或登记一件热线转来的事项。",
		"Takes in what was checked. Try: merge duplicates, correct a kind, decline, or record a hotline call.")
	c.add(c.holder("shift_leader", "", z), "值班长", "Shift leader", "desk",
		"立案、结案，审批延期和挂账。试试：选立案标准，看处置时限随之变化。",
		"Files and closes cases, decides on more time. Try: choose a filing standard and watch the limit follow.")
	c.add(c.holder("dispatcher", "", z), "派遣员", "Dispatcher", "desk",
		"按职责分工派遣到单位，审核处置结果。试试：派给系统建议的单位，或另选一家。",
		"Sends cases to units and reviews results. Try: dispatch as suggested, or choose another unit.")
	if list := c.busiest("officer"); len(list) > 0 {
		u := c.zone.Units[list[0].Unit]
		c.add(c.holder("officer", list[0].Unit, ""), u.Name.ZH+" 经办人", "Officer, "+u.Name.EN, "desk",
			"在办案件最多的单位。试试：签收、处置、申请延期或挂账，职责不符就退回。",
			"The unit with the most open cases. Try: accept, handle, ask for more time, or return what is not yours.")
	}
	c.add(c.holder("verifier", "", z), "核查员", "Verifier", "desk",
		"由处置人以外的人核查。试试：对照处置前后照片，通过或返工。",
		"Checks other people's work. Try: compare the photos before and after; pass it or send it back.")
	c.add(c.holder("supervisor", "", z), "督办员", "Supervisor", "desk",
		"盯超期案件：80% 预警、100% 督办、150% 升级。试试：给红灯案件发一次人工督办。",
		"Watches deadlines: warned at 80 %, supervised at 100 %, raised at 150 %. Try: urge a red case.")
	c.add(c.holder(app.RoleComplaints, "", z), "投诉举报受理岗", "Complaints desk", "desk",
		"受理营商环境投诉举报。试试：补正、转办，看承办单位能看到什么、看不到什么。",
		"Takes in complaints about the business environment. Try: refer one, and compare with what the unit sees.")
	c.add(c.holder(app.RoleOffice, "", z), "领导小组办公室", "Leading group's office", "desk",
		"管专项治理任务、问题清单和重点项目。试试：从 Excel 导入任务清单，复核一件销号申请。",
		"Keeps campaigns, lists of problems and projects. Try: import tasks from a spreadsheet, decide a request to close one.")
	c.add(c.holder(app.RoleWindow, "", z), "综合窗口", "One-stop window", "desk",
		"收“一件事”申请，分发各部门并联审批。试试：办一件开办餐饮店，看关键路径。",
		"Takes in applications for several permits at once. Try: open a restaurant and watch the critical path.")
	c.add(c.holder(app.RolePolicyDesk, "", z), "政策兑现岗", "Policy desk", "desk",
		"管企业画像、政策匹配和兑现名单。试试：看哪项政策够得着多少企业、哪些企业只差一项资料。",
		"Keeps profiles of enterprises, matches them with policies, lists who is paid. Try: see whom each policy reaches, and who lacks one figure.")
	c.add(c.holder(app.RolePolicyAuthor, "", z), "政策编制岗", "Policy author", "desk",
		"把政策写成条件和算法。试试：改一个门槛，发布前先看哪些企业进来、哪些出去。",
		"Writes policies as rules. Try: move a threshold and see who comes in and who drops out before publishing.")
	c.add(c.holder(app.RoleFinance, "", z), "资金拨付岗", "Paying office", "desk",
		"按资金渠道和预算下达拨付指令，登记到账和退回。",
		"Orders payments out of funds within their budgets, and records what was paid and what came back.")
	c.add(c.holder("street_desk", "", c.busyGrid()[:idcode.Street.Digits()]), "街道工作台", "Street desk", "desk",
		"看本街道各社区的办理情况，接社区上报的事项，复核社区名单和异议。",
		"See how the street's communities are doing, take what they pass up, review their lists and confirm objections.")
	c.add(c.holder("district_desk", "", z), "区级工作台", "District desk", "desk",
		"管积分规则和预算。试试：给待拨付的街道下达预算，看等着的积分随即入账；改一条规则，对照后发布。",
		"Keeps the rules of points and their budgets. Try: give budget to the street that waits and see the points posted; change a rule, compare, publish.")
}

func (c *cast) administration() {
	z := c.code()
	c.add(c.holder("leader", "", z), "分管领导", "Leader", "admin",
		"看全区总览、区域与单位评价。试试：从一个指标点到具体案件。",
		"See the whole district, and areas and units compared. Try: follow a figure down to its cases.")
	c.add(c.holder("admin", "", z), "系统管理员", "System administrator", "admin",
		"维护区域、岗位、派遣规则、日历和流程。试试：查空岗，看派遣规则的完整性证明。",
		"Keeps areas, posts, routes, calendar and procedures. Try: find vacancies, see the proof that routing is complete.")
	c.add(c.holder("security", "", z), "安全管理员", "Security administrator", "admin",
		"管理账号与授权，与系统管理员、审计员相互分立。",
		"Manages accounts and roles, apart from the system administrator and the auditor.")
	c.add(c.holder("auditor", "", z), "审计员", "Auditor", "admin",
		fmt.Sprintf("查谁在什么时候看过、改过什么。工作人员登录密码统一为 %s。", Password),
		fmt.Sprintf("See who looked at or changed what, and when. Every staff password is %s.", Password))
}
