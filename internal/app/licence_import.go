package app

import (
	"context"
	"fmt"
	"strconv"

	"gezhi/internal/casework"
	"gezhi/internal/catalogue"
	"gezhi/internal/fault"
	"gezhi/internal/lang"
	"gezhi/internal/sheet"
	"gezhi/internal/store"
)

// LicenceCheck is what importing a list of licences would do, before anybody has confirmed it. A list is the whole of what
// there is: what it leaves out is dropped, so that one with wrong rows is not imported at all.
type LicenceCheck struct {
	File     store.Import
	Edition  int // in force, with which the list is compared
	Items    []catalogue.Item
	Changes  catalogue.Changes
	Problems sheet.Problems
	Rows     []int // that have problems, in order
	table    sheet.Table
}

// Ready reports whether the list can be imported.
func (c LicenceCheck) Ready() bool { return len(c.Rows) == 0 && c.Changes.Any() }

// maxLicences bounds one list.
const maxLicences = 5000

const licenceImport = "licences"

// KeepLicences keeps an uploaded list until it is confirmed.
func (a *App) KeepLicences(ctx context.Context, v Viewer, name string, body []byte) (int64, error) {
	if err := v.need(EditCases); err != nil {
		return 0, err
	}
	t, err := readList(name, body, catalogue.Columns())
	if err != nil {
		return 0, err
	}
	if len(t.Rows) > maxLicences {
		return 0, fault.Field("file", "一份清单最多 %d 行。", "A list has at most %d rows.", maxLicences)
	}
	return a.keepImport(ctx, v, store.Import{Kind: licenceImport, Name: name, Body: body})
}

// LicenceImports lists the files that were brought, newest first.
func (a *App) LicenceImports(ctx context.Context, v Viewer) ([]store.Import, error) {
	return a.importsOf(ctx, v, EditCases, licenceImport)
}

// CheckLicences says what importing a kept list would do now.
func (a *App) CheckLicences(ctx context.Context, v Viewer, id int64) (LicenceCheck, error) {
	var c LicenceCheck
	if err := v.need(EditCases); err != nil {
		return c, err
	}
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return c, err
	}
	err = a.db.View(ctx, v.Zone, func(r *store.Reader) error {
		c = LicenceCheck{}
		return c.load(r, z, id)
	})
	return c, err
}

func (c *LicenceCheck) load(r *store.Reader, z *Zone, id int64) error {
	var err error
	if c.File, err = kept(r, id, licenceImport); err != nil {
		return err
	}
	if c.table, err = sheet.Read(c.File.Body, c.File.Name, catalogue.Columns()); err != nil {
		return err
	}
	c.Problems = sheet.Problems{}
	c.Items = catalogue.Read(c.table, z.known(), c.Problems)
	c.Rows = c.Problems.Rows()
	now, err := r.Catalogue(0)
	if err != nil {
		return err
	}
	c.Edition, c.Changes = now.Edition, now.To(c.Items)
	return nil
}

// ErrorRows is the file handed back, its wrong rows marked and a column 错误说明 added.
func (c LicenceCheck) ErrorRows(l lang.Lang) ([]byte, error) {
	return sheet.WithErrors(c.table, c.Problems.Texts(l), l)
}

// ApplyLicences makes a kept list the edition in force. edition and changes are what the check showed: when the list would be
// compared with another edition now, or differ in another number of items, nothing is imported.
func (a *App) ApplyLicences(ctx context.Context, v Viewer, id int64, edition, changes int, key string) error {
	return a.change(ctx, v, EditCases, key, func(e *edit) error {
		var c LicenceCheck
		if err := c.load(&e.tx.Reader, e.was, id); err != nil {
			return err
		}
		if len(c.Rows) > 0 {
			return fault.New(fault.Invalid, "清单有 %d 行错误，改好后重新上传。清单是完整的，不能只导入一部分。", "%d rows are wrong; mend them and send the list again. A list is whole and is not imported in part.", len(c.Rows))
		}
		if edition != c.Edition {
			changes = -1
		}
		if err := confirmed(changes, c.Changes.Total()); err != nil {
			return err
		}
		x := store.CatalogueEdition{Edition: c.Edition + 1, Name: c.File.Name, Total: len(c.Items), By: v.Person}
		if err := e.tx.AddCatalogue(x, c.Changes); err != nil {
			return err
		}
		summary := fmt.Sprintf("第 %d 版：%s", x.Edition, changeSummary(c.Changes))
		e.record("licences.import", "import:"+strconv.FormatInt(id, 10), c.File.Name, summary)
		return e.tx.FinishImport(id, summary)
	}, nil)
}

func changeSummary(c catalogue.Changes) string {
	return fmt.Sprintf("新增 %d，变更 %d，移出 %d", len(c.New), len(c.Changed), len(c.Dropped))
}

// RestoreLicences brings an earlier edition back, as a new one, for a reason. Units and ways to apply that the old one names
// must still be there.
func (a *App) RestoreLicences(ctx context.Context, v Viewer, edition int, note, key string) error {
	note, err := words("note", note, 4, 200)
	if err != nil {
		return err
	}
	return a.change(ctx, v, EditCases, key, func(e *edit) error {
		now, err := e.tx.Catalogue(0)
		if err != nil {
			return err
		}
		then, err := e.tx.Catalogue(edition)
		if err != nil {
			return err
		}
		changes := now.To(then.Items)
		if !changes.Any() {
			return fault.New(fault.Conflict, "第 %d 版与现行清单完全相同。", "Edition %d is what is in force.", edition)
		}
		known := e.was.known()
		for _, x := range then.Items {
			if known.Unit(x.Department) == "" {
				return fault.New(fault.Conflict, "第 %[1]d 版中“%[2]s”的部门 %[3]s 已经没有了，不能恢复；请导入一份新清单。", "“%[2]s” of edition %[1]d names unit %[3]s, which is no more; import a new list instead.", edition, x.Name, x.Department)
			}
			if x.Online == "" {
				continue
			}
			if _, err := known.Online(x.Online, x.Mode); err != nil {
				return fault.New(fault.Conflict, "第 %[1]d 版中“%[2]s”的网上办理方式 %[3]s 已经没有了，不能恢复；请导入一份新清单。", "“%[2]s” of edition %[1]d is applied for by %[3]s, which is no more; import a new list instead.", edition, x.Name, x.Online)
			}
		}
		x := store.CatalogueEdition{Edition: now.Edition + 1, Total: len(then.Items), Restores: edition, Note: note, By: v.Person}
		if err := e.tx.AddCatalogue(x, changes); err != nil {
			return err
		}
		e.record("licences.restore", "licences:"+strconv.Itoa(edition), note, fmt.Sprintf("第 %d 版：%s", x.Edition, changeSummary(changes)))
		return nil
	}, nil)
}

// LicenceEdition is an edition with who brought it.
type LicenceEdition struct {
	store.CatalogueEdition
	Who string
}

// LicenceEditions lists editions below one, newest first; below 0 lists from the newest.
func (a *App) LicenceEditions(ctx context.Context, v Viewer, below, limit int) ([]LicenceEdition, error) {
	if err := v.need(WorkDesk); err != nil {
		return nil, err
	}
	var out []LicenceEdition
	err := a.db.View(ctx, v.Zone, func(r *store.Reader) error {
		list, err := r.CatalogueEditions(below, limit)
		if err != nil {
			return err
		}
		var ids []casework.Person
		for _, e := range list {
			ids = append(ids, e.By)
		}
		names, err := a.names(r, v, ids)
		out = make([]LicenceEdition, len(list))
		for i, e := range list {
			out[i] = LicenceEdition{e, names[e.By]}
		}
		return err
	})
	return out, err
}

// LicenceChanges is what an edition changed.
func (a *App) LicenceChanges(ctx context.Context, v Viewer, edition int) (LicenceEdition, catalogue.Changes, error) {
	var changes catalogue.Changes
	list, err := a.LicenceEditions(ctx, v, edition+1, 1)
	if err != nil {
		return LicenceEdition{}, changes, err
	}
	if len(list) == 0 || list[0].Edition != edition {
		return LicenceEdition{}, changes, fault.New(fault.NotFound, "清单没有第 %d 版。", "The list has no edition %d.", edition)
	}
	err = a.db.View(ctx, v.Zone, func(r *store.Reader) (err error) {
		changes, err = r.CatalogueChanges(edition)
		return err
	})
	return list[0], changes, err
}
