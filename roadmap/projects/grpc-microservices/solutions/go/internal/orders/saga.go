//@ file 5
package orders

import (
	"context"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"shop/gen/shopv1"
	//@ stage 6
	"shop/internal/shared"
	//@ end
)

const (
	resumeAgain    = time.Second
	resumePatience = 2 * time.Second
)

// advance takes an order from where it is to its end: reserve, charge, confirm; or undo. The order's id is the key of each step, so a step
// that is repeated does nothing twice. An error that says nothing of the outcome leaves the order where it is.
func (s *service) advance(ctx context.Context, o *order) error {
	at, _ := s.book.state(o)
	if at == begun {
		if err := s.book.keep(o, pending, codes.OK); err != nil {
			return err
		}
		at = pending
	}
	if at == pending {
		_, err := s.inventory.Reserve(ctx, &shopv1.ReserveRequest{IdempotencyKey: o.id, Items: o.messages()})
		switch code := status.Code(err); code {
		case codes.OK:
		case codes.InvalidArgument, codes.NotFound, codes.FailedPrecondition:
			return s.reject(o, code)
		case codes.AlreadyExists:
			return s.reject(o, codes.FailedPrecondition)
		default:
			return unresolved(ctx, err)
		}
		if err := s.book.keep(o, reserved, codes.OK); err != nil {
			return err
		}
	}
	//@ stage 6
	if err := ctx.Err(); err != nil {
		return status.FromContextError(err).Err()
	}
	//@ end
	_, err := s.payments.Charge(ctx, &shopv1.ChargeRequest{IdempotencyKey: o.id, OrderId: o.id, CustomerId: o.customer, AmountCents: o.total()})
	if refused(status.Code(err)) {
		return s.undo(ctx, o)
	}
	if err != nil {
		return unresolved(ctx, err)
	}
	return s.book.keep(o, confirmed, codes.OK)
}

// undo gives the stock back and rejects the order.
func (s *service) undo(ctx context.Context, o *order) error {
	//@ stage 5-5
	_, err := s.inventory.Release(ctx, &shopv1.ReleaseRequest{IdempotencyKey: o.id})
	//@ end
	//@ stage 6
	// It is the shop's business and not the caller's, who may be gone.
	own, cancel := context.WithTimeout(context.WithoutCancel(ctx), shared.Patience)
	defer cancel()
	_, err := s.inventory.Release(own, &shopv1.ReleaseRequest{IdempotencyKey: o.id})
	//@ end
	if err != nil {
		return unresolved(ctx, err)
	}
	return s.reject(o, codes.FailedPrecondition)
}

func (s *service) reject(o *order, code codes.Code) error {
	if err := s.book.keep(o, rejected, code); err != nil {
		return err
	}
	return whyRejected(code)
}

func whyRejected(code codes.Code) error {
	return status.Error(code, "the order is rejected: it could not be reserved or paid for")
}

// refused says that payments have answered and will not charge. All other failures may hide a charge.
func refused(code codes.Code) bool {
	switch code {
	case codes.InvalidArgument, codes.NotFound, codes.FailedPrecondition, codes.AlreadyExists, codes.PermissionDenied, codes.Unauthenticated, codes.OutOfRange:
		return true
	default:
		return false
	}
}

// unresolved tells the caller that the outcome is not known: whose fault it is, theirs or a neighbor's.
func unresolved(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return status.FromContextError(ctx.Err()).Err()
	}
	// The call to the neighbor may notice a moment before.
	if deadline, has := ctx.Deadline(); has && status.Code(err) == codes.DeadlineExceeded && time.Until(deadline) < 10*time.Millisecond {
		return status.Error(codes.DeadlineExceeded, "the time is over, and the order's outcome is not known yet")
	}
	return status.Errorf(codes.Unavailable, "the order's outcome is not known yet: %s", status.Convert(err).Message())
}

// resume resolves an order that an earlier process has left, however long that takes.
func (s *service) resume(ctx context.Context, o *order) {
	for ctx.Err() == nil {
		s.resumeOnce(ctx, o)
		if at, _ := s.book.state(o); at == confirmed || at == rejected {
			return
		}
		select {
		case <-time.After(resumeAgain):
		case <-ctx.Done():
		}
	}
}

func (s *service) resumeOnce(ctx context.Context, o *order) {
	ctx, cancel := context.WithTimeout(ctx, resumePatience)
	defer cancel()
	//@ stage 8
	if o.take(ctx) != nil {
		return
	}
	defer o.give()
	if at, _ := s.book.state(o); at == confirmed || at == rejected {
		return
	}
	//@ end
	// What it returns is for a caller; here it is tried again.
	_ = s.advance(ctx, o)
}
