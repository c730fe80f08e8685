//! Runs the event source mappings behind `AWS_ENDPOINT_URL`, and prints what is done as JSON lines, until Ctrl-C.

use std::io::{Error, ErrorKind};

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_sdk_kinesis::config::BehaviorVersion;
use aws_types::SdkConfig;
use aws_types::region::Region;
use event_source_mapping::driver::{Driver, DriverOptions};
use tokio::io::AsyncWriteExt as _;

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let endpoint = std::env::var("AWS_ENDPOINT_URL");
    let endpoint = endpoint
        .map_err(|error| Error::new(ErrorKind::InvalidInput, format!("AWS_ENDPOINT_URL: {error}")))?;
    // An emulator of one's own takes any key.
    let key = Credentials::from_keys("test", "test", None);
    let config = SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::from_static("us-east-1"))
        .endpoint_url(endpoint)
        .credentials_provider(SharedCredentialsProvider::new(key))
        .http_client(aws_smithy_http_client::Builder::new().build_http())
        .build();
    let (events, mut told) = tokio::sync::mpsc::unbounded_channel();
    let driver = Driver::new(&config, DriverOptions::default(), events);
    let running = tokio::spawn(driver.run(async {
        // Without a signal handler nothing can stop the driver but the process's end.
        let _ = tokio::signal::ctrl_c().await;
    }));
    let mut out = tokio::io::stdout();
    while let Some(event) = told.recv().await {
        let mut line = serde_json::to_vec(&event)?;
        line.push(b'\n');
        out.write_all(&line).await?;
        out.flush().await?;
    }
    running.await?;
    Ok(())
}
