//! The Greengrass recipe: its scripts are run as the nucleus would run them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};

use crate::broker::Reply;
use crate::command::said;
use crate::fleet_to_sink::arrived;
use crate::mutual_tls::Authority;

fn recipe() -> Value {
    serde_json::from_str(include_str!("../../greengrass/recipe.json")).expect("JSON")
}

/// The recipe's default configuration, with some values replaced.
fn configuration(replaced: &Value) -> BTreeMap<String, String> {
    let mut configuration: BTreeMap<String, String> =
        serde_json::from_value(recipe()["ComponentConfiguration"]["DefaultConfiguration"].clone())
            .expect("text");
    for (key, value) in replaced.as_object().expect("an object") {
        let text = value.as_str().expect("text").to_owned();
        assert!(
            configuration.insert(key.clone(), text).is_some(),
            "{key} is no key of the recipe"
        );
    }
    configuration
}

/// Replaces the variables of a recipe that this one uses.
fn resolve(text: &str, configuration: &BTreeMap<String, String>, work: &Path) -> String {
    let artifacts = Path::new(env!("CARGO_BIN_EXE_device"))
        .parent()
        .expect("a folder");
    let mut resolved = text
        .replace("{artifacts:path}", &artifacts.display().to_string())
        .replace("{work:path}", &work.display().to_string());
    for (key, value) in configuration {
        resolved = resolved.replace(&format!("{{configuration:/{key}}}"), value);
    }
    assert!(
        !resolved.contains(":path}") && !resolved.contains("{configuration"),
        "{resolved}"
    );
    resolved
}

fn step(name: &str, replaced: &Value, work: &Path) -> Child {
    let (recipe, configuration) = (recipe(), configuration(replaced));
    let lifecycle = &recipe["Lifecycle"];
    let variables = lifecycle["setenv"].as_object().expect("variables");
    let script = lifecycle[name]["script"].as_str().expect("a script");
    Command::new("sh")
        .args(["-c", &resolve(script, &configuration, work)])
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .envs(
            variables
                .iter()
                .map(|(name, value)| (name, resolve(value.as_str().expect("text"), &configuration, work))),
        )
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("a shell")
}

#[test]
fn the_component_goes_on_after_a_kill_and_loses_nothing() {
    let authority = Authority::new();
    let broker = authority.broker(|_, number| {
        if number % 40 == 39 {
            Reply::TakeAndClose
        } else {
            Reply::Ack
        }
    });
    let file = |name: &str| authority.file(name).display().to_string();
    let replaced = json!({
        "broker": broker.address.to_string(), "devices": "4", "publishesPerSecond": "1000",
        "ca": file("ca.pem"), "certificate": file("client.pem"), "key": file("client.key")
    });
    let work = authority.file("work");
    std::fs::create_dir(&work).unwrap();
    let install = step("install", &replaced, &work).wait_with_output().unwrap();
    assert!(install.status.success(), "{}", said(&install));
    for round in 1..=3 {
        let mut run = step("run", &replaced, &work);
        broker.wait_until(|seen| seen.taken.len() >= round * 22);
        run.kill().expect("killed");
        run.wait().expect("ended");
    }
    broker.seen(|seen| assert!(seen.connects.keys().eq(["telemetry-device"])));
    // Every sensor's numbers, run by run: a reservation begins each run, and within it there is no gap.
    let mut numbers: BTreeMap<String, BTreeSet<u64>> = BTreeMap::new();
    for id in arrived(&broker.entries()).0.keys() {
        let (sensor, number) = id.rsplit_once('/').expect("an id");
        numbers
            .entry(sensor.to_owned())
            .or_default()
            .insert(number.parse().expect("a number"));
    }
    assert_eq!(numbers.len(), 11, "four devices have eleven sensors");
    for (sensor, numbers) in numbers {
        let numbers: Vec<_> = numbers.into_iter().collect();
        let gaps = numbers.windows(2).filter(|pair| pair[1] != pair[0] + 1).count();
        assert!(gaps <= 2, "{sensor}: {numbers:?}");
    }
}

#[test]
fn a_file_that_is_missing_fails_the_installation_by_its_name() {
    let folder = tempfile::tempdir().unwrap();
    let replaced = json!({"ca": "/no/ca.pem"});
    let output = step("install", &replaced, folder.path())
        .wait_with_output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(said(&output), "/no/ca.pem: the component's user cannot read it\n");
}

#[test]
fn every_key_of_the_configuration_is_used_and_every_variable_is_set() {
    let recipe = recipe();
    let lifecycle = &recipe["Lifecycle"];
    let variables = lifecycle["setenv"].as_object().unwrap();
    let scripts = format!("{}{}", lifecycle["install"]["script"], lifecycle["run"]["script"]);
    for (name, value) in variables {
        assert!(
            scripts.contains(&format!("${name}\\\"")),
            "{name} is not used, or not in quotes"
        );
        let key = value
            .as_str()
            .unwrap()
            .trim_start_matches("{configuration:/")
            .trim_end_matches('}');
        assert!(
            configuration(&json!({})).contains_key(key),
            "{key} has no default"
        );
    }
    assert_eq!(variables.len(), configuration(&json!({})).len());
    let used = scripts.split('$').skip(1).map(|rest| {
        let end = rest.find(|character: char| !(character.is_ascii_alphanumeric() || character == '_'));
        &rest[..end.unwrap_or(rest.len())]
    });
    for name in used.filter(|name| *name != "file") {
        assert!(variables.contains_key(name), "{name} is not set");
    }
}

#[test]
fn version_and_artifacts_are_those_of_the_crate() {
    let recipe = recipe();
    assert_eq!(recipe["ComponentVersion"], env!("CARGO_PKG_VERSION"));
    let name = recipe["ComponentName"].as_str().unwrap();
    let manifests = recipe["Manifests"].as_array().unwrap();
    let places: Vec<_> = manifests
        .iter()
        .map(|manifest| {
            let uri = manifest["Artifacts"][0]["URI"].as_str().unwrap();
            assert_eq!(manifest["Artifacts"][0]["Permission"]["Execute"], "OWNER");
            (
                manifest["Platform"]["architecture"].as_str().unwrap(),
                uri.to_owned(),
            )
        })
        .collect();
    let uri = |folder: &str| {
        format!(
            "s3://DOC-EXAMPLE-BUCKET/{name}/{}/{folder}/device",
            env!("CARGO_PKG_VERSION")
        )
    };
    assert_eq!(places, [("amd64", uri("x86_64")), ("aarch64", uri("aarch64"))]);
}
