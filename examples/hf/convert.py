"""The GGUF file of docs/studies/fetch-models as a folder that transformers loads: convert.py FILES OUT"""

import sys

import torch
from tokenizers import Tokenizer
from transformers import AutoModelForCausalLM, LlamaForCausalLM, PreTrainedTokenizerFast

files, out = sys.argv[1:]
read = AutoModelForCausalLM.from_pretrained(files, gguf_file="smollm2.gguf", dtype=torch.float32)
if hasattr(read.config, "quantization_config"):
    del read.config.quantization_config
model = LlamaForCausalLM(read.config)
model.load_state_dict(read.state_dict())
model.tie_weights()
model.save_pretrained(out)
tokenizer = PreTrainedTokenizerFast(
    tokenizer_object=Tokenizer.from_file(f"{files}/tokenizer.json"), eos_token="<|im_end|>", pad_token="<|im_end|>"
)
tokenizer.chat_template = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
tokenizer.save_pretrained(out)
