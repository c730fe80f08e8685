//! The plain replay: interactions onto a stream, and that is all.

use std::error::Error;

use crate::cloud::put_records;
use crate::config::aws_access;
use crate::input::Input;
use crate::records::records;
use crate::sending::{Sender, SoFar};

/// Sends `input` with `poison` undeliverable records to `stream`.
///
/// # Errors
/// A record cannot be made, or Kinesis does not take it.
pub async fn replay(
    input: &Input,
    poison: usize,
    stream: &str,
    endpoint: Option<&str>,
    so_far: &SoFar,
) -> Result<(), Box<dyn Error>> {
    let sender = Sender::new(put_records(&aws_access(endpoint)?, stream), so_far);
    let sent = sender
        .send(&records(input, poison)?, |progress| println!("sent {progress}"))
        .await?;
    println!("{} records are on the stream {stream}", sent.len());
    Ok(())
}
