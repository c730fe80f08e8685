//! A Data API that answers as it is told, and remembers what it was asked and when.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use redshift_data::{
    Accepted, CallError, CallErrorKind, ClientToken, DataApi, Description, Page, Session, State, Statement,
    StatementId, Submission, Warehouse, Work,
};
use tokio::time::{Duration, Instant};

/// What a call answers. `Hangs` never does.
#[derive(Debug, Clone)]
pub enum Answer {
    Accepts(&'static str),
    Describes(Description),
    Shows(Page),
    Cancels,
    Fails(CallErrorKind),
    Hangs,
}

#[derive(Debug, Default)]
struct Inner {
    answers: VecDeque<Answer>,
    calls: Vec<(Duration, String)>,
    submissions: Vec<Submission>,
}

#[derive(Debug, Clone)]
pub struct Script {
    inner: Arc<Mutex<Inner>>,
    start: Instant,
}

impl Script {
    pub fn new(answers: impl IntoIterator<Item = Answer>) -> Self {
        let inner = Inner {
            answers: answers.into_iter().collect(),
            ..Inner::default()
        };
        Self {
            inner: Arc::new(Mutex::new(inner)),
            start: Instant::now(),
        }
    }

    pub fn warehouse(&self) -> Warehouse<Self> {
        Warehouse::new(self.clone(), || 1.0)
    }

    /// When each call was made, in milliseconds.
    pub fn times(&self) -> Vec<u128> {
        let inner = self.inner.lock().unwrap();
        inner.calls.iter().map(|(time, _)| time.as_millis()).collect()
    }

    pub fn calls(&self) -> Vec<String> {
        let inner = self.inner.lock().unwrap();
        inner.calls.iter().map(|(_, call)| call.clone()).collect()
    }

    pub fn submissions(&self) -> Vec<Submission> {
        self.inner.lock().unwrap().submissions.clone()
    }

    async fn answer(&self, call: String) -> Answer {
        let answer = {
            let mut inner = self.inner.lock().unwrap();
            inner.calls.push((self.start.elapsed(), call.clone()));
            inner
                .answers
                .pop_front()
                .unwrap_or_else(|| panic!("no answer is left for {call}"))
        };
        if matches!(answer, Answer::Hangs) {
            std::future::pending::<()>().await;
        }
        answer
    }
}

fn wrong<T>(answer: Answer) -> Result<T, CallError> {
    match answer {
        Answer::Fails(kind) => Err(CallError {
            kind,
            reason: "scripted".to_owned(),
        }),
        other => panic!("{other:?} is no answer to this call"),
    }
}

impl DataApi for Script {
    async fn submit(&self, submission: &Submission) -> Result<Accepted, CallError> {
        self.inner.lock().unwrap().submissions.push(submission.clone());
        match self.answer("submit".to_owned()).await {
            Answer::Accepts(id) => Ok(Accepted {
                id: StatementId::new(id),
                session: None,
            }),
            other => wrong(other),
        }
    }

    async fn describe(&self, id: &StatementId) -> Result<Description, CallError> {
        match self.answer(format!("describe {}", id.as_str())).await {
            Answer::Describes(description) => Ok(description),
            other => wrong(other),
        }
    }

    async fn result_page(&self, id: &StatementId, next: Option<&str>) -> Result<Page, CallError> {
        let call = format!("result {} {}", id.as_str(), next.unwrap_or("-"));
        match self.answer(call).await {
            Answer::Shows(page) => Ok(page),
            other => wrong(other),
        }
    }

    async fn cancel(&self, id: &StatementId) -> Result<(), CallError> {
        match self.answer(format!("cancel {}", id.as_str())).await {
            Answer::Cancels => Ok(()),
            other => wrong(other),
        }
    }
}

pub const RETRYABLE: Answer = Answer::Fails(CallErrorKind::Retryable);
pub const REFUSED: Answer = Answer::Fails(CallErrorKind::Refused);

pub fn is(state: State) -> Answer {
    Answer::Describes(Description {
        state,
        error: None,
        statements: Vec::new(),
    })
}

pub fn select_one() -> Submission {
    Submission {
        work: Work::Statement(Statement::new("SELECT 1").unwrap()),
        token: ClientToken::derived_from(&["test"], 1),
        session: Session::Own,
    }
}

pub fn in_seconds(seconds: u64) -> Instant {
    Instant::now() + Duration::from_secs(seconds)
}
