#!/usr/bin/env bash
# Runs `hallmark demo` with seeds FIRST..LAST and leaves one JSON document per seed in OUT; a seed
# that is there already is not run again.
#   docs/studies/demo-seeds.sh OUT [FIRST LAST] [--full]
# Then: docs/studies/demo-seeds.py OUT > docs/studies/demo-seeds.md
set -euo pipefail
cd "$(dirname "$0")/../.."
out=${1:?usage: docs/studies/demo-seeds.sh OUT [FIRST LAST] [--full]}
first=${2:-1}
last=${3:-20}
[ -n "${HALLMARK:-}" ] || cargo build --release --quiet
mkdir -p "$out"
for ((seed = first; seed <= last; seed++)); do
  file="$out/seed-$seed.json"
  if [ ! -s "$file" ]; then
    "${HALLMARK:-target/release/hallmark}" --quiet --format json demo --seed "$seed" ${4:+"$4"} > "$file.part"
    mv "$file.part" "$file"
  fi
done
