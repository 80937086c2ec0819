// Package demo makes the demonstration: two districts with synthetic people, and some weeks of their
// life played through the use cases, never by inserting rows. The same seed, days and present
// give the same life.
package demo

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"gezhi/internal/app"
	"gezhi/internal/casework"
	"gezhi/internal/pack"
	"gezhi/internal/store"
)

// Plan says what to build.
type Plan struct {
	Zones []string  // slugs of embedded packs; nil for all
	Days  int       // how long to live, at least 1
	Until time.Time // the present; the life ends here
	Seed  uint64
	Share int                              // reports in percent of the usual number; 0 means 100
	Step  func(zone string, day, days int) // told of progress, from several goroutines; may be nil
	// Refused is told when somebody is refused, which a person would take and go on. Nil ends the life
	// with the error: the rules of the simulation and of the procedure then disagree.
	Refused func(error)
}

// usual is how many reports a zone has in a day, all in all and on average.
var usual = map[string]int{"binjiang": 20, "yangling": 7}

// Build installs the zones and lives in them. It gives the people one can enter as, by zone.
// The App's own clock is not used.
func Build(ctx context.Context, a *app.App, p Plan) (People, error) {
	if p.Zones == nil {
		p.Zones = pack.Embedded()
	}
	if p.Share == 0 {
		p.Share = 100
	}
	p.Until = p.Until.Truncate(time.Second)
	words, err := readTexts()
	if err != nil {
		return nil, err
	}
	drawn, err := drawPictures(rand.New(rand.NewPCG(p.Seed, 0)))
	if err != nil {
		return nil, err
	}
	things, err := drawThings()
	if err != nil {
		return nil, err
	}
	hash := a.HashPassword(Password)
	people := make([]zonePeople, len(p.Zones))
	lives := make([]*life, len(p.Zones))
	for i := range lives { // the clocks are taken one after another, so that ids come out the same every time
		c := &clock{}
		c.set(midnight(p.Until).AddDate(0, 0, -p.Days))
		lives[i] = &life{town: &town{app: a.At(c.now), texts: words, pictures: drawn, things: things}, ctx: ctx, clock: c}
	}
	errs := make([]error, len(p.Zones))
	var all sync.WaitGroup
	for i, slug := range p.Zones {
		all.Go(func() { people[i], errs[i] = p.live(lives[i], slug, hash) })
	}
	all.Wait()
	out := People{}
	for i, err := range errs {
		if err != nil {
			return nil, fmt.Errorf("%s: %w", p.Zones[i], err)
		}
		out[people[i].zone] = people[i].list
	}
	return out, nil
}

type zonePeople struct {
	zone int
	list []Person
}

// live installs one zone, enters its people and plays its days.
func (p Plan) live(l *life, slug, hash string) (zonePeople, error) {
	packed, err := pack.Open(slug)
	if err != nil {
		return zonePeople{}, err
	}
	if err := l.app.Install(l.ctx, packed, true); err != nil {
		return zonePeople{}, err
	}
	z, err := l.app.Zone(l.ctx, packed.Zone.Code)
	if err != nil {
		return zonePeople{}, err
	}
	r := rand.New(rand.NewPCG(p.Seed, uint64(z.Code)))
	l.zone, l.r, l.until, l.days = z, r, p.Until, p.Days
	l.total = cmp.Or(usual[slug], 7) * p.Days * p.Share / 100
	l.staff, l.viewers, l.cases = map[string][]casework.Person{}, map[casework.Person]app.Viewer{}, map[casework.ID]*watched{}
	l.spots = newSpots(r, z.Tree)
	if err := l.settle(l.ctx, hash, l.now()); err != nil {
		return zonePeople{}, err
	}
	if err := l.openMarket(p.Seed, hash); err != nil {
		return zonePeople{}, err
	}
	if err := l.found(p.Seed, hash); err != nil {
		return zonePeople{}, err
	}
	if err := l.emergency(); err != nil {
		return zonePeople{}, err
	}
	if err := l.earn(p.Seed); err != nil {
		return zonePeople{}, err
	}
	if p.Step != nil {
		l.step = func(day int) { p.Step(z.Name.ZH, day, p.Days) }
	}
	if err := l.volunteer(p.Seed); err != nil {
		return zonePeople{}, err
	}
	if err := l.share(p.Seed); err != nil {
		return zonePeople{}, err
	}
	if err := l.build(); err != nil {
		return zonePeople{}, err
	}
	if err := l.tell(p.Seed); err != nil {
		return zonePeople{}, err
	}
	if err := l.reportPayouts(); err != nil {
		return zonePeople{}, err
	}
	l.grant()
	l.refused = p.Refused
	if err := l.run(); err != nil {
		return zonePeople{}, err
	}
	list, err := l.people()
	return zonePeople{z.Code, list}, err
}

// drillLasts is how long the drill has lasted when the life ends.
const drillLasts = 48 * time.Hour

// stairwells are the micro-grids of the community with the drill.
func (l *life) stairwells() []string {
	var out []string
	for _, grid := range l.spots.grids {
		if strings.HasPrefix(grid, l.drill) {
			for _, a := range l.spots.micros[grid] {
				out = append(out, a.Code)
			}
		}
	}
	return out
}

// emergency plans a drill in one community for the last two days: its stairwells' information workers check reports.
func (l *life) emergency() error {
	first := l.spots.grids[0]
	i := slices.IndexFunc(l.spots.grids, func(g string) bool { return g[:12] != first[:12] && l.urban(g) })
	if i < 0 {
		return nil
	}
	l.drill = l.spots.grids[i][:12]
	by, _ := l.holding(casework.Holder{Role: "district_desk", Area: l.code()})
	err := l.app.DB().InTx(l.ctx, l.zone.Code, func(tx *store.Tx) error {
		if err := tx.AddSwitch(store.Switch{ID: tx.NewID(), Area: l.drill, Reason: "防汛应急演练（虚构）", From: l.until.Add(-drillLasts), By: by}); err != nil {
			return err
		}
		return tx.Touch()
	})
	if err != nil {
		return err
	}
	l.app.Forget(l.zone.Code)
	l.zone, err = l.app.Zone(l.ctx, l.zone.Code)
	return err
}
