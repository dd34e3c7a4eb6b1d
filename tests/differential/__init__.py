"""Random databases asked of two engines: the generator, the comparison and the reducer of cases."""
