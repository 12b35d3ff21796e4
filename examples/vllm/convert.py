"""SmolLM2's GGUF file as the folder that vLLM loads: convert.py FOLDER_OF_GGUF OUT

FOLDER_OF_GGUF is what `docs/studies/fetch-models` makes. Needs torch, transformers and gguf.
"""

import json
import pathlib
import shutil
import sys

import torch
from transformers import AutoModelForCausalLM


def main() -> None:
    source, out = map(pathlib.Path, sys.argv[1:])
    model = AutoModelForCausalLM.from_pretrained(source, gguf_file="smollm2.gguf", dtype=torch.bfloat16)
    # The weights were de-quantized; transformers does not write a model that it still takes for a GGUF one.
    model.hf_quantizer = None
    del model.config.quantization_config
    model.save_pretrained(out)
    # The model's own tokenizer: what transformers makes of the GGUF file lacks the splitting of digits.
    shutil.copy(source / "tokenizer.json", out)
    names = {
        "bos_token": "<|im_start|>",
        "eos_token": "<|im_end|>",
        "pad_token": "<|im_end|>",
        "unk_token": "<|endoftext|>",
    }
    config = {"tokenizer_class": "PreTrainedTokenizerFast", "clean_up_tokenization_spaces": False, **names}
    (out / "tokenizer_config.json").write_text(json.dumps(config, indent=2) + "\n")


main()
