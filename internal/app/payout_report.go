package app

import (
	"context"

	"gezhi/internal/pack"
	"gezhi/internal/policy"
	"gezhi/internal/store"
)

// loadReport reads the lines under which payouts are reported, which come with the program where a zone has none of its own.
func (z *Zone) loadReport(r *store.Reader) (err error) {
	z.Report, err = newestOr(r, z.documents, docFigures, policy.ParseReport, pack.CommonFigures)
	return err
}

// ReportedLine is a line of the report with its figures, and those of the same months a year before.
type ReportedLine struct {
	policy.ReportLine
	Now    policy.Figures // of the months
	Year   policy.Figures // from January up to the last of them
	Before policy.Figures // of the months a year before
}

// PayoutReport is the payouts of some months under the lines of the zone (兑现报表). The filter's dimension is not heeded.
func (a *App) PayoutReport(ctx context.Context, v Viewer, f FigureFilter) (FigureFilter, []ReportedLine, error) {
	if err := v.need(Policies | Evaluate); err != nil {
		return f, nil, err
	}
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return f, nil, err
	}
	if f, err = f.complete(a.now()); err != nil {
		return f, nil, err
	}
	january := f.To/100*100 + 1
	var cells []policy.Cell
	if err := a.db.View(ctx, v.Zone, func(r *store.Reader) (err error) {
		cells, err = r.PayoutCells(min(f.From, january)-100, f.To)
		return err
	}); err != nil {
		return f, nil, err
	}
	out := make([]ReportedLine, len(z.Report.Lines))
	for i, l := range z.Report.Lines {
		sum := func(from, to int) policy.Figures {
			total, _ := policy.Tally(cells, func(k policy.CellKey, area string) bool {
				return from <= k.Month && k.Month <= to && l.Counts(k) && f.keeps(k, area)
			}, func(policy.CellKey, string) string { return "" })
			return total
		}
		out[i] = ReportedLine{l, sum(f.From, f.To), sum(january, f.To), sum(f.From-100, f.To-100)}
	}
	return f, out, nil
}
