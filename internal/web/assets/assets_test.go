package assets

import (
	"bytes"
	"compress/gzip"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"path"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"
)

func get(t *testing.T, url, encoding string) *http.Response {
	t.Helper()
	r := httptest.NewRequest("GET", url, nil)
	if encoding != "" {
		r.Header.Set("Accept-Encoding", encoding)
	}
	w := httptest.NewRecorder()
	Handler().ServeHTTP(w, r)
	return w.Result()
}

func body(t *testing.T, r io.Reader) []byte {
	t.Helper()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestEveryAssetIsServedForEverWithItsType(t *testing.T) {
	types := map[string]string{".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml", "": "text/plain; charset=utf-8"}
	for name, f := range all().files {
		res := get(t, Path(name), "br, gzip;q=0.8")
		if got := res.Header.Get("Cache-Control"); got != "public, max-age=31536000, immutable" {
			t.Errorf("%s: Cache-Control %q", name, got)
		}
		if got, want := res.Header.Get("Content-Type"), types[path.Ext(name)]; got != want && !strings.HasPrefix(path.Base(name), "LICENSE") {
			t.Errorf("%s: Content-Type %q, want %q", name, got, want)
		}
		gz, err := gzip.NewReader(res.Body)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if !bytes.Equal(body(t, gz), f.text) {
			t.Errorf("%s: unzips to something else", name)
		}
	}
}

func TestReadersWithoutGzipGetPlainText(t *testing.T) {
	for _, encoding := range []string{"", "br", "gzip;q=0", "gzip; q=0.0"} {
		res := get(t, Path("app.css"), encoding)
		if res.Header.Get("Content-Encoding") != "" || !bytes.Equal(body(t, res.Body), Read("app.css")) {
			t.Errorf("Accept-Encoding %q: not the plain file", encoding)
		}
	}
}

func TestTheAddressChangesWithAnyFile(t *testing.T) {
	files := fstest.MapFS{}
	err := fs.WalkDir(embedded, "files", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			text, _ := embedded.ReadFile(name)
			files[strings.TrimPrefix(name, "files/")] = &fstest.MapFile{Data: text}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	same, err := stock(files)
	if err != nil {
		t.Fatal(err)
	}
	if same.hash != all().hash {
		t.Errorf("the same files give %s and %s", same.hash, all().hash)
	}
	files["js/main.js"].Data[0]++
	other, err := stock(files)
	if err != nil {
		t.Fatal(err)
	}
	if other.hash == same.hash {
		t.Error("a changed script kept the address")
	}
	delete(files, "css/print.css")
	if _, err := stock(files); err == nil {
		t.Error("a bundle without one of its parts was accepted")
	}
}

func TestAnOldAddressLeadsToThePresentOne(t *testing.T) {
	res := get(t, Root+"000000000000/js/main.js", "")
	if res.StatusCode != http.StatusFound || res.Header.Get("Location") != Path("js/main.js") || res.Header.Get("Cache-Control") != "no-store" {
		t.Errorf("got %d to %q, %q", res.StatusCode, res.Header.Get("Location"), res.Header.Get("Cache-Control"))
	}
	if res := get(t, Root+all().hash+"/nothing.js", ""); res.StatusCode != http.StatusNotFound {
		t.Errorf("a missing file: %d", res.StatusCode)
	}
}

func TestALicenceLiesBesideEveryLibrary(t *testing.T) {
	dirs, err := fs.ReadDir(embedded, "files/vendor")
	if err != nil {
		t.Fatal(err)
	}
	if len(dirs) != 5 {
		t.Errorf("%d libraries, want 5", len(dirs))
	}
	for _, d := range dirs {
		text, err := embedded.ReadFile("files/vendor/" + d.Name() + "/LICENSE")
		if err != nil || len(text) < 500 {
			t.Errorf("%s: licence of %d bytes, %v", d.Name(), len(text), err)
		}
	}
}

// Only our own files: the libraries are looked after by their versions.
func TestScriptsImportWhatExistsAndStylesLoadNothing(t *testing.T) {
	imports := regexp.MustCompile(`(?:from|import\(?|:)\s*"\./([a-z]+\.js)"`)
	for name, f := range all().files {
		if strings.HasPrefix(name, "js/") {
			for _, m := range imports.FindAllSubmatch(f.text, -1) {
				if Read("js/"+string(m[1])) == nil {
					t.Errorf("%s imports %s, which is not there", name, m[1])
				}
			}
		}
		if strings.HasSuffix(name, ".css") && regexp.MustCompile(`@import|url\((?:"|')?(?:https?:|//|images/)`).Match(f.text) {
			t.Errorf("%s loads something by address", name)
		}
	}
}
