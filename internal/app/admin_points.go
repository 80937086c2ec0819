package app

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gezhi/internal/fault"
	"gezhi/internal/lang"
	"gezhi/internal/points"
	"gezhi/internal/store"
)

// PointsVersions lists every version of the rules of points, newest first.
func (a *App) PointsVersions(ctx context.Context, v Viewer) ([]Version, error) {
	return a.versions(ctx, v, docPoints)
}

// PointsVersion is one version of the rules, drafts too, ready to be looked at.
func (a *App) PointsVersion(ctx context.Context, v Viewer, version int) (points.Rules, store.Document, error) {
	d, err := a.document(ctx, v, docPoints, docPoints, version)
	if err != nil {
		return points.Rules{}, d, err
	}
	rules, err := points.ParseRules(fileName(docPoints, version), []byte(d.Body))
	return rules, d, err
}

// DraftPoints keeps uploaded rules as a draft and returns its version. They are refused, with file and line for each
// mistake, when they cannot be read or name a reviewer nobody can be.
func (a *App) DraftPoints(ctx context.Context, v Viewer, file string, body []byte, key string) (int, error) {
	z, err := a.drafting(ctx, v, docPoints, body)
	if err != nil {
		return 0, err
	}
	rules, err := points.ParseRules(file, body)
	if err != nil {
		return 0, withPlace(err)
	}
	if err := reviewersExist(rules, z.roleIDs()); err != nil {
		return 0, err
	}
	return a.draftNext(ctx, v, docPoints, body, key)
}

// reviewersExist refuses a reviewer's role that nobody can hold, or that gives no say over awards.
func reviewersExist(rules points.Rules, roles []string) error {
	var bad fault.List
	for _, r := range rules.List {
		for _, by := range []points.Reviewer{r.Review, r.Second.By} {
			if by.Role != "" && (!slices.Contains(roles, by.Role) || powers(by.Role)&ReviewAwards == 0) {
				bad.Add("file", "“%[1]s”的复核角色“%[3]s”在本区没有人能担任，或没有积分复核权限。", "Nobody here reviews as %[3]s, as %[2]s asks.", r.Name.ZH, r.Name.EN, by.Role)
			}
		}
	}
	return bad.Err()
}

// RuleChange is what is different about one item between two versions.
type RuleChange struct {
	Item  lang.Text
	Added bool
	Gone  bool
	Lines []RuleDifference // what changed about an item both have
}

// RuleDifference is one property before and after, in words.
type RuleDifference struct {
	What    lang.Text
	Was, Is string
}

// ComparePoints says how a version differs from the one in force, in words of the reader.
func (a *App) ComparePoints(ctx context.Context, v Viewer, version int, l lang.Lang) ([]RuleChange, error) {
	now, _, err := a.PointsVersion(ctx, v, version)
	if err != nil {
		return nil, err
	}
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return nil, err
	}
	return changesOf(z.Rules, now, l), nil
}

func changesOf(was, now points.Rules, l lang.Lang) []RuleChange {
	var out []RuleChange
	for _, n := range now.List {
		o, ok := was.Find(n.ID)
		if !ok {
			out = append(out, RuleChange{Item: n.Name, Added: true})
			continue
		}
		if lines := differences(o, n, l); len(lines) > 0 {
			out = append(out, RuleChange{Item: n.Name, Lines: lines})
		}
	}
	for _, o := range was.List {
		if _, ok := now.Find(o.ID); !ok {
			out = append(out, RuleChange{Item: o.Name, Gone: true})
		}
	}
	if a, b := capsText(was.Overall, l), capsText(now.Overall, l); a != b {
		out = append(out, RuleChange{Item: lang.Text{ZH: "全部事项合计", EN: "All items together"}, Lines: []RuleDifference{{lang.Text{ZH: "上限", EN: "Limit"}, a, b}}})
	}
	return out
}

func differences(o, n points.Rule, l lang.Lang) []RuleDifference {
	was, is := RuleFacts(o, l), RuleFacts(n, l)
	var out []RuleDifference
	for i := range was {
		if was[i].Text != is[i].Text {
			out = append(out, RuleDifference{was[i].Name, was[i].Text, is[i].Text})
		}
	}
	return out
}

// RuleFact is one property of an item in words.
type RuleFact struct {
	Name lang.Text
	Text string
}

// RuleFacts are an item's properties in words, always the same ones in the same order.
func RuleFacts(r points.Rule, l lang.Lang) []RuleFact {
	var who, evidence, pools []string
	for _, e := range r.Who {
		who = append(who, e.Name().In(l))
	}
	for _, e := range r.Evidence {
		evidence = append(evidence, e.Name().In(l))
	}
	for _, p := range r.Pools {
		pools = append(pools, levelPool[p.Digits()].In(l))
	}
	comma := l.T("、", ", ")
	publicity := l.T("不公示", "none")
	if !r.Publicity.IsZero() {
		publicity = r.Publicity.Label(l)
	}
	example := l.T("否", "no")
	if r.Example {
		example = l.T("是", "yes")
	}
	text := func(zh, en string) lang.Text { return lang.Text{ZH: zh, EN: en} }
	return []RuleFact{
		{text("名称", "Name"), r.Name.In(l)},
		{text("说明", "Remark"), r.Note.In(l)},
		{text("分值", "Points"), ValueText(r.Value, l)},
		{text("谁可以得分", "Who may earn"), strings.Join(who, comma)},
		{text("怎样记分", "How"), r.Source.Name().In(l)},
		{text("需要的佐证", "Evidence"), strings.Join(evidence, comma)},
		{text("上限", "Limit"), capsText(r.Caps, l)},
		{text("复核", "Review"), reviewText(r, l)},
		{text("公示", "Publicity"), publicity},
		{text("预算", "Budget"), strings.Join(pools, l.T("，不足时用", ", then "))},
		{text("有效期", "Lapses"), r.Lapse.Label(l)},
		{text("适用日期", "In force"), spanText(r.Valid, l)},
		{text("分值依据", "Basis"), r.Basis},
		{text("示例", "Example"), example},
	}
}

var levelPool = map[int]lang.Text{6: {ZH: "区级预算池", EN: "the district's pool"}, 9: {ZH: "街道（镇）预算池", EN: "the street's pool"}, 12: {ZH: "社区预算池", EN: "the community's pool"}}

// ValueText is what an item brings, in words: 5 分, or 每满 60 分钟 1 分.
func ValueText(v points.Value, l lang.Lang) string {
	if v.Fixed() {
		return l.Tf("%d 分", "%d points", v.Each)
	}
	unit := v.Unit.Name().In(l)
	if v.Per == 1 {
		return l.Tf("每%[2]s %[1]d 分", "%[1]d points for each of %[2]s", v.Each, unit)
	}
	return l.Tf("每满 %[2]d %[3]s %[1]d 分", "%[1]d points for every full %[2]d %[3]s", v.Each, v.Per, unit)
}

func capsText(caps []points.Cap, l lang.Lang) string {
	if len(caps) == 0 {
		return l.T("不限", "none")
	}
	var out []string
	for _, c := range caps {
		out = append(out, c.Label(l))
	}
	return strings.Join(out, l.T("；", "; "))
}

func reviewText(r points.Rule, l lang.Lang) string {
	name := func(by points.Reviewer) string {
		role, _ := RoleOf(by.Role)
		return role.Name.In(l)
	}
	switch {
	case r.Review.Role == "":
		return l.T("不需要复核", "none")
	case r.Second.By.Role == "":
		return name(r.Review)
	}
	return l.Tf("%[1]s；超过 %[2]d 分的由%[3]s二次复核", "%[1]s; above %[2]d points %[3]s reviews again", name(r.Review), r.Second.Above, name(r.Second.By))
}

func spanText(s points.Span, l lang.Lang) string {
	switch {
	case s.From == 0 && s.To == 0:
		return l.T("长期", "always")
	case s.To == 0:
		return l.Tf("%s 起", "from %s", s.From)
	case s.From == 0:
		return l.Tf("至 %s", "until %s", s.To)
	}
	return fmt.Sprintf("%s – %s", s.From, s.To)
}

// CapsText is the limits of an item, in words.
func CapsText(caps []points.Cap, l lang.Lang) string { return capsText(caps, l) }

// PointsText is a version as it was written; 0 is the one in force.
func (a *App) PointsText(ctx context.Context, v Viewer, version int) ([]byte, error) {
	if version == 0 {
		z, err := a.Zone(ctx, v.Zone)
		if err != nil {
			return nil, err
		}
		version = z.ruleset
	}
	d, err := a.document(ctx, v, docPoints, docPoints, version)
	if fault.KindOf(err) == fault.NotFound {
		return nil, fault.New(fault.NotFound, "没有第 %s 版积分规则。", "There is no version %s of the rules.", strconv.Itoa(version))
	}
	return []byte(d.Body), err
}
