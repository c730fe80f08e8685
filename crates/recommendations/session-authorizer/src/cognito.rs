//! What API Gateway hands over of the Cognito access token that it has verified.

use serde_json::Value;
use time::format_description::parse_borrowed;
use time::{OffsetDateTime, PrimitiveDateTime};

use crate::member::Member;

/// Cognito's word for a member, and until when it stands, in Unix seconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proof {
    /// Who is signed in.
    pub member: Member,
    /// The end of Cognito's token.
    pub expires_at: u64,
}

/// `exp` as API Gateway makes text of it: `Tue Nov 24 20:00:00 UTC 2026`.
/// <https://github.com/amazon-archives/amazon-cognito-identity-js/issues/92>
const DATE: &str = "[weekday repr:short] [month repr:short] [day] [hour]:[minute]:[second] UTC [year]";

impl Proof {
    /// Reads the claims. None if one that is needed is missing, is not what Cognito writes, or if the token has ended:
    /// API Gateway keeps its verdict on a token for minutes.
    ///
    /// `scope` may be missing: who has none may do what every member may.
    pub fn read(claims: &Value, now: u64) -> Option<Self> {
        let scope = claims.get("scope").map_or(Some(""), Value::as_str)?;
        let member = Member::new(claims.get("sub")?.as_str()?, scope)?;
        let expires_at = seconds(claims.get("exp")?)?;
        (now < expires_at).then_some(Self { member, expires_at })
    }
}

/// Unix seconds from a number, from digits, or from a date in words.
fn seconds(exp: &Value) -> Option<u64> {
    match exp {
        Value::Number(seconds) => seconds.as_u64(),
        Value::String(text) if text.bytes().all(|byte| byte.is_ascii_digit()) => text.parse().ok(),
        Value::String(text) => seconds_of_date(text),
        _ => None,
    }
}

fn seconds_of_date(text: &str) -> Option<u64> {
    let format = parse_borrowed::<2>(DATE).ok()?;
    let date = PrimitiveDateTime::parse(text, &format).ok()?;
    OffsetDateTime::unix_timestamp(date.assume_utc()).try_into().ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const END: u64 = 1_795_550_400;

    fn claims(exp: Value) -> Value {
        json!({ "sub": "u1", "scope": "openid", "exp": exp, "token_use": "access", "auth_time": "1" })
    }

    #[test]
    fn an_end_is_a_number_digits_or_a_date() {
        for exp in [
            json!(END),
            json!("1795550400"),
            json!("Tue Nov 24 20:00:00 UTC 2026"),
        ] {
            let proof = Proof::read(&claims(exp.clone()), END - 1).expect("good");
            assert_eq!(proof.expires_at, END, "{exp}");
            assert_eq!((proof.member.user_id(), proof.member.scope()), ("u1", "openid"));
            assert_eq!(Proof::read(&claims(exp), END), None);
        }
        assert_eq!(
            seconds_of_date("Fri Jul 29 18:52:53 UTC 2016"),
            Some(1_469_818_373)
        );
        assert_eq!(
            seconds_of_date("Sat Feb 29 00:00:00 UTC 2020"),
            Some(1_582_934_400)
        );
    }

    #[test]
    fn an_end_that_cannot_be_read_is_none() {
        for exp in [
            Value::Null,
            json!(true),
            json!(-1),
            json!(1.5),
            json!([END]),
            json!(""),
            json!("-1795550400"),
            json!("+1795550400"),
            json!("1795550400.5"),
            json!(" 1795550400"),
            json!("99999999999999999999"),
            json!("Tue Nov 24 20:00:00 CET 2026"),
            json!("Tue Nov 24 20:00:00 2026"),
            json!("Tue Nov 31 20:00:00 UTC 2026"),
            json!("Tue Nov 24 24:00:00 UTC 2026"),
            json!("Tue Nov 24 20:00:00 UTC 2026 "),
            json!("Tue Nov 24 20:00:00 UTC 26"),
            json!("Die Nov 24 20:00:00 UTC 2026"),
            json!("Mon Jan 01 00:00:00 UTC 1900"),
            json!("2026-11-24T20:00:00Z"),
        ] {
            assert_eq!(Proof::read(&claims(exp.clone()), 0), None, "{exp}");
        }
    }

    #[test]
    fn who_is_not_named_is_nobody() {
        let good = claims(json!(END));
        for (name, value) in [
            ("sub", Value::Null),
            ("sub", json!("")),
            ("sub", json!(7)),
            ("sub", json!("a b")),
            ("scope", json!(["openid"])),
            ("scope", json!("a\"b")),
        ] {
            let mut bad = good.clone();
            bad[name] = value;
            assert_eq!(Proof::read(&bad, 0), None, "{bad}");
        }
        for claims in [Value::Null, json!({}), json!("sub"), json!([])] {
            assert_eq!(Proof::read(&claims, 0), None);
        }
    }

    #[test]
    fn a_token_without_scopes_allows_nothing_special() {
        let proof = Proof::read(&json!({ "sub": "u1", "exp": END }), 0).expect("good");
        assert_eq!(proof.member.scope(), "");
    }
}
