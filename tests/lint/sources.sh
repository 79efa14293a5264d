#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# sources.sh PATTERN...: the project's files (tracked, or new and not ignored) that match git
# pathspecs, one a line, relative to the root. Without git: all files, less the build directories.
set -euo pipefail
cd "$(dirname "$0")/../.."

with_git() {
	git -c safe.directory='*' ls-files --cached --others --exclude-standard --deduplicate -- "$@" |
		while read -r file; do
			[[ ! -f $file ]] || printf '%s\n' "$file"
		done
}

without_git() {
	local file pattern
	find . -name 'build*' -prune -o -name .git -prune -o -type f -print | sed 's|^\./||' | sort |
		while read -r file; do
			for pattern in "${@:-*}"; do
				# shellcheck disable=SC2053 # a pattern is meant
				if [[ $file == $pattern || $file == $pattern/* ]]; then
					printf '%s\n' "$file"
					break
				fi
			done
		done
}

if command -v git >/dev/null && git -c safe.directory='*' rev-parse --git-dir >/dev/null 2>&1; then
	with_git "$@"
else
	without_git "$@"
fi
