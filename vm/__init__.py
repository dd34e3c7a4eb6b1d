"""The virtual machine: opcodes, programs, the machine that runs them, and the SQL functions."""
