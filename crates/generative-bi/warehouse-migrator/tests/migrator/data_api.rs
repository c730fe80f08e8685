//! A warehouse behind a Data API, as far as the migrator can tell: tokens, transactions, the history, and whatever goes
//! wrong on the way.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use redshift_data::{
    Accepted, CallError, CallErrorKind, DataApi, Description, Field, Page, Session, State, StatementId,
    SubStatement, Submission, Warehouse, Work,
};
use warehouse_migrator::Migrator;
use warehouse_migrator::history;

/// What happens to a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    Answered,
    /// It never arrives.
    LostBefore,
    /// It arrives and works, its answer is lost.
    LostAfter,
    /// The process ends with it, before it arrives.
    Dies,
    /// The process ends with it, after it has worked.
    DiesAfter,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    pub version: i64,
    pub name: String,
    pub checksum: String,
    pub statement: i64,
    pub request: String,
}

#[derive(Debug, Default)]
struct Contents {
    fates: Vec<Fate>,
    tokens: HashMap<String, usize>,
    statements: Vec<Submitted>,
    /// What the warehouse ran for the migrator's files.
    effects: Vec<String>,
    history: Vec<Recorded>,
    has_history: bool,
    /// A statement that holds this text fails so many times with these words.
    faults: Vec<(String, usize, String)>,
    /// How often a statement of the files is still running when it is looked at.
    running_looks: usize,
    /// A statement that holds this text can run once: what it makes is there then.
    once: Option<String>,
    calls: usize,
}

#[derive(Debug)]
struct Submitted {
    request: Submission,
    end: Result<Vec<Recorded>, (usize, usize, String)>,
    looks_left: usize,
    aborted: bool,
}

#[derive(Debug, Clone, Default)]
pub struct FakeWarehouse(Arc<Mutex<Contents>>);

impl FakeWarehouse {
    pub fn migrator(&self) -> Migrator<Self> {
        Migrator::new(Warehouse::new(self.clone(), || 0.5), nonce)
    }

    /// What happens to the next calls; those behind are answered.
    pub fn fates(&self, fates: &[Fate]) {
        let mut state = self.0.lock().unwrap();
        state.fates = fates.iter().rev().copied().collect();
    }

    /// A statement with `text` in it fails `times` times.
    pub fn fails(&self, text: &str, times: usize, reason: &str) {
        let fault = (text.to_owned(), times, reason.to_owned());
        self.0.lock().unwrap().faults.push(fault);
    }

    pub fn mended(&self) {
        self.0.lock().unwrap().faults.clear();
    }

    pub fn runs_for(&self, looks: usize) {
        self.0.lock().unwrap().running_looks = looks;
    }

    /// A statement with `text` in it can run once: the second time it fails.
    pub fn runs_once(&self, text: &str) {
        self.0.lock().unwrap().once = Some(text.to_owned());
    }

    pub fn ran(&self) -> Vec<String> {
        self.0.lock().unwrap().effects.clone()
    }

    pub fn history(&self) -> Vec<Recorded> {
        self.0.lock().unwrap().history.clone()
    }

    pub fn calls(&self) -> usize {
        self.0.lock().unwrap().calls
    }

    /// Records what is there already once more: nothing in the warehouse prevents it.
    pub fn double_the_history(&self) {
        let mut state = self.0.lock().unwrap();
        let twice = state.history.clone();
        state.history.extend(twice);
    }

    async fn call<T>(
        &self,
        work: impl FnOnce(&mut Contents) -> Result<T, CallError>,
    ) -> Result<T, CallError> {
        // Others may come in between.
        tokio::task::yield_now().await;
        let (fate, answer) = {
            let mut state = self.0.lock().unwrap();
            state.calls += 1;
            let fate = state.fates.pop().unwrap_or(Fate::Answered);
            match fate {
                Fate::LostBefore | Fate::Dies => (fate, None),
                Fate::Answered | Fate::LostAfter | Fate::DiesAfter => (fate, Some(work(&mut state))),
            }
        };
        match (fate, answer) {
            (Fate::Dies | Fate::DiesAfter, _) => std::future::pending().await,
            (Fate::Answered, Some(answer)) => answer,
            _ => Err(CallError {
                kind: CallErrorKind::Retryable,
                reason: "no answer".to_owned(),
            }),
        }
    }
}

impl Contents {
    fn submit(&mut self, submission: &Submission) -> Result<Accepted, CallError> {
        let token = submission.token.as_str().to_owned();
        let index = match self.tokens.get(&token) {
            Some(index) if self.statements[*index].request == *submission => *index,
            Some(_) => {
                // As the service does, and the local warehouse: a token is one whole request's.
                return Err(CallError {
                    kind: CallErrorKind::Refused,
                    reason: "the client token was used with other request parameters".to_owned(),
                });
            }
            None => {
                let submitted = self.run(submission);
                self.statements.push(submitted);
                self.tokens.insert(token, self.statements.len() - 1);
                self.statements.len() - 1
            }
        };
        Ok(Accepted {
            id: StatementId::new(index.to_string()),
            session: None,
        })
    }

    fn run(&mut self, submission: &Submission) -> Submitted {
        assert_eq!(
            submission.session,
            Session::Own,
            "a later process would have another session"
        );
        let (sqls, batch) = match &submission.work {
            Work::Statement(statement) => (vec![statement.sql().to_owned()], false),
            Work::Batch(batch) => (batch.statements().to_vec(), true),
        };
        let before = (self.effects.clone(), self.history.clone(), self.has_history);
        let mut end = Ok(Vec::new());
        for (index, sql) in sqls.iter().enumerate() {
            match self.execute(sql) {
                Ok(rows) => end = Ok(rows),
                Err(reason) => {
                    (self.effects, self.history, self.has_history) = before;
                    end = Err((index, if batch { sqls.len() } else { 0 }, reason));
                    break;
                }
            }
        }
        Submitted {
            request: submission.clone(),
            aborted: matches!(&end, Err((_, _, reason)) if reason.contains("cancelled")),
            end,
            looks_left: if sqls.iter().all(|sql| is_own(sql)) {
                0
            } else {
                self.running_looks
            },
        }
    }

    fn execute(&mut self, sql: &str) -> Result<Vec<Recorded>, String> {
        for (text, times, reason) in &mut self.faults {
            if *times > 0 && sql.contains(text.as_str()) {
                *times -= 1;
                return Err(reason.clone());
            }
        }
        match sql {
            history::CREATE_SCHEMA | history::CREATE_LOCK => Ok(Vec::new()),
            history::CREATE_TABLE => {
                self.has_history = true;
                Ok(Vec::new())
            }
            _ if !self.has_history => Err("relation does not exist".to_owned()),
            history::LOCK => Ok(Vec::new()),
            history::READ => {
                let mut rows = self.history.clone();
                rows.sort_by_key(|row| (row.version, row.statement));
                Ok(rows)
            }
            _ if sql.starts_with("INSERT INTO warehouse_migrations.history") => self.record(sql),
            _ => {
                let once = self.once.as_ref().is_some_and(|text| sql.contains(text));
                if once && self.effects.iter().any(|ran| ran == sql) {
                    return Err("it is there already".to_owned());
                }
                self.effects.push(sql.to_owned());
                Ok(Vec::new())
            }
        }
    }

    fn record(&mut self, sql: &str) -> Result<Vec<Recorded>, String> {
        let texts: Vec<_> = sql.split('\'').collect();
        let number = |behind: &str| -> i64 {
            let rest = sql.split_once(behind).expect("the number is there").1;
            let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
            digits.parse().expect("a number")
        };
        let recorded = Recorded {
            version: number("WHERE version = "),
            name: texts[1].to_owned(),
            checksum: texts[3].to_owned(),
            statement: number("AND statement = "),
            request: texts[5].to_owned(),
        };
        let same = |row: &Recorded| (row.version, row.statement) == (recorded.version, recorded.statement);
        if self.history.iter().any(same) {
            return Err("Cannot insert a NULL value into column version".to_owned());
        }
        self.history.push(recorded);
        Ok(Vec::new())
    }

    fn describe(&mut self, id: &StatementId) -> Description {
        let statement = &mut self.statements[id.as_str().parse::<usize>().expect("an id")];
        if statement.looks_left > 0 {
            statement.looks_left -= 1;
            return described(State::Running, None, Vec::new());
        }
        let ended = if statement.aborted {
            State::Aborted
        } else {
            State::Failed
        };
        match &statement.end {
            Ok(_) => described(State::Finished, None, Vec::new()),
            Err((place, of, reason)) => {
                let statements = (0..*of).map(|index| SubStatement {
                    state: match index.cmp(place) {
                        std::cmp::Ordering::Less => State::Finished,
                        std::cmp::Ordering::Equal => ended,
                        std::cmp::Ordering::Greater => State::Aborted,
                    },
                    error: (index == *place).then(|| reason.clone()),
                });
                described(ended, Some(reason.clone()), statements.collect())
            }
        }
    }

    fn page(&self, id: &StatementId) -> Page {
        let statement = &self.statements[id.as_str().parse::<usize>().expect("an id")];
        let text = |text: &String| Field::Text(text.clone());
        let rows = statement.end.as_ref().expect("it finished").iter().map(|row| {
            vec![
                Field::Long(row.version),
                text(&row.name),
                text(&row.checksum),
                Field::Long(row.statement),
                text(&row.request),
            ]
        });
        Page {
            columns: ["version", "name", "checksum", "statement", "request_id"]
                .map(str::to_owned)
                .to_vec(),
            rows: rows.collect(),
            next: None,
        }
    }
}

/// What the migrator sends for itself.
fn is_own(sql: &str) -> bool {
    sql.contains("warehouse_migrations")
}

fn described(state: State, error: Option<String>, statements: Vec<SubStatement>) -> Description {
    Description {
        state,
        error,
        statements,
    }
}

impl DataApi for FakeWarehouse {
    async fn submit(&self, submission: &Submission) -> Result<Accepted, CallError> {
        self.call(|state| state.submit(submission)).await
    }

    async fn describe(&self, id: &StatementId) -> Result<Description, CallError> {
        self.call(|state| Ok(state.describe(id))).await
    }

    async fn result_page(&self, id: &StatementId, _: Option<&str>) -> Result<Page, CallError> {
        self.call(|state| Ok(state.page(id))).await
    }

    async fn cancel(&self, _: &StatementId) -> Result<(), CallError> {
        panic!("the migrator cancels nothing")
    }
}

fn nonce() -> u64 {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NEXT: AtomicU64 = AtomicU64::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}
