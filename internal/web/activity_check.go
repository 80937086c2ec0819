package web

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"gezhi/internal/activity"
	"gezhi/internal/web/ui"
)

// The page a phone opens after reading the code at the place. It asks for nothing but one press of a button, and
// not for the position.

// scanned is when this browser first read the code of the activity; now when it has not.
func (v *visit) scanned(id activity.ID, code string) time.Time {
	kept := strings.Split(v.s.sessions.GetString(v.Context(), "scan"), " ")
	if len(kept) == 3 && kept[0] == itoa(id) && kept[1] == code {
		if ms, err := strconv.ParseInt(kept[2], 10, 64); err == nil {
			return time.UnixMilli(ms)
		}
	}
	return v.s.app.Now()
}

// showCheck keeps the moment at which a good code was read, so that whoever has to sign in first is not late.
func (s *Server) showCheck(v *visit) error {
	p, err := v.activityView()
	if err != nil {
		return err
	}
	code := v.URL.Query().Get("c")
	err = s.app.SeeCode(v.Context(), v.zone.Code, p.ID, code)
	switch read := v.scanned(p.ID, code); {
	case err == nil && read.Equal(s.app.Now()) && len(code) <= 16:
		s.sessions.Put(v.Context(), "scan", fmt.Sprintf("%s %s %d", itoa(p.ID), code, read.UnixMilli()))
	case err != nil && !read.Equal(s.app.Now()):
		err = nil // it was good when it was read
	}
	if !wrong(err) && err != nil {
		return err
	}
	if !v.viewer.Known() && err == nil {
		return v.enterFirst("enter")
	}
	p.Form, p.In = "check", ui.Input{Lang: v.lang, Err: err}
	p.In.Values = map[string][]string{"code": {code}}
	if err != nil {
		return v.again(err, activityCheck(p))
	}
	return v.render(activityCheck(p))
}

func (s *Server) checkIn(v *visit) error {
	return v.onActivity("check", func(id activity.ID) (string, error) {
		code := v.PostForm.Get("code")
		err := s.app.CheckIn(v.Context(), v.viewer, id, code, v.scanned(id, code))
		if err == nil {
			s.sessions.Remove(v.Context(), "scan")
		}
		return v.lang.T("已核验到场，谢谢参加。", "You are checked in. Thank you for coming."), err
	})
}

func (s *Server) uncheck(v *visit) error {
	return v.onActivity("uncheck", func(id activity.ID) (string, error) {
		return v.lang.T("已撤销到场核验。", "Your check is taken back."), s.app.Untick(v.Context(), v.viewer, id, v.viewer.Person)
	})
}
