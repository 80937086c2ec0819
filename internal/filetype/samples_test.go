package filetype

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"image"
	"image/jpeg"
	"image/png"
	"testing"
	"unicode/utf16"
)

// part is one file in an archive.
type part struct{ name, text string }

func zipped(t testing.TB, parts ...part) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, p := range parts {
		f, err := w.Create(p.name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(p.text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

const (
	wordTypes = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">` +
		`<Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>`
	wordText = `<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>情况说明</w:t></w:r></w:p></w:body></w:document>`
	ofdText  = `<?xml version="1.0" encoding="UTF-8"?><ofd:OFD xmlns:ofd="http://www.ofdspec.org/2016" Version="1.0" DocType="OFD"><ofd:DocBody><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>`
)

func docx(t testing.TB, more ...part) []byte {
	return zipped(t, append([]part{{"[Content_Types].xml", wordTypes}, {"_rels/.rels", "<Relationships/>"}, {"word/document.xml", wordText}}, more...)...)
}

func pdf() []byte {
	return []byte("%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count 1/Kids[3 0 R]>>endobj\n" +
		"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n")
}

func jpg(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 8, 8)), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func pngFile(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 8, 8))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// storage is an entry of a compound file; in is the number of the storage it lies in.
type storage struct {
	name   string
	in     int
	folder bool
}

// ole writes a compound file of 512-byte sectors: header, table, directory.
func ole(entries ...storage) []byte {
	all := append([]storage{{name: "Root Entry", in: -1, folder: true}}, entries...)
	dir := make([]byte, (len(all)+3)/4*512)
	put := binary.LittleEndian.PutUint32
	for i, e := range all {
		b := dir[i*128:]
		name := utf16.Encode([]rune(e.name))
		for j, u := range name {
			binary.LittleEndian.PutUint16(b[2*j:], u)
		}
		binary.LittleEndian.PutUint16(b[64:], uint16(2*len(name)+2))
		b[66] = 2
		if e.folder {
			b[66] = 1
		}
		if i == 0 {
			b[66] = 5
		}
		put(b[68:], 0xFFFFFFFF)
		put(b[72:], 0xFFFFFFFF)
		put(b[76:], 0xFFFFFFFF)
		put(b[116:], 0xFFFFFFFE)
		// The entries of one storage are a list by their right neighbours.
		last := -1
		for j := 1; j < i; j++ {
			if all[j].in == e.in {
				last = j
			}
		}
		switch {
		case last > 0:
			put(dir[last*128+72:], uint32(i))
		case e.in >= 0:
			put(dir[e.in*128+76:], uint32(i))
		}
	}
	head := make([]byte, 512)
	copy(head, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
	binary.LittleEndian.PutUint16(head[24:], 0x3e)
	binary.LittleEndian.PutUint16(head[26:], 3)
	binary.LittleEndian.PutUint16(head[28:], 0xfffe)
	binary.LittleEndian.PutUint16(head[30:], 9)
	binary.LittleEndian.PutUint16(head[32:], 6)
	put(head[44:], 1) // one sector of table
	put(head[48:], 1) // the directory begins in sector 1
	put(head[56:], 4096)
	put(head[60:], 0xFFFFFFFE)
	put(head[68:], 0xFFFFFFFE)
	for i := 76; i < 512; i += 4 {
		put(head[i:], 0xFFFFFFFF)
	}
	put(head[76:], 0)
	table := bytes.Repeat([]byte{0xff}, 512)
	put(table, 0xFFFFFFFD)
	n := len(dir) / 512
	for i := 1; i <= n; i++ {
		next := uint32(i + 1)
		if i == n {
			next = 0xFFFFFFFE
		}
		put(table[4*i:], next)
	}
	return bytes.Join([][]byte{head, table, dir}, nil)
}

func word97(more ...storage) []byte {
	return ole(append([]storage{{name: "1Table"}, {name: "WordDocument"}, {name: "\x05SummaryInformation"}}, more...)...)
}
