//! A stand-in and what one does with it.

use bytes::Bytes;
use http::{Request, Response};
use serde_json::{Value, json};
use stand_ins::personalize::{LOCAL_CAMPAIGN_ARN, LOCAL_TRACKING_ID, Personalize, Resources};

/// The stand-in with one of each resource.
pub(crate) fn personalize() -> Personalize {
    Personalize::new(Resources::local())
}

/// The answer to `POST path` with this body.
pub(crate) async fn post(personalize: &Personalize, path: &str, body: &Value) -> Response<Bytes> {
    let request = Request::post(path).body(Bytes::from(body.to_string())).unwrap();
    personalize.handle(request).await
}

/// What a limit's case expects.
pub(crate) enum Expect {
    Accepted,
    /// The error type, and the member that its message names.
    Refused(&'static str, &'static str),
}

/// `InvalidInputException` naming this member.
pub(crate) const fn invalid(member: &'static str) -> Expect {
    Expect::Refused("InvalidInputException", member)
}

/// Posts the body and holds the answer against what is expected.
#[track_caller]
pub(crate) fn check(answer: &Response<Bytes>, case: &str, expect: &Expect) {
    match expect {
        Expect::Accepted => assert_eq!(answer.status(), 200, "{case}: {}", text(answer)),
        Expect::Refused(error_type, member) => {
            let status = match *error_type {
                "ResourceNotFoundException" | "UnknownOperationException" => 404,
                "ResourceInUseException" => 409,
                _ => 400,
            };
            assert_eq!(answer.status(), status, "{case}: {}", text(answer));
            assert_eq!(error_type_of(answer), *error_type, "{case}: {}", text(answer));
            let message = json_of(answer)["message"].as_str().unwrap().to_owned();
            assert!(message.contains(member), "{case}: {message}");
        }
    }
}

/// What SDKs take an error's type from.
pub(crate) fn error_type_of(answer: &Response<Bytes>) -> &str {
    answer
        .headers()
        .get("x-amzn-ErrorType")
        .map_or("", |value| value.to_str().unwrap())
}

/// The answer's body.
pub(crate) fn json_of(answer: &Response<Bytes>) -> Value {
    serde_json::from_slice(answer.body()).unwrap()
}

/// The rows of a newline-delimited answer.
pub(crate) fn rows(personalize: &Personalize, path: &str) -> Vec<Value> {
    let answer = personalize.state(path).unwrap();
    text(&answer)
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// The counts.
pub(crate) fn counts(personalize: &Personalize) -> Value {
    json_of(&personalize.state("/_state/personalize").unwrap())
}

/// A PutEvents body with these events.
pub(crate) fn put_events(events: &[Value]) -> Value {
    json!({ "trackingId": LOCAL_TRACKING_ID, "sessionId": "s1", "userId": "u1", "eventList": events })
}

/// The smallest event there is.
pub(crate) fn event() -> Value {
    json!({ "eventType": "click", "sentAt": 964_982_703 })
}

/// An event with one more member, or another value of one.
pub(crate) fn event_with(member: &str, value: Value) -> Value {
    with(event(), member, value)
}

/// The object with one more member, or another value of one.
pub(crate) fn with(mut object: Value, member: &str, value: Value) -> Value {
    object[member] = value;
    object
}

/// The object without a member.
pub(crate) fn without(mut object: Value, member: &str) -> Value {
    object.as_object_mut().unwrap().remove(member).unwrap();
    object
}

/// Makes a user take an item.
pub(crate) async fn take(personalize: &Personalize, user: &str, item: &str, at: i64) {
    let body = json!({
        "trackingId": LOCAL_TRACKING_ID, "sessionId": format!("session of {user}"), "userId": user,
        "eventList": [{ "eventType": "click", "itemId": item, "sentAt": at }],
    });
    check(
        &post(personalize, "/events", &body).await,
        "take",
        &Expect::Accepted,
    );
}

/// The items recommended to a user.
pub(crate) async fn recommended(personalize: &Personalize, user: &str) -> Vec<String> {
    let body = json!({ "campaignArn": LOCAL_CAMPAIGN_ARN, "userId": user });
    item_ids(&json_of(&post(personalize, "/recommendations", &body).await)["itemList"])
}

/// The item ids of an answer's list.
pub(crate) fn item_ids(list: &Value) -> Vec<String> {
    list.as_array()
        .unwrap()
        .iter()
        .map(|row| row["itemId"].as_str().unwrap().to_owned())
        .collect()
}

/// Text of this many characters, each of two bytes.
pub(crate) fn characters(count: usize) -> String {
    "ž".repeat(count)
}

/// A `properties` text of this many characters.
pub(crate) fn properties_of_length(count: usize) -> String {
    let frame = r#"{"p":""}"#;
    format!(r#"{{"p":"{}"}}"#, "x".repeat(count - frame.len()))
}

fn text(answer: &Response<Bytes>) -> &str {
    std::str::from_utf8(answer.body()).unwrap()
}
