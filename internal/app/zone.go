package app

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"gezhi/internal/activity"
	"gezhi/internal/calendar"
	"gezhi/internal/casework"
	"gezhi/internal/catalogue"
	"gezhi/internal/fault"
	"gezhi/internal/geo"
	"gezhi/internal/lang"
	"gezhi/internal/pack"
	"gezhi/internal/points"
	"gezhi/internal/policy"
	"gezhi/internal/rules"
	"gezhi/internal/store"
	"gezhi/internal/target"
	"gezhi/internal/territory"
	"gezhi/internal/theme"
)

// Zone is a district's whole set-up as of one revision, ready for look-ups. It is never changed; when
// somebody edits areas, routes, posts, calendar or procedures a new one takes its place.
type Zone struct {
	store.Zone
	Tree      *territory.Tree
	Table     *territory.Table
	Routes    []territory.Route // the table's rows by number
	Overlays  []territory.Overlay
	Kinds     []territory.PostKind
	Roles     []territory.Role
	Switches  []territory.Switch
	Units     map[string]store.UnitRow
	Calendar  *calendar.Calendar
	Matters   casework.Matters
	Rules     points.Rules            // in force
	Occasions activity.Kinds          // kinds of activities
	Lights    target.Sets             // rules of projects' lights
	Goals     []target.Goal           // of the year
	Licences  *catalogue.Catalogue    // the edition in force
	Policies  *rules.Book             // policy items; without any in a zone that never had them
	Report    policy.Report           // lines under which payouts are reported
	Sponsors  map[int64]store.Sponsor // present and past
	Webhooks  []store.Webhook         // that run; kept here so that a move without any asks nothing of the database

	rules           map[int]points.Rules             // by version; drafts left out
	ruleset         int                              // version of those in force
	themes          []*theme.Catalog                 // oldest version first; drafts left out
	policies        map[int]*rules.Book              // by version; drafts left out
	PoliciesVersion int                              // of Policies; 0 for none
	procedures      map[string][]*casework.Procedure // by id, oldest version first; drafts left out
	documents       *documents
	read            time.Time
	until           time.Time // when an area or overlay begins or ends next; zero when none is known to
}

// note remembers the next moment at which the set-up changes by itself.
func (z *Zone) note(s territory.Span, now time.Time) {
	for _, t := range []time.Time{s.From, s.To} {
		if t.After(now) && (z.until.IsZero() || t.Before(z.until)) {
			z.until = t
		}
	}
}

type cached struct{ zone *Zone }

// staleAfter is how long a set-up is used before its revision is compared again. A change made through
// this process is seen at once.
const staleAfter = time.Second

// Zone returns the district's set-up.
func (a *App) Zone(ctx context.Context, code int) (*Zone, error) {
	a.zones.mu.Lock()
	defer a.zones.mu.Unlock()
	c := a.zones.byCode[code]
	now := time.Now() // the machine's clock, even when the use cases live in another time
	if c != nil && now.Sub(c.zone.read) < staleAfter {
		return c.zone, nil
	}
	var z *Zone
	err := a.db.View(ctx, code, func(r *store.Reader) error {
		revision, err := r.ZoneRevision()
		if err != nil {
			return err
		}
		if c != nil && c.zone.Revision == revision && (c.zone.until.IsZero() || r.Now.Before(c.zone.until)) {
			z = c.zone
			return nil
		}
		z, err = loadZone(r, &a.zones.documents)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("zone %d: %w", code, err)
	}
	fresh := *z
	fresh.read = now
	a.zones.byCode[code] = &cached{&fresh}
	return &fresh, nil
}

// forget makes the next look at the zone read it again.
func (a *App) forget(code int) {
	a.zones.mu.Lock()
	defer a.zones.mu.Unlock()
	delete(a.zones.byCode, code)
}

// Zones lists the installed districts.
func (a *App) Zones(ctx context.Context) ([]store.Zone, error) {
	var out []store.Zone
	err := a.db.View(ctx, 0, func(r *store.Reader) (err error) {
		out, err = r.Zones()
		return err
	})
	return out, err
}

// Procedure is the version in force of a procedure, nil when there is none.
func (z *Zone) Procedure(id string) *casework.Procedure {
	list := z.procedures[id]
	if len(list) == 0 {
		return nil
	}
	return list[len(list)-1]
}

// Version is one version of a procedure, nil when there is none.
func (z *Zone) Version(id string, version int) *casework.Procedure {
	for _, p := range z.procedures[id] {
		if p.Version == version {
			return p
		}
	}
	return nil
}

// Procedures are the versions in force of every procedure, by id.
func (z *Zone) Procedures() []*casework.Procedure {
	out := make([]*casework.Procedure, 0, len(z.procedures))
	for _, id := range slices.Sorted(maps.Keys(z.procedures)) {
		out = append(out, z.Procedure(id))
	}
	return out
}

// StageName is a stage in words.
func (z *Zone) StageName(procedure string, version int, stage string) lang.Text {
	if p := z.Version(procedure, version); p != nil {
		if s, ok := p.Stage(stage); ok {
			return s.Name
		}
	}
	return lang.Text{ZH: stage, EN: stage}
}

// Kind is what kind of case it is, in words: a matter, or a category of its procedure.
func (z *Zone) Kind(c casework.Case) lang.Text { return z.KindName(c.Procedure, c.Version, c.Matter) }

// KindName is what the code of a kind of case means under a procedure, in words.
func (z *Zone) KindName(procedure string, version int, code string) lang.Text {
	if p := z.Version(procedure, version); p != nil && p.About != casework.AboutMatters {
		k, _ := p.Category(code)
		return k.Name
	}
	m, _ := z.Matters.Find(code)
	return m.Name
}

// PointRule finds an item of the points rules in force.
func (z *Zone) PointRule(id string) (points.Rule, bool) { return z.Rules.Find(id) }

// RulesVersion is one version of the points rules, with the item; false when there is none.
func (z *Zone) RulesVersion(version int, id string) (points.Rules, points.Rule, bool) {
	rules := z.rules[version]
	rule, ok := rules.Find(id)
	return rules, rule, ok
}

// Locate finds the deepest area a WGS-84 point lies in; false when it lies in none.
func (z *Zone) Locate(p geo.Point) (territory.Area, bool) {
	area, status := z.Tree.Locate(p)
	return area, status != geo.Outside
}

// Env is the world procedures decide in.
func (z *Zone) Env(now time.Time) casework.Env {
	return casework.Env{Now: now, Calendar: z.Calendar, Matter: z.Matters.Find,
		Unit: func(code string) bool {
			u, ok := z.Units[code]
			return ok && (u.To.IsZero() || u.To.After(now))
		},
		Overlay: func(id string) bool {
			return slices.ContainsFunc(z.Overlays, func(o territory.Overlay) bool { return o.ID == id && o.Holds(now) })
		},
		Parts:   z.parts,
		Words:   z.words,
		Licence: z.MayApply,
		Theme:   func(ref string) bool { _, _, ok := z.Theme(ref); return ok },
		Route: func(matter, area, stage string) (casework.Holder, error) {
			mode, _ := territory.ModeAt(z.Switches, area, now)
			o, _, err := z.Table.Owner(matter, area, stage, mode)
			if err != nil {
				return casework.Holder{}, err
			}
			if o.Unit != "" {
				o.Area = "" // a unit has one inbox, wherever the matter lies
			}
			return casework.Holder(o), nil
		}}
}

// HolderName says in words whose turn it is.
func (z *Zone) HolderName(h casework.Holder) (zh, en string) {
	if h == (casework.Holder{}) {
		return "", ""
	}
	if h.Role == casework.RoleReporter {
		return theReporter.ZH, theReporter.EN
	}
	if u, ok := z.Units[h.Unit]; ok {
		return u.Name.ZH, u.Name.EN
	}
	if id, ok := sponsorOf(h.Unit); ok {
		return z.Sponsors[id].Name, z.Sponsors[id].Name
	}
	role, ok := RoleOf(h.Role)
	if !ok {
		role.Name.ZH, role.Name.EN = h.Role, h.Role
	}
	if a, ok := z.Tree.Area(h.Area); ok && len(h.Area) > 6 {
		return z.Tree.Path(a.Code) + " " + role.Name.ZH, role.Name.EN + ", " + z.Tree.Path(a.Code)
	}
	return role.Name.ZH, role.Name.EN
}

// loadZone reads a district's set-up from the database and makes it ready.
func loadZone(r *store.Reader, docs *documents) (*Zone, error) {
	z := &Zone{documents: docs, Units: map[string]store.UnitRow{}, Sponsors: map[int64]store.Sponsor{}, procedures: map[string][]*casework.Procedure{}}
	zones, err := r.Zones()
	if err != nil {
		return nil, err
	}
	for _, x := range zones {
		if x.Code == r.Zone {
			z.Zone = x
		}
	}
	if z.Code == 0 {
		return nil, fault.New(fault.NotFound, "没有安装这个辖区。", "This district is not installed.")
	}
	for _, load := range []func(*store.Reader) error{z.loadAreas, z.loadUnits, z.loadRules, z.loadCalendar, z.loadWebhooks} {
		if err := load(r); err != nil {
			return nil, err
		}
	}
	return z, nil
}

func (z *Zone) loadAreas(r *store.Reader) error {
	rows, err := r.Areas()
	if err != nil {
		return err
	}
	areas := make([]territory.Area, len(rows))
	for i, row := range rows {
		areas[i] = row.Area
		z.note(row.Span, r.Now)
		if row.GeoJSON != "" {
			if areas[i].Shape, err = geo.ParseGeometry([]byte(row.GeoJSON)); err != nil {
				return fmt.Errorf("area %s: %w", row.Code, err)
			}
		}
	}
	overlays, shapes, err := r.Overlays()
	if err != nil {
		return err
	}
	for i, s := range shapes {
		if s != "" {
			if overlays[i].Shape, err = geo.ParseGeometry([]byte(s)); err != nil {
				return fmt.Errorf("overlay %s: %w", overlays[i].ID, err)
			}
		}
	}
	for _, o := range overlays {
		z.note(o.Span, r.Now)
	}
	z.Overlays = overlays
	z.Tree, err = territory.Build(areas, overlays, r.Now)
	return err
}

func (z *Zone) loadUnits(r *store.Reader) error {
	units, err := r.Units()
	if err != nil {
		return err
	}
	for _, u := range units {
		z.Units[u.Code] = u
	}
	sponsors, err := r.Sponsors()
	for _, s := range sponsors {
		z.Sponsors[s.ID] = s
	}
	return err
}

func (z *Zone) loadCalendar(r *store.Reader) error {
	hours, err := calendar.ParseHours(z.Hours)
	if err != nil {
		return fmt.Errorf("working hours: %w", err)
	}
	days := calendar.BuiltinDays()
	years, err := r.CalendarYears()
	if err != nil {
		return err
	}
	for _, y := range years {
		more, err := calendar.ReadJSON([]byte(y.Body))
		if err != nil {
			return fmt.Errorf("calendar year %d: %w", y.Year, err)
		}
		days = days.With(more)
	}
	z.Calendar = calendar.New(days, hours)
	return nil
}

// loadRules reads what is kept as documents: posts, routing, matters, procedures, points.
func (z *Zone) loadRules(r *store.Reader) error {
	var prec []territory.Precedence
	for kind, into := range map[string]any{docPosts: &z.Kinds, docRoles: &z.Roles, docPrecedence: &prec} {
		d, err := latest(r, kind)
		if err != nil {
			return err
		}
		if err := json.Unmarshal([]byte(d.Body), into); err != nil {
			return fmt.Errorf("%s: %w", kind, err)
		}
	}
	routes, err := r.Routes()
	if err != nil {
		return err
	}
	z.Routes = routes
	if z.Table, err = territory.NewTable(z.Tree, routes, prec); err != nil {
		return fmt.Errorf("routes: %w", err)
	}
	switches, err := r.Switches()
	for _, s := range switches {
		z.Switches = append(z.Switches, territory.Switch{Area: s.Area, Span: territory.Span{From: s.From, To: s.To}, Reason: s.Reason})
	}
	if err != nil {
		return err
	}
	return z.loadCasework(r)
}

func (z *Zone) loadCasework(r *store.Reader) (err error) {
	if z.Matters, err = newest(r, z.documents, docMatters, casework.ParseMatters); err != nil {
		return err
	}
	if err := z.loadPoints(r); err != nil {
		return err
	}
	if z.Occasions, err = newestOr(r, z.documents, docActivities, activity.ParseKinds, pack.CommonKinds); err != nil {
		return err
	}
	if err := z.loadTargets(r); err != nil {
		return err
	}
	if err := z.loadThemes(r); err != nil {
		return err
	}
	if err := z.loadLicences(r); err != nil {
		return err
	}
	if err := z.loadPolicies(r); err != nil {
		return err
	}
	if err := z.loadReport(r); err != nil {
		return err
	}
	procedures, err := published(r, z.documents, docProcedure, casework.ParseProcedure)
	if err != nil {
		return err
	}
	for _, d := range procedures {
		z.procedures[d.Name] = append(z.procedures[d.Name], d.Parsed)
	}
	return nil
}

// loadPoints reads every published version of the points rules: an award keeps the one it was submitted under.
func (z *Zone) loadPoints(r *store.Reader) error {
	versions, err := published(r, z.documents, docPoints, points.ParseRules)
	if err != nil {
		return err
	}
	z.rules = map[int]points.Rules{}
	for _, d := range versions {
		z.rules[d.Version], z.ruleset = d.Parsed, max(z.ruleset, d.Version)
	}
	if z.ruleset == 0 {
		return fault.New(fault.NotFound, "辖区缺少“%s”设置。", "The district has no %s set up.", docPoints)
	}
	z.Rules = z.rules[z.ruleset]
	return nil
}
