"""Triton kernels: the stems, names and bits of ``kernels/cpu``; importing one imports triton."""
