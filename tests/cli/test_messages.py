"""What is wrong is said in one line, with exit code 2 or 1, and never by a stack trace."""

import pytest

from graphkit.methods.fastrp import FastRP

EMBED = "embed edges.txt -o out.txt"

MESSAGES = [
    ("embed", "Missing argument 'FILE'; see graphkit embed --help"),
    ("embed edges.txt", "--output FILE (-o) is missing; - writes to stdout"),
    ("embed edges.txt -o", "Option '-o' requires an argument"),
    ("embed edges.txt more -o out.txt", "Got unexpected extra argument"),
    ("embed none.txt -o out.txt", "none.txt: no such file"),
    ("embed edges.txt -o none/out.txt", "none/out.txt: the folder none does not exist; create it first"),
    (
        "embed edges.txt -o out.pkl",
        "out.pkl: no format for vectors has the suffix '.pkl'; use .parquet, .txt",
    ),
    ("embed edges.txt -o edges.txt --force", "edges.txt: is the input too; write to another file"),
    ("embed edges.txt -o there.txt", "there.txt: exists already; pass --force"),
    (f"{EMBED} --dim 0", "dim must be a whole number >= 1, got 0"),
    (f"{EMBED} -d abc", "Invalid value for '--dim'"),
    (f"{EMBED} -d abc", "expected a whole number, got 'abc'; see graphkit embed --help"),
    (f"{EMBED} --beta high", "expected a number, got 'high'"),
    (f"{EMBED} --weights 1,x", "--weights takes numbers separated by commas"),
    (f"{EMBED} --weights 0,0", "weights must be finite numbers, not all 0"),
    (
        "embed edges.txt -o out.txt --matrix adjacancy",
        "unknown matrix 'adjacancy': did you mean 'adjacency'?",
    ),
    (
        "embed edges.txt -o out.txt --projection gaussian --sparsity 3",
        "sparsity has no effect with --projection",
    ),
    (f"{EMBED} --feature-ratio 0.5", "feature_ratio has no effect without features"),
    (f"{EMBED} --method fastpr", "unknown method 'fastpr': did you mean 'fastrp'?"),
    (f"{EMBED} --method", "unknown method ''"),
    (f"{EMBED} --wieght 1", "no such option: --wieght; did you mean --weights?"),
    (f"{EMBED} --dimension 3", "no such option: --dimension; did you mean --dimensions?"),
    (f"{EMBED} --zzz 3", "no such option: --zzz; see graphkit embed --help"),
    (f"{EMBED} --seed -1", "seed must lie in [0, 2**64), got -1"),
    (f"{EMBED} --threads -1", "num_threads must be a whole number >= 1, got -1"),
    (
        "embed edges.txt -o out.txt --progress loud",
        "unknown --progress 'loud'; possible: auto, bar, json, none",
    ),
    (
        "embed edges.txt -o out.txt --weighted",
        "edges.txt: no column looks like weights; name it by --weight-column",
    ),
    (
        "embed edges.txt -o out.txt --unweighted --weight-column 3",
        "--weight-column has no effect with --unweighted",
    ),
    (f"{EMBED} --columns a", "--columns takes two columns separated by a comma, got 'a'"),
    (f"{EMBED} --format txt", "unknown format 'txt': did you mean 'text'?"),
    (f"{EMBED} --mat-network x", "has no effect on the format text"),
    ("embed dataset:wordnt -o out.txt", "unknown data set 'wordnt': did you mean 'wordnet'?"),
    ("embed bad.txt -o out.txt", "bad.txt, line 4: "),
    ("info none.txt", "none.txt: no such file"),
    ("datasets wordnt", "unknown data set 'wordnt': did you mean 'wordnet'?"),
    ("imbed", "No such command 'imbed'"),
    ("--nonsense", "no such option: --nonsense; see graphkit --help"),
]


@pytest.mark.parametrize(("line", "message"), MESSAGES)
def test_bad_input_is_said_in_one_line_and_writes_nothing(graphkit, edges, line, message):
    (edges.parent / "there.txt").write_text("precious")
    (edges.parent / "bad.txt").write_text("1 2\n2 3\n3 4\n4\n")
    before = {path.name: path.read_bytes() for path in edges.parent.iterdir()}
    outcome = graphkit(line)
    assert (outcome.code, outcome.out) == (2, "")
    *_, last = outcome.err.splitlines()
    assert last.startswith("error: ")
    assert message in last
    assert outcome.err.count("error:") == 1
    assert {path.name: path.read_bytes() for path in edges.parent.iterdir()} == before


@pytest.mark.parametrize("output", ["there.txt", "none/out.txt", "out.pkl"])
def test_an_output_is_refused_before_the_graph_is_read(graphkit, edges, output):
    (edges.parent / "there.txt").write_text("precious")
    outcome = graphkit(f"embed edges.txt -o {output}")
    assert (outcome.code, outcome.err.count("\n")) == (2, 1)


def failing(error):
    """A method's fit that raises."""

    def fit(self, graph, features=None, *, progress=None):
        raise error

    return fit


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (MemoryError(), "error: out of memory: fewer dimensions need less"),
        (PermissionError(13, "Permission denied", "somewhere"), "error: somewhere: Permission denied"),
        (
            ZeroDivisionError("a bug"),
            "error: this is a defect of graphkit, please report it: ZeroDivision",
        ),
    ],
)
def test_a_failed_run_is_said_in_one_line(graphkit, edges, monkeypatch, error, message):
    monkeypatch.setattr(FastRP, "fit", failing(error))
    outcome = graphkit(f"{EMBED} -q")
    assert (outcome.code, outcome.out, outcome.err.count("\n")) == (1, "", 1)
    assert outcome.err.startswith(message)
    assert [path.name for path in edges.parent.iterdir()] == ["edges.txt"]


@pytest.mark.parametrize("output", ["out.txt", "out.npy", "-"])
def test_nan_is_never_written(graphkit, edges, monkeypatch, output):
    real = FastRP.fit

    def fit(self, graph, features=None, *, progress=None):
        real(self, graph, features)
        self.embedding_[3, 1] = float("nan")
        return self

    monkeypatch.setattr(FastRP, "fit", fit)
    outcome = graphkit(f"embed edges.txt -o {output} -q")
    assert (outcome.code, outcome.out) == (1, "")
    assert "error: the vectors of 1 of 16 nodes hold NaN or infinity" in outcome.err
    assert [path.name for path in edges.parent.iterdir()] == ["edges.txt"]


def test_an_option_of_another_method_has_no_effect_here(graphkit, edges, monkeypatch):
    monkeypatch.setitem(
        __import__("graphkit.methods.registry", fromlist=["METHODS"]).METHODS, "walker", f"{__name__}:Walker"
    )
    outcome = graphkit(f"{EMBED} --method fastrp --wander 80")
    assert (outcome.code, outcome.err) == (
        2,
        "error: --wander has no effect with this method; it belongs to walker\n",
    )


class Walker(FastRP):
    """A method with an option of its own.

    Parameters
    ----------
    wander
        Nodes of a walk.
    """

    name = "walker"

    def __init__(self, *, wander: int = 80):
        super().__init__()
        self.wander = wander
