package webhook

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"gezhi/internal/fault"

	"github.com/emmansun/gmsm/sm3"
)

// macOf is HMAC as RFC 2104 defines it, written out: it shares nothing with crypto/hmac.
func macOf(of func() hash.Hash, key, message string) string {
	k := []byte(key)
	size := of().BlockSize()
	if len(k) > size {
		h := of()
		h.Write(k)
		k = h.Sum(nil)
	}
	k = append(k, make([]byte, size-len(k))...)
	pad := func(with byte, then []byte) []byte {
		h := of()
		for _, b := range k {
			h.Write([]byte{b ^ with})
		}
		h.Write(then)
		return h.Sum(nil)
	}
	return hex.EncodeToString(pad(0x5c, pad(0x36, []byte(message))))
}

func TestANoticeIsSigned(t *testing.T) {
	var got *http.Request
	var body []byte
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got = r
		body, _ = io.ReadAll(r.Body)
		w.WriteHeader(http.StatusNoContent)
	}))
	defer s.Close()
	n := Notice{ID: "330108-20260302-00001.3", Type: "case.moved", Body: []byte(`{"id":"330108-20260302-00001.3"}`)}
	for _, secret := range []string{"short", strings.Repeat("longer than a block of either hash ", 4)} {
		out := NewClient(Options{Reach: Reach{Loopback: true}}).Send(t.Context(), s.URL+"/hook?x=1", secret, n, time.Unix(1772416800, 0))
		if out != (Outcome{Status: 204}) {
			t.Fatalf("%+v", out)
		}
		signed := "1772416800." + string(n.Body)
		for name, want := range map[string]string{HeaderTime: "1772416800", HeaderID: n.ID, HeaderEvent: n.Type, "Content-Type": "application/json",
			HeaderSHA: macOf(sha256.New, secret, signed), HeaderSM3: macOf(sm3.New, secret, signed)} {
			if got.Header.Get(name) != want {
				t.Errorf("%s is %q, want %q", name, got.Header.Get(name), want)
			}
		}
		if got.Method != http.MethodPost || !bytes.Equal(body, n.Body) || got.URL.Query().Get("x") != "1" {
			t.Errorf("%s %s: %s", got.Method, got.URL, body)
		}
	}
}

// The signatures of one notice as OpenSSL 3 makes them: openssl dgst -sha256 -hmac …, openssl dgst -sm3 -hmac ….
func TestSignaturesAreThoseOfOpenSSL(t *testing.T) {
	h := http.Header{}
	sign(h, "gzw_EXAMPLE", time.Unix(1772416800, 0), []byte(`{"id":"1"}`))
	if sha, sm := h.Get(HeaderSHA), h.Get(HeaderSM3); sha != opensslSHA || sm != opensslSM3 {
		t.Errorf("%s %s", sha, sm)
	}
}

func TestAnswersAndFailures(t *testing.T) {
	release := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/moved":
			http.Redirect(w, r, "/fine", http.StatusTemporaryRedirect)
		case "/broken":
			w.WriteHeader(500)
			fmt.Fprint(w, "the receiver's own words")
		case "/endless":
			w.WriteHeader(200)
			for range 200 {
				if _, err := w.Write(bytes.Repeat([]byte("x"), 1024)); err != nil {
					return
				}
				w.(http.Flusher).Flush()
			}
			<-release
		case "/hangs":
			<-release
		case "/fine":
		}
	}))
	defer s.Close()
	defer close(release)
	quick := NewClient(Options{Reach: Reach{Loopback: true}, Patience: 300 * time.Millisecond})
	for path, want := range map[string]Outcome{
		"/fine": {Status: 200}, "/moved": {Status: 307, Failure: BadStatus}, "/broken": {Status: 500, Failure: BadStatus},
		"/endless": {Status: 200}, "/hangs": {Failure: NoAnswer},
	} {
		if got := quick.Send(t.Context(), s.URL+path, "s", Notice{}, time.Now()); got != want {
			t.Errorf("%s: %+v, want %+v", path, got, want)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(20*time.Millisecond, cancel)
	if got := quick.Send(ctx, s.URL+"/hangs", "s", Notice{}, time.Now()); got.Failure != Interrupted {
		t.Errorf("interrupted: %+v", got)
	}
	nobody, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody.Close()
	if got := quick.Send(t.Context(), "http://"+nobody.Addr().String()+"/?token=secret", "s", Notice{}, time.Now()); got.Failure != NoConnection || strings.Contains(got.Detail, "secret") {
		t.Errorf("nobody listens: %+v", got)
	}
	tls := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	defer tls.Close()
	if got := NewClient(Options{Reach: Reach{Loopback: true}}).Send(t.Context(), tls.URL, "s", Notice{}, time.Now()); got.Failure != NotSecure {
		t.Errorf("a certificate nobody knows: %+v", got)
	}
}

func TestWhereNoticesMayGo(t *testing.T) {
	always := strings.Fields("0.0.0.0 169.254.169.254 224.0.0.1 239.1.2.3 255.255.255.255 240.0.0.1 192.0.2.1 198.18.0.1 :: fe80::1 ff02::1 ::ffff:169.254.169.254 64:ff9b::a00:1 2002:0a00:0001:: 2001::1 2001:db8::1 ::10.0.0.1 fec0::1 fe80::1%eth0")
	private := strings.Fields("10.0.0.1 172.16.0.1 172.31.255.254 192.168.1.1 100.64.0.1 fc00::1 fd12:3456::1 ::ffff:10.0.0.1")
	loopback := strings.Fields("127.0.0.1 127.9.9.9 ::1 ::ffff:127.0.0.1")
	public := strings.Fields("8.8.8.8 114.114.114.114 172.32.0.1 100.128.0.1 2400:3200::1 ::ffff:8.8.8.8")
	for _, r := range []Reach{{}, {Private: true}, {Loopback: true}, {Private: true, Loopback: true}} {
		for want, list := range map[*bool][]string{new(false): always, &r.Private: private, &r.Loopback: loopback, new(true): public} {
			for _, ip := range list {
				if err := r.allows(netip.MustParseAddr(ip)); (err == nil) != *want {
					t.Errorf("%+v: %s: %v", r, ip, err)
				}
			}
		}
	}
}

// A name is looked at when it has been resolved, at the moment of dialling: what it looks like proves nothing.
func TestANameThatLeadsInsideIsRefusedWhenDialled(t *testing.T) {
	reached := false
	s := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { reached = true }))
	defer s.Close()
	_, port, _ := net.SplitHostPort(s.Listener.Addr().String())
	for _, address := range []string{"https://localhost:" + port + "/", "https://localhost.:" + port + "/"} {
		got := NewClient(Options{Reach: Reach{Private: true}}).Send(t.Context(), address, "s", Notice{}, time.Now())
		if got.Failure != NotAllowed && !strings.Contains(got.Detail, "no such host") || reached {
			t.Errorf("%s: %+v", address, got)
		}
	}
	// Plain http stays on this machine, whatever else is allowed.
	c := NewClient(Options{Reach: Reach{Private: true, Loopback: true}})
	dial := c.plain.Transport.(*http.Transport).DialContext
	if _, err := dial(t.Context(), "tcp", "10.255.255.1:80"); err == nil || !strings.Contains(err.Error(), errNotAllowed.Error()) {
		t.Errorf("plain http to a private network: %v", err)
	}
}

func TestAddressesAreCheckedWhenRegistered(t *testing.T) {
	for address, reach := range map[string]Reach{
		"https://example.gov.cn/gezhi":      {},
		"https://example.gov.cn:8443/a?b=c": {},
		"https://10.0.0.1/":                 {Private: true},
		"https://[fd00::1]/":                {Private: true},
		"http://127.0.0.1:9999/":            {Loopback: true},
		"http://localhost:9999/":            {Loopback: true},
		"https://8.8.8.8/":                  {},
	} {
		if err := reach.Check(address); err != nil {
			t.Errorf("%s with %+v: %v", address, reach, err)
		}
	}
	for _, address := range []string{"", "example.gov.cn", "http://example.gov.cn/", "ftp://example.gov.cn/", "https:///path", "https:example.gov.cn", "javascript:alert(1)",
		"https://user:pass@example.gov.cn/", "https://example.gov.cn/#x", "https://10.0.0.1/", "https://127.0.0.1/", "https://[::1]/", "http://127.0.0.1/", "http://localhost/",
		"https://169.254.169.254/latest/meta-data/", "https://[::ffff:10.0.0.1]/", "https://exa mple/", "https://example.gov.cn/" + strings.Repeat("x", MaxURL)} {
		err := Reach{}.Check(address)
		if list := fault.Fields(err); len(list) != 1 || list[0].Field != "url" {
			t.Errorf("%.60s: %v", address, err)
		}
	}
	if err := (Reach{Loopback: true}).Check("http://example.gov.cn/"); err == nil {
		t.Error("plain http to elsewhere")
	}
}

const (
	opensslSHA = "39bc299654de20305a76e1e256e4d20c7c09745136b7ed99b8c80090041470ec"
	opensslSM3 = "d448e7f1ff19f75d1bb5b7329d193c4c2db2a27b1b422df8401428d1eca61163"
)

// The worked example of docs/API.md holds.
func TestTheDocumentedSignaturesAreRight(t *testing.T) {
	text, err := os.ReadFile("../../docs/API.md")
	if err != nil {
		t.Fatal(err)
	}
	given := map[string]string{}
	for _, m := range regexp.MustCompile(`(?m)^    (secret|time|body|X-Gezhi-\S+): (.+)$`).FindAllStringSubmatch(string(text), -1) {
		given[m[1]] = m[2]
	}
	seconds, err := strconv.ParseInt(given["time"], 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	h := http.Header{}
	sign(h, given["secret"], time.Unix(seconds, 0), []byte(given["body"]))
	signed := given["time"] + "." + given["body"]
	for name, of := range map[string]func() hash.Hash{HeaderSHA: sha256.New, HeaderSM3: sm3.New} {
		if want := given[name]; want == "" || h.Get(name) != want || macOf(of, given["secret"], signed) != want {
			t.Errorf("%s: documented %q, sent %q", name, want, h.Get(name))
		}
	}
}
