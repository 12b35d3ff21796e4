"""Marks what llama.cpp writes: generate.py MODEL.gguf KEY PROFILE OUT"""

import json
import sys

import hallmark_lm as hl
from hallmark_lm import llama_cpp
from llama_cpp import Llama

model, key, profile, out = sys.argv[1:]
llama = Llama(model, n_ctx=2048, verbose=False)
mark = hl.Mark(hl.Profile.load(profile), hl.Key.load(key))

with open(out, "x") as file:
    for prompt in ("Write about the sea.", "Explain how bread is made.", "Describe an old town.", "Tell a story of a fox."):
        with llama_cpp.marked(mark, temperature=0.9, top_k=40, top_p=0.95) as settings:
            made = llama.create_chat_completion([{"role": "user", "content": prompt}], max_tokens=120, **settings)
        file.write(json.dumps({"prompt": prompt, "response": made["choices"][0]["message"]["content"]}) + "\n")
