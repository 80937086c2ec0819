package app

import (
	"gezhi/internal/fault"
	"gezhi/internal/sheet"
)

// readList reads a list that somebody uploads. Faults stand beside the file.
func readList(name string, body []byte, columns sheet.Columns) (sheet.Table, error) {
	if len(body) == 0 {
		return sheet.Table{}, fault.Field(sheet.Field, "请选择文件。", "Choose a file.")
	}
	t, err := sheet.Read(body, name, columns)
	if err != nil {
		return t, within("read "+name, asFile(err))
	}
	return t, nil
}

// confirmed refuses to import what is not what the check showed: so many lines were shown, so many there are now.
func confirmed(shown, now int) error {
	switch {
	case now != shown:
		return fault.New(fault.Conflict, "核对之后情况又有变动，请按下面最新的核对结果确认。", "Things have changed since the check; confirm it as it stands now.")
	case now == 0:
		return fault.New(fault.Invalid, "没有可以导入的内容。", "There is nothing to import.")
	}
	return nil
}
