package filetype

import "fmt"

// Sample is a small whole PDF that says something in Latin letters, for demonstrations and tests.
func Sample(says string) []byte {
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
