# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The faults: each one a function that makes a run on a host and hits it meanwhile.

After each of them the host is compared with what it was; a function itself checks only what is
particular to its fault.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from .site import BOND, ILL, Broken, Site, end, result_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

QUICK: dict[str, Any] = {"method": "reenslave", "max_repairs": 1000}
EACH = "for p in /proc/[0-9]*; do case $({}) in {}) kill -9 ${{p#/proc/}} ;; esac; done"
CUT = EACH.format("cat $p/comm", "sshd-session")
# The brackets keep this very command from being what it looks for.
END_DEAD_MAN = EACH.format("tr '\\0' ' ' <$p/cmdline", r"*restore.s[h]\ guard*")
FOLDER = "/var/lib/bondproof-lacp"


class Fault(NamedTuple):
    """name: what is printed; hit: does it."""

    name: str
    hit: Callable[[Site], None]


def expect(found: dict[str, Any], outcome: str, *texts: str) -> None:
    """Broken unless a run ended like this."""
    said = str(found.get("msg"))
    if found.get("outcome") != outcome or not all(text in said for text in texts):
        raise Broken(
            f"the run said {found.get('outcome')}: {said[:300]}, expected {outcome} {texts}"
        )


def at_every_step(site: Site) -> Iterator[Fault]:
    """The run killed, and the connection cut, at each step of each remedy, as check mode has them.

    Of bond_member, which does the same steps for bond_remediate, on a member that is well: it takes
    part in the traffic until it is hit. Broken if check mode does not tell.
    """
    for method in ("poke", "bounce", "reenslave"):
        given: dict[str, Any] = {"members": [ILL], "state": "cycled", "method": method}
        found = site.module("bond_member", check=True, **given)
        if not found.get("members"):
            raise Broken(f"check mode said {found.get('msg')}")
        for number, step in enumerate(found["members"][0]["plan"], 1):
            at = f"at step {number} of {method}: {step['text']}"
            yield Fault(f"SIGKILL {at}", _hit_at(number, given, "kill -9 $PID"))
            yield Fault(f"ssh cut {at}", _hit_at(number, given, CUT))


def _hit_at(number: int, given: dict[str, Any], command: str) -> Callable[[Site], None]:
    def hit(site: Site) -> None:
        site.strike(str(number), command)
        found = site.module("bond_member", **given)
        site.struck()
        if "schema" in found:
            raise Broken(f"nothing was hit: {found}")

    return hit


def killed_with_the_member_out(site: Site) -> None:
    """The moment at which most is lost."""
    site.stick()
    site.strike("put eno2", "kill -9 $PID")
    found = site.module(**QUICK)
    site.struck()
    if "outcome" in found:
        raise Broken(f"the module outlived SIGKILL: {found['msg']}")


def connection_cut_under_the_playbook(site: Site) -> None:
    """The playbook waits for the host to be back, and gets the result of the run."""
    site.stick()
    site.strike("put eno2", CUT)
    play = site.play()
    out, _err = play.communicate(timeout=400)
    site.struck()
    if play.returncode or "repaired: eno2 cured" not in out:
        raise Broken(f"the playbook ended with {play.returncode}: {out[-400:]}")


def controller_gone(site: Site) -> None:
    """The host goes on alone and ends repaired."""
    site.stick()
    play = site.play()
    # Blocks until the run has come to this step; the controller dies at once.
    site.strike("put eno2", "true")
    site.shell("python3 /run/faults/await.py")
    end(play)
    site.struck()


def cpu_starved(site: Site) -> None:
    """A realtime task leaves next to nothing of the CPU to anybody else for 20 s."""
    site.stick()
    hog = "chrt -f 20 timeout 20 chrt -f 10 sh -c 'while :; do :; done'"
    site.strike("1", f"setsid {hog} >/dev/null 2>&1 </dev/null &")
    found = site.module(**QUICK)
    site.struck()
    if found.get("outcome") not in ("repaired", "could_not"):
        raise Broken(f"the run said {found}")


THIEF = "kill -STOP $PID; ip link add link eno2 name thief type macvlan; kill -CONT $PID"


def enslave_refused(site: Site) -> None:
    """Somebody takes the member as soon as it is free, and gives it back later."""
    site.stick()
    back = "setsid sh -c 'sleep 20; ip link delete thief' >/dev/null 2>&1 </dev/null &"
    site.strike("put eno2", f"{THIEF}; {back}")
    found = site.module(**QUICK)
    site.struck()
    expect(found, "could_not", "everything is as it was")


def enslave_refused_for_good(site: Site) -> None:
    """Somebody takes the member and keeps it until the run has given up."""
    site.stick()
    site.strike("put eno2", THIEF)
    found = site.module(**QUICK)
    site.struck()
    expect(found, "could_not", "NOT all is as it was")
    site.shell("ip link delete thief")
    # Whoever comes first restores it: the dead-man, which goes on trying, or this run.
    site.module(**QUICK)


def partner_silent_on_return(site: Site) -> None:
    """The switch drops all LACPDUs of the port while the member is out."""
    port = "swp2"
    site.stick()
    tc = "tc -n sw"
    mute = f"{tc} qdisc add dev {port} clsact; {tc} filter add dev {port} egress protocol 0x8809"
    mute += f" matchall action drop; {tc} filter add dev {port} ingress protocol 0x8809"
    site.strike("put eno2", f"{mute} matchall action drop")
    found = site.module(timeout=8, **QUICK)
    site.struck()
    site.shell(f"{tc} qdisc delete dev {port} clsact")
    expect(found, "could_not", "the partner is not heard")


def second_run(site: Site) -> None:
    """A second run meanwhile is refused, and does not disturb the first."""
    site.stick()
    first = site.start(**{**QUICK, "watch": 12})
    site.shell("python3 /run/faults/await.py locked")
    expect(site.module(**QUICK), "refused", "is being worked on already, by process")
    expect(result_of(first), "repaired")


def second_run_of_another_kind(site: Site) -> None:
    """So is another module on the same bond."""
    site.stick()
    first = site.start(**{**QUICK, "watch": 12})
    site.shell("python3 /run/faults/await.py locked")
    found = site.module("bond_member", members=[ILL], state="cycled", method="reenslave")
    if "is being worked on already" not in str(found.get("msg")):
        raise Broken(f"bond_member said {found.get('msg')}")
    expect(result_of(first), "repaired")


def disk_full(site: Site) -> None:
    """No journal, no change: refused before anything is touched."""
    site.stick()
    site.shell(
        f"mount -t tmpfs -o size=16k,mode=0700 tmpfs {FOLDER}; "
        f"dd if=/dev/zero of={FOLDER}/filler bs=1k 2>/dev/null; true"
    )
    found = site.module(**QUICK)
    still = site.shell("tc filter show dev eno2 egress").strip()
    site.shell(f"umount {FOLDER}")
    expect(found, "refused", "cannot be written", "No space left")
    if not still:
        raise Broken("the member was taken out all the same")


def clock_jump(site: Site) -> None:
    """The date jumps a day ahead and a week back; no deadline and no limit minds."""
    site.stick()
    site.strike("put eno2", "date -s '+1 day'; date -s '-7 days'")
    found = site.module(**QUICK)
    site.struck()
    site.shell("date -s '+6 days'")
    expect(found, "repaired")


def dead_man_killed(site: Site) -> None:
    """A run whose dead-man is gone stops, and restores by itself."""
    site.stick()
    site.strike("take eno2", f"kill -STOP $PID; {END_DEAD_MAN}; kill -CONT $PID")
    found = site.module(**QUICK)
    site.struck()
    expect(found, "could_not", "dead-man")


def both_killed(site: Site) -> None:
    """Neither run nor dead-man is left, as after the OOM killer: the next run restores first."""
    site.stick()
    site.strike("put eno2", f"kill -STOP $PID; {END_DEAD_MAN}; kill -9 $PID")
    site.module(**QUICK)
    site.struck()
    if not site.look()["unfinished"]:
        raise Broken("there is no unfinished journal: nothing was tested")
    site.heal()
    found = site.module(**QUICK)
    if not found.get("recovered"):
        raise Broken(f"the next run restored nothing: {found.get('msg')}")


def run_hangs(site: Site) -> None:
    """A run that is frozen with the member out: the deadline comes, and the host restores it."""
    site.stick()
    site.strike("put eno2", "kill -STOP $PID")
    found = site.module(**QUICK, timeout=4, dead_man=20)
    site.struck()
    if "outcome" in found:
        raise Broken(f"the frozen run went on: {found['msg']}")


def failover_killed(site: Site) -> None:
    """A failover test that dies while its tc filter drops LACPDUs."""
    site.strike("2", "kill -9 $PID")
    found = site.module("bond_failover_test", fault=["lacp_loss"], members=[ILL])
    site.struck()
    if "outcome" in found:
        raise Broken(f"the module outlived SIGKILL: {found['msg']}")


def failover_tc_refused(site: Site) -> None:
    """Somebody else's ingress qdisc is where the drop would be."""
    site.shell("tc qdisc add dev eno2 ingress")
    found = site.module("bond_failover_test", fault=["lacp_loss"], members=[ILL])
    site.shell("tc qdisc delete dev eno2 ingress")
    if "no room for clsact" not in str(found.get("msg")):
        raise Broken(f"it was not refused: {found}")


def rate_limited(site: Site) -> None:
    """A bond that was repaired too often is left alone."""
    site.stick()
    site.shell(f"rm -f {FOLDER}/{BOND}/repairs.json")
    expect(site.module(method="reenslave", max_repairs=1), "repaired")
    site.stick()
    expect(site.module(method="reenslave", max_repairs=1), "refused", "was repaired 1 times")


def power_cut(site: Site) -> None:
    """The host loses its power with the member out; the next boot's run finds the journal."""
    site.stick()
    site.strike("put eno2", "kill -STOP $PID")
    run = site.start(**QUICK)
    site.shell("python3 /run/faults/await.py")
    # The lab's hosts have no disk: what a disk would keep is carried over the reboot.
    kept = site.shell(f"tar -C {FOLDER} -c --exclude=ready . | base64")
    end(run)
    site.boot("down")
    site.boot("up", "inband")
    before, site.before = site.before, {}
    site.shell(f"mkdir -p -m 700 {FOLDER}; base64 -d | tar -C {FOLDER} -x", text=kept)
    site.bring()
    found = site.module(**QUICK)
    said = str(found.get("recovered"))
    if "before this boot" not in said:
        raise Broken(f"the next run restored nothing: {found.get('msg')}")
    expect(found, "nothing_to_do")
    site.before = before


NAMED: tuple[Fault, ...] = (
    Fault("SIGKILL of a repair with the member out", killed_with_the_member_out),
    Fault("ssh cut under the playbook", connection_cut_under_the_playbook),
    Fault("controller gone", controller_gone),
    Fault("CPU starved", cpu_starved),
    Fault("re-enslave refused for a while", enslave_refused),
    Fault("re-enslave refused for good", enslave_refused_for_good),
    Fault("partner silent on return", partner_silent_on_return),
    Fault("second run in parallel", second_run),
    Fault("second run of another module", second_run_of_another_kind),
    Fault("disk full for the journal", disk_full),
    Fault("clock jump", clock_jump),
    Fault("dead-man killed", dead_man_killed),
    Fault("module and dead-man killed", both_killed),
    Fault("module hangs", run_hangs),
    Fault("SIGKILL of a failover test", failover_killed),
    Fault("tc refused", failover_tc_refused),
    Fault("repaired too often", rate_limited),
    Fault("power cut half-way", power_cut),
)
