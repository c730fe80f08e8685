-- Names in a SUPER path are folded to lower case unless the session says otherwise, and DynamoDB's attributes are
-- mixed case. As a setting of the user it holds in scheduled calls too.
-- https://docs.aws.amazon.com/redshift/latest/dg/r_enable_case_sensitive_super_attribute.html
ALTER USER "${ADMIN_USER}" SET enable_case_sensitive_super_attribute TO TRUE;

-- Quoted names too: a stream's name may have capitals, and so may a role's.
-- https://docs.aws.amazon.com/redshift/latest/dg/r_enable_case_sensitive_identifier.html
ALTER USER "${ADMIN_USER}" SET enable_case_sensitive_identifier TO TRUE;

-- What the stream brought, as it came.
CREATE SCHEMA IF NOT EXISTS ingest;

-- The state that follows from it.
CREATE SCHEMA IF NOT EXISTS warehouse;

-- What dashboards and people may see.
CREATE SCHEMA IF NOT EXISTS bi;
