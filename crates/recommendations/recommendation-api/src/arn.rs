//! ARNs of the configuration. None ever comes from a request.

use std::fmt;
use std::str::FromStr;

use crate::invalid::Fault;
use crate::limits::ARN_CHARACTERS;
use crate::text::check_length;

/// A campaign or a recommender: what recommendations come from.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SourceArn {
    arn: String,
    kind: SourceKind,
}

/// What a source is: the service takes each in a member of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SourceKind {
    /// Of a custom dataset group.
    Campaign,
    /// Of a domain dataset group.
    Recommender,
}

impl SourceArn {
    /// The ARN's text.
    pub fn as_str(&self) -> &str {
        &self.arn
    }

    /// What the source is.
    pub fn kind(&self) -> SourceKind {
        self.kind
    }
}

impl FromStr for SourceArn {
    type Err = Fault;

    fn from_str(text: &str) -> Result<Self, Fault> {
        let kind = match resource(text)?.split_once('/') {
            Some(("campaign", name)) if !name.is_empty() => SourceKind::Campaign,
            Some(("recommender", name)) if !name.is_empty() => SourceKind::Recommender,
            _ => return Err(Fault::new("not the ARN of a campaign or a recommender")),
        };
        let arn = text.to_owned();
        Ok(Self { arn, kind })
    }
}

impl fmt::Display for SourceArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.arn)
    }
}

/// A campaign that ranks; no recommender does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CampaignArn(SourceArn);

impl CampaignArn {
    /// The campaign as a source.
    pub fn as_source(&self) -> &SourceArn {
        &self.0
    }
}

impl FromStr for CampaignArn {
    type Err = Fault;

    fn from_str(text: &str) -> Result<Self, Fault> {
        let source: SourceArn = text.parse()?;
        match source.kind {
            SourceKind::Campaign => Ok(Self(source)),
            SourceKind::Recommender => Err(Fault::new("not the ARN of a campaign")),
        }
    }
}

/// A filter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FilterArn(String);

impl FilterArn {
    /// The ARN's text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for FilterArn {
    type Err = Fault;

    fn from_str(text: &str) -> Result<Self, Fault> {
        match resource(text)?.split_once('/') {
            Some(("filter", name)) if !name.is_empty() => Ok(Self(text.to_owned())),
            _ => Err(Fault::new("not the ARN of a filter")),
        }
    }
}

/// The last part of an ARN of Personalize.
fn resource(arn: &str) -> Result<&str, Fault> {
    check_length(arn, 1, ARN_CHARACTERS)?;
    match arn.split(':').collect::<Vec<_>>().as_slice() {
        ["arn", partition, "personalize", _, _, resource] if !partition.is_empty() => Ok(resource),
        _ => Err(Fault::new("not an ARN of Personalize")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PREFIX: &str = "arn:aws:personalize:us-east-1:000000000000:";

    #[test]
    fn a_source_is_a_campaign_or_a_recommender() {
        let kind = |resource: &str| {
            format!("{PREFIX}{resource}")
                .parse::<SourceArn>()
                .map(|arn| arn.kind())
        };
        assert_eq!(kind("campaign/shop"), Ok(SourceKind::Campaign));
        assert_eq!(kind("recommender/shop"), Ok(SourceKind::Recommender));
        for wrong in ["filter/shop", "campaign/", "campaign", "", "campaign/a:b"] {
            assert!(kind(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn only_a_campaign_ranks_and_only_a_filter_filters() {
        assert!(format!("{PREFIX}campaign/rank").parse::<CampaignArn>().is_ok());
        assert!(
            format!("{PREFIX}recommender/rank")
                .parse::<CampaignArn>()
                .is_err()
        );
        assert!(format!("{PREFIX}filter/new").parse::<FilterArn>().is_ok());
        assert!(format!("{PREFIX}campaign/new").parse::<FilterArn>().is_err());
    }

    #[test]
    fn an_arn_is_one_of_personalize_and_at_most_256_characters_long() {
        let longest = format!("{PREFIX}filter/{}", "x".repeat(ARN_CHARACTERS - PREFIX.len() - 7));
        assert!(longest.parse::<FilterArn>().is_ok());
        for wrong in [
            &format!("{longest}x"),
            "shop",
            "arn:aws:s3:::filter/shop",
            "arn::personalize:::filter/x",
        ] {
            assert!(wrong.parse::<FilterArn>().is_err(), "{wrong}");
        }
    }
}
