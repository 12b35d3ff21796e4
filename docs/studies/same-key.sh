#!/usr/bin/env bash
# What weights from the tested key's own harvest do to innocent text. Leaves one JSON document for each setting in OUT.
#   docs/studies/same-key.sh OUT
# Then: docs/studies/same-key.py OUT > docs/studies/same-key.md
set -euo pipefail
cd "$(dirname "$0")/../.."
out=${1:?usage: docs/studies/same-key.sh OUT}
mkdir -p "$out"
while read -r teacher keys window; do
  file="$out/$teacher-window-$window.json"
  if [ ! -s "$file" ]; then
    cargo run --release --quiet -p hallmark-study --example same_key -- "$teacher" "$keys" "$window" > "$file.part"
    mv "$file.part" "$file"
  fi
done <<SETTINGS
transformer 300 2
count 400 2
count 400 1
SETTINGS
