"""Validates lines of change logs: ValidateRecords.py SCHEMA FILE..., or SCHEMA FOLDER.

Exits 0 when each line is a record, 1 and which one is not."""

import json
import os
import sys

import fastjsonschema


def main(schema, *paths):
    with open(schema, encoding="utf-8") as file:
        validate = fastjsonschema.compile(json.load(file))
    if len(paths) == 1 and os.path.isdir(paths[0]):
        paths = [os.path.join(paths[0], name) for name in sorted(os.listdir(paths[0]))]
    count = 0
    for path in paths:
        with open(path, encoding="utf-8", newline="\n") as file:
            for number, line in enumerate(file, 1):
                count += 1
                try:
                    validate(json.loads(line))
                except Exception as problem:
                    sys.exit(f"{path}:{number}: {problem}: {line[:2000]}")
    print(f"{count} records are as the schema says")


main(*sys.argv[1:])
