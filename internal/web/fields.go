package web

import (
	"slices"
	"strconv"
	"strings"

	"gezhi/internal/casework"
)

// fieldsIn reads the fields of a procedure that a form brought, each in the way of its type.
func (v *visit) fieldsIn(p *casework.Procedure, wants []casework.Want) map[string]string {
	out := map[string]string{}
	for name, values := range v.Form {
		id, ok := strings.CutPrefix(name, "field.")
		if !ok {
			continue
		}
		i := slices.IndexFunc(wants, func(w casework.Want) bool { return w.Field.ID == id })
		if i < 0 {
			out[id] = strings.TrimSpace(v.Form.Get(name)) // refused by the procedure, with its name
			continue
		}
		out[id] = fieldValue(wants[i].Field, values)
	}
	return out
}

// fieldValue is what a form typed for a field, as procedures keep it. What cannot be read is left as it is, to be refused.
func fieldValue(f casework.Field, values []string) string {
	switch f.Type {
	case casework.FieldUnits, casework.FieldHanded:
		return strings.Join(slices.DeleteFunc(slices.Clone(values), func(s string) bool { return s == "" }), ",")
	case casework.FieldMoney:
		return fen(strings.TrimSpace(values[0]))
	}
	return strings.TrimSpace(values[0])
}

// fen is an amount typed in yuan, with at most two decimals and with or without thousands separators, in 分; what is no
// amount stays as it is.
func fen(s string) string {
	whole, cents, dot := strings.Cut(strings.NewReplacer(",", "", "，", "", "元", "", "¥", "", " ", "").Replace(s), ".")
	if dot && (len(cents) == 0 || len(cents) > 2) {
		return s
	}
	n, err := strconv.ParseInt(whole+(cents + "00")[:2], 10, 64)
	if err != nil || whole == "" || strings.HasPrefix(whole, "+") {
		return s
	}
	return strconv.FormatInt(n, 10)
}
