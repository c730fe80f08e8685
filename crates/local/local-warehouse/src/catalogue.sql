-- What the warehouse knows besides PostgreSQL's own catalogue, and the system views of Redshift that it provides.
-- Objects are known by their oid: a name that is dropped and made again is another object.

CREATE SCHEMA IF NOT EXISTS redshift_catalog;
GRANT USAGE ON SCHEMA redshift_catalog TO PUBLIC;
-- As in Redshift, everybody may create in public.
GRANT USAGE, CREATE ON SCHEMA public TO PUBLIC;

CREATE TABLE IF NOT EXISTS redshift_catalog.external_schemas (
    namespace oid PRIMARY KEY,
    iam_role text NOT NULL
);

CREATE TABLE IF NOT EXISTS redshift_catalog.streaming_views (
    relation oid PRIMARY KEY,
    external_schema text NOT NULL,
    stream text NOT NULL,
    columns text[] NOT NULL,
    query text NOT NULL,
    auto_refresh boolean NOT NULL
);
-- The last refresh's time: the next one's is later, whatever the clock says.
ALTER TABLE redshift_catalog.streaming_views ADD COLUMN IF NOT EXISTS refreshed_at timestamptz;

-- Ordinary materialized views that refresh themselves.
CREATE TABLE IF NOT EXISTS redshift_catalog.auto_refreshed_views (
    relation oid PRIMARY KEY
);

-- How far each view has read each shard.
CREATE TABLE IF NOT EXISTS redshift_catalog.checkpoints (
    relation oid NOT NULL,
    shard_id text NOT NULL,
    sequence_number text,
    ended boolean NOT NULL,
    PRIMARY KEY (relation, shard_id)
);

CREATE TABLE IF NOT EXISTS redshift_catalog.user_settings (
    user_name text NOT NULL,
    name text NOT NULL,
    value text NOT NULL,
    PRIMARY KEY (user_name, name)
);

CREATE SEQUENCE IF NOT EXISTS redshift_catalog.query_ids;

-- https://docs.aws.amazon.com/redshift/latest/dg/r_SYS_STREAM_SCAN_STATES.html
CREATE TABLE IF NOT EXISTS redshift_catalog.sys_stream_scan_states (
    external_schema_name varchar(128),
    stream_name varchar(255),
    mv_name varchar(128),
    transaction_id bigint,
    query_id bigint,
    record_time timestamp,
    partition_id varchar(128),
    latest_position varchar(128),
    scanned_rows bigint,
    skipped_rows bigint,
    scanned_bytes bigint,
    stream_record_time_min timestamp,
    stream_record_time_max timestamp
);

-- https://docs.aws.amazon.com/redshift/latest/dg/r_SYS_STREAM_SCAN_ERRORS.html
CREATE TABLE IF NOT EXISTS redshift_catalog.sys_stream_scan_errors (
    external_schema_name varchar(128),
    stream_name varchar(255),
    mv_name varchar(128),
    transaction_id bigint,
    query_id bigint,
    stream_timestamp_type varchar(1),
    stream_timestamp timestamp,
    record_time timestamp,
    partition_id varchar(128),
    position varchar(128),
    error_code integer,
    error_reason varchar(128)
);

-- https://docs.aws.amazon.com/redshift/latest/dg/SYS_MV_REFRESH_HISTORY.html
CREATE TABLE IF NOT EXISTS redshift_catalog.sys_mv_refresh_history (
    user_id integer,
    session_id integer,
    transaction_id bigint,
    database_name varchar(128),
    schema_name varchar(128),
    mv_id bigint,
    mv_name varchar(128),
    refresh_type varchar(32),
    status text,
    start_time timestamp,
    end_time timestamp,
    duration bigint
);

-- https://docs.aws.amazon.com/redshift/latest/dg/r_SVV_MV_INFO.html
CREATE OR REPLACE VIEW redshift_catalog.svv_mv_info AS
SELECT current_database()::varchar(128) AS database_name,
       n.nspname::varchar(128) AS schema_name,
       pg_get_userbyid(c.relowner)::varchar(128) AS user_name,
       c.relname::varchar(128) AS name,
       'f'::varchar(1) AS is_stale,
       CASE WHEN s.relation IS NULL THEN 0 ELSE 1 END AS state,
       'f'::varchar(1) AS autorewrite,
       CASE WHEN coalesce(s.auto_refresh, a.relation IS NOT NULL) THEN 't' ELSE 'f' END::varchar(1) AS autorefresh
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN redshift_catalog.streaming_views s ON s.relation = c.oid
LEFT JOIN redshift_catalog.auto_refreshed_views a ON a.relation = c.oid
WHERE c.relkind = 'm' OR s.relation IS NOT NULL;

-- Looked up by everybody's statements, written by the superuser only.
GRANT SELECT ON redshift_catalog.external_schemas, redshift_catalog.streaming_views TO PUBLIC;

GRANT SELECT ON redshift_catalog.sys_stream_scan_states, redshift_catalog.sys_stream_scan_errors,
    redshift_catalog.sys_mv_refresh_history, redshift_catalog.svv_mv_info TO PUBLIC;
