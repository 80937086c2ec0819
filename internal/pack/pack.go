// Package pack reads a zone's data — areas, posts, units, routes, procedures, matters — from a
// folder of YAML, CSV and GeoJSON files into domain values. packs/README.md describes the files.
package pack

import (
	"cmp"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"gezhi/internal/calendar"
	"gezhi/internal/casework"
	"gezhi/internal/catalogue"
	"gezhi/internal/fault"
	"gezhi/internal/idcode"
	"gezhi/internal/lang"
	"gezhi/internal/target"
	"gezhi/internal/territory"
	"gezhi/internal/theme"
	"gezhi/packs"
)

// Zone is what zone.yaml says about the district as a whole.
type Zone struct {
	Code       int    // the district's six-digit code, e.g. 330108
	Slug       string // as it stands in addresses: binjiang
	Name       lang.Text
	Location   *time.Location
	Hours      calendar.Hours // working hours
	Sources    []lang.Text    // where the pack's facts come from
	Procedures []string       // ids of the procedures whose routing must be complete
}

// Prefix is the zone's code as every area code in it begins.
func (z Zone) Prefix() string { return strconv.Itoa(z.Code) }

// Pack is the whole data of one zone. The values are the caller's to keep, not to change.
type Pack struct {
	Zone       Zone
	Areas      []territory.Area
	Overlays   []territory.Overlay
	Posts      []territory.PostKind
	Roles      []territory.Role
	Units      []territory.Unit
	UnitNotice lang.Text // how far the list of units can be trusted
	Routes     []territory.Route
	Precedence []territory.Precedence
	Procedures []*casework.Procedure
	Matters    casework.Matters
	Themes     *theme.Catalog // nil when the pack has none
	Licences   []catalogue.Item
	Texts      []Text // procedures, matters and points as written

	goals []target.Goal // as far as they are checked

	licences     []byte // the list as written
	licencesFrom string // its file
}

// Embedded lists the slugs of the zones that come with the program.
func Embedded() []string {
	var out []string
	entries, err := fs.ReadDir(packs.FS, ".")
	if err != nil {
		panic(err) // the embedded folder is the program's own
	}
	for _, e := range entries {
		if e.IsDir() && e.Name() != "common" {
			out = append(out, e.Name())
		}
	}
	return out
}

// Open is Load of a zone that comes with the program, NotFound for any other slug.
func Open(slug string) (*Pack, error) {
	if !slices.Contains(Embedded(), slug) {
		return nil, fault.New(fault.NotFound, "没有内置的数据包“%s”，可用：%s。", "There is no built-in pack %q; there are %s.", slug, strings.Join(Embedded(), "、"))
	}
	return Load(packs.FS, slug)
}

// Load reads the pack in dir. What every zone shares comes from the folder common of the same file
// system when it has one beside dir, and from the program otherwise. The error is a fault.List with
// everything that is wrong; each one's Field is file:line.
func Load(fsys fs.FS, dir string) (*Pack, error) {
	r := &reader{}
	base := folder{packs.FS, "common", r}
	if beside := path.Join(path.Dir(dir), "common"); dir != "." && exists(fsys, path.Join(beside, "posts.yaml")) {
		base = folder{fsys, beside, r}
	}
	own := folder{fsys, dir, r}
	p := &Pack{}
	grids := readZone(own, p)
	if err := r.bad.Err(); err != nil {
		return nil, err // without a zone code everything else would be wrong too
	}
	readAreas(own, p, grids)
	readOverlays(own, p)
	readPosts(base, own, p)
	readUnits(base, own, p)
	readRoutes(own, p)
	readCasework(base, own, p)
	readLicences(base, own, p)
	if len(r.bad) == 0 {
		r.whole(p)
	}
	slices.SortStableFunc(r.bad, func(a, b *fault.Error) int {
		fileA, lineA := place(a)
		fileB, lineB := place(b)
		return cmp.Or(cmp.Compare(fileA, fileB), lineA-lineB)
	})
	if err := r.bad.Err(); err != nil {
		return nil, err
	}
	return p, nil
}

// place is the file and line an error's Field names, line 0 when it names none.
func place(e *fault.Error) (file string, line int) {
	file, at, found := strings.Cut(e.Field, ":")
	if !found {
		return file, 0
	}
	line, err := strconv.Atoi(at)
	if err != nil {
		return file, 0
	}
	return file, line
}

// whole checks what only shows when everything is together.
func (r *reader) whole(p *Pack) {
	tree, err := p.Tree(time.Now())
	if err != nil {
		r.adopt("divisions.csv", err)
		return
	}
	for _, route := range p.Routes { // one by one, so that each error has its line
		if _, err := territory.NewTable(tree, []territory.Route{route}, nil); err != nil {
			r.adopt(fileLine("routes.csv", route.Line), err)
		}
	}
	for _, u := range p.Units {
		if _, ok := tree.Area(u.Area); !ok {
			r.fail("units.yaml", 0, "单位 %s 的管辖区域 %s 不存在。", "Unit %s serves area %s, which does not exist.", u.Code, u.Area)
		}
	}
	for _, o := range p.Overlays {
		for _, code := range o.Areas {
			if _, ok := tree.Area(code); !ok {
				r.fail("overlays.yaml", 0, "叠加区域 %s 所含区域 %s 不存在。", "Overlay %s lists area %s, which does not exist.", o.ID, code)
			}
		}
	}
	for _, proc := range p.Procedures {
		if err := proc.Validate(p.roleIDs()); err != nil {
			r.adopt("", err)
		}
		if err := proc.CheckParts(func(id string) (*casework.Procedure, bool) { sub := p.Procedure(id); return sub, sub != nil }); err != nil {
			r.adopt("", err)
		}
	}
	r.checkThemes(p)
	r.checkGoals(p)
	r.checkLicences(p)
	for _, id := range p.Zone.Procedures {
		if p.Procedure(id) == nil {
			r.fail("zone.yaml", 0, "没有流程 %s。", "There is no procedure %s.", id)
		}
	}
}

// Tree is the areas and overlays as they hold at the moment.
func (p *Pack) Tree(at time.Time) (*territory.Tree, error) {
	return territory.Build(p.Areas, p.Overlays, at)
}

// Table is the routing table over a tree.
func (p *Pack) Table(tree *territory.Tree) (*territory.Table, error) {
	return territory.NewTable(tree, p.Routes, p.Precedence)
}

// Procedure is the procedure with the id, nil when there is none.
func (p *Pack) Procedure(id string) *casework.Procedure {
	for _, proc := range p.Procedures {
		if proc.ID == id {
			return proc
		}
	}
	return nil
}

// roleIDs are the roles somebody in the zone can hold.
func (p *Pack) roleIDs() []string {
	var out []string
	for _, k := range p.Posts {
		out = append(out, k.ID)
	}
	for _, r := range p.Roles {
		out = append(out, r.ID)
	}
	return out
}

// Prove asks the routing table, as it holds at the moment, for every matter in every area at every
// stage that takes its holder from it. It returns at most most findings.
func (p *Pack) Prove(at time.Time, most int) (territory.Proof, error) {
	tree, err := p.Tree(at)
	if err != nil {
		return territory.Proof{}, err
	}
	table, err := p.Table(tree)
	if err != nil {
		return territory.Proof{}, fmt.Errorf("routing table: %w", err)
	}
	q := territory.Question{Stages: p.RoutedStages(), Units: p.Units, Kinds: p.Posts, Roles: p.Roles, Most: most}
	for _, m := range p.Matters.List {
		q.Matters = append(q.Matters, m.Code)
	}
	return territory.Prove(table, q), nil
}

// RoutedStages are the stages of the zone's procedures that may ask the routing table for their holder.
func (p *Pack) RoutedStages() []string {
	var out []string
	for _, id := range p.Zone.Procedures {
		proc := p.Procedure(id)
		if proc == nil {
			continue
		}
		for _, m := range slices.Concat(proc.Starts, proc.Moves) {
			stages := []string{m.To}
			if m.To == casework.Stay {
				stages = m.From
			}
			switch m.Holder.Kind {
			case casework.ToRoute, casework.ToChoose, casework.ToHeld:
				for _, s := range stages {
					if !slices.Contains(out, s) {
						out = append(out, s)
					}
				}
			}
		}
	}
	return out
}

// AreaName is an area's name in everyday use for the way statistics files write villages and
// communities: 半个城村委会 → 半个城村, 阳光社区居委会 → 阳光社区. Other names come back unchanged.
func AreaName(official string) string {
	for _, cut := range [][2]string{{"村村委会", "村"}, {"村村民委员会", "村"}, {"村委会", "村"}, {"村民委员会", "村"},
		{"社区居委会", "社区"}, {"社区居民委会", "社区"}, {"社区居民委员会", "社区"}} {
		if stem, ok := strings.CutSuffix(official, cut[0]); ok && stem != "" {
			return stem + cut[1]
		}
	}
	return official
}

// committee is what the body of a community is called.
func committee(a territory.Area) lang.Text {
	if idcode.IsVillage(a.Code) || strings.HasSuffix(a.Name, "村") {
		return lang.Text{ZH: "村民委员会", EN: "villagers' committee"}
	}
	return lang.Text{ZH: "居民委员会", EN: "residents' committee"}
}
