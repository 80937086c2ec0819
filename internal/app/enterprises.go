package app

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/idcode"
	"gezhi/internal/lang"
	"gezhi/internal/policy"
	"gezhi/internal/rules"
	"gezhi/internal/store"
)

// reach is which enterprises the viewer may read about.
func (v Viewer) reach() store.Reach {
	return store.Reach{All: v.Can(Policies | EditPolicies), Person: int64(v.Person)}
}

// enterprise loads one enterprise within somebody's reach.
func (a *App) enterprise(ctx context.Context, zone int, reach store.Reach, code string) (e store.Enterprise, err error) {
	return e, a.db.View(ctx, zone, func(r *store.Reader) (err error) {
		e, err = r.Enterprise(reach, code)
		return err
	})
}

// namesOf are the names of enterprises by their codes.
func (a *App) namesOf(ctx context.Context, zone int, codes []string) (map[string]string, error) {
	out := make(map[string]string, len(codes))
	return out, a.db.View(ctx, zone, func(r *store.Reader) error {
		for chunk := range slices.Chunk(codes, 5000) {
			known, err := r.EnterprisesOf(chunk)
			if err != nil {
				return err
			}
			for code, e := range known {
				out[code] = e.Name
			}
		}
		return nil
	})
}

// codesOf are the codes of enterprises that a list is about.
func codesOf[T any](list []T, code func(T) string) []string {
	out := make([]string, len(list))
	for i, x := range list {
		out[i] = code(x)
	}
	return out
}

// Enterprises lists enterprises whose code begins with, or whose name contains, some words, after a place; -1 begins.
func (a *App) Enterprises(ctx context.Context, v Viewer, words string, after, limit int) ([]store.Enterprise, error) {
	if err := v.need(Policies | EditPolicies); err != nil {
		return nil, err
	}
	var out []store.Enterprise
	err := a.db.View(ctx, v.Zone, func(r *store.Reader) (err error) {
		out, err = r.Enterprises(v.reach(), store.EnterpriseFilter{Words: strings.TrimSpace(words), After: after, Limit: limit})
		return err
	})
	return out, err
}

// FactLine is one field of an enterprise's profile.
type FactLine struct {
	Field   rules.Field
	Place   int    // in the book
	Value   string // in words; "" when it is not known
	Fact    policy.Fact
	Derived bool // nobody said it: it follows from other values
	Strange bool // what was said means nothing to the rules in force
}

// EnterprisePage is what is known of an enterprise.
type EnterprisePage struct {
	store.Enterprise
	Facts      []FactLine // every field, in the order of the book
	Statements []StatementLine
	Known      int // of Facts, those with a value
}

// StatementLine is a statement with who entered it.
type StatementLine struct {
	policy.Statement
	Who   string
	Taken bool // it was withdrawn
}

// EnterprisePage loads one enterprise: for the policy desk, and for whoever acts for it.
func (a *App) EnterprisePage(ctx context.Context, v Viewer, code string, l lang.Lang) (EnterprisePage, error) {
	var p EnterprisePage
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return p, err
	}
	err = a.db.View(ctx, v.Zone, func(r *store.Reader) error {
		p = EnterprisePage{}
		if p.Enterprise, err = r.Enterprise(v.reach(), code); err != nil {
			return err
		}
		said, err := r.Statements(code)
		if err != nil {
			return err
		}
		if v.reach().All {
			if err := p.history(a, r, v, said); err != nil {
				return err
			}
		}
		p.fill(z.Policies, policyDay(r.Now), policy.Fold(said), l)
		return nil
	})
	return p, err
}

func (p *EnterprisePage) history(a *App, r *store.Reader, v Viewer, said []policy.Statement) error {
	var ids []casework.Person
	for _, s := range said {
		ids = append(ids, casework.Person(s.By))
	}
	names, err := a.names(r, v, ids)
	for _, s := range slices.Backward(said) {
		p.Statements = append(p.Statements, StatementLine{s, names[casework.Person(s.By)],
			slices.ContainsFunc(said, func(x policy.Statement) bool { return x.Withdraws == s.N })})
	}
	return err
}

func (p *EnterprisePage) fill(b *rules.Book, day int64, facts map[string]policy.Fact, l lang.Lang) {
	profile, strange := policy.Profile(b, p.Code, facts)
	whole := b.AsOf(day).Derive(profile)
	for i, f := range b.Fields {
		x := FactLine{Field: f, Place: i, Fact: facts[f.ID], Strange: slices.Contains(strange, i), Derived: !profile.Values[i].Known && whole.Values[i].Known}
		if v := whole.Values[i]; v.Known {
			x.Value = rules.FormatValue(f, f.Kind, v, l)
			p.Known++
		}
		p.Facts = append(p.Facts, x)
	}
}

// Saying is what somebody at the desk, or another system, says of an enterprise.
type Saying struct {
	Code   string
	Name   string // of a new enterprise, or its new name; "" leaves it
	Reason string // why a code is accepted whose check character is wrong
	Source string // who says so: a document, an office
	AsOf   string // the day the values are of, 2026-03-31
	Values map[string]string
}

// mostSource is how long the words for a source may be.
const mostSource = 60

// read checks a statement against the fields of a book. Values are as people write them, with their units. accepted is why the code
// was accepted earlier.
func (s Saying) read(b *rules.Book, known bool, today int64, accepted string) (store.NewStatement, error) {
	var bad fault.List
	out := store.NewStatement{Name: strings.TrimSpace(s.Name), Statement: policy.Statement{Values: policy.Values{}}}
	code, accepted, err := acceptCode("code", s.Code, cmp.Or(strings.TrimSpace(s.Reason), accepted))
	bad = append(bad, fault.Fields(err)...)
	if out.Code = code; !known {
		out.Accepted = accepted
	}
	if n := len([]rune(out.Name)); !known && n == 0 || n > 100 {
		bad.Add("name", "请填写企业名称，最多 100 个字。", "Write the enterprise's name, 100 characters at most.")
	}
	out.Source, err = words("source", s.Source, 2, mostSource)
	bad = append(bad, fault.Fields(err)...)
	if out.AsOf, err = valueDay("as_of", s.AsOf, today); err != nil {
		bad = append(bad, fault.Fields(err)...)
	}
	for id, text := range s.Values {
		i := b.Field(id)
		if i < 0 {
			bad.Add("values."+id, "没有“%s”这个字段。", "There is no field “%s”.", id)
			continue
		}
		v, err := b.Fields[i].ParseValue(text, "")
		for _, f := range fault.Fields(err) {
			bad = append(bad, fault.Field("values."+id, "%[1]s", "%[2]s", f.ZH, f.EN))
		}
		out.Values[id] = policy.Text(b.Fields[i], v)
	}
	if len(s.Values) == 0 && len(bad) == 0 && known && out.Name == "" {
		bad.Add("values", "请至少填写一项。", "Say at least one thing.")
	}
	return out, bad.Err()
}

// acceptCode checks a unified social credit code. One whose check character is wrong is taken with a reason.
func acceptCode(field, code, reason string) (folded, accepted string, err error) {
	folded, warning, err := idcode.ReviewUSCC(code)
	if err != nil {
		return "", "", asField(err, field)
	}
	if warning == nil {
		return folded, "", nil
	}
	reason = strings.TrimSpace(reason)
	if n := len([]rune(reason)); n < 4 || n > 100 {
		return folded, "", fault.Field(field, "%[1]s确为此码的，请写明依据（4 至 100 个字）。", "%[2]s If so, say what shows it, in 4 to 100 characters.", warning.ZH, warning.EN)
	}
	return folded, reason, nil
}

// valueDay reads the day that values are of; it is not to come.
func valueDay(field, text string, today int64) (int64, error) {
	n, err := rules.ParseDay(strings.TrimSpace(text))
	switch {
	case err != nil:
		return 0, fault.Field(field, "请填写日期，如 2026-03-31。", "Write a day, such as 2026-03-31.")
	case n > today:
		return 0, fault.Field(field, "数据日期不能晚于今天。", "The day cannot be after today.")
	}
	return n, nil
}

// Say keeps what a source says of an enterprise, as entered at the policy desk. A field that is left empty is withdrawn.
func (a *App) Say(ctx context.Context, v Viewer, s Saying, key string) (code string, err error) {
	if err := v.need(Policies); err != nil {
		return "", err
	}
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return "", err
	}
	folded, _, _ := idcode.ReviewUSCC(s.Code)
	err = a.plain(ctx, v, key, func(e *edit) error {
		known, err := e.tx.EnterprisesOf([]string{folded})
		if err != nil {
			return err
		}
		was, ok := known[folded]
		x, err := s.read(z.Policies, ok, policyDay(e.tx.Now), was.Accepted)
		if err != nil {
			return err
		}
		x.By = int64(v.Person)
		e.record("enterprise.say", "enterprise:"+x.Code, x.Source, x.Accepted)
		return e.tx.AddStatements([]store.NewStatement{x})
	})
	return folded, err
}

// TakeBack withdraws one statement about an enterprise, for a reason: what was known without it counts again.
func (a *App) TakeBack(ctx context.Context, v Viewer, code string, n int, reason, key string) error {
	if err := v.need(Policies); err != nil {
		return err
	}
	reason, err := words("reason", reason, 4, 100)
	if err != nil {
		return err
	}
	return a.plain(ctx, v, key, func(e *edit) error {
		said, err := e.tx.Statements(code)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(said, func(s policy.Statement) bool { return s.N == n })
		if i < 0 || said[i].Withdraws != 0 {
			return fault.New(fault.NotFound, "没有这条记录。", "There is no such statement.")
		}
		if slices.ContainsFunc(said, func(s policy.Statement) bool { return s.Withdraws == n }) {
			return fault.New(fault.Conflict, "这条记录已经撤回过。", "It has been taken back already.")
		}
		e.record("enterprise.take_back", "enterprise:"+code, reason, said[i].Source)
		return e.tx.AddStatements([]store.NewStatement{{Code: code, Statement: policy.Statement{Source: reason, AsOf: policyDay(e.tx.Now), Withdraws: n, By: int64(v.Person), Values: policy.Values{}}}})
	})
}
