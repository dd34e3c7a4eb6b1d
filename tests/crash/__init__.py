"""Losses of power and failing disks, under everything from single pages to the SQL of an application."""
