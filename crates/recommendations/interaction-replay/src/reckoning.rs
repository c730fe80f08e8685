//! What became of each record, counted by id from what each hop holds.

use std::collections::BTreeSet;
use std::fmt;

use serde::Deserialize;

/// Which record it is: the event's id or, where the payload has none, the partition key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordId(String);

impl RecordId {
    /// The id of a record of the stream, or of a dead letter.
    pub fn of(partition_key: &str, payload: &[u8]) -> Self {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Identified {
            event_id: String,
        }
        let identified: Result<Identified, _> = serde_json::from_slice(payload);
        Self(identified.map_or_else(|_| partition_key.to_owned(), |record| record.event_id))
    }

    /// The id of an event that Personalize holds.
    pub fn of_event(event_id: &str) -> Self {
        Self(event_id.to_owned())
    }
}

impl fmt::Display for RecordId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What each hop holds of one replay.
#[derive(Debug, Default)]
pub struct Hops {
    /// Lines of the input that were not sent: bad ones, and those that repeat another.
    pub skipped: usize,
    /// What Kinesis acknowledged.
    pub sent: BTreeSet<RecordId>,
    /// What the stream holds, by reading it back.
    pub in_stream: BTreeSet<RecordId>,
    /// What Personalize holds.
    pub delivered: BTreeSet<RecordId>,
    /// What lies in the dead-letter bucket.
    pub rejected: BTreeSet<RecordId>,
    /// How many events Personalize received beyond those that it holds.
    pub duplicates: u64,
}

/// A hop's records do not add up. Each list is of records by id.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Discrepancy {
    /// Sent, and not in the stream.
    pub not_in_stream: Vec<RecordId>,
    /// Sent, and neither delivered nor rejected.
    pub lost: Vec<RecordId>,
    /// Both delivered and rejected.
    pub twice: Vec<RecordId>,
}

impl Hops {
    /// Holds the hops against each other: sent = in the stream, and sent = delivered + rejected, by id.
    ///
    /// What is at a hop and was not sent is another replay's, and does not count.
    ///
    /// # Errors
    /// What does not add up.
    pub fn check(&self) -> Result<(), Discrepancy> {
        Discrepancy {
            not_in_stream: self.sent_and(|id| !self.in_stream.contains(id)),
            lost: self.lost(),
            twice: self.sent_and(|id| self.delivered.contains(id) && self.rejected.contains(id)),
        }
        .into_result()
    }

    /// Whether each record that was sent has come to an end, delivered or rejected.
    ///
    /// # Errors
    /// Which have not.
    pub fn arrived(&self) -> Result<(), Discrepancy> {
        Discrepancy {
            lost: self.lost(),
            ..Discrepancy::default()
        }
        .into_result()
    }

    fn lost(&self) -> Vec<RecordId> {
        self.sent_and(|id| !self.delivered.contains(id) && !self.rejected.contains(id))
    }

    fn sent_and(&self, keep: impl Fn(&RecordId) -> bool) -> Vec<RecordId> {
        self.sent.iter().filter(|id| keep(id)).cloned().collect()
    }

    /// How many of a hop's records this replay sent.
    fn ours(&self, hop: &BTreeSet<RecordId>) -> usize {
        hop.intersection(&self.sent).count()
    }

    fn rows(&self) -> [(&'static str, usize, &'static str); 6] {
        let duplicates = usize::try_from(self.duplicates).unwrap_or(usize::MAX);
        [
            ("skipped", self.skipped, "input: bad and repeated lines, not sent"),
            ("sent", self.sent.len(), "Kinesis: acknowledged records"),
            (
                "in the stream",
                self.ours(&self.in_stream),
                "Kinesis: records read back",
            ),
            (
                "delivered",
                self.ours(&self.delivered),
                "Personalize: stored events",
            ),
            ("rejected", self.ours(&self.rejected), "S3: dead letters"),
            (
                "duplicates",
                duplicates,
                "Personalize: events received beyond those stored",
            ),
        ]
    }
}

/// The table.
impl fmt::Display for Hops {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (hop, count, counted) in self.rows() {
            writeln!(f, "  {hop:<14}{count:>9}   {counted}")?;
        }
        let (delivered, rejected) = (self.ours(&self.delivered), self.ours(&self.rejected));
        let equal = if self.check().is_ok() { "=" } else { "≠" };
        write!(
            f,
            "  sent {} {equal} delivered {delivered} + rejected {rejected}",
            self.sent.len()
        )
    }
}

impl Discrepancy {
    /// An error, unless nothing is missing.
    fn into_result(self) -> Result<(), Self> {
        if self == Self::default() {
            Ok(())
        } else {
            Err(self)
        }
    }
}

/// How many ids of a list are shown.
const SHOWN: usize = 5;

impl fmt::Display for Discrepancy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let lists = [
            (&self.not_in_stream, "sent and not in the stream"),
            (&self.lost, "neither delivered nor rejected"),
            (&self.twice, "both delivered and rejected"),
        ];
        let mut separator = "";
        for (ids, what) in lists.into_iter().filter(|(ids, _)| !ids.is_empty()) {
            let shown: Vec<_> = ids.iter().take(SHOWN).map(RecordId::to_string).collect();
            let more = if ids.len() > SHOWN { ", …" } else { "" };
            write!(f, "{separator}{} {what} ({}{more})", ids.len(), shown.join(", "))?;
            separator = "; ";
        }
        Ok(())
    }
}

impl std::error::Error for Discrepancy {}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(ids: &[&str]) -> BTreeSet<RecordId> {
        ids.iter().map(|id| RecordId::of_event(id)).collect()
    }

    fn hops(sent: &[&str], in_stream: &[&str], delivered: &[&str], rejected: &[&str]) -> Hops {
        Hops {
            sent: ids(sent),
            in_stream: ids(in_stream),
            delivered: ids(delivered),
            rejected: ids(rejected),
            ..Hops::default()
        }
    }

    #[test]
    fn a_record_goes_by_its_event_id_or_by_its_key() {
        assert_eq!(RecordId::of("key", br#"{"eventId":"e1"}"#).to_string(), "e1");
        assert_eq!(RecordId::of("key", br#"{"eventId":7}"#).to_string(), "key");
        assert_eq!(RecordId::of("key", b"{\"eventId\"").to_string(), "key");
    }

    #[test]
    fn hops_that_add_up() {
        assert_eq!(hops(&["a", "b"], &["a", "b"], &["a"], &["b"]).check(), Ok(()));
        assert_eq!(
            hops(&["a"], &["a", "z"], &["a", "z"], &["y"]).check(),
            Ok(()),
            "another replay's do not count"
        );
    }

    #[test]
    fn equal_counts_of_different_records_do_not_add_up() {
        let error = hops(&["a", "b"], &["a", "x"], &["a", "x"], &[])
            .check()
            .expect_err("b is lost");
        assert_eq!(error.not_in_stream, [RecordId::of_event("b")]);
        assert_eq!(error.lost, [RecordId::of_event("b")]);
        assert_eq!(
            error.to_string(),
            "1 sent and not in the stream (b); 1 neither delivered nor rejected (b)"
        );
    }

    #[test]
    fn delivered_and_rejected_is_one_too_many() {
        let error = hops(&["a"], &["a"], &["a"], &["a"]).check().expect_err("twice");
        assert_eq!(error.twice, [RecordId::of_event("a")]);
    }

    #[test]
    fn the_table_counts_what_was_sent() {
        let mut hops = hops(&["a", "b"], &["a", "b", "z"], &["a", "z"], &["b"]);
        hops.skipped = 3;
        hops.duplicates = 4;
        let table = hops.to_string();
        let counts: Vec<&str> = table
            .lines()
            .take(6)
            .map(|line| line[16..].split_whitespace().next().expect("a count"))
            .collect();
        assert_eq!(counts, ["3", "2", "2", "1", "1", "4"]);
        assert!(table.ends_with("sent 2 = delivered 1 + rejected 1"), "{table}");
    }
}
