//! Which attributes are taken out of the images.

use std::collections::BTreeMap;
use std::str::FromStr;

use crate::attribute_value::{AttributeValue, Attributes};
use crate::pointer::Pointer;

/// Paths of attributes, such as `address.street`. A path goes through maps by name, and through every element of a
/// list.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Redaction(BTreeMap<String, Step>);

/// What a name on a path means.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    /// The path ends: the attribute is taken out.
    End,
    /// The path goes on.
    Below(Redaction),
}

impl Redaction {
    /// The key attribute that a path names, if one does. A key says which item changed and is never taken out; to say
    /// nothing and leave it in would publish what somebody meant to hide.
    pub fn named_key<'keys>(&self, keys: &'keys Attributes<'_>) -> Option<&'keys str> {
        let mut names = keys.iter().map(|(name, _)| name);
        names.find(|name| self.0.get(*name) == Some(&Step::End))
    }

    /// Takes the attributes out of an image, which stands in the document at the member `name`, and returns the JSON
    /// pointers of those that were there.
    pub fn redact(&self, name: &str, image: &mut Attributes<'_>) -> Vec<String> {
        let mut redacted = Vec::new();
        if !self.0.is_empty() {
            Pointer::default().below(name, |pointer| {
                self.redact_attributes(image, pointer, &mut redacted)
            });
        }
        redacted
    }

    fn redact_attributes(
        &self,
        attributes: &mut Attributes<'_>,
        pointer: &mut Pointer,
        redacted: &mut Vec<String>,
    ) {
        attributes.retain(|name, value| match self.0.get(name) {
            None => true,
            Some(Step::End) => {
                pointer.below(name, |pointer| redacted.push(pointer.as_str().to_owned()));
                false
            }
            Some(Step::Below(redaction)) => {
                pointer.below(name, |pointer| redaction.redact_value(value, pointer, redacted));
                true
            }
        });
    }

    fn redact_value(
        &self,
        value: &mut AttributeValue<'_>,
        pointer: &mut Pointer,
        redacted: &mut Vec<String>,
    ) {
        match value {
            AttributeValue::M(attributes) => self.redact_attributes(attributes, pointer, redacted),
            AttributeValue::L(list) => {
                for (index, value) in list.iter_mut().enumerate() {
                    pointer.below_index(index, |pointer| self.redact_value(value, pointer, redacted));
                }
            }
            _ => {}
        }
    }

    fn add<'path>(&mut self, name: &str, mut rest: impl Iterator<Item = &'path str>) {
        let Some(next) = rest.next() else {
            self.0.insert(name.to_owned(), Step::End);
            return;
        };
        let below = Step::Below(Redaction::default());
        // Where a shorter path ends already, what is below goes with it.
        if let Step::Below(redaction) = self.0.entry(name.to_owned()).or_insert(below) {
            redaction.add(next, rest);
        }
    }
}

/// The text is no list of attribute paths.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InvalidPath;

/// Paths with commas between them.
impl FromStr for Redaction {
    type Err = InvalidPath;

    fn from_str(text: &str) -> Result<Self, InvalidPath> {
        let mut redaction = Self::default();
        for path in text.split(',').map(str::trim) {
            if path.split('.').any(str::is_empty) {
                return Err(InvalidPath);
            }
            let mut names = path.split('.');
            if let Some(first) = names.next() {
                redaction.add(first, names);
            }
        }
        Ok(redaction)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(paths: &str, left: &str, pointers: &[&str]) {
        let text = concat!(
            r#"{"a":{"S":"x"},"l":{"L":[{"M":{"p":{"N":"1"},"q":{"N":"2"}}},{"S":"x"}]},"#,
            r#""m":{"M":{"/":{"SS":["x"]},"n":{"M":{"p":{"S":"x"}}}}}}"#,
        );
        let mut image: Attributes<'_> = serde_json::from_str(text).expect("attributes");
        let redaction: Redaction = paths.parse().expect("paths");
        assert_eq!(redaction.redact("newImage", &mut image), pointers, "{paths}");
        assert_eq!(serde_json::to_string(&image).expect("JSON"), left, "{paths}");
    }

    #[test]
    fn attributes_are_taken_out_by_their_paths() {
        let list = r#""l":{"L":[{"M":{"p":{"N":"1"},"q":{"N":"2"}}},{"S":"x"}]}"#;
        let map = r#""m":{"M":{"/":{"SS":["x"]},"n":{"M":{"p":{"S":"x"}}}}}"#;
        check("a", &format!("{{{list},{map}}}"), &["/newImage/a"]);
        check("l,m", r#"{"a":{"S":"x"}}"#, &["/newImage/l", "/newImage/m"]);
        let without = r#""m":{"M":{"n":{"M":{}}}}"#;
        check(
            "m./, m.n.p,a",
            &format!("{{{list},{without}}}"),
            &["/newImage/a", "/newImage/m/~1", "/newImage/m/n/p"],
        );
        check(
            "l.p",
            &format!(r#"{{"a":{{"S":"x"}},"l":{{"L":[{{"M":{{"q":{{"N":"2"}}}}}},{{"S":"x"}}]}},{map}}}"#),
            &["/newImage/l/0/p"],
        );
    }

    #[test]
    fn a_path_to_nothing_takes_nothing_out() {
        let all = concat!(
            r#"{"a":{"S":"x"},"l":{"L":[{"M":{"p":{"N":"1"},"q":{"N":"2"}}},{"S":"x"}]},"#,
            r#""m":{"M":{"/":{"SS":["x"]},"n":{"M":{"p":{"S":"x"}}}}}}"#,
        );
        check("b,a.b,m.p,l.0", all, &[]);
    }

    #[test]
    fn a_shorter_path_covers_a_longer_one_in_either_order() {
        assert_eq!("a,a.b".parse(), "a".parse::<Redaction>());
        assert_eq!("a.b,a".parse(), "a".parse::<Redaction>());
    }

    #[test]
    fn a_path_without_a_name_is_refused() {
        for text in ["", "a,", ",a", "a..b", ".a", "a.", "a, ,b"] {
            assert_eq!(text.parse::<Redaction>(), Err(InvalidPath), "{text:?}");
        }
    }

    #[test]
    fn a_key_attribute_that_is_named_is_found() {
        let keys: Attributes<'_> =
            serde_json::from_str(r#"{"line":{"N":"1"},"orderId":{"S":"o"}}"#).expect("keys");
        let named = |paths: &str| {
            paths
                .parse::<Redaction>()
                .expect("paths")
                .named_key(&keys)
                .map(str::to_owned)
        };
        assert_eq!(named("note,orderId"), Some("orderId".to_owned()));
        // A key is text, a number or bytes: there is nothing below it.
        assert_eq!(named("note,orderId.part"), None);
    }
}
