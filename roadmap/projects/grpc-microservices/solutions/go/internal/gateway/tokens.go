//@ file 11
package gateway

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/MicahParks/keyfunc/v3"
	"github.com/golang-jwt/jwt/v5"
)

// leeway is by how much two clocks may differ.
const leeway = 5 * time.Second

// tokens checks who a request is from, by a signed token (RFC 7519).
type tokens struct {
	keys   jwt.Keyfunc
	parser *jwt.Parser
}

type claims struct {
	jwt.RegisteredClaims
	Scope string `json:"scope"`
}

// noKeys is a JWK set by which no token is valid.
const noKeys = `{ "keys": [] }`

// newTokens takes a JWK set as JSON, or the path of a file that holds one. Without an issuer and an audience no token is valid.
func newTokens(keys, issuer, audience string) (*tokens, error) {
	if issuer == "" || audience == "" {
		// The parser would take an empty name for "any".
		keys = noKeys
	}
	text := []byte(keys)
	if !strings.HasPrefix(strings.TrimSpace(keys), "{") {
		var err error
		if text, err = os.ReadFile(keys); err != nil {
			return nil, fmt.Errorf("can't read the keys that JWT_JWKS names: %w", err)
		}
	}
	set, err := keyfunc.NewJWKSetJSON(json.RawMessage(text))
	if err != nil {
		return nil, fmt.Errorf("JWT_JWKS holds no JWK set: %w", err)
	}
	return &tokens{keys: set.Keyfunc, parser: jwt.NewParser(
		// The token does not choose how it is checked.
		jwt.WithValidMethods([]string{"RS256"}),
		jwt.WithIssuer(issuer), jwt.WithAudience(audience), jwt.WithExpirationRequired(), jwt.WithLeeway(leeway),
	)}, nil
}

// check gives the user whom the request's token names, if it has the scope.
func (t *tokens) check(r *http.Request, scope string) (user string, err error) {
	kind, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(kind, "Bearer") {
		return "", failure{http.StatusUnauthorized, "UNAUTHENTICATED", "a bearer token is needed"}
	}
	var c claims
	if _, err := t.parser.ParseWithClaims(strings.TrimSpace(token), &c, t.keys); err != nil || c.Subject == "" {
		return "", failure{http.StatusUnauthorized, "UNAUTHENTICATED", "the token is not valid here"}
	}
	if !slices.Contains(strings.Fields(c.Scope), scope) {
		return "", failure{http.StatusForbidden, "PERMISSION_DENIED", "the token lacks the scope " + scope}
	}
	return c.Subject, nil
}
