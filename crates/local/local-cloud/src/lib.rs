//! Everything the pipelines need on one machine behind one endpoint, without an AWS account.
