# Copyright (c) 2026, The bondproof authors
# GNU General Public License v3.0 or later (see LICENSES/GPL-3.0-or-later.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The part of a router's repair that is the same for every plan: POSIX sh, no Python.

It uses the functions of restore_parts.LINKS. The dead-man is the script of restore.py: it waits on
the lock that the run holds, so the death of the run, in whatever way, restores at once.
"""

from __future__ import annotations

ENGINE = r"""
log=$here/repair-$run.log
self=$here/repair-$run.sh
guard=
open=

tell() {
    printf '@@bondproof %s %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$*"
}

# The last line of a log: outcome, whether the bond is worse than before, and why.
finish() {
    uppers | sed 's/^/upper after /' | while read -r line; do tell "$line"; done
    tell "end $*"
    exit 0
}

now() {
    read -r up rest </proc/uptime
    printf '%s\n' "${up%%.*}"
}

# A second at the most: teamd tells nobody when the partner's bits change.
next_look() {
    timeout 1 ip monitor link 2>/dev/null 9>&- 8>&- | head -n 1 >/dev/null
}

item() {
    teamdctl "$bond" state item get "ports.$1.runner.$2" 2>/dev/null 9>&- 8>&-
}

look() {
    actor=$(item "$1" actor_lacpdu_info.state)
    partner=$(item "$1" partner_lacpdu_info.state)
    case $actor$partner in
    '' | *[!0-9]*) return 1 ;;
    esac
    [ -n "$actor" ] && [ -n "$partner" ]
}

# SYNCHRONIZATION, COLLECTING, DISTRIBUTING; neither EXPIRED nor DEFAULTED: 802.1AX 6.4.2.3.
is_well() {
    look "$1" && [ $((actor & 248)) = 56 ] && [ $((partner & 248)) = 56 ]
}

word() {
    case $1 in '' | *[!0-9]*) echo unknown; return ;; esac
    star=
    [ $(($1 & 64)) = 0 ] || star='*'
    for bit in 128:EXPIRED 32:DISTRIBUTING 16:COLLECTING 8:SYNCHRONIZATION 4:AGGREGATION \
        2:TIMEOUT 1:ACTIVITY; do
        if [ $(($1 & ${bit%%:*})) != 0 ]; then
            echo "$star${bit#*:}"
            return
        fi
    done
    echo NONE
}

# What lies on the bond, and VRRP's devices: name, administrative state, carrier.
uppers() {
    for place in "$net/$bond" "$net/$bond"/upper_* "$net"/*vrrp*; do
        [ -e "$place" ] || continue
        name=${place##*/}
        name=${name#upper_}
        admin=down
        is_up "$name" && admin=up
        echo "$name $admin $(value "$name/carrier")"
    done | sort -u
}

others() {
    for place in "$net/$bond"/lower_*; do
        name=${place##*/lower_}
        [ "$name" = "$1" ] || ! is_well "$name" || echo "$name"
    done
}

# Nothing that worked before may have stopped.
regressed() {
    for name in $carried; do
        is_well "$name" && continue
        why="$name carried traffic before, and does not now"
        return 0
    done
    [ -z "$carried" ] || [ "$(value "$bond/carrier")" = 1 ] || {
        why="$bond has lost its carrier"
        return 0
    }
    return 1
}

guarded() {
    [ -e "$here/$open" ] && kill -0 "$guard" 2>/dev/null && return
    why='the dead-man took over or was ended: the run was late, or somebody ended it'
    return 1
}

# $1: a name; then a script and its word. Under PID 1 where that is systemd, so that neither a
# session that is closed nor the end of this run takes it along; else in a session of its own.
detach() {
    unit=$1
    shift
    [ -d /run/systemd/system ] && systemd-run --quiet --collect --no-block --unit="$unit" \
        /bin/sh "$@" </dev/null >/dev/null 2>&1 && return
    setsid /bin/sh "$@" </dev/null >/dev/null 2>&1 &
}

arm() {
    open=journal-$run-$1.json
    # Renamed, not overwritten: an earlier dead-man may still read its own.
    "restore_$1" | sed "s/^module_pid=.*/module_pid=$$/" >"$here/restore.new" || return 1
    mv "$here/restore.new" "$here/restore.sh" || return 1
    "journal_$1" >"$here/$open.new" && sync && mv "$here/$open.new" "$here/$open" || return 1
    rm -f "$here/ready"
    mkfifo "$here/ready" && exec 8<>"$here/ready" || return 1
    detach "bondproof-lacp-$run-$1" "$here/restore.sh" guard 8>&- 9>&-
    guard=$(timeout 30 head -n 1 <&8 9>&-)
    exec 8>&-
    [ -n "$guard" ] && return
    rm -f "$here/$open"
    return 1
}

disarm() {
    mv "$here/$open" "$here/last.json" 2>/dev/null
}

back() {
    said=$(sh "$here/restore.sh" 2>&1 9>&- | tr '\n' ' ')
    tell "restored $said"
}

# $1: the command. It is told before it is done, and guarded.
step() {
    guarded || return 1
    tell "step $member $1"
    said=$(eval "$1" 2>&1 9>&-) && return
    why="failed: $1: $said"
    return 1
}

await() {
    end=$(($(now) + wait_s))
    last=
    while :; do
        is_well "$member" && fine=yes || fine=no
        seen="$(word "$actor") actor ${actor:-?} partner ${partner:-?}"
        [ "$seen" = "$last" ] || tell "state $member $seen"
        last=$seen
        guarded || return 1
        ! regressed || return 1
        [ "$fine" = no ] || return 0
        if [ "$(now)" -ge "$end" ]; then
            why="$member is not well after $wait_s s: $seen"
            return 1
        fi
        next_look
    done
}

# It must stay well for some seconds, and send.
settled() {
    end=$(($(now) + 3))
    while [ "$(now)" -lt "$end" ]; do
        next_look
        guarded || return 1
        ! regressed || return 1
        is_well "$member" && continue
        why="$member was well, and is so no more: $(word "$actor")"
        return 1
    done
    [ "$(value "$bond/carrier")" = 1 ] || { why="$bond has no carrier"; return 1; }
    sent=$(value "$member/statistics/tx_packets")
    tell "counter $member transmitted $frozen -> $sent"
    [ "$sent" != "$frozen" ] && return
    why="$member has sent nothing: its transmit counter stands at $sent"
    return 1
}

cycle() {
    member=$2
    if is_well "$member"; then
        tell "state $member DISTRIBUTING actor $actor partner $partner: well by now"
        return 0
    fi
    if ! look "$member"; then
        finish could_not no "teamd does not answer for $bond: nothing was done to $member"
    fi
    if [ "$(master_of "$member")" != "$bond" ]; then
        finish could_not no "$member is no member of $bond any more: left alone"
    fi
    carried=$(others "$member")
    frozen=$(value "$member/statistics/tx_packets")
    tell "state $member $(word "$actor") actor $actor partner $partner"
    tell "before $member carried by: ${carried:-none}; transmitted $frozen"
    arm "$1" || finish could_not no "the dead-man cannot be armed in $here: $member was not touched"
    if "steps_$1" && await && settled; then
        disarm || { back; finish could_not yes "the dead-man was faster: $member was put back"; }
        done_members="$done_members $member"
        return 0
    fi
    worse=no
    if regressed; then worse=yes; fi
    back
    finish could_not "$worse" "$why"
}

# What an earlier run left, also before a reboot.
recover() {
    for left in "$here"/journal-*.json "$here"/restoring-*.json; do
        [ -e "$left" ] || continue
        tell "recover ${left##*/}"
        sh "$here/restore.sh" 9>&-
        [ ! -e "$left" ] || finish refused no "$left was left by a run that did not end, and \
cannot be restored: look at $bond, then remove it"
    done
}

# What comes back is not cured by taking it out once more.
rarely() {
    recent=$(find "$here" -name 'repair-*.log' -mmin "-$per_minutes" \
        -exec grep -l '^@@bondproof [^ ]* step ' {} + 2>/dev/null | wc -l)
    find "$here" -name 'repair-*' -mtime +30 -exec rm -f {} +
    [ "$recent" -lt "$max_repairs" ] || finish refused no "$recent repairs of $bond were begun in \
the last $per_minutes minutes, $max_repairs are allowed: find out why it gets stuck again"
}

work() {
    exec >>"$log" 2>&1
    trap '' HUP PIPE
    cd /
    exec 9>>"$here/lock"
    if ! flock -n 9; then
        read -r holder <"$here/lock"
        exec 9>&-
        finish refused no "$bond is being worked on already, by process $holder"
    fi
    printf '%s since %s: repair\n' "$$" "$(date -u +%FT%TZ)" >"$here/lock"
    tell "begin $$"
    recover
    rarely
    uppers | sed 's/^/upper before /' | while read -r line; do tell "$line"; done
    done_members=
    plan
    finish repaired no "taken out and put back, and well at both ends:${done_members:- none}"
}

ended() {
    grep -q '^@@bondproof [^ ]* end ' "$log" 2>/dev/null
}

begin() {
    for tool in ip teamdctl flock setsid mkfifo timeout readlink; do
        command -v "$tool" >/dev/null && continue
        tell "end refused no $tool is missing on this router, and the repair needs it"
        return
    done
    : >"$log"
    detach "bondproof-lacp-repair-$run" "$self" work
    follow "$1"
}

pending() {
    for left in "$here/journal-$run"-*.json "$here/restoring-$run"-*.json; do
        [ ! -e "$left" ] || return 0
    done
    return 1
}

# Prints the log once the run has ended, or after $1 seconds.
follow() {
    alone=0
    end=$(($(now) + $1))
    until ended || [ "$(now)" -ge "$end" ]; do
        next_look
        grep -q '^@@bondproof [^ ]* begin' "$log" || continue
        flock -n -s "$here/lock" true || continue
        if pending; then
            # Nobody holds the lock: the dead-man is about to take it, or was ended as well.
            alone=$((alone + 1))
            [ "$alone" -lt 4 ] || sh "$here/restore.sh" >"$here/restore.log" 2>&1
            continue
        fi
        ended && break
        lost=$(tr '\n' ' ' <"$here/restore.log" 2>/dev/null)
        worse=yes
        case $lost in *'as it was before'*) worse=no ;; esac
        tell "end could_not $worse the repair was ended before its time: $lost" >>"$log"
    done
    tell "follow $run"
    cat "$log"
}

case ${1:-} in
work) work ;;
begin) begin "${2:-20}" ;;
follow) follow "${2:-20}" ;;
*)
    echo "usage: sh $0 begin|follow [SECONDS]" >&2
    exit 2
    ;;
esac
"""
