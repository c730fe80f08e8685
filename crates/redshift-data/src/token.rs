//! The handle that keeps a statement from running twice.

use sha2::{Digest, Sha256};

use crate::limits::TOKEN_CHARACTERS;

/// A client token: two requests with the same one are one statement, for
/// [eight hours](crate::limits::TOKEN_RETENTION).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ClientToken(String);

/// A text cannot be a client token.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("client token: {0} characters, it takes 1 to {TOKEN_CHARACTERS}")]
pub struct TokenError(usize);

impl ClientToken {
    /// A token that the caller made.
    ///
    /// # Errors
    /// It is empty or too long.
    pub fn new(token: impl Into<String>) -> Result<Self, TokenError> {
        let token = token.into();
        match token.chars().count() {
            1..=TOKEN_CHARACTERS => Ok(Self(token)),
            other => Err(TokenError(other)),
        }
    }

    /// The token of an `attempt` at the work that `scope` names: the same in every process that computes it, so that one
    /// that starts again finds the statement that the one before it left running.
    ///
    /// A token whose statement failed or was aborted is spent: it only ever finds that statement. The next try is the next
    /// `attempt`.
    pub fn derived_from(scope: &[&str], attempt: u32) -> Self {
        let mut hash = Sha256::new();
        for part in scope {
            // With its length, so that ["ab", "c"] and ["a", "bc"] differ.
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part.as_bytes());
        }
        hash.update(attempt.to_be_bytes());
        // 32 bytes as hexadecimal digits: 64 characters, the limit.
        Self(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// As it is sent.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_has_one_to_sixty_four_characters() {
        assert!(ClientToken::new("x").is_ok());
        assert!(ClientToken::new("x".repeat(TOKEN_CHARACTERS)).is_ok());
        let error = ClientToken::new("x".repeat(TOKEN_CHARACTERS + 1)).expect_err("too long");
        assert_eq!(error.to_string(), "client token: 65 characters, it takes 1 to 64");
        assert!(ClientToken::new("").is_err());
    }

    #[test]
    fn a_derived_token_is_the_same_in_every_process() {
        let token = ClientToken::derived_from(&["deployment", "V001"], 1);
        assert_eq!(
            token.as_str(),
            "00751c5ce0d8f8a9c734f745d91c0f662503791670302ffcba65a3c0e25c9077"
        );
        assert_eq!(token, ClientToken::derived_from(&["deployment", "V001"], 1));
        assert_eq!(token.as_str().len(), TOKEN_CHARACTERS);
    }

    #[test]
    fn every_part_and_the_attempt_make_another_token() {
        let tokens = [
            ClientToken::derived_from(&["ab", "c"], 1),
            ClientToken::derived_from(&["a", "bc"], 1),
            ClientToken::derived_from(&["abc"], 1),
            ClientToken::derived_from(&["ab", "c", ""], 1),
            ClientToken::derived_from(&["ab", "c"], 2),
        ];
        for (index, token) in tokens.iter().enumerate() {
            assert!(!tokens[..index].contains(token), "{index}");
        }
    }
}
