package app_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gezhi/internal/app"
	"gezhi/internal/app/apptest"
	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/store"
	"gezhi/internal/testdb"
	"gezhi/internal/webhook"

	"github.com/emmansun/gmsm/sm3"
)

// receiver is another system. It answers with the statuses in turn, the last one for good; 0 hangs until the test is over.
type receiver struct {
	*httptest.Server
	t       *testing.T
	mu      sync.Mutex
	secret  string
	answers []int
	got     []string // ids of notices, as they came
	bodies  []string
	release chan struct{}
}

func newReceiver(t *testing.T, answers ...int) *receiver {
	r := &receiver{t: t, answers: answers, release: make(chan struct{})}
	r.Server = httptest.NewServer(http.HandlerFunc(r.take))
	t.Cleanup(func() { close(r.release); r.Close() })
	return r
}

func (r *receiver) take(w http.ResponseWriter, q *http.Request) {
	body, _ := io.ReadAll(q.Body)
	r.mu.Lock()
	answer := r.answers[0]
	if len(r.answers) > 1 {
		r.answers = r.answers[1:]
	}
	r.got = append(r.got, q.Header.Get(webhook.HeaderID))
	r.bodies = append(r.bodies, string(body))
	signed := q.Header.Get(webhook.HeaderTime) + "." + string(body)
	if sha, sm := rfc2104(sha256.New, r.secret, signed), rfc2104(sm3.New, r.secret, signed); q.Header.Get(webhook.HeaderSHA) != sha || q.Header.Get(webhook.HeaderSM3) != sm {
		r.t.Errorf("the signatures do not fit: %v", q.Header)
	}
	r.mu.Unlock()
	if answer == 0 {
		<-r.release
		return
	}
	w.WriteHeader(answer)
	fmt.Fprint(w, "the receiver's own words")
}

// taken are the ids that came so far.
func (r *receiver) taken() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.got)
}

func (r *receiver) answer(with ...int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answers = with
}

// rfc2104 is HMAC as its definition says, written out.
func rfc2104(of func() hash.Hash, key, message string) string {
	pad := func(with byte, then []byte) []byte {
		h := of()
		block := make([]byte, h.BlockSize())
		copy(block, key) // the keys here are shorter than a block
		for i := range block {
			block[i] ^= with
		}
		h.Write(block)
		h.Write(then)
		return h.Sum(nil)
	}
	return hex.EncodeToString(pad(0x5c, pad(0x36, []byte(message))))
}

// kinds are all that a webhook can be told of.
func kinds() []string {
	var out []string
	for _, k := range app.NoticeKinds() {
		out = append(out, k.ID)
	}
	return out
}

// hooked registers an address for everything and gives its number.
func hooked(w *apptest.World, address string) int {
	w.T.Helper()
	id, _ := hookedFor(w, address, kinds()...)
	return id
}

func hookedFor(w *apptest.World, address string, kinds ...string) (int, string) {
	w.T.Helper()
	name := fmt.Sprint("aq", w.App.DB().NewID())
	security := w.Staff(name, "测试安全", casework.Duty{Role: "security", Area: "330108"})
	id, secret, err := w.App.AddWebhook(context.Background(), security, app.NewWebhook{Name: "区驾驶舱", URL: address, Kinds: kinds}, name)
	w.OK(err)
	return id, secret
}

// delivered lets what is due be sent, and waits.
func delivered(w *apptest.World) {
	w.T.Helper()
	w.OK(w.App.Deliver(context.Background(), apptest.Zone))
	w.App.AwaitDeliveries()
}

// notices lists a webhook's notices, oldest first.
func notices(w *apptest.World, id int) []store.Notification {
	w.T.Helper()
	var out []store.Notification
	w.OK(w.App.DB().View(context.Background(), apptest.Zone, func(r *store.Reader) (err error) {
		out, err = r.Notifications(id, 0, 1000)
		return err
	}))
	slices.Reverse(out)
	return out
}

func reported(w *apptest.World, by app.Viewer, key string) casework.Case {
	w.T.Helper()
	c, err := w.App.Submit(context.Background(), by, app.Report{Key: key, Matter: "E0102", Title: "张三家门口的垃圾", Text: "电话 13812345678", Address: "某路 1 号", Point: killPoint, HasPoint: true})
	w.OK(err)
	return c
}

func TestOtherSystemsAreToldWhereACaseStands(t *testing.T) {
	forEngines(t, func(t *testing.T, w *apptest.World) {
		r := newReceiver(t, 200)
		_, secret := hookedFor(w, r.URL+"/gezhi?token=theirs", kinds()...)
		r.secret = secret
		_, closed := lived(t, w)
		w.Pass(72 * time.Hour)
		_, err := w.App.Tick(context.Background(), apptest.Zone)
		w.OK(err)
		delivered(w)
		seen := map[string]int{}
		for i, body := range r.bodies {
			var n map[string]any
			w.OK(json.Unmarshal([]byte(body), &n))
			seen[n["type"].(string)]++
			if n["id"] != r.got[i] || n["zone"] != float64(apptest.Zone) || n["procedure"] != "grid-event" || n["stage"] == "" {
				t.Errorf("notice %s", body)
			}
			for _, k := range slices.Sorted(maps.Keys(n)) {
				if !slices.Contains(strings.Fields("id type zone case procedure version move from stage result percent deadline time"), k) {
					t.Errorf("a notice has %q", k)
				}
			}
			for _, secret := range []string{"垃圾", "某路", "虚构", "1990000", "33010800", "已清运", "现场"} { // titles, places, names, phones, areas, words
				if strings.Contains(body, secret) {
					t.Errorf("%q is in %s", secret, body)
				}
			}
		}
		if seen["case.opened"] != 2 || seen["case.closed"] != 1 || seen["case.moved"] < 10 || seen["case.supervised"] == 0 {
			t.Errorf("told of %v", seen)
		}
		i := slices.IndexFunc(r.bodies, func(b string) bool { return strings.Contains(b, `"type":"case.closed"`) })
		want := fmt.Sprintf(`{"id":"%[1]s.10","type":"case.closed","zone":330108,"case":"%[1]s","procedure":"grid-event","version":1,"move":"close","from":"closing","stage":"rating","result":"resolved","deadline":`, closed.Number)
		if !strings.HasPrefix(r.bodies[i], want) || !strings.HasSuffix(r.bodies[i], `"time":"2026-03-02T11:20:00+08:00"}`) {
			t.Errorf("closed: %s\nwant     %s…", r.bodies[i], want)
		}
		// Each case's notices come in the order of its history.
		next := map[string]int{}
		for _, id := range r.taken() {
			number, _, _ := strings.Cut(id, ".")
			if next[number]++; id != fmt.Sprintf("%s.%d", number, next[number]) {
				t.Errorf("%s came when %d was next", id, next[number])
			}
		}
		if found := wrong(w); len(found) > 0 {
			t.Errorf("broken: %q", found)
		}
	})
}

func TestAReceiverThatFailsIsTriedAgainInOrder(t *testing.T) {
	forEngines(t, func(t *testing.T, w *apptest.World) {
		r := newReceiver(t, 500, 0, 307, 200) // fails, hangs, sends elsewhere, takes it
		other := newReceiver(t, 204)
		id, secret := hookedFor(w, r.URL, "case.opened")
		r.secret = secret
		_, other.secret = hookedFor(w, other.URL, "case.opened", "case.moved")
		resident := w.Resident("19900000009")
		var want []string
		for i := range 3 {
			want = append(want, reported(w, resident, fmt.Sprint("k", i)).Number+".1")
		}
		for i, step := range []struct {
			failure string
			status  int
			wait    time.Duration
		}{{"status", 500, 5 * time.Second}, {"timeout", 0, 10 * time.Second}, {"status", 307, 20 * time.Second}} {
			delivered(w)
			n := notices(w, id)[0]
			if n.Failure != step.failure || n.Status != step.status || n.Tries != i+1 || !n.Open() || strings.Contains(n.Detail, "own words") {
				t.Fatalf("after try %d: %+v", i+1, n)
			}
			if d := n.Next.Sub(w.Now()); d != step.wait {
				t.Errorf("after try %d it waits %v, want %v", i+1, d, step.wait)
			}
			w.Pass(step.wait - time.Millisecond)
			delivered(w)
			if len(r.taken()) != i+1 {
				t.Fatalf("tried again too early: %v", r.taken())
			}
			w.Pass(time.Millisecond)
		}
		if got := other.taken(); !slices.Equal(got, want) {
			t.Errorf("one that fails held another up: %v", got)
		}
		delivered(w)
		if got := r.taken(); !slices.Equal(got, append([]string{want[0], want[0], want[0]}, want...)) {
			t.Errorf("came as %v", got)
		}
		for _, n := range notices(w, id) {
			if n.Done.IsZero() || n.Failure != "" || n.Status != 200 {
				t.Errorf("%+v", n)
			}
		}
	})
}

func TestAfterADayANoticeIsGivenUpAndCanBeSentAgain(t *testing.T) {
	forEngines(t, func(t *testing.T, w *apptest.World) {
		ctx := context.Background()
		r := newReceiver(t, 503)
		id, secret := hookedFor(w, r.URL, "case.opened")
		r.secret = secret
		security := w.Staff("anquan", "测试安全", casework.Duty{Role: "security", Area: "330108"})
		resident := w.Resident("19900000009")
		reported(w, resident, "k1")
		reported(w, resident, "k2")
		end := w.Now().Add(24 * time.Hour)
		for w.Now().Before(end) {
			delivered(w)
			if n := notices(w, id)[0]; n.Open() {
				w.Pass(n.Next.Sub(w.Now()))
			}
		}
		reported(w, resident, "k3")
		delivered(w)
		list := notices(w, id)
		if list[0].Lost.IsZero() || list[1].Lost.IsZero() || !list[2].Open() || list[0].Tries < 25 || list[0].Tries > 40 || list[1].Tries != 0 {
			t.Fatalf("after a day: %+v", list)
		}
		hooks, err := w.App.Webhooks(ctx, security)
		w.OK(err)
		if hooks[0].Lost != 2 || hooks[0].Waiting != 1 {
			t.Errorf("the page says %+v", hooks[0].Backlog)
		}
		r.answer(200)
		w.OK(w.App.SendAgain(ctx, security, id, list[1].ID, "a1"))
		w.Pass(time.Minute)
		delivered(w)
		list = notices(w, id)
		if list[1].Done.IsZero() || list[2].Done.IsZero() || list[0].Lost.IsZero() {
			t.Errorf("sent again: %+v", list)
		}
		if err := w.App.SendAgain(ctx, security, id, list[1].ID, "a2"); fault.KindOf(err) != fault.Conflict {
			t.Errorf("what was taken is sent again: %v", err)
		}
		w.Pass(31 * 24 * time.Hour)
		n, err := w.App.DropNotices(ctx, apptest.Zone)
		w.OK(err)
		if n != 3 || len(notices(w, id)) != 0 {
			t.Errorf("%d old notices were dropped", n)
		}
	})
}

// A process that is killed before it sent a notice, or while it sends one, loses none.
func TestNoticesOutliveTheProcess(t *testing.T) {
	for engine, dsn := range map[string]func(t *testing.T) string{
		"SQLite":     func(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "g.db") },
		"PostgreSQL": func(t *testing.T) string { return testdb.Copied(t, "binjiang", apptest.Fill) },
	} {
		t.Run(engine, func(t *testing.T) {
			dsn := dsn(t)
			w := apptest.New(t, dsn)
			again := func() {
				w.OK(w.App.DB().Close())
				db, err := store.Open(t.Context(), dsn, store.Options{Clock: w.Now})
				w.OK(err)
				t.Cleanup(func() { db.Close() })
				w.App, err = apptest.App(db, w.Now)
				w.OK(err)
			}
			r := newReceiver(t, 0, 200)
			id, secret := hookedFor(w, r.URL, "case.opened")
			r.secret = secret
			number := reported(w, w.Resident("19900000009"), "k1").Number
			again() // before anything was sent
			w.OK(w.App.Deliver(t.Context(), apptest.Zone))
			for len(r.taken()) == 0 {
				time.Sleep(time.Millisecond)
			}
			again() // while the receiver hangs: what becomes of the try is kept nowhere
			if n := notices(w, id)[0]; n.Failure != "sending" || !n.Open() {
				t.Fatalf("%+v", n)
			}
			delivered(w)
			if len(r.taken()) != 1 {
				t.Error("it was sent again while the first try may still go on")
			}
			w.Pass(30 * time.Second)
			delivered(w)
			if got := r.taken(); !slices.Equal(got, []string{number + ".1", number + ".1"}) || notices(w, id)[0].Done.IsZero() {
				t.Errorf("%v, %+v", got, notices(w, id)[0])
			}
		})
	}
}

func TestAWebhookIsPausedTestedAndWritesNoPrivateAddress(t *testing.T) {
	w := apptest.New(t, "sqlite:"+filepath.Join(t.TempDir(), "g.db"))
	ctx := context.Background()
	r := newReceiver(t, 200)
	id, secret := hookedFor(w, r.URL, "case.opened")
	r.secret = secret
	security := w.Staff("anquan", "测试安全", casework.Duty{Role: "security", Area: "330108"})
	admin := w.Staff("guanli", "测试管理", casework.Duty{Role: "admin", Area: "330108"})
	resident := w.Resident("19900000009")
	w.OK(w.App.TestWebhook(ctx, security, id, "t1"))
	w.OK(w.App.TestWebhook(ctx, security, id, "t1")) // the form came twice
	w.OK(w.App.PauseWebhook(ctx, security, id, "p1"))
	reported(w, resident, "k1")
	delivered(w)
	if len(r.taken()) != 0 || len(notices(w, id)) != 1 {
		t.Errorf("while paused %v was sent", r.taken())
	}
	w.OK(w.App.ResumeWebhook(ctx, security, id, "r1"))
	reported(w, resident, "k2")
	delivered(w)
	if got := r.taken(); len(got) != 2 || !strings.HasPrefix(got[0], "test.") || !strings.HasSuffix(got[1], "-00002.1") {
		t.Errorf("came %v", got)
	}
	for name, n := range map[string]app.NewWebhook{
		"name": {Name: "x", URL: "https://example.com/", Kinds: kinds()}, "url": {Name: "驾驶舱", URL: "https://10.0.0.1/", Kinds: kinds()},
		"kinds": {Name: "驾驶舱", URL: "https://example.com/", Kinds: []string{"case.opened", "people.all"}},
	} {
		_, _, err := w.App.AddWebhook(ctx, security, n, "bad"+name)
		if list := fault.Fields(err); len(list) != 1 || list[0].Field != name {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, _, err := w.App.AddWebhook(ctx, admin, app.NewWebhook{Name: "驾驶舱", URL: "https://example.com/", Kinds: kinds()}, "x"); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("the system administrator registers one: %v", err)
	}
	if err := w.App.TestWebhook(ctx, admin, id, "t2"); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("the system administrator tests one: %v", err)
	}
}

// A webhook counts from the next move on: it stands in the set-up that moves read.
func TestTheSetUpHasTheWebhooks(t *testing.T) {
	w := apptest.New(t, "sqlite:"+filepath.Join(t.TempDir(), "g.db"))
	z, err := w.App.Zone(context.Background(), apptest.Zone)
	w.OK(err)
	if len(z.Webhooks) != 0 {
		t.Fatal("a fresh zone has webhooks")
	}
	id := hooked(w, "https://receiver.example/")
	z, err = w.App.Zone(context.Background(), apptest.Zone)
	w.OK(err)
	if len(z.Webhooks) != 1 || z.Webhooks[0].ID != id {
		t.Errorf("the set-up holds %+v", z.Webhooks)
	}
}
