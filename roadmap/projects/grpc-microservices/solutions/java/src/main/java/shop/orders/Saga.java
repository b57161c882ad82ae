//@ file 5
package shop.orders;

import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.EnumSet;
import java.util.Set;
//@ stage 5-5
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
//@ end
import shop.shared.Neighbor;
import shop.v1.ChargeRequest;
import shop.v1.InventoryGrpc;
import shop.v1.PaymentsGrpc;
import shop.v1.ReleaseRequest;
import shop.v1.ReserveRequest;

/** The steps of an order. The order's id is the key of each, so a step that is repeated does nothing twice. */
final class Saga {
    /** Payments have answered and will not charge. All other failures may hide a charge. */
    static final Set<Status.Code> REFUSALS = EnumSet.of(Status.Code.INVALID_ARGUMENT, Status.Code.NOT_FOUND, Status.Code.FAILED_PRECONDITION, Status.Code.ALREADY_EXISTS,
            Status.Code.PERMISSION_DENIED, Status.Code.UNAUTHENTICATED, Status.Code.OUT_OF_RANGE);
    /** Milliseconds between two attempts to resolve an order that an earlier process has left. */
    private static final long RESUME_AGAIN = 1000;
    //@ stage 5-5
    private static final ScheduledExecutorService CLOCK = Executors.newSingleThreadScheduledExecutor();
    //@ end

    private final Book book;
    private final Neighbor inventory;
    private final Neighbor payments;

    Saga(Book book, Neighbor inventory, Neighbor payments) {
        this.book = book;
        this.inventory = inventory;
        this.payments = payments;
    }

    /** Takes an order from where it is to its end. A failure that is no rejection says nothing of the outcome. */
    void advance(Order order) throws Exception {
        if (order.step == Step.BEGUN) book.keep(order, Step.PENDING, null);
        if (order.step == Step.PENDING) {
            reserve(order);
            book.keep(order, Step.RESERVED, null);
        }
        //@ stage 6
        Neighbor.stillWanted();
        //@ end
        charge(order);
        book.keep(order, Step.CONFIRMED, null);
    }

    private void reserve(Order order) {
        try {
            inventory.call(InventoryGrpc.getReserveMethod(), ReserveRequest.newBuilder().setIdempotencyKey(order.id).addAllItems(order.itemMessages()).build());
        } catch (StatusRuntimeException error) {
            switch (error.getStatus().getCode()) {
                case INVALID_ARGUMENT, NOT_FOUND, FAILED_PRECONDITION -> reject(order, error.getStatus().getCode());
                case ALREADY_EXISTS -> reject(order, Status.Code.FAILED_PRECONDITION);
                default -> throw unresolved(error);
            }
        }
    }

    private void charge(Order order) throws Exception {
        try {
            payments.call(PaymentsGrpc.getChargeMethod(), ChargeRequest.newBuilder().setIdempotencyKey(order.id).setOrderId(order.id).setCustomerId(order.customer).setAmountCents(order.total()).build());
        } catch (StatusRuntimeException error) {
            if (!REFUSALS.contains(error.getStatus().getCode())) throw unresolved(error);
            undo(order);
        }
    }

    /** Gives the stock back and rejects the order. */
    private void undo(Order order) throws Exception {
        ReleaseRequest request = ReleaseRequest.newBuilder().setIdempotencyKey(order.id).build();
        try {
            //@ stage 5-5
            inventory.call(InventoryGrpc.getReleaseMethod(), request);
            //@ end
            //@ stage 6
            // It is the shop's business and not the caller's, who may be gone: a context of its own.
            Neighbor.within(Context.current().fork(), Neighbor.PATIENCE, () -> inventory.call(InventoryGrpc.getReleaseMethod(), request));
            //@ end
        } catch (StatusRuntimeException error) {
            throw unresolved(error);
        }
        reject(order, Status.Code.FAILED_PRECONDITION);
    }

    private void reject(Order order, Status.Code code) {
        book.keep(order, Step.REJECTED, code);
        throw whyRejected(code);
    }

    static StatusRuntimeException whyRejected(Status.Code code) {
        return code.toStatus().withDescription("the order is rejected: it could not be reserved or paid for").asRuntimeException();
    }

    /** Whose fault it is that the outcome is not known: the caller's time is over, or a neighbor failed. */
    private static StatusRuntimeException unresolved(StatusRuntimeException error) {
        //@ stage 6
        Neighbor.stillWanted();
        // The call to the neighbor may notice a moment before.
        io.grpc.Deadline deadline = Context.current().getDeadline();
        if (error.getStatus().getCode() == Status.Code.DEADLINE_EXCEEDED && deadline != null && deadline.timeRemaining(java.util.concurrent.TimeUnit.MILLISECONDS) < 20) return error;
        //@ end
        return Status.UNAVAILABLE.withDescription("the order's outcome is not known yet: " + error.getStatus().getDescription()).asRuntimeException();
    }

    /** Resolves an order that an earlier process has left, however long that takes. */
    void resume(Order order) {
        try {
            for (; !order.step.isEnd(); Thread.sleep(RESUME_AGAIN)) resumeOnce(order);
        } catch (InterruptedException end) {
            // The next process goes on.
        }
    }

    private void resumeOnce(Order order) {
        try {
            //@ stage 5-5
            Context.CancellableContext limited = Context.ROOT.withDeadlineAfter(2, TimeUnit.SECONDS, CLOCK);
            limited.run(() -> {
                try {
                    advance(order);
                } catch (Exception error) {
                    // For a caller; here it is tried again.
                }
            });
            limited.cancel(null);
            //@ end
            //@ stage 6-7
            Neighbor.withDeadline(() -> {
                advance(order);
                return null;
            });
            //@ end
            //@ stage 8
            Neighbor.withDeadline(() -> {
                order.take();
                try {
                    if (!order.step.isEnd()) advance(order);
                } finally {
                    order.give();
                }
                return null;
            });
            //@ end
        } catch (Exception error) {
            // For a caller; here it is tried again.
        }
    }
}
