# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""`make docs`: the rule and fact references, and the plugin documentation as HTML in build/docs."""

from __future__ import annotations

import shutil

from . import paths, venvs
from .proc import must
from .say import say, step

PAGES = ("tools.rule_page", "tools.field_page", "tools.diagnosis_page", "tools.incident_replay")
SCHEMAS = paths.TOP / "tests/unit/plugins/plugin_utils/_report/make_schemas.py"
SITE = paths.TOP / "docs" / "docsite"


def main(_words: list[str]) -> int:
    venv = venvs.main()
    paths.link_collection()
    with step("pages made from the catalogues"):
        for page in PAGES:
            must(venv, venv.exe, "-m", page)
        must(venv, venv.exe, SCHEMAS)
    folder = paths.BUILD / "docs"
    shutil.rmtree(folder, ignore_errors=True)
    rst = folder / "rst"
    rst.mkdir(parents=True, mode=0o700)  # antsibull-docs refuses a folder that others may write to
    with step("plugin documentation"):
        flags = ("--use-current", "--squash-hierarchy", "--fail-on-error", "--dest-dir")
        must(venv, "antsibull-docs", "collection", *flags, rst, "bondproof.lacp")
        must(venv, "sphinx-build", "-q", "-b", "html", "-c", SITE, rst, folder / "html")
    say(f"open {folder / 'html' / 'index.html'}")
    return 0
