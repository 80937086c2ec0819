package casework

import (
	"iter"
	"slices"
	"strconv"
	"strings"

	"gezhi/internal/fault"
)

// Fields whose value is a list: documents that come with a move, and what somebody has gone through point by point.

const (
	FieldDocument  = "document"  // ids of uploaded files, one to nine, separated by commas
	FieldChecklist = "checklist" // ids of the Choices that are ticked, in their order, separated by commas
)

// mostDocuments is the most documents any field takes.
const mostDocuments = 9

// MostDocuments is how many documents the field takes.
func (f Field) MostDocuments() int { return max(1, int(f.Max)) }

// Documents lists the documents that a move's fields name: the field and the document's id, in the order of the
// procedure's fields.
func (p *Procedure) Documents(fields map[string]string) iter.Seq2[string, int64] {
	return func(yield func(string, int64) bool) {
		for i := range p.Fields {
			f := &p.Fields[i]
			if f.Type != FieldDocument || fields[f.ID] == "" {
				continue
			}
			ids, _ := DocumentIDs(fields[f.ID])
			for _, id := range ids {
				if !yield(f.ID, id) {
					return
				}
			}
		}
	}
}

// DocumentIDs reads a document field's value; false when it is none.
func DocumentIDs(v string) ([]int64, bool) {
	parts := strings.Split(v, ",")
	ids := make([]int64, 0, min(len(parts), mostDocuments))
	for _, s := range parts {
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil || n <= 0 || strconv.FormatInt(n, 10) != s || slices.Contains(ids, n) || len(ids) == mostDocuments {
			return nil, false
		}
		ids = append(ids, n)
	}
	return ids, true
}

// Ticked lists the choices whose ids a checklist's value holds, in their order; false when it holds anything else, or
// holds them in another order.
func (f Field) Ticked(v string) ([]Term, bool) {
	var out []Term
	ids := strings.Split(v, ",")
	for _, c := range f.Choices {
		if len(out) < len(ids) && ids[len(out)] == c.ID {
			out = append(out, c)
		}
	}
	return out, len(out) == len(ids)
}

// lacking says what a field that a move needs has not got; nil when it has it all.
func lacking(w *Want, v string) *fault.Error {
	if !w.Required {
		return nil
	}
	label := w.Field.Label
	switch {
	case w.Field.Type == FieldChecklist:
		ids := strings.Split(v, ",")
		i := slices.IndexFunc(w.Field.Choices, func(c Term) bool { return !slices.Contains(ids, c.ID) })
		if i < 0 {
			return nil
		}
		point := w.Field.Choices[i].Label
		return fault.Field(w.Field.ID, "“%[1]s”尚未勾选：各项都确认后才能提交。", "“%[2]s” is not ticked; every point must be confirmed.", point.ZH, point.EN)
	case v != "":
		return nil
	case w.Field.Type == FieldDocument:
		return fault.Field(w.Field.ID, "请上传“%[1]s”。", "Please upload “%[2]s”.", label.ZH, label.EN)
	}
	return Missing(w.Field)
}

// Missing is what is said when a field that is needed now is empty.
func Missing(f Field) *fault.Error {
	return fault.Field(f.ID, "请填写“%[1]s”。", "Please fill in “%[2]s”.", f.Label.ZH, f.Label.EN)
}

// checkList says what is wrong with the value of a document field or a checklist; nil when nothing is.
func checkList(f *Field, v string) *fault.Error {
	if f.Type == FieldChecklist {
		if _, ok := f.Ticked(v); !ok {
			return fault.Field(f.ID, "请从列表中勾选。", "Please tick points of the list.")
		}
		return nil
	}
	if n := 1 + strings.Count(v, ","); n > f.MostDocuments() {
		return fault.Field(f.ID, "最多 %d 份材料，现有 %d 份。", "At most %d documents; there are %d.", f.MostDocuments(), n)
	}
	if _, ok := DocumentIDs(v); !ok {
		return fault.Field(f.ID, "材料编号无效，请重新上传。", "That names no document; please upload it again.")
	}
	return nil
}

// checkField says what is wrong with a field's choices and bounds.
func (r *procedureReader) checkField(line int, f *Field) {
	list := f.Type == FieldSelect || f.Type == FieldChecklist
	switch {
	case f.Type == FieldSelect && len(f.Choices) == 0:
		r.FailAt(line, "选择字段“%s”没有选项。", "The select field “%s” has no choices.", f.ID)
	case f.Type == FieldChecklist && len(f.Choices) == 0:
		r.FailAt(line, "勾选字段“%s”没有选项。", "The checklist “%s” has no choices.", f.ID)
	case !list && len(f.Choices) > 0:
		r.FailAt(line, "只有选择字段和勾选字段才写选项。", "Only a select field and a checklist have choices.")
	case f.Type == FieldDocument && f.Max > mostDocuments:
		r.FailAt(line, "材料字段“%s”最多 %d 份。", "The document field “%s” takes at most %d documents.", f.ID, mostDocuments)
	}
	for _, c := range f.Choices {
		if f.Type == FieldChecklist && (c.ID == "" || strings.Contains(c.ID, ",")) {
			r.FailAt(line, "勾选字段的选项“%s”不能为空，也不能含逗号。", "The choice “%s” of a checklist may not be empty or hold a comma.", c.ID)
		}
	}
}
