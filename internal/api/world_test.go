package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"gezhi/internal/api"
	"gezhi/internal/app"
	"gezhi/internal/app/apptest"
	"gezhi/internal/ledger"
	"gezhi/internal/store"
	"gezhi/internal/testdb"
)

// bank is Binjiang behind the real handler, with residents whose books the tests move points between.
type bank struct {
	*apptest.World
	server *httptest.Server
	people []string // accounts
	log    bytes.Buffer
}

const issuer = "issue:330108"

// forEngines runs a test on SQLite and, where there is one, PostgreSQL.
func forEngines(t *testing.T, run func(t *testing.T, b *bank)) {
	for engine, dsn := range map[string]func(t *testing.T) string{
		"SQLite":     func(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "g.db") },
		"PostgreSQL": func(t *testing.T) string { return testdb.Copied(t, "binjiang", apptest.Fill) },
	} {
		t.Run(engine, func(t *testing.T) { run(t, newBank(t, dsn(t))) })
	}
}

// onSQLite runs a test of what does not depend on the engine.
func onSQLite(t *testing.T, run func(t *testing.T, b *bank)) {
	run(t, newBank(t, "sqlite:"+filepath.Join(t.TempDir(), "g.db")))
}

func newBank(t *testing.T, dsn string) *bank {
	b := &bank{World: apptest.New(t, dsn)}
	for i := range 3 {
		p := b.Resident("1990000000" + strconv.Itoa(i+1)).Person
		b.people = append(b.people, "person:"+strconv.FormatInt(int64(p), 10))
	}
	log := slog.New(slog.NewTextHandler(&b.log, nil))
	pages := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "a page") })
	b.server = httptest.NewServer(api.New(b.App, api.Options{Log: log}).Beside(pages))
	t.Cleanup(b.server.Close)
	return b
}

// key makes a key; without scopes it has all of them.
func (b *bank) key(accounts string, scopes ...string) string {
	b.T.Helper()
	if scopes == nil {
		for _, s := range app.APIScopes() {
			scopes = append(scopes, s.ID)
		}
	}
	k, err := b.App.AddAPIKeyLocally(context.Background(), apptest.Zone, app.NewAPIKey{Name: "社区小程序", Scopes: scopes, Accounts: accounts})
	b.OK(err)
	return k
}

// client calls with one key.
type client struct {
	t    testing.TB
	base string
	key  string
	lang string
}

func (b *bank) client(key string) client { return client{b.T, b.server.URL, key, "en"} }

// reply is what came back; body is decoded with numbers as text.
type reply struct {
	code   int
	header http.Header
	text   string
	body   map[string]any
}

func (c client) do(method, path, body string) reply {
	c.t.Helper()
	var in io.Reader
	if body != "" {
		in = strings.NewReader(body)
	}
	r, err := http.NewRequest(method, c.base+"/api/v1"+path, in)
	if err != nil {
		c.t.Fatal(err)
	}
	if c.key != "" {
		r.Header.Set("Authorization", "Bearer "+c.key)
	}
	r.Header.Set("Accept-Language", c.lang)
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	out := reply{code: res.StatusCode, header: res.Header, text: string(text)}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&out.body); err != nil {
		c.t.Fatalf("%s %s answers %d with %q: %v", method, path, res.StatusCode, text, err)
	}
	return out
}

func (c client) get(path string) reply        { c.t.Helper(); return c.do("GET", path, "") }
func (c client) post(path, body string) reply { c.t.Helper(); return c.do("POST", path, body) }

// at is a value inside the answer, by names and numbers joined with dots.
func (r reply) at(path string) string {
	var v any = r.body
	for name := range strings.SplitSeq(path, ".") {
		switch x := v.(type) {
		case map[string]any:
			v = x[name]
		case []any:
			i, err := strconv.Atoi(name)
			if err != nil || i >= len(x) {
				return ""
			}
			v = x[i]
		default:
			return ""
		}
	}
	if v == nil {
		return ""
	}
	return fmt.Sprint(v)
}

func transfer(id, from, to string, amount any) string {
	return fmt.Sprintf(`{"id":%q,"from":%q,"to":%q,"asset":"POINT","amount":%v}`, id, from, to, amount)
}

// holds fails unless an account has a balance.
func (b *bank) holds(account string, want int64) {
	b.T.Helper()
	b.OK(b.App.DB().View(context.Background(), apptest.Zone, func(r *store.Reader) error {
		a, err := r.Account(ledger.Account(account), ledger.Point)
		if a.Balance != want {
			b.T.Errorf("%s holds %d, want %d", account, a.Balance, want)
		}
		return err
	}))
}
