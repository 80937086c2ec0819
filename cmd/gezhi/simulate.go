package main

import (
	"context"
	"errors"
	"fmt"
	"os/signal"
	"syscall"
	"time"

	"gezhi/internal/simulate"
)

// simulateCmd makes a large database for benches.
type simulateCmd struct {
	Cases     int    `default:"1000000" help:"How many cases. 案件数。"`
	DB        string `name:"db" required:"" help:"Where to: sqlite:FILE. Its key is made beside it, FILE.key. 数据库文件，密钥生成在旁边。"`
	Seed      uint64 `default:"1" help:"The same seed gives the same cases. 同一种子得到同样的案件。"`
	Zone      string `default:"binjiang" help:"The district's pack. 辖区数据包。"`
	Mixed     bool   `help:"Every other case is of another procedure than grid events. 一半案件为网格事件以外的各类流程。"`
	IfMissing bool   `help:"Do nothing when the file is there already. 文件已存在时不做任何事。"`
	Until     string `help:"The simulated present, 2006-01-02; now when not given. 模拟的当前日期，默认为现在。"`
}

// Run makes the database, saying on Err how far it is.
func (c simulateCmd) Run(s std) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	path, ok := simulate.SQLiteFile(c.DB)
	if !ok {
		return errors.New(s.Lang.T("--db 只支持 sqlite:文件。", "--db must be sqlite:FILE."))
	}
	if simulate.Exists(path) {
		if c.IfMissing {
			return nil
		}
		return errors.New(s.Lang.Tf("文件已存在：%s", "%s is there already.", path))
	}
	until := time.Now()
	if c.Until != "" {
		day, err := time.ParseInLocation(time.DateOnly, c.Until, time.FixedZone("CST", 8*3600))
		if err != nil {
			return errors.New(s.Lang.T("--until 应写成 2026-11-22 的形式。", "--until must look like 2026-11-22."))
		}
		until = day.Add(18 * time.Hour)
	}
	return simulate.RunWhole(ctx, simulate.Options{Cases: c.Cases, Path: path, Slug: c.Zone, Seed: c.Seed, Mixed: c.Mixed, Until: until,
		Progress: func(line string) { fmt.Fprintln(s.Err, line) }})
}
