package app

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"gezhi/internal/casework"
	"gezhi/internal/draw"
	"gezhi/internal/fault"
	"gezhi/internal/lang"
	"gezhi/internal/seal"
	"gezhi/internal/store"
)

// DrawPage is a draw by lot as everybody may see it: numbers and groups, no names.
type DrawPage struct {
	store.Draw
	ListHash string // hex
	Terms    string
	Quotas   []GroupPlaces
	Places   []draw.Place // in the order drawn; nil until then
	Own      []draw.Place // those of the viewer's own applications
	Kind     lang.Text    // what is drawn for
}

// GroupPlaces is a group of those who take part, with its places and how many compete for them.
type GroupPlaces struct {
	draw.Quota
	Label    lang.Text
	Entrants int
}

// DrawPlan is what a desk fixes before the list is frozen, as its form holds it.
type DrawPlan struct {
	Key       string
	Procedure string
	Category  string
	Title     string
	Places    map[string]string // by group
	Source    string            // where the seed will come from
	After     time.Time         // when it will be known
}

// Drawable are the procedures whose cases are drawn by lot, with how many wait in each category.
type Drawable struct {
	Proc     *casework.Procedure
	Category casework.Category
	Waiting  int
}

// Drawables lists what can be drawn for.
func (a *App) Drawables(ctx context.Context, v Viewer) ([]Drawable, error) {
	if err := v.need(HoldDraws); err != nil {
		return nil, err
	}
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return nil, err
	}
	var out []Drawable
	err = a.db.View(ctx, v.Zone, func(r *store.Reader) error {
		out = nil
		for _, p := range z.Procedures() {
			if p.Draw.IsZero() {
				continue
			}
			for _, c := range p.Categories {
				lines, err := r.Waiting(p.ID, c.Code, p.Draw.Stage)
				if err != nil {
					return err
				}
				out = append(out, Drawable{p, c, len(lines)})
			}
		}
		return nil
	})
	return out, err
}

// Draws lists draws, newest first. Anybody may see them.
func (a *App) Draws(ctx context.Context, zone int) ([]store.Draw, error) {
	var out []store.Draw
	err := a.db.View(ctx, zone, func(r *store.Reader) (err error) {
		out, err = r.Draws(100)
		return err
	})
	return out, err
}

// CommitDraw freezes the list of those who wait, and commits to it. The secret is kept sealed until the draw. Conflict
// when a draw for the same is still open, or nobody waits.
func (a *App) CommitDraw(ctx context.Context, v Viewer, f DrawPlan) (int64, error) {
	if err := v.need(HoldDraws); err != nil {
		return 0, err
	}
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return 0, err
	}
	p := z.Procedure(f.Procedure)
	if p == nil || p.Draw.IsZero() {
		return 0, fault.Field("what", "请选择摇号事项。", "Choose what is drawn for.")
	}
	quotas, err := a.checkPlan(p, &f)
	if err != nil {
		return 0, err
	}
	secret := make([]byte, draw.NonceBytes)
	if _, err := rand.Read(secret); err != nil {
		return 0, err
	}
	result, _, err := a.db.Once(ctx, v.Zone, "draw:"+f.Key+":"+strconv.FormatInt(int64(v.Person), 10), func(tx *store.Tx) (string, error) {
		d := store.Draw{ID: tx.NewID(), Procedure: p.ID, Category: f.Category, Title: f.Title, Quotas: draw.FormatQuotas(quotas), Source: f.Source, After: f.After, CommittedBy: v.Person}
		if d.List, err = frozen(&tx.Reader, p, f.Category); err != nil {
			return "", err
		}
		sum := draw.Commit(secret, d.List, draw.Terms(d.Title, quotas, d.Source))
		d.Commitment = hex.EncodeToString(sum[:])
		if d.Secret, err = a.ring.Seal(drawPlace(tx.Zone, d.ID), hex.EncodeToString(secret)); err != nil {
			return "", err
		}
		if err := tx.AddAudit(store.Audit{ID: tx.NewID(), Actor: v.Person, Action: "draw.commit", Subject: "draw:" + strconv.FormatInt(d.ID, 10), Detail: d.Title}); err != nil {
			return "", err
		}
		return strconv.FormatInt(d.ID, 10), tx.AddDraw(d)
	})
	if err != nil {
		return 0, err
	}
	return number(result), nil
}

// drawPlace binds the secret to its row.
func drawPlace(zone int, id int64) string {
	return seal.Place(zone, "draws", "secret", strconv.FormatInt(id, 10))
}

// checkPlan looks a plan through and reads its places, in the order of the procedure's groups.
func (a *App) checkPlan(p *casework.Procedure, f *DrawPlan) ([]draw.Quota, error) {
	var bad fault.List
	f.Title, f.Source = strings.Join(strings.Fields(f.Title), " "), strings.Join(strings.Fields(f.Source), " ")
	if _, ok := p.Category(f.Category); !ok {
		bad.Add("what", "请选择摇号事项。", "Choose what is drawn for.")
	}
	for field, s := range map[string]string{"title": f.Title, "source": f.Source} {
		if n := utf8.RuneCountInString(s); n < 4 || n > 100 {
			bad.Add(field, "请填写 4 至 100 个字。", "Write 4 to 100 characters.")
		}
	}
	if !f.After.After(a.now()) {
		bad.Add("after", "种子须在公布承诺值之后才产生，请填写将来的时间。", "The seed must not be known yet: enter a time to come.")
	}
	group, _ := p.Field(p.Draw.Group)
	var quotas []draw.Quota
	total := 0
	for _, c := range group.Choices {
		n, err := strconv.Atoi(strings.TrimSpace(f.Places[c.ID]))
		if err != nil || n < 0 || n > 1_000_000 {
			bad.Add("places."+c.ID, "请填写名额，没有填 0。", "Enter the places; 0 for none.")
		}
		total += n
		quotas = append(quotas, draw.Quota{Group: c.ID, Places: n})
	}
	if total == 0 && len(bad) == 0 {
		bad.Add("places."+group.Choices[0].ID, "至少要有一个名额。", "There must be a place at least.")
	}
	return quotas, bad.Err()
}

// frozen is the list of those who wait now.
func frozen(r *store.Reader, p *casework.Procedure, category string) (string, error) {
	if n, err := r.InDraw(p.ID, category); err != nil || n > 0 {
		if err == nil {
			err = fault.New(fault.Conflict, "同一事项还有一场摇号没有进行。", "A draw for the same is still open.")
		}
		return "", err
	}
	lines, err := r.Waiting(p.ID, category, p.Draw.Stage)
	if err != nil {
		return "", err
	}
	var entrants []draw.Entrant
	for _, l := range lines {
		entrants = append(entrants, draw.Entrant{Number: l.Number, Group: l.Fields[p.Draw.Group]})
	}
	if len(entrants) == 0 {
		return "", fault.New(fault.Conflict, "没有轮候中的申请。", "Nobody is on the waiting list.")
	}
	return draw.List(entrants)
}

// HoldDraw takes the seed, draws, and makes the moves that follow for everybody on the list who still waits. Conflict:
// before the time at which the seed can be known; a second time; when the list is not the one committed to.
func (a *App) HoldDraw(ctx context.Context, v Viewer, id int64, seed, note string) error {
	if err := v.need(HoldDraws); err != nil {
		return err
	}
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return err
	}
	seed, note = strings.Join(strings.Fields(seed), " "), strings.TrimSpace(note)
	var bad fault.List
	if n := utf8.RuneCountInString(seed); n < 4 || n > 200 {
		bad.Add("seed", "请原样填写公布的种子，4 至 200 个字符。", "Enter the seed as published, 4 to 200 characters.")
	}
	if n := utf8.RuneCountInString(note); n < 4 || n > 200 {
		bad.Add("note", "请写明种子的公布处（网址、报纸、期号），4 至 200 个字。", "Say where the seed was published, in 4 to 200 characters.")
	}
	if err := bad.Err(); err != nil {
		return err
	}
	return a.db.InTx(ctx, v.Zone, func(tx *store.Tx) error {
		d, err := tx.Draw(id)
		if err != nil {
			return err
		}
		switch {
		case d.Seed != "":
			return fault.New(fault.Conflict, "这一场已经摇过号，不能再摇。", "This draw has taken place; it cannot be drawn again.")
		case tx.Now.Before(d.After):
			return fault.Field("seed", "还没有到种子公布的时间，不能摇号。", "The seed cannot be known yet.")
		}
		if d.Nonce, err = a.ring.Open(drawPlace(tx.Zone, d.ID), d.Secret); err != nil {
			return err
		}
		d.Seed, d.SeedNote, d.DrawnBy = seed, note, v.Person
		places, err := drawn(d)
		if err != nil {
			return err
		}
		if err := tx.Drawn(d); err != nil {
			return err
		}
		if err := tx.AddAudit(store.Audit{ID: tx.NewID(), Actor: v.Person, Action: "draw.hold", Subject: "draw:" + strconv.FormatInt(d.ID, 10), Detail: seed}); err != nil {
			return err
		}
		return a.called(tx, z, d, places)
	})
}

// drawn works a draw out from what was kept of it.
func drawn(d store.Draw) ([]draw.Place, error) {
	quotas, err := draw.ParseQuotas(d.Quotas)
	if err != nil {
		return nil, err
	}
	nonce, err := hex.DecodeString(d.Nonce)
	if err != nil {
		return nil, err
	}
	sum, err := hex.DecodeString(d.Commitment)
	if err != nil {
		return nil, err
	}
	return draw.Committed{List: d.List, Terms: draw.Terms(d.Title, quotas, d.Source), Quotas: quotas, Commitment: sum}.Draw(nonce, d.Seed)
}

// fieldRound is the field in which a case is told by which draw it was drawn or placed, when its procedure asks for it.
const fieldRound = "round"

// called makes the moves that a draw brings. Who has left the waiting list since it was frozen keeps the place in the
// published order, and nothing else.
func (a *App) called(tx *store.Tx, z *Zone, d store.Draw, places []draw.Place) error {
	for _, x := range places {
		c, err := tx.CaseByNumber(x.Number, store.Everything)
		if err != nil {
			return err
		}
		p := z.Version(c.Procedure, c.Version)
		if c.Stage != p.Draw.Stage {
			continue
		}
		cmd := casework.Command{Move: p.Draw.Won, Fields: map[string]string{p.Draw.Place: strconv.Itoa(x.Order)}}
		if !x.Drawn() {
			cmd.Move, cmd.Fields[p.Draw.Place] = p.Draw.Next, strconv.Itoa(x.Waiting)
		}
		m, _ := p.Move(cmd.Move)
		if slices.ContainsFunc(m.Fields, func(w casework.Want) bool { return w.Field.ID == fieldRound }) {
			cmd.Fields[fieldRound] = d.Title
		}
		out, err := p.Do(c, casework.System, cmd, z.in(tx))
		if err != nil {
			return err
		}
		if err := a.save(tx, z, Viewer{Zone: tx.Zone}, p, c, out); err != nil {
			return err
		}
	}
	return nil
}

// DrawPage loads a draw. Anybody may see it; of the list a viewer's own applications are picked out.
func (a *App) DrawPage(ctx context.Context, v Viewer, id int64) (DrawPage, error) {
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return DrawPage{}, err
	}
	var p DrawPage
	var own []store.CaseLine
	err = a.db.View(ctx, v.Zone, func(r *store.Reader) (err error) {
		if p.Draw, err = r.Draw(id); err != nil {
			return err
		}
		if v.Known() {
			own, err = r.Cases(store.Scope{Person: int64(v.Person)}, store.CaseFilter{Procedure: p.Procedure, Limit: 100})
		}
		return err
	})
	if err != nil {
		return p, err
	}
	sum := sha256.Sum256([]byte(p.List))
	p.ListHash = hex.EncodeToString(sum[:])
	quotas, err := draw.ParseQuotas(p.Draw.Quotas)
	if err != nil {
		return p, err
	}
	p.Terms = draw.Terms(p.Title, quotas, p.Source)
	entrants := map[string]int{}
	for _, e := range draw.Entrants(p.List) {
		entrants[e.Group]++
	}
	proc := z.Procedure(p.Procedure)
	for _, q := range quotas {
		g := GroupPlaces{Quota: q, Label: lang.Text{ZH: q.Group, EN: q.Group}, Entrants: entrants[q.Group]}
		if proc != nil {
			f, _ := proc.Field(proc.Draw.Group)
			g.Label = FieldWords(z, f, q.Group)
		}
		p.Quotas = append(p.Quotas, g)
	}
	if proc != nil {
		c, _ := proc.Category(p.Category)
		p.Kind = c.Name
	}
	if p.Seed == "" {
		return p, nil
	}
	if p.Places, err = drawn(p.Draw); err != nil {
		return p, err
	}
	for _, x := range p.Places {
		if slices.ContainsFunc(own, func(l store.CaseLine) bool { return l.Number == x.Number }) {
			p.Own = append(p.Own, x)
		}
	}
	return p, nil
}

// draws checks that what was committed to is what is kept, drawn or not.
func (c *verifier) draws(r *store.Reader) error {
	const all = 100_000
	list, err := r.Draws(all)
	if err != nil {
		return err
	}
	for _, d := range list {
		nonce, err := c.app.ring.Open(drawPlace(r.Zone, d.ID), d.Secret)
		if err == nil && d.Nonce != "" && d.Nonce != nonce {
			err = fault.New(fault.Conflict, "公开的密数不是原来的密数。", "The secret that was published is another.")
		}
		if err == nil {
			if d.Nonce = nonce; d.Seed == "" {
				d.Seed = "-"
			}
			_, err = drawn(d)
		}
		if err != nil {
			c.wrong("draw", "draw %d: %v", d.ID, err)
		}
	}
	return nil
}
