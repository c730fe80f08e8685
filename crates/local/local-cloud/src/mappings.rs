//! The event source mappings, run by our driver; what it tells is logged and handed on.

use std::fs::File;
use std::io::Write;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use aws_sdk_lambda::error::DisplayErrorContext;
use aws_types::SdkConfig;
use event_source_mapping::driver::{Driver, DriverEvent, DriverOptions};
use tokio::sync::{mpsc, oneshot, watch};

use crate::Error;

/// How long the mappings of a new stack may take until their shards are read.
const READ_DEADLINE: Duration = Duration::from_secs(60);
/// How long invocations that are under way may take at the end.
const GRACE: Duration = Duration::from_secs(2);

/// The driver at work. Dropping it tells it to stop.
#[derive(Debug)]
pub(crate) struct Mappings {
    log: PathBuf,
    told: Arc<Mutex<Told>>,
    _stop: oneshot::Sender<()>,
    ended: watch::Receiver<bool>,
}

/// Every event so far, and who hears of the next.
#[derive(Debug, Default)]
struct Told {
    history: Vec<DriverEvent>,
    listeners: Vec<mpsc::UnboundedSender<DriverEvent>>,
}

impl Mappings {
    /// Starts the driver; `log` gets each event as a line of JSON.
    pub(crate) fn start(config: &SdkConfig, log: PathBuf) -> Result<Self, Error> {
        let file = File::create(&log).map_err(Error::machine(format!("write {}", log.display())))?;
        let options = DriverOptions {
            grace: GRACE,
            ..DriverOptions::default()
        };
        let (events, incoming) = mpsc::unbounded_channel();
        let (stop, stopped) = oneshot::channel::<()>();
        let driver = Driver::new(config, options, events);
        let told = Arc::<Mutex<Told>>::default();
        tokio::spawn(hand_on(incoming, file, Arc::clone(&told)));
        let (end, ended) = watch::channel(false);
        tokio::spawn(async move {
            driver
                .run(async {
                    // Nothing is ever sent: the sender is dropped.
                    let _ = stopped.await;
                })
                .await;
            end.send_replace(true);
        });
        Ok(Self {
            log,
            told,
            _stop: stop,
            ended,
        })
    }

    /// Every event since the start, then each as it comes.
    pub(crate) fn events(&self) -> mpsc::UnboundedReceiver<DriverEvent> {
        let (listener, events) = mpsc::unbounded_channel();
        let mut told = lock(&self.told);
        for event in &told.history {
            // The receiver is in our hand.
            let _ = listener.send(event.clone());
        }
        told.listeners.push(listener);
        events
    }

    /// Waits until a mapping's shard is read: a function whose stream nobody reads would wait in vain.
    pub(crate) async fn read(&self) -> Result<(), Error> {
        let mut events = self.events();
        let first = async {
            while let Some(event) = events.recv().await {
                match event {
                    DriverEvent::ShardRead { .. } => return Ok(()),
                    DriverEvent::MappingRefused { mapping, reason } => {
                        return Err(format!("mapping {mapping} was refused: {reason}"));
                    }
                    _ => {}
                }
            }
            Err("stopped".to_owned())
        };
        let read = tokio::time::timeout(READ_DEADLINE, first).await;
        let read =
            read.unwrap_or_else(|_| Err(format!("read no shard within {} s", READ_DEADLINE.as_secs())));
        read.map_err(|reason| Error::part("driver", reason, &self.log))
    }

    /// Waits until the driver ends.
    pub(crate) async fn ended(&self) -> Error {
        let mut ended = self.ended.clone();
        // An error means that it panicked.
        let _ = ended.wait_for(|ended| *ended).await;
        Error::part("driver", "ended", &self.log)
    }

    /// Stops the driver, and waits until invocations that are under way have ended or their grace has.
    pub(crate) async fn stop(self) {
        let mut ended = self.ended.clone();
        drop(self);
        let _ = ended.wait_for(|ended| *ended).await;
    }
}

/// Enables every mapping, so that an emulator with mappings of its own runs them.
pub(crate) async fn leave_to_emulator(config: &SdkConfig) -> Result<(), Error> {
    let lambda = aws_sdk_lambda::Client::new(config);
    let refused = |error: aws_sdk_lambda::Error| {
        let reason = DisplayErrorContext(&error).to_string();
        Error::argument(format!(
            "--no-mappings: the emulator did not enable the mappings: {reason}"
        ))
    };
    let mut pages = lambda
        .list_event_source_mappings()
        .into_paginator()
        .items()
        .send();
    while let Some(mapping) = pages.next().await {
        let mapping = mapping.map_err(|error| refused(error.into()))?;
        let enabling = lambda
            .update_event_source_mapping()
            .set_uuid(mapping.uuid)
            .enabled(true);
        enabling.send().await.map_err(|error| refused(error.into()))?;
    }
    Ok(())
}

async fn hand_on(mut events: mpsc::UnboundedReceiver<DriverEvent>, mut log: File, told: Arc<Mutex<Told>>) {
    while let Some(event) = events.recv().await {
        // A full disk shows elsewhere soon enough.
        let _ = serde_json::to_string(&event).map(|line| writeln!(log, "{line}"));
        let mut told = lock(&told);
        told.listeners
            .retain(|listener| listener.send(event.clone()).is_ok());
        told.history.push(event);
    }
}

fn lock(told: &Mutex<Told>) -> MutexGuard<'_, Told> {
    // A panic while it was held leaves at worst one event untold.
    told.lock().unwrap_or_else(PoisonError::into_inner)
}
