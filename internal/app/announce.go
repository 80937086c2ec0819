package app

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"gezhi/internal/calendar"
	"gezhi/internal/casework"
	"gezhi/internal/lang"
	"gezhi/internal/store"
)

// NoticeKind is something other systems can be told of.
type NoticeKind struct {
	ID   string
	Name lang.Text
}

// The kinds of notice.
const (
	toldOpened     = "case.opened"
	toldMoved      = "case.moved"
	toldClosed     = "case.closed"
	toldSupervised = "case.supervised"
	toldDeadline   = "case.deadline"
	toldMerged     = "case.merged"
	toldTest       = "webhook.test" // sent by hand only
)

// NoticeKinds lists what a webhook can be told of.
func NoticeKinds() []NoticeKind {
	return []NoticeKind{
		{toldOpened, lang.Text{ZH: "案件上报", EN: "A case is reported"}},
		{toldMoved, lang.Text{ZH: "案件流转（结案除外）", EN: "A case moves (closing left out)"}},
		{toldClosed, lang.Text{ZH: "案件结案", EN: "A case is closed"}},
		{toldSupervised, lang.Text{ZH: "案件督办（预警、超期）", EN: "A case is supervised: warned or overdue"}},
		{toldDeadline, lang.Text{ZH: "工作日历变更后期限重算", EN: "A deadline is another because the calendar changed"}},
		{toldMerged, lang.Text{ZH: "另一案件并入", EN: "Another case is merged into it"}},
	}
}

// told is a notice as other systems get it. It says where a case stands and nothing about anybody: no names, no words,
// no place, no photos. Whoever may see more looks the case up.
type told struct {
	ID        string `json:"id"`   // the same when it is sent again
	Type      string `json:"type"` // case.moved …
	Zone      int    `json:"zone"`
	Case      string `json:"case"` // number
	Procedure string `json:"procedure"`
	Version   int    `json:"version"` // of the procedure
	Move      string `json:"move"`    // id of the move, or supervised, reprojected, merged_in
	From      string `json:"from"`    // stage before; empty when the case is new
	Stage     string `json:"stage"`
	Result    string `json:"result,omitempty"`   // id; only once it is closed
	Percent   int    `json:"percent,omitempty"`  // of the limit that is used up; only of supervision
	Deadline  string `json:"deadline,omitempty"` // the nearest one; none when no clock runs
	Time      string `json:"time"`
}

// announce puts what happened to a case into the outbox of every webhook that is to be told. It belongs to the transaction
// that stores the history: neither is kept without the other.
func announce(tx *store.Tx, z *Zone, out casework.Outcome) error {
	if len(z.Webhooks) == 0 {
		return nil
	}
	p := z.Version(out.Case.Procedure, out.Case.Version)
	for _, e := range out.Events {
		kind := noticeKind(p, e)
		body := ""
		for _, h := range z.Webhooks {
			if !slices.Contains(h.Kinds, kind) {
				continue
			}
			n := store.Notification{ID: tx.NewID(), Webhook: h.ID, Event: fmt.Sprintf("%s.%d", out.Case.Number, e.Seq), Kind: kind}
			if body == "" {
				text, err := json.Marshal(noticeOf(out.Case, e, n.Event, kind, p))
				if err != nil {
					return err
				}
				body = string(text)
			}
			n.Body = body
			if err := tx.AddNotification(n); err != nil {
				return err
			}
		}
	}
	return nil
}

func noticeOf(c casework.Case, e casework.Event, id, kind string, p *casework.Procedure) told {
	t := told{ID: id, Type: kind, Zone: c.Zone, Case: c.Number, Procedure: c.Procedure, Version: c.Version, Move: e.Move, From: e.From, Stage: e.To,
		Deadline: isoTime(e.Due), Time: isoTime(e.At)}
	if s, ok := p.Stage(e.To); ok {
		t.Result = s.Result
	}
	if e.Move == casework.EventSupervised {
		t.Percent, _ = strconv.Atoi(e.Reason) // the rung's name is its percentage
	}
	return t
}

// isoTime is an instant as GB/T 7408 and RFC 3339 write it, in China's time; "" for none.
func isoTime(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(calendar.Zone()).Format(time.RFC3339)
}

// noticeKind is what a line of history is to other systems.
func noticeKind(p *casework.Procedure, e casework.Event) string {
	switch e.Move {
	case casework.EventSupervised:
		return toldSupervised
	case casework.EventReprojected:
		return toldDeadline
	case casework.EventMergedIn:
		return toldMerged
	}
	if e.Seq == 1 {
		return toldOpened
	}
	was, _ := p.Stage(e.From)
	now, _ := p.Stage(e.To)
	if was.Result == "" && now.Result != "" {
		return toldClosed
	}
	return toldMoved
}

func (z *Zone) loadWebhooks(r *store.Reader) error {
	list, err := r.Webhooks()
	z.Webhooks = slices.DeleteFunc(list, func(h store.Webhook) bool { return !h.Disabled.IsZero() })
	return err
}
