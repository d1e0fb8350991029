# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The parts of the dead-man's script that are the same for every journal."""

from __future__ import annotations

LINKS = r"""PATH=/usr/sbin:/usr/bin:/sbin:/bin
export PATH LC_ALL=C
umask 077
net=/sys/class/net

say() {
    printf '%s: %s\n' "$bond" "$*"
}

bad() {
    failed=1
    say "$*"
}

try() {
    said=$("$@" 2>&1) || bad "failed: $*: $said"
}

bond_is_there() {
    [ -d "$net/$bond/bonding" ] || bad "there is no bond $bond on this host any more"
    [ -d "$net/$bond/bonding" ]
}

is_there() {
    [ -e "$net/$1" ] || bad "there is no interface $1 any more"
    [ -e "$net/$1" ]
}

is_up() {
    case $(cat "$net/$1/flags" 2>/dev/null) in
    0x*[13579bdf]) return 0 ;;
    esac
    return 1
}

value() {
    cat "$net/$1" 2>/dev/null
}

master_of() {
    master=$(readlink "$net/$1/master") && printf '%s\n' "${master##*/}"
}

# Until a link changes, two seconds at the most: somebody else may be at work on it.
next_change() {
    timeout 2 ip monitor link 2>/dev/null | head -n 1 >/dev/null
}

admin() {
    case $2 in
    up) is_up "$1" || { say "setting $1 up"; try ip link set dev "$1" up; } ;;
    down) ! is_up "$1" || { say "setting $1 down"; try ip link set dev "$1" down; } ;;
    esac
}

mtu() {
    [ "$(value "$1/mtu")" = "$2" ] || { say "MTU of $1: $2"; try ip link set dev "$1" mtu "$2"; }
}

# Only a bond whose last member was released has lost its address.
bond_address() {
    [ "$(value "$bond/address")" = "$bond_mac" ] && return
    say "address of $bond: $bond_mac"
    try ip link set dev "$bond" address "$bond_mac"
}

join() {
    tries=0
    while [ "$(master_of "$1")" != "$bond" ]; do
        owner=$(master_of "$1")
        if [ -n "$owner" ]; then
            bad "$1 belongs to $owner now: left there"
            return
        fi
        tries=$((tries + 1))
        if [ "$tries" -gt 15 ]; then
            bad "$1 cannot be put back into $bond: $said"
            return
        fi
        say "putting $1 back into $bond"
        ip link set dev "$1" down
        said=$(ip link set dev "$1" master "$bond" 2>&1) || next_change
    done
}

leave() {
    [ "$(master_of "$1")" = "$bond" ] || return
    say "taking $1 out of $bond: it was no member"
    try ip link set dev "$1" down
    try ip link set dev "$1" nomaster
}

queue() {
    [ "$(value "$1/bonding_slave/queue_id")" = "$2" ] && return
    say "queue of $1: $2"
    try ip link set dev "$1" type bond_slave queue_id "$2"
}

address() {
    [ -z "$(ip -o "$2" addr show dev "$1" to "${3%/*}")" ] || return
    say "address $3 on $1"
    case $2 in
    -6) try ip -6 addr add "$3" dev "$1" nodad ;;
    *) try ip -4 addr add "$3" brd + dev "$1" ;;
    esac
}

route() {
    device=$1 family=$2
    shift 2
    try ip "$family" route replace "$@" dev "$device"
}
"""

# A device of teamd has no folder of bonding's.
TEAM = r"""
bond_is_there() {
    is_there "$bond"
}
"""

TC = r"""
undrop() {
    is_there "$1" || return
    [ -n "$(tc filter show dev "$1" "$2" pref "$3" 2>/dev/null)" ] || return
    say "removing the tc filter $2 $3 of $1"
    try tc filter del dev "$1" "$2" pref "$3"
}

no_clsact() {
    case $(tc qdisc show dev "$1" clsact 2>/dev/null) in
    *clsact*) ;;
    *) return ;;
    esac
    if [ -n "$(tc filter show dev "$1" ingress; tc filter show dev "$1" egress)" ]; then
        say "$1 keeps its clsact qdisc: somebody else's filters are there"
        return
    fi
    try tc qdisc del dev "$1" clsact
}
"""

# iproute2 learnt the word long after the kernel. IFLA_LINKINFO > IFLA_INFO_SLAVE_DATA > 10.
PORT_PRIORITY = r"""
port_priority() {
    ip link set dev "$1" type bond_slave actor_port_prio "$3" 2>/dev/null && return
    try python3 -c '
import os, socket, struct, sys
def attribute(kind, data):
    return (struct.pack("=HH", len(data) + 4, kind) + data).ljust(len(data) + 7 & ~3, b"\0")
index, priority = map(int, sys.argv[1:])
data = attribute(5, attribute(10, struct.pack("=H", priority)))
body = struct.pack("=BxHiII", 0, 0, index, 0, 0) + attribute(18, attribute(4, b"bond\0") + data)
link = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0)
link.send(struct.pack("=IHHII", len(body) + 16, 16, 5, 1, 0) + body)
code = -struct.unpack_from("=i", link.recv(4096), 16)[0]
sys.exit("%s" % os.strerror(code) if code else 0)
' "$(value "$1/ifindex")" "$3"
}
"""

GUARD = r"""settle() {
    restore
    if [ "$failed" = 0 ]; then
        say "as it was before"
        mv -f "$here/$claimed" "$here/last.json" 2>/dev/null
    else
        say "not all is as it was: sh $here/restore.sh tries again"
    fi
    return "$failed"
}

claim() {
    mv "$here/$open" "$here/$claimed" 2>/dev/null || [ -e "$here/$claimed" ]
}

# Whoever stands in the way may go: some minutes of trying again, each after a change of a link.
persist() {
    printf '%s since %s: restore.sh\n' "$$" "$(date -u +%FT%TZ)" >"$here/lock"
    rounds=0
    until settle || [ "$rounds" = 30 ] || [ ! -d "$net/$bond" ]; do
        rounds=$((rounds + 1))
        next_change
    done
    exit "$failed"
}

guard() {
    exec 9<"$here/lock" || exit 1
    printf '%s\n' "$$" 1<>"$here/ready"
    if flock -w "$deadline" 9; then
        claim || exit 0
        persist
    fi
    # The run is late. It finds its journal gone and stops; what it did meanwhile is undone after.
    mv "$here/$open" "$here/$claimed" 2>/dev/null || exit 0
    say "the deadline of $deadline s has come"
    restore
    if ! flock -w 60 9; then
        read -r holder rest <"$here/lock"
        if [ "$holder" = "$module_pid" ]; then
            say "ending process $module_pid, which does not stop by itself"
            kill -9 "$module_pid"
        fi
        flock -w 60 9
    fi
    persist
}

case ${1:-now} in
guard) guard >"$here/restore.log" 2>&1 ;;
again) settle ;;
now)
    if claim; then
        settle
    else
        say "nothing to restore: the run ended well. 'sh restore.sh again' restores all the same"
        exit 3
    fi
    ;;
*)
    echo "usage: sh restore.sh [now|again|guard]" >&2
    exit 2
    ;;
esac
"""
