package fault

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
)

func TestFieldsAreRenamedAndNothingElse(t *testing.T) {
	up := func(field string) string { return strings.ToUpper(field) }
	var list List
	list.Add("title", "缺标题。", "No title.")
	list.Add("", "都不对。", "All wrong.")
	got := Fields(Rename(fmt.Errorf("form: %w", list), up))
	if len(got) != 2 || got[0].Field != "TITLE" || got[0].ZH != "缺标题。" || got[1].Field != "" {
		t.Errorf("%+v", got)
	}
	if list[0].Field != "title" {
		t.Error("the list itself was changed")
	}
	one := New(Conflict, "别人改过。", "Somebody changed it.")
	one.Field = "x"
	if err := Rename(one, up); KindOf(err) != Conflict || Fields(err)[0].Field != "X" || one.Field != "x" {
		t.Errorf("%#v", err)
	}
	if err := Rename(io.EOF, up); !errors.Is(err, io.EOF) {
		t.Error(err)
	}
	if Rename(nil, up) != nil {
		t.Error("a fault was made of nothing")
	}
}
