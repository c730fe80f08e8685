//! Waits until the warehouse holds what was written.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::reconciliation::{Account, AccountError, Report, query, reconcile};
use crate::warehouse::{Warehouse, WarehouseError, count};

/// How often the warehouse is looked at.
const LOOK: Duration = Duration::from_millis(250);

/// How long nothing must have arrived before all items are compared although fewer records arrived than expected.
const QUIET: Duration = Duration::from_secs(3);

/// How many records have arrived.
pub const INGESTED: &str = "SELECT COUNT(*) AS records FROM ingest.order_changes";

/// The warehouse does not come to hold what was written.
#[derive(Debug, thiserror::Error)]
pub enum ArrivalError {
    /// It does not answer.
    #[error(transparent)]
    Warehouse(#[from] WarehouseError),
    /// It answers what cannot be orders.
    #[error("warehouse.current_orders: {0}")]
    Account(#[from] AccountError),
    /// Nothing arrives any more, and something is missing.
    #[error("nothing has arrived for {} s: {report}", .patience.as_secs())]
    Stalled {
        /// How long that was.
        patience: Duration,
        /// What is missing.
        report: Report,
    },
}

/// Waits until `records` records have arrived and the warehouse's orders are the `expected` ones.
///
/// # Errors
/// The warehouse does not answer, or nothing arrives for as long as `patience`.
pub async fn wait_for_arrival(
    warehouse: &impl Warehouse,
    expected: &Account,
    records: u64,
    patience: Duration,
) -> Result<(), ArrivalError> {
    let (mut arrived, mut since) = (0, Instant::now());
    loop {
        let now = count(warehouse, INGESTED).await?;
        if now != arrived {
            (arrived, since) = (now, Instant::now());
        }
        if arrived >= records || since.elapsed() >= QUIET {
            let report = hold_against(warehouse, expected).await?;
            if report.differences() == 0 {
                return Ok(());
            }
            if since.elapsed() >= patience {
                return Err(ArrivalError::Stalled { patience, report });
            }
        }
        sleep(LOOK).await;
    }
}

/// Holds what the warehouse says against what is expected.
///
/// # Errors
/// The warehouse does not answer, or with what cannot be orders.
pub async fn hold_against(warehouse: &impl Warehouse, expected: &Account) -> Result<Report, ArrivalError> {
    let found = Account::of_warehouse(&warehouse.query(&query()).await?)?;
    Ok(reconcile(expected, &found))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::{FakeWarehouse, line, table};
    use crate::warehouse::{Field, Table};

    fn counted(count: i64) -> Table {
        table(&["records"], vec![vec![Field::Long(count)]])
    }

    #[tokio::test(start_paused = true)]
    async fn items_are_compared_once_all_records_have_arrived() {
        let warehouse = FakeWarehouse::answering([counted(1), counted(2), Table::default()]);
        wait_for_arrival(&warehouse, &Account::default(), 2, QUIET)
            .await
            .unwrap();
        assert_eq!(warehouse.asked(), [INGESTED, INGESTED, &query()]);
    }

    #[tokio::test(start_paused = true)]
    async fn what_does_not_arrive_is_named() {
        let answers = (0..100).flat_map(|_| [counted(2), Table::default()]);
        let warehouse = FakeWarehouse::answering(answers);
        let expected = Account::of_truth(&[line("o-1", 1)].into_iter().collect());
        let error = wait_for_arrival(&warehouse, &expected, 2, Duration::from_secs(5))
            .await
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            "nothing has arrived for 5 s: 0 items compared, 1 differences\n    missing: o-1 line 1"
        );
    }
}
