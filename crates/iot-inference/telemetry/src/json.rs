//! The reading's JSON, read and written.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::invalid::Invalid;
use crate::measure::Measure;
use crate::quality::Quality;
use crate::reading::{Reading, Sensor};
use crate::value::Value;

/// The version that this crate reads and writes.
pub const SCHEMA_VERSION: u64 = 1;

/// The JSON Schema (2020-12) of a reading.
pub const SCHEMA: &str = include_str!("../schema/reading.schema.json");

/// The fields, in the canonical order.
const FIELDS: [&str; 11] = [
    "schemaVersion",
    "readingId",
    "deviceId",
    "sensorId",
    "site",
    "measure",
    "unit",
    "value",
    "quality",
    "measuredAt",
    "sequence",
];

/// Reads a reading. Fields that are not known are passed over.
///
/// # Errors
/// Names the field and the rule it breaks, and nothing of what was in it.
pub fn parse(data: &[u8]) -> Result<Reading, Invalid> {
    // A struct would be read from an array too; a map is not, but the message would be another.
    if data.trim_ascii_start().first().is_some_and(|byte| *byte != b'{') && is_json(data) {
        return Err(Invalid::malformed(None, "not a JSON object"));
    }
    let mut fields = Fields::default();
    let mut deserializer = serde_json::Deserializer::from_slice(data);
    let read = (&mut fields).deserialize(&mut deserializer);
    read.and_then(|()| deserializer.end()).map_err(|error| {
        let place = format!("not JSON (line {}, column {})", error.line(), error.column());
        Invalid::malformed(None, place)
    })?;
    if let Some(field) = fields.twice {
        return Err(Invalid::malformed(Some(field), "duplicate"));
    }
    fields.reading()
}

/// Reads a reading that came under a key that names its sender: a record's partition key, which IoT Core's rule takes
/// from the topic, and a device may publish on its own topic alone. Otherwise one device could write another's readings.
///
/// # Errors
/// As [`parse`], and when the reading's device is not the sender.
pub fn parse_from(sender: &str, data: &[u8]) -> Result<Reading, Invalid> {
    let reading = parse(data)?;
    if reading.device_id() == sender {
        Ok(reading)
    } else {
        Err(Invalid::rule_of("deviceId", "not the record's partition key"))
    }
}

fn is_json(data: &[u8]) -> bool {
    serde_json::from_slice::<IgnoredAny>(data).is_ok()
}

impl Reading {
    /// The canonical JSON: one line, the fields in the order of the schema, the value digit for digit, and the time
    /// with three digits after the point, or six. [`parse`] reads it back as the same reading.
    pub fn to_json(&self) -> Vec<u8> {
        // No name, code or time has a character that JSON escapes.
        format!(
            "{{\"schemaVersion\":{SCHEMA_VERSION},\"readingId\":\"{}\",\"deviceId\":\"{}\",\"sensorId\":\"{}\",\
             \"site\":\"{}\",\"measure\":\"{}\",\"unit\":\"{}\",\"value\":{},\"quality\":\"{}\",\
             \"measuredAt\":\"{}\",\"sequence\":{}}}",
            self.reading_id(),
            self.device_id(),
            self.sensor_id(),
            self.site(),
            self.measure(),
            self.unit(),
            self.value(),
            self.quality(),
            self.measured_at(),
            self.sequence(),
        )
        .into_bytes()
    }
}

/// The known fields as they stand in the text.
#[derive(Default)]
struct Fields<'a> {
    raw: [Option<&'a RawValue>; FIELDS.len()],
    twice: Option<&'static str>,
}

impl<'a> Fields<'a> {
    fn reading(&self) -> Result<Reading, Invalid> {
        self.check_version()?;
        let reading_id = self.text("readingId")?;
        let device_id = self.text("deviceId")?.parse()?;
        let sensor_id = self.text("sensorId")?.parse()?;
        let site = self.text("site")?.parse()?;
        let measure: Measure = self.text("measure")?.parse()?;
        self.check_unit(measure)?;
        let value: Value = self.raw("value")?.parse()?;
        let quality: Quality = self.text("quality")?.parse()?;
        let measured_at = self.text("measuredAt")?.parse()?;
        let sequence = self.whole("sequence")?;
        let sensor = Sensor {
            device_id,
            sensor_id,
            site,
            measure,
        };
        let reading = Reading::new(sensor, sequence, value, quality, measured_at)?;
        if reading.reading_id() != reading_id {
            return Err(Invalid::rule_of(
                "readingId",
                "expected deviceId/sensorId/sequence",
            ));
        }
        Ok(reading)
    }

    fn check_version(&self) -> Result<(), Invalid> {
        let Ok(raw) = self.raw("schemaVersion") else {
            return Err(Invalid::schema_version("missing"));
        };
        match raw.parse::<u64>() {
            Ok(SCHEMA_VERSION) => Ok(()),
            _ => Err(Invalid::schema_version(format!("expected {SCHEMA_VERSION}"))),
        }
    }

    fn check_unit(&self, measure: Measure) -> Result<(), Invalid> {
        let expected = measure.unit().code();
        match self.text("unit")?.as_ref() {
            unit if unit == expected => Ok(()),
            _ => Err(Invalid::rule_of(
                "unit",
                format!("expected {expected}, the unit of {measure}"),
            )),
        }
    }

    fn raw(&self, field: &'static str) -> Result<&'a str, Invalid> {
        let place = FIELDS.iter().position(|name| *name == field);
        let raw = place.and_then(|place| self.raw[place]);
        raw.map(RawValue::get)
            .ok_or_else(|| Invalid::rule_of(field, "missing"))
    }

    fn text(&self, field: &'static str) -> Result<Cow<'a, str>, Invalid> {
        let text = serde_json::from_str::<Text<'a>>(self.raw(field)?);
        text.map(|text| text.0)
            .map_err(|_| Invalid::rule_of(field, "expected a text"))
    }

    /// Only digits: `1.0` and `1e0` are whole to a float, and no count.
    fn whole(&self, field: &'static str) -> Result<u64, Invalid> {
        let number = self.raw(field)?.parse();
        number.map_err(|_| Invalid::rule_of(field, format!("expected a whole number from 0 to {}", u64::MAX)))
    }
}

#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'a> DeserializeSeed<'a> for &mut Fields<'a> {
    type Value = ();

    fn deserialize<D: Deserializer<'a>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'a> Visitor<'a> for &mut Fields<'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some(name) = map.next_key::<Text<'a>>()? {
            let Some(place) = FIELDS.iter().position(|field| *field == name.0) else {
                map.next_value::<IgnoredAny>()?;
                continue;
            };
            if self.raw[place].replace(map.next_value()?).is_some() {
                self.twice = Some(FIELDS[place]);
            }
        }
        Ok(())
    }
}
