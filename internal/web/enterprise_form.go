package web

import (
	"strings"

	"gezhi/internal/app"
	"gezhi/internal/idcode"
	"gezhi/internal/lang"
	"gezhi/internal/policy"
	"gezhi/internal/rules"
	"gezhi/internal/web/ui"

	"github.com/a-h/templ"
)

// newEnterprise is the form for an enterprise that is not known yet.
type newEnterprise struct{ office }

func (v *visit) newEnterprise(in ui.Input) (templ.Component, error) {
	return newEnterpriseView(newEnterprise{v.office(v.lang.T("新增企业", "New enterprise"), "enterprises", in)}), nil
}

func (s *Server) showNewEnterprise(v *visit) error { return v.untouched(v.newEnterprise) }

func (s *Server) addEnterprise(v *visit) error {
	if err := v.parse(); err != nil {
		return err
	}
	code, err := s.app.Say(v.Context(), v.viewer, v.saying(), v.PostForm.Get(ui.KeyName))
	return v.settle(err, v.newEnterprise, v.lang.T("已录入，匹配结果如下。", "Entered. This is what it may have."), v.to("desk", "enterprises", code))
}

// saying is what a form says of an enterprise. A field that is left empty says nothing.
func (v *visit) saying() app.Saying {
	f := v.PostForm
	x := app.Saying{Code: f.Get("code"), Name: f.Get("name"), Reason: f.Get("reason"), Source: f.Get("source"), AsOf: f.Get("as_of"), Values: map[string]string{}}
	for name, values := range f {
		id, ok := strings.CutPrefix(name, valuePrefix)
		if text := strings.TrimSpace(strings.Join(values, " ")); ok && text != "" {
			x.Values[id] = text
		}
	}
	return x
}

// valuePrefix is what the names of a form's values begin with.
const valuePrefix = "values."

// doubtful reports whether the code that was typed fails its check: then the form asks for the reason.
func (p newEnterprise) doubtful() bool {
	_, warning, err := idcode.ReviewUSCC(p.In.Values.Get("code"))
	return p.In.Values.Get("code") != "" && err == nil && warning != nil
}

// valueGroup are the fields of one kind in a form.
type valueGroup struct {
	Title, Hint string
	Fields      []rules.Field
}

// valueGroups sort the fields of a book by how they are written.
func valueGroups(l lang.Lang, b *rules.Book) []valueGroup {
	groups := []struct {
		valueGroup
		kinds []rules.Kind
	}{
		{valueGroup{Title: l.T("类别和信用", "Kinds and credit")}, []rules.Kind{rules.Choice, rules.Flag, rules.Code, rules.Set}},
		{valueGroup{Title: l.T("日期", "Days")}, []rules.Kind{rules.Day}},
		{valueGroup{Title: l.T("人数和数量", "Counts"), Hint: l.T("填整数，如 35。", "Whole numbers, such as 35.")}, []rules.Kind{rules.Count}},
		{valueGroup{Title: l.T("金额", "Money"), Hint: l.T("写明单位，如 500万元、3.2亿元、12000.50元。", "With the unit, such as 500万元 or 12000.50元.")}, []rules.Kind{rules.Money}},
		{valueGroup{Title: l.T("比率", "Rates"), Hint: l.T("写明百分号，如 5.5%。", "With the sign, such as 5.5%.")}, []rules.Kind{rules.Rate}},
	}
	var out []valueGroup
	for _, g := range groups {
		for _, k := range g.kinds {
			for _, f := range b.Fields {
				if f.Kind == k {
					g.Fields = append(g.Fields, f)
				}
			}
		}
		if len(g.Fields) > 0 {
			out = append(out, g.valueGroup)
		}
	}
	return out
}

// valueField is the control for one field; now is what is known, in words.
func valueField(in ui.Input, f rules.Field, now string) ui.Field {
	l := in.Lang
	out := in.Field(valuePrefix+f.ID, f.Name.In(l)).Opt()
	if now != "" {
		out = out.Hinted(l.Tf("现为：%s", "Now: %s", now))
	}
	switch f.Kind {
	case rules.Choice:
		out.Options = []ui.Option{{Label: l.T("不填", "nothing")}}
		for _, c := range f.Choices {
			out.Options = append(out.Options, ui.Option{Value: c.ID, Label: c.Name.In(l)})
		}
	case rules.Set:
		for _, c := range f.Choices {
			out.Options = append(out.Options, ui.Option{Value: c.ID, Label: c.Name.In(l)})
		}
		out.Options = append(out.Options, ui.Option{Value: "none", Label: l.T("查过，都没有", "checked, none of them")})
	case rules.Flag:
		out.Options = []ui.Option{{Label: l.T("不填", "nothing")}, {Value: "yes", Label: l.T("是", "yes")}, {Value: "no", Label: l.T("否", "no")}}
	case rules.Day:
		out = out.Typed("date", "", "off")
	case rules.Count:
		out = out.Typed("", "numeric", "off")
	}
	return out
}

// valueWords is a value of a statement in words; what means nothing to the rules in force stays as it was written.
func valueWords(l lang.Lang, f rules.Field, text string) string {
	if text == "" {
		return l.T("清除", "cleared")
	}
	v, ok := policy.Value(f, text)
	if !ok {
		return text
	}
	return rules.FormatValue(f, f.Kind, v, l)
}

// nowKnown are the values that count, in words by field.
func nowKnown(facts []app.FactLine) map[string]string {
	out := map[string]string{}
	for _, f := range facts {
		if !f.Derived {
			out[f.Field.ID] = f.Value
		}
	}
	return out
}
