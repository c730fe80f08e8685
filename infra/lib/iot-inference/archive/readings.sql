-- One row for each reading. A line of the archive may be there more than once, since delivery is at least once.
--
-- A reading id says device, sensor and sequence, and its reading has one site and one measuredAt: so to number the lines
-- within all of these is to number them within the id. They are all named because an engine lets a condition through to
-- the files, and passes over days, sites and devices, only if it is on a column of PARTITION BY.
SELECT
  day,
  site,
  deviceid,
  sensorid,
  readingid,
  -- Of 2026-11-25T01:02:03.123456Z the first three digits after the point: Athena's timestamps have no more.
  try_cast(replace(replace(substr(measuredat, 1, 23), 'T', ' '), 'Z', '') AS timestamp) AS measured_at,
  measure,
  unit,
  value,
  quality,
  sequence,
  measuredat,
  arrivedat,
  schemaversion
FROM (
  SELECT
    *,
    row_number() OVER (
      PARTITION BY day, site, deviceid, sensorid, readingid
      ORDER BY arrivedat NULLS LAST
    ) AS delivery
  FROM reading_lines
  WHERE readingid IS NOT NULL
) AS deliveries
WHERE delivery = 1
