package sms

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestGatewaySignsWhatItPosts(t *testing.T) {
	var body, signed string
	fake := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		body = string(b)
		mac := hmac.New(sha256.New, []byte("secret"))
		mac.Write([]byte(r.Header.Get("X-Gezhi-Time") + "." + body))
		if hex.EncodeToString(mac.Sum(nil)) == r.Header.Get("X-Gezhi-Signature") {
			signed = "yes"
		}
		if strings.Contains(body, "19900000000") {
			w.WriteHeader(http.StatusBadGateway)
		}
	}))
	defer fake.Close()
	g := Gateway{URL: fake.URL, Secret: "secret"}
	if err := g.Send(context.Background(), "13800000000", "验证码 123456"); err != nil {
		t.Fatal(err)
	}
	if body != `{"phone":"13800000000","text":"验证码 123456"}` || signed != "yes" {
		t.Errorf("posted %s, signed %q", body, signed)
	}
	if err := g.Send(context.Background(), "19900000000", "x"); err == nil {
		t.Error("a refusal by the gateway was taken for success")
	}
}
