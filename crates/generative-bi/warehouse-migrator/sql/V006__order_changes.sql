-- A new definition of the streaming view, without loss: it gets the record's size besides. A new view reads the stream
-- from its oldest record again; what the stream has forgotten by then is in the old view, and is moved into a table.
-- https://docs.aws.amazon.com/redshift/latest/dg/materialized-view-streaming-ingestion.html
SET enable_case_sensitive_super_attribute TO TRUE;
SET enable_case_sensitive_identifier TO TRUE;

CREATE MATERIALIZED VIEW ingest.order_changes AUTO REFRESH YES AS
SELECT
    approximate_arrival_timestamp AS arrived_at,
    partition_key,
    shard_id,
    sequence_number,
    refresh_time,
    CASE WHEN CAN_JSON_PARSE(kinesis_data) THEN JSON_PARSE(kinesis_data) END AS payload,
    CASE WHEN NOT CAN_JSON_PARSE(kinesis_data) THEN kinesis_data END AS failed_payload,
    OCTET_LENGTH(kinesis_data) AS payload_bytes
FROM kinesis."${KINESIS_STREAM}";

-- Gets its columns from the view whose rows are moved here: ALTER TABLE APPEND wants them alike, and a table for a target.
-- https://docs.aws.amazon.com/redshift/latest/dg/r_ALTER_TABLE_APPEND.html
CREATE TABLE ingest.order_changes_archive
DISTSTYLE EVEN
AS
SELECT *
FROM ingest.order_changes_v1
WHERE 1 = 0;
