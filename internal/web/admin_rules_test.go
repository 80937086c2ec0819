package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"gezhi/internal/app"
	"gezhi/internal/browser"
)

func TestAProcedureIsDraftedPublishedAndFrozen(t *testing.T) {
	o := newBureau(t)
	b := o.as("admin")
	old := o.report("proc", "楼下垃圾成堆，影响通行")
	page := b.get("/binjiang/admin/procedures/grid-event/1")
	page.has(t, "流程图", "生效中", "谁可以办", "下一承办", "督办阶梯")
	if !strings.Contains(page.body, "<svg") || strings.Contains(page.body, "style=") {
		t.Error("the graph is missing, or carries styles the policy blocks")
	}
	text := b.get("/binjiang/admin/procedures/grid-event/1/text").body
	send := func(body, key string) reply {
		return b.send("/binjiang/admin/procedures", "my.yaml", []byte(body), url.Values{"_key": {key}})
	}
	send(text, "p0").has(t, "第 1 版已发布，请把 version 改为 2 以上")
	next := strings.Replace(text, "\nversion: 1\n", "\nversion: 2\n", 1)
	broken := strings.Replace(next, "\nversion: 2\n", "\nversion: 2\nnosuch: <em>\n", 1)
	bad := send(broken, "p1")
	if bad.code != http.StatusUnprocessableEntity || !regexp.MustCompile(`my\.yaml:\d+`).MatchString(bad.words()) {
		t.Errorf("a broken procedure: %d %s", bad.code, clipped(bad.words()))
	}
	bad.noElement(t, "em")

	b.after(send(next, "p2")).has(t, "这是草稿", "第 2 版")
	z, err := o.app.Zone(t.Context(), zoneBinjiang)
	o.ok(err)
	if z.Procedure("grid-event").Version != 1 {
		t.Fatal("a draft is in force")
	}
	trial := b.after(b.post("/binjiang/admin/procedures/grid-event/2/trial", nil))
	for range 500 {
		if trial = b.get("/binjiang/admin/procedures/grid-event/2/trial"); !strings.Contains(trial.body, "正在试算") {
			break
		}
		time.Sleep(10 * time.Millisecond)
	}
	trial.has(t, "试算案件", "完全一样", "每一步都可以照原样办", "原版本超期")
	b.after(b.post("/binjiang/admin/procedures/grid-event/2/publish", url.Values{"_key": {"p3"}})).has(t, "生效中", "已冻结")
	c, err := o.app.CasePage(t.Context(), o.viewer("dispatcher"), old.ID)
	o.ok(err)
	o.Pass(2 * time.Minute)
	if fresh := o.report("proc2", "另一处垃圾成堆，影响通行"); c.Case.Version != 1 || fresh.Version != 2 {
		t.Errorf("the running case has version %d, the new one %d", c.Case.Version, fresh.Version)
	}
	if again := b.post("/binjiang/admin/procedures/grid-event/2/discard", url.Values{"_key": {"p4"}}); again.code != http.StatusConflict {
		t.Errorf("a published version is deleted: %d", again.code)
	}
}

func TestTheMatterListIsReplaced(t *testing.T) {
	o := newBureau(t)
	b := o.as("admin")
	b.get("/binjiang/admin/matters").has(t, "E0102 暴露垃圾", "示例", "4 个工作时")
	if rows := cells(t, b.get("/binjiang/admin/matters/sheet.xlsx").body); len(rows) < 55 || rows[0][0] != "编码" {
		t.Errorf("the workbook has %d rows", len(rows))
	}
	text := b.get("/binjiang/admin/matters/text").body
	bad := b.send("/binjiang/admin/matters", "m.yaml", []byte(strings.Replace(text, "limit: 4work_hour", "limit: 4<em>", 1)), url.Values{"_key": {"m1"}})
	bad.has(t, "m.yaml:")
	bad.noElement(t, "em")
	renamed := strings.Replace(text, "zh: 暴露垃圾,", "zh: 暴露垃圾（本地标准）,", 1)
	b.after(b.send("/binjiang/admin/matters", "m.yaml", []byte(renamed), url.Values{"_key": {"m2"}})).has(t, "第 2 版草稿")
	b.after(b.post("/binjiang/admin/matters/2/publish", url.Values{"_key": {"m3"}})).has(t, "已发布")
	b.get("/binjiang/admin/matters").has(t, "暴露垃圾（本地标准）")

	// A matter that the routing table names cannot leave the list.
	from, to := strings.Index(renamed, "\n  E0117:"), strings.Index(renamed, "\n  E0201:")
	b.after(b.send("/binjiang/admin/matters", "m.yaml", []byte(renamed[:from]+renamed[to:]), url.Values{"_key": {"m4"}}))
	b.post("/binjiang/admin/matters/3/publish", url.Values{"_key": {"m5"}}).has(t, "未保存", "没有以“E0117”开头的事项")
}

func TestAccountsAreMadeGivenRolesAndDisabled(t *testing.T) {
	o := newBureau(t)
	b := o.as("security")
	b.get("/binjiang/admin/users?q=disp").has(t, "虚构dispatcher", "派遣员")
	form := url.Values{"login": {"n"}, "name": {"<em>"}, "phone": {"123"}, "_key": {"u1"}}
	bad := b.post("/binjiang/admin/users", form)
	bad.has(t, "登录名用 3 至 40 个", "请填写真实姓名")
	bad.noElement(t, "em")
	form = url.Values{"login": {"newuser"}, "name": {"测试新人"}, "phone": {"13800000099"}, "_key": {"u2"}}
	told := b.post("/binjiang/admin/users", form)
	told.has(t, "一次性密码", "只显示这一次")
	password := regexp.MustCompile(`<code>([A-Za-z0-9-]{19})</code>`).FindStringSubmatch(told.body)
	if password == nil {
		t.Fatalf("no password: %s", clipped(told.words()))
	}
	if strings.Contains(b.after(b.post("/binjiang/admin/users", form)).body, password[1]) {
		t.Error("the password is shown twice")
	}
	id, err := o.app.EnterByPassword(t.Context(), zoneBinjiang, "newuser", password[1], "")
	o.ok(err)
	page := "/binjiang/admin/users/" + itoa(int64(id))
	give := func(role, unit, area, key string) reply {
		return b.post(page+"/roles", url.Values{"role": {role}, "unit": {unit}, "area": {area}, "from": {"2026-03-01"}, "_key": {key}})
	}
	give("officer", "", "", "g1").has(t, "“经办人”须选择单位")
	give("grid_staff", "", gridCode, "g2").has(t, "请选择角色")
	b.after(give("auditor", "", "", "g3")).has(t, "审计员")
	give("admin", "", "", "g4").has(t, "三员分立")
	give("auditor", "", "", "g5").has(t, "已有这一角色")
	b.post("/binjiang/admin/users/"+itoa(int64(o.people["security"]))+"/roles", url.Values{"role": {"leader"}, "_key": {"g6"}}).has(t, "不能给自己授权")

	a, err := o.app.StaffAccount(t.Context(), o.viewer("security"), id)
	o.ok(err)
	o.Pass(time.Hour)
	b.after(b.post(page+"/roles/"+itoa(a.Tenures[0].ID)+"/end", url.Values{"_key": {"g7"}})).has(t, "已收回角色")
	b.after(b.post(page+"/roles", url.Values{"role": {"admin"}, "from": {"2026-03-03"}, "_key": {"g8"}})).has(t, "系统管理员")
	b.after(b.post(page+"/disable", url.Values{"reason": {"离职<em>"}, "_key": {"g9"}})).has(t, "已停用")
	if _, err := o.app.EnterByPassword(t.Context(), zoneBinjiang, "newuser", password[1], ""); err == nil {
		t.Error("a disabled account signs in")
	}
	b.after(b.post(page+"/enable", url.Values{"_key": {"g10"}})).has(t, "待首次改密")
	b.post(page+"/reset", url.Values{"_key": {"g11"}}).has(t, "一次性密码")

	audit := o.as("auditor")
	log := audit.get("/binjiang/admin/audit?person=newuser")
	log.has(t, "新建账号", "授予角色", "停用账号", "离职<em>", "虚构security")
	log.noElement(t, "em")
	audit.get("/binjiang/admin/audit?actor=nobody").has(t, "没有账号“nobody”")
	rows := cells(t, audit.get("/binjiang/admin/audit/export.xlsx?action=user.disable").body)
	if len(rows) < 2 || rows[1][2] != "停用账号" || rows[1][5] != "离职<em>" {
		t.Errorf("exported %q", rows)
	}
	audit.get("/binjiang/admin/audit").has(t, "导出审计日志")
}

// Every address below /admin is listed here with a power that opens it; the test reads the list of routes itself, so
// that a new one cannot be forgotten.
func TestWhoMayNotOpenAnAdministratorsPages(t *testing.T) {
	o := newBureau(t)
	source, err := os.ReadFile("routes_admin.go")
	o.ok(err)
	routes := regexp.MustCompile(`(get|post)\("(/\{zone\}/admin/[^"]+)", s\.with(?:Upload)?\(app\.(\w+)(?:\|app\.\w+)*,`).FindAllStringSubmatch(string(source), -1)
	if len(routes) < 50 || strings.Count(string(source), "/admin/") != len(routes) {
		t.Fatalf("read %d routes of %d", len(routes), strings.Count(string(source), "/admin/"))
	}
	owner := map[string]string{"EditAreas": "admin", "EditPosts": "admin", "EditRoutes": "admin", "EditCalendar": "admin", "EditCases": "admin", "EditUsers": "security", "ReadAudit": "auditor"}
	readers := map[string]*visitor{}
	for _, who := range []string{"", "admin", "security", "auditor", "dispatcher", "grid", "sanitation"} {
		readers[who] = o.as(who)
	}
	fill := strings.NewReplacer("{zone}", "binjiang", "{code}", gridCode, "{id}", "1", "{version}", "1", "{tenure}", "1")
	for _, r := range routes {
		path := fill.Replace(r[2])
		for who, b := range readers {
			if who == owner[r[3]] {
				continue
			}
			got := reply{}
			if r[1] == "get" {
				got = b.get(path)
			} else {
				got = b.post(path, url.Values{"_key": {"w"}})
			}
			if who == "" && (got.code != http.StatusSeeOther || !strings.Contains(got.to, "/staff?next=")) || who != "" && got.code != http.StatusForbidden {
				t.Errorf("%s as %q: %d %s", path, who, got.code, got.to)
			}
		}
	}
	stranger := app.Viewer{Zone: zoneBinjiang}
	for name, err := range map[string]error{
		"rename": o.app.RenameArea(t.Context(), stranger, gridCode, "甲网格", "", "s1"), "end": o.app.EndArea(t.Context(), stranger, gridCode, "", "", "理由", "s2"),
		"route": o.app.DropRoute(t.Context(), stranger, 1, "s3"), "switch": o.app.SwitchOn(t.Context(), stranger, gridCode, "测试测试", "s4"),
		"publish": o.app.Publish(t.Context(), stranger, "procedure", "grid-event", 1, "s5"), "unlock": o.app.Unlock(t.Context(), stranger, 1, "s6"),
	} {
		if err == nil || !strings.Contains(err.Error(), "sign in") {
			t.Errorf("%s by a visitor: %v", name, err)
		}
	}
}

func TestATrialInABrowser(t *testing.T) {
	b := browser.Start(t)
	o := newBureau(t)
	o.report("one", "楼下垃圾成堆，影响通行")
	admin := o.viewer("admin")
	text, err := o.app.ProcedureText(t.Context(), admin, "grid-event", 1)
	o.ok(err)
	_, err = o.app.DraftProcedure(t.Context(), admin, "v2.yaml", []byte(strings.NewReplacer("\nversion: 1\n", "\nversion: 2\n",
		"limit: 4work_hour, runs: verifying", "limit: 1work_hour, runs: verifying", "label: {zh: 居民上报, en: Report by a resident}, ", "label: {zh: 居民上报, en: Report by a resident}, photos: 1, ").Replace(string(text))), "draft")
	o.ok(err)
	for _, p := range []*browser.Page{b.Desktop(t), b.Phone(t)} {
		p.Goto(o.server.URL + "/")
		p.Click("admin")
		p.Goto(o.server.URL + "/binjiang/admin/procedures/grid-event/2")
		p.Screenshot("procedure-draft")
		p.Click("在过往案件上试算")
		p.WaitText("试算案件", "办理步骤的不同", "还要有：照片 1 张", "核实时限")
		p.NoHorizontalScroll()
		p.Axe()
		p.Screenshot("procedure-trial")
	}
}

func TestRuleFilesAreReplacedVersionByVersion(t *testing.T) {
	o := newBureau(t)
	b := o.as("admin")
	b.get("/binjiang/admin/procedures").has(t, "其他规则文件", "一件事主题", "项目亮灯规则", "年度目标")
	for _, x := range []struct{ kind, was, now, broken, says string }{
		{"lights", "use: yinchuan", "use: wuhan", "use: nowhere", "nowhere"},
		{"goals", "count: 25", "count: 30", "count: many", "应为"},
		{"goals", "phase: 签约", "phase: 落地", "phase: 剪彩", "目标 investment 的阶段“剪彩”不在流程 investment 里"},
		{"goals", "procedure: listing", "procedure: listing # 上市", "procedure: complaint", "目标 listing 的流程 complaint 不分阶段统计"},
		{"themes", "version: 1", "version: 4", "version: 1", "“themes”的第 1 版已发布，请把 version 改为 2 以上"},
		{"themes", "version: 4", "version: 5", "version: 5\nnosuch: <em>", "nosuch"},
	} {
		at := "/binjiang/admin/rules/" + x.kind
		versions := o.versions(x.kind)
		last := versions[0].Version
		text := b.get(fmt.Sprint(at, "/", last, "/text")).body
		if text != versions[0].Body || !strings.Contains(text, x.was) {
			t.Fatalf("%s version %d is not as it was written, or has no %q", x.kind, last, x.was)
		}
		key := func(n int) url.Values { return url.Values{"_key": {fmt.Sprint(x.kind, x.was, n)}} }
		send := func(body string, n int) reply { return b.send(at, "mine.yaml", []byte(body), key(n)) }
		if empty := send("", 0); empty.code != http.StatusUnprocessableEntity {
			t.Errorf("%s: no file: %d", x.kind, empty.code)
		}
		bad := send(strings.Replace(text, x.was, x.broken, 1), 1)
		if bad.code != http.StatusUnprocessableEntity {
			t.Errorf("%s with a mistake: %d", x.kind, bad.code)
		}
		bad.has(t, x.says)
		bad.noElement(t, "em")
		draft := b.after(send(strings.Replace(text, x.was, x.now, 1), 2))
		draft.has(t, "这是草稿", "与上一版相比")
		line := strings.Count(text[:strings.Index(text, x.was)], "\n") + 1
		for class, cells := range map[string]string{"gz-diff-gone": fmt.Sprintf("<td>%d</td><td></td><td>−</td>", line), "gz-diff-come": fmt.Sprintf("<td></td><td>%d</td><td>+</td>", line)} {
			if !strings.Contains(draft.body, `<tr class="`+class+`">`+cells) {
				t.Errorf("%s: no %s:\n%s", x.kind, cells, draft.body[strings.Index(draft.body, "gz-diff"):])
			}
		}
		next := fmt.Sprint(at, "/", o.versions(x.kind)[0].Version)
		b.after(b.post(next+"/publish", key(3))).has(t, "已发布", "已冻结")
		if again := b.post(next+"/discard", key(4)); again.code != http.StatusConflict {
			t.Errorf("%s: a published version is deleted: %d", x.kind, again.code)
		}
	}
	z, err := o.app.Zone(t.Context(), zoneBinjiang)
	o.ok(err)
	if z.Lights.Use != "wuhan" || z.Goals[0].Count != 30 || z.Goals[0].Phase != "落地" || z.Themes().Version != 5 {
		t.Errorf("in force: %s, %+v, themes version %d", z.Lights.Use, z.Goals, z.Themes().Version)
	}
	if r := b.get("/binjiang/admin/rules/nosuch"); r.code != http.StatusNotFound {
		t.Errorf("no such rules: %d", r.code)
	}
	if r := o.as("dispatcher").get("/binjiang/admin/rules/lights"); r.code != http.StatusForbidden {
		t.Errorf("a dispatcher at the rules: %d", r.code)
	}
}

func TestThemesNameUnitsThatAreThere(t *testing.T) {
	o := newBureau(t)
	b := o.as("admin")
	text := strings.Replace(b.get("/binjiang/admin/rules/themes/1/text").body, "version: 1", "version: 2", 1)
	bad := b.send("/binjiang/admin/rules/themes", "t.yaml", []byte(strings.Replace(text, "unit: market", "unit: nowhere", 1)), url.Values{"_key": {"t1"}})
	bad.has(t, "的单位 nowhere 不存在")
	if !regexp.MustCompile(`t\.yaml:\d+`).MatchString(bad.words()) {
		t.Errorf("no line is named: %s", clipped(bad.words()))
	}
	b.after(b.send("/binjiang/admin/rules/themes", "t.yaml", []byte(text), url.Values{"_key": {"t2"}})).has(t, "这是草稿")
	b.after(b.post("/binjiang/admin/rules/themes/2/discard", url.Values{"_key": {"t3"}}))
	if list := o.versions("themes"); len(list) != 1 {
		t.Errorf("after the draft was deleted: %d versions", len(list))
	}
}

// versions are the versions of a rule file, the newest first.
func (o *bureau) versions(kind string) []app.Version {
	o.t.Helper()
	list, err := o.app.RuleVersions(o.t.Context(), o.viewer("admin"), kind)
	o.ok(err)
	return list
}

func TestARuleFileIsComparedInABrowser(t *testing.T) {
	b := browser.Start(t)
	o := newBureau(t)
	admin := o.as("admin")
	text := admin.get("/binjiang/admin/rules/goals/1/text").body
	admin.after(admin.send("/binjiang/admin/rules/goals", "goals.yaml", []byte(strings.Replace(text, "count: 25", "count: 30", 1)), url.Values{"_key": {"g1"}}))
	for _, p := range []*browser.Page{b.Desktop(t), b.Phone(t)} {
		p.Goto(o.server.URL + "/")
		p.Click("admin")
		p.Goto(o.server.URL + "/binjiang/admin/procedures")
		p.Screenshot("rule-files")
		p.Axe()
		p.Click("年度目标")
		p.WaitText("第 2 版", "草稿")
		p.NoHorizontalScroll()
		p.Screenshot("rule-file")
		p.Click("第 2 版")
		p.WaitText("与上一版相比", "count: 30")
		p.NoHorizontalScroll()
		p.Axe()
		p.Screenshot("rule-file-compared")
	}
}
