//! A file of measured values, as readings of one sensor.

use std::collections::HashMap;
use std::io::Read;
use std::path::Path;

use csv::{ReaderBuilder, StringRecord};
use telemetry::{MeasuredAt, Quality, Reading, Sensor, Value};

/// A file that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InputError {
    /// It cannot be read.
    #[error("{file}: {reason}")]
    Unreadable {
        /// The file.
        file: String,
        /// Why.
        reason: String,
    },
    /// A line is no reading, or the header no header.
    #[error("{file}, line {line}{}: {fault}", of_field(*.field))]
    Line {
        /// The file.
        file: String,
        /// The line, from 1; the header is line 1.
        line: u64,
        /// The column, where it is one column's fault.
        field: Option<&'static str>,
        /// What is wrong.
        fault: String,
    },
    /// It has no line besides the header.
    #[error("{file}: no line holds a value")]
    Empty {
        /// The file.
        file: String,
    },
}

fn of_field(field: Option<&'static str>) -> String {
    field.map_or_else(String::new, |field| format!(", field {field}"))
}

/// How a file becomes readings.
#[derive(Debug, Clone)]
pub struct Replay {
    /// Whose they are.
    pub sensor: Sensor,
    /// The number of the first.
    pub first_sequence: u64,
    /// Whether the values are degrees Fahrenheit.
    pub fahrenheit: bool,
    /// When the last is measured, in microseconds since 1970; absent, when the file says.
    pub last_at: Option<i64>,
}

const TIMESTAMP: &str = "timestamp";
const VALUE: &str = "value";

/// Reads a file with the columns `timestamp` and `value`.
///
/// # Errors
/// Names the file, and the line and its field.
pub fn read(path: &Path, replay: &Replay) -> Result<Vec<Reading>, InputError> {
    let file = path.display().to_string();
    let opened = std::fs::File::open(path).map_err(|error| InputError::Unreadable {
        file: file.clone(),
        reason: error.to_string(),
    })?;
    parse(&file, opened, replay)
}

/// Reads readings. `file` is what errors call it.
///
/// # Errors
/// Names the line and its field.
pub fn parse(file: &str, csv: impl Read, replay: &Replay) -> Result<Vec<Reading>, InputError> {
    let mut reader = ReaderBuilder::new().flexible(true).from_reader(csv);
    let header = reader.headers().map_err(|error| unreadable(file, &error))?;
    let at_line = |line: u64, (field, fault): Fault| InputError::Line {
        file: file.to_owned(),
        line,
        field,
        fault,
    };
    let columns = Columns::of(header).map_err(|fault| at_line(1, (None, fault)))?;
    let mut rows = Vec::new();
    for row in reader.into_records() {
        let row = row.map_err(|error| unreadable(file, &error))?;
        let line = row.position().map_or(0, csv::Position::line);
        let parsed = columns.row(&row, replay).map_err(|fault| at_line(line, fault))?;
        rows.push((line, parsed));
    }
    let Some((_, (last, _))) = rows.last() else {
        return Err(InputError::Empty {
            file: file.to_owned(),
        });
    };
    let shift = replay.last_at.map_or(0, |last_at| last_at - last.unix_micros());
    let readings = rows.into_iter().zip(replay.first_sequence..);
    readings
        .map(|((line, row), sequence)| {
            reading(row, sequence, shift, &replay.sensor).map_err(|fault| at_line(line, fault))
        })
        .collect()
}

/// The field and what is wrong with it.
type Fault = (Option<&'static str>, String);

fn reading(
    (at, value): (MeasuredAt, Value),
    sequence: u64,
    shift: i64,
    sensor: &Sensor,
) -> Result<Reading, Fault> {
    let of =
        |field: &'static str| move |invalid: telemetry::Invalid| (Some(field), invalid.rule().to_owned());
    let at = MeasuredAt::from_unix_micros(at.unix_micros() + shift).map_err(of(TIMESTAMP))?;
    Reading::new(sensor.clone(), sequence, value, Quality::Good, at).map_err(of(VALUE))
}

fn unreadable(file: &str, error: &csv::Error) -> InputError {
    let fault = match error.kind() {
        csv::ErrorKind::Utf8 { .. } => "not UTF-8".to_owned(),
        csv::ErrorKind::Io(error) => {
            let (file, reason) = (file.to_owned(), error.to_string());
            return InputError::Unreadable { file, reason };
        }
        _ => error.to_string(),
    };
    InputError::Line {
        file: file.to_owned(),
        line: error.position().map_or(0, csv::Position::line),
        field: None,
        fault,
    }
}

/// Where the columns stand.
struct Columns {
    timestamp: usize,
    value: usize,
    count: usize,
}

impl Columns {
    fn of(header: &StringRecord) -> Result<Self, String> {
        let mut places = HashMap::new();
        for (place, name) in header.iter().enumerate() {
            let name = name.trim_start_matches('\u{feff}').trim();
            if name != TIMESTAMP && name != VALUE {
                return Err(format!("unknown column {name:?}, expected timestamp and value"));
            }
            if places.insert(name.to_owned(), place).is_some() {
                return Err(format!("column {name} is there twice"));
            }
        }
        let place = |name: &str| {
            places
                .get(name)
                .copied()
                .ok_or_else(|| format!("column {name} is missing"))
        };
        Ok(Self {
            timestamp: place(TIMESTAMP)?,
            value: place(VALUE)?,
            count: header.len(),
        })
    }

    fn row(&self, row: &StringRecord, replay: &Replay) -> Result<(MeasuredAt, Value), Fault> {
        if row.len() != self.count {
            return Err((None, format!("{} fields, expected {}", row.len(), self.count)));
        }
        let field = |place: usize| row.get(place).unwrap_or_default().trim();
        let at = timestamp(field(self.timestamp)).ok_or_else(|| {
            let expected = "expected a time such as 2013-07-04 00:00:00 or 2013-07-04T00:00:00.5Z, in UTC";
            (Some(TIMESTAMP), expected.to_owned())
        })?;
        let value: Value = field(self.value)
            .parse()
            .map_err(|invalid: telemetry::Invalid| (Some(VALUE), invalid.rule().to_owned()))?;
        Ok((at, if replay.fahrenheit { celsius(value) } else { value }))
    }
}

/// NAB writes a space and no zone; its times count as UTC.
fn timestamp(text: &str) -> Option<MeasuredAt> {
    let text = match text.strip_suffix('Z') {
        Some(_) => text.to_owned(),
        None => format!("{}Z", text.replacen(' ', "T", 1)),
    };
    text.parse().ok()
}

/// To four digits after the point.
fn celsius(value: Value) -> Value {
    let converted = format!("{:.4}", (value.to_f64() - 32.0) / 1.8);
    // A finite number in plain digits is a value, unless it has too many of them; then it is out of range as it is.
    converted.parse().unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use telemetry::Measure;

    use super::*;

    fn replay() -> Replay {
        Replay {
            sensor: Sensor {
                device_id: "d-1".parse().unwrap(),
                sensor_id: "temperature-1".parse().unwrap(),
                site: "hamburg".parse().unwrap(),
                measure: Measure::Temperature,
            },
            first_sequence: 3,
            fahrenheit: false,
            last_at: None,
        }
    }

    fn error(csv: &str) -> String {
        parse("room.csv", csv.as_bytes(), &replay())
            .unwrap_err()
            .to_string()
    }

    #[test]
    fn a_line_is_a_reading_with_its_digits() {
        let csv = "timestamp,value\n2013-07-04 00:00:00,69.88083514\n2013-07-04T01:00:00.5Z,-1.50\n";
        let readings = parse("room.csv", csv.as_bytes(), &replay()).unwrap();
        let seen: Vec<_> = readings
            .iter()
            .map(|reading| {
                (
                    reading.sequence(),
                    reading.measured_at().to_string(),
                    reading.value().to_string(),
                )
            })
            .collect();
        let expected = [
            (3, "2013-07-04T00:00:00.000Z", "69.88083514"),
            (4, "2013-07-04T01:00:00.500Z", "-1.50"),
        ];
        assert_eq!(
            seen,
            expected.map(|(sequence, at, value)| (sequence, at.to_owned(), value.to_owned()))
        );
    }

    #[test]
    fn columns_stand_in_any_order_and_the_last_reading_may_be_moved() {
        let moved = Replay {
            fahrenheit: true,
            last_at: Some(7_200_000_000),
            ..replay()
        };
        let csv = "value,timestamp\n212,2013-07-04 00:00:00\n32,2013-07-04 01:00:00\n";
        let readings = parse("room.csv", csv.as_bytes(), &moved).unwrap();
        assert_eq!(readings[0].measured_at().to_string(), "1970-01-01T01:00:00.000Z");
        assert_eq!(readings[1].measured_at().to_string(), "1970-01-01T02:00:00.000Z");
        assert_eq!(readings[0].value().as_str(), "100.0000");
        assert_eq!(readings[1].value().as_str(), "0.0000");
    }

    #[test]
    fn what_is_wrong_is_named_with_line_and_field() {
        let time = "expected a time such as 2013-07-04 00:00:00 or 2013-07-04T00:00:00.5Z, in UTC";
        let good = "2013-07-04 00:00:00,1";
        let cases = [
            (
                "time,value\n".to_owned(),
                ", line 1: unknown column \"time\", expected timestamp and value".to_owned(),
            ),
            (
                "timestamp\n".to_owned(),
                ", line 1: column value is missing".to_owned(),
            ),
            (
                "value,value,timestamp\n".to_owned(),
                ", line 1: column value is there twice".to_owned(),
            ),
            (
                "timestamp,value\n".to_owned(),
                ": no line holds a value".to_owned(),
            ),
            (
                format!("timestamp,value\n{good}\n4.7.2013,1\n"),
                format!(", line 3, field timestamp: {time}"),
            ),
            (
                format!("timestamp,value\n{good}\n{good},2\n"),
                ", line 3: 3 fields, expected 2".to_owned(),
            ),
            (
                "timestamp,value\n2013-07-04 00:00:00,warm\n".to_owned(),
                ", line 2, field value: expected a number".to_owned(),
            ),
            (
                format!("timestamp,value\n{good}\n2013-07-04 01:00:00,9000\n"),
                ", line 3, field value: temperature is expected from -273.15 to 2320 Cel".to_owned(),
            ),
        ];
        for (csv, expected) in cases {
            assert_eq!(error(&csv), format!("room.csv{expected}"));
        }
        let bytes: &[u8] = b"timestamp,value\n2013-07-04 00:00:00,\xff\n";
        let not_text = parse("room.csv", bytes, &replay()).unwrap_err();
        assert_eq!(not_text.to_string(), "room.csv, line 2: not UTF-8");
        let missing = read(Path::new("no/such/room.csv"), &replay()).unwrap_err();
        assert!(missing.to_string().starts_with("no/such/room.csv: "));
    }
}
