//! The checks that the service model's constraints ask for. Messages name the member, never its value.

use std::ops::RangeInclusive;

use uuid::Uuid;

use super::error::ApiError;
use super::request::{Parameter, Submission};
use crate::limits::{
    BATCH_STATEMENTS, CLIENT_TOKEN_LENGTH, SESSION_KEEP_ALIVE_SECONDS, STATEMENT_BYTES_MAX,
    STATEMENT_NAME_LENGTH, WAIT_TIME_SECONDS, WORKGROUP_NAME_LENGTH,
};

/// What the service says of a workgroup or cluster that it does not find.
const NO_ENDPOINT: &str = "Redshift endpoint doesn't exist in this region.";

/// A statement's id, and the number of one statement of a batch behind it, from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct StatementId {
    pub id: Uuid,
    pub part: Option<usize>,
}

/// The value, or the refusal of a request that lacks it.
pub(super) fn required<T>(value: Option<T>, member: &str) -> Result<T, ApiError> {
    value.ok_or_else(|| ApiError::member(member, "Member must not be null"))
}

/// Reads `id` or `id:2`.
pub(super) fn statement_id(id: Option<String>) -> Result<StatementId, ApiError> {
    let id = required(id, "id")?;
    let (whole, part) = match id.split_once(':') {
        Some((whole, part)) => (whole, Some(part.parse())),
        None => (id.as_str(), None),
    };
    let is_plain = whole.len() == 36 && !whole.bytes().any(|byte| byte.is_ascii_uppercase());
    match (Uuid::try_parse(whole), part.transpose()) {
        (Ok(id), Ok(part)) if is_plain => Ok(StatementId { id, part }),
        _ => Err(ApiError::member(
            "id",
            "Member must satisfy regular expression pattern: [a-z0-9]{8}(-[a-z0-9]{4}){3}-[a-z0-9]{12}(:\\d{0,2})?",
        )),
    }
}

/// Refuses a number outside `range`.
pub(super) fn number(value: i64, range: &RangeInclusive<i64>, member: &str) -> Result<(), ApiError> {
    if value < *range.start() {
        let rule = format!(
            "Member must have value greater than or equal to {}",
            range.start()
        );
        return Err(ApiError::member(member, &rule));
    }
    if value > *range.end() {
        let rule = format!("Member must have value less than or equal to {}", range.end());
        return Err(ApiError::member(member, &rule));
    }
    Ok(())
}

/// Refuses a count outside `range`.
pub(super) fn length(count: usize, range: &RangeInclusive<usize>, member: &str) -> Result<(), ApiError> {
    if count < *range.start() {
        let rule = format!(
            "Member must have length greater than or equal to {}",
            range.start()
        );
        return Err(ApiError::member(member, &rule));
    }
    if count > *range.end() {
        let rule = format!("Member must have length less than or equal to {}", range.end());
        return Err(ApiError::member(member, &rule));
    }
    Ok(())
}

pub(super) fn wait_time(seconds: Option<i64>) -> Result<(), ApiError> {
    seconds.map_or(Ok(()), |seconds| {
        number(seconds, &WAIT_TIME_SECONDS, "waitTimeSeconds")
    })
}

pub(super) fn client_token(token: Option<&str>) -> Result<(), ApiError> {
    token.map_or(Ok(()), |token| {
        length(token.chars().count(), &CLIENT_TOKEN_LENGTH, "clientToken")
    })
}

/// Everything about a submission that does not need the warehouse's state.
pub(super) fn submission(submission: &Submission, workgroup: &str) -> Result<(), ApiError> {
    statements(submission)?;
    if let Some(name) = &submission.statement_name {
        length(name.chars().count(), &STATEMENT_NAME_LENGTH, "statementName")?;
    }
    if let Some(seconds) = submission.session_keep_alive_seconds {
        number(seconds, &SESSION_KEEP_ALIVE_SECONDS, "sessionKeepAliveSeconds")?;
    }
    if let Some(parameters) = &submission.parameters {
        self::parameters(parameters)?;
    }
    match submission.result_format.as_deref() {
        None | Some("JSON") => {}
        Some("CSV") => {
            let reason = "the local warehouse has no results in CSV: leave resultFormat out";
            return Err(ApiError::Validation(reason.to_owned()));
        }
        Some(_) => {
            let rule = "Member must satisfy enum value set: [JSON, CSV]";
            return Err(ApiError::member("resultFormat", rule));
        }
    }
    if submission.session_id.is_some() {
        return in_session(submission);
    }
    compute(
        submission.workgroup_name.as_deref(),
        submission.cluster_identifier.as_deref(),
        workgroup,
    )?;
    if submission.db_user.is_some() {
        let reason = "DbUser goes with ClusterIdentifier: with a workgroup the user is the caller's identity";
        return Err(ApiError::Validation(reason.to_owned()));
    }
    match submission.database.as_deref() {
        None | Some("") => Err(ApiError::Validation("Database must be provided.".to_owned())),
        Some(_) => Ok(()),
    }
}

fn statements(submission: &Submission) -> Result<(), ApiError> {
    let member = if submission.is_batch { "sqls" } else { "sql" };
    if submission.is_batch {
        length(submission.statements.len(), &BATCH_STATEMENTS, member)?;
    }
    for sql in &submission.statements {
        if sql.trim().is_empty() {
            return Err(ApiError::Validation(format!("{member} must not be empty")));
        }
        if sql.len() > STATEMENT_BYTES_MAX {
            return Err(ApiError::Validation(format!(
                "{member} has {} bytes, the maximum is {STATEMENT_BYTES_MAX}",
                sql.len()
            )));
        }
        if redshift_sql::split(sql).is_ok_and(|split| split.len() > 1) {
            let reason = "Multiple sql statements are not allowed.";
            return Err(ApiError::Validation(reason.to_owned()));
        }
    }
    Ok(())
}

fn parameters(parameters: &[Parameter]) -> Result<(), ApiError> {
    length(parameters.len(), &(1..=usize::MAX), "parameters")?;
    for (parameter, place) in parameters.iter().zip(1..) {
        let name = format!("parameters.{place}.member.name");
        let is_word = |each: char| each.is_ascii_alphanumeric() || each == '_';
        if parameter.name.is_empty() || !parameter.name.chars().all(is_word) {
            let rule = "Member must satisfy regular expression pattern: [0-9a-zA-Z_]+";
            return Err(ApiError::member(&name, rule));
        }
        if parameters[..place - 1]
            .iter()
            .any(|earlier| earlier.name == parameter.name)
        {
            return Err(ApiError::Validation(format!("{name} is there twice")));
        }
        let value = format!("parameters.{place}.member.value");
        length(parameter.value.chars().count(), &(1..=usize::MAX), &value)?;
    }
    Ok(())
}

/// A session knows its workgroup, database and user.
fn in_session(submission: &Submission) -> Result<(), ApiError> {
    let given = [
        ("WorkgroupName", submission.workgroup_name.is_some()),
        ("ClusterIdentifier", submission.cluster_identifier.is_some()),
        ("Database", submission.database.is_some()),
        ("DbUser", submission.db_user.is_some()),
        ("SecretArn", submission.secret_arn.is_some()),
    ];
    match given.iter().find(|(_, given)| *given) {
        Some((member, _)) => Err(ApiError::Validation(format!(
            "{member} must not be provided with SessionId."
        ))),
        None => Ok(()),
    }
}

/// Either a workgroup or a cluster, and one that exists: here there is one workgroup, and no cluster.
pub(super) fn compute(
    workgroup: Option<&str>,
    cluster: Option<&str>,
    existing: &str,
) -> Result<(), ApiError> {
    match (workgroup, cluster) {
        (None, None) => Err(ApiError::Validation(
            "Either WorkgroupName or ClusterIdentifier must be provided.".to_owned(),
        )),
        (Some(_), Some(_)) => Err(ApiError::Validation(
            "WorkgroupName and ClusterIdentifier must not be provided together.".to_owned(),
        )),
        (Some(name), None) => {
            length(name.chars().count(), &WORKGROUP_NAME_LENGTH, "workgroupName")?;
            if is_workgroup(name, existing) {
                return Ok(());
            }
            Err(ApiError::Validation(NO_ENDPOINT.to_owned()))
        }
        (None, Some(_)) => Err(ApiError::Validation(NO_ENDPOINT.to_owned())),
    }
}

/// A workgroup's ARN ends in its id, which the stand-in does not have; it takes the name in that place.
fn is_workgroup(given: &str, existing: &str) -> bool {
    let of_arn = given
        .strip_prefix("arn:aws:redshift-serverless:")
        .and_then(|rest| rest.split_once(":workgroup/"));
    of_arn.map_or(given, |(_, name)| name) == existing
}

#[cfg(test)]
mod tests {
    use super::*;

    fn valid() -> Submission {
        Submission {
            workgroup_name: Some("generative-bi".to_owned()),
            database: Some("analytics".to_owned()),
            statements: vec!["SELECT 1".to_owned()],
            ..Submission::default()
        }
    }

    #[track_caller]
    fn check(change: impl FnOnce(&mut Submission), expected: Result<(), &str>) {
        let mut changed = valid();
        change(&mut changed);
        match (submission(&changed, "generative-bi"), expected) {
            (Ok(()), Ok(())) => {}
            (Err(ApiError::Validation(message)), Err(part)) => {
                assert!(message.contains(part), "{message}");
            }
            (got, expected) => panic!("{got:?}, not {expected:?}"),
        }
    }

    #[test]
    fn a_statement_has_a_workgroup_and_a_database() {
        check(|_| {}, Ok(()));
        let arn = "arn:aws:redshift-serverless:us-east-1:000000000000:workgroup/generative-bi";
        check(|it| it.workgroup_name = Some(arn.to_owned()), Ok(()));
        check(|it| it.workgroup_name = None, Err("must be provided"));
        check(
            |it| it.workgroup_name = Some("other".to_owned()),
            Err("doesn't exist"),
        );
        check(|it| it.cluster_identifier = Some("c".to_owned()), Err("together"));
        check(|it| it.database = None, Err("Database"));
        check(|it| it.db_user = Some("ada".to_owned()), Err("DbUser"));
    }

    #[test]
    fn a_session_brings_its_own() {
        let session = Some("5f2c0c3e-6f4c-4b8c-9f0e-0f6f6f6f6f6f".to_owned());
        check(
            |it| it.session_id = session.clone(),
            Err("WorkgroupName must not"),
        );
        let alone = Submission {
            workgroup_name: None,
            database: None,
            session_id: session,
            ..valid()
        };
        check(|it| *it = alone, Ok(()));
    }

    #[test]
    fn limits_hold_at_their_edge() {
        let padded = |bytes: usize| format!("SELECT 1{}", " ".repeat(bytes - 8));
        check(|it| it.statements = vec![padded(STATEMENT_BYTES_MAX)], Ok(()));
        check(
            |it| it.statements = vec![padded(STATEMENT_BYTES_MAX + 1)],
            Err("bytes"),
        );
        let batch = |count: usize| {
            move |it: &mut Submission| {
                it.is_batch = true;
                it.statements = vec!["SELECT 1".to_owned(); count];
            }
        };
        check(batch(40), Ok(()));
        check(batch(41), Err("sqls"));
        check(batch(0), Err("sqls"));
        check(|it| it.session_keep_alive_seconds = Some(86_400), Ok(()));
        check(
            |it| it.session_keep_alive_seconds = Some(86_401),
            Err("sessionKeepAlive"),
        );
        check(
            |it| it.session_keep_alive_seconds = Some(-1),
            Err("sessionKeepAlive"),
        );
        check(|it| it.statement_name = Some("n".repeat(2048)), Ok(()));
        check(
            |it| it.statement_name = Some("n".repeat(2049)),
            Err("statementName"),
        );
        assert_eq!(client_token(Some(&"t".repeat(64))), Ok(()));
        assert!(client_token(Some(&"t".repeat(65))).is_err());
        assert!(client_token(Some("")).is_err());
        assert_eq!(wait_time(Some(30)), Ok(()));
        assert!(wait_time(Some(31)).is_err() && wait_time(Some(0)).is_err());
    }

    #[test]
    fn a_parameter_has_a_name_and_a_value() {
        let with = |name: &str, value: &str| {
            let parameters = vec![Parameter {
                name: name.to_owned(),
                value: value.to_owned(),
            }];
            move |it: &mut Submission| it.parameters = Some(parameters)
        };
        check(with("day_1", "2025-01-02"), Ok(()));
        check(with("day", ""), Err("parameters.1.member.value"));
        check(with("a-b", "x"), Err("parameters.1.member.name"));
        check(|it| it.parameters = Some(Vec::new()), Err("parameters"));
    }

    #[test]
    fn one_text_is_one_statement() {
        check(|it| it.statements = vec!["SELECT 1;".to_owned()], Ok(()));
        check(
            |it| it.statements = vec!["SELECT 1; SELECT 2".to_owned()],
            Err("Multiple"),
        );
        check(|it| it.statements = vec![" \n".to_owned()], Err("empty"));
    }

    #[test]
    fn an_id_may_name_a_part() {
        let id = "d9b6c0c9-0747-4bf4-b142-e8883122f766";
        let read = |text: &str| statement_id(Some(text.to_owned()));
        assert_eq!(read(id).unwrap().part, None);
        assert_eq!(read(&format!("{id}:2")).unwrap().part, Some(2));
        for bad in [
            "",
            "x",
            &format!("{id}:x"),
            &id.to_uppercase(),
            &id.replace('-', ""),
        ] {
            assert!(read(bad).is_err(), "{bad}");
        }
        assert!(statement_id(None).is_err());
    }
}
