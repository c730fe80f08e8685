//! The filters and promotions that a request may name.

use std::collections::BTreeMap;
use std::str::FromStr;

use crate::arn::FilterArn;
use crate::invalid::Fault;
use crate::text::Name;

/// Filters by name, and promotions by name: each promotes what its filter lets through.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Catalogue {
    /// What may be named as `filter`.
    pub filters: Filters,
    /// What may be named as `promotion`.
    pub promotions: Filters,
}

/// ARNs of filters by name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filters(BTreeMap<Name, FilterArn>);

impl Filters {
    /// The filter of a name, with the name as it was configured.
    pub fn find(&self, name: &str) -> Option<(&Name, &FilterArn)> {
        self.0.get_key_value(&name.parse::<Name>().ok()?)
    }
}

impl FromStr for Filters {
    type Err = Fault;

    /// Reads `{"of-genre":"arn:…",…}`.
    fn from_str(text: &str) -> Result<Self, Fault> {
        let wire: BTreeMap<String, String> =
            serde_json::from_str(text).map_err(|_| Fault::new("not an object of names and ARNs"))?;
        let parse = |(name, arn): (String, String)| Ok((name.parse()?, arn.parse()?));
        wire.into_iter()
            .map(parse)
            .collect::<Result<_, Fault>>()
            .map(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_to_arns() {
        let filters: Filters = r#"{"new":"arn:aws:personalize:us-east-1:000000000000:filter/n"}"#
            .parse()
            .expect("filters");
        let (name, arn) = filters.find("new").expect("configured");
        assert_eq!(name.as_str(), "new");
        assert!(arn.as_str().ends_with(":filter/n"));
        for unknown in ["", "New", "arn:aws:personalize:us-east-1:000000000000:filter/n"] {
            assert_eq!(filters.find(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn what_is_no_catalogue_is_refused() {
        assert_eq!("{}".parse::<Filters>(), Ok(Filters::default()));
        for wrong in [
            "",
            "[]",
            r#"{"new":1}"#,
            r#"{"new":"arn"}"#,
            r#"{"a b":"arn:aws:personalize:::filter/n"}"#,
        ] {
            assert!(wrong.parse::<Filters>().is_err(), "{wrong}");
        }
    }
}
