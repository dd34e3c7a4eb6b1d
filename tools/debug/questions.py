"""Commands that ask why: who changed a page."""
