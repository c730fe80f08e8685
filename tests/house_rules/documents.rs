//! What the documents say is there.

use std::collections::BTreeSet;
use std::path::Path;

use crate::tree::{files, lambda_crates, root, text};

/// The targets of the inline links `[text](target)` of a Markdown text.
fn links(markdown: &str) -> Vec<&str> {
    markdown
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next())
        .collect()
}

#[test]
fn links_lead_to_files_that_exist() {
    let mut followed = 0;
    for document in files(|path| path.ends_with(".md")) {
        let folder = document.parent().unwrap_or(Path::new(""));
        let text = text(&document);
        for link in links(&text)
            .into_iter()
            .filter(|link| !link.contains("://") && !link.starts_with('#'))
        {
            let target = link.split('#').next().unwrap_or(link);
            followed += 1;
            assert!(
                root().join(folder).join(target).exists(),
                "{} links to {link}",
                document.display()
            );
        }
    }
    assert!(followed > 0, "the documents link to each other");
}

/// The words of a text that are written as environment variables are.
fn variables(text: &str, quote: char) -> BTreeSet<String> {
    text.split(quote)
        .filter(|word| word.len() > 3 && word.contains('_'))
        .filter(|word| {
            word.chars()
                .all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
        })
        .map(str::to_owned)
        .collect()
}

#[test]
fn the_documented_variables_are_the_ones_read() {
    for folder in lambda_crates() {
        let config = text(&folder.join("src/config.rs"));
        let code = config.split("#[cfg(test)]").next().unwrap_or(&config);
        let documented = variables(&text(&folder.join("README.md")), '`');
        assert_eq!(
            variables(code, '"'),
            documented,
            "{}: config.rs against README.md",
            folder.display()
        );
    }
}

#[test]
fn every_crate_shows_its_readme_as_its_documentation() {
    for library in files(|path| path.starts_with("crates/") && path.ends_with("src/lib.rs")) {
        assert!(
            text(&library).contains("include_str!(\"../README.md\")"),
            "{} does not include its README.md",
            library.display()
        );
    }
}

#[test]
fn an_alarm_watches_a_metric_that_a_function_emits() {
    let emf = text("crates/telemetry-emf/src/emf.rs".as_ref());
    for (alarms, metrics) in [
        ("stream-function-alarms.ts", "metrics.rs"),
        ("recommendation-alarms.ts", "requests.rs"),
        ("warehouse-alarms.ts", "warehouse.rs"),
    ] {
        let alarms = text(format!("infra/lib/constructs/{alarms}").as_ref());
        let metrics = text(format!("crates/telemetry-emf/src/{metrics}").as_ref());
        let watched: Vec<&str> = alarms
            .split("this.ofService('")
            .skip(1)
            .filter_map(|rest| rest.split('\'').next())
            .collect();
        assert!(
            !watched.is_empty(),
            "an alarm watches a metric of the function's own"
        );
        for name in watched {
            assert!(
                metrics.contains(&format!("\"{name}\"")),
                "no function emits {name}"
            );
        }
        for dimension in ["ServiceName", "FunctionName"] {
            assert!(
                alarms.contains(dimension) && emf.contains(dimension),
                "{dimension} is on both sides"
            );
        }
    }
}
