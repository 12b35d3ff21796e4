"""Marks what a Hugging Face model writes: generate.py MODEL KEY PROFILE OUT

MODEL is a folder or a name that transformers takes; KEY and PROFILE are what `hallmark keygen` and `hallmark profile new` wrote."""

import json
import sys

import hallmark_lm as hl
from hallmark_lm import hf
from transformers import AutoModelForCausalLM, AutoTokenizer

model_name, key, profile, out = sys.argv[1:]
model, tokenizer = AutoModelForCausalLM.from_pretrained(model_name), AutoTokenizer.from_pretrained(model_name)
mark = hl.Mark(hl.Profile.load(profile), hl.Key.load(key))

with open(out, "x") as file:
    for prompt in ("Write about the sea.", "Explain how bread is made.", "Describe an old town.", "Tell a story of a fox."):
        inputs = tokenizer.apply_chat_template(
            [{"role": "user", "content": prompt}], add_generation_prompt=True, return_tensors="pt", return_dict=True
        )
        made = hf.generate(model, inputs, mark=mark, max_new_tokens=120, temperature=0.9, top_p=0.95)
        tokens = made[0, inputs["input_ids"].shape[1] :].tolist()
        text = tokenizer.decode(tokens, skip_special_tokens=True)
        file.write(json.dumps({"prompt": prompt, "response": text, "response_tokens": tokens}) + "\n")
