package api

import (
	"context"
	"encoding/json"
	"net/http"
	"strconv"
	"time"
	"unicode/utf8"

	"gezhi/internal/app"
	"gezhi/internal/fault"
	"gezhi/internal/lang"
	"gezhi/internal/ledger"
	"gezhi/internal/store"

	"github.com/danielgtaylor/huma/v2"
)

// transferBody is a transfer as it is ordered.
type transferBody struct {
	ID      string     `json:"id" minLength:"1" maxLength:"90" pattern:"^[A-Za-z0-9][A-Za-z0-9._~-]*$" doc:"Given by the caller; the same id posts once." example:"order-2026-000817"`
	From    string     `json:"from" doc:"Account that gives." example:"pool:330108001"`
	To      string     `json:"to" doc:"Account that gets." example:"person:812"`
	Asset   string     `json:"asset" enum:"POINT,CNY" doc:"POINT in whole points, CNY in 分."`
	Amount  int64      `json:"amount" minimum:"1" doc:"More than zero; an integer."`
	Expires *time.Time `json:"expires,omitempty" doc:"When what arrives lapses, to the millisecond; left out for never."`
	Reason  string     `json:"reason,omitempty" maxLength:"100" doc:"Rule or occasion; at most 100 bytes."`
	Ref     string     `json:"ref,omitempty" maxLength:"100" doc:"What it is about; at most 100 bytes." example:"award:12"`
}

// postedBody is a transfer as it stands in the books.
type postedBody struct {
	transferBody
	At       time.Time `json:"at" doc:"When it was posted."`
	Reverses string    `json:"reverses,omitempty" doc:"Id of the transfer it takes back."`
}

// bookedBody is what became of one transfer.
type bookedBody struct {
	Status   string     `json:"status" enum:"posted,repeated" doc:"repeated: it had been posted before, with the same content; this is the first result."`
	Transfer postedBody `json:"transfer"`
}

type booked struct {
	Status   int
	Location string `header:"Location"`
	Repeated string `header:"Idempotent-Replayed" doc:"true when this is the first result once more."`
	Body     bookedBody
}

type batchBody struct {
	Transfers []transferBody `json:"transfers" minItems:"1" maxItems:"1000"`
}

type resultsBody struct {
	Posted   int          `json:"posted" doc:"How many were posted now."`
	Repeated int          `json:"repeated" doc:"How many had been posted before."`
	Refused  int          `json:"refused" doc:"How many were refused."`
	Results  []resultBody `json:"results" doc:"One for each transfer, in their order."`
}

type resultBody struct {
	ID      string     `json:"id"`
	Status  string     `json:"status" enum:"posted,repeated,refused"`
	At      *time.Time `json:"at,omitempty" doc:"When it was posted."`
	Problem *problem   `json:"problem,omitempty" doc:"Why it was refused."`
}

type reversalBody struct {
	ID     string `json:"id" minLength:"1" maxLength:"90" doc:"The reversal's own id."`
	Reason string `json:"reason" minLength:"1" maxLength:"100" doc:"Why."`
	Ref    string `json:"ref,omitempty" maxLength:"100"`
}

// mostInBatch is how many transfers one request may order.
const mostInBatch = 1000

func (s *Server) transfers() {
	op := operation(http.MethodPost, "post-transfer", "/transfers", "Post a transfer", app.TransfersWrite, 400, 409, 413, 422)
	op.DefaultStatus = http.StatusCreated
	op.Responses = map[string]*huma.Response{"200": {Description: "It had been posted before: the first result."}}
	registerBody[transferBody](s, op, s.postTransfer)

	op = operation(http.MethodPost, "post-transfers", "/transfers:batch", "Post up to 1,000 transfers, each accepted or refused on its own", app.TransfersWrite, 400, 413, 422)
	op.MaxBodyBytes = bodyBatch
	registerBody[batchBody](s, op, s.postBatch)
	results := s.huma.OpenAPI().Components.Schemas.Schema(resultsType, true, "results")
	s.huma.OpenAPI().Paths[op.Path].Post.Responses["200"].Content = map[string]*huma.MediaType{"application/json": {Schema: results}}

	register(s, operation(http.MethodGet, "get-transfer", "/transfers/{id}", "Look a transfer up", app.TransfersRead, 404), s.getTransfer)

	op = operation(http.MethodPost, "reverse-transfer", "/transfers/{id}:reverse", "Take a transfer back", app.TransfersWrite, 400, 404, 409, 413, 422)
	op.DefaultStatus = http.StatusCreated
	op.Responses = map[string]*huma.Response{"200": {Description: "It had been reversed before: the first result."}}
	registerBody[reversalBody](s, op, s.reverse)
}

// transferFields are the members of a transfer in a body.
func transferFields(t *ledger.Transfer) [8]field {
	return [...]field{{name: "id", text: &t.ID}, {name: "from", text: (*string)(&t.From)}, {name: "to", text: (*string)(&t.To)},
		{name: "asset", text: (*string)(&t.Asset)}, {name: "amount", number: &t.Amount}, {name: "expires", when: &t.Expires},
		{name: "reason", text: &t.Reason}, {name: "ref", text: &t.Ref}}
}

func (s *Server) postTransfer(ctx context.Context, c *call, in *sent) (*booked, error) {
	var t ledger.Transfer
	fields := transferFields(&t)
	if err := decode(in.RawBody, fields[:]...); err != nil {
		return nil, err
	}
	p, fresh, err := s.app.PostTransfer(ctx, c.Caller, t)
	if err != nil {
		return nil, err
	}
	return bookedAs(p, fresh), nil
}

func bookedAs(p ledger.Posted, fresh bool) *booked {
	out := &booked{Status: http.StatusCreated, Location: root + "/transfers/" + p.ID, Body: bookedBody{"posted", postedAs(p)}}
	if !fresh {
		out.Status, out.Repeated, out.Body.Status = http.StatusOK, "true", "repeated"
	}
	return out
}

func postedAs(p ledger.Posted) postedBody {
	return postedBody{transferBody{p.ID, string(p.From), string(p.To), string(p.Asset), p.Amount, unlessZero(p.Expires), p.Reason, p.Ref}, p.At.UTC(), p.Reverses}
}

func unlessZero(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

type postedOut struct{ Body postedBody }

func (s *Server) getTransfer(ctx context.Context, c *call, in *Asked) (*postedOut, error) {
	p, err := s.app.TransferByID(ctx, c.Caller, in.ID)
	return &postedOut{postedAs(p)}, err
}

func (s *Server) reverse(ctx context.Context, c *call, in *sentTo) (*booked, error) {
	var by ledger.Transfer
	if err := decode(in.RawBody, field{name: "id", text: &by.ID}, field{name: "reason", text: &by.Reason}, field{name: "ref", text: &by.Ref}); err != nil {
		return nil, err
	}
	if by.Reason == "" {
		return nil, fault.Field("reason", "请写明冲正原因。", "Say why it is reversed.")
	}
	p, fresh, err := s.app.ReverseTransfer(ctx, c.Caller, in.ID, by)
	if err != nil {
		return nil, err
	}
	return bookedAs(p, fresh), nil
}

type results struct {
	ContentType string `header:"Content-Type"`
	Body        []byte
}

// postBatch decodes and answers by hand: at thirty thousand transfers a second, reflection would take as long
// as the books do.
func (s *Server) postBatch(ctx context.Context, c *call, in *sent) (*results, error) {
	list, refused, err := decodeBatch(in.RawBody)
	if err != nil {
		return nil, err
	}
	out, err := s.app.PostTransfers(ctx, c.Caller, list, refused)
	if err != nil {
		return nil, err
	}
	return &results{"application/json", s.encodeResults(ctx, c.lang, list, out)}, nil
}

// decodeBatch reads {"transfers": […]}.
func decodeBatch(raw []byte) (list []ledger.Transfer, refused map[int]error, err error) {
	return decodeList(raw, "transfers", 80, errBatchTooLong, errNoBatch, func(d *decoder, t *ledger.Transfer) error {
		fields := transferFields(t)
		return d.object("", fields[:])
	})
}

var errBatchTooLong = fault.Field("transfers", "每次最多 %d 笔，请分批提交。", "At most %d transfers go into one request; send several.", mostInBatch)

var errNoBatch = fault.Field("transfers", "请给出 1 至 1000 笔转账。", "Give 1 to 1,000 transfers.")

// encodeResults writes a resultsBody.
func (s *Server) encodeResults(ctx context.Context, l lang.Lang, list []ledger.Transfer, out []store.Booking) []byte {
	posted, repeated, refused := 0, 0, 0
	b := make([]byte, 0, 64+100*len(list))
	b = append(b, `{"results":[`...)
	for i := range out {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, `{"id":`...)
		b = appendText(b, list[i].ID)
		switch x := &out[i]; {
		case x.Err != nil:
			refused++
			p := s.problem(ctx, x.Err, "body.transfers["+strconv.Itoa(i)+"]")
			text, err := json.Marshal(p)
			if err != nil {
				panic(err) // strings and numbers always marshal
			}
			b = append(b, `,"status":"refused","problem":`...)
			b = append(append(b, text...), '}')
		default:
			status := `,"status":"posted","at":"`
			if posted++; !x.Fresh {
				posted--
				repeated++
				status = `,"status":"repeated","at":"`
			}
			b = append(b, status...)
			b = append(x.Posted.At.UTC().AppendFormat(b, time.RFC3339Nano), `"}`...)
		}
	}
	b = append(b, `],"posted":`...)
	b = strconv.AppendInt(b, int64(posted), 10)
	b = append(b, `,"repeated":`...)
	b = strconv.AppendInt(b, int64(repeated), 10)
	b = append(b, `,"refused":`...)
	b = strconv.AppendInt(b, int64(refused), 10)
	return append(b, "}\n"...)
}

// appendText writes a JSON string.
func appendText(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c >= utf8.RuneSelf {
			text, err := json.Marshal(s)
			if err != nil {
				panic(err) // strings always marshal
			}
			return append(b, text...)
		}
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}
