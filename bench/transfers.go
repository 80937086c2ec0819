package main

import (
	"bufio"
	"context"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"

	"gezhi/internal/api"
	"gezhi/internal/app"
	"gezhi/internal/casework"
	"gezhi/internal/ledger"
	"gezhi/internal/pack"
	"gezhi/internal/seal"
	"gezhi/internal/store"
)

// transfers measures the ledger over HTTP on loopback, the load generator included: single transfers, batches, an
// account with a long statement, and points that lapse.
func (b *bench) transfers(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "gezhi-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if b.engine != "postgres" {
		if err := b.transfersOn(ctx, "sqlite:"+filepath.Join(dir, "t.db"), budgets{5000, 40 * time.Millisecond, 30000}); err != nil {
			return err
		}
		if err := b.lapses(ctx, dir); err != nil {
			return err
		}
	}
	cluster := os.Getenv("GEZHI_TEST_POSTGRES")
	if cluster == "" || b.engine == "sqlite" {
		return nil
	}
	url, drop, err := newDatabase(ctx, cluster)
	if err != nil {
		return err
	}
	return errors.Join(b.transfersOn(ctx, url, budgets{1500, 40 * time.Millisecond, 15000}), drop())
}

// lapses measures a million lots, many to an account and one to each.
func (b *bench) lapses(ctx context.Context, dir string) error {
	if !b.wants("lapse") {
		return nil
	}
	for _, x := range []struct{ accounts, lots int }{{10_000, 100}, {1_000_000, 1}} {
		if err := b.lapse(ctx, filepath.Join(dir, fmt.Sprint("l", x.lots)), x.accounts, x.lots); err != nil {
			return err
		}
	}
	return nil
}

// wants reports whether lines whose name contains the word are asked for.
func (b *bench) wants(word string) bool { return b.like == "" || b.like == word }

// newDatabase makes an empty database in a cluster.
func newDatabase(ctx context.Context, cluster string) (url string, drop func() error, err error) {
	config, err := pgx.ParseConfig(cluster)
	if err != nil {
		return "", nil, err
	}
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return "", nil, err
	}
	name := fmt.Sprintf("gezhi_bench_%d", os.Getpid())
	if _, err := conn.Exec(ctx, "CREATE DATABASE "+name); err != nil {
		return "", nil, err
	}
	url = fmt.Sprintf("postgres://%s@%s:%d/%s?sslmode=disable", config.User, config.Host, config.Port, name)
	return url, func() error {
		_, err := conn.Exec(context.Background(), "DROP DATABASE "+name+" WITH (FORCE)")
		return errors.Join(err, conn.Close(context.Background()))
	}, nil
}

type budgets struct {
	single  float64
	p99     time.Duration
	batched float64
}

const (
	transferAccounts = 10_000
	firstPerson      = 10_000_000 // ids of eight digits, so that requests can be changed in place
	batchSize        = 100
	longStatement    = 1_000_000
)

// payer is a served district of people with points.
type payer struct {
	*bench
	db     *store.DB
	app    *app.App
	name   string
	addr   string
	key    string
	people int
}

// openPayer installs a district with people in it, without waiting for the disk.
func (b *bench) openPayer(ctx context.Context, dsn string, people int) (*payer, error) {
	db, err := store.Open(ctx, dsn, store.Options{NoSync: true})
	if err != nil {
		return nil, err
	}
	ring, err := seal.New(seal.AES, []byte("0123456789abcdefghijklmnopqrstuv"))
	if err != nil {
		return nil, err
	}
	p := &payer{bench: b, db: db, app: app.New(db, ring, app.Options{}), name: db.Dialect().String(), people: people}
	district, err := pack.Open("binjiang")
	if err != nil {
		return nil, err
	}
	if err := p.app.Install(ctx, district, true); err != nil {
		return nil, err
	}
	for from := 0; from < people; from += 1000 {
		if err := db.InTx(ctx, zone, func(tx *store.Tx) error {
			for i := from; i < min(from+1000, people); i++ {
				if err := tx.AddPerson(store.PersonRow{ID: casework.Person(firstPerson + i), Kind: "resident", Synthetic: true}); err != nil {
					return err
				}
			}
			return nil
		}); err != nil {
			return nil, err
		}
	}
	p.key, err = p.app.AddAPIKeyLocally(ctx, zone, app.NewAPIKey{Name: "bench", Accounts: "*",
		Scopes: []string{app.TransfersWrite, app.AccountsRead}})
	return p, err
}

// grant posts transfers from the issuer, n of them, a thousand at a time.
func (p *payer) grant(ctx context.Context, n int, make func(i int) ledger.Transfer) error {
	for from := 0; from < n; from += 1000 {
		list := []ledger.Transfer{}
		for i := from; i < min(from+1000, n); i++ {
			t := make(i)
			t.From, t.Asset = ledger.Of(ledger.Issue, strconv.Itoa(zone)), ledger.Point
			list = append(list, t)
		}
		if err := p.db.InTx(ctx, zone, func(tx *store.Tx) error {
			out, err := tx.PostAll(list)
			for _, b := range out {
				err = errors.Join(err, b.Err)
			}
			return err
		}); err != nil {
			return err
		}
	}
	return nil
}

func person(i int) ledger.Account { return ledger.Of(ledger.Person, strconv.Itoa(firstPerson+i)) }

// serve answers on loopback until stop is called.
func (p *payer) serve() (stop func(), err error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	handler := api.New(p.app, api.Options{Log: slog.New(slog.NewTextHandler(io.Discard, nil))}).Beside(http.NotFoundHandler())
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 2 * time.Minute, WriteTimeout: 10 * time.Minute}
	go server.Serve(listener)
	p.addr = listener.Addr().String()
	return func() { server.Close() }, nil
}

func (b *bench) transfersOn(ctx context.Context, dsn string, want budgets) error {
	p, err := b.openPayer(ctx, dsn, transferAccounts)
	if err != nil {
		return err
	}
	defer p.db.Close()
	if err := p.grant(ctx, transferAccounts, func(i int) ledger.Transfer {
		return ledger.Transfer{ID: fmt.Sprint("seed", i), To: person(i), Amount: 1_000_000}
	}); err != nil {
		return err
	}
	if b.wants("statement") {
		if err := p.grant(ctx, longStatement, func(i int) ledger.Transfer {
			return ledger.Transfer{ID: fmt.Sprint("long", i), To: person(0), Amount: 1}
		}); err != nil {
			return err
		}
	}
	if err := p.db.SetSync(ctx); err != nil {
		return err
	}
	stop, err := p.serve()
	if err != nil {
		return err
	}
	defer stop()
	for _, ids := range []string{"sequential", "random"} {
		if b.wants("single") {
			if err := p.load(ctx, "single transfers, "+ids+" ids, "+p.name+", 64 clients", ids, clients, 1, want.single, want.p99); err != nil {
				return err
			}
		}
		if b.wants("batch") {
			if err := p.load(ctx, "transfers in batches of 100, "+ids+" ids, "+p.name+", 8 clients", ids, 8, batchSize, want.batched, 0); err != nil {
				return err
			}
		}
	}
	if b.wants("statement") {
		return p.statement(ctx)
	}
	return nil
}

// load lets clients order transfers between random people until the time is over. Beside batches the log is taken into
// its tree every second, as the service does; what is left at the end says whether that keeps up.
func (p *payer) load(ctx context.Context, name, ids string, clients, size int, budget float64, p99 time.Duration) error {
	took := make([][]time.Duration, clients)
	failed := make([]error, clients)
	var wg sync.WaitGroup
	sequencing, stop := context.WithCancel(ctx)
	sequenced := make(chan error, 1)
	if size > 1 {
		go func() { sequenced <- p.sequence(sequencing) }()
	} else {
		sequenced <- nil
	}
	began, used := time.Now(), cpu()
	for k := range clients {
		wg.Go(func() {
			c, err := p.dial(k, size, ids)
			if err != nil {
				failed[k] = err
				return
			}
			defer c.conn.Close()
			for failed[k] == nil && time.Since(began) < p.span && ctx.Err() == nil {
				start := time.Now()
				failed[k] = c.order()
				took[k] = append(took[k], time.Since(start))
			}
		})
	}
	wg.Wait()
	wall, used := time.Since(began), cpu()-used
	stop()
	if err := errors.Join(append(failed, ctx.Err(), <-sequenced)...); err != nil {
		return err
	}
	all := slices.Concat(took...)
	n := len(all) * size
	late := percentile(all, 99)
	p.atLeast(name, float64(n)/wall.Seconds(), budget, "transfers/s", fmt.Sprintf(", p99 %s, %.1f µs of CPU each", round(late), float64(used.Microseconds())/float64(n)))
	if p99 > 0 {
		p.within(name+", p99", late, p99, "")
	}
	if size == 1 {
		return nil
	}
	began = time.Now()
	left, err := p.app.Integrate(ctx, zone)
	p.fact(name+", leaves not yet in the tree at the end", fmt.Sprintf("%d of %d, taken in after %s", left, n, round(time.Since(began))))
	return err
}

// sequence takes the log into its tree once a second.
func (p *payer) sequence(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(time.Second):
		}
		if _, err := p.app.Integrate(context.WithoutCancel(ctx), zone); err != nil {
			return err
		}
	}
}

// orderer is one client: a connection, and a request that is changed in place.
type orderer struct {
	conn    net.Conn
	in      *bufio.Reader
	rng     *rand.Rand
	request []byte
	slots   []slot
	want    string // the status line's beginning
	count   []byte // what the answer must contain
	random  bool
	client  int
	n       int
	people  int
}

// slot is where one transfer's id and accounts lie in the request.
type slot struct{ id, from, to int }

var runs atomic.Int64

// dial connects and writes the request once.
func (p *payer) dial(k, size int, ids string) (*orderer, error) {
	conn, err := net.Dial("tcp", p.addr)
	if err != nil {
		return nil, err
	}
	o := &orderer{conn: conn, in: bufio.NewReaderSize(conn, 64<<10), rng: rand.New(rand.NewPCG(uint64(k), uint64(runs.Add(1)))),
		random: ids == "random", client: k, people: p.people, n: int(runs.Add(1)) * 1_000_000}
	body := []byte{}
	at := func(width int) int {
		from := len(body)
		body = append(body, make([]byte, width)...)
		return from
	}
	path, end := "/api/v1/transfers", ""
	o.want = "HTTP/1.1 201 "
	if size > 1 {
		path, end = path+":batch", "]}"
		o.want, o.count = "HTTP/1.1 200 ", []byte(`"posted":`+strconv.Itoa(size)+`,"repeated":0,"refused":0}`)
		body = append(body, `{"transfers":[`...)
	}
	for i := range size {
		if i > 0 {
			body = append(body, ',')
		}
		var s slot
		body = append(body, `{"id":"`...)
		s.id = at(36)
		body = append(body, `","from":"person:`...)
		s.from = at(8)
		body = append(body, `","to":"person:`...)
		s.to = at(8)
		body = append(body, `","asset":"POINT","amount":1,"reason":"bench","ref":"order:1"}`...)
		o.slots = append(o.slots, s)
	}
	body = append(body, end...)
	head := fmt.Sprintf("POST %s HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n", path, p.addr, p.key, len(body))
	o.request = append([]byte(head), body...)
	for i := range o.slots {
		o.slots[i].id += len(head)
		o.slots[i].from += len(head)
		o.slots[i].to += len(head)
	}
	return o, nil
}

// order sends the request with new ids and accounts and reads the answer.
func (o *orderer) order() error {
	for _, s := range o.slots {
		o.n++
		if o.random {
			var id [16]byte
			binary.LittleEndian.PutUint64(id[:], o.rng.Uint64())
			binary.LittleEndian.PutUint64(id[8:], o.rng.Uint64())
			uuid(o.request[s.id:s.id+36], id)
		} else {
			copy(o.request[s.id:s.id+36], fmt.Appendf(nil, "%03d-%032d", o.client, o.n))
		}
		from := o.rng.IntN(o.people)
		to := (from + 1 + o.rng.IntN(o.people-1)) % o.people
		strconv.AppendInt(o.request[s.from:s.from], int64(firstPerson+from), 10)
		strconv.AppendInt(o.request[s.to:s.to], int64(firstPerson+to), 10)
	}
	if _, err := o.conn.Write(o.request); err != nil {
		return err
	}
	body, status, err := readAnswer(o.in)
	if err != nil {
		return err
	}
	if len(status) < len(o.want) || string(status[:len(o.want)]) != o.want || o.count != nil && !contains(body, o.count) {
		return fmt.Errorf("answered %s %.300s", status, body)
	}
	return nil
}

func contains(body, part []byte) bool {
	return len(body) > len(part) && string(body[len(body)-1-len(part):len(body)-1]) == string(part)
}

// uuid writes 16 bytes the way UUIDs are written.
func uuid(out []byte, id [16]byte) {
	from := 0
	for i, n := range []int{4, 2, 2, 2, 6} {
		if i > 0 {
			out[0], out = '-', out[1:]
		}
		hex.Encode(out, id[from:from+n])
		from, out = from+n, out[2*n:]
	}
}

// readAnswer reads one answer whole, as far as needed to check it. The slices are valid until the next one.
func readAnswer(in *bufio.Reader) (body, status []byte, err error) {
	line, err := in.ReadSlice('\n')
	if err != nil {
		return nil, nil, err
	}
	status = append([]byte{}, line...)
	length := -1
	for {
		line, err := in.ReadSlice('\n')
		if err != nil {
			return nil, nil, err
		}
		if len(line) == 2 {
			break
		}
		if v, ok := header(line, "Content-Length: "); ok {
			if length, err = strconv.Atoi(v); err != nil {
				return nil, nil, err
			}
		}
	}
	if length < 0 {
		return chunked(in, status)
	}
	body = make([]byte, length)
	_, err = io.ReadFull(in, body)
	return body, status, err
}

func header(line []byte, name string) (string, bool) {
	if len(line) < len(name)+2 || string(line[:len(name)]) != name {
		return "", false
	}
	return string(line[len(name) : len(line)-2]), true
}

func chunked(in *bufio.Reader, status []byte) ([]byte, []byte, error) {
	var body []byte
	for {
		line, err := in.ReadSlice('\n')
		if err != nil {
			return nil, nil, err
		}
		n, err := strconv.ParseInt(string(line[:len(line)-2]), 16, 32)
		if err != nil {
			return nil, nil, err
		}
		chunk := make([]byte, n+2)
		if _, err := io.ReadFull(in, chunk); err != nil {
			return nil, nil, err
		}
		if n == 0 {
			return body, status, nil
		}
		body = append(body, chunk[:n]...)
	}
}

// statement asks for the balance and the last lines of an account with a million of them, one client after another.
func (p *payer) statement(ctx context.Context) error {
	conn, err := net.Dial("tcp", p.addr)
	if err != nil {
		return err
	}
	defer conn.Close()
	in := bufio.NewReader(conn)
	get := func(path string) error {
		if _, err := fmt.Fprintf(conn, "GET /api/v1/accounts/%s/%s HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer %s\r\n\r\n", person(0), path, p.key); err != nil {
			return err
		}
		body, status, err := readAnswer(in)
		if err == nil && string(status[:13]) != "HTTP/1.1 200 " {
			err = fmt.Errorf("answered %s %.300s", status, body)
		}
		return err
	}
	for _, x := range []struct {
		name, balance, lines string
	}{
		{"balance and last 20 lines of an account with 1,000,000", "balance", "statement?limit=20"},
		{"balance in the past and 20 lines from the middle of it", "balance?at=" + time.Now().UTC().Add(-time.Minute).Format(time.RFC3339), "statement?limit=20&before=500000"},
	} {
		var took []time.Duration
		for range max(p.n, 2000) {
			start := time.Now()
			if err := errors.Join(get(x.balance), get(x.lines), ctx.Err()); err != nil {
				return err
			}
			took = append(took, time.Since(start))
		}
		p.within(x.name+", "+p.name+", p99", percentile(took, 99), 10*time.Millisecond, ", p50 "+round(percentile(took, 50)))
	}
	return nil
}

// lapse measures how long a million lots take to leave, and how long somebody who writes meanwhile waits.
func (b *bench) lapse(ctx context.Context, path string, accounts, lots int) error {
	p, err := b.openPayer(ctx, "sqlite:"+path, accounts)
	if err != nil {
		return err
	}
	defer p.db.Close()
	end := time.Now().Add(24 * time.Hour).Truncate(time.Second)
	if err := p.grant(ctx, accounts*lots, func(i int) ledger.Transfer {
		// One account after another: a transfer loads the lots its accounts have already.
		return ledger.Transfer{ID: fmt.Sprint("lot", i), To: person(i / lots), Amount: 1, Expires: end.Add(time.Duration(i%lots) * time.Second)}
	}); err != nil {
		return err
	}
	if err := p.db.SetSync(ctx); err != nil {
		return err
	}
	later := p.app.At(func() time.Time { return end.Add(time.Hour) })
	began, used := time.Now(), cpu()
	stop := make(chan struct{})
	var waits []time.Duration
	var failed error
	var wg sync.WaitGroup
	wg.Go(func() { // somebody who writes all the while, every few milliseconds
		for i := 0; failed == nil; i++ {
			select {
			case <-stop:
				return
			case <-time.After(5 * time.Millisecond):
			}
			start := time.Now()
			failed = p.db.InTx(ctx, zone, func(tx *store.Tx) error {
				_, err := tx.Post(ledger.Transfer{ID: fmt.Sprint("while", i), From: "issue:330108", To: "pool:330108001", Asset: ledger.Point, Amount: 1})
				return err
			})
			waits = append(waits, time.Since(start))
		}
	})
	n, err := later.Lapse(ctx, zone)
	took, used := time.Since(began), cpu()-used
	close(stop)
	wg.Wait()
	if err := errors.Join(err, failed); err != nil {
		return err
	}
	if n != accounts {
		return fmt.Errorf("%d accounts lapsed, want %d", n, accounts)
	}
	name := fmt.Sprintf("%d lots in %d accounts lapse, SQLite", accounts*lots, accounts)
	b.within(name, took, 20*time.Second, fmt.Sprintf(", %.1f µs of CPU a lot", float64(used.Microseconds())/float64(accounts*lots)))
	b.within(name+", the longest wait of a writer beside", slices.Max(waits), 50*time.Millisecond, ", p99 "+round(percentile(waits, 99)))
	return nil
}
