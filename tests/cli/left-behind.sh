# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# A run leaves its capture and nothing else, also when it fails; and it runs where EAL can make no
# directory for itself.
echo payload >file
mkdir run
export RUNTIME_DIRECTORY=$PWD/run
"$CHAINBURST" send file --to 192.0.2.2:9000 -q
"$CHAINBURST" send file --to 192.0.2.2:9000 -q --vdev net_nonsense0
find run
RUNTIME_DIRECTORY=/nonexistent "$CHAINBURST" send file --to 192.0.2.2:9000 -q
