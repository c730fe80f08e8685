//! How many records each hop holds, and whether that adds up.

use std::fmt;

/// What was counted at each hop, from what the hop holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Hops {
    /// Changes that DynamoDB took.
    pub written: usize,
    /// Records that were put on the stream once more.
    pub repeated: usize,
    /// Records put on the stream that are no JSON.
    pub broken: usize,
    /// Records that the stream holds, by reading it back.
    pub on_stream: usize,
    /// Rows of ingest.order_changes.
    pub ingested: usize,
    /// Rows of it that do not parse.
    pub failed_payloads: usize,
    /// Items that the table holds.
    pub in_table: usize,
    /// Rows of warehouse.current_orders.
    pub current: usize,
}

impl Hops {
    /// What was added to the stream and to the warehouse's records since `earlier`.
    #[must_use]
    pub fn since(self, earlier: &Self) -> Self {
        Self {
            on_stream: self.on_stream.saturating_sub(earlier.on_stream),
            ingested: self.ingested.saturating_sub(earlier.ingested),
            failed_payloads: self.failed_payloads.saturating_sub(earlier.failed_payloads),
            ..self
        }
    }

    /// Records that must be on the stream.
    pub fn sent(&self) -> usize {
        self.written + self.repeated + self.broken
    }

    /// What does not add up; nothing, if all does.
    ///
    /// The stream may hold more than was written: a change may be captured twice.
    pub fn problems(&self) -> Vec<String> {
        let checks = [
            (self.on_stream >= self.sent(), "records are missing on the stream"),
            (
                self.ingested == self.on_stream,
                "the warehouse does not have each record once",
            ),
            (
                self.failed_payloads == self.broken,
                "failed payloads are not the broken records",
            ),
            (
                self.current == self.in_table,
                "the warehouse and the table do not have the same number of items",
            ),
        ];
        let failed = checks.iter().filter(|(holds, _)| !holds);
        failed.map(|(_, problem)| (*problem).to_owned()).collect()
    }

    fn rows(&self) -> [(&'static str, usize, &'static str); 8] {
        [
            ("written", self.written, "DynamoDB: changes taken"),
            (
                "repeated",
                self.repeated,
                "Kinesis: records sent once more by hand",
            ),
            (
                "broken",
                self.broken,
                "Kinesis: records that are no JSON, by hand",
            ),
            ("on the stream", self.on_stream, "Kinesis: records read back"),
            (
                "ingested",
                self.ingested,
                "Redshift: rows of ingest.order_changes",
            ),
            (
                "failed payloads",
                self.failed_payloads,
                "Redshift: rows that do not parse",
            ),
            ("in the table", self.in_table, "DynamoDB: items read back"),
            (
                "current orders",
                self.current,
                "Redshift: rows of warehouse.current_orders",
            ),
        ]
    }
}

/// The table.
impl fmt::Display for Hops {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (hop, count, counted) in self.rows() {
            writeln!(f, "  {hop:<16}{count:>9}   {counted}")?;
        }
        let captured_twice = self.on_stream.saturating_sub(self.sent());
        write!(
            f,
            "  on the stream {} = written {} + repeated {} + broken {} + captured twice {captured_twice}",
            self.on_stream, self.written, self.repeated, self.broken
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: Hops = Hops {
        written: 10,
        repeated: 2,
        broken: 3,
        on_stream: 15,
        ingested: 15,
        failed_payloads: 3,
        in_table: 4,
        current: 4,
    };

    #[test]
    fn hops_that_add_up_have_no_problems() {
        assert_eq!(GOOD.problems(), [""; 0]);
        let captured_twice = Hops {
            on_stream: 16,
            ingested: 16,
            ..GOOD
        };
        assert_eq!(captured_twice.problems(), [""; 0]);
        assert!(captured_twice.to_string().ends_with("+ captured twice 1"));
    }

    #[test]
    fn each_hop_is_checked() {
        let cases = [
            (
                Hops {
                    on_stream: 14,
                    ingested: 14,
                    ..GOOD
                },
                "records are missing on the stream",
            ),
            (
                Hops { ingested: 16, ..GOOD },
                "the warehouse does not have each record once",
            ),
            (
                Hops {
                    failed_payloads: 2,
                    ..GOOD
                },
                "failed payloads are not the broken records",
            ),
            (
                Hops { current: 5, ..GOOD },
                "the warehouse and the table do not have the same number of items",
            ),
        ];
        for (hops, problem) in cases {
            assert_eq!(hops.problems(), [problem]);
        }
    }

    #[test]
    fn what_was_there_before_does_not_count() {
        let earlier = Hops {
            on_stream: 7,
            ingested: 7,
            failed_payloads: 1,
            ..Hops::default()
        };
        let now = Hops {
            on_stream: 22,
            ingested: 22,
            failed_payloads: 4,
            ..GOOD
        };
        assert_eq!(now.since(&earlier), GOOD);
    }

    #[test]
    fn the_table_shows_each_count() {
        let shown = GOOD.to_string();
        let counts: Vec<_> = shown
            .lines()
            .take(8)
            .map(|line| line[18..].split_whitespace().next().unwrap())
            .collect();
        assert_eq!(counts, ["10", "2", "3", "15", "15", "3", "4", "4"]);
    }
}
