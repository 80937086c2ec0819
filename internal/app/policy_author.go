package app

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"reflect"
	"slices"

	"gezhi/internal/fault"
	"gezhi/internal/lang"
	"gezhi/internal/rules"
	"gezhi/internal/store"
)

// authored is the text of the policies that an author works on: the newest draft, or else the version in force.
type authored struct {
	version int // it has, or would get as a draft
	draft   bool
	text    []byte
	book    *rules.Book
}

func (d authored) digest() string {
	sum := sha256.Sum256(d.text)
	return hex.EncodeToString(sum[:8])
}

func readAuthored(r *store.Reader) (authored, error) {
	docs, err := r.Documents(docPolicies)
	if err != nil {
		return authored{}, err
	}
	var out authored
	for _, d := range docs {
		if d.State == "draft" && d.Version <= out.version && !out.draft {
			continue // an old draft below what was published since
		}
		if d.Version >= out.version {
			out = authored{version: d.Version, draft: d.State == "draft", text: []byte(d.Body)}
		}
	}
	if out.text == nil {
		return out, fault.New(fault.NotFound, "还没有惠企政策规则，请先上传规则文件。", "There are no policy items yet; upload a rule file first.")
	}
	if !out.draft {
		out.version++
	}
	out.book, err = rules.Parse(fileName(docPolicies, out.version), out.text)
	return out, err
}

// AuthorItem is an item as an author's list has it.
type AuthorItem struct {
	*rules.Item
	Changed bool // it differs from the version in force, or is new
	Wrong   int  // examples that do not come out
}

// AuthorPage is the policies as their author works on them.
type AuthorPage struct {
	Version int  // of the draft, or the one it would get
	Draft   bool // there is one
	InForce int  // 0 before the first
	Items   []AuthorItem
	Dropped []*rules.Item // that the draft no longer has
}

// PolicyAuthor lists the items of the draft, or of the version in force while there is no draft, and the parameters.
func (a *App) PolicyAuthor(ctx context.Context, v Viewer) (AuthorPage, []rules.Param, error) {
	var p AuthorPage
	z, d, err := a.authored(ctx, v)
	if err != nil {
		return p, nil, err
	}
	p = AuthorPage{Version: d.version, Draft: d.draft, InForce: z.PoliciesVersion}
	for i, x := range d.book.Items {
		item := AuthorItem{Item: x, Changed: true}
		if was := itemFrom(z.Policies, x.ID, x.From); was != nil {
			item.Changed = !bytes.Equal(rules.Write(z.Policies, was), rules.Write(d.book, x))
		}
		for _, wrong := range d.book.Run(i) {
			if wrong != nil {
				item.Wrong++
			}
		}
		p.Items = append(p.Items, item)
	}
	for _, x := range z.Policies.Items {
		if itemFrom(d.book, x.ID, x.From) == nil {
			p.Dropped = append(p.Dropped, x)
		}
	}
	return p, d.book.Params, nil
}

func (a *App) authored(ctx context.Context, v Viewer) (*Zone, authored, error) {
	if err := v.need(EditPolicies); err != nil {
		return nil, authored{}, err
	}
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return nil, authored{}, err
	}
	var d authored
	err = a.db.View(ctx, v.Zone, func(r *store.Reader) (err error) {
		d, err = readAuthored(r)
		return err
	})
	return z, d, err
}

// itemFrom is the version of an item that begins on a day; nil when there is none.
func itemFrom(b *rules.Book, id string, from int64) *rules.Item {
	for _, x := range b.Items {
		if x.ID == id && x.From == from {
			return x
		}
	}
	return nil
}

// ItemAuthoring is one version of an item as its author works on it.
type ItemAuthoring struct {
	Version int
	Draft   bool
	Digest  string // of the whole text: a change says which text it was made from
	Book    *rules.Book
	Item    *rules.Item
	Day     int64 // for which words are made: today, or the item's first or last day where it is not in force today
	Rows    []rules.Row
	Text    string // the item as the file has it
	Tests   []ExampleRun
}

// ExampleRun is a worked example with how it came out.
type ExampleRun struct {
	rules.Example
	Wrong *fault.Error // nil when it came out as it should
}

// ItemAuthoring loads the version of an item that begins on a day.
func (a *App) ItemAuthoring(ctx context.Context, v Viewer, id string, from int64, l lang.Lang) (ItemAuthoring, error) {
	_, d, err := a.authored(ctx, v)
	if err != nil {
		return ItemAuthoring{}, err
	}
	x := itemFrom(d.book, id, from)
	if x == nil {
		return ItemAuthoring{}, errNoPolicyItem
	}
	return d.on(x, policyDay(a.now()), l), nil
}

var errNoPolicyItem = fault.New(fault.NotFound, "草稿里没有这个事项，可能已被删除。", "The draft has no such item; it may have been taken out.")

func (d authored) on(x *rules.Item, today int64, l lang.Lang) ItemAuthoring {
	out := ItemAuthoring{Version: d.version, Draft: d.draft, Digest: d.digest(), Book: d.book, Item: x, Day: min(max(today, x.From), x.To), Text: string(rules.Write(d.book, x))}
	out.Rows = x.When.Rows(d.book, out.Day, l)
	for i, wrong := range d.book.Run(slices.Index(d.book.Items, x)) {
		out.Tests = append(out.Tests, ExampleRun{x.Examples[i], wrong})
	}
	return out
}

// PolicyChange is what an author does with an item.
type PolicyChange struct {
	Item   string
	From   int64
	Digest string // of the text that it was made from
	// Do gives the item as it shall be, nil to take it out. It changes nothing of what it is given.
	Do func(b *rules.Book, x *rules.Item) (*rules.Item, error)
	// Text, instead of Do, is the item as the file shall have it. An Item of "" makes a new one of it.
	Text string
}

// apply makes the change and reads the result back: what cannot be read is not kept.
func (c PolicyChange) apply(d authored) (text []byte, b *rules.Book, x *rules.Item, err error) {
	if c.Digest != "" && c.Digest != d.digest() {
		return nil, nil, nil, fault.New(fault.Conflict, "草稿刚刚被他人修改，请刷新后再改。", "Somebody else has just changed the draft; please reload.")
	}
	was := itemFrom(d.book, c.Item, c.From)
	if was == nil && c.Item != "" {
		return nil, nil, nil, errNoPolicyItem
	}
	item := []byte(c.Text)
	if c.Do != nil {
		x, err := c.Do(d.book, was)
		if err != nil {
			return nil, nil, nil, err
		}
		item = rules.Write(d.book, x)
	}
	line := 0
	if was != nil {
		line = was.Line
	}
	if text, err = rules.Revise(d.text, c.Item, line, item); err != nil {
		return nil, nil, nil, err
	}
	if b, err = rules.Parse(fileName(docPolicies, d.version), text); err != nil {
		return nil, nil, nil, withPlace(err)
	}
	for _, x = range b.Items { // the last, where it is a new one
		if x.Line == line {
			break
		}
	}
	return text, b, x, nil
}

// ChangePolicy keeps a change in the draft, which is made of the version in force where there is none. It answers the item as it is
// now. Errors name a field of the form, or the line.
func (a *App) ChangePolicy(ctx context.Context, v Viewer, c PolicyChange, key string) (id string, from int64, err error) {
	err = a.redraft(ctx, v, key, func(d authored) ([]byte, *rules.Book, string, error) {
		text, b, x, err := c.apply(d)
		if err == nil {
			id, from = x.ID, x.From
		}
		return text, b, id, err
	})
	return id, from, err
}

// SetPolicyParam gives a parameter another value from a day on, in the draft. Errors are beside param, from and value.
func (a *App) SetPolicyParam(ctx context.Context, v Viewer, id, from, value, key string) error {
	return a.redraft(ctx, v, key, func(d authored) ([]byte, *rules.Book, string, error) {
		i := slices.IndexFunc(d.book.Params, func(p rules.Param) bool { return p.ID == id })
		if i < 0 {
			return nil, nil, id, fault.Field("param", "请选择参数。", "Choose a parameter.")
		}
		p := d.book.Params[i]
		var bad fault.List
		day, err := rules.ParseDay(from)
		if err != nil {
			bad.Add("from", "请填写日期，如 2026-03-31。", "Write a day, such as 2026-03-31.")
		}
		x, err := rules.Field{Kind: p.Kind}.ParseValue(value, "")
		for _, f := range fault.Fields(err) {
			bad = append(bad, fault.Field("value", "%[1]s", "%[2]s", f.ZH, f.EN))
		}
		if err == nil && !x.Known {
			bad.Add("value", "请填写参数值，金额和比率写明单位。", "Write the value, with its unit where it is money or a rate.")
		}
		if err := bad.Err(); err != nil {
			return nil, nil, id, err
		}
		p.Values = slices.DeleteFunc(slices.Clone(p.Values), func(v rules.ParamValue) bool { return v.From == day })
		p.Values = append(p.Values, rules.ParamValue{From: day, Value: x.N})
		slices.SortFunc(p.Values, func(v, w rules.ParamValue) int { return cmp.Compare(v.From, w.From) })
		text, err := rules.ReviseParam(d.text, p)
		if err != nil {
			return nil, nil, id, err
		}
		b, err := rules.Parse(fileName(docPolicies, d.version), text)
		return text, b, id, withPlace(err)
	})
}

// redraft puts a changed text in place of the draft.
func (a *App) redraft(ctx context.Context, v Viewer, key string, change func(authored) (text []byte, b *rules.Book, what string, err error)) error {
	if err := v.need(EditPolicies); err != nil {
		return err
	}
	return a.plain(ctx, v, key, func(e *edit) error {
		d, err := readAuthored(&e.tx.Reader)
		if err != nil {
			return err
		}
		text, b, what, err := change(d)
		if err == nil {
			err = sameKinds(e.was.Policies, b)
		}
		if err != nil {
			return err
		}
		if d.draft {
			if err := e.tx.DropDraft(docPolicies, docPolicies, d.version); err != nil {
				return err
			}
		}
		e.record("policies.edit", fmt.Sprintf("%s:%s v%d", docPolicies, what, d.version), "", "")
		return e.tx.AddDocument(store.Document{Kind: docPolicies, Name: docPolicies, Version: d.version, State: "draft", Body: string(text), By: v.Person})
	})
}

// EffectLine is what a change does to one enterprise.
type EffectLine struct {
	rules.Effect
	Code, Name string
}

// TryReport is what a draft would change of one item.
type TryReport struct {
	*rules.Report
	Name    lang.Text
	Winners []EffectLine // the first of them
	Losers  []EffectLine
}

// effectsShown is how many winners and losers are named.
const effectsShown = 30

// TryPolicy tells what a change would do beside the version in force, without keeping it: of its item, and of those that yield to it.
// A nil Do and no Text try the draft's item as it stands.
func (a *App) TryPolicy(ctx context.Context, v Viewer, c PolicyChange) ([]TryReport, error) {
	z, d, err := a.authored(ctx, v)
	if err != nil {
		return nil, err
	}
	b, x := d.book, itemFrom(d.book, c.Item, c.From)
	if c.Do != nil || c.Text != "" {
		if _, b, x, err = c.apply(d); err != nil {
			return nil, err
		}
	}
	if x == nil {
		return nil, errNoPolicyItem
	}
	var out []TryReport
	err = a.matching(ctx, z, func(m *matching) (err error) {
		out, err = m.try(ctx, a, z, b, x)
		return err
	})
	return out, err
}

// TryDraft tells what publishing the draft would change, item by item.
func (a *App) TryDraft(ctx context.Context, v Viewer) ([]TryReport, error) {
	z, d, err := a.authored(ctx, v)
	if err != nil || !d.draft {
		return nil, err
	}
	var out []TryReport
	err = a.matching(ctx, z, func(m *matching) error {
		list, err := m.compare(ctx, a, z, d.book)
		list = slices.DeleteFunc(list, func(r *rules.Report) bool { return len(r.Effects) == 0 })
		if err == nil {
			out, err = m.told(ctx, a, z, list)
		}
		return err
	})
	return out, err
}

// try compares one item of a draft with the version in force. While nothing but the item differs it is decided beside the others;
// otherwise the draft is decided as a whole.
func (m *matching) try(ctx context.Context, a *App, z *Zone, b *rules.Book, x *rules.Item) ([]TryReport, error) {
	at := m.plan.Book.ItemIndex(x.ID, m.plan.AsOf)
	if at >= 0 && x.From <= m.plan.AsOf && m.plan.AsOf <= x.To && onlyItem(m.plan.Book, b, m.plan.Book.Items[at], x) {
		list, err := m.matrix.Report(at, x)
		if err != nil {
			return nil, err
		}
		return m.told(ctx, a, z, list)
	}
	list, err := m.compare(ctx, a, z, b)
	if err != nil {
		return nil, err
	}
	list = slices.DeleteFunc(list, func(r *rules.Report) bool { return r.ID != x.ID && len(r.Effects) == 0 })
	slices.SortStableFunc(list, func(p, q *rules.Report) int { return first(p.ID == x.ID) - first(q.ID == x.ID) })
	return m.told(ctx, a, z, list)
}

func first(yes bool) int {
	if yes {
		return 0
	}
	return 1
}

// onlyItem reports whether two books differ in nothing that one item could be decided by, and the item in nothing that others are.
func onlyItem(was, is *rules.Book, x, y *rules.Item) bool {
	return x.Group == y.Group && reflect.DeepEqual(was.Fields, is.Fields) && reflect.DeepEqual(was.Params, is.Params) && reflect.DeepEqual(was.Derived, is.Derived)
}

// compare decides a whole book beside the one in force.
func (m *matching) compare(ctx context.Context, a *App, z *Zone, b *rules.Book) ([]*rules.Report, error) {
	var t *rules.Table
	err := a.db.View(ctx, z.Code, func(r *store.Reader) (err error) {
		t, err = readProfiles(r, b, m.matrix.Table.Len())
		return err
	})
	if err != nil {
		return nil, err
	}
	plan := b.AsOf(m.plan.AsOf)
	plan.DeriveTable(t)
	return rules.Compare(m.matrix, rules.NewMatrix(plan, t)), nil
}

// told names the items and the first enterprises of reports.
func (m *matching) told(ctx context.Context, a *App, z *Zone, list []*rules.Report) ([]TryReport, error) {
	var out []TryReport
	var codes []string
	for _, r := range list {
		x := r.Is
		if x == nil {
			x = r.Was
		}
		t := TryReport{Report: r, Name: lang.Text{ZH: r.ID, EN: r.ID}}
		if x != nil {
			t.Name = x.Name
		}
		for _, e := range r.Effects {
			line := EffectLine{Effect: e, Code: m.matrix.Table.IDs[e.Row]}
			switch d := e.Direction(); {
			case d > 0 && len(t.Winners) < effectsShown:
				t.Winners = append(t.Winners, line)
			case d < 0 && len(t.Losers) < effectsShown:
				t.Losers = append(t.Losers, line)
			default:
				continue
			}
			codes = append(codes, line.Code)
		}
		out = append(out, t)
	}
	names, err := a.namesOf(ctx, z.Code, codes)
	for i := range out {
		for _, lines := range [][]EffectLine{out[i].Winners, out[i].Losers} {
			for j := range lines {
				lines[j].Name = names[lines[j].Code]
			}
		}
	}
	return out, err
}
