package rules

import (
	"bytes"
	"errors"

	"gezhi/internal/fault"
	"gezhi/internal/yamldoc"

	"go.yaml.in/yaml/v3"
)

// Revise puts an item, as Write gives it, into the text of a book: in place of the one with the id that begins on a line, or at the end when
// line is 0. Every other byte stays as it is. The error is Conflict when that item is not there, Invalid when the text is written in a way
// that cannot be changed in place. Whether the result is right is for Parse to say.
func Revise(src []byte, id string, line int, item []byte) ([]byte, error) {
	w, doc, err := yamldoc.NewRewrite(src)
	if err != nil {
		return nil, err
	}
	items := yamldoc.Child(doc, "items")
	if items == nil || items.Kind != yaml.SequenceNode || items.Style&yaml.FlowStyle != 0 && len(items.Content) > 0 {
		return nil, unusual("items")
	}
	text := string(bytes.TrimPrefix(dedent(item), []byte("- ")))
	if line == 0 {
		w.Append(items, text)
	} else {
		n := itemOn(items, id, line)
		if n == nil {
			return nil, fault.New(fault.Conflict, "第 %[2]d 行已经不是事项“%[1]s”，文件可能已被他人修改，请刷新后再改。", "The item “%[1]s” is not on line %[2]d any more; the file may have been changed. Please reload.", id, line)
		}
		w.Replace(n, text)
	}
	return revised(w, id)
}

// dedent takes the space behind each line end that Write puts before the names of an item.
func dedent(item []byte) []byte { return bytes.ReplaceAll(item, []byte("\n  "), []byte("\n")) }

func itemOn(items *yaml.Node, id string, line int) *yaml.Node {
	for _, n := range items.Content {
		if v := yamldoc.Child(n, "id"); n.Line == line && v != nil && v.Value == id {
			return n
		}
	}
	return nil
}

// ReviseParam gives a parameter of a book's text other values, in the order of their days. Values that stay the same, and every other byte,
// stay as they are. Its errors are those of Revise; NotFound when there is no such parameter.
func ReviseParam(src []byte, p Param) ([]byte, error) {
	w, doc, err := yamldoc.NewRewrite(src)
	if err != nil {
		return nil, err
	}
	values := yamldoc.Child(doc, "params", p.ID, "values")
	switch {
	case values == nil:
		return nil, fault.New(fault.NotFound, "没有参数“%s”。", "There is no parameter “%s”.", p.ID)
	case values.Kind != yaml.SequenceNode || len(p.Values) == 0:
		return nil, unusual(p.ID)
	}
	for i, v := range p.Values {
		text := "{from: " + FormatDay(v.From) + ", value: " + numberText(p.Kind, v.Value) + "}"
		switch {
		case i >= len(values.Content):
			w.Append(values, text)
		case !says(values.Content[i], p.Kind, v):
			w.Replace(values.Content[i], text)
		}
	}
	w.Cut(values, len(p.Values))
	return revised(w, p.ID)
}

// says reports whether a node gives the value already, in whatever unit.
func says(n *yaml.Node, kind Kind, v ParamValue) bool {
	from, value := yamldoc.Child(n, "from"), yamldoc.Child(n, "value")
	if from == nil || value == nil {
		return false
	}
	got, err := parseNumber(value.Value, "", kind)
	return err == nil && got == v.Value && from.Value == FormatDay(v.From)
}

// revised is the text with its changes, when it is still one that YAML reads.
func revised(w *yamldoc.Rewrite, id string) ([]byte, error) {
	out, err := w.Bytes()
	if err == nil {
		_, _, err = yamldoc.NewRewrite(out)
	}
	if errors.Is(err, yamldoc.ErrUnusual) || fault.KindOf(err) == fault.Invalid {
		return nil, unusual(id)
	}
	return out, err
}

func unusual(id string) error {
	return fault.New(fault.Invalid, "文件中“%s”这一处的写法不能在页面上修改，请直接修改文件。", "“%s” is written in a way that cannot be changed on a page; please change the file itself.", id)
}
