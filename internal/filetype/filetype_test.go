package filetype

import (
	"archive/zip"
	"bytes"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"gezhi/internal/fault"
	"gezhi/internal/lang"
)

// workbook is a workbook as Excel reads it, behind a password unless that is empty.
func workbook(t testing.TB, password string) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	if err := f.SetCellValue("Sheet1", "A1", "清单"); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := f.Write(&b, excelize.Options{Password: password}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// forged writes an archive whose entries say of themselves whatever the headers say.
func forged(t testing.TB, headers ...zip.FileHeader) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, h := range headers {
		f, err := w.CreateRaw(&h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write(make([]byte, h.CompressedSize64)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func entryOf(name string, packed, unpacked uint64, flags uint16) zip.FileHeader {
	return zip.FileHeader{Name: name, Method: zip.Deflate, CompressedSize64: packed, UncompressedSize64: unpacked, Flags: flags}
}

// utf16le is a text in UTF-16 with its mark.
func utf16le(s string) string {
	b := []byte{0xff, 0xfe}
	for _, r := range s {
		b = append(b, byte(r), byte(r>>8))
	}
	return string(b)
}

func TestWhatIsTaken(t *testing.T) {
	types16 := utf16le(strings.ReplaceAll(wordTypes, "UTF-8", "utf-16"))
	for name, c := range map[string]struct {
		file string
		body []byte
		want Kind
	}{
		"PDF":                        {"红头文件.pdf", pdf(), PDF},
		"an ending in capitals":      {"红头文件.PDF", pdf(), PDF},
		"DOCX":                       {"情况说明.docx", docx(t), DOCX},
		"DOCX with UTF-16 inside":    {"a.docx", zipped(t, part{"[Content_Types].xml", types16}, part{"word/document.xml", wordText}), DOCX},
		"a workbook within DOCX":     {"a.docx", docx(t, part{"word/embeddings/a.xlsx", "PK"}), DOCX},
		"XLSX":                       {"清单.xlsx", workbook(t, ""), XLSX},
		"PPTX":                       {"汇报.pptx", zipped(t, part{"[Content_Types].xml", "<Types/>"}, part{"ppt/presentation.xml", "<p/>"}), PPTX},
		"OFD":                        {"公文.ofd", zipped(t, part{"OFD.xml", ofdText}, part{"Doc_0/Document.xml", "<x/>"}), OFD},
		"DOC":                        {"合同.doc", word97(), DOC},
		"DOC of WPS":                 {"合同.wps", word97(), DOC},
		"a workbook within DOC":      {"合同.doc", word97(storage{name: "ObjectPool", folder: true}, storage{name: "_1", in: 4, folder: true}, storage{name: "Workbook", in: 5}), DOC},
		"XLS":                        {"清单.xls", ole(storage{name: "Workbook"}, storage{name: "Book"}), XLS},
		"XLS of WPS":                 {"清单.et", ole(storage{name: "Workbook"}), XLS},
		"JPEG":                       {"盖章页.jpg", jpg(t), JPEG},
		"JPEG with the long ending":  {"盖章页.jpeg", jpg(t), JPEG},
		"PNG":                        {"图纸.png", pngFile(t), PNG},
		"a document of 20 MB":        {"a.pdf", append(pdf(), make([]byte, MaxBytes-len(pdf()))...), PDF},
		"an archive close to bounds": {"a.docx", zipped(t, part{"[Content_Types].xml", wordTypes + strings.Repeat(" ", mostManifest-len(wordTypes))}, part{"word/a", ""}), DOCX},
	} {
		clean, kind, err := Check(c.file, c.body)
		if err != nil || kind != c.want || !strings.EqualFold(clean, c.file) {
			t.Errorf("%s: %q, %q, %v", name, clean, kind, err)
		}
	}
}

func TestWhatIsNotTaken(t *testing.T) {
	macro := strings.Replace(wordTypes, "wordprocessingml.document.main", "ms-word.document.macroEnabled.main", 1)
	entity := strings.Replace(macro, "macroEnabled", "macro&#69;nabled", 1)
	big := entryOf("word/a.xml", 10, mostUnpacked, 0)
	types := entryOf("[Content_Types].xml", 0, 0, 0)
	types.Method = zip.Store
	many := make([]part, mostEntries+1)
	for i := range many {
		many[i] = part{name: fmt.Sprint("word/", i)}
	}
	long := pdf()
	for name, c := range map[string]struct {
		file string
		body []byte
		want string // what the sentence says
	}{
		"nothing":                           {"a.pdf", nil, "文件是空的"},
		"more than 20 MB":                   {"a.pdf", append(long, make([]byte, MaxBytes)...), "超过 20 MB"},
		"HTML called PDF":                   {"a.pdf", []byte("<!doctype html><script>alert(1)</script>"), "不是可接收的格式。可上传 PDF"},
		"HTML":                              {"a.html", []byte("<html></html>"), "不是可接收的格式"},
		"SVG":                               {"a.svg", []byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`), "不是可接收的格式"},
		"SVG called PNG":                    {"a.png", []byte(`<svg xmlns="http://www.w3.org/2000/svg"/>`), "不是可接收的格式"},
		"text":                              {"a.txt", []byte("甲,乙\n"), "不是可接收的格式"},
		"a program":                         {"a.pdf", []byte("MZ\x90\x00 program"), "不是可接收的格式"},
		"a program with a PDF behind":       {"a.pdf", append([]byte("MZ"), pdf()...), "不是可接收的格式"},
		"RTF called DOC":                    {"a.doc", []byte(`{\rtf1 a}`), "不是可接收的格式"},
		"the first letters of PDF":          {"a.pdf", []byte("%PDF-"), "不是可接收的格式"},
		"PDF called DOCX":                   {"a.docx", pdf(), "文件名以“.docx”结尾，内容却是 PDF"},
		"PDF with a program's name":         {"合同.pdf.exe", pdf(), "以“.exe”结尾"},
		"PDF whose name hides its end":      {"合同\u202Efdp.exe", pdf(), "以“.exe”结尾"},
		"a name without an end":             {"合同", pdf(), "以“…”结尾"},
		"DOCX called DOC":                   {"a.doc", docx(t), "内容却是 DOCX"},
		"XLSX called DOCX":                  {"a.docx", workbook(t, ""), "内容却是 XLSX"},
		"half a JPEG's head":                {"a.jpg", jpg(t)[:40], "已损坏"},
		"half a PNG's head":                 {"a.png", pngFile(t)[:20], "已损坏"},
		"a ZIP":                             {"a.zip", zipped(t, part{"a.txt", "x"}), "不是可接收的格式"},
		"a ZIP called DOCX":                 {"a.docx", zipped(t, part{"a.txt", "x"}), "不是可接收的格式"},
		"a Java archive called DOCX":        {"a.docx", zipped(t, part{"META-INF/MANIFEST.MF", "x"}, part{"word/a", "x"}), "不是可接收的格式"},
		"types without a document":          {"a.docx", zipped(t, part{"[Content_Types].xml", wordTypes}, part{"word", ""}), "不是可接收的格式"},
		"Word and Excel at once":            {"a.docx", docx(t, part{"xl/workbook.xml", "x"}), "不是可接收的格式"},
		"Word and OFD at once":              {"a.docx", docx(t, part{"OFD.xml", ofdText}), "不是可接收的格式"},
		"OFD that is something else":        {"a.ofd", zipped(t, part{"OFD.xml", "<html/>"}), "不是可接收的格式"},
		"OFD that is no XML":                {"a.ofd", zipped(t, part{"OFD.xml", "OFD"}), "已损坏"},
		"half an archive":                   {"a.docx", docx(t)[:200], "已损坏"},
		"an archive of nothing":             {"a.docx", []byte("PK\x05\x06" + strings.Repeat("\x00", 18)), "不是可接收的格式"},
		"a macro":                           {"a.docx", docx(t, part{"word/vbaProject.bin", "x"}), "含有宏"},
		"a macro in capitals":               {"a.docx", docx(t, part{"word/VBAPROJECT.BIN", "x"}), "含有宏"},
		"types of a document with macros":   {"a.docx", zipped(t, part{"[Content_Types].xml", macro}, part{"word/document.xml", ""}), "含有宏"},
		"such types behind an entity":       {"a.docx", zipped(t, part{"[Content_Types].xml", entity}, part{"word/document.xml", ""}), "含有宏"},
		"such types in UTF-16":              {"a.docx", zipped(t, part{"[Content_Types].xml", utf16le(strings.ReplaceAll(macro, "UTF-8", "UTF-16"))}, part{"word/document.xml", ""}), "含有宏"},
		"macro sheets":                      {"a.xlsx", zipped(t, part{"[Content_Types].xml", `<Types><Override ContentType="application/vnd.ms-excel.macrosheet+xml"/></Types>`}, part{"xl/workbook.xml", ""}), "含有宏"},
		"types in an unknown writing":       {"a.docx", zipped(t, part{"[Content_Types].xml", `<?xml version="1.0" encoding="ebcdic"?><Types/>`}, part{"word/document.xml", ""}), "已损坏"},
		"one name twice":                    {"a.docx", docx(t, part{"Word/Document.xml", "x"}), "已损坏"},
		"an archive that unpacks to 512 MB": {"a.docx", forged(t, types, big, entryOf("word/b.xml", 10, 1, 0)), "解压后过大"},
		"a size beyond all numbers":         {"a.docx", forged(t, types, entryOf("word/a", 1, 1<<63, 0), entryOf("word/b", 1, 1<<63, 0)), "解压后过大"},
		"an archive of ten thousand files":  {"a.docx", zipped(t, many...), "解压后过大"},
		"an entry with a password":          {"a.docx", forged(t, types, entryOf("word/a.xml", 10, 10, 1)), "打开密码"},
		"a way to pack nobody reads":        {"a.docx", forged(t, types, zip.FileHeader{Name: "word/a", Method: 99}), "已损坏"},
		"types larger than they may be":     {"a.docx", zipped(t, part{"[Content_Types].xml", wordTypes + strings.Repeat(" ", mostManifest)}, part{"word/a", ""}), "已损坏"},
		"types that unpack to more":         {"a.docx", lying(t), "已损坏"},
		"a workbook with a password":        {"a.xlsx", workbook(t, "secret"), "打开密码"},
		"an OLE header and nothing else":    {"a.doc", []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("\x00", 600)), "已损坏"},
		"an OLE header":                     {"a.doc", word97()[:512], "已损坏"},
		"an installer called DOC":           {"a.doc", ole(storage{name: "\x05SummaryInformation"}, storage{name: "Property"}), "不是可接收的格式"},
		"DOC with macros":                   {"a.doc", word97(storage{name: "Macros", folder: true}, storage{name: "VBA", in: 4, folder: true}), "含有宏"},
		"XLS with macros":                   {"a.xls", ole(storage{name: "Workbook"}, storage{name: "_VBA_PROJECT_CUR", folder: true}), "含有宏"},
		"macros in a document inside":       {"a.doc", word97(storage{name: "ObjectPool", folder: true}, storage{name: "Macros", in: 4, folder: true}), "含有宏"},
		"Word and Excel in one OLE":         {"a.doc", word97(storage{name: "Workbook"}), "不是可接收的格式"},
		"a document only inside":            {"a.doc", ole(storage{name: "ObjectPool", folder: true}, storage{name: "WordDocument", in: 1}), "不是可接收的格式"},
		"a directory that goes in circles":  {"a.doc", circle(), "已损坏"},
	} {
		_, _, err := Check(c.file, c.body)
		if fault.KindOf(err) != fault.Invalid || !strings.Contains(fault.Sentence(err, lang.ZH), c.want) || fault.Sentence(err, lang.EN) == "" {
			t.Errorf("%s: %v, want %s", name, fault.Sentence(err, lang.ZH), c.want)
		}
	}
}

// lying is an archive whose list says that its types are small.
func lying(t testing.TB) []byte {
	body := zipped(t, part{"[Content_Types].xml", wordTypes + strings.Repeat(" ", 4*mostManifest)}, part{"word/a", ""})
	var size [4]byte
	n := uint32(len(wordTypes) + 4*mostManifest)
	size[0], size[1], size[2], size[3] = byte(n), byte(n>>8), byte(n>>16), byte(n>>24)
	return bytes.ReplaceAll(body, size[:], []byte{0, 1, 0, 0})
}

// circle is a compound file whose directory follows upon itself.
func circle() []byte {
	b := word97()
	b[512+4] = 1
	b[512+5], b[512+6], b[512+7] = 0, 0, 0
	return b
}

func TestNames(t *testing.T) {
	long := strings.Repeat("长", 300)
	for name, want := range map[string]string{
		"合同.pdf":                     "合同.pdf",
		`C:\Users\张三\桌面\合同.pdf`:      "合同.pdf",
		"/etc/../passwd.pdf":         "passwd.pdf",
		"a\r\nContent-Type: x\t.pdf": "aContent-Type: x.pdf",
		"  合 同\u3000 1 .pdf ":        "合 同 1.pdf",
		"合同.PDF":                     "合同.pdf",
		"合同.pdf. ":                   "合同.pdf",
		".pdf":                       "材料.pdf",
		"..\\.pdf":                   "材料.pdf",
		"\u202Etxt.合同.pdf":           "txt.合同.pdf",
		"\xff合同\xfe.pdf":             "合同.pdf",
		long + ".pdf":                long[:3*(MaxName-5)] + ".pdf",
		"<em>\"'&.pdf":               "<em>\"'&.pdf",
	} {
		got, kind, err := Check(name, pdf())
		if err != nil || got != want || kind != PDF || utf8.RuneCountInString(got) > MaxName {
			t.Errorf("%q is called %q, %v; want %q", name, got, err, want)
		}
	}
}

// TestATableTooLongForTheHeader has a directory whose chain stands in the 110th sector of the table.
func TestATableTooLongForTheHeader(t *testing.T) {
	const far = 109 * 128 // the first sector that the header's part of the table does not tell of
	small := word97()
	head, dir := bytes.Clone(small[:512]), small[1024:]
	body := make([]byte, 512*(far+3))
	set := func(at int, n uint32) {
		body[at], body[at+1], body[at+2], body[at+3] = byte(n), byte(n>>8), byte(n>>16), byte(n>>24)
	}
	copy(body, head)
	set(44, 110)
	set(48, far)
	set(68, 0) // the list goes on in sector 0
	set(72, 1)
	for i := range 109 {
		set(76+4*i, 5) // a sector of nothing
	}
	for i := range 128 {
		set(512+4*i, 0xFFFFFFFF)
	}
	set(512, 1)              // the 110th sector of the table is sector 1
	set(512+508, 0xFFFFFFFE) // and that is all
	set(1024, far+1)         // the directory goes on there
	set(1024+4, 0xFFFFFFFE)  // and ends
	copy(body[512*(far+1):], dir[:512])
	more := bytes.Clone(dir[:512])
	copy(body[512*(far+2):], more)
	if _, kind, err := Check("a.doc", body); err != nil || kind != DOC {
		t.Errorf("%q, %v", kind, err)
	}
	set(72, 0)
	if _, _, err := Check("a.doc", body); err == nil {
		t.Error("read without its table")
	}
}

func TestKinds(t *testing.T) {
	for _, k := range kinds {
		if !k.kind.Known() || k.kind.Ending() == "" || !strings.Contains(Endings(), k.endings[0]) {
			t.Errorf("%+v", k)
		}
		for _, name := range strings.Split(k.name, "/") {
			if !strings.Contains(Accepted.ZH, name) || !strings.Contains(Accepted.EN, name) {
				t.Errorf("the sentence does not name %s", name)
			}
		}
	}
	if Kind("text/html").Known() || Kind("text/html").Viewed() || !PDF.Viewed() || DOCX.Viewed() {
		t.Error("what is known and viewed")
	}
}

// FuzzCheck gives the sniffer bent files of every kind: it answers with a kind and a clean name or with a sentence,
// and what it takes begins as its kind does.
func FuzzCheck(f *testing.F) {
	begin := map[Kind]string{PDF: "%PDF-", OFD: "PK", DOCX: "PK", XLSX: "PK", PPTX: "PK", DOC: "\xd0\xcf", XLS: "\xd0\xcf", JPEG: "\xff\xd8", PNG: "\x89PNG"}
	f.Add("a.pdf", pdf())
	f.Add("a.docx", docx(f))
	f.Add("a.xlsx", workbook(f, "x"))
	f.Add("a.ofd", zipped(f, part{"OFD.xml", ofdText}))
	f.Add("a.doc", word97(storage{name: "ObjectPool", folder: true}, storage{name: "VBA", in: 4}))
	f.Add("a.doc", circle())
	f.Add("a.jpg", jpg(f))
	f.Add("a.png", pngFile(f))
	f.Add("\u202E/..\\a\r\n.PDF ", pdf())
	f.Fuzz(func(t *testing.T, name string, body []byte) {
		clean, kind, err := Check(name, body)
		if err != nil {
			if fault.KindOf(err) != fault.Invalid || clean != "" || kind != "" {
				t.Fatalf("%q, %q, %v", clean, kind, err)
			}
			return
		}
		if n := utf8.RuneCountInString(clean); !utf8.ValidString(clean) || n == 0 || n > MaxName || strings.ContainsAny(clean, "/\\\r\n\x00\u202e") {
			t.Fatalf("the name %q", clean)
		}
		if again, _, err := Check(clean, body); err != nil || again != clean {
			t.Fatalf("%q becomes %q, %v", clean, again, err)
		}
		if begin[kind] == "" || !bytes.HasPrefix(body, []byte(begin[kind])) {
			t.Fatalf("a %s that begins with %q", kind, body[:min(len(body), 8)])
		}
	})
}
