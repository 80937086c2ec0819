package filetype

import (
	"encoding/binary"
	"slices"
	"strings"
	"unicode/utf16"
)

// compound tells a compound file (OLE, [MS-CFB]) that Word, Excel or WPS wrote from others, such as installers and
// letters of Outlook. Only its directory is read. Libraries for it keep the whole path of each entry, which for a file
// made to that end takes the square of its size.
func compound(body []byte) (Kind, error) {
	list, ok := directory(body)
	if !ok {
		return "", damaged()
	}
	found := map[Kind]bool{}
	for _, e := range list {
		switch {
		case slices.Contains([]string{"macros", "vba", "_vba_project", "_vba_project_cur"}, e.name):
			return "", macros()
		case !e.top: // of a document inside the document
		case e.name == "encryptedpackage":
			return "", locked()
		case e.name == "worddocument":
			found[DOC] = true
		case e.name == "workbook", e.name == "book":
			found[XLS] = true
		}
	}
	if len(found) != 1 {
		return "", unknown()
	}
	if found[DOC] {
		return DOC, nil
	}
	return XLS, nil
}

// entry is a stream or a storage of a compound file.
type entry struct {
	name               string // in small letters
	used, top          bool   // top: it lies in no storage but the root
	left, right, child uint32
}

// Numbers of sectors end below lastSector; endOfChain is the one that ends a chain.
const (
	lastSector = 0xFFFFFFFA
	endOfChain = 0xFFFFFFFE
)

// sectors is a compound file as its sectors, which a table (FAT) joins into chains.
type sectors struct {
	body  []byte
	size  int
	table []uint32 // numbers of the sectors that hold the table
}

// at is a sector's content, filled up with zeros where the file ends within it; nil when there is none.
func (s *sectors) at(n uint32) []byte {
	from := (int64(n) + 1) * int64(s.size)
	if from >= int64(len(s.body)) {
		return nil
	}
	b := s.body[from:min(from+int64(s.size), int64(len(s.body)))]
	return append(b[:len(b):len(b)], make([]byte, s.size-len(b))...)
}

// next is the sector that follows one in its chain.
func (s *sectors) next(n uint32) (uint32, bool) {
	each := uint32(s.size / 4)
	if int(n/each) >= len(s.table) {
		return 0, false
	}
	b := s.at(s.table[n/each])
	if b == nil {
		return 0, false
	}
	return binary.LittleEndian.Uint32(b[n%each*4:]), true
}

// open reads the header and where the table is.
func open(body []byte) (s sectors, first uint32, ok bool) {
	const header, inHeader = 512, 109
	if len(body) < header {
		return s, 0, false
	}
	word := func(at int) uint32 { return binary.LittleEndian.Uint32(body[at:]) }
	switch binary.LittleEndian.Uint16(body[30:]) {
	case 9:
		s.size = 512
	case 12:
		s.size = 4096
	default:
		return s, 0, false
	}
	s.body = body
	most := len(body)/s.size + 1 // sectors there can be
	for i := range inHeader {
		s.table = append(s.table, word(76+4*i))
	}
	// Where the header has no room for the whole list, it goes on in a chain of its own.
	for n, left := word(68), word(72); left > 0 && n < lastSector && len(s.table) < most; left-- {
		b := s.at(n)
		if b == nil {
			return s, 0, false
		}
		for i := 0; i < s.size-4; i += 4 {
			s.table = append(s.table, binary.LittleEndian.Uint32(b[i:]))
		}
		n = binary.LittleEndian.Uint32(b[s.size-4:])
	}
	return s, word(48), true
}

// directory lists what is in a compound file.
func directory(body []byte) ([]entry, bool) {
	s, n, ok := open(body)
	if !ok {
		return nil, false
	}
	var list []entry
	for most := len(body)/s.size + 1; n != endOfChain; most-- {
		b := s.at(n)
		if b == nil || most == 0 {
			return nil, false
		}
		for ; len(b) > 0; b = b[128:] {
			list = append(list, readEntry(b))
		}
		if n, ok = s.next(n); !ok {
			return nil, false
		}
	}
	if len(list) == 0 || !list[0].used {
		return nil, false
	}
	walk := []uint32{list[0].child}
	for len(walk) > 0 {
		i := walk[len(walk)-1]
		walk = walk[:len(walk)-1]
		if int64(i) < int64(len(list)) && !list[i].top {
			list[i].top = true
			walk = append(walk, list[i].left, list[i].right)
		}
	}
	return slices.DeleteFunc(list, func(e entry) bool { return !e.used }), true
}

func readEntry(b []byte) entry {
	word := func(at int) uint32 { return binary.LittleEndian.Uint32(b[at:]) }
	e := entry{used: b[66] != 0, left: word(68), right: word(72), child: word(76)}
	length := min(int(binary.LittleEndian.Uint16(b[64:])), 64)/2 - 1 // without the zero at its end
	if length > 0 {
		name := make([]uint16, length)
		for i := range name {
			name[i] = binary.LittleEndian.Uint16(b[2*i:])
		}
		e.name = strings.ToLower(string(utf16.Decode(name)))
	}
	return e
}
