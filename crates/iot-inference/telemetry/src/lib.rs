#![doc = include_str!("../README.md")]

mod invalid;
mod json;
mod measure;
mod measured_at;
mod name;
mod quality;
mod reading;
mod value;

pub use invalid::{Fault, Invalid};
pub use json::{SCHEMA, SCHEMA_VERSION, parse, parse_from};
pub use measure::{Measure, Range, Unit};
pub use measured_at::MeasuredAt;
pub use name::{DeviceId, NAME_CHARACTERS, SensorId, Site};
pub use quality::Quality;
pub use reading::{Reading, Sensor, Version};
pub use value::{VALUE_CHARACTERS, Value};
