# shellcheck shell=bash
# SPDX-License-Identifier: BSD-3-Clause
RUNTIME_DIRECTORY=/nowhere "$CHAINBURST" metrics --file-prefix gone
