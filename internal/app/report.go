package app

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"gezhi/internal/calendar"
	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/geo"
	"gezhi/internal/store"
	"gezhi/internal/territory"
)

// Report is what somebody tells, as the form holds it.
type Report struct {
	Key      string // idempotency key: the form's own, so that a double click reports once
	Start    string // how it comes in: one of the procedure's starts, "" for the viewer's natural one
	Matter   string
	Title    string // "" takes the matter's name
	Text     string
	Point    geo.Point // WGS-84
	HasPoint bool
	Area     string // chosen when there is no point
	Address  string
	Photos   []int64 // uploaded before with AddPhoto
	Source   string  // resident, patrol, hotline, superior, media
	Fields   map[string]string
	Note     string
}

// Similar is an open case that may be the same thing.
type Similar struct {
	store.CaseLine
	Metres float64
}

// nearby is how far apart two reports of one matter may be and still be taken for one, in metres.
const nearby = 250

// Duplicates lists open cases of the same matter within 250 m, nearest first. It tells a resident only
// what is reported where, not who reported it.
func (a *App) Duplicates(ctx context.Context, zone int, matter string, p geo.Point) ([]Similar, error) {
	var out []Similar
	err := a.db.View(ctx, zone, func(r *store.Reader) error {
		lines, err := r.Near(matter, p, nearby)
		for _, l := range lines {
			if d := geo.Distance(p, l.Point); d <= nearby {
				out = append(out, Similar{l, d})
			}
		}
		return err
	})
	slices.SortFunc(out, func(x, y Similar) int { return cmp.Compare(x.Metres, y.Metres) })
	return out[:min(len(out), 5)], err
}

// AddPhoto cleans and keeps a picture until its report or move is submitted. What is stored was decoded
// and encoded anew, so that nothing a camera wrote into the file survives.
func (a *App) AddPhoto(ctx context.Context, v Viewer, file io.Reader) (int64, error) {
	if !v.Known() {
		return 0, v.need(0)
	}
	p, err := a.photo.Clean(ctx, file)
	if err != nil {
		return 0, err
	}
	id := a.db.NewID()
	err = a.db.InTx(ctx, v.Zone, func(tx *store.Tx) error {
		return tx.AddPhoto(store.Photo{ID: id, By: v.Person, Width: p.W, Height: p.H, SHA256: p.SHA256[:], DHash: p.DHash, Full: p.Full, Thumb: p.Thumb})
	})
	return id, err
}

// Where says which area a point lies in, for the form to show before submitting.
func (a *App) Where(ctx context.Context, zone int, p geo.Point) (territory.Area, string, error) {
	z, err := a.Zone(ctx, zone)
	if err != nil {
		return territory.Area{}, "", err
	}
	at, ok := z.Locate(p)
	if !ok {
		return territory.Area{}, "", z.outside()
	}
	return at, z.Tree.Path(at.Code), nil
}

// Submit makes a case of a report. The same key again answers the same case.
func (a *App) Submit(ctx context.Context, v Viewer, r Report) (casework.Case, error) {
	if !v.Known() {
		return casework.Case{}, v.need(0)
	}
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return casework.Case{}, err
	}
	place, err := z.check(&r)
	if err != nil {
		return casework.Case{}, err
	}
	proc := z.Procedure(GridEvent)
	var done casework.Case
	result, replay, err := a.db.Once(ctx, v.Zone, "report:"+r.Key+":"+strconv.FormatInt(int64(v.Person), 10), func(tx *store.Tx) (string, error) {
		d := casework.Draft{Zone: v.Zone, Start: r.Start, Matter: r.Matter, Source: r.Source,
			Title: r.Title, Text: r.Text, Place: place, Reporter: reporter(v, r.Source), Fields: r.Fields, Note: r.Note}
		for _, p := range r.Photos {
			d.Photos = append(d.Photos, strconv.FormatInt(p, 10))
		}
		done, err = a.openCase(tx, z, proc, v, d)
		return strconv.FormatInt(int64(done.ID), 10), err
	})
	if err != nil || !replay {
		return done, err
	}
	id, _ := strconv.ParseInt(result, 10, 64)
	err = a.db.View(ctx, v.Zone, func(rd *store.Reader) (err error) {
		done, err = rd.Case(casework.ID(id), v.Scope())
		return err
	})
	return done, err
}

// reporter is who a case is reported by: whoever writes down what a hotline or a superior passed on is not,
// and is neither asked to rate the result nor paid for it.
func reporter(v Viewer, source string) casework.Person {
	if source == "resident" || source == "patrol" {
		return v.Person
	}
	return 0
}

// check looks a report through and finds its place.
func (z *Zone) check(r *Report) (casework.Place, error) {
	var bad fault.List
	m, ok := z.Matters.Find(r.Matter)
	if !ok {
		bad.Add("matter", "请选择要反映的事项。", "Choose what the report is about.")
	}
	r.Text = strings.TrimSpace(r.Text)
	if n := utf8.RuneCountInString(r.Text); n < 4 || n > 2000 {
		bad.Add("text", "请用 4 至 2000 个字说明情况。", "Describe it in 4 to 2,000 characters.")
	}
	r.Title = strings.TrimSpace(r.Title)
	if r.Title == "" && ok {
		r.Title = m.Name.ZH
	}
	if utf8.RuneCountInString(r.Title) > 60 {
		bad.Add("title", "标题请控制在 60 字以内。", "Keep the title within 60 characters.")
	}
	if len(r.Photos) > 9 {
		bad.Add("photo", "最多上传 9 张照片。", "At most 9 photos.")
	}
	if r.Source == "" {
		r.Source = "resident"
	}
	place := z.place(&bad, r.Point, r.HasPoint, r.Area, r.Address)
	return place, bad.Err()
}

// place finds where something is, by a point or by an area with an address.
func (z *Zone) place(bad *fault.List, p geo.Point, hasPoint bool, area, address string) casework.Place {
	place := casework.Place{Address: strings.TrimSpace(address), Point: p, HasPoint: hasPoint}
	if utf8.RuneCountInString(place.Address) > 200 {
		bad.Add("address", "地址请控制在 200 字以内。", "Keep the address within 200 characters.")
	}
	switch {
	case hasPoint:
		if at, ok := z.Locate(p); ok {
			place.Area = at.Code
		} else {
			*bad = append(*bad, z.outside())
		}
	case area != "":
		if at, ok := z.Tree.Area(area); ok {
			place.Area = at.Code
		} else {
			bad.Add("area", "请重新选择所在社区或网格。", "Choose the community or grid again.")
		}
		if place.Address == "" {
			bad.Add("address", "没有在地图上标点时，请写明详细地址。", "Without a point on the map, write down the address.")
		}
	default:
		bad.Add("point", "请在地图上标出位置，或选择所在社区并写明地址。", "Mark the place on the map, or choose the community and write the address.")
	}
	return place
}

func (z *Zone) outside() *fault.Error {
	return fault.Field("point", "这个位置不在%[1]s范围内，请移动标点或改填地址。", "That point is not in %[2]s; move it or write the address instead.", z.Name.ZH, z.Name.EN)
}

// SearchText is what a case is found by.
func SearchText(z *Zone, c casework.Case) string {
	kind := z.Kind(c)
	return strings.Join([]string{c.Number, c.Title, kind.ZH, kind.EN, c.Text, c.Place.Address, z.Tree.Path(c.Place.Area)}, "\n")
}

// after saves what an outcome brings besides the case's own row: history, documents, photos, messages, effects.
func (a *App) after(tx *store.Tx, z *Zone, v Viewer, out casework.Outcome) error {
	c := out.Case
	if err := tx.AddEvents(c.ID, out.Events); err != nil {
		return err
	}
	if err := a.keepSecrets(tx, out); err != nil {
		return err
	}
	if err := announce(tx, z, out); err != nil {
		return err
	}
	if err := keepFigures(tx, z, v, out); err != nil {
		return err
	}
	if err := keepReach(tx, z.Version(c.Procedure, c.Version), &c, out.Events); err != nil {
		return err
	}
	for _, e := range out.Events {
		if err := attachFiles(tx, z.Version(c.Procedure, c.Version), v, c, e); err != nil {
			return err
		}
		for _, p := range e.Photos {
			id, err := strconv.ParseInt(p, 10, 64)
			if err != nil {
				return fault.Field("photo", "照片编号无效，请重新上传。", "The photo reference is not valid; please upload it again.")
			}
			if err := tx.AttachPhoto(id, v.Person, c.ID); err != nil {
				return err
			}
		}
	}
	for _, n := range out.Notices {
		if err := tx.AddNotice(store.Notice{ID: tx.NewID(), Person: n.Person, Holder: n.Holder.Key(), Case: n.Case, Kind: n.Kind, ZH: n.Text.ZH, EN: n.Text.EN}); err != nil {
			return err
		}
	}
	for _, e := range out.Effects {
		if err := a.effect(tx, z, v, c, e); err != nil {
			return fmt.Errorf("effect %s: %w", e.Key, err)
		}
	}
	return nil
}

// nextNumber is the number people know the next case by: zone, date, serial within the day.
func nextNumber(tx *store.Tx) (string, error) {
	day := tx.Now.In(calendar.Zone()).Format("20060102")
	n, err := tx.NextNumber("case:" + day)
	return fmt.Sprintf("%d-%s-%05d", tx.Zone, day, n), err
}
