//! The stand-in: puts come in, objects go out.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{Request, Response};
use serde_json::Value;

use crate::api::{ApiError, Call, Operation, batch_answer, record_answer};
use crate::configuration::{Configuration, Description, Refused};
use crate::emulator::{Emulator, NoAnswer};
use crate::stream::Stream;

/// Data Firehose's PutRecord and PutRecordBatch in front of an emulator. Cheap to clone: clones are the same stand-in.
#[derive(Clone)]
pub struct LocalFirehose {
    shared: Arc<Shared>,
}

/// How the stand-in differs from the service on purpose.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// A stream buffers no longer than this, whatever its hints say.
    pub interval_cap: Duration,
    /// How old a stream's configuration may get before it is read again.
    pub configuration_age: Duration,
    /// Bytes of records of a stream that may wait for S3. More puts are refused with ServiceUnavailableException until
    /// it takes them.
    pub backlog_bytes: usize,
    /// How long [`LocalFirehose::stop`] waits for S3.
    pub stop_deadline: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            interval_cap: Duration::from_secs(1),
            configuration_age: Duration::from_secs(1),
            backlog_bytes: 256 * 1024 * 1024,
            stop_deadline: Duration::from_secs(30),
        }
    }
}

/// What S3 did not take in time.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{records} accepted records are not in S3")]
pub struct Undelivered {
    /// How many records.
    pub records: usize,
}

struct Shared {
    emulator: Emulator,
    settings: Settings,
    streams: Mutex<Streams>,
}

#[derive(Default)]
struct Streams {
    closed: bool,
    by_name: BTreeMap<String, Known>,
}

/// A stream that was put to.
struct Known {
    stream: Arc<Stream>,
    configuration: Arc<Configuration>,
    read: Instant,
}

impl LocalFirehose {
    /// In front of the emulator at this host and port.
    #[must_use]
    pub fn new(emulator: &str) -> Self {
        Self::with_settings(emulator, Settings::default())
    }

    /// Likewise.
    #[must_use]
    pub fn with_settings(emulator: &str, settings: Settings) -> Self {
        let shared = Shared {
            emulator: Emulator::at(emulator),
            settings,
            streams: Mutex::default(),
        };
        Self {
            shared: Arc::new(shared),
        }
    }

    /// Whether a request with this `x-amz-target` is answered here: PutRecord and PutRecordBatch. The others are the
    /// emulator's, which keeps the streams.
    #[must_use]
    pub fn serves(target: &str) -> bool {
        Operation::of(target).is_some()
    }

    /// Answers a call as the service does: errors too are answers.
    ///
    /// An answer without an error means that every record will be in S3, as data or below the error prefix.
    pub async fn handle(&self, request: Request<Bytes>) -> Response<Bytes> {
        self.put(&request).await.unwrap_or_else(ApiError::into_answer)
    }

    /// For each stream that was put to: what came, what is in S3, what waits.
    #[must_use]
    pub fn state(&self) -> Value {
        let streams = self.streams();
        let states = streams.by_name.iter();
        Value::Object(
            states
                .map(|(name, known)| (name.clone(), known.stream.state()))
                .collect(),
        )
    }

    /// Writes what is buffered, and returns when all that was accepted before is in S3, however long that takes.
    pub async fn flush(&self) {
        let streams: Vec<_> = self.all();
        for stream in streams {
            stream.flush().await;
        }
    }

    /// Takes nothing more and writes what is buffered.
    ///
    /// # Errors
    /// S3 did not take all of it within [`Settings::stop_deadline`].
    pub async fn stop(&self) -> Result<(), Undelivered> {
        self.streams().closed = true;
        let streams = self.all();
        for stream in &streams {
            stream.close();
        }
        // What is late is counted below.
        let _ = tokio::time::timeout(self.shared.settings.stop_deadline, self.flush()).await;
        match streams.iter().map(|stream| stream.undelivered()).sum() {
            0 => Ok(()),
            records => Err(Undelivered { records }),
        }
    }

    async fn put(&self, request: &Request<Bytes>) -> Result<Response<Bytes>, ApiError> {
        let target = request.headers().get("x-amz-target");
        let operation = target
            .and_then(|target| Operation::of(target.to_str().ok()?))
            .ok_or(ApiError::UnknownOperation)?;
        let Call { stream, records } = Call::parse(operation, request.body())?;
        let count = records.len();
        let (stream, configuration) = self.stream(&stream).await?;
        stream.accept(&configuration, records)?;
        Ok(match operation {
            Operation::PutRecord => record_answer(configuration.encrypted),
            Operation::PutRecordBatch => batch_answer(count, configuration.encrypted),
        })
    }

    /// The stream of this name, and how it is deployed now.
    async fn stream(&self, name: &str) -> Result<(Arc<Stream>, Arc<Configuration>), ApiError> {
        if let Some(known) = self.known(name, |known| {
            known.read.elapsed() < self.shared.settings.configuration_age
        }) {
            return Ok(known);
        }
        let read = Instant::now();
        match self.read(name).await {
            Ok(configuration) => self.learn(name, configuration?, read),
            // The emulator may be starting again. A stream that was there takes records meanwhile.
            Err(error) => self
                .known(name, |_| true)
                .ok_or_else(|| ApiError::ServiceUnavailable(error.to_string())),
        }
    }

    async fn read(&self, name: &str) -> Result<Result<Configuration, ApiError>, NoAnswer> {
        let emulator = &self.shared.emulator;
        let Some(description) = emulator.describe_delivery_stream(name).await? else {
            let message = format!("Firehose {name} not found.");
            return Ok(Err(ApiError::ResourceNotFound(message)));
        };
        let description = match Description::read(&description) {
            Ok(description) => description,
            Err(refused) => return Ok(Err(refused.into())),
        };
        let table = match description.table() {
            Some(table) => emulator.get_table(table).await?,
            None => None,
        };
        Ok(description.complete(table.as_ref()).map_err(ApiError::from))
    }

    fn known(&self, name: &str, when: impl Fn(&Known) -> bool) -> Option<(Arc<Stream>, Arc<Configuration>)> {
        let streams = self.streams();
        let known = streams.by_name.get(name).filter(|known| when(known))?;
        Some((Arc::clone(&known.stream), Arc::clone(&known.configuration)))
    }

    fn learn(
        &self,
        name: &str,
        configuration: Configuration,
        read: Instant,
    ) -> Result<(Arc<Stream>, Arc<Configuration>), ApiError> {
        let Shared {
            emulator, settings, ..
        } = &*self.shared;
        let mut streams = self.streams();
        if streams.closed {
            return Err(ApiError::ServiceUnavailable(
                "the stand-in was stopped".to_owned(),
            ));
        }
        let known = streams.by_name.entry(name.to_owned()).or_insert_with(|| Known {
            stream: Arc::new(Stream::new(emulator.clone(), *settings)),
            configuration: Arc::new(configuration.clone()),
            read,
        });
        // The same one stays the same: buffers are kept by it.
        if *known.configuration != configuration && known.read <= read {
            known.configuration = Arc::new(configuration);
        }
        known.read = known.read.max(read);
        Ok((Arc::clone(&known.stream), Arc::clone(&known.configuration)))
    }

    fn all(&self) -> Vec<Arc<Stream>> {
        let streams = self.streams();
        streams
            .by_name
            .values()
            .map(|known| Arc::clone(&known.stream))
            .collect()
    }

    fn streams(&self) -> MutexGuard<'_, Streams> {
        self.shared.streams.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl From<Refused> for ApiError {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Invalid(reason) => Self::InvalidArgument(reason),
            Refused::NotActive => Self::ServiceUnavailable("the stream is not active".to_owned()),
        }
    }
}

/// No payloads, which wait in it.
impl fmt::Debug for LocalFirehose {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalFirehose")
            .field("emulator", &self.shared.emulator)
            .field("settings", &self.shared.settings)
            .finish_non_exhaustive()
    }
}
