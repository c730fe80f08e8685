//! The files that the function is built with.

use warehouse_migrator::migrations::Migrations;
use warehouse_migrator::parameters::Parameters;
use warehouse_migrator::source;

/// Every parameter that a file may name has a value here, whatever its name.
fn parameters(texts: &[String]) -> Parameters {
    let mut parameters = Parameters::default();
    let names = texts.iter().flat_map(|text| text.split("${").skip(1));
    let names = names
        .filter_map(|rest| rest.split_once('}'))
        .map(|(name, _)| name);
    let mut names: Vec<_> = names.collect();
    names.sort_unstable();
    names.dedup();
    for name in names {
        parameters.add(name, "value").expect("a parameter's name");
    }
    parameters
}

#[test]
fn they_can_be_applied() {
    let files = source::embedded().expect("readable");
    let texts: Vec<_> = files.iter().map(|file| file.text.clone()).collect();
    let migrations = Migrations::parse(&files, &parameters(&texts)).expect("valid files");
    assert_eq!(migrations.iter().count(), files.len());
    assert!(migrations.newest().is_some());
}
