//! A warehouse that answers what the monitor asks, and remembers what that was.

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex};

use redshift_data::{
    Accepted, CallError, CallErrorKind, DataApi, Description, Field, Page, State, StatementId, Submission,
    Warehouse, Work,
};
use serde_json::Value;
use telemetry_emf::{Metrics, MetricsSource};
use warehouse_monitor::{Handler, queries};

/// What is in the warehouse of a view.
#[derive(Debug, Clone, Default)]
pub struct View {
    /// The ages of refreshes in seconds, by status.
    pub refreshes: Vec<(&'static str, Option<i64>)>,
    /// The times of errors.
    pub scan_errors: Vec<&'static str>,
    /// The refresh times of records, and whether they failed.
    pub records: Vec<(&'static str, bool)>,
}

#[derive(Debug, Default)]
struct Inner {
    views: HashMap<&'static str, View>,
    now: &'static str,
    hangs: Vec<&'static str>,
    fails: Vec<&'static str>,
    sent: Vec<(String, HashMap<String, String>)>,
    answers: Vec<Page>,
    tokens: Vec<String>,
    output: Vec<u8>,
}

#[derive(Debug, Clone, Default)]
pub struct FakeWarehouse(Arc<Mutex<Inner>>);

impl FakeWarehouse {
    pub fn new(now: &'static str) -> Self {
        let warehouse = Self::default();
        warehouse.0.lock().unwrap().now = now;
        warehouse
    }

    pub fn is(&self, name: &'static str, view: View) {
        self.0.lock().unwrap().views.insert(name, view);
    }

    /// A query with this text in it, or about this view, fails.
    pub fn fails(&self, text: &'static str) {
        self.0.lock().unwrap().fails.push(text);
    }

    pub fn mended(&self) {
        let mut inner = self.0.lock().unwrap();
        inner.fails.clear();
        inner.hangs.clear();
    }

    /// A query with this text in it, or about this view, is never answered.
    pub fn hangs(&self, text: &'static str) {
        self.0.lock().unwrap().hangs.push(text);
    }

    pub fn handler(&self, views: &str) -> Handler<Self> {
        let source = MetricsSource {
            namespace: "KinesisAiPatterns".to_owned(),
            service: "warehouse-monitor".to_owned(),
            function: "bi-warehouse-monitor".to_owned(),
        };
        let warehouse = Warehouse::new(self.clone(), || 0.5);
        let metrics = Metrics::to(source, self.clone());
        Handler::new(warehouse, views.parse().expect("views"), metrics, nonce)
    }

    /// The documents that were written since the last time, one a view.
    pub fn documents(&self) -> Vec<Value> {
        let output = std::mem::take(&mut self.0.lock().unwrap().output);
        let text = String::from_utf8(output).expect("text");
        text.lines()
            .map(|line| serde_json::from_str(line).expect("JSON"))
            .collect()
    }

    pub fn sent(&self) -> Vec<(String, HashMap<String, String>)> {
        self.0.lock().unwrap().sent.clone()
    }

    pub fn tokens(&self) -> Vec<String> {
        self.0.lock().unwrap().tokens.clone()
    }
}

impl io::Write for FakeWarehouse {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().output.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn page(columns: &[&str], rows: Vec<Vec<Field>>) -> Page {
    Page {
        columns: columns.iter().map(|name| (*name).to_owned()).collect(),
        rows,
        next: None,
    }
}

fn text(text: &str) -> Field {
    Field::Text(text.to_owned())
}

fn counted(number: usize, newest: Option<&&str>) -> Page {
    let newest = newest.map_or(Field::Null, |newest| text(newest));
    page(
        &["number", "newest"],
        vec![vec![Field::Long(number as i64), newest]],
    )
}

impl Inner {
    fn about(&self, text: &str, sql: &str, parameters: &HashMap<String, String>) -> bool {
        sql.contains(text) || parameters.values().any(|value| value == text)
    }

    fn answer(&self, sql: &str, parameters: &HashMap<String, String>) -> Page {
        if sql == queries::BEGINNING {
            return page(&["since"], vec![vec![text(self.now)]]);
        }
        let name = self.views.keys().find(|name| {
            let (schema, view) = name.split_once('.').expect("a name");
            sql.contains(&format!("\"{schema}\".\"{view}\""))
                || parameters.get("view").is_some_and(|v| v == view)
        });
        let view = name
            .and_then(|name| self.views.get(name))
            .cloned()
            .unwrap_or_default();
        let is_new = |time: &&str| {
            parameters
                .get("since")
                .is_some_and(|since| *time > since.as_str())
        };
        match sql {
            queries::REFRESHES => {
                let rows = view
                    .refreshes
                    .iter()
                    .map(|(status, age)| vec![text(status), age.map_or(Field::Null, Field::Long)]);
                page(&["status", "age"], rows.collect())
            }
            queries::SCAN_ERRORS => {
                let new: Vec<_> = view.scan_errors.iter().filter(|time| is_new(time)).collect();
                counted(new.len(), new.into_iter().max())
            }
            _ => {
                let new: Vec<_> = view.records.iter().filter(|(time, _)| is_new(time)).collect();
                let failed = new.iter().filter(|(_, failed)| *failed).count();
                counted(failed, new.iter().map(|(time, _)| time).max())
            }
        }
    }
}

impl DataApi for FakeWarehouse {
    async fn submit(&self, submission: &Submission) -> Result<Accepted, CallError> {
        let Work::Statement(statement) = &submission.work else {
            panic!("the monitor sends no batch")
        };
        let parameters = statement.parameters().iter();
        let parameters: HashMap<_, _> = parameters
            .map(|one| (one.name().to_owned(), one.value().to_owned()))
            .collect();
        let (id, hangs) = {
            let mut inner = self.0.lock().unwrap();
            let sql = statement.sql();
            inner.sent.push((sql.to_owned(), parameters.clone()));
            inner.tokens.push(submission.token.as_str().to_owned());
            if inner.fails.iter().any(|text| inner.about(text, sql, &parameters)) {
                return Err(CallError {
                    kind: CallErrorKind::Refused,
                    reason: "ValidationException: permission denied".to_owned(),
                });
            }
            let hangs = inner.hangs.iter().any(|text| inner.about(text, sql, &parameters));
            let answer = inner.answer(sql, &parameters);
            inner.answers.push(answer);
            (StatementId::new((inner.answers.len() - 1).to_string()), hangs)
        };
        if hangs {
            std::future::pending::<()>().await;
        }
        Ok(Accepted { id, session: None })
    }

    async fn describe(&self, _: &StatementId) -> Result<Description, CallError> {
        Ok(Description {
            state: State::Finished,
            error: None,
            statements: Vec::new(),
        })
    }

    async fn result_page(&self, id: &StatementId, _: Option<&str>) -> Result<Page, CallError> {
        let index: usize = id.as_str().parse().expect("an id");
        Ok(self.0.lock().unwrap().answers[index].clone())
    }

    async fn cancel(&self, _: &StatementId) -> Result<(), CallError> {
        panic!("the monitor cancels nothing")
    }
}

fn nonce() -> u64 {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NEXT: AtomicU64 = AtomicU64::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}
