//! A JSON object that has no name twice.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use serde::ser::{Serialize, Serializer};

use crate::text::Text;

/// The members of a JSON object, in the order of their names. A name that comes twice is an error, since either value
/// would be lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Members<'a, T>(Vec<(Text<'a>, T)>);

impl<'a, T> Members<'a, T> {
    /// Sorts `members` by name, or gives back a name that comes twice.
    ///
    /// # Errors
    /// The name.
    pub fn new(mut members: Vec<(Text<'a>, T)>) -> Result<Self, Text<'a>> {
        members.sort_by(|(one, _), (other, _)| one.cmp(other));
        let twice = members.windows(2).position(|pair| pair[0].0 == pair[1].0);
        match twice {
            Some(place) => Err(members.swap_remove(place).0),
            None => Ok(Self(members)),
        }
    }

    /// The value of this name.
    pub fn get(&self, name: &str) -> Option<&T> {
        let place = self.0.binary_search_by(|(other, _)| other.as_str().cmp(name));
        place
            .ok()
            .and_then(|place| self.0.get(place))
            .map(|(_, value)| value)
    }

    /// The names and values, in the order of the names.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &T)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// Keeps the members that `wanted` wants.
    pub fn retain(&mut self, mut wanted: impl FnMut(&str, &mut T) -> bool) {
        self.0.retain_mut(|(name, value)| wanted(name.as_str(), value));
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl<'a, T> IntoIterator for Members<'a, T> {
    type Item = (Text<'a>, T);
    type IntoIter = std::vec::IntoIter<(Text<'a>, T)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'de: 'a, 'a, T: Deserialize<'de>> Deserialize<'de> for Members<'a, T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MembersVisitor(PhantomData))
    }
}

struct MembersVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for MembersVisitor<T> {
    type Value = Members<'de, T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut members = Vec::new();
        while let Some(member) = map.next_entry()? {
            members.push(member);
        }
        // In the form of serde's own message, from which the name is read.
        Members::new(members)
            .map_err(|name| A::Error::custom(format_args!("duplicate field `{}`", name.as_str())))
    }
}

impl<T: Serialize> Serialize for Members<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_found_and_sorted_by_name() {
        let members: Members<'_, u8> =
            serde_json::from_str(r#"{"b":2,"\u0061":1,"c":3}"#).expect("an object");
        assert_eq!(
            members.iter().collect::<Vec<_>>(),
            [("a", &1), ("b", &2), ("c", &3)]
        );
        assert_eq!((members.get("c"), members.get("d")), (Some(&3), None));
    }

    #[test]
    fn a_name_that_comes_twice_is_an_error() {
        let twice = r#"{"a":1,"b":1,"\u0061":2}"#;
        let error = serde_json::from_str::<Members<'_, u8>>(twice).expect_err("twice");
        assert!(error.to_string().starts_with("duplicate field `a`"), "{error}");
    }
}
