package api_test

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"gezhi/internal/app"
	"gezhi/internal/app/apptest"
	"gezhi/internal/ledger"
	"gezhi/internal/store"
)

func TestATransferIsPostedOnceAndItsIDBelongsToItsContent(t *testing.T) {
	forEngines(t, func(t *testing.T, b *bank) {
		c := b.client(b.key("*"))
		order := transfer("t1", issuer, b.people[0], 50)
		first := c.post("/transfers", order)
		if first.code != http.StatusCreated || first.at("status") != "posted" || first.header.Get("Location") != "/api/v1/transfers/t1" {
			t.Fatalf("%d %s", first.code, first.text)
		}
		again := c.post("/transfers", order)
		if again.code != http.StatusOK || again.at("status") != "repeated" || again.header.Get("Idempotent-Replayed") != "true" || again.at("transfer.at") != first.at("transfer.at") {
			t.Errorf("the same again: %d %s", again.code, again.text)
		}
		other := c.post("/transfers", transfer("t1", issuer, b.people[0], 51))
		if other.code != http.StatusConflict || other.at("errors.0.location") != "body.id" {
			t.Errorf("other content: %d %s", other.code, other.text)
		}
		b.holds(b.people[0], 50)
		if got := c.get("/transfers/t1"); got.code != 200 || got.at("amount") != "50" || got.at("to") != b.people[0] {
			t.Errorf("%d %s", got.code, got.text)
		}
	})
}

// refusals are what a transfer may be refused for.
func refusals(b *bank) map[string]struct {
	body  string
	code  int
	place string
	says  string
} {
	p := b.people
	long := strings.Repeat("x", 101)
	return map[string]struct {
		body  string
		code  int
		place string
		says  string
	}{
		"overdraft":            {transfer("r", p[0], p[1], 11), 409, "", "10 present, 11 needed"},
		"unknown person":       {transfer("r", p[0], "person:999", 1), 422, "body.to", "no account"},
		"unknown class":        {transfer("r", "bank:1", p[0], 1), 422, "body.from", "no account"},
		"zero":                 {transfer("r", p[0], p[1], 0), 422, "body.amount", "more than zero"},
		"negative":             {transfer("r", p[0], p[1], -5), 422, "body.amount", "more than zero"},
		"beyond int64":         {transfer("r", p[0], p[1], "9223372036854775808"), 422, "body.amount", "9223372036854775807"},
		"far beyond int64":     {transfer("r", p[0], p[1], "-1"+strings.Repeat("0", 400)), 422, "body.amount", "9223372036854775807"},
		"fraction":             {transfer("r", p[0], p[1], "1.5"), 422, "body.amount", "fraction"},
		"whole with fraction":  {transfer("r", p[0], p[1], "1.0"), 422, "body.amount", "fraction"},
		"exponent":             {transfer("r", p[0], p[1], "1e1"), 422, "body.amount", "fraction"},
		"amount as text":       {transfer("r", p[0], p[1], `"5"`), 422, "body.amount", "integer"},
		"amount missing":       {`{"id":"r","from":"` + p[0] + `","to":"` + p[1] + `","asset":"POINT"}`, 422, "body.amount", "more than zero"},
		"unknown member":       {strings.Replace(transfer("r", p[0], p[1], 1), `"asset"`, `"memo":[{}],"asset"`, 1), 422, "body.memo", "no such member"},
		"member twice":         {strings.Replace(transfer("r", p[0], p[1], 1), `"asset"`, `"amount":2,"asset"`, 1), 422, "body.amount", "twice"},
		"half a surrogate":     {strings.Replace(transfer("r", p[0], p[1], 1), `"asset"`, `"ref":"\ud800","asset"`, 1), 422, "body.ref", "stored"},
		"NUL":                  {strings.Replace(transfer("r", p[0], p[1], 1), `"asset"`, `"ref":"\u0000","asset"`, 1), 422, "body.ref", "stored"},
		"malformed":            {transfer("r", p[0], p[1], "05"), 400, "", "byte"},
		"cut off":              {transfer("r", p[0], p[1], 5)[:40], 400, "", "byte"},
		"two values":           {transfer("r", p[0], p[1], 5) + "{}", 400, "", "byte"},
		"a list":               {"[" + transfer("r", p[0], p[1], 5) + "]", 422, "body", "JSON object"},
		"nothing":              {"", 400, "", "body"},
		"to itself":            {transfer("r", p[0], p[0], 1), 422, "body.to", "two different"},
		"no asset":             {strings.Replace(transfer("r", p[0], p[1], 1), "POINT", "GOLD", 1), 422, "body.asset", "asset"},
		"id of the system":     {transfer("lapse:x", p[0], p[1], 1), 422, "body.id", "letters"},
		"id too long":          {transfer(long, p[0], p[1], 1), 422, "body.id", "letters"},
		"reason too long":      {strings.Replace(transfer("r", p[0], p[1], 1), `"asset"`, `"reason":"`+long+`","asset"`, 1), 422, "body.reason", "100"},
		"expires is no time":   {strings.Replace(transfer("r", p[0], p[1], 1), `"asset"`, `"expires":"soon","asset"`, 1), 422, "body.expires", "2027"},
		"expires long ago":     {strings.Replace(transfer("r", p[0], p[1], 1), `"asset"`, `"expires":"1066-10-14T09:00:00Z","asset"`, 1), 422, "body.expires", "2000"},
		"another zone's issue": {transfer("r", "issue:330109", p[1], 1), 422, "body.from", "no account"},
		"too large a body":     {transfer("r", p[0], p[1], 1) + strings.Repeat(" ", 20<<10), 413, "", "too large"},
		"overflow":             {transfer("r", issuer, p[2], "9223372036854775807"), 422, "body.amount", "too large"},
	}
}

func TestEachRefusalHasItsStatusPlaceAndSentence(t *testing.T) {
	forEngines(t, func(t *testing.T, b *bank) {
		c := b.client(b.key("*"))
		c.post("/transfers", transfer("seed", issuer, b.people[0], 10))
		c.post("/transfers", transfer("seed2", issuer, b.people[2], 1))
		for name, x := range refusals(b) {
			got := c.post("/transfers", x.body)
			if got.code != x.code || got.at("errors.0.location") != x.place || !strings.Contains(got.at("detail"), x.says) || got.at("status") != fmt.Sprint(x.code) {
				t.Errorf("%s: %d %s", name, got.code, got.text)
			}
			if k := got.header.Get("Content-Type"); k != "application/problem+json" || !strings.HasPrefix(got.at("type"), "urn:gezhi:problem:") || got.at("instance") == "" {
				t.Errorf("%s: %s %s", name, k, got.text)
			}
			c.lang = "fr, zh;q=0.5, en;q=0.1"
			if zh := c.post("/transfers", x.body); strings.Contains(zh.at("detail"), x.says) && !strings.ContainsAny(x.says, "0123456789") {
				t.Errorf("%s: no Chinese in %s", name, zh.text)
			}
			c.lang = "en"
		}
		b.holds(b.people[0], 10)
		if strings.Contains(b.log.String(), b.people[0]) || strings.Contains(b.log.String(), "gzk_") {
			t.Error("the log names an account or a key")
		}
		if strings.Contains(b.log.String(), "request failed") {
			t.Errorf("an internal error was logged:\n%s", b.log.String())
		}
	})
}

func TestAmountsAreExactToTheLastPoint(t *testing.T) {
	forEngines(t, func(t *testing.T, b *bank) {
		c := b.client(b.key("*"))
		const most = math.MaxInt64 - apptest.Budget // that the issuing account can still give
		for i, n := range []string{strconv.Itoa(most - 1), "1"} {
			if got := c.post("/transfers", transfer(fmt.Sprint("m", i), issuer, b.people[0], n)); got.code != 201 || got.at("transfer.amount") != n {
				t.Fatalf("%s: %s", n, got.text)
			}
		}
		got := c.get("/accounts/" + b.people[0] + "/balance")
		if got.at("balance") != strconv.Itoa(most) {
			t.Error(got.text)
		}
	})
}

func TestABatchAnswersEachInOrder(t *testing.T) {
	forEngines(t, func(t *testing.T, b *bank) {
		c := b.client(b.key("*"))
		var list []string
		var want []string
		c.post("/transfers", transfer("seed", issuer, b.people[0], 10))
		list, want = append(list, transfer("seed", issuer, b.people[0], 10)), append(want, "repeated")
		for name, x := range refusals(b) {
			if x.code == 400 || x.code == 413 || name == "a list" {
				continue // wrong around a transfer, not in it
			}
			list, want = append(list, x.body), append(want, "refused")
			id := fmt.Sprint("ok", len(list))
			list, want = append(list, transfer(id, issuer, b.people[1], 1)), append(want, "posted")
		}
		list, want = append(list, `"text"`, "null"), append(want, "refused", "refused")
		got := c.post("/transfers:batch", `{"transfers":[`+strings.Join(list, ",")+`]}`)
		if got.code != 200 {
			t.Fatal(got.text)
		}
		counts := map[string]int{}
		for i, w := range want {
			counts[w]++
			at := fmt.Sprintf("results.%d.", i)
			if got.at(at+"status") != w {
				t.Errorf("%s\n%v, want %s", list[i], got.at(strings.TrimSuffix(at, ".")), w)
			}
			if place := got.at(at + "problem.errors.0.location"); w == "refused" && place != "" && !strings.HasPrefix(place, fmt.Sprintf("body.transfers[%d]", i)) {
				t.Errorf("%d is at %s", i, place)
			}
		}
		for _, w := range []string{"posted", "repeated", "refused"} {
			if got.at(w) != fmt.Sprint(counts[w]) {
				t.Errorf("%s %s, want %d", got.at(w), w, counts[w])
			}
		}
		b.holds(b.people[1], int64(counts["posted"]))
		again := c.post("/transfers:batch", `{"transfers":[`+strings.Join(list, ",")+`]}`)
		if again.at("repeated") != fmt.Sprint(counts["posted"]+1) || again.at("posted") != "0" {
			t.Errorf("sent again: %s posted, %s repeated", again.at("posted"), again.at("repeated"))
		}
	})
}

func TestWhatIsWrongAroundABatchRefusesIt(t *testing.T) {
	b := newBank(t, "sqlite:"+t.TempDir()+"/g.db")
	c := b.client(b.key("*"))
	many := strings.Repeat(transfer("x", issuer, b.people[0], 1)+",", 1000) + transfer("y", issuer, b.people[0], 1)
	for name, x := range map[string]struct {
		body  string
		code  int
		place string
	}{
		"too many":       {`{"transfers":[` + many + `]}`, 422, "body.transfers"},
		"none":           {`{"transfers":[]}`, 422, "body.transfers"},
		"missing":        {`{}`, 422, "body.transfers"},
		"no list":        {`{"transfers":{}}`, 422, "body.transfers"},
		"unknown member": {`{"transfers":[` + transfer("z", issuer, b.people[0], 1) + `],"mode":"all"}`, 422, "body.mode"},
		"cut off":        {`{"transfers":[` + transfer("z", issuer, b.people[0], 1), 400, ""},
		"no JSON":        {`id=1`, 400, ""},
		"too large":      {`{"transfers":[` + strings.Repeat(" ", 5<<20) + `]}`, 413, ""},
	} {
		if got := c.post("/transfers:batch", x.body); got.code != x.code || got.at("errors.0.location") != x.place {
			t.Errorf("%s: %d %s", name, got.code, got.text)
		}
	}
	b.holds(b.people[0], 0)
}

func TestOneTransferFromManyClientsIsPostedOnce(t *testing.T) {
	forEngines(t, func(t *testing.T, b *bank) {
		c := b.client(b.key("*"))
		var wg sync.WaitGroup
		codes := make([]int, 16)
		for i := range codes {
			wg.Go(func() {
				for n := range 10 {
					got := c.post("/transfers", transfer(fmt.Sprint("same", n), issuer, b.people[0], 1))
					if got.code == 201 {
						codes[i]++
					}
					if got.code > 201 {
						t.Errorf("%d %s", got.code, got.text)
					}
				}
			})
		}
		wg.Wait()
		sum := 0
		for _, n := range codes {
			sum += n
		}
		if sum != 10 {
			t.Errorf("%d answers said posted", sum)
		}
		b.holds(b.people[0], 10)
	})
}

func TestAReversalGivesBackOnce(t *testing.T) {
	forEngines(t, func(t *testing.T, b *bank) {
		c := b.client(b.key("*"))
		c.post("/transfers", transfer("t", issuer, b.people[0], 10))
		if got := c.post("/transfers/t:reverse", `{"id":"r"}`); got.code != 422 || got.at("errors.0.location") != "body.reason" {
			t.Errorf("without a reason: %s", got.text)
		}
		order := `{"id":"r","reason":"posted by mistake"}`
		if got := c.post("/transfers/t:reverse", order); got.code != 201 || got.at("transfer.reverses") != "t" || got.at("transfer.from") != b.people[0] {
			t.Errorf("%d %s", got.code, got.text)
		}
		if got := c.post("/transfers/t:reverse", order); got.code != 200 || got.at("status") != "repeated" {
			t.Errorf("again: %d %s", got.code, got.text)
		}
		for name, x := range map[string]struct {
			path, body string
			code       int
		}{
			"by another":          {"/transfers/t:reverse", `{"id":"r2","reason":"twice"}`, 409},
			"with other content":  {"/transfers/t:reverse", `{"id":"r","reason":"another reason"}`, 409},
			"of nothing":          {"/transfers/no:reverse", `{"id":"r3","reason":"x"}`, 404},
			"of a reversal":       {"/transfers/r:reverse", `{"id":"r4","reason":"x"}`, 409},
			"under a taken id":    {"/transfers/t:reverse", `{"id":"t","reason":"x"}`, 409},
			"with a wrong member": {"/transfers/t:reverse", `{"id":"r5","reason":"x","amount":1}`, 422},
		} {
			if got := c.post(x.path, x.body); got.code != x.code {
				t.Errorf("%s: %d %s", name, got.code, got.text)
			}
		}
		b.holds(b.people[0], 0)
	})
}

func TestAHoldIsConfirmedOrVoidedOnce(t *testing.T) {
	forEngines(t, func(t *testing.T, b *bank) {
		c := b.client(b.key("*"))
		p := b.people
		until := b.Now().Add(time.Hour).UTC().Format(time.RFC3339)
		hold := func(id string, n int) string {
			return fmt.Sprintf(`{"id":%q,"from":%q,"to":%q,"asset":"POINT","amount":%d,"until":%q,"reason":"reward"}`, id, p[0], p[1], n, until)
		}
		c.post("/transfers", transfer("t", issuer, p[0], 10))
		if got := c.post("/holds", hold("h", 6)); got.code != 201 || got.at("state") != "open" || got.at("until") != until {
			t.Fatalf("%d %s", got.code, got.text)
		}
		if got := c.post("/holds", hold("h", 6)); got.code != 200 || got.header.Get("Idempotent-Replayed") != "true" {
			t.Errorf("again: %d %s", got.code, got.text)
		}
		if got := c.post("/holds", hold("h", 5)); got.code != 409 {
			t.Errorf("other content: %d %s", got.code, got.text)
		}
		if got := c.post("/holds", hold("h2", 5)); got.code != 409 {
			t.Errorf("more than is left: %d %s", got.code, got.text)
		}
		if got := c.post("/holds", strings.Replace(hold("h2", 5), p[0], "pool:330108001", 1)); got.code != 422 || got.at("errors.0.location") != "body.from" {
			t.Errorf("from a pool: %d %s", got.code, got.text)
		}
		c.post("/holds", hold("h3", 4))
		for range 2 {
			if got := c.post("/holds/h:confirm", ""); got.code != 200 || got.at("state") != "confirmed" {
				t.Errorf("confirm: %d %s", got.code, got.text)
			}
			if got := c.post("/holds/h3:void", `{"reason":"not fetched"}`); got.code != 200 || got.at("state") != "voided" {
				t.Errorf("void: %d %s", got.code, got.text)
			}
		}
		for path, code := range map[string]int{"/holds/h:void": 409, "/holds/h3:confirm": 409, "/holds/no:void": 404} {
			if got := c.post(path, ""); got.code != code {
				t.Errorf("%s: %d %s", path, got.code, got.text)
			}
		}
		if got := c.get("/holds/h"); got.at("state") != "confirmed" || got.at("done") == "" {
			t.Error(got.text)
		}
		b.holds(p[0], 4)
		b.holds(p[1], 6)
		c.post("/holds", hold("h4", 1))
		b.Pass(2 * time.Hour)
		if got := c.post("/holds", hold("h4", 1)); got.code != 200 {
			t.Errorf("a hold made before it lapsed, sent again after: %d %s", got.code, got.text)
		}
		if got := c.post("/holds", hold("h5", 1)); got.code != 422 || got.at("errors.0.location") != "body.until" {
			t.Errorf("a hold that ends before it begins: %d %s", got.code, got.text)
		}
	})
}

func TestAnAccountIsRead(t *testing.T) {
	forEngines(t, func(t *testing.T, b *bank) {
		c := b.client(b.key("*"))
		p := b.people[0]
		var moments []string
		for i := range 7 {
			c.post("/transfers", strings.Replace(transfer(fmt.Sprint("t", i), issuer, p, i+1), `"asset"`, fmt.Sprintf(`"expires":"2027-0%d-01T00:00:00+08:00","asset"`, i+1), 1))
			moments = append(moments, b.Now().UTC().Format(time.RFC3339))
			b.Pass(time.Minute)
		}
		if got := c.get("/accounts/" + p + "/balance?asset=POINT&at=" + url.QueryEscape(moments[2])); got.at("balance") != "6" || got.at("at") != moments[2] {
			t.Error(got.text)
		}
		var numbers []string
		path := "/accounts/" + p + "/statement?limit=3"
		for path != "" {
			got := c.get(path)
			if got.code != 200 {
				t.Fatal(got.text)
			}
			for i := 0; got.at(fmt.Sprintf("lines.%d.n", i)) != ""; i++ {
				numbers = append(numbers, got.at(fmt.Sprintf("lines.%d.n", i))+"="+got.at(fmt.Sprintf("lines.%d.balance", i)))
			}
			path, _ = strings.CutPrefix(got.header.Get("Link"), "</api/v1")
			path, _, _ = strings.Cut(path, ">")
		}
		if want := []string{"7=28", "6=21", "5=15", "4=10", "3=6", "2=3", "1=1"}; !slices.Equal(numbers, want) {
			t.Errorf("%v", numbers)
		}
		if got := c.get("/accounts/" + p + "/lots"); got.at("lots.0.expires") != "2026-12-31T16:00:00Z" || got.at("lots.6.left") != "7" {
			t.Error(got.text)
		}
		for path, want := range map[string]string{
			p + "/balance?at=yesterday": "422 query.at", p + "/balance?asset=GOLD": "422 query.asset", p + "/statement?limit=0": "422 query.limit",
			p + "/statement?limit=x": "422 query.limit", p + "/statement?before=-1": "422 query.before", "purse:1/balance": "422 path.account", "person:999/balance": "404 ",
		} {
			if got := c.get("/accounts/" + path); fmt.Sprint(got.code, " ", got.at("errors.0.location")) != want {
				t.Errorf("%s: %d %s", path, got.code, got.text)
			}
		}
	})
}

func TestAKeyDoesWhatItWasMadeForAndNothingElse(t *testing.T) {
	onSQLite(t, func(t *testing.T, b *bank) {
		p := b.people
		all := b.client(b.key("*"))
		all.post("/transfers", transfer("seed", issuer, p[0], 10))
		all.post("/transfers", transfer("seed1", issuer, p[1], 10))
		narrow := b.client(b.key(p[0] + " pool:330108*"))
		reader := b.client(b.key("*", app.AccountsRead))
		for name, x := range map[string]struct {
			c            client
			method, path string
			body         string
			code         int
		}{
			"debits its own account":       {narrow, "POST", "/transfers", transfer("n1", p[0], p[1], 1), 201},
			"debits another":               {narrow, "POST", "/transfers", transfer("n2", p[1], p[0], 1), 403},
			"debits the issuer":            {narrow, "POST", "/transfers", transfer("n3", issuer, p[0], 1), 403},
			"a pool it has, without means": {narrow, "POST", "/transfers", transfer("n4", "pool:330108001", p[0], 1), 409},
			"reads its own account":        {narrow, "GET", "/accounts/" + p[0] + "/balance", "", 200},
			"reads another":                {narrow, "GET", "/accounts/" + p[1] + "/balance", "", 403},
			"reads a transfer it is in":    {narrow, "GET", "/transfers/seed", "", 200},
			"reads one it is not in":       {narrow, "GET", "/transfers/seed1", "", 404},
			"reverses what others paid":    {narrow, "POST", "/transfers/seed:reverse", `{"id":"n5","reason":"x"}`, 403},
			"holds of another":             {narrow, "POST", "/holds", transfer("n6", p[1], p[0], 1), 403},
			"reads without the scope":      {reader, "GET", "/transfers/seed", "", 403},
			"posts without the scope":      {reader, "POST", "/transfers", transfer("n7", issuer, p[0], 1), 403},
			"batches without the scope":    {reader, "POST", "/transfers:batch", `{"transfers":[` + transfer("n8", issuer, p[0], 1) + `]}`, 403},
			"holds without the scope":      {reader, "POST", "/holds", transfer("n9", p[1], p[0], 1), 403},
		} {
			if got := x.c.do(x.method, x.path, x.body); got.code != x.code {
				t.Errorf("%s: %d %s", name, got.code, got.text)
			}
		}
		mixed := narrow.post("/transfers:batch", `{"transfers":[`+transfer("b1", p[1], p[0], 1)+","+transfer("b2", p[0], p[1], 1)+`]}`)
		if mixed.at("results.0.problem.status") != "403" || mixed.at("results.1.status") != "posted" {
			t.Error(mixed.text)
		}
		b.holds(p[0], 8)
	})
}

func TestAKeyThatDoesNotHoldIsRefused(t *testing.T) {
	onSQLite(t, func(t *testing.T, b *bank) {
		ctx := context.Background()
		good := b.key("*")
		short, err := b.App.AddAPIKeyLocally(ctx, apptest.Zone, app.NewAPIKey{Name: "短期密钥", Scopes: []string{app.TransfersWrite}, Accounts: "*", Expires: "2026-03-03"})
		b.OK(err)
		gone := b.key("*")
		b.OK(b.App.RevokeAPIKeyLocally(ctx, apptest.Zone, 3))
		swapped := strings.Replace(good, ".1_", ".2_", 1)
		for name, key := range map[string]string{
			"none": "", "nonsense": "abc", "another's number": swapped, "a wrong secret": good[:len(good)-1] + "!", "revoked": gone, "no secret": "gzk_330108.1_",
			"another zone": strings.Replace(good, "330108", "330109", 1), "no number": "gzk_330108_x", "an empty key": "gzk_", "overlong": good + strings.Repeat("A", 5000),
		} {
			got := b.client(key).post("/transfers", transfer("x", issuer, b.people[0], 1))
			if got.code != http.StatusUnauthorized || got.header.Get("WWW-Authenticate") == "" || got.header.Get("Content-Type") != "application/problem+json" {
				t.Errorf("%s: %d %s", name, got.code, got.text)
			}
		}
		if got := b.client(short).post("/transfers", transfer("s1", issuer, b.people[0], 1)); got.code != 201 {
			t.Errorf("a key before its last day ended: %d %s", got.code, got.text)
		}
		b.Pass(48 * time.Hour)
		if got := b.client(short).post("/transfers", transfer("s2", issuer, b.people[0], 1)); got.code != http.StatusUnauthorized {
			t.Errorf("an expired key: %d %s", got.code, got.text)
		}
		list, err := b.App.APIKeysLocally(ctx, apptest.Zone)
		b.OK(err)
		if list[1].Used.IsZero() || !list[2].Used.IsZero() {
			t.Errorf("last uses: %v, %v", list[1].Used, list[2].Used)
		}
		b.holds(b.people[0], 1)
	})
}

func TestOtherAddresses(t *testing.T) {
	b := newBank(t, "sqlite:"+t.TempDir()+"/g.db")
	c := b.client(b.key("*"))
	for path, code := range map[string]int{"/nothing": 404, "/transfers/a/b": 404, "/transfers:batch": 405, "/transfers": 405, "/holds/x:explode": 404} {
		if got := c.get(path); got.code != code || got.header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("GET %s: %d %s", path, got.code, got.text)
		}
	}
	if got := c.post("/holds/x:explode", "{}"); got.code != 405 && got.code != 404 {
		t.Errorf("an unknown verb: %d", got.code)
	}
	res, err := http.Get(b.server.URL + "/binjiang/")
	b.OK(err)
	res.Body.Close()
	if res.StatusCode != 200 || res.Header.Get("Content-Security-Policy") != "" {
		t.Error("the pages are not beside the API")
	}
	got := c.get("/accounts/" + b.people[0] + "/balance")
	for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store", "Content-Type": "application/json"} {
		if got.header.Get(name) != want {
			t.Errorf("%s: %q", name, got.header.Get(name))
		}
	}
}

func TestPointsAndHoldsLapse(t *testing.T) {
	forEngines(t, func(t *testing.T, b *bank) {
		c := b.client(b.key("*"))
		p := b.people
		in := func(d time.Duration) string { return b.Now().Add(d).Format(time.RFC3339) }
		c.post("/transfers", strings.Replace(transfer("soon", issuer, p[0], 5), `"asset"`, `"expires":"`+in(time.Hour)+`","asset"`, 1))
		c.post("/transfers", strings.Replace(transfer("late", issuer, p[0], 7), `"asset"`, `"expires":"`+in(48*time.Hour)+`","asset"`, 1))
		c.post("/transfers", transfer("ever", issuer, p[1], 3))
		c.post("/holds", strings.Replace(transfer("h", p[1], p[2], 3), `"asset"`, `"until":"`+in(time.Hour)+`","asset"`, 1))
		b.OK(b.App.DB().InTx(t.Context(), apptest.Zone, func(tx *store.Tx) error { // as the system itself holds
			_, err := tx.Hold(store.Hold{ID: "redeem:1", From: ledger.Account(p[0]), To: issuer, Asset: ledger.Point, Amount: 1, Until: b.Now().Add(time.Hour)})
			return err
		}))
		b.Pass(2 * time.Hour)
		// Before the clock-work has come by, what has lapsed is spent no more, alone or in a batch.
		if got := c.post("/transfers", transfer("too-late", p[0], p[1], 8)); got.code != 409 && got.code != 422 {
			t.Errorf("points that have lapsed were spent: %d %s", got.code, got.text)
		}
		for i, want := range []int{1, 0} {
			if n, err := b.App.Lapse(t.Context(), apptest.Zone); err != nil || n != want {
				t.Errorf("round %d: %d accounts and holds lapsed (%v), want %d", i, n, err, want)
			}
		}
		b.holds(p[0], 7)
		b.holds(p[1], 3)
		b.holds("expired:330108", 4)
		if got := c.get("/holds/h"); got.at("state") != "voided" {
			t.Error(got.text)
		}
		if got := c.get("/holds/redeem:1"); got.at("state") != "open" {
			t.Errorf("what the system holds was given back by another: %s", got.text)
		}
		for _, verb := range []string{"confirm", "void"} {
			if got := c.post("/holds/redeem:1:"+verb, ""); got.code != 403 {
				t.Errorf("%s of what the system holds: %d %s", verb, got.code, got.text)
			}
		}
	})
}
