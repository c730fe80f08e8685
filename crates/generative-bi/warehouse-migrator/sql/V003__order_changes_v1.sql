-- One view for the stream: each view would read it once more. What is no JSON is kept beside what is: a view that raised
-- an error for it would lose it. (A text of more than 65,535 bytes does not fit into SUPER: its record is kept there too.)
-- https://docs.aws.amazon.com/redshift/latest/dg/materialized-view-streaming-recommendations.html
SET enable_case_sensitive_super_attribute TO TRUE;
SET enable_case_sensitive_identifier TO TRUE;

CREATE MATERIALIZED VIEW ingest.order_changes_v1 AUTO REFRESH YES AS
SELECT
    approximate_arrival_timestamp AS arrived_at,
    partition_key,
    shard_id,
    sequence_number,
    refresh_time,
    CASE WHEN CAN_JSON_PARSE(kinesis_data) THEN JSON_PARSE(kinesis_data) END AS payload,
    CASE WHEN NOT CAN_JSON_PARSE(kinesis_data) THEN kinesis_data END AS failed_payload
FROM kinesis."${KINESIS_STREAM}";
