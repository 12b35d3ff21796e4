#!/usr/bin/env bash
# The tables of students.md, from the results in students/ (or in another folder of the same layout).
#   docs/studies/students.sh [FOLDER] > docs/studies/students.md
# The results come from `hallmark study run --plan docs/studies/NAME.toml --out NAME`; of each arm, arm.json and examined.json are kept.
set -euo pipefail
cd "$(dirname "$0")/../.."
folder=${1:-docs/studies/students}
[ -n "${HALLMARK:-}" ] || cargo build --release --quiet
cat docs/studies/students.head.md
for plan in headline passes grid variants corpora; do
  if [ -d "$folder/$plan" ]; then
    "${HALLMARK:-target/release/hallmark}" study tables "$folder/$plan"
    echo
  fi
done
