//! The command `device`, run as a process of its own.

use std::ffi::OsString;
use std::io;
use std::path::Path;
use std::process::{ExitStatus, Output, Stdio};

use tokio::process::{Child, Command};

use crate::arguments::{Fleet, Replay};
use crate::config::Broker;

/// Where readings are sent to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// A stream.
    Stream(String),
    /// A broker of MQTT.
    Broker(Broker),
}

/// The fleet did not do what it was asked for.
#[derive(Debug, thiserror::Error)]
pub enum FleetError {
    /// It cannot be run.
    #[error("device: {0}")]
    Process(#[from] io::Error),
    /// It ended with an error.
    #[error("device ended with {status}: {said}")]
    Ended {
        /// With what.
        status: ExitStatus,
        /// The last that it said.
        said: String,
    },
}

impl FleetError {
    /// Whether what was given to it cannot be used.
    pub fn is_usage(&self) -> bool {
        matches!(self, Self::Ended { status, .. } if status.code() == Some(2))
    }
}

/// What `device` is told.
pub fn arguments(fleet: &Fleet, replay: &Replay, to: &Destination, truth: &Path) -> Vec<OsString> {
    let mut arguments: Vec<OsString> = Vec::new();
    let mut add = |words: &[&dyn AsRef<std::ffi::OsStr>]| {
        arguments.extend(words.iter().map(|word| word.as_ref().to_owned()));
    };
    match &replay.input {
        Some(input) => {
            add(&[&"replay", &"--input", input]);
            add(&[
                &"--device",
                &replay.device.as_str(),
                &"--sensor",
                &replay.sensor.as_str(),
            ]);
            add(&[
                &"--site",
                &replay.site.as_str(),
                &"--measure",
                &replay.measure.as_str(),
            ]);
            let flags = [
                (replay.fahrenheit, "--fahrenheit"),
                (replay.until_now, "--until-now"),
            ];
            for (_, flag) in flags.iter().filter(|(given, _)| *given) {
                add(&[flag]);
            }
        }
        None => {
            add(&[&"fleet", &"--devices", &fleet.devices.to_string()]);
            add(&[&"--readings", &fleet.readings.to_string()]);
            add(&[&"--seed", &fleet.seed.to_string(), &"--faults", &fleet.faults]);
        }
    }
    match to {
        Destination::Stream(stream) => add(&[&"--stream", stream]),
        Destination::Broker(broker) => {
            add(&[&"--mqtt", &broker.endpoint, &"--ca", &broker.ca]);
            add(&[&"--certificate", &broker.certificate, &"--key", &broker.key]);
        }
    }
    add(&[&"--truth", &truth]);
    arguments
}

/// The command at work. It is killed when this is dropped.
#[derive(Debug)]
pub struct Device {
    child: Child,
}

impl Device {
    /// Starts it in a process group of its own: Ctrl-C reaches whoever runs it, and ends it from there.
    ///
    /// # Errors
    /// It does not start.
    pub fn start(program: &Path, arguments: &[OsString]) -> Result<Self, FleetError> {
        let mut command = Command::new(program);
        command
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true);
        let child = command
            .spawn()
            .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", program.display())))?;
        Ok(Self { child })
    }

    /// Whether it has ended.
    ///
    /// # Errors
    /// The system does not tell.
    pub fn has_ended(&mut self) -> Result<bool, FleetError> {
        Ok(self.child.try_wait()?.is_some())
    }

    /// The last that it said, once it has ended.
    ///
    /// # Errors
    /// It ended with an error.
    pub async fn ended(self) -> Result<String, FleetError> {
        let Output {
            status,
            stdout,
            stderr,
        } = self.child.wait_with_output().await?;
        match status.success() {
            true => Ok(last_line(&stdout)),
            false => {
                let said = last_line(&stderr);
                Err(FleetError::Ended { status, said })
            }
        }
    }
}

fn last_line(said: &[u8]) -> String {
    String::from_utf8_lossy(said)
        .lines()
        .last()
        .unwrap_or_default()
        .to_owned()
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::arguments::{Arguments, Command as Asked};

    fn told(line: &str, to: &Destination) -> String {
        let Asked::Demo(demo) = Arguments::try_parse_from(line.split(' ')).unwrap().command else {
            panic!("{line}");
        };
        let arguments = arguments(&demo.fleet, &demo.replay, to, "t.jsonl".as_ref());
        let words: Vec<_> = arguments.iter().map(|word| word.to_str().unwrap()).collect();
        // What we tell, it understands.
        let all = std::iter::once("device").chain(words.iter().copied());
        device::arguments::Arguments::try_parse_from(all).unwrap();
        words.join(" ")
    }

    #[test]
    fn a_fleet_is_told_how_large_it_is_and_where_it_sends() {
        assert_eq!(
            told("x demo --devices 3", &Destination::Stream("telemetry".to_owned())),
            "fleet --devices 3 --readings 5000 --seed 7 --faults all --stream telemetry --truth t.jsonl"
        );
    }

    #[test]
    fn a_file_is_sent_by_the_broker() {
        let broker = Broker {
            endpoint: "localhost:8883".to_owned(),
            ca: "ca.pem".into(),
            certificate: "c.pem".into(),
            key: "k.pem".into(),
        };
        assert_eq!(
            told("x demo --input a.csv --fahrenheit", &Destination::Broker(broker)),
            "replay --input a.csv --device d-replay --sensor temperature-1 --site hamburg --measure temperature \
             --fahrenheit --mqtt localhost:8883 --ca ca.pem --certificate c.pem --key k.pem --truth t.jsonl"
        );
    }

    fn shell(script: &str) -> Device {
        Device::start("/bin/sh".as_ref(), &["-c".into(), script.into()]).unwrap()
    }

    #[tokio::test]
    async fn the_last_line_is_what_it_said() {
        assert_eq!(shell("echo a; echo b").ended().await.unwrap(), "b");
        let error = shell("echo a; echo why >&2; exit 2").ended().await.unwrap_err();
        assert_eq!(error.to_string(), "device ended with exit status: 2: why");
        assert!(error.is_usage());
        assert!(!shell("exit 1").ended().await.unwrap_err().is_usage());
    }

    #[tokio::test]
    async fn it_ends_with_us() {
        let mut device = shell("echo $$; exec sleep 600");
        assert!(!device.has_ended().unwrap());
        let id = device.child.id().unwrap();
        drop(device);
        let mut running = true;
        while running {
            // The runtime reaps what was killed.
            tokio::task::yield_now().await;
            running = Path::new(&format!("/proc/{id}/exe")).exists();
        }
    }

    #[test]
    fn a_command_that_is_not_there_is_named() {
        let error = Device::start("no/such/device".as_ref(), &[])
            .unwrap_err()
            .to_string();
        assert!(error.starts_with("device: no/such/device: "), "{error}");
    }
}
