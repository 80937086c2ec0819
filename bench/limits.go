package main

import (
	"context"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// limits measures what no program on this disk can undercut: how long it takes until 4 KiB are safe.
func (b *bench) limits(context.Context) error {
	dir, err := os.MkdirTemp("", "gezhi-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	f, err := os.Create(filepath.Join(dir, "f"))
	if err != nil {
		return err
	}
	defer f.Close()
	page := make([]byte, 4096)
	var took []time.Duration
	for range 300 {
		if _, err := f.Write(page); err != nil {
			return err
		}
		start := time.Now()
		if err := syscall.Fdatasync(int(f.Fd())); err != nil {
			return err
		}
		took = append(took, time.Since(start))
	}
	b.fact("fdatasync of 4 KiB appended, p50 / p99", round(percentile(took, 50))+" / "+round(percentile(took, 99)))
	return nil
}

// evict asks the kernel to forget what it has of a file, so that the next requests read the disk.
func evict(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	const dontNeed = 4 // POSIX_FADV_DONTNEED
	if _, _, e := syscall.Syscall6(syscall.SYS_FADVISE64, f.Fd(), 0, 0, dontNeed, 0, 0); e != 0 {
		return e
	}
	return nil
}
