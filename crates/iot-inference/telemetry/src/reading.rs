//! One reading of one sensor.

use crate::invalid::Invalid;
use crate::measure::{Measure, Unit};
use crate::measured_at::MeasuredAt;
use crate::name::{DeviceId, SensorId, Site};
use crate::quality::Quality;
use crate::value::Value;

/// What is the same in every reading of a sensor.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sensor {
    /// The device that it belongs to.
    pub device_id: DeviceId,
    /// The sensor on the device.
    pub sensor_id: SensorId,
    /// Where the device stands.
    pub site: Site,
    /// What is measured.
    pub measure: Measure,
}

/// One reading of one sensor.
#[derive(Debug, Clone, PartialEq)]
pub struct Reading {
    sensor: Sensor,
    sequence: u64,
    value: Value,
    quality: Quality,
    measured_at: MeasuredAt,
}

/// Which of two readings of a sensor is newer: the one measured later; measured at the same time, the one with the
/// higher sequence number. One reading has one version, whatever its repeats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    /// When it was measured.
    pub measured_at: MeasuredAt,
    /// The sensor's count.
    pub sequence: u64,
}

impl Reading {
    /// The reading with this number of `sensor`.
    ///
    /// # Errors
    /// The value is not one that the measure can have.
    pub fn new(
        sensor: Sensor,
        sequence: u64,
        value: Value,
        quality: Quality,
        measured_at: MeasuredAt,
    ) -> Result<Self, Invalid> {
        let value = value.within(sensor.measure)?;
        Ok(Self {
            sensor,
            sequence,
            value,
            quality,
            measured_at,
        })
    }

    /// `deviceId/sensorId/sequence`: what tells a repeat from another reading, everywhere.
    pub fn reading_id(&self) -> String {
        format!("{}/{}/{}", self.device_id(), self.sensor_id(), self.sequence)
    }

    /// The sensor.
    pub fn sensor(&self) -> &Sensor {
        &self.sensor
    }

    /// The device: the partition key on the stream.
    pub fn device_id(&self) -> &str {
        self.sensor.device_id.as_str()
    }

    /// The sensor on the device.
    pub fn sensor_id(&self) -> &str {
        self.sensor.sensor_id.as_str()
    }

    /// Where the device stands.
    pub fn site(&self) -> &str {
        self.sensor.site.as_str()
    }

    /// What is measured.
    pub fn measure(&self) -> Measure {
        self.sensor.measure
    }

    /// The unit of the value.
    pub fn unit(&self) -> Unit {
        self.sensor.measure.unit()
    }

    /// The value.
    pub fn value(&self) -> &Value {
        &self.value
    }

    /// How much it is to be trusted.
    pub fn quality(&self) -> Quality {
        self.quality
    }

    /// When it was measured, by the producer's clock.
    pub fn measured_at(&self) -> MeasuredAt {
        self.measured_at
    }

    /// The sensor's count from 0, never used twice.
    pub fn sequence(&self) -> u64 {
        self.sequence
    }

    /// Its place in the order of its sensor's readings.
    pub fn version(&self) -> Version {
        Version {
            measured_at: self.measured_at,
            sequence: self.sequence,
        }
    }

    /// Whether it is newer than `other`, a reading of the same sensor. A repeat is not.
    pub fn is_newer_than(&self, other: &Self) -> bool {
        self.version() > other.version()
    }

    /// Where a device publishes it: `telemetry/<site>/<deviceId>`.
    pub fn topic(&self) -> String {
        format!("telemetry/{}/{}", self.site(), self.device_id())
    }
}
