# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""When a run stops a pipeline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from unit import factory
from unit.plugins.plugin_utils._report import made_up
from unit.plugins.plugin_utils._report.reports import built

if TYPE_CHECKING:
    from pathlib import Path

CALM = made_up.document("h1", factory.healthy_host())
BROKEN = made_up.document("h2", made_up.silent_partner())
WARNED = made_up.document("h3", made_up.firmware_differs())
WAIVED = made_up.document(
    "h4",
    made_up.silent_partner(),
    policy={
        "waivers": [{"rule": "partner-silent", "reason": "spare", "until": "2030-01-01"}],
    },
)
LOST = made_up.lost("h9")


@pytest.mark.parametrize(
    ("documents", "fail_on", "failed", "words"),
    [
        pytest.param([CALM], "error", False, "passed (fail_on: error)", id="healthy"),
        pytest.param([CALM], "warning", False, "passed", id="healthy, strict"),
        pytest.param([CALM, BROKEN], "error", True, "1 error on 1 host", id="error"),
        pytest.param([CALM, WARNED], "error", False, "passed", id="warning is no error"),
        pytest.param([CALM, WARNED], "warning", True, "1 warning on 1 host", id="warning counts"),
        pytest.param([CALM, WAIVED], "error", False, "passed", id="waived"),
        pytest.param([CALM, LOST], "error", True, "1 host not audited", id="unreachable"),
        pytest.param([CALM, LOST], "never", False, "would be stopped with status 2", id="never"),
        pytest.param([CALM], "never", False, "would pass", id="never, healthy"),
        pytest.param([], "error", True, "no host was audited", id="nobody"),
    ],
)
def test_gate(
    tmp_path: Path, documents: list[dict[str, Any]], fail_on: str, *, failed: bool, words: str
) -> None:
    gate = built(tmp_path, documents, fail_on=fail_on).report.gate
    assert gate.failed is failed
    assert words in gate.reason


def test_a_document_that_cannot_be_read_stops(tmp_path: Path) -> None:
    made_up.save(tmp_path, {"h1": CALM})
    (tmp_path / "hosts" / "h2.json").write_text('{"schema": "bondproof.lacp/host/1", "ho')
    report = built(tmp_path, []).report
    assert report.gate.failed
    assert [problem.place for problem in report.problems] == ["hosts/h2.json"]
    assert [host.name for host in report.hosts] == ["h1"]


def test_what_the_baseline_has_does_not_stop(tmp_path: Path) -> None:
    earlier = made_up.save(tmp_path / "1", {"h2": BROKEN})
    now = built(tmp_path / "2", [BROKEN, {**BROKEN, "host": "h5"}], baseline=earlier).report
    assert now.gate.failed
    assert "1 new error on 1 host" in now.gate.reason
    same = built(tmp_path / "3", [BROKEN], baseline=earlier).report
    assert not same.gate.failed
    assert "nothing that the baseline does not have" in same.gate.reason
