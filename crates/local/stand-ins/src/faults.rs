//! Faults on purpose, around any service: which call fails and how is a pure function of the plan's seed and of how
//! many calls each of its rules has seen.
//!
//! [`Faults::decide`] says what is to happen with a call; who carries it does just that:
//!
//! ```
//! # use bytes::Bytes;
//! # use http::{Request, Response};
//! # use stand_ins::faults::{Call, Decision, Faults};
//! # enum Carried { Answered(Response<Bytes>), Dropped }
//! # async fn hold(_: std::time::Duration) {}
//! # async fn forward(_: Request<Bytes>) -> Response<Bytes> { Response::default() }
//! async fn carry(faults: &Faults, call: Call<'_>, request: Request<Bytes>) -> Carried {
//!     match faults.decide(call, &request) {
//!         Decision::Forward => Carried::Answered(forward(request).await),
//!         Decision::DelayThenForward { hold: time } => {
//!             hold(time).await;
//!             Carried::Answered(forward(request).await)
//!         }
//!         Decision::Answer(answer) => Carried::Answered(answer),
//!         Decision::SplitThenMerge(split) => {
//!             let answer = forward(request.map(|_| split.forwarded())).await;
//!             Carried::Answered(split.merge(answer))
//!         }
//!         Decision::ForwardThenDrop { hold: time } => {
//!             forward(request).await;
//!             hold(time).await;
//!             Carried::Dropped
//!         }
//!         Decision::HoldThenDrop { hold: time } => {
//!             hold(time).await;
//!             Carried::Dropped
//!         }
//!         Decision::Reset => Carried::Dropped,
//!     }
//! }
//! ```

mod partial;
mod plan;
mod protocol;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use serde_json::json;

pub use self::partial::Split;
pub use self::plan::{Fault, InvalidPlan, Period, Plan, Rule};
pub use self::protocol::{Protocol, error_answer};

use crate::mix::fraction;

/// Which operation of which service a request calls.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    /// The service as the request's signature names it, such as `kinesis` or `personalize`.
    pub service: &'a str,
    /// The operation's name in the service model, such as `PutRecords`.
    pub operation: &'a str,
}

/// What is to happen with a call.
#[derive(Debug)]
#[must_use]
pub enum Decision {
    /// No fault: forward it, give the answer.
    Forward,
    /// Keep the client waiting so long, then forward it and give the answer: a slow service.
    DelayThenForward {
        /// How long the client waits before the call is made.
        hold: Duration,
    },
    /// Do not forward it, give this answer.
    Answer(Response<Bytes>),
    /// Forward a part of it, give the merged answer: see [`Split`].
    SplitThenMerge(Split),
    /// Forward it and throw the answer away: keep the client waiting so long, then close the connection.
    ForwardThenDrop {
        /// How long the client waits after the commit.
        hold: Duration,
    },
    /// Do not forward it: keep the client waiting so long, then close the connection.
    HoldThenDrop {
        /// How long the client waits.
        hold: Duration,
    },
    /// Do not forward it: reset the connection at once.
    Reset,
}

/// The plan in force, and what has come of it.
#[derive(Debug, Default)]
pub struct Faults {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    seed: u64,
    rules: Vec<Counted>,
}

#[derive(Debug)]
struct Counted {
    rule: Rule,
    /// Calls of the rule's service and operation so far.
    matched: u64,
    /// Faults that the rule put in.
    injected: u64,
}

impl Faults {
    /// Puts a plan in force; counts start anew.
    pub fn set(&self, plan: Plan) {
        let rules = plan
            .rules
            .into_iter()
            .map(|rule| Counted {
                rule,
                matched: 0,
                injected: 0,
            })
            .collect();
        *self.state() = State {
            seed: plan.seed,
            rules,
        };
    }

    /// Ends all faults.
    pub fn clear(&self) {
        *self.state() = State::default();
    }

    /// What is to happen with this call. Every rule counts every call of its service and operation; the first rule
    /// that fires decides.
    pub fn decide(&self, call: Call<'_>, request: &Request<Bytes>) -> Decision {
        let mut state = self.state();
        let seed = state.seed;
        let mut decision = None;
        for (place, counted) in (0..).zip(&mut state.rules) {
            if !counted.rule.matches(call) {
                continue;
            }
            let count = counted.matched;
            counted.matched += 1;
            if decision.is_some() || !counted.fires(seed, place, count) {
                continue;
            }
            decision = apply(&counted.rule.fault, call, request, |entry| {
                fraction(seed, &[place, count, 1, entry])
            });
            counted.injected += u64::from(decision.is_some());
        }
        decision.unwrap_or(Decision::Forward)
    }

    /// Answers the plan's own address: `PUT` sets a plan from JSON, `DELETE` ends it, `GET` shows it, each rule with
    /// `matched` and `injected`. All answer with the plan in force; a bad plan is refused with 400 and the name of the
    /// field, and changes nothing.
    pub fn handle(&self, method: &Method, body: &[u8]) -> Response<Bytes> {
        match *method {
            Method::PUT => match Plan::from_json(body) {
                Ok(plan) => self.set(plan),
                Err(error) => {
                    return json_answer(StatusCode::BAD_REQUEST, &json!({ "message": error.to_string() }));
                }
            },
            Method::DELETE => self.clear(),
            Method::GET => {}
            _ => {
                return json_answer(
                    StatusCode::METHOD_NOT_ALLOWED,
                    &json!({ "message": "use PUT, GET or DELETE" }),
                );
            }
        }
        json_answer(StatusCode::OK, &self.report())
    }

    /// The plan in force, each rule with how many calls it `matched` and how many faults it `injected`.
    #[must_use]
    pub fn report(&self) -> serde_json::Value {
        let state = self.state();
        let rules: Vec<_> = state.rules.iter().map(Counted::report).collect();
        json!({ "seed": state.seed, "rules": rules })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // The counts of a panicked call are at worst one behind.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Counted {
    fn fires(&self, seed: u64, place: u64, count: u64) -> bool {
        let rule = &self.rule;
        let Some(looked_at) = count.checked_sub(rule.after) else {
            return false;
        };
        rule.first_n.is_none_or(|first_n| looked_at < first_n)
            && rule.period.is_none_or(|period| period.is_faulty(looked_at))
            && rule.max.is_none_or(|max| self.injected < max)
            && fraction(seed, &[place, count, 0]) < rule.probability
    }

    fn report(&self) -> serde_json::Value {
        let mut report = json!(self.rule);
        report["matched"] = json!(self.matched);
        report["injected"] = json!(self.injected);
        report
    }
}

/// The fault as a decision, or `None` where it cannot be done: a request that holds nothing to split.
fn apply(
    fault: &Fault,
    call: Call<'_>,
    request: &Request<Bytes>,
    draw: impl Fn(u64) -> f64,
) -> Option<Decision> {
    let protocol = Protocol::of(call.service, request.headers());
    Some(match fault {
        Fault::Delay { hold } => Decision::DelayThenForward { hold: *hold },
        Fault::Throttle => Decision::Answer(protocol::throttle(protocol, call)),
        Fault::ServerError => Decision::Answer(protocol::server_error(protocol, call)),
        Fault::Error { code, status } => {
            Decision::Answer(error_answer(protocol, *status, code, "fault on purpose"))
        }
        Fault::Partial { fraction } => return partial::split(call, request.body(), *fraction, draw),
        Fault::TimeoutBeforeCommit { hold } => Decision::HoldThenDrop { hold: *hold },
        Fault::TimeoutAfterCommit { hold } => Decision::ForwardThenDrop { hold: *hold },
        Fault::Reset => Decision::Reset,
    })
}

fn json_answer(status: StatusCode, body: &serde_json::Value) -> Response<Bytes> {
    let mut answer = Response::new(Bytes::from(body.to_string()));
    *answer.status_mut() = status;
    answer.headers_mut().insert(
        http::header::CONTENT_TYPE,
        http::HeaderValue::from_static("application/json"),
    );
    answer
}
