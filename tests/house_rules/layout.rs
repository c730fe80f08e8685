//! Where things stand.

use crate::tree::{files, lambda_crates, text};

#[test]
fn a_folder_is_named_as_its_crate() {
    for manifest in files(|path| path.starts_with("crates/") && path.ends_with("/Cargo.toml")) {
        let folder = manifest
            .parent()
            .and_then(|folder| folder.file_name())
            .expect("a crate has a folder");
        let name = format!("name = \"{}\"", folder.to_string_lossy());
        assert!(
            text(&manifest).contains(&name),
            "{} does not say {name}",
            manifest.display()
        );
    }
}

#[test]
fn only_config_rs_reads_the_environment_of_a_function() {
    for folder in lambda_crates() {
        let folder = folder.to_string_lossy().into_owned();
        for path in files(|path| path.starts_with(&folder) && path.contains("/src/") && path.ends_with(".rs"))
        {
            if !path.ends_with("config.rs") {
                assert!(
                    !text(&path).contains("env::var"),
                    "{} reads the environment",
                    path.display()
                );
            }
        }
    }
}

#[test]
fn only_main_rs_builds_the_clients_of_a_function() {
    for folder in lambda_crates() {
        let folder = folder.to_string_lossy().into_owned();
        for path in files(|path| path.starts_with(&folder) && path.contains("/src/") && path.ends_with(".rs"))
        {
            if !path.ends_with("main.rs") {
                let text = text(&path);
                assert!(
                    !text.contains("Client::new(") && !text.contains("Client::from_conf("),
                    "{} builds a client",
                    path.display()
                );
            }
        }
    }
}

#[test]
fn the_main_of_a_function_is_short_and_has_no_branches() {
    for folder in lambda_crates() {
        let main = folder.join("src/main.rs");
        let text = text(&main);
        assert!(
            text.lines().count() < 30,
            "{} has 30 lines or more",
            main.display()
        );
        for branch in [" if ", "match ", "while ", "for "] {
            let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
            assert_eq!(
                code.filter(|line| line.contains(branch)).count(),
                0,
                "{} has a branch: {branch}",
                main.display()
            );
        }
    }
}

#[test]
fn nothing_names_the_machine_it_was_made_on() {
    // Written in two parts, so that this file does not name them either.
    let unwanted = [
        concat!("/wo", "rk/"),
        concat!("/tmp/", "probe"),
        concat!("/ro", "ot/"),
    ];
    for path in files(|path| !path.ends_with(".lock") && !path.ends_with(".png")) {
        let text = text(&path);
        for place in unwanted {
            assert!(!text.contains(place), "{} names {place}", path.display());
        }
    }
}
