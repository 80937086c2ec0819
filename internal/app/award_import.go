package app

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"gezhi/internal/calendar"
	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/idcode"
	"gezhi/internal/lang"
	"gezhi/internal/points"
	"gezhi/internal/sheet"
	"gezhi/internal/store"
)

// AwardColumns are the columns of a list of awards.
func AwardColumns() sheet.Columns {
	return sheet.Columns{
		{Key: "rule", Name: lang.Text{ZH: "积分事项", EN: "Item"}, Aliases: []string{"事项", "事项编号"}, Required: true, Example: "家庭参加社区环境整治",
			Note: lang.Text{ZH: "填事项名称或编号，须为“社区名单导入”的事项", EN: "name or id of an item that comes by list"}},
		{Key: "phone", Name: lang.Text{ZH: "手机号", EN: "Phone"}, Aliases: []string{"联系电话"}, Code: true, Example: "13800000000",
			Note: lang.Text{ZH: "得分人；家庭事项填任一成员的手机号", EN: "of whoever earns; of any member for a household"}},
		{Key: "name", Name: lang.Text{ZH: "姓名", EN: "Name"}, Note: lang.Text{ZH: "手机号没有登记过的必须填写，将一并登记；登记过的用于核对", EN: "needed for phones not known yet; checked for the others"}},
		{Key: "unit", Name: lang.Text{ZH: "单位代码", EN: "Unit code"}, Code: true, Note: lang.Text{ZH: "只用于单位事项，此时不填手机号", EN: "for items of units only, without a phone"}},
		{Key: "day", Name: lang.Text{ZH: "日期", EN: "Date"}, Required: true, Example: "2026-03-01"},
		{Key: "quantity", Name: lang.Text{ZH: "数量", EN: "Quantity"}, Note: lang.Text{ZH: "按人次、件数等计分的事项填写；固定分值的不填", EN: "of items that count heads or pieces; none for fixed values"}, Example: "2"},
		{Key: "text", Name: lang.Text{ZH: "说明", EN: "Remark"}, Example: "清扫楼道"},
	}
}

// AwardCheck is what importing a list of awards would do, before anybody has confirmed it.
type AwardCheck struct {
	File     store.Import
	Path     string // of the community whose list it is
	Lines    []AwardRow
	Problems sheet.Problems
	Rows     []int // that have problems, in order
	Points   int64 // of the right rows together
	table    sheet.Table
	seen     map[string]int64 // where the counting of the earners stood before they were counted
}

// AwardRow is one award of a file.
type AwardRow struct {
	Row    int
	Earner string // masked
	New    bool   // a person not known yet
	Item   points.Rule
	award  points.Award
	name   string
	phone  string
	key    string // whom caps count for, of people not known yet too
}

// maxAwardRows bounds one list; it is imported in one transaction.
const maxAwardRows = 20_000

// KeepAwards keeps an uploaded list of awards of a community until it is confirmed.
func (a *App) KeepAwards(ctx context.Context, v Viewer, area, name string, body []byte) (int64, error) {
	if area == "" && len(v.tops(ImportAwards)) == 1 {
		area = v.tops(ImportAwards)[0]
	}
	if err := v.needIn(ImportAwards, area); err != nil {
		return 0, err
	}
	if idcode.LevelOf(area) != idcode.Community {
		return 0, fault.Field("area", "请选择社区（村）。", "Choose the community or village.")
	}
	t, err := readList(name, body, AwardColumns())
	if err != nil {
		return 0, err
	}
	if len(t.Rows) > maxAwardRows {
		return 0, fault.Field("file", "一份名单最多 %d 行，请拆分后分批导入。", "A list has at most %d rows; please split it.", maxAwardRows)
	}
	return a.keepImport(ctx, v, store.Import{Kind: "awards", Name: name, Area: area, Body: body})
}

// CheckAwards says what importing a kept list would do now.
func (a *App) CheckAwards(ctx context.Context, v Viewer, id int64) (AwardCheck, error) {
	var c AwardCheck
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return c, err
	}
	err = a.db.View(ctx, v.Zone, func(r *store.Reader) error {
		c = AwardCheck{}
		if c.File, err = v.ownList(r, id, ImportAwards); err != nil {
			return err
		}
		return a.checkAwards(r, z, &c)
	})
	return c, err
}

// ownList loads a list of the viewer's area.
func (v Viewer) ownList(r *store.Reader, id int64, p Power) (store.Import, error) {
	f, err := kept(r, id, "awards")
	if err != nil {
		return f, err
	}
	return f, v.needIn(p, f.Area)
}

// checkAwards reads the file and looks everybody up at once.
func (a *App) checkAwards(r *store.Reader, z *Zone, c *AwardCheck) error {
	t, err := sheet.Read(c.File.Body, c.File.Name, AwardColumns())
	if err != nil {
		return err
	}
	c.table, c.Problems, c.Path = t, sheet.Problems{}, z.Tree.Path(c.File.Area)
	rows, err := a.awardRows(r, z, c)
	if err != nil {
		return err
	}
	var subjects []string
	for _, x := range rows {
		if !x.New {
			subjects = append(subjects, x.key)
		}
	}
	slices.Sort(subjects)
	subjects = slices.Compact(subjects)
	if c.seen, err = r.SubjectRevisions(subjects); err != nil {
		return err
	}
	l, err := newTally(r, subjects)
	if err != nil {
		return err
	}
	for _, x := range rows {
		if err := l.fits(z, x); err != nil {
			c.fail(x.Row, err)
			continue
		}
		c.Lines = append(c.Lines, x)
		c.Points += x.award.Points
	}
	c.Rows = c.Problems.Rows()
	return nil
}

func (c *AwardCheck) fail(row int, err error) {
	for _, f := range fault.Fields(err) {
		c.Problems.Add(row, f.Field, "%[1]s", "%[2]s", f.ZH, f.EN)
	}
}

// registry is everybody a list names, looked up in a few queries.
type registry struct {
	people map[string]store.PersonRow // by phone hash
	marks  map[casework.Person][]string
	homes  map[casework.Person]store.Household
}

func (a *App) registry(r *store.Reader, hashes [][]byte) (registry, error) {
	var g registry
	var err error
	if g.people, err = r.PeopleByPhone("resident", hashes); err != nil {
		return g, err
	}
	var ids []casework.Person
	for _, p := range g.people {
		ids = append(ids, p.ID)
	}
	slices.Sort(ids)
	if g.marks, err = r.MarksOf(ids); err != nil {
		return g, err
	}
	g.homes, err = r.HouseholdsOf(ids)
	return g, err
}

// awardRows are the rows that are right in themselves, as awards.
func (a *App) awardRows(r *store.Reader, z *Zone, c *AwardCheck) ([]AwardRow, error) {
	type draft struct {
		sheet.Row
		x    AwardRow
		hash []byte
	}
	var drafts []draft
	var hashes [][]byte
	for row := range c.table.All(c.Problems) {
		d := draft{Row: row, x: AwardRow{Row: row.Number, name: row.Text("name")}}
		d.x.award = points.Award{Version: z.ruleset, Unit: row.Text("unit"), Area: c.File.Area, Quantity: row.Int("quantity"), Text: row.Text("text"), Import: c.File.ID, By: points.Person(c.File.By)}
		if day := row.Date("day"); !day.IsZero() {
			d.x.award.Day = calendar.Date(day.Year(), day.Month(), day.Day())
		}
		if phone := row.Text("phone"); phone != "" {
			number, err := idcode.ParsePhone(phone)
			if err != nil {
				c.fail(row.Number, asField(err, "phone"))
				continue
			}
			d.x.phone, d.hash = number, a.ring.Hash("phone", number)
			hashes = append(hashes, d.hash)
		}
		if !row.OK() {
			continue
		}
		drafts = append(drafts, d)
	}
	g, err := a.registry(r, hashes)
	if err != nil {
		return nil, err
	}
	var out []AwardRow
	for _, d := range drafts {
		if err := a.fill(r, z, g, &d.x, d.Text("rule"), d.hash); err != nil {
			if len(fault.Fields(err)) == 0 {
				return nil, err
			}
			c.fail(d.Number, err)
			continue
		}
		out = append(out, d.x)
	}
	return out, nil
}

// fill finds the row's item and who earns.
func (a *App) fill(r *store.Reader, z *Zone, g registry, x *AwardRow, item string, hash []byte) error {
	i := slices.IndexFunc(z.Rules.List, func(r points.Rule) bool {
		return r.ID == item || r.Name.ZH == item || strings.EqualFold(r.Name.EN, item)
	})
	if i < 0 {
		return fault.Field("rule", "积分规则中没有“%s”这一事项", "the rules have no item %s.", item)
	}
	x.Item = z.Rules.List[i]
	if x.Item.Source != points.FromList {
		return fault.Field("rule", "“%[1]s”不按名单记分（%[2]s）", "%[3]s does not come by list but %[4]s.", x.Item.Name.ZH, x.Item.Source.Name().ZH, x.Item.Name.EN, x.Item.Source.Name().EN)
	}
	if utf8.RuneCountInString(x.award.Text) > 500 {
		return fault.Field("text", "说明请控制在 500 字以内", "keep the remark within 500 characters.")
	}
	switch unit := slices.Contains(x.Item.Who, points.UnitEarner); {
	case unit:
		u, ok := z.Units[x.award.Unit]
		if !ok {
			return fault.Field("unit", "单位事项须填写已登记的单位代码", "an item of units needs the code of a unit that exists.")
		}
		x.Earner = u.Name.ZH
	case x.award.Unit != "":
		return fault.Field("unit", "“%s”不是单位事项，请填手机号，不填单位代码", "%[2]s is no item of units; give a phone instead.", x.Item.Name.ZH, x.Item.Name.EN)
	case x.phone == "":
		return fault.Field("phone", "“手机号”不能为空", "the phone must not be empty.")
	default:
		if err := a.fillPerson(r, g, x, hash); err != nil {
			return err
		}
	}
	w, _, err := x.Item.New(x.award, r.Now)
	if err != nil {
		return err
	}
	w.Evidence = "day:" + w.Day.String()
	x.award = w
	if x.key == "" {
		x.key = w.Subject()
	}
	return nil
}

func (a *App) fillPerson(r *store.Reader, g registry, x *AwardRow, hash []byte) error {
	p, known := g.people[string(hash)]
	if !known {
		if _, err := ParsePersonName("name", x.name); err != nil {
			return fault.Field("name", "手机号没有登记过，须填写真实姓名以便登记", "the phone is not known; give the real name to enter it.")
		}
		if !x.Item.MayEarn(points.Resident) {
			return asField(forWhom(x.Item), "rule")
		}
		x.New, x.Earner, x.key = true, idcode.MaskName(x.name), "phone:"+x.phone
		return nil
	}
	if err := still(p); err != nil {
		return asField(err, "phone")
	}
	name, _, err := a.open(r.Zone, p)
	if err != nil {
		return err
	}
	if x.name != "" && x.name != name && name != guestName(x.phone) {
		return fault.Field("name", "姓名与手机号登记的不一致（登记为%[1]s）", "the name is not the one entered with the phone (%[1]s).", idcode.MaskName(name))
	}
	x.Earner, x.award.Person = idcode.MaskName(name), points.Person(p.ID)
	are := []points.Earner{points.Resident}
	for _, m := range g.marks[p.ID] {
		are = append(are, points.Earner(m))
	}
	if x.Item.ForHousehold() {
		h, ok := g.homes[p.ID]
		if !ok {
			return fault.Field("phone", "此人还没有绑定家庭，请先在“家庭与人员”中登记", "that person belongs to no household yet; enter it first.")
		}
		x.award.Household, are = h.ID, []points.Earner{points.Household}
		x.Earner += "（家庭）"
	}
	if !x.Item.MayEarn(are...) {
		return asField(forWhom(x.Item), "rule")
	}
	return nil
}

// guestName is what somebody is called who signed in by phone and never told a name.
func guestName(phone string) string { return "居民" + phone[len(phone)-4:] }

// tally counts what the earners of a list have had, and then what the list's rows above bring.
type tally struct {
	had map[string][]store.Counted // by whom caps count for
}

func newTally(r *store.Reader, subjects []string) (tally, error) {
	l := tally{map[string][]store.Counted{}}
	return l, r.EachCounted(subjects, func(c store.Counted) { l.had[c.Subject] = append(l.had[c.Subject], c) })
}

// fits refuses a row that would exceed a cap or says the same as another, and counts it otherwise.
func (l tally) fits(z *Zone, x AwardRow) error {
	had := l.had[x.key]
	for _, c := range had {
		if c.Rule == x.Item.ID && c.Evidence != "" && c.Evidence == x.award.Evidence {
			return fault.Field("day", "同一人（户、单位）同一天的“%[1]s”已有记录，不能重复", "there is %[2]s of the same earner and day already.", x.Item.Name.ZH, x.Item.Name.EN)
		}
	}
	err := z.Rules.Within(x.Item, x.award.Day, x.award.Points, func(first, last calendar.Day, all bool) (points.Count, error) {
		var n points.Count
		for _, c := range had {
			if (all || c.Rule == x.Item.ID) && (first == 0 && last == 0 || c.Day >= first && c.Day <= last) {
				n.Points, n.Times = n.Points+c.Points, n.Times+1
			}
		}
		return n, nil
	})
	if err != nil {
		return asField(err, "quantity")
	}
	l.had[x.key] = append(had, store.Counted{Subject: x.key, Rule: x.Item.ID, Day: x.award.Day, Points: x.award.Points, Evidence: x.award.Evidence})
	return nil
}

// ErrorRows is the file handed back, its wrong rows marked and a column 错误说明 added.
func (c AwardCheck) ErrorRows(l lang.Lang) ([]byte, error) {
	return sheet.WithErrors(c.table, c.Problems.Texts(l), l)
}

// ApplyAwards enters the awards of a kept list whose rows are right, all of them or none. lines is how many the check
// showed: when it is another number now, nothing is entered and the check has to be looked at again. Each award then
// goes its way by its rule: to somebody else's review, into publicity, or to be posted.
func (a *App) ApplyAwards(ctx context.Context, v Viewer, id int64, lines int, key string) (AwardCheck, error) {
	var c AwardCheck
	err := a.plain(ctx, v, key, func(e *edit) error {
		c = AwardCheck{}
		var err error
		if c.File, err = v.ownList(&e.tx.Reader, id, ImportAwards); err != nil {
			return err
		}
		if !c.File.Done.IsZero() {
			return fault.New(fault.Conflict, "这份文件已经导入过。", "This file has been imported already.")
		}
		if err := a.checkAwards(&e.tx.Reader, e.was, &c); err != nil {
			return err
		}
		if err := confirmed(lines, len(c.Lines)); err != nil {
			return err
		}
		if err := a.enterAwards(e, v, &c); err != nil {
			return err
		}
		summary := fmt.Sprintf("导入 %d 条，共 %d 分，未导入 %d 条", len(c.Lines), c.Points, len(c.Rows))
		e.record("award.import", "import:"+strconv.FormatInt(id, 10), c.File.Name, summary)
		return e.tx.FinishImport(id, summary)
	})
	if err != nil {
		return c, err
	}
	_, err = a.PostDue(ctx, v.Zone)
	return c, err
}

func (a *App) enterAwards(e *edit, v Viewer, c *AwardCheck) error {
	tx, z := e.tx, e.was
	entered := map[string]points.Person{}
	var subjects []string
	awards, events := make([]points.Award, len(c.Lines)), make([][]points.Event, len(c.Lines))
	for i, x := range c.Lines {
		w := x.award
		if x.New {
			if entered[x.phone] == 0 {
				p, err := a.AddResident(tx, NewPerson{Name: x.name, Phone: x.phone, Area: c.File.Area, Synthetic: z.Demo})
				if err != nil {
					return err
				}
				entered[x.phone] = points.Person(p)
				e.log = append(e.log, store.Audit{Action: "person.add", Subject: "import:" + strconv.FormatInt(c.File.ID, 10), Person: p})
			}
			w.Person = entered[x.phone]
		}
		w.ID, w.By = points.ID(tx.NewID()), points.Person(v.Person)
		history := []points.Event{{Seq: 1, At: tx.Now, Actor: w.By, Act: points.Submit, To: points.Submitted}}
		if x.Item.Review.Role == "" { // publicity at once, or posting by the next timer
			now, e, err := w.Do(points.Step{Act: x.Item.Approve(w), Now: tx.Now}, nil)
			if err != nil {
				return err
			}
			if w, history = now, append(history, e); w.State == points.Publicity {
				w = w.Published(z.Calendar, x.Item.Publicity, tx.Now)
			}
		}
		awards[i], events[i] = w, history
		subjects = append(subjects, w.Subject())
	}
	slices.Sort(subjects)
	if err := tx.AddAwards(awards, events); err != nil {
		return err
	}
	return tx.TouchSubjects(slices.Compact(subjects), c.seen)
}

// ImportPage is a list with what became of its awards.
type ImportPage struct {
	File   store.Import
	Path   string
	States map[points.State]int
	Total  int
	Turn   int // awards that wait for the viewer's review
	Undo   bool
}

// ImportOf loads the page of a list that was applied.
func (a *App) ImportOf(ctx context.Context, v Viewer, id int64) (ImportPage, error) {
	var p ImportPage
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return p, err
	}
	err = a.db.View(ctx, v.Zone, func(r *store.Reader) error {
		p = ImportPage{States: map[points.State]int{}}
		if p.File, err = v.ownList(r, id, ImportAwards|ReviewAwards); err != nil {
			return err
		}
		p.Path, p.Undo = z.Tree.Path(p.File.Area), !p.File.Done.IsZero()
		if p.States, err = r.ImportStates(id); err != nil {
			return err
		}
		for _, n := range p.States {
			p.Total += n
		}
		p.Turn, err = r.CountAwards(v.awardScope(), store.AwardFilter{Import: id, Turns: z.turns(v)})
		return err
	})
	return p, err
}

// Lists are the latest lists of the viewer's areas.
func (a *App) Lists(ctx context.Context, v Viewer) ([]store.Import, error) {
	if err := v.need(ImportAwards | ReviewAwards); err != nil {
		return nil, err
	}
	var out []store.Import
	err := a.db.View(ctx, v.Zone, func(r *store.Reader) error {
		out = nil
		for _, area := range v.tops(ImportAwards | ReviewAwards) {
			list, err := r.Imports("awards", "", area, 50)
			if err != nil {
				return err
			}
			out = append(out, list...)
		}
		return nil
	})
	return out, err
}

// ManyDone is what became of many awards decided at once.
type ManyDone struct {
	Done    int
	Skipped int   // left for somebody else, or not possible any more
	Why     error // of the first one skipped
}

// DecideImport reviews every award of a list whose turn is the viewer's. Those of the viewer's own household are left
// for somebody else and counted.
func (a *App) DecideImport(ctx context.Context, v Viewer, id int64, d Decision, note string) (ManyDone, error) {
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return ManyDone{}, err
	}
	f := store.AwardFilter{Import: id, Turns: z.turns(v)}
	out, err := a.each(ctx, v, id, f, func(tx *store.Tx, was points.Award) error { return a.decide(tx, z, v, was, d, note) })
	if err != nil {
		return out, err
	}
	_, err = a.PostDue(ctx, v.Zone)
	return out, err
}

// UndoImport takes a list back, with a reason: what is not posted yet is withdrawn, what is posted is reversed. Whoever
// brought the list can withdraw; reversing takes somebody else. An award that is objected to is left to its procedure.
func (a *App) UndoImport(ctx context.Context, v Viewer, id int64, note string) (ManyDone, error) {
	note, err := words("note", note, 4, 200)
	if err != nil {
		return ManyDone{}, err
	}
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return ManyDone{}, err
	}
	f := store.AwardFilter{Import: id, States: []points.State{points.Submitted, points.Reviewed, points.Publicity, points.Objected, points.Waiting, points.Posted}}
	out, err := a.each(ctx, v, id, f, func(tx *store.Tx, was points.Award) error {
		if was.State == points.Posted {
			if err := v.needIn(ReviewAwards, was.Area); err != nil {
				return err
			}
			return a.reverse(tx, z, v, was, note)
		}
		now, e, err := was.Do(points.Step{Act: points.Withdraw, By: points.Person(v.Person), Note: note, Now: tx.Now}, nil)
		if err != nil {
			return err
		}
		now.Reason = note
		return tx.MoveAward(was, now, []points.Event{e})
	})
	if err != nil {
		return out, err
	}
	return out, a.db.InTx(ctx, v.Zone, func(tx *store.Tx) error {
		if err := tx.AddAudit(store.Audit{ID: tx.NewID(), Actor: v.Person, Action: "award.undo", Subject: "import:" + strconv.FormatInt(id, 10), Reason: note, Detail: fmt.Sprintf("%d/%d", out.Done, out.Done+out.Skipped)}); err != nil {
			return err
		}
		return tx.SetImportSummary(id, fmt.Sprintf("已撤回：%d 条；未撤回 %d 条。原因：%s", out.Done, out.Skipped, note))
	})
}

// each goes through the awards of a list in transactions of a hundred; one that is refused is counted and left as it
// is. act refuses before it writes anything.
func (a *App) each(ctx context.Context, v Viewer, id int64, f store.AwardFilter, act func(*store.Tx, points.Award) error) (ManyDone, error) {
	var out ManyDone
	f.Oldest, f.Limit = true, postAtOnce
	for {
		var n int
		var batch ManyDone
		err := a.db.InTx(ctx, v.Zone, func(tx *store.Tx) error {
			batch = ManyDone{}
			if _, err := v.ownList(&tx.Reader, id, ImportAwards|ReviewAwards); err != nil {
				return err
			}
			list, err := tx.Awards(v.awardScope(), f)
			if err != nil {
				return err
			}
			n = len(list)
			for _, was := range list {
				refused, err := refusal(act(tx, was))
				if err != nil {
					return err
				}
				batch.add(refused)
			}
			if n > 0 {
				f.After = list[n-1].ID
			}
			return nil
		})
		if err != nil {
			return out, err
		}
		out.Done, out.Skipped, out.Why = out.Done+batch.Done, out.Skipped+batch.Skipped, cmp.Or(out.Why, batch.Why)
		if n < postAtOnce {
			return out, nil
		}
	}
}

func (d *ManyDone) add(refused error) {
	if refused == nil {
		d.Done++
		return
	}
	d.Skipped++
	d.Why = cmp.Or(d.Why, refused)
}

// Day is the day of the row's contribution.
func (x AwardRow) Day() calendar.Day { return x.award.Day }

// Points is what the row brings.
func (x AwardRow) Points() int64 { return x.award.Points }
