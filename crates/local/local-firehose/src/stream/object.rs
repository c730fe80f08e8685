//! A batch into an object.

use bytes::Bytes;
use time::OffsetDateTime;

use super::buffers::{Batch, Contents};
use crate::failed_record::{self, Failure, Record};
use crate::object_name;
use crate::parquet_file::Conversion;
use crate::prefix::Values;

/// An object, and what could not become a part of it.
pub(super) struct Object {
    pub(super) key: String,
    /// `None` when nothing could.
    pub(super) body: Option<Bytes>,
    pub(super) stored: Stored,
    pub(super) failed: Vec<(Record, Failure)>,
}

/// How many records, and how many bytes they had when they came.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Stored {
    pub(super) records: usize,
    pub(super) bytes: usize,
}

impl Stored {
    pub(super) fn add(&mut self, other: Self) {
        self.records += other.records;
        self.bytes += other.bytes;
    }

    fn count(&mut self, record: &Record) {
        self.add(Self {
            records: 1,
            bytes: record.data.len(),
        });
    }
}

pub(super) fn assemble(batch: &Batch) -> Object {
    let (body, stored, failed) = match (&batch.contents, &batch.configuration.conversion) {
        (Contents::Errors(_), _) => lines(batch),
        (Contents::Data(_), None) => concatenated(batch),
        (Contents::Data(_), Some(conversion)) => converted(batch, conversion),
    };
    Object {
        key: key(batch),
        body,
        stored,
        failed,
    }
}

type Body = (Option<Bytes>, Stored, Vec<(Record, Failure)>);

fn concatenated(batch: &Batch) -> Body {
    let mut body = Vec::new();
    let mut stored = Stored::default();
    for (record, _) in &batch.records {
        body.extend_from_slice(&record.data);
        body.extend_from_slice(batch.configuration.delimiter.as_bytes());
        stored.count(record);
    }
    (Some(Bytes::from(body)), stored, Vec::new())
}

fn converted(batch: &Batch, conversion: &Conversion) -> Body {
    let mut rows = conversion.rows();
    let mut stored = Stored::default();
    let mut failed = Vec::new();
    for (record, _) in &batch.records {
        match rows.add(&record.data) {
            Ok(()) => stored.count(record),
            Err(failure) => failed.push((record.clone(), failure)),
        }
    }
    match rows.into_file() {
        Ok(body) => (body, stored, failed),
        Err(_) => (None, Stored::default(), not_written(batch)),
    }
}

/// No batch is known that would come here.
fn not_written(batch: &Batch) -> Vec<(Record, Failure)> {
    let failure = Failure::conversion("DataFormatConversion.ParquetError", "the file could not be made");
    let records = batch.records.iter();
    records
        .map(|(record, _)| (record.clone(), failure.clone()))
        .collect()
}

fn lines(batch: &Batch) -> Body {
    let ended = OffsetDateTime::now_utc();
    let table = batch.configuration.catalog_table.as_ref();
    let mut body = String::new();
    let mut stored = Stored::default();
    for (record, failure) in &batch.records {
        if let Some(failure) = failure {
            body.push_str(&failed_record::line(record, failure, ended, table));
            stored.count(record);
        }
    }
    (Some(Bytes::from(body)), stored, Vec::new())
}

fn key(batch: &Batch) -> String {
    let configuration = &batch.configuration;
    let oldest = batch.records.iter().map(|(record, _)| record.arrived).min();
    let at = oldest.unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let (prefix, partition, error_output_type, extension) = match &batch.contents {
        Contents::Data(partition) => (
            &configuration.prefix,
            partition.as_slice(),
            "",
            configuration.extension.as_str(),
        ),
        Contents::Errors(kind) => (&configuration.error_prefix, &[][..], kind.name(), ""),
    };
    let prefix = prefix.evaluate(&Values {
        at,
        partition,
        error_output_type,
    });
    let suffix = object_name::suffix(&configuration.stream, &configuration.version, at, extension);
    format!("{prefix}{suffix}")
}
