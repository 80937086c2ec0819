package app

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/store"
)

// NewWebhook is an address to be registered, as a form holds it.
type NewWebhook struct {
	Name  string
	URL   string
	Kinds []string
}

// WebhookLine is a webhook as it is listed.
type WebhookLine struct {
	store.Webhook
	store.Backlog
	Maker string // who registered it
}

// Paused reports whether nothing is sent to it at present.
func (h WebhookLine) Paused() bool { return !h.Disabled.IsZero() }

func hookAAD(zone, id int) string { return fmt.Sprintf("webhooks/%d/%d/secret", zone, id) }

// Webhooks lists the zone's webhooks, the newest first.
func (a *App) Webhooks(ctx context.Context, v Viewer) ([]WebhookLine, error) {
	if err := v.need(EditUsers); err != nil {
		return nil, err
	}
	var out []WebhookLine
	err := a.db.View(ctx, v.Zone, func(r *store.Reader) error {
		list, err := r.Webhooks()
		if err != nil {
			return err
		}
		out, err = a.hookLines(r, v, list)
		return err
	})
	return out, err
}

func (a *App) hookLines(r *store.Reader, v Viewer, list []store.Webhook) ([]WebhookLine, error) {
	var who []casework.Person
	for _, h := range list {
		who = append(who, h.By)
	}
	slices.Sort(who)
	names, err := a.names(r, v, slices.Compact(who))
	if err != nil {
		return nil, err
	}
	out := make([]WebhookLine, len(list))
	for i, h := range list {
		out[i] = WebhookLine{Webhook: h, Maker: names[h.By]}
		if out[i].Backlog, err = r.Backlog(h.ID); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// Webhook loads one with its notices, the newest first, before the given one unless that is 0.
func (a *App) Webhook(ctx context.Context, v Viewer, id int, before int64, limit int) (WebhookLine, []store.Notification, error) {
	if err := v.need(EditUsers); err != nil {
		return WebhookLine{}, nil, err
	}
	var line WebhookLine
	var list []store.Notification
	err := a.db.View(ctx, v.Zone, func(r *store.Reader) error {
		h, err := r.Webhook(id)
		if err != nil {
			return err
		}
		lines, err := a.hookLines(r, v, []store.Webhook{h})
		if err != nil {
			return err
		}
		line = lines[0]
		list, err = r.Notifications(id, before, limit)
		return err
	})
	return line, list, err
}

// AddWebhook registers an address and answers its secret, to be told once: it is kept sealed. A form that came twice
// registers one and answers "" the second time.
func (a *App) AddWebhook(ctx context.Context, v Viewer, n NewWebhook, key string) (int, string, error) {
	h, err := a.checkWebhook(n)
	if err != nil {
		return 0, "", err
	}
	secret := "gzw_" + rand.Text() + rand.Text()
	told := ""
	err = a.change(ctx, v, EditUsers, key, func(e *edit) error {
		number, err := e.tx.NextNumber("webhook")
		if err != nil {
			return err
		}
		h.ID, h.By = int(number), v.Person
		if h.Secret, err = a.ring.Seal(hookAAD(v.Zone, h.ID), secret); err != nil {
			return err
		}
		e.recordHook("webhook.add", h, strings.Join(h.Kinds, " "))
		told = secret
		return e.tx.AddWebhook(h)
	}, nil)
	if err != nil {
		return 0, "", err
	}
	return h.ID, told, nil
}

// checkWebhook reads a form.
func (a *App) checkWebhook(n NewWebhook) (store.Webhook, error) {
	var bad fault.List
	h := store.Webhook{Name: strings.TrimSpace(n.Name), URL: strings.TrimSpace(n.URL)}
	if c := utf8.RuneCountInString(h.Name); c < 2 || c > 60 {
		bad.Add("name", "请填写 2 至 60 个字，写明接收系统。", "Name the system that receives, in 2 to 60 characters.")
	}
	bad = append(bad, fault.Fields(a.hooks.Reach().Check(h.URL))...)
	for _, k := range NoticeKinds() {
		if slices.Contains(n.Kinds, k.ID) {
			h.Kinds = append(h.Kinds, k.ID)
		}
	}
	if len(h.Kinds) == 0 || len(h.Kinds) < len(n.Kinds) {
		bad.Add("kinds", "请至少选择一种消息。", "Choose at least one thing to be told of.")
	}
	return h, bad.Err()
}

// recordHook adds an entry to the audit log. Of the address it keeps what is before the question mark: receivers put keys
// of theirs behind it.
func (e *edit) recordHook(action string, h store.Webhook, detail string) {
	address := h.URL
	if u, err := url.Parse(h.URL); err == nil {
		u.RawQuery = ""
		address = u.String()
	}
	e.record(action, "webhook:"+strconv.Itoa(h.ID), h.Name, strings.TrimSpace(address+" "+detail))
}

// PauseWebhook stops notices to an address: what happens from then on is not told, what waits already goes on waiting.
func (a *App) PauseWebhook(ctx context.Context, v Viewer, id int, key string) error {
	return a.hookChange(ctx, v, id, key, "webhook.pause", (*store.Tx).PauseWebhook)
}

// ResumeWebhook lets notices to an address go on.
func (a *App) ResumeWebhook(ctx context.Context, v Viewer, id int, key string) error {
	return a.hookChange(ctx, v, id, key, "webhook.resume", (*store.Tx).ResumeWebhook)
}

func (a *App) hookChange(ctx context.Context, v Viewer, id int, key, action string, do func(*store.Tx, int) error) error {
	return a.change(ctx, v, EditUsers, key, func(e *edit) error {
		h, err := e.tx.Webhook(id)
		if err != nil {
			return err
		}
		e.recordHook(action, h, "")
		return do(e.tx, id)
	}, nil)
}

// TestWebhook sends a notice about nothing, on the way all others go.
func (a *App) TestWebhook(ctx context.Context, v Viewer, id int, key string) error {
	if err := v.need(EditUsers); err != nil {
		return err
	}
	return a.plain(ctx, v, key, func(e *edit) error {
		h, err := e.tx.Webhook(id)
		if err != nil {
			return err
		}
		if !h.Disabled.IsZero() {
			return fault.New(fault.Conflict, "推送已暂停，请先恢复。", "It is paused; resume it first.")
		}
		n := store.Notification{ID: e.tx.NewID(), Webhook: id, Kind: toldTest}
		n.Event = fmt.Sprintf("test.%d", n.ID)
		body, err := json.Marshal(struct {
			ID   string `json:"id"`
			Type string `json:"type"`
			Zone int    `json:"zone"`
			Time string `json:"time"`
		}{n.Event, toldTest, v.Zone, isoTime(e.tx.Now)})
		if err != nil {
			return err
		}
		n.Body = string(body)
		e.recordHook("webhook.test", h, "")
		return e.tx.AddNotification(n)
	})
}

// SendAgain sends a notice that waits, or was given up, now; its day begins anew. Those that came after it may have been
// taken before it.
func (a *App) SendAgain(ctx context.Context, v Viewer, id int, notice int64, key string) error {
	if err := v.need(EditUsers); err != nil {
		return err
	}
	return a.plain(ctx, v, key, func(e *edit) error {
		h, err := e.tx.Webhook(id)
		if err != nil {
			return err
		}
		was, err := e.tx.Notification(id, notice)
		switch {
		case err != nil:
			return err
		case !was.Done.IsZero():
			return fault.New(fault.Conflict, "这条推送已经送达。", "The notice was taken already.")
		case was.Sending() && was.Next.After(e.tx.Now):
			return fault.New(fault.Conflict, "这条推送正在发送，请稍后再试。", "The notice is just being sent; try again in a moment.")
		}
		now := was
		now.Since, now.Next, now.Tries, now.Lost = e.tx.Now, e.tx.Now, 0, time.Time{}
		e.recordHook("webhook.again", h, was.Event)
		return e.tx.MoveNotification(was, now)
	})
}
