package store

import (
	"encoding/json"
	"time"

	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/lang"
	"gezhi/internal/territory"
)

// Zone is a district as installed.
type Zone struct {
	Code     int
	Slug     string // in addresses: binjiang
	Name     lang.Text
	Hours    string // working hours: 09:00-12:00,13:30-17:30
	Demo     bool   // holds synthetic people and illustrative boundaries
	Revision int64  // grows whenever areas, routes, posts, calendar or procedures change
}

func scanZone(rows *Rows) (Zone, error) {
	var z Zone
	var demo int64
	err := rows.Scan(&z.Code, &z.Slug, &z.Name.ZH, &z.Name.EN, &z.Hours, &demo, &z.Revision)
	z.Demo = demo != 0
	return z, err
}

// Zones lists the installed districts by code.
func (r *Reader) Zones() ([]Zone, error) {
	return collect(r, scanZone, `SELECT zone, slug, name_zh, name_en, hours, demo, revision FROM zones ORDER BY zone`)
}

// ZoneRevision is the revision of this zone's set-up, for noticing that a cached one is stale.
func (r *Reader) ZoneRevision() (int64, error) {
	return find(r, fault.New(fault.NotFound, "没有安装这个辖区。", "This district is not installed."), func(rows *Rows) (int64, error) {
		var n int64
		return n, rows.Scan(&n)
	}, `SELECT revision FROM zones WHERE zone=$1`, r.Zone)
}

// AddZone installs a district.
func (tx *Tx) AddZone(z Zone) error {
	if err := tx.exec(`INSERT INTO zones (zone, slug, name_zh, name_en, hours, demo) VALUES ($1,$2,$3,$4,$5,$6)`,
		z.Code, z.Slug, z.Name.ZH, z.Name.EN, z.Hours, bit(z.Demo)); err != nil {
		return err
	}
	return tx.exec(`INSERT INTO log_state (zone, size, integrated, since) VALUES ($1,0,0,$2)`, z.Code, at(tx.Now))
}

// Touch records that the zone's set-up changed, so that every process reads it again.
func (tx *Tx) Touch() error {
	return tx.exec(`UPDATE zones SET revision = revision + 1 WHERE zone=$1`, tx.Zone)
}

// Document is one version of a text that governs the zone: a procedure, the matter list, the kinds of post.
type Document struct {
	Kind    string // procedure, matters, posts, precedence, ladder …
	Name    string
	Version int
	State   string // draft, published, frozen
	Body    string
	At      time.Time
	By      casework.Person
}

// Documents lists every version of every document of the kind, by name and version.
func (r *Reader) Documents(kind string) ([]Document, error) {
	return collect(r, func(rows *Rows) (Document, error) {
		var d Document
		var when int64
		err := rows.Scan(&d.Kind, &d.Name, &d.Version, &d.State, &d.Body, &when, &d.By)
		d.At = ms(when)
		return d, err
	}, `SELECT kind, name, version, state, body, at, by_person FROM documents WHERE zone=$1 AND kind=$2 ORDER BY name, version`, r.Zone, kind)
}

// AddDocument stores a new version; a version once stored is never overwritten.
func (tx *Tx) AddDocument(d Document) error {
	return tx.exec(`INSERT INTO documents (zone, kind, name, version, state, body, at, by_person) VALUES ($1,$2,$3,$4,$5,$6,$7,$8)`,
		tx.Zone, d.Kind, d.Name, d.Version, d.State, d.Body, at(tx.Now), int64(d.By))
}

// SetDocumentState moves a version from one state to the next: draft to published, published to frozen.
func (tx *Tx) SetDocumentState(kind, name string, version int, from, to string) error {
	stale := fault.New(fault.Conflict, "这个版本的状态已经变了，请刷新后再操作。", "This version has changed state. Reload and try again.")
	return tx.mustChange(stale, `UPDATE documents SET state=$1 WHERE zone=$2 AND kind=$3 AND name=$4 AND version=$5 AND state=$6`,
		to, tx.Zone, kind, name, version, from)
}

// CalendarYear is one imported year of the working calendar.
type CalendarYear struct {
	Year   int
	Body   string // JSON as the calendar package writes it
	Source string
	At     time.Time
	By     casework.Person
}

// CalendarYears lists the imported years.
func (r *Reader) CalendarYears() ([]CalendarYear, error) {
	return collect(r, func(rows *Rows) (CalendarYear, error) {
		var y CalendarYear
		var when int64
		err := rows.Scan(&y.Year, &y.Body, &y.Source, &when, &y.By)
		y.At = ms(when)
		return y, err
	}, `SELECT year, body, source, at, by_person FROM calendar_years WHERE zone=$1 ORDER BY year`, r.Zone)
}

// SaveCalendarYear stores a year in place of an earlier import of it.
func (tx *Tx) SaveCalendarYear(y CalendarYear) error {
	return tx.exec(`INSERT INTO calendar_years (zone, year, body, source, at, by_person) VALUES ($1,$2,$3,$4,$5,$6)
		ON CONFLICT (zone, year) DO UPDATE SET body=excluded.body, source=excluded.source, at=excluded.at, by_person=excluded.by_person`,
		tx.Zone, y.Year, y.Body, y.Source, at(tx.Now), int64(y.By))
}

// AreaRow is an area with its outline as stored: a GeoJSON geometry, or nothing.
type AreaRow struct {
	territory.Area // Shape is not filled in
	GeoJSON        string
}

const areaColumns = `code, valid_from, valid_to, name, legacy_code, merged_into, households, illustrative, shape, official, class, urban`

func scanArea(rows *Rows) (AreaRow, error) {
	var a AreaRow
	var from, to, illustrative int64
	err := rows.Scan(&a.Code, &from, &to, &a.Name, &a.LegacyCode, &a.MergedInto, &a.Households, &illustrative, &a.GeoJSON, &a.Official, &a.Class, &a.Urban)
	a.From, a.To, a.Illustrative = ms(from), ms(to), illustrative != 0
	return a, err
}

// Areas lists every area that ever was, by code and start.
func (r *Reader) Areas() ([]AreaRow, error) {
	return collect(r, scanArea, `SELECT `+areaColumns+` FROM areas WHERE zone=$1 ORDER BY code, valid_from`, r.Zone)
}

// AreaSpans lists every span of one code, oldest first.
func (r *Reader) AreaSpans(code string) ([]AreaRow, error) {
	return collect(r, scanArea, `SELECT `+areaColumns+` FROM areas WHERE zone=$1 AND code=$2 ORDER BY valid_from`, r.Zone, code)
}

// AddAreas stores new areas.
func (tx *Tx) AddAreas(list []AreaRow) error {
	rows := make([][]any, len(list))
	for i, a := range list {
		rows[i] = []any{tx.Zone, a.Code, at(a.From), at(a.To), a.Name, a.LegacyCode, a.MergedInto, a.Households, bit(a.Illustrative), a.GeoJSON, a.Official, a.Class, a.Urban}
	}
	return tx.insertMany("areas", []string{"zone", "code", "valid_from", "valid_to", "name", "legacy_code", "merged_into", "households", "illustrative", "shape", "official", "class", "urban"}, rows)
}

// SaveArea stores one span of an area, in place of what stood under its code and start.
func (tx *Tx) SaveArea(a AreaRow) error {
	return tx.exec(`INSERT INTO areas (zone, code, valid_from, valid_to, name, legacy_code, merged_into, households, illustrative, shape, official, class, urban)
		VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13)
		ON CONFLICT (zone, code, valid_from) DO UPDATE SET valid_to=excluded.valid_to, name=excluded.name, legacy_code=excluded.legacy_code, merged_into=excluded.merged_into,
		households=excluded.households, illustrative=excluded.illustrative, shape=excluded.shape, official=excluded.official, class=excluded.class, urban=excluded.urban`,
		tx.Zone, a.Code, at(a.From), at(a.To), a.Name, a.LegacyCode, a.MergedInto, a.Households, bit(a.Illustrative), a.GeoJSON, a.Official, a.Class, a.Urban)
}

// EndArea ends the area's present span; its successor may begin at the same moment.
func (tx *Tx) EndArea(code string, when time.Time, mergedInto string) error {
	gone := fault.New(fault.Conflict, "区域 %s 已经失效。", "Area %s has already ended.", code)
	return tx.mustChange(gone, `UPDATE areas SET valid_to=$1, merged_into=$2 WHERE zone=$3 AND code=$4 AND valid_from < $1 AND valid_to = 0`,
		at(when), mergedInto, tx.Zone, code)
}

// SetAreaShape replaces the outline of the area's present span.
func (tx *Tx) SetAreaShape(code, geojson string, illustrative bool) error {
	gone := fault.New(fault.NotFound, "区域 %s 不存在或已失效。", "Area %s does not exist or has ended.", code)
	return tx.mustChange(gone, `UPDATE areas SET shape=$1, illustrative=$2 WHERE zone=$3 AND code=$4 AND valid_to = 0`, geojson, bit(illustrative), tx.Zone, code)
}

// Overlays lists overlay areas; Shape is not filled in, the GeoJSON geometry comes beside.
func (r *Reader) Overlays() (list []territory.Overlay, shapes []string, err error) {
	list, err = collect(r, func(rows *Rows) (territory.Overlay, error) {
		var o territory.Overlay
		var areas, shape, note string
		var from, to int64
		if err := rows.Scan(&o.ID, &o.Kind, &o.Name.ZH, &o.Name.EN, &areas, &shape, &note, &from, &to); err != nil {
			return o, err
		}
		o.From, o.To, o.Note = ms(from), ms(to), lang.Text{ZH: note}
		shapes = append(shapes, shape)
		return o, json.Unmarshal([]byte(areas), &o.Areas)
	}, `SELECT id, kind, name_zh, name_en, areas, shape, note, valid_from, valid_to FROM overlays WHERE zone=$1 ORDER BY id, valid_from`, r.Zone)
	return list, shapes, err
}

// AddOverlay stores an overlay area.
func (tx *Tx) AddOverlay(o territory.Overlay, geojson string) error {
	areas, err := json.Marshal(o.Areas)
	if err != nil {
		return err
	}
	return tx.exec(`INSERT INTO overlays (zone, id, kind, name_zh, name_en, areas, shape, note, valid_from, valid_to) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10)`,
		tx.Zone, o.ID, o.Kind, o.Name.ZH, o.Name.EN, string(areas), geojson, o.Note.ZH, at(o.From), at(o.To))
}

// UnitRow is a public body, a company or a committee that handles matters.
type UnitRow struct {
	Code     string
	Name     lang.Text
	Kind     string
	Area     string
	Example  bool // from the example establishment, not from a real list
	From, To time.Time
}

// Units lists every unit by code.
func (r *Reader) Units() ([]UnitRow, error) {
	return collect(r, func(rows *Rows) (UnitRow, error) {
		var u UnitRow
		var example, from, to int64
		err := rows.Scan(&u.Code, &u.Name.ZH, &u.Name.EN, &u.Kind, &u.Area, &example, &from, &to)
		u.Example, u.From, u.To = example != 0, ms(from), ms(to)
		return u, err
	}, `SELECT code, name_zh, name_en, kind, area, example, valid_from, valid_to FROM units WHERE zone=$1 ORDER BY code`, r.Zone)
}

// AddUnit stores a unit.
func (tx *Tx) AddUnit(u UnitRow) error {
	return tx.exec(`INSERT INTO units (zone, code, name_zh, name_en, kind, area, example, valid_from, valid_to) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9)`,
		tx.Zone, u.Code, u.Name.ZH, u.Name.EN, u.Kind, u.Area, bit(u.Example), at(u.From), at(u.To))
}

// Routes lists the routing table; Route.Line is the row's id.
func (r *Reader) Routes() ([]territory.Route, error) {
	return collect(r, func(rows *Rows) (territory.Route, error) {
		var t territory.Route
		return t, rows.Scan(&t.Line, &t.Matter, &t.Area, &t.Stage, &t.Mode, &t.Owner, &t.Note)
	}, `SELECT id, matter, area, stage, mode, owner, note FROM routes WHERE zone=$1 ORDER BY id`, r.Zone)
}

// AddRoute stores a route under the id in its Line.
func (tx *Tx) AddRoute(t territory.Route) error {
	return tx.exec(`INSERT INTO routes (zone, id, matter, area, stage, mode, owner, note) VALUES ($1,$2,$3,$4,$5,$6,$7,$8)`,
		tx.Zone, t.Line, t.Matter, t.Area, t.Stage, string(t.Mode), t.Owner, t.Note)
}

// DropRoute deletes a route; what it said stays in the audit log.
func (tx *Tx) DropRoute(id int) error {
	gone := fault.New(fault.NotFound, "没有第 %d 条派遣规则。", "There is no route %d.", id)
	return tx.mustChange(gone, `DELETE FROM routes WHERE zone=$1 AND id=$2`, tx.Zone, id)
}

// Switch is one 平战转换: an area subtree in emergency mode for a time.
type Switch struct {
	ID       int64
	Area     string
	Reason   string
	From, To time.Time // To zero: still on
	By       casework.Person
}

// Switches lists them all, newest first.
func (r *Reader) Switches() ([]Switch, error) {
	return collect(r, func(rows *Rows) (Switch, error) {
		var s Switch
		var from, to int64
		err := rows.Scan(&s.ID, &s.Area, &s.Reason, &from, &to, &s.By)
		s.From, s.To = ms(from), ms(to)
		return s, err
	}, `SELECT id, area, reason, from_at, to_at, by_person FROM modes WHERE zone=$1 ORDER BY id DESC`, r.Zone)
}

// AddSwitch stores the beginning of an emergency.
func (tx *Tx) AddSwitch(s Switch) error {
	return tx.exec(`INSERT INTO modes (zone, id, area, reason, from_at, by_person) VALUES ($1,$2,$3,$4,$5,$6)`,
		tx.Zone, s.ID, s.Area, s.Reason, at(s.From), int64(s.By))
}

// EndSwitch ends an emergency that is on.
func (tx *Tx) EndSwitch(id int64) error {
	over := fault.New(fault.Conflict, "这次战时状态已经结束。", "This emergency has already ended.")
	return tx.mustChange(over, `UPDATE modes SET to_at=$1 WHERE zone=$2 AND id=$3 AND to_at = 0`, at(tx.Now), tx.Zone, id)
}
