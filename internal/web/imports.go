package web

import (
	"context"
	"strconv"

	"gezhi/internal/app"
	"gezhi/internal/lang"
)

// listShown is how many right and wrong rows a check shows; the rest is in the file.
const listShown = 200

// importID is the file that an address is about.
func (v *visit) importID() (int64, error) {
	id, err := strconv.ParseInt(v.PathValue("id"), 10, 64)
	if err != nil {
		return 0, errNoPage
	}
	return id, nil
}

// importForm reads a form about a file: what to do with it stands in the form, which file in the address.
func (v *visit) importForm() (int64, error) {
	id, err := v.importID()
	if err == nil {
		err = v.parse()
	}
	return id, err
}

// shown is a number that the page with the form showed; nonsense is 0, which is refused as another number is.
func (v *visit) shown(field string) int {
	n, _ := strconv.Atoi(v.PostForm.Get(field))
	return n
}

// sendErrors hands a file back with its mistakes.
func sendErrors[C interface {
	ErrorRows(lang.Lang) ([]byte, error)
}](v *visit, check func(context.Context, app.Viewer, int64) (C, error), name string) error {
	id, err := v.importID()
	if err != nil {
		return err
	}
	c, err := check(v.Context(), v.viewer, id)
	if err != nil {
		return err
	}
	body, err := c.ErrorRows(v.lang)
	if err != nil {
		return err
	}
	return v.download(name, xlsxType, body)
}
