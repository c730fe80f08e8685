//! The truth file of `device`: what was really sent, and what was made wrong on purpose.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{ErrorKind, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use device::fleet::Fault;
use serde::Deserialize;
use serde_json::value::RawValue;
use telemetry::{MeasuredAt, Value, Version};

/// A sensor: device and sensor on it.
pub type SensorKey = (String, String);

/// What makes one reading another one than the next.
#[derive(Debug, Clone, PartialEq)]
pub struct SentReading {
    /// Of which sensor.
    pub sensor: SensorKey,
    /// When it was measured, and its number.
    pub version: Version,
    /// What was measured, digit for digit.
    pub value: Value,
}

impl SentReading {
    /// What tells a repeat from another reading.
    pub fn reading_id(&self) -> String {
        let (device, sensor) = &self.sensor;
        format!("{device}/{sensor}/{}", self.version.sequence)
    }
}

impl From<&telemetry::Reading> for SentReading {
    fn from(reading: &telemetry::Reading) -> Self {
        Self {
            sensor: (reading.device_id().to_owned(), reading.sensor_id().to_owned()),
            version: reading.version(),
            value: reading.value().clone(),
        }
    }
}

/// Something that was acknowledged, and how often.
#[derive(Debug, Clone, PartialEq)]
pub struct Acknowledged<T> {
    /// What.
    pub what: T,
    /// How often: by a fault, or after a kill, more than once.
    pub times: usize,
}

/// What was sent.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Truth {
    readings: BTreeMap<String, Acknowledged<SentReading>>,
    garbage: BTreeMap<String, usize>,
    faults: BTreeMap<(&'static str, SensorKey, u64), Fault>,
}

/// The truth cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum TruthError {
    /// The file cannot be read.
    #[error("{}: {reason}", file.display())]
    Unreadable {
        /// Which.
        file: PathBuf,
        /// Why.
        reason: std::io::Error,
    },
    /// A line is not what `device` writes.
    #[error("{}: line {line}: {reason}", file.display())]
    Line {
        /// Of which file.
        file: PathBuf,
        /// Counted from 1.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
}

impl Truth {
    /// Reads files of several runs, or of one. What a kill has cut off at the end of a file does not count: it is told
    /// again by the next run.
    ///
    /// # Errors
    /// A file cannot be read, or a line is not what `device` writes.
    pub fn read<P: AsRef<Path>>(files: impl IntoIterator<Item = P>) -> Result<Self, TruthError> {
        let mut truth = Self::default();
        for file in files {
            let mut file = TruthFile::new(file.as_ref());
            let opened = File::open(&file.path).map_err(|error| file.unreadable(error))?;
            file.take_new(opened, &mut truth)?;
        }
        Ok(truth)
    }

    /// Takes one line in.
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub fn add(&mut self, line: &str) -> Result<(), String> {
        let Kind { kind } = parse(line)?;
        match kind.as_str() {
            "reading" => self.add_reading(&parse(line)?),
            "garbage" => self.add_garbage(parse(line)?),
            "fault" => {
                let fault: Fault = parse(line)?;
                let sensor = (fault.device_id.clone(), fault.sensor_id.clone());
                self.faults
                    .insert((fault.kind.as_str(), sensor, fault.first_sequence), fault);
                Ok(())
            }
            _ => Err("field kind: expected reading, garbage or fault".to_owned()),
        }
    }

    fn add_reading(&mut self, line: &ReadingLine<'_>) -> Result<(), String> {
        let measured_at: MeasuredAt = line.measured_at.parse().map_err(|error| format!("{error}"))?;
        let reading = SentReading {
            sensor: (line.device_id.clone(), line.sensor_id.clone()),
            version: Version {
                measured_at,
                sequence: line.sequence,
            },
            value: line.value.get().parse().map_err(|error| format!("{error}"))?,
        };
        if reading.reading_id() != line.reading_id {
            return Err("field readingId: expected deviceId/sensorId/sequence".to_owned());
        }
        let acknowledged = Acknowledged {
            what: reading.clone(),
            times: 0,
        };
        let known = self
            .readings
            .entry(line.reading_id.clone())
            .or_insert(acknowledged);
        if known.what != reading {
            let id = &line.reading_id;
            return Err(format!(
                "the reading {id} was another one before: do the files belong together?"
            ));
        }
        known.times += 1;
        Ok(())
    }

    fn add_garbage(&mut self, GarbageLine { sha256 }: GarbageLine) -> Result<(), String> {
        if sha256.len() != 64
            || !sha256
                .bytes()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
        {
            return Err("field sha256: expected 64 hexadecimal digits".to_owned());
        }
        *self.garbage.entry(sha256).or_default() += 1;
        Ok(())
    }

    /// The readings that were acknowledged, by their ids.
    pub fn readings(&self) -> &BTreeMap<String, Acknowledged<SentReading>> {
        &self.readings
    }

    /// The payloads that are no readings: how often each was acknowledged, by SHA-256 in hex.
    pub fn garbage(&self) -> &BTreeMap<String, usize> {
        &self.garbage
    }

    /// What was made wrong on purpose.
    pub fn faults(&self) -> impl Iterator<Item = &Fault> {
        self.faults.values()
    }
}

/// A truth file that is being written.
#[derive(Debug)]
pub struct TruthFile {
    path: PathBuf,
    bytes: u64,
    lines: usize,
}

impl TruthFile {
    /// The file at `path`, which need not be there yet.
    pub fn new(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            bytes: 0,
            lines: 0,
        }
    }

    /// Takes the whole lines that have come since the last time into `truth`.
    ///
    /// # Errors
    /// The file cannot be read, or a line is not what `device` writes.
    pub fn follow(&mut self, truth: &mut Truth) -> Result<(), TruthError> {
        match File::open(&self.path) {
            Ok(file) => self.take_new(file, truth),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
            Err(error) => Err(self.unreadable(error)),
        }
    }

    fn take_new(&mut self, mut file: File, truth: &mut Truth) -> Result<(), TruthError> {
        let mut new = Vec::new();
        let read = file.seek(SeekFrom::Start(self.bytes));
        read.and_then(|_| file.read_to_end(&mut new))
            .map_err(|error| self.unreadable(error))?;
        let whole = new
            .iter()
            .rposition(|byte| *byte == b'\n')
            .map_or(0, |place| place + 1);
        for line in new[..whole].split_inclusive(|byte| *byte == b'\n') {
            self.lines += 1;
            let text = std::str::from_utf8(line).map_err(|_| "no text".to_owned());
            text.and_then(|text| truth.add(text.trim_end()))
                .map_err(|reason| TruthError::Line {
                    file: self.path.clone(),
                    line: self.lines,
                    reason,
                })?;
        }
        self.bytes += whole as u64;
        Ok(())
    }

    fn unreadable(&self, reason: std::io::Error) -> TruthError {
        TruthError::Unreadable {
            file: self.path.clone(),
            reason,
        }
    }
}

#[derive(Deserialize)]
struct Kind {
    kind: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ReadingLine<'a> {
    reading_id: String,
    device_id: String,
    sensor_id: String,
    measured_at: String,
    sequence: u64,
    #[serde(borrow)]
    value: &'a RawValue,
}

#[derive(Deserialize)]
struct GarbageLine {
    sha256: String,
}

fn parse<'a, T: Deserialize<'a>>(line: &'a str) -> Result<T, String> {
    serde_json::from_str(line).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    const READING: &str = r#"{"kind":"reading","readingId":"d-1/t/7","deviceId":"d-1","sensorId":"t","measuredAt":"2026-11-25T01:02:03.100000Z","sequence":7,"value":21.50}"#;
    const FAULT: &str = r#"{"kind":"fault","fault":"clock-skew","deviceId":"d-1","sensorId":"t","firstSequence":7,"from":"a","until":"b"}"#;

    fn garbage() -> String {
        format!(
            r#"{{"kind":"garbage","deviceId":"d-1","sha256":"{}"}}"#,
            "0a".repeat(32)
        )
    }

    #[test]
    fn repeats_are_counted_and_the_digits_stay() {
        let mut truth = Truth::default();
        for line in [READING, READING, FAULT, FAULT, &garbage()] {
            truth.add(line).unwrap();
        }
        let reading = &truth.readings()["d-1/t/7"];
        assert_eq!((reading.times, reading.what.value.as_str()), (2, "21.50"));
        assert_eq!(truth.garbage()[&"0a".repeat(32)], 1);
        assert_eq!(truth.faults().count(), 1);
    }

    #[test]
    fn what_device_writes_is_understood() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("truth.jsonl");
        let mut written = device::truth::Truth::open(&path).unwrap();
        let json = crate::fixtures::json("d-1", 3, "21.50");
        let entry = |payload: &[u8]| {
            device::entry::Entry::new(
                &"d-1".parse().unwrap(),
                &"hamburg".parse().unwrap(),
                payload.to_vec(),
            )
        };
        let entries = [entry(&json), entry(b"no reading")];
        written.sent(entries.iter()).unwrap();
        let truth = Truth::read([&path]).unwrap();
        let reading = telemetry::parse(&json).unwrap();
        assert_eq!(
            truth.readings()[&reading.reading_id()].what,
            SentReading::from(&reading)
        );
        assert_eq!(
            truth.garbage().keys().next(),
            Some(&crate::letter::sha256(b"no reading"))
        );
    }

    #[test]
    fn a_file_is_followed_by_whole_lines() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("truth.jsonl");
        let (mut file, mut truth) = (TruthFile::new(&path), Truth::default());
        file.follow(&mut truth).unwrap();
        let mut written = File::create(&path).unwrap();
        let (first, second) = READING.split_at(40);
        written.write_all(first.as_bytes()).unwrap();
        file.follow(&mut truth).unwrap();
        assert!(truth.readings().is_empty());
        writeln!(written, "{second}").unwrap();
        file.follow(&mut truth).unwrap();
        file.follow(&mut truth).unwrap();
        assert_eq!(truth.readings()["d-1/t/7"].times, 1);
        writeln!(written, "{{").unwrap();
        let error = file.follow(&mut truth).unwrap_err().to_string();
        assert!(error.contains("truth.jsonl: line 2: EOF"), "{error}");
    }

    #[test]
    fn a_wrong_line_is_told() {
        let cases = [
            ("{}".to_owned(), "missing field `kind`"),
            (
                READING.replace("reading\"", "writing\""),
                "field kind: expected reading, garbage or fault",
            ),
            (
                READING.replace("t/7", "t/8"),
                "field readingId: expected deviceId/sensorId/sequence",
            ),
            (READING.replace("T01", " 01"), "field measuredAt: expected a time"),
            (
                READING.replace("21.50", "\"x\""),
                "field value: expected a number",
            ),
            (
                READING.replace("\"sequence\":7", "\"sequence\":-7"),
                "invalid value: integer `-7`",
            ),
            (
                garbage().replace("0a0a", "0a"),
                "field sha256: expected 64 hexadecimal digits",
            ),
            (FAULT.replace("clock-skew", "fire"), "unknown variant `fire`"),
        ];
        for (line, expected) in cases {
            let error = Truth::default().add(&line).unwrap_err();
            assert!(error.starts_with(expected), "{line}: {error}");
        }
    }

    #[test]
    fn files_that_contradict_each_other_are_told() {
        let mut truth = Truth::default();
        truth.add(READING).unwrap();
        let error = truth.add(&READING.replace("21.50", "21.5")).unwrap_err();
        assert!(
            error.starts_with("the reading d-1/t/7 was another one before"),
            "{error}"
        );
    }

    #[test]
    fn a_file_that_is_not_there_is_named() {
        let error = Truth::read(["no/such/truth"]).unwrap_err().to_string();
        assert!(error.starts_with("no/such/truth: "), "{error}");
    }
}
