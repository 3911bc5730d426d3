"""Without a GPU, Triton's interpreter runs the kernels: it is chosen when they are first imported."""

import os

from graphkit.backend import seems_to_be_there

if not seems_to_be_there():
    os.environ["TRITON_INTERPRET"] = "1"
