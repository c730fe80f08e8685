//! The command line.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, Parser, Subcommand, ValueEnum};
use device::fleet::{DEVICES, FaultKind};
use telemetry::{DeviceId, Measure, SensorId, Site};

/// Runs a fleet, and holds what it sent against stream, state, archive and dead letters, reading by reading.
#[derive(Debug, Parser)]
#[command(name = "fleet-audit", version)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Runs a fleet with faults, shows what arrives, and accounts for every reading. To be run by `local-cloud up -- …`,
    /// which sets AWS_ENDPOINT_URL and STACK_OUTPUTS.
    Demo(Box<Demo>),
    /// Holds a truth file of `device` against the deployed stack.
    Audit(Audit),
}

/// The demo's options.
#[derive(Debug, Args)]
pub struct Demo {
    /// The fleet.
    #[command(flatten)]
    pub fleet: Fleet,
    /// A file instead of a fleet.
    #[command(flatten)]
    pub replay: Replay,
    /// How readings get to the stream.
    #[arg(long, value_enum, default_value_t = Via::Kinesis)]
    pub via: Via,
    /// Keeps the truth in this file, which must be new. Absent, it is gone afterwards.
    #[arg(long, value_name = "FILE")]
    pub truth: Option<PathBuf>,
    /// How many seconds may pass without anything arriving before the demo gives up; absent, 120, and on AWS 900, for
    /// there the archive collects for minutes.
    #[arg(long, value_parser = seconds)]
    pub patience: Option<Duration>,
    /// Stays until Ctrl-C when all adds up, so that the local cloud can be asked further.
    #[arg(long)]
    pub stay: bool,
}

/// The fleet.
#[derive(Debug, Args)]
pub struct Fleet {
    /// Devices, of two or three sensors each.
    #[arg(long, default_value = "40", value_parser = devices)]
    pub devices: usize,
    /// Readings of all of them together.
    #[arg(long, default_value = "5000", value_parser = positive)]
    pub readings: usize,
    /// What everything follows from.
    #[arg(long, default_value_t = 7)]
    pub seed: u64,
    /// What goes wrong on purpose: all, none, or some of drift, spike, stuck, gap, late, duplicate, clock-skew and
    /// garbage with commas between.
    #[arg(long, default_value = "all", value_parser = faults)]
    pub faults: String,
}

/// A file instead of a fleet.
#[derive(Debug, Args)]
#[command(next_help_heading = "A file instead of a fleet")]
pub struct Replay {
    /// A CSV file with the columns timestamp and value, whose values are readings of one sensor.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["devices", "readings", "seed", "faults"])]
    pub input: Option<PathBuf>,
    /// The device.
    #[arg(long, default_value = "d-replay", requires = "input")]
    pub device: DeviceId,
    /// The sensor.
    #[arg(long, default_value = "temperature-1", requires = "input")]
    pub sensor: SensorId,
    /// Where the device stands.
    #[arg(long, default_value = "hamburg", requires = "input")]
    pub site: Site,
    /// What is measured.
    #[arg(long, default_value = "temperature", requires = "input")]
    pub measure: Measure,
    /// The values are degrees Fahrenheit, and become degrees Celsius.
    #[arg(long, requires = "input")]
    pub fahrenheit: bool,
    /// Moves all times by as much as makes the last one now.
    #[arg(long, requires = "input")]
    pub until_now: bool,
}

/// How readings get to the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Via {
    /// By PutRecords.
    Kinesis,
    /// By MQTT through IoT Core's rule; where, and with which certificate, the environment says.
    Mqtt,
}

/// The options of an audit.
#[derive(Debug, Args)]
pub struct Audit {
    /// What was sent, as `device --truth` wrote it; any number of times. Together they tell all that the stack has.
    #[arg(long, value_name = "FILE", required = true)]
    pub truth: Vec<PathBuf>,
    /// A device was killed and not started again: the stream may have what the truth does not tell, if all other hops
    /// have it too.
    #[arg(long)]
    pub killed: bool,
    /// How many seconds to wait for what is missing, if nothing arrives.
    #[arg(long, default_value = "0", value_parser = seconds)]
    pub patience: Duration,
    /// Days after which the history forgets a reading.
    #[arg(long, default_value = "30", value_parser = positive)]
    pub history_days: usize,
}

fn seconds(text: &str) -> Result<Duration, String> {
    let whole = text.parse::<u32>();
    let seconds = whole.map_err(|_| "expected a whole number of seconds".to_owned())?;
    Ok(Duration::from_secs(u64::from(seconds)))
}

fn positive(text: &str) -> Result<usize, String> {
    let number = text.parse::<u32>().ok().filter(|number| *number > 0);
    number
        .map(|number| number as usize)
        .ok_or_else(|| "expected a whole number, at least 1".to_owned())
}

fn devices(text: &str) -> Result<usize, String> {
    let devices = text
        .parse()
        .ok()
        .filter(|devices| (1..=DEVICES).contains(devices));
    devices.ok_or_else(|| format!("expected a whole number from 1 to {DEVICES}"))
}

fn faults(text: &str) -> Result<String, String> {
    if !["all", "none"].contains(&text) {
        for kind in text.split(',') {
            kind.parse::<FaultKind>()?;
        }
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Arguments, clap::Error> {
        Arguments::try_parse_from(line.split(' '))
    }

    #[test]
    fn every_command_is_understood() {
        for line in [
            "x demo",
            "x demo --devices 3 --readings 9 --seed 1 --faults late,garbage --via mqtt --patience 9 --truth t --stay",
            "x demo --input a.csv",
            "x demo --input a.csv --device d --sensor s --site x --measure level --fahrenheit --until-now",
            "x audit --truth a --truth b --killed --patience 9 --history-days 7",
        ] {
            assert!(parse(line).is_ok(), "{line}: {:?}", parse(line));
        }
    }

    #[test]
    fn what_contradicts_itself_is_an_error_that_names_the_argument() {
        for (line, named) in [
            ("x audit", "--truth"),
            ("x audit --truth a --patience soon", "--patience"),
            ("x audit --truth a --history-days 0", "--history-days"),
            ("x demo --devices 0", "--devices"),
            ("x demo --devices 10001", "--devices"),
            ("x demo --readings 0", "--readings"),
            ("x demo --faults fire", "--faults"),
            ("x demo --via pigeon", "--via"),
            ("x demo --fahrenheit", "--input"),
            ("x demo --input a.csv --devices 3", "--devices"),
            ("x demo --input a.csv --faults all", "--faults"),
            ("x demo --input a.csv --device a/b", "--device"),
            ("x demo --input a.csv --measure warmth", "--measure"),
        ] {
            let error = parse(line).expect_err(line);
            assert_eq!(error.exit_code(), 2, "{line}");
            assert!(error.to_string().contains(named), "{line}: {error}");
        }
    }
}
