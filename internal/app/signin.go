package app

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/store"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"
	"golang.org/x/crypto/argon2"
)

// argon2id with 19 MiB, two passes, one lane: the OWASP minimum that a two-core machine can bear.
const (
	argonMemory = 19 * 1024
	argonPasses = 2
	argonKey    = 32
)

// HashPassword returns the argon2id hash in PHC form.
func (a *App) HashPassword(password string) string {
	salt := make([]byte, 16)
	rand.Read(salt)
	key := a.argon(password, salt)
	e := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=1$%s$%s", argon2.Version, argonMemory, argonPasses, e.EncodeToString(salt), e.EncodeToString(key))
}

func (a *App) argon(password string, salt []byte) []byte {
	a.hash <- struct{}{}
	defer func() { <-a.hash }()
	return argon2.IDKey([]byte(password), salt, argonPasses, argonMemory, 1, argonKey)
}

func (a *App) passwordFits(phc, password string) bool {
	parts := strings.Split(phc, "$")
	if len(parts) != 6 {
		a.argon(password, make([]byte, 16)) // take as long as a real check, so that nobody learns which names exist
		return false
	}
	salt, err1 := base64.RawStdEncoding.DecodeString(parts[4])
	key, err2 := base64.RawStdEncoding.DecodeString(parts[5])
	return err1 == nil && err2 == nil && subtle.ConstantTimeCompare(a.argon(password, salt), key) == 1
}

// CheckPassword refuses a password that is too short or too simple (GB/T 22239: 长度与复杂度).
func CheckPassword(field, p string) error {
	var lower, upper, digit, other bool
	for _, r := range p {
		switch {
		case r >= 'a' && r <= 'z':
			lower = true
		case r >= 'A' && r <= 'Z':
			upper = true
		case r >= '0' && r <= '9':
			digit = true
		default:
			other = true
		}
	}
	kinds := 0
	for _, k := range []bool{lower, upper, digit, other} {
		if k {
			kinds++
		}
	}
	if n := utf8.RuneCountInString(p); n < 10 || n > 128 || (kinds < 3 && n < 20) {
		return fault.Field(field, "密码至少 10 位，并包含大写、小写、数字、符号中的三种（20 位以上不限）。",
			"Use at least 10 characters with three of: upper case, lower case, digits, symbols (or 20 characters of any kind).")
	}
	return nil
}

const (
	failuresAllowed = 5
	lockedFor       = 15 * time.Minute
)

// EnterByPassword signs a member of staff in. code is the six-digit one-time password; accounts that
// have one set up need it. Five failures lock the account for a quarter of an hour. Which of name,
// password and code was wrong is not said.
func (a *App) EnterByPassword(ctx context.Context, zone int, login, password, code string) (casework.Person, error) {
	var s store.Staff
	missing := false
	err := a.db.View(ctx, zone, func(r *store.Reader) (err error) {
		s, err = r.StaffByLogin(strings.ToLower(strings.TrimSpace(login)))
		if fault.KindOf(err) == fault.NotFound && err != nil {
			missing, err = true, nil
		}
		return err
	})
	if err != nil {
		return 0, err
	}
	wrong := fault.Field("password", "登录名、密码或动态口令不正确。", "The login name, password or one-time code is not right.")
	now := a.now()
	if !missing && now.Before(s.LockedUntil) {
		return 0, fault.Field("password", "连续输错次数过多，账号已锁定，请在 %s 后再试。", "Too many failures: the account is locked until %s.", s.LockedUntil.Format("15:04"))
	}
	fits := a.passwordFits(s.Password, password)
	if missing {
		return 0, wrong
	}
	step, codeFits := int64(0), true
	if len(s.TOTP) > 0 {
		secret, err := a.ring.Open(aad(zone, s.Person, "totp"), s.TOTP)
		if err != nil {
			return 0, fmt.Errorf("totp of %d: %w", s.Person, err)
		}
		step, codeFits = totpStep(secret, strings.TrimSpace(code), now, s.TOTPStep)
	}
	if fits && codeFits && s.Disabled.IsZero() {
		err := a.db.InTx(ctx, zone, func(tx *store.Tx) error {
			s, err := tx.StaffAccount(s.Person)
			if err != nil {
				return err
			}
			if step != 0 && step <= s.TOTPStep {
				return wrong // the same code twice at once
			}
			s.Failures, s.LockedUntil, s.TOTPStep = 0, time.Time{}, max(step, s.TOTPStep)
			return tx.SaveStaff(s)
		})
		return s.Person, err
	}
	err = a.db.InTx(ctx, zone, func(tx *store.Tx) error {
		s, err := tx.StaffAccount(s.Person)
		if err != nil {
			return err
		}
		s.Failures++
		if s.Failures >= failuresAllowed {
			s.Failures, s.LockedUntil = 0, tx.Now.Add(lockedFor)
			if err := tx.AddAudit(store.Audit{ID: tx.NewID(), Actor: s.Person, Action: "locked", Subject: "staff:" + s.Login}); err != nil {
				return err
			}
		}
		return tx.SaveStaff(s)
	})
	if err != nil {
		return 0, err
	}
	return 0, wrong
}

// totpStep finds the time step a code belongs to, one step either side of now, later than the last one used.
func totpStep(secret, code string, now time.Time, last int64) (int64, bool) {
	const period = 30
	for _, d := range []int64{0, -1, 1} {
		step := now.Unix()/period + d
		want, err := totp.GenerateCodeCustom(secret, time.Unix(step*period, 0), totp.ValidateOpts{Period: period, Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
		if err == nil && step > last && subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			return step, true
		}
	}
	return 0, false
}

// StartTOTP makes a new secret for the viewer's authenticator app. It takes effect with ConfirmTOTP.
func (a *App) StartTOTP(v Viewer, login string) (secret, url string, err error) {
	key, err := totp.Generate(totp.GenerateOpts{Issuer: "Gezhi", AccountName: login})
	if err != nil {
		return "", "", err
	}
	return key.Secret(), key.URL(), nil
}

// TOTPAddress is a secret as authenticator apps take it from a QR code.
func TOTPAddress(secret, login string) string {
	return "otpauth://totp/Gezhi:" + url.PathEscape(login) + "?" + url.Values{"algorithm": {"SHA1"}, "digits": {"6"}, "issuer": {"Gezhi"}, "period": {"30"}, "secret": {secret}}.Encode()
}

// ConfirmTOTP turns one-time codes on once the viewer has shown a right one.
func (a *App) ConfirmTOTP(ctx context.Context, v Viewer, secret, code string) error {
	step, ok := totpStep(secret, strings.TrimSpace(code), a.now(), 0)
	if !ok {
		return fault.Field("code", "动态口令不正确，请核对手机时间后重试。", "The code is not right; check the phone's clock and try again.")
	}
	sealed, err := a.ring.Seal(aad(v.Zone, v.Person, "totp"), secret)
	if err != nil {
		return err
	}
	return a.changeStaff(ctx, v, v.Person, "totp_on", "", func(s *store.Staff) { s.TOTP, s.TOTPStep = sealed, step })
}

// ChangePassword replaces the viewer's own password.
func (a *App) ChangePassword(ctx context.Context, v Viewer, was, now string) error {
	var s store.Staff
	err := a.db.View(ctx, v.Zone, func(r *store.Reader) (err error) {
		s, err = r.StaffAccount(v.Person)
		return err
	})
	if err != nil {
		return err
	}
	if !a.passwordFits(s.Password, was) {
		return fault.Field("was", "原密码不正确。", "The present password is not right.")
	}
	if err := CheckPassword("password", now); err != nil {
		return err
	}
	hash := a.HashPassword(now)
	return a.changeStaff(ctx, v, v.Person, "password", "", func(s *store.Staff) { s.Password, s.MustChange = hash, false })
}

// changeStaff changes an account and logs it.
func (a *App) changeStaff(ctx context.Context, v Viewer, id casework.Person, action, reason string, change func(*store.Staff)) error {
	return a.db.InTx(ctx, v.Zone, func(tx *store.Tx) error {
		s, err := tx.StaffAccount(id)
		if err != nil {
			return err
		}
		change(&s)
		if err := tx.SaveStaff(s); err != nil {
			return err
		}
		return tx.AddAudit(store.Audit{ID: tx.NewID(), Actor: v.Person, Action: action, Subject: "staff:" + s.Login, Person: id, Reason: reason})
	})
}
