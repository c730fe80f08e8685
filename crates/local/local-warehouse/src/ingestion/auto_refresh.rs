//! `AUTO REFRESH YES`.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use super::history::{Refreshed, Requested, record_refresh};
use super::refresh::refresh;
use super::streams::Streams;
use crate::cancellation::Cancellation;
use crate::catalogue;
use crate::connection::{Database, qualified};
use crate::failure::Failure;

/// How often streaming views are refreshed. The service takes seconds.
const STREAMING_INTERVAL: Duration = Duration::from_millis(500);
/// How often ordinary views are: each time they are computed whole.
const ORDINARY_INTERVAL: Duration = Duration::from_secs(10);

/// Refreshes what refreshes itself, until it is dropped.
pub(crate) async fn refresh_for_ever(database: Database, streams: Arc<dyn Streams>) {
    let mut ordinary_due = Instant::now() + ORDINARY_INTERVAL;
    loop {
        tokio::time::sleep(STREAMING_INTERVAL).await;
        // A failure stands in the view's history. If not even that could be written, the next round may do better.
        let _ = refresh_streaming(&database, streams.as_ref()).await;
        if Instant::now() >= ordinary_due {
            let _ = refresh_ordinary(&database).await;
            ordinary_due = Instant::now() + ORDINARY_INTERVAL;
        }
    }
}

async fn refresh_streaming(database: &Database, streams: &dyn Streams) -> Result<(), Failure> {
    let views = catalogue::all_streaming(&database.own().await?, true).await?;
    let never = Cancellation::default();
    for view in views {
        // One view's failure, written into its history, does not hold up the others.
        let _ = refresh(database, streams, &view, &Requested::Automatically, &never).await;
    }
    Ok(())
}

async fn refresh_ordinary(database: &Database) -> Result<(), Failure> {
    let client = database.own().await?;
    for view in catalogue::auto_refreshed(&client).await? {
        let started = SystemTime::now();
        let statement = format!("REFRESH MATERIALIZED VIEW {}", qualified(&view));
        let refreshed = match client.batch_execute(&statement).await {
            Ok(()) => Refreshed::FromScratch,
            Err(error) => Refreshed::Failed(Failure::from(error).to_string()),
        };
        record_refresh(&client, &view, &Requested::Automatically, &refreshed, started).await?;
    }
    Ok(())
}
