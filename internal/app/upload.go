package app

import (
	"context"

	"gezhi/internal/fault"
	"gezhi/internal/sheet"
	"gezhi/internal/store"
)

// readList reads a list that somebody uploads. Faults stand beside the file.
func readList(name string, body []byte, columns sheet.Columns) (sheet.Table, error) {
	if len(body) == 0 {
		return sheet.Table{}, fault.Field(sheet.Field, "请选择文件。", "Choose a file.")
	}
	t, err := sheet.Read(body, name, columns)
	if err != nil {
		return t, within("read "+name, asFile(err))
	}
	return t, nil
}

// readRows is readList for a list of at most so many rows.
func readRows(name string, body []byte, columns sheet.Columns, most int) (sheet.Table, error) {
	t, err := readList(name, body, columns)
	if err == nil && len(t.Rows) > most {
		err = fault.Field(sheet.Field, "一份表最多 %d 行，请拆分后分批导入。", "A list has at most %d rows; please split it.", most)
	}
	return t, err
}

// keepImport keeps a file that the viewer brings until it is confirmed.
func (a *App) keepImport(ctx context.Context, v Viewer, f store.Import) (int64, error) {
	f.ID, f.By = a.db.NewID(), v.Person
	return f.ID, a.db.InTx(ctx, v.Zone, func(tx *store.Tx) error { return tx.AddImport(f) })
}

// importsOf lists the files of a kind that were brought, newest first, without their bodies.
func (a *App) importsOf(ctx context.Context, v Viewer, p Power, kind string) ([]store.Import, error) {
	if err := v.need(p); err != nil {
		return nil, err
	}
	var out []store.Import
	err := a.db.View(ctx, v.Zone, func(r *store.Reader) (err error) {
		out, err = r.Imports(kind, "", "", 50)
		return err
	})
	return out, err
}

// kept loads a file of a kind that was brought.
func kept(r *store.Reader, id int64, kind string) (store.Import, error) {
	f, err := r.Import(id)
	if err == nil && f.Kind != kind {
		err = errNoImport
	}
	return f, err
}

var errNoImport = fault.New(fault.NotFound, "没有这次导入。", "There is no such import.")

// confirmed refuses to import what is not what the check showed: so many lines were shown, so many there are now.
func confirmed(shown, now int) error {
	switch {
	case now != shown:
		return fault.New(fault.Conflict, "核对之后情况又有变动，请按下面最新的核对结果确认。", "Things have changed since the check; confirm it as it stands now.")
	case now == 0:
		return fault.New(fault.Invalid, "没有可以导入的内容。", "There is nothing to import.")
	}
	return nil
}
