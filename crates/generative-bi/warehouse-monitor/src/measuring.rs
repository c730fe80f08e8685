//! One look at one view.

use std::time::Duration;

use redshift_data::{
    ClientToken, ColumnError, DataApi, QueryError, Rows, Session, Statement, Submission, Warehouse, Work,
};
use telemetry_emf::{ViewCount, ViewMetrics};
use tokio::time::Instant;

use crate::cursors::Cursors;
use crate::queries::{self, QueryFault};
use crate::refresh_status::is_success;
use crate::view::ViewName;

/// Looks at views.
pub struct Measuring<A> {
    warehouse: Warehouse<A>,
    cursors: Cursors,
    nonce: fn() -> u64,
}

/// A view could not be measured.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MeasureError {
    /// A query was not answered.
    #[error("{of}: {error}")]
    Query {
        /// What was asked for.
        of: &'static str,
        /// Why.
        error: QueryError,
    },
    /// An answer is not what was expected.
    #[error("{of}: {error}")]
    Answer {
        /// What was asked for.
        of: &'static str,
        /// Why.
        error: ColumnError,
    },
    /// A query cannot be sent.
    #[error(transparent)]
    Fault(#[from] QueryFault),
    /// There is no refresh to measure from.
    #[error("no refresh of it has succeeded, as far as the warehouse remembers or this user may see")]
    NeverRefreshed,
}

const FRESHNESS: &str = "freshness";
const SCAN_ERRORS: &str = "scan errors";
const FAILED_PAYLOADS: &str = "failed payloads";

impl<A: DataApi> Measuring<A> {
    /// Looks by way of `warehouse`. `nonce` gives numbers that do not come again: each look must be answered anew.
    pub fn new(warehouse: Warehouse<A>, nonce: fn() -> u64) -> Self {
        Self {
            warehouse,
            cursors: Cursors::default(),
            nonce,
        }
    }

    /// Measures a view before `deadline`. What one query does not say, the others do.
    ///
    /// # Errors
    /// The first query that failed.
    pub async fn measure(
        &self,
        view: &ViewName,
        metrics: &mut ViewMetrics<'_>,
        deadline: Instant,
    ) -> Result<(), MeasureError> {
        let freshness = self.freshness(view, metrics, deadline).await;
        let scan_errors = self.scan_errors(view, metrics, deadline).await;
        let failed_payloads = self.failed_payloads(view, metrics, deadline).await;
        freshness.and(scan_errors).and(failed_payloads)?;
        metrics.measured();
        Ok(())
    }

    async fn freshness(
        &self,
        view: &ViewName,
        metrics: &ViewMetrics<'_>,
        deadline: Instant,
    ) -> Result<(), MeasureError> {
        let rows = self.query(FRESHNESS, queries::refreshes(view)?, deadline).await?;
        let mut youngest = None;
        for row in rows.iter() {
            let status = row.get::<&str>("status").map_err(of(FRESHNESS))?;
            let age = row.get::<Option<i64>>("age").map_err(of(FRESHNESS))?;
            if let Some(age) = age.filter(|_| is_success(status)) {
                youngest = Some(youngest.map_or(age, |youngest: i64| youngest.min(age)));
            }
        }
        let age = youngest.ok_or(MeasureError::NeverRefreshed)?;
        // The two times are of one clock, but a refresh may end between them.
        metrics.freshness(Duration::from_secs(u64::try_from(age).unwrap_or(0)));
        Ok(())
    }

    async fn scan_errors(
        &self,
        view: &ViewName,
        metrics: &ViewMetrics<'_>,
        deadline: Instant,
    ) -> Result<(), MeasureError> {
        let since = self.since(SCAN_ERRORS, view, deadline).await?;
        let query = queries::scan_errors(view, &since)?;
        let number = self.counted(SCAN_ERRORS, view, query, &since, deadline).await?;
        metrics.count(ViewCount::ScanErrors, number);
        Ok(())
    }

    async fn failed_payloads(
        &self,
        view: &ViewName,
        metrics: &ViewMetrics<'_>,
        deadline: Instant,
    ) -> Result<(), MeasureError> {
        let since = self.since(FAILED_PAYLOADS, view, deadline).await?;
        let query = queries::failed_payloads(view, &since)?;
        let number = self
            .counted(FAILED_PAYLOADS, view, query, &since, deadline)
            .await?;
        metrics.count(ViewCount::FailedPayloads, number);
        Ok(())
    }

    /// A number, and the cursor moved to the newest that it counts.
    async fn counted(
        &self,
        kind: &'static str,
        view: &ViewName,
        query: Statement,
        since: &str,
        deadline: Instant,
    ) -> Result<u64, MeasureError> {
        let rows = self.query(kind, query, deadline).await?;
        let row = rows.only().map_err(of(kind))?;
        let number = row.get::<i64>("number").map_err(of(kind))?;
        let newest = row.get::<Option<&str>>("newest").map_err(of(kind))?;
        self.cursors
            .counted(kind, &view.to_string(), newest.unwrap_or(since));
        Ok(u64::try_from(number).unwrap_or(0))
    }

    async fn since(
        &self,
        kind: &'static str,
        view: &ViewName,
        deadline: Instant,
    ) -> Result<String, MeasureError> {
        if let Some(since) = self.cursors.since(kind, &view.to_string()) {
            return Ok(since);
        }
        let rows = self.query(kind, queries::beginning()?, deadline).await?;
        let row = rows.only().map_err(of(kind))?;
        Ok(row.get::<&str>("since").map_err(of(kind))?.to_owned())
    }

    async fn query(
        &self,
        of: &'static str,
        statement: Statement,
        deadline: Instant,
    ) -> Result<Rows, MeasureError> {
        let nonce = (self.nonce)().to_string();
        let submission = Submission {
            work: Work::Statement(statement),
            token: ClientToken::derived_from(&["warehouse-monitor", &nonce], 1),
            session: Session::Own,
        };
        let rows = self.warehouse.query(&submission, deadline).await;
        rows.map_err(|error| MeasureError::Query { of, error })
    }
}

fn of(of: &'static str) -> impl Fn(ColumnError) -> MeasureError {
    move |error| MeasureError::Answer { of, error }
}
