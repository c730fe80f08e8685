//! How soon the views answer with what was written.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use tokio::time::{Instant, sleep};

use crate::model::{Cents, Change, Channel, Discount, OrderKey, OrderLine, PlacedAt, Reason, Status};
use crate::warehouse::{Field, Table, Warehouse, WarehouseError, count};

/// How often the view is looked at.
const LOOK: Duration = Duration::from_millis(50);

/// When the newest change arrived at the stream.
pub const NEWEST_ARRIVAL: &str = "SELECT MAX(arrived_at) AS arrived_at FROM ingest.order_changes";

/// A marker that the views do not follow.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FreshnessError {
    /// The warehouse does not answer.
    #[error(transparent)]
    Warehouse(#[from] WarehouseError),
    /// It answers, with what was.
    #[error("bi.order_lines does not follow the marker {order_id} after {} s", .waited.as_secs())]
    Stale {
        /// The marker.
        order_id: String,
        /// How long that was.
        waited: Duration,
    },
}

/// An order line that nobody else has.
pub fn marker() -> Change {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let key = OrderKey {
        order_id: format!("marker-{}", now.as_nanos()),
        line: 1,
    };
    let word = || "marker".to_owned();
    let line = OrderLine {
        key: key.clone(),
        customer_id: word(),
        product_id: word(),
        product_name: word(),
        category: word(),
        region: word(),
        channel: Channel::Web,
        status: Status::Placed,
        quantity: 1,
        unit_price: Cents::ZERO,
        discount: Discount::NONE,
        amount: Cents::ZERO,
        placed_at: PlacedAt::on(OffsetDateTime::UNIX_EPOCH.date(), 0),
        tags: Default::default(),
        note: None,
        expires_at: None,
    };
    Change {
        key,
        line: Some(line),
        reason: Reason::Placed,
    }
}

/// The end of a marker.
pub fn removal(marker: &Change) -> Change {
    Change {
        key: marker.key.clone(),
        line: None,
        reason: Reason::Deleted,
    }
}

/// Waits until the views have the marker's line, or no longer have it, and says how long that took since `written`.
///
/// # Errors
/// The warehouse does not answer, or not before `patience` is over.
pub async fn followed(
    warehouse: &impl Warehouse,
    change: &Change,
    written: Instant,
    patience: Duration,
) -> Result<Duration, FreshnessError> {
    let OrderKey { order_id, .. } = &change.key;
    let sql = format!("SELECT COUNT(*) AS lines FROM bi.order_lines WHERE order_id = '{order_id}'");
    let expected = u64::from(change.line.is_some());
    while count(warehouse, &sql).await? != expected {
        if written.elapsed() >= patience {
            return Err(FreshnessError::Stale {
                order_id: order_id.clone(),
                waited: written.elapsed(),
            });
        }
        sleep(LOOK).await;
    }
    Ok(written.elapsed())
}

/// How long ago the newest change arrived, of what [`NEWEST_ARRIVAL`] answers; nothing when there is none.
pub fn age(table: &Table, now: OffsetDateTime) -> Option<Duration> {
    let Some([Field::Text(arrived)]) = table.rows.first().map(Vec::as_slice) else {
        return None;
    };
    let arrived = format!("{}Z", arrived.replacen(' ', "T", 1));
    let arrived = OffsetDateTime::parse(&arrived, &Rfc3339).ok()?;
    // The stream's clock may be ahead of this one.
    Some((now - arrived).try_into().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::FakeWarehouse;

    #[tokio::test(start_paused = true)]
    async fn freshness_is_the_time_until_the_view_answers() {
        let warehouse = FakeWarehouse::counting([0, 0, 1]);
        let change = marker();
        let written = Instant::now();
        let waited = followed(&warehouse, &change, written, Duration::from_secs(9))
            .await
            .unwrap();
        assert_eq!(waited, 2 * LOOK);
        assert!(warehouse.asked()[0].ends_with(&format!("WHERE order_id = '{}'", change.key.order_id)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_removal_is_followed_when_the_line_is_gone() {
        let warehouse = FakeWarehouse::counting([1, 0]);
        let change = removal(&marker());
        let waited = followed(&warehouse, &change, Instant::now(), Duration::from_secs(9))
            .await
            .unwrap();
        assert_eq!(waited, LOOK);
    }

    #[tokio::test(start_paused = true)]
    async fn a_view_that_does_not_follow_is_an_error() {
        let warehouse = FakeWarehouse::counting([0; 100]);
        let error = followed(&warehouse, &marker(), Instant::now(), Duration::from_secs(2))
            .await
            .unwrap_err();
        assert!(error.to_string().ends_with("after 2 s"), "{error}");
    }

    #[test]
    fn the_age_is_that_of_the_newest_arrival() {
        let now = OffsetDateTime::parse("2025-03-01T12:00:05Z", &Rfc3339).unwrap();
        let of = |field: Field| {
            let rows = vec![vec![field]];
            age(
                &Table {
                    columns: vec![],
                    rows,
                },
                now,
            )
        };
        let at = |text: &str| of(Field::Text(text.to_owned()));
        assert_eq!(at("2025-03-01 12:00:02.5"), Some(Duration::from_millis(2_500)));
        assert_eq!(at("2025-03-01 12:00:09"), Some(Duration::ZERO));
        assert_eq!(of(Field::Null), None);
    }
}
