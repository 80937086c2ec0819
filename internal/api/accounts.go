package api

import (
	"context"
	"net/http"
	"net/url"
	"reflect"
	"strconv"
	"time"

	"gezhi/internal/app"
	"gezhi/internal/fault"
	"gezhi/internal/ledger"
)

var resultsType = reflect.TypeFor[resultsBody]()

// Book names an account and what is counted in it. Huma heeds embedded structs that are exported only.
type Book struct {
	Account string `path:"account" doc:"Account, such as person:812 or pool:330108001."`
	Asset   string `query:"asset" enum:"POINT,CNY" default:"POINT" doc:"POINT when left out."`
}

func (b Book) asset() ledger.Asset {
	if b.Asset == "" {
		return ledger.Point
	}
	return ledger.Asset(b.Asset)
}

type balanceAsked struct {
	Book
	At string `query:"at" format:"date-time" doc:"Moment of the past; now when left out."`
}

type balanceBody struct {
	Account string     `json:"account"`
	Asset   string     `json:"asset"`
	Balance int64      `json:"balance"`
	At      *time.Time `json:"at,omitempty" doc:"The moment that was asked for."`
}

type balance struct{ Body balanceBody }

type statementAsked struct {
	Book
	Before string `query:"before" doc:"Lines below this number; the newest when left out. The Link header has the address of what follows."`
	Limit  string `query:"limit" doc:"1 to 200; 20 when left out."`
}

type statementBody struct {
	Account string     `json:"account"`
	Asset   string     `json:"asset"`
	Lines   []lineBody `json:"lines" doc:"Newest first."`
}

type lineBody struct {
	N        int64     `json:"n" doc:"1, 2, 3 … within the account."`
	At       time.Time `json:"at"`
	Amount   int64     `json:"amount" doc:"Positive into the account, negative out of it."`
	Balance  int64     `json:"balance" doc:"After this line."`
	Transfer string    `json:"transfer"`
	Other    string    `json:"other" doc:"The account on the other side."`
	Reason   string    `json:"reason,omitempty"`
	Ref      string    `json:"ref,omitempty"`
	Reverses string    `json:"reverses,omitempty"`
}

type statement struct {
	Link string `header:"Link" doc:"Address of the older lines, rel=next; missing when there are none."`
	Body statementBody
}

type lotsBody struct {
	Account string    `json:"account"`
	Asset   string    `json:"asset"`
	Lots    []lotBody `json:"lots" doc:"What lapses, soonest first; the rest of the balance never does."`
}

type lotBody struct {
	Expires time.Time `json:"expires"`
	Left    int64     `json:"left"`
}

type lots struct{ Body lotsBody }

func (s *Server) accounts() {
	register(s, operation(http.MethodGet, "get-balance", "/accounts/{account}/balance", "What an account holds, or held", app.AccountsRead, 404, 422), s.balance)
	register(s, operation(http.MethodGet, "get-statement", "/accounts/{account}/statement", "An account's lines", app.AccountsRead, 404, 422), s.statement)
	register(s, operation(http.MethodGet, "get-lots", "/accounts/{account}/lots", "What of an account will lapse, and when", app.AccountsRead, 404, 422), s.lots)
}

func (s *Server) balance(ctx context.Context, c *call, in *balanceAsked) (*balance, error) {
	var at time.Time
	if in.At != "" {
		var err error
		if at, err = time.Parse(time.RFC3339Nano, in.At); err != nil {
			return nil, fault.Field("at", "时间须写成 2027-12-31T23:59:59+08:00（网址中的 + 须写成 %2B）。", "Write the time as 2027-12-31T23:59:59+08:00 (in an address, + is %2B).")
		}
	}
	n, err := s.app.BalanceOf(ctx, c.Caller, ledger.Account(in.Account), in.asset(), at)
	return &balance{balanceBody{in.Account, string(in.asset()), n, unlessZero(at)}}, err
}

func (s *Server) statement(ctx context.Context, c *call, in *statementAsked) (*statement, error) {
	before, limit, err := in.page()
	if err != nil {
		return nil, err
	}
	list, err := s.app.StatementOf(ctx, c.Caller, ledger.Account(in.Account), in.asset(), before, limit+1)
	if err != nil {
		return nil, err
	}
	out := &statement{Body: statementBody{in.Account, string(in.asset()), make([]lineBody, 0, limit)}}
	if len(list) > limit {
		list = list[:limit]
		next := url.Values{"asset": {string(in.asset())}, "before": {strconv.FormatInt(list[limit-1].N, 10)}, "limit": {strconv.Itoa(limit)}}
		out.Link = "<" + root + "/accounts/" + url.PathEscape(in.Account) + "/statement?" + next.Encode() + `>; rel="next"`
	}
	for _, l := range list {
		out.Body.Lines = append(out.Body.Lines, lineBody{l.N, l.At.UTC(), l.Amount, l.Balance, l.Transfer, string(l.Other), l.Reason, l.Ref, l.Reverses})
	}
	return out, nil
}

func (in *statementAsked) page() (before int64, limit int, err error) {
	var bad fault.List
	limit = 20
	if in.Before != "" {
		if before, err = strconv.ParseInt(in.Before, 10, 64); err != nil || before < 1 {
			bad.Add("before", "须为正整数。", "This must be a positive integer.")
		}
	}
	if in.Limit != "" {
		if limit, err = strconv.Atoi(in.Limit); err != nil || limit < 1 || limit > 200 {
			bad.Add("limit", "须为 1 至 200 的整数。", "This must be an integer from 1 to 200.")
		}
	}
	return before, limit, bad.Err()
}

func (s *Server) lots(ctx context.Context, c *call, in *Book) (*lots, error) {
	list, err := s.app.LotsOf(ctx, c.Caller, ledger.Account(in.Account), in.asset())
	out := &lots{lotsBody{in.Account, string(in.asset()), make([]lotBody, 0, len(list))}}
	for _, l := range list {
		out.Body.Lots = append(out.Body.Lots, lotBody{l.Expires.UTC(), l.Left})
	}
	return out, err
}
