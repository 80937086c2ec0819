package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"gezhi/internal/app"
	"gezhi/internal/fault"
	"gezhi/internal/proof"
)

// logCmd is about the tamper-evident log.
type logCmd struct {
	Key logKey `cmd:"" help:"The public keys that receipts are checked with. 核对凭证用的公钥。"`
}

// logKey prints the public key of each installed district's log.
type logKey struct {
	DB  string `name:"db" env:"GEZHI_DB" default:"sqlite:gezhi.db" help:"Database: sqlite:FILE or postgres://… 数据库。"`
	Key string `env:"GEZHI_KEY" default:"gezhi.key" help:"File with the key that seals personal data; the log's keys follow from it. 个人信息密钥文件，日志密钥由它派生。"`
}

// Run prints a key a line.
func (c logKey) Run(s std) error {
	a, err := openInstalled(context.Background(), s, c.DB, c.Key)
	if err != nil {
		return err
	}
	defer a.DB().Close()
	zones, err := a.Zones(context.Background())
	for _, z := range zones {
		if err == nil {
			err = printLogKey(s, a, z.Code)
		}
	}
	return err
}

func printLogKey(s std, a *app.App, zone int) error {
	key, err := a.LogKey(zone)
	if err == nil {
		fmt.Fprintln(s.Out, key)
	}
	return err
}

// verifyReceipt checks a receipt with the district's public key alone.
type verifyReceipt struct {
	File string `arg:"" help:"The receipt, a small JSON file; - for standard input. 凭证文件。"`
	Key  string `required:"" placeholder:"KEY" help:"The district's public key, or a file that holds it. 辖区公钥，或存有公钥的文件。"`
}

// Help is what --help adds.
func (verifyReceipt) Help() string {
	return `Get the key from somewhere the database's owner cannot change: the district's notice board, a newspaper, another
district. Ask for it once and keep it. The exit code is 0 when the receipt proves what it says, 1 when not.`
}

// Run prints what the receipt proves.
func (c verifyReceipt) Run(s std) error {
	v, err := c.verifier()
	if err != nil {
		return err
	}
	file, err := readFile(s, c.File)
	if err != nil {
		return fault.Field("file", "无法读取文件：%v", "cannot read the file: %v", err)
	}
	r, err := proof.ParseReceipt(file)
	if err != nil {
		return err
	}
	point, err := r.Verify(v)
	if err != nil {
		return err
	}
	fmt.Fprintln(s.Out, s.Lang.Tf("凭证有效：下面的记录是辖区 %d 防篡改日志的第 %d 条，已于 %s 随前 %d 条一并签名。",
		"The receipt is good. What follows is entry %[2]d of the log of district %[1]d, signed for at %[3]s with the first %[4]d entries.",
		r.Zone, r.Index+1, point.Time().Format("2006-01-02 15:04:05"), point.Size))
	for _, m := range proof.Members(r.Leaf) {
		fmt.Fprintf(s.Out, "  %-9s %s\n", m.Name, m.Value)
	}
	return nil
}

// verifier reads the key, which is given itself or as a file.
func (c verifyReceipt) verifier() (proof.Verifier, error) {
	v, err := proof.ParseKey(c.Key)
	if err == nil {
		return v, nil
	}
	text, e := os.ReadFile(c.Key)
	if e != nil {
		return v, err
	}
	return proof.ParseKey(strings.TrimSpace(string(text)))
}

// readFile reads a receipt, a little more than one may have at most.
func readFile(s std, name string) ([]byte, error) {
	in := s.In
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		in = f
	}
	return io.ReadAll(io.LimitReader(in, proof.MaxReceipt+1))
}
