package browser

import (
	"context"
	_ "embed"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/chromedp/chromedp"
)

// axeScript is axe-core 4.14.1 (npm axe-core, MPL-2.0, licence beside it), unchanged.
//
//go:embed testdata/axe-core/axe.min.js
var axeScript string

// violation is one broken rule, as axe-core reports it.
type violation struct {
	ID      string `json:"id"`
	Impact  string `json:"impact"`
	Help    string `json:"help"`
	HelpURL string `json:"helpUrl"`
	Nodes   []struct {
		Target         []any  `json:"target"` // CSS selectors, nested for frames
		HTML           string `json:"html"`
		FailureSummary string `json:"failureSummary"`
	} `json:"nodes"`
}

func (v violation) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s (%s): %s", v.ID, v.Impact, v.Help)
	for i, n := range v.Nodes {
		if i == 5 {
			fmt.Fprintf(&b, "\n    and %d more", len(v.Nodes)-i)
			break
		}
		fmt.Fprintf(&b, "\n    %v  %.160s\n        %s", n.Target, n.HTML, strings.ReplaceAll(n.FailureSummary, "\n", "\n        "))
	}
	return b.String()
}

// Axe fails the test for every WCAG 2.1 A and AA rule that axe-core finds broken on the page as it is
// now, but for the rules named by their axe-core id. It needs JavaScript.
func (p *Page) Axe(without ...string) {
	p.t.Helper()
	found, err := p.axe(without)
	if err != nil {
		p.t.Fatalf("axe-core at %s: %v", p.where(), err)
	}
	for _, v := range found {
		p.t.Errorf("%s page at %s, accessibility: %s", p.device, p.where(), v)
	}
}

func (p *Page) axe(without []string) ([]violation, error) {
	rules := map[string]any{}
	for _, id := range without {
		rules[id] = map[string]bool{"enabled": false}
	}
	options, err := json.Marshal(map[string]any{
		"runOnly":     []string{"wcag2a", "wcag2aa", "wcag21a", "wcag21aa"},
		"resultTypes": []string{"violations"},
		"rules":       rules,
	})
	if err != nil {
		return nil, err
	}
	if _, err := eval[chromedp.Void](p, "if (!window.axe) {"+axeScript+"}"); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(p.ctx, patience)
	defer cancel()
	answer, err := chromedp.Run(ctx, chromedp.Evaluate[string](
		"axe.run(document, "+string(options)+").then(r => JSON.stringify(r.violations))", chromedp.EvalAwaitPromise))
	if err != nil {
		return nil, err
	}
	var found []violation
	return found, json.Unmarshal([]byte(answer), &found)
}
