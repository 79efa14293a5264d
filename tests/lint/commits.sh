#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-3-Clause
# Commit subjects: "area: imperative lower-case title", at most 60 columns, no full stop.
set -euo pipefail
cd "$(dirname "$0")/../.."

git=(git -c safe.directory='*')
if ! command -v git >/dev/null || ! "${git[@]}" rev-parse HEAD >/dev/null 2>&1; then
	echo "no git history here: nothing to check"
	exit 77
fi
"${git[@]}" log --no-merges --format='%h %s' | awk '
	function wrong(what) { print $1 ": " what ": " subject; bad = 1 }
	{
		subject = substr($0, length($1) + 2)
		if (length(subject) > 60) wrong("over 60 columns")
		if (subject !~ /^[a-z0-9_.\/, -]+: [a-z0-9`.\/_-]/) wrong("not \"area: lower-case title\"")
		if (subject ~ /\.$/) wrong("ends with a full stop")
	}
	END { print NR " commits"; exit bad }
'
