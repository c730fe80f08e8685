//! PutItems and PutUsers.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use super::check;
use super::error::ApiError;
use super::events::property_names;
use super::limits::{
    EVENT_TEXT_LENGTH, ITEM_PROPERTIES_LENGTH, ITEMS_PER_CALL, USER_PROPERTIES_LENGTH, USERS_PER_CALL,
};
use super::request;

/// A PutItems or PutUsers call that keeps every limit.
#[derive(Debug)]
pub(crate) struct PutRows<R> {
    pub(crate) dataset_arn: String,
    pub(crate) rows: Vec<R>,
}

/// A row of an Items dataset.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Item {
    pub(crate) item_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) properties: Option<String>,
}

/// A row of a Users dataset.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct User {
    pub(crate) user_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) properties: Option<String>,
}

impl PutRows<Item> {
    /// Reads and checks PutItems' body.
    pub(crate) fn parse(body: &[u8]) -> Result<Self, ApiError> {
        let wire: WireItems = request::parse(body)?;
        let dataset_arn = dataset_arn(wire.dataset_arn)?;
        let items = check::required(wire.items, "items")?;
        check::count(items.len(), &ITEMS_PER_CALL, "items")?;
        let rows = items.into_iter().zip(1..).map(|(item, position)| {
            let member = |name: &str| format!("items.{position}.member.{name}");
            let item_id = row_id(item.item_id, &member("itemId"))?;
            check_properties(
                item.properties.as_deref(),
                &ITEM_PROPERTIES_LENGTH,
                &member("properties"),
            )?;
            Ok(Item {
                item_id,
                properties: item.properties,
            })
        });
        Ok(Self {
            dataset_arn,
            rows: rows.collect::<Result<_, _>>()?,
        })
    }
}

impl PutRows<User> {
    /// Reads and checks PutUsers' body.
    pub(crate) fn parse(body: &[u8]) -> Result<Self, ApiError> {
        let wire: WireUsers = request::parse(body)?;
        let dataset_arn = dataset_arn(wire.dataset_arn)?;
        let users = check::required(wire.users, "users")?;
        check::count(users.len(), &USERS_PER_CALL, "users")?;
        let rows = users.into_iter().zip(1..).map(|(user, position)| {
            let member = |name: &str| format!("users.{position}.member.{name}");
            let user_id = row_id(user.user_id, &member("userId"))?;
            check_properties(
                user.properties.as_deref(),
                &USER_PROPERTIES_LENGTH,
                &member("properties"),
            )?;
            Ok(User {
                user_id,
                properties: user.properties,
            })
        });
        Ok(Self {
            dataset_arn,
            rows: rows.collect::<Result<_, _>>()?,
        })
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireItems {
    dataset_arn: Option<String>,
    items: Option<Vec<WireRow>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireUsers {
    dataset_arn: Option<String>,
    users: Option<Vec<WireRow>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireRow {
    item_id: Option<String>,
    user_id: Option<String>,
    properties: Option<String>,
}

fn dataset_arn(arn: Option<String>) -> Result<String, ApiError> {
    let arn = check::required(arn, "datasetArn")?;
    check::arn(&arn, "datasetArn")?;
    Ok(arn)
}

fn row_id(id: Option<String>, member: &str) -> Result<String, ApiError> {
    let id = check::required(id, member)?;
    check::length(&id, &EVENT_TEXT_LENGTH, member)?;
    Ok(id)
}

fn check_properties(
    properties: Option<&str>,
    range: &RangeInclusive<usize>,
    member: &str,
) -> Result<(), ApiError> {
    let Some(properties) = properties else {
        return Ok(());
    };
    check::length(properties, range, member)?;
    property_names(properties, member).map(|_| ())
}
