"""Tokens of walks and their windows on the device are those of the plain twin."""

from support.device_training import on_device, some_walks, tables_of, trainer_of
from support.reference.skipgram import tokens_of


def test_tokens_and_windows_are_the_cpus():
    walks, numbers = some_walks(150, 9)
    trainer, law = trainer_of(tables_of(2))
    tokens, reaches, counts = (part.tolist() for part in trainer.tokens_of(*on_device(walks, numbers)))
    for row in range(0, 150, 7):
        wanted = tokens_of(walks[row].tolist(), int(numbers[row]), law)
        found = list(zip(tokens[row], reaches[row]))[: counts[row]]
        assert found == wanted
