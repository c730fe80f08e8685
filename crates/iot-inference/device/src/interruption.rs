//! Being asked to stop.

use tokio::signal::ctrl_c;
use tokio::signal::unix::{SignalKind, signal};

/// Returns when the process is asked to end: by Ctrl-C, or by SIGTERM, as a service manager does.
pub async fn asked_for() {
    let Ok(mut terminate) = signal(SignalKind::terminate()) else {
        // Then Ctrl-C is what there is; if that cannot be listened for either, the system ends the process by itself.
        let _ = ctrl_c().await;
        return;
    };
    tokio::select! {
        _ = ctrl_c() => {}
        _ = terminate.recv() => {}
    }
}
