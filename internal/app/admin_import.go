package app

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	"gezhi/internal/calendar"
	"gezhi/internal/fault"
	"gezhi/internal/geo"
	"gezhi/internal/lang"
	"gezhi/internal/pack"
	"gezhi/internal/sheet"
	"gezhi/internal/store"
	"gezhi/internal/territory"
)

// AreaCheck is what importing a file of areas would do, before anybody has confirmed it.
type AreaCheck struct {
	File  store.Import
	Plan  territory.Plan
	Sheet bool // the file is a table, which can be handed back with its mistakes
	table sheet.Table
}

// Wrong counts what will not be imported.
func (c AreaCheck) Wrong() int {
	n := 0
	for _, p := range c.Plan.Problems {
		if !p.Warning {
			n++
		}
	}
	return n
}

// AreaColumns are the columns of a table of areas.
func AreaColumns() sheet.Columns {
	col := func(key, zh, en string, aliases ...string) sheet.Column {
		return sheet.Column{Key: key, Name: lang.Text{ZH: zh, EN: en}, Aliases: aliases}
	}
	cs := sheet.Columns{
		col("code", "区划代码", "Area code", "code12", "adcode", "代码", "编码", "网格编码"),
		col("name", "名称", "Name", "区域名称", "网格名称"),
		col("was", "原名称", "Old name", "old_name"),
		col("official", "全称", "Official name", "official_name", "规范名称"),
		col("parent", "上级代码", "Parent code", "parent_code", "parent_code12", "上级编码"),
		col("level", "层级", "Level", "级别"),
		col("class", "网格类型", "Class"),
		col("urban", "城乡分类代码", "Urban code", "城乡分类"),
		col("legacy_code", "旧编码", "Legacy code", "原编码"),
		col("valid_from", "生效日期", "Valid from"),
		col("valid_to", "失效日期", "Valid to"),
		col("merged_into", "并入", "Merged into"),
		col("households", "户数", "Households"),
	}
	for i := range cs {
		cs[i].Required = i < 2
		cs[i].Code = slices.Contains([]string{"code", "parent", "legacy_code", "merged_into", "urban"}, cs[i].Key)
	}
	cs[0].Example, cs[1].Example = "330108001001001", "第一网格"
	cs[0].Note = lang.Text{ZH: "区县 6、街道 9、社区 12、网格 15、微网格 17 位", EN: "6, 9, 12, 15 or 17 digits"}
	cs[2].Note = lang.Text{ZH: "更名时填现在的名称，用来确认", EN: "the present name, to confirm a renaming"}
	return cs
}

const maxImport = 40 << 20

// KeepImport keeps an uploaded file of areas or of a roster until it is confirmed; a file that cannot be read at
// all is refused at once.
func (a *App) KeepImport(ctx context.Context, v Viewer, kind, name, datum string, body []byte) (int64, error) {
	power := EditAreas
	if kind == "roster" {
		power = EditPosts
	}
	if err := v.need(power); err != nil {
		return 0, err
	}
	if len(body) == 0 {
		return 0, fault.Field("file", "请选择文件。", "Choose a file.")
	}
	if len(body) > maxImport {
		return 0, fault.Field("file", "文件超过 %d MB，请拆分后分批导入。", "The file is larger than %d MB; split it.", maxImport>>20)
	}
	f := store.Import{Kind: kind, Name: name, Datum: datum, Body: body}
	var err error
	if kind == "roster" {
		_, err = sheet.Read(body, name, RosterColumns())
	} else {
		_, _, _, err = readAreaFile(f)
	}
	if err != nil {
		return 0, within("read "+name, asFile(err))
	}
	return a.keepImport(ctx, v, f)
}

// asFile puts a fault about a whole file beside the field that took it.
func asFile(err error) error {
	fs := fault.Fields(err)
	if len(fs) == 0 {
		return err
	}
	out := make(fault.List, 0, len(fs))
	for _, f := range fs[:min(len(fs), 20)] {
		g := *f
		g.Field = "file"
		out = append(out, &g)
	}
	return out
}

// readAreaFile reads a table or a GeoJSON file into entries whose Row is the file's own.
func readAreaFile(f store.Import) ([]territory.Entry, territory.Problems, *sheet.Table, error) {
	if head := bytes.TrimSpace(bytes.TrimPrefix(f.Body[:min(len(f.Body), 64)], []byte("\xef\xbb\xbf"))); bytes.HasPrefix(head, []byte("{")) {
		from, err := geo.ParseDatum(f.Datum)
		if err != nil {
			return nil, nil, nil, asField(err, "datum")
		}
		features, err := geo.ReadFeatures(bytes.NewReader(f.Body))
		if err != nil {
			return nil, nil, nil, err
		}
		for i := range features {
			features[i].Shape = features[i].Shape.Convert(from, geo.WGS84)
		}
		entries, ps := territory.ShapeEntries(features)
		return entries, ps, nil, nil
	}
	t, err := sheet.Read(f.Body, f.Name, AreaColumns())
	if err != nil {
		return nil, nil, nil, err
	}
	entries, ps := areaEntries(t)
	return entries, ps, &t, nil
}

// areaEntries reads the rows of a table. Villages may be written the long way statistics files do.
func areaEntries(t sheet.Table) ([]territory.Entry, territory.Problems) {
	var keys []string
	for _, c := range AreaColumns() {
		if t.Has(c.Key) {
			keys = append(keys, c.Key)
		}
	}
	rows, at := [][]string{keys}, []int{0}
	cells := sheet.Problems{}
	for r := range t.All(cells) {
		line := make([]string, len(keys))
		for i, k := range keys {
			line[i] = r.Text(k)
			if k == "valid_from" || k == "valid_to" {
				if d := r.Date(k); !d.IsZero() {
					line[i] = d.Format(time.DateOnly)
				}
			}
		}
		if r.OK() {
			rows, at = append(rows, line), append(at, r.Number)
		}
	}
	entries, _, ps := territory.Entries(rows, calendar.Zone())
	for i := range entries {
		entries[i].Row = at[entries[i].Row-1]
		entries[i].Area.Name = pack.AreaName(entries[i].Area.Name)
	}
	for i := range ps {
		ps[i].Row = at[ps[i].Row-1]
	}
	for row, list := range cells {
		for _, e := range list {
			ps = append(ps, territory.Problem{Row: row, Error: *e})
		}
	}
	return entries, ps
}

// CheckAreas says what importing a kept file of areas would do now.
func (a *App) CheckAreas(ctx context.Context, v Viewer, id int64) (AreaCheck, error) {
	var c AreaCheck
	if err := v.need(EditAreas); err != nil {
		return c, err
	}
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return c, err
	}
	err = a.db.View(ctx, v.Zone, func(r *store.Reader) error {
		c.File, err = kept(r, id, "areas")
		return err
	})
	if err != nil {
		return c, err
	}
	return c, c.check(z, a.now())
}

func (c *AreaCheck) check(z *Zone, now time.Time) error {
	entries, ps, table, err := readAreaFile(c.File)
	if err != nil {
		return within("read "+c.File.Name, err)
	}
	if table != nil {
		c.Sheet, c.table = true, *table
	}
	c.Plan = territory.Precheck(z.Tree.All(), zoneCode(z.Code), entries, now)
	c.Plan.Problems = append(c.Plan.Problems, ps...)
	slices.SortStableFunc(c.Plan.Problems, func(x, y territory.Problem) int { return x.Row - y.Row })
	return nil
}

// ErrorRows is the file handed back, its wrong rows marked and a column 错误说明 added.
func (c AreaCheck) ErrorRows(l lang.Lang) ([]byte, error) {
	if !c.Sheet {
		return nil, fault.New(fault.NotFound, "这份文件不是表格，错误列在页面上。", "The file is no table; its mistakes are listed on the page.")
	}
	return sheet.WithErrors(c.table, problemTexts(c.Plan.Problems, l), l)
}

func problemTexts(ps territory.Problems, l lang.Lang) map[int][]string {
	out := map[int][]string{}
	for _, p := range ps {
		if !p.Warning {
			out[p.Row] = append(out[p.Row], p.Sentence(l))
		}
	}
	return out
}

// ApplyAreas imports the right rows of a kept file. seen is the set-up's revision when the check was shown:
// when somebody has changed it since, nothing is imported and the check has to be looked at again.
func (a *App) ApplyAreas(ctx context.Context, v Viewer, id, seen int64, key string) (AreaCheck, error) {
	c, err := a.CheckAreas(ctx, v, id)
	if err != nil {
		return c, err
	}
	err = a.change(ctx, v, EditAreas, key, func(e *edit) error {
		if e.was.Revision != seen {
			return fault.New(fault.Conflict, "核对之后区域设置又有改动，下面是按最新情况重新核对的结果，请确认后再导入。",
				"The set-up has changed since the check. Below is the check as of now; confirm it again.")
		}
		if c.File, err = e.tx.Import(id); err != nil {
			return err
		}
		if err := c.check(e.was, e.tx.Now); err != nil {
			return err
		}
		if len(c.Plan.Add)+len(c.Plan.Change) == 0 {
			return fault.New(fault.Invalid, "没有可以导入的内容。", "There is nothing to import.")
		}
		summary := fmt.Sprintf("新增 %d，变更 %d，未导入 %d", len(c.Plan.Add), len(c.Plan.Change), c.Wrong())
		if err := e.apply(c.Plan); err != nil {
			return err
		}
		e.record("area.import", "import:"+strconv.FormatInt(id, 10), c.File.Name, summary)
		return e.tx.FinishImport(id, summary)
	}, nil)
	return c, err
}

// apply stores what a plan changes.
func (e *edit) apply(p territory.Plan) error {
	before := e.was.Tree.All()
	type span struct {
		code string
		from int64
	}
	touched := map[string]bool{}
	for _, c := range p.Change {
		touched[c.Before.Code] = true
		e.later(c.After.Span)
	}
	old := map[span]bool{}
	for _, x := range before {
		old[span{x.Code, x.From.UnixMilli()}] = true
	}
	var added []store.AreaRow
	for _, x := range p.Apply(before, e.tx.Now) {
		if !touched[x.Code] && old[span{x.Code, x.From.UnixMilli()}] {
			continue
		}
		if !touched[x.Code] {
			if x.From.IsZero() {
				x.From = calendar.DayOf(e.tx.Now).Start()
			}
			added = append(added, areaRow(x))
			e.later(x.Span)
			continue
		}
		if err := e.tx.SaveArea(areaRow(x)); err != nil {
			return err
		}
	}
	return e.tx.AddAreas(added)
}

// later notes the moments at which a span takes effect.
func (e *edit) later(s territory.Span) {
	for _, t := range []time.Time{s.From, s.To} {
		if t.After(e.tx.Now) && !slices.ContainsFunc(e.at, t.Equal) {
			e.at = append(e.at, t)
		}
	}
}
