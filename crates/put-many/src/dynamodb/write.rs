//! One put or delete.

use std::fmt;

use aws_sdk_dynamodb::error::BuildError;
use aws_sdk_dynamodb::types::{DeleteRequest, PutRequest, WriteRequest};

use super::size::{WRITE_ENVELOPE, size};
use super::{BYTES_PER_ITEM, Item};

/// A put or a delete, made by [`KeySchema`](super::KeySchema).
#[derive(Clone, PartialEq)]
pub struct Write {
    key: String,
    wire_bytes: usize,
    request: WriteRequest,
}

impl Write {
    pub(super) fn put(key: String, item: Item) -> Result<Self, WriteError> {
        let size = size(&item);
        if size.stored > BYTES_PER_ITEM {
            return Err(WriteError::ItemTooLarge { bytes: size.stored });
        }
        let put = PutRequest::builder().set_item(Some(item)).build()?;
        Ok(Self {
            key,
            wire_bytes: size.wire + WRITE_ENVELOPE,
            request: WriteRequest::builder().put_request(put).build(),
        })
    }

    pub(super) fn delete(key: String, attributes: Item) -> Result<Self, WriteError> {
        let wire_bytes = size(&attributes).wire + WRITE_ENVELOPE;
        let delete = DeleteRequest::builder().set_key(Some(attributes)).build()?;
        Ok(Self {
            key,
            wire_bytes,
            request: WriteRequest::builder().delete_request(delete).build(),
        })
    }

    /// The item's key as one text: equal for what DynamoDB takes for one item. Order is kept within it: see
    /// [`Order::PerKey`](crate::Order).
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Whether the item is deleted.
    pub fn is_delete(&self) -> bool {
        self.request.delete_request().is_some()
    }

    pub(super) fn wire_bytes(&self) -> usize {
        self.wire_bytes
    }

    pub(super) fn request(&self) -> WriteRequest {
        self.request.clone()
    }
}

/// Key and size only: an item never reaches a log, by way of a debug format either.
impl fmt::Debug for Write {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Write")
            .field("key", &self.key)
            .field("delete", &self.is_delete())
            .field("bytes", &self.wire_bytes)
            .finish()
    }
}

/// What DynamoDB would refuse, and with it every other write of the call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WriteError {
    /// The item has no such attribute.
    KeyMissing {
        /// The key attribute.
        attribute: String,
    },
    /// The value's type cannot be a key.
    NoKey {
        /// The key attribute.
        attribute: String,
    },
    /// The key is empty or too long.
    KeyLength {
        /// The key attribute.
        attribute: String,
        /// How long it is.
        bytes: usize,
        /// How long it may be.
        limit: usize,
    },
    /// A key has an attribute too many.
    NotOfTheKey {
        /// The attribute.
        attribute: String,
    },
    /// The item exceeds [`BYTES_PER_ITEM`].
    ItemTooLarge {
        /// How large it is.
        bytes: usize,
    },
    /// The SDK does not take it.
    Build(String),
}

impl From<BuildError> for WriteError {
    fn from(error: BuildError) -> Self {
        Self::Build(error.to_string())
    }
}

impl fmt::Display for WriteError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::KeyMissing { attribute } => write!(f, "key attribute {attribute} is missing"),
            Self::NoKey { attribute } => {
                write!(f, "key attribute {attribute} is neither text, number nor binary")
            }
            Self::KeyLength {
                attribute,
                bytes,
                limit,
            } => write!(
                f,
                "key attribute {attribute} has {bytes} bytes, expected 1 to {limit}"
            ),
            Self::NotOfTheKey { attribute } => write!(f, "attribute {attribute} is not of the key"),
            Self::ItemTooLarge { bytes } => {
                write!(f, "item has {bytes} bytes, the limit is {BYTES_PER_ITEM}")
            }
            Self::Build(reason) => f.write_str(reason),
        }
    }
}

impl std::error::Error for WriteError {}
