#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""The judge on trial: right captures must pass, and each way of breaking one must be noticed.

The captures come from forge.py, which shares no line with Chainburst. Prints TAP.
"""

import os
import random
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import forge as smithy
import judge as court
from expect import Expect

DATA = random.Random(7).randbytes(9001)
LINES = {
    'v4 fragment': '--to 192.0.2.2:9 --payload 4000 --cut fragment --dscp 46 --ttl 30',
    'v4 segment': '--to 192.0.2.2:9 --payload 4000 --cut segment --mtu 576',
    'v4 small MTU': '--to 192.0.2.2:9 --payload 1473 --cut fragment --mtu 68 --df never',
    'v4 VLAN': '--to 192.0.2.2:9 --payload 4000 --cut fragment --vlan 5:3 --gateway-mac '
               '02:00:00:00:00:02',
    'v6 fragment': '--to [2001:db8::2]:9 --payload 4000 --cut fragment --mtu 1280 --dscp 10',
    'v6 flow label': '--to [2001:db8::2]:9 --payload 4000 --cut fragment --flow-label 703710',
    'v4 no checksum': '--to 192.0.2.2:9 --payload 4000 --cut segment --no-udp-cksum',
    'v6 segment': '--to [2001:db8::2]:9 --payload 4000 --cut segment --mtu 9000 --from '
                  '[2001:db8::7]:77',
}
FLIPS = 2  # random single-byte faults for each line above


def frame_edit(where, at, how):
    """A fault that rewrites one byte of one frame."""
    def edit(frames):
        frame = bytearray(frames[where])
        frame[at] = how(frame[at])
        frames[where] = bytes(frame)
    return edit


def swap(frames):
    frames[0], frames[1] = frames[1], frames[0]


FAULTS = {  # for 'v4 fragment': frames 0, 1 and 2 are the first datagram
    'a payload byte': frame_edit(1, 700, lambda b: b ^ 1),
    'the IPv4 checksum': frame_edit(0, 25, lambda b: b ^ 1),
    'the UDP checksum': frame_edit(0, 41, lambda b: b ^ 1),
    'the fragment offset': frame_edit(1, 21, lambda b: b + 1),
    'the more-fragments bit': frame_edit(0, 20, lambda b: b ^ 0x20),
    'the source MAC': frame_edit(2, 11, lambda b: b ^ 1),
    'a lost fragment': lambda frames: frames.pop(1),
    'a lost datagram': lambda frames: frames.__delitem__(slice(0, 3)),
    'a fragment sent twice': lambda frames: frames.insert(1, frames[1]),
    'fragments out of order': swap,
    'a frame that is cut off': lambda frames: frames.__setitem__(1, frames[1][:-8]),
    'padding behind a frame': lambda frames: frames.__setitem__(2, frames[2] + bytes(4)),
    'nothing at all': lambda frames: frames.clear(),
}
LIES = {  # the capture of 'v4 fragment' against another promise
    'another TTL': '--ttl 31', 'another DSCP': '--dscp 45', 'DF on fragments': '--df always',
    'another MTU': '--mtu 1492', 'a VLAN': '--vlan 5', 'another port': '--to 192.0.2.2:10',
    'another address': '--to 192.0.2.3:9', 'another source': '--from 192.0.2.9',
    'another source port': '--from 192.0.2.1:10', 'the other cut': '--cut segment',
    'another payload size': '--payload 4001', 'sent twice': '--repeat 2',
    'no UDP checksum': '--cut segment --no-udp-cksum',
    'another next hop': '--gateway-mac 02:00:00:00:00:03',
}
# Seen only when the checksum over them is right.
WITH_CHECKSUM = {
    'an id of 0': lambda ident: 0 if ident == 7001 else ident,
    'an id used twice': lambda ident: 7001 if ident == 7002 else ident,
}


def with_ids(expect, change):
    """The capture of expect with other identifications and right checksums."""
    real = smithy.ipv4
    smithy.ipv4 = lambda e, src, ident, f, body: real(e, src, change(ident), f, body)
    try:
        return list(smithy.forge(expect))
    finally:
        smithy.ipv4 = real


def trials():
    """Yields (name, expect, frames, right?)."""
    for name, line in LINES.items():
        expect = Expect(line.split(), [DATA])
        frames = list(smithy.forge(expect))
        yield name, expect, frames, True
        rng = random.Random(name)
        for _ in range(FLIPS):
            bad, where = list(frames), rng.randrange(len(frames))
            at, bit = rng.randrange(len(frames[where])), 1 << rng.randrange(8)
            frame_edit(where, at, lambda b, bit=bit: b ^ bit)(bad)
            yield f'{name}: bit {bit} of byte {at} in frame {where + 1} flipped', expect, bad, False
    line = LINES['v4 fragment']
    expect = Expect(line.split(), [DATA])
    for name, fault in FAULTS.items():
        frames = list(smithy.forge(expect))
        fault(frames)
        yield name, expect, frames, False
    for name, change in WITH_CHECKSUM.items():
        yield name, expect, with_ids(expect, change), False
    frames = list(smithy.forge(expect))
    for name, flag in LIES.items():
        yield name, Expect(f'{line} {flag}'.split(), [DATA]), frames, False


def hear(trial):
    """-> (as it should be?, name, complaints)"""
    name, expect, frames, right = trial
    with tempfile.TemporaryDirectory() as tmp:
        pcap = str(Path(tmp) / 'case.pcap')
        smithy.write_pcap(pcap, frames)
        wrong = court.judge(pcap, expect)
        kept = smithy.read_pcap(pcap) == frames
    return kept and right == (not wrong), f'{"right" if right else "red"}: {name}', wrong


def main():
    failed = count = 0
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for count, (good, name, wrong) in enumerate(pool.map(hear, list(trials())), 1):
            failed += not good
            print(f'{"ok" if good else "not ok"} {count} - {name}')
            for line in wrong[:3] if not good else ():
                print(f'# {line}')
    print(f'1..{count}')
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
