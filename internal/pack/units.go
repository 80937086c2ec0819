package pack

import (
	"slices"
	"strings"

	"gezhi/internal/idcode"
	"gezhi/internal/lang"
	"gezhi/internal/territory"
)

// unitFile is units.yaml.
type unitFile struct {
	Notice lang.Text   `yaml:"notice"`
	Units  []unitEntry `yaml:"units"`
}

type unitEntry struct {
	Code  string    `yaml:"code"`
	Kind  string    `yaml:"kind"`
	Name  lang.Text `yaml:"name"`
	Per   string    `yaml:"per"`  // one for each area of this level
	Area  string    `yaml:"area"` // "" is the whole zone, or the area of a unit that is there per area
	From  string    `yaml:"valid_from"`
	To    string    `yaml:"valid_to"`
	Real  bool      `yaml:"real"`  // not part of the example establishment
	Ended bool      `yaml:"ended"` // takes a common unit out of this zone
}

// readUnits reads the common units and then the zone's own; one with the same code replaces.
func readUnits(base, own folder, p *Pack) {
	const file = "units.yaml"
	for _, f := range []folder{base, own} {
		var in unitFile
		node, ok := f.yaml(file, &in)
		if !ok {
			continue
		}
		if in.Notice != (lang.Text{}) {
			p.UnitNotice = in.Notice
		}
		for i, u := range in.Units {
			units := f.units(file, lineOf(node, "units", i), u, p)
			for _, unit := range units {
				same := func(a territory.Unit) bool { return a.Code == unit.Code }
				if u.Ended {
					p.Units = slices.DeleteFunc(p.Units, same)
					continue
				}
				p.Units = replace(p.Units, unit, same)
			}
		}
	}
}

// units is the unit of one entry, or one for each area when the entry says per.
func (f folder) units(file string, line int, u unitEntry, p *Pack) []territory.Unit {
	span, err := readSpan(u.From, u.To, p.Zone.Location)
	if err != nil || !span.Sane() {
		f.fail(file, line, "单位 %s 的起止日期不对，应写成 2026-11-22。", "Unit %s: the dates are wrong; write them as 2026-11-22.", u.Code)
	}
	if u.Code == "" || u.Name.ZH == "" && !u.Ended {
		f.fail(file, line, "单位须有 code 和 name。", "A unit needs a code and a name.")
	}
	one := territory.Unit{Code: u.Code, Name: u.Name, Kind: u.Kind, Area: u.Area, Span: span, Example: !u.Real}
	if u.Per == "" {
		if one.Area == "" {
			one.Area = p.Zone.Prefix()
		}
		return []territory.Unit{one}
	}
	level := territory.ParseLevel(u.Per)
	if level == idcode.NoLevel || !strings.Contains(u.Code, "{"+u.Per+"}") {
		f.fail(file, line, "单位 %s：per 应为层级名，且代码里要有 {%s}。", "Unit %s: per must be a level and the code must contain {%s}.", u.Code, u.Per)
		return nil
	}
	var out []territory.Unit
	for _, a := range p.Areas {
		if a.Level() != level || !strings.HasPrefix(a.Code, u.Area) {
			continue
		}
		body := committee(a)
		unit := one
		unit.Area = a.Code
		unit.Code = strings.ReplaceAll(u.Code, "{"+u.Per+"}", a.Code)
		unit.Name.ZH = strings.NewReplacer("{"+u.Per+"}", a.Name, "{committee}", body.ZH).Replace(u.Name.ZH)
		unit.Name.EN = strings.NewReplacer("{"+u.Per+"}", a.Name, "{committee}", body.EN).Replace(u.Name.EN)
		out = append(out, unit)
	}
	return out
}
