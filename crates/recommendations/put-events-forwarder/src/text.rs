//! Text that Personalize accepts: one type for each meaning, so that a user's id never stands where an item's belongs.

use std::fmt;
use std::str::FromStr;

use crate::invalid::Invalid;
use crate::limits::{ATTRIBUTION_SOURCE_CHARACTERS, ID_CHARACTERS, RECOMMENDATION_ID_CHARACTERS};

/// Declares a text with its limit, and with a rule of its own where it has one.
macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident: $limit:expr $(, $rule:expr)?;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// Takes the text if Personalize would.
            ///
            /// # Errors
            /// Names `field` and the rule that the text breaks.
            pub fn parse(field: &str, text: String) -> Result<Self, Invalid> {
                check_length(field, &text, $limit)?;
                $(
                    let rule: fn(&str) -> Result<(), &'static str> = $rule;
                    rule(&text).map_err(|fault| Invalid::new(field, fault))?;
                )?
                Ok(Self(text))
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = Invalid;

            fn from_str(text: &str) -> Result<Self, Invalid> {
                Self::parse(stringify!($name), text.to_owned())
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

texts! {
    /// Which event tracker an event belongs to.
    TrackingId: ID_CHARACTERS;
    /// A visit. Personalize joins a visit's anonymous events to the user that it later names.
    SessionId: ID_CHARACTERS, not_the_text_null;
    /// A user.
    UserId: ID_CHARACTERS;
    /// An item of the catalogue.
    ItemId: ID_CHARACTERS;
    /// What makes a repeated event harmless: of several with one id the first counts.
    EventId: ID_CHARACTERS;
    /// What the user did, such as `click` or `rating`.
    EventType: ID_CHARACTERS;
    /// The list of recommendations that the user acted on.
    RecommendationId: RECOMMENDATION_ID_CHARACTERS;
    /// Who led the user to the event, for a metric attribution.
    AttributionSource: ATTRIBUTION_SOURCE_CHARACTERS, printable_ascii;
}

/// Refuses text that is empty or longer than `limit` characters.
pub(crate) fn check_length(field: &str, text: &str, limit: usize) -> Result<(), Invalid> {
    if text.is_empty() {
        return Err(Invalid::new(field, "empty"));
    }
    // Bytes bound the characters, so that short text is not counted.
    if text.len() > limit {
        let characters = text.chars().count();
        if characters > limit {
            let fault = format!("{characters} characters, the limit is {limit}");
            return Err(Invalid::new(field, fault));
        }
    }
    Ok(())
}

/// A web client without a session writes its absent id as text. Personalize answers such a call with 200 and drops it.
/// <https://github.com/aws/aws-sdk-js/issues/3371>
fn not_the_text_null(text: &str) -> Result<(), &'static str> {
    if text == "null" {
        return Err("the text null, which Personalize ignores without an error");
    }
    Ok(())
}

fn printable_ascii(text: &str) -> Result<(), &'static str> {
    if !text.bytes().all(|byte| (b' '..=b'~').contains(&byte)) {
        return Err("a character is not printable ASCII");
    }
    if text.bytes().all(|byte| byte == b' ') {
        return Err("blank");
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A text of `characters` characters that are two bytes each.
    fn wide(characters: usize) -> String {
        "é".repeat(characters)
    }

    #[test]
    fn an_id_has_1_to_256_characters_not_bytes() {
        assert!(ItemId::parse("itemId", wide(ID_CHARACTERS)).is_ok());
        let error = ItemId::parse("itemId", wide(ID_CHARACTERS + 1)).expect_err("too long");
        assert_eq!(
            error.to_string(),
            "field itemId: 257 characters, the limit is 256"
        );
        let error = ItemId::parse("itemId", String::new()).expect_err("empty");
        assert_eq!(error.to_string(), "field itemId: empty");
    }

    #[test]
    fn a_recommendation_id_has_at_most_40_characters() {
        assert!(RecommendationId::parse("recommendationId", wide(40)).is_ok());
        assert!(RecommendationId::parse("recommendationId", wide(41)).is_err());
    }

    #[test]
    fn a_session_id_is_not_the_text_null() {
        let error = SessionId::parse("sessionId", "null".to_owned()).expect_err("null");
        assert_eq!(error.field(), "sessionId");
        assert!(SessionId::parse("sessionId", "nulls".to_owned()).is_ok());
        assert!(UserId::parse("userId", "null".to_owned()).is_ok());
    }

    #[test]
    fn an_attribution_source_is_printable_ascii_and_not_blank() {
        let parse = |text: &str| AttributionSource::parse("source", text.to_owned()).map(|_| ());
        let fault = |text: &str| parse(text).expect_err("refused").to_string();
        assert_eq!(parse(" partner ~"), Ok(()));
        assert_eq!(parse(&"a".repeat(ATTRIBUTION_SOURCE_CHARACTERS)), Ok(()));
        assert_eq!(
            fault(&"a".repeat(ATTRIBUTION_SOURCE_CHARACTERS + 1)),
            "field source: 1025 characters, the limit is 1024"
        );
        assert_eq!(fault("   "), "field source: blank");
        assert_eq!(
            fault("caf\u{e9}"),
            "field source: a character is not printable ASCII"
        );
        assert_eq!(
            fault("a\u{7f}"),
            "field source: a character is not printable ASCII"
        );
        assert_eq!(fault("a\n"), "field source: a character is not printable ASCII");
    }
}
