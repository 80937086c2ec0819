package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"gezhi/internal/app"
	"gezhi/internal/seal"
	"gezhi/internal/store"
)

// verifyCmd checks what was kept: a whole database, or one receipt.
type verifyCmd struct {
	Database verifyDatabase `cmd:"" name:"db" default:"withargs" help:"Every invariant of a database, its log and what was signed. 核对数据库的全部规则、防篡改日志与签名。"`
	Receipt  verifyReceipt  `cmd:"" help:"A resident's receipt, without any database. 离线核对居民凭证。"`
}

// verifyDatabase checks every invariant of a database. It exits with 1 when one is broken.
type verifyDatabase struct {
	DB   string `name:"db" env:"GEZHI_DB" default:"sqlite:gezhi.db" help:"Database: sqlite:FILE or postgres://… 数据库。"`
	Key  string `env:"GEZHI_KEY" default:"gezhi.key" help:"File with the key that seals personal data. 个人信息密钥文件。"`
	JSON bool   `name:"json" help:"Print the findings as JSON. 以 JSON 输出。"`
}

// Run checks the file and every zone, and prints what is wrong.
func (c verifyDatabase) Run(s std) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	all, err := c.verify(ctx, s)
	if err != nil {
		return err
	}
	broken := 0
	for _, v := range all {
		broken += len(v.Broken)
	}
	if c.JSON {
		e := json.NewEncoder(s.Out)
		e.SetIndent("", "  ")
		if err := e.Encode(all); err != nil {
			return err
		}
	} else {
		show(s, all)
	}
	if broken > 0 {
		return fmt.Errorf("%s", s.Lang.Tf("%d 条规则不成立", "%d rules are broken", broken))
	}
	return nil
}

// verify looks at as much of a damaged database as can be read: that some of it cannot is a finding.
func (c verifyDatabase) verify(ctx context.Context, s std) ([]app.Verification, error) {
	var all []app.Verification
	stopped := func(zone int, err error) ([]app.Verification, error) {
		if v, ok := app.Unreadable(zone, err); ok {
			return append(all, v), nil
		}
		return nil, err
	}
	a, err := openInstalled(ctx, s, c.DB, c.Key)
	if err != nil {
		return stopped(0, err)
	}
	defer a.DB().Close()
	file, err := a.VerifyFile(ctx)
	if err != nil {
		return nil, err
	}
	all = append(all, file)
	zones, err := a.Zones(ctx)
	if err != nil {
		return stopped(0, err)
	}
	for _, z := range zones {
		v, err := a.Verify(ctx, z.Code, func(n int) {
			if n%10_000 == 0 && n > 0 {
				fmt.Fprintf(s.Err, "\r%s %d", z.Name.In(s.Lang), n)
			}
		})
		if err != nil {
			if all, err = stopped(z.Code, fmt.Errorf("%d: %w", z.Code, err)); err != nil {
				return nil, err
			}
			continue
		}
		all = append(all, v)
	}
	return all, nil
}

func show(s std, all []app.Verification) {
	for _, v := range all {
		if v.Zone != 0 {
			fmt.Fprintln(s.Out, s.Lang.Tf("辖区 %d：案件 %d 件，办理记录 %d 条", "zone %d: %d cases, %d events", v.Zone, v.Cases, v.Events))
		}
		for _, b := range v.Broken {
			fmt.Fprintln(s.Out, "  "+s.Lang.Tf("不成立：%s，%d 处，首处 %s", "broken: %s, %d times, first %s", b.Rule.In(s.Lang), b.Count, b.First))
		}
	}
	broken := 0
	for _, v := range all {
		broken += len(v.Broken)
	}
	if broken == 0 {
		fmt.Fprintln(s.Out, s.Lang.T("全部规则成立。", "Every rule holds."))
	}
}

// openInstalled opens a database that is there already, with its key: looking must not create either.
func openInstalled(ctx context.Context, s std, dsn, key string) (*app.App, error) {
	if path, ok := strings.CutPrefix(dsn, "sqlite:"); ok {
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("%s", s.Lang.Tf("没有这个数据库文件：%s", "There is no database file %s", path))
		}
	}
	ring, err := seal.Load(seal.AES, key)
	if err != nil {
		return nil, fmt.Errorf("%w\n%s", err, s.Lang.T("请用 --key 指明密钥文件。", "Name the key file with --key."))
	}
	db, err := store.Open(ctx, dsn, store.Options{})
	if err != nil {
		return nil, err
	}
	return app.New(db, ring, app.Options{}), nil
}
