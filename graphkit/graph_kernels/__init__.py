"""Graph kernels by random features: walkers and what they leave, modulation, the kernel as an operator."""
