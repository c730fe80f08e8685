//! The edge to DynamoDB through the real SDK client: what goes over the wire, and what each answer means.

use recommendation_api::arn::SourceArn;
use recommendation_api::breaker::{Probe, Shared};
use recommendation_api::popular::PopularItems;
use recommendation_api::state::{StateStore, Writer, Written};
use recommendation_api::unix_time::UnixTime;
use serde_json::{Value, json};
use stand_ins::personalize::LOCAL_CAMPAIGN_ARN;

use crate::support::wire::{Answer, answering, failure, recorded, state_over, success};

fn source() -> SourceArn {
    LOCAL_CAMPAIGN_ARN.parse().expect("an ARN")
}

const fn at(milliseconds: u64) -> UnixTime {
    UnixTime::from_millis(milliseconds)
}

const WRITER: Writer<'_> = Writer {
    request_id: "request",
    now: at(100),
};

const PROBE: Probe = Probe {
    open_until: at(90),
    lease_until: at(1_100),
};

fn popular() -> PopularItems {
    let ids = ["31", "32"].map(|id| id.parse().expect("an id"));
    PopularItems::new(ids.into(), at(7)).expect("some")
}

fn breaker_key() -> Value {
    json!({"key": {"S": format!("breaker#{LOCAL_CAMPAIGN_ARN}")}})
}

#[tokio::test]
async fn reads_name_the_item() {
    let (service, bodies) = recorded(answering(|| success(&json!({}))));
    let state = state_over(service);
    assert_eq!(state.popular().await, Ok(None));
    assert_eq!(state.breaker(&source()).await, Ok(Shared::default()));
    let expected = [
        json!({"TableName": "state", "Key": {"key": {"S": "popular"}}}),
        json!({"TableName": "state", "Key": breaker_key()}),
    ];
    assert_eq!(*bodies.lock().expect("no panic"), expected);
}

#[tokio::test]
async fn writes_are_conditional() {
    let (service, bodies) = recorded(answering(|| success(&json!({}))));
    let state = state_over(service);
    assert_eq!(state.put_popular(&popular()).await, Ok(true));
    assert_eq!(state.open(&source(), at(200), &WRITER).await, Ok(Written::Done));
    assert_eq!(
        state.take_probe(&source(), PROBE, &WRITER).await,
        Ok(Written::Done)
    );
    assert_eq!(state.close(&source(), &WRITER).await, Ok(Written::Done));
    let write = |key: Value, update: &str, condition: &str, values: Value| {
        json!({
            "TableName": "state",
            "Key": key,
            "UpdateExpression": update,
            "ConditionExpression": condition,
            "ExpressionAttributeValues": values,
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        })
    };
    let owner = json!({"S": "request"});
    let expected = [
        write(
            json!({"key": {"S": "popular"}}),
            "SET fetchedAt = :at, itemIds = :items",
            "attribute_not_exists(fetchedAt) OR fetchedAt < :at",
            json!({":at": {"N": "7"}, ":items": {"L": [{"S": "31"}, {"S": "32"}]}}),
        ),
        write(
            breaker_key(),
            "SET openUntil = :until REMOVE probeUntil, probeOwner",
            "(attribute_not_exists(openUntil) OR openUntil < :until) AND \
             (attribute_not_exists(probeUntil) OR probeUntil <= :now OR probeOwner = :owner)",
            json!({":until": {"N": "200"}, ":now": {"N": "100"}, ":owner": owner}),
        ),
        write(
            breaker_key(),
            "SET probeUntil = :lease, probeOwner = :owner",
            "openUntil = :seen AND openUntil <= :now AND \
             (attribute_not_exists(probeUntil) OR probeUntil <= :now)",
            json!({":seen": {"N": "90"}, ":lease": {"N": "1100"}, ":now": {"N": "100"}, ":owner": owner}),
        ),
        write(
            breaker_key(),
            "REMOVE openUntil, probeUntil, probeOwner",
            "probeOwner = :owner",
            json!({":owner": owner}),
        ),
    ];
    assert_eq!(*bodies.lock().expect("no panic"), expected);
}

#[tokio::test]
async fn what_was_written_is_read() {
    let item = json!({
        "key": {"S": "popular"},
        "fetchedAt": {"N": "7"},
        "itemIds": {"L": [{"S": "31"}, {"S": "32"}]},
    });
    let state = state_over(answering(move || success(&json!({"Item": item}))));
    assert_eq!(state.popular().await, Ok(Some(popular())));

    let item = json!({"openUntil": {"N": "90"}, "probeUntil": {"N": "95"}, "probeOwner": {"S": "other"}});
    let state = state_over(answering(move || success(&json!({"Item": item}))));
    let expected = Shared {
        open_until: Some(at(90)),
        probe_until: Some(at(95)),
    };
    assert_eq!(state.breaker(&source()).await, Ok(expected));
}

#[tokio::test]
async fn an_item_that_somebody_else_wrote_is_none() {
    for item in [
        json!({}),
        json!({"fetchedAt": {"S": "7"}, "itemIds": {"L": [{"S": "31"}]}}),
        json!({"fetchedAt": {"N": "-1"}, "itemIds": {"L": [{"S": "31"}]}}),
        json!({"fetchedAt": {"N": "7"}, "itemIds": {"L": [{"N": "31"}, {"S": ""}]}}),
        json!({"openUntil": {"S": "soon"}}),
    ] {
        let state = state_over(answering(move || success(&json!({"Item": item}))));
        assert_eq!(state.popular().await, Ok(None));
        assert_eq!(state.breaker(&source()).await, Ok(Shared::default()));
    }
}

fn refusal(item: Option<Value>) -> Answer {
    let mut body =
        json!({"__type": "ConditionalCheckFailedException", "message": "The conditional request failed"});
    if let Some(item) = item {
        body["Item"] = item;
    }
    let answer = http::Response::builder()
        .status(400)
        .body(body.to_string().into());
    Ok(answer.expect("an answer"))
}

#[tokio::test]
async fn a_write_that_is_refused_says_what_is_known() {
    let state = state_over(answering(|| refusal(Some(json!({"openUntil": {"N": "500"}})))));
    let known = Shared {
        open_until: Some(at(500)),
        probe_until: None,
    };
    assert_eq!(
        state.open(&source(), at(200), &WRITER).await,
        Ok(Written::Refused(known))
    );
    assert_eq!(
        state.take_probe(&source(), PROBE, &WRITER).await,
        Ok(Written::Refused(known))
    );
    assert_eq!(state.close(&source(), &WRITER).await, Ok(Written::Refused(known)));
    assert_eq!(state.put_popular(&popular()).await, Ok(false));
    let nothing = state_over(answering(|| refusal(None)));
    let unknown = Written::Refused(Shared::default());
    assert_eq!(nothing.take_probe(&source(), PROBE, &WRITER).await, Ok(unknown));
}

#[tokio::test]
async fn a_failure_names_the_operation_and_the_code() {
    let state = state_over(answering(|| failure(400, "ResourceNotFoundException")));
    let error = state.popular().await.expect_err("no table");
    assert_eq!(error.to_string(), "GetItem failed: ResourceNotFoundException");
    let error = state.close(&source(), &WRITER).await.expect_err("no table");
    assert_eq!(error.to_string(), "UpdateItem failed: ResourceNotFoundException");
}
