package web

import (
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"gezhi/internal/app"
	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/lang"
	"gezhi/internal/store"
	"gezhi/internal/web/ui"

	"github.com/a-h/templ"
)

// casePage is the page of one case: residents and grid workers see it on a phone, officers at a desk.
type casePage struct {
	app.CasePage
	Page   ui.Page
	V      *visit
	Now    time.Time
	Move   string                  // the move whose form came back
	In     ui.Input                // what was typed in it
	Photos []string                // ids of photos that arrived with it
	Files  map[string][]store.File // documents that arrived with it, by field
}

func (s *Server) showCase(v *visit) error {
	p, err := v.casePage(v.PathValue("id"))
	if err != nil {
		return err
	}
	return v.render(p.draw())
}

func (v *visit) casePage(id string) (casePage, error) {
	n, err := app.ParseCaseID(id)
	if err != nil {
		return casePage{}, err
	}
	if v.viewer, err = v.s.app.As(v.Context(), v.viewer, n); err != nil {
		return casePage{}, err
	}
	c, err := v.s.app.CasePage(v.Context(), v.viewer, n)
	if err != nil {
		return casePage{}, err
	}
	here := "mine"
	if v.viewer.Can(app.WorkDesk) {
		here = "cases"
	} else if v.viewer.Can(app.WorkGrid) {
		here = "grid-inbox"
	}
	return casePage{CasePage: c, Page: v.page(c.Case.Title, here), V: v, Now: v.s.app.Now(), In: ui.Input{Lang: v.lang}}, nil
}

// draw chooses the shell by who is looking.
func (p casePage) draw() templ.Component {
	if p.V.viewer.Can(app.WorkDesk) {
		return caseDesk(p)
	}
	return casePhone(p)
}

// moveCase makes the move a form on the case page asks for.
func (s *Server) moveCase(v *visit) error {
	id, err := app.ParseCaseID(v.PathValue("id"))
	if err != nil {
		return err
	}
	if err := v.parseUpload(); err != nil {
		return err
	}
	if v.viewer, err = s.app.As(v.Context(), v.viewer, id); err != nil {
		return err
	}
	fields, err := v.fieldsOfMove(id, v.PathValue("move"))
	if err != nil {
		return err
	}
	photos, err := v.photos()
	err = together(err, v.documents(fields))
	if err == nil {
		cmd := casework.Command{Move: v.PathValue("move"), Reason: v.Form.Get("reason"), Note: strings.TrimSpace(v.Form.Get("note")),
			Fields: fields, Photos: photos, Holder: casework.ParseHolder(v.Form.Get("holder"))}
		cmd.Revision, _ = strconv.ParseInt(v.Form.Get("revision"), 10, 64)
		_, err = s.app.Move(v.Context(), v.viewer, id, cmd, v.Form.Get(ui.KeyName))
	}
	if wrong(err) {
		p, e := v.casePage(v.PathValue("id"))
		if e != nil {
			return e
		}
		p.Move, p.In, p.Photos = v.PathValue("move"), v.input(fieldsOf(err)), photos
		if p.Files, e = v.keptFiles(p.Proc, fields); e != nil {
			return e
		}
		return v.again(err, p.draw())
	}
	if err != nil {
		return err
	}
	v.s.flash(v, ui.Green, v.lang.T("已办理。", "Done."))
	v.draftDone(moveDraft(id, v.PathValue("move")))
	if _, err := s.app.CasePage(v.Context(), v.viewer, id); fault.KindOf(err) == fault.NotFound && err != nil {
		return v.goTo(v.to()) // it has left the viewer's sight
	}
	return v.goTo(v.to("case", v.PathValue("id")))
}

// together is what is wrong with two parts of a form; an error that is no fault of the form wins.
func together(a, b error) error {
	var all fault.List
	for _, err := range []error{a, b} {
		list := fault.Fields(err)
		if err != nil && len(list) == 0 {
			return err
		}
		all = append(all, list...)
	}
	return all.Err()
}

// fieldsOf names the fields of a procedure as the form does.
func fieldsOf(err error) error {
	return fault.Rename(err, func(field string) string {
		switch field {
		case "", "reason", "note", "holder", "photo", "point":
			return field
		case "photos":
			return "photo"
		}
		return fieldName(field)
	})
}

// maxUpload is the most bytes a form with photos carries: nine of 20 MB and some.
const maxUpload = 200 << 20

// maxPlain is the most bytes such a form has that carries none of them.
const maxPlain = 1 << 20

// parseUpload reads a form that may carry files; large ones go to temporary files.
func (v *visit) parseUpload() error {
	if !strings.HasPrefix(v.Header.Get("Content-Type"), "multipart/") {
		v.Body = http.MaxBytesReader(v.w, v.Body, maxPlain)
		return v.parse()
	}
	if err := v.ParseMultipartForm(8 << 20); err != nil {
		if status(err) == http.StatusRequestEntityTooLarge {
			return err
		}
		return fault.New(fault.Invalid, "提交的内容不完整，请重试。", "The form did not arrive whole; please try again.")
	}
	return nil
}

// photos keeps the pictures a form brought and lists their ids after those that arrived before. What
// arrived well is in the list even when another picture was refused.
func (v *visit) photos() ([]string, error) {
	var ids []string
	for _, id := range v.Form["photo_id"] {
		if _, err := strconv.ParseInt(id, 10, 64); err == nil {
			ids = append(ids, id)
		}
	}
	if v.MultipartForm == nil {
		return ids, nil
	}
	var bad fault.List
	for _, head := range v.MultipartForm.File["photo"] {
		if head.Size == 0 && head.Filename == "" {
			continue
		}
		f, err := head.Open()
		if err != nil {
			return ids, err
		}
		id, err := v.s.app.AddPhoto(v.Context(), v.viewer, f)
		f.Close()
		for _, e := range fault.Fields(err) {
			bad = append(bad, fault.Field("photo", "“%[1]s”：%[2]s", "“%[1]s”: %[3]s", head.Filename, e.ZH, e.EN))
		}
		if err != nil && len(fault.Fields(err)) == 0 {
			return ids, err
		}
		if err == nil {
			ids = append(ids, strconv.FormatInt(id, 10))
		}
	}
	return ids, bad.Err()
}

// showPhoto sends a picture to somebody who may see it.
func (s *Server) showPhoto(v *visit) error {
	id, err := strconv.ParseInt(v.PathValue("photo"), 10, 64)
	if err != nil {
		return errNoPage
	}
	jpeg, err := s.app.PhotoJPEG(v.Context(), v.viewer, id, v.URL.Query().Has("thumb"))
	if err != nil {
		return err
	}
	v.w.Header().Set("Content-Type", "image/jpeg")
	v.w.Header().Set("Cache-Control", "private, max-age=86400, immutable")
	v.w.Header().Set("Content-Length", strconv.Itoa(len(jpeg)))
	_, err = v.w.Write(jpeg)
	return err
}

// shows are the pictures of a case or an event as the page shows them.
func (p casePage) pictures(ids []string, alt string) []ui.Picture {
	out := make([]ui.Picture, len(ids))
	for i, id := range ids {
		full := p.V.to("photo", url.PathEscape(id))
		out[i] = ui.Picture{Thumb: full + "?thumb", Full: full, Alt: alt}
	}
	return out
}

// tone is the colour of the case's light.
func tone(l app.Light) ui.Tone {
	switch l {
	case app.Red:
		return ui.Red
	case app.Yellow:
		return ui.Yellow
	case app.Green:
		return ui.Green
	}
	return ui.Grey
}

// lightWord is what the light says.
func (p casePage) lightWord() string {
	l := p.V.lang
	if !p.Case.Open() {
		return l.T("已结案", "Closed")
	}
	if p.Due.IsZero() {
		return l.T("暂不计时", "No clock running")
	}
	return ui.Due(l, p.Now, p.Due)
}

func (p casePage) stageName() string {
	s, _ := p.Proc.Stage(p.Case.Stage)
	return s.Name.In(p.V.lang)
}

func (p casePage) steps() []ui.Phase {
	var out []ui.Phase
	passed := true // phases after the present one lie ahead, even when an earlier round has seen them
	for _, s := range p.Steps {
		ph := ui.Phase{Label: p.Proc.Phase(s.Phase).In(p.V.lang), State: ui.Ahead}
		switch {
		case s.Now && p.Case.Open():
			ph.State, passed = ui.Now, false
		case passed && !s.Reached.IsZero():
			ph.State, ph.Note = ui.Done, ui.When(p.V.lang, p.Now, s.Reached)
		}
		out = append(out, ph)
	}
	return out
}

// happenings is the history, newest first.
func (p casePage) happenings() []ui.Happening {
	l := p.V.lang
	var out []ui.Happening
	for i := len(p.Events) - 1; i >= 0; i-- {
		e := p.Events[i]
		h := ui.Happening{At: e.At, What: e.Move.In(l), Who: joined(e.Role.In(l), actorName(l, e)), Note: e.Note, Tone: ui.Blue}
		if e.From != e.To && e.Stage.In(l) != "" {
			h.What += " → " + e.Stage.In(l)
		}
		if r := e.Reason.In(l); r != "" {
			h.Note = joined(r, h.Note)
		}
		switch e.Event.Move {
		case casework.EventSupervised:
			h.Tone, h.Icon = ui.Red, "bell-ringing"
		case "reprojected":
			h.Tone, h.Icon = ui.Grey, "calendar"
		}
		h.Detail = eventDetail(p, e)
		out = append(out, h)
	}
	return out
}

// actorName is who acted: 张三, or 张三（代李四） for a colleague who was away.
func actorName(l lang.Lang, e app.EventLine) string {
	if e.For == "" {
		return e.Who
	}
	return l.Tf("%s（代%s）", "%s for %s", e.Who, e.For)
}

func joined(parts ...string) string {
	var out []string
	for _, s := range parts {
		if s != "" {
			out = append(out, s)
		}
	}
	return strings.Join(out, " · ")
}

// explain says in a sentence how the deadline came about.
func (p casePage) explain() string {
	if p.ClockID == "" || len(p.Deadline.Counted)+len(p.Deadline.Skipped) == 0 {
		return ""
	}
	spec, _ := p.Proc.Clock(p.ClockID)
	return spec.Reckoning(p.Case.Clocks[p.ClockID].Clock, p.Deadline, p.V.lang)
}

// ratingWord is what a rating of 1 to 5 is called (国办发〔2019〕51 号 五级评价).
func (p casePage) ratingWord() string {
	if p.Case.Rating == 0 {
		return ""
	}
	f, _ := p.Proc.Field("rating")
	for _, c := range f.Choices {
		if c.ID == strconv.Itoa(p.Case.Rating) {
			return c.Label.In(p.V.lang)
		}
	}
	return strconv.Itoa(p.Case.Rating)
}

// kind is what kind of case it is, in words; of a procedure without kinds, the procedure itself.
func (p casePage) kind() string {
	if name := p.V.zone.Kind(p.Case).In(p.V.lang); name != "" {
		return name
	}
	return p.Proc.Name.In(p.V.lang)
}

// fieldsOfMove reads the fields of a form by what the case's procedure says of the move.
func (v *visit) fieldsOfMove(id casework.ID, move string) (map[string]string, error) {
	p, err := v.s.app.ProcedureOf(v.Context(), v.viewer, id)
	if err != nil {
		return nil, err
	}
	m, _ := p.Move(move)
	return v.fieldsIn(p, m.Fields), nil
}

// keptUntil says how long a file is kept.
func keptUntil(l lang.Lang, day time.Time) string {
	if day.IsZero() {
		return l.T("永久", "for good")
	}
	return l.Tf("至 %s", "until %s", ui.Date(l, day))
}

// factsTitle heads what a case begins with.
func (p casePage) factsTitle() string {
	l := p.V.lang
	if p.Proc.ID == app.GridEvent {
		return l.T("反映内容", "What was reported")
	}
	return l.T("基本情况", "The case")
}

// partName is what a sub-case is called: its item, and who has it.
func (p casePage) partName(x app.PartLine) string {
	zh, en := p.V.zone.HolderName(x.Holder)
	return joined(x.Title.In(p.V.lang), p.V.lang.T(zh, en))
}

func (p casePage) partTone(x app.PartLine) ui.Tone {
	switch {
	case x.Late:
		return ui.Red
	case !x.Closed.IsZero():
		return ui.Grey
	}
	return tone(x.Light)
}

// partWords says where a sub-case is.
func (p casePage) partWords(x app.PartLine) string {
	l := p.V.lang
	switch {
	case x.Result == casework.NotOpened:
		return l.T("前一环节未通过，不再发起", "not opened: what comes before it failed")
	case x.Case == 0:
		return l.T("待前一环节办结", "waits for what comes before it")
	}
	return x.Stage.In(l)
}

// own are the fields of the case itself, as they stand now.
func (p casePage) own() []ui.Fact {
	if p.Proc.ID == app.GridEvent {
		return nil // there the history says it
	}
	var out []ui.Fact
	for _, f := range p.Proc.Fields {
		if p.Proc.Monthly && slices.Contains(passing, f.ID) {
			continue
		}
		if p.Applied != nil && (f.Type == casework.FieldAnswers || f.Type == casework.FieldHanded || f.ID == "item") {
			continue // the materials say it
		}
		if c, ok := p.Named[f.ID]; ok {
			out = append(out, ui.Fact{Label: f.Label.In(p.V.lang), Value: namedCase(p, c)})
		} else if v := p.Case.Fields[f.ID]; v != "" {
			fact := ui.TextFact(f.Label.In(p.V.lang), app.FieldWords(p.V.zone, f, v).In(p.V.lang))
			if f.Type == casework.FieldLongText {
				fact.Value = inLines(v)
			}
			out = append(out, fact)
		}
	}
	return out
}
