package web

import (
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"gezhi/internal/app"
	"gezhi/internal/casework"
	"gezhi/internal/fault"
	"gezhi/internal/lang"
	"gezhi/internal/ledger"
	"gezhi/internal/proof"
	"gezhi/internal/web/ui"
)

// logPage explains a district's log to anybody and checks receipts.
type logPage struct {
	Page ui.Page
	V    *visit
	Log  app.LogSummary
	In   ui.Input
	Done bool // a receipt was checked
	// Of the receipt that was checked:
	Receipt    proof.Receipt
	Checkpoint proof.Checkpoint
	Wrong      string // why it proves nothing; "" when it is good
}

func (v *visit) logPage() (logPage, error) {
	p := logPage{Page: v.page(v.lang.T("防篡改日志", "Tamper-evident log"), "log"), V: v, In: ui.Input{Lang: v.lang}}
	var err error
	p.Log, err = v.s.app.LogSummary(v.Context(), v.zone.Code)
	return p, err
}

func (s *Server) showLog(v *visit) error {
	p, err := v.logPage()
	if err != nil {
		return err
	}
	return v.render(logView(p))
}

// receiptUpload is the most bytes a form with a receipt may have.
const receiptUpload = 2 * proof.MaxReceipt

// checkReceipt says whether a receipt is good. What is wrong with it is the answer that was asked for, not a mistake in
// the form, unless the file is no receipt at all.
func (s *Server) checkReceipt(v *visit) error {
	if err := v.parseUpload(); err != nil {
		return err
	}
	_, file, err := v.upload()
	if err != nil {
		return err
	}
	p, err := v.logPage()
	if err != nil {
		return err
	}
	if file == nil {
		err = fault.Field("file", "请选择凭证文件。", "Choose the receipt's file.")
	} else {
		p.Receipt, p.Checkpoint, err = s.app.CheckReceipt(v.zone.Code, file)
	}
	if list := fault.Fields(err); len(list) > 0 && list[0].Field != "" {
		f := *list[0]
		f.Field = "file"
		p.In = v.input(&f)
		return v.again(&f, logView(p))
	}
	if fault.KindOf(err) == fault.Internal && err != nil {
		return err
	}
	if p.Done = true; err != nil {
		p.Wrong = fault.Sentence(err, v.lang)
	}
	return v.render(logView(p))
}

// plain sends a text for programs and people alike.
func (v *visit) plain(text string) error {
	v.w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	_, err := v.w.Write([]byte(text))
	return err
}

// sendJSON sends a value for programs.
func (v *visit) sendJSON(value any) error {
	v.w.Header().Set("Content-Type", "application/json")
	return json.NewEncoder(v.w).Encode(value)
}

func (s *Server) logKey(v *visit) error {
	key, err := s.app.LogKey(v.zone.Code)
	if err != nil {
		return err
	}
	return v.plain(key + "\n")
}

func (s *Server) checkpoint(v *visit) error {
	note, err := s.app.Checkpoint(v.Context(), v.zone.Code)
	if err != nil {
		return err
	}
	return v.plain(note)
}

func (s *Server) inclusion(v *visit) error {
	n, err := strconv.ParseInt(v.PathValue("n"), 10, 64)
	if err != nil {
		return errNoPage
	}
	size, err := v.number("size")
	if err != nil {
		return err
	}
	p, err := s.app.Inclusion(v.Context(), v.zone.Code, n, size)
	if err != nil {
		return err
	}
	return v.sendJSON(p)
}

func (s *Server) consistency(v *visit) error {
	from, err := v.number("from")
	if err != nil {
		return err
	}
	to, err := v.number("to")
	if err != nil {
		return err
	}
	p, err := s.app.Consistency(v.Context(), v.zone.Code, from, to)
	if err != nil {
		return err
	}
	return v.sendJSON(p)
}

// number is a number in the address, 0 when it is not there.
func (v *visit) number(name string) (int64, error) {
	text := v.URL.Query().Get(name)
	if text == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || n < 0 {
		return 0, fault.Field(name, "参数 %s 应为非负整数。", "The parameter %s must be a whole number, not negative.", name)
	}
	return n, nil
}

// receiptPage shows a receipt and what it proves.
type receiptPage struct {
	Page  ui.Page
	V     *visit
	P     app.Proven
	Title string // of the receipt
	What  string // one sentence: what it proves
	File  string // address of the file
	Back  ui.Link
}

func (s *Server) caseReceipt(v *visit) error {
	p, err := v.caseReceipt()
	if err != nil {
		return err
	}
	return v.render(receiptView(p))
}

func (s *Server) caseReceiptFile(v *visit) error {
	p, err := v.caseReceipt()
	if err != nil {
		return err
	}
	return v.receiptFile(p)
}

func (v *visit) caseReceipt() (receiptPage, error) {
	id, err := app.ParseCaseID(v.PathValue("id"))
	if err != nil {
		return receiptPage{}, err
	}
	c, err := v.s.app.CaseReceipt(v.Context(), v.viewer, id)
	if err != nil {
		return receiptPage{}, err
	}
	l, back := v.lang, v.to("case", strconv.FormatInt(int64(c.Case.ID), 10))
	move := c.Event.Move.In(l)
	p := receiptPage{V: v, P: c.Proven, File: back + "/receipt.json", Back: ui.Link{Label: l.T("返回案件", "Back to the case"), URL: back},
		Title: l.Tf("案件 %s：%s", "Case %s: %s", c.Case.Number, move),
		What: l.Tf("案件 %[1]s 于 %[2]s 办理了“%[3]s”。", "Case %[1]s: “%[3]s” took place at %[2]s.",
			c.Case.Number, ui.DateTime(l, c.Event.At), move)}
	p.Page = v.page(l.T("办理凭证", "Receipt of a decision"), "mine")
	return p, nil
}

func (s *Server) transferReceipt(v *visit) error {
	p, err := v.transferReceipt()
	if err != nil {
		return err
	}
	return v.render(receiptView(p))
}

func (s *Server) transferReceiptFile(v *visit) error {
	p, err := v.transferReceipt()
	if err != nil {
		return err
	}
	return v.receiptFile(p)
}

func (v *visit) transferReceipt() (receiptPage, error) {
	t, err := v.s.app.TransferReceipt(v.Context(), v.viewer, v.PathValue("transfer"))
	if err != nil {
		return receiptPage{}, err
	}
	l, sign := v.lang, "+"
	if t.Transfer.From == app.PersonAccount(casework.Person(v.viewer.Person)) {
		sign = "−"
	}
	amount := sign + amountWords(l, t.Transfer)
	p := receiptPage{V: v, P: t.Proven, File: v.receiptURL(t.Transfer.ID) + "/file", Back: ui.Link{Label: l.T("返回我的积分", "Back to my points"), URL: v.to("points")},
		Title: l.Tf("积分记账：%s", "Points: %s", amount),
		What:  l.Tf("您的账户于 %s 记账 %s。", "Your account was booked at %s: %s.", ui.DateTime(l, t.Transfer.At), amount)}
	p.Page = v.page(l.T("积分凭证", "Receipt of points"), "points")
	return p, nil
}

// amountWords is a transfer's amount in words.
func amountWords(l lang.Lang, t ledger.Posted) string {
	if t.Asset == ledger.CNY {
		return l.Tf("%d.%02d 元", "CNY %d.%02d", t.Amount/100, t.Amount%100)
	}
	return l.Tf("%s 分", "%s points", ui.Number(t.Amount))
}

// receiptURL is the page of a transfer's receipt.
func (v *visit) receiptURL(transfer string) string {
	return v.to("points", "receipt", url.PathEscape(transfer))
}

// receiptFile sends the receipt as a file.
func (v *visit) receiptFile(p receiptPage) error {
	r := p.P.Receipt
	r.Title = p.Title
	name := "gezhi-" + strconv.Itoa(r.Zone) + "-" + strconv.FormatInt(r.Index, 10) + ".json"
	return v.download(name, "application/json", r.File())
}

// code is what the receipt's QR code holds: the hash of the record, and the signed checkpoint.
func (p receiptPage) code() string {
	h := p.P.Receipt.LeafHash()
	return hex.EncodeToString(h[:]) + "\n" + p.P.Receipt.Checkpoint
}

// memberNames are what the members of a leaf are called on a page.
var memberNames = map[string]lang.Text{
	"kind": {ZH: "类别", EN: "Kind"}, "zone": {ZH: "辖区代码", EN: "District"}, "number": {ZH: "案号", EN: "Case number"}, "case": {ZH: "案件编号", EN: "Case id"},
	"seq": {ZH: "顺序号", EN: "Sequence"}, "at": {ZH: "时间", EN: "When"}, "actor": {ZH: "经办人编号", EN: "Who, by number"}, "duty": {ZH: "经办职责", EN: "Duty"},
	"move": {ZH: "操作", EN: "Step"}, "from": {ZH: "从", EN: "From"}, "to": {ZH: "到", EN: "To"}, "holder": {ZH: "转由谁办", EN: "Then with"}, "reason": {ZH: "理由", EN: "Reason"},
	"note": {ZH: "说明（摘要值）", EN: "Note (SHA-256)"}, "fields": {ZH: "填写内容（摘要值）", EN: "What was filled in (SHA-256)"}, "photos": {ZH: "照片编号", EN: "Photos"},
	"due": {ZH: "时限", EN: "Due"}, "content": {ZH: "案件全部内容（摘要值）", EN: "The whole case (SHA-256)"}, "revision": {ZH: "修订号", EN: "Revision"},
	"id": {ZH: "记账编号", EN: "Transfer"}, "asset": {ZH: "种类", EN: "Asset"}, "amount": {ZH: "数额", EN: "Amount"}, "expires": {ZH: "有效期至", EN: "Lapses"},
	"ref": {ZH: "关联事项", EN: "About"}, "from_n": {ZH: "付方第几笔", EN: "Line of the payer"}, "to_n": {ZH: "收方第几笔", EN: "Line of the payee"},
	"lots": {ZH: "动用的批次", EN: "Lots moved"}, "reverses": {ZH: "冲正的账", EN: "Takes back"}, "until": {ZH: "保留至", EN: "Held until"},
	"photo": {ZH: "照片编号", EN: "Photo"}, "by": {ZH: "上传人编号", EN: "Taken by, by number"}, "width": {ZH: "宽", EN: "Width"}, "height": {ZH: "高", EN: "Height"},
	"sha256": {ZH: "照片摘要值", EN: "SHA-256"}, "thumb": {ZH: "缩略图摘要值", EN: "SHA-256 of the small picture"}, "dhash": {ZH: "照片特征值", EN: "Fingerprint"},
}

// kindNames are the kinds of leaf.
var kindNames = map[string]lang.Text{
	proof.KindCase: {ZH: "案件办理", EN: "a step of a case"}, proof.KindState: {ZH: "案件状态", EN: "the state of a case"}, proof.KindPhoto: {ZH: "照片", EN: "a photo"},
	proof.KindTransfer: {ZH: "积分、资金记账", EN: "points or money"}, proof.KindHold: {ZH: "积分冻结", EN: "points set aside"},
}

// members are what a leaf says, as facts.
func (v *visit) members(leaf string) []ui.Fact {
	var out []ui.Fact
	list := proof.Members(leaf)
	kind := ""
	for _, m := range list {
		if m.Name == "kind" {
			kind = m.Value
		}
		name, known := memberNames[m.Name]
		if !known {
			name = lang.Text{ZH: m.Name, EN: m.Name}
		}
		value := longCode(m.Value)
		if words := v.memberWords(kind, m); words != "" {
			value = ui.Text(words)
		}
		out = append(out, ui.Fact{Label: name.In(v.lang), Value: value})
	}
	return out
}

// memberWords puts what a leaf says into words; "" for what is no word.
func (v *visit) memberWords(kind string, m proof.Member) string {
	l, p := v.lang, v.zone.Procedure(app.GridEvent)
	switch m.Name {
	case "kind":
		return kindNames[m.Value].In(l)
	case "at", "due", "expires", "until":
		if t, err := time.Parse("2006-01-02T15:04:05.000Z07:00", m.Value); err == nil {
			return ui.DateTime(l, t)
		}
	case "asset":
		return map[string]string{"POINT": l.T("积分", "points"), "CNY": l.T("人民币（分）", "CNY, in fen")}[m.Value]
	case "move":
		if p == nil {
			return ""
		}
		return p.Label(casework.Event{Move: m.Value}).In(l)
	case "from", "to":
		if p == nil || kind != proof.KindCase {
			return ""
		}
		s, _ := p.Stage(m.Value)
		return s.Name.In(l)
	case "holder", "duty":
		return l.T(v.zone.HolderName(casework.ParseHolder(m.Value)))
	}
	return ""
}

// signedFacts say what was signed and when.
func signedFacts(l lang.Lang, index int64, c proof.Checkpoint) []ui.Fact {
	return []ui.Fact{
		ui.TextFact(l.T("在日志中的位置", "Place in the log"), l.Tf("第 %s 条", "entry %s", ui.Number(index+1))),
		ui.TextFact(l.T("签名时间", "Signed at"), ui.DateTime(l, c.Time())),
		ui.TextFact(l.T("签名时日志共有", "The log then had"), l.Tf("%s 条", "%s entries", ui.Number(c.Size))),
	}
}

// openUpload is open for forms that carry a small file.
func (s *Server) openUpload(most int64, h func(*visit) error) http.Handler {
	return s.Upload(most, func(w http.ResponseWriter, r *http.Request) error {
		v, err := s.visit(w, r)
		if err != nil {
			return err
		}
		return h(v)
	})
}
