package web

import (
	"bytes"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/filetype"
	"gezhi/internal/store"
	"gezhi/internal/web/ui"
)

// keptName is the form's field with the ids of documents that came with it before.
func keptName(field string) string { return "file." + field }

// mostUploads is how many documents one form may bring.
const mostUploads = 50

// documents keeps the documents a form brought, and puts their ids, after those that came before, into the fields they
// are for. What arrived well is among them even when another was refused.
func (v *visit) documents(fields map[string]string) error {
	ids := map[string][]string{}
	for name, values := range v.Form {
		if field, ok := strings.CutPrefix(name, "file."); ok {
			ids[field] = slices.Clone(values)
		}
	}
	var bad fault.List
	err := v.uploads(func(field, id string, wrong *fault.Error) {
		if wrong != nil {
			bad = append(bad, wrong)
		} else {
			ids[field] = append(ids[field], id)
		}
	})
	for field, list := range ids {
		fields[field] = strings.Join(list, ",")
	}
	if err != nil {
		return err
	}
	return bad.Err()
}

// uploads keeps each document of a form and says what became of it: its id, or what is wrong with it.
func (v *visit) uploads(each func(field, id string, wrong *fault.Error)) error {
	if v.MultipartForm == nil {
		return nil
	}
	n := 0
	for _, name := range slices.Sorted(maps.Keys(v.MultipartForm.File)) {
		field, ok := strings.CutPrefix(name, fieldName(""))
		if !ok {
			continue
		}
		for _, head := range v.MultipartForm.File[name] {
			if head.Size == 0 && head.Filename == "" {
				continue
			}
			if n++; n > mostUploads {
				each(field, "", fault.Field(field, "一次最多上传 %d 份材料。", "At most %d documents can be sent at once.", mostUploads))
				return nil
			}
			f, err := head.Open()
			if err != nil {
				return err
			}
			kept, err := v.s.app.AddFile(v.Context(), v.viewer, head.Filename, f)
			f.Close()
			list := fault.Fields(err)
			switch {
			case err == nil:
				each(field, strconv.FormatInt(kept.ID, 10), nil)
			case len(list) == 0:
				return err
			default:
				each(field, "", fault.Field(field, "“%[1]s”：%[2]s", "“%[1]s”: %[3]s", head.Filename, list[0].ZH, list[0].EN))
			}
		}
	}
	return nil
}

// keptFiles are the documents that came with a form that goes back, by field.
func (v *visit) keptFiles(p *casework.Procedure, fields map[string]string) (map[string][]store.File, error) {
	out := map[string][]store.File{}
	for i := range p.Fields {
		f := &p.Fields[i]
		if f.Type != casework.FieldDocument {
			continue
		}
		list, err := v.ownFiles(strings.Split(fields[f.ID], ",")) // there may be more than the field takes
		if err != nil {
			return nil, err
		}
		out[f.ID] = list
	}
	return out, nil
}

// keptOf is keptFiles for a form whose fields no procedure names.
func (v *visit) keptOf(in ui.Input) (map[string][]store.File, error) {
	out := map[string][]store.File{}
	if in.Err == nil {
		return out, nil
	}
	for name, ids := range in.Values {
		field, ok := strings.CutPrefix(name, keptName(""))
		if !ok || len(out) == mostUploads { // no page has so many fields
			continue
		}
		list, err := v.ownFiles(ids)
		if err != nil {
			return nil, err
		}
		out[field] = list
	}
	return out, nil
}

// ownFiles are documents by their ids, as far as the viewer uploaded them and nothing has named them.
func (v *visit) ownFiles(texts []string) ([]store.File, error) {
	var ids []int64
	for _, s := range texts {
		if id, err := strconv.ParseInt(s, 10, 64); err == nil && len(ids) < mostUploads {
			ids = append(ids, id)
		}
	}
	return v.s.app.OwnFiles(v.Context(), v.viewer, ids)
}

// filesInput is what the input of a document field takes and has.
func (p casePage) filesInput(f casework.Field) ui.Files {
	return filesInput(keptName(f.ID), f.MostDocuments(), p.Files[f.ID])
}

func filesInput(keep string, most int, kept []store.File) ui.Files {
	out := ui.Files{Accept: filetype.Endings(), Most: most, MaxMB: filetype.MaxBytes >> 20, Keep: keep}
	for _, k := range kept {
		out.Kept = append(out.Kept, ui.Kept{ID: strconv.FormatInt(k.ID, 10), Name: k.Name, Size: k.Size})
	}
	return out
}

// fileAddress is where a document is.
func (v *visit) fileAddress(f store.File) string { return v.to("files", strconv.FormatInt(f.ID, 10)) }

// sandbox keeps whatever is in a document from running, loading and speaking for this site. The styles are those with
// which browsers lay out a picture.
const sandbox = "sandbox; default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"

// showFile sends a document to somebody who may see it: to be saved, or, where the reader asks and the browser shows the
// kind itself, to be looked at.
func (s *Server) showFile(v *visit) error {
	id, err := strconv.ParseInt(v.PathValue("file"), 10, 64)
	if err != nil {
		return errNoPage
	}
	f, err := s.app.FileFor(v.Context(), v.viewer, id)
	if err != nil {
		return err
	}
	how := "attachment"
	if v.URL.Query().Has("view") && f.Kind.Viewed() {
		how = "inline"
	}
	h := v.w.Header()
	h.Set("Content-Type", string(f.Kind))
	h.Set("Content-Disposition", disposition(how, "document"+f.Kind.Ending(), f.Name))
	h.Set("Content-Security-Policy", sandbox)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "private, no-store")
	http.ServeContent(v.w, v.Request, "", time.Time{}, bytes.NewReader(f.Body))
	return nil
}

// disposition is the header that names a file, after RFC 6266: once for old browsers, once whole.
func disposition(how, plain, name string) string {
	return how + `; filename="` + plain + `"; filename*=UTF-8''` + strings.ReplaceAll(url.QueryEscape(name), "+", "%20")
}
