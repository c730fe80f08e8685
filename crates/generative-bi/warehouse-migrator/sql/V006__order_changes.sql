-- one statement at a time
-- A new definition of the streaming view, without loss: it gets the record's size besides. A new view reads the stream
-- from its oldest record again, so what both read is there twice for a while, which the current state does not mind; what
-- the stream has forgotten is moved over from the old view. At no point is a change in neither. (Once changes are being
-- folded, the first statement is CALL warehouse.fold_order_changes(): rows that are moved keep the time of their refresh.)
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

REFRESH MATERIALIZED VIEW ingest.order_changes;

CREATE OR REPLACE VIEW warehouse.raw_order_changes AS
SELECT arrived_at, refresh_time, shard_id, sequence_number, payload, failed_payload
FROM ingest.order_changes
UNION ALL
SELECT arrived_at, refresh_time, shard_id, sequence_number, payload, failed_payload
FROM ingest.order_changes_v1;

ALTER TABLE ingest.order_changes APPEND FROM ingest.order_changes_v1 FILLTARGET;

CREATE OR REPLACE VIEW warehouse.raw_order_changes AS
SELECT arrived_at, refresh_time, shard_id, sequence_number, payload, failed_payload
FROM ingest.order_changes;

DROP MATERIALIZED VIEW IF EXISTS ingest.order_changes_v1;
