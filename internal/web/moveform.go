package web

import (
	"slices"
	"strconv"
	"strings"

	"gezhi/internal/calendar"
	"gezhi/internal/casework"
	"gezhi/internal/filetype"
	"gezhi/internal/lang"
	"gezhi/internal/web/ui"
)

// moveAction is where the form of a move is sent.
func (p casePage) moveAction(o casework.Option) string {
	return p.V.to("case", strconv.FormatInt(int64(p.Case.ID), 10), o.Move)
}

// moveDraft names the draft of a move's form.
func moveDraft(id casework.ID, move string) string {
	return "move-" + strconv.FormatInt(int64(id), 10) + "-" + move
}

// moveInput is what the form of a move holds: what came back, or nothing yet.
func (p casePage) moveInput(o casework.Option) ui.Input {
	if p.Move == o.Move {
		return p.In
	}
	return ui.Input{Lang: p.V.lang}
}

// ordered are the options with the step most come for first and the ones that end or refuse last.
func (p casePage) ordered() []casework.Option {
	rank := func(o casework.Option) int {
		switch o.Style {
		case "primary":
			return 0
		case "danger":
			return 2
		}
		return 1
	}
	out := slices.Clone(p.Options)
	slices.SortStableFunc(out, func(a, b casework.Option) int { return rank(a) - rank(b) })
	return out
}

// bare reports whether a move asks for nothing: it is one button.
func bare(o casework.Option) bool {
	return len(o.Fields) == 0 && o.Photos == 0 && o.Reasons == nil && o.Note != casework.Required && !o.Choose
}

func style(o casework.Option) ui.Style {
	switch o.Style {
	case "primary":
		return ui.Primary
	case "danger":
		return ui.Danger
	}
	return ui.Secondary
}

// field is one field of a move's form.
func (p casePage) field(in ui.Input, w casework.Want) ui.Field {
	l := p.V.lang
	f := in.Field(fieldName(w.Field.ID), w.Field.Label.In(l))
	f.Optional, f.Hint, f.Private = !w.Required, w.Field.Hint.In(l), w.Field.Sealed != ""
	switch w.Field.Type {
	case casework.FieldNumber:
		f = f.Typed("text", "numeric", "off")
		f.Short = true
	case casework.FieldDate:
		f = f.Typed("date", "", "off")
		f.Short = true
	case casework.FieldMonth:
		f = f.Typed("month", "", "off")
		f.Short = true
	case casework.FieldOverlay:
		f.Options = p.V.overlayOptions()
	case casework.FieldLimit:
		f.Options = p.limitOptions(w.Field.ID)
	case casework.FieldMatter:
		f.Options = matterOptions(p.V)
	case casework.FieldUnit:
		f.Options = append([]ui.Option{{Label: l.T("请选择", "Choose")}}, p.V.units()...)
	case casework.FieldUnits:
		f.Options = p.V.units()
	case casework.FieldMoney:
		f = f.Typed("text", "decimal", "off")
		f.Short, f.Suffix = true, l.T("元", "yuan")
	case casework.FieldDocument:
		f.Hint = strings.Join(slices.DeleteFunc([]string{f.Hint, filetype.Accepted.In(l)}, func(s string) bool { return s == "" }), l.T("。", ". "))
		return f
	case casework.FieldChecklist:
		f.Options = choiceOptions(w.Field, l)
		return f
	default:
		f.Max = int(w.Field.Max)
		f.Options = choiceOptions(w.Field, l)
	}
	if w.Field.Type == casework.FieldSelect && len(f.Options) > mostRadios {
		f.Options = append([]ui.Option{{Label: l.T("请选择", "Choose")}}, f.Options...)
	}
	if len(f.Options) == 1 && w.Required && w.Field.Type != casework.FieldSelect { // what one declares is never ticked beforehand
		f = f.Or(f.Options[0].Value)
	}
	return f
}

func choiceOptions(f casework.Field, l lang.Lang) []ui.Option {
	var out []ui.Option
	for _, c := range f.Choices {
		out = append(out, ui.Option{Value: c.ID, Label: c.Label.In(l)})
	}
	return out
}

// overlayOptions are the overlay areas there are now: parks, 片区, future communities.
func (v *visit) overlayOptions() []ui.Option {
	out := []ui.Option{{Label: v.lang.T("请选择", "Choose")}}
	for _, o := range v.zone.Overlays {
		if o.Holds(v.s.app.Now()) {
			out = append(out, ui.Option{Value: o.ID, Label: o.Name.In(v.lang)})
		}
	}
	return out
}

// mostRadios is how many choices are shown all at once; more go into a list.
const mostRadios = 6

// limitOptions offers extensions in the unit of the running clock, which is the only one it takes.
func (p casePage) limitOptions(field string) []ui.Option {
	limit := p.Standard.Limit
	for _, m := range p.Proc.Moves {
		if t, ok := p.Case.Clocks[m.Extend]; ok && m.Extra == field {
			limit = t.Clock.Limit
		}
	}
	if limit.IsZero() {
		limit.Unit = calendar.WorkDay
	}
	out := []ui.Option{{Label: p.V.lang.T("请选择", "Choose")}}
	for _, n := range []int{1, 2, 3, 4, 5, 7, 10, 15} {
		limit.N = n
		out = append(out, ui.Option{Value: limit.String(), Label: limit.Label(p.V.lang)})
	}
	return out
}

// matterOptions is the matter list, grouped by class.
func matterOptions(v *visit) []ui.Option {
	out := []ui.Option{{Label: v.lang.T("请选择", "Choose")}}
	class := map[string]string{}
	for _, c := range v.zone.Matters.Classes {
		class[c.ID] = c.Label.In(v.lang)
	}
	for _, m := range v.zone.Matters.List {
		out = append(out, ui.Option{Value: m.Code, Label: m.Name.In(v.lang), Group: class[m.Class]})
	}
	return out
}

// holderOptions are those a case may be handed to: the routed one first, then every unit.
func (p casePage) holderOptions(o casework.Option) []ui.Option {
	v := p.V
	var out []ui.Option
	if o.Holder != (casework.Holder{}) {
		zh, en := v.zone.HolderName(o.Holder)
		out = append(out, ui.Option{Value: o.Holder.Key(), Label: v.lang.T(zh+"（按职责分工）", en+" (by the routing table)")})
	}
	for _, u := range v.zone.Units {
		key := casework.Holder{Role: "officer", Unit: u.Code}.Key()
		if key != o.Holder.Key() && u.To.IsZero() {
			out = append(out, ui.Option{Value: key, Label: u.Name.In(v.lang), Group: v.lang.T("其他单位", "Other units")})
		}
	}
	rest := out
	if o.Holder != (casework.Holder{}) {
		rest = out[1:]
	}
	slices.SortFunc(rest, func(a, b ui.Option) int {
		if a.Value < b.Value {
			return -1
		}
		return 1
	})
	return out
}

func (p casePage) reasonOptions(o casework.Option) []ui.Option {
	var out []ui.Option
	for _, r := range o.Reasons.Items {
		out = append(out, ui.Option{Value: r.ID, Label: r.Label.In(p.V.lang)})
	}
	return out
}
