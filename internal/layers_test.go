// Package internal_test keeps imports pointing one way.
package internal_test

import (
	"fmt"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
)

// layer ranks every package; a package may import those of a smaller number only, so packages of one
// layer know nothing of each other. A folder below a listed one is part of it. A package that is
// not here fails the test: whoever adds it decides where it stands.
var layer = map[string]int{
	"internal/lang":    -2, // below fault, whose sentences are in both languages
	"internal/fault":   -1,
	"internal/yamldoc": 0, "packs": 0, "docs": 0,

	"internal/calendar": 1, "internal/geo": 1, "internal/idcode": 1, "internal/ledger": 1, "internal/rules": 1,
	"internal/grams": 1, "internal/seal": 1, "internal/photo": 1, "internal/filetype": 1, "internal/sheet": 1, "internal/docx": 1, "internal/proof": 1,

	"internal/territory": 2, "internal/casework": 2, "internal/points": 2, "internal/activity": 2, "internal/redeem": 2,
	"internal/pairing": 2, "internal/draw": 2, "internal/policy": 2, "internal/target": 2, "internal/coverage": 2, "internal/theme": 2, "internal/catalogue": 2,

	"internal/pack":  3,
	"internal/store": 4, "internal/sms": 4, "internal/webhook": 4,
	"internal/app": 5,
	"internal/web": 6, "internal/api": 6, "internal/demo": 6, "internal/simulate": 6,
	"cmd/gezhi": 7, "packs/gen": 7, "bench": 7,
}

// testOnly packages are for _test.go files; they stand beside the layers and import none of them.
var testOnly = []string{"internal/needs", "internal/testdb", "internal/browser"}

// Packages up to layer pure decide; they are given values and return values.
// Whatever reaches a database, the network or the machine is another package's work.
const pure = 2

var impure = []string{"database/sql", "net/http", "os", "syscall", "github.com/jackc/pgx/v5", "modernc.org/sqlite"}

// excepted packages may use the one thing named: the sealing key lives in a file outside the database.
var excepted = map[string]string{"internal/seal": "os"}

const module = "gezhi/"

func TestImportsPointDown(t *testing.T) {
	// The sources are parsed here, not listed by the go command: what this process opens itself
	// is what go test watches, so a stale pass cannot come out of its cache.
	found := violations(t, os.DirFS(".."))
	for _, v := range found {
		t.Error(v)
	}
}

func TestAPlantedViolationIsFound(t *testing.T) {
	for name, c := range map[string]struct{ file, imports, want string }{
		"up":                       {"internal/store/a.go", "gezhi/internal/app", "layer 4 imports gezhi/internal/app of layer 5"},
		"sideways":                 {"internal/geo/a.go", "gezhi/internal/calendar", "layer 1 imports gezhi/internal/calendar of layer 1"},
		"up from a folder below":   {"internal/store/sub/a.go", "gezhi/internal/web", "layer 4 imports gezhi/internal/web of layer 6"},
		"up from a test":           {"internal/geo/a_test.go", "gezhi/internal/pack", "layer 1 imports gezhi/internal/pack of layer 3"},
		"a program, by anyone":     {"bench/a.go", "gezhi/cmd/gezhi", "layer 7 imports gezhi/cmd/gezhi of layer 7"},
		"a package nobody placed":  {"internal/util/a.go", "fmt", "internal/util is in no layer"},
		"an import nobody placed":  {"internal/app/a.go", "gezhi/pkg/util", "pkg/util is in no layer"},
		"SQL in an engine":         {"internal/rules/a.go", "database/sql", "is pure and imports database/sql"},
		"HTTP in the domain":       {"internal/casework/sub/a.go", "net/http", "is pure and imports net/http"},
		"files in an engine":       {"internal/calendar/a.go", "os", "is pure and imports os"},
		"a pgx folder in the pure": {"internal/ledger/a.go", "github.com/jackc/pgx/v5/stdlib", "is pure and imports github.com/jackc/pgx/v5/stdlib"},
		"test help in the product": {"internal/store/a.go", "gezhi/internal/testdb", "only _test.go files may import"},
		"the product in test help": {"internal/browser/a.go", "gezhi/internal/web", "test-only and imports gezhi/internal/web"},
	} {
		t.Run(name, func(t *testing.T) {
			source := fmt.Sprintf("package a\n\nimport _ %q\n", c.imports)
			found := violations(t, fstest.MapFS{c.file: {Data: []byte(source)}})
			if len(found) != 1 || !strings.Contains(found[0], c.want) {
				t.Errorf("found %q, want one with %q", found, c.want)
			}
		})
	}
}

func TestWhatIsAllowedPasses(t *testing.T) {
	for file, imports := range map[string]string{
		"internal/app/a.go":                   "gezhi/internal/store",
		"internal/web/a.go":                   "gezhi/internal/web/pages",
		"internal/web/pages/a.go":             "gezhi/internal/web",
		"internal/store/a_test.go":            "gezhi/internal/testdb",
		"internal/calendar/a_test.go":         "os",
		"internal/calendar/b.go":              "embed",
		"internal/pack/a.go":                  "os",
		"internal/seal/a.go":                  "os",
		"internal/testdb/a.go":                "gezhi/internal/needs",
		"internal/web/testdata/a.go":          "gezhi/cmd/gezhi",
		"cmd/gezhi/main.go":                   "gezhi/packs",
		"internal/needs/postgresql/x_test.go": "gezhi/internal/testdb",
	} {
		source := fmt.Sprintf("package a\n\nimport _ %q\n", imports)
		if found := violations(t, fstest.MapFS{file: {Data: []byte(source)}}); len(found) != 0 {
			t.Errorf("%s imports %s: %q", file, imports, found)
		}
	}
}

// violations reads every Go file of the module, whatever its build tags, and says which imports are wrong.
func violations(t *testing.T, root fs.FS) []string {
	t.Helper()
	var found []string
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if base := d.Name(); name != "." && (base == "testdata" || base == "bin" || base[0] == '.' || base[0] == '_') {
				return fs.SkipDir
			}
			return nil
		}
		// This file's own folder holds no package, only this test.
		if !strings.HasSuffix(name, ".go") || path.Dir(name) == "internal" {
			return nil
		}
		imports, err := importsOf(root, name)
		if err != nil {
			return err
		}
		for _, imp := range imports {
			if v := violation(name, imp); v != "" && !slices.Contains(found, v) {
				found = append(found, v)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func importsOf(root fs.FS, name string) ([]string, error) {
	source, err := fs.ReadFile(root, name)
	if err != nil {
		return nil, err
	}
	file, err := parser.ParseFile(token.NewFileSet(), name, source, parser.ImportsOnly)
	if err != nil {
		return nil, err
	}
	imports := make([]string, len(file.Imports))
	for i, spec := range file.Imports {
		if imports[i], err = strconv.Unquote(spec.Path.Value); err != nil {
			return nil, err
		}
	}
	return imports, nil
}

// violation says what is wrong with one import of one file; nothing if it may stand.
func violation(file, imp string) string {
	from, inTest := place(path.Dir(file)), strings.HasSuffix(file, "_test.go")
	if from == "" {
		return fmt.Sprintf("%s is in no layer; add it to the map in internal/layers_test.go", path.Dir(file))
	}
	helper := slices.Contains(testOnly, from)
	local, ours := strings.CutPrefix(imp, module)
	if !ours {
		if !helper && !inTest && layer[from] <= pure && isImpure(imp) && excepted[from] != imp {
			return fmt.Sprintf("%s: %s is pure and imports %s", file, from, imp)
		}
		return ""
	}
	to := place(local)
	switch {
	case to == "":
		return fmt.Sprintf("%s: %s is in no layer; add it to the map in internal/layers_test.go", file, local)
	case from == to:
		return ""
	case slices.Contains(testOnly, to):
		if inTest || helper {
			return ""
		}
		return fmt.Sprintf("%s: only _test.go files may import %s", file, imp)
	case helper:
		return fmt.Sprintf("%s: %s is test-only and imports %s", file, from, imp)
	case layer[to] >= layer[from]:
		return fmt.Sprintf("%s: layer %d imports %s of layer %d", file, layer[from], imp, layer[to])
	}
	return ""
}

// place is the listed package that the folder is or lies in.
func place(dir string) string {
	for ; dir != "."; dir = path.Dir(dir) {
		if _, ok := layer[dir]; ok || slices.Contains(testOnly, dir) {
			return dir
		}
	}
	return ""
}

func isImpure(imp string) bool {
	return slices.ContainsFunc(impure, func(p string) bool { return imp == p || strings.HasPrefix(imp, p+"/") })
}
