package app

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"gezhi/internal/activity"
	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/idcode"
	"gezhi/internal/lang"
	"gezhi/internal/points"
	"gezhi/internal/seal"
	"gezhi/internal/store"
)

// MemberDetail is what a party member in work tells when registering with a community (双报到). It is sealed.
type MemberDetail struct {
	Unit   string   `json:"unit"`   // where the member works
	Branch string   `json:"branch"` // party branch to which the member belongs
	Skills string   `json:"skills"`
	Posts  []string `json:"posts"` // ids of ServicePosts
}

// ServicePost is a post that members claim in the community (认领岗位).
type ServicePost struct {
	ID   string
	Name lang.Text
}

// ServicePosts are examples; what a community has people do is its own to say.
func ServicePosts() []ServicePost {
	return []ServicePost{
		{"patrol", lang.Text{ZH: "平安巡防岗", EN: "Safety patrol"}}, {"policy", lang.Text{ZH: "政策宣传岗", EN: "Explaining policies"}},
		{"elder", lang.Text{ZH: "为老助残岗", EN: "Helping the old and disabled"}}, {"study", lang.Text{ZH: "助学辅导岗", EN: "Helping with study"}},
		{"mediation", lang.Text{ZH: "矛盾调解岗", EN: "Mediation"}}, {"green", lang.Text{ZH: "环境维护岗", EN: "Looking after surroundings"}},
		{"skill", lang.Text{ZH: "专业技能岗", EN: "Professional skills"}},
	}
}

// ServiceRecord is a member's own page: the registration, and what the member took part in. Nobody is ranked by it.
type ServiceRecord struct {
	Member   bool // entered as a party member
	Home     string
	Standing store.Registration // Revision 0 when never registered
	Detail   MemberDetail
	Records  []ServiceLine
}

// ServiceLine is one activity that a member took part in.
type ServiceLine struct {
	Title   string
	At      time.Time
	Minutes int
}

// RegistrationLine is a member as the community's desk sees one.
type RegistrationLine struct {
	Person casework.Person
	Name   string
	From   time.Time
	MemberDetail
}

func registrationPlace(zone int, p casework.Person) string {
	return seal.Place(zone, "registrations", "detail", strconv.FormatInt(int64(p), 10))
}

// ServiceRecord loads the viewer's own record.
func (a *App) ServiceRecord(ctx context.Context, v Viewer) (ServiceRecord, error) {
	if v.Kind != "resident" {
		return ServiceRecord{}, v.need(0)
	}
	var s ServiceRecord
	err := a.db.View(ctx, v.Zone, func(r *store.Reader) error {
		s = ServiceRecord{}
		marks, err := r.Marks(v.Person)
		if err != nil {
			return err
		}
		s.Member = slices.Contains(marks, string(points.PartyMember))
		people, err := r.People([]casework.Person{v.Person})
		if err != nil {
			return err
		}
		if len(people) > 0 {
			s.Home = idcode.AncestorAt(people[0].Area, idcode.Community)
		}
		if s.Standing, err = r.Registration(v.Person); err != nil && fault.KindOf(err) != fault.NotFound {
			return err
		}
		if s.Standing.Revision > 0 {
			if s.Detail, err = a.memberDetail(v.Zone, s.Standing); err != nil {
				return err
			}
		}
		parts, err := r.Parts(v.Person, ownLines)
		for _, p := range parts {
			if p.SignUp.State == activity.In && p.SignUp.Minutes > 0 {
				s.Records = append(s.Records, ServiceLine{p.Activity.Title, p.Activity.From, p.SignUp.Minutes})
			}
		}
		return err
	})
	return s, err
}

func (a *App) memberDetail(zone int, x store.Registration) (d MemberDetail, err error) {
	text, err := a.ring.Open(registrationPlace(zone, x.Person), x.Detail)
	if err != nil {
		return d, err
	}
	return d, json.Unmarshal([]byte(text), &d)
}

// Register registers the viewer, who is entered as a party member, with a community, or changes what was told.
func (a *App) Register(ctx context.Context, v Viewer, area string, d MemberDetail, key string) error {
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return err
	}
	if v.Kind != "resident" {
		return fault.New(fault.Forbidden, "请以居民身份登录后报到。", "Sign in as a resident to register.")
	}
	var bad fault.List
	if at, ok := z.Tree.Area(area); !ok || at.Level() != idcode.Community {
		bad.Add("area", "请选择报到的社区（村）。", "Choose the community.")
	}
	for field, s := range map[string]*string{"unit": &d.Unit, "branch": &d.Branch, "skills": &d.Skills} {
		*s = strings.TrimSpace(*s)
		if n := utf8.RuneCountInString(*s); n > 60 || (field != "skills" && n < 2) {
			bad.Add(field, "请填写 2 至 60 个字。", "Write 2 to 60 characters.")
		}
	}
	for _, p := range d.Posts {
		if !slices.ContainsFunc(ServicePosts(), func(x ServicePost) bool { return x.ID == p }) {
			bad.Add("posts", "请从列表中选择岗位。", "Choose posts from the list.")
		}
	}
	if err := bad.Err(); err != nil {
		return err
	}
	return a.onRegistration(ctx, v, key, func(tx *store.Tx, x *store.Registration) error {
		text, err := json.Marshal(d)
		if err != nil {
			return err
		}
		if x.Detail, err = a.ring.Seal(registrationPlace(v.Zone, v.Person), string(text)); err != nil {
			return err
		}
		if x.Revision == 0 || !x.To.IsZero() || x.Area != area {
			x.From = tx.Now
		}
		x.Area, x.To = area, time.Time{}
		return nil
	})
}

// Deregister ends the viewer's registration, and forgets what was told.
func (a *App) Deregister(ctx context.Context, v Viewer, key string) error {
	return a.onRegistration(ctx, v, key, func(tx *store.Tx, x *store.Registration) error {
		if x.Revision == 0 || !x.To.IsZero() {
			return fault.New(fault.Conflict, "您没有在册的报到。", "You are not registered.")
		}
		empty, err := a.ring.Seal(registrationPlace(v.Zone, v.Person), "{}")
		x.To, x.Detail = tx.Now, empty
		return err
	})
}

func (a *App) onRegistration(ctx context.Context, v Viewer, key string, change func(*store.Tx, *store.Registration) error) error {
	_, _, err := a.db.Once(ctx, v.Zone, "registration:"+key+":"+strconv.FormatInt(int64(v.Person), 10), func(tx *store.Tx) (string, error) {
		marks, err := tx.Marks(v.Person)
		if err != nil {
			return "", err
		}
		if !slices.Contains(marks, string(points.PartyMember)) {
			return "", fault.New(fault.Forbidden, "双报到面向在职党员；请先由社区登记党员身份。", "This is for party members; ask the community to enter you as one first.")
		}
		x, err := tx.Registration(v.Person)
		if err != nil && fault.KindOf(err) != fault.NotFound {
			return "", err
		}
		x.Person = v.Person
		if err := change(tx, &x); err != nil {
			return "", err
		}
		return "", tx.SaveRegistration(x)
	})
	return err
}

// RegistrationsIn lists the members registered with communities that the viewer's desk keeps, in the order in which they
// were entered: it is no ranking.
func (a *App) RegistrationsIn(ctx context.Context, v Viewer, after casework.Person, limit int) ([]RegistrationLine, error) {
	if err := v.need(EditHouseholds); err != nil {
		return nil, err
	}
	var out []RegistrationLine
	err := a.db.View(ctx, v.Zone, func(r *store.Reader) error {
		out = nil
		for _, duty := range v.Duties {
			if powers(duty.Role)&EditHouseholds == 0 {
				continue
			}
			list, err := r.Registrations(duty.Area, after, limit)
			if err != nil {
				return err
			}
			ids := make([]casework.Person, len(list))
			for i, x := range list {
				ids[i] = x.Person
			}
			names, err := a.names(r, v, ids)
			if err != nil {
				return err
			}
			for _, x := range list {
				d, err := a.memberDetail(v.Zone, x)
				if err != nil {
					return err
				}
				out = append(out, RegistrationLine{x.Person, names[x.Person], x.From, d})
			}
		}
		return nil
	})
	return out, err
}
