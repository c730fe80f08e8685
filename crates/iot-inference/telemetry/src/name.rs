//! What devices, sensors and sites are called.

use std::fmt;
use std::str::FromStr;

use crate::invalid::Invalid;

/// Characters of a name, at least one: the most that a thing's name has in IoT Core.
/// <https://docs.aws.amazon.com/iot/latest/apireference/API_CreateThing.html>
pub const NAME_CHARACTERS: usize = 128;

macro_rules! name {
    ($(#[$doc:meta])* $name:ident, $field:literal, $fits:path, $rule:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Box<str>);

        impl $name {
            /// The name as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = Invalid;

            fn from_str(text: &str) -> Result<Self, Invalid> {
                if (1..=NAME_CHARACTERS).contains(&text.len()) && text.bytes().all($fits) {
                    Ok(Self(text.into()))
                } else {
                    Err(Invalid::rule_of($field, $rule))
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

name!(
    /// A device: one level of an MQTT topic, the name of a thing in IoT Core, the partition key on the stream. A
    /// thing's name has no dot.
    DeviceId,
    "deviceId",
    fits_a_thing,
    "expected 1 to 128 of A-Z a-z 0-9 _ : -"
);

name!(
    /// A sensor of a device.
    SensorId,
    "sensorId",
    fits_a_topic,
    "expected 1 to 128 of A-Z a-z 0-9 _ . : -"
);

name!(
    /// Where a device stands: one level of an MQTT topic, one folder of the archive.
    Site,
    "site",
    fits_a_topic,
    "expected 1 to 128 of A-Z a-z 0-9 _ . : -"
);

/// <https://docs.aws.amazon.com/iot/latest/apireference/API_CreateThing.html>
fn fits_a_thing(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b':' | b'-')
}

/// None of what means something in a topic (`/`, `+`, `#`, `$`), or between the parts of a DynamoDB key (`#`).
fn fits_a_topic(byte: u8) -> bool {
    fits_a_thing(byte) || byte == b'.'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_as_long_as_a_things_name_at_most() {
        let of = |length: usize| "d".repeat(length).parse::<DeviceId>();
        assert!(of(0).is_err());
        assert!(of(1).is_ok() && of(NAME_CHARACTERS).is_ok());
        assert!(of(NAME_CHARACTERS + 1).is_err());
    }

    #[test]
    fn a_name_is_one_level_of_a_topic() {
        for name in ["a/b", "a+", "#", "a b", "ä", "$aws", "a\n", "a,b", "*"] {
            assert!(name.parse::<Site>().is_err(), "{name}");
            assert!(name.parse::<SensorId>().is_err(), "{name}");
            assert!(name.parse::<DeviceId>().is_err(), "{name}");
        }
        assert!("line_4.b:2-x".parse::<Site>().is_ok());
    }

    #[test]
    fn only_a_device_has_no_dot() {
        assert!("a.b".parse::<SensorId>().is_ok());
        let error = "a.b".parse::<DeviceId>().unwrap_err();
        assert_eq!(
            error.to_string(),
            "field deviceId: expected 1 to 128 of A-Z a-z 0-9 _ : -"
        );
    }
}
