package app_test

import (
	"archive/zip"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"gezhi/internal/app"
	"gezhi/internal/app/apptest"
	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/filetype"
	"gezhi/internal/lang"
	"gezhi/internal/store"
)

// papered is a district whose cases take documents, with a case its resident reported.
type papered struct {
	*apptest.World
	resident, worker, stranger app.Viewer
	c                          casework.Case
	n                          int
}

func newPapered(w *apptest.World) *papered {
	w.T.Helper()
	apptest.WithPapers(w.T, w.App, w.Staff("guanli", "管理员虚构", casework.Duty{Role: "admin", Area: "330108"}))
	p := &papered{World: w, resident: w.Resident("19900000001"), stranger: w.Resident("19900000002")}
	p.c = p.report("k")
	p.worker = w.Staff("jiedan", "网格员虚构", casework.Duty{Role: "grid_staff", Area: p.c.Place.Area[:15]})
	return p
}

func (p *papered) report(key string) casework.Case {
	p.T.Helper()
	c, err := p.App.Submit(context.Background(), p.resident, app.Report{Key: key, Matter: "E0102", Text: "楼下垃圾成堆", Point: killPoint, HasPoint: true})
	p.OK(err)
	return c
}

// add uploads a document.
func (p *papered) add(v app.Viewer, name string, body []byte) string {
	p.T.Helper()
	f, err := p.App.AddFile(context.Background(), v, name, bytes.NewReader(body))
	p.OK(err)
	return strconv.FormatInt(f.ID, 10)
}

// handIn tries to hand documents in.
func (p *papered) handIn(v app.Viewer, c casework.Case, stamped, plan string) error {
	p.n++
	_, err := p.App.Move(context.Background(), v, c.ID, casework.Command{Move: "hand_in",
		Fields: map[string]string{"stamped": stamped, "plan": plan, "points": "sealed,signed"}}, fmt.Sprint("hand", p.n))
	return err
}

func id(s string) int64 { n, _ := strconv.ParseInt(s, 10, 64); return n }

func TestDocumentsGoWithAMoveAndToWhoeverSeesTheCase(t *testing.T) {
	forEngines(t, func(t *testing.T, w *apptest.World) {
		ctx := context.Background()
		p := newPapered(w)
		body := filetype.Sample("letter")
		sum := sha256.Sum256(body)
		one, two, plan := p.add(p.resident, `C:\文件\红头文件.pdf`, body), p.add(p.resident, "附图.pdf", filetype.Sample("map")), p.add(p.resident, "方案.pdf", filetype.Sample("plan"))

		if _, err := w.App.FileFor(ctx, p.worker, id(one)); fault.KindOf(err) != fault.NotFound {
			t.Errorf("a file nobody has sent yet is shown to others: %v", err)
		}
		p.OK(p.handIn(p.resident, p.c, one+","+two, plan))
		for name, v := range map[string]app.Viewer{"the resident": p.resident, "the grid worker": p.worker} {
			f, err := w.App.FileFor(ctx, v, id(one))
			w.OK(err)
			if f.Name != "红头文件.pdf" || f.Kind != filetype.PDF || f.Size != int64(len(body)) || f.SHA256 != hex.EncodeToString(sum[:]) || !bytes.Equal(f.Body, body) || f.Case != p.c.ID {
				t.Errorf("%s gets %+v", name, f)
			}
		}
		for name, v := range map[string]app.Viewer{"a stranger": p.stranger, "a visitor": {Zone: apptest.Zone}} {
			if _, err := w.App.FileFor(ctx, v, id(one)); fault.KindOf(err) != fault.NotFound {
				t.Errorf("%s gets the document: %v", name, err)
			}
		}
		page, err := w.App.CasePage(ctx, p.worker, p.c.ID)
		w.OK(err)
		fields := page.Events[len(page.Events)-1].Fields
		if len(fields) != 3 || len(fields[0].Files) != 2 || fields[0].Files[0].Name != "红头文件.pdf" || len(fields[1].Files) != 1 || fields[2].Value.ZH != "已加盖公章\n经办人已签字" {
			t.Errorf("the history says %+v", fields)
		}
		own, err := w.App.OwnData(ctx, p.resident)
		w.OK(err)
		if d := own.Reports[0].Documents; len(d) != 3 || d[0].Name != "红头文件.pdf" || d[0].SHA256 != hex.EncodeToString(sum[:]) {
			t.Errorf("the resident's own data has %+v", d)
		}
		if found := wrong(w); len(found) > 0 {
			t.Errorf("broken:\n%s", strings.Join(found, "\n"))
		}
	})
}

func TestVerifyMissesDocuments(t *testing.T) {
	for name, c := range map[string]struct{ sql, want string }{
		"gone":                 {`DELETE FROM files; DELETE FROM file_bodies`, "documents are those that history names (1)"},
		"without its content":  {`DELETE FROM file_bodies`, "documents have their contents (1)"},
		"with another content": {`UPDATE file_bodies SET body = CAST(body || x'00' AS BLOB)`, "a document is what its digest says (1)"},
		"of another case":      {`UPDATE files SET case_id = case_id + 1`, "documents are those that history names (1)"},
		"of nobody":            {`UPDATE files SET by_person = 1`, "documents of cases, grants and people that exist (1)"},
		"under another name":   {`UPDATE files SET name = 'x.pdf'`, "what is recorded is what the log has (1)"},
		"with another digest":  {`UPDATE files SET sha256 = replace(sha256, substr(sha256, 1, 1), 'g')`, "what is recorded is what the log has (1)"},
		"not in a history":     {`UPDATE case_events SET fields = ''`, "documents are those that history names (1)"},
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "g.db")
			w := apptest.New(t, "sqlite:"+file)
			p := newPapered(w)
			p.OK(p.handIn(p.resident, p.c, p.add(p.resident, "a.pdf", filetype.Sample("a")), ""))
			if found := wrong(w); len(found) > 0 {
				t.Fatalf("broken before:\n%s", strings.Join(found, "\n"))
			}
			_, err := apptest.Raw(t, file).Exec(c.sql)
			w.OK(err)
			if found := strings.Join(wrong(w), "\n"); !strings.Contains(found, c.want) {
				t.Errorf("found is %q, want %s", found, c.want)
			}
		})
	}
}

func TestDocumentsThatAreNotOnesOwnOrGoneAreRefused(t *testing.T) {
	forEngines(t, func(t *testing.T, w *apptest.World) {
		p := newPapered(w)
		second := p.report("k2")
		mine, theirs := p.add(p.resident, "a.pdf", filetype.Sample("a")), p.add(p.stranger, "b.pdf", filetype.Sample("b"))
		refused := func(name string, err error, field, says string) {
			t.Helper()
			list := fault.Fields(err)
			if len(list) != 1 || list[0].Kind != fault.Invalid || list[0].Field != field || !strings.Contains(list[0].ZH, says) {
				t.Errorf("%s: %v", name, err)
			}
		}
		refused("none", p.handIn(p.resident, p.c, "", ""), "stamped", "请上传“盖章文件”")
		refused("a stranger's", p.handIn(p.resident, p.c, mine, theirs), "plan", "材料已失效")
		refused("one that does not exist", p.handIn(p.resident, p.c, "77", ""), "stamped", "材料已失效")
		refused("four", p.handIn(p.resident, p.c, "1,2,3,4", ""), "stamped", "最多 3 份")
		p.OK(p.handIn(p.resident, p.c, mine, "")) // what was refused beside another is still loose
		refused("that of another case", p.handIn(p.resident, second, mine, ""), "stamped", "材料已失效")
		p.OK(p.handIn(p.resident, p.c, mine, ""))
		refused("that of another person", p.handIn(p.worker, p.c, mine, ""), "stamped", "材料已失效")
		if found := wrong(w); len(found) > 0 {
			t.Errorf("broken:\n%s", strings.Join(found, "\n"))
		}
	})
}

// docx is a small text of Word.
func docx(t *testing.T, more ...string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range append([]string{"[Content_Types].xml", "word/document.xml"}, more...) {
		f, err := z.Create(name)
		if err == nil {
			_, err = f.Write([]byte(`<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>`))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestOnlyDocumentsAreTaken(t *testing.T) {
	w := apptest.New(t, "sqlite:"+t.TempDir()+"/g.db")
	v := w.Resident("19900000001")
	add := func(v app.Viewer, name string, body []byte) (store.File, error) {
		return w.App.AddFile(context.Background(), v, name, bytes.NewReader(body))
	}
	for name, body := range map[string][]byte{"a.pdf": filetype.Sample("a"), "b.docx": docx(t)} {
		f, err := add(v, name, body)
		if err != nil || f.Name != name || f.ID == 0 || f.Body != nil {
			t.Errorf("%s: %+v, %v", name, f, err)
		}
	}
	for name, c := range map[string]struct {
		file string
		body []byte
		want string
	}{
		"HTML called PDF":  {"a.pdf", []byte("<html><script>alert(1)</script>"), "不是可接收的格式。可上传 PDF、OFD"},
		"SVG":              {"a.svg", []byte("<svg/>"), "不是可接收的格式"},
		"text":             {"a.csv", []byte("a,b"), "不是可接收的格式"},
		"macros":           {"a.docx", docx(t, "word/vbaProject.bin"), "含有宏"},
		"another's ending": {"a.doc", docx(t), "两者不一致"},
		"more than 20 MB":  {"a.pdf", append(filetype.Sample("a"), make([]byte, filetype.MaxBytes)...), "超过 20 MB"},
		"nothing":          {"a.pdf", nil, "文件是空的"},
	} {
		if _, err := add(v, c.file, c.body); fault.KindOf(err) != fault.Invalid || !strings.Contains(fault.Sentence(err, lang.ZH), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := add(app.Viewer{Zone: apptest.Zone}, "a.pdf", filetype.Sample("a")); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("a visitor uploads: %v", err)
	}
}

func TestLooseDocumentsAreBoundedAndDropped(t *testing.T) {
	forEngines(t, func(t *testing.T, w *apptest.World) {
		ctx := context.Background()
		p := newPapered(w)
		big := append(filetype.Sample("a"), make([]byte, filetype.MaxBytes-1000)...)
		first := p.add(p.resident, "0.pdf", big)
		for i := range 9 {
			p.add(p.resident, fmt.Sprint(i, ".pdf"), big)
		}
		if _, err := w.App.AddFile(ctx, p.resident, "c.pdf", bytes.NewReader(big)); fault.KindOf(err) != fault.Conflict || !strings.Contains(fault.Sentence(err, lang.ZH), "200 MB") {
			t.Errorf("an eleventh: %v", err)
		}
		p.add(p.stranger, "c.pdf", big)
		p.OK(p.handIn(p.resident, p.c, first, ""))
		again := p.add(p.resident, "c.pdf", big) // what was sent no longer counts
		drop := func() int {
			n, err := w.App.DropLooseFiles(ctx, apptest.Zone)
			w.OK(err)
			return n
		}
		w.Pass(47 * time.Hour)
		if n := drop(); n != 0 {
			t.Errorf("%d documents are dropped after 47 hours", n)
		}
		w.Pass(2 * time.Hour)
		if n := drop(); n != 11 {
			t.Errorf("%d documents are dropped after 49 hours, want 11", n)
		}
		if err := p.handIn(p.resident, p.c, again, ""); fault.KindOf(err) != fault.Invalid {
			t.Errorf("a document that was dropped is sent: %v", err)
		}
		if _, err := w.App.FileFor(ctx, p.worker, id(first)); err != nil {
			t.Errorf("a document of a case: %v", err)
		}
		if list, err := w.App.OwnFiles(ctx, p.resident, []int64{id(again), id(first), 5}); err != nil || len(list) != 0 {
			t.Errorf("a form comes back with %+v, %v", list, err)
		}
		if found := wrong(w); len(found) > 0 {
			t.Errorf("broken:\n%s", strings.Join(found, "\n"))
		}
	})
}
