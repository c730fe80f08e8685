//! What waits to be sent.

use std::fmt;

use sha2::{Digest, Sha256};
use telemetry::DeviceId;

/// A payload of a device: a reading, or what a broken device takes for one.
#[derive(Clone, PartialEq, Eq)]
pub struct Entry {
    device_id: String,
    payload: Vec<u8>,
}

impl Entry {
    /// A payload of `device_id`.
    pub fn new(device_id: &DeviceId, payload: impl Into<Vec<u8>>) -> Self {
        Self {
            device_id: device_id.as_str().to_owned(),
            payload: payload.into(),
        }
    }

    /// Whose it is. The entries of a device stay in order.
    pub fn device_id(&self) -> &str {
        &self.device_id
    }

    /// The bytes to be sent.
    pub fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// The entry as a segment holds it: a length, a digest, and what the two are of.
    pub(crate) fn encode(&self, index: u64) -> Vec<u8> {
        let device = self.device_id.as_bytes();
        // A device's id has at most 128 characters.
        let mut body = vec![u8::try_from(device.len()).unwrap_or(u8::MAX)];
        body.extend_from_slice(device);
        body.extend_from_slice(&self.payload);
        let length = u32::try_from(body.len()).unwrap_or(u32::MAX);
        let mut frame = length.to_le_bytes().to_vec();
        frame.extend_from_slice(&digest(index, &body));
        frame.extend_from_slice(&body);
        frame
    }

    /// The entry that `bytes` begin with, and how many of them it takes; none if they do not hold it whole and unharmed.
    pub(crate) fn decode(index: u64, bytes: &[u8]) -> Option<(Self, usize)> {
        let (length, rest) = bytes.split_first_chunk::<4>()?;
        let (expected, rest) = rest.split_first_chunk::<DIGEST_BYTES>()?;
        let body = rest.get(..usize::try_from(u32::from_le_bytes(*length)).ok()?)?;
        if digest(index, body) != *expected {
            return None;
        }
        let (device_length, rest) = body.split_first()?;
        let (device, payload) = rest.split_at_checked(usize::from(*device_length))?;
        let entry = Self {
            device_id: String::from_utf8(device.to_vec()).ok()?,
            payload: payload.to_vec(),
        };
        Some((entry, 4 + DIGEST_BYTES + body.len()))
    }
}

/// Enough to tell a torn or stale entry from a whole one. It is no signature.
const DIGEST_BYTES: usize = 8;

/// The index is part of it: an entry counts only in its own place.
fn digest(index: u64, body: &[u8]) -> [u8; DIGEST_BYTES] {
    let mut digest = Sha256::new();
    digest.update(index.to_le_bytes());
    digest.update(body);
    let mut short = [0; DIGEST_BYTES];
    short.copy_from_slice(&digest.finalize()[..DIGEST_BYTES]);
    short
}

/// Sizes only: a payload never reaches a log, by way of a debug format either.
impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Entry")
            .field("device_id", &self.device_id)
            .field("payload.bytes", &self.payload.len())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn an_entry_is_read_back_and_a_harmed_one_is_none(
            device in "[A-Za-z0-9_:-]{1,128}", payload in prop::collection::vec(any::<u8>(), 0..60),
            index in any::<u64>(), place in any::<prop::sample::Index>()
        ) {
            let entry = Entry::new(&device.parse().unwrap(), payload);
            let bytes = entry.encode(index);
            prop_assert_eq!(Entry::decode(index, &bytes), Some((entry, bytes.len())));
            let place = place.index(bytes.len());
            prop_assert_eq!(Entry::decode(index, &bytes[..place]), None);
            prop_assert_eq!(Entry::decode(index ^ 1, &bytes), None);
            let mut harmed = bytes;
            harmed[place] ^= 0x10;
            prop_assert_eq!(Entry::decode(index, &harmed), None);
        }
    }
}
