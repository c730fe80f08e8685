//! A filter with a request's values in it, held against items.

use std::collections::{BTreeMap, HashSet};

use super::condition::{Condition, Values};
use super::{Action, Conditions, Expression};
use crate::personalize::catalogue::{Catalogue, categories};
use crate::personalize::check;
use crate::personalize::error::ApiError;
use crate::recommender::EventTypes;

/// What a parameter's place in the filter is to hold, by the parameter's name.
type Given<'a> = BTreeMap<&'a str, Vec<String>>;

/// A filter that needs no more values.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::personalize) struct BoundFilter {
    includes: Vec<Bound>,
    excludes: Vec<Bound>,
}

/// An expression that needs no more values.
#[derive(Clone, Debug, PartialEq)]
enum Bound {
    Event(EventTypes),
    All(Vec<BoundCondition>),
    Any(Vec<BoundCondition>),
}

#[derive(Clone, Debug, PartialEq)]
struct BoundCondition {
    column: String,
    negated: bool,
    values: Vec<String>,
}

impl BoundFilter {
    /// Puts the values in. An including expression needs all of them; a condition of an excluding one that lacks its
    /// value is left out.
    ///
    /// <https://docs.aws.amazon.com/personalize/latest/dg/filter-real-time.html>
    pub(super) fn new(expressions: &[Expression], given: &Given<'_>, member: &str) -> Result<Self, ApiError> {
        let mut bound = Self {
            includes: Vec::new(),
            excludes: Vec::new(),
        };
        for expression in expressions {
            match expression.action {
                Action::Include => {
                    check_given(&expression.conditions, given, member)?;
                    bound.includes.extend(bind(&expression.conditions, given));
                }
                Action::Exclude => bound.excludes.extend(bind(&expression.conditions, given)),
            }
        }
        Ok(bound)
    }

    /// Whether it asks what a user has done.
    pub(in crate::personalize) fn needs_user(&self) -> bool {
        let mut all = self.includes.iter().chain(&self.excludes);
        all.any(|bound| matches!(bound, Bound::Event(_)))
    }

    /// The filter for one user, whose items by types of events `items_of` knows.
    pub(in crate::personalize) fn applied<'a>(
        &'a self,
        catalogue: &'a Catalogue,
        items_of: impl Fn(&EventTypes) -> HashSet<&'a str>,
    ) -> AppliedFilter<'a> {
        let apply = |bound: &'a Bound| match bound {
            Bound::Event(types) => Applied::Event(items_of(types)),
            Bound::All(conditions) => Applied::All(conditions),
            Bound::Any(conditions) => Applied::Any(conditions),
        };
        AppliedFilter {
            includes: self.includes.iter().map(apply).collect(),
            excludes: self.excludes.iter().map(apply).collect(),
            catalogue,
        }
    }
}

/// A filter that can say of each item whether it lets it through.
#[derive(Debug)]
pub(in crate::personalize) struct AppliedFilter<'a> {
    includes: Vec<Applied<'a>>,
    excludes: Vec<Applied<'a>>,
    catalogue: &'a Catalogue,
}

#[derive(Debug)]
enum Applied<'a> {
    Event(HashSet<&'a str>),
    All(&'a [BoundCondition]),
    Any(&'a [BoundCondition]),
}

impl AppliedFilter<'_> {
    /// Included by one expression, if any includes, and excluded by none.
    ///
    /// <https://docs.aws.amazon.com/personalize/latest/dg/filter-expressions.html>
    pub(in crate::personalize) fn keeps(&self, item_id: &str) -> bool {
        let holds = |applied: &Applied<'_>| applied.holds(item_id, self.catalogue);
        let included = self.includes.is_empty() || self.includes.iter().any(holds);
        included && !self.excludes.iter().any(holds)
    }
}

impl Applied<'_> {
    fn holds(&self, item_id: &str, catalogue: &Catalogue) -> bool {
        let column = |condition: &BoundCondition| {
            let value = catalogue.text(item_id, &condition.column);
            value.is_some_and(|value| condition.holds(value))
        };
        match self {
            Self::Event(items) => items.contains(item_id),
            Self::All(conditions) => conditions.iter().all(column),
            Self::Any(conditions) => conditions.iter().any(column),
        }
    }
}

impl BoundCondition {
    /// A value of several categories is in a list if one of them is.
    fn holds(&self, value: &str) -> bool {
        let is_in = categories(value).any(|category| self.values.iter().any(|each| each == category));
        is_in != self.negated
    }
}

fn check_given(conditions: &Conditions, given: &Given<'_>, member: &str) -> Result<(), ApiError> {
    let mut parameters = conditions.values().filter_map(Values::parameter);
    match parameters.find(|name| !given.contains_key(name)) {
        None => Ok(()),
        Some(name) => Err(check::violation(
            &format!("{member}.{name}"),
            "Member must not be null for a filter that includes",
        )),
    }
}

fn bind(conditions: &Conditions, given: &Given<'_>) -> Option<Bound> {
    let list = |items: &[Condition]| -> Vec<_> {
        items
            .iter()
            .filter_map(|item| bind_condition(item, given))
            .collect()
    };
    let bound = match conditions {
        Conditions::Event(values) => Bound::Event(event_types(&bind_values(values, given)?)),
        Conditions::All(items) => Bound::All(Some(list(items)).filter(|list| !list.is_empty())?),
        Conditions::Any(items) => Bound::Any(list(items)),
    };
    Some(bound)
}

fn bind_condition(condition: &Condition, given: &Given<'_>) -> Option<BoundCondition> {
    Some(BoundCondition {
        column: condition.column.clone(),
        negated: condition.negated,
        values: bind_values(&condition.values, given)?,
    })
}

fn bind_values(values: &Values, given: &Given<'_>) -> Option<Vec<String>> {
    match values {
        Values::Literal(values) => Some(values.clone()),
        Values::Parameter(name) => given.get(name.as_str()).cloned(),
    }
}

/// `*` stands for every type.
fn event_types(names: &[String]) -> EventTypes {
    if names.iter().any(|name| name == "*") {
        return EventTypes::All;
    }
    EventTypes::named(names.iter().map(String::as_str))
}
