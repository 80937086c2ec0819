package web

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"gezhi/internal/app"
	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/web/ui"

	"github.com/boombuler/barcode/qr"
)

// mePage is a person's own account.
type mePage struct {
	Page    ui.Page
	V       *visit
	Now     time.Time
	Account app.Account
	Looks   []app.Look
	Form    string   // which form came back: name, password, totp
	In      ui.Input // with what was typed in it
	Secret  string   // of one-time codes being set up
	URL     string   // the same for an authenticator app
}

func (s *Server) showMe(v *visit) error {
	p, err := v.mePage()
	if err != nil {
		return err
	}
	return v.render(me(p))
}

func (v *visit) mePage() (mePage, error) {
	p := mePage{Page: v.page(v.lang.T("我的账号", "My account"), "me"), V: v, Now: v.s.app.Now(), In: ui.Input{Lang: v.lang}}
	var err error
	if p.Account, err = v.s.app.Account(v.Context(), v.viewer); err != nil {
		return p, err
	}
	p.Looks, err = v.s.app.WhoLooked(v.Context(), v.viewer)
	return p, err
}

// meAgain sends the account page back with one form as it was typed.
func (v *visit) meAgain(form string, err error) error {
	p, e := v.mePage()
	if e != nil {
		return e
	}
	p.Form, p.In = form, v.input(err)
	return v.again(err, me(p))
}

// input is what was typed in one of the page's forms; the others are untouched.
func (p mePage) input(form string) ui.Input {
	if p.Form == form {
		return p.In
	}
	return ui.Input{Lang: p.V.lang}
}

func (s *Server) correctName(v *visit) error {
	if err := v.parse(); err != nil {
		return err
	}
	err := s.app.CorrectName(v.Context(), v.viewer, v.PostForm.Get("name"))
	if wrong(err) {
		return v.meAgain("name", err)
	}
	if err != nil {
		return err
	}
	s.flash(v, ui.Green, v.lang.T("姓名已更正。", "Your name is corrected."))
	return v.goTo(v.to("me"))
}

func (s *Server) changePassword(v *visit) error {
	if err := v.parse(); err != nil {
		return err
	}
	var err error
	if v.PostForm.Get("password") != v.PostForm.Get("again") {
		err = fault.Field("again", "两次输入的新密码不一致。", "The two new passwords differ.")
	} else {
		err = s.app.ChangePassword(v.Context(), v.viewer, v.PostForm.Get("was"), v.PostForm.Get("password"))
	}
	if wrong(err) {
		return v.meAgain("password", err)
	}
	if err != nil {
		return err
	}
	if err := s.sessions.RenewToken(v.Context()); err != nil {
		return err
	}
	s.flash(v, ui.Green, v.lang.T("密码已修改。", "Your password is changed."))
	return v.goTo(v.to("me"))
}

// startTOTP shows a fresh secret; it takes effect once a code made with it has been typed. The secret
// travels in the form, for nothing unsealed may lie in the database.
func (s *Server) startTOTP(v *visit) error {
	p, err := v.mePage()
	if err != nil {
		return err
	}
	p.Form = "totp"
	if p.Secret, p.URL, err = s.app.StartTOTP(v.viewer, p.Account.Login); err != nil {
		return err
	}
	return v.render(me(p))
}

func (s *Server) confirmTOTP(v *visit) error {
	if err := v.parse(); err != nil {
		return err
	}
	secret := v.PostForm.Get("secret")
	err := s.app.ConfirmTOTP(v.Context(), v.viewer, secret, v.PostForm.Get("code"))
	if wrong(err) {
		p, e := v.mePage()
		if e != nil {
			return e
		}
		p.Form, p.In, p.Secret, p.URL = "totp", v.input(err), secret, app.TOTPAddress(secret, p.Account.Login)
		return v.again(err, me(p))
	}
	if err != nil {
		return err
	}
	s.flash(v, ui.Green, v.lang.T("动态口令已开启，下次登录时需要输入。", "One-time codes are on; you will need one when you next sign in."))
	return v.goTo(v.to("me"))
}

// ownData sends everything kept about the viewer as a file.
func (s *Server) ownData(v *visit) error {
	d, err := s.app.OwnData(v.Context(), v.viewer)
	if err != nil {
		return err
	}
	h := v.w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Content-Disposition", `attachment; filename="gezhi-my-data.json"`)
	e := json.NewEncoder(v.w)
	e.SetIndent("", "  ")
	return e.Encode(d)
}

// duties are what the viewer does, one a line.
func (p mePage) duties() []string {
	var out []string
	for _, d := range p.V.viewer.Own() {
		if d.Role == casework.RoleReporter {
			continue
		}
		one := *p.V
		one.viewer.Duties, one.viewer.Lent = []casework.Duty{d}, nil
		out = append(out, one.duty())
	}
	return out
}

// qrPath draws a QR code as the path of an SVG, a unit to a module, with its side in modules.
func qrPath(content string) (path string, side int) {
	code, err := qr.Encode(content, qr.M, qr.Auto)
	if err != nil {
		return "", 0 // too long for a code; the secret stands beside it as text
	}
	const quiet = 4
	var b strings.Builder
	n := code.Bounds().Dx()
	for y := range n {
		for x := range n {
			if r, _, _, _ := code.At(x, y).RGBA(); r == 0 {
				b.WriteString("M" + strconv.Itoa(x+quiet) + " " + strconv.Itoa(y+quiet) + "h1v1h-1z")
			}
		}
	}
	return b.String(), n + 2*quiet
}

// spaced breaks a secret into groups of four for typing off.
func spaced(s string) string {
	var b strings.Builder
	for i, r := range s {
		if i > 0 && i%4 == 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// staffOnly refuses residents what only accounts with a password have.
func (s *Server) staffOnly(h func(*visit) error) http.Handler {
	return s.known(func(v *visit) error {
		if v.viewer.Kind != "staff" {
			return errNoPage
		}
		return h(v)
	})
}

// aboutWords is the subject of an audit entry in words.
func aboutWords(p mePage, subject string) string {
	if number, ok := strings.CutPrefix(subject, "case:"); ok {
		return p.V.lang.T("案件 ", "case ") + number
	}
	if strings.HasPrefix(subject, "staff:") || subject == "person" {
		return p.V.lang.T("账号", "account")
	}
	return subject
}
