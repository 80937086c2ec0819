package app

import (
	"time"

	"gezhi/internal/fault"
	"gezhi/internal/lang"
	"gezhi/internal/points"
	"gezhi/internal/store"
)

// OwnAward is one award the person applied for or earned, alone or with the household.
type OwnAward struct {
	Item    string     `json:"item"`
	Day     string     `json:"day"`
	At      time.Time  `json:"at"`
	Points  int64      `json:"points"`
	State   string     `json:"state"`
	Text    string     `json:"text,omitempty"`
	Place   string     `json:"place"`
	Address string     `json:"address,omitempty"`
	Lng     float64    `json:"lng,omitempty"` // WGS-84
	Lat     float64    `json:"lat,omitempty"`
	Photos  int        `json:"photos,omitempty"`
	Reason  string     `json:"reason,omitempty"`
	History []OwnEvent `json:"history"`
}

// OwnObjection is one objection the person raised against an award in publicity.
type OwnObjection struct {
	At     time.Time `json:"at"`
	Reason string    `json:"reason"`
	State  string    `json:"state"`
	Answer string    `json:"answer,omitempty"`
}

// OwnRedemption is one reward the person reserved.
type OwnRedemption struct {
	Reward   string     `json:"reward"`
	Points   int64      `json:"points"`
	Place    string     `json:"place"`
	State    string     `json:"state"`
	Reserved time.Time  `json:"reserved"`
	Until    time.Time  `json:"until"`
	Done     *time.Time `json:"done,omitempty"`
}

// OwnHousehold is the household the person belongs to.
type OwnHousehold struct {
	Place   string    `json:"place"`
	Since   time.Time `json:"since"`
	Head    bool      `json:"head"`
	Members int       `json:"members"` // with the person
}

func (d *OwnData) earnings(r *store.Reader, z *Zone, v Viewer) error {
	awards, err := r.OwnAwards(v.Person, 0, ownLines)
	if err != nil {
		return err
	}
	for _, w := range awards {
		o, err := ownAward(r, z, w)
		if err != nil {
			return err
		}
		d.Awards = append(d.Awards, o)
	}
	objections, err := r.ObjectionsBy(v.Person, ownLines)
	if err != nil {
		return err
	}
	for _, o := range objections {
		d.Objections = append(d.Objections, OwnObjection{At: o.At, Reason: o.Reason, State: o.State, Answer: o.Note})
	}
	redemptions, err := r.Redemptions(store.RedemptionFilter{All: true, Person: v.Person, Limit: ownLines})
	if err != nil {
		return err
	}
	for _, x := range redemptions {
		o := OwnRedemption{Reward: x.Name.ZH, Points: x.Price, Place: z.Tree.Path(x.Place), State: string(x.State), Reserved: x.Reserved, Until: x.Until}
		if !x.Done.IsZero() {
			o.Done = &x.Done
		}
		d.Redemptions = append(d.Redemptions, o)
	}
	if d.EnteredAs, err = r.Marks(v.Person); err != nil {
		return err
	}
	return d.home(r, z, v)
}

func ownAward(r *store.Reader, z *Zone, w points.Award) (OwnAward, error) {
	o := OwnAward{Item: w.Rule, Day: w.Day.String(), At: w.At, Points: w.Points, State: w.State.Name().ZH, Text: w.Text, Place: z.Tree.Path(w.Area), Address: w.Address,
		Lng: w.Lng, Lat: w.Lat, Reason: lang.OfLine(w.Reason).ZH}
	if _, rule, ok := z.RulesVersion(w.Version, w.Rule); ok {
		o.Item = rule.Name.ZH
	}
	photos, err := r.PhotosOf(w.ID)
	if err != nil {
		return o, err
	}
	o.Photos = len(photos)
	events, err := r.AwardEvents(w.ID)
	for _, e := range events {
		o.History = append(o.History, OwnEvent{At: e.At, Move: e.Act.Name().ZH, Note: lang.OfLine(e.Note).ZH})
	}
	return o, err
}

func (d *OwnData) home(r *store.Reader, z *Zone, v Viewer) error {
	h, err := r.HouseholdOf(v.Person)
	if fault.KindOf(err) == fault.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	members, err := r.Members(h.ID)
	if err != nil {
		return err
	}
	own := OwnHousehold{Place: z.Tree.Path(h.Area), Head: h.Head == v.Person, Members: len(members)}
	for _, m := range members {
		if m.Person == v.Person {
			own.Since = m.From
		}
	}
	d.Household = &own
	return nil
}
