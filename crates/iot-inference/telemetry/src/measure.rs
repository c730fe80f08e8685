//! What is measured, in which unit, and between which ends.

use std::fmt;
use std::str::FromStr;

use crate::invalid::Invalid;

/// What is measured. The list is closed: a new measure is a new unit, a new range and a new column somewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Measure {
    /// In degrees Celsius.
    Temperature,
    /// Relative humidity.
    Humidity,
    /// Absolute pressure.
    Pressure,
    /// The root mean square of a vibration's velocity.
    Vibration,
    /// Electric current.
    Current,
    /// Electric power.
    Power,
    /// Volume by time.
    Flow,
    /// How full a tank is.
    Level,
}

/// A unit, by its code in UCUM. <https://ucum.org/ucum>
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unit {
    /// Degree Celsius.
    Celsius,
    /// Per cent.
    Percent,
    /// Hectopascal.
    Hectopascal,
    /// Millimetre per second.
    MillimetrePerSecond,
    /// Ampere.
    Ampere,
    /// Watt.
    Watt,
    /// Litre per minute.
    LitrePerMinute,
}

/// The values that a measure can have, both ends included.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Range {
    /// The least.
    pub least: f64,
    /// The most.
    pub most: f64,
}

/// From absolute zero to where tungsten-rhenium thermocouples (type C) end, the hottest in common use.
const TEMPERATURE: Range = Range::new(-273.15, 2_320.0);
/// From dry to saturated air.
const HUMIDITY: Range = Range::new(0.0, 100.0);
/// From a vacuum to 1,000 bar, where industrial hydraulics end.
const PRESSURE: Range = Range::new(0.0, 1_000_000.0);
/// A root mean square is never below zero; the severest zones of ISO 20816 begin at some 20 mm/s, accelerometers used
/// on machines end below 1,000.
const VIBRATION: Range = Range::new(0.0, 1_000.0);
/// Either direction, up to where current transformers for busbars end.
const CURRENT: Range = Range::new(-10_000.0, 10_000.0);
/// Drawn or fed in, up to a gigawatt: a large generator.
const POWER: Range = Range::new(-1_000_000_000.0, 1_000_000_000.0);
/// Either direction: water runs back too; up to 100 m³ a minute, a large main.
const FLOW: Range = Range::new(-100_000.0, 100_000.0);
/// From empty to full.
const LEVEL: Range = Range::new(0.0, 100.0);

impl Range {
    const fn new(least: f64, most: f64) -> Self {
        Self { least, most }
    }

    /// Whether `number` is between the ends, or one of them. What is no number is not.
    pub fn contains(&self, number: f64) -> bool {
        (self.least..=self.most).contains(&number)
    }
}

impl Measure {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Temperature,
        Self::Humidity,
        Self::Pressure,
        Self::Vibration,
        Self::Current,
        Self::Power,
        Self::Flow,
        Self::Level,
    ];

    /// As it stands in the JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Temperature => "temperature",
            Self::Humidity => "humidity",
            Self::Pressure => "pressure",
            Self::Vibration => "vibration",
            Self::Current => "current",
            Self::Power => "power",
            Self::Flow => "flow",
            Self::Level => "level",
        }
    }

    /// The one unit that it is measured in.
    pub fn unit(self) -> Unit {
        match self {
            Self::Temperature => Unit::Celsius,
            Self::Humidity | Self::Level => Unit::Percent,
            Self::Pressure => Unit::Hectopascal,
            Self::Vibration => Unit::MillimetrePerSecond,
            Self::Current => Unit::Ampere,
            Self::Power => Unit::Watt,
            Self::Flow => Unit::LitrePerMinute,
        }
    }

    /// The values that it can have. What lies outside is no measurement but a fault of the sensor.
    pub fn range(self) -> Range {
        match self {
            Self::Temperature => TEMPERATURE,
            Self::Humidity => HUMIDITY,
            Self::Pressure => PRESSURE,
            Self::Vibration => VIBRATION,
            Self::Current => CURRENT,
            Self::Power => POWER,
            Self::Flow => FLOW,
            Self::Level => LEVEL,
        }
    }
}

impl FromStr for Measure {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let found = Self::ALL.into_iter().find(|measure| measure.as_str() == text);
        found.ok_or_else(|| {
            let names: Vec<_> = Self::ALL.into_iter().map(Self::as_str).collect();
            Invalid::rule_of("measure", format!("expected one of {}", names.join(", ")))
        })
    }
}

impl fmt::Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Unit {
    /// The code in UCUM, as it stands in the JSON.
    pub fn code(self) -> &'static str {
        match self {
            Self::Celsius => "Cel",
            Self::Percent => "%",
            Self::Hectopascal => "hPa",
            Self::MillimetrePerSecond => "mm/s",
            Self::Ampere => "A",
            Self::Watt => "W",
            Self::LitrePerMinute => "L/min",
        }
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}
