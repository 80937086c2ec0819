// Package needs lets tests go without a server or a browser and still be honest about it.
// Only tests import it.
//
// A skipped test is invisible in the output of a plain `go test ./...`. So each thing that can be
// missing has a folder here whose line in the summary changes:
//
//	ok  gezhi/internal/needs/postgresql  0.01s                        available, tests ran
//	ok  gezhi/internal/needs/postgresql  0.01s [no tests to run]      missing, tests skipped
//
// and the reason is printed beside it (see Main).
package needs

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// Thing is what a test may need and a machine may lack.
type Thing string

// The things. Their names are what GEZHI_REQUIRE lists and the folders beside this file are called.
const (
	PostgreSQL Thing = "postgresql"
	Browser    Thing = "browser"
)

// Required reports whether the environment variable GEZHI_REQUIRE, a comma-separated list,
// names the thing. Then its absence is a failure: `make test` requires everything.
func (th Thing) Required() bool {
	return slices.Contains(strings.Split(os.Getenv("GEZHI_REQUIRE"), ","), string(th))
}

// Skip ends a test that cannot run because the thing is missing for the reason why.
// It fails instead where the thing is required.
func (th Thing) Skip(t testing.TB, why string) {
	t.Helper()
	if th.Required() {
		t.Fatalf("%s is required here but missing: %s", th, why)
	}
	t.Skipf("SKIPPED, needs %s: %s", th, why)
}

// Main is the body of TestMain in the folder of the thing: why says what is missing, empty when nothing is.
func (th Thing) Main(m *testing.M, why string) {
	switch {
	case why == "":
		os.Exit(m.Run())
	case th.Required():
		fmt.Fprintf(os.Stderr, "%s is required here but missing: %s\n", th, why)
		os.Exit(1)
	}
	// The words the testing package uses itself; go test turns them into "[no tests to run]".
	fmt.Println("testing: warning: no tests to run")
	notice := fmt.Sprintf("\n*** SKIPPED every test that needs %s: %s\n*** `make test` runs them all.\n\n", th, why)
	fmt.Print(notice)
	shout(notice)
}

// shout writes to the standard error of the go command that started this test. go test keeps the
// output of a passing package to itself, and a notice nobody sees is none. Works on Linux; elsewhere,
// and when the answer comes from go test's cache, the summary line alone must do.
func shout(notice string) {
	parent := filepath.Join("/proc", strconv.Itoa(os.Getppid()))
	name, err := os.ReadFile(filepath.Join(parent, "comm"))
	if err != nil || strings.TrimSpace(string(name)) != "go" {
		return
	}
	f, err := os.OpenFile(filepath.Join(parent, "fd", "2"), os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return
	}
	defer f.Close()
	_, _ = f.WriteString(notice)
}
