# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Write the JSON Schemas that ship with the collection: run it after the field catalogue changed.

PYTHONPATH=build/collections python tests/unit/plugins/plugin_utils/_report/make_schemas.py
"""

from __future__ import annotations

import json
from pathlib import Path

from ansible_collections.bondproof.lacp.plugins.plugin_utils._report import schema

FOLDER = Path(schema.__file__).with_name("schema")


def text(name: str) -> str:
    """The content of a schema file."""
    return json.dumps(schema.SCHEMAS[name](), indent=1) + "\n"


def main() -> None:
    for name in schema.SCHEMAS:
        (FOLDER / name).write_text(text(name), encoding="utf-8")
        print(FOLDER / name)


if __name__ == "__main__":
    main()
