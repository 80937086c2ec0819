package web

import (
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"gezhi/internal/app"
	"gezhi/internal/calendar"
	"gezhi/internal/casework"
	lots "gezhi/internal/draw"
	"gezhi/internal/store"
	"gezhi/internal/web/ui"

	"github.com/a-h/templ"
)

// drawsPage lists draws for everybody; whoever holds them has the form that freezes a list.
type drawsPage struct {
	office
	List []store.Draw
	Can  []app.Drawable
}

func (s *Server) showDraws(v *visit) error { return v.untouched(v.draws) }

func (v *visit) draws(in ui.Input) (templ.Component, error) {
	p := drawsPage{office: v.office(v.lang.T("公开摇号", "Draws by lot"), "draws", in)}
	var err error
	if p.List, err = v.s.app.Draws(v.Context(), v.zone.Code); err != nil {
		return nil, err
	}
	if v.viewer.Can(app.HoldDraws) {
		p.Can, err = v.s.app.Drawables(v.Context(), v.viewer)
	}
	return drawsView(p), err
}

// drawTime reads a day and an hour as the form has them; the zero time when they are none.
func drawTime(day, clock string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", day+" "+clock, calendar.Zone())
	if err != nil {
		return time.Time{}
	}
	return t
}

// commitDraw freezes a list and publishes the commitment to it.
func (s *Server) commitDraw(v *visit) error {
	if err := v.parse(); err != nil {
		return err
	}
	f := v.PostForm
	plan := app.DrawPlan{Key: f.Get(ui.KeyName), Title: f.Get("title"), Source: f.Get("source"), After: drawTime(f.Get("after"), f.Get("clock")), Places: map[string]string{}}
	plan.Procedure, plan.Category, _ = strings.Cut(f.Get("what"), "/")
	for name := range f {
		if group, ok := strings.CutPrefix(name, "places."); ok {
			plan.Places[group] = f.Get(name)
		}
	}
	id, err := s.app.CommitDraw(v.Context(), v.viewer, plan)
	return v.settle(err, v.draws, v.lang.T("名单已冻结，承诺值已公布。", "The list is frozen and the commitment published."), v.to("draws", itoa(id)))
}

// holdDraw takes the seed and draws.
func (s *Server) holdDraw(v *visit) error {
	if err := v.parse(); err != nil {
		return err
	}
	id, err := v.drawID()
	if err != nil {
		return err
	}
	err = s.app.HoldDraw(v.Context(), v.viewer, id, v.PostForm.Get("seed"), v.PostForm.Get("note"))
	return v.settle(err, v.oneDraw, v.lang.T("已摇号，结果已公布。", "Drawn; the result is published."), v.to("draws", v.PathValue("id")))
}

func (v *visit) drawID() (int64, error) {
	id, err := strconv.ParseInt(v.PathValue("id"), 10, 64)
	if err != nil {
		return 0, errNoPage
	}
	return id, nil
}

// drawPage is one draw, with everything that is needed to check it.
type drawPage struct {
	office
	app.DrawPage
}

func (s *Server) showDraw(v *visit) error { return v.untouched(v.oneDraw) }

func (v *visit) oneDraw(in ui.Input) (templ.Component, error) {
	id, err := v.drawID()
	if err != nil {
		return nil, err
	}
	d, err := v.s.app.DrawPage(v.Context(), v.viewer, id)
	return drawView(drawPage{v.office(d.Title, "draws", in), d}), err
}

// drawJSON is a draw as a file: everything that another program needs to check it.
type drawJSON struct {
	Scheme     string      `json:"scheme"`
	Title      string      `json:"title"`
	Terms      string      `json:"terms"`
	List       string      `json:"list"`
	ListHash   string      `json:"list_sha256"`
	Commitment string      `json:"commitment_sha256"`
	Committed  time.Time   `json:"committed_at"`
	Nonce      string      `json:"secret,omitempty"`
	Seed       string      `json:"seed,omitempty"`
	SeedNote   string      `json:"seed_published_at,omitempty"`
	Order      []placeJSON `json:"order,omitempty"`
}

type placeJSON struct {
	Order   int    `json:"order"`
	Number  string `json:"number"`
	Group   string `json:"group"`
	Drawn   bool   `json:"drawn"`
	Waiting int    `json:"waiting_place,omitempty"`
}

func (s *Server) drawFile(v *visit) error {
	id, err := v.drawID()
	if err != nil {
		return err
	}
	d, err := s.app.DrawPage(v.Context(), v.viewer, id)
	if err != nil {
		return err
	}
	out := drawJSON{Scheme: "gezhi-draw-1", Title: d.Title, Terms: d.Terms, List: d.List, ListHash: d.ListHash, Commitment: d.Commitment, Committed: d.CommittedAt, Nonce: d.Nonce, Seed: d.Seed, SeedNote: d.SeedNote}
	for _, x := range d.Places {
		out.Order = append(out.Order, placeJSON{x.Order, x.Number, x.Group, x.Drawn(), x.Waiting})
	}
	v.w.Header().Set("Content-Type", "application/json; charset=utf-8")
	v.w.Header().Set("Content-Disposition", `attachment; filename="draw-`+itoa(id)+`.json"`)
	e := json.NewEncoder(v.w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(out)
}

// places are the order drawn as a table.
func (p drawPage) places() ui.Sheet[lots.Place] {
	l := p.Page.Lang
	return ui.Sheet[lots.Place]{Caption: l.T("摇号结果", "Result"), Columns: []ui.Column[lots.Place]{
		ui.TextColumn(l.T("顺序", "Order"), ui.Figures, func(x lots.Place) string { return ui.Number(x.Order) }),
		ui.TextColumn(l.T("受理编号", "Number"), ui.Main, func(x lots.Place) string { return x.Number }),
		ui.TextColumn(l.T("分组", "Group"), ui.Brief, func(x lots.Place) string { return p.group(x.Group) }),
		ui.TextColumn(l.T("结果", "Result"), ui.Brief, p.result),
	}, Tone: func(x lots.Place) ui.Tone {
		if x.Drawn() {
			return ui.Green
		}
		return ""
	}}
}

// result is what became of an entrant, in words.
func (p drawPage) result(x lots.Place) string {
	if x.Drawn() {
		return p.Page.Lang.T("中签", "drawn")
	}
	return p.Page.Lang.Tf("轮候第 %d 位", "no. %d on the waiting list", x.Waiting)
}

func (p drawPage) group(id string) string {
	for _, g := range p.Quotas {
		if g.Group == id {
			return g.Label.In(p.Page.Lang)
		}
	}
	return id
}

// drawChoices are what can be drawn for, with how many wait.
func (p drawsPage) drawChoices() []ui.Option {
	l := p.Page.Lang
	out := []ui.Option{{Label: l.T("请选择", "Choose")}}
	for _, c := range p.Can {
		out = append(out, ui.Option{Value: c.Proc.ID + "/" + c.Category.Code, Group: c.Proc.Name.In(l), Label: c.Category.Name.In(l) + l.Tf("（轮候 %d 件）", " (%d waiting)", c.Waiting)})
	}
	return out
}

// drawGroups are the groups that have places, of every procedure that is drawn for.
func (p drawsPage) drawGroups() []casework.Term {
	var out []casework.Term
	seen := map[string]bool{}
	for _, c := range p.Can {
		f, _ := c.Proc.Field(c.Proc.Draw.Group)
		for _, t := range f.Choices {
			if !seen[t.ID] {
				seen[t.ID] = true
				out = append(out, t)
			}
		}
	}
	return out
}

func (p drawsPage) columns() ui.Sheet[store.Draw] {
	l := p.Page.Lang
	return ui.Sheet[store.Draw]{Caption: l.T("摇号场次", "Draws"), Columns: []ui.Column[store.Draw]{
		ui.LinkColumn(l.T("场次", "Draw"), ui.Main, func(d store.Draw) ui.Link { return ui.Link{Label: d.Title, URL: p.V.to("draws", itoa(d.ID))} }),
		ui.TextColumn(l.T("参加", "Entrants"), ui.Figures, func(d store.Draw) string { return ui.Number(strings.Count(d.List, "\n")) }),
		ui.TextColumn(l.T("名单冻结", "List frozen"), ui.Brief, func(d store.Draw) string { return ui.DateTime(l, d.CommittedAt) }),
		ui.TextColumn(l.T("状态", "State"), ui.Brief, func(d store.Draw) string {
			if d.Seed != "" {
				return l.T("已摇号", "drawn")
			}
			return l.Tf("待摇号，%s 后", "to be drawn after %s", ui.DateTime(l, d.After))
		}),
	}, Empty: ui.EmptyState{Icon: "certificate", Title: l.T("还没有摇号", "No draw yet")}}
}
