//! One invocation: let a caller in, or give somebody a session.

use std::fmt;
use std::time::{SystemTime, UNIX_EPOCH};

use lambda_runtime::{Error, LambdaEvent};
use serde_json::Value;
use telemetry_emf::{Metrics, RequestCount, RequestMetrics};
use tracing::{info, warn};

use crate::answer::{Answer, Response};
use crate::claims::Claims;
use crate::cognito::Proof;
use crate::config::Config;
use crate::event::{Authorization, Event, Request};
use crate::join::{self, JoinFault};
use crate::method_arn::Stage;
use crate::policy::Permission;
use crate::problem::Problem;
use crate::session_id::SessionId;
use crate::token::TokenFault;

/// The function, apart from the runtime that invokes it. Several invocations may use it at once.
pub struct Handler {
    config: Config,
    metrics: Metrics,
    clock: fn() -> SystemTime,
    random: fn() -> Result<[u8; 16], Error>,
}

/// The one error that API Gateway answers with 401. It is told by its message.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-use-lambda-authorizer.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unauthorized;

impl fmt::Display for Unauthorized {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Unauthorized")
    }
}

impl std::error::Error for Unauthorized {}

impl Handler {
    /// A function that reads the time from `clock`, makes sessions' names of `random` and writes its counts to `metrics`.
    pub fn new(
        config: Config,
        metrics: Metrics,
        clock: fn() -> SystemTime,
        random: fn() -> Result<[u8; 16], Error>,
    ) -> Self {
        Self {
            config,
            metrics,
            clock,
            random,
        }
    }

    /// Handles an event of either door.
    ///
    /// # Errors
    /// As [`answer`](Self::answer).
    pub async fn handle(&self, event: LambdaEvent<Value>) -> Result<Answer, Error> {
        self.answer(event.payload)
    }

    /// Answers an event of either door.
    ///
    /// # Errors
    /// [`Unauthorized`] for a caller who may not come in. Any other error is ours, or of who deployed us: the event is
    /// none of API Gateway's, or the machine has no clock or no random numbers.
    pub fn answer(&self, event: Value) -> Result<Answer, Error> {
        let request = self.metrics.request();
        match Event::read(event) {
            Some(Event::Authorization(asked)) => self.authorise(&asked, &request).map(Answer::Permission),
            Some(Event::Request(asked)) => {
                let response = self.respond(&asked, &request)?;
                let headers = self.config.allowed_origins.headers(asked.origin.as_deref());
                Ok(Answer::Response(response.with(headers)))
            }
            None => Err("the event is none of an authorizer or a proxy integration".into()),
        }
    }

    fn authorise(&self, asked: &Authorization, request: &RequestMetrics<'_>) -> Result<Permission, Error> {
        let Some(token) = asked.bearer_token() else {
            return Err(refused("no bearer token", request));
        };
        let claims = match self.config.session_key.verify(token, self.now()?) {
            Ok(claims) => claims,
            Err(TokenFault::Expired) => return Err(ended(request)),
            Err(fault) => return Err(refused(fault.name(), request)),
        };
        let stage = Stage::of(&asked.method_arn).ok_or("the method ARN is not one of API Gateway")?;
        Ok(Permission::new(&claims, &stage, &self.config.usage_keys))
    }

    fn respond(&self, asked: &Request, request: &RequestMetrics<'_>) -> Result<Response, Error> {
        let session = match (asked.method.as_str(), asked.resource.as_str()) {
            ("POST", "/sessions") => Ok(self.visitor()?),
            ("POST", "/sessions/member") => self.member(asked)?,
            _ => Err(Problem::NO_ROUTE),
        };
        Ok(match session {
            Ok(claims) => Response::session(&self.config.session_key.issue(&claims), &claims),
            Err(problem) => {
                request.add(RequestCount::BadRequests);
                Response::problem(&problem)
            }
        })
    }

    fn visitor(&self) -> Result<Claims, Error> {
        Ok(self.config.lifetimes.visitor(self.new_session()?, self.now()?))
    }

    /// A session of the member, or why there is none.
    fn member(&self, asked: &Request) -> Result<Result<Claims, Problem>, Error> {
        let now = self.now()?;
        let Some(proof) = Proof::read(&asked.claims, now) else {
            warn!(session.fault = "no proof", "session refused");
            return Ok(Err(Problem::NOT_A_MEMBER));
        };
        let body = asked.body.as_deref().ok_or(JoinFault::NotTheBody);
        let session = body
            .and_then(join::Request::read)
            .and_then(|request| request.session(&self.config.session_key, &proof.member, now));
        let session = match session {
            Ok(Some(session)) => session,
            Ok(None) => self.new_session()?,
            Err(fault) => {
                warn!(session.fault = fault.name(), "session refused");
                return Ok(Err(problem(fault)));
            }
        };
        Ok(Ok(self.config.lifetimes.member(session, proof, now)))
    }

    fn new_session(&self) -> Result<SessionId, Error> {
        (self.random)().map(SessionId::new)
    }

    /// Unix seconds. A clock before 1970 would make every token good.
    fn now(&self) -> Result<u64, Error> {
        let since_1970 = (self.clock)().duration_since(UNIX_EPOCH)?;
        Ok(since_1970.as_secs())
    }
}

/// Forged, or cut on the way: worth a look.
fn refused(fault: &'static str, request: &RequestMetrics<'_>) -> Error {
    request.add(RequestCount::BadRequests);
    warn!(caller.fault = fault, "caller refused");
    Unauthorized.into()
}

/// Every session ends: the app asks for another.
fn ended(request: &RequestMetrics<'_>) -> Error {
    request.add(RequestCount::BadRequests);
    info!(caller.fault = TokenFault::Expired.name(), "caller refused");
    Unauthorized.into()
}

fn problem(fault: JoinFault) -> Problem {
    match fault {
        JoinFault::NotTheBody => Problem::BODY,
        JoinFault::NotOurToken(_) => Problem::TOKEN,
        JoinFault::OfAnotherMember => Problem::OF_ANOTHER_MEMBER,
    }
}
