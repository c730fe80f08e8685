//! Who may come in.

use serde_json::{Value, json};
use session_authorizer::token::SessionKey;

use crate::support::{
    ADA, BEFORE, NOW, authorization, handler, handler_and_metrics, key, respond, token, visit,
};

fn bearer(token: &str) -> Value {
    authorization(&format!("Bearer {token}"))
}

#[test]
fn the_bearer_of_a_session_may_call_every_method_of_the_stage() {
    let permission = json!(
        handler(&[])
            .answer(bearer(&token(None, NOW + 1)))
            .expect("let in")
    );
    let expected = json!({
        "principalId": BEFORE,
        "policyDocument": {
            "Version": "2012-10-17",
            "Statement": [{
                "Effect": "Allow", "Action": "execute-api:Invoke",
                "Resource": "arn:aws:execute-api:us-east-1:000000000000:api1/prod/*",
            }],
        },
        "context": { "sessionId": BEFORE },
    });
    assert_eq!(permission, expected);
}

#[test]
fn a_member_is_known_by_name_and_scope() {
    let keys = [("VISITOR_USAGE_KEY", "visitors"), ("MEMBER_USAGE_KEY", "members")];
    let permission = json!(
        handler(&keys)
            .answer(bearer(&token(Some(ADA), NOW + 1)))
            .expect("let in")
    );
    assert_eq!(permission["principalId"], ADA);
    assert_eq!(
        permission["context"],
        json!({ "sessionId": BEFORE, "userId": ADA, "scope": "openid" })
    );
    assert_eq!(permission["usageIdentifierKey"], "members");
    let permission = json!(
        handler(&keys)
            .answer(bearer(&token(None, NOW + 1)))
            .expect("let in")
    );
    assert_eq!(permission["usageIdentifierKey"], "visitors");
}

#[test]
fn a_session_that_is_issued_comes_in() {
    let handler = handler(&[]);
    let (_, _, body) = respond(&handler, visit());
    let token = body["token"].as_str().expect("a token");
    let permission = json!(handler.answer(bearer(token)).expect("let in"));
    assert_eq!(permission["context"]["sessionId"], body["sessionId"]);
}

#[test]
fn everybody_else_is_refused_in_the_same_word() {
    let foreign: SessionKey = "fedcba9876543210fedcba9876543210".parse().expect("a key");
    let claims = key().verify(&token(Some(ADA), NOW + 1), NOW).expect("good");
    let good = token(None, NOW + 1);
    for (case, header) in [
        ("nothing", String::new()),
        ("no token", "Bearer ".to_owned()),
        ("no bearer", good.clone()),
        ("another scheme", format!("Basic {good}")),
        ("two blanks", format!("Bearer  {good}")),
        ("trailing blank", format!("Bearer {good} ")),
        ("another key", format!("Bearer {}", foreign.issue(&claims))),
        ("ended this second", format!("Bearer {}", token(None, NOW))),
        ("ended a second ago", format!("Bearer {}", token(None, NOW - 1))),
        ("cut", format!("Bearer {}", &good[..good.len() - 1])),
        ("no words", "Bearer \u{0}\u{1f600}".to_owned()),
    ] {
        let error = handler(&[]).answer(authorization(&header)).expect_err(case);
        assert_eq!(error.to_string(), "Unauthorized", "{case}");
    }
}

#[test]
fn a_refused_caller_is_counted() {
    let (handler, metrics) = handler_and_metrics(&[]);
    for header in ["Bearer a.b.c", "Basic x"] {
        handler.answer(authorization(header)).expect_err("refused");
    }
    handler.answer(bearer(&token(None, NOW))).expect_err("ended");
    let lines: Vec<Value> = metrics
        .text()
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    assert_eq!(lines.len(), 3);
    assert!(lines.iter().all(|line| line["BadRequests"] == 1), "{lines:?}");
}

#[test]
fn what_is_not_the_callers_fault_is_not_called_unauthorized() {
    let mut no_method = bearer(&token(None, NOW + 1));
    no_method["methodArn"] = json!("*");
    for event in [
        no_method,
        json!({ "type": "REQUEST" }),
        json!({ "type": "TOKEN", "methodArn": "arn" }),
        json!({}),
        Value::Null,
        json!("text"),
    ] {
        let error = handler(&[]).answer(event.clone()).expect_err("no event");
        assert_ne!(error.to_string(), "Unauthorized", "{event}");
    }
}
