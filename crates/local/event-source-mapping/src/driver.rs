//! Runs the event source mappings of an account against its own endpoint: reads them back, polls their streams,
//! invokes their functions, and tells what it did.
//!
//! Locally the mappings are deployed disabled, so that the emulator leaves them to the driver. The driver decides nothing
//! itself: [`crate::Mapping`] says what to read, when to invoke, and what an outcome means.
//!
//! ```no_run
//! # async fn example(config: aws_types::SdkConfig) {
//! use event_source_mapping::driver::{Driver, DriverOptions};
//!
//! let (events, mut told) = tokio::sync::mpsc::unbounded_channel();
//! let driver = Driver::new(&config, DriverOptions::default(), events);
//! let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
//! let running = tokio::spawn(driver.run(async { let _ = stopped.await; }));
//! while let Some(event) = told.recv().await {
//!     // … until enough was told …
//! #   let _ = event; break;
//! }
//! drop(stop);
//! # let _ = running.await;
//! # }
//! ```

mod discovery;
mod dynamodb;
mod error_text;
mod event;
mod invoke;
mod kinesis;
mod on_failure_delivery;
mod reader;
mod runner;
mod subscription;

use std::collections::BTreeMap;
use std::future::Future;
use std::time::Duration;

use aws_types::SdkConfig;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::MissedTickBehavior;

pub use event::{DriverEvent, Outcome, Via};

use crate::config::MappingSettings;
use crate::mapping::Checkpoint;
use discovery::Listed;
use runner::{Clients, Runner};

/// How the driver works.
#[derive(Clone, Debug)]
pub struct DriverOptions {
    /// How long to wait before a shard is read again that had nothing new.
    pub poll_interval: Duration,
    /// How often the mappings, and each stream's shards, are listed.
    pub listing_interval: Duration,
    /// How long to wait before the first retry of a failed batch or of a failed call.
    pub first_retry: Duration,
    /// How long to wait before a retry, at most.
    pub slowest_retry: Duration,
    /// How long invocations that are under way may take to end, once the driver is told to stop.
    pub grace: Duration,
    /// Which mappings to run.
    pub run: Which,
    /// Whether to tell the event counts of mappings without `MetricsConfig: EventCount` too: ministack forgets that
    /// setting.
    pub always_count: bool,
}

/// Which mappings the driver runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// All of them. A mapping that is deployed disabled is not always listed so: ministack leaves it to the driver and
    /// lists it as enabled, if CloudFormation made it.
    All,
    /// Those that are listed as disabled, on an endpoint that runs the others itself.
    Disabled,
}

impl Default for DriverOptions {
    /// A fifth of a second between polls, a second between listings, retries after 0.1 s to 5 s: a local cloud need
    /// not wait as long as Lambda. All mappings, with their counts.
    fn default() -> Self {
        Self {
            poll_interval: Duration::from_millis(200),
            listing_interval: Duration::from_secs(1),
            first_retry: Duration::from_millis(100),
            slowest_retry: Duration::from_secs(5),
            grace: Duration::from_secs(10),
            run: Which::All,
            always_count: true,
        }
    }
}

/// Runs event source mappings.
pub struct Driver {
    clients: Clients,
    options: DriverOptions,
    events: mpsc::UnboundedSender<DriverEvent>,
    running: BTreeMap<String, Running>,
    /// Settings that were refused, so that each is told once.
    refused: BTreeMap<String, MappingSettings>,
    /// From where mappings go on that are not run just now: an emulator that restarts may list none for a while.
    parked: BTreeMap<String, Vec<Checkpoint>>,
}

/// A mapping at work.
struct Running {
    settings: MappingSettings,
    stop: watch::Sender<bool>,
    task: JoinHandle<Vec<Checkpoint>>,
}

impl Driver {
    /// A driver for the mappings behind this configuration's endpoint. What it does is told over `events`; that nobody
    /// listens any more does not stop it.
    pub fn new(
        config: &SdkConfig,
        options: DriverOptions,
        events: mpsc::UnboundedSender<DriverEvent>,
    ) -> Self {
        Self {
            clients: Clients::new(config),
            options,
            events,
            running: BTreeMap::new(),
            refused: BTreeMap::new(),
            parked: BTreeMap::new(),
        }
    }

    /// Runs until `shutdown` is ready, then lets the invocations that are under way end.
    pub async fn run(mut self, shutdown: impl Future<Output = ()>) {
        let mut listing = tokio::time::interval(self.options.listing_interval);
        listing.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut shutdown = std::pin::pin!(shutdown);
        loop {
            tokio::select! {
                () = &mut shutdown => break,
                _ = listing.tick() => {}
            }
            tokio::select! {
                () = &mut shutdown => break,
                listed = discovery::list(&self.clients.lambda) => match listed {
                    Ok(listed) => self.follow(listed).await,
                    Err(reason) => self.tell(DriverEvent::Error {
                        mapping: None, shard: None, during: "ListEventSourceMappings".into(), reason
                    }),
                }
            }
        }
        let running: Vec<_> = std::mem::take(&mut self.running).into_iter().collect();
        for (_, running) in &running {
            running.stop.send_replace(true);
        }
        for (mapping, running) in running {
            self.finish(mapping, running).await;
        }
        self.tell(DriverEvent::Stopped);
    }

    /// Starts what is new, restarts what has changed, stops what is gone.
    async fn follow(&mut self, listed: Vec<Listed>) {
        let run = self.options.run;
        let listed: BTreeMap<_, _> = listed
            .into_iter()
            .filter(|mapping| run == Which::All || mapping.disabled)
            .map(|mapping| (mapping.id, mapping.settings))
            .collect();
        let stale: Vec<_> = self
            .running
            .iter()
            .filter(|(id, running)| listed.get(*id) != Some(&running.settings) || running.task.is_finished())
            .map(|(id, _)| id.clone())
            .collect();
        for id in stale {
            if let Some(running) = self.running.remove(&id) {
                running.stop.send_replace(true);
                let checkpoints = self.finish(id.clone(), running).await;
                self.parked.insert(id, checkpoints);
            }
        }
        for (id, settings) in listed {
            if !self.running.contains_key(&id) && self.refused.get(&id) != Some(&settings) {
                let checkpoints = self.parked.remove(&id).unwrap_or_default();
                self.start(id, settings, checkpoints).await;
            }
        }
    }

    async fn start(&mut self, mapping: String, settings: MappingSettings, checkpoints: Vec<Checkpoint>) {
        let config = match settings.validate() {
            Ok(config) => config,
            Err(reason) => {
                self.tell(DriverEvent::MappingRefused {
                    mapping: mapping.clone(),
                    reason: reason.to_string(),
                });
                self.refused.insert(mapping, settings);
                return;
            }
        };
        self.tell(DriverEvent::MappingFound {
            mapping: mapping.clone(),
            function: settings.function_arn.clone(),
            source: settings.event_source_arn.clone(),
        });
        let config = self.clients.with_role(config).await;
        let runner = Runner::new(
            mapping.clone(),
            config,
            &checkpoints,
            self.clients.clone(),
            self.options.clone(),
            self.events.clone(),
        );
        let (stop, stopped) = watch::channel(false);
        let task = tokio::spawn(runner.run(stopped));
        self.running.insert(mapping, Running { settings, stop, task });
    }

    /// Waits until a mapping has stopped; gives from where it can go on.
    async fn finish(&self, mapping: String, running: Running) -> Vec<Checkpoint> {
        let checkpoints = running.task.await.unwrap_or_else(|reason| {
            self.tell(DriverEvent::Error {
                mapping: Some(mapping.clone()),
                shard: None,
                during: "running".into(),
                reason: reason.to_string(),
            });
            Vec::new()
        });
        self.tell(DriverEvent::MappingStopped { mapping });
        checkpoints
    }

    fn tell(&self, event: DriverEvent) {
        // A caller that has stopped listening wants to know nothing more.
        let _ = self.events.send(event);
    }
}
