//@ file 11
package gateway

import (
	"errors"
	"net/http"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"shop/internal/shared"
)

// failure is what a client is told: the HTTP status, a code and a text.
type failure struct {
	status  int
	code    string
	message string
}

func (f failure) Error() string { return f.message }

// As google.rpc.Code maps them; all others are 500.
var httpStatus = map[codes.Code]int{
	codes.Canceled: 499, codes.InvalidArgument: 400, codes.DeadlineExceeded: 504, codes.NotFound: 404, codes.AlreadyExists: 409, codes.PermissionDenied: 403,
	codes.ResourceExhausted: 429, codes.FailedPrecondition: 400, codes.Aborted: 409, codes.OutOfRange: 400, codes.Unimplemented: 501,
	codes.Unavailable: 503, codes.Unauthenticated: 401,
}

func fail(w http.ResponseWriter, err error) {
	f := failure{}
	if !errors.As(err, &f) {
		f = failureOf(err)
	}
	switch f.status {
	case http.StatusUnauthorized:
		w.Header().Set("WWW-Authenticate", "Bearer")
	case http.StatusServiceUnavailable:
		w.Header().Set("Retry-After", "1")
	}
	_ = answer(w, f.status, map[string]any{"error": map[string]string{"code": f.code, "message": f.message}})
}

// failureOf tells what a neighbor said. Of its inner troubles the client hears nothing.
func failureOf(err error) failure {
	said := status.Convert(err)
	code, known := httpStatus[said.Code()]
	if !known {
		code = http.StatusInternalServerError
	}
	message := said.Message()
	if code >= 500 {
		message = "the shop can't answer at the moment"
	}
	return failure{code, shared.CodeName(said.Code()), message}
}
