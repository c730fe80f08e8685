//! What both requests for recommendations take besides: context, filters, promotions, metadata.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::check;
use super::error::ApiError;
use super::filter::BoundFilter;
use super::limits::{
    ATTRIBUTE_VALUE_LENGTH_MAX, CONTEXT_ENTRIES_MAX, CONTEXT_NAME_LENGTH_MAX, FILTER_NAME_LENGTH_MAX,
    FILTER_VALUES_MAX, METADATA_COLUMN_LENGTH_MAX, METADATA_COLUMNS_MAX, METADATA_DATASETS_MAX,
    PROMOTED_PERCENT, PROMOTION_NAME_LENGTH, PROMOTIONS_MAX, RESULTS_MAX, RESULTS_WITH_METADATA_MAX,
};
use super::resources::Resources;
use super::selection::Share;

/// Members that both requests have.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WireOptions {
    context: Option<BTreeMap<String, String>>,
    filter_arn: Option<String>,
    filter_values: Option<BTreeMap<String, String>>,
    metadata_columns: Option<BTreeMap<String, Vec<String>>>,
}

/// A rule that takes a share of the answer for some items, ready to be applied.
#[derive(Debug)]
pub(super) struct Promotion {
    pub(super) name: Option<String>,
    pub(super) share: Share,
    pub(super) filter: BoundFilter,
}

/// A promotion as the request has it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WirePromotion {
    name: Option<String>,
    percent_promoted_items: Option<i64>,
    filter_arn: Option<String>,
    filter_values: Option<BTreeMap<String, String>>,
}

impl WireOptions {
    /// How many items may be asked for, or ranked.
    pub(super) const fn results_max(&self) -> usize {
        if self.metadata_columns.is_some() {
            RESULTS_WITH_METADATA_MAX
        } else {
            RESULTS_MAX
        }
    }

    /// Refuses what breaks a limit.
    pub(super) fn check(&self) -> Result<(), ApiError> {
        if let Some(context) = &self.context {
            check_map(context, "context", CONTEXT_ENTRIES_MAX, CONTEXT_NAME_LENGTH_MAX)?;
        }
        check_filter(self.filter_arn.as_deref(), self.filter_values.as_ref(), "")?;
        self.metadata_columns
            .as_ref()
            .map_or(Ok(()), check_metadata_columns)
    }

    /// The filter, which must exist, with its values in it.
    pub(super) fn filter(&self, resources: &Resources) -> Result<Option<BoundFilter>, ApiError> {
        let Some(arn) = &self.filter_arn else {
            return Ok(None);
        };
        let values = self.filter_values.clone().unwrap_or_default();
        resources.filter(arn)?.bind(&values, "filterValues").map(Some)
    }

    /// The item columns that the answer is to hold, if it is to hold any.
    pub(super) fn metadata(
        &mut self,
        source_arn: &str,
        resources: &Resources,
    ) -> Result<Option<Vec<String>>, ApiError> {
        let Some(mut columns) = self.metadata_columns.take() else {
            return Ok(None);
        };
        resources.check_metadata_enabled(source_arn)?;
        Ok(Some(columns.remove("ITEMS").unwrap_or_default()))
    }
}

impl WirePromotion {
    /// The promotion, whose filter must exist, with the filter's values in it.
    pub(super) fn bind(self, resources: &Resources) -> Result<Promotion, ApiError> {
        let prefix = "promotions.1.member.";
        let arn = check::required(self.filter_arn, &format!("{prefix}filterArn"))?;
        let values = self.filter_values.unwrap_or_default();
        let filter = resources
            .filter(&arn)?
            .bind(&values, &format!("{prefix}filterValues"))?;
        // What the service does without a percentage is not documented.
        let member = format!("{prefix}percentPromotedItems");
        let percent = check::required(self.percent_promoted_items, &member)?;
        let percent = usize::try_from(percent)
            .map_err(|_| check::violation(&member, "Member must have value between 1 and 100"))?;
        Ok(Promotion {
            name: self.name,
            share: Share { percent },
            filter,
        })
    }
}

fn check_map(
    map: &BTreeMap<String, String>,
    member: &str,
    entries: usize,
    name_length: usize,
) -> Result<(), ApiError> {
    check::count(map.len(), &(0..=entries), member)?;
    for (name, value) in map {
        check::word(name, &format!("{member}.key"))?;
        check::length(name, &(1..=name_length), &format!("{member}.key"))?;
        check::length(
            value,
            &(0..=ATTRIBUTE_VALUE_LENGTH_MAX),
            &format!("{member}.{name}"),
        )?;
    }
    Ok(())
}

fn check_filter(
    arn: Option<&str>,
    values: Option<&BTreeMap<String, String>>,
    prefix: &str,
) -> Result<(), ApiError> {
    arn.map_or(Ok(()), |arn| check::arn(arn, &format!("{prefix}filterArn")))?;
    let Some(values) = values else { return Ok(()) };
    let member = format!("{prefix}filterValues");
    check_map(values, &member, FILTER_VALUES_MAX, FILTER_NAME_LENGTH_MAX)?;
    if arn.is_none() {
        return Err(check::violation(&member, "Member needs a filterArn beside it"));
    }
    Ok(())
}

fn check_metadata_columns(columns: &BTreeMap<String, Vec<String>>) -> Result<(), ApiError> {
    check::count(columns.len(), &(0..=METADATA_DATASETS_MAX), "metadataColumns")?;
    for (dataset, names) in columns {
        if dataset != "ITEMS" {
            return Err(check::violation("metadataColumns.key", "Member must be ITEMS"));
        }
        check::count(names.len(), &(0..=METADATA_COLUMNS_MAX), "metadataColumns.ITEMS")?;
        for (name, position) in names.iter().zip(1..) {
            let member = format!("metadataColumns.ITEMS.{position}.member");
            check::length(name, &(0..=METADATA_COLUMN_LENGTH_MAX), &member)?;
        }
    }
    Ok(())
}

/// Refuses what breaks a limit. A promotion promotes what its filter lets through, so it needs one.
pub(super) fn check_promotions(promotions: &[WirePromotion]) -> Result<(), ApiError> {
    check::count(promotions.len(), &(0..=PROMOTIONS_MAX), "promotions")?;
    let Some(promotion) = promotions.first() else {
        return Ok(());
    };
    let prefix = "promotions.1.member.";
    if let Some(name) = &promotion.name {
        check_promotion_name(name, &format!("{prefix}name"))?;
    }
    if promotion
        .percent_promoted_items
        .is_some_and(|percent| !PROMOTED_PERCENT.contains(&percent))
    {
        let member = format!("{prefix}percentPromotedItems");
        return Err(check::violation(
            &member,
            "Member must have value between 1 and 100",
        ));
    }
    check_filter(
        promotion.filter_arn.as_deref(),
        promotion.filter_values.as_ref(),
        prefix,
    )?;
    check::required(promotion.filter_arn.as_deref(), &format!("{prefix}filterArn")).map(|_| ())
}

fn check_promotion_name(name: &str, member: &str) -> Result<(), ApiError> {
    check::length(name, &PROMOTION_NAME_LENGTH, member)?;
    let starts = name.starts_with(|first: char| first.is_ascii_alphanumeric());
    if !starts
        || !name
            .chars()
            .all(|each| each.is_ascii_alphanumeric() || each == '-' || each == '_')
    {
        let rule = "Member must satisfy regular expression pattern: ^[a-zA-Z0-9][a-zA-Z0-9\\-_]*";
        return Err(check::violation(member, rule));
    }
    Ok(())
}
