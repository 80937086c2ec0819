package web

import (
	"gezhi/internal/app"
	"gezhi/internal/fault"
	"gezhi/internal/web/ui"
)

// counterPage is where codes are entered and goods handed over.
type counterPage struct {
	Page  ui.Page
	V     *visit
	In    ui.Input
	Found *app.HandOut // what to hand over; nil before a code was found
	Code  string       // its code
	Done  []app.HandOut
}

// handedOutRows is how many hand-overs of the day are shown.
const handedOutRows = 200

func (v *visit) counterPage(here string, in ui.Input) counterPage {
	return counterPage{Page: v.page(v.lang.T("兑换柜台", "Counter"), here), V: v, In: in}
}

func (s *Server) showCounter(v *visit) error {
	return v.render(counterView(v.counterPage("counter", v.blankInput())))
}

// findPickup shows what a code stands for. It answers the form itself: a code belongs in no address.
func (s *Server) findPickup(v *visit) error {
	if err := v.parse(); err != nil {
		return err
	}
	code := v.PostForm.Get("code")
	found, err := s.app.FindPickup(v.Context(), v.viewer, code)
	if err != nil {
		return v.noCode(err)
	}
	p := v.counterPage("counter", v.blankInput())
	p.Found, p.Code = &found, code
	return v.render(counterView(p))
}

// noCode sends the counter's page back with why a code was not taken.
func (v *visit) noCode(err error) error {
	if !wrong(err) && fault.KindOf(err) != fault.Forbidden {
		return err
	}
	return v.again(err, counterView(v.counterPage("counter", v.input(err))))
}

func (s *Server) handOver(v *visit) error {
	if err := v.parse(); err != nil {
		return err
	}
	d, err := s.app.HandOver(v.Context(), v.viewer, v.PostForm.Get("code"), v.PostForm.Get(ui.KeyName))
	if err != nil {
		return v.noCode(err)
	}
	if d.ID == 0 { // the form came twice
		s.flash(v, ui.Green, v.lang.T("已确认发放。", "Handed over."))
	} else {
		s.flash(v, ui.Green, v.lang.Tf("已发放：%s，%d 积分。", "Handed over: %s, %d points.", d.Name.In(v.lang), d.Price))
	}
	return v.goTo(v.to("counter"))
}

func (s *Server) showHandedOut(v *visit) error {
	p := v.counterPage("handed-out", v.blankInput())
	var err error
	if p.Done, err = s.app.HandedOut(v.Context(), v.viewer, handedOutRows); err != nil {
		return err
	}
	return v.render(handedOutView(p))
}

// sum is the points of what was handed out.
func (p counterPage) sum() (points int64) {
	for _, d := range p.Done {
		points += d.Price
	}
	return points
}
