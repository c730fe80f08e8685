//! Session tokens: JSON Web Tokens that only the holder of the key can write.
//!
//! <https://www.rfc-editor.org/rfc/rfc7519>, signed as in <https://www.rfc-editor.org/rfc/rfc7515>.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::claims::Claims;

/// The only header that we write, and so the only one that we read: the token's own word on how it is signed is never
/// followed. It is `{"alg":"HS256","typ":"JWT"}`.
const HEADER: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9";

/// Characters of a key, at the least: it must not be shorter than the hash.
/// <https://www.rfc-editor.org/rfc/rfc7518#section-3.2>
pub const KEY_CHARACTERS_MIN: usize = 32;

/// The key that signs session tokens. Whoever has it is everybody.
#[derive(Clone)]
pub struct SessionKey(Hmac<Sha256>);

/// Why a token is not one of ours. The caller is told nothing of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenFault {
    /// It has not three parts.
    NotThreeParts,
    /// Its header is not the one that we write.
    OtherHeader,
    /// Its signature is not ours: forged, changed on the way, or made with a key that was replaced.
    BadSignature,
    /// It is signed with our key, and we do not write such claims.
    BadClaims,
    /// It was good once.
    Expired,
}

impl SessionKey {
    /// A token with these claims.
    pub fn issue(&self, claims: &Claims) -> String {
        let signed = format!("{HEADER}.{}", URL_SAFE_NO_PAD.encode(claims.to_json()));
        let signature = URL_SAFE_NO_PAD.encode(self.mac(&signed).finalize().into_bytes());
        format!("{signed}.{signature}")
    }

    /// What the token says, if it is one of ours and still good at `now`, in Unix seconds.
    ///
    /// # Errors
    /// The first fault; what a token says counts only once its signature was found to be ours.
    pub fn verify(&self, token: &str, now: u64) -> Result<Claims, TokenFault> {
        let (signed, signature) = token.rsplit_once('.').ok_or(TokenFault::NotThreeParts)?;
        let (header, payload) = signed.split_once('.').ok_or(TokenFault::NotThreeParts)?;
        if payload.contains('.') {
            return Err(TokenFault::NotThreeParts);
        }
        if header != HEADER {
            return Err(TokenFault::OtherHeader);
        }
        self.check_signature(signed, signature)?;
        let payload = URL_SAFE_NO_PAD.decode(payload);
        let claims = payload.ok().and_then(|payload| Claims::from_json(&payload));
        match claims {
            Some(claims) if now < claims.expires_at => Ok(claims),
            Some(_) => Err(TokenFault::Expired),
            None => Err(TokenFault::BadClaims),
        }
    }

    /// Takes the same time whatever is wrong with the signature.
    fn check_signature(&self, signed: &str, signature: &str) -> Result<(), TokenFault> {
        let signature = URL_SAFE_NO_PAD.decode(signature);
        let signature = signature.map_err(|_| TokenFault::BadSignature)?;
        let is_ours = self.mac(signed).verify_slice(&signature);
        is_ours.map_err(|_| TokenFault::BadSignature)
    }

    fn mac(&self, signed: &str) -> Hmac<Sha256> {
        let mut mac = self.0.clone();
        mac.update(signed.as_bytes());
        mac
    }
}

impl FromStr for SessionKey {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        if text.chars().count() < KEY_CHARACTERS_MIN {
            return Err(());
        }
        Hmac::new_from_slice(text.as_bytes()).map(Self).map_err(|_| ())
    }
}

impl fmt::Debug for SessionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionKey")
    }
}

impl TokenFault {
    /// Its name in logs.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NotThreeParts => "not three parts",
            Self::OtherHeader => "other header",
            Self::BadSignature => "bad signature",
            Self::BadClaims => "bad claims",
            Self::Expired => "expired",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::member::Member;
    use crate::session_id::SessionId;

    const KEY: &str = "0123456789abcdef0123456789abcdef";

    /// Signed by another implementation, Python's `hmac`.
    const VISITORS: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.\
        eyJpc3MiOiJzZXNzaW9uLWF1dGhvcml6ZXIiLCJzaWQiOiIwMDAxMDIwMzA0MDUwNjA3MDgwOTBhMGIwYzBkMGUwZiIsImlhdCI6MTcwMDAwMDAwMCwiZXhwIjoxNzAwMDg2NDAwfQ.\
        wnvFxtffgQkG8Oneje0WwHuWt0oSi6XaE2DTa-1oX2o";
    const MEMBERS: &str = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.\
        eyJpc3MiOiJzZXNzaW9uLWF1dGhvcml6ZXIiLCJzaWQiOiIwMDAxMDIwMzA0MDUwNjA3MDgwOTBhMGIwYzBkMGUwZiIsInN1YiI6IjNmMjUwNGUwLTRmODktMTFkMy05YTBjLTAzMDVlODJjMzMwMSIsInNjb3BlIjoib3BlbmlkIHJlY29tbWVuZGF0aW9ucy91c2Vycy5yZWFkIiwiaWF0IjoxNzAwMDAwMDAwLCJleHAiOjE3MDAwMDM2MDB9.\
        iDn0PnGx1O7NUQze7cDXYGHNiBAFiWmt_Nu3pKTGaUA";

    /// <https://www.rfc-editor.org/rfc/rfc7515#appendix-A.1>
    const RFC_KEY: &str =
        "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";
    const RFC_SIGNED: &str = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.\
        eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
    const RFC_SIGNATURE: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

    fn key() -> SessionKey {
        KEY.parse().expect("a key")
    }

    fn rfc_key() -> SessionKey {
        let bytes = URL_SAFE_NO_PAD.decode(RFC_KEY).expect("base64url");
        SessionKey(Hmac::new_from_slice(&bytes).expect("any length"))
    }

    fn visitor() -> Claims {
        Claims {
            session: SessionId::new([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]),
            member: None,
            issued_at: 1_700_000_000,
            expires_at: 1_700_086_400,
        }
    }

    fn member() -> Claims {
        let scope = "openid recommendations/users.read";
        Claims {
            member: Member::new("3f2504e0-4f89-11d3-9a0c-0305e82c3301", scope),
            expires_at: 1_700_003_600,
            ..visitor()
        }
    }

    #[test]
    fn tokens_are_what_another_implementation_makes() {
        assert_eq!(key().issue(&visitor()), VISITORS);
        assert_eq!(key().issue(&member()), MEMBERS);
        assert_eq!(key().verify(VISITORS, 1_700_000_000), Ok(visitor()));
        assert_eq!(key().verify(MEMBERS, 1_700_000_000), Ok(member()));
    }

    #[test]
    fn the_signature_is_that_of_the_standards_example() {
        assert_eq!(rfc_key().check_signature(RFC_SIGNED, RFC_SIGNATURE), Ok(()));
        let other = RFC_SIGNATURE.replace('k', "l");
        assert!(rfc_key().check_signature(RFC_SIGNED, &other).is_err());
    }

    #[test]
    fn a_header_that_we_do_not_write_is_refused_however_well_signed() {
        let example = format!("{RFC_SIGNED}.{RFC_SIGNATURE}");
        assert_eq!(rfc_key().verify(&example, 0), Err(TokenFault::OtherHeader));
        let payload = VISITORS.split('.').nth(1).expect("a payload");
        for header in [
            r#"{"alg":"none"}"#,
            r#"{"alg":"none","typ":"JWT"}"#,
            r#"{"alg":"HS512","typ":"JWT"}"#,
            r#"{"typ":"JWT","alg":"HS256"}"#,
            r#"{"alg":"HS256","typ":"JWT","kid":"1"}"#,
            r#"{"alg":"HS256"}"#,
        ] {
            let signed = format!("{}.{payload}", URL_SAFE_NO_PAD.encode(header));
            let signature = URL_SAFE_NO_PAD.encode(key().mac(&signed).finalize().into_bytes());
            for signature in ["", &signature] {
                let token = format!("{signed}.{signature}");
                assert_eq!(key().verify(&token, 0), Err(TokenFault::OtherHeader), "{header}");
            }
        }
    }

    #[test]
    fn every_fault_has_its_name() {
        let good = VISITORS;
        let cut = &good[..good.len() - 1];
        let unsigned = good.rsplit_once('.').expect("three parts").0;
        let foreign = key().mac("").finalize().into_bytes();
        for (token, fault) in [
            ("", TokenFault::NotThreeParts),
            (unsigned, TokenFault::NotThreeParts),
            (&format!("{good}.x"), TokenFault::NotThreeParts),
            (&good.replacen('e', "f", 1), TokenFault::OtherHeader),
            (cut, TokenFault::BadSignature),
            (&format!("{unsigned}."), TokenFault::BadSignature),
            (&format!("{good}="), TokenFault::BadSignature),
            (
                &format!("{unsigned}.{}", URL_SAFE_NO_PAD.encode(foreign)),
                TokenFault::BadSignature,
            ),
        ] {
            assert_eq!(key().verify(token, 0), Err(fault), "{token}");
        }
    }

    #[test]
    fn our_own_signature_under_other_claims_is_not_enough() {
        for payload in [URL_SAFE_NO_PAD.encode("{}"), "****".to_owned(), String::new()] {
            let signed = format!("{HEADER}.{payload}");
            let signature = URL_SAFE_NO_PAD.encode(key().mac(&signed).finalize().into_bytes());
            let token = format!("{signed}.{signature}");
            assert_eq!(key().verify(&token, 0), Err(TokenFault::BadClaims), "{payload}");
        }
    }

    #[test]
    fn a_token_is_good_until_the_second_of_its_end() {
        let end = visitor().expires_at;
        assert!(key().verify(VISITORS, end - 1).is_ok());
        assert_eq!(key().verify(VISITORS, end), Err(TokenFault::Expired));
        assert_eq!(key().verify(VISITORS, end + 1), Err(TokenFault::Expired));
    }

    #[test]
    fn a_key_has_32_characters_at_least_and_is_not_shown() {
        assert!(KEY.parse::<SessionKey>().is_ok());
        assert!(KEY[1..].parse::<SessionKey>().is_err());
        assert_eq!(format!("{:?}", key()), "SessionKey");
    }
}
