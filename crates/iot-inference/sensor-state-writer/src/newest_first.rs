//! Which readings of a batch can be the latest state of their sensor.

use std::cmp::Reverse;
use std::collections::HashMap;

use telemetry::Reading;

/// The places of the readings of each sensor, the newest first. The sensors are in the order of their first reading.
pub fn newest_first<'a>(readings: impl Iterator<Item = (usize, &'a Reading)>) -> Vec<Vec<usize>> {
    let mut sensors: Vec<Vec<(usize, &Reading)>> = Vec::new();
    let mut by_name = HashMap::new();
    for (place, reading) in readings {
        let name = (reading.device_id(), reading.sensor_id());
        let sensor = *by_name.entry(name).or_insert_with(|| {
            sensors.push(Vec::new());
            sensors.len() - 1
        });
        sensors[sensor].push((place, reading));
    }
    sensors.into_iter().map(sorted).collect()
}

fn sorted(mut readings: Vec<(usize, &Reading)>) -> Vec<usize> {
    readings.sort_by_key(|(_, reading)| Reverse(reading.version()));
    readings.into_iter().map(|(place, _)| place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(device: &str, second: u64, sequence: u64) -> Reading {
        let json = format!(
            r#"{{"schemaVersion":1,"readingId":"{device}/t/{sequence}","deviceId":"{device}","sensorId":"t","site":"s",
            "measure":"level","unit":"%","value":1,"quality":"good","measuredAt":"2026-01-01T00:00:0{second}Z",
            "sequence":{sequence}}}"#
        );
        telemetry::parse(json.as_bytes()).expect("a reading")
    }

    #[test]
    fn readings_are_by_sensor_and_the_newest_comes_first() {
        let readings = [
            reading("b", 1, 7),
            reading("a", 2, 1),
            reading("b", 3, 5),
            reading("b", 1, 8),
            reading("b", 3, 5),
        ];
        let places = newest_first(readings.iter().enumerate());
        assert_eq!(places, [vec![2, 4, 3, 0], vec![1]]);
    }
}
