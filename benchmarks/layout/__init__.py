"""The order of the functions in the compiled library, and what finds it: ``python -m benchmarks.layout``.

The system keeps a library's code in memory by runs of 64 KB.  Functions in the order in which their modules are named
would have a little of every run in use, and all of it resident.  Functions that the same workloads call stand together
instead, and the rest (errors, rare statements, wrappers for calls from Python) stays on the disk.
``setup.py`` hands ``functions.txt`` to the linker.  A name in it that no longer exists is passed over, and a function
that it does not name stands behind those that it does: the list needs to be found anew only now and then.
"""
