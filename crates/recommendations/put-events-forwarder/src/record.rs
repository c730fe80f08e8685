//! One record of the stream: JSON in, an interaction, an item or a user out.

use stream_batch::versioned_json::VersionedJson;
use stream_batch::{Rejection, StreamRecord};

use crate::destinations::Destinations;
use crate::interaction::Interaction;
use crate::invalid::Invalid;
use crate::item::Item;
use crate::user::User;

/// The version of the record format that this function reads.
pub const SCHEMA_VERSION: u64 = 1;

/// What a record asks for. Everything in it is within Personalize's limits.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "nearly every record is the large one")]
pub enum Record {
    /// A user did something: PutEvents.
    Interaction(Interaction),
    /// An item of the catalogue: PutItems.
    Item(Item),
    /// What is known of a user: PutUsers.
    User(User),
}

impl Record {
    /// Reads a record's payload.
    ///
    /// # Errors
    /// Names the first field that is not as the format or Personalize demand, never its value; or says that the
    /// record's kind has no destination.
    pub fn parse(record: &StreamRecord, destinations: &Destinations) -> Result<Self, Rejection> {
        let json = VersionedJson::open(&record.data, &[SCHEMA_VERSION])?;
        let parsed = match json.type_name() {
            Some("interaction") => {
                Interaction::parse(json.parse()?, record, &destinations.tracking_id).map(Self::Interaction)
            }
            Some("item") if destinations.items_dataset.is_none() => {
                Err(Invalid::new("type", "item, and no items dataset is configured"))
            }
            Some("item") => Item::parse(json.parse()?).map(Self::Item),
            Some("user") if destinations.users_dataset.is_none() => {
                Err(Invalid::new("type", "user, and no users dataset is configured"))
            }
            Some("user") => User::parse(json.parse()?).map(Self::User),
            Some(_) => Err(Invalid::new("type", "none of interaction, item, user")),
            None => Err(Invalid::missing("type")),
        };
        Ok(parsed?)
    }

    /// The interaction, where it is one.
    pub fn as_interaction(&self) -> Option<&Interaction> {
        match self {
            Self::Interaction(interaction) => Some(interaction),
            Self::Item(_) | Self::User(_) => None,
        }
    }

    /// The item, where it is one.
    pub fn as_item(&self) -> Option<&Item> {
        match self {
            Self::Item(item) => Some(item),
            Self::Interaction(_) | Self::User(_) => None,
        }
    }

    /// The user, where it is one.
    pub fn as_user(&self) -> Option<&User> {
        match self {
            Self::User(user) => Some(user),
            Self::Interaction(_) | Self::Item(_) => None,
        }
    }
}
