package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"gezhi/internal/app"
	"gezhi/internal/pack"
	"gezhi/internal/seal"
	"gezhi/internal/store"
)

// installCmd puts a district into a database and makes the first three accounts.
type installCmd struct {
	Zone string `help:"A built-in district: binjiang, yangling. 内置辖区。" xor:"from"`
	Pack string `help:"Folder of a district's own pack, see packs/README.md. 自备数据包目录。" type:"existingdir" xor:"from"`
	DB   string `name:"db" env:"GEZHI_DB" default:"sqlite:gezhi.db" help:"Database: sqlite:FILE or postgres://… 数据库。"`
	Key  string `env:"GEZHI_KEY" default:"gezhi.key" help:"File with the key that seals personal data, made when missing. 个人信息密钥文件，没有则新建。"`
}

// Run installs and prints the accounts with their one-time passwords.
func (c installCmd) Run(s std) error {
	ctx := context.Background()
	p, err := c.pack(s)
	if err != nil {
		return err
	}
	ring, err := seal.LoadOrCreate(seal.AES, c.Key)
	if err != nil {
		return err
	}
	db, err := store.Open(ctx, c.DB, store.Options{})
	if err != nil {
		return err
	}
	defer db.Close()
	a := app.New(db, ring, app.Options{})
	if err := a.Install(ctx, p, false); err != nil {
		return err
	}
	accounts, err := a.AddFirstAccounts(ctx, p.Zone.Code)
	if err != nil {
		return err
	}
	fmt.Fprintln(s.Out, s.Lang.Tf("已安装%[1]s（%[2]d）。首批账号如下，密码只显示这一次，首次登录须修改：",
		"%[3]s (%[2]d) is installed. These are its first accounts; each password is shown only now and must be changed at the first sign-in:",
		p.Zone.Name.ZH, p.Zone.Code, p.Zone.Name.EN))
	for _, x := range accounts {
		fmt.Fprintf(s.Out, "%-10s %s  %s\n", x.Login, x.Password, x.Role.Name.In(s.Lang))
	}
	fmt.Fprintln(s.Out, s.Lang.T("防篡改日志的公钥如下，请在办事大厅、官网等处公布，供居民核对凭证：",
		"This is the public key of the tamper-evident log. Publish it where residents trust it, to check receipts with:"))
	if err := printLogKey(s, a, p.Zone.Code); err != nil {
		return err
	}
	fmt.Fprintln(s.Err, s.Lang.Tf("密钥文件 %s 请与数据库分开备份：丢失后已加密的个人信息无法恢复。",
		"Back up the key file %s apart from the database: without it sealed personal data is lost.", c.Key))
	return nil
}

func (c installCmd) pack(s std) (*pack.Pack, error) {
	switch {
	case c.Zone != "":
		return pack.Open(c.Zone)
	case c.Pack != "":
		dir := filepath.Clean(c.Pack)
		return pack.Load(os.DirFS(filepath.Dir(dir)), filepath.Base(dir))
	}
	return nil, errors.New(s.Lang.T("请用 --zone 或 --pack 指明要安装的辖区。", "Say which district with --zone or --pack."))
}
