//! One Firehose stream: its buffers, and what is on its way to S3.

mod buffers;
mod counts;
mod object;
mod route;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use serde_json::Value;
use time::OffsetDateTime;
use tokio::sync::Notify;

use self::buffers::{Batch, Buffers, Contents};
use self::counts::Counts;
use self::object::Object;
use crate::api::ApiError;
use crate::configuration::Configuration;
use crate::emulator::Emulator;
use crate::failed_record::{Failure, Record};
use crate::stand_in::Settings;

/// The pause after a first failed put; doubled each time.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

pub(crate) struct Stream {
    emulator: Emulator,
    settings: Settings,
    inner: Mutex<Inner>,
    /// Told whenever a delivery ends.
    delivered: Notify,
}

#[derive(Default)]
struct Inner {
    closed: bool,
    buffers: Buffers,
    counts: Counts,
    deliveries: usize,
}

impl Stream {
    pub(crate) fn new(emulator: Emulator, settings: Settings) -> Self {
        Self {
            emulator,
            settings,
            inner: Mutex::default(),
            delivered: Notify::new(),
        }
    }

    /// Takes all records of a call, or none.
    pub(crate) fn accept(
        self: &Arc<Self>,
        configuration: &Arc<Configuration>,
        records: Vec<Bytes>,
    ) -> Result<(), ApiError> {
        let arrived = OffsetDateTime::now_utc();
        let mut inner = self.inner();
        let bytes: usize = records.iter().map(Bytes::len).sum();
        if inner.closed {
            return Err(ApiError::ServiceUnavailable(
                "the stand-in was stopped".to_owned(),
            ));
        }
        if inner.counts.undelivered_bytes() + bytes > self.settings.backlog_bytes {
            return Err(ApiError::ServiceUnavailable("too much waits for S3".to_owned()));
        }
        inner.counts.accepted(records.len(), bytes);
        for data in records {
            let record = Record { data, arrived };
            match route::partition(configuration, &record.data) {
                Ok(partition) => {
                    self.buffer(&mut inner, configuration, Contents::Data(partition), record, None)
                }
                Err(failure) => self.buffer_failed(&mut inner, configuration, record, failure),
            }
        }
        Ok(())
    }

    /// Writes what is buffered, and returns when all of it is in S3.
    pub(crate) async fn flush(self: &Arc<Self>) {
        loop {
            let delivered = self.delivered.notified();
            tokio::pin!(delivered);
            // From here on no end of a delivery is missed.
            delivered.as_mut().enable();
            {
                let mut inner = self.inner();
                for batch in inner.buffers.cut_all() {
                    self.start(&mut inner, batch);
                }
                if inner.deliveries == 0 {
                    return;
                }
            }
            delivered.await;
        }
    }

    /// Takes nothing more.
    pub(crate) fn close(&self) {
        self.inner().closed = true;
    }

    /// Records that are accepted and not in S3.
    pub(crate) fn undelivered(&self) -> usize {
        self.inner().counts.undelivered()
    }

    pub(crate) fn state(&self) -> Value {
        let inner = self.inner();
        inner.counts.state(inner.buffers.active_partitions())
    }

    fn buffer_failed(
        self: &Arc<Self>,
        inner: &mut Inner,
        configuration: &Arc<Configuration>,
        record: Record,
        failure: Failure,
    ) {
        let contents = Contents::Errors(failure.kind);
        self.buffer(inner, configuration, contents, record, Some(failure));
    }

    fn buffer(
        self: &Arc<Self>,
        inner: &mut Inner,
        configuration: &Arc<Configuration>,
        contents: Contents,
        record: Record,
        failure: Option<Failure>,
    ) {
        let added = match inner.buffers.add(configuration, contents, record, failure) {
            Ok(added) => added,
            // Too many partitions are active: only data is ever refused, so this goes no deeper.
            Err((record, failure)) => return self.buffer_failed(inner, configuration, record, failure),
        };
        for batch in added.full {
            self.start(inner, batch);
        }
        if let Some(buffer) = added.opened {
            self.start_timer(buffer, configuration.interval);
        }
    }

    fn start_timer(self: &Arc<Self>, buffer: u64, interval: Duration) {
        let interval = interval.min(self.settings.interval_cap);
        let stream = Arc::clone(self);
        tokio::spawn(async move {
            tokio::time::sleep(interval).await;
            let mut inner = stream.inner();
            // Gone when it was full before.
            if let Some(batch) = inner.buffers.cut(buffer) {
                stream.start(&mut inner, batch);
            }
        });
    }

    fn start(self: &Arc<Self>, inner: &mut Inner, batch: Batch) {
        inner.deliveries += 1;
        tokio::spawn(Arc::clone(self).deliver(batch));
    }

    async fn deliver(self: Arc<Self>, batch: Batch) {
        let Object {
            key,
            body,
            stored,
            failed,
        } = object::assemble(&batch);
        if !failed.is_empty() {
            let mut inner = self.inner();
            for (record, failure) in failed {
                self.buffer_failed(&mut inner, &batch.configuration, record, failure);
            }
        }
        let written = match body {
            Some(body) => {
                self.put(&batch.configuration.bucket, &key, body).await;
                true
            }
            None => false,
        };
        let mut inner = self.inner();
        inner.counts.delivered(&batch.contents, stored, written);
        inner.buffers.delivered(&batch);
        inner.deliveries -= 1;
        drop(inner);
        self.delivered.notify_waiters();
    }

    /// Tries until it is there, always by the same key: one that was written and not answered is written over.
    async fn put(&self, bucket: &str, key: &str, body: Bytes) {
        let mut pause = FIRST_PAUSE;
        while self.emulator.put_object(bucket, key, body.clone()).await.is_err() {
            self.inner().counts.put_failed();
            tokio::time::sleep(pause.mul_f64(0.5 + fastrand::f64() / 2.0)).await;
            pause = LONGEST_PAUSE.min(pause * 2);
        }
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
