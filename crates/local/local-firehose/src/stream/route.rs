//! Which partition a record belongs to.

use time::OffsetDateTime;

use crate::configuration::Configuration;
use crate::failed_record::Failure;
use crate::limits::OBJECT_KEY_BYTES;
use crate::object_name::suffix;
use crate::prefix::Values;

/// Whose numbers have as many digits as those of any time of these days: 9999-12-31T23:59:59Z.
const LONGEST_TIME: i64 = 253_402_300_799;

/// The values of the keys in the prefix, in its order; none without dynamic partitioning.
pub(super) fn partition(configuration: &Configuration, record: &[u8]) -> Result<Vec<String>, Failure> {
    let Some(query) = &configuration.query else {
        return Ok(Vec::new());
    };
    let keys = query.evaluate(record).map_err(Failure::metadata_extraction)?;
    let value = |name: &str| {
        keys.iter()
            .find(|(key, _)| *key == name)
            .map(|(_, value)| value.clone())
    };
    let partition: Vec<_> = configuration.prefix.partition_keys().filter_map(value).collect();
    is_a_place(configuration, &partition)?;
    Ok(partition)
}

/// S3 would refuse a longer key each time, and many clients one with dots for a folder.
fn is_a_place(configuration: &Configuration, partition: &[String]) -> Result<(), Failure> {
    let at = OffsetDateTime::from_unix_timestamp(LONGEST_TIME).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let prefix = configuration.prefix.evaluate(&Values {
        at,
        partition,
        error_output_type: "",
    });
    let Configuration {
        stream,
        version,
        extension,
        ..
    } = configuration;
    if prefix.len() + suffix(stream, version, at, extension).len() > OBJECT_KEY_BYTES {
        return Err(Failure::prefix("the prefix is too long for a key"));
    }
    if prefix.split('/').any(|folder| folder == "." || folder == "..") {
        return Err(Failure::prefix("the prefix has a folder of dots"));
    }
    if prefix.chars().any(char::is_control) {
        return Err(Failure::prefix("the prefix has a control character"));
    }
    Ok(())
}
