SET enable_case_sensitive_super_attribute TO TRUE;
SET enable_case_sensitive_identifier TO TRUE;

-- What views read of the stream. A new definition of the streaming view is put in here; warehouse.prune_order_changes()
-- names it too.
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
    payload,
    payload."eventName"::VARCHAR(65535) AS event_name,
    payload."eventId"::VARCHAR(65535) AS event_id,
    TRY_CAST(NULLIF(TRIM(payload."eventTime"::VARCHAR(65535)), '') AS BIGINT) AS event_time,
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
    payload,
    payload."eventName"::VARCHAR(65535) AS event_name,
    payload."eventID"::VARCHAR(65535) AS event_id,
    CASE payload.dynamodb."ApproximateCreationDateTimePrecision"::VARCHAR(65535)
        WHEN 'MICROSECOND'
            THEN TRY_CAST(NULLIF(TRIM(payload.dynamodb."ApproximateCreationDateTime"::VARCHAR(65535)), '') AS BIGINT)
        ELSE TRY_CAST(NULLIF(TRIM(payload.dynamodb."ApproximateCreationDateTime"::VARCHAR(65535)), '') || '000' AS BIGINT)
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

-- Every record in the shape of a change, and whether a version of an order line can be made of it. Text that is longer
-- than the state's columns cannot: cut off, it would be another text.
CREATE OR REPLACE VIEW warehouse.read_order_changes AS
SELECT
    changes.*,
    COALESCE(
        changes.event_name IN ('INSERT', 'MODIFY', 'REMOVE')
        AND (changes.event_name = 'REMOVE' OR changes.image_order_id IS NOT NULL)
        AND changes.event_time BETWEEN 0 AND 9007199254740991
        AND OCTET_LENGTH(changes.change_sequence) <= 40
        AND OCTET_LENGTH(changes.event_id) <= 64
        AND OCTET_LENGTH(changes.order_id) <= 2048
        AND TRY_CAST(NULLIF(TRIM(changes.line), '') AS INTEGER) IS NOT NULL
        AND COALESCE(OCTET_LENGTH(changes.customer_id), 0) <= 2048
        AND COALESCE(OCTET_LENGTH(changes.product_id), 0) <= 2048
        AND COALESCE(OCTET_LENGTH(changes.product_name), 0) <= 2048
        AND COALESCE(OCTET_LENGTH(changes.category), 0) <= 2048
        AND COALESCE(OCTET_LENGTH(changes.region), 0) <= 2048
        AND COALESCE(OCTET_LENGTH(changes.channel), 0) <= 2048
        AND COALESCE(OCTET_LENGTH(changes.status), 0) <= 2048,
        FALSE
    ) AS usable
FROM (
    SELECT * FROM warehouse.forwarded_order_changes
    UNION ALL
    SELECT * FROM warehouse.captured_order_changes
) AS changes;

-- Every change that is a version of an order line. `version` sorts as the versions of a line follow each other: event
-- time, then sequence by length and text (padded, text order is number order), then INSERT before MODIFY before REMOVE,
-- then the event's id. The native capture has no sequence: of two changes within one microsecond the kind decides, then
-- the id, so that every reader decides alike. A value of a wrong type is NULL and takes no other with it, and so is money
-- of more than eleven digits before the point: a single such line could make the sums and rates in `bi` overflow, which
-- raises an error for every reader. TRY_CAST takes anything but a blank text.
-- https://docs.aws.amazon.com/redshift/latest/dg/r_TRY_CAST.html
CREATE OR REPLACE VIEW warehouse.order_versions AS
SELECT
    shard_id || '/' || sequence_number AS record_id,
    arrived_at,
    refresh_time,
    (order_id || '/' || TRY_CAST(NULLIF(TRIM(line), '') AS INTEGER)::VARCHAR(11))::VARCHAR(2064) AS item_key,
    order_id::VARCHAR(2048) AS order_id,
    TRY_CAST(NULLIF(TRIM(line), '') AS INTEGER) AS line,
    (LPAD(event_time::VARCHAR(20), 20, '0')
        || '/' || LPAD(change_sequence, 40, '0')
        || '/' || CASE event_name WHEN 'INSERT' THEN '1' WHEN 'MODIFY' THEN '2' ELSE '3' END
        || '/' || event_id)::VARCHAR(256) AS version,
    event_time,
    change_sequence::VARCHAR(40) AS change_sequence,
    event_name = 'REMOVE' AS deleted,
    customer_id::VARCHAR(2048) AS customer_id,
    product_id::VARCHAR(2048) AS product_id,
    product_name::VARCHAR(2048) AS product_name,
    category::VARCHAR(2048) AS category,
    region::VARCHAR(2048) AS region,
    channel::VARCHAR(2048) AS channel,
    status::VARCHAR(2048) AS status,
    TRY_CAST(NULLIF(TRIM(quantity), '') AS INTEGER) AS quantity,
    TRY_CAST(NULLIF(TRIM(unit_price), '') AS DECIMAL(13,2))::DECIMAL(18,2) AS unit_price,
    TRY_CAST(NULLIF(TRIM(discount), '') AS DECIMAL(18,4)) AS discount,
    TRY_CAST(NULLIF(TRIM(amount), '') AS DECIMAL(13,2))::DECIMAL(18,2) AS amount,
    TRY_CAST(NULLIF(TRIM(REPLACE(LEFT(placed_at, 19), 'T', ' ')), '') AS TIMESTAMP) AS placed_at,
    note
FROM warehouse.read_order_changes
WHERE usable;

-- What came and is no version of an order line: in no shape of a change (no JSON among it), or of no use. It is in no
-- other view, stays in the raw changes, and is looked at here.
CREATE OR REPLACE VIEW warehouse.unusable_order_changes AS
SELECT arrived_at, shard_id, sequence_number, payload, failed_payload
FROM warehouse.raw_order_changes
WHERE COALESCE(payload."schemaVersion"::VARCHAR(65535), '') <> '1'
    AND NOT (payload.dynamodb IS NOT NULL AND payload."schemaVersion" IS NULL)
UNION ALL
SELECT arrived_at, shard_id, sequence_number, payload, NULL AS failed_payload
FROM warehouse.read_order_changes
WHERE NOT usable;

-- The newest version of each line: of the state, and of the changes since. Those of the last refresh that was folded are
-- read again, which costs little and needs no trust in what came with it. Duplicates are equal and collapse.
CREATE OR REPLACE VIEW warehouse.newest_orders AS
SELECT
    item_key, order_id, line, version, event_time, change_sequence, deleted, customer_id, product_id, product_name,
    category, region, channel, status, quantity, unit_price, discount, amount, placed_at, note
FROM (
    SELECT
        versions.*,
        ROW_NUMBER() OVER (PARTITION BY versions.item_key ORDER BY versions.version DESC) AS age
    FROM (
        SELECT
            item_key, order_id, line, version, event_time, change_sequence, deleted, customer_id, product_id,
            product_name, category, region, channel, status, quantity, unit_price, discount, amount, placed_at, note
        FROM warehouse.order_state
        UNION ALL
        SELECT
            item_key, order_id, line, version, event_time, change_sequence, deleted, customer_id, product_id,
            product_name, category, region, channel, status, quantity, unit_price, discount, amount, placed_at, note
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
