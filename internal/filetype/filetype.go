// Package filetype tells the documents a case takes from every other file, by what is in them, and keeps names that
// say something else, programs, and archives that grow without end out.
package filetype

import (
	"bytes"
	"image"
	"image/jpeg"
	"image/png"
	"slices"
	"strings"

	"gezhi/internal/fault"
	"gezhi/internal/lang"
)

// MaxBytes is the size of the largest document.
const MaxBytes = 20 << 20

// Kind is a kind of document: its media type.
type Kind string

// The kinds there are.
const (
	PDF  Kind = "application/pdf"
	OFD  Kind = "application/ofd" // 版式文档, GB/T 33190
	DOC  Kind = "application/msword"
	DOCX Kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	XLS  Kind = "application/vnd.ms-excel"
	XLSX Kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	PPTX Kind = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
	JPEG Kind = "image/jpeg"
	PNG  Kind = "image/png"
)

// kinds are all of them, with what people call them and how their names may end. The first ending is the usual one.
var kinds = []struct {
	kind    Kind
	name    string
	endings []string
}{
	{PDF, "PDF", []string{".pdf"}},
	{OFD, "OFD", []string{".ofd"}},
	{DOC, "DOC/WPS", []string{".doc", ".wps"}},
	{DOCX, "DOCX", []string{".docx"}},
	{XLS, "XLS/ET", []string{".xls", ".et"}},
	{XLSX, "XLSX", []string{".xlsx"}},
	{PPTX, "PPTX", []string{".pptx"}},
	{JPEG, "JPG", []string{".jpg", ".jpeg"}},
	{PNG, "PNG", []string{".png"}},
}

// Known reports whether documents of the kind are taken.
func (k Kind) Known() bool { return k.name() != "" }

// Viewed reports whether browsers show the kind themselves.
func (k Kind) Viewed() bool { return k == PDF || k == JPEG || k == PNG }

// Ending is how names of the kind usually end, with the dot; "" for a kind that is not known.
func (k Kind) Ending() string {
	for _, x := range kinds {
		if x.kind == k {
			return x.endings[0]
		}
	}
	return ""
}

func (k Kind) name() string {
	for _, x := range kinds {
		if x.kind == k {
			return x.name
		}
	}
	return ""
}

// Endings are the endings of every name that is taken, as a form's accept attribute has them.
func Endings() string {
	var all []string
	for _, x := range kinds {
		all = append(all, x.endings...)
	}
	return strings.Join(all, ",")
}

// Accepted says in a sentence what is taken.
var Accepted = lang.Text{
	ZH: "可上传 PDF、OFD、DOC、DOCX、WPS、XLS、XLSX、ET、PPTX、JPG、PNG 格式的材料，每份不超过 20 MB。",
	EN: "PDF, OFD, DOC, DOCX, WPS, XLS, XLSX, ET, PPTX, JPG and PNG are taken, up to 20 MB each.",
}

// Check says what a file is and what it is to be called: its name without path, control and invisible characters, of at
// most 120 characters. A fault says why it is not taken.
func Check(name string, body []byte) (string, Kind, error) {
	switch {
	case len(body) == 0:
		return "", "", fault.New(fault.Invalid, "文件是空的，请重新选择。", "The file is empty; choose another.")
	case len(body) > MaxBytes:
		return "", "", fault.New(fault.Invalid, "文件超过 20 MB，请压缩或拆分后再上传。", "The file is larger than 20 MB; make it smaller or split it.")
	}
	kind, err := sniff(body)
	if err != nil {
		return "", "", err
	}
	clean, ending := cleanName(name, kind)
	for _, x := range kinds {
		if x.kind == kind && !slices.Contains(x.endings, ending) {
			if ending == "" {
				ending = "…"
			}
			return "", "", fault.New(fault.Invalid, "文件名以“%[1]s”结尾，内容却是 %[2]s，两者不一致；请核对文件，或把扩展名改为 %[3]s 后再上传。",
				"The name ends in “%[1]s”, but the content is %[2]s; check the file, or let its name end in %[3]s.", ending, x.name, strings.Join(x.endings, " / "))
		}
	}
	return clean, kind, nil
}

// sniff tells the kind by the first bytes, and looks further where they do not tell all.
func sniff(body []byte) (Kind, error) {
	switch {
	case len(body) > 8 && bytes.HasPrefix(body, []byte("%PDF-")) && body[5] >= '1' && body[5] <= '9' && body[6] == '.':
		return PDF, nil
	case bytes.HasPrefix(body, []byte("\xff\xd8\xff")):
		return JPEG, picture(jpeg.DecodeConfig(bytes.NewReader(body)))
	case bytes.HasPrefix(body, []byte("\x89PNG\r\n\x1a\n")):
		return PNG, picture(png.DecodeConfig(bytes.NewReader(body)))
	case bytes.HasPrefix(body, []byte("PK\x03\x04")):
		return archive(body)
	case bytes.HasPrefix(body, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")):
		return compound(body)
	}
	return "", unknown()
}

func unknown() error {
	return fault.New(fault.Invalid, "文件内容不是可接收的格式。"+Accepted.ZH, "This is not a kind of file that is taken. "+Accepted.EN)
}

func damaged() error {
	return fault.New(fault.Invalid, "文件已损坏或不完整，请用原软件打开并重新保存后再上传。", "The file is damaged or not whole; open it where it was made, save it again and upload that.")
}

func macros() error {
	return fault.New(fault.Invalid, "文件含有宏，为安全起见不能接收；请另存为不含宏的文档或 PDF 后再上传。", "The file holds macros and is not taken; save it without them or as PDF.")
}

func locked() error {
	return fault.New(fault.Invalid, "文件设有打开密码，办理人员无法查看；请去除密码后再上传。", "The file is locked with a password, so nobody could read it; remove the password first.")
}

func picture(c image.Config, err error) error {
	if err != nil || c.Width <= 0 || c.Height <= 0 {
		return damaged()
	}
	return nil
}
