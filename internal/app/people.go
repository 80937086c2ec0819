package app

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/idcode"
	"gezhi/internal/lang"
	"gezhi/internal/store"
)

func zoneCode(zone int) string { return strconv.Itoa(zone) }

// sealed places of personal data: the additional data binds a value to its row and column.
func aad(zone int, id casework.Person, column string) string {
	return fmt.Sprintf("people/%d/%d/%s", zone, id, column)
}

// NewPerson is somebody to be entered.
type NewPerson struct {
	Kind      string // resident, staff
	Name      string
	Phone     string // normalised; "" when none
	Area      string
	Synthetic bool
}

// addPerson seals and stores a person.
func (a *App) addPerson(tx *store.Tx, p NewPerson) (casework.Person, error) {
	id := casework.Person(tx.NewID())
	row := store.PersonRow{ID: id, Kind: p.Kind, Area: p.Area, Synthetic: p.Synthetic}
	var err error
	if row.Name, err = a.ring.Seal(aad(tx.Zone, id, "name"), p.Name); err != nil {
		return 0, err
	}
	if p.Phone != "" {
		if row.Phone, err = a.ring.Seal(aad(tx.Zone, id, "phone"), p.Phone); err != nil {
			return 0, err
		}
		row.PhoneHash = a.ring.Hash("phone", p.Phone)
	}
	return id, tx.AddPerson(row)
}

// open reads a person's sealed name and phone.
func (a *App) open(zone int, p store.PersonRow) (name, phone string, err error) {
	if name, err = a.ring.Open(aad(zone, p.ID, "name"), p.Name); err != nil {
		return "", "", fmt.Errorf("person %d: name: %w", p.ID, err)
	}
	if len(p.Phone) > 0 {
		if phone, err = a.ring.Open(aad(zone, p.ID, "phone"), p.Phone); err != nil {
			return "", "", fmt.Errorf("person %d: phone: %w", p.ID, err)
		}
	}
	return name, phone, nil
}

// names looks up what persons, named as often as may be, are called on a page: masked, unless they are staff and the reader is staff too.
func (a *App) names(r *store.Reader, v Viewer, ids []casework.Person) (map[casework.Person]string, error) {
	rows, err := r.People(slices.Compact(slices.Sorted(slices.Values(ids))))
	if err != nil {
		return nil, err
	}
	out := make(map[casework.Person]string, len(rows))
	for _, p := range rows {
		name, _, err := a.open(r.Zone, p)
		if err != nil {
			return nil, err
		}
		if p.ID != v.Person && (p.Kind != "staff" || v.Kind != "staff") {
			name = idcode.MaskName(name)
		}
		out[p.ID] = name
	}
	return out, nil
}

// ParsePersonName checks a name as people type it: 2 to 30 characters, no digits or markup.
func ParsePersonName(field, s string) (string, error) {
	s = strings.Join(strings.Fields(s), " ")
	if n := utf8.RuneCountInString(s); n < 2 || n > 30 || strings.ContainsAny(s, "0123456789<>&\"'") {
		return "", fault.Field(field, "请填写真实姓名，2 至 30 个字，不含数字和符号。", "Enter a name of 2 to 30 characters without digits or symbols.")
	}
	return s, nil
}

const (
	codeLife     = 5 * time.Minute
	codeAgain    = 60 * time.Second
	codeTries    = 5
	codesPerDay  = 10
	codeDigits   = 6
	smsSignature = "【格治】"
)

// SendCode sends a one-time code to a phone so that its owner can sign in. Too soon after the one
// before, or too often in a day, it refuses. The code is good for five minutes and five tries.
func (a *App) SendCode(ctx context.Context, zone int, phone string, l lang.Lang) error {
	number, err := idcode.ParsePhone(phone)
	if err != nil {
		return asField(err, "phone")
	}
	n, err := rand.Int(rand.Reader, big.NewInt(1_000_000))
	if err != nil {
		return err
	}
	code := fmt.Sprintf("%0*d", codeDigits, n.Int64())
	hash := a.ring.Hash("phone", number)
	err = a.db.InTx(ctx, zone, func(tx *store.Tx) error {
		was, err := tx.PhoneCode(hash)
		if err != nil && fault.KindOf(err) != fault.Invalid {
			return err
		}
		c := store.PhoneCode{PhoneHash: hash, CodeHash: codeHash(hash, code), Sent: tx.Now, SentToday: 1}
		if err == nil {
			if wait := codeAgain - tx.Now.Sub(was.Sent); wait > 0 {
				return fault.Field("phone", "验证码已发送，请 %d 秒后再试。", "A code was just sent; try again in %d seconds.", int(wait.Seconds())+1)
			}
			if tx.Now.Sub(was.Sent) < 24*time.Hour {
				c.SentToday = was.SentToday + 1
			}
			if c.SentToday > codesPerDay {
				return fault.Field("phone", "该号码今天获取验证码次数过多，请明天再试。", "Too many codes were sent to this number today; try again tomorrow.")
			}
		}
		return tx.SavePhoneCode(c)
	})
	if err != nil {
		return err
	}
	return a.sms.Send(ctx, number, smsSignature+l.Tf("验证码 %s，5 分钟内有效。请勿告诉他人。", "Your code is %s, valid for 5 minutes. Tell nobody.", code))
}

// EnterByCode signs a resident in by phone and code, and registers the phone on its first visit.
func (a *App) EnterByCode(ctx context.Context, zone int, phone, code string) (casework.Person, error) {
	number, err := idcode.ParsePhone(phone)
	if err != nil {
		return 0, asField(err, "phone")
	}
	hash := a.ring.Hash("phone", number)
	var id casework.Person
	var wrong error
	err = a.db.InTx(ctx, zone, func(tx *store.Tx) error {
		wrong = nil
		c, err := tx.PhoneCode(hash)
		if err != nil {
			return err
		}
		switch {
		case tx.Now.Sub(c.Sent) > codeLife:
			return fault.Field("code", "验证码已过期，请重新获取。", "The code has expired; request a new one.")
		case c.Tries >= codeTries:
			return fault.Field("code", "输错次数过多，请重新获取验证码。", "Too many wrong tries; request a new code.")
		case subtle.ConstantTimeCompare(c.CodeHash, codeHash(hash, strings.TrimSpace(code))) != 1:
			c.Tries++
			wrong = fault.Field("code", "验证码不正确。", "The code is not right.")
			return tx.SavePhoneCode(c) // the failed try must be kept, so the transaction succeeds
		}
		if err := tx.DropPhoneCode(hash); err != nil {
			return err
		}
		p, err := tx.PersonByPhone("resident", hash)
		if fault.KindOf(err) == fault.NotFound && err != nil {
			id, err = a.addPerson(tx, NewPerson{Kind: "resident", Name: "居民" + number[len(number)-4:], Phone: number})
			return err
		}
		id = p.ID
		return err
	})
	if err == nil {
		err = wrong
	}
	return id, err
}

// codeHash ties the code to the phone; six digits need no slow hash, because five tries use it up.
func codeHash(phoneHash []byte, code string) []byte {
	h := sha256.Sum256([]byte(hex.EncodeToString(phoneHash) + ":" + code))
	return h[:]
}

// asField moves a fault beside the named field.
func asField(err error, name string) error {
	if len(fault.Fields(err)) != 1 {
		return err
	}
	return fault.Under(err, name)
}

// ViewerOf loads who a signed-in person is now: duties begin and end while a session lasts.
func (a *App) ViewerOf(ctx context.Context, zone int, id casework.Person) (Viewer, error) {
	v := Viewer{Zone: zone, Person: id}
	err := a.db.View(ctx, zone, func(r *store.Reader) error {
		p, err := r.Person(id)
		if err != nil {
			return err
		}
		v.Kind = p.Kind
		if v.Name, _, err = a.open(zone, p); err != nil {
			return err
		}
		v.Duties = []casework.Duty{casework.Duty(casework.ReporterHolder(id))}
		if p.Kind != "staff" {
			alias, err := r.IsAlias(id)
			if alias {
				v.Kind = KindAlias
			}
			return err
		}
		s, err := r.StaffAccount(id)
		if err != nil {
			return err
		}
		if !s.Disabled.IsZero() {
			return fault.New(fault.Forbidden, "该账号已停用。", "This account is disabled.")
		}
		tenures, err := r.Tenures(id)
		for _, t := range tenures {
			if t.Current(r.Now) {
				v.Duties = append(v.Duties, t.Duty)
			}
		}
		if err != nil {
			return err
		}
		return a.lend(r, &v)
	})
	return v, err
}

// Revealed is a person's data in clear.
type Revealed struct{ Name, Phone string }

// RevealPerson shows one person's sealed data to somebody entitled, who must say why. The look is logged
// where the person can see it.
func (a *App) RevealPerson(ctx context.Context, v Viewer, id casework.Person, about casework.ID, reason string) (Revealed, error) {
	if err := v.need(Reveal); err != nil {
		return Revealed{}, err
	}
	reason = strings.TrimSpace(reason)
	if n := utf8.RuneCountInString(reason); n < 4 || n > 200 {
		return Revealed{}, fault.Field("reason", "请写明查看理由，4 至 200 个字。", "State why you need to see it, in 4 to 200 characters.")
	}
	var out Revealed
	err := a.db.InTx(ctx, v.Zone, func(tx *store.Tx) error {
		c, err := tx.Case(about, v.Scope())
		if err != nil {
			return err
		}
		if c.Reporter != id {
			return fault.New(fault.Forbidden, "只能查看本案当事人的信息。", "Only a party of this case can be looked up.")
		}
		p, err := tx.Person(id)
		if err != nil {
			return err
		}
		if out.Name, out.Phone, err = a.open(v.Zone, p); err != nil {
			return err
		}
		return tx.AddAudit(store.Audit{ID: tx.NewID(), Actor: v.Person, Action: "reveal", Subject: "case:" + c.Number, Person: id, Reason: reason})
	})
	return out, err
}

// Looks lists who looked at the viewer's own data, newest first.
func (a *App) Looks(ctx context.Context, v Viewer) ([]store.Audit, error) {
	var out []store.Audit
	err := a.db.View(ctx, v.Zone, func(r *store.Reader) (err error) {
		out, err = r.AuditLog(store.AuditFilter{Person: v.Person, Limit: 100})
		return err
	})
	return out, err
}
