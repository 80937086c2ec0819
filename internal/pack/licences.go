package pack

import (
	"slices"
	"strings"

	"gezhi/internal/casework"
	"gezhi/internal/catalogue"
	"gezhi/internal/fault"
	"gezhi/internal/lang"
	"gezhi/internal/sheet"
	"gezhi/internal/territory"
	"gezhi/internal/theme"
)

// licenceFile is the list of licences of a pack.
const licenceFile = "licences.csv"

// readLicences keeps the list of licences, the zone's own in place of the common one, until units and procedures are read.
func readLicences(base, own folder, p *Pack) {
	for _, f := range []folder{base, own} {
		if data, ok := f.read(licenceFile); ok {
			p.licences, p.licencesFrom = data, f.label(licenceFile)
		}
	}
}

// checkLicences reads the list of licences against the units, procedures and themes of the pack.
func (r *reader) checkLicences(p *Pack) {
	if p.licences == nil {
		return
	}
	t, err := sheet.Read(p.licences, p.licencesFrom, catalogue.Columns())
	if err != nil {
		r.adopt(p.licencesFrom, err)
		return
	}
	problems := sheet.Problems{}
	p.Licences = catalogue.Read(t, catalogue.Known{
		Unit: func(s string) string {
			i := slices.IndexFunc(p.Units, func(u territory.Unit) bool { return u.Code == s || u.Name.ZH == s })
			if i < 0 {
				return ""
			}
			return p.Units[i].Code
		},
		Online: func(s string, m catalogue.Mode) (string, error) { return OnlineWay(p.Procedures, p.Themes, s, m) },
	}, problems)
	zh, en := problems.Texts(lang.ZH), problems.Texts(lang.EN)
	for _, row := range problems.Rows() {
		for i := range zh[row] {
			r.fail(p.licencesFrom, row, "%[1]s", "%[2]s", zh[row][i], en[row][i])
		}
	}
}

// OnlineWay is the id of the procedure, or else of the theme, by whose id or name an item of the mode can be applied for. The
// fault has no field.
func OnlineWay(procedures []*casework.Procedure, themes *theme.Catalog, s string, m catalogue.Mode) (string, error) {
	for _, p := range procedures {
		if p.ID != s && p.Name.ZH != s && !strings.EqualFold(p.Name.EN, s) {
			continue
		}
		if _, ok := p.Typed(casework.FieldLicence); !ok {
			return "", fault.New(fault.Invalid, "流程“%[1]s”不受理单个许可事项", "The procedure “%[2]s” takes no single licence", p.Name.ZH, p.Name.EN)
		}
		if len(p.Modes) > 0 && !slices.Contains(p.Modes, string(m)) {
			return "", fault.New(fault.Invalid, "流程“%[1]s”不受理改革方式为“%[3]s”的事项", "The procedure “%[2]s” takes no licences under “%[4]s”", p.Name.ZH, p.Name.EN, m.Name().ZH, m.Name().EN)
		}
		return p.ID, nil
	}
	if themes != nil {
		for _, t := range themes.Themes {
			if t.ID == s || t.Name.ZH == s || strings.EqualFold(t.Name.EN, s) {
				return t.ID, nil
			}
		}
	}
	return "", fault.New(fault.Invalid, "没有办理流程或一件事主题“%[1]s”", "There is no procedure or theme “%[1]s”", s)
}
