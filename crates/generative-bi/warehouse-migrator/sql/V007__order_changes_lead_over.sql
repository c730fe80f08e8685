-- one statement at a time
-- From the old view to the new one. At no point is a change in neither; for a while some are there twice, which the current
-- state does not mind. (Once changes are being folded, the first statement is CALL warehouse.fold_order_changes(): rows
-- that are moved keep the time of their refresh.)
REFRESH MATERIALIZED VIEW ingest.order_changes;

CREATE OR REPLACE VIEW warehouse.raw_order_changes AS
SELECT arrived_at, refresh_time, shard_id, sequence_number, payload, failed_payload
FROM ingest.order_changes
UNION ALL
SELECT arrived_at, refresh_time, shard_id, sequence_number, payload, failed_payload
FROM ingest.order_changes_v1
UNION ALL
SELECT arrived_at, refresh_time, shard_id, sequence_number, payload, failed_payload
FROM ingest.order_changes_archive;

ALTER TABLE ingest.order_changes_archive APPEND FROM ingest.order_changes_v1;

CREATE OR REPLACE VIEW warehouse.raw_order_changes AS
SELECT arrived_at, refresh_time, shard_id, sequence_number, payload, failed_payload
FROM ingest.order_changes
UNION ALL
SELECT arrived_at, refresh_time, shard_id, sequence_number, payload, failed_payload
FROM ingest.order_changes_archive;

DROP MATERIALIZED VIEW IF EXISTS ingest.order_changes_v1;
