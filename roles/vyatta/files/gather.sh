# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# shellcheck shell=sh

# Reads what a router says of its bonds, twice, and listens in between. It changes nothing: what it
# hears waits in a folder of its own, which is gone when it ends. Plain sh, for routers without Python.
# Set before: listen (seconds), show (the command that shows screens), bonds (names, or none for all).

LC_ALL=C
PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin:/opt/vyatta/bin:/opt/vyatta/sbin
export LC_ALL PATH
root=
[ "$(id -u)" = 0 ] || root='sudo -n'
net=/sys/class/net
heard=

tell() { printf '\n@@bondproof %s %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$*"; }

# A section: its name, then the command; what it printed stands between the two marks.
run() {
    name=$1
    shift
    tell "begin $name"
    "$@" 2>&1 </dev/null
    tell "end $name $?"
}

have() { command -v "$1" >/dev/null 2>&1; }

# The files that exist, line by line behind their paths.
files() {
    # shellcheck disable=SC2046 # paths of sysfs and procfs have no spaces
    set -- $(for path in "$@"; do [ -r "$path" ] && [ -f "$path" ] && echo "$path"; done)
    [ $# -gt 0 ] || return 0
    grep -s '' "$@" /dev/null
    return 0
}

all_bonds() {
    {
        ls /proc/net/bonding 2>/dev/null
        have ip && ip -o link show type team 2>/dev/null | sed 's/^[0-9]*: *\([^:@]*\).*/\1/'
        for place in /var/run/teamd/*.sock; do
            [ -e "$place" ] || continue
            name=${place##*/}
            [ -d "$net/${name%.sock}" ] && echo "${name%.sock}"
        done
    } | sort -u
}

members_of() {
    for place in "$net/$1"/lower_* "$net/$1"/slave_*; do
        [ -e "$place" ] || continue
        name=${place##*/}
        name=${name#lower_}
        echo "${name#slave_}"
    done | sort -u
}

counters() {
    for name in "$@"; do
        for file in ifindex flags carrier operstate mtu address speed duplex carrier_changes \
            carrier_up_count carrier_down_count opstate_age opstate_changes; do
            echo "$net/$name/$file"
        done
        for place in "$net/$name/statistics"/*; do echo "$place"; done
    done
}

# Screens are asked for by their new name first; old routers know 'slaves' only.
screens() {
    [ -n "$show" ] && have "${show%% *}" || return 0
    # shellcheck disable=SC2086 # words of a command
    run "screen $1 $2" $show interfaces bonding "$2" slaves
}

look() {
    run "host $1" files /etc/os-release /proc/uptime /proc/sys/kernel/random/boot_id \
        /proc/sys/kernel/hostname /proc/sys/kernel/osrelease /proc/sys/kernel/version \
        /proc/self/status /proc/net/softnet_stat /proc/net/snmp
    # shellcheck disable=SC2086 # a command that may be empty
    have vplsh && run "dataplane $1" $root vplsh -l -c lag
    if [ -n "$show" ] && have "${show%% *}"; then
        # shellcheck disable=SC2086 # words of a command
        run "screen $1 interfaces" $show interfaces
    fi
    for bond in $bonds; do
        ports=$(members_of "$bond")
        # shellcheck disable=SC2086 # names without spaces
        run "members $1 $bond" echo $ports
        # shellcheck disable=SC2046,SC2086 # paths and names without spaces
        run "files $1 $bond" files $(counters "$bond" $ports) "/proc/net/bonding/$bond" \
            "$net/$bond/bonding"/* "$net/$bond"/lower_*/bonding_slave/*
        if have teamdctl && ! [ -d "$net/$bond/bonding" ]; then
            # shellcheck disable=SC2086 # a command that may be empty
            run "state $1 $bond" $root teamdctl "$bond" state dump
            # shellcheck disable=SC2086 # the same
            run "config $1 $bond" $root teamdctl "$bond" config dump actual
            for port in $ports; do
                # shellcheck disable=SC2086 # the same
                have teamnl && run "enabled $1 $bond $port" $root teamnl "$bond" getoption \
                    -p "$port" enabled
            done
        fi
        screens "$1" "$bond"
    done
}

hear() {
    heard=$(mktemp -d) || return 0
    trap 'rm -rf "$heard"' EXIT
    trap 'exit 1' HUP INT TERM PIPE # a connection that is cut ends in SIGPIPE
    for bond in $bonds; do
        for port in $(members_of "$bond"); do
            if ! have tcpdump || ! have timeout; then continue; fi
            # shellcheck disable=SC2086 # a command that may be empty
            $root timeout "$listen" tcpdump -tt -l -e -n -v -s 0 -i "$port" ether proto 0x8809 \
                >"$heard/$bond $port" 2>&1 </dev/null &
        done
    done
    # The counters need the time as much as the listeners do.
    sleep "$listen" &
    wait
    for place in "$heard"/*; do
        [ -e "$place" ] || continue
        run "heard now ${place##*/}" cat "$place"
    done
}

tell "begin gathering"
listen=${listen:-0}
[ -n "$bonds" ] || bonds=$(all_bonds | tr '\n' ' ')
run "bonds now" echo "$bonds"
look before
if [ "$listen" -gt 0 ]; then
    hear
    look after
fi
# What the kernel and teamd logged lately, with times that can be compared.
# shellcheck disable=SC2086 # a command that may be empty
have journalctl && run "log now" $root journalctl --no-pager -q -n 300 -o short-iso --utc \
    _TRANSPORT=kernel + _COMM=teamd
tell "end gathering 0"
