# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""lacp_pcap_info as Ansible runs it: a process of its own, arguments in, JSON out."""

from __future__ import annotations

import gzip
import json
import re
import shutil
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.bondproof.lacp.plugins.modules import lacp_pcap_info

TOP = Path(__file__).resolve().parents[4]
MODULE = "ansible_collections.bondproof.lacp.plugins.modules.lacp_pcap_info"
HOST = "00:1b:21:00:00:01"
T0 = 1_700_000_000


def lacpdu(actor: int, partner: int) -> bytes:
    """Between systems 02:..:01 and 02:..:02, both fast and healthy."""
    ends = b"".join(
        struct.pack("!BBHHIHHHB3x", kind + 1, 20, 0x8000, 0x0200, end, 15, 255, end, 63)
        for kind, end in enumerate((actor, partner))
    )
    return b"\x01\x01" + ends + b"\x03\x10" + bytes(66)


def frame(source: str, payload: bytes) -> bytes:
    head = bytes.fromhex("0180c2000002") + bytes.fromhex(source.replace(":", ""))
    return head + b"\x88\x09" + payload


def capture(seconds: int = 10) -> bytes:
    data = struct.pack("<IHHIIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1)
    for second in range(seconds):
        for fraction, packet in (
            (0, frame(HOST, lacpdu(1, 2))),
            (500_000, frame("44:4c:a8:00:00:02", lacpdu(2, 1))),
        ):
            size = len(packet)
            data += struct.pack("<IIII", T0 + second, fraction, size, size) + packet
    return data


def run(tmp_path: Path, arguments: dict[str, Any]) -> dict[str, Any]:
    path = tmp_path / "arguments.json"
    path.write_text(json.dumps({"ANSIBLE_MODULE_ARGS": arguments}))
    done = subprocess.run(
        [sys.executable, "-m", MODULE, str(path)],
        cwd=tmp_path,
        env={"PYTHONPATH": str(TOP / "build/collections"), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def test_a_capture(tmp_path: Path) -> None:
    path = tmp_path / "wire.pcap"
    path.write_bytes(capture())
    result = run(tmp_path, {"path": str(path), "macs": [HOST.upper()]})
    assert (result["changed"], result["format"], result["known_by"]) == (False, "pcap", "macs")
    assert [(n["member"], n["direction"], n["count"]) for n in result["lanes"]] == [
        (HOST, "received", 10),
        (HOST, "sent", 10),
    ]
    assert result["notes"] == result["events"] == []


def test_ends_without_macs_are_said_to_be_unknown(tmp_path: Path) -> None:
    path = tmp_path / "wire.pcap"
    path.write_bytes(capture())
    result = run(tmp_path, {"path": str(path)})
    assert [n["direction"] for n in result["lanes"]] == ["from_a", "from_b"]
    assert [note["text"] for note in result["notes"]] == [
        (
            "neither MAC addresses nor the file tell which end is ours: "
            "the ends are called a and b; give macs to change that"
        )
    ]


def test_a_capture_that_is_cut_off_twice(tmp_path: Path) -> None:
    path = tmp_path / "wire.pcap.gz"
    path.write_bytes(gzip.compress(capture(500)[:-50])[:-40])
    result = run(tmp_path, {"path": str(path), "macs": [HOST]})
    assert result["compression"] == "gzip"
    texts = [note["text"] for note in result["notes"]]
    assert texts[0].startswith(("the last record is cut off", "the file ends inside"))
    assert texts[1] == "the compressed data end too early; everything before that was read"


def test_zstd_by_the_command(tmp_path: Path) -> None:
    if shutil.which("zstd") is None:
        pytest.skip("zstd is not installed: apt-get install zstd")
    plain = tmp_path / "wire.pcap"
    plain.write_bytes(capture())
    subprocess.run(["zstd", "-q", str(plain)], check=True)
    result = run(tmp_path, {"path": f"{plain}.zst", "macs": [HOST]})
    assert (result["compression"], len(result["lanes"])) == ("zstd", 2)


def test_a_timeline(tmp_path: Path) -> None:
    path, picture = tmp_path / "wire.pcap", tmp_path / "wire.svg"
    path.write_bytes(capture())
    arguments = {"path": str(path), "macs": [HOST], "timeline": str(picture)}
    assert not run(tmp_path, {**arguments, "_ansible_check_mode": True})["changed"]
    assert not picture.exists()
    assert not run(tmp_path, arguments)["changed"]
    assert picture.read_text().startswith("<svg ")
    result = run(tmp_path, {**arguments, "timeline": "/nowhere/wire.svg"})
    assert result["failed"]
    assert result["msg"] == (
        "the timeline /nowhere/wire.svg cannot be written: No such file or directory"
    )


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "not there": ({"path": "/nowhere/wire.pcap"}, "cannot be opened: No such file or directory"),
    "a folder": ({"path": "/proc"}, "/proc cannot be opened: Is a directory"),
    "no capture": ({"path": "/etc/hostname"}, "is not a capture that can be read: neither pcap"),
    "a wrong MAC": ({"path": "/etc/hostname", "macs": ["00:1b"]}, "macs: '00:1b' is not a MAC"),
    "no path": ({}, "missing required arguments: path"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input(tmp_path: Path, name: str) -> None:
    arguments, text = BAD[name]
    result = run(tmp_path, arguments)
    assert result["failed"]
    assert text in result["msg"]


def test_return_documents_what_is_returned(tmp_path: Path) -> None:
    path = tmp_path / "wire.pcap"
    path.write_bytes(capture())
    result = run(tmp_path, {"path": str(path)})
    documented = yaml.safe_load(lacp_pcap_info.RETURN)
    # ansible-core before 2.22 may add the invocation by itself.
    assert set(result) - {"changed", "invocation"} == set(documented)
    assert set(documented["lanes"]["contains"]) == set(result["lanes"][0])


def test_samples_of_the_documentation_have_the_form_of_results(tmp_path: Path) -> None:
    path = tmp_path / "wire.pcap"
    path.write_bytes(capture())
    result = run(tmp_path, {"path": str(path)})
    documented = yaml.safe_load(lacp_pcap_info.RETURN)
    for name in ("window", "silence", "tie"):
        assert set(documented[name]["sample"]) <= set(result[name])
    (system, *_rest) = result["systems"]
    assert set(documented["systems"]["sample"][0]) == set(system)


def test_examples_use_options_that_exist() -> None:
    options = yaml.safe_load(lacp_pcap_info.DOCUMENTATION)["options"]
    (task, debug) = yaml.safe_load(lacp_pcap_info.EXAMPLES)
    assert set(task["bondproof.lacp.lacp_pcap_info"]) <= set(options)
    (name,) = re.findall(r"wire\.(\w+)", debug["ansible.builtin.debug"]["msg"])
    assert name in yaml.safe_load(lacp_pcap_info.RETURN)
