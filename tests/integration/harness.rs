//! A running pipeline, and the verbs to test it with.

mod account;
pub mod app;
mod iot;
pub mod members;
mod pipeline;
mod records;
pub mod tokens;
mod warehouse;

use std::path::Path;
use std::time::Duration;

use tokio::sync::Mutex;

pub use account::{Account, DeadLettered};
pub use iot::{IotInference, kill, succeeds, truth};
pub use pipeline::Pipeline;
pub use records::{Record, interactions, poison};
pub use warehouse::GenerativeBi;

/// One cloud at a time.
static MACHINE: Mutex<()> = Mutex::const_new(());

/// The root of the checkout.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the tests folder has a parent")
}

/// How long a condition may go without any progress before the test gives up. No condition is expected to take so long:
/// it only turns a hang into a failure.
const PATIENCE: Duration = Duration::from_secs(90);

/// How often a condition is looked at.
const LOOK: Duration = Duration::from_millis(200);

/// Looks at `state` until it satisfies `condition`. Gives up, and shows the state, when it has stopped changing.
pub async fn eventually<S, F>(what: &str, state: impl Fn() -> F, condition: impl Fn(&S) -> bool) -> S
where
    S: PartialEq + std::fmt::Debug,
    F: Future<Output = S>,
{
    let mut seen = state().await;
    let mut since = tokio::time::Instant::now();
    while !condition(&seen) {
        assert!(
            since.elapsed() < PATIENCE,
            "{what}: nothing changes any more at {seen:?}"
        );
        tokio::time::sleep(LOOK).await;
        let now = state().await;
        if now != seen {
            seen = now;
            since = tokio::time::Instant::now();
        }
    }
    seen
}
