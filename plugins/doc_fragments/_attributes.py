# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

# Note that this doc fragment is private to the collection: it can change or vanish at any time.

from __future__ import annotations


class ModuleDocFragment:
    # What every module of the collection says of itself; the parts below add the values.
    DOCUMENTATION = r"""
options: {}
attributes:
  platform:
    description: Target operating systems on which the module can be used.
    platforms: posix
    support: full
    details:
      - Linux, with Python 3.9 or newer.
"""

    # A module that only reads, and returns what it read as facts.
    READS_ONLY = r"""
options: {}
attributes:
  check_mode:
    description:
      - Can run in C(check_mode) and return changed status prediction without modifying the target.
    support: full
    details:
      - The module reads the same in check mode; files that an option asks for are not written.
  diff_mode:
    description:
      - Will return details on what has changed, or would in C(check_mode), when in diff mode.
    support: N/A
    details:
      - The module does not change the state of the host.
  idempotent:
    description:
      - When run twice in a row outside check mode, with the same arguments, the second invocation
        indicates no change.
      - This assumes that the system that the module reads has not changed in a relevant way.
    support: full
    details:
      - The module never reports a change.
"""

    FACTS = r"""
options: {}
attributes:
  facts:
    description: Action returns an C(ansible_facts) dictionary that will update existing host facts.
    support: full
"""

    # For modules of the action group, see meta/runtime.yml.
    ACTIONGROUP_LACP = r"""
options: {}
attributes:
  action_group:
    description:
      - Use C(group/bondproof.lacp.lacp) in C(module_defaults) to set defaults for this module.
    support: full
    membership:
      - bondproof.lacp.lacp
"""
