package app

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gezhi/internal/calendar"
	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/lang"
	"gezhi/internal/sheet"
	"gezhi/internal/store"
)

// CalendarPage is one year of the working calendar with what is known about its source.
type CalendarPage struct {
	Year     calendar.Year
	Calendar *calendar.Calendar
	Imported []store.CalendarYear // years that came by import, oldest first
	Latest   int                  // last published year
	Missing  []int                // years that running clocks may reach and no notice is known for
	Works    []store.Work         // re-projections, newest first
}

// CalendarPage loads one year.
func (a *App) CalendarPage(ctx context.Context, v Viewer, year int) (CalendarPage, error) {
	var p CalendarPage
	if err := v.need(EditCalendar); err != nil {
		return p, err
	}
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return p, err
	}
	now := calendar.DayOf(a.now()).Year()
	if year < 2004 || year > now+10 {
		year = now
	}
	p.Calendar, p.Year, p.Latest = z.Calendar, z.Calendar.Year(year), z.Calendar.LatestYear()
	for y := now; y <= now+1; y++ {
		if z.Calendar.Provisional(calendar.Date(y, 6, 1)) {
			p.Missing = append(p.Missing, y)
		}
	}
	err = a.db.View(ctx, v.Zone, func(r *store.Reader) error {
		if p.Imported, err = r.CalendarYears(); err != nil {
			return err
		}
		p.Works, err = r.Works(workReproject, 5)
		return err
	})
	return p, err
}

const workReproject = "reproject"

// calendarColumns are the columns of a table of published days.
func calendarColumns() sheet.Columns {
	return sheet.Columns{
		{Key: "date", Name: lang.Text{ZH: "日期", EN: "date"}, Required: true},
		{Key: "kind", Name: lang.Text{ZH: "类型", EN: "kind"}, Aliases: []string{"type", "类别"}, Required: true},
		{Key: "name", Name: lang.Text{ZH: "名称", EN: "name"}, Aliases: []string{"节日", "节日名称"}},
		{Key: "name_en", Name: lang.Text{ZH: "英文名称", EN: "name_en"}},
	}
}

// readDays reads published days from JSON, CSV or XLSX.
func readDays(name string, body []byte) (calendar.Days, error) {
	if !bytes.HasPrefix(body, []byte("PK\x03\x04")) {
		return calendar.Read(body)
	}
	t, err := sheet.Read(body, name, calendarColumns())
	if err != nil {
		return calendar.Days{}, err
	}
	rows := make([][]string, t.FirstRow-1) // so that a row has the number the file gives it
	rows[t.FirstRow-2] = t.Header
	return calendar.FromRows(append(rows, t.Rows...))
}

// ImportCalendar stores the published days of one or more years and begins the re-projection of every running
// clock, whose number it returns: run it with RunWork. source is the notice the days come from.
func (a *App) ImportCalendar(ctx context.Context, v Viewer, name string, body []byte, source, key string) (int64, error) {
	if err := v.need(EditCalendar); err != nil {
		return 0, err
	}
	source, err := words("source", source, 4, 200)
	var days calendar.Days
	var err2 error
	if len(body) == 0 {
		err2 = fault.Field("file", "请选择文件。", "Choose a file.")
	} else if days, err2 = readDays(name, body); err2 != nil {
		err2 = asFile(err2)
	} else if len(days.Published()) == 0 {
		err2 = fault.Field("file", "文件里没有任何一年的放假日。", "The file publishes no year.")
	}
	if err := both(err, err2); err != nil {
		return 0, err
	}
	id := a.db.NewID()
	err = a.change(ctx, v, EditCalendar, key, func(e *edit) error {
		var years []string
		for year, list := range byYear(days) {
			text, err := json.Marshal(list)
			if err != nil {
				return err
			}
			if err := e.tx.SaveCalendarYear(store.CalendarYear{Year: year, Body: string(text), Source: source, By: v.Person}); err != nil {
				return err
			}
			years = append(years, strconv.Itoa(year))
		}
		slices.Sort(years)
		total, err := e.tx.OpenTotal()
		if err != nil {
			return err
		}
		note := fmt.Sprintf("导入 %s 年工作日历（%s），重新推算时限", strings.Join(years, "、"), source)
		e.record("calendar.import", "calendar:"+strings.Join(years, ","), source, name)
		return e.tx.AddWork(store.Work{ID: id, Kind: workReproject, Note: note, Total: total, By: v.Person})
	}, nil)
	return id, err
}

// byYear sorts days to the year whose notice names them: the last week of December may belong to the next
// year's, so days of a year that the file does not publish go with the year after or before.
func byYear(days calendar.Days) map[int]calendar.Days {
	published := days.Published()
	lists := map[int][]calendar.Listed{}
	for _, d := range days.All() {
		year := d.Day.Year()
		for _, y := range []int{year, year + 1, year - 1, published[0]} {
			if slices.Contains(published, y) {
				year = y
				break
			}
		}
		lists[year] = append(lists[year], d)
	}
	out := map[int]calendar.Days{}
	for y, list := range lists {
		d, err := calendar.NewDays(list)
		if err == nil { // they were checked when read
			out[y] = d
		}
	}
	return out
}

// Work loads how far long work is.
func (a *App) Work(ctx context.Context, v Viewer, id int64) (store.Work, error) {
	if err := v.need(EditCalendar); err != nil {
		return store.Work{}, err
	}
	var w store.Work
	err := a.db.View(ctx, v.Zone, func(r *store.Reader) (err error) {
		w, err = r.Work(id)
		return err
	})
	return w, err
}

// casesPerStep is how many cases one transaction of a re-projection takes: the others wait that long at most.
const casesPerStep = 50

// RunWork does long work to its end, or until the context is done. It may be begun again at any time: each step is
// one transaction that also moves the work's position on.
func (a *App) RunWork(ctx context.Context, zone int, id int64) error {
	for {
		w, err := a.stepReproject(ctx, zone, id)
		if err != nil || !w.Done.IsZero() {
			return err
		}
	}
}

// stepReproject recomputes the clocks of some open cases under the present calendar; what moved, and why, is written
// into each case's history.
func (a *App) stepReproject(ctx context.Context, zone int, id int64) (store.Work, error) {
	z, err := a.Zone(ctx, zone)
	if err != nil {
		return store.Work{}, err
	}
	var w store.Work
	err = a.db.InTx(ctx, zone, func(tx *store.Tx) error {
		was, err := tx.Work(id)
		w = was
		if err != nil || !was.Done.IsZero() {
			return err
		}
		ids, err := tx.OpenCases(was.Position, casesPerStep)
		if err != nil {
			return err
		}
		for _, c := range ids {
			moved, err := a.reproject(tx, z, c, was.Note)
			if err != nil {
				return fmt.Errorf("case %d: %w", c, err)
			}
			w.Made, w.Changed, w.Position = w.Made+1, w.Changed+int64(moved), c
		}
		if len(ids) < casesPerStep {
			w.Done = tx.Now
		}
		return tx.StepWork(was, w)
	})
	return w, err
}

func (a *App) reproject(tx *store.Tx, z *Zone, id casework.ID, why string) (moved int, err error) {
	was, err := tx.Case(id, store.Everything)
	if err != nil {
		return 0, err
	}
	p := z.Version(was.Procedure, was.Version)
	if p == nil {
		return 0, fault.New(fault.Internal, "", "procedure %s version %d is missing", was.Procedure, was.Version)
	}
	out, err := p.Reproject(was, why, z.Env(tx.Now))
	if err != nil || out.Case.Revision == was.Revision && out.Case.Wake.Equal(was.Wake) {
		return 0, err
	}
	return len(out.Events), a.save(tx, z, Viewer{Zone: z.Code}, p, was, out)
}
