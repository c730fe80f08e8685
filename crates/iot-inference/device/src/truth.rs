//! The truth file: what was really sent, and what was made wrong on purpose. JSON Lines.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use sha2::{Digest, Sha256};

use crate::entry::Entry;
use crate::fleet::Fault;

/// One line.
#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Line {
    /// A reading that was acknowledged. After a restart, or by a fault, it may be there again.
    Reading {
        /// What tells a repeat from another reading.
        reading_id: String,
        /// Whose it is.
        device_id: String,
        /// Of which sensor.
        sensor_id: String,
        /// With six digits after the point.
        measured_at: String,
        /// The sensor's count.
        sequence: u64,
        /// The value, digit for digit.
        value: Box<RawValue>,
    },
    /// A payload that is no reading, and was acknowledged.
    Garbage {
        /// Whose it is.
        device_id: String,
        /// The SHA-256 of its bytes, in hex.
        sha256: String,
    },
    /// What was made wrong, told before the first reading that it touches is sent.
    Fault(Fault),
}

impl Line {
    fn of(entry: &Entry) -> Self {
        let garbage = || Self::Garbage {
            device_id: entry.device_id().to_owned(),
            sha256: hex(&Sha256::digest(entry.payload())),
        };
        let Ok(reading) = telemetry::parse(entry.payload()) else {
            return garbage();
        };
        let Ok(value) = RawValue::from_string(reading.value().as_str().to_owned()) else {
            return garbage();
        };
        Self::Reading {
            reading_id: reading.reading_id(),
            device_id: reading.device_id().to_owned(),
            sensor_id: reading.sensor_id().to_owned(),
            measured_at: reading.measured_at().fixed_width(),
            sequence: reading.sequence(),
            value,
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The truth cannot be written.
#[derive(Debug, thiserror::Error)]
#[error("{}: {reason}", file.display())]
pub struct TruthError {
    file: PathBuf,
    reason: std::io::Error,
}

/// A file of the truth. What it was told is on the medium when it returns.
#[derive(Debug)]
pub struct Truth {
    path: PathBuf,
    file: File,
}

impl Truth {
    /// Opens a file, or makes it. A line that a kill has cut off is taken away: its entry was not acknowledged, and will
    /// be sent and told again.
    ///
    /// # Errors
    /// The file cannot be opened, read or written.
    pub fn open(path: &Path) -> Result<Self, TruthError> {
        let opened = open_whole_lines(path);
        opened
            .map(|file| Self {
                path: path.to_owned(),
                file,
            })
            .map_err(|reason| TruthError {
                file: path.to_owned(),
                reason,
            })
    }

    /// Tells which entries were acknowledged. To be called before the store forgets them.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn sent<'e>(&mut self, entries: impl Iterator<Item = &'e Entry>) -> Result<(), TruthError> {
        self.write(entries.map(Line::of))
    }

    /// Tells what is made wrong.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn faults(&mut self, faults: &[Fault]) -> Result<(), TruthError> {
        self.write(faults.iter().cloned().map(Line::Fault))
    }

    fn write(&mut self, lines: impl Iterator<Item = Line>) -> Result<(), TruthError> {
        let mut text = String::new();
        let failed = |reason| TruthError {
            file: self.path.clone(),
            reason,
        };
        for line in lines {
            let line = to_raw_value(&line).map_err(|error| failed(error.into()))?;
            text.push_str(line.get());
            text.push('\n');
        }
        if text.is_empty() {
            return Ok(());
        }
        let written = self.file.write_all(text.as_bytes());
        written.and_then(|()| self.file.sync_data()).map_err(failed)
    }
}

fn open_whole_lines(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    let mut file = options
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)?;
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    let whole = bytes
        .iter()
        .rposition(|byte| *byte == b'\n')
        .map_or(0, |place| place + 1);
    file.set_len(whole as u64)?;
    file.seek(SeekFrom::End(0))?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_was_cut_off_is_taken_away() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("truth.jsonl");
        let entry = Entry::new(&"d-1".parse().unwrap(), &"x".parse().unwrap(), "no reading");
        Truth::open(&path).unwrap().sent([&entry].into_iter()).unwrap();
        let whole = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, format!("{whole}{}", &whole[..30])).unwrap();
        Truth::open(&path).unwrap().sent([&entry].into_iter()).unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), format!("{whole}{whole}"));
        let hash = "612a3d5f7e4b0e994cbae290f770cd62b6bb2b989f892b8fdb86ecee96921c45";
        let expected = format!("{{\"kind\":\"garbage\",\"deviceId\":\"d-1\",\"sha256\":\"{hash}\"}}\n");
        assert_eq!(whole, expected);
    }

    #[test]
    fn a_reading_and_a_fault_are_told_as_the_readme_says() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("truth.jsonl");
        let json = r#"{"schemaVersion":1,"readingId":"d-1/l-1/7","deviceId":"d-1","sensorId":"l-1","site":"x","measure":"level","unit":"%","value":21.50,"quality":"good","measuredAt":"2026-11-25T01:02:03.123Z","sequence":7}"#;
        let fault = Fault {
            kind: crate::fleet::FaultKind::ClockSkew,
            device_id: "d-1".to_owned(),
            sensor_id: "l-1".to_owned(),
            first_sequence: 7,
            from: "a".to_owned(),
            until: "b".to_owned(),
        };
        let mut truth = Truth::open(&path).unwrap();
        truth.faults(&[fault]).unwrap();
        let entry = Entry::new(&"d-1".parse().unwrap(), &"x".parse().unwrap(), json);
        truth.sent([&entry].into_iter()).unwrap();
        let expected = [
            r#"{"kind":"fault","fault":"clock-skew","deviceId":"d-1","sensorId":"l-1","firstSequence":7,"from":"a","until":"b"}"#,
            r#"{"kind":"reading","readingId":"d-1/l-1/7","deviceId":"d-1","sensorId":"l-1","measuredAt":"2026-11-25T01:02:03.123000Z","sequence":7,"value":21.50}"#,
        ];
        let told = std::fs::read_to_string(&path).unwrap();
        assert_eq!(told.lines().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn a_file_that_cannot_be_opened_is_named() {
        let error = Truth::open(Path::new("no/such/truth.jsonl")).unwrap_err();
        assert!(error.to_string().starts_with("no/such/truth.jsonl: "), "{error}");
    }
}
