# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh

# Says what a host is and has: lines of name=value. Set before: bond. It changes nothing.
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin:/opt/vyatta/bin:/opt/vyatta/sbin
export PATH
kind=none
[ -d "/sys/class/net/${bond:?}" ] && kind=other
[ -d "/sys/class/net/$bond/bonding" ] && kind=bond
ip -o link show type team 2>/dev/null | grep -q "^[0-9]*: ${bond}[:@]" && kind=team
# A dead teamd takes its device along; what it was configured for still is there.
[ "$kind" != none ] || ! [ -x /opt/vyatta/sbin/vyatta-bonding ] || kind=team
echo "kind=$kind"
echo "vyatta_bonding=$(command -v vyatta-bonding)"
echo "teamd=$(teamd --version 2>/dev/null)"
