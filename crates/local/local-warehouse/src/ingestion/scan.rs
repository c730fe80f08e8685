//! Reading one shard from a position to its tip.

use std::time::{Duration, SystemTime};

use super::streams::{Page, Position, ReadError, StreamRecord, Streams};
use crate::failure::Failure;

/// How often a call is made that is throttled.
const ATTEMPTS: u32 = 10;
/// The wait before the second attempt; it doubles.
const BACKOFF: Duration = Duration::from_millis(20);
/// The longest wait before an attempt: a shard's limits are those of a second.
const BACKOFF_MAX: Duration = Duration::from_millis(500);
/// The wait between pages while a shard has records, but none in this page.
const EMPTY_PAGE_WAIT: Duration = Duration::from_millis(20);

/// A shard that is read.
pub(super) struct Scan<'a> {
    streams: &'a dyn Streams,
    stream: &'a str,
    shard: &'a str,
    /// Behind the last record that was read.
    position: Position,
    iterator: Option<String>,
    /// Records that arrive from now on are left to the next refresh.
    until: SystemTime,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Reading,
    AtTip,
    Ended,
}

impl<'a> Scan<'a> {
    pub(super) fn new(
        streams: &'a dyn Streams,
        stream: &'a str,
        shard: &'a str,
        position: Position,
        until: SystemTime,
    ) -> Self {
        Self {
            streams,
            stream,
            shard,
            position,
            iterator: None,
            until,
            state: State::Reading,
        }
    }

    /// Whether the shard has been read to its end: it was split or merged.
    pub(super) fn has_ended(&self) -> bool {
        self.state == State::Ended
    }

    /// Records, or none at the tip.
    pub(super) async fn next(&mut self) -> Result<Option<Vec<StreamRecord>>, Failure> {
        while self.state == State::Reading {
            let page = self.page().await?;
            self.state = state_after(&page, self.until);
            if let Some(last) = page.records.last() {
                self.position = Position::After(last.sequence_number.clone());
            }
            self.iterator = page.next;
            if !page.records.is_empty() {
                return Ok(Some(page.records));
            }
            if self.state == State::Reading {
                tokio::time::sleep(EMPTY_PAGE_WAIT).await;
            }
        }
        Ok(None)
    }

    /// A page, by an iterator that is made where there is none, or where the old one has expired.
    async fn page(&mut self) -> Result<Page, Failure> {
        let mut wait = BACKOFF;
        let mut last = ReadError::NotFound;
        for _ in 0..ATTEMPTS {
            match self.attempt().await {
                Ok(page) => return Ok(page),
                Err(ReadError::Expired) => {
                    self.iterator = None;
                    last = ReadError::Expired;
                }
                Err(ReadError::Throttled(text)) => {
                    last = ReadError::Throttled(text);
                    tokio::time::sleep(wait).await;
                    wait = (wait * 2).min(BACKOFF_MAX);
                }
                Err(error) => return Err(self.failure(&error)),
            }
        }
        Err(self.failure(&last))
    }

    async fn attempt(&mut self) -> Result<Page, ReadError> {
        let iterator = match &self.iterator {
            Some(iterator) => iterator.clone(),
            None => {
                self.streams
                    .iterator(self.stream, self.shard, &self.position)
                    .await?
            }
        };
        let iterator = self.iterator.insert(iterator);
        self.streams.records(self.stream, iterator).await
    }

    fn failure(&self, error: &ReadError) -> Failure {
        Failure::error(format!(
            "Kinesis stream \"{}\", shard {}: {error}",
            self.stream, self.shard
        ))
    }
}

fn state_after(page: &Page, until: SystemTime) -> State {
    let is_late = |record: &StreamRecord| record.arrival >= until;
    if page.next.is_none() {
        State::Ended
    } else if page.records.last().is_some_and(is_late) {
        State::AtTip
    } else if page.records.is_empty() && page.millis_behind_latest == 0 {
        // Only an empty page says so surely: milliseconds are rounded down.
        State::AtTip
    } else {
        State::Reading
    }
}
