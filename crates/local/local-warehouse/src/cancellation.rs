//! A request to stop, seen by everything that works on a statement.

use std::sync::Arc;

use tokio::sync::watch;

/// Shared by whoever asks and whoever works.
#[derive(Clone, Debug)]
pub(crate) struct Cancellation {
    requested: Arc<watch::Sender<bool>>,
}

impl Default for Cancellation {
    fn default() -> Self {
        Self {
            requested: Arc::new(watch::Sender::new(false)),
        }
    }
}

impl Cancellation {
    pub(crate) fn request(&self) {
        self.requested.send_replace(true);
    }

    pub(crate) fn is_requested(&self) -> bool {
        *self.requested.borrow()
    }

    /// Returns when it is requested, maybe never.
    pub(crate) async fn requested(&self) {
        let mut requested = self.requested.subscribe();
        // We hold the sender: it cannot go.
        let _ = requested.wait_for(|requested| *requested).await;
    }
}
