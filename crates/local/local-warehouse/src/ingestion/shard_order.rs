//! Which shards may be read: a child only after its parents have been read to their end.

use std::collections::BTreeSet;

use super::streams::Shard;

/// The shards that are not read to their end and whose parents are. A parent that is not listed any more has nothing
/// to read.
pub(super) fn readable<'a>(shards: &'a [Shard], ended: &BTreeSet<String>) -> Vec<&'a Shard> {
    let is_open = |id: &String| shards.iter().any(|shard| shard.id == *id) && !ended.contains(id);
    shards
        .iter()
        .filter(|shard| !ended.contains(&shard.id))
        .filter(|shard| !shard.parents.iter().any(is_open))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shard(id: &str, parents: &[&str]) -> Shard {
        Shard {
            id: id.to_owned(),
            parents: parents.iter().map(|parent| (*parent).to_owned()).collect(),
        }
    }

    #[track_caller]
    fn check(shards: &[Shard], ended: &[&str], expected: &[&str]) {
        let ended = ended.iter().map(|id| (*id).to_owned()).collect();
        let readable = readable(shards, &ended);
        let ids: Vec<_> = readable.iter().map(|shard| shard.id.as_str()).collect();
        assert_eq!(ids, expected);
    }

    #[test]
    fn children_wait_for_their_parents() {
        let shards = [
            shard("a", &[]),
            shard("b", &["a"]),
            shard("c", &["a"]),
            shard("d", &["b", "c"]),
        ];
        check(&shards, &[], &["a"]);
        check(&shards, &["a"], &["b", "c"]);
        check(&shards, &["a", "b"], &["c"]);
        check(&shards, &["a", "b", "c"], &["d"]);
        check(&shards, &["a", "b", "c", "d"], &[]);
    }

    #[test]
    fn a_parent_that_is_gone_holds_nobody_up() {
        check(&[shard("b", &["a"])], &[], &["b"]);
    }
}
