#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""Judges a capture of `chainburst send` by what tshark reads in it.

    judge.py OUT.pcap FILE... -- --to ADDR:PORT --payload N --cut segment|fragment [send's flags]

tshark takes the frames apart, checks checksums and puts fragments together; this file compares what
it says with expect.py. Exit status: 0 the capture keeps its promise, 1 it does not, 2 no verdict.
"""

import collections
import os
import subprocess
import sys
import tempfile

from expect import Expect

COMMON = '''frame.number frame.len frame.cap_len eth.dst eth.src vlan.id vlan.priority vlan.dei
ip.version udp.srcport udp.dstport udp.length udp.checksum udp.checksum.status
_ws.malformed _ws.expert.severity _ws.expert.message udp.payload'''.split()
OF_FAMILY = {
    4: '''ip.src ip.dst ip.hdr_len ip.len ip.dsfield.dscp ip.dsfield.ecn ip.ttl ip.proto ip.id
    ip.flags ip.flags.df ip.flags.mf ip.frag_offset ip.checksum.status'''.split(),
    6: '''ipv6.src ipv6.dst ipv6.plen ipv6.tclass.dscp ipv6.tclass.ecn ipv6.hlim ipv6.nxt ipv6.flow
    ipv6.fraghdr.nxt ipv6.fraghdr.offset ipv6.fraghdr.more ipv6.fraghdr.ident
    ipv6.fraghdr.reserved_octet ipv6.fraghdr.reserved_bits'''.split(),
}
GOOD = '1'  # *.checksum.status: 0 bad, 1 good, 2 unverified, 3 absent
WORST = 12  # complaints to show


class NoVerdict(Exception):
    """tshark could not be run or asked."""


def dissect(pcap, family, dport):
    """What tshark says of each frame: a list of {field: text}."""
    fields = COMMON + OF_FAMILY[family]
    cmd = ['tshark', '-n', '-r', pcap, '-T', 'fields', '-d', f'udp.port=={dport},data']
    for option in ('ip.check_checksum', 'udp.check_checksum', 'ip.defragment', 'ipv6.defragment'):
        cmd += ['-o', option + ':TRUE']
    for field in fields:
        cmd += ['-e', field]
    with tempfile.TemporaryDirectory() as home:  # nobody's preferences
        env = dict(os.environ, HOME=home, WIRESHARK_CONFIG_DIR=home, LC_ALL='C')
        try:
            run = subprocess.run(cmd, env=env, capture_output=True, text=True, check=False)
        except OSError as e:
            raise NoVerdict(f'cannot run tshark: {e}') from e
    rows = [line.split('\t') for line in run.stdout.splitlines()]
    if run.returncode != 0:
        raise NoVerdict(f'tshark says: {run.stderr.strip()}')
    return [dict(zip(fields, row)) for row in rows]


class Judge:
    """Collects what is wrong with a capture."""

    def __init__(self, expect):
        self.expect = expect
        self.wrong = []

    def same(self, where, what, seen, wanted):
        if seen != wanted:
            self.wrong.append(f'{where}: {what} is {seen!r}, expected {wanted!r}')

    def check(self, rows):
        frames = self.expect.frames()
        self.same('capture', 'number of frames', len(rows), len(frames))
        for row, frame in zip(rows, frames):
            where = f'frame {row["frame.number"]} (datagram {frame.datagram + 1})'
            self.check_l2(where, row, frame)
            self.check_sanity(where, row)
            (self.check_ipv4 if self.expect.family == 4 else self.check_ipv6)(where, row, frame)
            self.check_udp(where, row, frame)
        self.check_ids(rows, frames)
        self.check_payload(rows)
        return not self.wrong

    def check_l2(self, where, row, frame):
        e = self.expect
        self.same(where, 'frame_len', int(row['frame.len']), frame.frame_len)
        self.same(where, 'captured length', row['frame.cap_len'], row['frame.len'])
        if frame.frame_len > e.args.mtu + e.l2_len:
            self.wrong.append(f'{where}: above the MTU')
        if e.dmac:
            self.same(where, 'destination MAC', row['eth.dst'], e.dmac.lower())
        tag = (str(e.vlan), str(e.pcp), '0') if e.vlan is not None else ('', '', '')
        seen = (row['vlan.id'], row['vlan.priority'], row['vlan.dei'])
        self.same(where, 'VLAN (id, pcp, dei)', seen, tag)

    def check_sanity(self, where, row):
        self.same(where, 'malformed', row['_ws.malformed'], '')
        self.same(where, 'expert severity', row['_ws.expert.severity'], '')
        self.same(where, 'expert message', row['_ws.expert.message'], '')
        self.same(where, 'IP version', row['ip.version'], str(self.expect.family))

    def check_ipv4(self, where, row, frame):
        e = self.expect
        flags = (2 if e.df(frame.fragmented) else 0) | (1 if frame.more else 0)
        for field, wanted in (
                ('ip.checksum.status', GOOD), ('ip.hdr_len', '20'), ('ip.dst', str(e.dst)),
                ('ip.len', str(frame.frame_len - e.l2_len)), ('ip.proto', '17'),
                ('ip.dsfield.dscp', str(e.args.dscp)), ('ip.dsfield.ecn', '0'),
                ('ip.ttl', str(e.args.ttl)), ('ip.flags', f'0x{flags:02x}'),
                ('ip.frag_offset', str(frame.offset // 8))):
            self.same(where, field, row[field], wanted)
        if e.src:
            self.same(where, 'ip.src', row['ip.src'], str(e.src))

    def check_ipv6(self, where, row, frame):
        e = self.expect
        for field, wanted in (
                ('ipv6.dst', str(e.dst)), ('ipv6.plen', str(frame.frame_len - e.l2_len - 40)),
                ('ipv6.tclass.dscp', str(e.args.dscp)), ('ipv6.tclass.ecn', '0'),
                ('ipv6.flow', f'0x{e.args.flow_label:06x}'), ('ipv6.hlim', str(e.args.ttl)),
                ('ipv6.nxt', '44' if frame.fragmented else '17')):
            self.same(where, field, row[field], wanted)
        if e.src:
            self.same(where, 'ipv6.src', row['ipv6.src'], str(e.src))
        head = [row['ipv6.fraghdr.' + x] for x in
                ('nxt', 'offset', 'more', 'reserved_octet', 'reserved_bits')]
        wanted = ['17', str(frame.offset // 8), str(int(frame.more)), '0x00', '0']
        self.same(where, 'fragment header', head, wanted if frame.fragmented else [''] * 5)

    def check_udp(self, where, row, frame):
        """tshark shows the UDP header where the datagram is complete: in its last frame."""
        e = self.expect
        if frame.more:
            self.same(where, 'UDP length', row['udp.length'], '')
            return
        size = 8 + e.datagrams()[frame.datagram]
        self.same(where, 'UDP length', row['udp.length'], str(size))
        if e.udp_checksum(frame.fragmented):
            self.same(where, 'UDP checksum status', row['udp.checksum.status'], GOOD)
        sent = row['udp.checksum'] != '0x0000'
        self.same(where, 'UDP checksum is sent', sent, e.udp_checksum(frame.fragmented))
        self.same(where, 'UDP destination port', row['udp.dstport'], str(e.dport))
        if e.sport is not None:
            self.same(where, 'UDP source port', row['udp.srcport'], str(e.sport))

    def check_ids(self, rows, frames):
        """One identification a datagram, never 0, never twice; one source for all."""
        of_datagram = collections.defaultdict(set)
        field = 'ip.id' if self.expect.family == 4 else 'ipv6.fraghdr.ident'
        for row, frame in zip(rows, frames):
            if self.expect.family == 4 or frame.fragmented:
                of_datagram[frame.datagram].add(row[field])
        seen = {}
        for datagram, idents in of_datagram.items():
            self.same(f'datagram {datagram + 1}', f'number of {field}s', len(idents), 1)
            for ident in idents:
                if not ident or int(ident, 16) == 0:
                    self.wrong.append(f'datagram {datagram + 1}: {field} is {ident or "absent"}')
                if ident in seen:
                    self.wrong.append(f'datagram {datagram + 1}: {field} {ident} is also '
                                      f'that of datagram {seen[ident] + 1}')
                seen[ident] = datagram
        for field in ('eth.src', 'eth.dst', 'ip.src', 'ipv6.src', 'udp.srcport'):
            values = sorted({row.get(field, '') for row in rows} - {''})
            if len(values) > 1:
                self.wrong.append(f'capture: {field} is not the same everywhere: {values}')

    def check_payload(self, rows):
        seen = b''.join(bytes.fromhex(row['udp.payload']) for row in rows)
        wanted = self.expect.bytes
        if seen == wanted:
            return
        at = next((i for i, (a, b) in enumerate(zip(seen, wanted)) if a != b),
                  min(len(seen), len(wanted)))
        self.wrong.append(f'capture: payloads put together are {len(seen)} bytes, expected '
                          f'{len(wanted)}; the first difference is at byte {at}')


def judge(pcap, expect):
    """-> list of complaints, empty if the capture keeps the promise"""
    verdict = Judge(expect)
    verdict.check(dissect(pcap, expect.family, expect.dport))
    return verdict.wrong


def main(argv):
    if '--' not in argv or argv.index('--') < 2:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    cut = argv.index('--')
    files = []
    for path in argv[1:cut]:
        with open(path, 'rb') as src:
            files.append(src.read())
    expect = Expect(argv[cut + 1:], files)
    try:
        wrong = judge(argv[0], expect)
    except NoVerdict as e:
        print(f'judge: {e}', file=sys.stderr)
        return 2
    for line in wrong[:WORST]:
        print(f'wrong: {line}')
    if len(wrong) > WORST:
        print(f'... and {len(wrong) - WORST} more')
    if not wrong:
        print(f'right: {len(expect.frames())} frames, {len(expect.datagrams())} datagrams, '
              f'{len(expect.bytes)} bytes of payload')
    return 1 if wrong else 0


if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
