//! What the function says of its callers: why, never who.

use std::sync::Mutex;

use serde_json::{Value, json};
use tracing::Level;

use crate::support::{
    ADA, BEFORE, FRESH, NOW, Output, authorization, handler, sign_in, token, visit, with_token,
};

/// What is logged, at every level, while these events are handled.
fn logged(events: Vec<Value>) -> String {
    let output = Output::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(Level::TRACE)
        .with_ansi(false)
        .with_writer(Mutex::new(output.clone()))
        .finish();
    tracing::subscriber::with_default(subscriber, || {
        for event in events {
            // Whatever comes of it.
            let _ = handler(&[]).answer(event);
        }
    });
    output.text()
}

#[test]
fn logs_hold_neither_tokens_nor_ids() {
    let mallory = "0b4cf9a6-7d6a-4a6a-8f52-6d3a8f3d7c11";
    let (good, ended, others) = (
        token(None, NOW + 1),
        token(Some(ADA), NOW),
        token(Some(mallory), NOW + 1),
    );
    let forged = format!("{}x", &good[..good.len() - 1]);
    let text = logged(vec![
        visit(),
        sign_in(Value::Null),
        sign_in(json!("{\"secret\":1}")),
        with_token(&good),
        with_token(&forged),
        with_token(&others),
        with_token(&ended),
        authorization(&format!("Bearer {good}")),
        authorization(&format!("Bearer {ended}")),
        authorization(&format!("Bearer {forged}")),
        authorization(&forged),
    ]);
    assert!(!text.is_empty());
    let part = |token: &str, place: usize| token.split('.').nth(place).expect("a part").to_owned();
    for secret in [
        part(&good, 1),
        part(&ended, 1),
        part(&others, 1),
        part(&good, 2)[..20].to_owned(),
        ADA.to_owned(),
        mallory.to_owned(),
        BEFORE.to_owned(),
        FRESH.to_owned(),
        "secret".to_owned(),
    ] {
        assert!(!text.contains(&secret), "{secret} in {text}");
    }
}

#[test]
fn each_refusal_has_its_reason_and_only_an_ended_session_is_usual() {
    let good = token(None, NOW + 1);
    let forged = format!("{}A", &good[..good.len() - 1]);
    assert_ne!(forged, good);
    for (event, level, reason) in [
        (authorization("Bearer a.b.c"), "WARN", "other header"),
        (authorization("Bearer a"), "WARN", "not three parts"),
        (
            authorization(&format!("Bearer {forged}")),
            "WARN",
            "bad signature",
        ),
        (authorization(&good), "WARN", "no bearer token"),
        (
            authorization(&format!("Bearer {}", token(None, NOW))),
            "INFO",
            "expired",
        ),
        (with_token(&forged), "WARN", "bad signature"),
        (
            with_token(&token(Some("other"), NOW + 1)),
            "WARN",
            "of another member",
        ),
        (sign_in(json!("[]")), "WARN", "not the body"),
    ] {
        let text = logged(vec![event]);
        assert_eq!(text.lines().count(), 1, "{text}");
        assert!(
            text.contains(level) && text.contains(&format!("fault=\"{reason}\"")),
            "{text}"
        );
    }
    assert_eq!(logged(vec![visit(), sign_in(Value::Null)]), "");
}
