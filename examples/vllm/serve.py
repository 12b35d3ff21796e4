"""Marked answers from vLLM, offline: serve.py MODEL PROMPTS OUT [TOKENS [COUNT]]

Writes OUT, JSON lines for `hallmark detect`: each answer's text, for odd prompts unmarked (`hallmark` off).
HALLMARK_SERVING names the serving file.
"""

import json
import sys
import time


def main() -> None:
    model, prompts_file, out, tokens, count = [*sys.argv[1:], "120", "24"][:5]
    prompts = [json.loads(line)["prompt"] for line in open(prompts_file, encoding="utf-8")][: int(count)]

    # All that the mark takes: the processor's name, and, where a request wants something else, its options.
    from vllm import LLM, SamplingParams

    llm = LLM(model, logits_processors=["hallmark_lm.vllm:V1"], max_model_len=1024, enforce_eager=True)
    settings = {"temperature": 0.9, "top_p": 0.95, "max_tokens": int(tokens)}
    params = [SamplingParams(**settings, extra_args={"hallmark": at % 2 == 0}) for at in range(len(prompts))]
    start = time.monotonic()
    answers = llm.generate([chat(prompt) for prompt in prompts], params, use_tqdm=False)
    seconds = time.monotonic() - start

    made = 0
    with open(out + "-marked.jsonl", "w") as marked, open(out + "-plain.jsonl", "w") as plain:
        for at, answer in enumerate(answers):
            made += len(answer.outputs[0].token_ids)
            record = {"id": f"answer-{at}", "response": answer.outputs[0].text, "prompt": prompts[at]}
            (plain if at % 2 else marked).write(json.dumps(record) + "\n")
    print(f"{len(answers)} answers, {made} tokens, {made / seconds:.0f} tokens/s", file=sys.stderr)


def chat(prompt: str) -> str:
    """SmolLM2's chat format."""
    return f"<|im_start|>user\n{prompt}<|im_end|>\n<|im_start|>assistant\n"


if __name__ == "__main__":
    main()
