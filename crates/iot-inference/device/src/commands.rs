//! What each command does.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::time::Duration;

use put_many::kinesis::PutRecords;
use telemetry::{MeasuredAt, Sensor};
use time::OffsetDateTime;
use tokio::time::Instant;

use crate::arguments::{Arguments, Broker, Command, Dropped, Fsync, MadeUp, Provision, Sending};
use crate::config::{aws_access, stream_of_the_stack};
use crate::disk::{Disk, Folder, Memory};
use crate::entry::Entry;
use crate::failure::Failure;
use crate::fleet::{Fleet, Plan, Tick};
use crate::forwarding::{Forwarder, SoFar};
use crate::kinesis::Kinesis;
use crate::mqtt::{self, Client, Mqtt};
use crate::provisioning::{self, Claim, ProvisioningError};
use crate::replay::{self, Replay};
use crate::sink::{Destination, Sink};
use crate::store::{Drop, Settings, Store};
use crate::truth::Truth;

/// Segments of a full spool: the oldest are dropped by that share.
const SEGMENTS: usize = 16;

/// Entries that may wait while more are made.
const AHEAD: usize = 2_000;

/// Readings of a file that are stored together.
const LINES: usize = 500;

/// Does what the arguments ask for, and counts in `so_far` what is sent.
///
/// # Errors
/// What failed, or what was given and cannot be used.
pub async fn run(arguments: &Arguments, so_far: &SoFar) -> Result<(), Failure> {
    match &arguments.command {
        Command::Fleet {
            made_up,
            seconds,
            endless: _,
            readings,
            sending,
        } => {
            let mut forwarder = forwarder(sending, so_far)?;
            match readings {
                Some(readings) => fast(made_up, *readings, &mut forwarder, sending.patience).await?,
                None => live(made_up, *seconds, &mut forwarder, sending.patience).await?,
            }
            forwarder.close().await;
        }
        Command::Replay {
            input,
            device,
            sensor,
            site,
            measure,
            fahrenheit,
            until_now,
            sending,
        } => {
            let replay = Replay {
                sensor: Sensor {
                    device_id: device.clone(),
                    sensor_id: sensor.clone(),
                    site: site.clone(),
                    measure: *measure,
                },
                first_sequence: 0,
                fahrenheit: *fahrenheit,
                last_at: until_now.then(now),
            };
            // Read before anything is asked of the cloud.
            replay::read(input, &replay).map_err(Failure::usage)?;
            let mut forwarder = forwarder(sending, so_far)?;
            replay_file(input, replay, &mut forwarder, sending.patience).await?;
            forwarder.close().await;
        }
        Command::Provision(arguments) => return provision(arguments).await,
        Command::Generate {
            made_up,
            readings,
            output,
            truth,
        } => return generate(made_up, *readings, output, truth.as_deref()),
    }
    report(so_far)
}

async fn provision(arguments: &Provision) -> Result<(), Failure> {
    let files = mqtt::Files {
        ca: &arguments.ca,
        certificate: &arguments.claim_certificate,
        key: &arguments.claim_key,
        arguments: ("--claim-certificate", "--claim-key"),
    };
    let claim = Claim {
        tls: Some(mqtt::tls(&files, &arguments.mqtt).map_err(Failure::usage)?),
        address: arguments.mqtt.clone(),
        client_id: match &arguments.client_id {
            Some(name) => name.to_string(),
            None => format!("provision-{:016x}", fastrand::u64(..)),
        },
        template: arguments.template.clone(),
        parameters: arguments.parameters.iter().cloned().collect(),
        certificate: arguments.certificate.clone(),
        key: arguments.key.clone(),
    };
    let provisioned = provisioning::provision(&claim).await;
    let thing = provisioned.map_err(|error| match error {
        ProvisioningError::Present { .. } => Failure::usage(error),
        other => Failure::from(other),
    })?;
    println!(
        "{} has its certificate in {} and its key in {}",
        thing.as_deref().unwrap_or("a device without a thing"),
        claim.certificate.display(),
        claim.key.display()
    );
    Ok(())
}

fn report(so_far: &SoFar) -> Result<(), Failure> {
    println!("{so_far}");
    match so_far.refused.get() {
        0 => Ok(()),
        refused => Err(format!("{refused} payloads were refused for good").into()),
    }
}

fn forwarder<'so_far>(
    sending: &Sending,
    so_far: &'so_far SoFar,
) -> Result<Forwarder<'so_far, Box<dyn Disk>, Destination>, Failure> {
    let truth = sending
        .truth
        .as_deref()
        .map(Truth::open)
        .transpose()
        .map_err(Failure::usage)?;
    let store = Store::open(disk(sending)?, settings(sending))?;
    let sink = match mqtt_settings(&sending.broker)? {
        Some(settings) => Destination::Mqtt(Mqtt::new(settings)),
        None => Destination::Kinesis(kinesis(sending)?),
    };
    Ok(Forwarder::new(store, sink, truth, so_far))
}

fn kinesis(sending: &Sending) -> Result<Kinesis, Failure> {
    let stream = match &sending.stream {
        Some(stream) => stream.clone(),
        None => stream_of_the_stack()?,
    };
    let client = aws_sdk_kinesis::Client::new(&aws_access()?.sdk_config());
    Ok(Kinesis::new(PutRecords::new(client, stream)))
}

/// None, if no broker was named. That names all three files: the arguments see to it.
fn mqtt_settings(broker: &Broker) -> Result<Option<mqtt::Settings>, Failure> {
    let (Some(address), Some(ca), Some(certificate), Some(key)) =
        (&broker.mqtt, &broker.ca, &broker.certificate, &broker.key)
    else {
        return Ok(None);
    };
    let files = mqtt::Files {
        ca,
        certificate,
        key,
        arguments: ("--certificate", "--key"),
    };
    Ok(Some(mqtt::Settings {
        tls: Some(mqtt::tls(&files, address).map_err(Failure::usage)?),
        address: address.clone(),
        client: match &broker.client_id {
            Some(name) => Client::One(name.clone()),
            None => Client::EachDevice,
        },
        publishes_per_second: broker.publishes_per_second,
        timing: mqtt::Timing::default(),
    }))
}

fn disk(sending: &Sending) -> Result<Box<dyn Disk>, Failure> {
    let Some(path) = &sending.spool else {
        return Ok(Box::new(Memory::default()));
    };
    let folder = Folder::open(path);
    folder
        .map(|folder| Box::new(folder) as Box<dyn Disk>)
        .map_err(|error| Failure::usage(format!("{}: {error}", path.display())))
}

fn settings(sending: &Sending) -> Settings {
    let bytes = sending.spool_mebibytes.saturating_mul(1024 * 1024);
    Settings {
        bytes,
        segment_bytes: bytes / SEGMENTS,
        drop: match sending.drop {
            Dropped::Oldest => Drop::Oldest,
            Dropped::Newest => Drop::Newest,
        },
        fsync: match sending.fsync {
            Fsync::Always => crate::store::Fsync::Always,
            Fsync::Never => crate::store::Fsync::Never,
        },
    }
}

fn now() -> i64 {
    let nanos = OffsetDateTime::now_utc().unix_timestamp_nanos();
    i64::try_from(nanos / 1_000).unwrap_or(i64::MAX)
}

fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

fn fleet(made_up: &MadeUp, start: i64, first_sequence: u64) -> Result<Fleet, Failure> {
    let plan = Plan {
        devices: made_up.devices,
        seed: made_up.seed,
        start,
        interval: micros(made_up.interval),
        first_sequence,
        faults: made_up.faults.0.clone(),
    };
    Ok(Fleet::new(plan)?)
}

async fn finish<D: Disk, S: Sink>(
    fleet: &mut Fleet,
    forwarder: &mut Forwarder<'_, D, S>,
    patience: Duration,
) -> Result<(), Failure> {
    let entries = fleet.finish();
    forwarder.take(Tick {
        entries,
        ..Tick::default()
    })?;
    Ok(forwarder.drain(0, patience).await?)
}

/// In real time, for ever if no length is given. A sink that takes nothing does not stop the sensors: their readings wait.
async fn live<D: Disk, S: Sink>(
    made_up: &MadeUp,
    length: Option<Duration>,
    forwarder: &mut Forwarder<'_, D, S>,
    patience: Duration,
) -> Result<(), Failure> {
    let mut fleet = fleet(made_up, now(), forwarder.store().reserved())?;
    let begin = Instant::now();
    let mut due = begin;
    while length.is_none_or(|length| due < begin + length) {
        tokio::time::sleep_until(due).await;
        forwarder.measure(&mut fleet, usize::MAX)?;
        due += made_up.interval;
        forwarder.send_until(due).await?;
    }
    finish(&mut fleet, forwarder, patience).await
}

/// As fast as the sink takes it.
async fn fast<D: Disk, S: Sink>(
    made_up: &MadeUp,
    readings: usize,
    forwarder: &mut Forwarder<'_, D, S>,
    patience: Duration,
) -> Result<(), Failure> {
    let first_sequence = forwarder.store().reserved();
    let mut fleet = start_of(made_up, readings).and_then(|start| fleet(made_up, start, first_sequence))?;
    let mut left = readings;
    while left > 0 {
        left -= forwarder.measure(&mut fleet, left)?;
        forwarder.drain(AHEAD, patience).await?;
    }
    finish(&mut fleet, forwarder, patience).await
}

/// So long ago that the last reading is measured about now.
fn start_of(made_up: &MadeUp, readings: usize) -> Result<i64, Failure> {
    if let Some(start) = made_up.start {
        return Ok(start.unix_micros());
    }
    let sensors = fleet(made_up, 0, 0)?.sensors().max(1);
    let ticks = i64::try_from(readings / sensors + 1).unwrap_or(i64::MAX);
    let start = now() - ticks.saturating_mul(micros(made_up.interval));
    let told = MeasuredAt::from_unix_micros(start);
    told.map(MeasuredAt::unix_micros)
        .map_err(|_| Failure::usage("--readings and --interval go back to before 1970"))
}

async fn replay_file<D: Disk, S: Sink>(
    input: &Path,
    mut replay: Replay,
    forwarder: &mut Forwarder<'_, D, S>,
    patience: Duration,
) -> Result<(), Failure> {
    replay.first_sequence = forwarder.store().reserved();
    let readings = replay::read(input, &replay).map_err(Failure::usage)?;
    forwarder
        .store()
        .reserve(replay.first_sequence + readings.len() as u64)?;
    for portion in readings.chunks(LINES) {
        let entries = portion
            .iter()
            .map(|reading| Entry::new(&replay.sensor.device_id, &replay.sensor.site, reading.to_json()))
            .collect();
        forwarder.take(Tick {
            entries,
            readings: portion.len(),
            ..Tick::default()
        })?;
        forwarder.drain(AHEAD, patience).await?;
    }
    Ok(forwarder.drain(0, patience).await?)
}

fn generate(made_up: &MadeUp, readings: usize, output: &Path, truth: Option<&Path>) -> Result<(), Failure> {
    let mut truth = truth.map(Truth::open).transpose().map_err(Failure::usage)?;
    let named = |error: std::io::Error| Failure::usage(format!("{}: {error}", output.display()));
    let mut file = BufWriter::new(File::create(output).map_err(named)?);
    let mut fleet = fleet(made_up, start_of(made_up, readings)?, 0)?;
    let (mut left, mut lines) = (readings, 0);
    let mut ended = false;
    while !ended {
        ended = left == 0;
        let tick = match ended {
            true => Tick {
                entries: fleet.finish(),
                ..Tick::default()
            },
            false => fleet.tick(left)?,
        };
        left -= tick.readings;
        lines += tick.entries.len();
        for entry in &tick.entries {
            file.write_all(entry.payload())
                .and_then(|()| file.write_all(b"\n"))
                .map_err(named)?;
        }
        if let Some(truth) = &mut truth {
            truth.faults(&tick.faults)?;
            truth.sent(tick.entries.iter())?;
        }
    }
    file.flush().map_err(named)?;
    println!(
        "{lines} payloads are in {}, {readings} readings among them",
        output.display()
    );
    Ok(())
}
