"""Plans to programs: a file for each kind of plan node and of statement."""
