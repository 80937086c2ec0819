package api

import (
	"context"
	"net/http"
	"strconv"

	"gezhi/internal/app"
	"gezhi/internal/fault"
	"gezhi/internal/rules"
)

// sayingBody is what a source says of one enterprise.
type sayingBody struct {
	Code   string            `json:"code" minLength:"18" maxLength:"18" doc:"统一社会信用代码, whose check character is right unless reason says why it is accepted all the same." example:"91000000MA0001000X"`
	Name   string            `json:"name,omitempty" maxLength:"100" doc:"Needed for an enterprise that is not known yet; otherwise its new name."`
	Reason string            `json:"reason,omitempty" maxLength:"100" doc:"What shows that a code with a wrong check character is right."`
	Source string            `json:"source" minLength:"2" maxLength:"60" doc:"Who says so, in words."`
	AsOf   string            `json:"as_of" format:"date" doc:"The day the values are of; of two values of a field that of the later day counts." example:"2026-03-31"`
	Values map[string]string `json:"values" doc:"Value by field of the policies in force, as people write it, money and rates with their units: 500万元, 5.5%, 2019-04-01. \"\" withdraws a value."`
}

type sayingsBody struct {
	Statements []sayingBody `json:"statements" minItems:"1" maxItems:"1000"`
}

type saidBody struct {
	Kept     int              `json:"kept" doc:"How many were kept now."`
	Repeated int              `json:"repeated" doc:"How many had been kept before and stand."`
	Refused  int              `json:"refused"`
	Results  []saidResultBody `json:"results" doc:"One for each statement, in their order."`
}

type saidResultBody struct {
	Code    string   `json:"code"`
	Status  string   `json:"status" enum:"kept,repeated,refused"`
	N       int      `json:"n,omitempty" doc:"Number of the statement within the enterprise."`
	Problem *problem `json:"problem,omitempty" doc:"Why it was refused."`
}

type saidOut struct{ Body saidBody }

// AskedEnterprise names an enterprise.
type AskedEnterprise struct {
	Code string `path:"code" doc:"统一社会信用代码."`
}

type enterpriseBody struct {
	Code   string              `json:"code"`
	Name   string              `json:"name"`
	Values map[string]factBody `json:"values" doc:"By field; what is not known is missing."`
}

type factBody struct {
	Value  string `json:"value" doc:"In words, in the caller's language."`
	Source string `json:"source,omitempty"`
	AsOf   string `json:"as_of,omitempty"`
	// Derived is set where nobody said it.
	Derived bool `json:"derived,omitempty" doc:"It follows from other values."`
}

type enterpriseOut struct{ Body enterpriseBody }

type verdictsBody struct {
	Code    string        `json:"code"`
	Name    string        `json:"name"`
	AsOf    string        `json:"as_of" doc:"The day it was decided for: today."`
	Version int           `json:"version" doc:"Of the policies."`
	Items   []verdictBody `json:"items" doc:"Those in force."`
}

type verdictBody struct {
	Item    string   `json:"item"`
	Name    string   `json:"name"`
	Verdict string   `json:"verdict" enum:"eligible,not_eligible,cannot_say"`
	Amount  *int64   `json:"amount,omitempty" doc:"分; missing when it is not known or the item gives no money."`
	Reasons []string `json:"reasons" doc:"Conditions that fail, or values that are missing, in the caller's language."`
}

type verdictsOut struct{ Body verdictsBody }

func (s *Server) enterprises() {
	op := operation(http.MethodPost, "say-of-enterprises", "/enterprises:batch", "Say what is known of up to 1,000 enterprises, each accepted or refused on its own", app.EnterprisesWrite, 400, 413, 422)
	op.MaxBodyBytes = bodyBatch
	registerBody[sayingsBody](s, op, s.say)
	register(s, operation(http.MethodGet, "get-enterprise", "/enterprises/{code}", "What is known of an enterprise, with sources and days", app.EnterprisesRead, 404), s.enterprise)
	register(s, operation(http.MethodGet, "get-verdicts", "/enterprises/{code}/verdicts", "What an enterprise may have, and why not the rest", app.EnterprisesRead, 404), s.verdicts)
}

func (s *Server) say(ctx context.Context, c *call, in *sent) (*saidOut, error) {
	list, refused, err := decodeSayings(in.RawBody)
	if err != nil {
		return nil, err
	}
	out, err := s.app.SayAll(ctx, c.Caller, list, refused)
	if err != nil {
		return nil, err
	}
	body := saidBody{Results: make([]saidResultBody, len(out))}
	for i, x := range out {
		r := saidResultBody{Code: list[i].Code, Status: "kept", N: x.N}
		switch {
		case x.Err != nil:
			r.Status, body.Refused = "refused", body.Refused+1
			r.Problem = s.problem(ctx, x.Err, "body.statements["+strconv.Itoa(i)+"]")
		case x.Repeated:
			r.Status, body.Repeated = "repeated", body.Repeated+1
		default:
			body.Kept++
		}
		body.Results[i] = r
	}
	return &saidOut{body}, nil
}

// decodeSayings reads {"statements": […]}.
func decodeSayings(raw []byte) (list []app.Saying, refused map[int]error, err error) {
	return decodeList(raw, "statements", 200, errTooManySayings, errNoSayings, (*decoder).saying)
}

var (
	errTooManySayings = fault.Field("statements", "每次最多 %d 条，请分批提交。", "At most %d statements go into one request; send several.", mostInBatch)
	errNoSayings      = fault.Field("statements", "请给出 1 至 1000 条数据。", "Give 1 to 1,000 statements.")
)

func (d *decoder) saying(x *app.Saying) error {
	fields := []field{{name: "code", text: &x.Code}, {name: "name", text: &x.Name}, {name: "reason", text: &x.Reason}, {name: "source", text: &x.Source}, {name: "as_of", text: &x.AsOf}}
	x.Values = map[string]string{}
	return d.members("", func(name string) (bool, error) {
		if name == "values" {
			return true, d.members(name, func(id string) (bool, error) {
				if _, twice := x.Values[id]; twice {
					d.bad.Add(join(name, id), "字段重复。", "This member comes twice.")
				}
				if d.peek() != '"' {
					d.bad.Add(join(name, id), "须为字符串，金额和比率写明单位。", "This must be a string, with its unit where it is money or a rate.")
					return true, d.skip(0)
				}
				var text string
				err := d.value(name, &field{name: id, text: &text})
				x.Values[id] = text
				return true, err
			})
		}
		for i := range fields {
			if fields[i].name == name {
				return true, d.value("", &fields[i])
			}
		}
		return false, nil
	})
}

func (s *Server) enterprise(ctx context.Context, c *call, in *AskedEnterprise) (*enterpriseOut, error) {
	p, err := s.app.FactsFor(ctx, c.Caller, in.Code, c.lang)
	if err != nil {
		return nil, err
	}
	out := enterpriseBody{Code: p.Code, Name: p.Name, Values: map[string]factBody{}}
	for _, f := range p.Facts {
		if f.Value == "" {
			continue
		}
		x := factBody{Value: f.Value, Source: f.Fact.Source, Derived: f.Derived}
		if !f.Derived {
			x.AsOf = rules.FormatDay(f.Fact.AsOf)
		}
		out.Values[f.Field.ID] = x
	}
	return &enterpriseOut{out}, nil
}

func (s *Server) verdicts(ctx context.Context, c *call, in *AskedEnterprise) (*verdictsOut, error) {
	v, err := s.app.VerdictsFor(ctx, c.Caller, in.Code, c.lang)
	if err != nil {
		return nil, err
	}
	out := verdictsBody{Code: v.Code, Name: v.Name, AsOf: rules.FormatDay(v.Day), Version: v.Version, Items: []verdictBody{}}
	for _, x := range v.All() {
		r := verdictBody{Item: x.Item.ID, Name: x.Item.Name.In(c.lang), Verdict: string(x.State), Reasons: append([]string{}, x.Why...)}
		if x.State == rules.Eligible && x.Known {
			r.Amount = &x.Amount
		}
		out.Items = append(out.Items, r)
	}
	return &verdictsOut{out}, nil
}
