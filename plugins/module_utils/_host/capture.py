# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A live capture: frames, link events, kernel log and counters of one bond, in one loop."""

from __future__ import annotations

import select
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .._lacp.frame_reader import FrameReader
from .._lacp.reaction import Reaction
from .._lacp.window import NS, RECEIVED, SENT, LogLine
from .capture_bond import Bond, CaptureRefused, port
from .capture_taps import Tap, Taps
from .capture_watch import Moment, Watch, now
from .kernel_log import KernelLog
from .link_events import LinkEvents
from .progress import Progress

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .._lacp.window import Record
    from .capture_writer import CaptureWriter

# After a flap the capture goes on for so long, to hear what follows from it.
AFTERMATH_NS = 5 * NS
_PROGRESS_NS = 2 * NS
_CLOCK_STEP_NS = NS // 20
# A starved machine takes its time from the stamp of a frame to the sockets that get it.
_HOLD_NS = NS

DURATION, COUNT, CONVERGED, FLAP, GONE = "duration", "count", "converged", "flap", "bond gone"


@dataclass(frozen=True)
class Limits:
    """When a capture ends, and how often it looks; count 0 and until '' set no limit."""

    duration_s: float
    count: int = 0
    until: str = ""
    interval_s: float = 1.0


class Capture:
    """Listens to one bond. records() is to be read to its end once; close() in any case."""

    def __init__(
        self,
        bond: Bond,
        limits: Limits,
        *,
        writer: CaptureWriter | None = None,
        progress: str = "",
        poke: Callable[[], None] | None = None,
    ) -> None:
        """Open everything; CaptureRefused where this user may not listen."""
        self.bond = bond
        self.limits = limits
        self.notes: list[str] = list(bond.notes)
        self.ended_by = ""
        self.reaction = Reaction(tuple(one.name for one in bond.ports))
        self._writer = writer
        self._progress = Progress(progress)
        self._poke = poke
        self._poll = select.poll()
        self.taps = Taps(self._poll, FrameReader(), select.POLLIN)
        self._held: list[Record] = []
        self._flap_ns = 0
        self._progress_ns = 0
        self._log: KernelLog | None = None
        self._links = LinkEvents()
        self.watch = Watch(bond, self._links)
        self._open()

    def _open(self) -> None:
        for one in self.bond.ports:
            if self._writer is not None:
                self._writer.interface(one.name, one.mac)
        if self._writer is not None:
            writer = self._writer
            self.taps.on_frame.append(lambda tap, heard: writer.add(tap.member, tap.mac, heard))
        self._poll.register(self._links, select.POLLIN)
        try:
            for one in self.bond.ports:
                self.taps.open(one.name, one.mac)
            self.taps.open(self.bond.name, self.bond.mac, is_bond=True)
        except PermissionError:
            raise CaptureRefused(
                "listening to packets needs CAP_NET_RAW: run the task with become: true"
            ) from None
        except OSError as error:
            raise CaptureRefused(f"bond {self.bond.name}: {error.strerror}") from None
        try:
            self._log = KernelLog()
            self._poll.register(self._log, select.POLLIN)
        except OSError as error:
            self.notes.append(f"the kernel log was not read: /dev/kmsg: {error.strerror}")

    @property
    def members(self) -> list[Tap]:
        """Those that are, or were, members of the bond."""
        return [tap for tap in self.taps.members.values() if not tap.is_bond]

    def records(self) -> Iterator[Record]:
        """Everything that happens, in the order of time, until a limit is reached."""
        started = now()
        deadline = started.mono_ns + int(self.limits.duration_s * NS)
        interval = int(self.limits.interval_s * NS)
        # Frames may have come since the sockets were opened: all is put in order first.
        self._held.extend(self.watch.asked())
        tick = started.mono_ns + interval
        while not self.ended_by:
            wait_ns = max(0, min(tick, deadline) - now().mono_ns)
            self._poll.poll((wait_ns + 999_999) // 1_000_000)
            moment = now()
            # Asked again after the clock was read: all that is older than that is ready now.
            # Link events last: a member that is gone is closed, with what waits on its socket.
            for number, _events in sorted(self._poll.poll(0), key=self._tells_of_links):
                self._held.extend(self._ready(number, moment))
            if moment.mono_ns >= tick:
                self.watch.late_ns = moment.mono_ns - tick
                self._held.extend(self._tick(started, moment))
                # Looks that were missed (a stopped machine) are not made up for.
                tick = max(tick + interval, moment.mono_ns)
                yield from self._release(moment)
            self._judge(moment, deadline)
        self._held.extend(self.watch.asked(final=True))
        self.taps.count()
        yield from self._release(None)
        self._finish()

    def _tells_of_links(self, event: tuple[int, int]) -> bool:
        return event[0] == self._links.fileno()

    def _ready(self, number: int, moment: Moment) -> Iterator[Record]:
        if number == self._links.fileno():
            yield from self.watch.announced(moment)
            self._members_changed()
        elif self._log is not None and number == self._log.fileno():
            for line in self._log.lines():
                yield LogLine(*moment, line)
        else:
            for frame in self.taps.read(number, moment):
                self.reaction.heard(frame)
                yield frame

    def _members_changed(self) -> None:
        for name in self.watch.gone:
            self.taps.gone(name, "is gone")
        self.watch.gone.clear()
        for name, _index in self.watch.joined:
            if name in self.taps.members:
                continue
            try:
                self.taps.open(name, port(name).mac)
                self.notes.append(f"{name} became a member during the capture")
            except OSError as error:
                self.notes.append(f"{name} became a member, but: {error.strerror}")
        self.watch.joined.clear()

    def _tick(self, started: Moment, moment: Moment) -> Iterator[Record]:
        yield from self.watch.asked()
        self._members_changed()
        self.taps.count()
        if self._writer is not None:
            self._writer.flush()
        step = (moment.utc_ns - moment.mono_ns) - (started.utc_ns - started.mono_ns)
        if abs(step) > _CLOCK_STEP_NS and not any("clock" in note for note in self.notes):
            self.notes.append(
                f"the clock was set by {step / 1e9:+.3f} s during the capture: "
                "times in UTC before and after that do not fit together, intervals do"
            )
        if self._poke is not None:
            poke, self._poke = self._poke, None
            self.reaction.poked(*now())
            try:
                poke()
            except OSError as error:
                self.notes.append(f"the poke failed: {error.strerror}")
        if moment.mono_ns >= self._progress_ns:
            self._progress_ns = moment.mono_ns + _PROGRESS_NS
            self._report(moment.mono_ns - started.mono_ns)

    def _release(self, moment: Moment | None) -> Iterator[Record]:
        """What will not be overtaken any more, put in the order of time once in an interval.

        A frame gets its time stamp before it is queued for the sockets (net/core/dev.c, netif_rx).
        """
        self._held.sort(key=lambda record: record.mono_ns)
        cut = len(self._held)
        if moment is not None:
            while cut and self._held[cut - 1].mono_ns > moment.mono_ns - _HOLD_NS:
                cut -= 1
        yield from self._held[:cut]
        del self._held[:cut]

    def _judge(self, moment: Moment, deadline: int) -> None:
        limits = self.limits
        if self.watch.flapped and not self._flap_ns:
            self._flap_ns = moment.mono_ns
        heard = sum(sum(tap.lacpdus.values()) for tap in self.members)
        if self.watch.bond_gone:
            self.ended_by = GONE
            self.notes.append(f"bond {self.bond.name} was deleted during the capture")
        elif limits.count and heard >= limits.count:
            self.ended_by = COUNT
        elif limits.until == CONVERGED and self.watch.is_converged:
            self.ended_by = CONVERGED
        elif (
            limits.until == FLAP
            and self._flap_ns
            and moment.mono_ns >= self._flap_ns + AFTERMATH_NS
        ):
            self.ended_by = FLAP
        elif moment.mono_ns >= deadline:
            self.ended_by = DURATION

    def _report(self, elapsed_ns: int) -> None:
        """Tell whoever follows the capture who was heard how often."""
        self._progress.tell(
            {
                "elapsed_s": round(elapsed_ns / NS, 1),
                "members": {
                    tap.member: [tap.lacpdus[SENT], tap.lacpdus[RECEIVED]] for tap in self.members
                },
            }
        )

    def _finish(self) -> None:
        """Say what a reader must know to judge what was heard."""
        self.notes += self.taps.notes
        if self._links.lost:
            self.notes.append("link events came faster than they could be read: some are missing")
        if self._log is not None and self._log.lost:
            self.notes.append("the kernel overwrote lines of its log before they could be read")
        for tap in self.members:
            self.notes += _storm(tap)
        copies = sum(self.taps.members[self.bond.name].lacpdus.values())
        if copies:
            self.notes.append(
                f"{copies} LACPDUs reached the bond {self.bond.name} itself, "
                "where bonding lets none come: is a member listened to by somebody else?"
            )

    def close(self) -> None:
        """Let go of every socket and file."""
        self._progress.end()
        self.taps.close_all()
        for source in (self._links, self._log, self._writer):
            if source is not None:
                source.close()


def _storm(tap: Tap) -> Iterator[str]:
    if tap.stormed:
        yield (
            f"{tap.member}: {tap.counted} slow-protocol frames passed, {tap.unread} of them were "
            "counted by the kernel only: a storm"
        )
