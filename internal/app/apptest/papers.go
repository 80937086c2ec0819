package apptest

import (
	"context"
	"strings"
	"testing"

	"gezhi/internal/app"
)

// WithPapers publishes a second version of the grid event in which whoever reported a case and whoever holds it may hand
// documents in: the move hand_in needs one to three files (stamped) and every point of a checklist (points: sealed,
// signed), and takes one more file (plan). admin needs the power to edit procedures.
func WithPapers(t testing.TB, a *app.App, admin app.Viewer) {
	t.Helper()
	ctx := context.Background()
	text, err := a.ProcedureText(ctx, admin, app.GridEvent, 1)
	if err == nil {
		next := strings.NewReplacer("\nversion: 1\n", "\nversion: 2\n", "\nfields:\n", "\nfields:\n"+paperFields, "\nmoves:\n", "\nmoves:\n"+paperMove).Replace(string(text))
		_, err = a.DraftProcedure(ctx, admin, "papers.yaml", []byte(next), "papers-draft")
	}
	if err == nil {
		err = a.Publish(ctx, admin, "procedure", app.GridEvent, 2, "papers-publish")
	}
	if err != nil {
		t.Fatal(err)
	}
}

const paperFields = `  stamped: {type: document, max: 3, label: {zh: 盖章文件, en: Stamped document}, hint: {zh: 红头文件或盖章扫描件, en: The document or a scan of it}}
  plan: {type: document, label: {zh: 整改方案, en: Plan}}
  points:
    type: checklist
    label: {zh: 提交前确认, en: Before sending}
    choices:
      sealed: {zh: 已加盖公章, en: It is stamped}
      signed: {zh: 经办人已签字, en: It is signed}
`

const paperMove = `  hand_in:
    label: {zh: 补充材料, en: Hand in documents}
    from: [verifying, reported, handling]
    to: stay
    by: [reporter, holder]
    needs: [stamped, points]
    may: [plan]
`
