package store

import (
	"context"
	"testing"
	"time"

	"gezhi/internal/fault"

	"github.com/google/go-cmp/cmp"
)

func TestWebhooksAndTheirOutbox(t *testing.T) {
	forEngines(t, func(t *testing.T, db *DB) {
		want := Webhook{ID: 1, Name: "驾驶舱", URL: "https://example.gov.cn/x?y=z", Secret: []byte{0, 1, 255}, Kinds: []string{"case.moved", "case.closed"}, By: 7}
		write(t, db, func(tx *Tx) error {
			want.Created = tx.Now
			if err := tx.AddWebhook(want); err != nil {
				return err
			}
			return tx.AddWebhook(Webhook{ID: 2, Name: "另一个", URL: "https://example.com/", Secret: []byte{1}, Kinds: []string{"case.moved"}})
		})
		var first, second, other Notification
		write(t, db, func(tx *Tx) error {
			for _, n := range []*Notification{&first, &second, &other} {
				*n = Notification{ID: tx.NewID(), Webhook: 1, Event: "e", Kind: "case.moved", Body: `{"格":1}`, At: tx.Now, Since: tx.Now, Next: tx.Now}
			}
			other.Webhook = 2
			for _, n := range []Notification{second, other, first} { // in whatever order they were written
				if err := tx.AddNotification(n); err != nil {
					return err
				}
			}
			return nil
		})
		head := func() (n Notification, found bool) {
			t.Helper()
			read(t, db, func(r *Reader) (err error) { n, found, err = r.NextNotification(1); return err })
			return n, found
		}
		if got, _ := head(); !cmp.Equal(got, first) {
			t.Fatal(cmp.Diff(first, got))
		}
		read(t, db, func(r *Reader) error {
			list, err := r.Webhooks()
			if len(list) != 2 || !cmp.Equal(list[1], want) {
				t.Errorf("%+v", list)
			}
			return err
		})
		failed := first
		failed.Tries, failed.Next, failed.Status, failed.Failure, failed.Detail = 1, first.Next.Add(time.Minute), 500, "status", "x"
		move := func(was, now Notification) error {
			return db.InTx(context.Background(), zone, func(tx *Tx) error { return tx.MoveNotification(was, now) })
		}
		must(t, move(first, failed))
		if err := move(first, failed); fault.KindOf(err) != fault.Conflict {
			t.Errorf("moved twice from one state: %v", err)
		}
		if got, _ := head(); !cmp.Equal(got, failed) {
			t.Errorf("who waits holds up those behind: %s", cmp.Diff(failed, got))
		}
		done := failed
		done.Done = failed.Next
		must(t, move(failed, done))
		if got, _ := head(); got.ID != second.ID {
			t.Errorf("next is %+v", got)
		}
		write(t, db, func(tx *Tx) error { return tx.LoseNotifications(1, tx.Now.Add(time.Hour)) })
		if _, found := head(); found {
			t.Error("what was given up still waits")
		}
		read(t, db, func(r *Reader) error {
			b, err := r.Backlog(1)
			if want := (Backlog{Lost: 1, Last: done.Done}); !cmp.Equal(b, want) {
				t.Errorf("backlog %+v, want %+v", b, want)
			}
			list, err2 := r.Notifications(1, 0, 10)
			older, err3 := r.Notifications(1, list[0].ID, 10)
			if len(list) != 2 || list[0].ID != second.ID || len(older) != 1 || older[0].ID != first.ID {
				t.Errorf("%+v then %+v", list, older)
			}
			if _, err := r.Notification(2, first.ID); fault.KindOf(err) != fault.NotFound {
				t.Errorf("another webhook's notice: %v", err)
			}
			for _, e := range []error{err, err2, err3} {
				if e != nil {
					return e
				}
			}
			return nil
		})
		write(t, db, func(tx *Tx) error { return tx.PauseWebhook(2) })
		for name, do := range map[string]func(tx *Tx) error{"paused twice": func(tx *Tx) error { return tx.PauseWebhook(2) }, "resumed": func(tx *Tx) error { return tx.ResumeWebhook(1) }} {
			if err := db.InTx(context.Background(), zone, do); fault.KindOf(err) != fault.Conflict {
				t.Errorf("%s: %v", name, err)
			}
		}
		time.Sleep(2 * time.Millisecond) // so that resuming is later than writing
		write(t, db, func(tx *Tx) error { return tx.ResumeWebhook(2) })
		read(t, db, func(r *Reader) error {
			n, _, err := r.NextNotification(2)
			if !n.Since.After(other.Since) || !n.Next.Equal(n.Since) {
				t.Errorf("after resuming it waits since %v, before since %v", n.Since, other.Since)
			}
			return err
		})
		var dropped int64
		write(t, db, func(tx *Tx) (err error) { dropped, err = tx.DropNotifications(tx.Now.Add(time.Hour), 1); return err })
		write(t, db, func(tx *Tx) error {
			n, err := tx.DropNotifications(tx.Now.Add(time.Hour), 5)
			dropped += n
			return err
		})
		if n, found, _ := func() (n Notification, ok bool, err error) {
			read(t, db, func(r *Reader) error { n, ok, err = r.NextNotification(2); return err })
			return
		}(); dropped != 2 || !found || n.ID != other.ID {
			t.Errorf("%d were dropped; of those that wait %+v is left", dropped, n)
		}
	})
}
