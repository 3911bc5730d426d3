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
