package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"gezhi/internal/app"
	"gezhi/internal/calendar"
	"gezhi/internal/fault"
)

// keyCmd manages the keys by which other systems use the API. The security administrator's page does the same.
type keyCmd struct {
	Add    keyAdd    `cmd:"" help:"Make a key and print it, this once. 新建密钥，只显示一次。"`
	List   keyList   `cmd:"" help:"List the keys of a district. 列出辖区的密钥。"`
	Revoke keyRevoke `cmd:"" help:"End a key for good. 撤销密钥。"`
}

// keyPlace is where the keys are.
type keyPlace struct {
	Zone string `required:"" placeholder:"binjiang" help:"The district: its short name or six-digit code. 辖区简称或六位代码。"`
	DB   string `name:"db" env:"GEZHI_DB" default:"sqlite:gezhi.db" help:"Database: sqlite:FILE or postgres://… 数据库。"`
	Key  string `env:"GEZHI_KEY" default:"gezhi.key" help:"File with the key that seals personal data. 个人信息密钥文件。"`
}

type keyAdd struct {
	keyPlace
	Name     string   `required:"" help:"Which system will use it. 使用密钥的系统。"`
	Scope    []string `required:"" help:"What it may do: transfers.write, transfers.read, holds.write, accounts.read. 权限。"`
	Accounts []string `required:"" help:"Accounts it may debit and read: sponsor:7, pool:330108001*, *. 可转出和查询的账户。"`
	Expires  string   `placeholder:"2027-12-31" help:"Last day of use; no end by default. 最后有效日，默认长期。"`
}

type keyList struct{ keyPlace }

type keyRevoke struct {
	keyPlace
	Number int `arg:"" help:"Number of the key, as list prints it. 密钥编号。"`
}

// open finds the district.
func (k keyPlace) open(ctx context.Context, s std) (*app.App, int, error) {
	a, err := openInstalled(ctx, s, k.DB, k.Key)
	if err != nil {
		return nil, 0, err
	}
	zones, err := a.Zones(ctx)
	for _, z := range zones {
		if z.Slug == k.Zone || strconv.Itoa(z.Code) == k.Zone {
			return a, z.Code, nil
		}
	}
	a.DB().Close()
	if err == nil {
		err = fault.New(fault.NotFound, "没有安装辖区“%s”。", "There is no district %q here.", k.Zone)
	}
	return nil, 0, err
}

// Run makes a key.
func (k keyAdd) Run(s std) error {
	ctx := context.Background()
	a, zone, err := k.open(ctx, s)
	if err != nil {
		return err
	}
	defer a.DB().Close()
	key, err := a.AddAPIKeyLocally(ctx, zone, app.NewAPIKey{Name: k.Name, Scopes: k.Scope, Accounts: strings.Join(k.Accounts, " "), Expires: k.Expires})
	if err != nil {
		return err
	}
	fmt.Fprintln(s.Out, key)
	fmt.Fprintln(s.Err, s.Lang.T("密钥只显示这一次，请妥善保存。", "The key is shown only now; keep it safe."))
	return nil
}

// Run lists the keys.
func (k keyList) Run(s std) error {
	ctx := context.Background()
	a, zone, err := k.open(ctx, s)
	if err != nil {
		return err
	}
	defer a.DB().Close()
	list, err := a.APIKeysLocally(ctx, zone)
	if err != nil {
		return err
	}
	day := func(t time.Time) string {
		if t.IsZero() {
			return "—"
		}
		return t.In(calendar.Zone()).Format(time.DateOnly)
	}
	w := tabwriter.NewWriter(s.Out, 2, 8, 2, ' ', 0)
	for _, x := range list {
		state := s.Lang.T("有效", "in force")
		switch {
		case !x.Revoked.IsZero():
			state = s.Lang.T("已撤销 ", "revoked ") + day(x.Revoked)
		case !x.Expires.IsZero() && !a.Now().Before(x.Expires):
			state = s.Lang.T("已过期", "expired")
		}
		fmt.Fprintf(w, "%d\t%s\t%s\t%s\t%s\t%s\n", x.ID, x.Name, state, strings.Join(x.Scopes, ","), strings.Join(x.Accounts, " "),
			s.Lang.T("最近使用 ", "last used ")+day(x.Used))
	}
	return w.Flush()
}

// Run ends a key.
func (k keyRevoke) Run(s std) error {
	ctx := context.Background()
	a, zone, err := k.open(ctx, s)
	if err != nil {
		return err
	}
	defer a.DB().Close()
	if err := a.RevokeAPIKeyLocally(ctx, zone, k.Number); err != nil {
		return err
	}
	fmt.Fprintln(s.Out, s.Lang.T("已撤销；正在运行的服务一秒内拒绝它。", "Revoked; a service that is running refuses it within a second."))
	return nil
}
