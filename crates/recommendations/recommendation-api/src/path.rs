//! The parts of a path. API Gateway gives a function those of a REST API as they were sent, percent-encoded.

use crate::invalid::Fault;

/// A part of a path, decoded. A percent sign that encodes nothing stays.
///
/// # Errors
/// What is encoded is not UTF-8.
pub fn decode(part: &str) -> Result<String, Fault> {
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        match (first, encoded_byte(behind)) {
            (b'%', Some(byte)) => {
                bytes.push(byte);
                rest = &behind[2..];
            }
            _ => {
                bytes.push(*first);
                rest = behind;
            }
        }
    }
    String::from_utf8(bytes).map_err(|_| Fault::new("not UTF-8"))
}

/// The byte that two hexadecimal digits stand for.
fn encoded_byte(text: &[u8]) -> Option<u8> {
    let digit = |place: usize| char::from(*text.get(place)?).to_digit(16);
    u8::try_from(digit(0)? << 4 | digit(1)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_encoded_is_decoded_once() {
        let cases = [
            ("31", "31"),
            ("a%20b", "a b"),
            ("a+b", "a+b"),
            ("%C5%BElu%c5%A5", "žluť"),
            ("%2541", "%41"),
            ("100%", "100%"),
            ("%", "%"),
            ("%4", "%4"),
            ("%zz%41", "%zzA"),
            ("ž%41", "žA"),
        ];
        for (part, expected) in cases {
            assert_eq!(decode(part).as_deref(), Ok(expected), "{part}");
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_refused() {
        assert!(decode("%ff").is_err());
    }
}
