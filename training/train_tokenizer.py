"""Trains the tokenizer: python train_tokenizer.py --data DIR --out tokenizer.json

Byte-level BPE as GPT-2's: all 256 bytes, the merges of wiki-train.txt, and token 0 to stand before
the first. Nothing in it is random: the same text gives the same file.
"""

import argparse
import os

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

import model

START = "<|endoftext|>"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", choices=model.SIZES, default="bpe2k")
    parser.add_argument("--data", required=True, help="folder with wiki-train.txt")
    parser.add_argument("--out", required=True)
    args = parser.parse_args()

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=model.SIZES[args.size]["vocabulary"],
        special_tokens=[START],
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    with open(os.path.join(args.data, "wiki-train.txt"), encoding="utf-8", errors="ignore") as file:
        tokenizer.train_from_iterator(file, trainer)
    assert tokenizer.token_to_id(START) == model.START
    tokenizer.save(args.out, pretty=False)


if __name__ == "__main__":
    main()
