package app

import (
	"maps"
	"slices"
	"strings"

	"gezhi/internal/calendar"
	"gezhi/internal/casework"
	"gezhi/internal/catalogue"
	"gezhi/internal/fault"
	"gezhi/internal/lang"
	"gezhi/internal/pack"
	"gezhi/internal/store"
	"gezhi/internal/theme"
)

// filled are the fields of an application that the catalogue fills in; nobody types them.
var filled = []string{casework.FieldPromised, casework.FieldStatutory, casework.FieldDepartment}

// loadLicences reads the edition in force of the list of licences.
func (z *Zone) loadLicences(r *store.Reader) (err error) {
	z.Licences, err = r.Catalogue(0)
	return err
}

// MayApply says why an item cannot be applied for by a procedure of some modes; nil when it can.
func (z *Zone) MayApply(ref string, modes []string) error {
	code, edition := catalogue.SplitRef(ref)
	x, ok := z.Licences.Find(code)
	switch {
	case !ok:
		return fault.New(fault.Invalid, "现行清单里没有事项 %s，请重新选择。", "The list in force has no item %s; choose again.", code)
	case x.Mode == catalogue.Cancelled:
		return fault.New(fault.Invalid, "“%[1]s”已直接取消审批，不用申请。%[2]s", "“%[1]s” has been abolished and is not applied for. %[3]s", x.Name, x.Mode.Meaning().ZH, x.Mode.Meaning().EN)
	case len(modes) > 0 && !slices.Contains(modes, string(x.Mode)):
		return fault.New(fault.Invalid, "“%[1]s”的改革方式是%[2]s，不能这样办理，请在清单里打开该事项办理。", "“%[1]s” stands under another mode, %[3]s; open it in the list to apply.", x.Name, x.Mode.Name().ZH, x.Mode.Name().EN)
	case edition != 0 && edition != x.Edition:
		return fault.New(fault.Invalid, "“%[1]s”的要求刚刚更新，请重新查看后再提交。", "What “%[1]s” asks for has just been changed; look at it again, then send.", x.Name)
	}
	return nil
}

// licensed completes an application for an item of the catalogue: the edition, the title, and what the catalogue fills in.
func (z *Zone) licensed(p *casework.Procedure, m casework.Move, d *casework.Draft) error {
	asked := func(id string) bool {
		return slices.ContainsFunc(m.Fields, func(w casework.Want) bool { return w.Field.ID == id })
	}
	ref := idOf(p, casework.FieldLicence)
	if ref == "" || !asked(ref) {
		return nil
	}
	code, _ := catalogue.SplitRef(strings.TrimSpace(d.Fields[ref]))
	if code == "" {
		return fault.Field(ref, "请先在许可事项清单里选择要办的事项。", "Choose the licence in the list first.")
	}
	if err := z.MayApply(strings.TrimSpace(d.Fields[ref]), p.Modes); err != nil {
		return asField(err, ref)
	}
	x, _ := z.Licences.Find(code)
	if slices.Contains(m.By, casework.ByAnyone) && x.Online != p.ID {
		return fault.Field(ref, "“%[1]s”不能网上申请，请到%[2]s办理。", "“%[1]s” cannot be applied for online; please go to %[3]s.", x.Name, z.Units[x.Department].Name.ZH, z.Units[x.Department].Name.EN)
	}
	fields := maps.Clone(d.Fields)
	fields[ref] = x.Ref()
	for id, value := range map[string]string{casework.FieldPromised: limitText(x.Limit()), casework.FieldStatutory: limitText(x.Statutory), casework.FieldDepartment: x.Department} {
		if delete(fields, id); asked(id) && value != "" {
			fields[id] = value
		}
	}
	if d.Title == "" {
		d.Title = x.Name
	}
	d.Fields = fields
	return nil
}

// limitText is a limit as a field keeps it; "" for none.
func limitText(l calendar.Limit) string {
	if l.IsZero() {
		return ""
	}
	return l.String()
}

// TakesLicences reports whether a case of the procedure applies for an item of the catalogue.
func TakesLicences(p *casework.Procedure) bool { return idOf(p, casework.FieldLicence) != "" }

// ownFields leaves out what the catalogue fills in.
func ownFields(p *casework.Procedure, wants []casework.Want) []casework.Want {
	if !TakesLicences(p) {
		return wants
	}
	return slices.DeleteFunc(slices.Clone(wants), func(w casework.Want) bool { return slices.Contains(filled, w.Field.ID) })
}

// LicenceWay is how an item is applied for online: by a procedure or by a theme, both nil when it cannot be.
type LicenceWay struct {
	Procedure *casework.Procedure
	Theme     *theme.Theme
}

// LicenceWay finds how an item is applied for.
func (z *Zone) LicenceWay(x catalogue.Item) LicenceWay {
	if x.Online == "" {
		return LicenceWay{}
	}
	if p := z.Procedure(x.Online); p != nil {
		return LicenceWay{Procedure: p}
	}
	t, _ := z.Themes().Find(x.Online)
	return LicenceWay{Theme: t}
}

// known is what rows of a list may name.
func (z *Zone) known() catalogue.Known {
	return catalogue.Known{Unit: z.unitNamed, Online: func(s string, m catalogue.Mode) (string, error) {
		return pack.OnlineWay(z.Procedures(), z.Themes(), s, m)
	}}
}

// LicenceNames puts the codes of a list into words.
func (z *Zone) LicenceNames(l lang.Lang) catalogue.Names {
	return catalogue.Names{Unit: func(code string) string { return z.Units[code].Name.In(l) }, Online: func(id string) string {
		if p := z.Procedure(id); p != nil {
			return p.Name.In(l)
		}
		if t, ok := z.Themes().Find(id); ok {
			return t.Name.In(l)
		}
		return id
	}}
}

// licence loads the item that the case applies for, as the list had it then. A case whose item no list has is shown without.
func (p *CasePage) licence(r *store.Reader) error {
	code, edition := catalogue.SplitRef(p.Case.Fields[idOf(p.Proc, casework.FieldLicence)])
	if !TakesLicences(p.Proc) || code == "" {
		return nil
	}
	x, err := r.LicenceAt(code, edition)
	if fault.KindOf(err) == fault.NotFound {
		return nil
	}
	p.Licence = &x
	return err
}
