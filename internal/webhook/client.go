package webhook

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"syscall"
	"time"
)

// Patience is how long one try may take unless the client's options say otherwise, from the look-up of the name to the
// end of the answer.
const Patience = 10 * time.Second

// Options are what the operator decides. The zero value sends to public addresses only.
type Options struct {
	Reach    Reach
	Patience time.Duration // at most Patience, which 0 means too
}

// ignoredAfter is how much of an answer's body is read, so that the connection can be used again; it is looked at by
// nobody.
const ignoredAfter = 1 << 10

// Client sends notices. It follows no redirects and uses no proxy: either would choose another address than the one that
// was checked. It is safe for use by many goroutines.
type Client struct {
	reach  Reach
	secure *http.Client
	plain  *http.Client // this machine only
}

// NewClient returns a client that sends where it may.
func NewClient(o Options) *Client {
	patience := Patience
	if o.Patience > 0 {
		patience = min(o.Patience, Patience)
	}
	return &Client{reach: o.Reach, secure: httpClient(o.Reach.control(nil), patience),
		plain: httpClient(o.Reach.control(func(ip netip.Addr) bool { return ip.Unmap().IsLoopback() }), patience)}
}

func httpClient(control func(network, address string, _ syscall.RawConn) error, patience time.Duration) *http.Client {
	dialer := &net.Dialer{Timeout: patience / 2, Control: control}
	return &http.Client{Timeout: patience,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{DialContext: dialer.DialContext, TLSHandshakeTimeout: patience / 2, MaxResponseHeaderBytes: 16 << 10,
			MaxIdleConnsPerHost: 1, MaxIdleConns: 16, IdleConnTimeout: time.Minute, ForceAttemptHTTP2: true, DisableCompression: true}}
}

// Reach is where the client may send to.
func (c *Client) Reach() Reach { return c.reach }

// Notice is what is sent: a body of JSON with its type and id.
type Notice struct {
	ID   string
	Type string
	Body []byte
}

// Outcome is what became of one try.
type Outcome struct {
	Status  int // of the answer; 0 when there was none
	Failure Failure
	Detail  string // for whoever looks into it: nothing that the receiver wrote
}

// Failure is why a try failed; "" when it did not.
type Failure string

// The ways to fail.
const (
	BadStatus    Failure = "status"  // any answer but 2xx
	NoAnswer     Failure = "timeout" // not within Patience
	NotAllowed   Failure = "address" // the name leads where notices may not go
	NotSecure    Failure = "tls"     // the certificate does not prove the name
	NoConnection Failure = "connect"
	Interrupted  Failure = "interrupted" // this process is ending: the try does not count
)

// Send makes one try.
func (c *Client) Send(ctx context.Context, address, secret string, n Notice, now time.Time) Outcome {
	if err := c.reach.Check(address); err != nil {
		return Outcome{Failure: NotAllowed, Detail: err.Error()} // less is allowed than when it was registered
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(n.Body))
	if err != nil {
		return Outcome{Failure: NotAllowed, Detail: "the address is not valid"}
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "Gezhi")
	req.Header.Set(HeaderEvent, n.Type)
	req.Header.Set(HeaderID, n.ID)
	sign(req.Header, secret, now, n.Body)
	client := c.secure
	if req.URL.Scheme == "http" {
		client = c.plain
	}
	res, err := client.Do(req)
	if err != nil {
		return failed(ctx, err)
	}
	defer res.Body.Close()
	io.CopyN(io.Discard, res.Body, ignoredAfter) // what it says does not matter, nor whether it ends
	if res.StatusCode/100 != 2 {
		return Outcome{Status: res.StatusCode, Failure: BadStatus}
	}
	return Outcome{Status: res.StatusCode}
}

// failed says why a try got no answer. The address is left out: its query may be a secret of the receiver's.
func failed(ctx context.Context, err error) Outcome {
	var outer *url.Error
	if errors.As(err, &outer) {
		err = outer.Err
	}
	var timeout interface{ Timeout() bool }
	var certificate *tls.CertificateVerificationError
	switch {
	case ctx.Err() != nil:
		return Outcome{Failure: Interrupted}
	case errors.Is(err, errNotAllowed):
		return Outcome{Failure: NotAllowed, Detail: err.Error()}
	case errors.As(err, &certificate):
		return Outcome{Failure: NotSecure, Detail: err.Error()}
	case errors.As(err, &timeout) && timeout.Timeout():
		return Outcome{Failure: NoAnswer}
	}
	return Outcome{Failure: NoConnection, Detail: err.Error()}
}
