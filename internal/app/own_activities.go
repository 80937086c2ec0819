package app

import (
	"time"

	"gezhi/internal/fault"
	"gezhi/internal/store"
)

// OwnActivity is one activity the person signed up for, with everything kept about the person's part.
type OwnActivity struct {
	Title     string     `json:"title"`
	From      time.Time  `json:"from"`
	To        time.Time  `json:"to"`
	Standing  string     `json:"standing"`
	Checked   *time.Time `json:"checked,omitempty"`
	Minutes   int        `json:"minutes,omitempty"`
	Objection string     `json:"objection,omitempty"`
	Answer    string     `json:"answer,omitempty"`
	Stars     int        `json:"stars,omitempty"`
	Words     string     `json:"words,omitempty"`
	Thanks    string     `json:"thanks,omitempty"`
}

// OwnConsents are what the person agreed to and can take back.
type OwnConsents struct {
	Volunteer   string `json:"volunteer_in,omitempty"` // community
	Skills      string `json:"skills,omitempty"`
	Station     string `json:"station,omitempty"`
	Board       string `json:"board,omitempty"` // community
	SharesPoint bool   `json:"shares_balance_with_household,omitempty"`
}

func (d *OwnData) together(r *store.Reader, z *Zone, v Viewer) error {
	parts, err := r.Parts(v.Person, ownLines)
	if err != nil {
		return err
	}
	for _, p := range parts {
		o := OwnActivity{Title: p.Activity.Title, From: p.Activity.From, To: p.Activity.To, Standing: string(p.SignUp.State), Minutes: p.SignUp.Minutes,
			Objection: p.SignUp.Objection, Answer: p.SignUp.Answer, Stars: p.SignUp.Stars, Words: p.SignUp.Words, Thanks: p.SignUp.Thanks}
		if !p.SignUp.Checked.IsZero() {
			o.Checked = &p.SignUp.Checked
		}
		d.Activities = append(d.Activities, o)
	}
	none := func(err error) bool { return err != nil && fault.KindOf(err) == fault.NotFound }
	x, err := r.Volunteer(v.Person)
	if err != nil && !none(err) {
		return err
	}
	d.Consents.Volunteer, d.Consents.Skills = z.Tree.Path(x.Area), x.Skills
	s, _, err := r.StationOf(v.Person)
	if err != nil && !none(err) {
		return err
	}
	d.Consents.Station = s.Name
	area, err := r.BoardOf(v.Person)
	if err != nil && !none(err) {
		return err
	}
	d.Consents.Board = z.Tree.Path(area)
	_, members, err := r.HomeOf(v.Person)
	for _, m := range members {
		d.Consents.SharesPoint = d.Consents.SharesPoint || m.Person == v.Person && m.Shares
	}
	return err
}
