//! Which calls fail, and how a failure looks in each protocol.

use std::time::Duration;

use bytes::Bytes;
use http::Request;
use http::header::CONTENT_TYPE;
use proptest::prelude::*;
use serde_json::{Value, json};
use stand_ins::faults::{Call, Decision, Fault, Faults, Period, Plan, Rule};

use crate::harness::{error_type_of, json_of};

const PUT_EVENTS: Call<'static> = Call {
    service: "personalize",
    operation: "PutEvents",
};
const GET_RECORDS: Call<'static> = Call {
    service: "kinesis",
    operation: "GetRecords",
};

fn faults(seed: u64, rules: Vec<Rule>) -> Faults {
    let faults = Faults::default();
    faults.set(Plan { seed, rules });
    faults
}

fn request(content_type: &str) -> Request<Bytes> {
    Request::post("/")
        .header(CONTENT_TYPE, content_type)
        .body(Bytes::from_static(b"{}"))
        .unwrap()
}

/// Whether each of `calls` calls fails.
fn failing(faults: &Faults, calls: usize) -> Vec<bool> {
    let fails = || {
        !matches!(
            faults.decide(PUT_EVENTS, &request("application/json")),
            Decision::Forward
        )
    };
    (0..calls).map(|_| fails()).collect()
}

fn report(faults: &Faults, rule: usize) -> (Value, Value) {
    let rule = &faults.report()["rules"][rule];
    (rule["matched"].clone(), rule["injected"].clone())
}

fn throttle() -> Rule {
    Rule::always(Fault::Throttle)
}

#[test]
fn without_a_plan_everything_is_forwarded() {
    assert_eq!(failing(&Faults::default(), 3), [false; 3]);
}

#[test]
fn a_rule_looks_at_its_service_and_operation_only() {
    let aimed = |service: Option<&str>, operation: Option<&str>| Rule {
        service: service.map(str::to_owned),
        operation: operation.map(str::to_owned),
        ..throttle()
    };
    for (rule, fires) in [
        (aimed(None, None), true),
        (aimed(Some("personalize"), None), true),
        (aimed(Some("personalize"), Some("PutEvents")), true),
        (aimed(None, Some("PutEvents")), true),
        (aimed(Some("personalize"), Some("PutItems")), false),
        (aimed(Some("events"), Some("PutEvents")), false),
    ] {
        assert_eq!(failing(&faults(1, vec![rule.clone()]), 1), [fires], "{rule:?}");
    }
}

#[test]
fn after_first_n_and_max_bound_a_rule() {
    let (no, yes) = (false, true);
    for (rule, expected) in [
        (
            Rule {
                after: 2,
                ..throttle()
            },
            [no, no, yes, yes, yes],
        ),
        (
            Rule {
                first_n: Some(2),
                ..throttle()
            },
            [yes, yes, no, no, no],
        ),
        (
            Rule {
                after: 1,
                first_n: Some(2),
                ..throttle()
            },
            [no, yes, yes, no, no],
        ),
        (
            Rule {
                max: Some(1),
                ..throttle()
            },
            [yes, no, no, no, no],
        ),
        (
            Rule {
                max: Some(0),
                ..throttle()
            },
            [no; 5],
        ),
        (
            Rule {
                probability: 0.0,
                ..throttle()
            },
            [no; 5],
        ),
    ] {
        assert_eq!(failing(&faults(1, vec![rule.clone()]), 5), expected, "{rule:?}");
    }
}

#[test]
fn a_service_flaps_in_rounds_counted_from_after() {
    let flaps = |every: u64, faulty: u64| {
        let [every, faulty] = [every, faulty].map(|number| number.try_into().unwrap());
        Some(Period { every, faulty })
    };
    for (rule, expected) in [
        (
            Rule {
                period: flaps(3, 2),
                ..throttle()
            },
            "xx.xx.xx.",
        ),
        (
            Rule {
                period: flaps(1, 1),
                ..throttle()
            },
            "xxxxxxxxx",
        ),
        (
            Rule {
                after: 2,
                period: flaps(3, 1),
                ..throttle()
            },
            "..x..x..x",
        ),
        (
            Rule {
                first_n: Some(4),
                period: flaps(3, 1),
                ..throttle()
            },
            "x..x.....",
        ),
        (
            Rule {
                max: Some(1),
                period: flaps(3, 1),
                ..throttle()
            },
            "x........",
        ),
    ] {
        let failed = failing(&faults(1, vec![rule.clone()]), 9).into_iter();
        let failed: String = failed.map(|failed| if failed { 'x' } else { '.' }).collect();
        assert_eq!(failed, expected, "{rule:?}");
    }
}

#[test]
fn the_first_rule_that_fires_decides_and_all_count() {
    let faults = faults(
        1,
        vec![
            Rule {
                max: Some(1),
                ..throttle()
            },
            Rule::always(Fault::Reset),
        ],
    );
    assert!(matches!(
        faults.decide(PUT_EVENTS, &request("application/json")),
        Decision::Answer(_)
    ));
    assert!(matches!(
        faults.decide(PUT_EVENTS, &request("application/json")),
        Decision::Reset
    ));
    assert_eq!(report(&faults, 0), (json!(2), json!(1)));
    assert_eq!(report(&faults, 1), (json!(2), json!(1)));
}

#[test]
fn probability_is_a_share_of_the_calls() {
    let faults = faults(
        3,
        vec![Rule {
            probability: 0.1,
            ..throttle()
        }],
    );
    let failed = failing(&faults, 10_000)
        .into_iter()
        .filter(|failed| *failed)
        .count();
    assert!((900..1_100).contains(&failed), "{failed}");
    assert_eq!(report(&faults, 0), (json!(10_000), json!(failed)));
}

#[test]
fn another_seed_fails_other_calls() {
    let fails = |seed| {
        failing(
            &faults(
                seed,
                vec![Rule {
                    probability: 0.5,
                    ..throttle()
                }],
            ),
            64,
        )
    };
    assert_ne!(fails(1), fails(2));
}

proptest! {
    /// Which calls of a service fail depends on the seed and on their own count, and not on what other services are
    /// asked in between.
    #[test]
    fn the_same_seed_fails_the_same_calls(
        seed: u64,
        probability in 0.0..=1.0_f64,
        others in prop::collection::vec(0_usize..3, 40),
    ) {
        let rule = || Rule { service: Some("personalize".to_owned()), probability, ..throttle() };
        let (quiet, busy) = (faults(seed, vec![rule()]), faults(seed, vec![rule()]));
        let alone = failing(&quiet, others.len());
        let mut among = Vec::new();
        for others in &others {
            for _ in 0..*others {
                prop_assert!(matches!(busy.decide(GET_RECORDS, &request("application/json")), Decision::Forward));
            }
            among.extend(failing(&busy, 1));
        }
        prop_assert_eq!(alone, among);
    }
}

#[test]
fn delays_time_outs_and_resets_say_what_to_do_with_the_connection() {
    let hold = Duration::from_millis(500);
    let decide =
        |fault| faults(1, vec![Rule::always(fault)]).decide(PUT_EVENTS, &request("application/json"));
    assert!(matches!(decide(Fault::Delay { hold }), Decision::DelayThenForward { hold: it } if it == hold));
    assert!(
        matches!(decide(Fault::TimeoutBeforeCommit { hold }), Decision::HoldThenDrop { hold: it } if it == hold)
    );
    assert!(
        matches!(decide(Fault::TimeoutAfterCommit { hold }), Decision::ForwardThenDrop { hold: it } if it == hold)
    );
    assert!(matches!(decide(Fault::Reset), Decision::Reset));
}

/// What a client of a protocol takes the error from.
enum Wire {
    Json,
    RestJson,
    Xml,
}

#[test]
fn errors_are_the_services_own_in_its_protocol() {
    let json_1_0 = "application/x-amz-json-1.0";
    let json_1_1 = "application/x-amz-json-1.1";
    let form = "application/x-www-form-urlencoded; charset=utf-8";
    let throughput = "ProvisionedThroughputExceededException";
    for (service, operation, content_type, wire, throttle, server_error) in [
        (
            "kinesis",
            "PutRecords",
            json_1_1,
            Wire::Json,
            (400, throughput),
            "InternalFailureException",
        ),
        (
            "kinesis",
            "ListShards",
            json_1_1,
            Wire::Json,
            (400, "LimitExceededException"),
            "InternalFailureException",
        ),
        (
            "dynamodb",
            "PutItem",
            json_1_0,
            Wire::Json,
            (400, throughput),
            "InternalServerError",
        ),
        (
            "dynamodb",
            "DescribeTable",
            json_1_0,
            Wire::Json,
            (400, "ThrottlingException"),
            "InternalServerError",
        ),
        (
            "firehose",
            "PutRecordBatch",
            json_1_1,
            Wire::Json,
            (503, "ServiceUnavailableException"),
            "InternalFailure",
        ),
        (
            "sqs",
            "SendMessage",
            json_1_0,
            Wire::Json,
            (400, "RequestThrottled"),
            "InternalFailure",
        ),
        (
            "logs",
            "PutLogEvents",
            json_1_1,
            Wire::Json,
            (400, "ThrottlingException"),
            "InternalFailure",
        ),
        (
            "lambda",
            "Invoke",
            "",
            Wire::RestJson,
            (429, "TooManyRequestsException"),
            "ServiceException",
        ),
        (
            "personalize",
            "PutEvents",
            "application/json",
            Wire::RestJson,
            (400, "ThrottlingException"),
            "InternalFailure",
        ),
        (
            "s3",
            "PutObject",
            "application/json",
            Wire::Xml,
            (503, "SlowDown"),
            "InternalError",
        ),
        (
            "cloudformation",
            "CreateStack",
            form,
            Wire::Xml,
            (400, "Throttling"),
            "InternalFailure",
        ),
    ] {
        let call = Call { service, operation };
        for (fault, (status, code)) in [
            (Fault::Throttle, throttle),
            (Fault::ServerError, (500, server_error)),
        ] {
            let decision = faults(1, vec![Rule::always(fault)]).decide(call, &request(content_type));
            let Decision::Answer(answer) = decision else {
                panic!("{call:?}: {decision:?}")
            };
            assert_eq!(answer.status(), status, "{call:?}");
            match wire {
                Wire::Json => {
                    assert_eq!(json_of(&answer)["__type"], code, "{call:?}");
                    assert_eq!(answer.headers()[CONTENT_TYPE], content_type);
                }
                Wire::RestJson => {
                    assert_eq!(error_type_of(&answer), code, "{call:?}");
                    assert!(json_of(&answer)["message"].is_string());
                }
                Wire::Xml => {
                    let body = String::from_utf8_lossy(answer.body()).into_owned();
                    assert!(body.contains(&format!("<Code>{code}</Code>")), "{call:?}: {body}");
                    assert_eq!(body.contains("<ErrorResponse>"), service != "s3", "{body}");
                }
            }
        }
    }
}

#[test]
fn an_error_can_be_named() {
    let plan = br#"{"rules":[{"fault":{"kind":"error","code":"ResourceInUseException","status":409}}]}"#;
    let faults = Faults::default();
    faults.set(Plan::from_json(plan).unwrap());
    let Decision::Answer(answer) = faults.decide(PUT_EVENTS, &request("application/json")) else {
        panic!()
    };
    assert_eq!(
        (answer.status().as_u16(), error_type_of(&answer)),
        (409, "ResourceInUseException")
    );
}
