//! Resharding: a child after its parents, and no child lost.

use super::{Example, Says, simulation};
use crate::rules::Rules;
use crate::simulation::{Ending, Simulation};
use crate::{MappingSettings, Progress};

const RESHARDING_PAGE: &str =
    "https://docs.aws.amazon.com/streams/latest/dev/kinesis-using-sdk-java-after-resharding.html";

pub(super) fn examples() -> Vec<Example> {
    let example = |name, holds: fn(Rules) -> bool| Example {
        name,
        page: RESHARDING_PAGE,
        holds: Box::new(holds),
    };
    vec![
        example("a split's children are read after their parent", split),
        example("a merge's child is read after both parents", merge),
        example(
            "a child is read from its beginning, also by a mapping that started at LATEST",
            latest,
        ),
    ]
}

fn split(rules: Rules) -> bool {
    let mut simulation = simulation(
        |settings| MappingSettings {
            batch_size: Some(2),
            ..settings
        },
        rules,
    );
    put(&mut simulation, 6);
    let parent = simulation.stream_mut().open_shards().remove(0);
    simulation.stream_mut().split(&parent).expect("the shard is open");
    put(&mut simulation, 6);
    is_read_in_order(simulation)
}

fn merge(rules: Rules) -> bool {
    let mut simulation = simulation(
        |settings| MappingSettings {
            batch_size: Some(2),
            ..settings
        },
        rules,
    );
    let whole = simulation.stream_mut().open_shards().remove(0);
    let [lower, upper] = simulation.stream_mut().split(&whole).expect("the shard is open");
    put(&mut simulation, 6);
    simulation
        .stream_mut()
        .merge(&lower, &upper)
        .expect("the shards are adjacent");
    put(&mut simulation, 6);
    is_read_in_order(simulation)
}

fn latest(rules: Rules) -> bool {
    let mut simulation = simulation(
        |settings| MappingSettings {
            starting_position: Some("LATEST".into()),
            ..settings
        },
        rules,
    );
    put(&mut simulation, 2);
    // The mapping finds its first shard, and skips what is in it.
    let _ = simulation.run(1, |_| Says::Done.result());
    let parent = simulation.stream_mut().open_shards().remove(0);
    simulation.stream_mut().split(&parent).expect("the shard is open");
    put(&mut simulation, 6);
    let _ = simulation.run(20, |_| Says::Done.result());
    super::numbers(&simulation.pending().into_iter().collect::<Vec<_>>()) == [1, 2]
}

/// Two keys, one in each half of the hash keys.
fn put(simulation: &mut Simulation, records: usize) {
    for key in ["a", "b"].iter().cycle().take(records) {
        simulation.stream_mut().put(key, "{}");
    }
}

/// Everything is read, every key in order, although each first invocation fails: a parent is done with only when its
/// records are, and not when they are read.
fn is_read_in_order(mut simulation: Simulation) -> bool {
    let mut calls = 0;
    let ending = simulation.run(50, |_| {
        calls += 1;
        if calls % 2 == 1 {
            Says::Error.result()
        } else {
            Says::Done.result()
        }
    });
    let in_order = ["a", "b"]
        .iter()
        .all(|key| simulation.first_occurrences(key).is_sorted());
    ending == Ending::Drained && simulation.pending().is_empty() && in_order && children_wait(&simulation)
}

/// Whether every shard is opened after the shards before it in the list of parents were closed: here, whether no two
/// generations of shards are open at a time.
fn children_wait(simulation: &Simulation) -> bool {
    let mut open = std::collections::BTreeSet::new();
    simulation.progress().iter().all(|step| match step {
        Progress::ShardOpened { shard, .. } => {
            open.insert(shard.clone());
            let parents = simulation.parents(shard);
            parents.iter().all(|parent| !open.contains(parent))
        }
        Progress::ShardClosed { shard } => open.remove(shard),
        _ => true,
    })
}
