//! The demo: a fleet measures, with faults; every hop follows; every reading is accounted for.

use std::path::PathBuf;
use std::time::Duration;

use function_config::AwsAccess;
use telemetry::MeasuredAt;
use time::OffsetDateTime;
use tokio::time::sleep;

use crate::arguments::{Demo, Replay, Via};
use crate::arrival::{LOOK, show_hops, wait_for_arrival};
use crate::audit::{Arrived, Audit, Clients};
use crate::config::{Stack, aws_access, broker, device_command, temporary_directory};
use crate::explanation::Explanation;
use crate::failure::Failure;
use crate::findings::Findings;
use crate::fleet::{Destination, Device, FleetError, arguments};
use crate::hops::Counts;
use crate::live_table;
use crate::reconciliation::{Report, Rules};
use crate::screen::Screen;
use crate::state::{count, latest_of};
use crate::truth::{SensorKey, Truth, TruthFile};
use crate::workspace::Workspace;

/// Sensors of the table.
const SHOWN: usize = 8;

/// How long nothing may arrive: at the local cloud, and on AWS, where Firehose collects for five minutes, and with
/// partitions up to half as long again.
const LOCAL_PATIENCE: Duration = Duration::from_secs(120);
const PATIENCE: Duration = Duration::from_secs(900);

/// Runs the demo.
///
/// # Errors
/// Something is missing or fails, or does not add up.
pub async fn demo(options: &Demo, clients: impl FnOnce(&AwsAccess) -> Clients) -> Result<(), Failure> {
    // What is given wrong is told before anything is asked of the cloud.
    let readings = readings(options)?;
    let truth_file = new_truth(options.truth.as_ref())?;
    let (stack, access, program) = (Stack::from_env()?, aws_access()?, device_command()?);
    let to = destination(options.via, &stack)?;
    let clients = clients(&access);
    begin_empty(&clients, &stack).await?;
    let workspace = Workspace::in_directory(&temporary_directory())?;
    let truth_file = truth_file.unwrap_or_else(|| workspace.path().join("truth.jsonl"));
    let told = arguments(&options.fleet, &options.replay, &to, &truth_file);
    let local = access.endpoint_url().is_some();
    let mut run = Run {
        file: TruthFile::new(&truth_file),
        truth: Truth::default(),
        audit: Audit::new(&clients, &stack),
        view: View {
            screen: Screen::of_stdout(),
            clients: clients.clone(),
            table: stack.latest_table.clone(),
            readings,
        },
        patience: options
            .patience
            .unwrap_or(if local { LOCAL_PATIENCE } else { PATIENCE }),
    };
    println!("\nA fleet sends {readings} readings by {}", by(&to));
    run.send(Device::start(&program, &told)?).await?;
    let report = run.arrive().await?;
    println!(
        "\nReconciliation: {report}\n{}",
        Findings::of(&run.truth, run.audit.on_stream())
    );
    run.explain(&stack, &access);
    if options.stay {
        println!("\nEverything stays until Ctrl-C.");
        std::future::pending::<()>().await;
    }
    Ok(())
}

/// How many readings will be sent.
fn readings(options: &Demo) -> Result<usize, Failure> {
    match &options.replay.input {
        None => Ok(options.fleet.readings),
        Some(input) => {
            let readings = device::replay::read(input, &of_a_file(&options.replay));
            Ok(readings.map_err(Failure::usage)?.len())
        }
    }
}

fn of_a_file(replay: &Replay) -> device::replay::Replay {
    device::replay::Replay {
        sensor: telemetry::Sensor {
            device_id: replay.device.clone(),
            sensor_id: replay.sensor.clone(),
            site: replay.site.clone(),
            measure: replay.measure,
        },
        first_sequence: 0,
        fahrenheit: replay.fahrenheit,
        last_at: replay.until_now.then(now_in_micros),
    }
}

fn now_in_micros() -> i64 {
    i64::try_from(OffsetDateTime::now_utc().unix_timestamp_nanos() / 1_000).unwrap_or(i64::MAX)
}

fn new_truth(file: Option<&PathBuf>) -> Result<Option<PathBuf>, Failure> {
    match file {
        Some(file) if file.exists() => {
            let fault = format!(
                "--truth {}: is there already, and may tell of another run",
                file.display()
            );
            Err(Failure::usage(fault))
        }
        file => Ok(file.cloned()),
    }
}

fn destination(via: Via, stack: &Stack) -> Result<Destination, Failure> {
    match via {
        Via::Kinesis => Ok(Destination::Stream(stack.stream.clone())),
        Via::Mqtt => Ok(Destination::Broker(broker()?)),
    }
}

fn by(to: &Destination) -> String {
    match to {
        Destination::Stream(stream) => format!("PutRecords to {stream}"),
        Destination::Broker(broker) => format!("MQTT to {}", broker.endpoint),
    }
}

/// Every run counts its sensors from 0: what another one left would be under the same ids.
async fn begin_empty(clients: &Clients, stack: &Stack) -> Result<(), Failure> {
    for table in [&stack.latest_table, &stack.history_table] {
        let items = count(&clients.dynamodb, table).await?;
        if items > 0 {
            let fault =
                format!("the table {table} has {items} items already; the demo begins with an empty one");
            return Err(Failure::from(fault));
        }
    }
    Ok(())
}

/// A demo under way.
struct Run {
    file: TruthFile,
    truth: Truth,
    audit: Audit,
    view: View,
    patience: Duration,
}

impl Run {
    /// Until the fleet has sent everything.
    async fn send(&mut self, mut device: Device) -> Result<(), Failure> {
        while !device.has_ended()? {
            self.file.follow(&mut self.truth)?;
            let arrived = self.audit.look(&self.truth).await?;
            self.view.show(&self.truth, &arrived).await;
            sleep(LOOK).await;
        }
        let said = device.ended().await.map_err(fleet_failure)?;
        self.view.screen.leave();
        println!("  device: {said}");
        Ok(())
    }

    /// Until all of it is everywhere.
    async fn arrive(&mut self) -> Result<Report, Failure> {
        self.file.follow(&mut self.truth)?;
        let rules = Rules {
            archive_source: self.audit.stack().archive_source,
            ..Rules::default()
        };
        let (truth, view) = (&self.truth, &mut self.view);
        let tell = async |arrived: &Arrived| view.show(truth, arrived).await;
        let arrived = wait_for_arrival(&mut self.audit, truth, rules, self.patience, tell).await;
        self.view.finish(&self.truth).await;
        show_hops(&arrived);
        Ok(arrived?)
    }

    fn explain(&self, stack: &Stack, access: &AwsAccess) {
        let Some(reading) = self.truth.readings().values().next_back() else {
            return;
        };
        let day: String = reading
            .what
            .version
            .measured_at
            .fixed_width()
            .chars()
            .take(10)
            .collect();
        let explanation = Explanation {
            stack,
            region: access.region(),
            endpoint: access.endpoint_url(),
            sensor: &reading.what.sensor,
            day: &day,
        };
        println!("\nTo ask further (the local cloud ends with this command, without --stay)\n{explanation}");
    }
}

/// What is seen of it.
struct View {
    screen: Screen,
    clients: Clients,
    table: String,
    readings: usize,
}

impl View {
    async fn show(&mut self, truth: &Truth, arrived: &Arrived) {
        let sent = Counts::of_truth(truth);
        let progress = format!("sent {} of {}, {arrived}", sent.readings, self.readings);
        let table = match self.screen.is_live() {
            true => self.table(truth).await,
            false => String::new(),
        };
        self.screen.show(&progress, &table);
    }

    /// What is redrawn on a terminal is shown elsewhere once, in the end.
    async fn finish(&mut self, truth: &Truth) {
        self.screen.leave();
        if !self.screen.is_live() {
            print!("\n{}", self.table(truth).await);
        }
    }

    /// None if it cannot be read this time: the hops are asked by somebody else, who will tell.
    async fn table(&self, truth: &Truth) -> String {
        let sensors = latest_of(&self.clients.dynamodb, &self.table, &first_sensors(truth)).await;
        match (sensors, MeasuredAt::from_unix_micros(now_in_micros())) {
            (Ok(sensors), Ok(now)) => live_table::render(&sensors, now),
            _ => String::new(),
        }
    }
}

fn first_sensors(truth: &Truth) -> Vec<SensorKey> {
    let mut sensors: Vec<SensorKey> = Vec::new();
    for reading in truth.readings().values() {
        if sensors.last() != Some(&reading.what.sensor) {
            if sensors.len() == SHOWN {
                break;
            }
            sensors.push(reading.what.sensor.clone());
        }
    }
    sensors
}

fn fleet_failure(error: FleetError) -> Failure {
    match error.is_usage() {
        true => Failure::usage(error),
        false => Failure::from(error),
    }
}
