package pack

import (
	"regexp"
	"time"

	"gezhi/internal/calendar"
	"gezhi/internal/idcode"
	"gezhi/internal/lang"
	"gezhi/internal/territory"
)

// zoneFile is zone.yaml.
type zoneFile struct {
	Code     int       `yaml:"code"`
	Slug     string    `yaml:"slug"`
	Name     lang.Text `yaml:"name"`
	Timezone string    `yaml:"timezone"`
	Hours    string    `yaml:"hours"`
	Grids    gridSpec  `yaml:"grids"`

	Precedence []struct {
		Matter string `yaml:"matter"`
		First  string `yaml:"first"`
	} `yaml:"precedence"`
	Procedures []string    `yaml:"procedures"`
	Sources    []lang.Text `yaml:"sources"`
}

// gridSpec says how many illustrative grids and micro-grids to draw; zero draws none.
type gridSpec struct {
	Grids   int         `yaml:"grids"`
	Micro   int         `yaml:"micro"`
	Seed    uint64      `yaml:"seed"`
	Weights map[int]int `yaml:"weights"` // street → share of the grids
	// Near says about where an area lies, as [longitude, latitude].
	Near map[int][2]float64 `yaml:"near"`
}

var slugForm = regexp.MustCompile(`^[a-z][a-z0-9-]{1,30}$`)

func readZone(f folder, p *Pack) gridSpec {
	const file = "zone.yaml"
	var in zoneFile
	node, ok := f.yaml(file, &in)
	if !ok {
		if len(f.bad) == 0 {
			f.fail(file, 0, "数据包里没有 zone.yaml。", "The pack has no zone.yaml.")
		}
		return gridSpec{}
	}
	z := Zone{Code: in.Code, Slug: in.Slug, Name: in.Name, Sources: in.Sources, Procedures: in.Procedures}
	if idcode.LevelOf(z.Prefix()) != idcode.District {
		f.fail(file, lineOf(node, "code"), "区划代码 %d 不是区县的六位代码。", "Code %d is not the six-digit code of a district.", in.Code)
	}
	if !slugForm.MatchString(in.Slug) {
		f.fail(file, lineOf(node, "slug"), "slug“%s”不对：用小写字母、数字和连字符，以字母开头。", "Slug %q: use small letters, digits and hyphens, beginning with a letter.", in.Slug)
	}
	if in.Name.ZH == "" || in.Name.EN == "" {
		f.fail(file, lineOf(node, "name"), "name 要有 zh 和 en 两种写法。", "The name needs both zh and en.")
	}
	if in.Timezone == "" || in.Timezone == "Asia/Shanghai" { // the only one in use here, kept without a time-zone database
		z.Location = calendar.Zone()
	} else if loc, err := time.LoadLocation(in.Timezone); err == nil {
		z.Location = loc
	} else {
		f.fail(file, lineOf(node, "timezone"), "没有时区“%s”。", "There is no time zone %q.", in.Timezone)
	}
	hours, err := calendar.ParseHours(in.Hours)
	if err != nil {
		f.adopt(fileLine(file, lineOf(node, "hours")), err)
	}
	z.Hours = hours
	if g := in.Grids; g.Grids < 0 || g.Micro < g.Grids || g.Grids > 100_000 || g.Micro > 1_000_000 {
		f.fail(file, lineOf(node, "grids"), "示意网格数不对：微网格数不能少于网格数。", "Illustrative grids: there must be at least as many micro-grids as grids.")
	}
	for i, pr := range in.Precedence {
		if first := territory.First(pr.First); first != territory.AreaFirst && first != territory.MatterFirst {
			f.fail(file, lineOf(node, "precedence", i), "优先次序“%s”不对：应为 area 或 matter。", "Precedence %q is unknown: use area or matter.", pr.First)
		}
		p.Precedence = append(p.Precedence, territory.Precedence{Matter: pr.Matter, First: territory.First(pr.First)})
	}
	p.Zone = z
	return in.Grids
}
