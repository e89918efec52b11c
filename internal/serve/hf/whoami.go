package hf

import (
	"encoding/json"
	"net/http"

	"broadsheet"
	"broadsheet/internal/app"
)

// whoami is what clients look at to check a token (login of huggingface_hub reads
// name, orgs, auth.accessToken.role and displayName). No address is told.
type whoami struct {
	Type     string   `json:"type"`
	ID       string   `json:"id"`
	Name     string   `json:"name"`
	FullName string   `json:"fullname"`
	IsPro    bool     `json:"isPro"`
	CanPay   bool     `json:"canPay"`
	Avatar   string   `json:"avatarUrl"`
	Orgs     []string `json:"orgs"`
	Auth     struct {
		Type  string `json:"type"`
		Token struct {
			Name   string   `json:"displayName"`
			Role   string   `json:"role"`
			Scopes []string `json:"scopes"`
		} `json:"accessToken"`
	} `json:"auth"`
}

// whoami is GET /api/whoami-v2.
func (h *HF) whoami(w http.ResponseWriter, r *http.Request) error {
	by := app.ProgramOf(r.Context())
	account, err := h.app.WhoAsks(by)
	if err != nil {
		return err
	}
	out := whoami{Type: "user", ID: account.Token, Name: account.Name, FullName: account.ShownName(), Orgs: []string{}}
	if account.AvatarKey != "" {
		out.Avatar = h.base + "/portraits/" + account.AvatarKey
	}
	out.Auth.Type, out.Auth.Token.Name, out.Auth.Token.Role = "access_token", account.Name, "read"
	out.Auth.Token.Scopes = []string{}
	for _, s := range by.Scopes {
		out.Auth.Token.Scopes = append(out.Auth.Token.Scopes, string(s))
		if s != broadsheet.ScopeRead {
			out.Auth.Token.Role = "write"
		}
	}
	body, err := json.Marshal(out)
	if err != nil {
		return err
	}
	return answer(w, body)
}
