// Package api is the interface for other systems: transfers, holds and accounts over HTTP, described in OpenAPI 3.1.
// Handlers parse, call one use case and answer; errors are problem+json with the fault's sentence.
package api

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"reflect"
	"strings"
	"time"

	"gezhi/internal/app"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
)

// root is where the API lies.
const root = "/api/v1"

// Options are what the surroundings decide.
type Options struct {
	Log *slog.Logger
	TLS bool // callers come by TLS, though perhaps not to this process
}

// Server answers requests for the API.
type Server struct {
	app    *app.App
	log    *slog.Logger
	secure bool
	mux    *http.ServeMux
	huma   huma.API
}

// New returns the API over the use cases.
func New(a *app.App, o Options) *Server {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	s := &Server{app: a, log: o.Log, secure: o.TLS, mux: http.NewServeMux()}
	config := huma.DefaultConfig("Gezhi 格治", "1.0.0")
	config.CreateHooks = nil // no $schema members in answers
	config.OpenAPIPath, config.DocsPath, config.SchemasPath = "", "", ""
	config.Info.Description = "Points and money of a district's ledger, and what is known of its enterprises. Amounts are whole points, or 分, as JSON integers up to 2^63-1. " +
		"Every transfer and hold has an id that the caller gives: sending it again with the same content answers the first result, with other content 409. " +
		"Errors are application/problem+json in the language of Accept-Language (zh or en)."
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{"key": {Type: "http", Scheme: "bearer",
		Description: "A key made by the district's security administrator: gzk_<zone>.<number>_<secret>. It names the district."}}
	config.Security = []map[string][]string{{"key": {}}}
	s.huma = huma.NewAPI(config, adapter{humago.NewAdapter(s.mux, "")})
	s.transfers()
	s.holds()
	s.accounts()
	s.enterprises()
	s.describe()
	s.mux.HandleFunc("/", s.elsewhere)
	return s
}

// adapter gives a verb after a colon a segment of its own; the description keeps the colon. See verb.
type adapter struct{ huma.Adapter }

// Handle adds an operation to the mux.
func (a adapter) Handle(op *huma.Operation, h func(huma.Context)) {
	mapped := *op
	mapped.Path = strings.Replace(op.Path, "}:", "}/", 1)
	a.Adapter.Handle(&mapped, h)
}

// describe serves the OpenAPI document, which is written once.
func (s *Server) describe() {
	text, err := json.Marshal(s.huma.OpenAPI())
	yaml, err2 := s.huma.OpenAPI().YAML()
	if err = errors.Join(err, err2); err != nil {
		panic(err) // an operation is described wrongly: only a developer can break it
	}
	for ext, body := range map[string][]byte{"json": text, "yaml": yaml} {
		s.mux.HandleFunc("GET "+root+"/openapi."+ext, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/"+ext)
			w.Write(body)
		})
	}
}

// operation is what the operations of one kind share.
func operation(method, id, path, summary string, scope string, failures ...int) huma.Operation {
	return huma.Operation{OperationID: id, Method: method, Path: root + path, Summary: summary, Description: "Needs the scope " + scope + ".",
		Tags: []string{strings.FieldsFunc(path, func(r rune) bool { return r == '/' || r == ':' })[0]},
		// Parameters and bodies are read as text and checked where their sentences are.
		SkipValidateParams: true, SkipValidateBody: true, BodyReadTimeout: time.Minute, MaxBodyBytes: bodySmall,
		Errors: append([]int{http.StatusUnauthorized, http.StatusForbidden}, failures...)}
}

// bodySmall and bodyBatch are the most bytes a request may have: every text escaped, spaces between.
const (
	bodySmall = 16 << 10
	bodyBatch = 4 << 20
)

// register adds an operation whose error is answered as a problem.
func register[I, O any](s *Server, op huma.Operation, h func(context.Context, *call, *I) (*O, error)) {
	huma.Register(s.huma, op, func(ctx context.Context, in *I) (*O, error) {
		out, err := h(ctx, callOf(ctx), in)
		if err == nil {
			return out, nil
		}
		if op.Method == http.MethodPost {
			return nil, s.problem(ctx, err, "body")
		}
		p := s.problem(ctx, err, "query")
		for i, e := range p.Errors {
			if e.Location == "query.account" {
				p.Errors[i].Location = "path.account"
			}
		}
		return nil, p
	})
}

// registerBody is register for an operation with a body, which is described as type B and decoded by the handler.
func registerBody[B, I, O any](s *Server, op huma.Operation, h func(context.Context, *call, *I) (*O, error)) {
	register(s, op, h)
	registry := s.huma.OpenAPI().Components.Schemas
	schema := registry.Schema(reflect.TypeFor[B](), true, op.OperationID+"-body")
	body := s.huma.OpenAPI().Paths[op.Path].Post.RequestBody
	body.Content = map[string]*huma.MediaType{"application/json": {Schema: schema}}
	body.Required = !strings.Contains(op.Path, "}:")
}

// decode reads a body that is one object.
func decode(raw []byte, fields ...field) error {
	d := decoder{in: raw}
	if err := d.object("", fields); err != nil {
		return err
	}
	if err := d.end(); err != nil {
		return err
	}
	return d.bad.Err()
}

// optional reads a body that may be missing.
func optional(raw []byte, fields ...field) error {
	if len(raw) == 0 {
		return nil
	}
	return decode(raw, fields...)
}

// Asked and sent are the parts of requests that operations share.
type (
	Asked struct {
		ID string `path:"id" doc:"The id its caller gave it."`
	}
	sent struct {
		RawBody []byte `contentType:"application/json"`
	}
	sentTo struct {
		Asked
		RawBody []byte `contentType:"application/json" required:"false"`
	}
)
