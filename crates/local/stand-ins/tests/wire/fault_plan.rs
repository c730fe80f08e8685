//! A plan's JSON: what it may say, and how a bad one is refused.

use http::Method;
use serde_json::{Value, json};
use stand_ins::faults::{Faults, InvalidPlan, Plan};

use crate::harness::json_of;

fn rule(rule: Value) -> Value {
    json!({ "seed": 7, "rules": [{ "fault": { "kind": "throttle" } }, rule] })
}

fn fault(fault: Value) -> Value {
    rule(json!({ "fault": fault }))
}

#[test]
fn a_bad_plan_is_refused_by_the_name_of_its_field() {
    let throttle = json!({ "kind": "throttle" });
    let cases = [
        (json!([]), ""),
        (json!({}), "rules"),
        (json!({ "rules": {} }), "rules"),
        (json!({ "seed": -1, "rules": [] }), "seed"),
        (json!({ "seed": "7", "rules": [] }), "seed"),
        (json!({ "rules": [], "rule": [] }), "rule"),
        (rule(json!("throttle")), "rules[1]"),
        (rule(json!({})), "rules[1].fault"),
        (
            rule(json!({ "fault": throttle, "servce": "kinesis" })),
            "rules[1].servce",
        ),
        (
            rule(json!({ "fault": throttle, "service": 1 })),
            "rules[1].service",
        ),
        (
            rule(json!({ "fault": throttle, "operation": [] })),
            "rules[1].operation",
        ),
        (
            rule(json!({ "fault": throttle, "probability": 1.1 })),
            "rules[1].probability",
        ),
        (
            rule(json!({ "fault": throttle, "probability": -0.1 })),
            "rules[1].probability",
        ),
        (
            rule(json!({ "fault": throttle, "probability": "often" })),
            "rules[1].probability",
        ),
        (rule(json!({ "fault": throttle, "after": -1 })), "rules[1].after"),
        (
            rule(json!({ "fault": throttle, "first_n": 1.5 })),
            "rules[1].first_n",
        ),
        (rule(json!({ "fault": throttle, "max": "1" })), "rules[1].max"),
        (fault(json!("throttle")), "rules[1].fault"),
        (fault(json!({})), "rules[1].fault.kind"),
        (fault(json!({ "kind": "slow" })), "rules[1].fault.kind"),
        (
            fault(json!({ "kind": "throttle", "hold_ms": 1 })),
            "rules[1].fault.hold_ms",
        ),
        (
            fault(json!({ "kind": "partial", "fraction": 0.0 })),
            "rules[1].fault.fraction",
        ),
        (
            fault(json!({ "kind": "partial", "fraction": 1.1 })),
            "rules[1].fault.fraction",
        ),
        (rule(json!({ "fault": throttle, "period": 3 })), "rules[1].period"),
        (
            rule(json!({ "fault": throttle, "period": { "every": 3 } })),
            "rules[1].period.faulty",
        ),
        (
            rule(json!({ "fault": throttle, "period": { "faulty": 3 } })),
            "rules[1].period.every",
        ),
        (
            rule(json!({ "fault": throttle, "period": { "every": 0, "faulty": 0 } })),
            "rules[1].period.every",
        ),
        (
            rule(json!({ "fault": throttle, "period": { "every": 3, "faulty": 0 } })),
            "rules[1].period.faulty",
        ),
        (
            rule(json!({ "fault": throttle, "period": { "every": 3, "faulty": 4 } })),
            "rules[1].period.faulty",
        ),
        (
            rule(json!({ "fault": throttle, "period": { "every": 3, "faulty": 1, "of": 2 } })),
            "rules[1].period.of",
        ),
        (
            fault(json!({ "kind": "delay", "hold_ms": 900_001 })),
            "rules[1].fault.hold_ms",
        ),
        (
            fault(json!({ "kind": "delay", "status": 500 })),
            "rules[1].fault.status",
        ),
        (
            fault(json!({ "kind": "timeout_before_commit", "hold_ms": -1 })),
            "rules[1].fault.hold_ms",
        ),
        (
            fault(json!({ "kind": "timeout_after_commit", "hold_ms": 900_001 })),
            "rules[1].fault.hold_ms",
        ),
        (
            fault(json!({ "kind": "error", "status": 409 })),
            "rules[1].fault.code",
        ),
        (
            fault(json!({ "kind": "error", "code": "a b", "status": 409 })),
            "rules[1].fault.code",
        ),
        (
            fault(json!({ "kind": "error", "code": "X" })),
            "rules[1].fault.status",
        ),
        (
            fault(json!({ "kind": "error", "code": "X", "status": 399 })),
            "rules[1].fault.status",
        ),
        (
            fault(json!({ "kind": "error", "code": "X", "status": 600 })),
            "rules[1].fault.status",
        ),
        (
            rule(json!({ "service": "kinesis", "operation": "PutRecord", "fault": { "kind": "partial" } })),
            "rules[1].operation",
        ),
    ];
    for (plan, field) in cases {
        let error = Plan::from_json(plan.to_string().as_bytes()).unwrap_err();
        assert_eq!(error.field, field, "{plan}: {error}");
    }
}

#[test]
fn bounds_are_inclusive() {
    let throttle = json!({ "kind": "throttle" });
    for plan in [
        json!({ "rules": [] }),
        rule(json!({ "fault": throttle, "probability": 0.0 })),
        rule(json!({ "fault": throttle, "probability": 1.0 })),
        fault(json!({ "kind": "partial", "fraction": 1.0 })),
        rule(json!({ "fault": throttle, "period": { "every": 1, "faulty": 1 } })),
        rule(json!({ "fault": throttle, "period": { "every": 3, "faulty": 3 } })),
        fault(json!({ "kind": "delay", "hold_ms": 0 })),
        fault(json!({ "kind": "delay", "hold_ms": 900_000 })),
        fault(json!({ "kind": "timeout_before_commit", "hold_ms": 0 })),
        fault(json!({ "kind": "timeout_after_commit", "hold_ms": 900_000 })),
        fault(json!({ "kind": "error", "code": "X", "status": 400 })),
        fault(json!({ "kind": "error", "code": "X", "status": 599 })),
    ] {
        let read = Plan::from_json(plan.to_string().as_bytes());
        assert!(read.is_ok(), "{plan}: {read:?}");
    }
}

#[test]
fn text_that_is_no_json_is_refused_by_its_place() {
    let InvalidPlan { field, problem } = Plan::from_json(b"{\"seed\":").unwrap_err();
    assert_eq!(field, "");
    assert!(problem.contains("line 1 column 8"), "{problem}");
}

#[test]
fn the_plan_in_force_is_read_back_with_its_defaults() {
    let faults = Faults::default();
    let plan = json!({ "seed": 7, "rules": [
        { "fault": { "kind": "timeout_before_commit" } },
        { "service": "kinesis", "operation": "PutRecords", "probability": 0.25, "after": 2, "first_n": 3, "max": 1,
          "fault": { "kind": "partial" } },
        { "fault": { "kind": "error", "code": "ResourceInUseException", "status": 409 } },
        { "period": { "every": 20, "faulty": 5 }, "fault": { "kind": "delay" } },
    ]});
    let answer = faults.handle(&Method::PUT, plan.to_string().as_bytes());
    assert_eq!(answer.status(), 200);
    let expected = json!({ "seed": 7, "rules": [
        { "probability": 1.0, "after": 0, "fault": { "kind": "timeout_before_commit", "hold_ms": 2_000 },
          "matched": 0, "injected": 0 },
        { "service": "kinesis", "operation": "PutRecords", "probability": 0.25, "after": 2, "first_n": 3, "max": 1,
          "fault": { "kind": "partial", "fraction": 0.5 }, "matched": 0, "injected": 0 },
        { "probability": 1.0, "after": 0, "fault": { "kind": "error", "code": "ResourceInUseException", "status": 409 },
          "matched": 0, "injected": 0 },
        { "probability": 1.0, "after": 0, "period": { "every": 20, "faulty": 5 },
          "fault": { "kind": "delay", "hold_ms": 2_000 }, "matched": 0, "injected": 0 },
    ]});
    assert_eq!(json_of(&answer), expected);
    assert_eq!(json_of(&faults.handle(&Method::GET, b"")), expected);
}

#[test]
fn a_bad_plan_changes_nothing_and_delete_ends_all() {
    let faults = Faults::default();
    faults.handle(&Method::PUT, br#"{"seed":7,"rules":[]}"#);
    let answer = faults.handle(&Method::PUT, br#"{"seed":8,"rules":[{}]}"#);
    assert_eq!(answer.status(), 400);
    assert!(
        json_of(&answer)["message"]
            .as_str()
            .unwrap()
            .contains("rules[0].fault: missing")
    );
    assert_eq!(json_of(&faults.handle(&Method::GET, b""))["seed"], 7);
    assert_eq!(
        json_of(&faults.handle(&Method::DELETE, b"")),
        json!({ "seed": 0, "rules": [] })
    );
    assert_eq!(faults.handle(&Method::POST, b"").status(), 405);
}
