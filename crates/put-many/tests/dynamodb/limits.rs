//! Each limit, and one more.

use aws_sdk_dynamodb::types::AttributeValue;
use put_many::dynamodb::{
    BYTES_PER_CALL, BYTES_PER_ITEM, Item, KeySchema, PARTITION_KEY_BYTES, SORT_KEY_BYTES, WRITES_PER_CALL,
    Write, WriteError,
};

use crate::fake_dynamodb::{FakeDynamoDb, key_schema};

fn text(length: usize) -> AttributeValue {
    AttributeValue::S("x".repeat(length))
}

fn key(number: usize) -> Item {
    Item::from([
        ("orderId".to_owned(), AttributeValue::S(format!("{number:04}"))),
        ("line".to_owned(), AttributeValue::N("1".to_owned())),
    ])
}

/// What the key's names and values take of an item: orderId, four characters, line, a digit.
const KEY_BYTES: usize = 7 + 4 + 4 + 2;

/// A put of an item of this size.
fn sized(number: usize, bytes: usize) -> Result<Write, WriteError> {
    let mut item = key(number);
    item.insert("t".to_owned(), text(bytes - KEY_BYTES - 1));
    key_schema().put(item)
}

/// An item that is stored in few bytes and long on the wire: control characters have six there.
fn long_on_the_wire(number: usize, characters: usize) -> Write {
    let mut item = key(number);
    item.insert("t".to_owned(), AttributeValue::S("\u{1}".repeat(characters)));
    key_schema().put(item).unwrap()
}

#[test]
fn the_limits_are_the_documented_ones() {
    assert_eq!(WRITES_PER_CALL.get(), 25);
    assert_eq!(BYTES_PER_CALL, 16_777_216);
    assert_eq!(BYTES_PER_ITEM, 409_600);
    assert_eq!(PARTITION_KEY_BYTES, 2048);
    assert_eq!(SORT_KEY_BYTES, 1024);
}

#[tokio::test(start_paused = true)]
async fn a_call_holds_25_writes() {
    for (count, calls) in [(25, vec![25]), (26, vec![25, 1])] {
        let dynamodb = FakeDynamoDb::new([]);
        let writes: Vec<_> = (0..count).map(|number| sized(number, 100).unwrap()).collect();
        assert!(dynamodb.put(&writes).await.all_accepted());
        assert_eq!(dynamodb.writes_per_call(), calls);
    }
}

#[test]
fn an_item_has_400_kibibytes_as_it_is_stored() {
    assert!(sized(0, BYTES_PER_ITEM).is_ok());
    let error = sized(0, BYTES_PER_ITEM + 1).unwrap_err();
    assert_eq!(error.to_string(), "item has 409601 bytes, the limit is 409600");
}

#[tokio::test(start_paused = true)]
async fn a_call_holds_16_mebibytes_as_they_go_over_the_wire() {
    let most = 400_000;
    let mut writes: Vec<_> = (0..6).map(|number| long_on_the_wire(number, most)).collect();
    let dynamodb = FakeDynamoDb::new([]);
    assert!(dynamodb.put(&writes).await.all_accepted());
    assert_eq!(dynamodb.writes_per_call(), [6]);

    let left = BYTES_PER_CALL - dynamodb.bytes_per_call()[0];
    writes.push(long_on_the_wire(6, left / 6));
    let dynamodb = FakeDynamoDb::new([]);
    assert!(dynamodb.put(&writes).await.all_accepted());
    assert_eq!(dynamodb.writes_per_call(), [6, 1]);
    assert!(
        dynamodb
            .bytes_per_call()
            .iter()
            .all(|bytes| *bytes <= BYTES_PER_CALL)
    );
}

#[tokio::test(start_paused = true)]
async fn a_call_is_filled_close_to_its_limit() {
    let writes: Vec<_> = (0..7).map(|number| long_on_the_wire(number, 399_400)).collect();
    let dynamodb = FakeDynamoDb::new([]);
    assert!(dynamodb.put(&writes).await.all_accepted());
    assert_eq!(dynamodb.writes_per_call(), [7]);
    assert!(dynamodb.bytes_per_call()[0] > BYTES_PER_CALL - 4096);
}

#[test]
fn keys_have_1_to_2048_and_1_to_1024_bytes() {
    let schema = KeySchema::partition("p").and_sort("s");
    let cases = [
        (0, 1, false),
        (1, 0, false),
        (1, 1, true),
        (PARTITION_KEY_BYTES, SORT_KEY_BYTES, true),
        (PARTITION_KEY_BYTES + 1, 1, false),
        (1, SORT_KEY_BYTES + 1, false),
    ];
    for (partition, sort, valid) in cases {
        let key = Item::from([("p".to_owned(), text(partition)), ("s".to_owned(), text(sort))]);
        assert_eq!(schema.delete(key).is_ok(), valid, "{partition}, {sort}");
    }
}

#[test]
fn an_item_is_not_in_the_debug_format() {
    let mut item = key(7);
    item.insert("note".to_owned(), AttributeValue::S("secret".to_owned()));
    let debug = format!("{:?}", key_schema().put(item).unwrap());
    assert!(debug.contains("0007") && !debug.contains("secret"), "{debug}");
}
