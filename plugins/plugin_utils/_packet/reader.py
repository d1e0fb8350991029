# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A packet read back: its manifest checked, its parts put together for the engine."""

from __future__ import annotations

import hashlib
import json
import tarfile
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, Protocol

from .layout import (
    FAILED,
    FAMILY,
    FRAMES,
    INCIDENT,
    INCOMPLETE,
    MANIFEST,
    NEEDED,
    PARTS,
    SCHEMA,
    VERDICT,
)
from .store import checksum, files_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# Of one file, unpacked: a day of a storm, twice. An archive may claim anything.
LARGEST = 256 << 20
_MOST_FILES = 10_000
_SHOWN = 20
_DIFFERS = "its SHA-256 is not the manifest's"
_UNLISTED = "the manifest does not list it"


class PacketError(Exception):
    """There is no packet that could be read; the text names the place and the cure."""


@dataclass(frozen=True)
class Packet:
    """document: what the engine judges (bondproof.lacp/packet/1); problems: sentences, also in it.

    verdict: as it was sealed, None if there is none; frames: octets of the pcapng, b'' if none.
    """

    document: dict[str, Any]
    problems: tuple[str, ...]
    verdict: dict[str, Any] | None = None
    frames: bytes = field(default=b"", repr=False)
    files: tuple[str, ...] = ()


class _Files(Protocol):
    """The files of a packet, from a folder or from an archive."""

    def names(self) -> list[str]: ...
    def digest(self, name: str) -> str: ...
    def content(self, name: str) -> bytes | None: ...


def open_packet(path: Path) -> Packet:
    """The packet in a folder or a .tar.gz; PacketError where there is none that can be used.

    What is missing, altered or unfinished does not keep the rest from being read: it is named.
    """
    if path.name == INCIDENT:
        path = path.parent
    if path.is_dir():
        return _read(_Folder(path), str(path), unfinished=path.name.endswith(INCOMPLETE))
    try:
        with tarfile.open(path, "r:*") as tar:
            return _read(_Archive(tar, str(path)), str(path), unfinished=False)
    except FileNotFoundError:
        raise PacketError(f"{path}: no such packet; give its folder or its .tar.gz") from None
    except (OSError, tarfile.TarError, EOFError) as error:
        raise PacketError(
            f"{path}: not a packet: {error}; give the folder or the .tar.gz that a diagnosis made"
        ) from error


class _Folder:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def names(self) -> list[str]:
        return [*files_of(self._folder), *([MANIFEST] if self._has(MANIFEST) else [])]

    def _has(self, name: str) -> bool:
        path = self._folder / name
        return path.is_file() and not path.is_symlink()

    def digest(self, name: str) -> str:
        return checksum(self._folder / name)

    def content(self, name: str) -> bytes | None:
        path = self._folder / name
        if not self._has(name) or path.stat().st_size > LARGEST:
            return None
        return path.read_bytes()


class _Archive:
    """Of an archive only plain files below one folder count; nothing is unpacked to disk."""

    def __init__(self, tar: tarfile.TarFile, path: str) -> None:
        self._tar = tar
        self._files: dict[str, tarfile.TarInfo] = {}
        for number, info in enumerate(tar):
            if number >= _MOST_FILES:
                raise PacketError(f"{path}: more than {_MOST_FILES} files; that is no packet")
            parts = PurePosixPath(info.name).parts
            if info.isfile() and len(parts) > 1 and ".." not in parts:
                self._files["/".join(parts[1:])] = info

    def names(self) -> list[str]:
        return sorted(self._files)

    def digest(self, name: str) -> str:
        stream = self._tar.extractfile(self._files[name])
        if stream is None:
            return ""
        return hashlib.file_digest(stream, "sha256").hexdigest()  # type: ignore[arg-type] # IO[bytes] is enough of a file

    def content(self, name: str) -> bytes | None:
        info = self._files.get(name)
        stream = None if info is None or info.size > LARGEST else self._tar.extractfile(info)
        return None if stream is None else stream.read()


def assembled(
    incident: Mapping[str, Any],
    parts: Mapping[str, Any],
    integrity: Mapping[str, Any],
    problems: Iterable[str] = (),
) -> dict[str, Any]:
    """The one document of a packet: what is at its top, its parts, and what is wrong with it.

    parts: by their keys in PARTS; None or left out: not there.
    """
    told = [
        *problems,
        *(
            f"{stage.get('stage')}: {stage.get('message') or stage.get('status')}"
            for stage in incident.get("stages") or ()
            if isinstance(stage, dict) and stage.get("status") == FAILED
        ),
        *(
            f"{PARTS[key]} is not there: it was not gathered"
            for key in NEEDED
            if parts.get(key) is None
        ),
    ]
    found = {key: parts.get(key) for key in PARTS}
    return {**incident, "integrity": dict(integrity), **found, "problems": told}


def _read(files: _Files, where: str, *, unfinished: bool) -> Packet:
    present = set(files.names())
    incident = _incident(files, where)
    if unfinished:
        integrity: dict[str, Any] = {"state": "missing", "files": []}
        problems = ["the collection was cut off: no manifest vouches for what it left"]
    else:
        integrity, problems = _checked(files, present)
    parts: dict[str, Any] = {}
    for key, name in PARTS.items():
        parts[key], problem = _part(files, name) if name in present else (None, "")
        if problem:
            problems.append(problem)
    verdict, problem = _part(files, VERDICT) if VERDICT in present else (None, "")
    if problem:
        problems.append(problem)
    document = assembled(incident, parts, integrity, problems)
    return Packet(
        document,
        tuple(document["problems"]),
        verdict if isinstance(verdict, dict) else None,
        files.content(FRAMES) or b"",
        tuple(sorted(present)),
    )


def _incident(files: _Files, where: str) -> dict[str, Any]:
    content = files.content(INCIDENT)
    if content is None:
        raise PacketError(
            f"{where}: has no {INCIDENT}, so it is no packet; give the folder or the .tar.gz that "
            "a diagnosis made"
        )
    try:
        incident = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise PacketError(f"{where}: {INCIDENT} is not JSON ({error}); collect anew") from error
    found = incident.get("schema") if isinstance(incident, dict) else type(incident).__name__
    if found == SCHEMA and isinstance(incident, dict):
        return incident
    if isinstance(found, str) and found.startswith(FAMILY):
        raise PacketError(
            f"{where}: a packet of schema {found}, and this collection reads {SCHEMA}: "
            "read it with the version of the collection that made it"
        )
    raise PacketError(f"{where}: {INCIDENT} has schema {found!r:.60}, not {SCHEMA}")


def _checked(files: _Files, present: set[str]) -> tuple[dict[str, Any], list[str]]:
    """What the manifest says of the files: a summary, and a sentence for each that is not whole."""
    content = files.content(MANIFEST)
    if content is None:
        text = f"{MANIFEST} is missing: nothing vouches for the files of this packet"
        return {"state": "missing", "files": []}, [text]
    told: dict[str, str] = {}
    for line in content.decode("utf-8", "replace").splitlines():
        digest, _spaces, name = line.partition("  ")
        told[name] = digest
    altered = [name for name in sorted(present & told.keys()) if files.digest(name) != told[name]]
    gone = sorted(told.keys() - present)
    added = sorted(present - told.keys() - {MANIFEST})
    sentences = [
        *(f"{name} was altered after the packet was sealed: {_DIFFERS}" for name in altered),
        *(f"{name} is missing: the manifest lists it" for name in gone),
        *(f"{name} was added after the packet was sealed: {_UNLISTED}" for name in added),
    ]
    if len(sentences) > _SHOWN:
        more = f"{len(sentences) - _SHOWN} more files are not as they were sealed"
        sentences = [*sentences[:_SHOWN], more]
    state = "tampered" if sentences else "ok"
    return {"state": state, "files": [*altered, *gone, *added]}, sentences


def _part(files: _Files, name: str) -> tuple[Any, str]:
    """The plain data of a file, and what is wrong with it, '' if nothing is."""
    content = files.content(name)
    if content is None:
        return None, f"{name} is larger than {LARGEST} octets and was not read"
    try:
        return json.loads(content), ""
    except (ValueError, RecursionError) as error:
        return None, f"{name} is not JSON ({error})"
