//! Who gets a session, and which.

use serde_json::{Value, json};
use session_authorizer::token::SessionKey;

use crate::support::{
    ADA, BEFORE, FRESH, NOW, handler, handler_and_metrics, key, respond, sign_in, token, visit, with_token,
};

#[test]
fn a_visitor_gets_a_session_for_a_day() {
    let (status, headers, body) = respond(&handler(&[]), visit());
    assert_eq!(status, 201);
    assert_eq!(
        headers,
        json!({ "Cache-Control": "no-store", "Content-Type": "application/json" })
    );
    assert_eq!(body["sessionId"], FRESH);
    assert_eq!(body["expiresAt"], "2026-02-01T12:00:00Z");
    assert_eq!(body.get("userId"), None);
    let token = body["token"].as_str().expect("a token");
    let claims = key().verify(token, NOW).expect("good");
    assert_eq!((claims.session.as_str(), claims.member), (FRESH, None));
    assert_eq!((claims.issued_at, claims.expires_at), (NOW, NOW + 86_400));
}

#[test]
fn a_member_gets_a_session_for_an_hour() {
    for body in [Value::Null, json!(""), json!("{}")] {
        let (status, headers, body) = respond(&handler(&[]), sign_in(body));
        assert_eq!((status, &headers["Cache-Control"]), (201, &json!("no-store")));
        assert_eq!(
            (&body["sessionId"], &body["userId"]),
            (&json!(FRESH), &json!(ADA))
        );
        assert_eq!(body["expiresAt"], "2026-01-31T13:00:00Z");
        let token = body["token"].as_str().expect("a token");
        let member = key().verify(token, NOW).expect("good").member.expect("a member");
        assert_eq!(
            (member.user_id(), member.scope()),
            (ADA, "openid recommendations/users.read")
        );
    }
}

#[test]
fn lifetimes_are_configured_and_never_beyond_cognitos() {
    let handler = handler(&[
        ("VISITOR_SESSION_SECONDS", "60"),
        ("MEMBER_SESSION_SECONDS", "86400"),
    ]);
    assert_eq!(respond(&handler, visit()).2["expiresAt"], "2026-01-31T12:01:00Z");
    let (_, _, body) = respond(&handler, sign_in(Value::Null));
    assert_eq!(body["expiresAt"], "2026-01-31T14:00:00Z");
}

#[test]
fn a_member_goes_on_with_the_session_of_the_token() {
    for (case, token, session) in [
        ("a visitor's", token(None, NOW + 1), BEFORE),
        ("the member's own", token(Some(ADA), NOW + 1), BEFORE),
        ("an ended visitor's", token(None, NOW), FRESH),
        ("another member's, ended", token(Some("other"), NOW), FRESH),
    ] {
        let (status, _, body) = respond(&handler(&[]), with_token(&token));
        assert_eq!((status, &body["sessionId"]), (201, &json!(session)), "{case}");
        assert_eq!(body["userId"], ADA, "{case}");
    }
}

#[test]
fn a_forged_or_foreign_token_joins_nothing() {
    let foreign: SessionKey = "fedcba9876543210fedcba9876543210".parse().expect("a key");
    let claims = key().verify(&token(None, NOW + 1), NOW).expect("good");
    let good = token(None, NOW + 1);
    let (signed, signature) = good.rsplit_once('.').expect("three parts");
    let payload = signed.split_once('.').expect("two parts").1;
    for (case, token) in [
        ("another key", foreign.issue(&claims)),
        ("no token", "a.b.c".to_owned()),
        ("empty", String::new()),
        ("cut", signed.to_owned()),
        (
            "alg none",
            format!("eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.{payload}."),
        ),
        (
            "alg none, signed",
            format!("eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.{payload}.{signature}"),
        ),
    ] {
        let (status, headers, body) = respond(&handler(&[]), with_token(&token));
        assert_eq!(status, 400, "{case}");
        assert_eq!(headers["Content-Type"], "application/problem+json");
        assert_eq!(headers["Cache-Control"], "no-store");
        let expected = json!({
            "type": "about:blank", "title": "Bad Request", "status": 400,
            "detail": "the token is not a session token", "field": "token", "in": "body",
        });
        assert_eq!(body, expected, "{case}");
    }
}

#[test]
fn another_members_session_stays_the_other_members() {
    let (status, _, body) = respond(&handler(&[]), with_token(&token(Some("other"), NOW + 1)));
    assert_eq!((status, &body["field"]), (403, &json!("token")));
    assert!(!body.to_string().contains("other\""), "{body}");
}

#[test]
fn a_body_that_is_none_is_refused() {
    for body in [
        json!("{"),
        json!("[]"),
        json!("{\"userId\":\"x\"}"),
        json!({}),
        json!(7),
    ] {
        let (status, _, answer) = respond(&handler(&[]), sign_in(body.clone()));
        assert_eq!((status, &answer["in"]), (400, &json!("body")), "{body}");
        assert_eq!(answer.get("field"), None);
    }
}

#[test]
fn a_body_may_be_base64() {
    let mut event = with_token(&token(None, NOW + 1));
    event["body"] = json!("e30=");
    event["isBase64Encoded"] = json!(true);
    assert_eq!(respond(&handler(&[]), event).0, 201);
}

#[test]
fn who_cognito_does_not_vouch_for_is_no_member() {
    let without = |member: &str| {
        let mut event = sign_in(Value::Null);
        event["requestContext"]["authorizer"]["claims"][member] = Value::Null;
        event
    };
    let ended = |exp: Value| {
        let mut event = sign_in(Value::Null);
        event["requestContext"]["authorizer"]["claims"]["exp"] = exp;
        event
    };
    let mut unguarded = sign_in(Value::Null);
    unguarded["requestContext"] = json!({ "stage": "prod" });
    for event in [
        unguarded,
        without("sub"),
        without("exp"),
        without("scope"),
        ended(json!("Sat Jan 31 12:00:00 UTC 2026")),
        ended(json!(NOW.to_string())),
        ended(json!("soon")),
    ] {
        let (status, headers, body) = respond(&handler(&[]), event.clone());
        assert_eq!((status, &body["status"]), (401, &json!(401)), "{event}");
        assert_eq!(headers["WWW-Authenticate"], "Bearer");
    }
}

#[test]
fn a_visitor_cannot_name_a_user() {
    let mut event = sign_in(json!("{\"userId\":\"victim\"}"));
    event["resource"] = json!("/sessions");
    let (status, _, body) = respond(&handler(&[]), event);
    assert_eq!((status, body.get("userId")), (201, None));
    let claims = key().verify(body["token"].as_str().expect("a token"), NOW);
    assert_eq!(claims.expect("good").member, None);
}

#[test]
fn nothing_else_is_here() {
    for (method, resource) in [
        ("GET", "/sessions"),
        ("post", "/sessions"),
        ("POST", "/sessions/"),
        ("POST", "/{proxy+}"),
    ] {
        let mut event = visit();
        event["httpMethod"] = json!(method);
        event["resource"] = json!(resource);
        assert_eq!(respond(&handler(&[]), event).0, 404, "{method} {resource}");
    }
}

#[test]
fn pages_of_allowed_origins_may_read_every_answer() {
    let handler = handler(&[("ALLOWED_ORIGINS", "https://shop.example,https://other.example")]);
    let from = |mut event: Value, origin: &str| {
        event["headers"] = json!({ "origin": origin });
        respond(&handler, event)
    };
    for (event, status) in [(visit(), 201), (sign_in(json!("{")), 400)] {
        let (answered, headers, _) = from(event.clone(), "https://shop.example");
        assert_eq!(
            (answered, &headers["Access-Control-Allow-Origin"]),
            (status, &json!("https://shop.example"))
        );
        assert_eq!(headers["Vary"], "Origin");
        let (answered, headers, _) = from(event, "https://evil.example");
        assert_eq!(
            (answered, headers.get("Access-Control-Allow-Origin")),
            (status, None)
        );
        assert_eq!(headers["Vary"], "Origin");
    }
}

#[test]
fn what_is_refused_is_counted() {
    let (handler, metrics) = handler_and_metrics(&[]);
    respond(&handler, visit());
    respond(&handler, sign_in(json!("{")));
    let lines: Vec<Value> = metrics
        .text()
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    let counts: Vec<_> = lines
        .iter()
        .map(|line| (line["Requests"].as_u64(), line["BadRequests"].as_u64()))
        .collect();
    assert_eq!(counts, [(Some(1), Some(0)), (Some(1), Some(1))]);
}
