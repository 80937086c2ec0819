package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"gezhi/internal/fault"
	"gezhi/internal/idcode"
	"gezhi/internal/lang"
	"gezhi/internal/pack"
	"gezhi/internal/territory"
)

// checkCmd reads a pack, counts what is in it, and proves its routing.
type checkCmd struct {
	Pack     string    `xor:"pack" required:"" type:"existingdir" placeholder:"DIR" help:"Folder of the pack. 数据包目录。"`
	Zone     string    `xor:"pack" required:"" placeholder:"SLUG" help:"Built-in pack, such as binjiang. 内置数据包。"`
	At       time.Time `placeholder:"2026-11-22T00:00:00+08:00" help:"Moment to check for; now when not given. 以何时为准。"`
	JSON     bool      `name:"json" help:"Print JSON. 输出 JSON。"`
	Examples int       `default:"20" help:"How many findings to print. 列出多少条问题。"`
}

// checkAnswer is what check --json prints; the names are part of the command's contract.
type checkAnswer struct {
	Zone       int            `json:"zone"`
	Name       lang.Text      `json:"name"`
	Areas      map[string]int `json:"areas"` // by level
	Overlays   int            `json:"overlays"`
	Posts      int            `json:"posts"`
	Roles      int            `json:"roles"`
	Units      int            `json:"units"`
	Routes     int            `json:"routes"`
	Matters    int            `json:"matters"`
	Procedures []string       `json:"procedures"`
	Warnings   []string       `json:"warnings"`
	Proof      proofAnswer    `json:"proof"`
}

type proofAnswer struct {
	Holds    bool                   `json:"holds"`
	Stages   []string               `json:"stages"`
	Modes    []territory.Mode       `json:"modes"`
	Leaves   tallyAnswer            `json:"leaves"` // matter × area with nothing below it
	Levels   map[string]tallyAnswer `json:"levels"` // matter × area, by level
	ByMatter map[string]tallyAnswer `json:"by_matter"`
	Findings []findingAnswer        `json:"findings"`
	More     int                    `json:"more"`
	Strange  []findingAnswer        `json:"strange"`
	Idle     []string               `json:"idle"`
}

type tallyAnswer struct {
	One     int `json:"one"`
	None    int `json:"none"`
	Several int `json:"several"`
}

type findingAnswer struct {
	Kind    string         `json:"kind"` // none, several, strange
	Matters []string       `json:"matters"`
	Stages  []string       `json:"stages"`
	Mode    territory.Mode `json:"mode"`
	Area    string         `json:"area"`
	Path    string         `json:"path"`
	Areas   int            `json:"areas"`
	Rows    []string       `json:"rows"`
	Why     lang.Text      `json:"why"`
}

// Run prints the report and fails when the pack is wrong or its routing incomplete.
func (cmd *checkCmd) Run(s std) error {
	p, err := cmd.load()
	if err != nil {
		return err
	}
	if cmd.At.IsZero() {
		cmd.At = time.Now()
	}
	tree, err := p.Tree(cmd.At)
	if err != nil {
		return err
	}
	proof, err := p.Prove(cmd.At, cmd.Examples)
	if err != nil {
		return err
	}
	a := answer(s, p, tree, proof)
	if cmd.JSON {
		out := json.NewEncoder(s.Out)
		out.SetIndent("", "  ")
		out.SetEscapeHTML(false)
		if err := out.Encode(a); err != nil {
			return fmt.Errorf("print: %w", err)
		}
	} else if err := a.print(s); err != nil {
		return fmt.Errorf("print: %w", err)
	}
	if !proof.Holds() {
		return fault.New(fault.Invalid, "派遣规则不完整：有的事项没有责任主体、有多个责任主体，或规则引用了不存在的环节、事项。",
			"The routing is incomplete: some matter has no owner or several, or a row names a stage or matter that does not exist.")
	}
	return nil
}

func (cmd *checkCmd) load() (*pack.Pack, error) {
	if cmd.Zone != "" {
		return pack.Open(cmd.Zone)
	}
	dir, err := filepath.Abs(cmd.Pack)
	if err != nil {
		return nil, fmt.Errorf("find %s: %w", cmd.Pack, err)
	}
	return pack.Load(os.DirFS(filepath.Dir(dir)), filepath.Base(dir))
}

func answer(s std, p *pack.Pack, tree *territory.Tree, proof territory.Proof) checkAnswer {
	a := checkAnswer{Zone: p.Zone.Code, Name: p.Zone.Name, Areas: map[string]int{}, Overlays: len(p.Overlays), Posts: len(p.Posts),
		Roles: len(p.Roles), Units: len(p.Units), Routes: len(p.Routes), Matters: len(p.Matters.List), Warnings: []string{}}
	for _, proc := range p.Procedures {
		a.Procedures = append(a.Procedures, fmt.Sprintf("%s v%d", proc.ID, proc.Version))
	}
	for _, w := range tree.Warnings() {
		a.Warnings = append(a.Warnings, w.In(s.Lang))
	}
	pr := &a.Proof
	*pr = proofAnswer{Holds: proof.Holds(), Stages: p.RoutedStages(), Modes: proof.Modes, Leaves: tallyAnswer(proof.Leaves), More: proof.More,
		Levels: map[string]tallyAnswer{}, ByMatter: map[string]tallyAnswer{}, Findings: []findingAnswer{}, Strange: []findingAnswer{}, Idle: []string{}}
	for l, n := range tree.Count() {
		if n > 0 {
			id := territory.LevelID(territory.Level(l))
			a.Areas[id], pr.Levels[id] = n, tallyAnswer(proof.Levels[l])
		}
	}
	for _, m := range proof.ByMatter {
		pr.ByMatter[m.Matter] = tallyAnswer(m.Tally)
	}
	for _, f := range proof.Findings {
		kind := "none"
		if f.Several {
			kind = "several"
		}
		pr.Findings = append(pr.Findings, findingOf(kind, f, tree))
	}
	for _, f := range proof.Strange {
		pr.Strange = append(pr.Strange, findingOf("strange", f, tree))
	}
	for _, r := range proof.Idle {
		pr.Idle = append(pr.Idle, "routes.csv:"+r.String())
	}
	return a
}

func findingOf(kind string, f territory.Finding, tree *territory.Tree) findingAnswer {
	out := findingAnswer{Kind: kind, Matters: f.Matters, Stages: f.Stages, Mode: f.Mode, Area: f.Area, Path: tree.Path(f.Area), Areas: f.Areas, Why: f.Why, Rows: []string{}}
	for _, r := range f.Rows {
		out.Rows = append(out.Rows, "routes.csv:"+r.String())
	}
	return out
}

// print writes the report for a person.
func (a checkAnswer) print(s std) error {
	t := s.Lang.T
	var b strings.Builder
	fmt.Fprintf(&b, "%s（%d）\n\n", a.Name.In(s.Lang), a.Zone)
	for l := idcode.District; l <= idcode.Micro; l++ {
		if n := a.Areas[territory.LevelID(l)]; n > 0 {
			fmt.Fprintf(&b, "%s %d  ", territory.LevelName(l).In(s.Lang), n)
		}
	}
	fmt.Fprintf(&b, "\n%s %d  %s %d  %s %d  %s %d  %s %d  %s %d\n%s %s\n\n",
		t("叠加区域", "overlays"), a.Overlays, t("岗位", "posts"), a.Posts, t("角色", "roles"), a.Roles, t("单位", "units"), a.Units,
		t("派遣规则", "routes"), a.Routes, t("事项", "matters"), a.Matters, t("流程", "procedures"), strings.Join(a.Procedures, "、"))
	for _, w := range a.Warnings {
		fmt.Fprintln(&b, t("提醒：", "note: ")+w)
	}
	fmt.Fprintf(&b, t("责任主体证明：每个事项在每个区域、每个环节（%s）恰有一个责任主体\n", "Proof: every matter has exactly one owner in every area at every stage (%s)\n"), strings.Join(a.Proof.Stages, "、"))
	a.tallies(&b, s)
	if len(a.Proof.Findings)+len(a.Proof.Strange) > 0 {
		fmt.Fprintln(&b)
	}
	for _, f := range append(a.Proof.Findings, a.Proof.Strange...) {
		f.print(&b, s)
	}
	if a.Proof.More > 0 {
		fmt.Fprintf(&b, t("……另有 %d 条未列出\n", "… and %d more\n"), a.Proof.More)
	}
	for _, r := range a.Proof.Idle {
		fmt.Fprintln(&b, t("从不起作用的规则：", "never decides anything: ")+r)
	}
	_, err := io.WriteString(s.Out, b.String())
	return err
}

// tallies prints numbers before words, so that columns stand straight whatever the words' width.
func (a checkAnswer) tallies(w io.Writer, s std) {
	fmt.Fprintln(w, s.Lang.T("  恰有一个      没有      多个", "       one      none   several"))
	row := func(n tallyAnswer, of string) {
		fmt.Fprintf(w, "%10d%10d%10d    %s\n", n.One, n.None, n.Several, of)
	}
	for l := idcode.Micro; l >= idcode.District; l-- {
		if n := a.Areas[territory.LevelID(l)]; n > 0 {
			row(a.Proof.Levels[territory.LevelID(l)], fmt.Sprintf("%d × %d %s", a.Matters, n, territory.LevelName(l).In(s.Lang)))
		}
	}
	row(a.Proof.Leaves, s.Lang.T("其中最末一级的区域", "of these, areas with nothing below them"))
}

func (f findingAnswer) print(w io.Writer, s std) {
	t := s.Lang.T
	kind := map[string]string{"none": t("没有责任主体", "no owner"), "several": t("多个责任主体", "several owners"), "strange": t("规则有误", "odd row")}[f.Kind]
	fmt.Fprintf(w, "✗ %s：%s\n", kind, f.Why.In(s.Lang))
	if f.Kind != "strange" {
		fmt.Fprintf(w, t("    事项 %s；环节 %s；%s；%s %s 等 %d 个区域\n", "    matters %s; stages %s; %s; %s %s, %d areas in all\n"),
			strings.Join(f.Matters, "、"), strings.Join(f.Stages, "、"), f.Mode.Name().In(s.Lang), f.Area, f.Path, f.Areas)
	}
	for _, r := range f.Rows {
		fmt.Fprintln(w, "    "+r)
	}
}
