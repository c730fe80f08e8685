//! Text that Personalize accepts: one type for each meaning, so that a user's id never stands where an item's belongs.

use std::fmt;
use std::str::FromStr;

use crate::invalid::Fault;
use crate::limits::{
    COLUMN_CHARACTERS, CONTEXT_NAME_CHARACTERS, CONTEXT_VALUE_CHARACTERS, FILTER_PARAMETER_CHARACTERS,
    ID_CHARACTERS, NAME_CHARACTERS,
};

/// Declares a text with its limits, and with a rule of its own where it has one.
macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident: $least:literal..=$most:expr $(, $rule:expr)?;)*) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = Fault;

            fn from_str(text: &str) -> Result<Self, Fault> {
                check_length(text, $least, $most)?;
                $(
                    let rule: fn(&str) -> Result<(), &'static str> = $rule;
                    rule(text)?;
                )?
                Ok(Self(text.to_owned()))
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
    /// A user, or a visitor by the id of the session.
    UserId: 1..=ID_CHARACTERS;
    /// An item of the catalogue.
    ItemId: 1..=ID_CHARACTERS;
    /// What the configuration calls a filter, a promotion or an arm.
    Name: 1..=NAME_CHARACTERS, letters_digits_hyphens;
    /// A name in a context.
    ContextName: 1..=CONTEXT_NAME_CHARACTERS, letters_digits_underscores;
    /// A value in a context.
    ContextValue: 0..=CONTEXT_VALUE_CHARACTERS;
    /// A placeholder of a filter's expression, without its dollar sign.
    FilterParameter: 1..=FILTER_PARAMETER_CHARACTERS, letters_digits_underscores;
    /// A column of the items dataset.
    Column: 1..=COLUMN_CHARACTERS;
}

impl UserId {
    /// The user that popular items are asked for with: their recipe gives all users the same list, but wants one.
    /// <https://docs.aws.amazon.com/personalize/latest/dg/native-recipe-popularity.html>
    pub(crate) fn nobody() -> Self {
        Self("popular-items".to_owned())
    }
}

/// Refuses text with fewer characters than `least`, or more than `most`.
pub(crate) fn check_length(text: &str, least: usize, most: usize) -> Result<(), Fault> {
    // The only least length besides none is one.
    if text.len() < least {
        return Err(Fault::new("empty"));
    }
    // Bytes bound the characters, so that short text is not counted.
    if text.len() > most {
        let characters = text.chars().count();
        if characters > most {
            return Err(Fault::new(format!(
                "{characters} characters, the limit is {most}"
            )));
        }
    }
    Ok(())
}

fn letters_digits_underscores(text: &str) -> Result<(), &'static str> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
    if text.bytes().all(fits) {
        Ok(())
    } else {
        Err("a character of the name is no letter, digit or underscore")
    }
}

/// The pattern of a promotion's name, which the configuration's other names share.
/// <https://docs.aws.amazon.com/personalize/latest/dg/API_RS_Promotion.html>
fn letters_digits_hyphens(text: &str) -> Result<(), &'static str> {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    if text.starts_with(['-', '_']) || !text.bytes().all(fits) {
        return Err(
            "not a name of letters, digits, hyphens and underscores that begins with a letter or digit",
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault<T: FromStr<Err = Fault>>(text: &str) -> String {
        text.parse::<T>().err().expect("refused").to_string()
    }

    #[test]
    fn an_id_has_1_to_256_characters_not_bytes() {
        assert!("é".repeat(ID_CHARACTERS).parse::<ItemId>().is_ok());
        assert!("é".repeat(ID_CHARACTERS).parse::<UserId>().is_ok());
        let long = "é".repeat(ID_CHARACTERS + 1);
        assert_eq!(fault::<ItemId>(&long), "257 characters, the limit is 256");
        assert_eq!(fault::<UserId>(&long), "257 characters, the limit is 256");
        assert_eq!(fault::<ItemId>(""), "empty");
    }

    #[test]
    fn names_are_bounded_words() {
        let longest = |characters: usize| "A".repeat(characters);
        assert!(longest(150).parse::<ContextName>().is_ok());
        assert!(longest(151).parse::<ContextName>().is_err());
        assert!(longest(50).parse::<FilterParameter>().is_ok());
        assert!(longest(51).parse::<FilterParameter>().is_err());
        assert!(longest(63).parse::<Name>().is_ok());
        assert!(longest(64).parse::<Name>().is_err());
        assert!(longest(150).parse::<Column>().is_ok());
        assert!(longest(151).parse::<Column>().is_err());
        for wrong in ["", "a-b", "a b", "é", "a.b"] {
            assert!(wrong.parse::<ContextName>().is_err(), "{wrong}");
            assert!(wrong.parse::<FilterParameter>().is_err(), "{wrong}");
        }
        for wrong in ["", "-a", "_a", "a b", "é", "a.b"] {
            assert!(wrong.parse::<Name>().is_err(), "{wrong}");
        }
        assert!("of-genre_2".parse::<Name>().is_ok());
    }

    #[test]
    fn a_value_of_the_context_may_be_empty() {
        assert!("".parse::<ContextValue>().is_ok());
        assert!("é".repeat(1_000).parse::<ContextValue>().is_ok());
        assert!("é".repeat(1_001).parse::<ContextValue>().is_err());
    }
}
