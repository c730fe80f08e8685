//! Which changes are forwarded.

use std::str::FromStr;

use serde_json::value::RawValue;
use stream_batch::dynamodb::EventName;

use crate::attribute_value::{AttributeValue, Attributes};
use crate::item_change::ItemChange;
use crate::members::Members;
use crate::number::Number;

/// The kinds of changes that are forwarded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForwardedEvents(Vec<EventName>);

impl ForwardedEvents {
    /// Whether changes of this kind pass.
    pub fn pass(&self, event_name: EventName) -> bool {
        self.0.contains(&event_name)
    }
}

/// All of them.
impl Default for ForwardedEvents {
    fn default() -> Self {
        Self(EventName::ALL.to_vec())
    }
}

/// The text is no filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidFilter;

/// Names with commas between them.
impl FromStr for ForwardedEvents {
    type Err = InvalidFilter;

    fn from_str(text: &str) -> Result<Self, InvalidFilter> {
        let event_name = |name: &str| {
            EventName::ALL
                .into_iter()
                .find(|known| known.as_str() == name.trim())
        };
        let names: Option<Vec<_>> = text.split(',').map(event_name).collect();
        names.map(Self).ok_or(InvalidFilter)
    }
}

/// The items whose changes are forwarded: by attribute, the values that pass. Empty for all items.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ForwardedItems(Vec<(String, Vec<Scalar>)>);

/// A value that an attribute is compared with.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Scalar {
    Text(String),
    Number(Number<'static>),
    Bool(bool),
    Null,
}

impl ForwardedItems {
    /// Whether the item matches before or after the change: whoever holds the items that match must learn of one that
    /// comes to match, and of one that no longer does. A change without any image cannot be judged, and passes.
    pub fn pass(&self, change: &ItemChange<'_>) -> bool {
        let images = [&change.old_image, &change.new_image];
        let mut images = images.into_iter().flatten().peekable();
        self.0.is_empty() || images.peek().is_none() || images.any(|image| self.match_image(image))
    }

    fn match_image(&self, image: &Attributes<'_>) -> bool {
        self.0.iter().all(|(name, scalars)| {
            let value = image.get(name);
            value.is_some_and(|value| scalars.iter().any(|scalar| scalar.is(value)))
        })
    }
}

impl Scalar {
    fn parse(json: &RawValue) -> Option<Self> {
        match json.get().as_bytes().first()? {
            b'"' => serde_json::from_str(json.get()).ok().map(Self::Text),
            b't' => Some(Self::Bool(true)),
            b'f' => Some(Self::Bool(false)),
            b'n' => Some(Self::Null),
            // Arrays and objects are no numbers either.
            _ => Number::parse(json.get()).map(|number| Self::Number(number.into_owned())),
        }
    }

    /// Whether the value's plain form is this one. Sets, lists and maps are none.
    fn is(&self, value: &AttributeValue<'_>) -> bool {
        match (self, value) {
            (Self::Text(own), AttributeValue::S(text)) => own == text.as_str(),
            (Self::Text(own), AttributeValue::B(bytes)) => own == bytes.as_str(),
            (Self::Number(own), AttributeValue::N(number)) => own.is(number),
            (Self::Bool(own), AttributeValue::Bool(is_true)) => own == is_true,
            (Self::Null, AttributeValue::Null) => true,
            _ => false,
        }
    }
}

/// From a JSON object: attributes, each with an array of the values that pass.
impl FromStr for ForwardedItems {
    type Err = InvalidFilter;

    fn from_str(text: &str) -> Result<Self, InvalidFilter> {
        let attributes: Members<'_, Vec<&RawValue>> =
            serde_json::from_str(text).map_err(|_| InvalidFilter)?;
        let scalars = |(name, values): (&str, &Vec<&RawValue>)| {
            let scalars: Option<Vec<_>> = values.iter().map(|value| Scalar::parse(value)).collect();
            // No values would let nothing pass, which nobody means.
            let scalars = scalars
                .filter(|scalars| !scalars.is_empty())
                .ok_or(InvalidFilter)?;
            Ok((name.to_owned(), scalars))
        };
        attributes.iter().map(scalars).collect::<Result<_, _>>().map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change<'a>(old: Option<&'a str>, new: Option<&'a str>) -> ItemChange<'a> {
        let attributes = |text| serde_json::from_str(text).expect("attributes");
        ItemChange {
            keys: attributes(r#"{"id":{"S":"o-1"}}"#),
            new_image: new.map(attributes),
            old_image: old.map(attributes),
        }
    }

    #[track_caller]
    fn check(filter: &str, image: &str, passes: bool) {
        let filter: ForwardedItems = filter.parse().expect("a filter");
        assert_eq!(filter.pass(&change(None, Some(image))), passes, "{image}");
    }

    #[test]
    fn events_are_named() {
        let events: ForwardedEvents = "INSERT, REMOVE".parse().expect("names");
        let pass = EventName::ALL.map(|name| events.pass(name));
        assert_eq!(pass, [true, false, true]);
        assert_eq!("INSERT,MODIFY,REMOVE".parse(), Ok(ForwardedEvents::default()));
        for text in ["", ",", "INSERT,", "insert", "DELETE"] {
            assert_eq!(text.parse::<ForwardedEvents>(), Err(InvalidFilter), "{text:?}");
        }
    }

    #[test]
    fn an_item_passes_by_its_plain_values() {
        let filter = r#"{"a":["x","y",1.50,true,null,"AA=="]}"#;
        for image in [
            r#"{"a":{"S":"x"}}"#,
            r#"{"a":{"S":"y"},"b":{"S":"z"}}"#,
            r#"{"a":{"N":"1.5"}}"#,
            r#"{"a":{"BOOL":true}}"#,
            r#"{"a":{"NULL":true}}"#,
            r#"{"a":{"B":"AA=="}}"#,
        ] {
            check(filter, image, true);
        }
        for image in [
            "{}",
            r#"{"b":{"S":"x"}}"#,
            r#"{"a":{"S":"z"}}"#,
            r#"{"a":{"S":"1.50"}}"#,
            r#"{"a":{"N":"1.51"}}"#,
            r#"{"a":{"BOOL":false}}"#,
            r#"{"a":{"SS":["x"]}}"#,
            r#"{"a":{"L":[{"S":"x"}]}}"#,
        ] {
            check(filter, image, false);
        }
    }

    #[test]
    fn every_attribute_of_the_filter_must_match() {
        let filter = r#"{"a":["x"],"b":[1]}"#;
        check(filter, r#"{"a":{"S":"x"},"b":{"N":"1"}}"#, true);
        check(filter, r#"{"a":{"S":"x"},"b":{"N":"2"}}"#, false);
        check(filter, r#"{"a":{"S":"x"}}"#, false);
    }

    #[test]
    fn all_digits_of_a_number_count() {
        let filter = r#"{"a":[12345678901234567890123456789012345678]}"#;
        check(
            filter,
            r#"{"a":{"N":"12345678901234567890123456789012345678"}}"#,
            true,
        );
        check(
            filter,
            r#"{"a":{"N":"12345678901234567890123456789012345679"}}"#,
            false,
        );
    }

    #[test]
    fn the_item_may_match_before_or_after_the_change() {
        let filter: ForwardedItems = r#"{"a":["x"]}"#.parse().expect("a filter");
        let (x, y) = (Some(r#"{"a":{"S":"x"}}"#), Some(r#"{"a":{"S":"y"}}"#));
        for (old, new, passes) in [
            (x, y, true),
            (y, x, true),
            (y, y, false),
            (x, None, true),
            (y, None, false),
            (None, y, false),
        ] {
            assert_eq!(filter.pass(&change(old, new)), passes, "{old:?} {new:?}");
        }
    }

    #[test]
    fn without_an_image_a_change_passes() {
        let filter: ForwardedItems = r#"{"a":["x"]}"#.parse().expect("a filter");
        assert!(filter.pass(&change(None, None)));
    }

    #[test]
    fn without_a_filter_every_item_passes() {
        check("{}", r#"{"a":{"S":"x"}}"#, true);
    }

    #[test]
    fn what_is_no_filter_is_refused() {
        for text in [
            "",
            "x",
            "[]",
            r#"{"a":"x"}"#,
            r#"{"a":[]}"#,
            r#"{"a":[["x"]]}"#,
            r#"{"a":[{}]}"#,
            r#"{"a":["x"],"a":["y"]}"#,
            r#"{"a":[1e999999999999]}"#,
        ] {
            assert_eq!(text.parse::<ForwardedItems>(), Err(InvalidFilter), "{text:?}");
        }
    }
}
