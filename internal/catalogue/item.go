// Package catalogue has the licences that enterprises need (涉企经营许可事项), each under one of the four ways in which 证照分离
// reforms them: what an item asks for, who decides, within which time, and how it is applied for.
package catalogue

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"gezhi/internal/calendar"
	"gezhi/internal/fault"
	"gezhi/internal/lang"
)

// Mode is a way of reform (改革方式).
type Mode string

// The four ways of 国发〔2021〕7 号.
const (
	Cancelled Mode = "cancel"  // 直接取消审批
	Filed     Mode = "file"    // 审批改为备案
	Committed Mode = "commit"  // 实行告知承诺
	Improved  Mode = "improve" // 优化审批服务
)

// Modes are the four, in the order of the document.
func Modes() []Mode { return []Mode{Cancelled, Filed, Committed, Improved} }

var modeNames = map[Mode]lang.Text{
	Cancelled: {ZH: "直接取消审批", EN: "Approval abolished"},
	Filed:     {ZH: "审批改为备案", EN: "Filing instead of approval"},
	Committed: {ZH: "实行告知承诺", EN: "Commitment"},
	Improved:  {ZH: "优化审批服务", EN: "Improved approval"},
}

var modeMeanings = map[Mode]lang.Text{
	Cancelled: {ZH: "不再需要这项许可。取得营业执照即可经营，任何单位不得要求您提供这个许可证件；由原主管部门依法监管。",
		EN: "You no longer need this licence. With your business licence you may begin, and nobody may ask you for it; the department in charge supervises as before."},
	Filed: {ZH: "不再审批，只需备案。原则上取得营业执照即可经营，事后备案；法律要求事前备案的，备案完成即可经营。",
		EN: "No approval, only a filing. As a rule you may begin with your business licence and file afterwards; where the law wants the filing first, you may begin once it is done."},
	Committed: {ZH: "部门一次告知条件和责任，您书面承诺已经符合，就不再索要证明、据承诺办理。事后会核查，承诺不实的依法处理并记入信用记录。",
		EN: "You are told the conditions and what you answer for. Sign that you meet them and it is granted on your word, without proof. It is checked afterwards; a false commitment has consequences and goes on record."},
	Improved: {ZH: "仍需审批，但更快更省：下放权限、压缩时限和环节、精简材料、延长有效期、统一标准。",
		EN: "Approval is still needed but takes less: decided closer by, in less time and fewer steps, with fewer papers, valid longer, by one standard."},
}

// Name is the mode in words.
func (m Mode) Name() lang.Text { return modeNames[m] }

// Meaning says what the mode means for whoever applies (国发〔2021〕7 号).
func (m Mode) Meaning() lang.Text { return modeMeanings[m] }

// Level is who decides: an authority of the state, of the province, the city or the county and district (层级).
type Level string

// The levels, highest first.
const (
	National   Level = "national"
	Provincial Level = "province"
	Municipal  Level = "city"
	County     Level = "county"
)

// Levels are all of them, highest first.
func Levels() []Level { return []Level{National, Provincial, Municipal, County} }

var levelNames = map[Level]lang.Text{
	National: {ZH: "国家级", EN: "National"}, Provincial: {ZH: "省级", EN: "Provincial"}, Municipal: {ZH: "市级", EN: "Municipal"}, County: {ZH: "县级", EN: "County"},
}

// Name is the level in words.
func (l Level) Name() lang.Text { return levelNames[l] }

// Special is a procedure whose time is not counted (《行政许可法》第四十五条).
type Special string

var specialNames = map[Special]lang.Text{
	"hearing": {ZH: "听证", EN: "Hearing"}, "tender": {ZH: "招标", EN: "Tender"}, "inspection": {ZH: "检验", EN: "Inspection"},
	"test": {ZH: "检测", EN: "Testing"}, "appraisal": {ZH: "鉴定", EN: "Appraisal"}, "experts": {ZH: "专家评审", EN: "Expert review"},
}

// Specials are those there are.
func Specials() []Special {
	return []Special{"hearing", "tender", "inspection", "test", "appraisal", "experts"}
}

// Name is the procedure in words.
func (s Special) Name() lang.Text { return specialNames[s] }

// Item is one licence (LicenseItem). The texts are those of the list that was imported.
type Item struct {
	Code       string         // 1 to 40 letters, digits, “.” and “-”
	Name       string         // 1 to 100 characters, as many as the title of a case has
	Licence    string         `json:",omitempty"` // the document handed out; "" for none
	Basis      []string       `json:",omitempty"` // laws it rests on
	Level      Level          // who decides
	Department string         // code of the unit that decides, or supervises
	Mode       Mode           // how it is reformed
	Measures   []string       `json:",omitempty"` // what the reform changes (改革举措)
	Oversight  []string       `json:",omitempty"` // how it is supervised (监管措施)
	Statutory  calendar.Limit // zero when the list gives none
	Promised   calendar.Limit // zero when the list gives none; at most Statutory
	Special    []Special      `json:",omitempty"` // not counted in the limits
	Materials  []string       `json:",omitempty"` // what an applicant hands in
	FreeZone   bool           `json:",omitempty"` // of the list for free-trade zones only (自贸版)
	Industries []string       `json:",omitempty"` // prefixes of GB/T 4754: H, H62, H6210; empty for every industry
	Scope      string         `json:",omitempty"` // 经营范围规范表述
	Online     string         `json:",omitempty"` // id of the procedure or theme by which it is applied for; "" for none
	Edition    int            `json:"-"`          // in which it became as it is
}

// The most there is of something in an item.
const (
	maxCode  = 40
	maxName  = 100
	maxText  = 1000
	maxTexts = 50
)

var codeForm = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z.\-]*$`)

// Check says what is wrong with an item by itself, each fault under the key of its column.
func (i Item) Check() error {
	var bad fault.List
	if len(i.Code) > maxCode || !codeForm.MatchString(i.Code) {
		bad.Add("code", "事项编码应为 1 至 %d 位字母、数字、点和短横线", "A code has 1 to %d letters, digits, dots and dashes", maxCode)
	}
	if n := utf8.RuneCountInString(i.Name); n < 1 || n > maxName {
		bad.Add("name", "事项名称应为 1 至 %d 个字", "A name has 1 to %d characters", maxName)
	}
	if i.Mode.Name().ZH == "" {
		bad.Add("mode", "改革方式应为：%[1]s", "The mode must be one of: %[2]s", named(Modes(), "、", lang.ZH), named(Modes(), ", ", lang.EN))
	}
	if i.Level.Name().ZH == "" {
		bad.Add("level", "层级应为：%[1]s", "The level must be one of: %[2]s", named(Levels(), "、", lang.ZH), named(Levels(), ", ", lang.EN))
	}
	i.checkTexts(&bad)
	i.checkLimits(&bad)
	for _, s := range i.Special {
		if s.Name().ZH == "" {
			bad.Add("special", "没有“%[1]s”这种不计入时限的程序，可填：%[2]s", "There is no special procedure %[1]q; there are: %[3]s", s, named(Specials(), "、", lang.ZH), named(Specials(), ", ", lang.EN))
		}
	}
	for _, p := range i.Industries {
		if !ValidIndustry(p) {
			bad.Add("industries", "行业代码“%s”不对，应为门类字母加至多四位数字，如 H、H62、H6210（GB/T 4754）", "The industry %q is not a letter and up to four digits of GB/T 4754, such as H, H62 or H6210", p)
		}
	}
	if i.Mode == Cancelled && (i.Online != "" || len(i.Materials) > 0 || !i.Statutory.IsZero() || !i.Promised.IsZero()) {
		bad.Add("mode", "直接取消审批的事项不再办理，时限、材料和网上办理方式应留空", "Nobody applies for what has been abolished: leave limits, materials and the way to apply empty")
	}
	return bad.Err()
}

func (i Item) checkTexts(bad *fault.List) {
	for _, x := range []struct {
		key  string
		list []string
	}{{"licence", []string{i.Licence}}, {"basis", i.Basis}, {"measures", i.Measures}, {"oversight", i.Oversight}, {"materials", i.Materials}, {"scope", []string{i.Scope}}} {
		if len(x.list) > maxTexts {
			bad.Add(x.key, "最多 %d 条", "At most %d entries fit here", maxTexts)
		}
		if slices.ContainsFunc(x.list, func(s string) bool { return utf8.RuneCountInString(s) > maxText }) {
			bad.Add(x.key, "每条不能超过 %d 个字", "An entry has at most %d characters", maxText)
		}
	}
}

func (i Item) checkLimits(bad *fault.List) {
	if alike(i.Promised, i.Statutory) && i.Promised.N > i.Statutory.N {
		bad.Add("promised", "承诺时限（%[1]s）不能长于法定时限（%[2]s）", "The promised limit (%[3]s) must not be longer than the statutory one (%[4]s)",
			i.Promised.Label(lang.ZH), i.Statutory.Label(lang.ZH), i.Promised.Label(lang.EN), i.Statutory.Label(lang.EN))
	}
}

// alike reports whether two limits are counted alike: days and hours have no common measure.
func alike(a, b calendar.Limit) bool {
	return !a.IsZero() && !b.IsZero() && a.Unit == b.Unit && a.NoRoll == b.NoRoll
}

// Limit is the one an application runs under: the promised one, else the statutory one; zero when there is neither.
func (i Item) Limit() calendar.Limit {
	if i.Promised.IsZero() {
		return i.Statutory
	}
	return i.Promised
}

// Cut is what the promise saves of the statutory limit, as a fraction cut/of (提速率 = 1 − 承诺/法定); of is 0 when the two
// cannot be compared.
func (i Item) Cut() (cut, of int) {
	if !alike(i.Promised, i.Statutory) {
		return 0, 0
	}
	return i.Statutory.N - i.Promised.N, i.Statutory.N
}

// Ref names an item as it was in an edition: X001/3.
func (i Item) Ref() string { return i.Code + "/" + strconv.Itoa(i.Edition) }

// SplitRef reads what Ref writes; edition 0 when it says none.
func SplitRef(ref string) (code string, edition int) {
	code, e, _ := strings.Cut(ref, "/")
	edition, _ = strconv.Atoi(e)
	return code, edition
}

// named joins the names of some terms.
func named[T interface{ Name() lang.Text }](list []T, by string, l lang.Lang) string {
	var out []string
	for _, x := range list {
		out = append(out, x.Name().In(l))
	}
	return strings.Join(out, by)
}
