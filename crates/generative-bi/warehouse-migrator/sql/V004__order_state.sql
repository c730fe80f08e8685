-- The newest version of every item that was ever seen, deleted ones included: without its tombstone, a repeated older
-- change would bring an item back. Fed from the raw changes by warehouse.fold_order_changes().
CREATE TABLE IF NOT EXISTS warehouse.order_state (
    -- Which line: its order's id and its number. VARCHARs that differ in blanks at the end compare equal, and two items
    -- may differ in no more; this one ends in a digit.
    item_key VARCHAR(2064) NOT NULL,
    order_id VARCHAR(2048) NOT NULL,
    line INTEGER NOT NULL,
    -- Sorts as the versions of an item follow each other; warehouse.order_versions says how it is made.
    version VARCHAR(256) NOT NULL,
    event_time BIGINT NOT NULL,
    change_sequence VARCHAR(40) NOT NULL,
    deleted BOOLEAN NOT NULL,
    customer_id VARCHAR(2048),
    product_id VARCHAR(2048),
    product_name VARCHAR(2048),
    category VARCHAR(2048),
    region VARCHAR(2048),
    channel VARCHAR(2048),
    status VARCHAR(2048),
    quantity INTEGER,
    unit_price DECIMAL(18,2),
    discount DECIMAL(18,4),
    amount DECIMAL(18,2),
    placed_at TIMESTAMP,
    note VARCHAR(65535)
)
DISTKEY (item_key)
SORTKEY (item_key);

-- Until which refresh of the streaming view its changes are in the state: one row. Refreshes of a view follow each other,
-- so nothing comes later with an earlier time.
CREATE TABLE IF NOT EXISTS warehouse.order_folding (
    folded_until TIMESTAMP NOT NULL
);

-- Nobody reads it: who locks it keeps no reader waiting.
CREATE TABLE IF NOT EXISTS warehouse.folding_lock (
    holder INTEGER
);

INSERT INTO warehouse.order_folding (folded_until) VALUES ('1970-01-01 00:00:00');
