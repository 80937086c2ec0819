package app_test

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"gezhi/internal/app"
	"gezhi/internal/app/apptest"
	"gezhi/internal/fault"
	"gezhi/internal/lang"
	"gezhi/internal/points"
	"gezhi/internal/sheet"

	"github.com/xuri/excelize/v2"
)

// listOf makes a workbook of awards.
func listOf(t testing.TB, rows [][]any) []byte {
	t.Helper()
	var out bytes.Buffer
	e := sheet.Export{}
	for _, h := range []string{"积分事项", "手机号", "姓名", "单位代码", "日期", "数量", "说明"} {
		e.Columns = append(e.Columns, sheet.Heading{Name: h})
	}
	x, err := sheet.NewXLSX(&out, e)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range rows {
		if err := x.Row(r...); err != nil {
			t.Fatal(err)
		}
	}
	if err := x.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestAListWithThirtySevenMistakes(t *testing.T) {
	w := apptest.New(t, "sqlite:"+filepath.Join(t.TempDir(), "g.db"))
	c, ctx := newCircle(w), context.Background()
	c.Allot(oneStreet, 100_000)
	var rows [][]any
	for i := range 5000 {
		row := []any{"加入时间银行", fmt.Sprintf("139%08d", i), "测试居民", nil, "2026-03-01", nil, "登记"}
		if i < 37 {
			switch i % 6 {
			case 0:
				row[0] = "不存在的事项"
			case 1:
				row[1] = "12345"
			case 2:
				row[4] = "2026-13-01"
			case 3:
				row[1], row[4] = "13900004000", "2026-03-01" // a second time
				if i > 3 {
					row[2] = "<em>"
					row[1] = fmt.Sprintf("138%08d", i)
				}
			case 4:
				row[2] = nil
			case 5:
				row[0] = "参加卫生整治"
			}
		}
		rows = append(rows, row)
	}
	rows[3], rows[4500] = rows[4500], rows[3] // the later one of two is wrong
	id, err := c.App.KeepAwards(ctx, c.desk, "", "名单.xlsx", listOf(t, rows))
	c.OK(err)
	began := time.Now()
	check, err := c.App.CheckAwards(ctx, c.desk, id)
	c.OK(err)
	t.Logf("checking took %v", time.Since(began))
	if len(check.Lines) != 4963 || len(check.Rows) != 37 || check.Points != 5*4963 {
		t.Fatalf("%d right, %d wrong, %d points: %v", len(check.Lines), len(check.Rows), check.Points, check.Problems[check.Rows[0]])
	}
	back, err := check.ErrorRows(lang.ZH)
	c.OK(err)
	f, err := excelize.OpenReader(bytes.NewReader(back))
	c.OK(err)
	cells, err := f.GetRows(f.GetSheetName(0))
	c.OK(err)
	reasons := 0
	for _, r := range cells[1:] {
		if len(r) == 8 && r[7] != "" {
			reasons++
		}
	}
	if cells[0][7] != "错误说明" || reasons != 37 {
		t.Errorf("%d rows come back with reasons under %q", reasons, cells[0][7])
	}
	_, err = c.App.ApplyAwards(ctx, c.desk, id, 5000, c.key())
	c.refused("confirming another number", err, fault.Conflict, "又有变动")
	key := c.key()
	began = time.Now()
	_, err = c.App.ApplyAwards(ctx, c.desk, id, 4963, key)
	c.OK(err)
	t.Logf("importing took %v", time.Since(began))
	_, err = c.App.ApplyAwards(ctx, c.desk, id, 4963, c.key())
	c.refused("importing twice", err, fault.Conflict, "已经导入过")
	done, err := c.App.DecideImport(ctx, c.desk, id, app.Approve, "")
	c.OK(err)
	if done.Done != 0 {
		t.Errorf("whoever brought the list approved %d", done.Done)
	}
	began = time.Now()
	done, err = c.App.DecideImport(ctx, c.street, id, app.Approve, "")
	c.OK(err)
	t.Logf("approving and posting took %v", time.Since(began))
	p, err := c.App.ImportOf(ctx, c.street, id)
	c.OK(err)
	if done.Done != 4963 || p.States[points.Posted] != 4963 || p.Turn != 0 {
		t.Fatalf("approved %+v, %+v", done, p)
	}
	_, err = c.App.UndoImport(ctx, c.desk, id, "")
	c.refused("undoing without a reason", err, fault.Invalid, "4 至 200")
}

func TestAListIsTakenBackWhole(t *testing.T) {
	forEngines(t, func(t *testing.T, w *apptest.World) {
		c, ctx := newCircle(w), context.Background()
		a := c.Resident("13800000001")
		c.OK(c.App.AddHousehold(ctx, c.desk, oneCommunity, "13800000001", c.key()))
		send := func() int64 {
			id, err := c.App.KeepAwards(ctx, c.desk, "", "名单.xlsx", listOf(t, [][]any{
				{"household-env", "13800000001", nil, nil, "2026-03-01", 2, "两人参加"},
				{"家庭参加社区环境整治", "13800000001", nil, nil, "2026-03-01", 1, "同一天"},
				{"家庭参加社区环境整治", "13800000001", "王五五", nil, "2026-02-27", 5, "姓名不符是居民自己没有填"},
				{"共建单位组织卫生整治", nil, nil, "sanitation", "2026-02-28", nil, ""},
				{"家庭参加社区环境整治", "13800000009", "测试新人", nil, "2026-03-01", 1, "没有家庭"},
			}))
			c.OK(err)
			return id
		}
		id := send()
		check, err := c.App.CheckAwards(ctx, c.desk, id)
		c.OK(err)
		if len(check.Lines) != 2 || len(check.Rows) != 3 {
			t.Fatalf("%+v, problems %v", check.Lines, check.Problems)
		}
		_, err = c.App.ApplyAwards(ctx, c.desk, id, 2, c.key())
		c.OK(err)
		done, err := c.App.UndoImport(ctx, c.desk, id, "名单有误，重新报送")
		c.OK(err)
		if done.Done != 2 {
			t.Fatalf("withdrawn %+v", done)
		}
		id = send() // the same rows may come again
		_, err = c.App.ApplyAwards(ctx, c.desk, id, 2, c.key())
		c.OK(err)
		_, err = c.App.DecideImport(ctx, c.street, id, app.Approve, "")
		c.OK(err)
		c.Allot(oneStreet, 100)
		c.Pass(10 * 24 * time.Hour)
		if c.balance(a) != 10 {
			t.Fatalf("balance %d", c.balance(a))
		}
		for by, want := range map[string]int{"who brought it": 0, "somebody else": 2} {
			v := c.desk
			if want > 0 {
				v = c.desk2
			}
			if done, err = c.App.UndoImport(ctx, v, id, "经核查名单不实"); err != nil || done.Done != want {
				t.Errorf("%s reverses %+v, %v", by, done, err)
			}
		}
		if c.balance(a) != 0 {
			t.Errorf("balance %d after all was reversed", c.balance(a))
		}
		c.sound()
	})
}
