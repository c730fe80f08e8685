//! The plan: which calls fail, how, and how often.

mod fields;

use std::num::NonZeroU64;
use std::time::Duration;

use http::StatusCode;
use serde::Serialize;
use serde_json::Value;

use self::fields::{Fields, invalid};
use super::Call;
use super::partial::can_split;

/// How long a delay or a time-out keeps the client waiting when the plan does not say.
pub const DEFAULT_HOLD: Duration = Duration::from_secs(2);

/// The longest time that a plan may keep a client waiting: Lambda's longest run.
pub const MAX_HOLD: Duration = Duration::from_secs(900);

/// What share of a request's entries a partial failure takes when the plan does not say; one entry at least.
pub const DEFAULT_FRACTION: f64 = 0.5;

/// Rules under one seed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    /// What all chance is drawn from.
    pub seed: u64,
    /// In order: of the rules that fire for a call the first decides.
    pub rules: Vec<Rule>,
}

/// When to put in a fault, and which.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Rule {
    /// Only this service's calls; every service's when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub service: Option<String>,
    /// Only this operation's calls; every operation's when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// The chance that a call fails, 0 to 1.
    pub probability: f64,
    /// Lets so many matching calls pass first.
    pub after: u64,
    /// Looks only at so many matching calls, counted from `after`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_n: Option<u64>,
    /// Looks only at the beginning of every round of matching calls, counted from `after`: a service that flaps.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub period: Option<Period>,
    /// Puts in at most so many faults.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<u64>,
    /// What happens to a call that the rule fires for.
    pub fault: Fault,
}

/// Rounds of calls, the first ones of each faulty.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
pub struct Period {
    /// How many calls make a round.
    pub every: NonZeroU64,
    /// How many of them, from the first, the rule looks at: 1 to `every`.
    pub faulty: NonZeroU64,
}

impl Period {
    /// Whether the rule looks at the call in this place, from 0.
    pub(super) const fn is_faulty(self, place: u64) -> bool {
        place % self.every.get() < self.faulty.get()
    }
}

/// What happens to a call.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Fault {
    /// The call is made after a wait, and answered as ever.
    Delay {
        /// How long the client waits before the call is made.
        #[serde(rename = "hold_ms", serialize_with = "milliseconds")]
        hold: Duration,
    },
    /// The service's own throttling error.
    Throttle,
    /// The service's own internal error, status 500.
    ServerError,
    /// The error named, in the form of the service's protocol.
    Error {
        /// The error's type, such as `ResourceInUseException`.
        code: String,
        /// Its HTTP status, 400 to 599.
        #[serde(serialize_with = "status_number")]
        status: StatusCode,
    },
    /// Some entries fail, within an answer of 200, and are not applied.
    Partial {
        /// The chance that an entry fails, above 0 and up to 1; one fails at least.
        fraction: f64,
    },
    /// The call is not made, and no answer comes.
    TimeoutBeforeCommit {
        /// How long the client waits until the connection closes.
        #[serde(rename = "hold_ms", serialize_with = "milliseconds")]
        hold: Duration,
    },
    /// The call is made, and no answer comes.
    TimeoutAfterCommit {
        /// How long the client waits, once the call was made, until the connection closes.
        #[serde(rename = "hold_ms", serialize_with = "milliseconds")]
        hold: Duration,
    },
    /// The call is not made, and the connection is reset.
    Reset,
}

/// A plan that cannot be followed: names the field.
#[derive(Debug, PartialEq, thiserror::Error)]
#[error("fault plan: {field}: {problem}")]
pub struct InvalidPlan {
    /// Where it is, such as `rules[2].fault.kind`; empty for the whole text.
    pub field: String,
    /// What is wrong there.
    pub problem: String,
}

impl Plan {
    /// Reads a plan:
    ///
    /// ```
    /// # use stand_ins::faults::Plan;
    /// let plan = Plan::from_json(
    ///     br#"{"seed": 7, "rules": [
    ///         {"service": "personalize", "operation": "PutEvents", "probability": 0.1, "fault": {"kind": "throttle"}},
    ///         {"service": "kinesis", "operation": "PutRecords", "after": 10, "first_n": 5, "max": 2,
    ///          "fault": {"kind": "partial", "fraction": 0.3}},
    ///         {"fault": {"kind": "timeout_after_commit", "hold_ms": 500}, "max": 1},
    ///         {"period": {"every": 20, "faulty": 5}, "fault": {"kind": "delay", "hold_ms": 800}}
    ///     ]}"#,
    /// )?;
    /// assert_eq!(plan.rules.len(), 4);
    /// # Ok::<(), stand_ins::faults::InvalidPlan>(())
    /// ```
    ///
    /// # Errors
    ///
    /// A field that is unknown, missing, of the wrong type or out of range, by its path.
    pub fn from_json(text: &[u8]) -> Result<Self, InvalidPlan> {
        let value: Value = serde_json::from_slice(text).map_err(|error| invalid("", &error.to_string()))?;
        let mut fields = Fields::of(value, String::new())?;
        let seed = fields.take("seed")?.unwrap_or_default();
        let Value::Array(rules) = fields.take_value("rules")? else {
            return Err(fields.invalid("rules", "not a list"));
        };
        fields.end()?;
        let rules = rules
            .into_iter()
            .enumerate()
            .map(|(place, rule)| Rule::read(rule, &format!("rules[{place}]")));
        Ok(Self {
            seed,
            rules: rules.collect::<Result<_, _>>()?,
        })
    }
}

impl Rule {
    /// A rule that fires for every call.
    #[must_use]
    pub const fn always(fault: Fault) -> Self {
        Self {
            service: None,
            operation: None,
            probability: 1.0,
            after: 0,
            first_n: None,
            period: None,
            max: None,
            fault,
        }
    }

    pub(super) fn matches(&self, call: Call<'_>) -> bool {
        self.service
            .as_ref()
            .is_none_or(|service| service == call.service)
            && self
                .operation
                .as_ref()
                .is_none_or(|operation| operation == call.operation)
    }

    fn read(value: Value, path: &str) -> Result<Self, InvalidPlan> {
        let mut fields = Fields::of(value, path.to_owned())?;
        let fault = fields.take_value("fault")?;
        let rule = Self {
            service: fields.take("service")?,
            operation: fields.take("operation")?,
            probability: fields.take("probability")?.unwrap_or(1.0),
            after: fields.take("after")?.unwrap_or_default(),
            first_n: fields.take("first_n")?,
            period: fields.period()?,
            max: fields.take("max")?,
            fault: Fault::read(fault, &fields.path_of("fault"))?,
        };
        if !(0.0..=1.0).contains(&rule.probability) {
            return Err(fields.invalid("probability", "not between 0 and 1"));
        }
        if !rule.can_apply() {
            return Err(fields.invalid(
                "operation",
                "no operation with per-entry results that a partial fault knows",
            ));
        }
        fields.end()?;
        Ok(rule)
    }

    /// Whether a partial fault aims at what has entries. One that names no operation takes those that have.
    fn can_apply(&self) -> bool {
        match (&self.fault, &self.service, &self.operation) {
            (Fault::Partial { .. }, Some(service), Some(operation)) => can_split(Call { service, operation }),
            _ => true,
        }
    }
}

impl Fault {
    fn read(value: Value, path: &str) -> Result<Self, InvalidPlan> {
        let mut fields = Fields::of(value, path.to_owned())?;
        let kind: String = fields
            .take("kind")?
            .ok_or_else(|| fields.invalid("kind", "missing"))?;
        let fault = match kind.as_str() {
            "delay" => Self::Delay { hold: fields.hold()? },
            "throttle" => Self::Throttle,
            "server_error" => Self::ServerError,
            "error" => Self::Error {
                code: fields.code()?,
                status: fields.status()?,
            },
            "partial" => Self::Partial {
                fraction: fields.fraction()?,
            },
            "timeout_before_commit" => Self::TimeoutBeforeCommit { hold: fields.hold()? },
            "timeout_after_commit" => Self::TimeoutAfterCommit { hold: fields.hold()? },
            "reset" => Self::Reset,
            _ => return Err(fields.invalid("kind", &format!("unknown: {kind}"))),
        };
        fields.end()?;
        Ok(fault)
    }
}

fn status_number<S: serde::Serializer>(status: &StatusCode, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_u16(status.as_u16())
}

fn milliseconds<S: serde::Serializer>(duration: &Duration, to: S) -> Result<S::Ok, S::Error> {
    duration.as_millis().serialize(to)
}
