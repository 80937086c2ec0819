package api_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"gezhi/internal/api"
	"gezhi/internal/app/apptest"
	"gezhi/internal/ledger"
	"gezhi/internal/store"
	"gezhi/internal/testdb"
)

// A server that is killed while batches run must have kept what it acknowledged, and a batch that is sent again because
// nobody knows what became of it must not be posted twice. The test starts itself again as the server, sends
// batches from several clients, kills it without warning, and sends what was not answered to the next one.

const serverEnv = "GEZHI_KILL_SERVER" // the DSN, for the process that is to be killed

func TestMain(m *testing.M) {
	if dsn := os.Getenv(serverEnv); dsn != "" {
		serveUntilKilled(dsn)
	}
	os.Exit(m.Run())
}

func serveUntilKilled(dsn string) {
	fail := func(err error) {
		if err != nil {
			fmt.Fprintln(os.Stderr, "server:", err)
			os.Exit(3)
		}
	}
	db, err := store.Open(context.Background(), dsn, store.Options{Clock: time.Now, Log: slog.New(slog.DiscardHandler)})
	fail(err)
	a, err := apptest.App(db, time.Now)
	fail(err)
	server := &http.Server{Handler: api.New(a, api.Options{Log: slog.New(slog.DiscardHandler)})}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	fail(err)
	fmt.Printf("http://%s\n", listener.Addr())
	fail(server.Serve(listener))
}

func TestABatchAcknowledgedBeforeAKillIsKeptAndNonePostedTwice(t *testing.T) {
	kills := 3
	if n, err := strconv.Atoi(os.Getenv("GEZHI_KILLS")); err == nil {
		kills = n
	}
	for engine, dsn := range map[string]func(t *testing.T) string{
		"SQLite":     func(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "g.db") },
		"PostgreSQL": func(t *testing.T) string { return testdb.Copied(t, "binjiang", apptest.Fill) },
	} {
		t.Run(engine, func(t *testing.T) {
			dsn := dsn(t)
			b := newBank(t, dsn)
			key := b.key("*")
			b.client(key).post("/transfers", transfer("seed", issuer, b.people[0], 1_000_000))
			clients := make([]*batcher, 6)
			for i := range clients {
				clients[i] = &batcher{name: fmt.Sprint("c", i), key: key, people: b.people}
			}
			for range kills {
				killWhile(t, dsn, clients)
			}
			acked := 0
			for _, c := range clients {
				if c.wrong != "" {
					t.Error(c.wrong)
				}
				acked += len(c.acked)
			}
			t.Logf("%d transfers were acknowledged before %d kills", acked, kills)
			if acked == 0 {
				t.Fatal("nothing was acknowledged")
			}
			accountFor(t, b, clients)
		})
	}
}

// killWhile serves, lets the clients send for a random while, and kills the server.
func killWhile(t *testing.T, dsn string, clients []*batcher) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), serverEnv+"="+dsn)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		cmd.Process.Kill()
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	first := make(chan struct{}, len(clients))
	for _, c := range clients {
		wg.Go(func() { c.run(strings.TrimSpace(line), first) })
	}
	select {
	case <-first:
	case <-time.After(time.Minute):
	}
	time.Sleep(time.Duration(20+rand.IntN(300)) * time.Millisecond)
	cmd.Process.Kill()
	cmd.Wait()
	wg.Wait()
}

// batcher sends one batch after another and sends the same once more when it got no answer.
type batcher struct {
	name   string
	key    string
	people []string
	n      int
	body   string   // of the batch that has no answer yet
	ids    []string // in it
	acked  []string
	wrong  string
}

func (c *batcher) next() {
	c.n++
	c.ids = nil
	var list []string
	for i := range 20 {
		id := fmt.Sprintf("%s-%d-%d", c.name, c.n, i)
		c.ids = append(c.ids, id)
		from := (c.n + i) % len(c.people)
		list = append(list, transfer(id, c.people[from], c.people[(from+1)%len(c.people)], 1+i%3))
	}
	c.body = `{"transfers":[` + strings.Join(list, ",") + `]}`
}

// run sends until the server is gone.
func (c *batcher) run(base string, first chan<- struct{}) {
	for {
		if c.body == "" {
			c.next()
		}
		r, err := http.NewRequest("POST", base+"/api/v1/transfers:batch", strings.NewReader(c.body))
		if err != nil {
			c.wrong = err.Error()
			return
		}
		r.Header.Set("Authorization", "Bearer "+c.key)
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			return
		}
		text, err := io.ReadAll(res.Body)
		res.Body.Close()
		if err != nil {
			return // cut off: nobody knows what became of it
		}
		var answer struct{ Results []struct{ ID, Status string } }
		if err := json.NewDecoder(bytes.NewReader(text)).Decode(&answer); err != nil || res.StatusCode != 200 || len(answer.Results) != len(c.ids) {
			c.wrong = fmt.Sprintf("%d %s", res.StatusCode, text)
			return
		}
		for i, x := range answer.Results {
			if x.ID != c.ids[i] {
				c.wrong = "the answers came in another order"
			}
			if x.Status != "refused" { // the balance may be too low
				c.acked = append(c.acked, x.ID)
			}
		}
		c.body = ""
		select {
		case first <- struct{}{}:
		default:
		}
	}
}

// accountFor finds every acknowledged transfer once and checks the books.
func accountFor(t *testing.T, b *bank, clients []*batcher) {
	t.Helper()
	count := map[string]int{}
	b.OK(b.App.DB().View(context.Background(), apptest.Zone, func(r *store.Reader) error {
		clear(count)
		return r.EachTransfer(func(p ledger.Posted) error { count[p.ID]++; return nil })
	}))
	for _, c := range clients {
		for _, id := range c.acked {
			if count[id] != 1 {
				t.Errorf("%s was acknowledged and is there %d times", id, count[id])
			}
		}
	}
	found, err := b.App.Verify(context.Background(), apptest.Zone, nil)
	b.OK(err)
	for _, x := range found.Broken {
		t.Errorf("verify: %+v", x)
	}
	var sum int64
	b.OK(b.App.DB().View(context.Background(), apptest.Zone, func(r *store.Reader) error {
		sum = 0
		for _, p := range b.people {
			a, err := r.Account(ledger.Account(p), ledger.Point)
			if err != nil {
				return err
			}
			sum += a.Balance
		}
		return nil
	}))
	if sum != 1_000_000 {
		t.Errorf("a million points became %d", sum)
	}
}
