package api_test

import (
	"encoding/json"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// The description says what the server does: every operation, its scope's answers, its body; every reference leads
// somewhere; the YAML says the same.
func TestTheDescriptionHoldsTogether(t *testing.T) {
	b := newBank(t, "sqlite:"+t.TempDir()+"/g.db")
	fetch := func(ext string) []byte {
		res, err := http.Get(b.server.URL + "/api/v1/openapi." + ext)
		b.OK(err)
		defer res.Body.Close()
		text, err := io.ReadAll(res.Body)
		b.OK(err)
		if res.StatusCode != 200 || res.Header.Get("Content-Type") != "application/"+ext {
			t.Fatalf("%s: %d %s", ext, res.StatusCode, res.Header.Get("Content-Type"))
		}
		return text
	}
	text := fetch("json")
	var doc map[string]any
	b.OK(json.Unmarshal(text, &doc))
	if doc["openapi"] != "3.1.0" {
		t.Errorf("version %v", doc["openapi"])
	}
	var operations []string
	for path, item := range doc["paths"].(map[string]any) {
		for method, op := range item.(map[string]any) {
			operations = append(operations, strings.ToUpper(method)+" "+path)
			checkOperation(t, method, path, op.(map[string]any))
		}
	}
	slices.Sort(operations)
	want := []string{
		"GET /api/v1/accounts/{account}/balance", "GET /api/v1/accounts/{account}/lots", "GET /api/v1/accounts/{account}/statement",
		"GET /api/v1/enterprises/{code}", "GET /api/v1/enterprises/{code}/verdicts",
		"GET /api/v1/holds/{id}", "GET /api/v1/transfers/{id}", "POST /api/v1/enterprises:batch", "POST /api/v1/holds", "POST /api/v1/holds/{id}:confirm", "POST /api/v1/holds/{id}:void",
		"POST /api/v1/transfers", "POST /api/v1/transfers/{id}:reverse", "POST /api/v1/transfers:batch",
	}
	if !slices.Equal(operations, want) {
		t.Errorf("operations %q", operations)
	}
	for _, m := range regexp.MustCompile(`"\$ref":"#/([^"]+)"`).FindAllSubmatch(text, -1) {
		var v any = doc
		for name := range strings.SplitSeq(string(m[1]), "/") {
			inner, _ := v.(map[string]any)
			v = inner[name]
		}
		if v == nil {
			t.Errorf("the reference %s leads nowhere", m[1])
		}
	}
	if regexp.MustCompile(`https?://(unpkg|cdn)|\$schema`).Match(text) {
		t.Error("the description names another server or $schema")
	}
	var fromYAML map[string]any
	b.OK(yaml.Unmarshal(fetch("yaml"), &fromYAML))
	if len(fromYAML["paths"].(map[string]any)) != len(doc["paths"].(map[string]any)) {
		t.Error("the YAML has other paths")
	}
	amount := schemaOf(doc, "TransferBody")["properties"].(map[string]any)["amount"].(map[string]any)
	if amount["type"] != "integer" || amount["format"] != "int64" {
		t.Errorf("amount is described as %v", amount)
	}
}

func schemaOf(doc map[string]any, name string) map[string]any {
	s, _ := doc["components"].(map[string]any)["schemas"].(map[string]any)[name].(map[string]any)
	return s
}

func checkOperation(t *testing.T, method, path string, op map[string]any) {
	t.Helper()
	responses := op["responses"].(map[string]any)
	for _, code := range []string{"401", "403"} {
		content, _ := responses[code].(map[string]any)["content"].(map[string]any)
		if content["application/problem+json"] == nil {
			t.Errorf("%s %s: %s is not described as a problem", method, path, code)
		}
	}
	if responses["200"] == nil && responses["201"] == nil {
		t.Errorf("%s %s has no success", method, path)
	}
	if _, has := op["requestBody"]; has != (method == "post") {
		t.Errorf("%s %s: a body %v", method, path, has)
	}
	if op["operationId"] == "" || op["summary"] == "" {
		t.Errorf("%s %s has no name", method, path)
	}
	if strings.Contains(path, "{") && op["parameters"] == nil {
		t.Errorf("%s %s: its parameters are not described", method, path)
	}
}
