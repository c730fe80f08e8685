//! AWS's own description of its services, as botocore carries it, and what of a request is against it.
//!
//! The emulator takes much that AWS refuses. Here every request is held against the service's model: its required
//! members, types, lengths, ranges, patterns and enums. Limits that a model does not state are the stand-ins' and the
//! sinks' matter.
//!
//! ```text
//! load      the model's file -> Model
//! shape     what a model is made of
//! operation which operation a request calls
//! input     the request's members, out of path, query, header and body -> one JSON value
//! validate  that value against the operation's input shape
//! ```

mod input;
mod load;
mod operation;
mod shape;
mod validate;

#[cfg(test)]
mod tests;

use std::path::PathBuf;

use bytes::Bytes;
use http::Request;
use serde::Serialize;

use self::load::Loaded;
use self::shape::Model;
use crate::Error;

/// The models of all services, each loaded at its first request.
#[derive(Debug)]
pub(crate) struct ServiceModels {
    loaded: Loaded,
}

/// Something in a request that AWS would refuse. It names the place, never the value.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Violation {
    /// The service as botocore names its model.
    pub service: String,
    /// The operation that was called.
    pub operation: String,
    /// Where: `eventList[3].eventType`; empty for the request as a whole.
    pub member: String,
    /// What is wrong there, such as `has 257 characters, allowed is 1 to 256`.
    pub problem: String,
}

/// A problem at a place, before it is known whose.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Problem {
    member: String,
    problem: String,
}

impl Problem {
    fn new(member: impl Into<String>, problem: impl Into<String>) -> Self {
        Self {
            member: member.into(),
            problem: problem.into(),
        }
    }
}

impl ServiceModels {
    /// Takes the models from botocore in the checkout's `.venv`.
    pub(crate) fn in_venv(venv: &std::path::Path) -> Result<Self, Error> {
        load::directory(venv).map(|directory| Self {
            loaded: Loaded::new(directory),
        })
    }

    /// The operation that a request calls, and what is wrong with it. A service without a model is not checked.
    pub(crate) fn check(&self, service: &str, request: &Request<Bytes>) -> (String, Vec<Violation>) {
        let Some(model) = self.loaded.model(service) else {
            return (operation::guess(request), Vec::new());
        };
        let Some(found) = operation::find(&model, request) else {
            let operation = operation::guess(request);
            let violation = Violation {
                service: service.to_owned(),
                operation: operation.clone(),
                member: String::new(),
                problem: "is no operation of the service".to_owned(),
            };
            return (operation, vec![violation]);
        };
        let violations = problems(&model, &found, request)
            .into_iter()
            .map(|Problem { member, problem }| Violation {
                service: service.to_owned(),
                operation: found.name.to_owned(),
                member,
                problem,
            })
            .collect();
        (found.name.to_owned(), violations)
    }
}

fn problems(model: &Model, found: &operation::Found<'_>, request: &Request<Bytes>) -> Vec<Problem> {
    let Some(shape) = found
        .operation
        .input
        .as_ref()
        .and_then(|input| model.shapes.get(&input.shape))
    else {
        return Vec::new();
    };
    match input::gather(model, found, shape, request) {
        Ok(input) => validate::value(model, shape, &input),
        Err(problem) => vec![problem],
    }
}

/// Where botocore keeps its models.
pub(crate) type Directory = PathBuf;
