-- Who draws dashboards sees the star and nothing behind it: a view reads with its owner's rights, and under the settings
-- that it was made with. The settings are for what these users write themselves.
CREATE ROLE bi_reader;
GRANT USAGE ON SCHEMA bi TO ROLE bi_reader;
GRANT SELECT ON ALL TABLES IN SCHEMA bi TO ROLE bi_reader;
ALTER DEFAULT PRIVILEGES IN SCHEMA bi GRANT SELECT ON TABLES TO ROLE bi_reader;
CREATE USER "${BI_USER}" PASSWORD DISABLE;
ALTER USER "${BI_USER}" SET enable_case_sensitive_super_attribute TO TRUE;
ALTER USER "${BI_USER}" SET enable_case_sensitive_identifier TO TRUE;
GRANT ROLE bi_reader TO "${BI_USER}";

-- The monitor counts what the streaming views hold, and reads the system's own views of how they are fed.
CREATE ROLE stream_monitor;
GRANT USAGE ON SCHEMA ingest TO ROLE stream_monitor;
GRANT SELECT ON ALL TABLES IN SCHEMA ingest TO ROLE stream_monitor;
ALTER DEFAULT PRIVILEGES IN SCHEMA ingest GRANT SELECT ON TABLES TO ROLE stream_monitor;
CREATE USER "${MONITOR_USER}" PASSWORD DISABLE SYSLOG ACCESS UNRESTRICTED;
GRANT ROLE stream_monitor TO "${MONITOR_USER}";
