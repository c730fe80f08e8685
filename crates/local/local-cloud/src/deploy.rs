//! The CDK app onto the endpoint, as it would go to an account.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use stand_ins::personalize::{LOCAL_ITEMS_DATASET_ARN, LOCAL_TRACKING_ID, LOCAL_USERS_DATASET_ARN};

use crate::directories::Directories;
use crate::options::{self, Options, Pattern};
use crate::process::Program;
use crate::{ACCOUNT, Error, REGION};

/// A stack's outputs by name.
pub(crate) type Outputs = BTreeMap<String, String>;

/// The `cdk` command of the checkout, aimed at the endpoint.
pub(crate) struct Cdk<'a> {
    options: &'a Options,
    directories: &'a Directories,
    endpoint: &'a str,
    command: PathBuf,
}

impl<'a> Cdk<'a> {
    /// Finds the command and the functions.
    pub(crate) fn find(
        options: &'a Options,
        directories: &'a Directories,
        endpoint: &'a str,
    ) -> Result<Self, Error> {
        let command = options.project_directory.join("infra/node_modules/.bin/cdk");
        options::present(&command, "run scripts/setup")?;
        options::present(&options.functions_directory, "run scripts/build-functions")?;
        Ok(Self {
            options,
            directories,
            endpoint,
            command,
        })
    }

    /// Deploys a pattern's stack. Its event source mappings come disabled: the driver runs them.
    pub(crate) async fn deploy(&self, pattern: Pattern) -> Result<Outputs, Error> {
        // The app's synthesis does not wait for the bootstrap stack; only the deployment does.
        tokio::try_join!(self.bootstrap(), self.synthesize(pattern))?;
        let assembly = self.directories.assembly().into_os_string();
        let outputs = self.directories.outputs();
        self.cdk("deploy")
            .arguments(["deploy", pattern.stack(), "--require-approval", "never", "--app"])
            .arguments([assembly])
            .arguments(["--outputs-file"])
            .arguments([outputs.clone()])
            .run()
            .await?;
        read(&outputs, pattern)
    }

    /// The bucket and the roles that `cdk deploy` publishes the functions with.
    async fn bootstrap(&self) -> Result<(), Error> {
        self.cdk("bootstrap")
            // Away from infra/, whose cdk.json would have the app synthesised once more.
            .directory(&self.directories.logs())
            .arguments(["bootstrap", &format!("aws://{ACCOUNT}/{REGION}")])
            .run()
            .await
    }

    async fn synthesize(&self, pattern: Pattern) -> Result<(), Error> {
        let functions = self.options.functions_directory.canonicalize();
        let functions = functions.map_err(Error::machine("find the functions directory"))?;
        let functions = functions.to_string_lossy();
        let common = [("localCloud", "true"), ("functionsDirectory", &functions)];
        let context = common.into_iter().chain(self.context(pattern));
        let context = context.map(|(name, value)| format!("--context={name}={value}"));
        self.cdk("synthesis")
            .arguments(["synth", pattern.stack(), "--quiet", "--output"])
            .arguments([self.directories.assembly().into_os_string()])
            .arguments(context)
            .run()
            .await
    }

    /// What a pattern's stack is told besides.
    fn context(&self, pattern: Pattern) -> Vec<(&'static str, &'a str)> {
        match pattern {
            Pattern::Recommendations => vec![
                ("trackingId", LOCAL_TRACKING_ID),
                ("itemsDatasetArn", LOCAL_ITEMS_DATASET_ARN),
                ("usersDatasetArn", LOCAL_USERS_DATASET_ARN),
            ],
            Pattern::GenerativeBi => vec![("changeCapture", self.options.change_capture.name())],
            // The API's own name is AWS's, and nobody answers to it here.
            Pattern::IotInference => vec![("pattern", pattern.name()), ("localEndpoint", self.endpoint)],
        }
    }

    /// A `cdk` that asks nobody but the endpoint.
    fn cdk(&self, step: &str) -> Program {
        Program::logged(
            &format!("CDK {step}"),
            &self.command,
            self.directories.log("deploy.log"),
        )
        .directory(&self.options.project_directory.join("infra"))
        .arguments(["--no-notices", "--no-color", "--ci"])
        .variable("CDK_DISABLE_VERSION_CHECK", "1")
        .variable("CDK_DISABLE_CLI_TELEMETRY", "true")
        .calling(self.endpoint)
        .variable("CDK_DEFAULT_ACCOUNT", ACCOUNT)
        .variable("CDK_DEFAULT_REGION", REGION)
    }
}

/// An output that the stack must have.
pub(crate) fn output<'a>(outputs: &'a Outputs, name: &str) -> Result<&'a str, Error> {
    let output = outputs.get(name).map(String::as_str);
    output.ok_or_else(|| Error::argument(format!("the stack has no output {name}")))
}

/// `{"<stack>":{"<output>":"<value>"}}`
fn read(path: &Path, pattern: Pattern) -> Result<Outputs, Error> {
    let stacks =
        std::fs::read(path).and_then(|text| Ok(serde_json::from_slice::<BTreeMap<String, Outputs>>(&text)?));
    let mut stacks = stacks.map_err(Error::machine(format!(
        "read the stack's outputs in {}",
        path.display()
    )))?;
    Ok(stacks.remove(pattern.stack()).unwrap_or_default())
}
