//! What is known of a user, as one entry of a PutUsers call.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::invalid::Invalid;
use crate::limits::USER_PROPERTIES_CHARACTERS;
use crate::properties::Properties;
use crate::text::UserId;

/// A user and their metadata. A later version replaces an earlier one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    user_id: UserId,
    properties: Option<Properties<USER_PROPERTIES_CHARACTERS>>,
}

impl User {
    pub(crate) fn parse(wire: WireUser) -> Result<Self, Invalid> {
        let properties = wire.properties.map(|json| Properties::parse("properties", json));
        Ok(Self {
            user_id: UserId::parse("userId", wire.user_id)?,
            properties: properties.transpose()?,
        })
    }

    /// The user's id.
    pub fn user_id(&self) -> &UserId {
        &self.user_id
    }

    /// What the users schema has fields for.
    pub fn properties(&self) -> Option<&Properties<USER_PROPERTIES_CHARACTERS>> {
        self.properties.as_ref()
    }
}

/// A user as producers write it. Unknown fields are ignored, null is absence.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WireUser {
    user_id: String,
    properties: Option<Box<RawValue>>,
}
