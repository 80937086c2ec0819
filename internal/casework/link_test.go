package casework

import (
	"strings"
	"testing"
)

// boardProcedure is the least that stands on a board, ties and is drawn by lot.
const boardProcedure = `id: board
version: 1
name: {zh: 板, en: Board}
categories: none
place: none
public: [open]
draw: {stage: open, group: group, won: win, next: queue, place: order}
roles: {officer: {zh: 经办人, en: Officer}}
fields:
  other: {type: case, label: {zh: 另一件, en: Other}}
  group: {type: select, label: {zh: 分组, en: Group}, choices: {a: {zh: 甲, en: A}}}
  order: {type: number, min: 1, max: 9, label: {zh: 顺序, en: Order}}
stages:
  open: {name: {zh: 公开, en: Open}, phase: 信息收集}
  shut: {name: {zh: 关闭, en: Shut}, phase: 核查结案, end: done}
starts:
  begin: {label: {zh: 开始, en: Begin}, by: officer, to: open, needs: [group], holder: self}
moves:
  tie: {label: {zh: 关联, en: Tie}, from: open, to: stay, by: officer, needs: [other], links: {other: related}}
  win: {label: {zh: 中签, en: Won}, from: open, to: shut, by: system, needs: [order]}
  queue: {label: {zh: 排序, en: Placed}, from: open, to: stay, by: system, needs: [order]}
results: {done: {label: {zh: 办结, en: Done}, keep: 1}}
`

func TestBoardsTiesAndLotteriesAreChecked(t *testing.T) {
	if _, err := ParseProcedure("board.yaml", []byte(boardProcedure)); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ from, to, want string }{
		"a public stage that is not there":  {"public: [open]", "public: [opne]", "There is no stage “opne”"},
		"a secret on a board":               {"public: [open]", "public: [open]\nsealed: [officer]", "cannot be public"},
		"a tie nobody knows":                {"other: related", "other: cousin", "no kind of link “cousin”"},
		"a tie by a field that is no case":  {"links: {other: related}", "links: {group: related}", "must be a field of type case"},
		"lots drawn elsewhere":              {"stage: open,", "stage: shut,", "is no move that can be made from the stage"},
		"groups that are none":              {"group: group,", "group: order,", "must be a select field"},
		"a place that is no number":         {"place: order", "place: group", "must be a number field"},
		"somebody may say who has won":      {"to: shut, by: system", "to: shut, by: officer", "only “system” may make it"},
		"who has won is not told the place": {"by: system, needs: [order]}\n  queue", "by: system}\n  queue", "must have the field “order”"},
	} {
		if !strings.Contains(boardProcedure, c.from) {
			t.Fatalf("%s: nothing to change", name)
		}
		_, err := ParseProcedure("board.yaml", []byte(strings.Replace(boardProcedure, c.from, c.to, 1)))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
