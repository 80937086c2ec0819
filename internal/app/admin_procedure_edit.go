package app

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/lang"
	"gezhi/internal/store"
	"gezhi/internal/yamldoc"
)

// EditableProcedure is what the form of limits, roles and reasons begins from: the newest version, a draft if there is one.
type EditableProcedure struct {
	*casework.Procedure
	Doc  store.Document
	Base string              // names the text; EditProcedure refuses when it has changed since
	Used map[string][]string // ids of reasons that some version has had, by list
}

// Next is the version an edit leads to: the draft's own, or the one after what is published.
func (e EditableProcedure) Next() int {
	if e.Doc.State == "draft" {
		return e.Doc.Version
	}
	return e.Doc.Version + 1
}

// EditableProcedure reads the newest version of a procedure. The error is NotFound when there is none.
func (a *App) EditableProcedure(ctx context.Context, v Viewer, id string) (EditableProcedure, error) {
	if err := v.need(EditCases); err != nil {
		return EditableProcedure{}, err
	}
	var out EditableProcedure
	err := a.db.View(ctx, v.Zone, func(r *store.Reader) (err error) {
		out, err = editable(r, id)
		return err
	})
	return out, err
}

func editable(r *store.Reader, id string) (EditableProcedure, error) {
	e := EditableProcedure{Used: map[string][]string{}}
	docs, err := r.Documents(docProcedure)
	if err != nil {
		return e, err
	}
	for _, d := range docs {
		if d.Name != id {
			continue
		}
		p, err := casework.ParseProcedure(fileName(id, d.Version), []byte(d.Body))
		if err != nil {
			return e, fmt.Errorf("read %s version %d: %w", id, d.Version, err)
		}
		for _, l := range p.Reasons {
			for _, t := range l.Items {
				e.Used[l.ID] = append(e.Used[l.ID], t.ID)
			}
		}
		if e.Procedure == nil || d.Version > e.Doc.Version {
			e.Procedure, e.Doc = p, d
		}
	}
	if e.Procedure == nil {
		return e, fault.New(fault.NotFound, "没有这个流程。", "There is no such procedure.")
	}
	e.Base = nameOfText(e.Doc)
	return e, nil
}

// nameOfText is what stands for a version's text and state in a form.
func nameOfText(d store.Document) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %s %s", d.Version, d.State, d.Body))
	return hex.EncodeToString(sum[:12])
}

var errEditedMeanwhile = fault.New(fault.Conflict, "您打开本页以后，有人改动了这个流程。您填写的内容都在，请先看过对方的改动；再次保存即以本页内容为准。",
	"Somebody has changed this procedure since you opened the page. What you typed is still here. Look at their changes first; saving again goes by this page.")

// EditProcedure keeps what was typed as a draft: in place of the draft there is, or as the version after the published
// one. The change and why it was made go into the audit log. The error is a fault.List, each with the Field
// casework.Revise names, or why; Conflict when base is no longer the newest text.
func (a *App) EditProcedure(ctx context.Context, v Viewer, id, base string, e casework.Edit, why, key string) (version int, err error) {
	from, err := a.EditableProcedure(ctx, v, id)
	if err != nil {
		return 0, err
	}
	d := store.Document{Kind: docProcedure, Name: id, Version: from.Next(), State: "draft", By: v.Person}
	var changes []casework.Change
	if from.Base == base { // else it is refused below, unless this very form has come before
		e.Version = d.Version
		if d.Body, changes, err = a.revised(ctx, v, from, e, &why); err != nil {
			return 0, err
		}
	}
	return d.Version, a.plain(ctx, v, key, func(x *edit) error {
		if now, err := newestDocument(&x.tx.Reader, id); err != nil {
			return err
		} else if nameOfText(now) != base || d.Body == "" {
			return errEditedMeanwhile
		} else if now.State == "draft" {
			if err := x.tx.DropDraft(docProcedure, id, now.Version); err != nil {
				return err
			}
		}
		x.record("procedure.edit", fmt.Sprintf("%s:%s v%d", docProcedure, id, d.Version), why, inShort(changes))
		return x.tx.AddDocument(d)
	})
}

func newestDocument(r *store.Reader, id string) (store.Document, error) {
	docs, err := r.Documents(docProcedure)
	var out store.Document
	for _, d := range docs {
		if d.Name == id && d.Version > out.Version {
			out = d
		}
	}
	return out, err
}

// revised is the text with the edit in it, and how it differs.
func (a *App) revised(ctx context.Context, v Viewer, from EditableProcedure, e casework.Edit, why *string) (string, []casework.Change, error) {
	z, err := a.Zone(ctx, v.Zone)
	if err != nil {
		return "", nil, err
	}
	p, text, wrong := casework.Revise(fileName(from.ID, e.Version), []byte(from.Doc.Body), e)
	all := fault.List(slices.Clone(fault.Fields(wrong)))
	var short error
	if *why, short = words("why", *why, 2, 200); short != nil {
		all.Add("why", "请写明修改理由（2 至 200 个字）。", "Say why it is changed (2 to 200 characters).")
	}
	if err := all.Err(); err != nil {
		return "", nil, err
	}
	if err := p.Validate(z.roleIDs()); err != nil {
		return "", nil, fault.New(fault.Invalid, "%[1]s", "%[2]s", fault.Sentence(err, lang.ZH), fault.Sentence(err, lang.EN))
	}
	changes := casework.Compare(from.Procedure, p)
	if len(changes) == 0 {
		return "", nil, fault.New(fault.Invalid, "还没有改动任何内容。", "Nothing has been changed yet.")
	}
	return string(text), changes, nil
}

// inShort is a list of changes for the audit log, cut off where it grows long.
func inShort(changes []casework.Change) string {
	const most = 20
	var zh, en []string
	for _, c := range changes[:min(len(changes), most)] {
		zh = append(zh, fmt.Sprintf("%s %s：%s → %s", c.Part.ZH, c.What.ZH, cmp.Or(c.Was.ZH, "无"), cmp.Or(c.Now.ZH, "移除")))
		en = append(en, fmt.Sprintf("%s %s: %s → %s", c.Part.EN, c.What.EN, cmp.Or(c.Was.EN, "none"), cmp.Or(c.Now.EN, "removed")))
	}
	if n := len(changes) - most; n > 0 {
		zh, en = append(zh, fmt.Sprintf("另有 %d 处", n)), append(en, fmt.Sprintf("%d more", n))
	}
	return lang.Text{ZH: strings.Join(zh, "；"), EN: strings.Join(en, "; ")}.Line()
}

// ProcedureComparison is how a version differs from an earlier one.
type ProcedureComparison struct {
	Was, Now *casework.Procedure
	Doc      store.Document // of Now
	Changes  []casework.Change
	Lines    []yamldoc.Line
}

// VersionBefore is the version that was published before one, 0 when it is the first.
func (a *App) VersionBefore(ctx context.Context, v Viewer, id string, version int) (int, error) {
	if err := v.need(EditCases); err != nil {
		return 0, err
	}
	out := 0
	err := a.db.View(ctx, v.Zone, func(r *store.Reader) error {
		docs, err := r.Documents(docProcedure)
		out = 0
		for _, d := range docs {
			if d.Name == id && d.Version < version && d.State != "draft" {
				out = max(out, d.Version)
			}
		}
		return err
	})
	return out, err
}

// CompareProcedure compares a version with the one published before it: a draft with the version in force. The error is
// NotFound when the version is not there, or is the first.
func (a *App) CompareProcedure(ctx context.Context, v Viewer, id string, version int) (ProcedureComparison, error) {
	var out ProcedureComparison
	n, err := a.VersionBefore(ctx, v, id, version)
	if err != nil {
		return out, err
	}
	was, before, err := a.ProcedureVersion(ctx, v, id, n)
	if err != nil {
		return out, err
	}
	out.Was = was
	if out.Now, out.Doc, err = a.ProcedureVersion(ctx, v, id, version); err != nil {
		return out, err
	}
	out.Changes = casework.Compare(out.Was, out.Now)
	plain := strings.NewReplacer("\r\n", "\n")
	out.Lines = yamldoc.Diff(plain.Replace(before.Body), plain.Replace(out.Doc.Body), 2)
	return out, nil
}
