package web

import (
	"compress/gzip"
	"io"
	"net/http"
	"strings"

	"gezhi/internal/web/assets"
)

// zip compresses text answers for readers that accept it. Answers that bring their own encoding
// (assets), event streams and files that are compressed already pass untouched.
func (s *Site) zip(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !assets.AcceptsGzip(r) || r.Method == http.MethodHead {
			next.ServeHTTP(w, r)
			return
		}
		z := &zipped{ResponseWriter: w, site: s}
		next.ServeHTTP(z, r)
		z.close()
	})
}

// zipped decides at the first byte whether to compress.
type zipped struct {
	http.ResponseWriter
	site *Site
	code int
	gz   *gzip.Writer // nil while passing through
}

func (z *zipped) WriteHeader(code int) {
	if z.code != 0 {
		return
	}
	if code >= 200 {
		z.code = code
		h := z.Header()
		if compressible(h, code) {
			h.Set("Content-Encoding", "gzip")
			h.Del("Content-Length")
			z.gz = z.site.writer(z.ResponseWriter)
		}
		if textual(h.Get("Content-Type")) {
			h.Add("Vary", "Accept-Encoding")
		}
	}
	z.ResponseWriter.WriteHeader(code)
}

func (z *zipped) Write(p []byte) (int, error) {
	if z.code == 0 {
		if z.Header().Get("Content-Type") == "" {
			z.Header().Set("Content-Type", http.DetectContentType(p))
		}
		z.WriteHeader(http.StatusOK)
	}
	if z.gz != nil {
		return z.gz.Write(p)
	}
	return z.ResponseWriter.Write(p)
}

// FlushError sends what has been written so far, for streamed exports.
func (z *zipped) FlushError() error {
	if z.gz != nil {
		if err := z.gz.Flush(); err != nil {
			return err
		}
	}
	return http.NewResponseController(z.ResponseWriter).Flush()
}

// Unwrap lets http.ResponseController set deadlines.
func (z *zipped) Unwrap() http.ResponseWriter { return z.ResponseWriter }

func (z *zipped) close() {
	if z.gz == nil {
		return
	}
	z.gz.Close() // a reader that has gone is no fault of ours
	z.site.zips.Put(z.gz)
	z.gz = nil
}

func (s *Site) writer(w io.Writer) *gzip.Writer {
	gz, ok := s.zips.Get().(*gzip.Writer)
	if !ok {
		return gzip.NewWriter(w)
	}
	gz.Reset(w)
	return gz
}

func compressible(h http.Header, code int) bool {
	return code != http.StatusNoContent && code != http.StatusNotModified && code != http.StatusPartialContent &&
		h.Get("Content-Encoding") == "" && textual(h.Get("Content-Type"))
}

func textual(kind string) bool {
	kind, _, _ = strings.Cut(kind, ";")
	switch strings.TrimSpace(kind) {
	case "text/html", "text/plain", "text/css", "text/csv", "text/javascript", "application/json",
		"application/geo+json", "application/problem+json", "image/svg+xml", "application/xml":
		return true
	}
	return false
}
