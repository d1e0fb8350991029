# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Sphinx for build/docs: plain, and without anything fetched from the network."""

from __future__ import annotations

project = "bondproof.lacp"
author = "The bondproof authors"
title = "Audit of Linux 802.3ad bonds"
extensions = ["sphinx_antsibull_ext"]
html_theme = "alabaster"
html_show_sphinx = False
html_use_index = False
html_copy_source = False
pygments_style = "ansible"
highlight_language = "YAML+Jinja"
# References to the Ansible documentation cannot be resolved without fetching its index;
# antsibull-docs itself checks those into this collection.
suppress_warnings = ["ref.ref"]
