package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"syscall"
	"time"

	"gezhi/internal/simulate"
)

var address = regexp.MustCompile(`http://127\.0\.0\.1:\d+/`)

// start measures from the start of the process to its first page: the service over the large database, and the
// demonstration, which first makes its districts.
func (b *bench) start(ctx context.Context) error {
	path, err := b.path(ctx)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "gezhi-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	program := filepath.Join(dir, "gezhi")
	if out, err := exec.CommandContext(ctx, "go", "build", "-o", program, "./cmd/gezhi").CombinedOutput(); err != nil {
		return fmt.Errorf("build: %w: %s", err, out)
	}
	serve := []string{"serve", "--db", "sqlite:" + path, "--key", simulate.KeyFile(path), "--addr", "127.0.0.1:0"}
	var took []time.Duration
	for range 5 {
		if err := evict(path); err != nil {
			return err
		}
		t, err := firstPage(ctx, program, serve...)
		if err != nil {
			return err
		}
		took = append(took, t)
	}
	b.within(fmt.Sprintf("start with %d cases to first page, cold, slowest of 5", b.cases), percentile(took, 100), time.Second, "")
	t, err := firstPage(ctx, program, "demo", "--addr", "127.0.0.1:0")
	if err != nil {
		return err
	}
	b.within("gezhi demo, compiled, to first page", t, 10*time.Second, "")
	return nil
}

// firstPage starts the program, waits for its first page and ends it.
func firstPage(ctx context.Context, program string, args ...string) (time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, args...)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 20 * time.Second
	out, err := cmd.StdoutPipe()
	if err != nil {
		return 0, err
	}
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	defer func() {
		cmd.Process.Signal(syscall.SIGTERM)
		cmd.Wait()
	}()
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if at := address.FindString(lines.Text()); at != "" {
			go io.Copy(io.Discard, out)
			r, err := http.NewRequestWithContext(ctx, "GET", at, nil)
			if err != nil {
				return 0, err
			}
			page, err := http.DefaultClient.Do(r)
			if err != nil {
				return 0, err
			}
			defer page.Body.Close()
			if _, err := io.Copy(io.Discard, page.Body); err != nil || page.StatusCode != http.StatusOK {
				return 0, fmt.Errorf("the first page answers %d: %w", page.StatusCode, err)
			}
			return time.Since(began), nil
		}
	}
	return 0, fmt.Errorf("%s said no address", args[0])
}
