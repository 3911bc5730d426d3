"""What lies and runs on a device: the counterparts of the CPU's walkers, trainers, products and layouts.

Each file uploads the tables of a module of the same name, or of one named in its first line, and launches the
kernels of `graphkit.kernels.gpu` on them; of a graph of tensors (`tensor_graph`) the tables are built there.
"""
