//! The command line.

use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgGroup, Args, Parser, Subcommand, ValueEnum};
use telemetry::{DeviceId, Measure, MeasuredAt, SensorId, Site};

use crate::fleet::{DEVICES, FaultKind};
use crate::mqtt::{Address, ClientId, PUBLISHES_PER_SECOND};

/// Characters of a provisioning template's name at most.
/// <https://docs.aws.amazon.com/iot/latest/apireference/API_CreateProvisioningTemplate.html>
const TEMPLATE_CHARACTERS: usize = 36;

const MQTT_RATE: NonZeroU32 = NonZeroU32::new(PUBLISHES_PER_SECOND).unwrap();

/// A simulated fleet of devices that stores, forwards and resumes without loss.
#[derive(Debug, Parser)]
#[command(name = "device", version)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Runs a fleet that sends its readings to the stream.
    #[command(group(ArgGroup::new("length").required(true).args(["seconds", "readings", "endless"])))]
    Fleet {
        /// The fleet.
        #[command(flatten)]
        made_up: MadeUp,
        /// For how long, in real time: every reading is measured now.
        #[arg(long, value_parser = seconds, conflicts_with = "start")]
        seconds: Option<Duration>,
        /// Until it is ended, in real time.
        #[arg(long, conflicts_with = "start")]
        endless: bool,
        /// How many readings, as fast as they are taken; they are measured up to about now.
        #[arg(long, value_parser = positive)]
        readings: Option<usize>,
        /// How it is sent.
        #[command(flatten)]
        sending: Sending,
    },
    /// Sends the values of a CSV file as readings of one sensor.
    Replay {
        /// The file, with the columns timestamp and value.
        #[arg(long)]
        input: PathBuf,
        /// The device.
        #[arg(long, default_value = "d-replay")]
        device: DeviceId,
        /// The sensor.
        #[arg(long, default_value = "temperature-1")]
        sensor: SensorId,
        /// Where the device stands.
        #[arg(long, default_value = "hamburg")]
        site: Site,
        /// What is measured.
        #[arg(long, default_value = "temperature")]
        measure: Measure,
        /// The values are degrees Fahrenheit, and become degrees Celsius.
        #[arg(long)]
        fahrenheit: bool,
        /// Moves all times by as much as makes the last one now.
        #[arg(long)]
        until_now: bool,
        /// How it is sent.
        #[command(flatten)]
        sending: Sending,
    },
    /// Gets a certificate for a device with the certificate of a claim.
    Provision(Provision),
    /// Writes what a fleet would send into a file, one payload a line.
    Generate {
        /// The fleet.
        #[command(flatten)]
        made_up: MadeUp,
        /// How many readings.
        #[arg(long, default_value = "1000", value_parser = positive)]
        readings: usize,
        /// The file.
        #[arg(long)]
        output: PathBuf,
        /// A file to tell what was written and what was made wrong, JSON Lines.
        #[arg(long)]
        truth: Option<PathBuf>,
    },
}

/// What a device asks for, and where it puts what it gets.
#[derive(Debug, Clone, Args)]
pub struct Provision {
    /// The broker.
    #[arg(long, value_name = "HOST:PORT")]
    pub mqtt: Address,
    /// Certificates that the broker's has to come from, in PEM.
    #[arg(long, value_name = "FILE")]
    pub ca: PathBuf,
    /// The claim's certificate, in PEM.
    #[arg(long, value_name = "FILE")]
    pub claim_certificate: PathBuf,
    /// The private key of the claim's certificate, in PEM.
    #[arg(long, value_name = "FILE")]
    pub claim_key: PathBuf,
    /// The provisioning template.
    #[arg(long, value_name = "NAME", value_parser = template)]
    pub template: String,
    /// What the template is given; any number of times.
    #[arg(long = "parameter", value_name = "NAME=VALUE", value_parser = parameter)]
    pub parameters: Vec<(String, String)>,
    /// What the connection is called. Absent, it has a name by chance.
    #[arg(long, value_name = "NAME")]
    pub client_id: Option<ClientId>,
    /// Where the device's certificate is put.
    #[arg(long, value_name = "FILE")]
    pub certificate: PathBuf,
    /// Where its private key is put.
    #[arg(long, value_name = "FILE")]
    pub key: PathBuf,
}

/// The fleet.
#[derive(Debug, Clone, Args)]
pub struct MadeUp {
    /// Devices, of two or three sensors each.
    #[arg(long, default_value = "100", value_parser = devices)]
    pub devices: usize,
    /// What everything follows from.
    #[arg(long, default_value_t = 7)]
    pub seed: u64,
    /// What goes wrong on purpose: all, none, or some of drift, spike, stuck, gap, late, duplicate, clock-skew and
    /// garbage with commas between.
    #[arg(long, default_value = "none", value_parser = faults)]
    pub faults: Faults,
    /// Seconds between two readings of a sensor.
    #[arg(long, default_value = "1", value_parser = seconds)]
    pub interval: Duration,
    /// When the first reading is measured, for example 2026-11-25T00:00:00Z.
    #[arg(long)]
    pub start: Option<MeasuredAt>,
}

/// Kinds of faults.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Faults(pub Vec<FaultKind>);

/// How it is sent.
#[derive(Debug, Clone, Args)]
pub struct Sending {
    /// The stream; absent, and without --mqtt, the one of the deployed stack.
    #[arg(long)]
    pub stream: Option<String>,
    /// A broker instead of the stream.
    #[command(flatten)]
    pub broker: Broker,
    /// A folder that keeps what is not acknowledged, over a kill too. Absent, it is kept in memory, and every sensor
    /// counts from 0.
    #[arg(long)]
    pub spool: Option<PathBuf>,
    /// Mebibytes that are kept at most.
    #[arg(long, default_value = "256", value_parser = positive)]
    pub spool_mebibytes: usize,
    /// What is dropped, and counted, when there is no room.
    #[arg(long, value_enum, default_value_t = Dropped::Oldest)]
    pub drop: Dropped,
    /// When what is kept is brought to the medium.
    #[arg(long, value_enum, default_value_t = Fsync::Always)]
    pub fsync: Fsync,
    /// A file to tell what was acknowledged and what was made wrong, JSON Lines.
    #[arg(long)]
    pub truth: Option<PathBuf>,
    /// How many seconds may pass without an acknowledgement before the command gives up.
    #[arg(long, default_value = "60", value_parser = seconds)]
    pub patience: Duration,
}

/// A broker.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "MQTT")]
pub struct Broker {
    /// Publishes to this broker, by QoS 1, with a certificate.
    #[arg(long, value_name = "HOST:PORT", conflicts_with = "stream", requires_all = ["ca", "certificate", "key"])]
    pub mqtt: Option<Address>,
    /// Certificates that the broker's has to come from, in PEM.
    #[arg(long, value_name = "FILE", requires = "mqtt")]
    pub ca: Option<PathBuf>,
    /// The client's certificate, in PEM.
    #[arg(long, value_name = "FILE", requires = "mqtt")]
    pub certificate: Option<PathBuf>,
    /// The private key of the certificate, in PEM.
    #[arg(long, value_name = "FILE", requires = "mqtt")]
    pub key: Option<PathBuf>,
    /// One connection under this name for all devices. Absent, each device has one under its own.
    #[arg(long, value_name = "NAME", requires = "mqtt")]
    pub client_id: Option<ClientId>,
    /// Publishes a second on one connection at most; IoT Core discards what is over 100.
    #[arg(long, value_name = "N", default_value_t = MQTT_RATE, value_parser = rate)]
    pub publishes_per_second: NonZeroU32,
}

/// What is dropped when there is no room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Dropped {
    /// The oldest.
    Oldest,
    /// What comes new.
    Newest,
}

/// When what is kept is brought to the medium.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Fsync {
    /// Before it is sent: a power cut loses nothing.
    Always,
    /// When the system likes to: a killed process loses nothing.
    Never,
}

fn seconds(text: &str) -> Result<Duration, String> {
    let whole = text.parse::<u32>().ok().filter(|seconds| *seconds > 0);
    let seconds = whole.ok_or("expected a whole number of seconds, at least 1")?;
    Ok(Duration::from_secs(u64::from(seconds)))
}

fn positive(text: &str) -> Result<usize, String> {
    let number = text.parse::<u32>().ok().filter(|number| *number > 0);
    number
        .map(|number| number as usize)
        .ok_or_else(|| "expected a whole number, at least 1".to_owned())
}

/// <https://docs.aws.amazon.com/iot/latest/apireference/API_CreateProvisioningTemplate.html>
fn template(text: &str) -> Result<String, String> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    if (1..=TEMPLATE_CHARACTERS).contains(&text.len()) && text.bytes().all(fits) {
        return Ok(text.to_owned());
    }
    Err(format!(
        "expected 1 to {TEMPLATE_CHARACTERS} letters, digits, _ and -"
    ))
}

fn parameter(text: &str) -> Result<(String, String), String> {
    let parts = text.split_once('=').filter(|(name, _)| !name.is_empty());
    let (name, value) = parts.ok_or("expected a name, =, and a value")?;
    Ok((name.to_owned(), value.to_owned()))
}

fn rate(text: &str) -> Result<NonZeroU32, String> {
    text.parse()
        .map_err(|_| "expected a whole number, at least 1".to_owned())
}

fn devices(text: &str) -> Result<usize, String> {
    let devices = text
        .parse()
        .ok()
        .filter(|devices| (1..=DEVICES).contains(devices));
    devices.ok_or_else(|| format!("expected a whole number from 1 to {DEVICES}"))
}

fn faults(text: &str) -> Result<Faults, String> {
    match text {
        "all" => Ok(Faults(FaultKind::ALL.to_vec())),
        "none" => Ok(Faults(Vec::new())),
        some => some
            .split(',')
            .map(str::parse)
            .collect::<Result<_, _>>()
            .map(Faults),
    }
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
            "x fleet --seconds 9",
            "x fleet --devices 10000 --readings 5 --seed 1 --faults all --truth t --spool s --stream n",
            "x fleet --readings 5 --faults drift,clock-skew --start 2026-11-25T00:00:00Z --interval 60",
            "x fleet --seconds 1 --spool-mebibytes 1 --drop newest --fsync never --patience 3",
            "x fleet --endless --mqtt localhost:8883 --ca a --certificate b --key c",
            "x fleet --readings 5 --mqtt h:443 --ca a --certificate b --key c --client-id core --publishes-per-second 9",
            "x replay --input a.csv --mqtt h:443 --ca a --certificate b --key c",
            "x provision --mqtt h:1 --ca a --claim-certificate b --claim-key c --template t --certificate d --key e",
            "x provision --mqtt h:1 --ca a --claim-certificate b --claim-key c --template t --certificate d --key e \
             --client-id x --parameter A=1 --parameter B=",
            "x replay --input a.csv",
            "x replay --input a.csv --device d-1 --sensor s --site x --measure level --until-now --fahrenheit",
            "x generate --output f --devices 3 --readings 9 --truth t",
        ] {
            assert!(parse(line).is_ok(), "{line}: {:?}", parse(line));
        }
    }

    #[test]
    fn what_contradicts_itself_is_an_error_that_names_the_argument() {
        let cases = [
            ("x fleet", "--seconds"),
            ("x fleet --seconds 1 --readings 1", "--readings"),
            ("x fleet --seconds 0", "--seconds"),
            ("x fleet --readings many", "--readings"),
            ("x fleet --devices 0 --readings 1", "--devices"),
            ("x fleet --devices 10001 --readings 1", "--devices"),
            ("x fleet --readings 1 --faults fire", "--faults"),
            ("x fleet --readings 1 --start now", "--start"),
            ("x fleet --seconds 1 --start 2026-11-25T00:00:00Z", "--start"),
            ("x fleet --readings 1 --drop all", "--drop"),
            ("x fleet --endless --readings 1", "--readings"),
            ("x fleet --endless --start 2026-11-25T00:00:00Z", "--start"),
            ("x fleet --readings 1 --mqtt localhost", "--mqtt"),
            ("x fleet --readings 1 --mqtt h:1 --ca a --certificate b", "--key"),
            ("x fleet --readings 1 --mqtt h:1 --ca a --key b", "--certificate"),
            ("x fleet --readings 1 --mqtt h:1 --certificate a --key b", "--ca"),
            ("x fleet --readings 1 --ca a", "--mqtt"),
            ("x fleet --readings 1 --client-id a", "--mqtt"),
            (
                "x fleet --readings 1 --mqtt h:1 --ca a --certificate b --key c --stream s",
                "--stream",
            ),
            (
                "x fleet --readings 1 --mqtt h:1 --ca a --certificate b --key c --client-id $a",
                "--client-id",
            ),
            (
                "x fleet --readings 1 --publishes-per-second 0",
                "--publishes-per-second",
            ),
            ("x replay", "--input"),
            ("x replay --input a --device a/b", "--device"),
            ("x replay --input a --measure warmth", "--measure"),
            ("x generate", "--output"),
            ("x provision --template a/b", "--template"),
            ("x provision --parameter =1", "--parameter"),
            ("x provision --parameter a", "--parameter"),
            (
                "x provision --mqtt h:1 --ca a --claim-certificate b --claim-key c --template t --key e",
                "--certificate",
            ),
        ];
        for (line, named) in cases {
            let error = parse(line).expect_err(line);
            assert_eq!(error.exit_code(), 2, "{line}");
            assert!(error.to_string().contains(named), "{line}: {error}");
        }
    }
}
