// Package sms hands text messages to whatever sends them.
package sms

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"
)

// Gateway posts each message to an address of the operator's, which passes it on to the carrier. The body
// is {"phone":"13…","text":"…"}; the headers X-Gezhi-Time (unix seconds) and X-Gezhi-Signature
// (hex HMAC-SHA-256 of time, a full stop and the body, keyed with Secret) prove where it came from.
type Gateway struct {
	URL    string
	Secret string
	Client *http.Client // nil: ten seconds' patience
}

// Send posts one message. Any answer but 2xx is an error.
func (g Gateway) Send(ctx context.Context, phone, text string) error {
	body, err := json.Marshal(map[string]string{"phone": phone, "text": text})
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, g.URL, bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("sms gateway: %w", err)
	}
	now := strconv.FormatInt(time.Now().Unix(), 10)
	mac := hmac.New(sha256.New, []byte(g.Secret))
	io.WriteString(mac, now+".")
	mac.Write(body)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Gezhi-Time", now)
	req.Header.Set("X-Gezhi-Signature", hex.EncodeToString(mac.Sum(nil)))
	client := g.Client
	if client == nil {
		client = &http.Client{Timeout: 10 * time.Second}
	}
	res, err := client.Do(req)
	if err != nil {
		return fmt.Errorf("sms gateway: %w", err)
	}
	defer res.Body.Close()
	if res.StatusCode/100 != 2 {
		return fmt.Errorf("sms gateway answered %s", res.Status)
	}
	return nil
}

// Shown keeps the last message for each phone, for a demonstration that shows it on the page.
type Shown struct {
	mu   sync.Mutex
	last map[string]string
}

// Send keeps the message.
func (s *Shown) Send(_ context.Context, phone, text string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.last == nil || len(s.last) > 10_000 {
		s.last = map[string]string{}
	}
	s.last[phone] = text
	return nil
}

// Last is the last message to the phone, "" when there was none.
func (s *Shown) Last(phone string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.last[phone]
}
