package proof

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"time"
	"unicode/utf8"
)

// A leaf's text is one line of JSON whose members stand in a fixed order, those that are empty left out.
// Different values give different texts, whatever bytes they hold, so that a hash of the text stands for the
// values. Times are unix milliseconds as the database keeps them, 0 meaning none. Persons are there by
// number only, and what somebody wrote freely by its SHA-256.

// The kinds of leaf.
const (
	KindCase     = "case"     // one line of a case's history
	KindState    = "state"    // a case as it stands, after a change that has no line in its history
	KindPhoto    = "photo"    // a picture
	KindTransfer = "transfer" // a movement of points or money
	KindHold     = "hold"     // points set aside: for whom, and until when
)

// Event is one line of a case's history, as the table case_events has it.
type Event struct {
	Zone    int
	Case    int64
	Number  string // of the case, as people know it
	Seq     int64
	At      int64
	Actor   int64
	Duty    string
	For     int64 // whose duty it is, when the actor stands in for somebody
	Move    string
	From    string
	To      string
	Holder  string
	Reason  string
	Note    string // goes in as its SHA-256
	Fields  string // goes in as its SHA-256
	Photos  string
	Due     int64
	Content []byte // digest of the whole case after it (State); nil when a later line of the same change has it
}

// Leaf is the event's text in the log.
func (e *Event) Leaf() []byte {
	l := newLine(KindCase, e.Zone)
	l.text("number", e.Number)
	l.id("case", e.Case)
	l.id("seq", e.Seq)
	l.time("at", e.At)
	l.id("actor", e.Actor)
	l.text("duty", e.Duty)
	l.id("for", e.For)
	l.text("move", e.Move)
	l.text("from", e.From)
	l.text("to", e.To)
	l.text("holder", e.Holder)
	l.text("reason", e.Reason)
	l.digest("note", e.Note)
	l.digest("fields", e.Fields)
	l.text("photos", e.Photos)
	l.time("due", e.Due)
	l.bytes("content", e.Content)
	return l.end()
}

// State is a case as it stands: what lists and pages show of it.
type State struct {
	Zone     int
	Case     int64
	Number   string
	Revision int64
	Content  []byte // digest of its row
}

// Leaf is the state's text in the log.
func (s *State) Leaf() []byte {
	l := newLine(KindState, s.Zone)
	l.text("number", s.Number)
	l.id("case", s.Case)
	l.id("revision", s.Revision)
	l.bytes("content", s.Content)
	return l.end()
}

// Row is the digest of a row: of its columns' values, which are integers and texts, in order.
func Row(values []any) []byte {
	l := make(line, 0, 1024)
	for _, v := range values {
		switch v := v.(type) {
		case int:
			l = strconv.AppendInt(l, int64(v), 10)
		case int64:
			l = strconv.AppendInt(l, v, 10)
		case string:
			l = strconv.AppendInt(l, int64(len(v)), 10)
			l = append(l, ':')
			l = append(l, v...)
		default:
			panic("a row of the log holds integers and texts")
		}
		l = append(l, ',')
	}
	sum := sha256.Sum256(l)
	return sum[:]
}

// Photo is a picture, as the table photos has it.
type Photo struct {
	Zone          int
	ID            int64
	By            int64
	At            int64
	Width, Height int64
	SHA256        []byte // of the picture as kept
	Thumb         []byte // the small picture itself; goes in as its SHA-256
	DHash         int64
}

// Leaf is the picture's text in the log.
func (p *Photo) Leaf() []byte {
	l := newLine(KindPhoto, p.Zone)
	l.id("photo", p.ID)
	l.id("by", p.By)
	l.time("at", p.At)
	l.id("width", p.Width)
	l.id("height", p.Height)
	l.bytes("sha256", p.SHA256)
	l.digest("thumb", string(p.Thumb))
	l.id("dhash", p.DHash)
	return l.end()
}

// Transfer is a movement of points or money, as the table transfers has it.
type Transfer struct {
	Zone     int
	ID       string // given by whoever posted it
	Seq      int64
	At       int64
	From     string
	To       string
	Asset    string
	Amount   int64
	Expires  int64
	Reason   string
	Ref      string
	FromN    int64 // number of its line in each account
	ToN      int64
	Lots     string // what it moved of lots that lapse
	Reverses string
}

// Leaf is the transfer's text in the log.
func (t *Transfer) Leaf() []byte {
	l := newLine(KindTransfer, t.Zone)
	l.text("id", t.ID)
	l.id("seq", t.Seq)
	l.time("at", t.At)
	l.text("from", t.From)
	l.text("to", t.To)
	l.text("asset", t.Asset)
	l.id("amount", t.Amount)
	l.time("expires", t.Expires)
	l.text("reason", t.Reason)
	l.text("ref", t.Ref)
	l.id("from_n", t.FromN)
	l.id("to_n", t.ToN)
	l.text("lots", t.Lots)
	l.text("reverses", t.Reverses)
	return l.end()
}

// Hold is what a transfer into a held account is for, as the table holds has it.
type Hold struct {
	Zone  int
	ID    string // of the transfer too
	To    string // who gets it when it is confirmed
	Until int64
}

// Leaf is the hold's text in the log.
func (h *Hold) Leaf() []byte {
	l := newLine(KindHold, h.Zone)
	l.text("id", h.ID)
	l.text("to", h.To)
	l.time("until", h.Until)
	return l.end()
}

// line is a leaf being written.
type line []byte

func newLine(kind string, zone int) line {
	l := make(line, 0, 640)
	l = append(l, `{"kind":"`...)
	l = append(l, kind...)
	l = append(l, `","zone":`...)
	return strconv.AppendInt(l, int64(zone), 10)
}

func (l *line) end() []byte { return append(*l, '}') }

func (l *line) name(name string) {
	*l = append(*l, ',', '"')
	*l = append(*l, name...)
	*l = append(*l, '"', ':', '"')
}

// id writes an integer as text: JSON numbers of that size would be rounded by many readers.
func (l *line) id(name string, n int64) {
	if n == 0 {
		return
	}
	l.name(name)
	*l = append(strconv.AppendInt(*l, n, 10), '"')
}

// china is the country's time zone.
var china = time.FixedZone("CST", 8*3600)

// last is the greatest instant written as a date; others stand as numbers.
var last = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC).UnixMilli()

// time writes an instant to the millisecond in China's time.
func (l *line) time(name string, ms int64) {
	if ms <= 0 || ms > last {
		l.id(name, ms)
		return
	}
	l.name(name)
	*l = append(time.UnixMilli(ms).In(china).AppendFormat(*l, "2006-01-02T15:04:05.000Z07:00"), '"')
}

// bytes writes binary data in hexadecimal.
func (l *line) bytes(name string, b []byte) {
	if len(b) == 0 {
		return
	}
	l.name(name)
	*l = append(hex.AppendEncode(*l, b), '"')
}

// digest writes the SHA-256 of a text.
func (l *line) digest(name, s string) {
	if s == "" {
		return
	}
	sum := sha256.Sum256([]byte(s))
	l.bytes(name, sum[:])
}

// text writes a string of JSON. A byte that is not UTF-8 becomes an escape that no UTF-8 text gives, so that it
// is not mistaken for another.
func (l *line) text(name, s string) {
	if s == "" {
		return
	}
	l.name(name)
	const hexDigits = "0123456789abcdef"
	from := 0
	for i := 0; i < len(s); {
		b := s[i]
		if b >= ' ' && b != '"' && b != '\\' && b < utf8.RuneSelf {
			i++
			continue
		}
		if b >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			if r != utf8.RuneError || size > 1 {
				i += size
				continue
			}
		}
		*l = append(*l, s[from:i]...)
		switch {
		case b == '"' || b == '\\':
			*l = append(*l, '\\', b)
		case b < ' ':
			*l = append(*l, '\\', 'u', '0', '0', hexDigits[b>>4], hexDigits[b&15])
		default:
			*l = append(*l, '\\', 'u', 'd', 'c', hexDigits[b>>4], hexDigits[b&15])
		}
		i++
		from = i
	}
	*l = append(*l, s[from:]...)
	*l = append(*l, '"')
}
