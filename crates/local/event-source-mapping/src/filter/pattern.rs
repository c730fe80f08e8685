//! One filter pattern: "the same set of syntax and rules as Amazon EventBridge", as far as the documentation of
//! Lambda lists it.
//! <https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html#filtering-syntax>

use serde_json::{Map, Value};

/// A parsed pattern.
#[derive(Clone, Debug, PartialEq)]
pub struct Pattern(Fields);

/// Why a pattern cannot be one: what AWS refuses when the mapping is created.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PatternError {
    /// The text is not a JSON object.
    #[error("a pattern is not a JSON object")]
    NotAnObject,
    /// A field's rule is neither a list of values nor an object of further fields.
    #[error("{0}: a rule is neither a list nor an object")]
    NotARule(String),
    /// A comparison that is unknown or has the wrong operand.
    #[error("{0}: a comparison is unknown or has the wrong operand")]
    BadComparison(String),
}

/// All of these fields must match, and one alternative of each `$or`.
#[derive(Clone, Debug, Default, PartialEq)]
struct Fields {
    rules: Vec<(String, Rule)>,
    alternatives: Vec<Vec<Fields>>,
}

#[derive(Clone, Debug, PartialEq)]
enum Rule {
    Nested(Fields),
    /// One of these must match.
    AnyOf(Vec<Comparison>),
}

#[derive(Clone, Debug, PartialEq)]
enum Comparison {
    Equals(Value),
    EqualsIgnoreCase(String),
    Prefix(String),
    Suffix(String),
    Exists(bool),
    AnythingBut(Vec<Value>),
    AnythingButPrefix(String),
    Numeric(Vec<(Order, f64)>),
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Order {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Pattern {
    /// Reads a pattern from its JSON text.
    ///
    /// # Errors
    /// If it is not an object, or if a rule in it is not one of the documented ones.
    pub fn parse(text: &str) -> Result<Self, PatternError> {
        match serde_json::from_str(text) {
            Ok(Value::Object(fields)) => Fields::parse(&fields).map(Self),
            _ => Err(PatternError::NotAnObject),
        }
    }

    /// Whether the document has all the fields that the pattern names, with values that it allows.
    pub fn matches(&self, document: &Value) -> bool {
        self.0.matches(Some(document))
    }
}

impl Fields {
    fn parse(fields: &Map<String, Value>) -> Result<Self, PatternError> {
        let mut parsed = Self::default();
        for (name, rule) in fields {
            match (name.as_str(), rule) {
                ("$or", Value::Array(choices)) => parsed.alternatives.push(alternatives(name, choices)?),
                (_, Value::Object(nested)) => {
                    parsed
                        .rules
                        .push((name.clone(), Rule::Nested(Self::parse(nested)?)));
                }
                (_, Value::Array(values)) => {
                    let comparisons = values
                        .iter()
                        .map(|value| Comparison::parse(name, value))
                        .collect::<Result<_, _>>()?;
                    parsed.rules.push((name.clone(), Rule::AnyOf(comparisons)));
                }
                _ => return Err(PatternError::NotARule(name.clone())),
            }
        }
        Ok(parsed)
    }

    fn matches(&self, document: Option<&Value>) -> bool {
        self.rules
            .iter()
            .all(|(name, rule)| rule.matches(document.and_then(|document| document.get(name))))
            && self
                .alternatives
                .iter()
                .all(|choices| choices.iter().any(|fields| fields.matches(document)))
    }
}

fn alternatives(name: &str, choices: &[Value]) -> Result<Vec<Fields>, PatternError> {
    let parse = |choice: &Value| match choice {
        Value::Object(fields) => Fields::parse(fields),
        _ => Err(PatternError::NotARule(name.to_owned())),
    };
    choices.iter().map(parse).collect()
}

impl Rule {
    fn matches(&self, value: Option<&Value>) -> bool {
        match (self, value) {
            (Self::Nested(fields), value) => fields.matches(value),
            (Self::AnyOf(comparisons), Some(Value::Array(elements))) => comparisons
                .iter()
                .any(|comparison| comparison.matches_element_of(elements)),
            (Self::AnyOf(comparisons), value) => {
                comparisons.iter().any(|comparison| comparison.matches(value))
            }
        }
    }
}

impl Comparison {
    fn parse(name: &str, value: &Value) -> Result<Self, PatternError> {
        let Value::Object(operator) = value else {
            return Ok(Self::Equals(value.clone()));
        };
        let bad = || PatternError::BadComparison(name.to_owned());
        let mut operators = operator.iter();
        let (Some((operator, operand)), None) = (operators.next(), operators.next()) else {
            return Err(bad());
        };
        match (operator.as_str(), operand) {
            ("prefix", Value::String(prefix)) => Ok(Self::Prefix(prefix.clone())),
            ("suffix", Value::String(suffix)) => Ok(Self::Suffix(suffix.clone())),
            ("equals-ignore-case", Value::String(text)) => Ok(Self::EqualsIgnoreCase(text.to_lowercase())),
            ("exists", Value::Bool(exists)) => Ok(Self::Exists(*exists)),
            ("numeric", Value::Array(bounds)) => bounds_of(bounds).map(Self::Numeric).ok_or_else(bad),
            ("anything-but", Value::Array(values)) => Ok(Self::AnythingBut(values.clone())),
            ("anything-but", Value::Object(inner)) => match inner.get("prefix") {
                Some(Value::String(prefix)) => Ok(Self::AnythingButPrefix(prefix.clone())),
                _ => Err(bad()),
            },
            ("anything-but", value @ (Value::String(_) | Value::Number(_))) => {
                Ok(Self::AnythingBut(vec![value.clone()]))
            }
            _ => Err(bad()),
        }
    }

    /// An array in the record matches if one of its elements does.
    fn matches_element_of(&self, elements: &[Value]) -> bool {
        match self {
            Self::Exists(exists) => *exists,
            _ => elements.iter().any(|element| self.matches(Some(element))),
        }
    }

    fn matches(&self, value: Option<&Value>) -> bool {
        match (self, value) {
            // "Exists" looks at leaves only.
            (Self::Exists(exists), value) => value.is_some_and(|value| !value.is_object()) == *exists,
            (_, None) => false,
            (Self::Equals(wanted), Some(value)) => value == wanted,
            (Self::AnythingBut(unwanted), Some(value)) => !unwanted.contains(value),
            (Self::Numeric(bounds), Some(value)) => value
                .as_f64()
                .is_some_and(|number| bounds.iter().all(|(order, bound)| order.holds(number, *bound))),
            (Self::Prefix(prefix), Some(Value::String(text))) => text.starts_with(prefix),
            (Self::Suffix(suffix), Some(Value::String(text))) => text.ends_with(suffix),
            (Self::EqualsIgnoreCase(wanted), Some(Value::String(text))) => text.to_lowercase() == *wanted,
            (Self::AnythingButPrefix(prefix), Some(Value::String(text))) => !text.starts_with(prefix),
            _ => false,
        }
    }
}

fn bounds_of(operands: &[Value]) -> Option<Vec<(Order, f64)>> {
    let pairs = operands.chunks(2).map(|pair| match pair {
        [Value::String(order), Value::Number(bound)] => Some((Order::parse(order)?, bound.as_f64()?)),
        _ => None,
    });
    pairs
        .collect::<Option<Vec<_>>>()
        .filter(|bounds| !bounds.is_empty())
}

impl Order {
    fn parse(text: &str) -> Option<Self> {
        match text {
            "=" => Some(Self::Equal),
            "<" => Some(Self::Less),
            "<=" => Some(Self::LessOrEqual),
            ">" => Some(Self::Greater),
            ">=" => Some(Self::GreaterOrEqual),
            _ => None,
        }
    }

    fn holds(self, number: f64, bound: f64) -> bool {
        match self {
            Self::Equal => number == bound,
            Self::Less => number < bound,
            Self::LessOrEqual => number <= bound,
            Self::Greater => number > bound,
            Self::GreaterOrEqual => number >= bound,
        }
    }
}
