# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The part of bond_audit that a host runs, in a fresh interpreter; prints what its parts cost.

`python audit_once.py PAYLOAD SNAPSHOT`: PAYLOAD is a zip of sources, as Ansible sends them, so
everything is compiled anew. This machine is read live, then the host that SNAPSHOT recorded is read
and packed: so members are counted where this machine has none. Loading the snapshot is no part of
an audit and is not counted, nor is what every module of Ansible imports. CPU milliseconds.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

from ansible.module_utils import basic

PAID_BY_PING = basic.AnsibleModule

sys.dont_write_bytecode = True
sys.path.insert(0, sys.argv[1])
START = time.process_time()

from ansible_collections.bondproof.lacp.plugins.module_utils._host import (  # noqa: E402 - what is measured
    collect,
    live,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp import (  # noqa: E402
    snapshot_pack,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._module import facts  # noqa: E402

ENTRY = facts.run

IMPORTED = time.process_time()
json.dumps({"reading": snapshot_pack.pack(collect.collect(live.LiveSource()))})
READ = time.process_time()

from ansible_collections.bondproof.lacp.plugins.module_utils._host.recorded import (  # noqa: E402
    RecordedSource,
)
from ansible_collections.bondproof.lacp.plugins.module_utils._lacp.snapshot_json import (  # noqa: E402
    load,
)

SOURCE = RecordedSource(load(Path(sys.argv[2]).read_text(encoding="utf-8")))
COLLECTING = time.process_time()
ANSWER = json.dumps({"reading": snapshot_pack.pack(collect.collect(SOURCE))})
END = time.process_time()

print(
    json.dumps(
        {
            "import_ms": (IMPORTED - START) * 1e3,
            "read_ms": (READ - IMPORTED) * 1e3,
            "members_ms": (END - COLLECTING) * 1e3,
            "octets": len(ANSWER),
        }
    )
)
