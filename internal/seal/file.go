package seal

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Load reads the key file at path (see Parse). A file that others can read, or the group can write, is refused.
func Load(suite Suite, path string) (*Ring, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.Mode().Perm()&0o027 != 0 {
		return nil, fmt.Errorf("seal: key file %s has mode %04o, so others can read or change it; run: chmod 600 %[1]s", path, info.Mode().Perm())
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	r, err := Parse(suite, string(text))
	if err != nil {
		return nil, fmt.Errorf("key file %s: %w", path, err)
	}
	return r, nil
}

// LoadOrCreate loads the key file, writing one with a new random key and mode 0600 when there is none.
// Of several processes that start together one creates it and all load the same.
// Whoever loses this file loses every sealed value: back it up apart from the database.
func LoadOrCreate(suite Suite, path string) (*Ring, error) {
	if r, err := Load(suite, path); !errors.Is(err, fs.ErrNotExist) {
		return r, err
	}
	master := make([]byte, MasterSize)
	if _, err := rand.Read(master); err != nil {
		return nil, err
	}
	text := "# Gezhi master key. Keep it apart from the database and its backups; without it sealed data is lost.\n" +
		"# 格治主密钥：请与数据库及其备份分开保存，丢失后加密数据无法恢复。轮换时在末尾追加一行，勿删除旧行。\n" +
		base64.StdEncoding.EncodeToString(master) + "\n"
	if err := create(path, text); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("create key file %s: %w", path, err)
	}
	return Load(suite, path)
}

// create writes a whole, synced file under another name and then links it: the name appears at once or
// not at all, and never over a file that is already there.
func create(path, text string) error {
	tmp, err := os.CreateTemp(filepath.Dir(path), ".key-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	defer tmp.Close()
	if _, err := tmp.WriteString(text); err != nil {
		return err
	}
	if err := tmp.Sync(); err != nil {
		return err
	}
	if err := os.Link(tmp.Name(), path); err != nil {
		return err
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	defer dir.Close()
	return dir.Sync()
}
