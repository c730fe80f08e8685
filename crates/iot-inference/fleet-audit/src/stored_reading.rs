//! A reading as the tables have it.

use std::collections::HashMap;

use telemetry::{MeasuredAt, Version};

use crate::decimal::Decimal;
use crate::truth::{SensorKey, SentReading};

/// An item of the latest state or of the history.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredReading {
    /// What tells a repeat from another reading.
    pub reading_id: String,
    /// Of which sensor.
    pub sensor: SensorKey,
    /// When it was measured, and its number.
    pub version: Version,
    /// What was measured, as the table writes it.
    pub value: String,
    /// In which unit.
    pub unit: String,
    /// How much it is to be trusted.
    pub quality: String,
}

impl StoredReading {
    /// The reading with these attributes, each as text.
    ///
    /// # Errors
    /// Names the attribute that is missing or not what it should be.
    pub fn of(attributes: &HashMap<&str, &str>) -> Result<Self, String> {
        let attribute = |name: &str| {
            let found = attributes.get(name).map(|text| (*text).to_owned());
            found.ok_or_else(|| format!("attribute {name}: missing"))
        };
        let measured_at: MeasuredAt = attribute("measuredAt")?
            .parse()
            .map_err(|_| "attribute measuredAt: expected a time".to_owned())?;
        let sequence = attribute("sequence")?
            .parse()
            .map_err(|_| "attribute sequence: expected a whole number".to_owned())?;
        Ok(Self {
            reading_id: attribute("readingId")?,
            sensor: (attribute("deviceId")?, attribute("sensorId")?),
            version: Version {
                measured_at,
                sequence,
            },
            value: attribute("value")?,
            unit: attribute("unit")?,
            quality: attribute("quality")?,
        })
    }

    /// Whether it is this reading: the same number, whatever its trailing zeros, at the same time.
    pub fn is(&self, sent: &SentReading) -> bool {
        let same_number = match (
            self.value.parse::<Decimal>(),
            sent.value.as_str().parse::<Decimal>(),
        ) {
            (Ok(stored), Ok(sent)) => stored == sent,
            _ => false,
        };
        same_number
            && self.sensor == sent.sensor
            && self.version == sent.version
            && self.reading_id == sent.reading_id()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixtures::reading;

    fn attributes() -> HashMap<&'static str, &'static str> {
        HashMap::from([
            ("deviceId", "d-1"),
            ("sensorId", "temperature-1"),
            ("readingId", "d-1/temperature-1/3"),
            ("measuredAt", "2026-11-25T01:00:03.100000Z"),
            ("sequence", "3"),
            ("value", "21.5"),
            ("unit", "Cel"),
            ("quality", "good"),
        ])
    }

    #[test]
    fn a_table_drops_trailing_zeros_and_nothing_else() {
        let stored = StoredReading::of(&attributes()).unwrap();
        assert!(stored.is(&SentReading::from(&reading("d-1", 3, "21.50"))));
        assert!(!stored.is(&SentReading::from(&reading("d-1", 3, "21.51"))));
        assert!(!stored.is(&SentReading::from(&reading("d-1", 4, "21.50"))));
        assert!(!stored.is(&SentReading::from(&reading("d-2", 3, "21.50"))));
    }

    #[test]
    fn an_attribute_that_is_missing_or_wrong_is_named() {
        for name in attributes().keys() {
            let mut fewer = attributes();
            fewer.remove(name);
            assert_eq!(
                StoredReading::of(&fewer).unwrap_err(),
                format!("attribute {name}: missing")
            );
        }
        for name in ["measuredAt", "sequence"] {
            let mut wrong = attributes();
            wrong.insert(name, "soon");
            let error = StoredReading::of(&wrong).unwrap_err();
            assert!(
                error.starts_with(&format!("attribute {name}: expected")),
                "{error}"
            );
        }
    }
}
