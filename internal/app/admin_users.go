package app

import (
	"cmp"
	"context"
	"crypto/rand"
	"slices"
	"strings"
	"time"

	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/idcode"
	"gezhi/internal/lang"
	"gezhi/internal/store"
	"gezhi/internal/territory"
)

// StaffAccount is a member of staff's way in, with what the person is. Residents have none and are not listed.
type StaffAccount struct {
	store.Staff
	Name    string
	Phone   string         // masked
	Tenures []store.Tenure // in force and past, oldest first; in a list only those in force
}

// Accounts lists accounts whose login name or name holds the words, by login name after the given one, at most limit.
func (a *App) Accounts(ctx context.Context, v Viewer, text, after string, limit int) ([]StaffAccount, error) {
	if err := v.need(EditUsers); err != nil {
		return nil, err
	}
	text = strings.ToLower(strings.TrimSpace(text))
	var out []StaffAccount
	err := a.db.View(ctx, v.Zone, func(r *store.Reader) error {
		out = nil
		held, err := tenuresByPerson(r)
		if err != nil {
			return err
		}
		for len(out) < limit {
			page, err := r.StaffList(after, accountsPerRead)
			if err != nil {
				return err
			}
			names, err := a.staffNames(r, v, page)
			if err != nil {
				return err
			}
			for _, s := range page {
				if len(out) < limit && (text == "" || strings.Contains(s.Login, text) || strings.Contains(strings.ToLower(names[s.Person]), text)) {
					out = append(out, StaffAccount{Staff: s, Name: names[s.Person], Tenures: held[s.Person]})
				}
				after = s.Login
			}
			if len(page) < accountsPerRead {
				return nil
			}
		}
		return nil
	})
	return out, err
}

// accountsPerRead is how many accounts one statement of a search reads: names are sealed, so they are opened to be compared.
const accountsPerRead = 400

func tenuresByPerson(r *store.Reader) (map[casework.Person][]store.Tenure, error) {
	list, err := r.AllTenures(r.Now)
	out := map[casework.Person][]store.Tenure{}
	for _, t := range list {
		out[t.Person] = append(out[t.Person], t)
	}
	return out, err
}

func (a *App) staffNames(r *store.Reader, v Viewer, page []store.Staff) (map[casework.Person]string, error) {
	ids := make([]casework.Person, len(page))
	for i, s := range page {
		ids[i] = s.Person
	}
	return a.names(r, v, ids)
}

// StaffAccount loads one account.
func (a *App) StaffAccount(ctx context.Context, v Viewer, id casework.Person) (StaffAccount, error) {
	if err := v.need(EditUsers); err != nil {
		return StaffAccount{}, err
	}
	var out StaffAccount
	err := a.db.View(ctx, v.Zone, func(r *store.Reader) error {
		s, err := r.StaffAccount(id)
		if err != nil {
			return err
		}
		p, err := r.Person(id)
		if err != nil {
			return err
		}
		out = StaffAccount{Staff: s}
		if out.Name, out.Phone, err = a.open(v.Zone, p); err != nil {
			return err
		}
		if out.Phone != "" {
			out.Phone = idcode.MaskPhone(out.Phone)
		}
		out.Tenures, err = r.Tenures(id)
		return err
	})
	return out, err
}

// AddAccount enters a member of staff and returns the password to be told once; its owner has to change it.
func (a *App) AddAccount(ctx context.Context, v Viewer, login, name, phone, key string) (casework.Person, string, error) {
	if err := v.need(EditUsers); err != nil {
		return 0, "", err
	}
	login, err := ParseLogin("login", login)
	name, err2 := ParsePersonName("name", name)
	var err3 error
	if phone = strings.TrimSpace(phone); phone != "" {
		if phone, err3 = idcode.ParsePhone(phone); err3 != nil {
			err3 = asField(err3, "phone")
		}
	}
	if err := both(err, err2, err3); err != nil {
		return 0, "", err
	}
	password := newPassword()
	hash := a.HashPassword(password)
	var id casework.Person
	err = a.plain(ctx, v, key, func(e *edit) error {
		if phone != "" {
			if _, err := e.tx.PersonByPhone("staff", a.ring.Hash("phone", phone)); err == nil {
				return fault.Field("phone", "这个手机号已登记在另一位工作人员名下。", "That number belongs to another member of staff.")
			}
		}
		p, err := a.addPerson(e.tx, NewPerson{Kind: "staff", Name: name, Phone: phone})
		if err != nil {
			return err
		}
		id = p
		e.log = append(e.log, store.Audit{Action: "user.add", Subject: "staff:" + login, Person: p})
		return e.tx.AddStaff(store.Staff{Person: p, Login: login, Password: hash, MustChange: true})
	})
	if id == 0 {
		password = "" // the form came twice; the password was told the first time
	}
	return id, password, err
}

// newPassword is 16 characters nobody can guess, in groups that can be read out.
func newPassword() string {
	s := rand.Text()
	return s[:4] + "-" + strings.ToLower(s[4:8]) + "-" + s[8:12] + "-" + strings.ToLower(s[12:16])
}

// ResetPassword gives an account a new password, told once, to be changed by its owner; a lock is lifted. The second
// factor stays.
func (a *App) ResetPassword(ctx context.Context, v Viewer, id casework.Person, key string) (string, error) {
	if err := v.need(EditUsers); err != nil {
		return "", err
	}
	password := newPassword()
	hash := a.HashPassword(password)
	done := false
	err := a.account(ctx, v, id, "user.reset", "", key, func(s *store.Staff) error {
		s.Password, s.MustChange, s.Failures, s.LockedUntil, done = hash, true, 0, time.Time{}, true
		return nil
	})
	if !done {
		password = ""
	}
	return password, err
}

// Unlock lifts the lock that failed attempts put on an account.
func (a *App) Unlock(ctx context.Context, v Viewer, id casework.Person, key string) error {
	return a.account(ctx, v, id, "user.unlock", "", key, func(s *store.Staff) error {
		s.Failures, s.LockedUntil = 0, time.Time{}
		return nil
	})
}

// Disable ends an account's use from now on, sessions included; Enable takes that back.
func (a *App) Disable(ctx context.Context, v Viewer, id casework.Person, reason, key string) error {
	reason, err := words("reason", reason, 2, 200)
	if err != nil {
		return err
	}
	if id == v.Person {
		return fault.Field("reason", "不能停用自己的账号。", "You cannot disable your own account.")
	}
	now := a.now()
	return a.account(ctx, v, id, "user.disable", reason, key, func(s *store.Staff) error {
		s.Disabled = now
		return nil
	})
}

// Enable lets a disabled account be used again.
func (a *App) Enable(ctx context.Context, v Viewer, id casework.Person, key string) error {
	return a.account(ctx, v, id, "user.enable", "", key, func(s *store.Staff) error {
		s.Disabled = time.Time{}
		return nil
	})
}

func (a *App) account(ctx context.Context, v Viewer, id casework.Person, action, reason, key string, change func(*store.Staff) error) error {
	if err := v.need(EditUsers); err != nil {
		return err
	}
	return a.plain(ctx, v, key, func(e *edit) error {
		s, err := e.tx.StaffAccount(id)
		if err != nil {
			return err
		}
		if err := change(&s); err != nil {
			return err
		}
		e.log = append(e.log, store.Audit{Action: action, Subject: "staff:" + s.Login, Person: id, Reason: reason})
		return e.tx.SaveStaff(s)
	})
}

// Membership is a role to be given, as the form holds it.
type Membership struct {
	Role, Unit, Area, From string
}

// GrantedRoles are the roles a security administrator gives. Posts of the grid establishment are not among them: they
// are appointments.
func (z *Zone) GrantedRoles() []Role {
	return slices.DeleteFunc(Roles(), func(r Role) bool {
		_, post := territory.Kind(z.Kinds, r.ID)
		return post || r.ID == "resident"
	})
}

// ofUnit reports whether a role is held in a unit rather than over an area.
func ofUnit(role string) bool { return powers(role)&SeeUnit != 0 }

// apart are the three administrators' roles that no two of which one person may hold (三员分立, GB/T 22239).
var apart = []string{"admin", "security", "auditor"}

// oneHand refuses two roles that must not be in one hand.
func oneHand(field, a, b string) error {
	if a == b || !slices.Contains(apart, a) || !slices.Contains(apart, b) {
		return nil
	}
	x, _ := RoleOf(a)
	y, _ := RoleOf(b)
	return fault.Field(field, "按三员分立要求，“%[1]s”与“%[2]s”不能由同一人担任。", "%[3]s and %[4]s must be two people.", x.Name.ZH, y.Name.ZH, x.Name.EN, y.Name.EN)
}

// Grant gives a person a role, in a unit or over an area, from a day on.
func (a *App) Grant(ctx context.Context, v Viewer, id casework.Person, m Membership, key string) error {
	if err := v.need(EditUsers); err != nil {
		return err
	}
	if id == v.Person {
		return fault.Field("role", "不能给自己授权，请由另一位安全管理员办理。", "You cannot give yourself a role; ask another security administrator.")
	}
	if v.actsFor(id) {
		return fault.Field("role", "不能给所代理的同事授权，请由另一位安全管理员办理。", "You cannot give a role to whom you stand in for; ask another security administrator.")
	}
	from, err := a.ParseDay("from", m.From)
	if err != nil {
		return err
	}
	return a.plain(ctx, v, key, func(e *edit) error {
		duty, role, err := e.was.duty(m)
		if err != nil {
			return err
		}
		s, err := e.tx.StaffAccount(id)
		if err != nil {
			return err
		}
		if err := e.tx.LockStaff(id); err != nil {
			return err
		}
		held, err := e.tx.Tenures(id)
		if err != nil {
			return err
		}
		for _, t := range held {
			goesOn := t.To.IsZero() || t.To.After(from)
			if goesOn && t.Duty == duty {
				return fault.Field("role", "已有这一角色。", "The person has that role already.")
			}
			if goesOn {
				if err := oneHand("role", role.ID, t.Duty.Role); err != nil {
					return err
				}
			}
		}
		borrowed, err := e.tx.Borrowed(id)
		if err != nil {
			return err
		}
		for _, d := range borrowed {
			if d.To.After(from) {
				if err := oneHand("role", role.ID, d.Duty.Role); err != nil {
					return err
				}
			}
		}
		e.log = append(e.log, store.Audit{Action: "role.add", Subject: "staff:" + s.Login, Person: id, Detail: casework.Holder(duty).Key()})
		return e.tx.AddTenure(store.Tenure{ID: e.tx.NewID(), Person: id, Duty: duty, From: from})
	})
}

// duty reads a role to be given.
func (z *Zone) duty(m Membership) (casework.Duty, Role, error) {
	var bad fault.List
	i := slices.IndexFunc(z.GrantedRoles(), func(r Role) bool { return r.ID == m.Role })
	if i < 0 {
		return casework.Duty{}, Role{}, fault.Field("role", "请选择角色。", "Choose a role.")
	}
	role := z.GrantedRoles()[i]
	d := casework.Duty{Role: role.ID}
	if ofUnit(role.ID) {
		if u, ok := z.Units[m.Unit]; !ok || !u.To.IsZero() {
			bad.Add("unit", "“%[1]s”须选择单位。", "%[2]s needs a unit.", role.Name.ZH, role.Name.EN)
		}
		d.Unit = m.Unit
		return d, role, bad.Err()
	}
	if id, ok := sponsorOf(m.Unit); ok && role.ID == RoleCounter {
		if s, ok := z.Sponsors[id]; !ok || !s.To.IsZero() {
			bad.Add("unit", "没有这家合作单位，或合作已结束。", "There is no such sponsor, or its agreement has ended.")
		}
		d.Unit = m.Unit
		return d, role, bad.Err()
	}
	d.Area = cmp.Or(m.Area, zoneCode(z.Code))
	if _, ok := z.Tree.Area(d.Area); !ok {
		bad.Add("area", "没有这个区域。", "There is no such area.")
	}
	if p := role.Powers; p&(EditUsers|ReadAudit|EditCases) != 0 && d.Area != zoneCode(z.Code) {
		bad.Add("area", "“%[1]s”须以全区为范围。", "%[2]s covers the whole district.", role.Name.ZH, role.Name.EN)
	}
	return d, role, bad.Err()
}

// EndGrant ends a role.
func (a *App) EndGrant(ctx context.Context, v Viewer, id casework.Person, tenure int64, key string) error {
	if err := v.need(EditUsers); err != nil {
		return err
	}
	if id == v.Person {
		return fault.Field("role", "不能收回自己的角色，请由另一位安全管理员办理。", "You cannot end a role of your own; ask another security administrator.")
	}
	return a.plain(ctx, v, key, func(e *edit) error {
		t, err := e.tx.Tenure(tenure, false)
		if err != nil {
			return err
		}
		if t.Person != id {
			return fault.New(fault.NotFound, "没有这条任职。", "There is no such appointment.")
		}
		e.log = append(e.log, store.Audit{Action: "role.end", Subject: "person", Person: id, Detail: casework.Holder(t.Duty).Key()})
		return e.tx.EndTenure(tenure, false, e.tx.Now)
	})
}

// DutyName is a duty in words.
func (z *Zone) DutyName(d casework.Duty) lang.Text {
	zh, en := z.HolderName(casework.Holder(d))
	r, ok := RoleOf(d.Role)
	if !ok {
		return lang.Text{ZH: zh, EN: en}
	}
	switch {
	case d.Unit != "":
		return lang.Text{ZH: zh + " · " + r.Name.ZH, EN: en + " · " + r.Name.EN}
	case d.Area == zoneCode(z.Code):
		return lang.Text{ZH: z.Name.ZH + " · " + r.Name.ZH, EN: z.Name.EN + " · " + r.Name.EN}
	}
	return lang.Text{ZH: z.Tree.Path(d.Area) + " · " + r.Name.ZH, EN: z.Tree.Path(d.Area) + " · " + r.Name.EN}
}
