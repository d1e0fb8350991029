# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`python -m accuracy [FOLDER]`: play every scenario, judge each verdict, count (needs root)."""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

from lab.say import say
from lab.state import REPOSITORY

from . import judge, run
from .scenario import read_all

DEFAULT = REPOSITORY / "tests/scenarios"
RESULT = REPOSITORY / "build/accuracy.json"
EVIDENCE = REPOSITORY / "build/accuracy"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m accuracy", description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=DEFAULT, help="of *.yml files")
    parser.add_argument("--only", help="names of scenarios, or tags, with commas between them")
    parser.add_argument("--replay", action="store_true", help="judge what was played before again")
    parser.add_argument("--result", type=Path, default=RESULT)
    parser.add_argument("--evidence", type=Path, default=EVIDENCE, help="packets and verdicts")
    return parser.parse_args()


def main() -> int:
    arguments = _arguments()
    began = time.monotonic()
    scenarios, problems = read_all(arguments.folder)
    for problem in problems:
        say(f"bad scenario: {problem}")
    if arguments.only:
        wanted = set(arguments.only.split(","))
        scenarios = [one for one in scenarios if wanted & {one.name, *one.tags}]
        if not scenarios:
            say(f"no scenario is called, or tagged, {arguments.only}. Cure: see {arguments.folder}")
            return 2
    go = run.replayed if arguments.replay else run.run_all
    cases = go(scenarios, arguments.evidence)
    result = judge.summary(cases, problems)
    arguments.result.parent.mkdir(parents=True, exist_ok=True)
    arguments.result.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(*run.told(cases, result, problems), sep="\n")
    print(f"{time.monotonic() - began:.0f} s; {arguments.result}")
    return 0 if judge.is_good(result) else 1


if __name__ == "__main__":
    sys.exit(main())
