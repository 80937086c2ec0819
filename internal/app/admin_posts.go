package app

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/idcode"
	"gezhi/internal/store"
	"gezhi/internal/territory"
)

// NewPost is an appointment as the form holds it. Login names an account; when there is none, Name makes a new person
// with an account that cannot be used until a security administrator gives it a password.
type NewPost struct {
	Area, Post, Login, Name, Phone string
	From                           string // day; "" is today
	Document                       string // 任免文号
	Concurrent                     bool   // 兼任
}

// Appoint puts somebody into a post of the grid establishment.
func (a *App) Appoint(ctx context.Context, v Viewer, n NewPost, key string) error {
	if err := v.need(EditPosts); err != nil {
		return err
	}
	when, err := a.ParseDay("from", n.From)
	if err != nil {
		return err
	}
	return a.plain(ctx, v, key, func(e *edit) error {
		p := placing{NewPost: n, when: when}
		if err := a.place(&e.tx.Reader, e.was, &p); err != nil {
			return err
		}
		return a.appoint(e, p)
	})
}

// placing is an appointment that has been looked through.
type placing struct {
	NewPost
	when   time.Time
	kind   territory.PostKind
	person casework.Person // 0: to be entered
	name   string
	held   bool // the person holds the post already
}

// place looks an appointment through against what the database holds.
func (a *App) place(r *store.Reader, z *Zone, p *placing) error {
	var bad fault.List
	area, known := z.Tree.Area(p.Area)
	if !known {
		bad.Add("area", "没有区域“%s”。", "There is no area %q.", p.Area)
	}
	var ok bool
	if p.kind, ok = z.postKind(p.Post); !ok {
		bad.Add("post", "没有岗位“%s”。", "There is no post %q.", p.Post)
	} else if known && p.kind.Level != area.Level() {
		bad.Add("post", "“%[1]s”设在%[2]s，不设在%[3]s。", "%[4]s is a post of a %[5]s, not of a %[6]s.", p.kind.Name.ZH, territory.LevelName(p.kind.Level).ZH, territory.LevelName(area.Level()).ZH,
			p.kind.Name.EN, territory.LevelName(p.kind.Level).EN, territory.LevelName(area.Level()).EN)
	}
	p.Document = strings.TrimSpace(p.Document)
	if len([]rune(p.Document)) > 60 {
		bad.Add("document", "任免文号不超过 60 个字。", "The document number: at most 60 characters.")
	}
	if err := a.identify(r, p); err != nil {
		if len(fault.Fields(err)) == 0 {
			return err
		}
		bad = append(bad, fault.Fields(err)...)
	}
	if err := bad.Err(); err != nil {
		return err
	}
	return p.seats(r, z)
}

// postKind finds a kind of post by its id or its name in either language.
func (z *Zone) postKind(s string) (territory.PostKind, bool) {
	s = strings.TrimSpace(s)
	i := slices.IndexFunc(z.Kinds, func(k territory.PostKind) bool {
		return s != "" && (k.ID == s || k.Name.ZH == s || strings.EqualFold(k.Name.EN, s))
	})
	if i < 0 {
		return territory.PostKind{}, false
	}
	return z.Kinds[i], true
}

// identify finds the account, or checks what a new one needs.
func (a *App) identify(r *store.Reader, p *placing) error {
	login, err := ParseLogin("login", p.Login)
	if err != nil {
		return err
	}
	p.Login = login
	s, err := r.StaffByLogin(login)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		return err
	}
	if err == nil {
		row, err := r.Person(s.Person)
		if err != nil {
			return err
		}
		if p.name, _, err = a.open(r.Zone, row); err != nil {
			return err
		}
		if given := strings.TrimSpace(p.Name); given != "" && given != p.name {
			return fault.Field("name", "账号“%s”的姓名不是“%s”，请核对。", "The account %q is not named %q.", login, given)
		}
		if !s.Disabled.IsZero() {
			return fault.Field("login", "账号“%s”已停用。", "The account %q is disabled.", login)
		}
		p.person = s.Person
		return nil
	}
	if strings.TrimSpace(p.Name) == "" {
		return fault.Field("login", "没有账号“%s”；新任人员请同时填写姓名。", "There is no account %q; for a new person give the name too.", login)
	}
	if p.name, err = ParsePersonName("name", p.Name); err != nil {
		return err
	}
	if p.Phone = strings.TrimSpace(p.Phone); p.Phone != "" {
		if p.Phone, err = idcode.ParsePhone(p.Phone); err != nil {
			return asField(err, "phone")
		}
		if _, err := r.PersonByPhone("staff", a.ring.Hash("phone", p.Phone)); err == nil {
			return fault.Field("phone", "这个手机号已登记在另一位工作人员名下。", "That number belongs to another member of staff.")
		}
	}
	return nil
}

// ParseLogin checks a login name: 3 to 40 small letters, digits, dots, hyphens and underscores.
func ParseLogin(field, s string) (string, error) {
	s = strings.ToLower(strings.TrimSpace(s))
	if len(s) < 3 || len(s) > 40 || strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789.-_") != "" {
		return s, fault.Field(field, "登录名用 3 至 40 个小写字母、数字、点、连字符或下划线。", "The login name: 3 to 40 small letters, digits, dots, hyphens or underscores.")
	}
	return s, nil
}

// seats checks that the post is free for the person.
func (p *placing) seats(r *store.Reader, z *Zone) error {
	list, err := r.TenuresUnder(p.Area, p.when)
	if err != nil {
		return err
	}
	have := 0
	for _, t := range list {
		if t.Post && t.Duty.Area == p.Area && t.Duty.Role == p.kind.ID {
			have++
			p.held = p.held || t.Person == p.person
		}
	}
	if !p.held && p.kind.Max > 0 && have >= p.kind.Max {
		return fault.Field("post", "“%[1]s”最多 %[3]d 人，已满员；请先免去现任。", "%[2]s takes %[3]d at most; end the present one first.", p.kind.Name.ZH, p.kind.Name.EN, p.kind.Max)
	}
	if p.person == 0 || p.held || p.Concurrent {
		return nil
	}
	others, err := r.Tenures(p.person)
	if err != nil {
		return err
	}
	for _, t := range others {
		if t.Post && !t.Concurrent && t.Current(p.when) {
			return fault.Field("concurrent", "%[1]s 已任 %[2]s；再任一岗请注明兼任。", "%[1]s holds another post (%[2]s); mark this one as concurrent.", p.name, z.Tree.Path(t.Duty.Area))
		}
	}
	return nil
}

// appoint stores an appointment that was looked through.
func (a *App) appoint(e *edit, p placing) error {
	if p.held {
		return fault.Field("login", "%s 已在任这一岗位。", "%s holds that post already.", p.name)
	}
	if p.person == 0 {
		id, err := a.AddStaff(e.tx, NewPerson{Name: p.name, Phone: p.Phone}, p.Login, "")
		if err != nil {
			return err
		}
		p.person = casework.Person(id)
		e.log = append(e.log, store.Audit{Action: "user.add", Subject: "staff:" + p.Login, Person: p.person})
	}
	t := store.Tenure{ID: e.tx.NewID(), Person: p.person, Duty: casework.Duty{Role: p.kind.ID, Area: p.Area}, From: p.when,
		Document: p.Document, Concurrent: p.Concurrent, Post: true}
	if err := e.tx.AddTenure(t); err != nil {
		return err
	}
	e.log = append(e.log, store.Audit{Action: "post.appoint", Subject: "area:" + p.Area, Person: p.person, Reason: p.Document, Detail: p.kind.Name.ZH})
	return nil
}

// EndPost ends an appointment from a day on.
func (a *App) EndPost(ctx context.Context, v Viewer, id int64, document, key string) error {
	if err := v.need(EditPosts); err != nil {
		return err
	}
	return a.plain(ctx, v, key, func(e *edit) error {
		t, err := e.tx.Tenure(id, true)
		if err != nil {
			return err
		}
		when := e.tx.Now
		if !t.From.Before(when) {
			return fault.New(fault.Conflict, "任职尚未开始，不能免去。", "The appointment has not begun.")
		}
		kind, _ := territory.Kind(e.was.Kinds, t.Duty.Role)
		e.log = append(e.log, store.Audit{Action: "post.end", Subject: "area:" + t.Duty.Area, Person: t.Person, Reason: strings.TrimSpace(document), Detail: kind.Name.ZH})
		return e.tx.EndTenure(id, true, when)
	})
}

// ModeLine is one 平战转换 with the name of who ordered it.
type ModeLine struct {
	store.Switch
	Path string
	Name string
}

// Modes lists every 平战转换, newest first.
func (a *App) Modes(ctx context.Context, v Viewer) ([]ModeLine, error) {
	if err := v.need(EditPosts); err != nil {
		return nil, err
	}
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return nil, err
	}
	var out []ModeLine
	err = a.db.View(ctx, v.Zone, func(r *store.Reader) error {
		list, err := r.Switches()
		if err != nil {
			return err
		}
		var ids []casework.Person
		for _, s := range list {
			ids = append(ids, s.By)
		}
		names, err := a.names(r, v, ids)
		for _, s := range list {
			out = append(out, ModeLine{s, z.Tree.Path(s.Area), names[s.By]})
		}
		return err
	})
	return out, err
}

// SwitchOn puts an area's subtree on emergency duties.
func (a *App) SwitchOn(ctx context.Context, v Viewer, area, reason, key string) error {
	reason, err := words("reason", reason, 4, 200)
	if err != nil {
		return err
	}
	return a.change(ctx, v, EditPosts, key, func(e *edit) error {
		x, ok := e.was.Tree.Area(strings.TrimSpace(area))
		if !ok {
			return fault.Field("area", "请选择区域。", "Choose an area.")
		}
		if mode, s := territory.ModeAt(e.was.Switches, x.Code, e.tx.Now); mode == territory.Emergency {
			return fault.Field("area", "该区域已在应急状态（%s）。", "The area is in emergency mode already (%s).", s.Reason)
		}
		e.record("mode.on", "area:"+x.Code, reason, x.Name)
		return e.tx.AddSwitch(store.Switch{ID: e.tx.NewID(), Area: x.Code, Reason: reason, From: e.tx.Now, By: v.Person})
	}, nil)
}

// SwitchOff ends an emergency.
func (a *App) SwitchOff(ctx context.Context, v Viewer, id int64, key string) error {
	return a.change(ctx, v, EditPosts, key, func(e *edit) error {
		e.record("mode.off", "mode:"+strconv.FormatInt(id, 10), "", "")
		return e.tx.EndSwitch(id)
	}, nil)
}

// PlaceOfPost is where a new appointment is made: the posts of the area, each with what is missing.
func (a *App) PlaceOfPost(ctx context.Context, v Viewer, area string) ([]territory.PostKind, error) {
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return nil, err
	}
	var out []territory.PostKind
	for _, k := range z.Kinds {
		if k.Level == idcode.LevelOf(area) {
			out = append(out, k)
		}
	}
	return out, v.need(EditPosts)
}
