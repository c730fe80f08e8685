//! What is uploaded.

use std::io;
use std::path::Path;

/// A function's zip and what its bootstrap needs.
#[derive(Debug, Clone)]
pub(crate) struct Package {
    pub zip_bytes: u64,
    /// The minor version of the newest glibc 2 that the bootstrap asks for; `None` when it asks for none.
    pub glibc_minor: Option<u32>,
}

impl Package {
    /// Reads `bootstrap` and `bootstrap.zip` of a directory.
    pub(crate) fn read(directory: &Path) -> io::Result<Self> {
        Ok(Self {
            zip_bytes: std::fs::metadata(directory.join("bootstrap.zip"))?.len(),
            glibc_minor: newest_glibc_minor(&std::fs::read(directory.join("bootstrap"))?),
        })
    }
}

/// The linker names each version that is asked for as `GLIBC_2.<minor>`.
fn newest_glibc_minor(bootstrap: &[u8]) -> Option<u32> {
    const VERSION: &[u8] = b"GLIBC_2.";
    let places = bootstrap
        .windows(VERSION.len())
        .enumerate()
        .filter(|(_, window)| *window == VERSION);
    places
        .filter_map(|(place, _)| leading_number(&bootstrap[place + VERSION.len()..]))
        .max()
}

fn leading_number(text: &[u8]) -> Option<u32> {
    let digits: String = text
        .iter()
        .map(|byte| char::from(*byte))
        .take_while(char::is_ascii_digit)
        .collect();
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_version_counts_and_not_the_longest_text() {
        let bootstrap = b"\0GLIBC_2.9\0GLIBC_2.2.5\0GLIBC_2.34\0GLIBC_PRIVATE\0";
        assert_eq!(newest_glibc_minor(bootstrap), Some(34));
    }

    #[test]
    fn a_bootstrap_without_glibc_asks_for_none() {
        assert_eq!(newest_glibc_minor(b"static"), None);
        assert_eq!(newest_glibc_minor(b"GLIBC_2."), None);
    }
}
