# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The filters that read what routers print: their documentation and refusals."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from ansible.errors import AnsibleFilterError

from ansible_collections.bondproof.lacp.plugins.filter import (
    tcpdump_lacp,
    teamd_state,
    vyatta_bond_members,
    vyatta_bonds,
    vyatta_interfaces,
)

PLUGINS = (tcpdump_lacp, teamd_state, vyatta_bond_members, vyatta_bonds, vyatta_interfaces)


def name_of(plugin: Any) -> str:
    found: str = plugin.__name__.rpartition(".")[2]
    return found


def call(plugin: Any, value: object, **options: object) -> Any:
    return plugin.FilterModule().filters()[name_of(plugin)](value, **options)


@pytest.mark.parametrize("plugin", PLUGINS, ids=name_of)
def test_the_documentation_names_the_filter_and_all_it_returns(plugin: Any) -> None:
    assert yaml.safe_load(plugin.DOCUMENTATION)["name"] == name_of(plugin)
    documented = yaml.safe_load(plugin.RETURN)["_value"]["contains"]
    assert sorted(documented) == sorted(call(plugin, ""))


@pytest.mark.parametrize("plugin", PLUGINS, ids=name_of)
@pytest.mark.parametrize("value", [None, 7, True, b"x", ["a", 7]], ids=repr)
def test_what_is_no_text_is_refused(plugin: Any, value: object) -> None:
    with pytest.raises(AnsibleFilterError, match=f"bondproof.lacp.{name_of(plugin)}: wants"):
        call(plugin, value)


@pytest.mark.parametrize("plugin", PLUGINS, ids=name_of)
def test_lines_are_as_good_as_a_text(plugin: Any) -> None:
    lines = ["Interface    Mode   State    Link   Slaves", "bond0 802.3ad up up 2"]
    assert call(plugin, lines) == call(plugin, "\n".join(lines) + "\n")


def test_addresses_must_be_a_list() -> None:
    with pytest.raises(AnsibleFilterError, match="systems wants a list"):
        call(tcpdump_lacp, "", systems=7)
