//! The simulated fleet: what its sensors measure, and what goes wrong. The same seed makes the same fleet.

mod fault;
mod garbage;
mod sensor;
mod signal;

use telemetry::{DeviceId, Invalid, MeasuredAt, Sensor, Site};

pub use fault::{Fault, FaultKind};
pub use garbage::{GARBAGE_FORMS, garbage};
use sensor::SimulatedSensor;
use signal::equipment;

use crate::entry::Entry;

/// Devices that a fleet has at most: six digits name them, and a machine can hold them.
pub const DEVICES: usize = 10_000;

const SITES: [&str; 5] = ["hamburg", "lyon", "porto", "gdansk", "turin"];

/// What a fleet is made from.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Devices, at most [`DEVICES`].
    pub devices: usize,
    /// What everything follows from.
    pub seed: u64,
    /// When the first reading is measured, in microseconds since 1970.
    pub start: i64,
    /// Microseconds between two readings of a sensor.
    pub interval: i64,
    /// The number of the first reading of every sensor.
    pub first_sequence: u64,
    /// What goes wrong.
    pub faults: Vec<FaultKind>,
}

/// Devices with their sensors.
#[derive(Debug)]
pub struct Fleet {
    sensors: Vec<SimulatedSensor>,
    plan: Plan,
    ticks: i64,
}

/// What a fleet makes at once: nearly one reading of every sensor.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Tick {
    /// What is to be sent, in order.
    pub entries: Vec<Entry>,
    /// What begins to go wrong.
    pub faults: Vec<Fault>,
    /// Readings that were measured; those that come late are counted here and are entries later.
    pub readings: usize,
}

impl Fleet {
    /// A fleet at its beginning.
    ///
    /// # Errors
    /// A name is none, which those made here are not.
    pub fn new(plan: Plan) -> Result<Self, Invalid> {
        let mut sensors = Vec::new();
        for number in 1..=plan.devices {
            let device_id: DeviceId = format!("d-{number:06}").parse()?;
            let site: Site = SITES[number % SITES.len()].parse()?;
            for (place, (name, signal)) in equipment(number).iter().enumerate() {
                let sensor = Sensor {
                    device_id: device_id.clone(),
                    sensor_id: name.parse()?,
                    site: site.clone(),
                    measure: signal.measure,
                };
                let seed = seed_of(plan.seed, number, place);
                sensors.push(SimulatedSensor::new(sensor, *signal, seed, plan.first_sequence));
            }
        }
        Ok(Self {
            sensors,
            plan,
            ticks: 0,
        })
    }

    /// How many sensors there are.
    pub fn sensors(&self) -> usize {
        self.sensors.len()
    }

    /// Above every number that a sensor has used, and will use in the next tick.
    pub fn sequences_below(&self) -> u64 {
        let used = self.sensors.iter().map(SimulatedSensor::next_sequence).max();
        used.unwrap_or(self.plan.first_sequence) + 1
    }

    /// The next reading of every sensor, `readings` at most.
    ///
    /// # Errors
    /// A reading is none: its time is beyond the year 9999.
    pub fn tick(&mut self, readings: usize) -> Result<Tick, Invalid> {
        let mut tick = Tick::default();
        let at = self.plan.start + self.ticks * self.plan.interval;
        let spread = self.plan.interval / self.sensors.len().max(1) as i64;
        for (place, sensor) in self.sensors.iter_mut().enumerate() {
            if tick.readings == readings {
                break;
            }
            let at = MeasuredAt::from_unix_micros(at + place as i64 * spread)?;
            sensor.tick(at, self.plan.interval, &self.plan.faults, &mut tick)?;
        }
        self.ticks += 1;
        Ok(tick)
    }

    /// What was held back to come late, and has to come now or never.
    pub fn finish(&mut self) -> Vec<Entry> {
        self.sensors
            .iter_mut()
            .flat_map(SimulatedSensor::finish)
            .collect()
    }
}

/// A sensor's own numbers: they do not change with the size of the fleet.
fn seed_of(seed: u64, device: usize, place: usize) -> u64 {
    let mut rng = fastrand::Rng::with_seed(seed ^ ((device as u64) << 8) ^ place as u64);
    rng.u64(..)
}

#[cfg(test)]
mod tests {
    use std::collections::{HashMap, HashSet};

    use super::*;

    fn plan(devices: usize, faults: &[FaultKind]) -> Plan {
        Plan {
            devices,
            seed: 7,
            start: 1_764_000_000_000_000,
            interval: 1_000_000,
            first_sequence: 40,
            faults: faults.to_vec(),
        }
    }

    fn run(plan: Plan, ticks: usize) -> (Vec<Entry>, Vec<Fault>, usize) {
        let mut fleet = Fleet::new(plan).unwrap();
        let (mut entries, mut faults, mut readings) = (Vec::new(), Vec::new(), 0);
        for _ in 0..ticks {
            let tick = fleet.tick(usize::MAX).unwrap();
            entries.extend(tick.entries);
            faults.extend(tick.faults);
            readings += tick.readings;
        }
        entries.extend(fleet.finish());
        (entries, faults, readings)
    }

    #[test]
    fn the_same_seed_makes_the_same_fleet_and_another_another() {
        let of = |seed| {
            run(
                Plan {
                    seed,
                    ..plan(9, &FaultKind::ALL)
                },
                300,
            )
        };
        assert!(of(1) == of(1));
        assert!(of(1).0 != of(2).0);
    }

    #[test]
    fn a_device_is_the_same_in_a_larger_fleet() {
        let of = |devices| {
            let entries = run(
                Plan {
                    interval: 0,
                    ..plan(devices, &FaultKind::ALL)
                },
                50,
            )
            .0;
            entries
                .into_iter()
                .filter(|entry| entry.device_id() == "d-000003")
                .collect::<Vec<_>>()
        };
        assert!(of(3) == of(30) && !of(3).is_empty());
    }

    #[test]
    fn without_faults_every_sensor_counts_and_measures_without_a_gap() {
        let (entries, faults, readings) = run(plan(6, &[]), 100);
        assert!(faults.is_empty() && entries.len() == readings);
        let mut next: HashMap<String, u64> = HashMap::new();
        for entry in &entries {
            let reading = telemetry::parse(entry.payload()).expect("a reading");
            assert_eq!(reading.device_id(), entry.device_id());
            let sensor = format!("{}/{}", reading.device_id(), reading.sensor_id());
            let expected = next.entry(sensor).or_insert(40);
            assert_eq!(reading.sequence(), *expected);
            *expected += 1;
        }
        assert!(next.values().all(|next| *next == 140));
        assert_eq!(readings, next.len() * 100);
    }

    #[test]
    fn every_fault_does_what_it_is_named_for() {
        for kind in FaultKind::ALL {
            let (entries, faults, readings) = run(plan(6, &[kind]), 400);
            assert!(
                !faults.is_empty() && faults.iter().all(|fault| fault.kind == kind),
                "{kind}"
            );
            let parsed: Vec<_> = entries
                .iter()
                .map(|entry| telemetry::parse(entry.payload()))
                .collect();
            let ids: HashSet<_> = parsed
                .iter()
                .flatten()
                .map(telemetry::Reading::reading_id)
                .collect();
            assert_eq!(
                ids.len(),
                readings,
                "{kind}: every reading that was measured is sent"
            );
            let garbage = parsed.iter().filter(|parsed| parsed.is_err()).count();
            let sent = parsed.len() - garbage;
            assert_eq!(garbage > 0, kind == FaultKind::Garbage, "{kind}");
            assert_eq!(sent > readings, kind == FaultKind::Duplicate, "{kind}");
            let sensors = Fleet::new(plan(6, &[])).unwrap().sensors();
            assert_eq!(readings < sensors * 400, kind == FaultKind::Gap, "{kind}");
            let in_order = in_order_of(&parsed, |reading| reading.sequence());
            assert_eq!(!in_order, kind == FaultKind::Late, "{kind}");
            let in_time = in_order_of(&parsed, |reading| {
                u64::try_from(reading.measured_at().unix_micros()).unwrap()
            });
            assert_eq!(
                !in_time,
                matches!(kind, FaultKind::Late | FaultKind::ClockSkew),
                "{kind}"
            );
        }
    }

    fn in_order_of(
        parsed: &[Result<telemetry::Reading, Invalid>],
        key: impl Fn(&telemetry::Reading) -> u64,
    ) -> bool {
        let mut last: HashMap<(&str, &str), u64> = HashMap::new();
        parsed.iter().flatten().all(|reading| {
            let before = last.insert((reading.device_id(), reading.sensor_id()), key(reading));
            before.is_none_or(|before| before <= key(reading))
        })
    }

    #[test]
    fn a_tick_has_as_many_readings_as_asked_for() {
        let mut fleet = Fleet::new(plan(6, &[])).unwrap();
        assert_eq!(fleet.tick(5).unwrap().readings, 5);
        assert_eq!(fleet.sequences_below(), 42);
    }
}
