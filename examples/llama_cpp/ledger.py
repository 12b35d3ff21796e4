"""The same through a serving file, token by token, with the ledger: ledger.py MODEL.gguf SERVING.toml"""

import sys

import hallmark_lm as hl
from hallmark_lm import llama_cpp
from llama_cpp import Llama

model, serving_file = sys.argv[1:]
llama = Llama(model, n_ctx=2048, verbose=False)
serving = hl.Serving.load(serving_file)
for prompt in ("Write about the sea.", "Explain how bread is made."):
    text = f"<|im_start|>user\n{prompt}<|im_end|>\n<|im_start|>assistant\n"
    tokens = llama.tokenize(text.encode(), add_bos=False, special=True)
    answer = list(llama_cpp.generate(llama, tokens, serving, max_tokens=80, cohort="public"))
    print(llama.detokenize(answer).decode(errors="replace")[:60].replace("\n", " "))
