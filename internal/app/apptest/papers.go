package apptest

import (
	"context"
	"fmt"
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

// PDF is a small whole PDF that says something in Latin letters.
func PDF(says string) []byte {
	text := fmt.Sprintf("BT /F1 24 Tf 20 40 Td (%s) Tj ET", says)
	objects := []string{"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Count 1/Kids[3 0 R]>>",
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 100]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
		fmt.Sprintf("<</Length %d>>stream\n%s\nendstream", len(text), text), "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"}
	out, table := "%PDF-1.4\n", ""
	for i, o := range objects {
		table += fmt.Sprintf("%010d 00000 n \n", len(out))
		out += fmt.Sprintf("%d 0 obj%s endobj\n", i+1, o)
	}
	return fmt.Appendf(nil, "%sxref\n0 6\n0000000000 65535 f \n%strailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", out, table, len(out))
}
