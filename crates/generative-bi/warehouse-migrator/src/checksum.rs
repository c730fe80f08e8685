//! What tells whether a file has changed since it was applied.

use std::fmt;

use sha2::{Digest, Sha256};

/// The SHA-256 of a file's text with its line ends as line feeds: a checkout on Windows is the same file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checksum(String);

impl Checksum {
    /// The checksum of a file's text, its parameters not replaced: their values belong to the deployment.
    pub fn of(text: &str) -> Self {
        let normalised = text.replace("\r\n", "\n");
        let digest = Sha256::digest(normalised.as_bytes());
        Self(digest.iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// The checksum of a file's first statements, as they stand in the file but for comments.
    pub fn of_statements(statements: &[String]) -> Self {
        // No statement has a semicolon of its own outside of its literals and bodies: other statements, another text.
        Self::of(&statements.join(";\n"))
    }

    /// One that was recorded.
    pub fn recorded(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// 64 hexadecimal digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Checksum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_are_told_apart_and_their_line_ends_do_not_matter() {
        let of = |statements: &[&str]| {
            Checksum::of_statements(&statements.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>())
        };
        assert_eq!(of(&["a\r\nb", "c"]), of(&["a\nb", "c"]));
        assert_ne!(of(&["a", "b"]), of(&["ab"]));
        assert_ne!(of(&["a", "b"]), of(&["a"]));
        assert_ne!(of(&["a", "b"]), of(&["b", "a"]));
    }

    #[test]
    fn line_ends_do_not_matter_and_the_rest_does() {
        assert_eq!(Checksum::of("a\r\nb\r\n"), Checksum::of("a\nb\n"));
        assert_ne!(Checksum::of("a\nb"), Checksum::of("a\nb\n"));
        assert_ne!(Checksum::of("a\rb"), Checksum::of("a\nb"));
        let known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(Checksum::of("abc").as_str(), known);
    }
}
