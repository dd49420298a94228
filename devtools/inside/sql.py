"""Run SQL statements, outside any transaction, for `./dev`.

Reads from standard input {"connection": {…}, "statements": [[text, [value, …]], …]};
writes the rows of the last statement that has any, or {"error": sentence}, as JSON.
"""

import json
import sys

import psycopg2


def main() -> None:
    """Run what is asked on standard input."""
    asked = json.load(sys.stdin)
    rows = []
    try:
        connection = psycopg2.connect(connect_timeout=10, **asked["connection"])
        connection.autocommit = True
        with connection.cursor() as cursor:
            for text, values in asked["statements"]:
                cursor.execute(text, values or None)
                if cursor.description:
                    rows = cursor.fetchall()
        connection.close()
    except psycopg2.Error as error:
        json.dump({"error": " ".join(str(error).split())}, sys.stdout)
    else:
        json.dump({"rows": rows}, sys.stdout, default=str)


main()
