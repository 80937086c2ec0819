package api

import (
	"context"
	"net/http"
	"time"

	"gezhi/internal/app"
	"gezhi/internal/fault"
	"gezhi/internal/ledger"
	"gezhi/internal/store"

	"github.com/danielgtaylor/huma/v2"
)

// holdBody is a hold as it is ordered.
type holdBody struct {
	ID     string     `json:"id" minLength:"1" maxLength:"90" pattern:"^[A-Za-z0-9][A-Za-z0-9._~-]*$" doc:"Given by the caller; the same id holds once." example:"pickup-4471"`
	From   string     `json:"from" doc:"Account the amount is set aside from." example:"person:812"`
	To     string     `json:"to" doc:"Account that gets it when the hold is confirmed." example:"sponsor:7"`
	Asset  string     `json:"asset" enum:"POINT,CNY"`
	Amount int64      `json:"amount" minimum:"1" doc:"More than zero; an integer."`
	Until  *time.Time `json:"until,omitempty" doc:"When it lapses by itself; left out for never."`
	Reason string     `json:"reason,omitempty" maxLength:"100"`
	Ref    string     `json:"ref,omitempty" maxLength:"100"`
}

// heldBody is a hold as it stands.
type heldBody struct {
	holdBody
	State   string     `json:"state" enum:"open,confirmed,voided"`
	Created time.Time  `json:"created"`
	Done    *time.Time `json:"done,omitempty" doc:"When it was confirmed or voided."`
}

type voidBody struct {
	Reason string `json:"reason,omitempty" maxLength:"100"`
}

type emptyBody struct{}

type heldNew struct {
	Status   int
	Location string `header:"Location"`
	Repeated string `header:"Idempotent-Replayed" doc:"true when the hold had been made before."`
	Body     heldBody
}

type held struct{ Body heldBody }

func (s *Server) holds() {
	op := operation(http.MethodPost, "make-hold", "/holds", "Set an amount aside", app.HoldsWrite, 400, 409, 413, 422)
	op.DefaultStatus = http.StatusCreated
	op.Responses = map[string]*huma.Response{"200": {Description: "It had been made before; this is how it stands now."}}
	registerBody[holdBody](s, op, s.makeHold)
	register(s, operation(http.MethodGet, "get-hold", "/holds/{id}", "Look a hold up", app.TransfersRead, 404), s.getHold)
	registerBody[emptyBody](s, operation(http.MethodPost, "confirm-hold", "/holds/{id}:confirm", "Pay a hold out; twice pays once", app.HoldsWrite, 400, 404, 409, 413, 422), s.confirmHold)
	registerBody[voidBody](s, operation(http.MethodPost, "void-hold", "/holds/{id}:void", "Give a hold back to the lots it came from", app.HoldsWrite, 400, 404, 409, 413, 422), s.voidHold)
}

func heldAs(h store.Hold) heldBody {
	return heldBody{holdBody{h.ID, string(h.From), string(h.To), string(h.Asset), h.Amount, unlessZero(h.Until), h.Reason, h.Ref}, h.State, h.Created.UTC(), unlessZero(h.Done)}
}

func (s *Server) makeHold(ctx context.Context, c *call, in *sent) (*heldNew, error) {
	var h store.Hold
	err := decode(in.RawBody, field{name: "id", text: &h.ID}, field{name: "from", text: (*string)(&h.From)}, field{name: "to", text: (*string)(&h.To)},
		field{name: "asset", text: (*string)(&h.Asset)}, field{name: "amount", number: &h.Amount}, field{name: "until", when: &h.Until},
		field{name: "reason", text: &h.Reason}, field{name: "ref", text: &h.Ref})
	if err != nil {
		return nil, err
	}
	now, fresh, err := s.app.HoldAmount(ctx, c.Caller, h)
	if err != nil {
		return nil, err
	}
	out := &heldNew{Status: http.StatusCreated, Location: root + "/holds/" + now.ID, Body: heldAs(now)}
	if !fresh {
		out.Status, out.Repeated = http.StatusOK, "true"
	}
	return out, nil
}

func (s *Server) getHold(ctx context.Context, c *call, in *Asked) (*held, error) {
	h, err := s.app.HoldByID(ctx, c.Caller, in.ID)
	return &held{heldAs(h)}, err
}

func (s *Server) confirmHold(ctx context.Context, c *call, in *sentTo) (*held, error) {
	if err := optional(in.RawBody); err != nil {
		return nil, err
	}
	h, err := s.app.ConfirmHold(ctx, c.Caller, in.ID)
	return &held{heldAs(h)}, err
}

func (s *Server) voidHold(ctx context.Context, c *call, in *sentTo) (*held, error) {
	reason := ""
	if err := optional(in.RawBody, field{name: "reason", text: &reason}); err != nil {
		return nil, err
	}
	if err := (ledger.Transfer{ID: "x", From: "issue:0", To: "issue:1", Asset: ledger.Point, Amount: 1, Reason: reason}).Check(); err != nil {
		return nil, fault.Field("reason", "原因不能超过 100 个字节，且不能含无法保存的字符。", "The reason may have at most 100 bytes and no characters that cannot be stored.")
	}
	h, err := s.app.VoidHold(ctx, c.Caller, in.ID, reason)
	return &held{heldAs(h)}, err
}
