//! Who sends, by the session authorizer's word.

use crate::limits::{SESSION_ID_DIGITS, USER_ID_CHARACTERS};

/// The ids of a session token. Nothing else says who sends: there is no way to make one of a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    session_id: String,
    user_id: Option<String>,
}

/// The authorizer's context is not what the authorizer says: the deployment is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidCaller {
    /// The session id is not 32 hexadecimal digits.
    #[error("sessionId: not {SESSION_ID_DIGITS} hexadecimal digits in lower case")]
    SessionId,
    /// The user id is empty or too long.
    #[error("userId: not 1 to {USER_ID_CHARACTERS} characters")]
    UserId,
}

impl Caller {
    /// Takes the context's `sessionId`, and its `userId` where the session is a member's.
    ///
    /// # Errors
    /// Names the id that is none.
    pub fn parse(session_id: &str, user_id: Option<&str>) -> Result<Self, InvalidCaller> {
        let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if session_id.len() != SESSION_ID_DIGITS || !session_id.bytes().all(is_digit) {
            return Err(InvalidCaller::SessionId);
        }
        if user_id.is_some_and(|id| !(1..=USER_ID_CHARACTERS).contains(&id.chars().count())) {
            return Err(InvalidCaller::UserId);
        }
        Ok(Self {
            session_id: session_id.to_owned(),
            user_id: user_id.map(str::to_owned),
        })
    }

    /// The session, which is the partition key too.
    pub fn session_id(&self) -> &str {
        &self.session_id
    }

    /// The user, `None` for a visitor.
    pub fn user_id(&self) -> Option<&str> {
        self.user_id.as_deref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SESSION: &str = "0123456789abcdef0123456789abcdef";

    #[test]
    fn a_session_id_is_32_hexadecimal_digits() {
        assert!(Caller::parse(SESSION, None).is_ok());
        let longer = format!("{SESSION}0");
        let upper = SESSION.to_uppercase();
        for id in ["", "null", &SESSION[1..], &longer, &upper] {
            assert_eq!(Caller::parse(id, None), Err(InvalidCaller::SessionId), "{id}");
        }
    }

    #[test]
    fn a_user_id_has_1_to_256_characters_whatever_they_are() {
        let user = |characters: usize| "é".repeat(characters);
        assert!(Caller::parse(SESSION, Some(&user(USER_ID_CHARACTERS))).is_ok());
        for id in [String::new(), user(USER_ID_CHARACTERS + 1)] {
            assert_eq!(Caller::parse(SESSION, Some(&id)), Err(InvalidCaller::UserId));
        }
    }
}
