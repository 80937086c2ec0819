package demo

import (
	"bytes"
	_ "embed"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"gezhi/internal/app"
	"gezhi/internal/calendar"
	"gezhi/internal/casework"
	"gezhi/internal/idcode"
	"gezhi/internal/store"
)

//go:embed cases.yaml
var casesYAML []byte

// story is one made-up case, act by act, as cases.yaml tells it.
type story struct {
	Zones     []string // slugs; none for all
	Procedure string
	Start     string
	By        string // who begins it: resident, visitor, or as of an act
	Ago       int    // working days before the day the life ends, at least 1
	Source    string
	Category  string
	Title     string
	Text      string
	Fields    map[string]string
	Photo     bool
	Then      []act
}

// act is one move of a story.
type act struct {
	Ago    int
	By     string // holder when empty; reporter, approver, a role of the district, or role@unit
	Do     string
	Part   string // the key of the sub-case it is made on; "" for the case itself
	Reason string
	Note   string
	Fields map[string]string // dates may be told from the day the life ends: today-3, today+10
	Photo  bool
}

// readStories reads the embedded file; it can fail only by a mistake of ours.
func readStories() ([]story, error) {
	var out []story
	d := yaml.NewDecoder(bytes.NewReader(casesYAML))
	d.KnownFields(true)
	if err := d.Decode(&out); err != nil {
		return nil, fmt.Errorf("cases.yaml: %w", err)
	}
	for _, s := range out {
		ago := s.Ago
		for _, x := range s.Then {
			if x.Ago < 1 || x.Ago > ago {
				return nil, fmt.Errorf("cases.yaml: %s %q: %s is %d days ago, after %d", s.Procedure, s.Title, x.Do, x.Ago, ago)
			}
			ago = x.Ago
		}
	}
	return out, nil
}

// telling plays one story. It has dice of its own, so that the rest of the life is the same with and without it.
type telling struct {
	*life
	story
	dice     *rand.Rand
	id       casework.ID
	reporter app.Viewer
}

// tell plans the stories of the zone. One that would begin before the life does is left out.
func (l *life) tell(seed uint64) error {
	list, err := readStories()
	if err != nil {
		return err
	}
	for i, s := range list {
		if len(s.Zones) > 0 && !slices.Contains(s.Zones, l.zone.Slug) {
			continue
		}
		t := &telling{life: l, story: s, dice: rand.New(rand.NewPCG(seed, uint64(l.zone.Code)<<3+uint64(i)))}
		t.plan(i)
	}
	return nil
}

// plan spreads the acts over their days: in the forenoon, the acts of one day half an hour apart.
func (t *telling) plan(i int) {
	at := t.workday(t.Ago).Add(9*time.Hour + time.Duration(i%25)*time.Minute)
	if at.Before(t.clock.now()) {
		return
	}
	t.agenda.plan(at, t.begin)
	for _, x := range t.Then {
		next := t.workday(x.Ago).Add(9*time.Hour + time.Duration(i%25)*time.Minute)
		if !next.After(at) {
			next = at.Add(30 * time.Minute)
		}
		at = next
		t.agenda.plan(at, func() error { return t.act(x) })
	}
}

// workday is the beginning of the n-th working day before the day the life ends.
func (l *life) workday(n int) time.Time {
	d := midnight(l.until)
	for n > 0 {
		d = d.AddDate(0, 0, -1)
		if ok, _ := l.zone.Calendar.Working(calendar.DayOf(d)); ok {
			n--
		}
	}
	return d
}

func (t *telling) begin() error {
	f := app.Filing{Key: "demo-story-key-" + t.key(), Procedure: t.Procedure, Start: t.Start, Source: t.Source, Category: t.Category, Title: t.Title, Text: t.Text,
		Fields: t.dated(t.Fields)}
	v := app.Viewer{Zone: t.zone.Code}
	var err error
	switch t.By {
	case "visitor":
	case "resident":
		who := t.residents[t.dice.IntN(len(t.residents)/2)]
		v, err = t.viewer(t.ctx, who.Person)
		if t.zone.Procedure(t.Procedure).Placed == casework.Required {
			f.Area = idcode.AncestorAt(who.Home, idcode.Community)
			f.Address = t.zone.Tree.Path(f.Area)
		}
	default:
		who := t.staff[t.duty(t.By).Key()]
		if len(who) == 0 {
			return t.wrong(t.Start, fmt.Errorf("nobody is %s", t.By))
		}
		v, err = t.viewer(t.ctx, who[0])
	}
	if err == nil && t.Photo {
		f.Photos, err = t.pictured(v)
	}
	if err != nil {
		return err
	}
	filed, err := t.app.File(t.ctx, v, f)
	if err != nil {
		return t.wrong(t.Start, err)
	}
	t.id, t.reporter = filed.Case.ID, v
	if filed.Code == "" {
		return nil
	}
	alias, err := t.app.EnterByQueryCode(t.ctx, t.zone.Code, filed.Code)
	if err == nil {
		t.reporter, err = t.app.ViewerOf(t.ctx, t.zone.Code, alias)
	}
	return err
}

func (t *telling) act(x act) error {
	if t.id == 0 {
		return nil // refused at its beginning
	}
	c, err := t.read(t.id)
	if err == nil && x.Part != "" {
		i := slices.IndexFunc(c.Parts, func(p casework.SubCase) bool { return p.Key == x.Part && p.Case != 0 })
		if i < 0 {
			return t.wrong(x.Do, fmt.Errorf("no sub-case %s is open", x.Part))
		}
		c, err = t.read(c.Parts[i].Case)
	}
	if err != nil {
		return err
	}
	v, err := t.actor(c, x)
	if err != nil {
		return t.wrong(x.Do, err)
	}
	cmd := casework.Command{Move: x.Do, Reason: x.Reason, Note: x.Note, Fields: t.dated(x.Fields), Revision: c.Revision}
	if x.Photo {
		if cmd.Photos, err = t.pictured(v); err != nil {
			return err
		}
	}
	if _, err = t.app.Move(t.ctx, v, c.ID, cmd, t.key()); err != nil {
		return t.wrong(x.Do, err)
	}
	return nil
}

func (t *telling) read(id casework.ID) (c casework.Case, err error) {
	err = t.app.DB().View(t.ctx, t.zone.Code, func(r *store.Reader) error {
		c, err = r.Case(id, store.Everything)
		return err
	})
	return c, err
}

// actor is whoever makes the move: the first of those it is for who may make it, so that somebody else checks.
func (t *telling) actor(c casework.Case, x act) (app.Viewer, error) {
	h := c.Holder
	switch {
	case x.By == "reporter":
		return t.reporter, nil
	case x.By == "approver" && len(c.Asks) > 0:
		h = c.Asks[0].Holder
	case x.By != "":
		h = t.duty(x.By)
	}
	who := t.staff[h.Key()]
	if len(who) == 0 {
		return app.Viewer{}, fmt.Errorf("nobody is %s", h.Key())
	}
	p, env := t.zone.Version(c.Procedure, c.Version), t.zone.Env(t.now())
	for _, id := range who {
		v, err := t.viewer(t.ctx, id)
		if err != nil || slices.ContainsFunc(p.Options(c, v.Actor(), env), func(o casework.Option) bool { return o.Move == x.Do }) {
			return v, err
		}
	}
	return t.viewer(t.ctx, who[0]) // is refused, and the refusal says why
}

// duty reads a role of the whole district, or role@unit.
func (t *telling) duty(s string) casework.Holder {
	if role, unit, ok := strings.Cut(s, "@"); ok {
		return casework.Holder{Role: role, Unit: unit}
	}
	return casework.Holder{Role: s, Area: t.code()}
}

var fromToday = regexp.MustCompile(`^today([+-]\d+)$`)

// dated puts dates in place of what is told from the day the life ends.
func (t *telling) dated(in map[string]string) map[string]string {
	out := map[string]string{}
	for k, v := range in {
		if m := fromToday.FindStringSubmatch(v); m != nil {
			n, _ := strconv.Atoi(m[1])
			v = midnight(t.until).AddDate(0, 0, n).Format(time.DateOnly)
		}
		out[k] = v
	}
	return out
}

func (t *telling) pictured(v app.Viewer) ([]string, error) {
	id, err := t.keep(v.Person, pick(t.dice, t.pictures.right))
	return photoIDs(id), err
}

func (t *telling) wrong(move string, err error) error {
	return fmt.Errorf("%s “%s”, %s: %w", t.Procedure, t.Title, move, err)
}
