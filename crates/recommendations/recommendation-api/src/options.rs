//! What every request may ask for besides: a filter, a context, metadata.

use std::collections::BTreeMap;

use crate::arn::FilterArn;
use crate::catalogue::Catalogue;
use crate::filter_values::FilterValues;
use crate::given::{Given, GivenList, Named};
use crate::invalid::Invalid;
use crate::limits::{CONTEXT_ENTRIES, FILTER_PARAMETERS, METADATA_COLUMNS};
use crate::text::{Column, ContextName, ContextValue, FilterParameter};

/// Options within every limit.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Options {
    filter: Option<Filter>,
    context: BTreeMap<ContextName, ContextValue>,
    columns: Vec<Column>,
}

/// A filter with the values of its parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter {
    arn: FilterArn,
    values: BTreeMap<FilterParameter, FilterValues>,
}

/// Options as the client wrote them, in the query or in the body.
#[derive(Debug, Default)]
pub(crate) struct GivenOptions {
    /// The filter's name.
    pub filter: Option<Given>,
    /// The filter's parameters, each with its values.
    pub filter_values: Vec<Named<GivenList>>,
    /// The context.
    pub context: Vec<Named<Given>>,
    /// The columns of metadata.
    pub columns: Option<GivenList>,
}

impl Options {
    /// The filter.
    pub fn filter(&self) -> Option<&Filter> {
        self.filter.as_ref()
    }

    /// The context.
    pub fn context(&self) -> &BTreeMap<ContextName, ContextValue> {
        &self.context
    }

    /// The columns of metadata, none when no metadata is asked for.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    pub(crate) fn check(given: GivenOptions, catalogue: &Catalogue) -> Result<Self, Invalid> {
        Ok(Self {
            filter: filter(given.filter, given.filter_values, catalogue)?,
            context: context(&given.context)?,
            columns: given.columns.as_ref().map_or(Ok(Vec::new()), columns)?,
        })
    }
}

impl Filter {
    /// The filter's ARN.
    pub fn arn(&self) -> &FilterArn {
        &self.arn
    }

    /// The values of its parameters.
    pub fn values(&self) -> &BTreeMap<FilterParameter, FilterValues> {
        &self.values
    }
}

fn filter(
    name: Option<Given>,
    values: Vec<Named<GivenList>>,
    catalogue: &Catalogue,
) -> Result<Option<Filter>, Invalid> {
    let Some(name) = name else {
        return match values.first() {
            Some(value) => Err(value.field.invalid("needs a filter beside it")),
            None => Ok(None),
        };
    };
    let found = catalogue.filters.find(&name.text);
    let (_, arn) = found.ok_or_else(|| name.field.invalid("no filter of that name"))?;
    Ok(Some(Filter {
        arn: arn.clone(),
        values: filter_values(&values)?,
    }))
}

fn filter_values(given: &[Named<GivenList>]) -> Result<BTreeMap<FilterParameter, FilterValues>, Invalid> {
    check_count(given, FILTER_PARAMETERS)?;
    given
        .iter()
        .map(|parameter| Ok((parameter.parse_name()?, quoted(&parameter.value)?)))
        .collect()
}

fn quoted(given: &GivenList) -> Result<FilterValues, Invalid> {
    if given.texts.is_empty() {
        return Err(given.field.invalid("empty"));
    }
    let mut values = FilterValues::default();
    for Given { field, text } in &given.texts {
        values.push(text).map_err(|fault| field.invalid(fault))?;
    }
    Ok(values)
}

fn context(given: &[Named<Given>]) -> Result<BTreeMap<ContextName, ContextValue>, Invalid> {
    check_count(given, CONTEXT_ENTRIES)?;
    given
        .iter()
        .map(|entry| Ok((entry.parse_name()?, entry.value.parse()?)))
        .collect()
}

/// Refuses the first that is over the limit.
fn check_count<V>(given: &[Named<V>], limit: usize) -> Result<(), Invalid> {
    match given.get(limit) {
        Some(first) => {
            let fault = format!("{} of its kind, the limit is {limit}", given.len());
            Err(first.field.invalid(fault))
        }
        None => Ok(()),
    }
}

fn columns(given: &GivenList) -> Result<Vec<Column>, Invalid> {
    let count = given.texts.len();
    if !(1..=METADATA_COLUMNS).contains(&count) {
        let fault = format!("{count} columns, the limits are 1 and {METADATA_COLUMNS}");
        return Err(given.field.invalid(fault));
    }
    given.parse()
}
