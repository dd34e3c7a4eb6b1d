"""SQL text to program, one stage a folder; ``pipeline`` lists the stages in order."""
