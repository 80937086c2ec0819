package api

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"gezhi/internal/app"
	"gezhi/internal/fault"
	"gezhi/internal/lang"

	"github.com/danielgtaylor/huma/v2"
)

// problem is how an error is answered: application/problem+json of RFC 9457.
type problem struct {
	Type     string         `json:"type" doc:"Kind of problem, for programs: urn:gezhi:problem:invalid, malformed, unauthorized, forbidden, not-found, conflict, too-large, method, internal." example:"urn:gezhi:problem:conflict"`
	Title    string         `json:"title" doc:"The kind in words, in the caller's language." example:"Conflict"`
	Status   int            `json:"status" doc:"HTTP status." example:"409"`
	Detail   string         `json:"detail" doc:"What is wrong and what to do, in the caller's language." example:"The balance is too low: 3 present, 5 needed."`
	Instance string         `json:"instance,omitempty" doc:"Number of the request, to be quoted when asking about it." example:"urn:gezhi:request:4X2QKD7TNB"`
	Errors   []problemPlace `json:"errors,omitempty" doc:"Each thing that is wrong, with its place."`
}

// problemPlace is one thing that is wrong.
type problemPlace struct {
	Location string `json:"location" doc:"Where, such as body.amount or body.transfers[3].amount." example:"body.amount"`
	Message  string `json:"message" doc:"What, in the caller's language."`
}

func (p *problem) Error() string                { return p.Detail }
func (p *problem) GetStatus() int               { return p.Status }
func (p *problem) ContentType(ct string) string { return "application/problem+json" }

// GetHeaders implements huma.HeadersError: what every problem is sent with.
func (p *problem) GetHeaders() http.Header {
	h := http.Header{"Vary": {"Accept-Language"}}
	if p.Status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Bearer realm="gezhi"`)
	}
	return h
}

// kinds of problem by status.
var kinds = map[int]struct {
	id    string
	title lang.Text
}{
	http.StatusBadRequest:            {"malformed", lang.Text{ZH: "请求格式有误", EN: "Malformed request"}},
	http.StatusUnauthorized:          {"unauthorized", lang.Text{ZH: "密钥无效", EN: "Not authorized"}},
	http.StatusForbidden:             {"forbidden", lang.Text{ZH: "没有权限", EN: "Not allowed"}},
	http.StatusNotFound:              {"not-found", lang.Text{ZH: "没有找到", EN: "Not found"}},
	http.StatusMethodNotAllowed:      {"method", lang.Text{ZH: "不支持这种方法", EN: "Method not allowed"}},
	http.StatusRequestTimeout:        {"malformed", lang.Text{ZH: "请求未发送完整", EN: "The request did not arrive whole"}},
	http.StatusConflict:              {"conflict", lang.Text{ZH: "与现状冲突", EN: "Conflict"}},
	http.StatusRequestEntityTooLarge: {"too-large", lang.Text{ZH: "请求太大", EN: "Too large"}},
	http.StatusUnprocessableEntity:   {"invalid", lang.Text{ZH: "内容有误", EN: "Invalid content"}},
	http.StatusInternalServerError:   {"internal", lang.Text{ZH: "系统出错", EN: "Internal error"}},
}

func newProblem(status int, l lang.Lang, detail string) *problem {
	k, ok := kinds[status]
	if !ok {
		k = kinds[http.StatusInternalServerError]
	}
	return &problem{Type: "urn:gezhi:problem:" + k.id, Title: k.title.In(l), Status: status, Detail: detail}
}

// problemOf turns an error into its answer. place stands before the names of fields.
func problemOf(err error, l lang.Lang, place string) *problem {
	var syntax *syntaxError
	switch {
	case errors.As(err, &syntax):
		return newProblem(http.StatusBadRequest, l, l.Tf("请求体不是合法的 JSON（第 %d 字节处）。", "The body is not valid JSON (at byte %d).", syntax.at))
	case errors.Is(err, app.ErrUnknownKey):
		return newProblem(http.StatusUnauthorized, l, fault.Sentence(err, l))
	}
	status := http.StatusInternalServerError
	switch fault.KindOf(err) {
	case fault.Invalid:
		status = http.StatusUnprocessableEntity
	case fault.NotFound:
		status = http.StatusNotFound
	case fault.Conflict:
		status = http.StatusConflict
	case fault.Forbidden:
		status = http.StatusForbidden
	}
	p := newProblem(status, l, fault.Sentence(err, l))
	if status == http.StatusInternalServerError {
		return p
	}
	for _, f := range fault.Fields(err) {
		switch {
		case f.Field != "":
			p.Errors = append(p.Errors, problemPlace{join(place, f.Field), f.In(l)})
		case status == http.StatusUnprocessableEntity:
			p.Errors = append(p.Errors, problemPlace{place, f.In(l)})
		}
	}
	return p
}

// Huma's own errors, about bodies it could not read and the like, come in our form and the caller's language. These are
// variables of the whole program; this package is the only one that uses huma.
func init() {
	huma.NewError = func(status int, msg string, errs ...error) huma.StatusError {
		return humaProblem(context.Background(), status)
	}
	huma.NewErrorWithContext = func(ctx huma.Context, status int, msg string, errs ...error) huma.StatusError {
		if ctx == nil {
			return humaProblem(context.Background(), status)
		}
		return humaProblem(ctx.Context(), status)
	}
}

func humaProblem(ctx context.Context, status int) *problem {
	var l lang.Lang
	id := ""
	if c := callOf(ctx); c != nil {
		l, id = c.lang, c.id
	}
	details := map[int]lang.Text{
		http.StatusBadRequest:            {ZH: "请求体缺失或无法读取。", EN: "The body is missing or cannot be read."},
		http.StatusRequestTimeout:        {ZH: "请求体未在规定时间内发送完。", EN: "The body did not arrive in time."},
		http.StatusRequestEntityTooLarge: {ZH: "请求体过大；批量记账每次不超过 1000 笔。", EN: "The body is too large; a batch has at most 1,000 transfers."},
		http.StatusUnprocessableEntity:   {ZH: "请求参数有误。", EN: "A parameter is wrong."},
	}
	d, ok := details[status]
	if !ok {
		status, d = http.StatusInternalServerError, lang.Text{ZH: "系统出错，本次操作没有生效。请稍后再试。", EN: "Something went wrong and nothing was changed. Please try again."}
	}
	p := newProblem(status, l, d.In(l))
	p.Instance = instance(id)
	return p
}

func instance(id string) string {
	if id == "" {
		return ""
	}
	return "urn:gezhi:request:" + id
}

// language is the better liked of Chinese and English in an Accept-Language header; Chinese when neither is named.
func language(accept string) lang.Lang {
	best, found := 0.0, lang.ZH
	for part := range strings.SplitSeq(accept, ",") {
		tag, params, _ := strings.Cut(strings.TrimSpace(part), ";")
		q := 1.0
		if v, ok := strings.CutPrefix(strings.TrimSpace(params), "q="); ok {
			q, _ = strconv.ParseFloat(v, 64)
		}
		tag = strings.ToLower(tag)
		if (strings.HasPrefix(tag, "zh") || strings.HasPrefix(tag, "en")) && q > best {
			best, found = q, lang.Parse(tag)
		}
	}
	return found
}
