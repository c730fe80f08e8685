SET enable_case_sensitive_super_attribute TO TRUE;
SET enable_case_sensitive_identifier TO TRUE;

-- Brings the state up to what is in the raw changes. It may run at any time, again, and beside itself: the lock puts one
-- after the other, and what is folded already is the newest of itself. How far it gets is looked up before the changes
-- are read: whatever comes in between is read again. MERGE takes no condition on which row is newer, so what is newer is
-- found first, and nothing else is written. The lock is a table of its own, so that no reader of the state waits.
-- https://docs.aws.amazon.com/redshift/latest/dg/r_MERGE.html
CREATE OR REPLACE PROCEDURE warehouse.fold_order_changes()
LANGUAGE plpgsql
AS $$
BEGIN
    LOCK warehouse.folding_lock;
    DROP TABLE IF EXISTS folding_until;
    CREATE TEMP TABLE folding_until AS
    SELECT MAX(refresh_time) AS refresh_time
    FROM warehouse.raw_order_changes;
    DROP TABLE IF EXISTS folding;
    CREATE TEMP TABLE folding AS
    SELECT
        newest.item_key, newest.order_id, newest.line, newest.version, newest.event_time, newest.change_sequence,
        newest.deleted, newest.customer_id, newest.product_id, newest.product_name, newest.category, newest.region,
        newest.channel, newest.status, newest.quantity, newest.unit_price, newest.discount, newest.amount,
        newest.placed_at, newest.note
    FROM warehouse.newest_orders AS newest
    LEFT JOIN warehouse.order_state AS state ON newest.item_key = state.item_key
    WHERE state.version IS NULL OR newest.version > state.version;
    MERGE INTO warehouse.order_state
    USING folding
    ON warehouse.order_state.item_key = folding.item_key
    WHEN MATCHED THEN UPDATE SET
        version = folding.version,
        event_time = folding.event_time,
        change_sequence = folding.change_sequence,
        deleted = folding.deleted,
        customer_id = folding.customer_id,
        product_id = folding.product_id,
        product_name = folding.product_name,
        category = folding.category,
        region = folding.region,
        channel = folding.channel,
        status = folding.status,
        quantity = folding.quantity,
        unit_price = folding.unit_price,
        discount = folding.discount,
        amount = folding.amount,
        placed_at = folding.placed_at,
        note = folding.note
    WHEN NOT MATCHED THEN INSERT (
        item_key, order_id, line, version, event_time, change_sequence, deleted, customer_id, product_id, product_name,
        category, region, channel, status, quantity, unit_price, discount, amount, placed_at, note
    ) VALUES (
        folding.item_key, folding.order_id, folding.line, folding.version, folding.event_time, folding.change_sequence,
        folding.deleted, folding.customer_id, folding.product_id, folding.product_name, folding.category,
        folding.region, folding.channel, folding.status, folding.quantity, folding.unit_price, folding.discount,
        folding.amount, folding.placed_at, folding.note
    );
    UPDATE warehouse.order_folding
    SET folded_until = folding_until.refresh_time
    FROM folding_until
    WHERE folding_until.refresh_time > warehouse.order_folding.folded_until;
    DROP TABLE folding;
    DROP TABLE folding_until;
END;
$$;

-- Deletes raw changes that arrived more than a week ago, each only if the state holds this version of its line or a newer
-- one. What does not parse, or is no version of a line, is in no state and stays.
CREATE OR REPLACE PROCEDURE warehouse.prune_order_changes()
LANGUAGE plpgsql
AS $$
BEGIN
    DROP TABLE IF EXISTS pruning;
    CREATE TEMP TABLE pruning AS
    SELECT versions.record_id
    FROM warehouse.order_versions AS versions
    INNER JOIN warehouse.order_state AS state ON versions.item_key = state.item_key
    WHERE versions.version <= state.version AND versions.arrived_at < DATEADD(day, -7, GETDATE());
    DELETE FROM ingest.order_changes
    WHERE (shard_id || '/' || sequence_number) IN (SELECT record_id FROM pruning);
    DELETE FROM ingest.order_changes_archive
    WHERE (shard_id || '/' || sequence_number) IN (SELECT record_id FROM pruning);
    DROP TABLE pruning;
END;
$$;
