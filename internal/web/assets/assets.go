// Package assets holds the style sheets, scripts and libraries the pages load, embedded in the
// binary. Every address carries a hash of all of them, so browsers may keep what they have for
// ever, and a script's relative imports stay within the same release.
package assets

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
)

//go:embed files
var embedded embed.FS

// Root is where the assets are served.
const Root = "/assets/"

// bundles are files put together from several, in this order: one request instead of many.
var bundles = map[string][]string{
	"app.css": {"vendor/tabler/tabler.css", "vendor/leaflet/leaflet.css", "css/tokens.css", "css/base.css",
		"css/shell.css", "css/parts.css", "css/form.css", "css/map.css", "css/desk.css", "css/pages.css", "css/admin.css", "css/rewards.css", "css/policies.css", "css/print.css", "css/letter.css"},
}

// file is one asset; gz is made when first asked for.
type file struct {
	text []byte
	kind string
	gz   func() []byte
}

type shelf struct {
	hash  string
	files map[string]file
}

// all is filled once, when the first page asks for an address.
var all = sync.OnceValue(func() shelf {
	files, err := fs.Sub(embedded, "files")
	if err != nil {
		panic(err)
	}
	s, err := stock(files)
	if err != nil {
		panic(err)
	}
	return s
})

// stock reads every file and bundle. Licences stay in the binary and are served like the rest.
func stock(files fs.FS) (shelf, error) {
	texts := map[string][]byte{}
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		texts[name], err = fs.ReadFile(files, name)
		return err
	})
	if err != nil {
		return shelf{}, err
	}
	for name, parts := range bundles {
		for _, part := range parts {
			text, ok := texts[part]
			if !ok {
				return shelf{}, &fs.PathError{Op: "bundle", Path: part, Err: fs.ErrNotExist}
			}
			texts[name] = append(append(texts[name], text...), '\n')
		}
	}
	s := shelf{hash: sum(texts), files: make(map[string]file, len(texts))}
	for name, text := range texts {
		s.files[name] = file{text: text, kind: kind(name), gz: sync.OnceValue(func() []byte { return squeeze(text) })}
	}
	return s, nil
}

func sum(texts map[string][]byte) string {
	names := make([]string, 0, len(texts))
	for name := range texts {
		names = append(names, name)
	}
	slices.Sort(names)
	h := sha256.New()
	for _, name := range names {
		h.Write([]byte(name + "\x00" + strconv.Itoa(len(texts[name])) + "\x00"))
		h.Write(texts[name])
	}
	return hex.EncodeToString(h.Sum(nil))[:12]
}

// kind is the content type by the file's ending. The system's own table is not asked: it differs
// between machines, and a script with a wrong type does not run under nosniff.
func kind(name string) string {
	switch ext := path.Ext(name); ext {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml"
	case ".webmanifest":
		return "application/manifest+json"
	case "":
		return "text/plain; charset=utf-8" // licences
	default:
		return mime.TypeByExtension(ext)
	}
}

func squeeze(text []byte) []byte {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		panic(err) // the level is a constant
	}
	w.Write(text) // a bytes.Buffer does not fail
	w.Close()
	return b.Bytes()
}

// Path is the address of an asset such as "app.css" or "js/main.js". It panics for a name that
// does not exist, which only a template's author can cause.
func Path(name string) string {
	s := all()
	if _, ok := s.files[name]; !ok {
		panic("assets: there is no " + name)
	}
	return Root + s.hash + "/" + name
}

// Read is the text of an asset, for tests that compare pages with what they load; nil when there
// is none of that name.
func Read(name string) []byte { return all().files[name].text }

// Handler serves the assets under Root. An address of another release is sent on to this one's.
func Handler() http.Handler { return all() }

func (s shelf) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	hash, name, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, Root), "/")
	f, ok := s.files[name]
	if !ok {
		http.NotFound(w, r)
		return
	}
	h := w.Header()
	if hash != s.hash {
		h.Set("Cache-Control", "no-store")
		http.Redirect(w, r, Root+s.hash+"/"+name, http.StatusFound)
		return
	}
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("Content-Type", f.kind)
	h.Set("Vary", "Accept-Encoding")
	text := f.text
	if AcceptsGzip(r) {
		h.Set("Content-Encoding", "gzip")
		text = f.gz()
	}
	h.Set("Content-Length", strconv.Itoa(len(text)))
	if r.Method != http.MethodHead {
		w.Write(text) // a reader that has gone is no fault of ours
	}
}

// AcceptsGzip reports whether the reader takes gzip; a quality of zero is a refusal.
func AcceptsGzip(r *http.Request) bool {
	for part := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		coding, quality, _ := strings.Cut(strings.TrimSpace(part), ";")
		if strings.TrimSpace(coding) != "gzip" {
			continue
		}
		q := strings.TrimPrefix(strings.ReplaceAll(quality, " ", ""), "q=")
		return strings.Trim(q, "0.") != "" || q == ""
	}
	return false
}
