//! Which of a call's parameters its statements use.
//!
//! Every parameter must be used; one of a batch by at least one of its statements.
//! <https://docs.aws.amazon.com/redshift-data/latest/APIReference/API_BatchExecuteStatement.html>

use redshift_sql::{Because, Refusal, Session, plan};

/// A parameter's name and value.
type Parameter = (String, String);

/// Those of the given that the statement names.
pub(crate) fn used(sql: &str, given: &[Parameter]) -> Vec<Parameter> {
    let needed = given.iter().filter(|parameter| {
        let others: Vec<_> = given.iter().filter(|other| other != parameter).cloned().collect();
        refusal(sql, &others).is_some_and(|refusal| is_of_missing(&refusal))
    });
    needed.cloned().collect()
}

/// What is wrong between the statements and their parameters, if something is.
pub(crate) fn mismatch(statements: &[String], given: &[Parameter]) -> Option<String> {
    let mut unused = given.to_vec();
    for sql in statements {
        let used = used(sql, given);
        if let Some(refusal) = refusal(sql, &used) {
            return Some(refusal.to_string());
        }
        unused.retain(|parameter| !used.contains(parameter));
    }
    let names: Vec<_> = unused.iter().map(|(name, _)| name.as_str()).collect();
    (!names.is_empty()).then(|| {
        let names = names.join(", ");
        format!("Parameters list contains unused parameters. Unused parameters: [{names}]")
    })
}

/// The refusal for a parameter's sake.
fn refusal(sql: &str, given: &[Parameter]) -> Option<Refusal> {
    let planned = plan(sql, &Session::default(), given);
    planned
        .err()
        .filter(|refusal| refusal.because == Because::Parameter)
}

/// A missing parameter is refused where the statement names it, which is never its beginning; one too many there.
fn is_of_missing(refusal: &Refusal) -> bool {
    (refusal.line, refusal.column) != (1, 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(names: &[&str]) -> Vec<Parameter> {
        names
            .iter()
            .map(|name| ((*name).to_owned(), "1".to_owned()))
            .collect()
    }

    #[track_caller]
    fn check(statements: &[&str], names: &[&str], expected: Option<&str>) {
        let statements: Vec<_> = statements.iter().map(|sql| (*sql).to_owned()).collect();
        match (mismatch(&statements, &given(names)), expected) {
            (None, None) => {}
            (Some(text), Some(part)) => assert!(text.contains(part), "{text}"),
            (got, _) => panic!("{got:?}"),
        }
    }

    #[test]
    fn each_parameter_is_used_somewhere_and_each_that_is_named_is_given() {
        check(&["SELECT 1"], &[], None);
        check(&["SELECT :a::INT + :b::INT"], &["a", "b"], None);
        check(&["SELECT :a::INT", "SELECT :b::INT"], &["a", "b"], None);
        check(&["SELECT :a::INT", "SELECT 1"], &["a"], None);
        check(&["SELECT :a::INT"], &["a", "b"], Some("[b]"));
        check(&["SELECT :a::INT"], &[], Some("\"a\""));
        check(&["SELECT ':a', 1"], &["a"], Some("[a]"));
    }

    #[test]
    fn a_statement_gets_its_own() {
        assert_eq!(used("SELECT :b::INT", &given(&["a", "b", "c"])), given(&["b"]));
    }
}
