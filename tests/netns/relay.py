# SPDX-License-Identifier: BSD-3-Clause
"""A switch with an access port and a trunk, for kernels that have no VLAN devices.

What comes on the access port goes out on the trunk with the tags, and back without them. A frame
on the trunk without exactly these tags goes nowhere, so an answer that lost its tag is missed."""

import select
import socket
import struct
import threading

SO_RCVBUFFORCE = 33
PACKET_AUXDATA, SOL_PACKET = 8, 263
PACKET_OUTGOING = 4
VLAN, SERVICE = 0x8100, 0x88a8


def raw(interface):
    s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
    s.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 32 << 20)
    s.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)
    s.bind((interface, 0))
    return s


def receive(s):
    """A frame as it was on the wire: the kernel takes the outer tag out and tells it apart."""
    frame, extra, _, sender = s.recvmsg(70000, 256)
    if sender[2] == PACKET_OUTGOING:
        return b''
    for _, kind, data in extra:
        status, *_, tci, tpid = struct.unpack_from('=IIIHHHH', data)
        if kind == PACKET_AUXDATA and status & 0x10:
            frame = frame[:12] + struct.pack('>HH', tpid, tci) + frame[12:]
    return frame


class Relay(threading.Thread):
    """Runs while its block does."""

    def __init__(self, access, trunk, vids):
        super().__init__(daemon=True)
        kinds = [VLAN] if len(vids) == 1 else [SERVICE, VLAN]
        self.tags = b''.join(struct.pack('>HH', *tag) for tag in zip(kinds, vids))
        self.access, self.trunk = raw(access), raw(trunk)
        self.over = False

    def __enter__(self):
        self.start()

    def __exit__(self, *_):
        self.over = True
        self.join()
        self.access.close()
        self.trunk.close()

    def down(self):
        frame = receive(self.access)
        if frame:
            self.trunk.send(frame[:12] + self.tags + frame[12:])

    def up(self):
        frame = receive(self.trunk)
        end = 12 + len(self.tags)
        if frame[12:end] == self.tags and frame[end:end + 2] not in (b'\x81\0', b'\x88\xa8'):
            self.access.send(frame[:12] + frame[end:])

    def run(self):
        while not self.over:
            ready, _, _ = select.select([self.access, self.trunk], [], [], 0.05)
            if self.access in ready:
                self.down()
            if self.trunk in ready:
                self.up()
