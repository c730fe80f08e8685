//! What waits to be sent.

use std::fmt;

use sha2::{Digest, Sha256};
use telemetry::{DeviceId, Site};

/// A payload of a device: a reading, or what a broken device takes for one.
#[derive(Clone, PartialEq, Eq)]
pub struct Entry {
    device_id: String,
    site: String,
    payload: Vec<u8>,
}

impl Entry {
    /// A payload of `device_id`, which stands at `site`.
    pub fn new(device_id: &DeviceId, site: &Site, payload: impl Into<Vec<u8>>) -> Self {
        Self {
            device_id: device_id.as_str().to_owned(),
            site: site.as_str().to_owned(),
            payload: payload.into(),
        }
    }

    /// Whose it is. The entries of a device stay in order.
    pub fn device_id(&self) -> &str {
        &self.device_id
    }

    /// Where the device stands. A broken payload does not tell, so it is kept beside it.
    pub fn site(&self) -> &str {
        &self.site
    }

    /// The bytes to be sent.
    pub fn payload(&self) -> &[u8] {
        &self.payload
    }

    /// The entry as a segment holds it: a length, a digest, and what the two are of.
    pub(crate) fn encode(&self, index: u64) -> Vec<u8> {
        let mut body = Vec::new();
        for name in [&self.device_id, &self.site] {
            // A name has at most 128 characters.
            body.push(u8::try_from(name.len()).unwrap_or(u8::MAX));
            body.extend_from_slice(name.as_bytes());
        }
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
        let (device_id, rest) = name(body)?;
        let (site, payload) = name(rest)?;
        let entry = Self {
            device_id,
            site,
            payload: payload.to_vec(),
        };
        Some((entry, 4 + DIGEST_BYTES + body.len()))
    }
}

/// The name that `bytes` begin with, and what follows it.
fn name(bytes: &[u8]) -> Option<(String, &[u8])> {
    let (length, rest) = bytes.split_first()?;
    let (name, rest) = rest.split_at_checked(usize::from(*length))?;
    Some((String::from_utf8(name.to_vec()).ok()?, rest))
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
            .field("site", &self.site)
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
            device in "[A-Za-z0-9_:-]{1,128}", site in "[a-z]{1,128}", payload in prop::collection::vec(any::<u8>(), 0..60),
            index in any::<u64>(), place in any::<prop::sample::Index>()
        ) {
            let entry = Entry::new(&device.parse().unwrap(), &site.parse().unwrap(), payload);
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
