"""Holds the archive's view against what Athena and DuckDB understand, and against files as Firehose lays them out.

sqlglot parses the SQL in Athena's dialect, and writes it again in DuckDB's. DuckDB runs both texts on Parquet files below
day=/site=/ with every repeat that delivery at least once makes, and must find each reading once. Athena itself is not here:
what it passes over is shown by DuckDB's plan, which lets conditions through a window by the same rule as Trino.

    .venv/bin/python tests/athena/check.py
"""

import json
import subprocess
import sys
import tempfile
from datetime import datetime
from pathlib import Path

import duckdb
import sqlglot
from sqlglot import exp

ROOT = Path(__file__).resolve().parents[2]
SQL = ROOT / "infra/lib/iot-inference/archive/readings.sql"
COLUMNS = "import * as c from './lib/iot-inference/archive/reading-columns.ts'; console.log(JSON.stringify(c))"

# What a Hive type is in a file that DuckDB writes, and what it says of a result.
DUCKDB_TYPES = {"string": "VARCHAR", "int": "INTEGER", "bigint": "BIGINT", "double": "DOUBLE", "timestamp": "TIMESTAMP"}

DAY, NEXT_DAY = "2026-11-25", "2026-11-26"
FIRST, LATER = f"{DAY}T01:02:04.500Z", f"{DAY}T09:00:00.000Z"

# Of each sensor (device, sensor, site): measuredAt, and arrivedAt of every delivery, file by file.
ARCHIVE = {
    ("d-1", "t", "hamburg"): [
        # Once; twice in a file; twice, in two files; again later; by Firehose's own source, which does not say when; both.
        (f"{DAY}T01:02:03.100Z", [[FIRST]]),
        (f"{DAY}T01:02:04.100Z", [[FIRST, FIRST]]),
        (f"{DAY}T01:02:05.100Z", [[FIRST], [FIRST]]),
        (f"{DAY}T01:02:06.100Z", [[LATER], [FIRST, LATER]]),
        (f"{DAY}T01:02:07.100Z", [[None], [None, None]]),
        (f"{DAY}T01:02:08.100Z", [[None], [LATER]]),
        # Every form of a time: six digits, and as devices may write it.
        (f"{DAY}T01:02:09.123456Z", [[FIRST]]),
        (f"{DAY}T01:02:10Z", [[None]]),
        (f"{DAY}T01:02:11.5Z", [[None]]),
        (f"{NEXT_DAY}T00:00:00.000Z", [[LATER], [LATER]]),
    ],
    # The same sequence of another device, sensor, site; and names that look like something else.
    ("d-2", "t", "hamburg"): [(f"{DAY}T01:02:03.100Z", [[FIRST, LATER]])],
    ("d-1", "u", "hamburg"): [(f"{DAY}T01:02:03.100Z", [[FIRST, LATER]])],
    ("2026-01-01", "17", "a.b:c-d_e"): [(f"{NEXT_DAY}T01:02:03.100Z", [[LATER], [FIRST]])],
}

MEASURED_AT = {
    f"{DAY}T01:02:09.123456Z": datetime(2026, 11, 25, 1, 2, 9, 123000),
    f"{DAY}T01:02:10Z": datetime(2026, 11, 25, 1, 2, 10),
    f"{DAY}T01:02:11.5Z": datetime(2026, 11, 25, 1, 2, 11, 500000),
    f"{NEXT_DAY}T00:00:00.000Z": datetime(2026, 11, 26),
}


def lines():
    """The archive: (file, line)s, and what the view must find, as arrivedAt by reading id."""
    delivered, wanted = [], {}
    for (device, sensor, site), readings in ARCHIVE.items():
        for sequence, (measured_at, files) in enumerate(readings):
            line = {
                "schemaversion": 1, "readingid": f"{device}/{sensor}/{sequence}", "deviceid": device, "sensorid": sensor,
                "site": site, "measure": "temperature", "unit": "Cel", "value": 21.5, "quality": "good",
                "measuredat": measured_at, "sequence": sequence,
            }  # fmt: skip
            delivered += [(file, line | {"arrivedat": at}) for file, times in enumerate(files) for at in times]
            wanted[line["readingid"]] = min((at for times in files for at in times if at), default=None)
    # What Firehose's own source lets pass: JSON with a time and a site that is no reading, and a time that is none.
    stray = {"schemaversion": 1, "site": "hamburg", "measuredat": f"{DAY}T01:02:03Z"}
    delivered += [(0, stray), (0, stray), (0, stray | {"readingid": "x", "measuredat": f"{DAY} or so"})]
    return delivered, wanted | {"x": None}


def write(delivered, columns, folder: Path) -> list[str]:
    """Writes the files as Firehose does, below the day and the site of their lines; returns their paths."""
    files: dict[Path, list] = {}
    for file, line in delivered:
        path = folder / f"day={line['measuredat'][:10]}" / f"site={line['site']}" / f"archive-1-{file}.parquet"
        files.setdefault(path, []).append([line.get(column["name"]) for column in columns])
    definition = ", ".join(f"{column['name']} {DUCKDB_TYPES[column['type']]}" for column in columns)
    for path, rows in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = duckdb.connect()
        connection.execute(f"CREATE TABLE lines ({definition})")
        connection.executemany(f"INSERT INTO lines VALUES ({', '.join('?' for _ in columns)})", rows)
        connection.execute(f"COPY lines TO '{path}' (FORMAT PARQUET, COMPRESSION snappy)")
    return [str(path) for path in files]


def problems_of_text(sql: str):
    """What sqlglot does not understand of the SQL as Athena's; and the same in DuckDB's words."""
    statements = sqlglot.parse(sql, dialect="athena")
    if len(statements) != 1 or not isinstance(statements[0], exp.Select):
        return ["is not one SELECT, as a view must be"], ""
    [statement] = statements
    unknown = [str(node.this) for node in statement.find_all(exp.Anonymous, exp.Command)]
    tables = [table.sql() for table in statement.find_all(exp.Table)]
    found = [f"{name}: no function that sqlglot knows" for name in unknown]
    if tables != ["reading_lines"]:
        found.append(f"reads {tables}, where the emulator's Athena looks for reading_lines alone")
    if sqlglot.parse_one(sql, dialect="trino").sql("trino") != statement.sql("trino"):
        found.append("is another query to Trino than to Athena")
    return found, statement.sql("duckdb")


def problems_of_run(sql: str, wanted: dict, columns):
    """What DuckDB says of it, and what is wrong with what it finds."""
    connection = duckdb.connect()
    try:
        yield from problems_of_rows(connection, sql, wanted, columns)
        yield from problems_of_plan(connection, sql)
    except duckdb.Error as error:
        yield str(error)


def problems_of_rows(connection, sql: str, wanted: dict, columns):
    """Each reading is there once, from its first delivery, in the columns that Glue is told of."""
    cursor = connection.execute(sql)
    names = [column[0] for column in cursor.description]
    types = [str(column[1]) for column in cursor.description]
    rows = [dict(zip(names, row)) for row in cursor.fetchall()]
    expected = [(column["name"], DUCKDB_TYPES[column["type"]]) for column in columns]
    if list(zip(names, types)) != expected:
        yield f"has the columns {list(zip(names, types))}, where Glue is told {expected}"
    ids = [row["readingid"] for row in rows]
    if sorted(map(str, ids)) != sorted(wanted):
        yield f"has the readings {ids}, where the archive has {list(wanted)}"
    for row in rows:
        yield from problems_of_row(row, wanted)


def problems_of_row(row: dict, wanted: dict):
    reading, measured_at = row["readingid"], row["measuredat"]
    if row["arrivedat"] != wanted.get(reading):
        yield f"{reading}: arrived at {row['arrivedat']}, not at {wanted.get(reading)}, the first time"
    if row["day"] != measured_at[:10]:
        yield f"{reading}: is on {row['day']}, but was measured at {measured_at}"
    if reading == "x" and row["measured_at"] is not None:
        yield "x: has a timestamp, but no time"
    if measured_at in MEASURED_AT and row["measured_at"] != MEASURED_AT[measured_at]:
        yield f"{reading}: {measured_at} is the timestamp {row['measured_at']}"


def problems_of_plan(connection, sql: str):
    """A condition on the view reaches the files: on the day it passes over whole folders, on others over parts of files."""
    for column, value in {"day": NEXT_DAY, "site": "hamburg", "deviceid": "d-2", "sensorid": "t"}.items():
        explained = connection.execute(f"EXPLAIN (FORMAT json) SELECT * FROM ({sql}) WHERE {column} = '{value}'").fetchone()
        scans = [node["extra_info"] for node in nodes(json.loads(explained[1])) if "PARQUET" in node["name"]]
        # DuckDB may read twice: which lines are the first, then what else is in those.
        told = [f"{scan.get('File Filters', '')} {scan.get('Filters', '')}" for scan in scans]
        if not any(f"{column} = '{value}'" in text or f"{column}='{value}'" in text for text in told):
            yield f"a condition on {column} does not reach the files: {scans}"


def nodes(plan: list):
    for node in plan:
        yield node
        yield from nodes(node["children"])


def on_files(sql: str, files: list[str]) -> str:
    """The SQL with the files in place of the table, read as the emulator's Athena reads them."""
    options = "union_by_name = true, hive_partitioning = true, hive_types = {'day': VARCHAR}"
    relation = f"read_parquet({files}, {options}) AS reading_lines"
    return sql.replace("FROM reading_lines", f"FROM {relation}")


def columns_of_the_stack():
    command = ["node", "--import", "tsx", "--input-type=module", "--eval", COLUMNS]
    printed = subprocess.run(command, cwd=ROOT / "infra", check=True, stdout=subprocess.PIPE).stdout
    columns = json.loads(printed)
    return columns["LINE_COLUMNS"], columns["VIEW_COLUMNS"]


def main() -> int:
    line_columns, view_columns = columns_of_the_stack()
    sql = SQL.read_text()
    found, in_duckdb = problems_of_text(sql)
    delivered, wanted = lines()
    with tempfile.TemporaryDirectory() as folder:
        files = write(delivered, line_columns, Path(folder))
        for text in filter(None, (sql, in_duckdb)):
            found += problems_of_run(on_files(text, files), wanted, view_columns)
    for problem in found:
        print(f"{SQL.relative_to(ROOT)}: {problem}", file=sys.stderr)
    print(f"{len(wanted)} readings of {len(delivered)} lines in {len(files)} files")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
