#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-3-Clause
"""chainburst-bench runs to its end and writes a coherent bench.json and bench.md. Times nothing."""
import json
import os
import subprocess
import sys
import tempfile

bench = os.path.abspath(sys.argv[1])


def run(directory, *args):
    return subprocess.run([bench, "--out", directory, *args], capture_output=True, text=True)


def check_group(group):
    names = [case["name"] for case in group["cases"]]
    assert len(set(names)) == len(names), names
    assert group["floor"] in names, group
    for case in group["cases"]:
        spread = case["cycles"]
        assert spread["n"] >= 1 and 0 < spread["q1"] <= spread["median"] <= spread["q3"], case
        assert ("ratio" in case) == (case["name"] != group["floor"]), case
        # Cut at an MTU of 1500: 42 segments of 1472 bytes and the like, or one frame of 64;
        # by payload size as many as that takes; fragments come in whole bursts.
        frames = case["frames_per_payload"]
        if group["name"].startswith("tx by payload"):
            assert frames == -(-int(case["name"].split()[-2]) // 1472), case
        else:
            assert frames in (0, 42, 43) or 0.8 < frames <= 1, case
        assert case["what"], case
        assert ("each_ns" in case) == group["name"].startswith("rtt"), case


def check_rtt(report):
    """Both links between processes are there; the kernel's rows too, or a note says why not."""
    group = next(g for g in report["groups"] if g["name"].startswith("rtt"))
    names = [case["name"] for case in group["cases"]]
    notes = " ".join(report["notes"])
    assert "driver alone: memif" in names, names
    assert "memif" in names and ("vhost" in names or "vhost" in notes), (names, notes)
    kernel = [name for name in names if name.startswith("kernel veth")]
    assert len(kernel) == (0 if "veth" in notes else 3), (names, notes)
    assert kernel or os.geteuid() != 0, (names, notes)
    for case in group["cases"]:
        each = case["each_ns"]
        assert each["n"] >= 1000, case
        assert 0 < each["p50"] <= each["p90"] <= each["p99"] <= each["p99.9"] <= each["max"], case


def check_stream(report):
    """Each way to send 64 KiB payloads is there, or a note says why not."""
    group = next(g for g in report["groups"] if g["name"].startswith("stream"))
    names = [case["name"].split(",")[0].split()[0] for case in group["cases"]]
    notes = " ".join(note for note in report["notes"] if note.startswith("stream"))
    assert names.count("memif") == 4 and names.count("driver") == 1, names
    assert names.count("vhost") == (0 if "vhost" in notes else 2), (names, notes)
    assert names.count("kernel") == (0 if "veth" in notes else 4), (names, notes)
    assert "kernel" in names or os.geteuid() != 0, (names, notes)
    for case in group["cases"]:
        assert abs(case["gbit_s"] * case["ns"] / (64768 * 8) - 1) < 0.01, case


def check_target(target):
    if target["got"] is None:
        assert target["reached"] is None, target
    elif "at_least" in target:
        assert target["reached"] == (target["got"] >= target["at_least"]), target
    else:
        assert target["reached"] == (target["got"] <= target["at_most"]), target


with tempfile.TemporaryDirectory() as directory:
    # All groups, and everything that Chainburst sends in them is completed: else it fails.
    done = run(directory, "--quick", "--turns", "1")
    assert done.returncode == 0, done.stdout + done.stderr
    with open(os.path.join(directory, "bench.json"), encoding="utf-8") as f:
        report = json.load(f)
    machine = report["machine"]
    assert machine["cpu"] and machine["command"].startswith(bench), machine
    assert report["quick"] is True
    assert len(report["groups"]) >= 8, [group["name"] for group in report["groups"]]
    assert len(report["targets"]) >= 16, report["targets"]
    names = [group["name"] for group in report["groups"]]
    for name in "rx 64 B frames", "reass, one datagram open", "reass, 1,000 datagrams open", \
            "reass, 100,000 datagrams open", "reass, frames in no cache", \
            "tx by payload size, cold", "tx by piece size, cold", "tx by piece size, hot":
        assert name in names, names
    for group in report["groups"]:
        check_group(group)
    if len(os.sched_getaffinity(0)) > 1:
        check_rtt(report)
        check_stream(report)
    for target in report["targets"]:
        check_target(target)
    with open(os.path.join(directory, "bench.md"), encoding="utf-8") as f:
        markdown = f.read()
    for group in report["groups"]:
        assert "\n## " + group["name"] + "\n" in markdown, group["name"]
        assert group["name"] in done.stdout

    # One group alone.
    done = run(directory, "--quick", "--turns", "2", "--only", "checksum, hot")
    assert done.returncode == 0, done.stdout + done.stderr
    with open(os.path.join(directory, "bench.json"), encoding="utf-8") as f:
        assert [group["name"] for group in json.load(f)["groups"]] == ["copy+checksum, hot"]

    # What it refuses, it says.
    for args, code, word in ((["--only", "no such group"], 1, "no such group"),
                             (["--turns", "0"], 2, "--turns"), (["--turns", "x"], 2, "--turns"),
                             (["--turns", "2000"], 2, "--turns"), (["surplus"], 2, "surplus"),
                             (["--nonsense"], 2, "usage")):
        done = run(directory, *args)
        assert done.returncode == code and word in done.stderr, (args, done)
    done = run(os.path.join(directory, "is-not-there"), "--turns", "1", "--only", "checksum, hot")
    assert done.returncode == 1 and "is-not-there" in done.stderr, done
print("bench: ok")
