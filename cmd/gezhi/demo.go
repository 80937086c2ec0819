package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/signal"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"gezhi/internal/api"
	"gezhi/internal/app"
	"gezhi/internal/demo"
	"gezhi/internal/seal"
	"gezhi/internal/sms"
	"gezhi/internal/store"
	"gezhi/internal/web"
)

// demoCmd builds two districts of synthetic people, lives in them for some weeks and serves them.
type demoCmd struct {
	Addr string   `default:"127.0.0.1:8080" help:"Address to listen on. 监听地址。"`
	Dir  string   `help:"Folder for the database; a temporary one when not given. 数据目录，默认用临时目录。" type:"path"`
	Days int      `default:"60" help:"Days of life before now, 1 to 400. 演示多少天的历史。"`
	Keep bool     `help:"Keep the database at the end, and use one that is there already. 结束时保留数据，已有则直接使用。"`
	Zone []string `help:"Districts to build: binjiang, yangling; all by default. 只建这些辖区。"`
	Seed uint64   `default:"2026" help:"The same seed on the same day gives the same database. 同一天、同一种子得到同样的数据。"`
}

// Run builds and serves until the process is told to stop.
func (c demoCmd) Run(s std) (err error) {
	if c.Days < 1 || c.Days > 400 {
		return errors.New(s.Lang.T("--days 应在 1 到 400 之间。", "--days must be from 1 to 400."))
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	dir, remove, err := c.folder()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, remove()) }()
	log := slog.New(slog.NewTextHandler(s.Err, &slog.HandlerOptions{Level: slog.LevelWarn}))
	messages := &sms.Shown{}
	site, err := c.open(ctx, s, dir, messages, log)
	if err != nil {
		return err
	}
	defer site.app.DB().Close()
	handler := web.New(site.app, web.Options{Log: log, Demo: demoSite{site.people, messages}}).Handler()
	handler = api.New(site.app, api.Options{Log: log}).Beside(handler)
	return service{app: site.app, handler: handler, log: log}.run(ctx, s, c.Addr)
}

// folder is where the database goes, and what to do with it at the end.
func (c demoCmd) folder() (dir string, remove func() error, err error) {
	if c.Dir == "" {
		if dir, err = os.MkdirTemp("", "gezhi-demo-"); err != nil {
			return "", nil, err
		}
		if c.Keep {
			return dir, func() error { return nil }, nil
		}
		return dir, func() error { return os.RemoveAll(dir) }, nil
	}
	if err := os.MkdirAll(c.Dir, 0o700); err != nil {
		return "", nil, err
	}
	if c.Keep {
		return c.Dir, func() error { return nil }, nil
	}
	return c.Dir, func() error { return removeDemo(c.Dir) }, nil
}

// The files of a demonstration. Only these are ever removed from a folder somebody named.
var demoFiles = []string{"people.json", "gezhi.key", "gezhi.db", "gezhi.db-wal", "gezhi.db-shm"}

func removeDemo(dir string) error {
	for _, name := range demoFiles {
		if err := os.Remove(filepath.Join(dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// built is a demonstration ready to be served.
type built struct {
	app    *app.App
	people demo.People
}

// open uses the demonstration in the folder when it is to be kept and is complete, and builds one otherwise.
func (c demoCmd) open(ctx context.Context, s std, dir string, messages app.SMS, log *slog.Logger) (built, error) {
	saved := filepath.Join(dir, "people.json")
	b := built{}
	text, err := os.ReadFile(saved)
	fresh := err != nil || !c.Keep
	if fresh {
		if err := removeDemo(dir); err != nil {
			return b, err
		}
	} else if err := json.Unmarshal(text, &b.people); err != nil {
		return b, fmt.Errorf("%s: %w", saved, err)
	}
	ring, err := seal.LoadOrCreate(seal.AES, filepath.Join(dir, "gezhi.key"))
	if err != nil {
		return b, err
	}
	db, err := store.Open(ctx, "sqlite:"+filepath.Join(dir, "gezhi.db"), store.Options{Log: log, Build: fresh})
	if err != nil {
		return b, err
	}
	b.app = app.New(db, ring, app.Options{SMS: messages, Log: log})
	if fresh {
		err = c.build(ctx, s, &b, saved, log)
	}
	if err != nil {
		db.Close()
	}
	return b, err
}

func (c demoCmd) build(ctx context.Context, s std, b *built, saved string, log *slog.Logger) error {
	began := time.Now()
	p := progress{std: s, day: map[string]int{}}
	people, err := demo.Build(ctx, b.app, demo.Plan{Zones: c.Zone, Days: c.Days, Until: began, Seed: c.Seed, Step: p.step,
		Refused: func(err error) { log.Warn("refused", "error", err) }})
	p.end()
	if err != nil {
		return err
	}
	if err := b.app.DB().SetSync(ctx); err != nil {
		return err
	}
	b.people = people
	text, err := json.MarshalIndent(people, "", " ")
	if err != nil {
		return err
	}
	fmt.Fprintln(s.Err, s.Lang.Tf("演示数据已备好，用时 %.1f 秒。工作人员登录密码一律为 %s", "Demonstration built in %.1f s. Every staff password is %s",
		time.Since(began).Seconds(), demo.Password))
	return os.WriteFile(saved, text, 0o600)
}

// progress shows on one line how far each district has lived.
type progress struct {
	std
	mu    sync.Mutex
	zones []string       // under mu
	day   map[string]int // under mu
}

func (p *progress) step(zone string, day, days int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if _, known := p.day[zone]; !known {
		p.zones = append(p.zones, zone)
	}
	p.day[zone] = day
	line := ""
	for _, z := range p.zones {
		line += fmt.Sprintf("%s %d/%d  ", z, p.day[z], days)
	}
	fmt.Fprint(p.Err, "\r"+p.Lang.T("正在演绎辖区生活（天）：", "Living, in days: ")+line)
}

func (p *progress) end() { fmt.Fprintln(p.Err) }

// demoSite is what the pages show of the demonstration.
type demoSite struct {
	people   demo.People
	messages *sms.Shown
}

// People lists whom one can enter as.
func (d demoSite) People(_ context.Context, zone int) ([]web.DemoPerson, error) {
	var out []web.DemoPerson
	for _, p := range d.people[zone] {
		out = append(out, web.DemoPerson{Person: int64(p.Person), Name: p.Name, RoleZH: p.RoleZH, RoleEN: p.RoleEN,
			Does: p.DoesZH, DoesEN: p.DoesEN, Home: p.Home, Group: p.Group})
	}
	return out, nil
}

// LastMessage is the last text message that would have been sent to the phone.
func (d demoSite) LastMessage(phone string) string { return d.messages.Last(phone) }
