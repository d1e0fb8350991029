# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The reports of a packet: each follows from what the packet holds alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...module_utils._lacp.analysis import analyse
from ...module_utils._lacp.timeline import timeline
from .layout import PAGE, QUESTIONS, SUMMARY, TIMELINE
from .page import page
from .questions import questions
from .story import window
from .summary import summary

if TYPE_CHECKING:
    from .reader import Packet
    from .store import Store


def write_reports(store: Store, packet: Packet) -> None:
    """Write the page, the summary, the questions and the picture; StoreError."""
    document, verdict = packet.document, packet.verdict or {}
    title = f"{document.get('host')} {document.get('bond')}"
    store.put(TIMELINE, timeline(analyse(window(packet)), title))
    store.put(QUESTIONS, questions(document, verdict))
    store.put(SUMMARY, summary(packet))
    store.put(PAGE, page(packet))
