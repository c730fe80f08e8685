//! What plain JSON cannot tell apart: sets from lists, binary from text.

use serde::ser::{Serialize, Serializer};

use crate::attribute_value::{AttributeType, AttributeValue, Attributes};
use crate::pointer::Pointer;

/// By JSON pointer, the type of every set and of every binary value.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Types(Vec<(String, AttributeType)>);

impl Types {
    /// Notes the types in `attributes`, which stand in the document at the member `name`.
    pub fn note(&mut self, name: &str, attributes: &Attributes<'_>) {
        Pointer::default().below(name, |pointer| self.note_attributes(attributes, pointer));
    }

    /// Whether plain JSON says it all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn note_attributes(&mut self, attributes: &Attributes<'_>, pointer: &mut Pointer) {
        for (name, value) in attributes.iter() {
            // Most values need no pointer.
            if needs_a_look(value) {
                pointer.below(name, |pointer| self.note_value(value, pointer));
            }
        }
    }

    fn note_value(&mut self, value: &AttributeValue<'_>, pointer: &mut Pointer) {
        match value {
            AttributeValue::M(attributes) => self.note_attributes(attributes, pointer),
            AttributeValue::L(list) => {
                for (index, value) in list.iter().enumerate().filter(|(_, value)| needs_a_look(value)) {
                    pointer.below_index(index, |pointer| self.note_value(value, pointer));
                }
            }
            other => self.0.push((pointer.as_str().to_owned(), other.attribute_type())),
        }
    }
}

fn needs_a_look(value: &AttributeValue<'_>) -> bool {
    use AttributeValue::{B, Bool, Bs, L, M, N, Ns, Null, S, Ss};
    match value {
        S(_) | N(_) | Bool(_) | Null => false,
        B(_) | Ss(_) | Ns(_) | Bs(_) | L(_) | M(_) => true,
    }
}

impl Serialize for Types {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(pointer, name)| (pointer, name)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_and_binary_are_named_wherever_they_stand() {
        let attributes = serde_json::from_str(concat!(
            r#"{"a/b":{"SS":["x"]},"b":{"B":"AA=="},"l":{"L":[{"S":"x"},{"NS":["1"]},{"L":[{"BS":[]}]}]},"#,
            r#""m":{"M":{"~":{"B":""},"s":{"S":"x"}}},"n":{"N":"1"},"o":{"NULL":true},"p":{"BOOL":true}}"#,
        ));
        let mut types = Types::default();
        types.note("newImage", &attributes.expect("attributes"));
        assert_eq!(
            serde_json::to_string(&types).expect("JSON"),
            concat!(
                r#"{"/newImage/a~1b":"SS","/newImage/b":"B","/newImage/l/1":"NS","/newImage/l/2/0":"BS","#,
                r#""/newImage/m/~0":"B"}"#,
            )
        );
    }

    #[test]
    fn plain_values_need_no_types() {
        let attributes = serde_json::from_str(r#"{"l":{"L":[{"M":{"n":{"N":"1"}}}]},"s":{"S":"x"}}"#);
        let mut types = Types::default();
        types.note("keys", &attributes.expect("attributes"));
        assert!(types.is_empty());
    }
}
