"""Makes what `index make` and `examine` read of what `mark --model` wrote: records.py log|answers IN OUT [COUNT]

log: the first COUNT answers, by the ids of their tokens as sampled, numbered in their order.
answers: text with everything that the model was shown, its template's system text included.
"""

import json
import sys

SYSTEM = "You are a helpful AI assistant named SmolLM, trained by Hugging Face"


def main():
    kind, source, out = sys.argv[1:4]
    records = [json.loads(line) for line in open(source, encoding="utf-8")]
    records = records[: int(sys.argv[4])] if len(sys.argv) > 4 else records
    with open(out, "x", encoding="utf-8") as file:
        for number, record in enumerate(records, 1):
            made = {"log": log, "answers": answer}[kind](number, record)
            file.write(json.dumps(made, ensure_ascii=False) + "\n")


def log(number, record):
    return {"id": str(number), "response_tokens": record["tokens"]}


def answer(number, record):
    shown = f"system\n{SYSTEM}\nuser\n{record['prompt']}\nassistant\n"
    return {"id": record["id"], "prompt": shown, "response": record["text"]}


main()
