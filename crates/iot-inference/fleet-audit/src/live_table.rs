//! A handful of sensors as a table.

use telemetry::MeasuredAt;

use crate::stored_reading::StoredReading;

const HEADER: [&str; 7] = [
    "device",
    "sensor",
    "value",
    "unit",
    "quality",
    "measured at",
    "age",
];

/// The table of these sensors, by device and sensor. `now` is the clock of whoever looks.
///
/// ```
/// let table = fleet_audit::live_table::render(&[], "2026-11-25T01:02:03Z".parse().unwrap());
/// assert_eq!(table, "  device  sensor  value  unit  quality  measured at  age\n");
/// ```
pub fn render(readings: &[StoredReading], now: MeasuredAt) -> String {
    let mut readings: Vec<_> = readings.iter().collect();
    readings.sort_by(|a, b| a.sensor.cmp(&b.sensor));
    let rows = readings.into_iter().map(|reading| row(reading, now));
    let rows: Vec<[String; 7]> = std::iter::once(HEADER.map(str::to_owned)).chain(rows).collect();
    let width = |column: usize| {
        rows.iter()
            .map(|row| row[column].chars().count())
            .max()
            .unwrap_or_default()
    };
    let widths: Vec<_> = (0..HEADER.len()).map(width).collect();
    rows.iter().map(|row| line(row, &widths)).collect()
}

fn row(reading: &StoredReading, now: MeasuredAt) -> [String; 7] {
    let (device, sensor) = reading.sensor.clone();
    let at = reading.version.measured_at;
    [
        device,
        sensor,
        reading.value.clone(),
        reading.unit.clone(),
        reading.quality.clone(),
        at.to_string(),
        age(now.unix_micros() - at.unix_micros()),
    ]
}

fn line(row: &[String; 7], widths: &[usize]) -> String {
    let mut line = String::new();
    for (column, (cell, width)) in row.iter().zip(widths).enumerate() {
        // Numbers to the right.
        let cell = match column {
            2 | 6 => format!("  {cell:>width$}"),
            _ => format!("  {cell:<width$}"),
        };
        line.push_str(&cell);
    }
    line.push('\n');
    line
}

/// How long ago; of a clock that is ahead, with a minus.
fn age(micros: i64) -> String {
    let sign = if micros < 0 { "-" } else { "" };
    let seconds = micros.unsigned_abs() / 1_000_000;
    match seconds {
        0..100 => format!("{sign}{seconds} s"),
        100..6_000 => format!("{sign}{} min", seconds / 60),
        6_000..360_000 => format!("{sign}{} h", seconds / 3_600),
        _ => format!("{sign}{} d", seconds / 86_400),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::reading;
    use crate::truth::SentReading;

    fn stored(device: &str, sequence: u64, value: &str) -> StoredReading {
        let sent = SentReading::from(&reading(device, sequence, value));
        StoredReading {
            reading_id: sent.reading_id(),
            sensor: sent.sensor,
            version: sent.version,
            value: value.to_owned(),
            unit: "Cel".to_owned(),
            quality: "good".to_owned(),
        }
    }

    #[test]
    fn columns_stand_under_each_other() {
        let now = "2026-11-25T01:00:10Z".parse().unwrap();
        let table = render(&[stored("d-10", 7, "-1.5"), stored("d-1", 20, "21.25")], now);
        let expected = [
            "  device  sensor         value  unit  quality  measured at                 age",
            "  d-1     temperature-1  21.25  Cel   good     2026-11-25T01:00:20.100Z  -10 s",
            "  d-10    temperature-1   -1.5  Cel   good     2026-11-25T01:00:07.100Z    2 s",
        ];
        assert_eq!(table.lines().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn an_age_is_short() {
        let second = 1_000_000;
        for (seconds, expected) in [
            (0, "0 s"),
            (99, "99 s"),
            (100, "1 min"),
            (6_000, "1 h"),
            (360_000, "4 d"),
            (-40, "-40 s"),
        ] {
            assert_eq!(age(seconds * second), expected);
        }
    }
}
