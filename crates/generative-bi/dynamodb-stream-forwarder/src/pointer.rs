//! JSON pointers: where something stands in a document.

/// A JSON pointer that is built on the way down and taken back on the way up.
/// <https://www.rfc-editor.org/rfc/rfc6901>
#[derive(Debug, Default)]
pub struct Pointer(String);

impl Pointer {
    /// Runs `look` below the member `name`.
    pub fn below<R>(&mut self, name: &str, look: impl FnOnce(&mut Self) -> R) -> R {
        let length = self.0.len();
        self.0.push('/');
        for character in name.chars() {
            match character {
                '~' => self.0.push_str("~0"),
                '/' => self.0.push_str("~1"),
                other => self.0.push(other),
            }
        }
        let seen = look(self);
        self.0.truncate(length);
        seen
    }

    /// Runs `look` below the element at `index`.
    pub fn below_index<R>(&mut self, index: usize, look: impl FnOnce(&mut Self) -> R) -> R {
        self.below(&index.to_string(), look)
    }

    /// The pointer's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn names_are_escaped_as_readers_of_pointers_expect() {
        let document = json!({"a/b": {"m~n": [0, {"": "here", "~1": "there"}]}});
        let mut pointer = Pointer::default();
        for (last, found) in [("", "here"), ("~1", "there")] {
            pointer.below("a/b", |pointer| {
                pointer.below("m~n", |pointer| {
                    pointer.below_index(1, |pointer| {
                        pointer.below(last, |pointer| {
                            let value = document.pointer(pointer.as_str());
                            assert_eq!(value, Some(&Value::from(found)), "{}", pointer.as_str());
                        });
                    });
                });
            });
        }
        assert_eq!(pointer.as_str(), "");
    }
}
