package app_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"gezhi/internal/app"
	"gezhi/internal/app/apptest"
	"gezhi/internal/casework"
	"gezhi/internal/fault"
)

func TestAFalseCommitmentClosesThisWayUntilTheRecordIsRepaired(t *testing.T) {
	forEngines(t, func(t *testing.T, base *apptest.World) {
		w, ctx := newThingWorld(base), context.Background()
		head := w.Staff("hd", "局长二号", casework.Duty{Role: "head", Unit: "approval"})
		commit := func(item, uscc, applicant, tail string) (casework.Case, error) {
			w.n++
			out, err := w.App.File(ctx, w.applicant, app.Filing{Key: fmt.Sprintf("commit-key-%016d", w.n), Procedure: "commitment", Start: "commit", Title: "公共场所卫生许可",
				Fields: fields("item", item, "uscc", uscc, "applicant", applicant, "tail", tail, "read", "yes", "promise", "yes", "signature", applicant)})
			return out.Case, err
		}
		if _, err := commit("SL-0005", "", "张三", ""); len(fault.Fields(err)) != 1 || fault.Fields(err)[0].Field != "uscc" {
			t.Errorf("nobody knows who commits: %v", err)
		}
		if _, err := commit("SL-0009", "", "李四", "1234"); len(fault.Fields(err)) != 1 || fault.Fields(err)[0].Field != "item" || !strings.Contains(err.Error(), "Improved approval") {
			t.Errorf("an item under another mode: %v", err)
		}
		c, err := commit("SL-0005", "", "张三", "001x")
		w.OK(err)
		waiting, err := commit("SL-0007", "", "张三", "001X")
		w.OK(err)
		w.do(w.window, c.ID, casework.Command{Move: "decide", Fields: fields("unit", "approval", "number", "卫-示例-1")})
		w.do(w.units["approval"], c.ID, casework.Command{Move: "find_false", Fields: fields("way", "site", "finding", "现场无消毒间", "evidence", "现场照片两张")})
		if _, err := commit("SL-0006", "", "张 三", "001X"); len(fault.Fields(err)) != 1 || fault.Fields(err)[0].Field != "applicant" {
			t.Errorf("a false commitment earlier: %v", err)
		}
		if _, err := w.App.Move(ctx, w.window, waiting.ID, casework.Command{Move: "decide", Fields: fields("unit", "approval", "number", "x")}, "late"); fault.KindOf(err) != fault.Invalid {
			t.Errorf("granted what was applied for before: %v", err)
		}
		if _, err := commit("SL-0006", "", "张三", "9999"); err != nil {
			t.Errorf("somebody of the same name: %v", err)
		}
		w.do(head, c.ID, casework.Command{Move: "rectify", Fields: fields("rectify_by", "2026-04-01", "sanction", "警告；可申请复议")})
		w.do(w.units["approval"], c.ID, casework.Command{Move: "accept_rectified", Fields: fields("finding", "消毒间已建")})
		w.do(head, c.ID, casework.Command{Move: "repair", Fields: fields("repaired", "已整改并公示期满")})
		if _, err := commit("SL-0006", "", "张三", "001X"); err != nil {
			t.Errorf("after the repair: %v", err)
		}
		w.sound()
	})
}
