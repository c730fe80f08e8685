//! A caller acts as itself only.

use http::{Method, StatusCode};
use serde_json::json;

use crate::harness::app::{self, App, interaction};
use crate::harness::tokens::{claims, session_key, signed, unsigned, with};
use crate::harness::{Pipeline, eventually, members};

#[tokio::test(flavor = "multi_thread")]
async fn forged_and_expired_tokens_are_refused_at_both_doors() {
    let pipeline = Pipeline::start().await;
    let visitor = App::visitor(&pipeline).await;
    let key = session_key(&pipeline).await;
    let sound = claims(&visitor.token);
    let expired = with(&sound, "exp", json!(sound["iat"].as_u64().expect("a time") - 1));
    let (head, signature) = visitor.token.rsplit_once('.').expect("a token has a signature");
    let other_claims = signed("another key, as long as the real one", &sound);
    let refused = [
        ("expired", signed(&key, &expired)),
        ("another key", other_claims),
        ("no signature", unsigned(&sound)),
        ("a signature cut short", format!("{head}.{}", &signature[1..])),
        (
            "another issuer",
            signed(&key, &with(&sound, "iss", json!("somebody"))),
        ),
        (
            "another session under the old signature",
            format!(
                "{}.{signature}",
                signed("k", &with(&sound, "sid", json!("0".repeat(32))))
                    .rsplit_once('.')
                    .expect("a signature")
                    .0
            ),
        ),
        ("no token at all", "nonsense".to_owned()),
    ];
    assert_eq!(signed(&key, &sound).split('.').count(), 3);

    for (what, token) in refused {
        let forged = visitor.with_token(token);
        let collected = forged.collect("interactions", interaction("e", "i")).await;
        let batch = json!({ "interactions": [interaction("e", "i")] });
        let batch = forged.collect("interactions/batch", batch).await;
        let asked = forged.get("recommendations").await;
        let ranked = forged.post("rankings", json!({ "items": ["1"] })).await;
        for answer in [collected, batch, asked, ranked] {
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{what}: {answer:?}");
        }
    }
    let doors = pipeline.cloud.doors().expect("the stack has doors").clone();
    for url in [
        format!("{}interactions", doors.collector),
        format!("{}rankings", doors.recommendation_api),
    ] {
        let answer = app::call(Method::POST, &url, None, Some(json!({}))).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{url}: {answer:?}");
    }
    assert!(
        pipeline.account().await.stored.is_empty(),
        "nothing of it reached the stream"
    );
    assert_eq!(pipeline.cloud.violations(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_sends_or_reads_as_somebody_else() {
    let pipeline = Pipeline::start().await;
    let visitor = App::visitor(&pipeline).await;
    let key = session_key(&pipeline).await;

    for field in ["userId", "sessionId", "trackingId", "type", "schemaVersion"] {
        let mut body = interaction("e", "i");
        body[field] = json!("somebody");
        let answer = visitor.collect("interactions", body).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{field}: {answer:?}");
    }

    let another = visitor.get("recommendations?userId=somebody").await;
    assert_eq!(another.status, StatusCode::FORBIDDEN, "{another:?}");
    let ranking = json!({ "items": ["1"], "userId": "somebody" });
    let ranking = visitor.post("rankings", ranking).await;
    assert_eq!(ranking.status, StatusCode::FORBIDDEN, "{ranking:?}");

    let mut service = claims(&visitor.token);
    service["sub"] = json!("back-office");
    service["scope"] = json!("openid recommendations/users.read");
    let service = visitor.with_token(signed(&key, &service));
    let allowed = service.get("recommendations?userId=somebody").await;
    assert_eq!(allowed.status, StatusCode::OK, "{allowed:?}");
    assert_eq!(pipeline.cloud.violations(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_visitor_who_signs_in_keeps_what_they_did() {
    let pipeline = Pipeline::start().await;
    let visitor = App::visitor(&pipeline).await;
    visitor.click("before", "tent").await;
    eventually(
        "the click arrives",
        async || pipeline.account().await.stored.len(),
        |stored| *stored == 1,
    )
    .await;

    let access_token = members::access_token(&pipeline, "ada").await;
    let user = claims(&access_token)["sub"]
        .as_str()
        .expect("an access token has a subject")
        .to_owned();
    let member = visitor.signed_in(&access_token).await;
    assert_eq!(member.session_id, visitor.session_id, "the session goes on");
    member.click("after", "stove").await;
    eventually(
        "the second click arrives",
        async || pipeline.account().await.stored.len(),
        |stored| *stored == 2,
    )
    .await;

    let of = |event: &str| pipeline.stored_event(event);
    assert_eq!(
        of("before")["userId"],
        json!(null),
        "the visitor had not signed in"
    );
    assert_eq!(of("after")["userId"], json!(user));
    assert_eq!(of("before")["sessionId"], of("after")["sessionId"]);
    let own = member.get(&format!("recommendations?userId={user}")).await;
    assert_eq!(own.status, StatusCode::OK, "{own:?}");

    let (head, signature) = access_token.rsplit_once('.').expect("a token has a signature");
    let forged = format!("{head}.{}", signature.chars().rev().collect::<String>());
    let answer = visitor.session("sessions/member", Some(&forged), None).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{answer:?}");

    let stranger = members::access_token(&pipeline, "ben").await;
    let taken = json!({ "token": member.token });
    let answer = visitor
        .session("sessions/member", Some(&stranger), Some(taken))
        .await;
    assert_eq!(
        answer.status,
        StatusCode::FORBIDDEN,
        "another member's session: {answer:?}"
    );
    assert_eq!(pipeline.cloud.violations(), []);
}
