package app

import (
	"context"
	"time"

	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/idcode"
	"gezhi/internal/ledger"
	"gezhi/internal/store"
)

// Account is what a person sees of the own account.
type Account struct {
	Name       string // in clear
	Phone      string // masked; "" when none
	Login      string // of staff
	TOTP       bool   // one-time codes are on
	MustChange bool   // the password was set by somebody else
	Since      time.Time
}

// Account loads the viewer's own account.
func (a *App) Account(ctx context.Context, v Viewer) (Account, error) {
	var out Account
	err := a.db.View(ctx, v.Zone, func(r *store.Reader) error {
		p, err := r.Person(v.Person)
		if err != nil {
			return err
		}
		name, phone, err := a.open(v.Zone, p)
		if err != nil {
			return err
		}
		out = Account{Name: name, Since: p.Created}
		if phone != "" {
			out.Phone = idcode.MaskPhone(phone)
		}
		if v.Kind != "staff" {
			return nil
		}
		s, err := r.StaffAccount(v.Person)
		out.Login, out.TOTP, out.MustChange = s.Login, len(s.TOTP) > 0, s.MustChange
		return err
	})
	return out, err
}

// CorrectName replaces a resident's own name. Names of staff are kept by the administrator.
func (a *App) CorrectName(ctx context.Context, v Viewer, name string) error {
	if v.Kind != "resident" {
		return fault.New(fault.Forbidden, "工作人员的姓名由管理员维护。", "Names of staff are kept by the administrator.")
	}
	name, err := ParsePersonName("name", name)
	if err != nil {
		return err
	}
	sealed, err := a.ring.Seal(aad(v.Zone, v.Person, "name"), name)
	if err != nil {
		return err
	}
	return a.db.InTx(ctx, v.Zone, func(tx *store.Tx) error {
		if err := tx.SetPersonName(v.Person, sealed); err != nil {
			return err
		}
		return tx.AddAudit(store.Audit{ID: tx.NewID(), Actor: v.Person, Action: "name", Subject: "person", Person: v.Person})
	})
}

// Look is one time somebody looked at a person's sealed data.
type Look struct {
	At     time.Time `json:"at"`
	Who    string    `json:"who"`   // masked for residents
	About  string    `json:"about"` // what it was about, e.g. a case's number
	Reason string    `json:"reason"`
}

// WhoLooked lists who else looked at or changed the viewer's own data, newest first, the latest hundred.
func (a *App) WhoLooked(ctx context.Context, v Viewer) ([]Look, error) {
	var out []Look
	err := a.db.View(ctx, v.Zone, func(r *store.Reader) (err error) {
		out, err = a.whoLooked(r, v)
		return err
	})
	return out, err
}

func (a *App) whoLooked(r *store.Reader, v Viewer) ([]Look, error) {
	entries, err := r.AuditLog(store.AuditFilter{Person: v.Person, Limit: 100})
	if err != nil {
		return nil, err
	}
	var ids []casework.Person
	for _, e := range entries {
		if e.Actor != v.Person && e.Actor != 0 {
			ids = append(ids, e.Actor)
		}
	}
	names, err := a.names(r, v, ids)
	if err != nil {
		return nil, err
	}
	var out []Look
	for _, e := range entries {
		if e.Actor != v.Person {
			out = append(out, Look{At: e.At, Who: names[e.Actor], About: e.Subject, Reason: e.Reason})
		}
	}
	return out, nil
}

// UnreadMessages counts what the viewer has not seen yet, 100 meaning that or more.
func (a *App) UnreadMessages(ctx context.Context, v Viewer) (int, error) {
	var n int
	err := a.db.View(ctx, v.Zone, func(r *store.Reader) (err error) {
		n, err = r.UnreadNotices(v.Person, v.Duties, 100)
		return err
	})
	return n, err
}

// OwnData is everything kept about a person, as that person may take it away.
type OwnData struct {
	Zone     int         `json:"zone"`
	Name     string      `json:"name"`
	Phone    string      `json:"phone,omitempty"`
	Login    string      `json:"login,omitempty"`
	Since    time.Time   `json:"since"`
	At       time.Time   `json:"taken_at"`
	Points   int64       `json:"points"`
	Postings []OwnPoints `json:"postings"`
	Reports  []OwnReport `json:"reports"`
	Messages []OwnNotice `json:"messages"`
	Looks    []Look      `json:"who_looked"`

	Awards      []OwnAward      `json:"awards"`
	Objections  []OwnObjection  `json:"objections"`
	Redemptions []OwnRedemption `json:"redemptions"`
	EnteredAs   []string        `json:"entered_as,omitempty"` // volunteer, rider, party_member
	Household   *OwnHousehold   `json:"household,omitempty"`
	Activities  []OwnActivity   `json:"activities"`
	Consents    OwnConsents     `json:"consents"`
}

// OwnPoints is one line of the points statement.
type OwnPoints struct {
	At      time.Time `json:"at"`
	Reason  string    `json:"reason"`
	Amount  int64     `json:"amount"`
	Balance int64     `json:"balance"`
}

// OwnReport is one case the person reported, with its history as its page shows it.
type OwnReport struct {
	Number  string     `json:"number"`
	Matter  string     `json:"matter"`
	Title   string     `json:"title"`
	Text    string     `json:"text"`
	Place   string     `json:"place"`
	Address string     `json:"address,omitempty"`
	Lng     float64    `json:"lng,omitempty"` // WGS-84
	Lat     float64    `json:"lat,omitempty"`
	Stage   string     `json:"stage"`
	Opened  time.Time  `json:"opened"`
	Closed  *time.Time `json:"closed,omitempty"`
	Rating  int        `json:"rating,omitempty"`
	History []OwnEvent `json:"history"`

	Documents []OwnDocument `json:"documents,omitempty"`
}

// OwnDocument is a document handed in with a case.
type OwnDocument struct {
	At     time.Time `json:"at"`
	Name   string    `json:"name"`
	Size   int64     `json:"size"` // bytes
	SHA256 string    `json:"sha256"`
}

// OwnEvent is one step of a case.
type OwnEvent struct {
	At   time.Time `json:"at"`
	Move string    `json:"move"`
	Note string    `json:"note,omitempty"`
}

// OwnNotice is one message to the person.
type OwnNotice struct {
	At   time.Time `json:"at"`
	Text string    `json:"text"`
}

// OwnData collects what is kept about the viewer.
func (a *App) OwnData(ctx context.Context, v Viewer) (OwnData, error) {
	if !v.Known() {
		return OwnData{}, v.need(0)
	}
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return OwnData{}, err
	}
	var d OwnData
	err = a.db.View(ctx, v.Zone, func(r *store.Reader) error {
		d = OwnData{Zone: v.Zone, At: r.Now}
		p, err := r.Person(v.Person)
		if err != nil {
			return err
		}
		if d.Name, d.Phone, err = a.open(v.Zone, p); err != nil {
			return err
		}
		d.Since = p.Created
		if v.Kind == "staff" {
			s, err := r.StaffAccount(v.Person)
			if err != nil {
				return err
			}
			d.Login = s.Login
		}
		for _, part := range []func(*store.Reader, *Zone, Viewer) error{d.points, d.reports, d.messages, d.earnings, d.together} {
			if err := part(r, z, v); err != nil {
				return err
			}
		}
		d.Looks, err = a.whoLooked(r, v)
		return err
	})
	return d, err
}

// ownLines is how many lines of one kind a download holds.
const ownLines = 10_000

func (d *OwnData) points(r *store.Reader, _ *Zone, v Viewer) error {
	book, err := r.Account(PersonAccount(v.Person), ledger.Point)
	if err != nil {
		return err
	}
	d.Points = book.Balance
	lines, err := r.Statement(PersonAccount(v.Person), ledger.Point, 0, ownLines)
	for _, l := range lines {
		d.Postings = append(d.Postings, OwnPoints{At: l.At, Reason: l.Reason, Amount: l.Amount, Balance: l.Balance})
	}
	return err
}

func (d *OwnData) reports(r *store.Reader, z *Zone, v Viewer) error {
	own := store.Scope{Person: int64(v.Person)}
	var cases []casework.Case
	err := r.EachCase(own, store.CaseFilter{}, func(c casework.Case, _ time.Time) error {
		cases = append(cases, c)
		return nil
	})
	if err != nil {
		return err
	}
	for _, c := range cases {
		m, _ := z.Matters.Find(c.Matter)
		o := OwnReport{Number: c.Number, Matter: m.Name.ZH, Title: c.Title, Text: c.Text, Place: z.Tree.Path(c.Place.Area), Address: c.Place.Address,
			Lng: c.Place.Point.Lng, Lat: c.Place.Point.Lat, Stage: c.Stage, Opened: c.Opened, Rating: c.Rating}
		if !c.Closed.IsZero() {
			o.Closed = &c.Closed
		}
		p := z.Version(c.Procedure, c.Version)
		if s, ok := p.Stage(c.Stage); ok {
			o.Stage = s.Name.ZH
		}
		_, events, err := r.History(c.ID, store.Everything)
		if err != nil {
			return err
		}
		for _, e := range events {
			o.History = append(o.History, OwnEvent{At: e.At, Move: p.Label(e).ZH, Note: e.Note})
		}
		files, err := r.CaseFiles(c.ID)
		if err != nil {
			return err
		}
		for _, f := range files {
			o.Documents = append(o.Documents, OwnDocument{At: f.At, Name: f.Name, Size: f.Size, SHA256: f.SHA256})
		}
		d.Reports = append(d.Reports, o)
	}
	return nil
}

func (d *OwnData) messages(r *store.Reader, _ *Zone, v Viewer) error {
	list, err := r.Notices(v.Person, nil, 0, ownLines)
	for _, n := range list {
		d.Messages = append(d.Messages, OwnNotice{At: n.At, Text: n.ZH})
	}
	return err
}

// CaseNames are the titles and numbers of the cases that messages are about. A case that the viewer may no
// longer see is left out.
func (a *App) CaseNames(ctx context.Context, v Viewer, list []store.Notice) (map[casework.ID][2]string, error) {
	var ids []casework.ID
	for _, n := range list {
		if n.Case != 0 {
			ids = append(ids, n.Case)
		}
	}
	var out map[casework.ID][2]string
	err := a.db.View(ctx, v.Zone, func(r *store.Reader) (err error) {
		out, err = r.CaseNames(ids, v.Scope())
		return err
	})
	return out, err
}
