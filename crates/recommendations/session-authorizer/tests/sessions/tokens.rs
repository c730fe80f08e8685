//! Laws of session tokens.

use proptest::option;
use proptest::prelude::*;
use session_authorizer::claims::Claims;
use session_authorizer::member::Member;
use session_authorizer::session_id::SessionId;
use session_authorizer::token::{SessionKey, TokenFault};

fn keys() -> impl Strategy<Value = SessionKey> {
    "[ -~]{32,80}".prop_map(|text| text.parse().expect("a key"))
}

fn members() -> impl Strategy<Value = Member> {
    ("[A-Za-z0-9_-]{1,40}", "[a-z]{1,9}( [a-z/.]{1,20}){0,3}")
        .prop_map(|(id, scope)| Member::new(&id, &scope).expect("a member"))
}

fn claims() -> impl Strategy<Value = Claims> {
    (any::<[u8; 16]>(), option::of(members()), any::<u64>(), 1_u64..).prop_map(
        |(session, member, issued_at, expires_at)| Claims {
            session: SessionId::new(session),
            member,
            issued_at,
            expires_at,
        },
    )
}

proptest! {
    #[test]
    fn what_is_issued_is_verified(key in keys(), claims in claims()) {
        let token = key.issue(&claims);
        prop_assert_eq!(key.verify(&token, claims.expires_at - 1), Ok(claims));
    }

    #[test]
    fn a_token_looks_as_the_authorizers_validation_expression_wants(key in keys(), claims in claims()) {
        let token = key.issue(&claims);
        let parts: Vec<_> = token.split('.').collect();
        prop_assert_eq!(parts.len(), 3);
        for part in parts {
            prop_assert!(!part.is_empty());
            prop_assert!(part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'));
        }
    }

    #[test]
    fn at_its_end_it_is_no_longer_good(key in keys(), claims in claims(), after: u32) {
        let token = key.issue(&claims);
        let late = claims.expires_at.saturating_add(after.into());
        prop_assert_eq!(key.verify(&token, late), Err(TokenFault::Expired));
    }

    #[test]
    fn another_key_is_refused(key in keys(), other in "[ -~]{32,80}", claims in claims()) {
        let token = key.issue(&claims);
        let other: SessionKey = other.parse().expect("a key");
        prop_assume!(other.issue(&claims) != token);
        prop_assert_eq!(other.verify(&token, 0), Err(TokenFault::BadSignature));
    }

    #[test]
    fn any_text_is_refused_without_a_panic(key in keys(), text in "\\PC{0,200}") {
        prop_assert!(key.verify(&text, 0).is_err());
    }

    /// A part of one token and the rest of another are no token, whoever's they were.
    #[test]
    fn parts_of_two_tokens_make_none(key in keys(), one in claims(), other in claims()) {
        prop_assume!(one != other);
        let (one, other) = (key.issue(&one), key.issue(&other));
        let signed = one.rsplit_once('.').expect("three parts").0;
        let signature = other.rsplit_once('.').expect("three parts").1;
        prop_assert_eq!(key.verify(&format!("{signed}.{signature}"), 0), Err(TokenFault::BadSignature));
    }
}

proptest! {
    // Each case looks at every bit of a token.
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn a_token_with_any_bit_flipped_is_refused(key in keys(), claims in claims()) {
        let token = key.issue(&claims);
        for bit in 0..token.len() * 8 {
            let mut bytes = token.clone().into_bytes();
            bytes[bit / 8] ^= 1 << (bit % 8);
            // What is no text does not come through API Gateway.
            let Ok(flipped) = String::from_utf8(bytes) else { continue };
            prop_assert!(key.verify(&flipped, 0).is_err(), "bit {bit}");
        }
    }
}
