package app

import (
	"slices"
	"strings"
	"time"

	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/lang"
	"gezhi/internal/store"
)

// Power is one thing a role may do besides what procedures grant it.
type Power uint32

const (
	SeeArea            Power = 1 << iota // reads every case of the duty's area subtree
	SeeUnit                              // reads every case the unit ever held
	Evaluate                             // sees evaluation tables
	Export                               // takes lists out as files
	Reveal                               // sees one person's sealed data, with a stated reason that is logged
	EditAreas                            // areas, boundaries, overlays, units
	EditPosts                            // appointments and 平战转换
	EditRoutes                           // who answers for what
	EditCalendar                         // working days
	EditCases                            // procedures and matters
	EditUsers                            // accounts and memberships
	ReadAudit                            // the log of who did and saw what
	WorkGrid                             // the grid worker's pages
	WorkDesk                             // the desk's pages
	OrganiseActivities                   // activities and patrols of the own community or unit
	Redeem                               // hands rewards out against a code
	KeepRewards                          // rewards, their stock, sponsors, orders
	Settle                               // settles with sponsors
	ReviewAwards                         // decides about awards and objections in the duty's area
	ImportAwards                         // brings lists of awards
	EditHouseholds                       // households, who is entered as what, departures
	Budgets                              // gives budget to pools
	EditPoints                           // the rules of points
	HoldDraws                            // draws by lot
	Policies                             // enterprises, who may have what, lists of grants
	EditPolicies                         // the rules of policy items
	PayOut                               // orders payment of what a list grants
)

// Role is what a duty's role may do and is called.
type Role struct {
	ID     string
	Name   lang.Text
	Powers Power
}

// 三员分立 (GB/T 22239): who manages accounts, who manages the set-up and who reads the audit log are three roles.
var roles = []Role{
	{"resident", lang.Text{ZH: "居民", EN: "Resident"}, 0},
	{"grid_leader", lang.Text{ZH: "网格长", EN: "Grid leader"}, SeeArea | WorkGrid},
	{"grid_staff", lang.Text{ZH: "专职网格员", EN: "Full-time grid worker"}, SeeArea | WorkGrid},
	{"grid_part", lang.Text{ZH: "兼职网格员", EN: "Part-time grid worker"}, SeeArea | WorkGrid},
	{"grid_guide", lang.Text{ZH: "网格指导员", EN: "Grid guide"}, SeeArea | WorkGrid},
	{"mg_leader", lang.Text{ZH: "楼道长", EN: "Stairwell leader"}, SeeArea | WorkGrid},
	{"mg_info", lang.Text{ZH: "信息员", EN: "Information worker"}, SeeArea | WorkGrid},
	{"mg_support", lang.Text{ZH: "保障员", EN: "Support worker"}, SeeArea | WorkGrid},
	{"acceptor", lang.Text{ZH: "受理员", EN: "Acceptance officer"}, SeeArea | WorkDesk},
	{"shift_leader", lang.Text{ZH: "值班长", EN: "Shift leader"}, SeeArea | WorkDesk | Evaluate | Export},
	{"dispatcher", lang.Text{ZH: "派遣员", EN: "Dispatcher"}, SeeArea | WorkDesk},
	{"verifier", lang.Text{ZH: "核查员", EN: "Verifier"}, SeeArea | WorkDesk | WorkGrid},
	{"supervisor", lang.Text{ZH: "督办员", EN: "Supervisor"}, SeeArea | WorkDesk | Evaluate | Export | Reveal},
	{"community_desk", lang.Text{ZH: "社区受理岗", EN: "Community desk"}, SeeArea | WorkDesk | Evaluate | OrganiseActivities | Redeem | KeepRewards | ReviewAwards | ImportAwards | EditHouseholds},
	{"street_desk", lang.Text{ZH: "街道受理岗", EN: "Street desk"}, SeeArea | WorkDesk | Evaluate | Export | Redeem | KeepRewards | Settle | ReviewAwards},
	{"district_desk", lang.Text{ZH: "区级受理岗", EN: "District desk"}, SeeArea | WorkDesk | Evaluate | Export | Reveal | KeepRewards | Settle | Budgets | EditPoints | HoldDraws},
	{RoleCounter, lang.Text{ZH: "兑换点店员", EN: "Counter clerk"}, Redeem},
	{"officer", lang.Text{ZH: "经办人", EN: "Officer"}, SeeUnit | WorkDesk | OrganiseActivities},
	{"head", lang.Text{ZH: "单位负责人", EN: "Head of unit"}, SeeUnit | WorkDesk | Evaluate | Export | OrganiseActivities},
	{RoleComplaints, lang.Text{ZH: "投诉举报受理岗", EN: "Complaints desk"}, SeeArea | WorkDesk | Evaluate | Export},
	{RoleOffice, lang.Text{ZH: "领导小组办公室", EN: "Leading group's office"}, SeeArea | WorkDesk | Evaluate | Export},
	{RoleWindow, lang.Text{ZH: "综合窗口", EN: "One-stop window"}, SeeArea | WorkDesk},
	{RolePolicyDesk, lang.Text{ZH: "政策兑现岗", EN: "Policy desk"}, WorkDesk | Policies | Evaluate | Export},
	{RolePolicyAuthor, lang.Text{ZH: "政策编制岗", EN: "Policy author"}, WorkDesk | EditPolicies | Evaluate},
	{RoleFinance, lang.Text{ZH: "资金拨付岗", EN: "Paying office"}, WorkDesk | PayOut | Export},
	{"leader", lang.Text{ZH: "领导", EN: "Leader"}, SeeArea | WorkDesk | Evaluate | Export},
	{"admin", lang.Text{ZH: "系统管理员", EN: "System administrator"}, EditAreas | EditPosts | EditRoutes | EditCalendar | EditCases | EditPoints | WorkDesk},
	{"security", lang.Text{ZH: "安全管理员", EN: "Security administrator"}, EditUsers | WorkDesk},
	{"auditor", lang.Text{ZH: "审计员", EN: "Auditor"}, ReadAudit | WorkDesk},
}

// RoleCounter hands out rewards: those of an area, or those of one sponsor, whose unit is then the name of its account.
const RoleCounter = "counter"

// Offices of the whole district that procedures name.
const (
	RoleComplaints = "complaint_desk" // takes in complaints about the business environment, and may know who complained
	RoleOffice     = "office"         // assigns the tasks of campaigns and lists and closes them
	RoleWindow     = "window"         // takes in applications and hands out results

	RolePolicyDesk   = "policy_desk"   // matches enterprises with policy items and makes lists of grants
	RolePolicyAuthor = "policy_author" // writes policy items as rules
	RoleFinance      = "finance"       // orders payment, which whoever made the list may not
)

// Roles lists every role the system knows.
func Roles() []Role { return slices.Clone(roles) }

// RoleOf finds a role by its id.
func RoleOf(id string) (Role, bool) {
	for _, r := range roles {
		if r.ID == id {
			return r, true
		}
	}
	return Role{}, false
}

func powers(role string) Power {
	r, _ := RoleOf(role)
	return r.Powers
}

// Viewer is whoever asks: a person with the duties in force now. The zero Viewer is a visitor.
type Viewer struct {
	Zone   int
	Person casework.Person
	Kind   string          // "resident", "staff" or "" for a visitor
	Name   string          // own name, in clear
	Duties []casework.Duty // one's own first, then those of Lent in its order
	Lent   []LentDuty
}

// LentDuty is a duty that the viewer holds for a colleague who is away.
type LentDuty struct {
	casework.Duty
	For   casework.Person
	Name  string    // the colleague's, in clear
	Until time.Time // when it ends by itself
}

// Own are the duties the viewer has without anybody's delegation.
func (v Viewer) Own() []casework.Duty { return v.Duties[:max(0, len(v.Duties)-len(v.Lent))] }

// actsFor reports whether the viewer is the person, or stands in for the person under some duty.
func (v Viewer) actsFor(p casework.Person) bool {
	return p == v.Person || slices.ContainsFunc(v.Lent, func(l LentDuty) bool { return l.For == p })
}

// Known reports whether the viewer has signed in.
func (v Viewer) Known() bool { return v.Person != 0 }

// Can reports whether some duty of the viewer has the power.
func (v Viewer) Can(p Power) bool {
	return slices.ContainsFunc(v.Duties, func(d casework.Duty) bool { return powers(d.Role)&p != 0 })
}

// CanIn reports whether some duty over the area has the power.
func (v Viewer) CanIn(p Power, area string) bool {
	return slices.ContainsFunc(v.Duties, func(d casework.Duty) bool {
		return powers(d.Role)&p != 0 && strings.HasPrefix(area, d.Area)
	})
}

// Actor is the viewer as procedures see one.
func (v Viewer) Actor() casework.Actor {
	a := casework.Actor{Person: v.Person, Duties: v.Own()}
	for _, d := range v.Lent {
		i := slices.IndexFunc(a.Lent, func(l casework.Lent) bool { return l.For == d.For })
		if i < 0 {
			i = len(a.Lent)
			a.Lent = append(a.Lent, casework.Lent{For: d.For})
		}
		a.Lent[i].Duties = append(a.Lent[i].Duties, d.Duty)
	}
	return a
}

// Scope is what the viewer may read.
func (v Viewer) Scope() store.Scope {
	s := store.Scope{Person: int64(v.Person)}
	for _, d := range v.Duties {
		if d.Area == zoneCode(v.Zone) {
			s.Roles = append(s.Roles, d.Role)
		}
		if d.Unit == "" {
			s.Posts = append(s.Posts, casework.Holder(d).Key())
		}
		switch p := powers(d.Role); {
		case p&SeeArea != 0 && d.Area == zoneCode(v.Zone):
			s.All = true
		case p&SeeArea != 0 && d.Area != "":
			s.Areas = append(s.Areas, d.Area)
		case p&SeeUnit != 0 && d.Unit != "":
			s.Units = append(s.Units, d.Unit)
		}
	}
	return s
}

// Areas are the tops of the subtrees the viewer's duties cover.
func (v Viewer) Areas() []string {
	var out []string
	for _, d := range v.Duties {
		if d.Area != "" && !slices.ContainsFunc(v.Duties, func(o casework.Duty) bool {
			return o.Area != "" && len(o.Area) < len(d.Area) && strings.HasPrefix(d.Area, o.Area)
		}) && !slices.Contains(out, d.Area) {
			out = append(out, d.Area)
		}
	}
	return out
}

// need refuses a viewer without the power.
func (v Viewer) need(p Power) error {
	if v.Can(p) {
		return nil
	}
	if !v.Known() {
		return fault.New(fault.Forbidden, "请先登录。", "Please sign in first.")
	}
	return fault.New(fault.Forbidden, "您的岗位没有这项权限；如确需办理，请联系管理员。", "Your post does not allow this; ask an administrator if you need it.")
}

func (v Viewer) needIn(p Power, area string) error {
	if v.CanIn(p, area) {
		return nil
	}
	if v.Can(p) {
		return fault.New(fault.Forbidden, "该区域不在您的职责范围内。", "That area is outside your duty.")
	}
	return v.need(p)
}
