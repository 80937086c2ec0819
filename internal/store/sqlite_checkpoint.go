package store

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// checkpointPause is how long the log may gather commits before they are copied into the file.
	checkpointPause = 200 * time.Millisecond
	// checkpointPages is the length of the log, in pages of 4 KiB, at which the writer waits for
	// the rest to be copied, so that the log starts again from its beginning.
	checkpointPages = 16000
)

// checkpointer copies what is in the write-ahead log into the database file, on a connection and
// a goroutine of its own. Left to SQLite, the writer would do that inside every commit that
// finds 1,000 pages in the log, which under load is every second or third group, and everybody in
// the queue would wait for the copying and for two more flushes of the disk.
type checkpointer struct {
	conn   *sqliteConn
	log    *slog.Logger
	wanted chan struct{}
	end    chan struct{}
	done   sync.WaitGroup
	pages  atomic.Int64 // in the log, when last looked
}

// startCheckpointer starts one; noSync leaves flushing the disk to SetSync.
func startCheckpointer(path string, log *slog.Logger, noSync bool) (*checkpointer, error) {
	conn, err := openSQLiteConn(path, writerPragmas)
	if err != nil {
		return nil, err
	}
	if noSync {
		if _, err := conn.exec("PRAGMA synchronous = OFF"); err != nil {
			conn.close()
			return nil, err
		}
	}
	c := &checkpointer{conn: conn, log: log, wanted: make(chan struct{}, 1), end: make(chan struct{})}
	c.done.Go(c.run)
	return c, nil
}

// wake tells that there is something to copy.
func (c *checkpointer) wake() {
	select {
	case c.wanted <- struct{}{}:
	default:
	}
}

func (c *checkpointer) run() {
	for {
		select {
		case <-c.end:
			return
		case <-c.wanted:
		}
		select {
		case <-c.end:
			return
		case <-time.After(checkpointPause):
		}
		pages, err := checkpoint(c.conn)
		if err != nil {
			c.log.Warn("checkpoint", "err", err) // tried again after the next commit
		}
		c.pages.Store(pages)
	}
}

// bound keeps the log from growing without end while the writer is never idle: between two groups
// nobody writes, so what is left to copy is little, and after it the log begins anew.
func (c *checkpointer) bound(writer *sqliteConn) error {
	if c.pages.Load() < checkpointPages {
		return nil
	}
	c.pages.Store(0)
	_, err := checkpoint(writer)
	return err
}

// checkpoint copies as much as no reader is in the way of, and gives the length of the log in pages.
// Finding the other connection at it is no error.
func checkpoint(conn *sqliteConn) (pages int64, err error) {
	cur, err := conn.query(context.Background(), "PRAGMA wal_checkpoint(PASSIVE)", nil)
	if err != nil {
		return 0, fmt.Errorf("checkpoint: %w", err)
	}
	var busy, copied int64
	err = row{rows: &Rows{cur}}.Scan(&busy, &pages, &copied)
	return pages, err
}

func (c *checkpointer) stop() {
	close(c.end)
	c.done.Wait()
	c.conn.close()
}
