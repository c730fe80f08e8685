//! Where statements run.

use std::str::FromStr;

use crate::limits::{CLUSTER_CHARACTERS, DATABASE_BYTES, WORKGROUP_CHARACTERS};

/// A database, and how its user is known: by the caller's IAM identity, or by a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    pub(crate) place: Place,
    pub(crate) database: DatabaseName,
    pub(crate) secret: Option<SecretArn>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    Workgroup(WorkgroupName),
    Cluster(ClusterId),
}

impl Target {
    /// A database of a serverless workgroup.
    pub fn workgroup(workgroup: WorkgroupName, database: DatabaseName) -> Self {
        Self {
            place: Place::Workgroup(workgroup),
            database,
            secret: None,
        }
    }

    /// A database of a provisioned cluster.
    pub fn cluster(cluster: ClusterId, database: DatabaseName) -> Self {
        Self {
            place: Place::Cluster(cluster),
            database,
            secret: None,
        }
    }

    /// The same database, with the user of a secret.
    #[must_use]
    pub fn with_secret(self, secret: Option<SecretArn>) -> Self {
        Self { secret, ..self }
    }
}

/// A text is no name of this kind. The text itself is not repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not {0}")]
pub struct NotA(&'static str);

macro_rules! name {
    ($(#[$doc:meta])* $name:ident, $what:literal, $valid:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct $name(String);

        impl $name {
            /// As it is sent.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = NotA;

            fn from_str(text: &str) -> Result<Self, NotA> {
                let valid: fn(&str) -> bool = $valid;
                if valid(text) { Ok(Self(text.to_owned())) } else { Err(NotA($what)) }
            }
        }
    };
}

name!(
    /// The name of a Redshift Serverless workgroup: 3 to 64 lower-case letters, digits and hyphens.
    WorkgroupName,
    "a workgroup's name",
    |text| {
        (WORKGROUP_CHARACTERS.0..=WORKGROUP_CHARACTERS.1).contains(&text.len()) && is_lower_case(text)
    }
);

name!(
    /// The identifier of a provisioned cluster: 1 to 63 lower-case letters, digits and hyphens, a letter first.
    ClusterId,
    "a cluster's identifier",
    |text| {
        let begins_well = text.starts_with(|c: char| c.is_ascii_lowercase());
        begins_well && text.len() <= CLUSTER_CHARACTERS && is_lower_case(text)
    }
);

name!(
    /// The name of a database: 1 to 127 bytes.
    DatabaseName,
    "a database's name",
    |text| (1..=DATABASE_BYTES).contains(&text.len()) && !text.chars().any(char::is_control)
);

name!(
    /// The ARN of a secret with a database user's name and password.
    SecretArn,
    "a secret's ARN",
    |text| text.starts_with("arn:") && text.contains(":secretsmanager:") && !text.contains(char::is_whitespace)
);

fn is_lower_case(text: &str) -> bool {
    text.chars()
        .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is<T: FromStr>(text: &str) -> bool {
        text.parse::<T>().is_ok()
    }

    #[test]
    fn names_have_their_limits() {
        for (length, valid) in [(2, false), (3, true), (64, true), (65, false)] {
            assert_eq!(is::<WorkgroupName>(&"w".repeat(length)), valid, "{length}");
        }
        for (length, valid) in [(0, false), (1, true), (63, true), (64, false)] {
            assert_eq!(is::<ClusterId>(&"c".repeat(length)), valid, "{length}");
        }
        for (length, valid) in [(0, false), (1, true), (127, true), (128, false)] {
            assert_eq!(is::<DatabaseName>(&"d".repeat(length)), valid, "{length}");
        }
    }

    #[test]
    fn names_have_their_characters() {
        assert!(is::<WorkgroupName>("generative-bi"));
        assert!(!is::<WorkgroupName>("Generative-BI"));
        assert!(!is::<ClusterId>("1-cluster"));
        assert!(is::<SecretArn>(
            "arn:aws:secretsmanager:us-east-1:123456789012:secret:admin-a1b2c3"
        ));
        assert!(!is::<SecretArn>("admin"));
    }
}
