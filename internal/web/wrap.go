package web

import (
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"gezhi/internal/fault"
	"gezhi/internal/lang"
)

// Wrap puts around the routes what every answer needs: a request id, the log line, recovery from
// panics, security headers, refusal of cross-site posts, the language switch, and compression.
func (s *Site) Wrap(routes http.Handler) http.Handler {
	guard := http.NewCrossOriginProtection()
	guard.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.Fail(w, r, fault.New(fault.Forbidden, "这次提交来自别的网站，已被拒绝。请回到本站页面重新操作。",
			"This was sent from another site and has been refused. Please start again from a page of this site."))
	}))
	inner := s.headers(s.zip(s.recover(guard.Handler(s.switchLang(routes)))))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		began := time.Now()
		r, in := s.begin(r)
		out := &answer{ResponseWriter: w}
		inner.ServeHTTP(out, r)
		s.logLine(r, in, out, time.Since(began))
	})
}

// logLine writes one line a request. It names the route, never the address: addresses carry
// case numbers, search words and tokens.
func (s *Site) logLine(r *http.Request, in *request, out *answer, took time.Duration) {
	route := in.route
	if route == "" {
		route = "-"
	}
	s.Log.LogAttrs(r.Context(), slog.LevelInfo, "request",
		slog.String("id", in.id), slog.String("method", r.Method), slog.String("route", route),
		slog.Int("status", out.status()), slog.Int64("bytes", out.bytes),
		slog.Float64("ms", float64(took.Microseconds())/1000))
}

// recover answers a panic with the page for our own faults.
func (s *Site) recover(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			got := recover()
			if got == nil {
				return
			}
			if got == http.ErrAbortHandler {
				panic(got) // a deliberate end of the connection
			}
			s.Log.ErrorContext(r.Context(), "panic", "id", RequestID(r), "stack", string(debug.Stack()))
			s.Fail(w, r, fmt.Errorf("panic: %v", got))
		}()
		next.ServeHTTP(w, r)
	})
}

// headers sets what no page decides for itself.
func (s *Site) headers(next http.Handler) http.Handler {
	images := "img-src 'self' data: blob:"
	if s.Tiles != "" {
		images += " " + s.Tiles
	}
	policy := "default-src 'none'; script-src 'self'; style-src 'self'; " + images +
		"; connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "same-origin")
		h.Set("Permissions-Policy", "geolocation=(self), camera=(self), microphone=(), payment=(), usb=()")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		// Pages show personal data and stand on shared machines: nothing may be kept unless a
		// handler says so, as the assets do.
		h.Set("Cache-Control", "no-store")
		if s.Secure || r.TLS != nil {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		next.ServeHTTP(w, r)
	})
}

// answer counts what is sent and knows whether anything has been.
type answer struct {
	http.ResponseWriter
	code  int
	bytes int64
}

func (a *answer) WriteHeader(code int) {
	if a.code == 0 && code >= 200 {
		a.code = code
	}
	a.ResponseWriter.WriteHeader(code)
}

func (a *answer) Write(p []byte) (int, error) {
	if a.code == 0 {
		a.code = http.StatusOK
	}
	n, err := a.ResponseWriter.Write(p)
	a.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController reach flushing and deadlines.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

func (a *answer) status() int {
	if a.code == 0 {
		return http.StatusOK
	}
	return a.code
}

// answered reports whether the status line has gone out already.
func answered(w http.ResponseWriter) bool {
	for {
		if a, ok := w.(*answer); ok {
			return a.code != 0
		}
		u, ok := w.(interface{ Unwrap() http.ResponseWriter })
		if !ok {
			return false
		}
		w = u.Unwrap()
	}
}

// problemTitle names the kind of error page.
func problemTitle(l lang.Lang, code int) string {
	switch code {
	case http.StatusUnprocessableEntity:
		return l.T("填写的内容有误", "Something in the form is not right")
	case http.StatusNotFound:
		return l.T("找不到这个页面", "This page does not exist")
	case http.StatusConflict:
		return l.T("内容已被更新", "This has changed meanwhile")
	case http.StatusForbidden:
		return l.T("没有权限", "You may not do this")
	case http.StatusRequestEntityTooLarge:
		return l.T("提交的内容太大", "Too large")
	case http.StatusMethodNotAllowed:
		return l.T("不支持这种操作", "This cannot be done here")
	default:
		return l.T("系统出错了", "Something went wrong")
	}
}

// advice says what the reader can do about it.
func advice(l lang.Lang, code int) string {
	switch code {
	case http.StatusUnprocessableEntity:
		return l.T("请返回上一页改正后再提交，填写的内容不会丢失。", "Go back, correct it and send again; what you typed is kept.")
	case http.StatusNotFound:
		return l.T("请检查网址是否完整。案件可能已移交，或不在您的管辖范围内。", "Check that the address is complete. The case may have moved on, or lie outside your area.")
	case http.StatusConflict:
		return l.T("请返回上一页并刷新，看过最新情况后再操作。", "Go back and reload to see the latest, then decide again.")
	case http.StatusForbidden:
		return l.T("如果工作需要，请联系本单位管理员调整岗位权限；登录已过期的，请重新登录。", "If your work needs it, ask your administrator for the duty; if your session has ended, sign in again.")
	case http.StatusRequestEntityTooLarge:
		return l.T("请减少照片张数或压缩文件后再试。", "Send fewer photos or a smaller file.")
	case http.StatusMethodNotAllowed:
		return l.T("请从页面上的按钮进入。", "Please use the buttons on the page.")
	default:
		return l.T("联系管理员时请提供下面的编号，便于查找原因。", "When you contact the administrator, give the number below; it leads to the cause.")
	}
}
