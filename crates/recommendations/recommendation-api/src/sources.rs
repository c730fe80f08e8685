//! Where each route's recommendations come from.

use crate::arms::Arms;
use crate::arn::{CampaignArn, SourceArn};
use crate::request::{Request, Subject};
use crate::text::Name;

/// The sources of one deployment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sources {
    /// Recommendations for a user.
    pub arms: Arms,
    /// Items that go with an item.
    pub related: Option<SourceArn>,
    /// Rankings.
    pub ranking: Option<CampaignArn>,
    /// The popular items.
    pub popular: Option<SourceArn>,
}

/// The source of one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target<'sources> {
    /// Where its recommendations come from.
    pub source: &'sources SourceArn,
    /// The user's arm, where there are arms.
    pub arm: Option<&'sources Name>,
}

impl Sources {
    /// The source of a request; `None` where the deployment has none.
    pub fn of(&self, request: &Request) -> Option<Target<'_>> {
        match request.subject() {
            Subject::Recommendations(_) => {
                let arm = self.arms.of(request.user());
                Some(Target {
                    source: arm.source(),
                    arm: Some(arm.name()),
                })
            }
            Subject::Related(..) => self.related.as_ref().map(without_arm),
            Subject::Ranking(_) => self.ranking.as_ref().map(CampaignArn::as_source).map(without_arm),
        }
    }
}

fn without_arm(source: &SourceArn) -> Target<'_> {
    Target { source, arm: None }
}
