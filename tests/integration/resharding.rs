//! A stream that is split while it is read.
//!
//! The emulator drops a parent's records at the moment of the split, so the parent is drained first. What a split does to
//! records that are still in the parent is held by the property tests through the mapping model.

use aws_sdk_kinesis::types::Shard;

use crate::harness::{Pipeline, eventually, interactions};

#[tokio::test(flavor = "multi_thread")]
async fn the_children_of_a_split_shard_are_read_and_nothing_is_lost() {
    let pipeline = Pipeline::start().await;
    let before = interactions("parent", 20, 30);
    let after = interactions("child", 20, 30);

    pipeline.send(&before).await;
    pipeline.everything_arrives(&before).await;
    split_first_shard(&pipeline).await;
    pipeline.send(&after).await;

    let sent: Vec<_> = before.into_iter().chain(after).collect();
    pipeline.everything_arrives(&sent).await;
}

async fn split_first_shard(pipeline: &Pipeline) {
    let stream = pipeline.output("InteractionStreamName");
    let open = shards(pipeline)
        .await
        .into_iter()
        .find(is_open)
        .expect("a shard is open");
    let range = open.hash_key_range().expect("a shard has a range");
    let bound = |text: &str| text.parse::<u128>().expect("a hash key is a number");
    let (start, end) = (bound(range.starting_hash_key()), bound(range.ending_hash_key()));
    let middle = start + (end - start) / 2 + 1;
    let split = pipeline
        .kinesis()
        .split_shard()
        .stream_name(stream)
        .shard_to_split(open.shard_id());
    split
        .new_starting_hash_key(middle.to_string())
        .send()
        .await
        .expect("the shard is split");
    let parent = open.shard_id().to_owned();
    let children = async || {
        let shards = shards(pipeline).await;
        shards
            .iter()
            .filter(|shard| shard.parent_shard_id() == Some(parent.as_str()))
            .count()
    };
    eventually("the shard has two children", children, |count| *count == 2).await;
}

async fn shards(pipeline: &Pipeline) -> Vec<Shard> {
    let listed = pipeline
        .kinesis()
        .list_shards()
        .stream_name(pipeline.output("InteractionStreamName"));
    listed
        .send()
        .await
        .expect("shards can be listed")
        .shards
        .unwrap_or_default()
}

fn is_open(shard: &Shard) -> bool {
    shard
        .sequence_number_range()
        .is_some_and(|range| range.ending_sequence_number().is_none())
}
