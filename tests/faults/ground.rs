//! What all runs share: the stacks, the proxy, and what only one may do at a time.

use std::sync::Arc;
use std::time::Duration;

use countersign_tests::stack::Stack;
use serde_json::{Value, json};
use tokio::sync::Mutex;

use crate::path::Path;
use crate::proxy::{Fault, NOBODY, Proxy};

/// The name of the door's output.
const DOOR: &str = "SubmitActionBedrockArn";
const RELAY: &str = "RelayOutboxArn";

#[derive(Debug)]
pub struct Ground {
    pub proxy: Proxy,
    stacks: [Arc<Stack>; 2],
    asking: Mutex<()>,
    sweeping: Mutex<()>,
}

impl Ground {
    pub async fn new() -> Self {
        let stacks = [Stack::named("faults").await.into(), Stack::named("hurry").await.into()];
        let (asking, sweeping) = (Mutex::default(), Mutex::default());
        Self { proxy: Proxy::new(), stacks, asking, sweeping }
    }

    pub fn stack(&self, path: Path) -> &Arc<Stack> {
        let named = self.stacks.iter().find(|stack| stack.name == path.stack());
        named.expect("the stack")
    }

    /// The agent asks. The next may ask once this one's request has its id, by which the proxy
    /// tells them apart.
    pub async fn ask(&self, path: Path, mark: &str) -> Result<Value, Value> {
        let (stack, event) = (Arc::clone(self.stack(path)), path.event(mark));
        let lock = self.asking.lock().await;
        self.proxy.asks(mark);
        let before = self.proxy.seen(mark).requests.len();
        let asking = tokio::spawn(async move { stack.try_invoke(DOOR, &event).await });
        while !asking.is_finished() && self.proxy.seen(mark).requests.len() == before {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        drop(lock);
        asking.await.expect("asked")
    }

    /// The agent sends an event that makes no request.
    pub async fn send(&self, path: Path, event: &Value) -> Result<Value, Value> {
        self.stack(path).try_invoke(DOOR, event).await
    }

    /// Sweeps everywhere. One that fails is what is tested here.
    pub async fn sweep(&self) {
        for stack in &self.stacks {
            let _ = stack.try_invoke(RELAY, &json!({})).await;
        }
    }

    /// Sweeps where one of the sweep's own calls fails; tells whether it did.
    pub async fn sweep_with(&self, path: Path, fault: Option<&Fault>) -> bool {
        let _lock = self.sweeping.lock().await;
        self.proxy.count(NOBODY, fault);
        let _ = self.stack(path).try_invoke(RELAY, &json!({})).await;
        let seen = self.proxy.seen(NOBODY);
        if fault.is_some() {
            self.proxy.count(NOBODY, None);
        }
        seen.fired
    }
}
