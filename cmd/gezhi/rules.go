package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math/big"
	"os"
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
	return `Writes a JSON line for each item of either version: item; eligible, cannot_say, amount (in 分, of those whose amount is known) and unknown
(those who are eligible for an amount that cannot be said), each before and after; winners (newly eligible, or with more money), losers and
adjusted (eligible in both, with another amount); left (what of the new version's budget a year leaves, in 分; null without one); and flipped.
Behind it stands a line for each enterprise that it comes to something else for: enterprise, item, was, is, amount_was, amount_is. Those whose
verdict stays and whose amount changes are among them. A missing version of an item counts as not_in_force.`
}

// diffItem and diffFlip are the lines of rules diff; the names are part of the command's contract.
type diffItem struct {
	Item      string      `json:"item"`
	Eligible  [2]int      `json:"eligible"`
	CannotSay [2]int      `json:"cannot_say"`
	Amount    [2]*big.Int `json:"amount"`
	Unknown   [2]int      `json:"unknown"`
	Winners   int         `json:"winners"`
	Losers    int         `json:"losers"`
	Adjusted  int         `json:"adjusted"`
	Left      *big.Int    `json:"left"`
	Flipped   int         `json:"flipped"`
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
	var sides [2]*rules.Matrix
	for i, file := range []string{cmd.A, cmd.B} {
		b, err := readBook(file)
		if err != nil {
			return err
		}
		plan := b.AsOf(day)
		list, err := readProfiles(s, plan, cmd.Profiles)
		if err != nil {
			return err
		}
		sides[i] = rules.NewMatrix(plan, b.Table(list))
	}
	out := bufio.NewWriterSize(s.Out, 1<<18)
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	for _, r := range rules.Compare(sides[0], sides[1]) {
		if err := writeReport(enc, r, sides[0].Table.IDs); err != nil {
			return err
		}
	}
	return out.Flush()
}

func writeReport(enc *json.Encoder, r *rules.Report, enterprises []string) error {
	was, is := r.Before, r.After
	if err := enc.Encode(diffItem{r.ID, [2]int{was.Eligible, is.Eligible}, [2]int{was.CannotSay, is.CannotSay}, [2]*big.Int{was.Amount(), is.Amount()},
		[2]int{was.Unknown, is.Unknown}, r.Winners, r.Losers, r.Adjusted, r.Left(), len(r.Effects)}); err != nil {
		return err
	}
	for _, e := range r.Effects {
		if err := enc.Encode(diffFlip{enterprises[e.Row], r.ID, e.Was.State, e.Is.State, amountOf(e.Was), amountOf(e.Is)}); err != nil {
			return err
		}
	}
	return nil
}

func amountOf(o rules.Outcome) *int64 {
	if !o.Known {
		return nil
	}
	return &o.Amount
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
