SET enable_case_sensitive_super_attribute TO TRUE;

-- The one place that names the streaming view. A new definition of it is put in here.
CREATE OR REPLACE VIEW warehouse.raw_order_changes AS
SELECT arrived_at, refresh_time, shard_id, sequence_number, payload, failed_payload
FROM ingest.order_changes_v1;

-- Changes as dynamodb-stream-forwarder writes them.
CREATE OR REPLACE VIEW warehouse.forwarded_order_changes AS
SELECT
    arrived_at,
    refresh_time,
    shard_id,
    sequence_number,
    payload."eventName"::VARCHAR(65535) AS event_name,
    payload."eventId"::VARCHAR(65535) AS event_id,
    TRY_CAST(payload."eventTime"::VARCHAR(65535) AS BIGINT) AS event_time,
    COALESCE(payload."sequenceNumber"::VARCHAR(65535), '') AS change_sequence,
    payload.keys."orderId"::VARCHAR(65535) AS order_id,
    payload.keys.line::VARCHAR(65535) AS line,
    payload."newImage"."orderId"::VARCHAR(65535) AS image_order_id,
    payload."newImage"."customerId"::VARCHAR(65535) AS customer_id,
    payload."newImage"."productId"::VARCHAR(65535) AS product_id,
    payload."newImage"."productName"::VARCHAR(65535) AS product_name,
    payload."newImage".category::VARCHAR(65535) AS category,
    payload."newImage".region::VARCHAR(65535) AS region,
    payload."newImage".channel::VARCHAR(65535) AS channel,
    payload."newImage".status::VARCHAR(65535) AS status,
    payload."newImage".quantity::VARCHAR(65535) AS quantity,
    payload."newImage"."unitPrice"::VARCHAR(65535) AS unit_price,
    payload."newImage".discount::VARCHAR(65535) AS discount,
    payload."newImage".amount::VARCHAR(65535) AS amount,
    payload."newImage"."placedAt"::VARCHAR(65535) AS placed_at,
    payload."newImage".note::VARCHAR(65535) AS note
FROM warehouse.raw_order_changes
WHERE payload."schemaVersion"::VARCHAR(65535) = '1';

-- Changes as the table's own Kinesis destination writes them: DynamoDB JSON, and no sequence number. The time's unit
-- stands beside it; without one it is milliseconds, which become microseconds by three more digits: a product could
-- overflow, and would raise an error for every reader.
-- https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/kds_using-shards-and-metrics.html
CREATE OR REPLACE VIEW warehouse.captured_order_changes AS
SELECT
    arrived_at,
    refresh_time,
    shard_id,
    sequence_number,
    payload."eventName"::VARCHAR(65535) AS event_name,
    payload."eventID"::VARCHAR(65535) AS event_id,
    CASE payload.dynamodb."ApproximateCreationDateTimePrecision"::VARCHAR(65535)
        WHEN 'MICROSECOND'
            THEN TRY_CAST(payload.dynamodb."ApproximateCreationDateTime"::VARCHAR(65535) AS BIGINT)
        ELSE TRY_CAST(payload.dynamodb."ApproximateCreationDateTime"::VARCHAR(65535) || '000' AS BIGINT)
    END AS event_time,
    '' AS change_sequence,
    payload.dynamodb."Keys"."orderId"."S"::VARCHAR(65535) AS order_id,
    payload.dynamodb."Keys".line."N"::VARCHAR(65535) AS line,
    payload.dynamodb."NewImage"."orderId"."S"::VARCHAR(65535) AS image_order_id,
    payload.dynamodb."NewImage"."customerId"."S"::VARCHAR(65535) AS customer_id,
    payload.dynamodb."NewImage"."productId"."S"::VARCHAR(65535) AS product_id,
    payload.dynamodb."NewImage"."productName"."S"::VARCHAR(65535) AS product_name,
    payload.dynamodb."NewImage".category."S"::VARCHAR(65535) AS category,
    payload.dynamodb."NewImage".region."S"::VARCHAR(65535) AS region,
    payload.dynamodb."NewImage".channel."S"::VARCHAR(65535) AS channel,
    payload.dynamodb."NewImage".status."S"::VARCHAR(65535) AS status,
    payload.dynamodb."NewImage".quantity."N"::VARCHAR(65535) AS quantity,
    payload.dynamodb."NewImage"."unitPrice"."N"::VARCHAR(65535) AS unit_price,
    payload.dynamodb."NewImage".discount."N"::VARCHAR(65535) AS discount,
    payload.dynamodb."NewImage".amount."N"::VARCHAR(65535) AS amount,
    payload.dynamodb."NewImage"."placedAt"."S"::VARCHAR(65535) AS placed_at,
    payload.dynamodb."NewImage".note."S"::VARCHAR(65535) AS note
FROM warehouse.raw_order_changes
WHERE payload.dynamodb IS NOT NULL AND payload."schemaVersion" IS NULL;

-- Every change that can be read as a version of an order line. `version` sorts as the versions of a line follow each
-- other: event time, then sequence by length and text (padded, text order is number order), then INSERT before MODIFY
-- before REMOVE, then the event's id. The native capture has no sequence: of two changes within one microsecond the kind
-- decides, then the id, so that every reader decides alike. A value of a wrong type is NULL and takes no other with it.
CREATE OR REPLACE VIEW warehouse.order_versions AS
SELECT
    changes.shard_id || '/' || changes.sequence_number AS record_id,
    changes.arrived_at,
    changes.refresh_time,
    changes.order_id::VARCHAR(2048) AS order_id,
    TRY_CAST(changes.line AS INTEGER) AS line,
    (LPAD(changes.event_time::VARCHAR(20), 20, '0')
        || '/' || LPAD(changes.change_sequence, 40, '0')
        || '/' || CASE changes.event_name WHEN 'INSERT' THEN '1' WHEN 'MODIFY' THEN '2' ELSE '3' END
        || '/' || changes.event_id)::VARCHAR(256) AS version,
    changes.event_time,
    changes.change_sequence::VARCHAR(40) AS change_sequence,
    changes.event_name = 'REMOVE' AS deleted,
    changes.customer_id::VARCHAR(2048) AS customer_id,
    changes.product_id::VARCHAR(2048) AS product_id,
    changes.product_name::VARCHAR(2048) AS product_name,
    changes.category::VARCHAR(2048) AS category,
    changes.region::VARCHAR(2048) AS region,
    changes.channel::VARCHAR(2048) AS channel,
    changes.status::VARCHAR(2048) AS status,
    TRY_CAST(changes.quantity AS INTEGER) AS quantity,
    TRY_CAST(changes.unit_price AS DECIMAL(18,2)) AS unit_price,
    TRY_CAST(changes.discount AS DECIMAL(18,4)) AS discount,
    TRY_CAST(changes.amount AS DECIMAL(18,2)) AS amount,
    TRY_CAST(REPLACE(LEFT(changes.placed_at, 19), 'T', ' ') AS TIMESTAMP) AS placed_at,
    changes.note
FROM (
    SELECT * FROM warehouse.forwarded_order_changes
    UNION ALL
    SELECT * FROM warehouse.captured_order_changes
) AS changes
WHERE changes.event_name IN ('INSERT', 'MODIFY', 'REMOVE')
    AND (changes.event_name = 'REMOVE' OR changes.image_order_id IS NOT NULL)
    AND changes.event_time BETWEEN 0 AND 9007199254740991
    AND LEN(changes.change_sequence) <= 40
    AND LEN(changes.event_id) <= 64
    AND OCTET_LENGTH(changes.order_id) <= 2048
    AND TRY_CAST(changes.line AS INTEGER) IS NOT NULL
    AND COALESCE(OCTET_LENGTH(changes.customer_id), 0) <= 2048
    AND COALESCE(OCTET_LENGTH(changes.product_id), 0) <= 2048
    AND COALESCE(OCTET_LENGTH(changes.product_name), 0) <= 2048
    AND COALESCE(OCTET_LENGTH(changes.category), 0) <= 2048
    AND COALESCE(OCTET_LENGTH(changes.region), 0) <= 2048
    AND COALESCE(OCTET_LENGTH(changes.channel), 0) <= 2048
    AND COALESCE(OCTET_LENGTH(changes.status), 0) <= 2048;

-- What came and is no version of an order line: it is in no other view, stays in the raw changes, and is looked at here.
CREATE OR REPLACE VIEW warehouse.unusable_order_changes AS
SELECT raw.arrived_at, raw.shard_id, raw.sequence_number, raw.payload, raw.failed_payload
FROM warehouse.raw_order_changes AS raw
WHERE NOT EXISTS (
    SELECT 1
    FROM warehouse.order_versions AS versions
    WHERE versions.record_id = raw.shard_id || '/' || raw.sequence_number
);

-- The newest version of each line: of the state, and of the changes since. Those of the last refresh that was folded are
-- read again, which costs little and needs no trust in what came with it. Duplicates are equal and collapse.
CREATE OR REPLACE VIEW warehouse.newest_orders AS
SELECT
    order_id, line, version, event_time, change_sequence, deleted, customer_id, product_id, product_name, category,
    region, channel, status, quantity, unit_price, discount, amount, placed_at, note
FROM (
    SELECT
        versions.*,
        ROW_NUMBER() OVER (PARTITION BY versions.order_id, versions.line ORDER BY versions.version DESC) AS age
    FROM (
        SELECT
            order_id, line, version, event_time, change_sequence, deleted, customer_id, product_id, product_name,
            category, region, channel, status, quantity, unit_price, discount, amount, placed_at, note
        FROM warehouse.order_state
        UNION ALL
        SELECT
            order_id, line, version, event_time, change_sequence, deleted, customer_id, product_id, product_name,
            category, region, channel, status, quantity, unit_price, discount, amount, placed_at, note
        FROM warehouse.order_versions
        WHERE refresh_time >= (SELECT folded_until FROM warehouse.order_folding)
    ) AS versions
) AS ranked
WHERE age = 1;

-- The table as it is now: one row for each item that exists.
CREATE OR REPLACE VIEW warehouse.current_orders AS
SELECT
    order_id, line, customer_id, product_id, product_name, category, region, channel, status, quantity, unit_price,
    discount, amount, placed_at, note, event_time, change_sequence AS sequence_number
FROM warehouse.newest_orders
WHERE NOT deleted;
