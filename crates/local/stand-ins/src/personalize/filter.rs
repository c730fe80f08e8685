//! Filters: which items may be recommended.

mod applied;
mod condition;
mod parse;
mod token;
mod values;

use std::collections::BTreeMap;

pub(super) use self::applied::{AppliedFilter, BoundFilter};

use self::condition::{Condition, Values};
use super::check;
use super::error::ApiError;

/// A filter's expression, read when the filter is made, as the service does.
///
/// <https://docs.aws.amazon.com/personalize/latest/dg/filter-expressions.html>
#[derive(Clone, Debug, PartialEq)]
pub struct Filter {
    expressions: Vec<Expression>,
}

/// One expression of those that `|` chains.
#[derive(Clone, Debug, PartialEq)]
struct Expression {
    action: Action,
    conditions: Conditions,
}

/// What happens to the items for which an expression's conditions hold.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Action {
    Include,
    Exclude,
}

/// What must hold of an item.
#[derive(Clone, Debug, PartialEq)]
enum Conditions {
    /// The user has done one of these to it.
    Event(Values),
    /// Every one of these holds.
    All(Vec<Condition>),
    /// One of these holds.
    Any(Vec<Condition>),
}

/// An expression that is no filter, or none that the stand-in knows: says what and where.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("filter expression: {problem} at character {place}")]
pub struct InvalidFilter {
    /// What is wrong.
    pub problem: String,
    /// Where, in characters from 1.
    pub place: usize,
}

impl Filter {
    /// Reads an expression:
    ///
    /// ```text
    /// filter     := expression { "|" expression }
    /// expression := ("INCLUDE" | "EXCLUDE") "ItemID" "WHERE" ( event | items )
    /// event      := "Interactions.EVENT_TYPE" "IN" values
    /// items      := item { "AND" item } | item { "OR" item }
    /// item       := "Items." COLUMN [ "NOT" ] "IN" values
    /// values     := "(" ( TEXT { "," TEXT } | "$" PARAMETER ) ")"
    /// ```
    ///
    /// A text stands in double quotes; `"*"` is every type of event. Everything else that the service knows is
    /// refused: comparisons of numbers, `IF`, `CurrentUser`, `CurrentItem`, users and actions.
    ///
    /// ```
    /// # use stand_ins::personalize::Filter;
    /// assert!(Filter::parse(r#"INCLUDE ItemID WHERE Items.GENRE IN ($GENRE)"#).is_ok());
    /// let error = Filter::parse("INCLUDE ItemID WHERE Items.PRICE < 5").unwrap_err();
    /// assert_eq!(error.to_string(), "filter expression: expected IN or NOT IN at character 34");
    /// ```
    ///
    /// # Errors
    ///
    /// What is wrong and where.
    pub fn parse(expression: &str) -> Result<Self, InvalidFilter> {
        parse::filter(expression).map(|expressions| Self { expressions })
    }

    /// The filter with a request's values in it. `member` names them in a refusal.
    pub(super) fn bind(
        &self,
        values: &BTreeMap<String, String>,
        member: &str,
    ) -> Result<BoundFilter, ApiError> {
        if let Some(name) = values.keys().find(|name| !self.names(name)) {
            let member = format!("{member}.{name}");
            return Err(check::violation(&member, "the filter has no such parameter"));
        }
        let given = values.iter().map(|(name, text)| {
            let list = values::read(text, &format!("{member}.{name}"))?;
            Ok((name.as_str(), list))
        });
        BoundFilter::new(&self.expressions, &given.collect::<Result<_, _>>()?, member)
    }

    fn names(&self, parameter: &str) -> bool {
        let all = self.expressions.iter().flat_map(|it| it.conditions.values());
        all.filter_map(Values::parameter).any(|name| name == parameter)
    }
}

impl Conditions {
    fn values(&self) -> Box<dyn Iterator<Item = &Values> + '_> {
        match self {
            Self::Event(values) => Box::new(std::iter::once(values)),
            Self::All(items) | Self::Any(items) => Box::new(items.iter().map(|item| &item.values)),
        }
    }
}
