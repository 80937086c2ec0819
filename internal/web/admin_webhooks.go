package web

import (
	"strconv"
	"strings"
	"time"

	"gezhi/internal/app"
	"gezhi/internal/store"
	"gezhi/internal/web/ui"
	"gezhi/internal/webhook"

	"github.com/a-h/templ"
)

// webhooksPage lists the addresses that receive notices.
type webhooksPage struct {
	office
	List []app.WebhookLine
}

func (s *Server) showWebhooks(v *visit) error { return v.untouched(v.webhooks) }

func (v *visit) webhooks(in ui.Input) (templ.Component, error) {
	list, err := v.s.app.Webhooks(v.Context(), v.viewer)
	if err != nil {
		return nil, err
	}
	return webhooksView(webhooksPage{office: v.office(v.lang.T("消息推送", "Webhooks"), "webhooks", in), List: list}), nil
}

func (s *Server) addWebhook(v *visit) error {
	if err := v.parse(); err != nil {
		return err
	}
	f := v.PostForm
	n := app.NewWebhook{Name: f.Get("name"), URL: f.Get("url"), Kinds: f["kinds"]}
	id, secret, err := s.app.AddWebhook(v.Context(), v.viewer, n, f.Get(ui.KeyName))
	if err == nil && secret != "" {
		// The answer to the form itself, so that the secret is kept nowhere in clear.
		return v.render(newWebhookView(v.office(v.lang.T("新推送地址", "New webhook"), "webhooks", v.blankInput()), strings.TrimSpace(n.Name), secret, id))
	}
	return v.settle(err, v.webhooks, v.lang.T("该推送地址已建立，签名密钥只显示一次；没有记下的请暂停后另建。", "The webhook exists and its secret was shown once; if it was not kept, pause this one and make another."), v.admin("webhooks"))
}

// webhookPage is one address with what was and is to be sent to it.
type webhookPage struct {
	office
	app.WebhookLine
	Sent  []store.Notification
	Pages ui.Pages
}

// noticesShown is how many notices a page lists.
const noticesShown = 50

func (v *visit) webhookID() (int, error) {
	id, err := strconv.Atoi(v.PathValue("id"))
	if err != nil {
		return 0, errNoPage
	}
	return id, nil
}

func (s *Server) showWebhook(v *visit) error { return v.untouched(v.webhook) }

func (v *visit) webhook(in ui.Input) (templ.Component, error) {
	id, err := v.webhookID()
	if err != nil {
		return nil, err
	}
	before, _ := strconv.ParseInt(v.URL.Query().Get("before"), 10, 64)
	p := webhookPage{}
	if p.WebhookLine, p.Sent, err = v.s.app.Webhook(v.Context(), v.viewer, id, max(before, 0), noticesShown+1); err != nil {
		return nil, err
	}
	p.office = v.office(p.Name, "webhooks", in)
	if before > 0 {
		p.Pages.Previous = p.path()
	}
	if len(p.Sent) > noticesShown {
		p.Sent = p.Sent[:noticesShown]
		p.Pages.Next = p.path() + "?before=" + itoa(p.Sent[noticesShown-1].ID)
	}
	return webhookView(p), nil
}

func (p webhookPage) path(parts ...string) string {
	return p.V.admin(append([]string{"webhooks", strconv.Itoa(p.ID)}, parts...)...)
}

// webhookForm does one thing to the webhook of the address and goes back to its page.
func (v *visit) webhookForm(said string, do func(id int, key string) error) error {
	id, err := v.webhookID()
	if err != nil {
		return err
	}
	if err := v.parse(); err != nil {
		return err
	}
	return v.settle(do(id, v.PostForm.Get(ui.KeyName)), v.webhook, said, v.admin("webhooks", strconv.Itoa(id)))
}

func (s *Server) testWebhook(v *visit) error {
	return v.webhookForm(v.lang.T("试发消息已排队，片刻后刷新本页看结果。", "A test notice is on its way; reload this page in a moment to see what became of it."),
		func(id int, key string) error { return s.app.TestWebhook(v.Context(), v.viewer, id, key) })
}

func (s *Server) pauseWebhook(v *visit) error {
	return v.webhookForm(v.lang.T("已暂停；暂停期间发生的事不再推送，也不补发。", "Paused; what happens meanwhile is not told, later neither."),
		func(id int, key string) error { return s.app.PauseWebhook(v.Context(), v.viewer, id, key) })
}

func (s *Server) resumeWebhook(v *visit) error {
	return v.webhookForm(v.lang.T("已恢复推送。", "Resumed."),
		func(id int, key string) error { return s.app.ResumeWebhook(v.Context(), v.viewer, id, key) })
}

func (s *Server) sendAgain(v *visit) error {
	notice, err := strconv.ParseInt(v.PathValue("notice"), 10, 64)
	if err != nil {
		return errNoPage
	}
	return v.webhookForm(v.lang.T("已重新排队，片刻后刷新本页看结果。", "It is on its way again; reload this page in a moment."),
		func(id int, key string) error { return s.app.SendAgain(v.Context(), v.viewer, id, notice, key) })
}

// webhookState is how a webhook stands.
func (v *visit) webhookState(h app.WebhookLine) templ.Component {
	l := v.lang
	switch {
	case h.Paused():
		return ui.Badge(ui.Grey, l.T("已暂停", "paused"))
	case h.Lost > 0:
		return ui.Badge(ui.Red, l.Tf("%d 条未送达", "%d given up", h.Lost))
	case h.Waiting > 0:
		return ui.Badge(ui.Yellow, l.Tf("%d 条待送", "%d waiting", h.Waiting))
	}
	return ui.Badge(ui.Green, l.T("正常", "running"))
}

// kindNames are what a webhook is told of, in words.
func (v *visit) kindNames(ids []string) string {
	var out []string
	for _, k := range app.NoticeKinds() {
		for _, id := range ids {
			if id == k.ID {
				out = append(out, k.Name.In(v.lang))
			}
		}
	}
	return strings.Join(out, v.lang.T("；", "; "))
}

func (p webhooksPage) columns() ui.Sheet[app.WebhookLine] {
	l := p.V.lang
	return ui.Sheet[app.WebhookLine]{Caption: l.T("消息推送", "Webhooks"), Columns: []ui.Column[app.WebhookLine]{
		ui.LinkColumn(l.T("接收系统", "System"), ui.Main, func(h app.WebhookLine) ui.Link {
			return ui.Link{Label: h.Name, URL: p.V.admin("webhooks", strconv.Itoa(h.ID))}
		}),
		{Head: l.T("状态", "State"), Kind: ui.Brief, Cell: func(h app.WebhookLine) templ.Component { return p.V.webhookState(h) }},
		{Head: l.T("网址", "Address"), Cell: func(h app.WebhookLine) templ.Component { return longCode(h.URL) }},
		ui.TextColumn(l.T("推送内容", "Told of"), ui.Words, func(h app.WebhookLine) string { return p.V.kindNames(h.Kinds) }),
		ui.TextColumn(l.T("建立", "Made"), ui.Brief, func(h app.WebhookLine) string { return day(h.Created) + " " + h.Maker }),
		{Head: l.T("最近送达", "Last taken"), Kind: ui.Brief, Cell: func(h app.WebhookLine) templ.Component { return p.V.clockOrNone(h.Last) }},
	}, Empty: ui.EmptyState{Icon: "send", Title: l.T("还没有推送地址", "No webhooks yet")}}
}

func (v *visit) clockOrNone(t time.Time) templ.Component {
	if t.IsZero() {
		return ui.Text("—")
	}
	return ui.Clock(v.lang, v.s.app.Now(), t)
}

// noticeOptions are what a webhook can be told of.
func (v *visit) noticeOptions() []ui.Option {
	var out []ui.Option
	for _, k := range app.NoticeKinds() {
		out = append(out, ui.Option{Value: k.ID, Label: k.Name.In(v.lang), Hint: k.ID})
	}
	return out
}

// noticeState is what became of a notice.
func (v *visit) noticeState(n store.Notification) templ.Component {
	l := v.lang
	switch {
	case !n.Done.IsZero():
		return ui.Badge(ui.Green, l.T("已送达", "taken"))
	case !n.Lost.IsZero():
		return ui.Badge(ui.Red, l.T("已放弃", "given up"))
	case n.Sending():
		return ui.Badge(ui.Blue, l.T("正在发送", "being sent"))
	case n.Tries > 0:
		return ui.Badge(ui.Yellow, l.T("待重试", "to be tried again"))
	}
	return ui.Badge(ui.Blue, l.T("排队", "waiting"))
}

// lastTry says how the last try came out.
func (v *visit) lastTry(n store.Notification) string {
	l := v.lang
	why := map[webhook.Failure]string{
		webhook.BadStatus:    l.Tf("对方回应 %d", "answered %d", n.Status),
		webhook.NoAnswer:     l.T("对方超时未回应", "no answer in time"),
		webhook.NotAllowed:   l.T("地址在不允许推送的网络中", "the address is in a network that may not be sent to"),
		webhook.NotSecure:    l.T("对方证书无效", "the certificate does not prove the name"),
		webhook.NoConnection: l.T("连不上对方", "no connection"),
	}[webhook.Failure(n.Failure)]
	if why == "" && n.Status != 0 {
		why = l.Tf("对方回应 %d", "answered %d", n.Status)
	}
	return why
}

func (p webhookPage) columns() ui.Sheet[store.Notification] {
	l := p.V.lang
	now := p.V.s.app.Now()
	return ui.Sheet[store.Notification]{Caption: l.T("推送记录", "Notices"), Columns: []ui.Column[store.Notification]{
		ui.TextColumn(l.T("消息编号", "Notice"), ui.Main, func(n store.Notification) string { return n.Event }),
		ui.TextColumn(l.T("类型", "Type"), ui.Brief, func(n store.Notification) string { return n.Kind }),
		{Head: l.T("结果", "Outcome"), Kind: ui.Brief, Cell: func(n store.Notification) templ.Component { return p.V.noticeState(n) }},
		ui.TextColumn(l.T("最近一次", "Last try"), ui.Words, func(n store.Notification) string { return joined(p.V.lastTry(n), n.Detail) }),
		ui.TextColumn(l.T("次数", "Tries"), ui.Brief, func(n store.Notification) string { return strconv.Itoa(n.Tries) }),
		{Head: l.T("发生时间", "Happened"), Kind: ui.Brief, Cell: func(n store.Notification) templ.Component { return ui.Clock(l, now, n.At) }},
		{Head: l.T("下次发送", "Next try"), Kind: ui.Brief, Cell: func(n store.Notification) templ.Component {
			if !n.Open() || n.Sending() {
				return ui.Text("—")
			}
			return ui.Clock(l, now, n.Next)
		}},
		{Head: l.T("操作", "Actions"), Kind: ui.Buttons, Cell: func(n store.Notification) templ.Component {
			if p.Paused() || !n.Done.IsZero() || n.Sending() || n.Tries == 0 {
				return ui.Text("")
			}
			return sendAgainButton(l, p.path("notices", itoa(n.ID), "again"))
		}},
	}, Empty: ui.EmptyState{Icon: "send", Title: l.T("还没有推送过消息", "Nothing has been sent yet")}}
}
