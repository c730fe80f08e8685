//! Waiting until something answers.

use std::time::Duration;

use bytes::Bytes;
use http::{Request, StatusCode};
use http_body_util::Full;

use crate::endpoint::forward;

/// Time between two questions: short against a start, long against a loop that burns a core.
const INTERVAL: Duration = Duration::from_millis(50);

/// Asks `GET path` until the answer's status is what `ready` wants; the reason when `deadline` passes before.
pub(crate) async fn until(
    authority: &str,
    path: &str,
    ready: impl Fn(&StatusCode) -> bool,
    deadline: Duration,
) -> Result<(), String> {
    let asked = async {
        loop {
            let request = Request::get(path).body(Full::new(Bytes::new()));
            if let Ok(request) = request
                && let Ok(answer) = forward::send(authority, request).await
                && ready(&answer.status())
            {
                return;
            }
            tokio::time::sleep(INTERVAL).await;
        }
    };
    tokio::time::timeout(deadline, asked)
        .await
        .map_err(|_| format!("did not answer {path} within {} s", deadline.as_secs()))
}
