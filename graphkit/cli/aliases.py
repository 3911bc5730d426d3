"""Other spellings: command lines of node2vec, PecanPy, SNAP, DeepWalk and LINE run as they are.

Long options that only have another name are renamed for every command. ``graphkit embed`` also knows whose
line it is: by that tool's own options, one of `TOOLS`; then what is left out is as in that tool, and so is
the method.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from graphkit.cli.tool_options import LINE_VALUES, VALUES, is_of_snap, of_snap, rewritten

ALIASES = {
    "--dimensions": "--dim",
    "--iter": "--epochs",
    "--matfile-variable-name": "--mat-network",
    "--num-threads": "--threads",
    "--num-walks": "--walks-per-node",
    "--number-walks": "--walks-per-node",
    "--pretrained": "--init",
    "--random-state": "--seed",
    "--representation-size": "--dim",
    "--train-ratio": "--train-ratios",
    "--window-size": "--window",
    "--workers": "--threads",
}
"""Another spelling → ours."""

POSITIONAL = ("--input", "-i")
"""Flags whose value is a positional argument here."""


@dataclass(frozen=True)
class Tool:
    """Whose spelling a line has.

    Attributes
    ----------
    name, method
        The tool, and our method for what it does.
    marks
        Options by which its lines are known.
    defaults
        What holds there for an option that is left out, where ours differs.
    ignores_weights
        Whether it reads no weights unless it is told to.
    """

    name: str
    method: str
    marks: frozenset[str] = frozenset()
    defaults: dict[str, str] = field(default_factory=dict)
    ignores_weights: bool = True


@dataclass(frozen=True)
class Line:
    """A command line in our spelling.

    Attributes
    ----------
    typed, arguments
        The line as it was typed, and in our spelling.
    tool
        Whose spelling it had, if another tool's.
    whole
        Whether it names its input as that tool does, so that it is a line of that tool's as it is, and not
        one of ours with a name in it that we know from there.
    chosen
        Whether the method follows from the options.
    """

    typed: list[str]
    arguments: list[str]
    tool: Tool | None = None
    whole: bool = False
    chosen: bool = False


SNAP = Tool("SNAP's node2vec", "node2vec")
LINE = Tool(
    "LINE",
    "line",
    frozenset({"-train"}),
    {"--dim": "100", "--order": "second", "--samples": "1000000", "--output-format": "txt"},
    ignores_weights=False,
)
PECANPY = Tool("PecanPy", "node2vec", frozenset({"--mode", "--task"}))
NODE2VEC = Tool("node2vec", "node2vec", frozenset({"--dimensions", "--num-walks", "--iter"}))
DEEPWALK = Tool(
    "DeepWalk",
    "deepwalk",
    frozenset(
        {
            "--matfile-variable-name",
            "--max-memory-data-size",
            "--number-walks",
            "--representation-size",
            "--vertex-freq-degree",
        }
    ),
    {"--dim": "64", "--walks-per-node": "10", "--window": "5", "--format": "adjlist"},
)
NODE2VEC_OR_DEEPWALK = Tool("node2vec", "node2vec", frozenset({"--input", "--window-size"}))

TOOLS = (LINE, PECANPY, NODE2VEC, DEEPWALK, NODE2VEC_OR_DEEPWALK)
"""In this order; the first whose mark a line bears it is."""


def translate(arguments: list[str]) -> Line:
    """Return a command line in our spelling.

    Raises
    ------
    ParameterError
        For what another tool's line asks for and we do not do.

    Examples
    --------
    >>> translate(["info", "--input", "a.txt", "--random_state=3", "--workers", "4"]).arguments
    ['info', 'a.txt', '--seed=3', '--threads', '4']
    >>> line = translate(["embed", "-i:graph.txt", "-o:out.emb", "-d:24", "-dr"])
    >>> line.tool.name, line.arguments
    ("SNAP's node2vec", ['embed', 'graph.txt', '--output', 'out.emb', '--dim', '24', '--directed'])
    """
    if arguments[:1] != ["embed"]:
        return Line(arguments, _renamed(arguments))
    if is_of_snap(arguments):
        return Line(arguments, of_snap(arguments), SNAP, whole=True)
    flags = {_dashed(token.partition("=")[0]) for token in arguments}
    tool = next((tool for tool in TOOLS if tool.marks & flags), None)
    rules = LINE_VALUES if tool is LINE else VALUES
    whole = bool(flags & {"--input", "-train"})
    return Line(arguments, _renamed(rewritten(arguments, rules)), tool, whole)


def _renamed(arguments: list[str]) -> list[str]:
    """Underscores in flags become dashes, and flags ours."""
    renamed: list[str] = []
    for position, token in enumerate(arguments):
        if token == "--":
            return renamed + arguments[position:]
        flag, equals, value = token.partition("=")
        if flag in POSITIONAL:
            renamed += [value] if equals else []
        elif flag.startswith("--"):
            renamed.append(ALIASES.get(_dashed(flag), _dashed(flag)) + equals + value)
        else:
            renamed.append(token)
    return renamed


def _dashed(flag: str) -> str:
    return flag.replace("_", "-") if flag.startswith("--") else flag
