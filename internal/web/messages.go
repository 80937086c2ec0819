package web

import (
	"strconv"
	"time"

	"gezhi/internal/app"
	"gezhi/internal/casework"
	"gezhi/internal/store"
	"gezhi/internal/web/ui"

	"github.com/a-h/templ"
)

// messagesPage is everybody's messages.
type messagesPage struct {
	Page   ui.Page
	V      *visit
	Now    time.Time
	Lines  []store.Notice
	Names  map[casework.ID][2]string // title and number of the cases they are about
	Seen   int64                     // the newest one already seen
	Newest int64                     // the newest one on the first page
	Pages  ui.Pages
}

const messageRows = 30

func (s *Server) showMessages(v *visit) error {
	before, _ := strconv.ParseInt(v.URL.Query().Get("before"), 10, 64)
	p := messagesPage{Page: v.page(v.lang.T("消息", "Messages"), "messages"), V: v, Now: s.app.Now()}
	var err error
	if p.Lines, p.Seen, err = s.app.Messages(v.Context(), v.viewer, max(before, 0), messageRows+1); err != nil {
		return err
	}
	if len(p.Lines) > messageRows {
		p.Lines = p.Lines[:messageRows]
		p.Pages.Next = v.to("messages") + "?before=" + strconv.FormatInt(p.Lines[messageRows-1].ID, 10)
	}
	if p.Names, err = s.app.CaseNames(v.Context(), v.viewer, p.Lines); err != nil {
		return err
	}
	if before > 0 {
		p.Pages.Previous = v.to("messages")
	} else if len(p.Lines) > 0 && p.Lines[0].ID > p.Seen {
		p.Newest = p.Lines[0].ID
	}
	return v.render(messages(p))
}

// seeMessages marks every message up to the newest one that was on the page as read.
func (s *Server) seeMessages(v *visit) error {
	if err := v.parse(); err != nil {
		return err
	}
	upto, err := strconv.ParseInt(v.PostForm.Get("upto"), 10, 64)
	if err != nil || upto < 0 {
		return errNoPage
	}
	if err := s.app.SeenMessages(v.Context(), v.viewer, upto); err != nil {
		return err
	}
	return v.goTo(v.to("messages"))
}

// shell is the frame around pages that residents, grid workers and officers share.
func (v *visit) shell(p ui.Page) templ.Component {
	if v.viewer.Can(app.WorkDesk) {
		return ui.DeskShell(p)
	}
	return ui.PhoneShell(p)
}

// unread counts the viewer's new messages for the navigation.
func (v *visit) unread() int {
	n, err := v.s.app.UnreadMessages(v.Context(), v.viewer)
	if err != nil {
		v.s.Log.ErrorContext(v.Context(), "count messages", "error", err)
	}
	return n
}

// noticeLink is where a message that is about no case leads, in words; "" when there is nothing to go to.
func noticeLink(v *visit, n store.Notice) (url, words string) {
	l, id := v.lang, itoa(n.About)
	switch {
	case n.Kind == "delegation":
		return v.to("me", "delegations"), l.T("外出委托", "Absence")
	case n.Kind == "objection":
		return v.to("publicity"), l.T("积分公示", "In publicity")
	case n.About == 0:
		return "", ""
	case n.Kind == "grant" && n.Holder != "":
		return v.to("desk", "grants", id), l.T("去处理", "Deal with it")
	case n.Kind == "award" && n.Holder != "":
		return v.to("desk", "awards", id), l.T("去处理", "Deal with it")
	case n.Kind == "award":
		return v.to("awards", id), l.T("查看积分申报", "The application")
	case n.Kind == "activity" && v.viewer.Can(app.OrganiseActivities):
		return v.to("organise", id), l.T("查看活动", "The activity")
	case n.Kind == "activity":
		return v.to("activity", id), l.T("查看活动", "The activity")
	case n.Kind == "grant" && n.Holder == "":
		return v.to("enterprise", "grants", id), l.T("查看兑付进展", "How the grant stands")
	case n.Kind == "reward":
		return v.to("pickups", id), l.T("查看兑换", "The redemption")
	}
	return "", ""
}

func noticeIcon(kind string) string {
	switch kind {
	case "supervised":
		return "bell-ringing"
	case "award", "objection", "grant":
		return "coins"
	case "activity":
		return "calendar-event"
	case "reward":
		return "gift"
	case "delegation":
		return "users"
	}
	return "message"
}
