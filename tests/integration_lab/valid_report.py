# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Validate the outputs of a run: `valid_report.py FOLDER`; the first fault gives status 1."""

from __future__ import annotations

import json
import sys
import xml.etree.ElementTree as ET
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import jsonschema

SCHEMAS = Path(__file__).parents[2] / "plugins/plugin_utils/_report/schema"
LINKS = ("src", "href", "action", "data", "poster", "srcset")


def check(document: Path, schema: str) -> Any:
    """Hold a JSON file against a shipped schema; return what it holds."""
    data = json.loads(document.read_bytes())
    rules = json.loads((SCHEMAS / schema).read_bytes())
    jsonschema.Draft202012Validator(rules).validate(data)
    return data


class OneFile(HTMLParser):
    """Refuses whatever a page would fetch from elsewhere."""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name in LINKS and not (value or "").startswith(("#", "data:")):
                raise SystemExit(f"report.html: <{tag} {name}={value}> leads out of the file")


def main(folder: Path) -> None:
    fleet = check(folder / "fleet.json", "fleet-1.json")
    hosts = [check(path, "host-1.json") for path in sorted((folder / "hosts").iterdir())]
    if sorted(fleet["hosts"]) != [host["host"] for host in hosts]:
        raise SystemExit("fleet.json and hosts/ name other hosts")
    suites = ET.parse(folder / "junit.xml").getroot()  # noqa: S314 - we wrote it
    failures = sum(len(case.findall("failure")) for case in suites.iter("testcase"))
    if failures != int(suites.get("failures", -1)) or failures != fleet["summary"]["error"]:
        raise SystemExit(f"junit.xml: {failures} failures, fleet.json: {fleet['summary']}")
    page = (folder / "report.html").read_text(encoding="utf-8")
    OneFile().feed(page)
    if "@import" in page or "url(" in page.replace("url(data:", ""):
        raise SystemExit("report.html: its style leads out of the file")
    if not (folder / "summary.md").read_text(encoding="utf-8").startswith("## "):
        raise SystemExit("summary.md has no title")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
