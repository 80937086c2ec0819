package app_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"gezhi/internal/app"
	"gezhi/internal/app/apptest"
	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/filetype"
	"gezhi/internal/lang"
	"gezhi/internal/policy"
)

// TestAnApplicationFollowsTheRulesOfItsTime publishes another version while an application is out for correction: materials change places, and
// the award is another from a later day on.
func TestAnApplicationFollowsTheRulesOfItsTime(t *testing.T) {
	forEngines(t, func(t *testing.T, w *apptest.World) {
		p, ctx := newPayer(t, w), t.Context()
		add := func(name string) []int64 {
			f, err := w.App.AddFile(ctx, p.agent, name, bytes.NewReader(filetype.Sample(name)))
			w.OK(err)
			return []int64{f.ID}
		}
		id, err := w.App.ApplyForGrant(ctx, p.agent, exampleCode("330108", 1), firstScale, app.GrantForm{Account: exampleAccount, Version: 1,
			Files: map[int][]int64{1: add("form.pdf"), 2: add("accounts.pdf")}}, p.key())
		w.OK(err)
		w.OK(w.App.MoveGrant(ctx, p.desk, id, policy.Return, "请补充", p.key()))

		author := w.Staff("bz", "编制岗一号", casework.Duty{Role: app.RolePolicyAuthor, Area: "330108"})
		text, err := w.App.RuleText(ctx, author, "policies", 1)
		w.OK(err)
		before, item, ok := strings.Cut(string(text), "  - id: "+firstScale+"\n")
		if !ok {
			t.Fatal("the item is not there")
		}
		end := strings.Index(item, "\n  - id: ")
		if end < 0 {
			end = len(item)
		}
		one, two := `      - {zh: 示例：奖励资金申请表, en: "Example: application for the award"}`, `      - {zh: 示例：上年度财务报表, en: "Example: accounts of last year"}`
		changed := strings.NewReplacer(one+"\n"+two, two+"\n"+one, "amount: 20万元", "amount: 30万元").Replace(item[:end])
		if !strings.Contains(changed, two+"\n"+one) {
			t.Fatal("the materials have not changed places")
		}
		version, err := w.App.DraftRules(ctx, author, "policies", "p.yaml", []byte(before+"  - id: "+firstScale+"\n"+changed+item[end:]), p.key())
		w.OK(err)
		w.OK(w.App.Publish(ctx, author, "policies", "policies", version, p.key()))

		p.tick(48 * time.Hour)
		more := map[int][]int64{2: add("audit.pdf")}
		if err := w.App.ResubmitGrant(ctx, p.agent, id, app.GrantForm{Files: more, Version: 2}, p.key()); kindOf(err) != fault.Conflict {
			t.Errorf("materials of the version that the grant is not of: %v", err)
		}
		w.OK(w.App.ResubmitGrant(ctx, p.agent, id, app.GrantForm{Files: more, Version: 1}, p.key()))
		page, err := w.App.GrantPage(ctx, p.desk, id)
		w.OK(err)
		var have []string
		for _, f := range page.Files {
			have = append(have, f.Material+" "+f.Name)
		}
		if got := strings.Join(have, ", "); got != "示例：奖励资金申请表 form.pdf, 示例：上年度财务报表 accounts.pdf, 示例：上年度财务报表 audit.pdf" {
			t.Errorf("files: %s", got)
		}
		if page.Amount != 300_000_00 || page.Version != 2 || !page.WorkedOut().Equal(page.Events[len(page.Events)-1].At) || page.WorkedOut().Equal(page.At) {
			t.Errorf("%+v, worked out at %s", page.GrantLine, page.WorkedOut())
		}
		z, err := w.App.Zone(ctx, apptest.Zone)
		w.OK(err)
		if b, x, day := z.Decided(page.Grant, page.WorkedOut()); x == nil || b.Items[b.ItemIndex(firstScale, day)] != x || x.Amount.Sentence(b, day, lang.ZH) != "30 万元" {
			t.Errorf("decided by %v", x)
		}
		old := page.Grant
		old.Version = 1
		if _, x, _ := z.Decided(old, page.At); x == nil || x.Amount == nil || x.Materials[0].ZH != "示例：奖励资金申请表" {
			t.Error("the first version is not there")
		}
		old.Version = 7
		if _, x, _ := z.Decided(old, page.At); x != nil || z.GrantItem(old) == nil {
			t.Error("a version that never was decided something")
		}
		verifies(t, w)
	})
}
