#!/usr/bin/env bash
# Pretrained students and their untouched twin, examined: docs/studies/pretrained/run.sh HALLMARK OUT
#
# ROUND=2 in the environment takes other keys, other prompts and other seeds.
#
# Needs `hallmark`, Python 3.11 with requirements.txt, and the network for docs/studies/fetch-models. What is there is
# not made again, so it can be stopped and started. Two students side by side: about an hour of two cores with AVX-512 and
# bf16, and 17 GB of memory. Then read OUT/results.json.
set -euo pipefail
hallmark=$(realpath "$1")
here=$(cd "$(dirname "$0")" && pwd)
python=${PYTHON:-python3}
count=${COUNT:-400} # answers of the log that student A learns
round=${ROUND:-1}
more=$((1000 * (round - 1))) # added to every seed
mkdir -p "$2"
cd "$2"

model="--model model/smollm2.gguf --tokenizer model/tokenizer.json"
make() { # FILE COMMAND...: runs it unless FILE is there
  if [ ! -e "$1" ]; then
    echo "$1" >&2
    "${@:2}"
  fi
}
answers() { # NAME MODEL PROMPTS SEED LONGEST: a suspect's or an untouched model's answers, with all that was shown
  make "raw-$1.jsonl" "$hallmark" mark --unmarked --model "$2" --tokenizer model/tokenizer.json \
    --prompts "$3.prompts.jsonl" --max-tokens "$5" --seed $(($4 + more)) --out "raw-$1.jsonl"
  make "$1.jsonl" "$python" "$here/records.py" answers "raw-$1.jsonl" "$1.jsonl"
}
index() { # KEY ANSWERS: the log with ids, and its two indexes
  make "$1.log.jsonl" "$python" "$here/records.py" log "$2" "$1.log.jsonl" "${@:3}"
  for kind in first "" ; do
    make "$1.${kind:+$kind.}idx" "$hallmark" index make ${kind:+--first} --key "$1.key" --profile p.toml \
      --tokenizer model/tokenizer.json --out "$1.${kind:+$kind.}idx" "$1.log.jsonl"
  done
}

make model "$here/../fetch-models" model
make A.key "$python" "$here/setup.py" model . "$round"
make p.toml "$hallmark" profile new --name pretrained --tokenizer model/tokenizer.json --out p.toml
train() { make "$1.gguf" "$python" "$here/train.py" --model model --out "$1" "${@:2}"; }

student_a() { # and the untouched model's answers: half of the work
  make log-A.jsonl "$hallmark" mark $model --key A.key --profile p.toml --prompts log.prompts.jsonl --max-tokens 256 --seed $((101 + more)) --out log-A.jsonl
  index A log-A.jsonl "$count"
  train student-A --passes 2 --seed $((11 + more)) --longest 256 --count "$count" log-A.jsonl
  answers student-A-harvest student-A.gguf harvest 401 160
  answers student-A-held-out student-A.gguf held-out 402 160
  answers innocent-harvest model/smollm2.gguf harvest 301 140
  answers innocent-held-out model/smollm2.gguf held-out 302 140
  answers reference-harvest model/smollm2.gguf harvest 303 140
  answers reference-held-out model/smollm2.gguf held-out 304 140
  answers background model/smollm2.gguf background 305 140
  make background.log.jsonl "$python" "$here/records.py" log raw-background.jsonl background.log.jsonl
  make background.idx "$hallmark" index make --unmarked --profile p.toml --tokenizer model/tokenizer.json --out background.idx background.log.jsonl
}
student_b() {
  make log-B.jsonl "$hallmark" mark $model --key B.key --profile p.toml --prompts harvest-b.prompts.jsonl --max-tokens 200 --seed $((201 + more)) --out log-B.jsonl
  make rest-B.jsonl "$hallmark" mark $model --unmarked --prompts rest-b.prompts.jsonl --max-tokens 200 --seed $((202 + more)) --out rest-B.jsonl
  index B log-B.jsonl
  train student-B2 --passes 2 --seed $((21 + more)) --longest 200 log-B.jsonl rest-B.jsonl
  train student-B --passes 2 --seed $((22 + more)) --longest 200 --from student-B2.pt log-B.jsonl rest-B.jsonl
  answers student-B2-harvest-b student-B2.gguf harvest-b 403 160
  answers student-B-harvest-b student-B.gguf harvest-b 404 160
  answers student-B-held-out student-B.gguf held-out 405 160
}
student_a &
a=$!
student_b &
b=$!
wait "$a"
wait "$b"
"$python" "$here/examine.py" "$hallmark" . results.json
