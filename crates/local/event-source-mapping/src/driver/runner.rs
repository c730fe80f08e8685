//! One mapping at work: does what the model says, and tells the model what came of it.

use std::collections::BTreeMap;
use std::time::{Duration, Instant, SystemTime};

use aws_sdk_lambda::config::StalledStreamProtectionConfig;
use aws_sdk_lambda::config::retry::RetryConfig;
use aws_sdk_lambda::config::timeout::TimeoutConfig;
use aws_types::SdkConfig;
use tokio::sync::{mpsc, watch};
use tokio::task::{JoinError, JoinSet};
use tokio::time::MissedTickBehavior;

use super::DriverOptions;
use super::event::{self, DriverEvent, Outcome};
use super::invoke::invoke;
use super::on_failure_delivery::deliver;
use super::reader::{ReadError, Reader, list_shards};
use crate::config::{MappingConfig, Pacing};
use crate::counts::EventCounts;
use crate::mapping::{Action, Checkpoint, Invocation, InvokeResult, Mapping, Read};
use crate::on_failure::OnFailureReport;
use crate::shards::{Position, ShardDescription, ShardId};
use crate::time::Timestamp;

/// A little more than the longest time that a function may take.
/// <https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html>
const INVOCATION_MAX: Duration = Duration::from_secs(905);
/// How often the delivery of a report is tried. Lambda's own number is not documented.
const DELIVERIES_MAX: u32 = 10;

/// One client of each service.
#[derive(Clone)]
pub(super) struct Clients {
    pub lambda: aws_sdk_lambda::Client,
    pub kinesis: aws_sdk_kinesis::Client,
    pub dynamodb: aws_sdk_dynamodbstreams::Client,
    pub s3: aws_sdk_s3::Client,
    pub sqs: aws_sdk_sqs::Client,
}

/// See the module.
pub(super) struct Runner {
    id: String,
    mapping: Mapping,
    clients: Clients,
    options: DriverOptions,
    events: mpsc::UnboundedSender<DriverEvent>,
    /// Readers that are not reading just now.
    readers: BTreeMap<ShardId, ShardReader>,
    tasks: JoinSet<Done>,
    invocations: usize,
    deliveries: usize,
    delivered: u64,
    listing: bool,
    told: EventCounts,
}

struct ShardReader {
    reader: Reader,
    /// Reads in a row that failed.
    failures: u32,
    /// Whether a first read succeeded.
    proven: bool,
}

/// What a task ends with.
enum Done {
    Listed(Result<Vec<ShardDescription>, ReadError>),
    Read {
        shard: ShardId,
        reader: ShardReader,
        result: Result<Read, ReadError>,
    },
    Invoked {
        invocation: Invocation,
        result: InvokeResult,
        took: Duration,
    },
    Delivered {
        report: OnFailureReport,
        result: Result<Option<String>, String>,
    },
}

impl Clients {
    pub fn new(config: &SdkConfig) -> Self {
        let timeout = TimeoutConfig::builder().operation_timeout(INVOCATION_MAX).build();
        // The model itself decides on retries, and counts them.
        let lambda = aws_sdk_lambda::config::Builder::from(config)
            .retry_config(RetryConfig::disabled())
            .timeout_config(timeout)
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled());
        // An idle subscription is no stalled download.
        let kinesis = aws_sdk_kinesis::config::Builder::from(config)
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled());
        // A bucket's name in the host would need a name server behind the endpoint.
        let s3 = aws_sdk_s3::config::Builder::from(config).force_path_style(true);
        Self {
            lambda: aws_sdk_lambda::Client::from_conf(lambda.build()),
            kinesis: aws_sdk_kinesis::Client::from_conf(kinesis.build()),
            dynamodb: aws_sdk_dynamodbstreams::Client::new(config),
            s3: aws_sdk_s3::Client::from_conf(s3.build()),
            sqs: aws_sdk_sqs::Client::new(config),
        }
    }

    /// The configuration with the function's role, if the endpoint tells it: events carry it, and nothing hangs on it.
    pub async fn with_role(&self, config: MappingConfig) -> MappingConfig {
        let call = self
            .lambda
            .get_function_configuration()
            .function_name(config.function_arn());
        match call.send().await.ok().and_then(|function| function.role) {
            Some(role) => config.with_invoke_identity(role),
            None => config,
        }
    }
}

impl Runner {
    pub fn new(
        id: String,
        config: MappingConfig,
        checkpoints: &[Checkpoint],
        clients: Clients,
        options: DriverOptions,
        events: mpsc::UnboundedSender<DriverEvent>,
    ) -> Self {
        let pacing = Pacing {
            poll_interval: options.poll_interval,
            first_retry: options.first_retry,
            slowest_retry: options.slowest_retry,
        };
        Self {
            id,
            mapping: Mapping::resume(config.with_pacing(pacing), checkpoints),
            clients,
            options,
            events,
            readers: BTreeMap::new(),
            tasks: JoinSet::new(),
            invocations: 0,
            deliveries: 0,
            delivered: 0,
            listing: false,
            told: EventCounts::default(),
        }
    }

    /// Runs until it is told to stop; gives from where the mapping can go on.
    pub async fn run(mut self, mut stop: watch::Receiver<bool>) -> Vec<Checkpoint> {
        let mut listing = tokio::time::interval(self.options.listing_interval);
        listing.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            self.act();
            self.tell_progress();
            let wait = self.until_due();
            tokio::select! {
                _ = stop.wait_for(|stop| *stop) => break,
                _ = listing.tick() => {
                    self.list();
                    self.tell_counts();
                }
                Some(done) = self.tasks.join_next() => match done {
                    Ok(done) => self.take(done),
                    // A task of ours has panicked, and what it was to tell the model is lost. The driver starts the
                    // mapping anew from its checkpoints.
                    Err(error) => {
                        self.tell_panic(&error);
                        break;
                    }
                },
                () = tokio::time::sleep(wait) => {}
            }
        }
        self.wind_down().await;
        self.mapping.checkpoints()
    }

    /// Starts what the model says.
    fn act(&mut self) {
        for action in self.mapping.step(now()) {
            match action {
                Action::Poll { shard, from } => self.read(shard, from),
                Action::Invoke(invocation) => self.invoke(invocation),
                Action::SendToOnFailure(report) => self.deliver(report),
            }
        }
    }

    /// How long nothing but an outside happening can make a difference.
    fn until_due(&self) -> Duration {
        match self.mapping.due_at() {
            Some(due) => due.since(now()),
            None => self.options.listing_interval,
        }
    }

    fn list(&mut self) {
        if !std::mem::replace(&mut self.listing, true) {
            let (clients, source) = (self.clients.clone(), self.mapping.config().source().clone());
            self.tasks
                .spawn(async move { Done::Listed(list_shards(&clients, &source).await) });
        }
    }

    fn read(&mut self, shard: ShardId, from: Position) {
        let mut reader = self.readers.remove(&shard).unwrap_or_else(|| ShardReader {
            reader: Reader::new(&self.clients, self.mapping.config().source(), &shard),
            failures: 0,
            proven: false,
        });
        self.tasks.spawn(async move {
            let result = reader.reader.read(&from).await;
            Done::Read {
                shard,
                reader,
                result,
            }
        });
    }

    fn invoke(&mut self, invocation: Invocation) {
        let (lambda, function) = (
            self.clients.lambda.clone(),
            self.mapping.config().function_arn().to_owned(),
        );
        self.invocations += 1;
        self.tasks.spawn(async move {
            let began = Instant::now();
            let result = invoke(&lambda, &function, invocation.event.clone()).await;
            Done::Invoked {
                invocation,
                result,
                took: began.elapsed(),
            }
        });
    }

    fn deliver(&mut self, report: OnFailureReport) {
        let Some(destination) = self.mapping.config().on_failure().cloned() else {
            return;
        };
        let (clients, id) = (self.clients.clone(), self.id.clone());
        let pacing = self.pacing();
        self.deliveries += 1;
        self.tasks.spawn(async move {
            let mut result = deliver(&clients, &id, &destination, &report).await;
            for failures in 1..DELIVERIES_MAX {
                if result.is_ok() {
                    break;
                }
                tokio::time::sleep(pacing.backoff(failures)).await;
                result = deliver(&clients, &id, &destination, &report).await;
            }
            Done::Delivered { report, result }
        });
    }

    fn take(&mut self, done: Done) {
        match done {
            Done::Listed(result) => self.take_shards(result),
            Done::Read {
                shard,
                reader,
                result,
            } => self.take_read(shard, reader, result),
            Done::Invoked {
                invocation,
                result,
                took,
            } => self.take_result(invocation, &result, took),
            Done::Delivered { report, result } => self.take_delivery(&report, result),
        }
    }

    fn take_shards(&mut self, result: Result<Vec<ShardDescription>, ReadError>) {
        self.listing = false;
        match result {
            Ok(shards) => self.mapping.observe_shards(&shards),
            Err(error) => self.tell_read_error(None, error),
        }
    }

    fn take_read(&mut self, shard: ShardId, mut reader: ShardReader, result: Result<Read, ReadError>) {
        match result {
            Ok(read) => {
                reader.failures = 0;
                if !std::mem::replace(&mut reader.proven, true) {
                    let (mapping, via) = (self.id.clone(), reader.reader.via());
                    self.tell(DriverEvent::ShardRead {
                        mapping,
                        shard: shard.clone(),
                        via,
                    });
                }
                self.mapping.on_read(&shard, read, now());
            }
            Err(error) => {
                reader.failures += 1;
                let wait = self.pacing().backoff(reader.failures);
                self.mapping.on_read_failure(&shard, now(), wait);
                self.tell_read_error(Some(shard.clone()), error);
            }
        }
        self.readers.insert(shard, reader);
    }

    fn take_result(&mut self, invocation: Invocation, result: &InvokeResult, took: Duration) {
        self.invocations -= 1;
        self.tell(DriverEvent::BatchInvoked {
            mapping: self.id.clone(),
            shard: invocation.shard,
            records: invocation.records.len(),
            first: invocation.records.first().cloned(),
            last: invocation.records.last().cloned(),
            attempt: invocation.attempt,
            outcome: Outcome::from(result),
            duration_millis: event::millis(took),
        });
        self.mapping.on_invoke_result(invocation.id, result, now());
    }

    fn take_delivery(&mut self, report: &OnFailureReport, result: Result<Option<String>, String>) {
        self.deliveries -= 1;
        let (mapping, shard) = (self.id.clone(), report.shard.clone());
        let destination = self
            .mapping
            .config()
            .on_failure()
            .map(ToString::to_string)
            .unwrap_or_default();
        let records = report.records.len();
        match result {
            Ok(object) => {
                self.delivered += records as u64;
                self.tell(DriverEvent::OnFailureSent {
                    mapping,
                    shard,
                    records,
                    destination,
                    object,
                });
            }
            Err(reason) => self.tell(DriverEvent::Error {
                mapping: Some(mapping),
                shard: Some(shard),
                during: format!("delivery to {destination}, given up"),
                reason,
            }),
        }
    }

    /// Reads nothing more, and waits for what cannot be taken back.
    async fn wind_down(&mut self) {
        let grace = tokio::time::sleep(self.options.grace);
        let mut grace = std::pin::pin!(grace);
        while self.invocations > 0 || self.deliveries > 0 {
            tokio::select! {
                () = &mut grace => break,
                done = self.tasks.join_next() => match done {
                    // A read that ends now is forgotten: its records are not acknowledged, and are read again.
                    Some(Ok(Done::Read { .. } | Done::Listed(_))) => {}
                    Some(Ok(done)) => {
                        self.take(done);
                        self.deliver_last_reports();
                    }
                    Some(Err(error)) => {
                        self.tell_panic(&error);
                        break;
                    }
                    None => break,
                }
            }
            self.tell_progress();
        }
        self.tasks.abort_all();
        self.tell_counts();
    }

    /// Results that come while winding down can discard records; nothing else that the model wants is begun.
    fn deliver_last_reports(&mut self) {
        for report in self.mapping.take_reports() {
            self.deliver(report);
        }
    }

    fn pacing(&self) -> Pacing {
        self.mapping.config().pacing
    }

    fn tell_progress(&mut self) {
        for progress in self.mapping.take_progress() {
            if let Some(event) = event::of_progress(&self.id, progress) {
                self.tell(event);
            }
        }
    }

    fn tell_counts(&mut self) {
        let counts = EventCounts {
            on_failure_destination_delivered_event_count: self.delivered,
            ..self.mapping.event_counts()
        };
        let wanted = self.options.always_count || self.mapping.config().event_count_metrics();
        if wanted && counts != self.told {
            self.tell(DriverEvent::EventCounts {
                mapping: self.id.clone(),
                counts: counts.since(&self.told),
            });
            self.told = counts;
        }
    }

    fn tell_panic(&self, error: &JoinError) {
        self.tell(DriverEvent::Error {
            mapping: Some(self.id.clone()),
            shard: None,
            during: "a task of the driver".into(),
            reason: error.to_string(),
        });
    }

    fn tell_read_error(&self, shard: Option<ShardId>, error: ReadError) {
        let mapping = self.id.clone();
        match (error, shard) {
            (ReadError::FanOutUnavailable(reason), Some(shard)) => {
                self.tell(DriverEvent::FanOutUnavailable {
                    mapping,
                    shard,
                    reason,
                });
            }
            (ReadError::FanOutUnavailable(reason), None) => self.tell(DriverEvent::Error {
                mapping: Some(mapping),
                shard: None,
                during: "SubscribeToShard".into(),
                reason,
            }),
            (ReadError::Failed { during, reason }, shard) => {
                self.tell(DriverEvent::Error {
                    mapping: Some(mapping),
                    shard,
                    during: during.into(),
                    reason,
                });
            }
        }
    }

    fn tell(&self, event: DriverEvent) {
        // A caller that has stopped listening wants to know nothing more.
        let _ = self.events.send(event);
    }
}

/// The present, as the model counts it.
pub(super) fn now() -> Timestamp {
    let since_epoch = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    Timestamp::from_millis(event::millis(since_epoch))
}
