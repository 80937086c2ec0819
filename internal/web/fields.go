package web

import (
	"slices"
	"strconv"
	"strings"

	"gezhi/internal/casework"
)

// fieldName is what a form calls a field of a procedure, or a document.
func fieldName(id string) string { return "field." + id }

// fieldsIn reads the fields of a procedure that a form brought, each in the way of its type.
func (v *visit) fieldsIn(p *casework.Procedure, wants []casework.Want) map[string]string {
	out := map[string]string{}
	for name, values := range v.Form {
		id, ok := strings.CutPrefix(name, fieldName(""))
		if !ok {
			continue
		}
		i := slices.IndexFunc(wants, func(w casework.Want) bool { return w.Field.ID == id })
		if i < 0 {
			out[id] = strings.TrimSpace(v.Form.Get(name)) // refused by the procedure, with its name
			continue
		}
		out[id] = fieldValue(wants[i].Field, values)
		if wants[i].Field.Type == casework.FieldCase && strings.Contains(out[id], "-") {
			if n, err := v.s.app.CaseNumbered(v.Context(), v.viewer, out[id]); err == nil {
				out[id] = strconv.FormatInt(int64(n), 10)
			}
		}
	}
	return out
}

// fieldValue is what a form typed for a field, as procedures keep it. What cannot be read is left as it is, to be refused.
func fieldValue(f casework.Field, values []string) string {
	switch f.Type {
	case casework.FieldUnits, casework.FieldChecklist, casework.FieldHanded:
		return strings.Join(slices.DeleteFunc(slices.Clone(values), func(s string) bool { return s == "" }), ",")
	case casework.FieldMoney:
		return casework.Fen(strings.TrimSpace(values[0]))
	}
	return strings.TrimSpace(values[0])
}
