//! KPL aggregates: those of a public implementation, those of our own encoder, and damaged ones.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use md5::{Digest, Md5};
use proptest::prelude::*;
use prost::Message;
use serde::Deserialize;
use stream_batch::kinesis::{self, MAGIC};
use stream_batch::{Batch, RejectionKind};

use crate::event::{event, kinesis_record};

/// The format as it is published, required fields included.
#[derive(Clone, PartialEq, Message)]
struct AggregatedRecord {
    #[prost(string, repeated, tag = "1")]
    partition_key_table: Vec<String>,
    #[prost(string, repeated, tag = "2")]
    explicit_hash_key_table: Vec<String>,
    #[prost(message, repeated, tag = "3")]
    records: Vec<Record>,
}

#[derive(Clone, PartialEq, Message)]
struct Record {
    #[prost(uint64, required, tag = "1")]
    partition_key_index: u64,
    #[prost(uint64, optional, tag = "2")]
    explicit_hash_key_index: Option<u64>,
    #[prost(bytes = "vec", required, tag = "3")]
    data: Vec<u8>,
    #[prost(message, repeated, tag = "4")]
    tags: Vec<Tag>,
}

#[derive(Clone, PartialEq, Message)]
struct Tag {
    #[prost(string, required, tag = "1")]
    key: String,
    #[prost(string, optional, tag = "2")]
    value: Option<String>,
}

fn framed(message: &[u8]) -> Vec<u8> {
    [&MAGIC[..], message, Md5::digest(message).as_slice()].concat()
}

fn aggregate(keys: &[&str], hash_keys: &[&str], records: Vec<Record>) -> Vec<u8> {
    let strings = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    let aggregate = AggregatedRecord {
        partition_key_table: strings(keys),
        explicit_hash_key_table: strings(hash_keys),
        records,
    };
    framed(&aggregate.encode_to_vec())
}

fn record(partition_key_index: u64, data: &[u8]) -> Record {
    Record {
        partition_key_index,
        data: data.to_vec(),
        ..Record::default()
    }
}

fn decode(data: &[u8]) -> Batch {
    kinesis::decode(&event(&[kinesis_record("49", "parent", data)])).unwrap()
}

#[test]
fn takes_apart_what_a_public_implementation_aggregates() {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Case {
        name: String,
        partition_key: String,
        aggregate: String,
        records: Vec<Expected>,
    }
    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Expected {
        partition_key: String,
        explicit_hash_key: Option<String>,
        data: String,
    }
    let cases: Vec<Case> = serde_json::from_str(include_str!("../fixtures/kpl.json")).unwrap();
    assert!(!cases.is_empty());
    for case in cases {
        let aggregate = STANDARD.decode(&case.aggregate).unwrap();
        let batch =
            kinesis::decode(&event(&[kinesis_record("49", &case.partition_key, &aggregate)])).unwrap();
        let user_record = |item: &stream_batch::Item<()>| Expected {
            partition_key: item.record.partition_key.clone(),
            explicit_hash_key: item.record.explicit_hash_key.clone(),
            data: STANDARD.encode(&item.record.data),
        };
        let decoded: Vec<Expected> = batch.items().iter().map(user_record).collect();
        assert_eq!(decoded, case.records, "{}", case.name);
        for (index, item) in batch.items().iter().enumerate() {
            assert_eq!(item.record.id.to_string(), format!("49/{index}"), "{}", case.name);
        }
    }
}

#[test]
fn aggregates_and_plain_records_keep_their_places() {
    let records = [
        kinesis_record("1", "p", b"plain"),
        kinesis_record(
            "2",
            "p",
            &aggregate(&["a"], &[], vec![record(0, b"x"), record(0, b"y")]),
        ),
        kinesis_record("3", "p", b"plain again"),
    ];
    let batch = kinesis::decode(&event(&records)).unwrap();
    let ids: Vec<_> = batch
        .items()
        .iter()
        .map(|item| item.record.id.to_string())
        .collect();
    assert_eq!(ids, ["1", "2/0", "2/1", "3"]);
}

#[test]
fn an_index_outside_of_its_table_rejects_that_record_alone() {
    let hash_key = Record {
        explicit_hash_key_index: Some(1),
        ..record(0, b"third")
    };
    let batch = decode(&aggregate(
        &["a"],
        &["0"],
        vec![record(0, b"first"), record(1, b"second"), hash_key],
    ));

    let [item] = batch.items() else {
        panic!("one record is healthy")
    };
    assert_eq!(
        (item.record.id.to_string().as_str(), &item.record.data[..]),
        ("49/0", &b"first"[..])
    );
    let rejected: Vec<_> = batch
        .rejected()
        .iter()
        .map(|rejected| {
            (
                rejected.id.to_string(),
                rejected.rejection.reason.as_str(),
                rejected.payload.clone(),
            )
        })
        .collect();
    let outside = |field: &str| format!("field {field}: 1 is outside of its table of 1");
    assert_eq!(
        rejected,
        [
            (
                "49/1".to_owned(),
                outside("partition_key_index").as_str(),
                Bytes::from("second")
            ),
            (
                "49/2".to_owned(),
                outside("explicit_hash_key_index").as_str(),
                Bytes::from("third")
            ),
        ]
    );
    assert!(
        batch
            .rejected()
            .iter()
            .all(|rejected| rejected.rejection.kind == RejectionKind::MalformedAggregate)
    );
    assert!(
        batch
            .rejected()
            .iter()
            .all(|rejected| rejected.partition_key.is_none())
    );
}

#[test]
fn an_index_beyond_any_table_is_rejected() {
    let batch = decode(&aggregate(&["a"], &[], vec![record(u64::MAX, b"x")]));
    assert_eq!(batch.rejected().len(), 1);
}

#[test]
fn a_record_without_a_required_field_is_rejected_alone() {
    // Field 3 of the aggregate, two bytes long: field 1 (partition_key_index) = 0, and no data; then the reverse.
    let without_data = [0x0A, 1, b'a', 0x1A, 2, 0x08, 0];
    let without_key = [0x0A, 1, b'a', 0x1A, 3, 0x1A, 1, b'x'];
    for (message, reason) in [
        (&without_data[..], "field data: missing"),
        (&without_key[..], "field partition_key_index: missing"),
    ] {
        let batch = decode(&framed(message));
        assert!(batch.items().is_empty());
        assert_eq!(batch.rejected()[0].rejection.reason, reason);
    }
}

#[test]
fn tags_are_passed_over() {
    let tag = Tag {
        key: "k".to_owned(),
        value: Some("v".to_owned()),
    };
    let batch = decode(&aggregate(
        &["a"],
        &[],
        vec![Record {
            tags: vec![tag],
            ..record(0, b"x")
        }],
    ));
    assert_eq!(&batch.items()[0].record.data[..], b"x");
}

#[test]
fn an_aggregate_without_records_leaves_nothing_to_deliver() {
    assert!(decode(&aggregate(&["a"], &[], vec![])).is_empty());
}

/// What only begins like an aggregate is a plain record, as for the Kinesis Client Library.
#[track_caller]
fn check_plain(data: &[u8]) {
    let batch = decode(data);
    let [item] = batch.items() else {
        panic!("one plain record")
    };
    assert_eq!(
        (item.record.id.to_string().as_str(), &item.record.data[..]),
        ("49", data)
    );
    assert_eq!(item.record.partition_key, "parent");
}

#[test]
fn what_only_begins_like_an_aggregate_is_a_plain_record() {
    let healthy = aggregate(&["a"], &[], vec![record(0, b"x")]);
    let mut wrong_digest = healthy.clone();
    *wrong_digest.last_mut().unwrap() ^= 1;
    check_plain(&wrong_digest);
    check_plain(&healthy[..healthy.len() - 1]);
    check_plain(&framed(b"no protobuf"));
    check_plain(&framed(b""));
    check_plain(&MAGIC);
    check_plain(&[&MAGIC[..], &[0; 16]].concat());
    check_plain(&MAGIC[..3]);
    check_plain(b"");
}

#[test]
fn an_aggregate_is_not_looked_for_within_an_aggregate() {
    let inner = aggregate(&["a"], &[], vec![record(0, b"x")]);
    let batch = decode(&aggregate(&["b"], &[], vec![record(0, &inner)]));
    assert_eq!(&batch.items()[0].record.data[..], inner);
}

proptest! {
    #[test]
    fn whatever_is_aggregated_comes_out_again(
        keys in prop::collection::vec(".{1,8}", 1..5),
        records in prop::collection::vec((any::<prop::sample::Index>(), any::<Option<prop::sample::Index>>(), any::<Vec<u8>>()), 0..20),
    ) {
        let hash_keys = ["0", "1", "340282366920938463463374607431768211455"];
        let encoded = records.iter().map(|(key, hash_key, data)| Record {
            partition_key_index: key.index(keys.len()) as u64,
            explicit_hash_key_index: hash_key.map(|index| index.index(hash_keys.len()) as u64),
            data: data.clone(),
            tags: vec![],
        });
        let key_texts: Vec<&str> = keys.iter().map(String::as_str).collect();
        let batch = decode(&aggregate(&key_texts, &hash_keys, encoded.collect()));

        prop_assert!(batch.rejected().is_empty());
        prop_assert_eq!(batch.items().len(), records.len());
        for ((index, item), (key, hash_key, data)) in batch.items().iter().enumerate().zip(&records) {
            prop_assert_eq!(item.record.id.index.map(|index| index as usize), Some(index));
            prop_assert_eq!(&item.record.partition_key, &keys[key.index(keys.len())]);
            let expected = hash_key.map(|index| hash_keys[index.index(hash_keys.len())]);
            prop_assert_eq!(item.record.explicit_hash_key.as_deref(), expected);
            prop_assert_eq!(&item.record.data[..], &data[..]);
        }
    }

    #[test]
    fn damage_never_loses_the_record(position in any::<prop::sample::Index>(), flip in 1..=255u8) {
        let healthy = aggregate(&["a", "b"], &["7"], vec![record(0, b"x"), record(1, b"y")]);
        let mut damaged = healthy;
        let position = position.index(damaged.len());
        damaged[position] ^= flip;
        let batch = decode(&damaged);
        prop_assert_eq!(batch.items().len(), 1);
        prop_assert_eq!(&batch.items()[0].record.data[..], &damaged[..]);
    }
}
