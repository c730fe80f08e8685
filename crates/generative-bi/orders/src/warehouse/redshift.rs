//! The warehouse behind the Redshift Data API.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use redshift_data::{
    CallErrorKind, ClientToken, DataApi, Outcome, Polling, Session, Statement, StatementId, Submission, Work,
};
use tokio::time::{Instant, sleep};

use super::{Table, Warehouse, WarehouseError};

/// How long a statement may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// The rhythm of somebody who watches: the first look comes soon.
const POLLING: Polling = Polling {
    first: Duration::from_millis(20),
    most: Duration::from_secs(1),
};

/// The wait before a page is asked for again.
const PAGE_AGAIN: Duration = Duration::from_millis(200);

/// A warehouse that is asked through `A`.
#[derive(Debug)]
pub struct Redshift<A> {
    api: A,
    warehouse: redshift_data::Warehouse<A>,
    /// Tells this process' statements from those of others.
    run: String,
    statements: AtomicU64,
}

impl<A: DataApi + Clone> Redshift<A> {
    /// Asks through `api`.
    pub fn new(api: A) -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self {
            warehouse: redshift_data::Warehouse::new(api.clone(), fastrand::f64).with_polling(POLLING),
            api,
            run: format!("{}-{}", now.as_nanos(), std::process::id()),
            statements: AtomicU64::new(0),
        }
    }

    async fn finished(&self, sql: &str, deadline: Instant) -> Result<StatementId, WarehouseError> {
        let submission = self.submission(sql)?;
        let failed = |reason: &dyn ToString| WarehouseError::new(sql, reason.to_string());
        let submitted = Box::pin(self.warehouse.submit(&submission, deadline)).await;
        let id = submitted.map_err(|error| failed(&error))?.id;
        match Box::pin(self.warehouse.wait(&id, deadline)).await {
            Ok(Outcome::Finished) => Ok(id),
            Ok(Outcome::Failed(failure) | Outcome::Aborted(failure)) => Err(failed(&failure)),
            Ok(Outcome::StillRunning) => Err(failed(&"still running after a minute")),
            Err(error) => Err(failed(&error)),
        }
    }

    /// Each statement has a token of its own: a repeat of the same text is another question.
    fn submission(&self, sql: &str) -> Result<Submission, WarehouseError> {
        let number = self.statements.fetch_add(1, Ordering::Relaxed).to_string();
        let statement = Statement::new(sql).map_err(|error| WarehouseError::new(sql, error))?;
        Ok(Submission {
            work: Work::Statement(statement),
            token: ClientToken::derived_from(&["orders", &self.run, &number], 1),
            session: Session::Own,
        })
    }

    /// One page, asked for until it is there.
    async fn page(
        &self,
        id: &StatementId,
        next: Option<&str>,
        deadline: Instant,
    ) -> Result<redshift_data::Page, redshift_data::CallError> {
        loop {
            match Box::pin(self.api.result_page(id, next)).await {
                Err(error) if error.kind == CallErrorKind::Retryable && Instant::now() < deadline => {
                    sleep(PAGE_AGAIN).await;
                }
                answer => return answer,
            }
        }
    }
}

impl<A: DataApi + Clone> Warehouse for Redshift<A> {
    async fn query(&self, sql: &str) -> Result<Table, WarehouseError> {
        let deadline = Instant::now() + PATIENCE;
        let id = self.finished(sql, deadline).await?;
        let (mut table, mut next) = (Table::default(), None);
        loop {
            let page = self.page(&id, next.as_deref(), deadline).await;
            let page = page.map_err(|error| WarehouseError::new(sql, error))?;
            if table.columns.is_empty() {
                table.columns = page.columns;
            }
            table.rows.extend(page.rows);
            next = page.next.filter(|token| !token.is_empty());
            if next.is_none() {
                return Ok(table);
            }
        }
    }

    async fn run(&self, sql: &str) -> Result<(), WarehouseError> {
        self.finished(sql, Instant::now() + PATIENCE).await.map(drop)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use redshift_data::{Accepted, CallError, Description, Field, Page, State};

    use super::*;

    /// A service that has one answer of two pages, and fails for the statement `bad`.
    #[derive(Clone, Default)]
    struct Fake {
        tokens: Arc<Mutex<Vec<String>>>,
        busy_pages: Arc<Mutex<usize>>,
    }

    impl DataApi for Fake {
        async fn submit(&self, submission: &Submission) -> Result<Accepted, CallError> {
            self.tokens
                .lock()
                .unwrap()
                .push(submission.token.as_str().to_owned());
            let Work::Statement(statement) = &submission.work else {
                panic!("a batch");
            };
            let id = StatementId::new(statement.sql());
            Ok(Accepted { id, session: None })
        }

        async fn describe(&self, id: &StatementId) -> Result<Description, CallError> {
            let failed = id.as_str() == "bad";
            Ok(Description {
                state: if failed { State::Failed } else { State::Finished },
                error: failed.then(|| "relation \"x\" does not exist".to_owned()),
                statements: vec![],
            })
        }

        async fn result_page(&self, _: &StatementId, next: Option<&str>) -> Result<Page, CallError> {
            let mut busy = self.busy_pages.lock().unwrap();
            if *busy > 0 {
                *busy -= 1;
                let (kind, reason) = (CallErrorKind::Retryable, "busy".to_owned());
                return Err(CallError { kind, reason });
            }
            Ok(Page {
                columns: vec!["a".to_owned()],
                rows: vec![vec![Field::Long(if next.is_none() { 1 } else { 2 })]],
                next: next.is_none().then(|| "2".to_owned()),
            })
        }

        async fn cancel(&self, _: &StatementId) -> Result<(), CallError> {
            Ok(())
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_query_is_answered_with_all_pages() {
        let fake = Fake::default();
        *fake.busy_pages.lock().unwrap() = 2;
        let table = Redshift::new(fake).query("SELECT a").await.unwrap();
        assert_eq!(table.columns, ["a"]);
        assert_eq!(table.rows, [[Field::Long(1)], [Field::Long(2)]]);
    }

    #[tokio::test(start_paused = true)]
    async fn the_same_text_twice_is_two_statements() {
        let fake = Fake::default();
        let redshift = Redshift::new(fake.clone());
        redshift.run("SELECT a").await.unwrap();
        redshift.run("SELECT a").await.unwrap();
        let tokens = fake.tokens.lock().unwrap();
        assert_ne!(tokens[0], tokens[1]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_statement_that_fails_is_named_with_the_reason() {
        let error = Redshift::new(Fake::default()).run("bad").await.unwrap_err();
        assert_eq!(error.to_string(), "bad: relation \"x\" does not exist");
        let error = Redshift::new(Fake::default()).query("").await.unwrap_err();
        assert_eq!(error.to_string(), ": statement: empty");
    }
}
