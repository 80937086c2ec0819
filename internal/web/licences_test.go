package web_test

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gezhi/internal/browser"
)

// licenceRows are 246 synthetic rows of a list, as an office brings them.
func licenceRows() []string {
	rows := []string{"事项编码,事项名称,许可证件名称,层级,审批部门,改革方式,改革举措,法定时限,承诺时限,不计入时限的程序,申请材料,行业代码,网上办理方式"}
	for i := range 246 {
		row := fmt.Sprintf("SY-%04d,虚构事项第%d号,虚构许可证,县级,", i, i)
		switch i % 4 {
		case 0:
			row += "文化和旅游局,直接取消审批,取得营业执照即可经营,,,,,R,"
		case 1:
			row += "市场监督管理局,审批改为备案,,10个工作日,1个工作日,,备案表,F52,licence-filing"
		case 2:
			row += "行政审批局,实行告知承诺,,20个工作日,1个工作日,,申请表；告知承诺书,H,commitment"
		default:
			row += "住房和城乡建设局,优化审批服务,压缩时限；精简材料,20个工作日,5个工作日,检测、专家评审,申请表；平面图；检测报告,H62,licence"
		}
		rows = append(rows, row)
	}
	return rows
}

// TestAListOfLicencesInABrowser goes from a list with wrong rows to one that is mended, and from there to an enterprise that finds
// an item on a phone, reads what it takes and applies.
func TestAListOfLicencesInABrowser(t *testing.T) {
	b := browser.Start(t)
	o := thingBureau(t)
	o.people["resident"] = o.report("r1", "楼下有垃圾").Reporter
	enter := func(p *browser.Page, login string) *browser.Page {
		p.Goto(o.server.URL + "/")
		p.Click(login)
		return p
	}
	look := func(p *browser.Page, name string) {
		p.NoHorizontalScroll()
		p.Axe()
		p.Screenshot(name)
	}
	file := func(name string, rows []string) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(strings.Join(rows, "\n")+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	good := licenceRows()
	bad := append([]string{}, good...)
	bad[4] = strings.Replace(bad[4], "5个工作日,检测", "25个工作日,检测", 1)
	bad[10] = strings.Replace(bad[10], "市场监督管理局", "并不存在的局", 1)
	bad[20] = strings.Replace(bad[20], "优化审批服务", "<em>优化</em>", 1)

	admin := enter(b.Desktop(t), "admin")
	admin.Allow(http.StatusUnprocessableEntity)
	admin.Goto(o.server.URL + "/binjiang/desk/licences")
	admin.WaitText("许可事项清单", "食品经营许可（示例）", "平均提速率", "按部门")
	look(admin, "licences-desk")
	admin.Click("导入清单")
	admin.Click("上传并核对")
	admin.WaitText("请选择文件")
	admin.Upload("file", file("许可事项清单.csv", bad))
	admin.Click("上传并核对")
	admin.WaitText("第 5 行", "承诺时限（25个工作日）不能长于法定时限（20个工作日）", "第 11 行", "没有单位“并不存在的局”", "第 21 行", "改革方式应为", "不能只导入一部分")
	look(admin, "licences-wrong")
	admin.Goto(o.server.URL + "/binjiang/desk/licences/import")
	admin.Upload("file", file("许可事项清单.csv", good))
	admin.Click("上传并核对")
	admin.WaitText("246 项的清单整份生效", "移出的事项不再接受申请", "食品经营许可（示例）")
	look(admin, "licences-check")
	admin.Click("form[action$='/apply'] button[type=submit]")
	admin.WaitText("新清单已生效", "第 1–50 项，共 246 项")
	admin.Click("下一页")
	admin.WaitText("第 51–100 项，共 246 项")
	admin.Click("历次版本")
	admin.WaitText("第 2 版", "随程序安装", "虚构admin")
	look(admin, "licences-editions")
	admin.Click("第 1 版")
	admin.Click("恢复这一版")
	admin.Click("确认恢复")
	admin.WaitText("请填写 4 至 200 个字")
	look(admin, "licences-restore")

	phone := b.Phone(t)
	phone.Goto(o.server.URL + "/binjiang/licences")
	phone.WaitText("许可事项清单", "直接取消审批", "下一页")
	look(phone, "licences-phone")
	phone.Goto(o.server.URL + "/binjiang/licences?mode=cancel&industry=86")
	phone.Click("虚构事项第0号")
	phone.WaitText("不能也不用申请", "任何单位不得要求您提供这个许可证件")
	phone.WaitNoText("去申请")
	look(phone, "licence-abolished")
	phone.Goto(o.server.URL + "/binjiang/licences?q=第103号")
	phone.Click("虚构事项第103号")
	phone.WaitText("优化审批服务", "承诺时限", "5个工作日", "75.0%", "检测、专家评审", "平面图")
	look(phone, "licence-item")
	item := phone.Path()
	phone.Goto(o.server.URL + item + "?lang=en")
	phone.Goto(o.server.URL + item + "?lang=zh")

	enter(phone, "resident")
	phone.Allow(http.StatusUnprocessableEntity)
	phone.Goto(o.server.URL + "/binjiang/file/licence?item=SY-0000")
	phone.WaitText("不能也不用申请") // led to the page that says why
	phone.Goto(o.server.URL + "/binjiang/file/commitment?item=SY-0103")
	phone.WaitText("优化审批服务")
	phone.Goto(o.server.URL + "/binjiang/file/commitment")
	phone.WaitText("许可事项清单", "实行告知承诺")
	phone.Goto(o.server.URL + item)
	phone.Click("去申请")
	phone.WaitText("虚构事项第103号", "平面图")
	phone.Click("form[action$='/file/licence'] button[type=submit]")
	phone.WaitText("请填写“申请人（企业名称或姓名）”")
	look(phone, "licence-form")
	phone.Fill("field.applicant", "虚构商行")
	phone.Click("form[action$='/file/licence'] button[type=submit]")
	phone.WaitText("已登记，编号", "待受理", "虚构事项第103号", "清单第 2 版")
	look(phone, "licence-case")
	address := phone.Path()

	officer := enter(b.Desktop(t), "housing")
	officer.Goto(o.server.URL + address)
	officer.WaitText("申请材料", "检测报告", "承诺时限")
	work(officer, "accept", "受理")
	officer.WaitText("审查中")
	look(officer, "licence-officer")
}

// TestTheListOfLicencesIsSafeToRead asks for pages that there are not, and for ones that one may not see.
func TestTheListOfLicencesIsSafeToRead(t *testing.T) {
	o := thingBureau(t)
	window, admin := o.as("window"), o.as("admin")
	for path, want := range map[string]int{
		"licences": 200, "licences?after=%00&q=%3Cem%3E&mode=zzz&industry=999999": 200, "licences/SL-0001": 200, "licences/NONE": 404,
		"desk/licences": 200, "desk/licences?industry=H6210": 200, "desk/licences/export.xlsx": 200, "desk/licences/editions": 200, "desk/licences/editions/1": 200,
		"desk/licences/editions/9": 404, "desk/licences/editions/x": 404, "desk/licences/import": 403, "desk/licences/import/1": 403,
	} {
		if got := window.get("/binjiang/" + path).code; got != want {
			t.Errorf("%s: %d, want %d", path, got, want)
		}
	}
	for path, want := range map[string]int{"desk/licences/import": 200, "desk/licences/import/1": 404, "desk/licences/import/template.xlsx": 200} {
		if got := admin.get("/binjiang/" + path).code; got != want {
			t.Errorf("admin, %s: %d, want %d", path, got, want)
		}
	}
}
