package api_test

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// The examples of docs/API.md are sent, one after another, as curl would send them.
func TestTheExamplesInTheDocumentWork(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "API.md"))
	if err != nil {
		t.Fatal(err)
	}
	b := newBank(t, "sqlite:"+filepath.Join(t.TempDir(), "g.db"))
	key := b.key("*")
	sent := 0
	for line := range strings.SplitSeq(string(text), "\n") {
		line, want, _ := strings.Cut(strings.TrimSpace(line), " # ")
		line, ok := strings.CutPrefix(line, "curl ")
		if !ok {
			continue
		}
		sent++
		res, err := http.DefaultClient.Do(curl(t, strings.NewReplacer("$KEY", key, "$GEZHI", b.server.URL, "person:812", b.people[0]).Replace(line)))
		b.OK(err)
		body, err := io.ReadAll(res.Body)
		b.OK(err)
		res.Body.Close()
		if strconv.Itoa(res.StatusCode) != want {
			t.Errorf("%s\nanswers %d, not %s: %s", line, res.StatusCode, want, body)
		}
	}
	if sent < 12 {
		t.Errorf("only %d examples were found", sent)
	}
	b.holds("pool:330108001", 350)
}

var word = regexp.MustCompile(`'[^']*'|"[^"]*"|\S+`)

// curl makes the request of a command line with -H, -X and -d.
func curl(t *testing.T, line string) *http.Request {
	t.Helper()
	words := word.FindAllString(line, -1)
	method, address, body := "GET", "", ""
	header := http.Header{}
	for i := 0; i < len(words); i++ {
		w := strings.Trim(words[i], `'"`)
		if len(w) == 2 && w[0] == '-' && i+1 < len(words) {
			i++
			value := strings.Trim(words[i], "'")
			switch w {
			case "-X":
				method = value
			case "-d":
				method, body = "POST", value
				header.Set("Content-Type", "application/x-www-form-urlencoded") // curl says so unasked
			case "-H":
				name, v, _ := strings.Cut(strings.Trim(value, `"`), ": ")
				header.Set(name, v)
			default:
				t.Fatalf("%s in %s", w, line)
			}
			continue
		}
		address = w
	}
	r, err := http.NewRequest(method, address, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header = header
	return r
}
