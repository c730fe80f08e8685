//! An item of the catalogue, as one entry of a PutItems call.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::invalid::Invalid;
use crate::limits::ITEM_PROPERTIES_CHARACTERS;
use crate::properties::Properties;
use crate::text::ItemId;

/// An item and its metadata. A later version replaces an earlier one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    item_id: ItemId,
    properties: Option<Properties<ITEM_PROPERTIES_CHARACTERS>>,
}

impl Item {
    pub(crate) fn parse(wire: WireItem) -> Result<Self, Invalid> {
        let properties = wire.properties.map(|json| Properties::parse("properties", json));
        Ok(Self {
            item_id: ItemId::parse("itemId", wire.item_id)?,
            properties: properties.transpose()?,
        })
    }

    /// The item's id.
    pub fn item_id(&self) -> &ItemId {
        &self.item_id
    }

    /// What the items schema has fields for.
    pub fn properties(&self) -> Option<&Properties<ITEM_PROPERTIES_CHARACTERS>> {
        self.properties.as_ref()
    }
}

/// An item as producers write it. Unknown fields are ignored, null is absence.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WireItem {
    item_id: String,
    properties: Option<Box<RawValue>>,
}
