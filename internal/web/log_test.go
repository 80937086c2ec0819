package web_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"gezhi/internal/app"
	"gezhi/internal/browser"
	"gezhi/internal/ledger"
	"gezhi/internal/proof"
	"gezhi/internal/store"
)

// gift books points to a resident.
func (o *office) gift(v app.Viewer, id string) {
	o.t.Helper()
	o.ok(o.app.DB().InTx(context.Background(), binjiang, func(tx *store.Tx) error {
		_, err := tx.Post(ledger.Transfer{ID: id, From: ledger.Of(ledger.Issue, "330108"), To: app.PersonAccount(v.Person), Asset: ledger.Point, Amount: 30, Reason: "gift"})
		return err
	}))
}

// check uploads a receipt.
func (r *reader) check(t *testing.T, file []byte) answer {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	if file != nil {
		part, err := w.CreateFormFile("file", "receipt.json")
		if err != nil {
			t.Fatal(err)
		}
		part.Write(file)
	}
	w.Close()
	req, err := http.NewRequest(http.MethodPost, r.o.server.URL+"/binjiang/log", &body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", w.FormDataContentType())
	return r.do(req)
}

func TestReceiptsAreHandedOutAndChecked(t *testing.T) {
	c := newCast(t)
	c.gift(c.resident, "gift/1:a")
	r := c.enter(c.resident)
	page := "/binjiang/case/" + strconv.FormatInt(int64(c.inXixing.ID), 10)
	r.get(page).has(t, "领取办理凭证")
	r.get("/binjiang/points").has(t, "凭证")
	for path, sees := range map[string]string{page + "/receipt": c.inXixing.Number, "/binjiang/points/receipt/gift%2F1:a": "+30 分"} {
		a := r.get(path)
		a.has(t, sees, "防篡改日志", "下载凭证", "签名时间")
		if len(a.find("svg", "gz-qr")) != 1 {
			t.Errorf("%s has no code", path)
		}
		file := path + "/file"
		if strings.HasSuffix(path, "receipt") {
			file = path + ".json"
		}
		got := r.get(file)
		if got.code != http.StatusOK {
			t.Fatalf("%s: %d", file, got.code)
		}
		receipt := got.body
		visitor := c.enter(app.Viewer{})
		visitor.check(t, receipt).has(t, "凭证有效", "凭证记录的内容")
		forged := bytes.Replace(receipt, []byte(`\"zone\":330108`), []byte(`\"zone\":330109`), 1)
		visitor.check(t, forged).has(t, "凭证无效", "记录内容与签名对不上")
		if a := c.enter(c.puyan).get(path); a.code != http.StatusNotFound {
			t.Errorf("a stranger sees %s: %d", path, a.code)
		}
	}
	a := r.check(t, []byte(`<em>`))
	a.has(t, "这不是一张凭证")
	if a.code != http.StatusUnprocessableEntity || len(a.find("em", "")) > 0 {
		t.Errorf("a file that is no receipt: %d", a.code)
	}
	r.check(t, nil).has(t, "请选择凭证文件")
	injected := []byte(`{"format":"gezhi-receipt-1","title":"<em>","zone":330108,"index":0,"leaf":"<em>","hashes":[],"checkpoint":"<em>"}`)
	if a := r.check(t, injected); len(a.find("em", "")) > 0 || !strings.Contains(a.text(), "凭证无效") {
		t.Errorf("markup in a receipt: %s", a.text())
	}
	r.get("/binjiang/log").has(t, "gezhi/330108+", "已记入", "gezhi verify receipt")
}

func TestProgramsReadTheLog(t *testing.T) {
	c := newCast(t)
	get := func(path string, code int) string {
		t.Helper()
		resp, err := http.Get(c.server.URL + "/binjiang/log/" + path)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil || resp.StatusCode != code {
			t.Fatalf("%s: %d %s %v", path, resp.StatusCode, body, err)
		}
		return string(body)
	}
	key, err := proof.ParseKey(get("key", 200))
	c.ok(err)
	early, err := key.Open(get("checkpoint", 200))
	c.ok(err)
	c.gift(c.resident, "x")
	late, err := key.Open(get("checkpoint", 200))
	c.ok(err)
	if late.Size != early.Size+1 {
		t.Errorf("one leaf makes %d of %d", late.Size, early.Size)
	}
	var grown app.GrowthProof
	c.ok(json.Unmarshal([]byte(get("consistency?from="+strconv.FormatInt(early.Size, 10), 200)), &grown))
	var hashes []proof.Hash
	for _, s := range grown.Hashes {
		h, err := proof.ParseHash(s)
		c.ok(err)
		hashes = append(hashes, h)
	}
	c.ok(proof.CheckConsistency(early, late, hashes))
	var in app.LeafProof
	c.ok(json.Unmarshal([]byte(get("leaves/0/proof?size="+strconv.FormatInt(early.Size, 10), 200)), &in))
	if in.Size != early.Size || in.Leaf == "" {
		t.Errorf("%+v", in)
	}
	for path, code := range map[string]int{"leaves/9999/proof": 404, "leaves/x/proof": 404, "leaves/0/proof?size=9999": 404, "leaves/0/proof?size=x": 422,
		"consistency?from=9": 200, "consistency?from=0": 422, "consistency?from=99999": 422, "consistency?from=1&to=99999": 404} {
		if path == "consistency?from=9" && late.Size < 9 {
			code = 422
		}
		get(path, code)
	}
}

// TestLogPagesInABrowser looks at the log's pages on a phone and at a desk, and checks a receipt as a resident would.
func TestLogPagesInABrowser(t *testing.T) {
	b := browser.Start(t)
	c := newCast(t)
	c.gift(c.resident, "gift")
	page := "/binjiang/case/" + strconv.FormatInt(int64(c.inXixing.ID), 10)
	file := filepath.Join(t.TempDir(), "receipt.json")
	c.ok(os.WriteFile(file, c.enter(c.resident).get(page+"/receipt.json").body, 0o600))
	for _, phone := range []bool{false, true} {
		p := b.Desktop(t)
		if phone {
			p = b.Phone(t)
		}
		p.Goto(c.server.URL + "/")
		p.Click("13800000001")
		for path, sees := range map[string]string{"log": "核对凭证", "case/" + strconv.FormatInt(int64(c.inXixing.ID), 10) + "/receipt": "下载凭证",
			"points/receipt/gift": "+30 分", "points": "凭证"} {
			p.Goto(c.server.URL + "/binjiang/" + path)
			p.WaitText(sees)
			p.NoHorizontalScroll()
			p.Axe()
			p.Screenshot(strings.SplitN(path, "/", 2)[0])
		}
		p.Goto(c.server.URL + "/binjiang/log")
		p.Upload("凭证文件", file)
		p.Click("核对")
		p.WaitText("凭证有效")
		p.NoHorizontalScroll()
		p.Axe()
		p.Screenshot("verdict")
	}
}
