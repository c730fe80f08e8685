//! Segments: files of entries, one after the other, named by the index of the first.

use std::collections::BTreeMap;

use super::{StoreError, failed};
use crate::disk::Disk;
use crate::entry::Entry;

/// A file of entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Segment {
    pub(super) first: u64,
    pub(super) entries: u64,
    pub(super) bytes: usize,
}

const PREFIX: &str = "segment-";

impl Segment {
    pub(super) fn starting_at(first: u64) -> Self {
        Self {
            first,
            entries: 0,
            bytes: 0,
        }
    }

    pub(super) fn end(&self) -> u64 {
        self.first + self.entries
    }

    /// Twenty digits: in the order of names as in that of indices.
    pub(super) fn name(&self) -> String {
        format!("{PREFIX}{:020}", self.first)
    }
}

/// What is found on a disk.
pub(super) struct Recovered {
    pub(super) segments: Vec<Segment>,
    pub(super) pending: BTreeMap<u64, Entry>,
    pub(super) next: u64,
}

/// Reads all segments. One ends where its entries stop being whole, or where the next begins: what lies beyond was
/// never taken.
pub(super) fn recover(disk: &impl Disk, cursor: u64) -> Result<Recovered, StoreError> {
    let names = disk.list().map_err(|error| failed(PREFIX, &error))?;
    let mut firsts: Vec<u64> = names.iter().filter_map(|name| first_of(name)).collect();
    firsts.sort_unstable();
    let mut recovered = Recovered {
        segments: Vec::new(),
        pending: BTreeMap::new(),
        next: cursor,
    };
    for (place, first) in firsts.iter().enumerate() {
        let limit = firsts.get(place + 1).copied().unwrap_or(u64::MAX);
        let mut segment = Segment::starting_at(*first);
        let name = segment.name();
        let bytes = disk.read(&name).map_err(|error| failed(&name, &error))?;
        let mut rest = bytes.as_deref().unwrap_or_default();
        // Torn bytes take room on the disk as well.
        segment.bytes = rest.len();
        while segment.end() < limit {
            let Some((entry, used)) = Entry::decode(segment.end(), rest) else {
                break;
            };
            if segment.end() >= cursor {
                recovered.pending.insert(segment.end(), entry);
            }
            rest = &rest[used..];
            segment.entries += 1;
        }
        recovered.next = recovered.next.max(segment.end());
        recovered.segments.push(segment);
    }
    Ok(recovered)
}

/// How many indices between `from` and `to` are in no segment: their entries were lost with a damaged file.
pub(super) fn missing(segments: &[Segment], from: u64, to: u64) -> u64 {
    let held = segments.iter().map(|segment| {
        let (first, end) = (segment.first.max(from), segment.end().min(to));
        end.saturating_sub(first)
    });
    (to - from).saturating_sub(held.sum())
}

fn first_of(name: &str) -> Option<u64> {
    name.strip_prefix(PREFIX)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_segment_holds_is_missing() {
        let segment = |first, entries| Segment {
            first,
            entries,
            bytes: 0,
        };
        let segments = [segment(10, 5), segment(20, 5)];
        assert_eq!(missing(&segments, 10, 25), 5);
        assert_eq!(missing(&segments, 12, 15), 0);
        assert_eq!(missing(&segments, 14, 22), 5);
        assert_eq!(missing(&segments, 17, 18), 1);
    }

    #[test]
    fn a_name_says_where_it_begins() {
        let segment = Segment::starting_at(42);
        assert_eq!(segment.name(), "segment-00000000000000000042");
        assert_eq!(first_of(&segment.name()), Some(42));
        assert_eq!(first_of("state"), None);
    }
}
