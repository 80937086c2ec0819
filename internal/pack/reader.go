package pack

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"io/fs"
	"path"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"gezhi/internal/fault"
)

// maxFile is the largest YAML or CSV file read, in bytes.
const maxFile = 64 << 20

// reader collects everything wrong with a pack.
type reader struct{ bad fault.List }

func (r *reader) fail(file string, line int, zh, en string, args ...any) {
	if line > 0 {
		file += ":" + strconv.Itoa(line)
	}
	r.bad.Add(file, zh, en, args...)
}

// adopt takes over faults found elsewhere, under the file they come from.
func (r *reader) adopt(file string, err error) {
	fs := fault.Fields(err)
	if len(fs) == 0 && err != nil {
		r.bad.Add(file, "%s", "%s", err.Error())
	}
	for _, f := range fs {
		g := *f
		if file != "" {
			g.Field = file
		}
		r.bad = append(r.bad, &g)
	}
}

// folder is one folder files are read from.
type folder struct {
	fsys fs.FS
	dir  string
	*reader
}

func (f folder) fail(file string, line int, zh, en string, args ...any) {
	f.reader.fail(f.label(file), line, zh, en, args...)
}

// label is a file's name as errors show it: files of common are told from the zone's own.
func (f folder) label(name string) string {
	if path.Base(f.dir) == "common" {
		return "common/" + name
	}
	return name
}

func exists(fsys fs.FS, name string) bool {
	_, err := fs.Stat(fsys, name)
	return err == nil
}

// read returns a file's bytes, false when it is not there; any other trouble is reported.
func (f folder) read(name string) ([]byte, bool) {
	file, err := f.fsys.Open(path.Join(f.dir, name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, false
	}
	if err != nil {
		f.fail(name, 0, "文件打不开：%s", "cannot be opened: %s", err)
		return nil, false
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, maxFile+1))
	switch {
	case err != nil:
		f.fail(name, 0, "文件读不出：%s", "cannot be read: %s", err)
	case len(data) > maxFile:
		f.fail(name, 0, "文件超过 %d MB。", "larger than %d MB.", maxFile>>20)
	default:
		return data, true
	}
	return nil, false
}

var yamlLine = regexp.MustCompile(`line (\d+): (.*)`)

// yaml reads a file strictly into a value; unknown keys are errors. The node is for finding lines.
func (f folder) yaml(name string, into any) (*yaml.Node, bool) {
	data, ok := f.read(name)
	if !ok {
		return nil, false
	}
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	if err := dec.Decode(into); err != nil && !errors.Is(err, io.EOF) {
		found := yamlLine.FindAllStringSubmatch(err.Error(), -1)
		for _, m := range found {
			line, _ := strconv.Atoi(m[1])
			f.fail(name, line, "写法不对：%s", "cannot be read: %s", m[2])
		}
		if len(found) == 0 {
			f.fail(name, 0, "写法不对：%s", "cannot be read: %s", err)
		}
		return nil, false
	}
	var node yaml.Node
	if err := yaml.Unmarshal(data, &node); err != nil {
		f.fail(name, 0, "写法不对：%s", "cannot be read: %s", err)
		return nil, false
	}
	return &node, true
}

// lineOf is the line of the value under keys (strings) and positions (ints), 0 when it is not there.
func lineOf(n *yaml.Node, steps ...any) int {
	if n != nil && n.Kind == yaml.DocumentNode && len(n.Content) > 0 {
		n = n.Content[0]
	}
	for _, step := range steps {
		next := (*yaml.Node)(nil)
		switch s := step.(type) {
		case int:
			if n != nil && n.Kind == yaml.SequenceNode && s < len(n.Content) {
				next = n.Content[s]
			}
		case string:
			for i := 0; n != nil && n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
				if n.Content[i].Value == s {
					next = n.Content[i+1]
				}
			}
		}
		if next == nil {
			break
		}
		n = next
	}
	if n == nil {
		return 0
	}
	return n.Line
}

// csv returns the rows of a file with the line each begins on, false when the file is not there.
func (f folder) csv(name string) (rows [][]string, lines []int, ok bool) {
	data, ok := f.read(name)
	if !ok {
		return nil, nil, false
	}
	in := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(data), "\ufeff")))
	in.FieldsPerRecord = -1
	for {
		row, err := in.Read()
		if errors.Is(err, io.EOF) {
			return rows, lines, true
		}
		var bad *csv.ParseError
		if errors.As(err, &bad) {
			f.fail(name, bad.Line, "CSV 写法不对：%s", "not CSV: %s", bad.Err)
			return nil, nil, false
		}
		line, _ := in.FieldPos(0)
		rows, lines = append(rows, row), append(lines, line)
	}
}
