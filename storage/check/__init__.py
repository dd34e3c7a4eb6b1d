"""Whether a file is what it should be: ``integrity`` reads every page and reports what does not fit together."""
