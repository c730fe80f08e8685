//! What a crate may depend on.

use crate::tree::{files, lambda_crates, output, text};

/// The packages that `package` builds on, without its tests.
fn dependencies(package: &str) -> Vec<String> {
    let tree = output(
        "cargo",
        &[
            "tree",
            "--package",
            package,
            "--edges",
            "normal",
            "--prefix",
            "none",
            "--locked",
            "--format",
            "{p}",
        ],
    );
    tree.lines()
        .skip(1)
        .filter_map(|line| line.split(' ').next())
        .map(str::to_owned)
        .collect()
}

#[test]
fn a_pure_crate_depends_on_no_aws_sdk_and_no_runtime() {
    for package in [
        "stream-batch",
        "event-source-mapping",
        "redshift-sql",
        "telemetry",
    ] {
        let dependencies = dependencies(package);
        assert!(!dependencies.is_empty(), "{package} has dependencies");
        let impure: Vec<_> = dependencies
            .iter()
            .filter(|name| name.starts_with("aws-") || *name == "tokio" || *name == "hyper")
            .collect();
        assert!(impure.is_empty(), "{package} depends on {impure:?}");
    }
}

#[test]
fn a_function_has_one_tls_stack_and_no_sign_on() {
    const UNWANTED: [&str; 6] = [
        "aws-lc-rs",
        "aws-lc-sys",
        "openssl",
        "native-tls",
        "aws-sdk-sso",
        "aws-sdk-ssooidc",
    ];
    for folder in lambda_crates() {
        let function = folder
            .file_name()
            .and_then(|name| name.to_str())
            .expect("a folder has a name");
        let found: Vec<_> = dependencies(function)
            .into_iter()
            .filter(|name| UNWANTED.contains(&name.as_str()))
            .collect();
        assert!(found.is_empty(), "{function} depends on {found:?}");
    }
}

#[test]
fn lock_files_name_no_mirror() {
    for path in files(|path| path.ends_with("package-lock.json") || path.ends_with("requirements.txt")) {
        let text = text(&path);
        let named: Vec<_> = text
            .lines()
            .filter(|line| {
                line.contains("\"resolved\": \"http")
                    || line.contains("index-url")
                    || line.contains("find-links")
            })
            .collect();
        assert!(named.is_empty(), "{} names a registry: {named:?}", path.display());
    }
    let cargo = text("Cargo.lock".as_ref());
    for line in cargo.lines().filter(|line| line.starts_with("source = ")) {
        assert_eq!(
            line,
            "source = \"registry+https://github.com/rust-lang/crates.io-index\""
        );
    }
}
