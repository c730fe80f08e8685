//! Reads the table: what DynamoDB holds.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::DisplayErrorContext;

use crate::model::{Item, ItemError, from_item};
use crate::truth::Truth;

/// The table cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("table {table}: {reason}")]
pub struct TableError {
    table: String,
    reason: String,
}

/// All items that the table holds now, read consistently.
///
/// # Errors
/// A call failed.
pub async fn scan(client: &Client, table: &str) -> Result<Vec<Item>, TableError> {
    let scan = client.scan().table_name(table).consistent_read(true);
    let mut pages = scan.into_paginator().items().send();
    let mut items = Vec::new();
    while let Some(item) = Box::pin(pages.next()).await {
        items.push(item.map_err(|error| TableError {
            table: table.to_owned(),
            reason: DisplayErrorContext(&error).to_string(),
        })?);
    }
    Ok(items)
}

/// The order lines of the table's items.
///
/// # Errors
/// An item is no order line.
pub fn truth_of(items: &[Item]) -> Result<Truth, ItemError> {
    items.iter().map(from_item).collect()
}
