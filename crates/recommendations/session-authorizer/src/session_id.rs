//! A session's name.

use std::fmt::Write as _;

/// 128 random bits as 32 hexadecimal digits: the Personalize session id, and the partition key of the session's records.
///
/// Nobody can guess one, and it needs no escaping wherever it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionId(String);

impl SessionId {
    /// How many digits it has.
    pub const DIGITS: usize = 32;

    /// A new name, as random as `random` is.
    pub fn new(random: [u8; 16]) -> Self {
        let mut digits = String::with_capacity(Self::DIGITS);
        for byte in random {
            // Writing into a text does not fail.
            let _ = write!(digits, "{byte:02x}");
        }
        Self(digits)
    }

    /// Reads a name back; digits are lower case.
    pub fn parse(text: &str) -> Option<Self> {
        let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        (text.len() == Self::DIGITS && text.bytes().all(is_digit)).then(|| Self(text.to_owned()))
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_32_lower_case_digits() {
        let id = SessionId::new([0, 1, 15, 16, 254, 255, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9]);
        assert_eq!(id.as_str(), "00010f10feff00000000000000000009");
        assert_eq!(SessionId::parse(id.as_str()), Some(id));
        for text in [
            "",
            "0",
            "00010f10feff0000000000000000000",
            "00010f10feff000000000000000000090",
            "00010F10feff00000000000000000009",
            "00010g10feff00000000000000000009",
            "ž0010f10feff0000000000000000009",
        ] {
            assert_eq!(SessionId::parse(text), None, "{text}");
        }
    }
}
