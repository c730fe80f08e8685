//! What DynamoDB says, and what becomes of the writes.

use aws_sdk_dynamodb::types::AttributeValue;
use put_many::dynamodb::{Item, Write};
use put_many::{Cause, Outcome};
use serde_json::json;

use crate::fake_dynamodb::{Answer, FakeDynamoDb, key_schema};

fn key(order: &str, line: &str) -> Item {
    Item::from([
        ("orderId".to_owned(), AttributeValue::S(order.to_owned())),
        ("line".to_owned(), AttributeValue::N(line.to_owned())),
    ])
}

fn put(order: &str, line: &str, status: &str) -> Write {
    let mut item = key(order, line);
    item.insert("status".to_owned(), AttributeValue::S(status.to_owned()));
    key_schema().put(item).unwrap()
}

fn delete(order: &str, line: &str) -> Write {
    key_schema().delete(key(order, line)).unwrap()
}

fn puts(count: usize) -> Vec<Write> {
    (0..count)
        .map(|number| put(&format!("o-{number}"), "1", "PLACED"))
        .collect()
}

#[tokio::test(start_paused = true)]
async fn a_put_carries_its_item_and_a_delete_its_key() {
    let dynamodb = FakeDynamoDb::new([]);
    let deliveries = dynamodb
        .put(&[put("o-1", "1", "PLACED"), delete("o-2", "1")])
        .await;
    assert!(deliveries.all_accepted());
    let expected = json!({ "RequestItems": { "Orders": [
        { "PutRequest": { "Item": { "orderId": { "S": "o-1" }, "line": { "N": "1" }, "status": { "S": "PLACED" } } } },
        { "DeleteRequest": { "Key": { "orderId": { "S": "o-2" }, "line": { "N": "1" } } } },
    ] } });
    assert_eq!(dynamodb.requests(), [expected]);
}

#[tokio::test(start_paused = true)]
async fn what_was_not_processed_is_sent_again_whatever_its_order() {
    let dynamodb = FakeDynamoDb::new([Answer::Unprocessed(vec![3, 1])]);
    let writes = [puts(3), vec![delete("o-9", "2")]].concat();
    let deliveries = dynamodb.put(&writes).await;
    assert!(deliveries.all_accepted());
    assert_eq!(deliveries.retried(), 2);
    let again = &dynamodb.requests()[1]["RequestItems"]["Orders"];
    assert_eq!(again[0]["PutRequest"]["Item"]["orderId"]["S"], "o-1");
    assert_eq!(again[1]["DeleteRequest"]["Key"]["orderId"]["S"], "o-9");
    assert_eq!(dynamodb.writes_per_call(), [4, 2]);
}

#[tokio::test(start_paused = true)]
async fn a_number_in_a_key_may_come_back_written_otherwise() {
    let listed = json!([{ "PutRequest": { "Item": { "orderId": { "S": "o-1" }, "line": { "N": "1.0" } } } }]);
    let dynamodb = FakeDynamoDb::new([Answer::Lists(listed)]);
    let deliveries = dynamodb
        .put(&[put("o-1", "1", "PLACED"), put("o-2", "1", "PLACED")])
        .await;
    assert!(deliveries.all_accepted());
    assert_eq!(dynamodb.writes_per_call(), [2, 1]);
}

#[tokio::test(start_paused = true)]
async fn writes_of_one_key_go_out_in_order_and_never_in_one_call() {
    let dynamodb = FakeDynamoDb::new([Answer::Unprocessed(vec![0])]);
    let writes = [
        put("o-1", "1", "PLACED"),
        put("o-1", "1.0", "SHIPPED"),
        delete("o-1", "1"),
        put("o-2", "1", "PLACED"),
    ];
    assert!(dynamodb.put(&writes).await.all_accepted());
    let requests = dynamodb.requests();
    let of_the_key: Vec<_> = requests
        .iter()
        .flat_map(|request| request["RequestItems"]["Orders"].as_array().unwrap())
        .map(|write| match &write["PutRequest"]["Item"] {
            item if item["orderId"]["S"] == "o-1" => item["status"]["S"].as_str().unwrap(),
            item if item.is_null() => "deleted",
            _ => "other",
        })
        .filter(|status| *status != "other")
        .collect();
    assert_eq!(of_the_key, ["PLACED", "PLACED", "SHIPPED", "deleted"]);
    assert_eq!(dynamodb.writes_per_call(), [2, 1, 1, 1]);
}

#[tokio::test(start_paused = true)]
async fn an_answer_about_a_write_that_was_not_sent_is_no_success() {
    let strangers = [
        json!([{ "PutRequest": { "Item": { "orderId": { "S": "o-7" }, "line": { "N": "1" } } } }]),
        json!([{ "PutRequest": { "Item": { "orderId": { "S": "o-0" } } } }]),
        json!([{}]),
    ];
    for stranger in strangers {
        let dynamodb = FakeDynamoDb::new([Answer::Lists(stranger.clone())]);
        let deliveries = dynamodb.put(&puts(2)).await;
        for outcome in deliveries.outcomes() {
            let call_failed =
                matches!(outcome, Outcome::Undelivered(entry) if entry.cause == Cause::CallFailed);
            assert!(call_failed, "{stranger}: {outcome:?}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_may_succeed_later_is_made_again() {
    let answers = [
        Answer::Error(400, "ProvisionedThroughputExceededException"),
        Answer::Error(400, "ReplicatedWriteConflictException"),
        Answer::Error(400, "RequestLimitExceeded"),
        Answer::Error(400, "ThrottlingException"),
        Answer::Error(500, "InternalServerError"),
        Answer::Error(503, "ServiceUnavailable"),
        Answer::TimedOut,
        Answer::BrokenConnection,
    ];
    for answer in answers {
        let dynamodb = FakeDynamoDb::new([answer.clone()]);
        let deliveries = dynamodb.put(&puts(2)).await;
        assert!(deliveries.all_accepted(), "{answer:?}");
        assert_eq!(dynamodb.writes_per_call(), [2, 2], "{answer:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_never_succeeds_is_made_once() {
    let codes = [
        "AccessDeniedException",
        "ItemCollectionSizeLimitExceededException",
        "ResourceNotFoundException",
        "UnrecognizedClientException",
        "ValidationException",
    ];
    for code in codes {
        let dynamodb = FakeDynamoDb::new([Answer::Error(400, code)]);
        let deliveries = dynamodb.put(&puts(1)).await;
        let [Outcome::Undelivered(entry)] = deliveries.outcomes() else {
            panic!("{code}: {deliveries:?}");
        };
        assert_eq!(entry.cause, Cause::CallFailed, "{code}");
        let error = entry.last_error.as_ref().map(ToString::to_string);
        assert_eq!(error, Some(format!("{code}: as told")));
        assert_eq!(dynamodb.requests().len(), 1, "{code}");
    }
}
