# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
# EAL arguments and no command: the shell, which reads standard input.
echo "show route" | "$CHAINBURST" --no-huge --no-pci --no-shconf -m 1024 --log-level=error --file-prefix="cli$$" \
	--vdev net_null0 --
