package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os/signal"
	"syscall"
	"time"

	"gezhi/internal/api"
	"gezhi/internal/app"
	"gezhi/internal/seal"
	"gezhi/internal/sms"
	"gezhi/internal/store"
	"gezhi/internal/web"
	"gezhi/internal/webhook"
)

// serveCmd runs the service over an installed database.
type serveCmd struct {
	DB      string `name:"db" env:"GEZHI_DB" default:"sqlite:gezhi.db" help:"Database: sqlite:FILE or postgres://… 数据库。"`
	Key     string `env:"GEZHI_KEY" default:"gezhi.key" help:"File with the key that seals personal data; kept apart from the database. 个人信息密钥文件，与数据库分开保管。"`
	Addr    string `env:"GEZHI_ADDR" default:"127.0.0.1:8080" help:"Address to listen on. 监听地址。"`
	Cert    string `env:"GEZHI_TLS_CERT" help:"TLS certificate file. TLS 证书。"`
	CertKey string `name:"cert-key" env:"GEZHI_TLS_KEY" help:"TLS key file. TLS 私钥。"`
	Proxied bool   `env:"GEZHI_PROXIED" help:"A proxy in front speaks TLS. 前面有终止 TLS 的代理。"`
	Tiles   string `env:"GEZHI_TILES" help:"Origin of a map tile server; none by default. 底图瓦片服务地址，默认不用。"`
	SMSURL  string `name:"sms-url" env:"GEZHI_SMS_URL" help:"Address that passes text messages on. 短信网关地址。"`
	SMSKey  string `name:"sms-secret" env:"GEZHI_SMS_SECRET" help:"Secret that signs messages to the gateway. 短信网关签名密钥。"`
	Private bool   `name:"webhook-private" env:"GEZHI_WEBHOOK_PRIVATE" help:"Webhooks may lead to private networks (10/8, 172.16/12, 192.168/16 …). 允许向内网地址推送消息。"`
	Local   bool   `name:"webhook-loopback" env:"GEZHI_WEBHOOK_LOOPBACK" help:"Webhooks may lead to this machine, by plain http too: for trying out. 允许向本机推送消息（试用）。"`
}

// noSMS refuses: without a gateway nobody can be sent a code.
type noSMS struct{}

func (noSMS) Send(context.Context, string, string) error {
	return errors.New("no SMS gateway is configured: set --sms-url")
}

// Run serves until the process is told to stop.
func (c serveCmd) Run(s std) error {
	log := slog.New(slog.NewTextHandler(s.Err, nil))
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	ring, err := seal.LoadOrCreate(seal.AES, c.Key)
	if err != nil {
		return err
	}
	db, err := store.Open(ctx, c.DB, store.Options{Log: log})
	if err != nil {
		return err
	}
	defer db.Close()
	var gateway app.SMS = noSMS{}
	if c.SMSURL != "" {
		gateway = sms.Gateway{URL: c.SMSURL, Secret: c.SMSKey}
	}
	a := app.New(db, ring, app.Options{SMS: gateway, Log: log, Webhooks: webhook.NewClient(webhook.Options{Reach: webhook.Reach{Private: c.Private, Loopback: c.Local}})})
	secure := c.Cert != "" || c.Proxied
	site := web.New(a, web.Options{Log: log, TLS: secure, Tiles: c.Tiles})
	handler := api.New(a, api.Options{Log: log, TLS: secure}).Beside(site.Handler())
	return service{app: a, handler: handler, log: log, cert: c.Cert, key: c.CertKey}.run(ctx, s, c.Addr)
}

// service is a running site: its pages and its timers.
type service struct {
	app       *app.App
	handler   http.Handler
	log       *slog.Logger
	cert, key string
}

// run listens and serves until the context ends, then lets requests under way finish.
func (sv service) run(ctx context.Context, s std, addr string) error {
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return fmt.Errorf("%w\n%s", err, s.Lang.T("端口可能已被占用，可用 --addr 换一个地址。", "The port may be taken; choose another with --addr."))
	}
	server := &http.Server{Handler: sv.handler, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 2 * time.Minute,
		WriteTimeout: 10 * time.Minute, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		ErrorLog: slog.NewLogLogger(sv.log.Handler(), slog.LevelWarn), BaseContext: func(net.Listener) context.Context { return context.WithoutCancel(ctx) }}
	scheme := "http"
	if sv.cert != "" {
		scheme = "https"
	}
	fmt.Fprintf(s.Out, "%s %s://%s/\n", s.Lang.T("格治已启动：", "Gezhi is at"), scheme, listener.Addr())
	ctx, stop := context.WithCancel(ctx)
	sent := make(chan struct{})
	defer func() { stop(); <-sent }() // the caller closes the database next
	go sv.catchUp(ctx)
	go sv.keepTime(ctx)
	go sv.keepLog(ctx)
	go func() { defer close(sent); sv.keepSending(ctx) }()
	failed := make(chan error, 1)
	go func() {
		if sv.cert != "" {
			failed <- server.ServeTLS(listener, sv.cert, sv.key)
		} else {
			failed <- server.Serve(listener)
		}
	}()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	patience, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	return server.Shutdown(patience)
}

// catchUp fills tables that are younger than the database's cases, once, beside everything else.
func (sv service) catchUp(ctx context.Context) {
	zones, err := sv.app.Zones(ctx)
	for _, z := range zones {
		err = errors.Join(err, sv.app.CatchUp(ctx, z.Code))
	}
	if err != nil && ctx.Err() == nil {
		sv.log.Error("tables younger than the cases are not filled yet; the next start tries again", "error", err)
	}
}

// keepTime wakes cases whose timers are due, posts awards whose publicity is over, gives back what was reserved and not
// collected, moves grants whose time is over and lists those that an event made eligible, takes out points that have lapsed,
// and drops documents uploaded and never sent, every few seconds.
func (sv service) keepTime(ctx context.Context) {
	tick := time.NewTicker(5 * time.Second)
	defer tick.Stop()
	for {
		zones, err := sv.app.Zones(ctx)
		for _, z := range zones {
			if _, e := sv.app.Tick(ctx, z.Code); e != nil {
				err = errors.Join(err, e)
			}
			if _, e := sv.app.PostDue(ctx, z.Code); e != nil {
				err = errors.Join(err, e)
			}
			if _, e := sv.app.LapseReservations(ctx, z.Code); e != nil {
				err = errors.Join(err, e)
			}
			if _, e := sv.app.MoveDueGrants(ctx, z.Code); e != nil {
				err = errors.Join(err, e)
			}
			if _, e := sv.app.ListTriggered(ctx, z.Code); e != nil {
				err = errors.Join(err, e)
			}
			if _, e := sv.app.Lapse(ctx, z.Code); e != nil {
				err = errors.Join(err, e)
			}
			if _, e := sv.app.DropLooseFiles(ctx, z.Code); e != nil {
				err = errors.Join(err, e)
			}
		}
		if err != nil && ctx.Err() == nil {
			sv.log.Error("timers", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// keepSending sends notices to webhooks as they come, and forgets old ones every hour. It returns when no try is under
// way any more.
func (sv service) keepSending(ctx context.Context) {
	defer sv.app.AwaitDeliveries()
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	var swept time.Time
	for {
		zones, err := sv.app.Zones(ctx)
		for _, z := range zones {
			if e := sv.app.Deliver(ctx, z.Code); e != nil {
				err = errors.Join(err, e)
			}
			if time.Since(swept) < time.Hour {
				continue
			}
			if _, e := sv.app.DropNotices(ctx, z.Code); e != nil {
				err = errors.Join(err, e)
			}
		}
		if time.Since(swept) >= time.Hour {
			swept = time.Now()
		}
		if err != nil && ctx.Err() == nil {
			sv.log.Error("webhooks", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// keepLog takes what was recorded into the tamper-evident log and signs for it, every second. When it cannot, it says so
// and tries again a minute later: a log that was tampered with is not signed for.
func (sv service) keepLog(ctx context.Context) {
	const pace, pause = time.Second, time.Minute
	wait := time.NewTimer(0)
	defer wait.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-wait.C:
		}
		next := pace
		zones, err := sv.app.Zones(ctx)
		for _, z := range zones {
			if _, e := sv.app.Integrate(ctx, z.Code); e != nil {
				err = errors.Join(err, e)
			}
		}
		if err != nil && ctx.Err() == nil {
			sv.log.Error("log", "error", err)
			next = pause
		}
		wait.Reset(next)
	}
}
