# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Capture files on disk, as they are or compressed; read in a stream, whatever their size."""

from __future__ import annotations

import io
from importlib import import_module
from typing import Callable, Protocol

_GZIP, _XZ, _ZSTD = b"\x1f\x8b", b"\xfd7zXZ\x00", b"\x28\xb5\x2f\xfd"
_CHUNK = 1 << 16

ReadInto = Callable[[memoryview], int]
# Unpacks the zstd file at a path, and returns the path of the result and what went wrong, or ''.
UnpackZstd = Callable[[str], tuple[str, str]]


class CaptureFileError(Exception):
    """A file that cannot be opened or unpacked; the text names it, the reason and the cure."""


class _Decompressor(Protocol):
    """What lzma and, from Python 3.14 on, compression.zstd offer."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int) -> bytes: ...


class _Gunzip:
    """zlib, with the interface of the others."""

    def __init__(self) -> None:
        self._inner = import_module("zlib").decompressobj(31)  # 31: gzip header and trailer

    @property
    def eof(self) -> bool:
        return bool(self._inner.eof)

    @property
    def needs_input(self) -> bool:
        return not self._inner.unconsumed_tail

    @property
    def unused_data(self) -> bytes:
        return bytes(self._inner.unused_data)

    def decompress(self, data: bytes, max_length: int) -> bytes:
        return bytes(self._inner.decompress(self._inner.unconsumed_tail + data, max_length))


class _Unpacker:
    """A compressed file, of one stream or of several one behind the other."""

    def __init__(
        self, file: io.FileIO, make: Callable[[], _Decompressor], error: type[Exception]
    ) -> None:
        self._file = file
        self._make = make
        self._error = error
        self._current = make()
        self._started = False
        self._rest = b""
        self.damage = ""

    def read_into(self, view: memoryview) -> int:
        """Fill the front of the view; 0 at the end, or where the file is damaged."""
        while not self.damage:
            if self._current.eof:
                self._rest = self._current.unused_data.lstrip(b"\0") or self._file.read(_CHUNK)
                if not self._rest:
                    return 0
                self._current, self._started = self._make(), False
            data = b""
            if self._current.needs_input:
                data, self._rest = self._rest or self._file.read(_CHUNK), b""
                if not data:
                    self.damage = "the compressed data end too early" if self._started else ""
                    return 0
            try:
                octets = self._current.decompress(data, len(view))
            except self._error as error:
                self.damage = f"the compressed data are damaged: {error}"
                return 0
            self._started = True
            if octets:
                view[: len(octets)] = octets
                return len(octets)
        return 0


class CaptureFile:
    """A capture on disk, opened; damage tells afterwards why the file ended early, if it did."""

    def __init__(self, path: str, unpack_zstd: UnpackZstd | None = None) -> None:
        """Open and look at the magic; CaptureFileError with the reason if that fails."""
        self._unpacker: _Unpacker | None = None
        self._known_damage = ""
        self.compression = ""
        self._file = _open(path)
        try:
            self.read_into = self._reader(path, unpack_zstd)
        except BaseException:
            self._file.close()
            raise

    @property
    def damage(self) -> str:
        """Why the file ended early; '' if it did not."""
        return self._known_damage or (self._unpacker.damage if self._unpacker else "")

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def __enter__(self) -> CaptureFile:
        return self

    def __exit__(self, *_reason: object) -> None:
        self.close()

    def _reader(self, path: str, unpack_zstd: UnpackZstd | None) -> ReadInto:
        try:
            magic = self._file.read(6) or b""
            self._file.seek(0)
        except OSError as error:
            raise CaptureFileError(f"{path} cannot be read: {error.strerror}") from error
        if magic.startswith(_GZIP):
            self.compression = "gzip"
            return self._unpack(_Gunzip, import_module("zlib").error)
        if magic.startswith(_XZ):
            self.compression = "xz"
            lzma = import_module("lzma")
            return self._unpack(lzma.LZMADecompressor, lzma.LZMAError)
        if magic.startswith(_ZSTD):
            self.compression = "zstd"
            return self._zstd(path, unpack_zstd)
        return self._plain

    def _plain(self, view: memoryview) -> int:
        return self._file.readinto(view) or 0

    def _unpack(self, make: Callable[[], _Decompressor], error: type[Exception]) -> ReadInto:
        self._unpacker = _Unpacker(self._file, make, error)
        return self._unpacker.read_into

    def _zstd(self, path: str, unpack_zstd: UnpackZstd | None) -> ReadInto:
        """Python 3.14's own module, or else the zstandard package, or else the zstd command."""
        try:
            zstd = import_module("compression.zstd")
        except ImportError:
            pass
        else:
            return self._unpack(zstd.ZstdDecompressor, zstd.ZstdError)
        try:
            zstandard = import_module("zstandard")
        except ImportError:
            pass
        else:
            reader = zstandard.ZstdDecompressor().stream_reader(
                self._file, read_across_frames=True, closefd=False
            )
            return self._guarded(reader.readinto, zstandard.ZstdError)
        if unpack_zstd is None:
            raise CaptureFileError(
                f"{path} is compressed with zstd, which this Python cannot unpack: "
                "install the package python3-zstandard or zstd"
            )
        unpacked, self._known_damage = unpack_zstd(path)
        self._file.close()
        self._file = _open(unpacked)
        return self._plain

    def _guarded(self, read_into: ReadInto, error_type: type[Exception]) -> ReadInto:
        def read(view: memoryview) -> int:
            try:
                return read_into(view)
            except error_type as error:
                self._known_damage = f"the compressed data are damaged: {error}"
                return 0

        return read


def _open(path: str) -> io.FileIO:
    try:
        return io.FileIO(path)
    except OSError as error:
        raise CaptureFileError(f"{path} cannot be opened: {error.strerror}") from error
