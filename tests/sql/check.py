"""Holds the project's Redshift SQL against a second parser: sqlglot, in its Redshift dialect.

The local warehouse parses SQL by itself, against a list of its own; what both take is hardly a mistake of one of them.
sqlglot keeps what it has no grammar for as an opaque Command. Those must be on the list below, by their first words: a
misspelt statement would be one too.

    .venv/bin/python tests/sql/check.py
"""

import json
import logging
import re
import subprocess
import sys
from pathlib import Path

import sqlglot
from sqlglot import exp

ROOT = Path(__file__).resolve().parents[2]
MIGRATIONS = ROOT / "crates/generative-bi/warehouse-migrator/sql"
QUESTIONS = ROOT / "crates/generative-bi/orders/questions.json"

# Redshift's own statements for which sqlglot has no grammar.
OPAQUE = [
    "ALTER DEFAULT PRIVILEGES IN SCHEMA",
    "ALTER TABLE ingest.order_changes_archive APPEND FROM",
    'ALTER USER "x" SET enable_case_sensitive_identifier TO TRUE',
    'ALTER USER "x" SET enable_case_sensitive_super_attribute TO TRUE',
    "CALL warehouse.fold_order_changes()",
    "CALL warehouse.prune_order_changes()",
    "CREATE EXTERNAL SCHEMA IF NOT EXISTS kinesis FROM KINESIS IAM_ROLE",
    "CREATE ROLE",
    'CREATE USER "x" PASSWORD DISABLE',
    "GRANT ROLE",
    "GRANT SELECT ON ALL TABLES IN SCHEMA",
    "LOCK warehouse.folding_lock",
    "REFRESH MATERIALIZED VIEW",
]

PARAMETER = re.compile(r"\$\{[A-Z_]+\}")


def statements(text: str):
    """The statements of a script, and those in the bodies of its procedures."""
    for statement in sqlglot.parse(text, dialect="redshift"):
        if statement is None:
            continue
        yield statement
        for body in statement.find_all(exp.Heredoc, exp.RawString):
            inner = re.fullmatch(r"\s*BEGIN(.*)END;?\s*", body.name, re.DOTALL)
            if inner is None:
                raise ValueError("a procedure's body is not BEGIN … END")
            yield from statements(inner.group(1))


def problems(name: str, text: str):
    """What is wrong with a script, and how many statements it has."""
    count, found = 0, []
    try:
        for statement in statements(PARAMETER.sub("x", text)):
            count += 1
            for command in statement.find_all(exp.Command):
                shown = " ".join(re.sub(r"/\*.*?\*/", "", command.sql(), flags=re.DOTALL).split())
                if not any(shown.startswith(known) for known in OPAQUE):
                    found.append(f"{name}: statement {count} is no Redshift SQL that sqlglot knows: {shown[:80]}")
    except (sqlglot.errors.SqlglotError, ValueError) as error:
        found.append(f"{name}: statement {count + 1}: {error}")
    if count == 0 and not found:
        found.append(f"{name}: has no statement")
    return count, found


def of_the_stacks() -> dict[str, str]:
    """The SQL that the CDK app holds, by what it is for."""
    command = ["node", "--import", "tsx", "bin/print-sql.ts"]
    return json.loads(subprocess.run(command, cwd=ROOT / "infra", check=True, stdout=subprocess.PIPE).stdout)


def main() -> int:
    logging.getLogger("sqlglot").setLevel(logging.ERROR)
    files = sorted(MIGRATIONS.glob("*.sql"))
    scripts = [(str(file.relative_to(ROOT)), file.read_text()) for file in files]
    questions = json.loads(QUESTIONS.read_text())
    scripts += [(f"{QUESTIONS.relative_to(ROOT)}, {question['id']}", question["sql"]) for question in questions]
    stacks = of_the_stacks()
    scripts += [(f"infra, {name}", text) for name, text in stacks.items()]
    if not files or not questions or not stacks:
        print("tests/sql/check.py: found no SQL", file=sys.stderr)
        return 1
    checked = [problems(name, text) for name, text in scripts]
    for problem in (problem for _, found in checked for problem in found):
        print(problem, file=sys.stderr)
    count = sum(count for count, _ in checked)
    print(f"{count} statements of {len(files)} files, {len(questions)} questions and {len(stacks)} texts of the stacks")
    return int(any(found for _, found in checked))


if __name__ == "__main__":
    sys.exit(main())
