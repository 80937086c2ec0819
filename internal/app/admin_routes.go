package app

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/territory"
)

// Prove asks the zone's present routing table for every matter in every area at every stage that takes its
// holder from it: exactly one owner, none, or several.
func (a *App) Prove(ctx context.Context, v Viewer) (territory.Proof, error) {
	if err := v.need(EditRoutes); err != nil {
		return territory.Proof{}, err
	}
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return territory.Proof{}, err
	}
	return z.prove(), nil
}

func (z *Zone) prove() territory.Proof {
	q := territory.Question{Stages: z.RoutedStages(), Kinds: z.Kinds, Roles: z.Roles, Most: 50}
	for _, u := range z.Units {
		q.Units = append(q.Units, territory.Unit{Code: u.Code, Name: u.Name, Kind: u.Kind, Area: u.Area, Span: territory.Span{From: u.From, To: u.To}, Example: u.Example})
	}
	slices.SortFunc(q.Units, func(x, y territory.Unit) int { return strings.Compare(x.Code, y.Code) })
	for _, m := range z.Matters.List {
		q.Matters = append(q.Matters, m.Code)
	}
	return territory.Prove(z.Table, q)
}

// RoutedStages are the stages of the procedures in force that may ask the routing table for their holder.
func (z *Zone) RoutedStages() []string {
	var out []string
	for id := range z.procedures {
		p := z.Procedure(id)
		for _, m := range slices.Concat(p.Starts, p.Moves) {
			stages := []string{m.To}
			if m.To == casework.Stay {
				stages = m.From
			}
			switch m.Holder.Kind {
			case casework.ToRoute, casework.ToChoose, casework.ToHeld:
				out = append(out, stages...)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Routes lists the routing table's rows that fit the filter: parts of a matter code, an area code and an owner.
func (a *App) Routes(ctx context.Context, v Viewer, matter, area, owner string) ([]territory.Route, error) {
	if err := v.need(EditRoutes); err != nil {
		return nil, err
	}
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return nil, err
	}
	var out []territory.Route
	for _, r := range z.Routes {
		fits := (matter == "" || r.Matter == "" || strings.HasPrefix(matter, r.Matter) || strings.HasPrefix(r.Matter, matter)) &&
			(area == "" || strings.HasPrefix(r.Area, area)) && (owner == "" || strings.Contains(r.Owner, owner) || strings.Contains(r.Note, owner))
		if fits {
			out = append(out, r)
		}
	}
	return out, nil
}

// AddRoute adds a row to the routing table. It is refused when it cannot be read, and when it would leave some
// matter in some place with no owner or with several where there was one.
func (a *App) AddRoute(ctx context.Context, v Viewer, r territory.Route, key string) error {
	r.Matter, r.Area, r.Stage, r.Owner, r.Note = strings.TrimSpace(r.Matter), strings.TrimSpace(r.Area), strings.TrimSpace(r.Stage), strings.TrimSpace(r.Owner), strings.TrimSpace(r.Note)
	if len([]rune(r.Note)) > 200 {
		return fault.Field("note", "说明不超过 200 个字。", "The note: at most 200 characters.")
	}
	if r.Owner == "" {
		return fault.Field("owner", "请填写责任主体。", "Write who answers for it.")
	}
	return a.change(ctx, v, EditRoutes, key, func(e *edit) error {
		last, err := e.tx.LastRoute()
		if err != nil {
			return err
		}
		r.Line = last + 1
		e.record("route.add", fmt.Sprintf("route:%d", r.Line), r.Note, r.String())
		return e.tx.AddRoute(r)
	}, proofKept)
}

// DropRoute removes a row from the routing table, under the same condition.
func (a *App) DropRoute(ctx context.Context, v Viewer, line int, key string) error {
	return a.change(ctx, v, EditRoutes, key, func(e *edit) error {
		i := slices.IndexFunc(e.was.Routes, func(r territory.Route) bool { return r.Line == line })
		if i < 0 {
			return fault.New(fault.NotFound, "没有第 %d 条派遣规则。", "There is no route %d.", line)
		}
		e.record("route.drop", fmt.Sprintf("route:%d", line), e.was.Routes[i].Note, e.was.Routes[i].String())
		return e.tx.DropRoute(line)
	}, proofKept)
}

// proofKept refuses a set-up in which the routing proof fails in more places than before, and says where.
func proofKept(was, now *Zone) error {
	before, after := was.prove(), now.prove()
	if broken(after) <= broken(before) {
		return nil
	}
	var list fault.List
	for _, f := range append(slices.Clone(after.Findings), after.Strange...) {
		if len(list) == 20 {
			break
		}
		list = append(list, now.finding(f))
	}
	head := fault.New(fault.Invalid, "未保存：改动后有 %d 处“事项×区域”不再恰好有一个责任主体。", "Not saved: %d pairs of matter and area would no longer have exactly one owner.", broken(after)-broken(before))
	return append(fault.List{head}, list...)
}

// broken counts pairs of matter and area without exactly one owner, and rows that name what does not exist.
func broken(p territory.Proof) int {
	n := len(p.Strange)
	for _, t := range p.Levels {
		n += t.None + t.Several
	}
	return n
}

// finding words one place where the proof fails.
func (z *Zone) finding(f territory.Finding) *fault.Error {
	zh, en := z.FindingText(f)
	return &fault.Error{Kind: fault.Invalid, ZH: zh, EN: en}
}

// FindingText says where the routing table gives no owner or several, and why.
func (z *Zone) FindingText(f territory.Finding) (zh, en string) {
	var zhNames, enNames []string
	for _, code := range f.Matters[:min(len(f.Matters), 3)] {
		m, _ := z.Matters.Find(code)
		zhNames, enNames = append(zhNames, m.Name.ZH), append(enNames, m.Name.EN)
	}
	matters, mattersEN := strings.Join(zhNames, "、"), strings.Join(enNames, ", ")
	if n := len(f.Matters); n > 3 {
		matters, mattersEN = fmt.Sprintf("%s等 %d 类事项", matters, n), fmt.Sprintf("%s and %d more", mattersEN, n-3)
	}
	rows := ""
	for _, r := range f.Rows {
		rows += fmt.Sprintf(" [%s]", r)
	}
	where := z.Tree.Path(f.Area)
	if len(f.Matters) == 0 {
		return f.Why.ZH + rows, f.Why.EN + rows
	}
	return fmt.Sprintf("%s，%s等 %d 个区域（%s）：%s%s", matters, where, f.Areas, f.Mode.Name().ZH, f.Why.ZH, rows),
		fmt.Sprintf("%s in %s and others, %d areas (%s): %s%s", mattersEN, where, f.Areas, f.Mode.Name().EN, f.Why.EN, rows)
}
