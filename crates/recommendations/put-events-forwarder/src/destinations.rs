//! Where records go: the event tracker, and the datasets where there are any.

use std::fmt;
use std::str::FromStr;

use crate::invalid::Invalid;
use crate::limits::ID_CHARACTERS;
use crate::text::{TrackingId, check_length};

/// The destinations of one deployment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destinations {
    /// The event tracker of every interaction that does not name another.
    pub tracking_id: TrackingId,
    /// The dataset of items. Without it a record of an item is rejected.
    pub items_dataset: Option<DatasetArn>,
    /// The dataset of users. Without it a record of a user is rejected.
    pub users_dataset: Option<DatasetArn>,
}

/// The ARN of a Personalize dataset.
/// <https://docs.aws.amazon.com/personalize/latest/dg/API_UBS_PutItems.html>
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DatasetArn(String);

impl DatasetArn {
    /// The ARN's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for DatasetArn {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        check_length("dataset ARN", text, ID_CHARACTERS)?;
        match text.split(':').collect::<Vec<_>>().as_slice() {
            ["arn", partition, "personalize", _, _, resource]
                if !partition.is_empty() && resource.starts_with("dataset/") =>
            {
                Ok(Self(text.to_owned()))
            }
            _ => Err(Invalid::new(
                "dataset ARN",
                "not the ARN of a Personalize dataset",
            )),
        }
    }
}

impl fmt::Display for DatasetArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_names_a_dataset_of_personalize() {
        let arn = "arn:aws:personalize:us-east-1:000000000000:dataset/shop/ITEMS";
        assert_eq!(arn.parse::<DatasetArn>().expect("an ARN").as_str(), arn);
        let longest = format!("{arn}{}", "x".repeat(ID_CHARACTERS - arn.len()));
        assert!(longest.parse::<DatasetArn>().is_ok());
        let wrong = [
            "",
            "ITEMS",
            "arn:aws:s3:::bucket",
            "arn:aws:personalize:us-east-1:000000000000:campaign/shop",
            &format!("{longest}x"),
        ];
        for text in wrong {
            assert!(text.parse::<DatasetArn>().is_err(), "{text}");
        }
    }
}
