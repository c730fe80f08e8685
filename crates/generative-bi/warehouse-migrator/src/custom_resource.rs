//! What CDK's provider framework sends, and what it takes as an answer.
//! <https://docs.aws.amazon.com/cdk/api/v2/docs/aws-cdk-lib.custom_resources-readme.html#provider-framework>

use serde::{Deserialize, Serialize};

use crate::file_name::Version;
use crate::migrator::Done;

/// An event for `onEvent` or for `isComplete`. The framework gives `isComplete` the event of `onEvent` together with what
/// that one answered.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Event {
    /// What CloudFormation does with the resource.
    pub request_type: RequestType,
    /// The id of this change of the resource. It stays the same until the change is complete.
    pub request_id: String,
    /// The resource's id; absent for Create.
    pub physical_resource_id: Option<String>,
    /// There when `onEvent` has been answered.
    #[serde(default)]
    pub migrations_accepted: bool,
}

/// What CloudFormation does with the resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum RequestType {
    /// The stack is new, or the resource is.
    Create,
    /// A property has changed, or a change is rolled back.
    Update,
    /// The resource leaves the stack, or the stack goes.
    Delete,
}

/// The answer to either event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Answer {
    /// To `onEvent`: the resource is what it is, and the work is to be asked for.
    #[serde(rename_all = "PascalCase")]
    Accepted {
        /// The resource's id. It never changes: CloudFormation would take another for a replacement.
        physical_resource_id: String,
        /// Comes back with each event for `isComplete`.
        migrations_accepted: bool,
    },
    /// To `isComplete`. Data may be there only when it is.
    #[serde(rename_all = "PascalCase")]
    State {
        /// Whether the work is done.
        is_complete: bool,
        /// The resource's attributes.
        #[serde(skip_serializing_if = "Option::is_none")]
        data: Option<Data>,
    },
}

/// The resource's attributes, for `Fn::GetAtt`. All are text; a list is separated by commas.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct Data {
    /// The last version of the files, such as `V009`.
    pub version: String,
    /// The versions that this change applied.
    pub applied_versions: String,
    /// Versions that an earlier deployment applied and these files do not have: it was rolled back.
    pub newer_versions: String,
}

impl From<&Done> for Data {
    fn from(done: &Done) -> Self {
        Self {
            version: done.newest.map(|version| version.to_string()).unwrap_or_default(),
            applied_versions: list(&done.applied),
            newer_versions: list(&done.ahead),
        }
    }
}

fn list(versions: &[Version]) -> String {
    let names: Vec<_> = versions.iter().map(Version::to_string).collect();
    names.join(",")
}
