"""Help texts of options, taken from the ``Parameters`` section of a numpydoc docstring."""

from __future__ import annotations

import inspect
import re

_SENTENCE_END = re.compile(r"(?<=\.)\s+(?=[A-Z`])")


def parameter_help(documented: object) -> dict[str, str]:
    """Return what a docstring says of each parameter, made short.

    The first sentence, and the one that begins with "None", which says what holds by default.

    Examples
    --------
    >>> from graphkit.methods.fastrp import FastRP
    >>> parameter_help(FastRP)["sparsity"]
    's >= 1: one entry in s of a sparse projection is not zero. Default: sqrt(num_nodes).'
    """
    return {name: _short(text) for name, text in parameter_texts(documented).items()}


def parameter_texts(documented: object) -> dict[str, str]:
    """Return what a docstring's section ``Parameters`` says of each, whole."""
    _, _, section = (inspect.getdoc(documented) or "").partition("Parameters\n----------\n")
    texts: dict[str, list[str]] = {}
    names: list[str] = []
    for line in section.splitlines():
        if line.startswith("---"):
            # The line before was the next section's title.
            for name in names:
                del texts[name]
            break
        if line and not line[0].isspace():
            names = [name.strip(" *") for name in line.partition(":")[0].split(",")]
            texts.update({name: [] for name in names})
        for name in names:
            if line.startswith(" "):
                texts[name].append(line.strip())
    return {name: " ".join(lines) for name, lines in texts.items()}


def _short(text: str) -> str:
    sentences = _SENTENCE_END.split(text.replace("`", ""))
    kept = sentences[:1] + [sentence for sentence in sentences[1:] if sentence.startswith("None")]
    return re.sub(r"\bNone(?: for|:)", "Default:", " ".join(kept)).replace("; Default:", "; default:")
