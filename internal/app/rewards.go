package app

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"strconv"
	"strings"
	"time"

	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/idcode"
	"gezhi/internal/ledger"
	"gezhi/internal/redeem"
	"gezhi/internal/seal"
	"gezhi/internal/store"
)

// sponsorOf reads the unit of a clerk who hands out one sponsor's rewards.
func sponsorOf(unit string) (int64, bool) {
	a := ledger.Account(unit)
	if a.Class() != ledger.Sponsor {
		return 0, false
	}
	id, err := strconv.ParseInt(a.Owner(), 10, 64)
	return id, err == nil
}

// heldAccount is where a person's points wait while they are set aside.
func heldAccount(p casework.Person) ledger.Account {
	return ledger.Of(ledger.Held, strconv.FormatInt(int64(p), 10))
}

// home is the community somebody lives in as far as told, "" when it is not known so closely.
func home(p store.PersonRow) string { return idcode.AncestorAt(p.Area, idcode.Community) }

// Catalogue is what a resident can exchange points for.
type Catalogue struct {
	Rewards []redeem.Reward
	Spare   int64  // what the viewer can spend; 0 for a visitor
	Home    string // the viewer's community, "" when not told
}

// Nearby says which rewards of a catalogue to show.
type Nearby string

// The catalogue's views.
const (
	InDistrict  Nearby = ""
	InStreet    Nearby = "street"
	InCommunity Nearby = "community"
)

// Catalogue lists what is offered now, newest first, near the viewer's home or everywhere. Without a known home it is
// everywhere. affordable leaves out what the viewer cannot pay.
func (a *App) Catalogue(ctx context.Context, v Viewer, near Nearby, affordable bool, after int64, limit int) (Catalogue, error) {
	var c Catalogue
	err := a.db.View(ctx, v.Zone, func(r *store.Reader) (err error) {
		f := store.RewardFilter{Offered: true, After: after, Limit: limit}
		if v.Known() {
			p, err := r.Person(v.Person)
			if err != nil {
				return err
			}
			c.Home = home(p)
			if c.Spare, _, err = spare(r, v.Person); err != nil {
				return err
			}
		}
		if c.Home != "" && near != InDistrict {
			street := c.Home[:idcode.Street.Digits()]
			f.Areas = []string{street}
			if near == InCommunity {
				f.Areas = []string{c.Home}
			}
		}
		if affordable {
			f.Most, f.InStock = max(1, c.Spare), true
		}
		c.Rewards, err = r.Rewards(f)
		return err
	})
	return c, err
}

// spare is what a person can spend at this moment, and the lots of it. What has lapsed but was not taken out yet does
// not count.
func spare(r *store.Reader, p casework.Person) (int64, []ledger.Lot, error) {
	book, err := r.Account(PersonAccount(p), ledger.Point)
	if err != nil {
		return 0, nil, err
	}
	lots, err := r.Lots(PersonAccount(p), ledger.Point)
	if err != nil {
		return 0, nil, err
	}
	for len(lots) > 0 && !lots[0].Expires.After(r.Now) {
		book.Balance -= lots[0].Left
		lots = lots[1:]
	}
	return book.Balance, lots, nil
}

// Offer is one reward as one person sees it.
type Offer struct {
	redeem.Reward
	Spare   int64
	Had     int       // in the limit's present period
	Until   time.Time // when it would have to be collected if it were reserved now
	Lapsing int64     // of its points, how much would be lost if it were not collected and the points came back
	Why     error     // why the viewer cannot have it now; nil when they can, or for a visitor
}

// Offer loads a reward with what it means for the viewer.
func (a *App) Offer(ctx context.Context, v Viewer, id int64) (Offer, error) {
	var o Offer
	err := a.db.View(ctx, v.Zone, func(r *store.Reader) (err error) {
		if o.Reward, err = r.Reward(id); err != nil {
			return err
		}
		o.Until = o.Reward.Until(r.Now)
		if !v.Known() {
			return nil
		}
		var lots []ledger.Lot
		if o.Spare, lots, err = spare(r, v.Person); err != nil {
			return err
		}
		if o.Had, err = had(r, o.Reward, v.Person); err != nil {
			return err
		}
		o.Lapsing = redeem.Taking(lots, o.Price, o.Until)
		o.Why = o.Refuses(redeem.Wish{At: r.Now, Price: o.Price, Spare: o.Spare, Had: o.Had})
		return nil
	})
	return o, err
}

func had(r *store.Reader, w redeem.Reward, p casework.Person) (int, error) {
	if w.Limit == 0 {
		return 0, nil
	}
	from, _ := w.Per.Span(r.Now)
	return r.Had(w.ID, p, from)
}

// RewardPhoto is a reward's picture, for anybody.
func (a *App) RewardPhoto(ctx context.Context, zone int, id int64, thumb bool) ([]byte, error) {
	var out []byte
	err := a.db.View(ctx, zone, func(r *store.Reader) (err error) {
		out, err = r.RewardPhoto(id, thumb)
		return err
	})
	return out, err
}

// codePlace binds a sealed code to its redemption.
func codePlace(zone int, id int64) string {
	return seal.Place(zone, "redemptions", "code", strconv.FormatInt(id, 10))
}

// Reserve sets one reward aside for the viewer: its points go to a hold, a piece leaves the stock, and a pick-up code is
// made, all at once or not at all. price is what the page said. The same key again answers the same redemption.
func (a *App) Reserve(ctx context.Context, v Viewer, reward, price int64, key string) (int64, error) {
	if !v.Known() {
		return 0, v.need(0)
	}
	digest := sha256.Sum256(fmt.Appendf(nil, "%d %d", reward, price))
	result, _, err := a.db.OnceFor(ctx, v.Zone, personKey("reserve", key, v.Person), digest[:], func(tx *store.Tx) (string, error) {
		p, err := tx.Person(v.Person)
		if err != nil {
			return "", err
		}
		if p.LeftWhy == "died" {
			return "", fault.New(fault.Conflict, "该账户的居民已登记为去世，不能兑换；如登记有误，请联系社区更正。", "The resident of this account is entered as deceased and cannot redeem; if that is a mistake, ask the community to correct it.")
		}
		w, err := tx.Reward(reward)
		if err != nil {
			return "", err
		}
		if err := tx.LapseOf(PersonAccount(v.Person), ledger.Point); err != nil {
			return "", err
		}
		spare, _, err := spare(&tx.Reader, v.Person)
		if err != nil {
			return "", err
		}
		had, err := had(&tx.Reader, w, v.Person)
		if err != nil {
			return "", err
		}
		if err := w.Refuses(redeem.Wish{At: tx.Now, Price: price, Spare: spare, Had: had}); err != nil {
			return "", err
		}
		id := tx.NewID()
		return strconv.FormatInt(id, 10), a.reserve(tx, w, redeem.Redemption{ID: id, Reward: w.ID, Name: w.Name, Person: int64(v.Person), Home: home(p), Place: w.Area,
			Sponsor: w.Sponsor, Price: w.Price, Hold: fmt.Sprintf("redeem:%d", id), State: redeem.Reserved, Reserved: tx.Now, Until: w.Until(tx.Now)})
	})
	if err != nil {
		return 0, err
	}
	return strconv.ParseInt(result, 10, 64)
}

func (a *App) reserve(tx *store.Tx, w redeem.Reward, d redeem.Redemption) error {
	_, m, err := w.Move(redeem.StockTaken, -1, fmt.Sprintf("redemption:%d", d.ID), "")
	if err != nil {
		return err
	}
	if err := tx.MoveStock(m, casework.Person(d.Person)); err != nil {
		return err
	}
	code, hash, err := a.newCode(&tx.Reader)
	if err != nil {
		return err
	}
	sealed, err := a.ring.Seal(codePlace(tx.Zone, d.ID), code)
	if err != nil {
		return err
	}
	if err := tx.AddRedemption(d, hash, sealed); err != nil {
		return err
	}
	_, err = tx.Hold(store.Hold{ID: d.Hold, From: PersonAccount(casework.Person(d.Person)), To: w.Account(), Asset: ledger.Point, Amount: d.Price, Until: d.Until,
		Reason: "redeem", Ref: fmt.Sprintf("redemption:%d", d.ID)})
	return err
}

// newCode makes a code that no open redemption has.
func (a *App) newCode(r *store.Reader) (code string, hash []byte, err error) {
	for {
		code = redeem.NewCode(randomByte)
		hash = a.ring.Hash("pickup", code)
		if taken, err := r.CodeTaken(hash); err != nil || !taken {
			return code, hash, err
		}
	}
}

func randomByte() byte {
	var b [1]byte
	_, _ = rand.Read(b[:]) // never fails
	return b[0]
}

// personKey is a form's idempotency key, its person's own.
func personKey(what, key string, p casework.Person) string {
	return what + ":" + key + ":" + strconv.FormatInt(int64(p), 10)
}

// Pickup is a redemption as its owner sees it.
type Pickup struct {
	redeem.Redemption
	Reward  redeem.Reward
	Code    string // only while it can be collected
	Lapsing int64  // of its points, how much would be lost if they came back now
	Later   int64  // and if they came back when the time for collecting is over
}

// Pickups lists the viewer's redemptions, newest first, before the given id (0: from the newest).
func (a *App) Pickups(ctx context.Context, v Viewer, after int64, limit int) ([]redeem.Redemption, error) {
	var out []redeem.Redemption
	err := a.db.View(ctx, v.Zone, func(r *store.Reader) (err error) {
		out, err = r.Redemptions(store.RedemptionFilter{Person: v.Person, After: after, Limit: limit})
		return err
	})
	return out, err
}

// Pickup loads one of the viewer's own redemptions, with its code while it is open. Nobody else ever sees the code.
func (a *App) Pickup(ctx context.Context, v Viewer, id int64) (Pickup, error) {
	var p Pickup
	err := a.db.View(ctx, v.Zone, func(r *store.Reader) (err error) {
		if p, err = a.own(r, v, id); err != nil || p.State != redeem.Reserved {
			return err
		}
		set, err := r.Transfer(p.Hold)
		if err != nil {
			return err
		}
		p.Lapsing, p.Later = redeem.Returning(set.Lots, r.Now), redeem.Returning(set.Lots, p.Until)
		if !r.Now.Before(p.Until) {
			return nil // the clock is about to end it
		}
		sealed, err := r.SealedCode(id)
		if err != nil {
			return err
		}
		p.Code, err = a.ring.Open(codePlace(v.Zone, id), sealed)
		return err
	})
	return p, err
}

func (a *App) own(r *store.Reader, v Viewer, id int64) (Pickup, error) {
	d, err := r.Redemption(id)
	if err != nil {
		return Pickup{}, err
	}
	if d.Person != int64(v.Person) {
		return Pickup{}, fault.New(fault.NotFound, "没有这次兑换，或者它不是您的。", "There is no such redemption, or it is not yours.")
	}
	w, err := r.Reward(d.Reward)
	return Pickup{Redemption: d, Reward: w}, err
}

// CancelPickup calls a redemption of the viewer's own off: points go back to the lots they came from, the piece to the
// stock. The same key again is the same cancellation.
func (a *App) CancelPickup(ctx context.Context, v Viewer, id int64, key string) error {
	_, _, err := a.db.Once(ctx, v.Zone, personKey("cancel-pickup", key, v.Person), func(tx *store.Tx) (string, error) {
		p, err := a.own(&tx.Reader, v, id)
		if err != nil {
			return "", err
		}
		return "", a.giveBack(tx, p.Redemption, redeem.Cancelled, v.Person)
	})
	return err
}

// giveBack ends a redemption without anything being handed over.
func (a *App) giveBack(tx *store.Tx, d redeem.Redemption, to redeem.State, by casework.Person) error {
	now, err := d.Become(to, tx.Now, int64(by), "")
	if err != nil {
		return err
	}
	if err := tx.EndRedemption(now); err != nil {
		return err
	}
	w, err := tx.Reward(d.Reward)
	if err != nil {
		return err
	}
	_, m, err := w.Move(redeem.StockBack, 1, fmt.Sprintf("redemption:%d", d.ID), "")
	if err != nil {
		return err
	}
	if err := tx.MoveStock(m, by); err != nil {
		return err
	}
	_, err = tx.VoidHold(d.Hold, string(to))
	return err
}

// LapseReservations gives back what was reserved and not collected in time, and tells whose it was. It returns how many
// there were. Run it from one process or from several: each lapses once.
func (a *App) LapseReservations(ctx context.Context, zone int) (int, error) {
	const atOnce = 100
	done := 0
	for {
		var due []int64
		if err := a.db.View(ctx, zone, func(r *store.Reader) (err error) {
			due, err = r.OverdueRedemptions(atOnce)
			return err
		}); err != nil {
			return done, err
		}
		for _, id := range due {
			if err := a.lapse(ctx, zone, id); err != nil {
				return done, err
			}
			done++
		}
		if len(due) < atOnce {
			return done, nil
		}
	}
}

func (a *App) lapse(ctx context.Context, zone int, id int64) error {
	err := a.db.InTx(ctx, zone, func(tx *store.Tx) error {
		d, err := tx.Redemption(id)
		if err != nil {
			return err
		}
		if d.State != redeem.Reserved {
			return nil // another process was quicker
		}
		if err := a.giveBack(tx, d, redeem.Lapsed, 0); err != nil {
			return err
		}
		return tx.AddNotice(store.Notice{ID: tx.NewID(), Person: casework.Person(d.Person), Kind: "reward", About: d.ID,
			ZH: fmt.Sprintf("“%s”逾期未领，%d 积分已退回您的账户。", d.Name.ZH, d.Price),
			EN: fmt.Sprintf("“%s” was not collected in time; its %d points are back in your account.", nameEN(d), d.Price)})
	})
	if err != nil {
		return fmt.Errorf("redemption %d: %w", id, err)
	}
	return nil
}

func nameEN(d redeem.Redemption) string {
	if d.Name.EN != "" {
		return d.Name.EN
	}
	return d.Name.ZH
}

// ParseRedemptionRef reads the reference of a transfer that a redemption made.
func ParseRedemptionRef(ref string) (int64, bool) {
	s, ok := strings.CutPrefix(ref, "redemption:")
	if !ok {
		return 0, false
	}
	id, err := strconv.ParseInt(s, 10, 64)
	return id, err == nil
}
