"""Messages of the library, in the words of the command line."""

import pytest

from graphkit.cli.wording import in_flags


@pytest.mark.parametrize(
    ("message", "said"),
    [
        (
            "pass weights=None to leave it out, or weights=3",
            "pass --unweighted to leave it out, or --weight-column 3",
        ),
        ("pass id_type='string' to take ids as text", "pass --id-type string to take ids as text"),
        (
            "sparsity has no effect with projection='gaussian'",
            "sparsity has no effect with --projection gaussian",
        ),
        ("or pass keep_connected=False", "or pass --no-keep-connected"),
        ("pass comments='' if it is an id", "pass --comments '' if it is an id"),
        ("edges.txt, line 3: got 'a=b'", "edges.txt, line 3: got 'a=b'"),
        ("got x=", "got x="),
    ],
)
def test_parameters_become_flags(message, said):
    assert in_flags(message) == said


@pytest.mark.parametrize(
    ("message", "given"),
    [
        ("/data/p=1/seed=2.txt: no such file", "/data/p=1/seed=2.txt"),
        ("/abs/a_seed=1.txt, line 2: found nothing", "a_seed=1.txt"),
        ("found 'seed=1 x=2'", ""),
        ("no node has the id \"it's p=1\"; did you mean 'q=2'?", ""),
    ],
)
def test_paths_and_data_are_repeated_as_they_are(message, given):
    assert in_flags(message, [given]) == message


def test_apostrophes_begin_no_data():
    assert in_flags("the method's own; pass p=1, not the walks' q=2") == (
        "the method's own; pass --p 1, not the walks' --q 2"
    )


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("info a_seed=1.txt", "a_seed=1.txt: no such file"),
        ("embed edges.txt -o seed=1.out", "seed=1.out: no format for vectors"),
        ("embed edges.txt --output=seed=1.out", "seed=1.out: no format for vectors"),
        ("similar p=1/x.parquet a", "p=1/x.parquet: no such file"),
        ("ppr edges.txt --source seed=1 -o x.csv", "no node has the id 'seed=1'"),
        ("embed edges.txt -o x.parquet --weight-column p=1", "no column is called 'p=1'"),
        ("info edges.txt --directed --id-type int", "pass --id-type string to take ids as text"),
    ],
)
def test_words_of_the_command_line_are_no_parameters(line, said, graphkit, edges):
    outcome = graphkit(line)
    assert outcome.code == 2
    assert said in outcome.err
