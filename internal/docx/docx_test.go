package docx

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"io"
	"path"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var letter = Document{Title: "受理告知书 <1> & 2", Lang: "zh-CN", Blocks: []Block{
	Paragraph{Title, "受理告知书"},
	Paragraph{Centred, "编号：330108-20260302-00001"},
	Paragraph{Plain, "张三："},
	Paragraph{Indented, `“<em>水管</em>” & 'x' ]]> ` + "\x00\x0b\ufffe"},
	Paragraph{Indented, "一行\n又一行  两个空格"},
	Table{{"编号", "1"}, {"承办单位", "水务局\n公路局"}},
	Paragraph{Right, "水务局"},
	Paragraph{Small, "示例文本"},
}}

// parts unzips a document.
func parts(t *testing.T, d Document) (map[string]string, []string) {
	t.Helper()
	var b bytes.Buffer
	if err := d.Write(&b); err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	out, order := map[string]string{}, []string(nil)
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if _, twice := out[f.Name]; twice {
			t.Errorf("%s is in it twice", f.Name)
		}
		out[f.Name], order = string(text), append(order, f.Name)
	}
	return out, order
}

// element is any XML element, with what is in it.
type element struct {
	XMLName  xml.Name
	Attrs    []xml.Attr `xml:",any,attr"`
	Children []element  `xml:",any"`
	Text     string     `xml:",chardata"`
}

func parse(t *testing.T, name, text string) element {
	t.Helper()
	var e element
	if err := xml.Unmarshal([]byte(text), &e); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return e
}

func (e element) attr(local string) string {
	for _, a := range e.Attrs {
		if a.Name.Local == local {
			return a.Value
		}
	}
	return ""
}

// each calls f for the element and all below it.
func (e element) each(f func(element)) {
	f(e)
	for _, c := range e.Children {
		c.each(f)
	}
}

func TestEveryPartIsWellFormedTypedAndFound(t *testing.T) {
	files, order := parts(t, letter)
	if order[0] != "[Content_Types].xml" {
		t.Errorf("it begins with %s", order[0])
	}
	types := map[string]string{}
	for _, e := range parse(t, "types", files["[Content_Types].xml"]).Children {
		switch e.XMLName.Local {
		case "Default":
			types["."+e.attr("Extension")] = e.attr("ContentType")
		case "Override":
			if types[e.attr("PartName")] = e.attr("ContentType"); files[strings.TrimPrefix(e.attr("PartName"), "/")] == "" {
				t.Errorf("there is no part %s", e.attr("PartName"))
			}
		}
	}
	targets := map[string]bool{}
	for name, text := range files {
		e := parse(t, name, text)
		if types["/"+name] == "" && types[path.Ext(name)] == "" && name != "[Content_Types].xml" {
			t.Errorf("%s has no type", name)
		}
		if path.Ext(name) != ".rels" {
			continue
		}
		base := path.Dir(path.Dir(name))
		for _, rel := range e.Children {
			target := path.Join(base, rel.attr("Target"))
			if targets[target] = true; files[target] == "" {
				t.Errorf("%s leads to %s, which is not there", name, target)
			}
		}
	}
	for _, name := range []string{"word/document.xml", "word/styles.xml", "docProps/core.xml"} {
		if !targets[name] {
			t.Errorf("nothing leads to %s", name)
		}
	}
	if got := parse(t, "core", files["docProps/core.xml"]).Children[0].Text; got != letter.Title {
		t.Errorf("its title is %q", got)
	}
}

func TestItSaysWhatItWasGiven(t *testing.T) {
	files, _ := parts(t, letter)
	styles := map[string]element{}
	fonts := ""
	parse(t, "styles", files["word/styles.xml"]).each(func(e element) {
		switch e.XMLName.Local {
		case "style":
			styles[e.attr("styleId")] = e
		case "rFonts":
			fonts += e.attr("eastAsia") + " "
		}
	})
	if !strings.HasPrefix(fonts, "仿宋 ") {
		t.Errorf("Chinese characters are set in %q", fonts)
	}
	var got []string
	var size, margins element
	parse(t, "document", files["word/document.xml"]).each(func(e element) {
		switch e.XMLName.Local {
		case "p":
			style, text := "", ""
			e.each(func(c element) {
				switch c.XMLName.Local {
				case "pStyle":
					style = c.attr("val")
				case "t":
					text += c.Text
				case "br":
					text += "\n"
				}
			})
			if _, known := styles[style]; !known {
				t.Errorf("there is no style %q", style)
			}
			got = append(got, style+"|"+text)
		case "tblStyle":
			if styles[e.attr("val")].attr("type") != "table" {
				t.Errorf("there is no table style %q", e.attr("val"))
			}
		case "pgSz":
			size = e
		case "pgMar":
			margins = e
		}
	})
	want := []string{"Title|受理告知书", "Centred|编号：330108-20260302-00001", "Plain|张三：", `Indented|“<em>水管</em>” & 'x' ]]> ` + "\ufffd\ufffd\ufffd",
		"Indented|一行\n又一行  两个空格", "Cell|编号", "Cell|1", "Cell|承办单位", "Cell|水务局\n公路局", "Right|水务局", "Small|示例文本"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	// A4 is 210 × 297 mm; a twentieth of a point is 1/1440 inch.
	if size.attr("w") != "11906" || size.attr("h") != "16838" || margins.attr("left") != "1588" {
		t.Errorf("the page is %v with margins %v", size.Attrs, margins.Attrs)
	}
}

func TestATableIsNoWiderThanThePage(t *testing.T) {
	for _, table := range []Table{{{"a"}}, {{"a", "b"}}, {{"a", "b", "c"}, {"d", "e", "f"}}} {
		files, _ := parts(t, Document{Blocks: []Block{table}})
		var b strings.Builder
		table.write(&b)
		sum, cells := 0, 0
		e := parse(t, "table", strings.ReplaceAll(b.String(), "w:", ""))
		for _, c := range e.Children {
			switch c.XMLName.Local {
			case "tblGrid":
				for range c.Children {
					sum++
				}
			case "tr":
				for _, cell := range c.Children {
					if cell.XMLName.Local == "tc" {
						cells++
					}
				}
			}
		}
		if sum != len(table[0]) || cells != len(table)*len(table[0]) {
			t.Errorf("%v has %d columns and %d cells", table, sum, cells)
		}
		// Word refuses a body that ends with a table.
		if doc := files["word/document.xml"]; !strings.Contains(doc, "</w:tbl><w:p>") {
			t.Errorf("nothing follows the table: %s", doc)
		}
	}
}

func TestTheSameDocumentMakesTheSameBytes(t *testing.T) {
	var a, b bytes.Buffer
	if err := letter.Write(&a); err != nil {
		t.Fatal(err)
	}
	if err := letter.Write(&b); err != nil || !bytes.Equal(a.Bytes(), b.Bytes()) {
		t.Error("twice written, twice different", err)
	}
	if err := (Document{}).Write(full{}); err == nil {
		t.Error("a full disk goes unnoticed")
	}
}

// full is a disk without room.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, io.ErrShortWrite }
