package app_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"gezhi/internal/app"
	"gezhi/internal/app/apptest"
	"gezhi/internal/calendar"
	"gezhi/internal/casework"
	"gezhi/internal/catalogue"
	"gezhi/internal/fault"
	"gezhi/internal/lang"

	"github.com/xuri/excelize/v2"
)

const licenceHead = "事项编码,事项名称,层级,审批部门,改革方式,法定时限,承诺时限,网上办理方式\n"

// licenceRows are n synthetic rows: a quarter under each mode.
func licenceRows(n int) []string {
	var out []string
	for i := range n {
		row := fmt.Sprintf("SY-%04d,虚构事项%d,县级,行政审批局,", i, i)
		switch i % 4 {
		case 0:
			row += "直接取消审批,,,"
		case 1:
			row += "审批改为备案,10个工作日,1个工作日,licence-filing"
		case 2:
			row += "实行告知承诺,20个工作日,1个工作日,告知承诺办理"
		default:
			row += "优化审批服务,20个工作日,5个工作日,许可事项申请"
		}
		out = append(out, row)
	}
	return out
}

func list(rows []string) []byte { return []byte(licenceHead + strings.Join(rows, "\n") + "\n") }

// TestAListOf246IsImportedOnceItIsRight brings a list with six kinds of mistakes, mends it, imports it, and takes it back.
func TestAListOf246IsImportedOnceItIsRight(t *testing.T) {
	forEngines(t, func(t *testing.T, base *apptest.World) {
		w, ctx := newThingWorld(base), context.Background()
		admin := w.Staff("ad", "管理员一号", casework.Duty{Role: "admin", Area: "330108"})
		good := licenceRows(246)
		bad := append([]string{}, good...)
		bad[0] = strings.Replace(bad[0], "直接取消审批", "随便改改", 1)
		bad[9] = strings.Replace(bad[9], "行政审批局", "并不存在的局", 1)
		bad[11] = strings.Replace(bad[11], "5个工作日,许可", "25个工作日,许可", 1)
		bad[100] = strings.Replace(bad[100], "SY-0100", "SY-0099", 1)
		bad[200] = strings.Replace(bad[200], "虚构事项200", "", 1)
		bad[245] = strings.Replace(bad[245], "10个工作日", "尽快", 1)
		if _, err := w.App.KeepLicences(ctx, w.window, "清单.csv", list(bad)); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("the window brings a list: %v", err)
		}
		id, err := w.App.KeepLicences(ctx, admin, "清单.csv", list(bad))
		w.OK(err)
		c, err := w.App.CheckLicences(ctx, admin, id)
		w.OK(err)
		if fmt.Sprint(c.Rows) != "[2 11 13 102 202 247]" || c.Ready() {
			t.Errorf("wrong rows %v: %v", c.Rows, c.Problems.Texts(lang.ZH))
		}
		body, err := c.ErrorRows(lang.ZH)
		w.OK(err)
		back, err := excelize.OpenReader(bytes.NewReader(body))
		w.OK(err)
		cells, _ := back.GetRows(back.GetSheetList()[0])
		if len(cells) < 247 || cells[0][8] != "错误说明" || !strings.Contains(cells[12][8], "承诺时限（25个工作日）不能长于法定时限（20个工作日）") || len(cells[3]) > 8 {
			t.Errorf("handed back: %q %q", cells[0], cells[12])
		}
		if err := w.App.ApplyLicences(ctx, admin, id, c.Edition, c.Changes.Total(), "apply-wrong"); fault.KindOf(err) != fault.Invalid {
			t.Errorf("a wrong list was imported: %v", err)
		}

		id, err = w.App.KeepLicences(ctx, admin, "清单.csv", list(good))
		w.OK(err)
		c, err = w.App.CheckLicences(ctx, admin, id)
		w.OK(err)
		if len(c.Rows) > 0 || c.Edition != 1 || len(c.Changes.New) != 246 || len(c.Changes.Dropped) != 12 || !c.Ready() {
			t.Errorf("edition %d, %d new, %d dropped, wrong %v", c.Edition, len(c.Changes.New), len(c.Changes.Dropped), c.Problems.Texts(lang.ZH))
		}
		if err := w.App.ApplyLicences(ctx, admin, id, c.Edition, c.Changes.Total()-1, "apply-other"); fault.KindOf(err) != fault.Conflict {
			t.Errorf("something else was confirmed: %v", err)
		}
		w.OK(w.App.ApplyLicences(ctx, admin, id, c.Edition, c.Changes.Total(), "apply-good"))
		w.OK(w.App.ApplyLicences(ctx, admin, id, c.Edition, c.Changes.Total(), "apply-good")) // the form sent twice
		z, err := w.App.Zone(ctx, 330108)
		w.OK(err)
		f := catalogue.Count(z.Licences.Of(catalogue.Filter{Mode: catalogue.Improved}))
		if n, ok := f.Permille(); len(z.Licences.Items) != 246 || z.Licences.Edition != 2 || f.Items != 61 || n != 750 || !ok {
			t.Errorf("edition %d has %d items; improved %+v", z.Licences.Edition, len(z.Licences.Items), f)
		}
		if f := catalogue.Count(z.Licences.Of(catalogue.Filter{Mode: catalogue.Cancelled})); f.Items != 62 || f.Cut != nil {
			t.Errorf("abolished %+v", f)
		}

		if err := w.App.RestoreLicences(ctx, admin, 1, "错", "restore-short"); len(fault.Fields(err)) != 1 || fault.Fields(err)[0].Field != "note" {
			t.Errorf("taken back for no reason: %v", err)
		}
		w.OK(w.App.RestoreLicences(ctx, admin, 1, "导入的不是本区清单", "restore"))
		if err := w.App.RestoreLicences(ctx, admin, 1, "导入的不是本区清单", "restore-again"); fault.KindOf(err) != fault.Conflict {
			t.Errorf("taken back twice: %v", err)
		}
		z, err = w.App.Zone(ctx, 330108)
		w.OK(err)
		if x, ok := z.Licences.Find("SL-0009"); !ok || x.Edition != 3 || len(z.Licences.Items) != 12 || len(z.Licences.Past) != 246 {
			t.Errorf("restored: %+v, %d items", x, len(z.Licences.Items))
		}
		editions, err := w.App.LicenceEditions(ctx, admin, 0, 10)
		w.OK(err)
		if len(editions) != 3 || editions[0].Restores != 1 || editions[0].Note != "导入的不是本区清单" || editions[0].Who != "管理员一号" || editions[1].Name != "清单.csv" || editions[1].Added != 246 {
			t.Errorf("editions %+v", editions)
		}
		w.sound()
	})
}

// TestAnApplicationRunsUnderTheItemsOwnLimit applies for items of every mode in every way.
func TestAnApplicationRunsUnderTheItemsOwnLimit(t *testing.T) {
	forEngines(t, func(t *testing.T, base *apptest.World) {
		w, ctx := newThingWorld(base), context.Background()
		apply := func(v app.Viewer, procedure, start, item string, more ...string) (casework.Case, error) {
			w.n++
			out, err := w.App.File(ctx, v, app.Filing{Key: fmt.Sprintf("item-key-%016d", w.n), Procedure: procedure, Start: start, Fields: fields(append([]string{"item", item, "applicant", "虚构商行"}, more...)...)})
			return out.Case, err
		}
		for name, x := range map[string]struct{ procedure, start, item, says string }{
			"abolished":           {"licence", "apply", "SL-0001", "has been abolished"},
			"a filing, as one":    {"licence", "apply", "SL-0003", "another mode"},
			"a commitment, as it": {"licence", "apply", "SL-0005", "another mode"},
			"as a filing":         {"licence-filing", "file", "SL-0009", "another mode"},
			"not online":          {"licence", "apply", "SL-0012", "cannot be applied for online"},
			"no such item":        {"licence", "apply", "SL-9999", "no item"},
			"as it was before":    {"licence", "apply", "SL-0009/7", "has just been changed"},
			"nothing":             {"licence", "apply", "", "Choose the licence"},
		} {
			if _, err := apply(w.applicant, x.procedure, x.start, x.item); len(fault.Fields(err)) != 1 || fault.Fields(err)[0].Field != "item" || !strings.Contains(fault.Fields(err)[0].EN, x.says) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if c, err := apply(w.window, "licence", "record", "SL-0012"); err != nil || c.Holder.Unit != "fire" {
			t.Errorf("what cannot be applied for online is taken in at the window: %+v %v", c.Holder, err)
		}

		c, err := apply(w.applicant, "licence", "apply", "SL-0009", "promised", "1work_day", "department", "fire")
		w.OK(err)
		if c.Fields["item"] != "SL-0009/1" || c.Fields["promised"] != "5work_day" || c.Fields["statutory"] != "20work_day" || c.Title != "食品经营许可（示例）" || c.Holder != (casework.Holder{Role: "officer", Unit: "approval"}) {
			t.Errorf("filed as %q of %v: %v", c.Title, c.Holder, c.Fields)
		}
		w.do(w.units["approval"], c.ID, casework.Command{Move: "accept"})
		p := w.stage(c.ID, "review")
		z, err := w.App.Zone(ctx, 330108)
		w.OK(err)
		want := calendar.Start(z.Calendar, p.Events[1].At, calendar.Limit{N: 5, Unit: calendar.WorkDay}).Due
		if clock := p.Case.Clocks["promised"].Clock; clock.Limit.N != 5 || !clock.Due.Equal(want) || p.Case.Clocks["statutory"].Clock.Limit.N != 20 {
			t.Errorf("clocks %+v, want due %v", p.Case.Clocks, want)
		}
		if p.Licence == nil || p.Licence.Name != "食品经营许可（示例）" || p.Licence.Promised.N != 5 {
			t.Errorf("the page shows %+v", p.Licence)
		}
		w.do(w.units["approval"], c.ID, casework.Command{Move: "grant", Fields: fields("number", "示例-001")})
		w.do(w.window, c.ID, casework.Command{Move: "deliver", Fields: fields("delivery", "digital")})
		w.do(w.applicant, c.ID, casework.Command{Move: "rate", Fields: fields("rating", "1")})
		p = w.stage(c.ID, "visiting")
		if p.Case.Rating != 1 || p.Case.Clocks["visit"].Clock.Limit.N != 5 || p.Case.Holder.Unit != "approval" {
			t.Errorf("a bad rating: %+v", p.Case)
		}
		w.do(w.units["approval"], c.ID, casework.Command{Move: "visit", Fields: fields("heard", "嫌慢", "put_right", "已道歉并改进")})
		w.stage(c.ID, "closed")

		f, err := apply(w.applicant, "licence-filing", "file", "SL-0003")
		w.OK(err)
		w.do(w.units["market"], f.ID, casework.Command{Move: "enter", Fields: fields("number", "示例备-1")})
		w.stage(f.ID, "rating")
		w.Pass(30 * 24 * time.Hour)
		if p := w.stage(f.ID, "closed"); p.Case.Rating != 0 {
			t.Errorf("nobody rated it, and it counts as %d", p.Case.Rating)
		}
		w.sound()
	})
}

// TestACommitmentIsRatedOnceAndABadRatingIsFollowedUp rates one while it is checked, and one after.
func TestACommitmentIsRatedOnceAndABadRatingIsFollowedUp(t *testing.T) {
	forEngines(t, func(t *testing.T, base *apptest.World) {
		w, ctx := newThingWorld(base), context.Background()
		granted := func(tail string) casework.ID {
			w.n++
			out, err := w.App.File(ctx, w.applicant, app.Filing{Key: fmt.Sprintf("rate-key-%016d", w.n), Procedure: "commitment", Start: "commit",
				Fields: fields("item", "SL-0005", "applicant", "虚构人", "tail", tail, "read", "yes", "promise", "yes", "signature", "虚构人")})
			w.OK(err)
			w.do(w.window, out.Case.ID, casework.Command{Move: "decide", Fields: fields("unit", "approval", "number", "卫-示例-"+tail)})
			return out.Case.ID
		}
		bad, late, never := granted("0001"), granted("0002"), granted("0003")
		w.do(w.applicant, bad, casework.Command{Move: "rate", Fields: fields("rating", "2")})
		p := w.stage(bad, "visiting")
		if !p.Case.Clocks["check"].Clock.Running() || !p.Case.Clocks["visit"].Clock.Running() || p.Case.Holder.Unit != "approval" {
			t.Errorf("the check stands still: %+v", p.Case.Clocks)
		}
		w.do(w.window, bad, casework.Command{Move: "visit", Fields: fields("heard", "窗口排队", "put_right", "已增开窗口")})
		w.stage(bad, "checking")
		if _, err := w.App.Move(ctx, w.applicant, bad, casework.Command{Move: "rate", Fields: fields("rating", "5")}, "again"); err == nil {
			t.Error("rated twice")
		}
		finding := fields("way", "online", "finding", "属实")
		w.do(w.units["approval"], bad, casework.Command{Move: "find_true", Fields: finding})
		w.stage(bad, "kept")
		w.do(w.units["approval"], late, casework.Command{Move: "find_true", Fields: finding})
		w.stage(late, "unrated")
		w.do(w.applicant, late, casework.Command{Move: "rate_late", Fields: fields("rating", "5")})
		w.stage(late, "kept")
		w.do(w.units["approval"], never, casework.Command{Move: "find_true", Fields: finding})
		w.Pass(30 * 24 * time.Hour)
		if p := w.stage(never, "kept"); p.Case.Rating != 0 {
			t.Errorf("nobody rated it, and it counts as %d", p.Case.Rating)
		}
		w.sound()
	})
}
