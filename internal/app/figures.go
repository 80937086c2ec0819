package app

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"gezhi/internal/calendar"
	"gezhi/internal/fault"
	"gezhi/internal/idcode"
	"gezhi/internal/lang"
	"gezhi/internal/policy"
	"gezhi/internal/rules"
	"gezhi/internal/store"
	"gezhi/internal/target"
)

// FigureFilter selects what enterprises got. Empty fields do not narrow.
type FigureFilter struct {
	From, To int    // months, both included; 0 is the first of the year of To, and the present month
	By       string // what the lines are by: month, item, area, kind, way; "" is item
	Item     string // id, or the words of an item of another system
	Area     string // with its subtree
	Kind     string
	Way      string
}

// FigureLine is one line of figures with those of the same months a year before.
type FigureLine struct {
	Key  string
	Name lang.Text
	policy.Figures
	Before policy.Figures
}

// Growth is the amount beside that of the year before, in tenths of a percent: (now − before) ÷ before; false when there was none.
func (l FigureLine) Growth() (int64, bool) {
	return target.Share(l.Amount-l.Before.Amount, l.Before.Amount)
}

// FiguresPage is what enterprises got in some months: 件数, 户数 and 金额.
type FiguresPage struct {
	FigureFilter
	Total      FigureLine   // of the months
	Cumulative FigureLine   // from January of the year of To up to To
	Lines      []FigureLine // most money first; months in their order
}

// figureDimensions are what lines can be by.
var figureDimensions = []Named{{"item", lang.Text{ZH: "事项", EN: "Item"}}, {"month", lang.Text{ZH: "月份", EN: "Month"}}, {"area", lang.Text{ZH: "街道（镇）", EN: "Street"}},
	{"kind", lang.Text{ZH: "险种（税种）", EN: "Kind"}}, {"way", lang.Text{ZH: "方式", EN: "Way"}}}

// FigureDimensions lists what lines of figures can be by, in order.
func FigureDimensions() []Named { return slices.Clone(figureDimensions) }

// PayoutFigures adds up what enterprises got.
func (a *App) PayoutFigures(ctx context.Context, v Viewer, f FigureFilter) (FiguresPage, error) {
	var p FiguresPage
	if err := v.need(Policies | Evaluate); err != nil {
		return p, err
	}
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return p, err
	}
	if f, err = f.complete(a.now()); err != nil {
		return p, err
	}
	var cells []policy.Cell
	january := f.To/100*100 + 1
	if err := a.db.View(ctx, v.Zone, func(r *store.Reader) (err error) {
		cells, err = r.PayoutCells(min(f.From, january)-100, f.To)
		return err
	}); err != nil {
		return p, err
	}
	p.FigureFilter = f
	p.Total, p.Lines = z.figureLines(cells, f, f.From)
	p.Cumulative, _ = z.figureLines(cells, f, january)
	return p, nil
}

func (f FigureFilter) complete(now time.Time) (FigureFilter, error) {
	f.To = cmp.Or(f.To, yearMonth(now))
	f.From = cmp.Or(f.From, f.To/100*100+1)
	f.By = cmp.Or(f.By, "item")
	switch {
	case f.From%100 < 1 || f.From%100 > 12 || f.To%100 < 1 || f.To%100 > 12 || f.From < 200001 || f.To > 999912 || f.From > f.To:
		return f, fault.Field("from", "请选择起止月份，起始月不晚于截止月。", "Choose two months, the first not after the second.")
	case !slices.ContainsFunc(figureDimensions, func(n Named) bool { return n.ID == f.By }):
		return f, fault.Field("by", "请选择分类。", "Choose what the lines are by.")
	}
	return f, nil
}

// figureLines adds up the months from first to the filter's last, and those a year before.
func (z *Zone) figureLines(cells []policy.Cell, f FigureFilter, first int) (FigureLine, []FigureLine) {
	back := 100
	months := func(from, to int) []policy.Cell {
		return slices.DeleteFunc(slices.Clone(cells), func(c policy.Cell) bool { return c.Month < from || c.Month > to })
	}
	now, lines := policy.Tally(months(first, f.To), f.keeps, f.key)
	before, old := policy.Tally(months(first-back, f.To-back), f.keeps, func(k policy.CellKey, area string) string {
		k.Month += back
		return f.key(k, area)
	})
	var out []FigureLine
	for _, key := range slices.Sorted(maps.Keys(lines)) {
		out = append(out, FigureLine{Key: key, Name: z.figureName(f.By, key), Figures: lines[key], Before: old[key]})
	}
	for _, key := range slices.Sorted(maps.Keys(old)) {
		if _, ok := lines[key]; !ok {
			out = append(out, FigureLine{Key: key, Name: z.figureName(f.By, key), Before: old[key]})
		}
	}
	if f.By != "month" {
		slices.SortStableFunc(out, func(a, b FigureLine) int { return cmp.Compare(b.Amount, a.Amount) })
	} else {
		slices.SortFunc(out, func(a, b FigureLine) int { return cmp.Compare(a.Key, b.Key) })
	}
	return FigureLine{Name: lang.Text{ZH: "合计", EN: "Total"}, Figures: now, Before: before}, out
}

// keeps reports what the filter selects of a cell.
func (f FigureFilter) keeps(k policy.CellKey, area string) bool {
	return (f.Item == "" || cmp.Or(k.Item, k.Title) == f.Item) && (f.Kind == "" || k.Kind == f.Kind) && (f.Way == "" || k.Way == f.Way) && strings.HasPrefix(area, f.Area)
}

// key is the line a part of a cell belongs to.
func (f FigureFilter) key(k policy.CellKey, area string) string {
	switch f.By {
	case "month":
		return time.Date(k.Month/100, time.Month(k.Month%100), 1, 0, 0, 0, 0, time.UTC).Format("2006-01")
	case "area":
		if len(area) < 9 {
			return area // of the district alone, or nobody knows
		}
		return idcode.AncestorAt(area, idcode.Street)
	case "kind":
		return k.Kind
	case "way":
		return k.Way
	}
	return cmp.Or(k.Item, k.Title)
}

func (z *Zone) figureName(by, key string) lang.Text {
	switch {
	case by == "area" && key != "":
		if a, ok := z.Tree.Area(key); ok {
			return lang.Text{ZH: a.Name, EN: a.Name}
		}
	case by == "way":
		return PayoutWay(key)
	case by == "item":
		return z.PolicyName(key, 0)
	case key == "":
		return lang.Text{ZH: "未注明", EN: "Not said"}
	}
	return lang.Text{ZH: key, EN: key}
}

// GrantRates are how far grants have come that were listed or applied for in some months.
type GrantRates struct {
	Paid, Due             int   // 兑付率: paid, of all but those waived, refused, dropped or recovered
	PaidAmount, DueAmount int64 // 分
	Mean                  time.Duration
	Overdue               int // applications that should have been decided
}

// Share is Paid ÷ Due in tenths of a percent; false when nothing was due.
func (r GrantRates) Share() (int64, bool) { return target.Share(int64(r.Paid), int64(r.Due)) }

// GrantRates works out how many of the grants of some months are paid, and how long that took from the list or the application.
// The filter's kind, way and area are not heeded.
func (a *App) GrantRates(ctx context.Context, v Viewer, f FigureFilter) (GrantRates, error) {
	var out GrantRates
	if err := v.need(Policies | Evaluate); err != nil {
		return out, err
	}
	f, err := f.complete(a.now())
	if err != nil {
		return out, err
	}
	from := calendar.Date(f.From/100, time.Month(f.From%100), 1).Start()
	to := calendar.Date(f.To/100, time.Month(f.To%100+1), 1).Start()
	return out, a.db.View(ctx, v.Zone, func(r *store.Reader) error {
		out = GrantRates{}
		times, err := r.GrantTimes(f.Item, from, to)
		var sum time.Duration
		for _, t := range times {
			if t.State == policy.Waived || t.State == policy.Refused || t.State == policy.Dropped || t.State == policy.Recovered {
				continue
			}
			out.Due, out.DueAmount = out.Due+t.Pieces, out.DueAmount+t.Amount
			out.Overdue += t.Overdue
			if t.State == policy.Paid || t.State == policy.Recovering {
				out.Paid, out.PaidAmount = out.Paid+t.Pieces, out.PaidAmount+t.Amount
				sum += t.Took
			}
		}
		if out.Paid > 0 {
			out.Mean = sum / time.Duration(out.Paid)
		}
		return err
	})
}

// Reach is how many of the enterprises that may have something got something.
type Reach struct {
	Paid    int // that got something in the months
	Matched int // that may have something today, or got something: Paid is among them
}

// Share is Paid ÷ Matched in tenths of a percent (覆盖率); false when nobody may have anything.
func (r Reach) Share() (int64, bool) { return target.Share(int64(r.Paid), int64(r.Matched)) }

// PayoutReach counts the enterprises that got something in some months, and those that may have something today.
func (a *App) PayoutReach(ctx context.Context, v Viewer, f FigureFilter) (Reach, error) {
	if err := v.need(Policies | Evaluate); err != nil {
		return Reach{}, err
	}
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return Reach{}, err
	}
	if f, err = f.complete(a.now()); err != nil {
		return Reach{}, err
	}
	var paid map[int]bool
	if err := a.db.View(ctx, v.Zone, func(r *store.Reader) error {
		cells, err := r.PayoutCells(f.From, f.To)
		paid = policy.Places(cells)
		return err
	}); err != nil {
		return Reach{}, err
	}
	out := Reach{Paid: len(paid)}
	matched, err := a.matchedPlaces(ctx, z)
	maps.Copy(matched, paid)
	out.Matched = len(matched)
	return out, err
}

// matchedPlaces are the places of the enterprises that may have some item today.
func (a *App) matchedPlaces(ctx context.Context, z *Zone) (map[int]bool, error) {
	out := map[int]bool{}
	return out, a.matching(ctx, z, func(m *matching) error {
		clear(out)
		for i := range m.plan.Items {
			for row := range m.matrix.Rows(i, rules.Eligible, 0) {
				out[row] = true
			}
		}
		return nil
	})
}
