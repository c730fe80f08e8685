-- one statement at a time
-- Streams appear in this schema under their own names.
-- https://docs.aws.amazon.com/redshift/latest/dg/materialized-view-streaming-ingestion-getting-started.html
CREATE EXTERNAL SCHEMA IF NOT EXISTS kinesis FROM KINESIS IAM_ROLE '${INGESTION_ROLE_ARN}';
