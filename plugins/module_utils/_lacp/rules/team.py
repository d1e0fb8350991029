# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Team devices: whether teamd answers, and whether driver and dataplane do what it says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .. import bond_fields as bf, member_fields as mf
from ..port_state import DISTRIBUTING, SYNCHRONIZATION, words
from ..ports import partner_state
from ..rule import BOND, ERROR, MEMBER, Deviation, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..views import BondView, MemberView

FAMILY = "negotiation"


@rule(
    "teamd-silent",
    family=FAMILY,
    scope=BOND,
    severity=ERROR,
    title="No teamd answers for the team device",
    why="teamd alone speaks LACP for a team device. Without it ports keep the last state they had, "
    "the partner times out, and nothing reacts to a link that fails.",
    remedy="systemctl status teamd@BOND; journalctl -u teamd@BOND; teamdctl BOND state. Start it "
    "with the configuration it had and --take-over, so that the device and its ports stay.",
    reference="libteam: teamd/teamd_usock.c; man teamd, option --take-over",
)
def teamd_silent(bond: BondView) -> Iterator[Deviation]:
    if bond.maybe(bf.TEAM_ANSWERS) is False:
        yield Deviation("team.answers", "teamd answers", "nobody answers")


@rule(
    "team-enabled-without-sync",
    family=FAMILY,
    scope=MEMBER,
    severity=ERROR,
    title="The team driver sends on a port whose partner is not in sync",
    why="teamd disables a port only when it is not selected any more. A partner that takes itself "
    "out of sync discards what arrives, so flows that are hashed to this port are lost.",
    remedy="Look why the partner is out of sync (its LAG's state and members). Until then take the "
    "port out: teamdctl BOND port remove MEMBER; teamdctl BOND port add MEMBER puts it back.",
    reference="libteam: teamd/teamd_runner_lacp.c, lacp_port_should_be_disabled; libteam issue 48",
)
def team_enabled_without_sync(member: MemberView) -> Iterator[Deviation]:
    if not member.maybe(mf.TEAM_ENABLED):
        return
    theirs = partner_state(member)
    if theirs is not None and not theirs & SYNCHRONIZATION:
        yield Deviation("team.enabled", "no, as the partner is not in sync", words(theirs))


@rule(
    "team-not-enabled",
    family=FAMILY,
    scope=MEMBER,
    severity=ERROR,
    title="The team driver does not use a port that has negotiated",
    why="teamd tells the partner that it distributes, and the driver's option says that it does "
    "not: the partner sends to a port that carries nothing in return.",
    remedy="teamnl BOND getoption -p MEMBER enabled; journalctl -t teamd. Restart teamd with "
    "--take-over, or take the port out and in: teamdctl BOND port remove MEMBER; teamdctl BOND "
    "port add MEMBER.",
    reference="libteam: teamd/teamd_runner_lacp.c, lacp_port_update_enabled",
)
def team_not_enabled(member: MemberView) -> Iterator[Deviation]:
    enabled = member.maybe(mf.TEAM_ENABLED)
    if enabled is False and member.value(mf.ACTOR_STATE) & DISTRIBUTING:
        yield Deviation("team.enabled", "yes, as teamd says that it distributes", "no")


@rule(
    "dataplane-disagrees",
    family=FAMILY,
    scope=MEMBER,
    severity=ERROR,
    title="teamd and the dataplane disagree on a port",
    why="LACP is spoken by teamd, packets are moved by the dataplane. Where one distributes and "
    "the other does not, the negotiation looks well and traffic is lost, or the other way round.",
    remedy="Compare teamdctl BOND state dump with vplsh -l -c lag; take the member out and in: "
    "vyatta-bonding --dev=BOND --remove=MEMBER, then --add=MEMBER.",
    reference="vyatta-dataplane: src/lag.c, src/team.c",
)
def dataplane_disagrees(member: MemberView) -> Iterator[Deviation]:
    active = member.maybe(mf.DATAPLANE_ACTIVE)
    if active is None:
        return
    state = member.value(mf.ACTOR_STATE)
    if active != bool(state & DISTRIBUTING):
        used = "uses the port" if active else "does not use the port"
        yield Deviation("dataplane.active", f"as teamd: {words(state)}", f"the dataplane {used}")
