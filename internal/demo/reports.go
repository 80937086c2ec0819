package demo

import (
	"fmt"
	"strconv"
	"time"

	"gezhi/internal/app"
	"gezhi/internal/casework"
	"gezhi/internal/idcode"
)

// How many of a hundred reports there are at each hour: residents before and after work, patrols while it lasts.
var (
	residentHours = []int{1, 0, 0, 0, 0, 1, 3, 7, 8, 7, 6, 4, 4, 4, 4, 4, 5, 6, 8, 9, 8, 6, 3, 2}
	patrolHours   = []int{0, 0, 0, 0, 0, 0, 1, 4, 12, 16, 15, 8, 1, 5, 13, 13, 9, 3, 0, 0, 0, 0, 0, 0}
)

// Shares of how matters come in, of a hundred.
var sources = []int{50, 36, 12, 1, 1} // resident, patrol, hotline, superior, media

// day plans a day's reports. Weekends are quieter.
func (l *life) day(start time.Time) error {
	n := l.total * 10 / max(1, l.days)
	switch start.Weekday() {
	case time.Saturday, time.Sunday:
		n = n * 6 / 10
	default:
		n = n * 115 / 100
	}
	n = (n*l.between(75, 125)/100 + 5) / 10
	for range n {
		source := weighted(l.r, sources)
		hours := residentHours
		if source > 0 {
			hours = patrolHours
		}
		at := start.Add(time.Duration(weighted(l.r, hours))*time.Hour + time.Duration(l.r.IntN(3600_000))*time.Millisecond)
		l.agenda.plan(at, func() error { return l.report(source) })
	}
	return nil
}

func (l *life) report(source int) error {
	switch source {
	case 0:
		return l.residentReports()
	case 1:
		return l.patrolReports()
	case 2:
		return l.deskRecords("hotline")
	case 3:
		return l.deskRecords("superior")
	}
	return l.deskRecords("media")
}

// about makes up a matter in a place.
func (l *life) about(area string) app.Report {
	m, _ := l.zone.Matters.Find(l.texts.matter(l.r, l.zone.Matters.List))
	place := l.place(area)
	r := app.Report{Key: l.key(), Matter: m.Code, Address: l.address(place)}
	r.Title, r.Text = l.texts.report(l.r, m, place)
	if r.Point, r.HasPoint = l.pointIn(area); !r.HasPoint {
		r.Area = area
	}
	return r
}

// unmarked leaves the point out of some reports: those name the community and an address only.
func (l *life) unmarked(r *app.Report, area string) {
	if l.chance(10) {
		r.HasPoint, r.Area = false, area[:min(len(area), idcode.Community.Digits())]
	}
}

// who is a resident or, now and then, a rider; some report far more than others.
func (l *life) who() resident {
	if l.chance(12) {
		return l.riders[min(l.r.IntN(len(l.riders)), l.r.IntN(len(l.riders)))]
	}
	return l.residents[min(l.r.IntN(len(l.residents)), l.r.IntN(len(l.residents)))]
}

func (l *life) residentReports() error {
	by := l.who()
	area := by.Home
	switch {
	case l.drill != "" && l.until.Sub(l.now()) < drillLasts && l.chance(12):
		area = pick(l.r, l.stairwells())
	case l.chance(40):
		area = l.somewhere()
	}
	r := l.about(area)
	l.unmarked(&r, area)
	var same casework.ID
	if first := l.recent(); first != nil && first.Reporter != by.Person {
		same = first.ID
		r.Matter, r.Title, r.Text = first.Matter, first.Title, first.Text
		r.Point, r.HasPoint, r.Area, r.Address = near(l.r, first.Place.Point), true, "", first.Place.Address
		if _, ok := l.zone.Locate(r.Point); !ok { // the first one stood at the district's edge
			r.Point = first.Place.Point
		}
	}
	r.Start, r.Source = "report", "resident"
	if l.chance(70) {
		id, err := l.photo(by.Person, true)
		if err != nil {
			return err
		}
		r.Photos = []int64{id}
	}
	w, err := l.submit(by.Person, r)
	if err != nil {
		return err
	}
	w.same = same
	if w.Place.HasPoint && same == 0 {
		l.open = append(l.open, w)
	}
	return nil
}

// recent is now and then a case of the last two days that somebody else sees too; nil as a rule.
func (l *life) recent() *watched {
	if !l.chance(6) {
		return nil
	}
	for len(l.open) > 0 && l.now().Sub(l.open[0].Opened) > 48*time.Hour {
		l.open = l.open[1:]
	}
	if len(l.open) == 0 {
		return nil
	}
	if w := pick(l.r, l.open); w.Open() {
		return w
	}
	return nil
}

// patrolReports lets a full-time grid worker or a stairwell leader report what they see, or settle it on the spot.
func (l *life) patrolReports() error {
	area := l.somewhere()
	h := casework.Holder{Role: "grid_staff", Area: area[:idcode.Grid.Digits()]}
	if len(area) == idcode.Micro.Digits() && l.chance(25) {
		h = casework.Holder{Role: "mg_leader", Area: area}
	}
	by, ok := l.holding(h)
	if !ok {
		return nil // the post is vacant: nobody patrols
	}
	r := l.about(area)
	r.Start, r.Source = "patrol", "patrol"
	pictures := []bool{true}
	if l.chance(38) {
		r.Start, r.Fields = "on_the_spot", map[string]string{"result_text": l.texts.note(l.r, "spot")}
		pictures = []bool{true, false}
	}
	for _, amiss := range pictures {
		id, err := l.photo(by, amiss)
		if err != nil {
			return err
		}
		r.Photos = append(r.Photos, id)
	}
	_, err := l.submit(by, r)
	return err
}

// deskRecords lets an acceptance officer write down what the hotline or a superior passed on.
func (l *life) deskRecords(source string) error {
	by, _ := l.holding(casework.Holder{Role: "acceptor", Area: l.code()})
	area := l.somewhere()
	r := l.about(area)
	l.unmarked(&r, area)
	r.Start, r.Source = "record", source
	_, err := l.submit(by, r)
	return err
}

func (l *life) submit(by casework.Person, r app.Report) (*watched, error) {
	v, err := l.viewer(l.ctx, by)
	if err != nil {
		return nil, err
	}
	c, err := l.app.Submit(l.ctx, v, r)
	if err != nil {
		return nil, fmt.Errorf("%s of %s by %d: %w", r.Start, r.Matter, by, err)
	}
	w := &watched{}
	l.cases[c.ID] = w
	l.became(w, c)
	return w, nil
}

func photoIDs(ids ...int64) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = strconv.FormatInt(id, 10)
	}
	return out
}
