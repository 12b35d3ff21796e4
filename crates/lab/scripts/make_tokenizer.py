"""Make ../corpus/assets/tokenizer.json: a byte-level BPE trained on the `train` documents of the corpus.

    /somewhere/bin/pip install tokenizers==0.23.3 zstandard==0.25.0
    /somewhere/bin/python make_tokenizer.py ../assets/corpus.txt.zst 1024 ../../corpus/assets/tokenizer.json
"""

import pathlib
import sys

import zstandard
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers


def main(corpus: str, vocab: int, out: str) -> None:
    text = zstandard.ZstdDecompressor().decompress(pathlib.Path(corpus).read_bytes()).decode()
    documents = [d.split("\n", 1) for d in text.split("\f")[1:]]
    train = [body for head, body in documents if head.startswith("train ")]
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=True)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.train_from_iterator(
        train,
        trainers.BpeTrainer(
            vocab_size=vocab,
            special_tokens=[],
            initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
            show_progress=False,
        ),
    )
    tokenizer.save(out)
    tokens = sum(len(tokenizer.encode(body).ids) for body in train)
    print(f"vocabulary {tokenizer.get_vocab_size()}, {tokens} training tokens")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
