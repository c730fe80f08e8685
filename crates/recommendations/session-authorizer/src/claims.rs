//! What a session token says.

use serde::{Deserialize, Serialize};

use crate::member::Member;
use crate::session_id::SessionId;

/// Who issues session tokens, in their claim `iss`.
pub const ISSUER: &str = "session-authorizer";

/// What a session token says: whose session, and for how long. Times are in Unix seconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claims {
    /// The session.
    pub session: SessionId,
    /// The user, if one is signed in.
    pub member: Option<Member>,
    /// When it was issued.
    pub issued_at: u64,
    /// From when on it is no longer good.
    pub expires_at: u64,
}

impl Claims {
    /// The claims as JSON.
    pub(crate) fn to_json(&self) -> String {
        let wire = Wire {
            iss: ISSUER.to_owned(),
            sid: self.session.as_str().to_owned(),
            sub: self.member.as_ref().map(|member| member.user_id().to_owned()),
            scope: self.member.as_ref().map(|member| member.scope().to_owned()),
            iat: self.issued_at,
            exp: self.expires_at,
        };
        // Texts and numbers serialise without fail.
        serde_json::to_string(&wire).unwrap_or_default()
    }

    /// Reads them back; none if we cannot have written them.
    pub(crate) fn from_json(json: &[u8]) -> Option<Self> {
        let wire: Wire = serde_json::from_slice(json).ok()?;
        let member = match (&wire.sub, &wire.scope) {
            (None, None) => None,
            (Some(sub), Some(scope)) => Some(Member::new(sub, scope)?),
            _ => return None,
        };
        (wire.iss == ISSUER).then_some(Self {
            session: SessionId::parse(&wire.sid)?,
            member,
            issued_at: wire.iat,
            expires_at: wire.exp,
        })
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    iss: String,
    sid: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    sub: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope: Option<String>,
    iat: u64,
    exp: u64,
}

#[cfg(test)]
mod tests {
    use super::*;

    const VISITOR: &str =
        r#"{"iss":"session-authorizer","sid":"000102030405060708090a0b0c0d0e0f","iat":1,"exp":2}"#;

    #[test]
    fn claims_that_we_did_not_write_are_none() {
        assert!(Claims::from_json(VISITOR.as_bytes()).is_some());
        for (ours, other) in [
            ("session-authorizer", "another"),
            ("000102", "000102030405"),
            ("0f\"", "0F\""),
            ("\"exp\":2", "\"exp\":2,\"aud\":\"x\""),
            ("\"exp\":2", "\"exp\":2,\"exp\":3"),
            ("\"exp\":2", "\"exp\":\"2\""),
            ("\"exp\":2", "\"exp\":-2"),
            ("\"exp\":2", "\"exp\":2.5"),
            (",\"exp\":2", ""),
            ("\"exp\":2", "\"exp\":2,\"sub\":\"u\""),
            ("\"exp\":2", "\"exp\":2,\"scope\":\"s\""),
            ("\"exp\":2", "\"exp\":2,\"sub\":\"\",\"scope\":\"s\""),
            ("}", "} {}"),
        ] {
            let json = VISITOR.replace(ours, other);
            assert_ne!(json, VISITOR);
            assert_eq!(Claims::from_json(json.as_bytes()), None, "{json}");
        }
    }
}
