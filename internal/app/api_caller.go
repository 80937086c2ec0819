package app

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"gezhi/internal/fault"
	"gezhi/internal/lang"
	"gezhi/internal/ledger"
	"gezhi/internal/store"
)

// APIScope is one thing a key may be used for.
type APIScope struct {
	ID   string
	Name lang.Text
}

// The scopes, by their names in keys.
const (
	TransfersWrite = "transfers.write"
	TransfersRead  = "transfers.read"
	HoldsWrite     = "holds.write"
	AccountsRead   = "accounts.read"

	EnterprisesWrite = "enterprises.write"
	EnterprisesRead  = "enterprises.read"
)

// APIScopes lists every scope.
func APIScopes() []APIScope {
	return []APIScope{
		{TransfersWrite, lang.Text{ZH: "记账、冲正", EN: "post and reverse transfers"}},
		{TransfersRead, lang.Text{ZH: "查询转账与冻结", EN: "read transfers and holds"}},
		{HoldsWrite, lang.Text{ZH: "冻结、兑付、撤销冻结", EN: "make, confirm and void holds"}},
		{AccountsRead, lang.Text{ZH: "查询余额与流水", EN: "read balances and statements"}},
		{EnterprisesWrite, lang.Text{ZH: "报送企业数据", EN: "say what is known of enterprises"}},
		{EnterprisesRead, lang.Text{ZH: "查询企业画像与政策匹配", EN: "read profiles and what enterprises may have"}},
	}
}

// Caller is another system that calls the API with a key in force.
type Caller struct {
	Zone     int
	Key      int
	Name     string
	scopes   []string
	accounts []string
}

func (c Caller) need(scope string) error {
	if slices.Contains(c.scopes, scope) {
		return nil
	}
	return fault.New(fault.Forbidden, "这个密钥没有 %s 权限。", "This key lacks the scope %s.", scope)
}

// covers reports whether the key may debit and read an account.
func (c Caller) covers(a ledger.Account) bool {
	for _, p := range c.accounts {
		if begin, open := strings.CutSuffix(p, "*"); string(a) == p || open && strings.HasPrefix(string(a), begin) {
			return true
		}
	}
	return false
}

func (c Caller) mayDebit(a ledger.Account) error {
	if c.covers(a) {
		return nil
	}
	f := fault.New(fault.Forbidden, "这个密钥不能从账户“%s”转出。", "This key may not debit the account %q.", a)
	f.Field = "from"
	return f
}

func (c Caller) mayRead(a ledger.Account) error {
	if c.covers(a) {
		return nil
	}
	return fault.New(fault.Forbidden, "这个密钥不能查询账户“%s”。", "This key may not read the account %q.", a)
}

// apiKeyPrefix marks a key, so that one left in a file or a log is recognised.
const apiKeyPrefix = "gzk_"

// newAPISecret is 260 random bits in 52 letters and digits.
func newAPISecret() string { return rand.Text() + rand.Text() }

// writeAPIKey is the key as it is told to its owner: gzk_<zone>.<number>_<secret>.
func writeAPIKey(zone, id int, secret string) string {
	return fmt.Sprintf("%s%d.%d_%s", apiKeyPrefix, zone, id, secret)
}

// readAPIKey takes a key apart. Whatever is wrong with it gives zeros, and a secret that fits no key.
func readAPIKey(key string) (zone, id int, secret string) {
	rest, _ := strings.CutPrefix(key, apiKeyPrefix)
	name, secret, _ := strings.Cut(rest, "_")
	z, n, _ := strings.Cut(name, ".")
	zone, err := strconv.Atoi(z)
	id, err2 := strconv.Atoi(n)
	if err != nil || err2 != nil || !strings.HasPrefix(key, apiKeyPrefix) {
		return 0, 0, secret
	}
	return zone, id, secret
}

// apiCaller is a key as it is kept in memory.
type apiCaller struct {
	Caller
	hash    [sha256.Size]byte
	expires time.Time
	used    atomic.Int64 // unix milliseconds of the last use written down
}

// apiKeyCache keeps the keys in force of each zone for as long as staleAfter: a request with a valid key reads
// nothing from the database, and neither does one with a wrong key.
type apiKeyCache struct {
	mu     sync.Mutex
	zones  map[int]map[int]*apiCaller // by zone and number; nil before the first reading
	read   map[int]time.Time          // when each zone's keys were read
	listed time.Time                  // when the zones were listed
}

func (c *apiKeyCache) forget() {
	c.mu.Lock()
	defer c.mu.Unlock()
	clear(c.read)
}

// ErrUnknownKey answers every key that is wrong, whatever is wrong with it.
var ErrUnknownKey error = fault.New(fault.Forbidden, "密钥无效、已过期或已撤销。", "The key is not valid, has expired or was revoked.")

// Caller finds out whose key it is. A key that is unknown, has expired or was revoked is Forbidden; the answer to
// each takes the same work. Keys are kept in memory for a second: one that was revoked by another process is
// good for that long.
func (a *App) Caller(ctx context.Context, key string) (Caller, error) {
	zone, id, secret := readAPIKey(key)
	found, err := a.apiKey(ctx, zone, id)
	if err != nil {
		return Caller{}, err
	}
	var against [sha256.Size]byte // fits no secret
	if found != nil {
		against = found.hash
	}
	given := sha256.Sum256([]byte(secret))
	same := subtle.ConstantTimeCompare(given[:], against[:]) == 1
	now := a.now()
	if !same || found == nil || !found.expires.IsZero() && !now.Before(found.expires) {
		return Caller{}, ErrUnknownKey
	}
	a.noteUse(ctx, found, now)
	return found.Caller, nil
}

// apiKey is a key in force by its zone and number; nil when there is none.
func (a *App) apiKey(ctx context.Context, zone, id int) (*apiCaller, error) {
	c := a.keys
	c.mu.Lock()
	defer c.mu.Unlock()
	now := time.Now() // the machine's clock, even when the use cases live in another time
	if c.zones == nil || now.Sub(c.listed) >= staleAfter {
		zones, err := a.Zones(ctx)
		if err != nil {
			return nil, err
		}
		known := map[int]map[int]*apiCaller{}
		for _, z := range zones {
			known[z.Code] = c.zones[z.Code]
		}
		c.zones, c.listed = known, now
	}
	old, installed := c.zones[zone]
	if !installed {
		return nil, nil
	}
	if now.Sub(c.read[zone]) >= staleAfter {
		var list []store.APIKey
		err := a.db.View(ctx, zone, func(r *store.Reader) (err error) {
			list, err = r.APIKeys()
			return err
		})
		if err != nil {
			return nil, err
		}
		c.zones[zone], c.read[zone] = inForce(zone, list, old), now
	}
	return c.zones[zone][id], nil
}

func inForce(zone int, list []store.APIKey, old map[int]*apiCaller) map[int]*apiCaller {
	out := map[int]*apiCaller{}
	for _, k := range list {
		if !k.Revoked.IsZero() || len(k.Hash) != sha256.Size {
			continue
		}
		x := &apiCaller{Caller: Caller{Zone: zone, Key: k.ID, Name: k.Name, scopes: k.Scopes, accounts: k.Accounts},
			hash: [sha256.Size]byte(k.Hash), expires: k.Expires}
		if !k.Used.IsZero() {
			x.used.Store(k.Used.UnixMilli())
		}
		if was := old[k.ID]; was != nil {
			x.used.Store(max(x.used.Load(), was.used.Load()))
		}
		out[k.ID] = x
	}
	return out
}

// usedEvery is how exactly the last use of a key is known.
const usedEvery = time.Hour

// noteUse writes a key's use down, at most once an hour. That it could not be written refuses nobody.
func (a *App) noteUse(ctx context.Context, k *apiCaller, now time.Time) {
	last := k.used.Load()
	if now.UnixMilli()-last < usedEvery.Milliseconds() || !k.used.CompareAndSwap(last, now.UnixMilli()) {
		return
	}
	if err := a.db.InTx(ctx, k.Zone, func(tx *store.Tx) error { return tx.UseAPIKey(k.Key) }); err != nil {
		a.log.WarnContext(ctx, "the use of a key was not written down", "key", k.Key, "error", err)
	}
}
