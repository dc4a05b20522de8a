//! The operators of the world in memory: they give orders.

use approval_core::freeze::FreezeScope;
use approval_core::moment::Moment;
use approval_core::name::RequestId;
use approval_core::order::{Order, Reason};
use operator_desk::{OperatorDesk, Reply};

use crate::world::World;

impl World {
    /// operator-desk, handed an order.
    async fn carry_out(&self, order: &Order) -> Reply {
        let desk = OperatorDesk { store: &self.memory, clock: &self.clock };
        desk.carry_out(order, "arn:aws:iam::000000000000:user/operator").await
    }

    /// An operator takes a request back.
    pub async fn stop(&self, id: &RequestId) -> Reply {
        self.carry_out(&Order::Cancel { request: id.clone(), reason: reason() }).await
    }

    /// An operator gives people more time.
    pub async fn extend(&self, id: &RequestId, until: Moment) -> Reply {
        self.carry_out(&Order::Extend { request: id.clone(), until, reason: reason() }).await
    }

    /// An operator says what became of it.
    pub async fn settle(&self, id: &RequestId, executed: bool) -> Reply {
        self.carry_out(&Order::Resolve { request: id.clone(), executed, reason: reason() }).await
    }

    /// An operator freezes everything, or lets it go again.
    pub async fn freeze(&self, frozen: bool) -> Reply {
        let (scope, reason) = (FreezeScope::All, reason());
        let order = if frozen {
            Order::Freeze { scope, reason }
        } else {
            Order::Unfreeze { scope, reason }
        };
        self.carry_out(&order).await
    }
}

fn reason() -> Reason {
    "as told".parse().expect("a reason")
}
