package web

import (
	"time"

	"gezhi/internal/app"
	"gezhi/internal/calendar"
	"gezhi/internal/lang"
	"gezhi/internal/web/ui"

	"github.com/a-h/templ"
)

// householdPage is what the members of a household see together.
type householdPage struct {
	app.HouseholdView
	Page ui.Page
	V    *visit
}

func (s *Server) showHousehold(v *visit) error {
	h, err := s.app.HouseholdView(v.Context(), v.viewer)
	if err != nil {
		return err
	}
	return v.render(householdView(householdPage{h, v.page(v.lang.T("家庭积分", "Household"), "points"), v}))
}

func (s *Server) shareWithHousehold(v *visit) error {
	if err := v.parse(); err != nil {
		return err
	}
	share := v.PostForm.Get("share") == "1"
	if err := s.app.ShareWithHousehold(v.Context(), v.viewer, share); err != nil {
		return err
	}
	said := v.lang.T("已关闭，家人不再看到您的积分。", "Off: your household no longer sees your balance.")
	if share {
		said = v.lang.T("已开启，家人可以看到您的积分。", "On: your household sees your balance.")
	}
	s.flash(v, ui.Green, said)
	return v.goTo(v.to("household"))
}

// boardPage is a community's board.
type boardPage struct {
	app.Board
	Page ui.Page
	V    *visit
	In   ui.Input
}

func (v *visit) board(in ui.Input) (templ.Component, error) {
	b, err := v.s.app.Board(v.Context(), v.viewer, v.URL.Query().Get("area"))
	return boardView(boardPage{b, v.page(v.lang.T("社区积分榜", "Board"), "points"), v, in}), err
}

func (s *Server) showBoard(v *visit) error {
	page, err := v.board(ui.Input{Lang: v.lang, Values: v.URL.Query()})
	if err != nil {
		return err
	}
	return v.render(page)
}

func (s *Server) joinBoard(v *visit) error {
	if err := v.parse(); err != nil {
		return err
	}
	err := s.app.JoinBoard(v.Context(), v.viewer, v.PostForm.Get("area"))
	return v.settle(err, v.board, v.lang.T("已加入积分榜，姓名只显示姓氏；随时可以退出。", "You are on the board with your family name only; leave at any time."), v.to("board"))
}

func (s *Server) leaveBoard(v *visit) error {
	if err := s.app.LeaveBoard(v.Context(), v.viewer); err != nil {
		return err
	}
	s.flash(v, ui.Green, v.lang.T("已退出积分榜。", "You are off the board."))
	return v.goTo(v.to("board"))
}

func monthName(l lang.Lang, t time.Time) string {
	return t.In(calendar.Zone()).Format(l.T("2006年1月", "January 2006"))
}
