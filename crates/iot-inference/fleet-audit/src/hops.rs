//! How much each hop has, and how that is shown.

use std::fmt;

use crate::letter::Letter;
use crate::on_stream::OnStream;
use crate::reconciliation::{ArchiveSource, Found};
use crate::truth::Truth;

/// What was counted at each hop, from what the hop has, by reading id.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hops {
    /// What was acknowledged, as the truth file tells.
    pub sent: Counts,
    /// What the stream has.
    pub stream: Counts,
    /// Items of the history.
    pub history: usize,
    /// Rows of the archive's view.
    pub archive: usize,
    /// Lines of the archive beyond one for each reading.
    pub archive_repeats: usize,
    /// Sensors that sent something.
    pub sensors: usize,
    /// Items of the latest state.
    pub latest: usize,
    /// Records that `sensor-state-writer` rejected.
    pub state_letters: usize,
    /// Records that `firehose-writer` rejected; none without that function.
    pub archive_letters: Option<usize>,
    /// Objects where none should be.
    pub errors: usize,
}

/// Payloads by what they are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Reading ids.
    pub readings: usize,
    /// Readings beyond the first of an id.
    pub repeats: usize,
    /// Payloads that are no readings.
    pub garbage: usize,
}

impl Hops {
    /// Counts what was found.
    pub fn of(truth: &Truth, found: &Found, sensors: usize, source: ArchiveSource) -> Self {
        let lines: usize = found.archive_lines.values().sum();
        Self {
            sent: Counts::of_truth(truth),
            stream: Counts::of_stream(&found.stream),
            history: found.history.len(),
            archive: found.archive.len(),
            archive_repeats: lines.saturating_sub(found.archive_lines.len()),
            sensors,
            latest: found.latest.len(),
            state_letters: records(&found.state_letters),
            archive_letters: match source {
                ArchiveSource::Writer => Some(records(&found.archive_letters)),
                ArchiveSource::Stream => None,
            },
            errors: found.strays.len(),
        }
    }
}

/// Records that letters are about: one may be in two objects.
pub fn records(letters: &[Letter]) -> usize {
    let mut records: Vec<_> = letters.iter().map(|letter| &letter.record).collect();
    records.sort_unstable();
    records.dedup();
    records.len()
}

impl Counts {
    /// What was acknowledged.
    pub fn of_truth(truth: &Truth) -> Self {
        let all: usize = truth.readings().values().map(|sent| sent.times).sum();
        Self {
            readings: truth.readings().len(),
            repeats: all - truth.readings().len(),
            garbage: truth.garbage().values().sum(),
        }
    }

    /// What the stream has.
    pub fn of_stream(stream: &OnStream) -> Self {
        let (readings, garbage) = (stream.readings().len(), stream.garbage().values().sum());
        Self {
            readings,
            repeats: stream.records() - readings - garbage,
            garbage,
        }
    }

    /// Readings, repeats and garbage.
    pub fn records(&self) -> usize {
        self.readings + self.repeats + self.garbage
    }
}

type Row = (
    &'static str,
    Option<usize>,
    Option<usize>,
    Option<usize>,
    &'static str,
);

impl Hops {
    fn rows(&self) -> Vec<Row> {
        let all = |counts: Counts| (Some(counts.readings), Some(counts.repeats), Some(counts.garbage));
        let (sent, stream) = (all(self.sent), all(self.stream));
        let mut rows = vec![
            ("sent", sent.0, sent.1, sent.2, "the fleet's truth: acknowledged"),
            (
                "stream",
                stream.0,
                stream.1,
                stream.2,
                "Kinesis: records read back",
            ),
            ("history", Some(self.history), None, None, "DynamoDB: items"),
            (
                "archive",
                Some(self.archive),
                Some(self.archive_repeats),
                None,
                "Athena: rows of the view; lines beyond them",
            ),
            (
                "dead, state",
                None,
                None,
                Some(self.state_letters),
                "S3: records of dead letters",
            ),
        ];
        if let Some(letters) = self.archive_letters {
            rows.push((
                "dead, archive",
                None,
                None,
                Some(letters),
                "S3: records of dead letters",
            ));
        }
        rows
    }
}

/// The table, and what it says.
impl fmt::Display for Hops {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "  {:<14}{:>9}{:>9}{:>9}", "", "readings", "repeats", "garbage")?;
        for (hop, readings, repeats, garbage, counted) in self.rows() {
            write!(f, "  {hop:<14}")?;
            for count in [readings, repeats, garbage] {
                let count = count.map(|count| count.to_string()).unwrap_or_default();
                write!(f, "{count:>9}")?;
            }
            writeln!(f, "   {counted}")?;
        }
        writeln!(
            f,
            "  {:<14}{:>9}{:>18}   DynamoDB: items; {} sensors sent something",
            "latest states", self.latest, "", self.sensors
        )?;
        writeln!(
            f,
            "  {:<14}{:>9}{:>18}   S3: objects where none should be",
            "errors", self.errors, ""
        )?;
        let Counts {
            readings,
            repeats,
            garbage,
        } = self.sent;
        let more = self.stream.records().saturating_sub(self.sent.records());
        write!(
            f,
            "  records on the stream {} = readings {readings} + repeats {repeats} + garbage {garbage} + unacknowledged {more}",
            self.stream.records()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter(number: &str) -> Letter {
        Letter {
            record: (None, number.to_owned(), None),
            sha256: "00".to_owned(),
            reason: "prose".to_owned(),
        }
    }

    #[test]
    fn a_record_in_two_objects_counts_once() {
        assert_eq!(records(&[letter("7"), letter("8"), letter("7")]), 2);
    }

    #[test]
    fn the_table_shows_each_count() {
        let counts = |readings| Counts {
            readings,
            repeats: 3,
            garbage: 2,
        };
        let hops = Hops {
            sent: counts(10),
            stream: Counts {
                repeats: 4,
                ..counts(10)
            },
            history: 11,
            archive: 12,
            archive_repeats: 13,
            sensors: 14,
            latest: 15,
            state_letters: 16,
            archive_letters: Some(17),
            errors: 18,
        };
        let shown = hops.to_string();
        let numbers: Vec<Vec<usize>> = shown
            .lines()
            .skip(1)
            .take(8)
            .map(|line| {
                line[16..43]
                    .split_whitespace()
                    .map(|word| word.parse().unwrap())
                    .collect()
            })
            .collect();
        let expected: [&[usize]; 8] = [
            &[10, 3, 2],
            &[10, 4, 2],
            &[11],
            &[12, 13],
            &[16],
            &[17],
            &[15],
            &[18],
        ];
        assert_eq!(numbers, expected);
        assert!(
            shown.ends_with(
                "records on the stream 16 = readings 10 + repeats 3 + garbage 2 + unacknowledged 1"
            ),
            "{shown}"
        );
    }
}
