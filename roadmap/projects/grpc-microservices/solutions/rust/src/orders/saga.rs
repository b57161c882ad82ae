//@ file 5
//! The steps of an order, forward and back.

use std::sync::Arc;
use std::time::Duration;

//@ stage 5-5
use tokio::time::{sleep, timeout};
use tonic::transport::Channel;
//@ end
//@ stage 6
use tokio::time::sleep;
//@ end
use tonic::{Code, Status};

use super::book::Book;
//@ stage 9
use super::breaker::Breaker;
//@ end
use super::order::{Order, Step};
//@ stage 6
use crate::shared::context::{Context, PATIENCE};
use crate::shared::neighbor::Neighbor;
//@ end
//@ stage 12
use crate::shared::trace::Trace;
//@ end
use crate::shopv1::inventory_client::InventoryClient;
use crate::shopv1::payments_client::PaymentsClient;
use crate::shopv1::{ChargeRequest, Order as OrderMessage, ReleaseRequest, ReserveRequest};

const RESUME_AGAIN: Duration = Duration::from_secs(1);
//@ stage 5-5
const RESUME_PATIENCE: Duration = Duration::from_secs(2);
//@ end
//@ stage 6
/// A neighbor may notice the end of the caller's time a moment before.
const MOMENT: Duration = Duration::from_millis(10);
//@ end

pub struct Saga {
    pub book: Book,
    //@ stage 5-5
    pub inventory: InventoryClient<Channel>,
    pub payments: PaymentsClient<Channel>,
    //@ end
    //@ stage 6
    pub inventory: Neighbor,
    pub payments: Neighbor,
    //@ end
    //@ stage 9
    /// Around payments.
    pub breaker: Breaker,
    //@ end
}

impl Saga {
    /// Takes an order to its end, and tells it.
    //@ stage 5-5
    pub async fn place(&self, order: &Order) -> Result<OrderMessage, Status> {
        self.advance(order).await?;
        Ok(order.message())
    }
    //@ end
    //@ stage 6-7
    pub async fn place(&self, context: &Context, order: &Order) -> Result<OrderMessage, Status> {
        self.advance(context, order).await?;
        Ok(order.message())
    }
    //@ end
    //@ stage 8
    /// One caller at a time works on it; those who come later find what it has come to.
    pub async fn place(&self, context: &Context, order: &Order) -> Result<OrderMessage, Status> {
        let _turn = context.run(order.turn.lock()).await?;
        match order.progress() {
            (Step::Confirmed, _) => {}
            (Step::Rejected, code) => return Err(why_rejected(code)),
            _ => self.advance(context, order).await?,
        }
        Ok(order.message())
    }
    //@ end

    /// Takes an order from where it is to its end: reserve, charge, confirm; or undo. A failure that says nothing of the outcome leaves the
    /// order where it is.
    //@ stage 5-5
    async fn advance(&self, order: &Order) -> Result<(), Status> {
    //@ end
    //@ stage 6
    async fn advance(&self, context: &Context, order: &Order) -> Result<(), Status> {
    //@ end
        if order.step() == Step::Begun {
            self.book.keep(order, Step::Pending, Code::Ok).await?;
        }
        if order.step() == Step::Pending {
            //@ stage 5-5
            let reserved = self.reserve(order).await;
            //@ end
            //@ stage 6
            let reserved = self.reserve(context, order).await;
            //@ end
            if let Err(failure) = reserved {
                return match failure.code() {
                    code @ (Code::InvalidArgument | Code::NotFound | Code::FailedPrecondition) => self.reject(order, code).await,
                    Code::AlreadyExists => self.reject(order, Code::FailedPrecondition).await,
                    //@ stage 5-5
                    _ => Err(unresolved(&failure)),
                    //@ end
                    //@ stage 6
                    _ => Err(unresolved(context, &failure)),
                    //@ end
                };
            }
            self.book.keep(order, Step::Reserved, Code::Ok).await?;
        }
        //@ stage 5-5
        match self.charge(order).await {
            Ok(()) => self.book.keep(order, Step::Confirmed, Code::Ok).await,
            Err(failure) if is_refusal(failure.code()) => self.undo(order).await,
            Err(failure) => Err(unresolved(&failure)),
        }
        //@ end
        //@ stage 6
        match self.charge(context, order).await {
            Ok(()) => self.book.keep(order, Step::Confirmed, Code::Ok).await,
            Err(failure) if is_refusal(failure.code()) => self.undo(context, order).await,
            Err(failure) => Err(unresolved(context, &failure)),
        }
        //@ end
    }

    //@ stage 5-5
    async fn reserve(&self, order: &Order) -> Result<(), Status> {
        let request = ReserveRequest { idempotency_key: order.id.clone(), items: order.item_messages() };
        self.inventory.clone().reserve(request).await?;
        Ok(())
    }

    async fn charge(&self, order: &Order) -> Result<(), Status> {
        let request = ChargeRequest {
            idempotency_key: order.id.clone(),
            order_id: order.id.clone(),
            customer_id: order.customer.clone(),
            amount_cents: order.total(),
        };
        self.payments.clone().charge(request).await?;
        Ok(())
    }

    /// Gives the stock back and rejects the order.
    async fn undo(&self, order: &Order) -> Result<(), Status> {
        let released = self.inventory.clone().release(ReleaseRequest { idempotency_key: order.id.clone() }).await;
        released.map_err(|failure| unresolved(&failure))?;
        self.reject(order, Code::FailedPrecondition).await
    }
    //@ end
    //@ stage 6
    async fn reserve(&self, context: &Context, order: &Order) -> Result<(), Status> {
        let request = ReserveRequest { idempotency_key: order.id.clone(), items: order.item_messages() };
        let reserve = async |channel, request| InventoryClient::new(channel).reserve(request).await;
        self.inventory.call(context, request, reserve).await?;
        Ok(())
    }

    async fn charge(&self, context: &Context, order: &Order) -> Result<(), Status> {
        let request = ChargeRequest {
            idempotency_key: order.id.clone(),
            order_id: order.id.clone(),
            customer_id: order.customer.clone(),
            amount_cents: order.total(),
        };
        //@ stage 6-8
        let charge = async |channel, request| PaymentsClient::new(channel).charge(request).await;
        self.payments.call(context, request, charge).await?;
        //@ end
        //@ stage 9
        let charge =
            |channel, request| self.breaker.around(context, async move { PaymentsClient::new(channel).charge(request).await });
        self.payments.call(context, request, charge).await?;
        //@ end
        Ok(())
    }

    /// Gives the stock back and rejects the order. That is the shop's business and not the caller's, who may be gone.
    async fn undo(&self, context: &Context, order: &Order) -> Result<(), Status> {
        let request = ReleaseRequest { idempotency_key: order.id.clone() };
        let release = async |channel, request| InventoryClient::new(channel).release(request).await;
        let released = self.inventory.call(&context.on_its_own(PATIENCE), request, release).await;
        released.map_err(|failure| unresolved(context, &failure))?;
        self.reject(order, Code::FailedPrecondition).await
    }
    //@ end

    async fn reject(&self, order: &Order, code: Code) -> Result<(), Status> {
        self.book.keep(order, Step::Rejected, code).await?;
        Err(why_rejected(code))
    }

    /// Resolves an order that an earlier process has left, however long that takes.
    pub async fn resume(self: Arc<Self>, order: Arc<Order>) {
        while !order.step().is_end() {
            // What it returns is for a caller; here it is tried again.
            //@ stage 5-5
            let _ = timeout(RESUME_PATIENCE, self.place(&order)).await;
            //@ end
            //@ stage 6-11
            let _ = self.place(&Context::new(PATIENCE), &order).await;
            //@ end
            //@ stage 12
            let _ = self.place(&Context::new(PATIENCE, Trace::begin()), &order).await;
            //@ end
            if !order.step().is_end() {
                sleep(RESUME_AGAIN).await;
            }
        }
    }
}

fn why_rejected(code: Code) -> Status {
    Status::new(code, "the order is rejected: it could not be reserved or paid for")
}

/// Whether payments have answered and will not charge. All other failures may hide a charge.
pub fn is_refusal(code: Code) -> bool {
    matches!(
        code,
        Code::InvalidArgument
            | Code::NotFound
            | Code::FailedPrecondition
            | Code::AlreadyExists
            | Code::PermissionDenied
            | Code::Unauthenticated
            | Code::OutOfRange
    )
}

/// Tells the caller that the outcome is not known: whose fault it is, theirs or a neighbor's.
//@ stage 5-5
fn unresolved(failure: &Status) -> Status {
    Status::unavailable(format!("the order's outcome is not known yet: {}", failure.message()))
}
//@ end
//@ stage 6
fn unresolved(context: &Context, failure: &Status) -> Status {
    if let Err(over) = context.check() {
        return over;
    }
    if failure.code() == Code::DeadlineExceeded && context.left().is_some_and(|left| left < MOMENT) {
        return Status::deadline_exceeded("the time is over, and the order's outcome is not known yet");
    }
    Status::unavailable(format!("the order's outcome is not known yet: {}", failure.message()))
}
//@ end
