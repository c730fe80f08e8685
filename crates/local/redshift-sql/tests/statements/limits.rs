//! What is just within a limit passes, what is just beyond does not.

use redshift_sql::{Because, Session, plan};

#[test]
fn a_type_has_its_limits() {
    for (within, beyond) in [
        ("VARCHAR(65535)", "VARCHAR(65536)"),
        ("VARCHAR(1)", "VARCHAR(0)"),
        ("CHAR(4096)", "CHAR(4097)"),
        ("VARBYTE(16777216)", "VARBYTE(16777217)"),
        ("DECIMAL(38,2)", "DECIMAL(39,2)"),
        ("DECIMAL(38,37)", "DECIMAL(38,38)"),
        ("DECIMAL(5,5)", "DECIMAL(5,6)"),
    ] {
        let table = |kind| plan(&format!("CREATE TABLE t (a {kind})"), &Session::default(), &[]);
        assert!(table(within).is_ok(), "{within}");
        let because = table(beyond).map_err(|refusal| refusal.because);
        assert_eq!(because, Err(Because::NotRedshift), "{beyond}");
    }
}

#[test]
fn a_quotient_has_at_most_38_digits() {
    let quotient = |digits| {
        let text = format!("SELECT a::DECIMAL({digits},2) / b::DECIMAL({digits},2)");
        plan(&text, &Session::default(), &[])
    };
    assert!(quotient(18).is_ok());
    assert!(quotient(19).is_err());
}
