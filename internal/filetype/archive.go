package filetype

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"gezhi/internal/fault"
)

// What an archive may hold. Nothing of it is unpacked here but the one small file that says what the whole is; the other
// bounds are for whoever opens it.
const (
	mostEntries  = 10_000
	mostUnpacked = 512 << 20
	mostManifest = 1 << 20
)

// archive tells a ZIP file that is an office document from every other.
func archive(body []byte) (Kind, error) {
	// Counted before the list of entries is read, which takes ten times the room it has in the file.
	if bytes.Count(body, []byte("PK\x01\x02")) > mostEntries {
		return "", bomb()
	}
	z, err := zip.NewReader(bytes.NewReader(body), int64(len(body)))
	if err != nil {
		return "", damaged()
	}
	entries, err := bounded(z)
	if err != nil {
		return "", err
	}
	types, ofd := entries["[content_types].xml"], entries["ofd.xml"]
	switch {
	case types != nil && ofd == nil:
		return officeKind(entries, types)
	case ofd != nil && types == nil:
		return OFD, manifest(ofd, func(e xml.StartElement, depth int) error {
			if depth == 0 && e.Name.Local != "OFD" {
				return unknown()
			}
			return nil
		})
	}
	return "", unknown()
}

func bomb() error {
	return fault.New(fault.Invalid, "文件解压后过大，不能接收；请缩小文档后再上传。", "The file unpacks to more than is taken; make the document smaller.")
}

// bounded checks every entry without unpacking it and lists them by name in small letters.
func bounded(z *zip.Reader) (map[string]*zip.File, error) {
	const encrypted = 1 | 1<<6 | 1<<13
	entries := make(map[string]*zip.File, len(z.File))
	total := uint64(0)
	for _, f := range z.File {
		name := strings.ToLower(f.Name)
		switch total += min(f.UncompressedSize64, mostUnpacked+1); {
		case f.Flags&encrypted != 0:
			return nil, locked()
		case total > mostUnpacked:
			return nil, bomb()
		case f.Method != zip.Store && f.Method != zip.Deflate, entries[name] != nil:
			return nil, damaged()
		case path.Base(name) == "vbaproject.bin":
			return nil, macros()
		}
		entries[name] = f
	}
	return entries, nil
}

// officeKind tells Word, Excel and PowerPoint apart by the folder their parts are in.
func officeKind(entries map[string]*zip.File, types *zip.File) (Kind, error) {
	found := map[Kind]bool{}
	for name := range entries {
		folder, _, _ := strings.Cut(name, "/")
		if k, ok := map[string]Kind{"word": DOCX, "xl": XLSX, "ppt": PPTX}[folder]; ok && strings.Contains(name, "/") {
			found[k] = true
		}
	}
	if len(found) != 1 {
		return "", unknown()
	}
	err := manifest(types, func(e xml.StartElement, _ int) error {
		for _, a := range e.Attr {
			v := strings.ToLower(a.Value)
			if strings.Contains(v, "macroenabled") || strings.Contains(v, "vbaproject") || strings.Contains(v, "macrosheet") {
				return macros()
			}
		}
		return nil
	})
	for k := range found {
		return k, err
	}
	return "", err
}

// manifest hands over every element of a small XML file in the archive, with how deep it stands.
func manifest(f *zip.File, each func(e xml.StartElement, depth int) error) error {
	if f.UncompressedSize64 > mostManifest {
		return damaged()
	}
	r, err := f.Open()
	if err != nil {
		return damaged()
	}
	defer r.Close()
	text, err := io.ReadAll(transform.NewReader(io.LimitReader(r, mostManifest+1), unicode.BOMOverride(encoding.Nop.NewDecoder())))
	if err != nil || len(text) > 3*mostManifest {
		return damaged()
	}
	d := xml.NewDecoder(bytes.NewReader(text))
	d.CharsetReader = func(label string, in io.Reader) (io.Reader, error) {
		if strings.EqualFold(label, "utf-16") { // it is UTF-8 by now
			return in, nil
		}
		return nil, errors.ErrUnsupported
	}
	for depth, any := 0, false; ; {
		t, err := d.Token()
		if err == io.EOF && any {
			return nil
		}
		if err != nil {
			return damaged()
		}
		switch t := t.(type) {
		case xml.StartElement:
			if err := each(t, depth); err != nil {
				return err
			}
			depth, any = depth+1, true
		case xml.EndElement:
			depth--
		}
	}
}
