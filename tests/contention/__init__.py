"""Several processes on one database, ours and the C library's, some of which are killed."""
