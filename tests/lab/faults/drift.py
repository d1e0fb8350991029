# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Settings that are not what they should be: options of the bond, configuration files."""

from __future__ import annotations

import shlex
from dataclasses import replace
from typing import TYPE_CHECKING

from lab.errors import LabError
from lab.faults.registry import Change, fault
from lab.managers import UNITS, render, render_ignored
from lab.topology import DEFAULTS, MANAGERS, OPTIONS

if TYPE_CHECKING:
    from lab.faults.registry import Site


def _option(site: Site, option: str, value: str) -> Change:
    if option not in OPTIONS:
        raise LabError(f"unknown bond option {option!r}. Cure: one of {', '.join(OPTIONS)}")
    usual = site.bond.options.get(option) or DEFAULTS.get(option, "0")
    at = f"ip link set dev {site.bond.name}"

    def commands(wanted: str) -> list[str]:
        change = f"{at} type bond {option} {shlex.quote(wanted)}"
        return [f"{at} down", change, f"{at} up"] if OPTIONS[option] else [change]

    return Change(commands(value), commands(usual))


@fault
def option_drift(site: Site, *, option: str, value: str) -> Change:
    """Any option of the bond runs with another value than the configured one."""
    return _option(site, option, value)


@fault
def hash_policy(site: Site, *, value: str = "layer2") -> Change:
    """The transmit hash policy is not the configured one."""
    return _option(site, "xmit_hash_policy", value)


@fault
def min_links(site: Site, *, value: int = 2) -> Change:
    """min_links is not the configured one."""
    return _option(site, "min_links", str(value))


@fault
def miimon_zero(site: Site) -> Change:
    """Nothing monitors the links: miimon 0 and no ARP monitoring."""
    return _option(site, "miimon", "0")


@fault
def ad_select(site: Site, *, value: str = "bandwidth") -> Change:
    """The aggregator is selected by another rule than the configured one."""
    return _option(site, "ad_select", value)


def _write(files: dict[str, str]) -> list[str]:
    commands = []
    for path, text in files.items():
        quoted = shlex.quote(f"/{path}")
        commands.append(
            f"mkdir -p $(dirname {quoted}) && printf %s {shlex.quote(text)} > {quoted}"
            f" && chmod 600 {quoted}"
            if path.startswith("etc/NetworkManager")
            else f"mkdir -p $(dirname {quoted}) && printf %s {shlex.quote(text)} > {quoted}",
        )
    return commands


@fault
def second_manager(site: Site, *, manager: str = "ifupdown") -> Change:
    """A second network manager is enabled, and its files name the bond too."""
    if manager not in MANAGERS or manager in {"none", site.bond.manager}:
        raise LabError(f"second manager {manager!r}. Cure: one other than {site.bond.manager}")
    plain = replace(site.bond, options={}, vlans={}, bridge="")
    files = render(manager, plain)
    # It starts at the next boot: files of a manager that never runs are no second manager.
    used = {unit for name in site.host.managers for unit in UNITS[name]}
    units = [unit for unit in UNITS[manager] if unit not in used]
    apply = [*_write(files), *(f"systemctl enable --quiet {unit}" for unit in units)]
    clear = [f"rm -f {shlex.quote('/' + path)}" for path in files]
    return Change(apply, [*clear, *(f"systemctl disable --quiet {unit}" for unit in units)])


@fault
def config_drift(site: Site, *, option: str = "miimon", value: str = "50") -> Change:
    """The manager's files say another value of an option than the bond runs with."""
    manager = site.bond.manager
    if manager == "none":
        raise LabError(f"bond {site.bond.name} has no manager. Cure: manager: networkd")
    if option not in OPTIONS:
        raise LabError(f"unknown bond option {option!r}. Cure: one of {', '.join(OPTIONS)}")
    drifted = replace(site.bond, options={**site.bond.options, option: value})
    files = render_ignored(drifted) if manager == "ifupdown" else render(manager, drifted)
    return Change(_write(files), _write(render(manager, site.bond)))
