package app_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"gezhi/internal/app"
	"gezhi/internal/app/apptest"
	"gezhi/internal/calendar"
	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/lang"
	"gezhi/internal/rules"
)

// threshold gives the test of a field another value.
func threshold(field, value, unit string) func(b *rules.Book, x *rules.Item) (*rules.Item, error) {
	return func(b *rules.Book, x *rules.Item) (*rules.Item, error) {
		for _, row := range x.When.Rows(b, x.From, lang.ZH) {
			if row.Cond.Kind != rules.Test || b.Fields[row.Cond.Test.Field].ID != field {
				continue
			}
			leaf := b.Leaf(row.Cond)
			leaf.Asks[0].Value, leaf.Asks[0].Unit = value, unit
			c, err := b.ReadLeaf(leaf)
			if err != nil {
				return nil, err
			}
			y := *x
			y.When, err = x.When.Change(row.Path, c)
			return &y, err
		}
		return nil, fmt.Errorf("no test of %s", field)
	}
}

// TestAnAuthorSeesWhoFlipsBeforePublishing moves a threshold: what is told before is what has become of everybody afterwards, and a
// version whose examples do not come out is not published.
func TestAnAuthorSeesWhoFlipsBeforePublishing(t *testing.T) {
	forEngines(t, func(t *testing.T, w *apptest.World) {
		ctx, desk, r := context.Background(), policyDesk(w), rand.New(rand.NewPCG(3, 5))
		author := w.Staff("bz", "编制岗一号", casework.Duty{Role: app.RolePolicyAuthor, Area: "330108"})
		day := calendar.DayOf(w.App.Now()).String()
		const n = 40
		for i := range n {
			_, err := w.App.Say(ctx, desk, app.Saying{Code: exampleCode("330108", i), Name: fmt.Sprint("虚构企业", i), Source: "示例来源", AsOf: day,
				Values: map[string]string{"taxable": fmt.Sprint(r.IntN(400), "万元"), "staff": "20", "assets": "100万元"}}, fmt.Sprint("s", i))
			w.OK(err)
		}
		states := func() []string {
			var out []string
			for i := range n {
				v, err := w.App.Verdicts(ctx, desk, exampleCode("330108", i), lang.ZH)
				w.OK(err)
				for _, x := range v.All() {
					out = append(out, fmt.Sprint(i, " ", x.Item.ID, " ", x.State, " ", x.Amount))
				}
			}
			return out
		}
		before := states()
		page, _, err := w.App.PolicyAuthor(ctx, author)
		w.OK(err)
		if page.Draft || page.Version != 2 || page.InForce != 1 || page.Items[0].Changed {
			t.Errorf("before: %+v", page)
		}
		if _, _, err := w.App.PolicyAuthor(ctx, desk); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("the desk writes policies: %v", err)
		}
		from, err := rules.ParseDay("2022-01-01")
		w.OK(err)
		change := app.PolicyChange{Item: "micro-profit", From: from, Do: threshold("taxable", "200", "万元")}
		tried, err := w.App.TryPolicy(ctx, author, change)
		w.OK(err)
		if len(tried) != 1 || tried[0].Report.Losers == 0 || tried[0].Report.Winners != 0 || tried[0].Before.Eligible-tried[0].After.Eligible != tried[0].Report.Losers || tried[0].Losers[0].Name == "" {
			t.Fatalf("tried: %+v", tried)
		}
		if !reflect.DeepEqual(states(), before) {
			t.Error("trying has changed something")
		}
		_, _, err = w.App.ChangePolicy(ctx, author, change, "c1")
		w.OK(err)
		item, err := w.App.ItemAuthoring(ctx, author, "micro-profit", from, lang.ZH)
		w.OK(err)
		wrong := 0
		for _, e := range item.Tests {
			if e.Wrong != nil {
				wrong++
			}
		}
		if !item.Draft || item.Version != 2 || wrong != 1 {
			t.Errorf("version %d, %d examples are wrong", item.Version, wrong)
		}
		if err := w.App.Publish(ctx, author, "policies", "policies", 2, "p1"); fault.KindOf(err) != fault.Invalid || !strings.Contains(fault.Fields(err)[0].ZH, "都在限内") {
			t.Errorf("published with a wrong example: %v", err)
		}
		late := change
		late.Digest = "0123456789abcdef"
		if _, _, err := w.App.ChangePolicy(ctx, author, late, "c2"); fault.KindOf(err) != fault.Conflict {
			t.Errorf("from another text: %v", err)
		}
		text := strings.Replace(item.Text, "taxable: 300万元}", "taxable: 200万元}", 1)
		_, _, err = w.App.ChangePolicy(ctx, author, app.PolicyChange{Item: "micro-profit", From: from, Digest: item.Digest, Text: text}, "c3")
		w.OK(err)
		all, err := w.App.TryDraft(ctx, author)
		w.OK(err)
		if len(all) != 1 || !reflect.DeepEqual(all[0].Report.Effects, tried[0].Report.Effects) || all[0].Report.Losers != tried[0].Report.Losers {
			t.Errorf("the draft as a whole: %+v", all)
		}
		w.OK(w.App.Publish(ctx, author, "policies", "policies", 2, "p2"))
		flips := 0
		for i, was := range before {
			if now := states()[i]; now != was {
				flips++
			}
		}
		if flips != len(tried[0].Report.Effects) {
			t.Errorf("%d flip, %d were told", flips, len(tried[0].Report.Effects))
		}
		if _, _, err := w.App.ChangePolicy(ctx, author, app.PolicyChange{Item: "micro-profit", From: from, Text: strings.Replace(text, "field: taxable, at_most: 200万元", "field: taxed, at_most: 200万元", 1)}, "c4"); fault.KindOf(err) != fault.Invalid {
			t.Errorf("a field that does not exist: %v", err)
		}
		id, _, err := w.App.ChangePolicy(ctx, author, app.PolicyChange{Text: "- id: new-item\n  name: {zh: 示例新事项, en: A new item}\n  basis: 示例\n  way: award\n  from: 2026-01-01\n  when: {field: staff, at_least: 1}\n  amount: 100元\n"}, "c5")
		w.OK(err)
		page, _, err = w.App.PolicyAuthor(ctx, author)
		w.OK(err)
		if last := page.Items[len(page.Items)-1]; id != "new-item" || last.ID != id || !last.Changed {
			t.Errorf("the new item: %s, %+v", id, last)
		}
		verifies(t, w)
	})
}
