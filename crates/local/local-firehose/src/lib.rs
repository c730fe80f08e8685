//! Data Firehose in front of an emulator's S3.
