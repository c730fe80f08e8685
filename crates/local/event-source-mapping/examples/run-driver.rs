//! Runs the event source mappings behind `AWS_ENDPOINT_URL`, and prints what is done as JSON lines, until Ctrl-C.

use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use event_source_mapping::driver::{Driver, DriverOptions};
use tokio::io::AsyncWriteExt as _;

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let http = aws_smithy_http_client::Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring));
    let config = aws_config::defaults(aws_config::BehaviorVersion::latest())
        .http_client(http.build_https())
        .load()
        .await;
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
