package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"gezhi/internal/calendar"
	"gezhi/internal/fault"
	"gezhi/internal/idcode"
	"gezhi/internal/lang"
	"gezhi/internal/rules"
)

// rulesCmd decides policy items without a database.
type rulesCmd struct {
	Check rulesCheckCmd `cmd:"" help:"Check a file of policy items and run its worked examples. 校验政策事项文件并试算其中的算例。"`
	Eval  rulesEvalCmd  `cmd:"" help:"Decide every item for every enterprise. 对每家企业逐项判断。"`
	Diff  rulesDiffCmd  `cmd:"" help:"What another version of the items would change, and for whom. 新旧两版政策的影响：哪些企业变了。"`
}

type rulesCheckCmd struct {
	File string `arg:"" type:"existingfile" placeholder:"FILE.yaml" help:"Policy items. 政策事项文件。"`
}

// Run checks a file.
func (cmd *rulesCheckCmd) Run(s std) error {
	b, err := readBook(cmd.File)
	if err != nil {
		return err
	}
	if err := b.Test(); err != nil {
		return err
	}
	examples := 0
	for _, x := range b.Items {
		examples += len(x.Examples)
	}
	fmt.Fprintln(s.Out, s.Lang.Tf("%d 个事项、%d 个字段、%d 个参数，%d 个算例全部相符。", "%d items, %d fields, %d parameters; %d examples all come out as they say.",
		len(b.Items), len(b.Fields), len(b.Params), examples))
	return nil
}

type rulesEvalCmd struct {
	Policies string `required:"" type:"existingfile" placeholder:"FILE.yaml" help:"Policy items. 政策事项文件。"`
	Profiles string `required:"" type:"existingfile" placeholder:"FILE.csv" help:"Profiles of enterprises. 企业画像表。"`
	AsOf     string `placeholder:"2026-11-26" help:"Day to decide for; today when not given. 以哪一天为准，不填为今天。"`
}

// Help is what --help adds.
func (rulesEvalCmd) Help() string {
	return `Writes one JSON line for each enterprise and item: enterprise, item, verdict (eligible, not_eligible, cannot_say, not_in_force),
amount (in 分; null when there is none or it cannot be said), failed (why not, in words) and missing (fields nobody knows).
The profiles are CSV in UTF-8: a column uscc (统一社会信用代码, checked) or enterprise, and columns named like the fields of the policies,
by id or by name; money and rates carry their unit in the cell (500万元, 5.5%) or in the heading (revenue(万元)). An empty cell is
unknown. A file with a wrong cell is refused as a whole, every place named.`
}

// evalLine is a line of rules eval; the names are part of the command's contract.
type evalLine struct {
	Enterprise string      `json:"enterprise"`
	Item       string      `json:"item"`
	Verdict    rules.State `json:"verdict"`
	Amount     *int64      `json:"amount"`
	Failed     []string    `json:"failed"`
	Missing    []string    `json:"missing"`
}

// Run decides every item for every enterprise.
func (cmd *rulesEvalCmd) Run(s std) error {
	b, err := readBook(cmd.Policies)
	if err != nil {
		return err
	}
	day, err := dayOf(cmd.AsOf)
	if err != nil {
		return err
	}
	plan := b.AsOf(day)
	list, err := readProfiles(s, plan, cmd.Profiles)
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(s.Out, 1<<18)
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	for _, p := range list {
		for i, x := range plan.Items {
			if err := enc.Encode(lineOf(plan, p.ID, x.ID, plan.Decide(i, p), s.Lang)); err != nil {
				return err
			}
		}
	}
	return out.Flush()
}

func lineOf(plan *rules.Plan, enterprise, item string, v rules.Verdict, l lang.Lang) evalLine {
	line := evalLine{Enterprise: enterprise, Item: item, Verdict: v.State, Failed: []string{}, Missing: []string{}}
	if v.Known {
		line.Amount = &v.Amount
	}
	for _, r := range v.Failed {
		line.Failed = append(line.Failed, plan.Words(r, l))
	}
	for _, f := range v.Missing {
		line.Missing = append(line.Missing, plan.Book.Fields[f].ID)
	}
	return line
}

type rulesDiffCmd struct {
	A        string `arg:"" type:"existingfile" placeholder:"A.yaml" help:"The version there is. 现行版本。"`
	B        string `arg:"" type:"existingfile" placeholder:"B.yaml" help:"The version to compare. 新版本。"`
	Profiles string `required:"" type:"existingfile" placeholder:"FILE.csv" help:"Profiles of enterprises. 企业画像表。"`
	AsOf     string `placeholder:"2026-11-26" help:"Day to decide for; today when not given. 以哪一天为准，不填为今天。"`
}

// Help is what --help adds.
func (rulesDiffCmd) Help() string {
	return `Writes a JSON line for each item of either version: item, eligible, cannot_say and amount (in 分, of those whose amount is known), each before
and after; and behind it a line for each enterprise that it comes to something else for: enterprise, item, was, is, amount_was, amount_is. Those
whose verdict stays and whose amount changes are among them. A missing version of an item counts as not_in_force.`
}

// diffItem and diffFlip are the lines of rules diff; the names are part of the command's contract.
type diffItem struct {
	Item      string   `json:"item"`
	Eligible  [2]int   `json:"eligible"`
	CannotSay [2]int   `json:"cannot_say"`
	Amount    [2]int64 `json:"amount"`
	Flipped   int      `json:"flipped"`
	flips     []diffFlip
}

type diffFlip struct {
	Enterprise string      `json:"enterprise"`
	Item       string      `json:"item"`
	Was        rules.State `json:"was"`
	Is         rules.State `json:"is"`
	AmountWas  *int64      `json:"amount_was"`
	AmountIs   *int64      `json:"amount_is"`
}

// Run compares two versions.
func (cmd *rulesDiffCmd) Run(s std) error {
	day, err := dayOf(cmd.AsOf)
	if err != nil {
		return err
	}
	var sides [2]side
	for i, file := range []string{cmd.A, cmd.B} {
		b, err := readBook(file)
		if err != nil {
			return err
		}
		sides[i].plan, sides[i].day = b.AsOf(day), day
		if sides[i].list, err = readProfiles(s, sides[i].plan, cmd.Profiles); err != nil {
			return err
		}
	}
	out := bufio.NewWriterSize(s.Out, 1<<18)
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	for _, id := range itemsOf(sides[0].plan.Book, sides[1].plan.Book) {
		x := compareItem(id, sides)
		if err := enc.Encode(x); err != nil {
			return err
		}
		for _, f := range x.flips {
			if err := enc.Encode(f); err != nil {
				return err
			}
		}
	}
	return out.Flush()
}

// side is one of two versions with the profiles as it reads them.
type side struct {
	plan *rules.Plan
	list []rules.Profile
	day  int64
}

// decide is what an item comes to for the enterprise on a row; not in force when the version has no such item.
func (s side) decide(id string, row int) rules.Verdict {
	i := s.plan.Book.ItemIndex(id, s.day)
	if i < 0 {
		return rules.Verdict{State: rules.NotInForce}
	}
	return s.plan.Decide(i, s.list[row])
}

func compareItem(id string, sides [2]side) diffItem {
	x := diffItem{Item: id}
	for row := range sides[0].list {
		var v [2]rules.Verdict
		var money [2]*int64
		for k, s := range sides {
			v[k] = s.decide(id, row)
			switch v[k].State {
			case rules.Eligible:
				x.Eligible[k]++
			case rules.CannotSay:
				x.CannotSay[k]++
			}
			if v[k].Known {
				x.Amount[k] += v[k].Amount
				money[k] = &v[k].Amount
			}
		}
		if v[0].State != v[1].State || v[0].Known != v[1].Known || v[0].Amount != v[1].Amount {
			x.Flipped++
			x.flips = append(x.flips, diffFlip{sides[0].list[row].ID, id, v[0].State, v[1].State, money[0], money[1]})
		}
	}
	return x
}

// itemsOf are the ids of two books, those of the first before what only the second has.
func itemsOf(books ...*rules.Book) []string {
	var out []string
	for _, b := range books {
		for _, x := range b.Items {
			if !slices.Contains(out, x.ID) {
				out = append(out, x.ID)
			}
		}
	}
	return out
}

func readBook(file string) (*rules.Book, error) {
	src, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	return rules.Parse(file, src)
}

// readProfiles reads profiles with what follows from them, names the columns that are left aside, and checks credit codes.
func readProfiles(s std, plan *rules.Plan, file string) ([]rules.Profile, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	got, err := plan.Book.ReadProfiles(f)
	var bad fault.List
	for _, x := range fault.Fields(err) {
		bad = append(bad, fault.Field(file+":"+x.Field, "%[1]s", "%[2]s", x.ZH, x.EN))
	}
	if got.Coded {
		for i, p := range got.List {
			if _, err := idcode.ParseUSCC(p.ID); err != nil {
				bad = append(bad, fault.Field(fmt.Sprintf("%s:%d", file, got.Lines[i]), "“%[1]s”不是正确的统一社会信用代码（GB 32100 校验不通过）。", "“%[1]s” is no unified social credit code (its check by GB 32100 fails).", p.ID))
			}
		}
	}
	if len(got.Ignored) > 0 {
		fmt.Fprintln(s.Err, s.Lang.Tf("注意：这些列不是画像字段，没有读取：%s", "note: these columns are no fields and were not read: %s", strings.Join(got.Ignored, s.Lang.T("、", ", "))))
	}
	for i, p := range got.List {
		got.List[i] = plan.Derive(p)
	}
	return got.List, bad.Err()
}

// dayOf is the day that a flag names, today in China when it names none.
func dayOf(flag string) (int64, error) {
	if flag == "" {
		flag = time.Now().In(calendar.Zone()).Format(time.DateOnly)
	}
	return rules.ParseDay(flag)
}
