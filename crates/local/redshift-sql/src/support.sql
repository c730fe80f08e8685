-- What rewritten Redshift statements call. For PostgreSQL 15 to 18 in UTF-8.
CREATE SCHEMA IF NOT EXISTS redshift;
GRANT USAGE ON SCHEMA redshift TO PUBLIC;

-- SUPER ---------------------------------------------------------------------------------------------------------------

-- What a path leads to. JSON's null is NULL, as what is not there.
CREATE OR REPLACE FUNCTION redshift.value(v jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT NULLIF(v, 'null'::jsonb) $$;

-- Whether a string in it is longer than a SUPER holds. JSON that is no longer as a whole need not be asked.
-- https://docs.aws.amazon.com/redshift/latest/dg/limitations-super.html
CREATE OR REPLACE FUNCTION redshift.has_long_string(v jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$
    SELECT EXISTS (
        SELECT 1 FROM jsonb_path_query(v, 'strict $.** ? (@.type() == "string")') AS each
        WHERE octet_length(each #>> '{}') > 65535
    )
$$;

-- Whether an object in it has a name twice, which jsonb does not keep. PostgreSQL 15 cannot tell.
DO $create$
BEGIN
    EXECUTE format(
        'CREATE OR REPLACE FUNCTION redshift.has_name_twice(v text) RETURNS boolean '
        'LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $body$ BEGIN RETURN %s; END $body$',
        CASE WHEN current_setting('server_version_num')::integer >= 160000 THEN 'v IS NOT JSON WITH UNIQUE KEYS'
            ELSE 'false' END
    );
END;
$create$;

-- What catches an error cannot run in a parallel worker.
CREATE OR REPLACE FUNCTION redshift.can_json_parse(v text) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL UNSAFE
AS $$
BEGIN
    PERFORM redshift.json_parse(v);
    RETURN true;
EXCEPTION WHEN data_exception OR program_limit_exceeded OR statement_too_complex THEN
    RETURN false;
END;
$$;

-- Bytes that are no UTF-8 are no JSON.
CREATE OR REPLACE FUNCTION redshift.can_json_parse(v bytea) RETURNS boolean
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL UNSAFE
AS $$
BEGIN
    PERFORM redshift.json_parse(convert_from(v, 'UTF8'));
    RETURN true;
EXCEPTION WHEN data_exception OR program_limit_exceeded OR statement_too_complex THEN
    RETURN false;
END;
$$;

CREATE OR REPLACE FUNCTION redshift.json_parse(v text) RETURNS jsonb
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
DECLARE
    parsed jsonb := v;
BEGIN
    IF octet_length(v) > 65535 AND redshift.has_long_string(parsed) THEN
        RAISE EXCEPTION 'a string in SUPER is longer than 65535 bytes' USING ERRCODE = 'string_data_right_truncation';
    END IF;
    IF redshift.has_name_twice(v) THEN
        RAISE EXCEPTION 'an object in JSON has a name twice' USING ERRCODE = 'duplicate_json_object_key_value';
    END IF;
    RETURN NULLIF(parsed, 'null'::jsonb);
END;
$$;

CREATE OR REPLACE FUNCTION redshift.json_parse(v bytea) RETURNS jsonb
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$ SELECT redshift.json_parse(convert_from(v, 'UTF8')) $$;

-- Without the blanks that PostgreSQL writes.
CREATE OR REPLACE FUNCTION redshift.json_serialize(v jsonb) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
BEGIN
    RETURN CASE jsonb_typeof(v)
        WHEN 'object' THEN (
            SELECT '{' || coalesce(string_agg(to_jsonb(key)::text || ':' || redshift.json_serialize(value), ','), '') || '}'
            FROM jsonb_each(v)
        )
        WHEN 'array' THEN (
            SELECT '[' || coalesce(string_agg(redshift.json_serialize(value), ',' ORDER BY place), '') || ']'
            FROM jsonb_array_elements(v) WITH ORDINALITY AS element (value, place)
        )
        ELSE v::text
    END;
END;
$$;

CREATE OR REPLACE FUNCTION redshift.is_array(v jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT coalesce(jsonb_typeof(v) = 'array', false) $$;

CREATE OR REPLACE FUNCTION redshift.is_object(v jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT coalesce(jsonb_typeof(v) = 'object', false) $$;

CREATE OR REPLACE FUNCTION redshift.get_array_length(v jsonb) RETURNS integer
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$ SELECT CASE jsonb_typeof(v) WHEN 'array' THEN jsonb_array_length(v) END $$;

-- Casts of SUPER: NULL for a value of another type.

CREATE OR REPLACE FUNCTION redshift.text(v jsonb) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
BEGIN
    RETURN CASE WHEN jsonb_typeof(v) IN ('string', 'number', 'boolean') THEN v #>> '{}' END;
END;
$$;

CREATE OR REPLACE FUNCTION redshift.whole(v jsonb, low numeric, high numeric) RETURNS numeric
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$
    SELECT CASE WHEN jsonb_typeof(v) = 'number' AND round(v::numeric) BETWEEN low AND high THEN round(v::numeric) END
$$;

CREATE OR REPLACE FUNCTION redshift.exact(v jsonb, digits integer, fraction integer) RETURNS numeric
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$
    SELECT CASE WHEN jsonb_typeof(v) = 'number' AND abs(round(v::numeric, fraction)) < ('1e' || (digits - fraction))::numeric
        THEN round(v::numeric, fraction) END
$$;

CREATE OR REPLACE FUNCTION redshift.float(v jsonb) RETURNS double precision
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$ SELECT CASE jsonb_typeof(v) WHEN 'number' THEN v::double precision END $$;

CREATE OR REPLACE FUNCTION redshift.truth(v jsonb) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$
    SELECT CASE jsonb_typeof(v)
        WHEN 'boolean' THEN v::boolean
        WHEN 'number' THEN CASE WHEN scale(v::numeric) = 0 THEN v::numeric <> 0 END
    END
$$;

-- Texts and bytes ---------------------------------------------------------------------------------------------------

CREATE OR REPLACE FUNCTION redshift.text(v bytea) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$ SELECT convert_from(v, 'UTF8') $$;

CREATE OR REPLACE FUNCTION redshift.text(v anynonarray) RETURNS text
LANGUAGE sql STABLE STRICT PARALLEL SAFE
AS $$ SELECT v::text $$;

CREATE OR REPLACE FUNCTION redshift.bytes(v text) RETURNS bytea
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$ SELECT convert_to(v, 'UTF8') $$;

CREATE OR REPLACE FUNCTION redshift.bytes(v bytea) RETURNS bytea
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$ SELECT v $$;

-- The first whole characters that fit into so many bytes.
CREATE OR REPLACE FUNCTION redshift.cut(v text, bytes integer) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
DECLARE
    whole bytea;
    kept integer := bytes;
BEGIN
    IF octet_length(v) <= bytes THEN
        RETURN v;
    END IF;
    whole := convert_to(v, 'UTF8');
    WHILE kept > 0 AND get_byte(whole, kept) & 192 = 128 LOOP
        kept := kept - 1;
    END LOOP;
    RETURN convert_from(substring(whole FROM 1 FOR kept), 'UTF8');
END;
$$;

-- TRY_CAST of a text: NULL if it is none of the type. A blank one is not tried.
-- https://docs.aws.amazon.com/redshift/latest/dg/r_TRY_CAST.html

CREATE OR REPLACE FUNCTION redshift.refuse_blank(v text) RETURNS void
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
BEGIN
    IF btrim(v) = '' THEN
        RAISE EXCEPTION 'TRY_CAST of a blank text' USING ERRCODE = 'invalid_character_value_for_cast';
    END IF;
END;
$$;

CREATE OR REPLACE FUNCTION redshift.try_whole(v text, low numeric, high numeric) RETURNS numeric
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
BEGIN
    PERFORM redshift.refuse_blank(v);
    IF v ~ '^\s*[+-]?[0-9]{1,40}\s*$' AND v::numeric BETWEEN low AND high THEN
        RETURN v::numeric;
    END IF;
    RETURN NULL;
END;
$$;

CREATE OR REPLACE FUNCTION redshift.try_exact(v text, digits integer, fraction integer) RETURNS numeric
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
DECLARE
    rounded numeric;
BEGIN
    PERFORM redshift.refuse_blank(v);
    IF v !~ '^\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?\s*$' THEN
        RETURN NULL;
    END IF;
    rounded := round(v::numeric, fraction);
    RETURN CASE WHEN abs(rounded) < ('1e' || (digits - fraction))::numeric THEN rounded END;
END;
$$;

-- The pattern leaves only the last days of short months to look at.
CREATE OR REPLACE FUNCTION redshift.try_timestamp(v text) RETURNS timestamp
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
AS $$
DECLARE
    kept text := btrim(v);
BEGIN
    PERFORM redshift.refuse_blank(v);
    IF kept !~ '^(?!0000)[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])([ T]([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,6})?)?Z?)?$' THEN
        RETURN NULL;
    END IF;
    IF substr(kept, 9, 2) > '28' AND substr(kept, 9, 2)::integer
        > extract(day FROM (substr(kept, 1, 7) || '-01')::date + interval '1 month - 1 day') THEN
        RETURN NULL;
    END IF;
    RETURN kept::timestamp;
END;
$$;

-- Numbers -------------------------------------------------------------------------------------------------------------

-- A quotient with exactly so many digits behind the point, the last one rounded.
CREATE OR REPLACE FUNCTION redshift.divide(a numeric, b numeric, fraction integer) RETURNS numeric
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$
    SELECT round(
        sign(a) * sign(b) * div(abs(a) * ('2e' || fraction)::numeric + abs(b), abs(b) * 2) * ('1e-' || fraction)::numeric,
        fraction
    )
$$;

CREATE OR REPLACE FUNCTION redshift.round(v integer) RETURNS integer
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT v $$;
CREATE OR REPLACE FUNCTION redshift.round(v bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT v $$;
CREATE OR REPLACE FUNCTION redshift.round(v numeric) RETURNS numeric
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT pg_catalog.round(v) $$;
-- Halves away from zero; PostgreSQL's own takes them to the even number.
CREATE OR REPLACE FUNCTION redshift.round(v double precision) RETURNS double precision
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$ SELECT pg_catalog.trunc(v) + CASE WHEN abs(v - pg_catalog.trunc(v)) >= 0.5 THEN sign(v) ELSE 0 END $$;
CREATE OR REPLACE FUNCTION redshift.round(v numeric, fraction integer) RETURNS numeric
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT pg_catalog.round(v, fraction) $$;
-- From 1e15 on a double has no digits behind the point.
CREATE OR REPLACE FUNCTION redshift.round(v double precision, fraction integer) RETURNS double precision
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$
    SELECT CASE WHEN abs(v) >= 1e15 AND fraction >= 0 THEN v
        ELSE pg_catalog.round(v::numeric, fraction)::double precision END
$$;

CREATE OR REPLACE FUNCTION redshift.trunc(v timestamp) RETURNS date
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT v::date $$;
CREATE OR REPLACE FUNCTION redshift.trunc(v integer) RETURNS integer
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT v $$;
CREATE OR REPLACE FUNCTION redshift.trunc(v bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT v $$;
CREATE OR REPLACE FUNCTION redshift.trunc(v numeric) RETURNS numeric
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT pg_catalog.trunc(v) $$;
CREATE OR REPLACE FUNCTION redshift.trunc(v double precision) RETURNS double precision
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT pg_catalog.trunc(v) $$;
CREATE OR REPLACE FUNCTION redshift.trunc(v numeric, fraction integer) RETURNS numeric
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$ SELECT pg_catalog.trunc(v, fraction) $$;

-- Times. A session is in UTC, as Redshift's is ------------------------------------------------------------------------

CREATE OR REPLACE FUNCTION redshift.getdate() RETURNS timestamp
LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT date_trunc('second', statement_timestamp() AT TIME ZONE 'UTC') $$;

CREATE OR REPLACE FUNCTION redshift.sysdate() RETURNS timestamp
LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT transaction_timestamp() AT TIME ZONE 'UTC' $$;

CREATE OR REPLACE FUNCTION redshift.current_date() RETURNS date
LANGUAGE sql STABLE PARALLEL SAFE
AS $$ SELECT (transaction_timestamp() AT TIME ZONE 'UTC')::date $$;

CREATE OR REPLACE FUNCTION redshift.last_day(v timestamp) RETURNS date
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$ SELECT (date_trunc('month', v) + interval '1 month - 1 day')::date $$;

CREATE OR REPLACE FUNCTION redshift.date_part(part text, v timestamp) RETURNS double precision
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$ SELECT floor(pg_catalog.date_part(part, v)) $$;

CREATE OR REPLACE FUNCTION redshift.dateadd(unit text, number bigint, v timestamp) RETURNS timestamp
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$
    SELECT v + CASE unit WHEN 'quarter' THEN number * interval '3 months' ELSE number * ('1 ' || unit)::interval END
$$;

-- How many boundaries of the unit lie between two times.
CREATE OR REPLACE FUNCTION redshift.datediff(unit text, a timestamp, b timestamp) RETURNS bigint
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
AS $$
    SELECT CASE unit
        WHEN 'year' THEN extract(year FROM b) - extract(year FROM a)
        WHEN 'quarter' THEN (extract(year FROM b) - extract(year FROM a)) * 4
            + extract(quarter FROM b) - extract(quarter FROM a)
        WHEN 'month' THEN (extract(year FROM b) - extract(year FROM a)) * 12 + extract(month FROM b) - extract(month FROM a)
        WHEN 'day' THEN b::date - a::date
        WHEN 'hour' THEN extract(epoch FROM date_trunc('hour', b) - date_trunc('hour', a)) / 3600
        WHEN 'minute' THEN extract(epoch FROM date_trunc('minute', b) - date_trunc('minute', a)) / 60
        WHEN 'second' THEN extract(epoch FROM date_trunc('second', b) - date_trunc('second', a))
        WHEN 'millisecond' THEN extract(epoch FROM date_trunc('milliseconds', b) - date_trunc('milliseconds', a)) * 1000
        WHEN 'microsecond' THEN extract(epoch FROM b - a) * 1000000
    END::bigint
$$;
