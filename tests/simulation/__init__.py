"""Several connections on a simulated disk, under a scheduler that a seed determines."""
