package web

import (
	"encoding/json"
	"strconv"
	"strings"

	"gezhi/internal/app"
	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/geo"
	"gezhi/internal/store"
	"gezhi/internal/web/ui"
)

// residentHome is where residents begin.
type residentHome struct {
	Page     ui.Page
	V        *visit
	Mine     []store.CaseLine
	Points   int64
	Notices  []store.Notice
	Services []*casework.Procedure // that the viewer may begin a case of
}

func (s *Server) showResidentHome(v *visit) error {
	h := residentHome{Page: v.page("", "home"), V: v}
	for _, p := range v.zone.Procedures() {
		if p.ID != app.GridEvent && len(v.zone.Starts(p, v.viewer)) > 0 {
			h.Services = append(h.Services, p)
		}
	}
	if v.viewer.Known() {
		var err error
		if h.Mine, err = s.app.Mine(v.Context(), v.viewer, store.CaseFilter{Limit: 3}); err != nil {
			return err
		}
		w, err := s.app.Wallet(v.Context(), v.viewer, 0, 1)
		if err != nil {
			return err
		}
		h.Points = w.Balance
		if h.Notices, _, err = s.app.Messages(v.Context(), v.viewer, 0, 3); err != nil {
			return err
		}
	}
	return v.render(residentHomePage(h))
}

// reportPage is the form to report something.
type reportPage struct {
	Page   ui.Page
	V      *visit
	In     ui.Input
	Photos []string
	Starts []casework.Option // the ways this person may report
}

func (v *visit) reportPage(in ui.Input, photos []string) reportPage {
	p := reportPage{Page: v.page(v.lang.T("我要反映", "Report"), "report"), V: v, In: in, Photos: photos}
	area := strconv.Itoa(v.zone.Code)
	for _, a := range v.viewer.Areas() {
		area = a
	}
	for _, o := range v.zone.Procedure(app.GridEvent).StartsFor(v.viewer.Actor(), area, v.zone.Env(v.s.app.Now())) {
		if o.Move != "report" || v.viewer.Kind != "staff" {
			p.Starts = append(p.Starts, o)
		}
	}
	if len(p.Starts) == 0 { // staff without a duty of their own report as anybody may
		p.Starts = v.zone.Procedure(app.GridEvent).StartsFor(casework.Actor{Person: v.viewer.Person}, area, v.zone.Env(v.s.app.Now()))
	}
	return p
}

func (s *Server) showReport(v *visit) error {
	return v.render(reportForm(v.reportPage(ui.Input{Lang: v.lang}, nil)))
}

// sources are where a report comes from, by how it is begun.
var sources = map[string][]string{"report": {"resident"}, "patrol": {"patrol"}, "on_the_spot": {"patrol"}, "record": {"hotline", "superior", "media"}}

func (s *Server) report(v *visit) error {
	if err := v.parseUpload(); err != nil {
		return err
	}
	photos, err := v.photos()
	r := v.readReport(photos)
	var c casework.Case
	if pointErr := v.readPoint(&r); err == nil {
		err = pointErr
	}
	if err == nil {
		c, err = s.app.Submit(v.Context(), v.viewer, r)
	}
	if wrong(err) {
		return v.again(err, reportForm(v.reportPage(v.input(reportFields(err)), photos)))
	}
	if err != nil {
		return err
	}
	v.s.flash(v, ui.Green, v.lang.Tf("已收到，编号 %s。办理进度会显示在这里。", "Received as %s. Its progress is shown here.", c.Number))
	v.draftDone("report")
	return v.goTo(v.to("case", strconv.FormatInt(int64(c.ID), 10)))
}

func (v *visit) readReport(photos []string) app.Report {
	f := v.Form
	r := app.Report{Key: f.Get(ui.KeyName), Start: f.Get("start"), Matter: f.Get("matter"), Title: f.Get("title"), Text: f.Get("text"),
		Area: f.Get("area"), Address: f.Get("address"), Source: f.Get("source"), Fields: map[string]string{}}
	if r.Start == "" {
		r.Start = "report"
	}
	if from := sources[r.Start]; len(from) == 1 {
		r.Source = from[0]
	}
	for _, id := range photos {
		n, _ := strconv.ParseInt(id, 10, 64)
		r.Photos = append(r.Photos, n)
	}
	for name := range f {
		if field, ok := strings.CutPrefix(name, fieldName("")); ok {
			r.Fields[field] = strings.TrimSpace(f.Get(name))
		}
	}
	return r
}

// readPoint reads the coordinates of a form, when it has any.
func (v *visit) readPoint(r *app.Report) error {
	lng, lat := strings.TrimSpace(v.Form.Get("lng")), strings.TrimSpace(v.Form.Get("lat"))
	if lng == "" && lat == "" {
		return nil
	}
	p, err := parsePoint(lng, lat)
	r.Point, r.HasPoint = p, err == nil
	return err
}

func parsePoint(lng, lat string) (geo.Point, error) {
	x, err1 := strconv.ParseFloat(lng, 64)
	y, err2 := strconv.ParseFloat(lat, 64)
	p := geo.Point{Lng: x, Lat: y}
	if err1 != nil || err2 != nil || !p.OnEarth() {
		return p, fault.Field("lng", "坐标写法不对，经度在前、纬度在后，例如 120.2051、30.1952。", "Those are not coordinates; write longitude and latitude such as 120.2051 and 30.1952.")
	}
	return p, nil
}

// reportFields puts faults beside the fields of the report form.
func reportFields(err error) error {
	return fault.Rename(err, func(field string) string {
		switch field {
		case "point", "place":
			return "address"
		case "photos":
			return "photo"
		case "result_text":
			return "field.result_text"
		}
		return field
	})
}

// where answers the map: which grid a point lies in.
func (s *Server) where(v *visit) error {
	p, err := parsePoint(v.URL.Query().Get("lng"), v.URL.Query().Get("lat"))
	answer := struct {
		Name string `json:"name"`
		OK   bool   `json:"ok"`
	}{}
	if err == nil {
		if _, path, err := s.app.Where(v.Context(), v.zone.Code, p); err == nil {
			answer.Name, answer.OK = path, true
		}
	}
	v.w.Header().Set("Content-Type", "application/json")
	return json.NewEncoder(v.w).Encode(answer)
}

// similar answers the report form with open cases that may be the same thing.
func (s *Server) similar(v *visit) error {
	q := v.URL.Query()
	p, err := parsePoint(q.Get("lng"), q.Get("lat"))
	var found []app.Similar
	if err == nil && q.Get("matter") != "" {
		if found, err = s.app.Duplicates(v.Context(), v.zone.Code, q.Get("matter"), p); err != nil {
			return err
		}
	}
	return v.render(similarList(v, found))
}

// listPage is a list of the viewer's own cases.
type minePage struct {
	Page  ui.Page
	V     *visit
	Lines []store.CaseLine
	Pages ui.Pages
}

func (s *Server) showMine(v *visit) error {
	f := store.CaseFilter{Limit: 20, After: cursorOf(v)}
	lines, err := s.app.Mine(v.Context(), v.viewer, f)
	if err != nil {
		return err
	}
	return v.render(mineList(minePage{Page: v.page(v.lang.T("我的反映", "My reports"), "mine"), V: v, Lines: lines, Pages: pagesOf(v, lines, f)}))
}

// cursorOf reads where the page begins; anything unreadable is the first page.
func cursorOf(v *visit) store.Cursor {
	due, id, _ := strings.Cut(v.URL.Query().Get("after"), ".")
	var c store.Cursor
	c.Due, _ = strconv.ParseInt(due, 10, 64)
	c.ID, _ = strconv.ParseInt(id, 10, 64)
	return c
}

// pagesOf leads to the first page and the next one.
func pagesOf(v *visit, lines []store.CaseLine, f store.CaseFilter) ui.Pages {
	var p ui.Pages
	q := v.URL.Query()
	if f.After != (store.Cursor{}) {
		q.Del("after")
		p.Previous = v.URL.Path + "?" + q.Encode()
	}
	if next, more := store.NextCursor(lines, f.Limit); more {
		q.Set("after", strconv.FormatInt(next.Due, 10)+"."+strconv.FormatInt(next.ID, 10))
		p.Next = v.URL.Path + "?" + q.Encode()
	}
	return p
}

// reveal shows a reporter's name and phone to somebody entitled who says why.
func (s *Server) reveal(v *visit) error {
	if err := v.parse(); err != nil {
		return err
	}
	p, err := v.casePage(v.PathValue("id"))
	if err != nil {
		return err
	}
	who, err := s.app.RevealPerson(v.Context(), v.viewer, p.Case.Reporter, p.Case.ID, v.Form.Get("reason"))
	if wrong(err) {
		return v.again(err, revealPage(p, v.input(err), app.Revealed{}))
	}
	if err != nil {
		return err
	}
	return v.render(revealPage(p, ui.Input{Lang: v.lang}, who))
}

func (s *Server) showReveal(v *visit) error {
	p, err := v.casePage(v.PathValue("id"))
	if err != nil {
		return err
	}
	return v.render(revealPage(p, ui.Input{Lang: v.lang}, app.Revealed{}))
}
