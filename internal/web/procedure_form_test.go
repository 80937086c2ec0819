package web_test

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"gezhi/internal/browser"
)

const editAddress = "/binjiang/admin/procedures/grid-event/edit"

// sent is what a browser would send of the page's form: every field as it stands.
func (r reply) sent(t *testing.T) url.Values {
	t.Helper()
	root, err := html.Parse(strings.NewReader(r.body))
	if err != nil {
		t.Fatal(err)
	}
	f := url.Values{}
	for n := range root.Descendants() {
		if n.Type != html.ElementNode || !inForm(n, "/edit") {
			continue
		}
		attr := map[string]string{}
		for _, a := range n.Attr {
			attr[a.Key] = a.Val
		}
		switch n.Data {
		case "input":
			f.Add(attr["name"], attr["value"])
		case "select":
			for o := range n.Descendants() {
				if slices.ContainsFunc(o.Attr, func(a html.Attribute) bool { return a.Key == "selected" }) {
					for _, a := range o.Attr {
						if a.Key == "value" {
							f.Add(attr["name"], a.Val)
						}
					}
				}
			}
		}
	}
	return f
}

func inForm(n *html.Node, action string) bool {
	for p := n.Parent; p != nil; p = p.Parent {
		if p.Data != "form" {
			continue
		}
		for _, a := range p.Attr {
			if a.Key == "action" && strings.HasSuffix(a.Val, action) {
				return true
			}
		}
	}
	return false
}

// press sends the form as it stands with some fields changed, by one of its buttons.
func press(b *visitor, f url.Values, do string, changed ...string) reply {
	f = maps.Clone(f)
	for i := 0; i+1 < len(changed); i += 2 {
		f.Set(changed[i], changed[i+1])
	}
	f.Set("do", do)
	return b.post(editAddress, f)
}

func TestLimitsRolesAndReasonsAreChangedInAForm(t *testing.T) {
	o := newBureau(t)
	b := o.as("admin")
	b.get("/binjiang/admin/procedures/grid-event/1").has(t, "修改时限、角色、原因")
	page := b.get(editAddress)
	page.has(t, "以第 1 版为底本，保存后成为第 2 版草稿", "按立案标准计时", "新案件不能再选")
	f := page.sent(t)
	if f.Get("clock.verify.number") != "4" || f.Get("clock.verify.unit") != "work_hour" || f.Get("clock.handle.number") != "5" ||
		f.Get("percent.2") != "150" || f.Get("role.acceptor.en") != "Intake officer" || len(f["items.not_filed"]) != 8 {
		t.Fatalf("the form begins with %v", f)
	}
	press(b, f, "save", "why", "试一试").has(t, "还没有改动任何内容")

	// Buttons send the form and change nothing else.
	page = press(b, f, "add.rework", "clock.verify.number", "六")
	page.has(t, "返工原因（示例）：5 条")
	f = page.sent(t)
	if f.Get("clock.verify.number") != "六" || !slices.Equal(f["items.rework"], []string{"unsolved", "partly", "relapsed", "no_proof", "r1"}) {
		t.Fatalf("after adding: %v, %q", f["items.rework"], f.Get("clock.verify.number"))
	}
	f.Set("reason.rework.r1.zh", "现场<em>未</em>清理")
	f.Set("reason.rework.r1.en", "Place left dirty")
	f = press(b, f, "up.rework.r1").sent(t)
	f = press(b, f, "down.rework.unsolved").sent(t)
	page = press(b, f, "drop.rework.relapsed")
	page.has(t, "已移除： 问题反弹", "恢复")
	page.noElement(t, "em")
	f = page.sent(t)
	if !slices.Equal(f["items.rework"], []string{"partly", "unsolved", "r1", "no_proof"}) || f.Get("reason.rework.r1.zh") != "现场<em>未</em>清理" {
		t.Fatalf("after moving: %v", f["items.rework"])
	}
	if back := press(b, f, "back.rework.relapsed").sent(t); !slices.Equal(back["items.rework"], []string{"partly", "unsolved", "r1", "no_proof", "relapsed"}) ||
		back.Get("reason.rework.relapsed.en") != "Problem has come back" {
		t.Fatalf("after putting back: %v", back["items.rework"])
	}

	bad := press(b, f, "save")
	bad.has(t, "请填写数字，例如 3。", "请写明修改理由（2 至 200 个字）。")
	if bad.code != http.StatusUnprocessableEntity || !slices.Equal(bad.sent(t)["items.rework"], f["items.rework"]) || bad.sent(t).Get("clock.verify.number") != "六" {
		t.Fatalf("%d, and what was typed is lost: %v", bad.code, bad.sent(t))
	}
	draft := b.after(press(b, f, "save", "clock.verify.number", "６", "clock.verify.unit", "work_day", "why", "依据区府办（示例）通知"))
	draft.has(t, "已存为第 2 版草稿", "这是草稿", "6 个工作日", "现场<em>未</em>清理")
	draft.noElement(t, "em")

	changes := b.get("/binjiang/admin/procedures/grid-event/2/changes")
	changes.has(t, "第 2 版与第 1 版的差异", "核实时限", "4 个工作时", "6 个工作日", "问题反弹", "移除", "原因顺序", "没有", "现场<em>未</em>清理")
	changes.noElement(t, "em")
	if n := strings.Count(changes.body, "gz-diff-gone"); n != 4 { // version, limit, one reason out, one moved
		t.Errorf("%d lines are gone", n)
	}
	o.as("auditor").get("/binjiang/admin/audit?action=procedure.edit").has(t, "修改时限、角色、原因", "依据区府办（示例）通知", "时限 核实时限：4个工作时 → 6个工作日")

	// A draft is changed in place; the version stays, and its comments do.
	page = b.get(editAddress)
	page.has(t, "您修改的是第 2 版草稿")
	b.after(press(b, page.sent(t), "save", "percent.0", "75", "role.head.en", "Unit head", "why", "再改一处")).has(t, "第 2 版", "75%")
	b.get("/binjiang/admin/procedures/grid-event/2/changes").has(t, "承办单位负责人（Head of the unit）", "承办单位负责人（Unit head）")
	if text := b.get("/binjiang/admin/procedures/grid-event/2/text").body; !strings.Contains(text, "# matter：立案时选定的标准的时限") || !strings.Contains(text, "# ── 任务派遣 ──") {
		t.Error("comments are lost")
	}
	b.after(b.post("/binjiang/admin/procedures/grid-event/2/publish", url.Values{"_key": {"pub"}})).has(t, "已发布")
	z, err := o.app.Zone(t.Context(), zoneBinjiang)
	o.ok(err)
	p := z.Procedure("grid-event")
	if c, _ := p.Clock("verify"); p.Version != 2 || c.Limit.String() != "6work_day" || p.Supervision[0].At != 75 {
		t.Errorf("in force is version %d with %v", p.Version, c.Limit)
	}
	// r1 was used; the next reason is r2 although r1 is taken out.
	page = press(b, b.get(editAddress).sent(t), "drop.rework.r1")
	b.after(press(b, page.sent(t), "save", "why", "移除 r1"))
	b.after(b.post("/binjiang/admin/procedures/grid-event/3/publish", url.Values{"_key": {"pub3"}}))
	if f := press(b, b.get(editAddress).sent(t), "add.rework").sent(t); !slices.Contains(f["items.rework"], "r2") {
		t.Errorf("the next reason of the list is among %v", f["items.rework"])
	}
}

func TestWhatIsTypedWronglyInTheFormComesBack(t *testing.T) {
	o := newBureau(t)
	b := o.as("admin")
	f := b.get(editAddress).sent(t)
	f.Set("why", "试一试")
	for name, c := range map[string]struct {
		field, value, zh, en string
	}{
		"no limit":           {"clock.sign.number", "0", "", ""}, // no such clock: nothing was changed
		"a limit of 0":       {"clock.verify.number", "0", "时限的数字应在 1 到 9999 之间", "the number of a time limit must be from 1 to 9999"},
		"a word":             {"clock.verify.number", "<em>三</em>", "请填写数字，例如 3。", "Write a number, such as 3."},
		"no name":            {"clock.verify.zh", " ", "不能为空。", "This must not be empty."},
		"a unit of nobody":   {"clock.verify.unit", "fortnight", "请选择时限的单位。", "Choose the unit of the limit."},
		"a name too long":    {"role.officer.zh", strings.Repeat("长", 61), "最多 60 个字，现有 61 个。", "At most 60 characters; there are 61."},
		"falling":            {"percent.1", "80", "督办阶梯应逐级升高，80% 的位置不对。", "The supervision ladder must rise: 80% is out of order."},
		"no rung":            {"percent.0", "零", "请填写 1 至 1000 的整数。", "Write a whole number from 1 to 1000."},
		"a reason of nobody": {"items.rework", "<em>", "请保留 1 至 99 条原因。", "Keep 1 to 99 reasons."},
		"an empty reason":    {"reason.void.gone.en", "", "不能为空。", "This must not be empty."},
	} {
		r := press(b, f, "save", c.field, c.value)
		if c.zh == "" {
			r.has(t, "还没有改动任何内容")
			continue
		}
		r.has(t, c.zh)
		r.noElement(t, "em")
		if r.code != http.StatusUnprocessableEntity || c.field != "items.rework" && c.field != "clock.verify.unit" && r.sent(t).Get(c.field) != c.value {
			t.Errorf("%s: %d, the field holds %q", name, r.code, r.sent(t).Get(c.field))
		}
		field := c.field
		if field == "items.rework" {
			field = "reason.rework"
		}
		if !strings.Contains(r.body, `href="#f-`+field+`"`) || !strings.Contains(r.body, `id="f-`+field+`"`) {
			t.Errorf("%s: the message does not lead to its field", name)
		}
	}
	english := url.Values{}
	maps.Copy(english, f)
	english.Set("clock.verify.number", "0")
	english.Set("do", "save")
	b.get(editAddress + "?lang=en")
	b.post(editAddress, english).has(t, "the number of a time limit must be from 1 to 9999", "Please correct this and send again")
	if got := b.get("/binjiang/admin/procedures/grid-event/2"); got.code != http.StatusNotFound {
		t.Errorf("a wrong form made a draft: %d", got.code)
	}
}

func TestTwoPeopleChangeOneProcedure(t *testing.T) {
	o := newBureau(t)
	b := o.as("admin")
	mine := b.get(editAddress).sent(t)
	b.after(press(b, b.get(editAddress).sent(t), "save", "clock.close.number", "8", "why", "同事改的"))
	late := press(b, mine, "save", "clock.verify.number", "9", "why", "我改的")
	late.has(t, "您打开本页以后，有人改动了这个流程")
	if late.code != http.StatusConflict || late.sent(t).Get("clock.verify.number") != "9" {
		t.Fatalf("%d, and what was typed is lost", late.code)
	}
	b.after(press(b, late.sent(t), "save")).has(t, "第 2 版", "9 个工作时")
}

func TestOneKeySavesOnce(t *testing.T) {
	o := newBureau(t)
	b := o.as("admin")
	f := b.get(editAddress).sent(t)
	for range 2 {
		b.after(press(b, f, "save", "clock.verify.number", "9", "why", "只存一次")).has(t, "已存为第 2 版草稿")
	}
	if n := strings.Count(o.as("auditor").get("/binjiang/admin/audit?action=procedure.edit").body, "只存一次"); n != 1 {
		t.Errorf("it is in the audit log %d times", n)
	}
}

func TestAProcedureIsChangedInABrowser(t *testing.T) {
	b := browser.Start(t)
	for name, open := range map[string]func(testing.TB, ...browser.Option) *browser.Page{"desktop": b.Desktop, "phone": b.Phone} {
		t.Run(name, func(t *testing.T) {
			o := newBureau(t)
			o.report("one", "楼下垃圾成堆，影响通行")
			p := open(t)
			p.Goto(o.server.URL + "/")
			p.Click("admin")
			p.Goto(o.server.URL + "/binjiang/admin/procedures/grid-event/1")
			p.Screenshot("procedure-version")
			p.Click("修改时限、角色、原因")
			p.WaitText("保存后成为第 2 版草稿")
			p.NoHorizontalScroll()
			p.Axe()
			p.Fill("clock.verify.number", "0")
			p.Click("返工原因（示例）：4 条")
			p.Fill("reason.rework.unsolved.zh", "问题没有解决")
			p.Click("button[value='drop.rework.relapsed']")
			p.WaitText("已移除：问题反弹")
			p.Click("button[value='add.rework']")
			p.Fill("reason.rework.r1.zh", "现场未清理干净")
			p.Fill("reason.rework.r1.en", "The place was left dirty")
			p.Click("button[value='up.rework.r1']")
			p.WaitText("返工原因（示例）：4 条")
			p.NoHorizontalScroll()
			p.Axe()
			p.Screenshot("procedure-edit")
			p.Allow(http.StatusUnprocessableEntity)
			p.Click(".gz-actions button[value='save']")
			p.WaitText("时限的数字应在 1 到 9999 之间", "请写明修改理由（2 至 200 个字）。")
			p.Axe()
			p.Screenshot("procedure-edit-wrong")
			p.Fill("clock.verify.number", "2")
			p.Fill("why", "按区里新规定缩短核实时限（示例）")
			p.Click(".gz-actions button[value='save']")
			p.WaitText("已存为第 2 版草稿", "这是草稿")
			p.NoHorizontalScroll()
			p.Axe()
			p.Screenshot("procedure-edited")
			p.Click("查看与第 1 版的差异")
			p.WaitText("核实时限", "现场未清理干净", "问题反弹", "文件逐行对比")
			p.NoHorizontalScroll()
			p.Axe()
			p.Screenshot("procedure-changes")
			p.Click("返回第 2 版")
			p.Click("在过往案件上试算")
			p.WaitText("试算案件")
			p.Goto(o.server.URL + "/binjiang/admin/procedures/grid-event/2")
			p.Click("发布")
			p.WaitText("已发布", "生效中", "已冻结")
		})
	}
}
