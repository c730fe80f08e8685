//! Looks at every hop of a deployed stack: counts while things arrive, and all of it in the end.

use std::fmt;
use std::time::Duration;

use telemetry::MeasuredAt;
use tokio::time::Instant;

use crate::archive::{Archive, ArchiveError, Days};
use crate::config::Stack;
use crate::dead_letters::{BucketError, DeadLetters, PREFIX, keys};
use crate::hops::{Counts, records};
use crate::on_stream::OnStream;
use crate::reconciliation::{ARCHIVE_ERRORS, Found, Report, Rules, reconcile};
use crate::state::{self, StateError};
use crate::stream::{StreamError, StreamReader};
use crate::truth::Truth;

/// Where Firehose puts what it cannot deliver.
const ERRORS_PREFIX: &str = "errors/";

/// A count that took so long is not repeated before so many times as long has passed.
const REST: u32 = 4;

/// What is asked. Each retries by itself.
#[derive(Debug, Clone)]
pub struct Clients {
    /// For the archive.
    pub athena: aws_sdk_athena::Client,
    /// For the tables.
    pub dynamodb: aws_sdk_dynamodb::Client,
    /// For the stream.
    pub kinesis: aws_sdk_kinesis::Client,
    /// For dead letters, and for what should not be there.
    pub s3: aws_sdk_s3::Client,
}

/// A hop does not answer.
#[derive(Debug, thiserror::Error)]
pub enum AuditError {
    /// The stream.
    #[error(transparent)]
    Stream(#[from] StreamError),
    /// A table.
    #[error(transparent)]
    State(#[from] StateError),
    /// The archive.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// A bucket.
    #[error(transparent)]
    Bucket(#[from] BucketError),
}

/// How much has arrived where. Less than [`Found`], and quicker to find.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Arrived {
    /// On the stream.
    pub stream: Counts,
    /// Items of the history.
    pub history: usize,
    /// Rows of the archive's view.
    pub archive: usize,
    /// Records that `sensor-state-writer` rejected.
    pub state_letters: usize,
    /// Records that `firehose-writer` rejected; none without that function.
    pub archive_letters: Option<usize>,
}

impl Arrived {
    /// Whether so much has arrived everywhere that all may be there: after a kill, of what the stream has too.
    pub fn may_be_all(&self, truth: &Truth, rules: Rules) -> bool {
        let sent = Counts::of_truth(truth);
        let (readings, garbage) = match rules.killed {
            true => (
                sent.readings.max(self.stream.readings),
                sent.garbage.max(self.stream.garbage),
            ),
            false => (sent.readings, sent.garbage),
        };
        let garbage = garbage.max(self.stream.garbage);
        let in_the_history = rules.history_since.is_some() || self.history >= readings;
        self.stream.readings >= readings
            && self.stream.records() >= sent.records()
            && in_the_history
            && self.archive >= readings
            && self.state_letters >= garbage
            && self.archive_letters.is_none_or(|letters| letters >= garbage)
    }
}

/// One line.
impl fmt::Display for Arrived {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            stream,
            history,
            archive,
            state_letters,
            archive_letters,
        } = self;
        let (readings, records) = (stream.readings, stream.records());
        write!(
            f,
            "stream {readings} ({records} records), history {history}, archive {archive}, dead letters "
        )?;
        match archive_letters {
            Some(letters) => write!(f, "{state_letters} and {letters}"),
            None => write!(f, "{state_letters}"),
        }
    }
}

/// An audit under way. It goes on reading where it stopped.
#[derive(Debug)]
pub struct Audit {
    clients: Clients,
    stack: Stack,
    stream: StreamReader,
    on_stream: OnStream,
    archive: Archive,
    state_letters: DeadLetters,
    archive_letters: Option<DeadLetters>,
    history_count: Paced,
    archive_count: Paced,
}

impl Audit {
    /// Of `stack`, from the stream's beginning.
    pub fn new(clients: &Clients, stack: &Stack) -> Self {
        let letters = |bucket: &String| DeadLetters::new(clients.s3.clone(), bucket, PREFIX);
        Self {
            stream: StreamReader::new(clients.kinesis.clone(), &stack.stream),
            on_stream: OnStream::default(),
            archive: Archive::new(clients.athena.clone(), stack.archive.clone()),
            state_letters: letters(&stack.state_dead_letters),
            archive_letters: stack.archive_dead_letters.as_ref().map(letters),
            history_count: Paced::default(),
            archive_count: Paced::default(),
            clients: clients.clone(),
            stack: stack.clone(),
        }
    }

    /// The stack.
    pub fn stack(&self) -> &Stack {
        &self.stack
    }

    /// The clients.
    pub fn clients(&self) -> &Clients {
        &self.clients
    }

    /// Counts what has arrived of `truth`. History and archive are counted again only after a while.
    ///
    /// # Errors
    /// A hop does not answer.
    pub async fn look(&mut self, truth: &Truth) -> Result<Arrived, AuditError> {
        self.read_stream().await?;
        if self.history_count.is_due() {
            let begin = Instant::now();
            let count = state::count(&self.clients.dynamodb, &self.stack.history_table).await?;
            self.history_count.counted(count, begin.elapsed());
        }
        if self.archive_count.is_due() {
            let begin = Instant::now();
            let count = match days(truth, &self.on_stream) {
                Some(days) => self.archive.count(&days).await?,
                None => 0,
            };
            self.archive_count.counted(count, begin.elapsed());
        }
        let (state_letters, archive_letters) = self.read_letters().await?;
        Ok(Arrived {
            stream: Counts::of_stream(&self.on_stream),
            history: self.history_count.last,
            archive: self.archive_count.last,
            state_letters: records(&state_letters),
            archive_letters: archive_letters.as_deref().map(records),
        })
    }

    /// Everything that each hop has now. Of the archive, the days of `truth` and of the stream.
    ///
    /// # Errors
    /// A hop does not answer, or has what is no reading and no dead letter.
    pub async fn found(&mut self, truth: &Truth) -> Result<Found, AuditError> {
        self.read_stream().await?;
        let (state_letters, archive_letters) = self.read_letters().await?;
        let mut found = Found {
            history: state::readings(&self.clients.dynamodb, &self.stack.history_table).await?,
            latest: state::readings(&self.clients.dynamodb, &self.stack.latest_table).await?,
            state_letters,
            archive_letters: archive_letters.unwrap_or_default(),
            strays: self.strays().await?,
            stream: self.on_stream.clone(),
            ..Found::default()
        };
        if let Some(days) = days(truth, &self.on_stream) {
            found.archive = self.archive.readings(&days).await?;
            found.archive_lines = self.archive.lines(&days).await?;
        }
        Ok(found)
    }

    /// Holds everything that each hop has now against `truth`. The archive's source in `rules` is the stack's.
    ///
    /// # Errors
    /// As [`Self::found`].
    pub async fn hold_against(&mut self, truth: &Truth, rules: Rules) -> Result<Report, AuditError> {
        let found = self.found(truth).await?;
        let rules = Rules {
            archive_source: self.stack.archive_source,
            ..rules
        };
        Ok(reconcile(truth, &found, rules))
    }

    /// What the stream had when it was last looked at.
    pub fn on_stream(&self) -> &OnStream {
        &self.on_stream
    }

    async fn read_stream(&mut self) -> Result<(), StreamError> {
        let on_stream = &mut self.on_stream;
        self.stream.read(|record| on_stream.take(&record)).await
    }

    async fn read_letters(
        &mut self,
    ) -> Result<(Vec<crate::letter::Letter>, Option<Vec<crate::letter::Letter>>), BucketError> {
        let state = self.state_letters.read().await?;
        let archive = match &mut self.archive_letters {
            Some(letters) => Some(letters.read().await?),
            None => None,
        };
        Ok((state, archive))
    }

    async fn strays(&self) -> Result<Vec<(&'static str, String)>, BucketError> {
        let mut places = vec![(ARCHIVE_ERRORS, &self.stack.archive_bucket, ERRORS_PREFIX)];
        places.extend(
            self.stack
                .empty_buckets
                .iter()
                .map(|(place, bucket)| (*place, bucket, "")),
        );
        let mut strays = Vec::new();
        for (place, bucket, prefix) in places {
            let keys = keys(&self.clients.s3, bucket, prefix).await?;
            strays.extend(keys.into_iter().map(|key| (place, key)));
        }
        Ok(strays)
    }
}

/// The days on which something was measured.
fn days(truth: &Truth, stream: &OnStream) -> Option<Days> {
    let told = truth
        .readings()
        .values()
        .map(|sent| sent.what.version.measured_at);
    let streamed = stream
        .readings()
        .values()
        .map(|delivered| delivered.reading.version.measured_at);
    let first = told.clone().chain(streamed.clone()).min()?;
    let last = told.chain(streamed).max()?;
    let day = |at: MeasuredAt| at.fixed_width().chars().take("2026-11-25".len()).collect();
    Some((day(first), day(last)))
}

/// A count that is not worth taking all the time.
#[derive(Debug, Default)]
struct Paced {
    last: usize,
    due: Option<Instant>,
}

impl Paced {
    fn is_due(&self) -> bool {
        self.due.is_none_or(|due| Instant::now() >= due)
    }

    fn counted(&mut self, count: usize, took: Duration) {
        self.last = count;
        self.due = Some(Instant::now() + took * REST);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::json;
    use crate::on_stream::StreamRecord;

    fn truth() -> Truth {
        let mut truth = Truth::default();
        for (line, day) in [
            ("d-1/t/1", "2026-11-25T23:59:59.999999Z"),
            ("d-1/t/2", "2026-11-24T00:00:00.000000Z"),
        ] {
            let sequence = line.rsplit('/').next().unwrap();
            truth
                .add(&format!(
                    r#"{{"kind":"reading","readingId":"{line}","deviceId":"d-1","sensorId":"t","measuredAt":"{day}","sequence":{sequence},"value":1}}"#
                ))
                .unwrap();
        }
        truth
    }

    #[test]
    fn the_days_are_those_of_what_was_measured() {
        let day = |day: &str| format!("2026-11-{day}");
        assert_eq!(days(&Truth::default(), &OnStream::default()), None);
        assert_eq!(days(&truth(), &OnStream::default()), Some((day("24"), day("25"))));
        let mut stream = OnStream::default();
        stream.take(&StreamRecord {
            shard_id: "s".to_owned(),
            sequence_number: "1".to_owned(),
            partition_key: "d-1".to_owned(),
            arrived_at: None,
            data: json("d-1", 1, "1.0"),
        });
        assert_eq!(days(&Truth::default(), &stream), Some((day("25"), day("25"))));
    }

    #[test]
    fn all_may_be_there_only_when_each_hop_has_enough() {
        let stream = Counts {
            readings: 2,
            repeats: 0,
            garbage: 1,
        };
        let enough = Arrived {
            stream,
            history: 2,
            archive: 2,
            state_letters: 1,
            archive_letters: Some(1),
        };
        let fewer = [
            Arrived { history: 1, ..enough },
            Arrived { archive: 1, ..enough },
            Arrived {
                state_letters: 0,
                ..enough
            },
            Arrived {
                archive_letters: Some(0),
                ..enough
            },
            Arrived {
                stream: Counts {
                    readings: 1,
                    ..stream
                },
                ..enough
            },
        ];
        let may_be_all = |arrived: &Arrived, rules| arrived.may_be_all(&truth(), rules);
        assert!(may_be_all(&enough, Rules::default()));
        for arrived in fewer {
            assert!(!may_be_all(&arrived, Rules::default()), "{arrived}");
        }
        let expired = Rules {
            history_since: Some(0),
            ..Rules::default()
        };
        assert!(may_be_all(&fewer[0], expired));
        let more = Arrived {
            stream: Counts {
                readings: 3,
                ..stream
            },
            ..enough
        };
        let killed = Rules {
            killed: true,
            ..Rules::default()
        };
        assert!(may_be_all(&more, Rules::default()) && !may_be_all(&more, killed));
    }

    #[tokio::test(start_paused = true)]
    async fn a_count_that_took_long_is_not_taken_soon() {
        let mut count = Paced::default();
        assert!(count.is_due());
        count.counted(7, Duration::from_secs(2));
        assert!(!count.is_due());
        tokio::time::advance(Duration::from_secs(8)).await;
        assert!(count.is_due());
    }
}
