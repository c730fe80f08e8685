//! What both requests for recommendations take besides: context, filters, promotions, metadata.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::check;
use super::error::ApiError;
use super::limits::{
    ATTRIBUTE_VALUE_LENGTH_MAX, CONTEXT_ENTRIES_MAX, CONTEXT_NAME_LENGTH_MAX, FILTER_NAME_LENGTH_MAX,
    FILTER_VALUES_MAX, METADATA_COLUMN_LENGTH_MAX, METADATA_COLUMNS_MAX, METADATA_DATASETS_MAX,
    PROMOTED_PERCENT, PROMOTION_NAME_LENGTH, PROMOTIONS_MAX, RESULTS_MAX, RESULTS_WITH_METADATA_MAX,
};

/// Members that both requests have.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct WireOptions {
    context: Option<BTreeMap<String, String>>,
    filter_arn: Option<String>,
    filter_values: Option<BTreeMap<String, String>>,
    metadata_columns: Option<BTreeMap<String, Vec<String>>>,
}

/// A rule that puts some items in front.
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

    /// What the service takes and the stand-in does not have is refused as the service refuses it where it is not set
    /// up: no filter exists, and no campaign has metadata enabled. Ignoring it would answer something else than asked.
    pub(super) fn refuse_unsupported(&self) -> Result<(), ApiError> {
        if let Some(arn) = &self.filter_arn {
            return Err(no_such_filter(arn));
        }
        if self.metadata_columns.is_some() {
            return Err(ApiError::InvalidInput(
                "metadata is not enabled for the campaign or recommender".to_owned(),
            ));
        }
        Ok(())
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

/// A promotion promotes what its filter lets through: without filters there is none to apply.
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
    let arn = check::required(promotion.filter_arn.as_deref(), &format!("{prefix}filterArn"))?;
    Err(no_such_filter(arn))
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

fn no_such_filter(arn: &str) -> ApiError {
    ApiError::ResourceNotFound(format!("filter does not exist: {arn}"))
}
