package calendar

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"

	"gezhi/internal/fault"
	"gezhi/internal/lang"
)

// utf8BOM is what Windows programs put before UTF-8 text.
var utf8BOM = []byte("\xef\xbb\xbf")

// ReadJSON reads published days from either of two shapes:
//
//	{"holidays": {"2026-01-01": "New Year's Day,元旦,1"}, "workdays": {…}, "inLieuDays": {…}}   as in chinese-days
//	{"days": [{"date": "2027-01-01", "kind": "holiday", "name": "元旦"}]}                        our own
//
// In the first a name may also be the bare Chinese name. In the second kind is what ParseKind reads and
// name may be {"zh": …, "en": …}. Every wrong day is reported, its Field being the date or days[3].
func ReadJSON(data []byte) (Days, error) {
	list, faults, err := parseJSON(bytes.TrimPrefix(data, utf8BOM))
	if err != nil {
		return Days{}, err
	}
	if len(list) == 0 && len(faults) == 0 {
		return Days{}, nothingListed()
	}
	return finish(list, faults)
}

// parseJSON reads the days that can be read, and says what is wrong with the others; err is set when
// nothing can be read.
func parseJSON(data []byte) (list []Listed, faults fault.List, err error) {
	var file struct {
		Holidays   map[string]string `json:"holidays"`
		Workdays   map[string]string `json:"workdays"`
		InLieuDays map[string]string `json:"inLieuDays"`
		Days       []ownDay          `json:"days"`
	}
	if err := json.Unmarshal(data, &file); err != nil {
		return nil, nil, notJSON(err)
	}
	add := func(kind Kind, days map[string]string) {
		for _, date := range slices.Sorted(maps.Keys(days)) {
			day, err := ParseDay(date)
			if err != nil {
				faults.Add(cmp.Or(clip(date), "file"), "日期“%s”无效，应写成 2026-02-13", "%q is not a date; write 2026-02-13", clip(date))
				continue
			}
			_, inLieu := file.InLieuDays[date]
			list = append(list, Listed{day, kind, splitName(days[date]), inLieu && kind == Holiday})
		}
	}
	add(Holiday, file.Holidays)
	add(MakeUp, file.Workdays)
	for _, date := range slices.Sorted(maps.Keys(file.InLieuDays)) {
		if _, ok := file.Holidays[date]; !ok {
			faults.Add(cmp.Or(clip(date), "file"), "调休放假日 %s 不在放假日（holidays）之中", "the day in lieu %s is not among the holidays", clip(date))
		}
	}
	for i, d := range file.Days {
		l, err := d.listed()
		if err != nil {
			err.Field = "days[" + strconv.Itoa(i) + "]"
			faults = append(faults, err)
			continue
		}
		list = append(list, l)
	}
	return list, faults, nil
}

// ownDay is one day of our own JSON shape.
type ownDay struct {
	Date   string  `json:"date"`
	Kind   string  `json:"kind"`
	Name   ownName `json:"name"`
	InLieu bool    `json:"in_lieu"`
}

type ownName lang.Text

func (n *ownName) UnmarshalJSON(data []byte) error {
	if bytes.HasPrefix(data, []byte("{")) {
		return json.Unmarshal(data, (*lang.Text)(n))
	}
	return json.Unmarshal(data, &n.ZH)
}

func (d ownDay) listed() (Listed, *fault.Error) {
	day, err := parseLooseDay(d.Date)
	if err != nil {
		return Listed{}, err
	}
	kind, kerr := ParseKind(d.Kind)
	if kerr != nil {
		return Listed{}, fault.Fields(kerr)[0]
	}
	return Listed{day, kind, named(lang.Text(d.Name)), d.InLieu}, nil
}

// finish checks the days that could be read together, so that one look shows all that is wrong.
func finish(list []Listed, faults fault.List) (Days, error) {
	days, err := NewDays(list)
	if err != nil {
		faults = append(faults, fault.Fields(err)...)
	}
	if err := faults.Err(); err != nil {
		return Days{}, err
	}
	return days, nil
}

func nothingListed() error {
	return fault.Field("file", "文件中没有任何放假日或调休上班日", "the file lists no holiday and no make-up day")
}

func notJSON(err error) error {
	var syntax *json.SyntaxError
	var typ *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return fault.Field("file", "不是有效的 JSON（第 %d 个字节处）", "not valid JSON (at byte %d)", syntax.Offset)
	case errors.As(err, &typ):
		return fault.Field("file", "JSON 中“%s”的值类型不对", "the JSON value of %q has the wrong type", clip(typ.Field))
	}
	return fault.Field("file", "不是有效的 JSON", "not valid JSON")
}

// splitName reads "New Year's Day,元旦,1": English, Chinese and the statutory number of days, which
// the calendar has no use for.
func splitName(s string) lang.Text {
	parts := strings.Split(s, ",")
	if len(parts) != 3 {
		return named(lang.Text{ZH: strings.TrimSpace(s)})
	}
	return named(lang.Text{ZH: strings.TrimSpace(parts[1]), EN: strings.TrimSpace(parts[0])})
}

// named adds the English name of the seven statutory holidays where only the Chinese one is given.
func named(t lang.Text) lang.Text {
	if t.EN != "" {
		return t
	}
	switch strings.TrimSuffix(t.ZH, "节") {
	case "元旦":
		t.EN = "New Year's Day"
	case "春":
		t.EN = "Spring Festival"
	case "清明":
		t.EN = "Tomb-sweeping Day"
	case "劳动", "五一":
		t.EN = "Labour Day"
	case "端午":
		t.EN = "Dragon Boat Festival"
	case "中秋":
		t.EN = "Mid-autumn Festival"
	case "国庆":
		t.EN = "National Day"
	default:
		t.EN = t.ZH
	}
	return t
}

// MarshalJSON writes our own shape, which ReadJSON reads.
func (d Days) MarshalJSON() ([]byte, error) {
	list := d.list
	if list == nil {
		list = []Listed{}
	}
	return json.Marshal(struct {
		Days []Listed `json:"days"`
	}{list})
}

// UnmarshalJSON reads what ReadJSON reads; no days at all are fine here.
func (d *Days) UnmarshalJSON(data []byte) error {
	list, faults, err := parseJSON(data)
	if err != nil {
		return err
	}
	*d, err = finish(list, faults)
	return err
}
