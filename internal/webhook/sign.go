// Package webhook sends notices to addresses that an administrator registered: signed, with patience that ends, and
// never to places the operator did not allow.
package webhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/emmansun/gmsm/sm3"
)

// The headers of a notice.
const (
	HeaderEvent = "X-Gezhi-Event"         // what happened: case.moved …
	HeaderID    = "X-Gezhi-Event-Id"      // the same when a notice is sent again
	HeaderTime  = "X-Gezhi-Time"          // unix seconds of this try
	HeaderSHA   = "X-Gezhi-Signature"     // hex HMAC-SHA-256 of time, a full stop and the body
	HeaderSM3   = "X-Gezhi-Signature-SM3" // the same with HMAC-SM3 (GB/T 32905)
)

// sign sets the headers that prove where a body comes from. The key is the secret as it was shown, as text.
func sign(h http.Header, secret string, at time.Time, body []byte) {
	seconds := strconv.FormatInt(at.Unix(), 10)
	h.Set(HeaderTime, seconds)
	h.Set(HeaderSHA, signature(sha256.New, secret, seconds, body))
	h.Set(HeaderSM3, signature(sm3.New, secret, seconds, body))
}

func signature(of func() hash.Hash, secret, seconds string, body []byte) string {
	mac := hmac.New(of, []byte(secret))
	io.WriteString(mac, seconds+".")
	mac.Write(body)
	return hex.EncodeToString(mac.Sum(nil))
}
