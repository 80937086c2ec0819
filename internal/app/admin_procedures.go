package app

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"

	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/lang"
	"gezhi/internal/sheet"
	"gezhi/internal/store"
)

// Version is one version of a procedure or of the matter list.
type Version struct {
	store.Document
	Title lang.Text
	Open  int    // cases that run under it
	Who   string // who put it in
}

// Versions lists every version of every procedure, newest first.
func (a *App) Versions(ctx context.Context, v Viewer) ([]Version, error) {
	return a.versions(ctx, v, docProcedure)
}

// MatterVersions lists every version of the matter list, newest first.
func (a *App) MatterVersions(ctx context.Context, v Viewer) ([]Version, error) {
	return a.versions(ctx, v, docMatters)
}

// editing is the power that changing documents of a kind takes.
func editing(kind string) Power {
	switch kind {
	case docPoints:
		return EditPoints
	case docPolicies:
		return EditPolicies
	}
	return EditCases
}

func (a *App) versions(ctx context.Context, v Viewer, kind string) ([]Version, error) {
	if err := v.need(editing(kind)); err != nil {
		return nil, err
	}
	var out []Version
	err := a.db.View(ctx, v.Zone, func(r *store.Reader) error {
		out = nil
		docs, err := r.Documents(kind)
		if err != nil {
			return err
		}
		var open map[store.VersionKey]int // cases run under procedures only
		if kind == docProcedure {
			if open, err = r.OpenByVersion(); err != nil {
				return err
			}
		}
		var ids []casework.Person
		for _, d := range docs {
			ids = append(ids, d.By)
		}
		names, err := a.names(r, v, ids)
		for _, d := range docs {
			x := Version{Document: d, Open: open[store.VersionKey{Procedure: d.Name, Version: d.Version}], Who: names[d.By]}
			if p, err := casework.ParseProcedure(d.Name, []byte(d.Body)); kind == docProcedure && err == nil {
				x.Title = p.Name
			}
			out = append(out, x)
		}
		return err
	})
	slices.SortStableFunc(out, func(x, y Version) int { return cmp.Or(cmp.Compare(x.Name, y.Name), cmp.Compare(y.Version, x.Version)) })
	return out, err
}

// ProcedureVersion is one version, drafts too, ready to be looked at.
func (a *App) ProcedureVersion(ctx context.Context, v Viewer, id string, version int) (*casework.Procedure, store.Document, error) {
	d, err := a.document(ctx, v, docProcedure, id, version)
	if err != nil {
		return nil, d, err
	}
	p, err := casework.ParseProcedure(fileName(id, version), []byte(d.Body))
	return p, d, err
}

func fileName(id string, version int) string { return fmt.Sprintf("%s-v%d.yaml", id, version) }

func (a *App) document(ctx context.Context, v Viewer, kind, name string, version int) (store.Document, error) {
	if err := v.need(editing(kind)); err != nil {
		return store.Document{}, err
	}
	var out store.Document
	err := a.db.View(ctx, v.Zone, func(r *store.Reader) error {
		docs, err := r.Documents(kind)
		for _, d := range docs {
			if d.Name == name && d.Version == version {
				out = d
				return nil
			}
		}
		return cmp.Or(err, error(fault.New(fault.NotFound, "没有这个版本。", "There is no such version.")))
	})
	return out, err
}

// ProcedureText is a version as it was written.
func (a *App) ProcedureText(ctx context.Context, v Viewer, id string, version int) ([]byte, error) {
	d, err := a.document(ctx, v, docProcedure, id, version)
	return []byte(d.Body), err
}

// MattersText is a version of the matter list as it was written; 0 is the one in force.
func (a *App) MattersText(ctx context.Context, v Viewer, version int) ([]byte, error) {
	if version != 0 {
		d, err := a.document(ctx, v, docMatters, docMatters, version)
		return []byte(d.Body), err
	}
	if err := v.need(EditCases); err != nil {
		return nil, err
	}
	var body string
	err := a.db.View(ctx, v.Zone, func(r *store.Reader) error {
		d, err := latest(r, docMatters)
		body = d.Body
		return err
	})
	return []byte(body), err
}

// drafting is the zone that an uploaded file of a kind is checked against.
func (a *App) drafting(ctx context.Context, v Viewer, kind string, body []byte) (*Zone, error) {
	if err := v.need(editing(kind)); err != nil {
		return nil, err
	}
	if len(body) == 0 {
		return nil, fault.Field("file", "请选择文件。", "Choose a file.")
	}
	return a.Zone(ctx, v.Zone)
}

// DraftProcedure keeps an uploaded procedure as a draft. It is refused, with file and line for each mistake, when it
// cannot be read, has a dead end, an unreachable stage, a role nobody can hold, or is not the next version.
func (a *App) DraftProcedure(ctx context.Context, v Viewer, file string, body []byte, key string) (*casework.Procedure, error) {
	z, err := a.drafting(ctx, v, docProcedure, body)
	if err != nil {
		return nil, err
	}
	p, err := casework.ParseProcedure(file, body)
	if err == nil {
		err = p.Validate(z.roleIDs())
	}
	if err == nil {
		err = p.CheckParts(func(id string) (*casework.Procedure, bool) {
			if id == p.ID {
				return p, true
			}
			sub := z.Procedure(id)
			return sub, sub != nil
		})
	}
	if err != nil {
		return nil, withPlace(err)
	}
	return p, a.draft(ctx, v, docProcedure, p.ID, p.Version, body, key)
}

// DraftMatters keeps an uploaded matter list as a draft and returns its version.
func (a *App) DraftMatters(ctx context.Context, v Viewer, file string, body []byte, key string) (int, error) {
	if _, err := a.drafting(ctx, v, docMatters, body); err != nil {
		return 0, err
	}
	if _, err := casework.ParseMatters(file, body); err != nil {
		return 0, withPlace(err)
	}
	return a.draftNext(ctx, v, docMatters, body, key)
}

// draftNext makes a draft of the version after the last that was published, and answers which that is.
func (a *App) draftNext(ctx context.Context, v Viewer, kind string, body []byte, key string) (int, error) {
	list, err := a.versions(ctx, v, kind)
	if err != nil {
		return 0, err
	}
	version := 1
	for _, x := range list {
		if x.State != "draft" {
			version = max(version, x.Version+1)
		}
	}
	return version, a.draft(ctx, v, kind, kind, version, body, key)
}

func (a *App) draft(ctx context.Context, v Viewer, kind, name string, version int, body []byte, key string) error {
	return a.plain(ctx, v, key, func(e *edit) error {
		docs, err := e.tx.Documents(kind)
		if err != nil {
			return err
		}
		for _, d := range docs {
			switch {
			case d.Name != name:
			case d.State != "draft" && d.Version >= version:
				return fault.Field("file", "“%s”的第 %d 版已发布，请把 version 改为 %d 以上。", "Version %[2]d of %[1]s is published; make version %[3]d or more.", name, d.Version, d.Version+1)
			case d.State == "draft" && d.Version == version:
				if err := e.tx.DropDraft(kind, name, version); err != nil {
					return err
				}
			}
		}
		e.record(kind+".draft", fmt.Sprintf("%s:%s v%d", kind, name, version), "", "")
		return e.tx.AddDocument(store.Document{Kind: kind, Name: name, Version: version, State: "draft", Body: string(body), By: v.Person})
	})
}

// roleIDs are the roles somebody in the zone can hold.
func (z *Zone) roleIDs() []string {
	var out []string
	for _, k := range z.Kinds {
		out = append(out, k.ID)
	}
	for _, r := range z.Roles {
		out = append(out, r.ID)
	}
	return out
}

// withPlace puts file and line, which the reader needs beside an upload, into each sentence.
func withPlace(err error) error {
	fs := fault.Fields(err)
	if len(fs) == 0 {
		return err
	}
	var out fault.List
	for _, f := range fs[:min(len(fs), 30)] {
		out = append(out, fault.Field("file", "%[1]s：%[2]s", "%[1]s: %[3]s", f.Field, f.ZH, f.EN))
	}
	return out
}

// Publish puts a draft into force. New cases and awards run under it, running ones keep their version. kind is procedure,
// points or matters; it is refused when the routing proof would fail in more places, or a running case's matter would vanish.
func (a *App) Publish(ctx context.Context, v Viewer, kind, name string, version int, key string) error {
	return a.change(ctx, v, editing(kind), key, func(e *edit) error {
		e.record(kind+".publish", fmt.Sprintf("%s:%s v%d", kind, name, version), "", "")
		return e.tx.PublishDocument(kind, name, version)
	}, func(was, now *Zone) error {
		if kind == docMatters {
			if err := a.mattersKept(ctx, now); err != nil {
				return err
			}
		}
		if kind == docPolicies {
			if err := policiesSound(was.Policies, now.Policies); err != nil {
				return err
			}
		}
		return proofKept(was, now)
	})
}

func (a *App) mattersKept(ctx context.Context, now *Zone) error {
	var used []string
	err := a.db.View(ctx, now.Code, func(r *store.Reader) (err error) {
		used, err = r.OpenMatters()
		return err
	})
	var bad fault.List
	for _, code := range used {
		if _, ok := now.Matters.Find(code); !ok {
			bad.Add("file", "事项 %s 还有在办案件，不能从清单中去掉。", "Matter %s has open cases and cannot leave the list.", code)
		}
	}
	return cmp.Or(err, bad.Err())
}

// Discard deletes a draft.
func (a *App) Discard(ctx context.Context, v Viewer, kind, name string, version int, key string) error {
	if err := v.need(editing(kind)); err != nil {
		return err
	}
	return a.plain(ctx, v, key, func(e *edit) error {
		e.record(kind+".discard", fmt.Sprintf("%s:%s v%d", kind, name, version), "", "")
		return e.tx.DropDraft(kind, name, version)
	})
}

// MattersXLSX is the matter list in force as a workbook, one row a standard.
func (a *App) MattersXLSX(ctx context.Context, v Viewer, l lang.Lang) ([]byte, error) {
	if err := v.need(EditCases); err != nil {
		return nil, err
	}
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	heads := []sheet.Heading{}
	for _, h := range []struct {
		zh, en string
		width  float64
	}{{"编码", "Code", 10}, {"大类", "Class", 14}, {"事项", "Matter", 20}, {"紧急", "Urgent", 8}, {"标准", "Standard", 12}, {"立案条件", "Filing condition", 40},
		{"处置时限", "Limit", 14}, {"结案条件", "Closing condition", 40}, {"时限出处", "Source", 30}, {"是否示例", "Example", 10}} {
		heads = append(heads, sheet.Heading{Name: l.T(h.zh, h.en), Width: h.width})
	}
	x, err := sheet.NewXLSX(&out, sheet.Export{Sheet: l.T("事项清单", "Matters"), Columns: heads, Footer: z.Matters.Notice.In(l)})
	if err != nil {
		return nil, err
	}
	defer x.Abandon()
	class := map[string]string{}
	for _, c := range z.Matters.Classes {
		class[c.ID] = c.Label.In(l)
	}
	yes := func(b bool) string {
		if b {
			return l.T("是", "yes")
		}
		return ""
	}
	for _, m := range z.Matters.List {
		for _, s := range m.Standards {
			if err := x.Row(m.Code, class[m.Class], m.Name.In(l), yes(m.Urgent), s.ID, s.File.In(l), s.Limit.Label(l), s.Close.In(l), s.Source, yes(s.Example)); err != nil {
				return nil, err
			}
		}
	}
	err = x.Close()
	return out.Bytes(), err
}
