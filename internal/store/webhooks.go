package store

import (
	"encoding/json"
	"errors"
	"math"
	"time"

	"gezhi/internal/casework"
	"gezhi/internal/fault"
)

// Webhook is an address that receives notices.
type Webhook struct {
	ID       int
	Name     string // which system receives
	URL      string
	Secret   []byte   // sealed
	Kinds    []string // what it is told of
	Created  time.Time
	By       casework.Person
	Disabled time.Time // since when it is paused; zero while it runs
}

// Notification is a notice for one webhook.
type Notification struct {
	ID      int64
	Webhook int
	Event   string // id by which the receiver knows a notice that came twice
	Kind    string
	Body    string // JSON as sent
	At      time.Time
	Since   time.Time // since when it has been tried to send it
	Tries   int
	Next    time.Time // not before
	Done    time.Time // when the receiver took it; zero before
	Lost    time.Time // when it was given up; zero when it was not
	Status  int       // of the last answer; 0 when there was none
	Failure string    // why the last try failed
	Detail  string
}

// NoticeSending is a notification's failure while a try goes on.
const NoticeSending = "sending"

// Sending reports whether a try goes on, or was cut off and is to be made again.
func (n Notification) Sending() bool { return n.Open() && n.Failure == NoticeSending }

// Open reports whether it still is to be sent.
func (n Notification) Open() bool { return n.Done.IsZero() && n.Lost.IsZero() }

// AddWebhook keeps a new webhook under the zone's next number, which the caller took with NextNumber.
func (tx *Tx) AddWebhook(h Webhook) error {
	kinds, err := json.Marshal(h.Kinds)
	if err != nil {
		return err
	}
	return tx.exec(`INSERT INTO webhooks (zone, id, name, url, secret, kinds, created_at, created_by) VALUES ($1,$2,$3,$4,$5,$6,$7,$8)`,
		tx.Zone, h.ID, h.Name, h.URL, h.Secret, string(kinds), tx.Now, int64(h.By))
}

const webhookColumns = `id, name, url, secret, kinds, created_at, created_by, disabled_at`

func scanWebhook(rows *Rows) (h Webhook, err error) {
	var kinds string
	err = rows.Scan(&h.ID, &h.Name, &h.URL, &h.Secret, &kinds, &h.Created, &h.By, &h.Disabled)
	return h, errors.Join(err, json.Unmarshal([]byte(kinds), &h.Kinds))
}

// Webhooks lists the zone's webhooks, the newest first, paused ones too.
func (r *Reader) Webhooks() ([]Webhook, error) {
	return collect(r, scanWebhook, `SELECT `+webhookColumns+` FROM webhooks WHERE zone=$1 ORDER BY id DESC`, r.Zone)
}

// Webhook loads one; NotFound otherwise.
func (r *Reader) Webhook(id int) (Webhook, error) {
	return find(r, fault.New(fault.NotFound, "没有这个推送地址。", "There is no such webhook."), scanWebhook, `SELECT `+webhookColumns+` FROM webhooks WHERE zone=$1 AND id=$2`, r.Zone, id)
}

// PauseWebhook stops one until ResumeWebhook; Conflict when it is stopped.
func (tx *Tx) PauseWebhook(id int) error {
	return tx.mustChange(fault.New(fault.Conflict, "推送已经暂停。", "It is paused already."), `UPDATE webhooks SET disabled_at=$1 WHERE zone=$2 AND id=$3 AND disabled_at=0`, tx.Now, tx.Zone, id)
}

// ResumeWebhook lets a paused one run again. What waited since before is as fresh as what comes now.
func (tx *Tx) ResumeWebhook(id int) error {
	if err := tx.mustChange(fault.New(fault.Conflict, "推送没有暂停。", "It is not paused."), `UPDATE webhooks SET disabled_at=0 WHERE zone=$1 AND id=$2 AND disabled_at<>0`, tx.Zone, id); err != nil {
		return err
	}
	return tx.exec(`UPDATE webhook_outbox SET since=$1, next_at=$1 WHERE zone=$2 AND webhook=$3 AND done_at=0 AND lost_at=0`, at(tx.Now), tx.Zone, id)
}

// AddNotification puts a notice into the outbox, to be sent at once.
func (tx *Tx) AddNotification(n Notification) error {
	return tx.exec(`INSERT INTO webhook_outbox (zone, id, webhook, event, kind, body, at, since, next_at) VALUES ($1,$2,$3,$4,$5,$6,$7,$7,$7)`,
		tx.Zone, n.ID, n.Webhook, n.Event, n.Kind, n.Body, at(tx.Now))
}

const notificationColumns = `id, webhook, event, kind, body, at, since, tries, next_at, done_at, lost_at, status, failure, detail`

func scanNotification(rows *Rows) (n Notification, err error) {
	return n, rows.Scan(&n.ID, &n.Webhook, &n.Event, &n.Kind, &n.Body, &n.At, &n.Since, &n.Tries, &n.Next, &n.Done, &n.Lost, &n.Status, &n.Failure, &n.Detail)
}

// NextNotification is the first notice that waits for a webhook; false when none does. Those behind it wait for it.
func (r *Reader) NextNotification(webhook int) (Notification, bool, error) {
	list, err := collect(r, scanNotification, `SELECT `+notificationColumns+` FROM webhook_outbox WHERE zone=$1 AND webhook=$2 AND done_at=0 AND lost_at=0 ORDER BY id LIMIT 1`, r.Zone, webhook)
	if err != nil || len(list) == 0 {
		return Notification{}, false, err
	}
	return list[0], true, nil
}

// Notifications lists what was and is to be sent to a webhook, the newest first, before the given one unless that is 0, at
// most limit.
func (r *Reader) Notifications(webhook int, before int64, limit int) ([]Notification, error) {
	if before == 0 {
		before = math.MaxInt64
	}
	return collect(r, scanNotification, `SELECT `+notificationColumns+` FROM webhook_outbox WHERE zone=$1 AND webhook=$2 AND id < $3 ORDER BY id DESC LIMIT $4`, r.Zone, webhook, before, limit)
}

// Notification loads one of a webhook's; NotFound otherwise.
func (r *Reader) Notification(webhook int, id int64) (Notification, error) {
	return find(r, fault.New(fault.NotFound, "没有这条推送。", "There is no such notice."), scanNotification,
		`SELECT `+notificationColumns+` FROM webhook_outbox WHERE zone=$1 AND webhook=$2 AND id=$3`, r.Zone, webhook, id)
}

// Backlog is how much waits for a webhook, how much was given up, and the newest notice's end.
type Backlog struct {
	Waiting int
	Lost    int
	Last    time.Time // when a notice was last taken; zero before the first
}

// Backlog counts what a webhook has not taken.
func (r *Reader) Backlog(webhook int) (b Backlog, err error) {
	return find(r, nil, func(rows *Rows) (b Backlog, err error) { return b, rows.Scan(&b.Waiting, &b.Lost, &b.Last) },
		`SELECT (SELECT COUNT(*) FROM webhook_outbox WHERE zone=$1 AND webhook=$2 AND done_at=0 AND lost_at=0),
			(SELECT COUNT(*) FROM webhook_outbox WHERE zone=$1 AND webhook=$2 AND lost_at<>0),
			(SELECT COALESCE(MAX(done_at), 0) FROM webhook_outbox WHERE zone=$1 AND webhook=$2 AND done_at<>0)`, r.Zone, webhook)
}

// MoveNotification stores what became of a notice since it was read as was; Conflict when somebody else did meanwhile.
func (tx *Tx) MoveNotification(was, now Notification) error {
	taken := fault.New(fault.Conflict, "这条推送正在发送，请稍后再试。", "The notice is just being sent; try again in a moment.")
	return tx.mustChange(taken, `UPDATE webhook_outbox SET since=$1, tries=$2, next_at=$3, done_at=$4, lost_at=$5, status=$6, failure=$7, detail=$8
		WHERE zone=$9 AND id=$10 AND tries=$11 AND next_at=$12 AND done_at=$13 AND lost_at=$14`,
		at(now.Since), now.Tries, at(now.Next), at(now.Done), at(now.Lost), now.Status, now.Failure, now.Detail, tx.Zone, was.ID, was.Tries, at(was.Next), at(was.Done), at(was.Lost))
}

// LoseNotifications gives up every notice for a webhook that has waited since before the time.
func (tx *Tx) LoseNotifications(webhook int, before time.Time) error {
	return tx.exec(`UPDATE webhook_outbox SET lost_at=$1 WHERE zone=$2 AND webhook=$3 AND done_at=0 AND lost_at=0 AND since < $4`, at(tx.Now), tx.Zone, webhook, at(before))
}

// DropNotifications forgets notices written before the time that were taken or given up, at most limit of them.
func (tx *Tx) DropNotifications(before time.Time, limit int) (int64, error) {
	return tx.execCount(`DELETE FROM webhook_outbox WHERE zone=$1 AND id IN (SELECT id FROM webhook_outbox WHERE zone=$1 AND at < $2 AND (done_at <> 0 OR lost_at <> 0) ORDER BY at LIMIT $3)`,
		tx.Zone, at(before), limit)
}
