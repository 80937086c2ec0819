package web

import (
	"strconv"
	"strings"

	"gezhi/internal/app"
	"gezhi/internal/web/ui"

	"github.com/a-h/templ"
)

// keysPage lists the keys of other systems.
type keysPage struct {
	office
	List []app.APIKeyLine
}

func (s *Server) showKeys(v *visit) error { return v.untouched(v.keys) }

func (v *visit) keys(in ui.Input) (templ.Component, error) {
	list, err := v.s.app.APIKeys(v.Context(), v.viewer)
	if err != nil {
		return nil, err
	}
	return keysView(keysPage{office: v.office(v.lang.T("接口密钥", "API keys"), "keys", in), List: list}), nil
}

func (s *Server) addKey(v *visit) error {
	if err := v.parse(); err != nil {
		return err
	}
	f := v.PostForm
	n := app.NewAPIKey{Name: f.Get("name"), Scopes: f["scopes"], Accounts: f.Get("accounts"), Expires: f.Get("expires")}
	key, err := s.app.AddAPIKey(v.Context(), v.viewer, n, f.Get(ui.KeyName))
	if err == nil && key != "" {
		// The answer to the form itself, so that the key is kept nowhere.
		return v.render(newKeyView(v.office(v.lang.T("新密钥", "New key"), "keys", v.blankInput()), strings.TrimSpace(n.Name), key))
	}
	return v.settle(err, v.keys, v.lang.T("该密钥已建立，只显示一次；没有记下的请撤销后重建。", "The key exists and was shown once; if it was not kept, revoke it and make another."), v.admin("keys"))
}

func (s *Server) revokeKey(v *visit) error {
	if err := v.parse(); err != nil {
		return err
	}
	id, err := strconv.Atoi(v.PathValue("id"))
	if err != nil {
		return errNoPage
	}
	err = s.app.RevokeAPIKey(v.Context(), v.viewer, id, v.PostForm.Get(ui.KeyName))
	return v.settle(err, v.keys, v.lang.T("已撤销，一秒内失效。", "Revoked; it ends within a second."), v.admin("keys"))
}

// keyState is how a key stands.
func (v *visit) keyState(k app.APIKeyLine) templ.Component {
	switch {
	case !k.Revoked.IsZero():
		return ui.Badge(ui.Grey, v.lang.T("已撤销", "revoked"))
	case !k.InForce(v.s.app.Now()):
		return ui.Badge(ui.Grey, v.lang.T("已过期", "expired"))
	}
	return ui.Badge(ui.Green, v.lang.T("有效", "in force"))
}

func (p keysPage) columns() ui.Sheet[app.APIKeyLine] {
	l := p.V.lang
	scopes := map[string]string{}
	for _, s := range app.APIScopes() {
		scopes[s.ID] = s.Name.In(l)
	}
	return ui.Sheet[app.APIKeyLine]{Caption: l.T("接口密钥", "API keys"), Columns: []ui.Column[app.APIKeyLine]{
		ui.TextColumn(l.T("使用系统", "System"), ui.Main, func(k app.APIKeyLine) string { return k.Name }),
		ui.TextColumn(l.T("编号", "Number"), ui.Brief, func(k app.APIKeyLine) string {
			return strconv.Itoa(p.V.zone.Code) + "." + strconv.Itoa(k.ID)
		}),
		{Head: l.T("状态", "State"), Kind: ui.Brief, Cell: func(k app.APIKeyLine) templ.Component { return p.V.keyState(k) }},
		ui.TextColumn(l.T("权限", "May"), ui.Words, func(k app.APIKeyLine) string {
			var out []string
			for _, s := range k.Scopes {
				out = append(out, scopes[s])
			}
			return strings.Join(out, l.T("；", "; "))
		}),
		ui.TextColumn(l.T("账户", "Accounts"), ui.Words, func(k app.APIKeyLine) string { return strings.Join(k.Accounts, " ") }),
		ui.TextColumn(l.T("建立", "Made"), ui.Brief, func(k app.APIKeyLine) string {
			who := k.Maker
			if k.By == 0 {
				who = l.T("命令行", "command line")
			}
			return day(k.Created) + " " + who
		}),
		ui.TextColumn(l.T("最后有效日", "Last day"), ui.Brief, func(k app.APIKeyLine) string {
			if k.Expires.IsZero() {
				return l.T("长期", "no end")
			}
			return day(k.Expires.AddDate(0, 0, -1))
		}),
		ui.TextColumn(l.T("最近使用", "Last used"), ui.Brief, func(k app.APIKeyLine) string { return day(k.Used) }),
		{Head: l.T("操作", "Actions"), Kind: ui.Buttons, Cell: func(k app.APIKeyLine) templ.Component {
			if !k.InForce(p.V.s.app.Now()) {
				return ui.Text("")
			}
			return oneButton(l, p.V.admin("keys", strconv.Itoa(k.ID), "revoke"), l.T("撤销", "Revoke"), l.T("撤销后不能恢复；使用它的系统一秒内被拒绝。", "This cannot be undone; the system that uses it is refused within a second."))
		}},
	}, Empty: ui.EmptyState{Icon: "key", Title: l.T("还没有密钥", "No keys yet")}}
}

// scopeOptions are what a key may be used for.
func (v *visit) scopeOptions() []ui.Option {
	var out []ui.Option
	for _, s := range app.APIScopes() {
		out = append(out, ui.Option{Value: s.ID, Label: s.Name.In(v.lang), Hint: s.ID})
	}
	return out
}
