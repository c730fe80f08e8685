//! Which session a member goes on with.

use serde::Deserialize;

use crate::claims::Claims;
use crate::member::Member;
use crate::session_id::SessionId;
use crate::token::{SessionKey, TokenFault};

/// Why a member's request for a session is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum JoinFault {
    /// The body is not `{}` or `{"token":"…"}`.
    NotTheBody,
    /// The token is not one of ours, for this reason.
    NotOurToken(TokenFault),
    /// The token's session is another member's.
    OfAnotherMember,
}

/// The body of a member's request, all of it optional.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Request {
    token: Option<String>,
}

impl Request {
    /// Reads a body; none and nothing are the same.
    ///
    /// # Errors
    /// [`JoinFault::NotTheBody`].
    pub fn read(body: &[u8]) -> Result<Self, JoinFault> {
        #[derive(Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Wire {
            #[serde(default, deserialize_with = "present")]
            token: Option<String>,
        }
        if body.is_empty() {
            return Ok(Self::default());
        }
        // A list would be read as an object's values in their order.
        if !body.trim_ascii_start().starts_with(b"{") {
            return Err(JoinFault::NotTheBody);
        }
        let wire: Wire = serde_json::from_slice(body).map_err(|_| JoinFault::NotTheBody)?;
        Ok(Self { token: wire.token })
    }

    /// The session that the request's token has, if the member may go on with it: the visitor's that the member was, or
    /// one of the member's own. A token that was good once has nothing to go on with.
    ///
    /// # Errors
    /// The token is not ours, or another member's.
    pub fn session(
        &self,
        key: &SessionKey,
        member: &Member,
        now: u64,
    ) -> Result<Option<SessionId>, JoinFault> {
        let Some(token) = &self.token else {
            return Ok(None);
        };
        match key.verify(token, now) {
            Ok(claims) if is_of_another(&claims, member) => Err(JoinFault::OfAnotherMember),
            Ok(claims) => Ok(Some(claims.session)),
            Err(TokenFault::Expired) => Ok(None),
            Err(fault) => Err(JoinFault::NotOurToken(fault)),
        }
    }
}

impl JoinFault {
    /// Its name in logs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NotTheBody => "not the body",
            Self::NotOurToken(fault) => fault.name(),
            Self::OfAnotherMember => "of another member",
        }
    }
}

fn is_of_another(claims: &Claims, member: &Member) -> bool {
    let holder = claims.member.as_ref();
    holder.is_some_and(|holder| holder.user_id() != member.user_id())
}

/// A value that is there is a text: `null` is a mistake, not an absent token.
fn present<'de, D: serde::Deserializer<'de>>(value: D) -> Result<Option<String>, D::Error> {
    String::deserialize(value).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: u64 = 1_000;

    fn key() -> SessionKey {
        "0123456789abcdef0123456789abcdef".parse().expect("a key")
    }

    fn member(id: &str, scope: &str) -> Member {
        Member::new(id, scope).expect("a member")
    }

    fn token(key: &SessionKey, member: Option<Member>, expires_at: u64) -> String {
        key.issue(&Claims {
            session: SessionId::new([7; 16]),
            member,
            issued_at: 0,
            expires_at,
        })
    }

    #[test]
    fn a_body_is_nothing_or_a_token() {
        let read = |body: &str| Request::read(body.as_bytes()).map(|request| request.token);
        for body in ["", "{}", " { } "] {
            assert_eq!(read(body), Ok(None), "{body}");
        }
        assert_eq!(read(r#"{"token":"t"}"#), Ok(Some("t".to_owned())));
        for body in [
            " \r\n",
            "null",
            "[]",
            r#"["t"]"#,
            "\"t\"",
            "{",
            r#"{"token":null}"#,
            r#"{"token":1}"#,
            r#"{"token":"t","userId":"u"}"#,
            r#"{"token":"t","token":"t"}"#,
            r#"{"Token":"t"}"#,
        ] {
            assert_eq!(read(body), Err(JoinFault::NotTheBody), "{body}");
        }
    }

    #[test]
    fn a_member_goes_on_as_the_visitor_that_it_was() {
        let other_key: SessionKey = "another key of 32 characters at the least"
            .parse()
            .expect("a key");
        let me = || Some(member("me", "a"));
        let session = Ok(Some(SessionId::new([7; 16])));
        for (token, expected) in [
            (token(&key(), None, NOW + 1), session.clone()),
            (token(&key(), me(), NOW + 1), session.clone()),
            (token(&key(), Some(member("me", "b")), NOW + 1), session),
            (
                token(&key(), Some(member("you", "a")), NOW + 1),
                Err(JoinFault::OfAnotherMember),
            ),
            (token(&key(), None, NOW), Ok(None)),
            (token(&key(), Some(member("you", "a")), NOW), Ok(None)),
            (
                token(&other_key, None, NOW + 1),
                Err(JoinFault::NotOurToken(TokenFault::BadSignature)),
            ),
            (
                token(&other_key, None, NOW),
                Err(JoinFault::NotOurToken(TokenFault::BadSignature)),
            ),
            (
                String::new(),
                Err(JoinFault::NotOurToken(TokenFault::NotThreeParts)),
            ),
        ] {
            let request = Request { token: Some(token) };
            assert_eq!(
                request.session(&key(), &member("me", "a"), NOW),
                expected,
                "{request:?}"
            );
        }
        assert_eq!(
            Request::default().session(&key(), &member("me", "a"), NOW),
            Ok(None)
        );
    }
}
