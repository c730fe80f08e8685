//! One sensor: its signal, its count, and what is wrong with it.

use fastrand::Rng;
use telemetry::{Invalid, MeasuredAt, Quality, Reading, Sensor};

use super::Tick;
use super::fault::{Fault, FaultKind};
use super::garbage::{GARBAGE_FORMS, garbage};
use super::signal::Signal;
use crate::entry::Entry;

/// A healthy sensor begins a fault once in so many readings.
const READINGS_PER_FAULT: u32 = 100;

/// A late reading comes so many readings after its time.
const LATE_BY: std::ops::RangeInclusive<u32> = 5..=30;

/// A clock is wrong by so many seconds.
const SKEW_SECONDS: std::ops::RangeInclusive<i64> = 30..=3_600;

/// In swings: how far a drift goes, and how far off a spike is.
const DRIFT: f64 = 4.0;
const SPIKE: f64 = 10.0;

#[derive(Debug)]
pub(super) struct SimulatedSensor {
    sensor: Sensor,
    signal: Signal,
    rng: Rng,
    phase: f64,
    next_sequence: u64,
    active: Option<Active>,
    /// Entries that come late, each with the readings that are still to come before it.
    late: Vec<(u32, Entry)>,
}

/// A fault that goes on.
#[derive(Debug)]
struct Active {
    kind: FaultKind,
    done: u32,
    readings: u32,
    sign: f64,
    stuck_at: Option<String>,
    skew: i64,
}

impl SimulatedSensor {
    pub(super) fn new(sensor: Sensor, signal: Signal, seed: u64, first_sequence: u64) -> Self {
        let mut rng = Rng::with_seed(seed);
        Self {
            sensor,
            signal,
            phase: rng.f64() * 0.1,
            rng,
            next_sequence: first_sequence,
            active: None,
            late: Vec::new(),
        }
    }

    pub(super) fn next_sequence(&self) -> u64 {
        self.next_sequence
    }

    /// One reading, or what stands in its place.
    pub(super) fn tick(
        &mut self,
        at: MeasuredAt,
        interval: i64,
        faults: &[FaultKind],
        tick: &mut Tick,
    ) -> Result<(), Invalid> {
        self.begin_fault(at, interval, faults, tick)?;
        let kind = self.active.as_ref().map(|active| active.kind);
        if kind != Some(FaultKind::Gap) {
            let reading = self.measure(at)?;
            tick.readings += 1;
            self.emit(&reading, kind, tick);
        }
        self.release_late(tick);
        if let Some(active) = &mut self.active {
            active.done += 1;
        }
        self.active = self.active.take().filter(|active| active.done < active.readings);
        Ok(())
    }

    pub(super) fn finish(&mut self) -> Vec<Entry> {
        std::mem::take(&mut self.late)
            .into_iter()
            .map(|(_, entry)| entry)
            .collect()
    }

    fn begin_fault(
        &mut self,
        at: MeasuredAt,
        interval: i64,
        faults: &[FaultKind],
        tick: &mut Tick,
    ) -> Result<(), Invalid> {
        if self.active.is_some() || faults.is_empty() || self.rng.u32(0..READINGS_PER_FAULT) > 0 {
            return Ok(());
        }
        let kind = faults[self.rng.usize(0..faults.len())];
        let (least, most) = kind.readings();
        let readings = self.rng.u32(least..=most);
        let sign = if self.rng.bool() { 1.0 } else { -1.0 };
        let seconds = self.rng.i64(SKEW_SECONDS);
        self.active = Some(Active {
            kind,
            done: 0,
            readings,
            sign,
            stuck_at: None,
            skew: if sign > 0.0 { seconds } else { -seconds } * 1_000_000,
        });
        let until = at.unix_micros() + i64::from(readings - 1) * interval;
        tick.faults.push(Fault {
            kind,
            device_id: self.sensor.device_id.to_string(),
            sensor_id: self.sensor.sensor_id.to_string(),
            first_sequence: self.next_sequence,
            from: at.fixed_width(),
            until: MeasuredAt::from_unix_micros(until)?.fixed_width(),
        });
        Ok(())
    }

    fn measure(&mut self, at: MeasuredAt) -> Result<Reading, Invalid> {
        let healthy = self.signal.at(at, self.phase, self.rng.f64());
        let (value, clock) = match &mut self.active {
            None => (self.signal.text(healthy), at),
            Some(active) => (active.value(healthy, &self.signal), active.clock(at)?),
        };
        let sequence = self.next_sequence;
        self.next_sequence += 1;
        Reading::new(
            self.sensor.clone(),
            sequence,
            value.parse()?,
            Quality::Good,
            clock,
        )
    }

    fn emit(&mut self, reading: &Reading, kind: Option<FaultKind>, tick: &mut Tick) {
        let entry = self.entry(reading.to_json());
        match kind {
            // One more: the count is lowered in this very tick.
            Some(FaultKind::Late) => self.late.push((self.rng.u32(LATE_BY) + 1, entry)),
            Some(FaultKind::Duplicate) => tick.entries.extend([entry.clone(), entry]),
            Some(FaultKind::Garbage) => {
                let broken = garbage(reading, self.rng.usize(0..GARBAGE_FORMS));
                tick.entries.extend([entry, self.entry(broken)]);
            }
            _ => tick.entries.push(entry),
        }
    }

    fn entry(&self, payload: impl Into<Vec<u8>>) -> Entry {
        Entry::new(&self.sensor.device_id, &self.sensor.site, payload)
    }

    fn release_late(&mut self, tick: &mut Tick) {
        for (readings, _) in &mut self.late {
            *readings -= 1;
        }
        for (_, entry) in self.late.extract_if(.., |(readings, _)| *readings == 0) {
            tick.entries.push(entry);
        }
    }
}

impl Active {
    fn value(&mut self, healthy: f64, signal: &Signal) -> String {
        let progress = f64::from(self.done + 1) / f64::from(self.readings);
        match self.kind {
            FaultKind::Drift => signal.text(healthy + self.sign * DRIFT * signal.swing * progress),
            FaultKind::Spike => signal.text(healthy + self.sign * SPIKE * signal.swing),
            FaultKind::Stuck => self.stuck_at.get_or_insert_with(|| signal.text(healthy)).clone(),
            _ => signal.text(healthy),
        }
    }

    fn clock(&self, at: MeasuredAt) -> Result<MeasuredAt, Invalid> {
        match self.kind {
            FaultKind::ClockSkew => MeasuredAt::from_unix_micros(at.unix_micros() + self.skew),
            _ => Ok(at),
        }
    }
}
