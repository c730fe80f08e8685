//! What a healthy sensor measures: a daily and a weekly wave, and noise.

use std::f64::consts::TAU;

use telemetry::{Measure, MeasuredAt};

/// The shape of a sensor's values.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Signal {
    /// What is measured.
    pub measure: Measure,
    /// The middle.
    pub base: f64,
    /// How far the day goes up and down.
    pub swing: f64,
    /// How far two readings of the same moment may be apart.
    pub noise: f64,
    /// Digits after the point.
    pub digits: usize,
}

const fn signal(measure: Measure, base: f64, swing: f64, noise: f64, digits: usize) -> Signal {
    Signal {
        measure,
        base,
        swing,
        noise,
        digits,
    }
}

const CLIMATE: [(&str, Signal); 2] = [
    ("temperature-1", signal(Measure::Temperature, 21.0, 3.0, 0.2, 3)),
    ("humidity-1", signal(Measure::Humidity, 45.0, 9.0, 0.8, 2)),
];

const MACHINE: [(&str, Signal); 3] = [
    ("vibration-1", signal(Measure::Vibration, 2.8, 0.6, 0.3, 3)),
    ("current-1", signal(Measure::Current, 12.0, 4.0, 0.5, 2)),
    ("power-1", signal(Measure::Power, 2_760.0, 920.0, 60.0, 1)),
];

const TANK: [(&str, Signal); 3] = [
    ("level-1", signal(Measure::Level, 60.0, 22.0, 0.4, 2)),
    ("pressure-1", signal(Measure::Pressure, 1_013.25, 6.0, 0.6, 2)),
    ("flow-1", signal(Measure::Flow, 120.0, 40.0, 3.0, 2)),
];

/// The sensors of a device: it measures a room, drives a machine or watches a tank.
pub(super) fn equipment(device: usize) -> &'static [(&'static str, Signal)] {
    match device % 3 {
        0 => &CLIMATE,
        1 => &MACHINE,
        _ => &TANK,
    }
}

impl Signal {
    /// The value at a moment; `phase` shifts the day (0 to 1), `chance` is the noise (0 to 1).
    pub(super) fn at(&self, at: MeasuredAt, phase: f64, chance: f64) -> f64 {
        let days = at.unix_micros() as f64 / 86_400_000_000.0;
        let day = (TAU * (days + phase)).sin();
        let week = (TAU * (days / 7.0 + phase)).sin();
        self.base + self.swing * (0.8 * day + 0.2 * week) + self.noise * (chance - 0.5)
    }

    /// The digits of a value, kept within what the measure can have.
    pub(super) fn text(&self, value: f64) -> String {
        let range = self.measure.range();
        let digits = self.digits;
        format!("{:.digits$}", value.clamp(range.least, range.most))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_healthy_sensor_stays_within_its_swing_and_follows_the_day() {
        for (_, signal) in CLIMATE.iter().chain(&MACHINE).chain(&TANK) {
            let at = |hour: i64| MeasuredAt::from_unix_micros(hour * 3_600_000_000).unwrap();
            let values: Vec<_> = (0..24 * 14).map(|hour| signal.at(at(hour), 0.0, 0.5)).collect();
            assert!(
                values
                    .iter()
                    .all(|value| (value - signal.base).abs() <= signal.swing + 1e-9)
            );
            assert!(signal.at(at(6), 0.0, 0.5) > signal.at(at(18), 0.0, 0.5) + signal.swing);
        }
    }

    #[test]
    fn digits_and_range_are_the_measures() {
        let signal = signal(Measure::Level, 60.0, 22.0, 0.4, 2);
        assert_eq!(signal.text(59.999), "60.00");
        assert_eq!(signal.text(400.0), "100.00");
        assert_eq!(signal.text(-3.0), "0.00");
    }
}
