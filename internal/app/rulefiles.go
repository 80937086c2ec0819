package app

import (
	"context"
	"fmt"
	"slices"

	"gezhi/internal/fault"
	"gezhi/internal/lang"
	"gezhi/internal/pack"
	"gezhi/internal/policy"
	"gezhi/internal/target"
	"gezhi/internal/theme"
	"gezhi/internal/yamldoc"
)

// RuleFile is a set of rules that a zone keeps as one text, version by version, beside its procedures and matters: what a
// year or a place changes without changing how anything is handled.
type RuleFile struct {
	ID   string // also the kind and the name of its documents
	Name lang.Text
	Note lang.Text // what it says, and when a new version counts
	// check finds mistakes and says which version the file takes itself for, 0 when it does not say.
	check func(z *Zone, file string, body []byte) (version int, err error)
}

// RuleFiles are those that can be replaced at a desk.
func RuleFiles() []RuleFile {
	return []RuleFile{
		{docThemes, lang.Text{ZH: "一件事主题", EN: "Life events and trades"}, lang.Text{
			ZH: "“一件事一次办”“一业一证”的主题：包含哪些事项、由哪些单位办、按什么问题确定材料、承诺几天办完。发布后新申请按新版本，已受理的仍按原版本办完。",
			EN: "What a life event or a trade consists of: items, units, the questions that decide the papers, the days promised. New applications go by a new version; those accepted keep theirs."}, checkThemes},
		{docLights, lang.Text{ZH: "项目亮灯规则", EN: "Rules of lights"}, lang.Text{
			ZH: "重点项目红黄绿灯的判定规则，可以并存几套，用 use 指定本区用哪一套。发布后当月起按新规则亮灯。",
			EN: "When a project stands under red, yellow or green. Several sets may stand side by side; “use” says which counts. Lights go by a new version at once."}, checkLights},
		{docGoals, lang.Text{ZH: "年度目标", EN: "Goals of the year"}, lang.Text{
			ZH: "全年要有多少件走到哪个阶段（例如签约、投产、上市），每年发布一版。完成数由系统统计，不需填报。",
			EN: "How many cases are to come to which phase in a year (signed, in production, listed). Publish a version each year. What is met is counted, not reported."}, checkGoals},
		{docPolicies, lang.Text{ZH: "惠企政策规则", EN: "Policy items"}, lang.Text{
			ZH: "惠企事项的条件、金额、起止日期和算例。发布前逐条试算；发布后立即按新版匹配企业，已列入名单的仍按原版本。",
			EN: "Conditions, amounts, days and worked examples of policy items. Examples are run before a version is published; enterprises are matched by it at once, lists that were made keep theirs."}, checkPolicies},
		{docFigures, lang.Text{ZH: "兑现报表口径", EN: "Lines of payouts"}, lang.Text{
			ZH: "兑现报表有哪些行、每行统计台账中的哪些记录、用什么单位。发布后报表立即按新口径统计，台账不变。",
			EN: "The lines under which payouts are reported, what each counts and in which unit. Reports go by a new version at once; the payouts stay as they are."}, checkFigures},
	}
}

// RuleFileOf finds one of RuleFiles.
func RuleFileOf(id string) (RuleFile, error) {
	for _, f := range RuleFiles() {
		if f.ID == id {
			return f, nil
		}
	}
	return RuleFile{}, fault.New(fault.NotFound, "没有这类规则。", "There are no such rules.")
}

func checkThemes(z *Zone, file string, body []byte) (int, error) {
	c, err := theme.Parse(file, body)
	if err != nil {
		return 0, err
	}
	bad, fail := failing(file)
	pack.CheckThemes(c, z.Procedure(c.Procedure), func(code string) bool { _, ok := z.Units[code]; return ok }, fail)
	return c.Version, bad.Err()
}

func checkLights(_ *Zone, file string, body []byte) (int, error) {
	_, err := target.ParseSets(file, body)
	return 0, err
}

func checkFigures(_ *Zone, file string, body []byte) (int, error) {
	_, err := policy.ParseReport(file, body)
	return 0, err
}

func checkGoals(z *Zone, file string, body []byte) (int, error) {
	goals, err := target.ParseGoals(file, body)
	if err != nil {
		return 0, err
	}
	bad, fail := failing(file)
	pack.CheckGoals(goals, z.Procedure, fail)
	return 0, bad.Err()
}

// failing gathers mistakes by file and line.
func failing(file string) (*fault.List, func(line int, zh, en string, args ...any)) {
	bad := &fault.List{}
	return bad, func(line int, zh, en string, args ...any) {
		place := file
		if line > 0 {
			place = fmt.Sprintf("%s:%d", file, line)
		}
		*bad = append(*bad, fault.Field(place, zh, en, args...))
	}
}

// RuleVersions lists every version of a rule file, newest first.
func (a *App) RuleVersions(ctx context.Context, v Viewer, id string) ([]Version, error) {
	if _, err := RuleFileOf(id); err != nil {
		return nil, err
	}
	return a.versions(ctx, v, id)
}

// RuleText is a version of a rule file as it was written.
func (a *App) RuleText(ctx context.Context, v Viewer, id string, version int) ([]byte, error) {
	if _, err := RuleFileOf(id); err != nil {
		return nil, err
	}
	d, err := a.document(ctx, v, id, id, version)
	return []byte(d.Body), err
}

// DraftRules keeps an uploaded rule file as a draft and returns its version. Every mistake is named with its line.
func (a *App) DraftRules(ctx context.Context, v Viewer, id, file string, body []byte, key string) (int, error) {
	f, err := RuleFileOf(id)
	if err != nil {
		return 0, err
	}
	z, err := a.drafting(ctx, v, id, body)
	if err != nil {
		return 0, err
	}
	version, err := f.check(z, file, body)
	switch {
	case err != nil:
		return 0, withPlace(err)
	case version == 0:
		return a.draftNext(ctx, v, id, body, key)
	}
	return version, a.draft(ctx, v, id, id, version, body, key)
}

// RuleVersion is a version of a rule file, and where it differs from the version published before it.
type RuleVersion struct {
	Version
	Was   int // 0: it is the first
	Lines []yamldoc.Line
}

// RuleVersionOf loads a version of a rule file.
func (a *App) RuleVersionOf(ctx context.Context, v Viewer, id string, version int) (RuleVersion, error) {
	list, err := a.RuleVersions(ctx, v, id)
	if err != nil {
		return RuleVersion{}, err
	}
	i := slices.IndexFunc(list, func(x Version) bool { return x.Version == version })
	if i < 0 {
		return RuleVersion{}, fault.New(fault.NotFound, "没有这个版本。", "There is no such version.")
	}
	out := RuleVersion{Version: list[i]}
	for _, before := range list[i+1:] {
		if before.State != "draft" {
			out.Was, out.Lines = before.Version, yamldoc.Diff(before.Body, out.Body, 3)
			break
		}
	}
	return out, nil
}
