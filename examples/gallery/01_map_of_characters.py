"""
A map of a novel
================

Les Misérables.
"""

import graphkit as gk

print(gk.__version__)
