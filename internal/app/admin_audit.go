package app

import (
	"context"
	"io"
	"strings"

	"gezhi/internal/calendar"
	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/lang"
	"gezhi/internal/sheet"
	"gezhi/internal/store"
)

// AuditLine is one entry of the audit log with names.
type AuditLine struct {
	store.Audit
	Who  string // who did it
	Whom string // whose data was looked at or changed
}

// AuditQuery narrows the audit log.
type AuditQuery struct {
	Action string
	Actor  string // login name
	Person string // login name of the person concerned
	Before int64  // entries older than this id
	Limit  int
}

// AuditLog lists entries, newest first.
func (a *App) AuditLog(ctx context.Context, v Viewer, q AuditQuery) ([]AuditLine, error) {
	if err := v.need(ReadAudit); err != nil {
		return nil, err
	}
	var out []AuditLine
	err := a.db.View(ctx, v.Zone, func(r *store.Reader) (err error) {
		out, err = a.auditPage(r, v, q)
		return err
	})
	return out, err
}

func (a *App) auditPage(r *store.Reader, v Viewer, q AuditQuery) ([]AuditLine, error) {
	f := store.AuditFilter{Action: q.Action, Before: q.Before, Limit: q.Limit}
	for field, x := range map[string]struct {
		login string
		into  *casework.Person
	}{"actor": {q.Actor, &f.Actor}, "person": {q.Person, &f.Person}} {
		login := strings.ToLower(strings.TrimSpace(x.login))
		if login == "" {
			continue
		}
		s, err := r.StaffByLogin(login)
		if fault.KindOf(err) == fault.NotFound && err != nil {
			return nil, fault.Field(field, "没有账号“%s”。", "There is no account %q.", login)
		}
		if err != nil {
			return nil, err
		}
		*x.into = s.Person
	}
	list, err := r.AuditLog(f)
	if err != nil {
		return nil, err
	}
	var ids []casework.Person
	for _, e := range list {
		ids = append(ids, e.Actor, e.Person)
	}
	names, err := a.names(r, v, ids)
	out := make([]AuditLine, len(list))
	for i, e := range list {
		out[i] = AuditLine{Audit: e, Who: names[e.Actor], Whom: names[e.Person]}
	}
	return out, err
}

// auditRows is the most rows of the audit log one export takes.
const auditRows = 100_000

// ExportAudit writes the log as a workbook, newest first; taking it out is logged itself.
func (a *App) ExportAudit(ctx context.Context, v Viewer, q AuditQuery, l lang.Lang, name func(string) string, w io.Writer) error {
	if err := v.need(ReadAudit); err != nil {
		return err
	}
	if err := a.db.InTx(ctx, v.Zone, func(tx *store.Tx) error {
		return tx.AddAudit(store.Audit{ID: tx.NewID(), Actor: v.Person, Action: "audit.export", Subject: "audit", Detail: q.Action})
	}); err != nil {
		return err
	}
	var heads []sheet.Heading
	for _, h := range [][2]string{{"时间", "Time"}, {"操作人", "Who"}, {"操作", "What"}, {"对象", "Subject"}, {"涉及人员", "Whose data"}, {"理由", "Reason"}, {"详情", "Detail"}} {
		heads = append(heads, sheet.Heading{Name: l.T(h[0], h[1]), Width: 22})
	}
	x, err := sheet.NewXLSX(w, sheet.Export{Sheet: l.T("审计日志", "Audit log"), Columns: heads, Footer: l.T("导出人：", "Exported by ") + v.Name})
	if err != nil {
		return err
	}
	defer x.Abandon()
	q.Limit = 1000
	for n := 0; n < auditRows; {
		page, err := a.AuditLog(ctx, v, q)
		if err != nil {
			return err
		}
		for _, e := range page {
			if err := x.Row(e.At.In(calendar.Zone()), e.Who, name(e.Action), e.Subject, e.Whom, e.Reason, lang.OfLine(e.Detail).In(l)); err != nil {
				return err
			}
			q.Before = e.ID
		}
		if n += len(page); len(page) < q.Limit {
			break
		}
	}
	return x.Close()
}
