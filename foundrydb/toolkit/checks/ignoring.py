"""``-- fdb: ignore``: comments by which a text says that findings are meant.

At the end of a line it holds of that line.  On a line of its own it holds of the next line, and before a statement of
the whole statement.  ``-- fdb: ignore RULE, RULE`` ignores these rules alone, by name or code.
"""

from __future__ import annotations

import re
from typing import Final

from foundrydb.compiler.syntax.scanner import Scanner
from foundrydb.compiler.syntax.symbols import T_EOF, T_SEMI
from foundrydb.compiler.syntax.trivia import Comment, gap
from foundrydb.toolkit.checks.name_rules import UNKNOWN_RULE
from foundrydb.toolkit.checks.rules import RULES, Finding, Rule

_DIRECTIVE: Final = re.compile(r"(?:--|/\*)\s*fdb:\s*ignore\b\s*(?::\s*)?([^*\n]*)")


class IgnoreComments:
    """What the comments of a text ignore.

    Attributes:
        unknown: a finding for each name in them that is of no rule.
    """

    def __init__(self, sql: str) -> None:
        self.sql: Final = sql
        self.unknown: Final[list[Finding]] = []
        self._stretches: Final[list[tuple[int, int, frozenset[str]]]] = []
        if "fdb:" in sql:
            self._read()

    def __contains__(self, finding: Finding) -> bool:
        return self.covers(finding.rule, finding.offset)

    def covers(self, rule: Rule, offset: int) -> bool:
        """Whether what a rule finds at a place is ignored."""
        names = (rule.name, rule.code.lower())
        return any(
            start <= offset < end and (not rules or any(name in rules for name in names))
            for start, end, rules in self._stretches
        )

    def _read(self) -> None:
        """Find the comments, and what each holds of."""
        scanner = Scanner(self.sql)
        between = True
        waiting: list[frozenset[str]] = []
        begun: list[tuple[int, frozenset[str]]] = []
        while True:
            before = int(scanner.end)
            scanner.advance()
            for comment in gap(self.sql, before, int(scanner.start)).comments:
                rules = self._rules_of(comment)
                if rules is None:
                    continue
                if not comment.own_line:
                    self._hold_of_line(comment.start, rules)
                elif between:
                    waiting.append(rules)
                else:
                    self._hold_of_line(self.sql.find("\n", comment.end) + 1, rules)
            if scanner.kind in (T_EOF, T_SEMI):
                self._stretches.extend((start, int(scanner.end) + 1, rules) for start, rules in begun)
                begun, between = [], True
                if scanner.kind == T_EOF:
                    return
            elif between:
                begun = [(int(scanner.start), rules) for rules in waiting]
                waiting, between = [], False

    def _hold_of_line(self, at: int, rules: frozenset[str]) -> None:
        start = self.sql.rfind("\n", 0, at) + 1
        end = self.sql.find("\n", at)
        self._stretches.append((start, len(self.sql) + 1 if end < 0 else end, rules))

    def _rules_of(self, comment: Comment) -> frozenset[str] | None:
        """The rules that a comment ignores, none for all; None where it ignores nothing."""
        match = _DIRECTIVE.match(comment.text)
        if match is None:
            return None
        names = frozenset(name.lower() for name in re.split(r"[,\s]+", match[1].strip()) if name)
        known = set(RULES) | {rule.code.lower() for rule in RULES.values()}
        for name in sorted(names - known):
            message = f"no rule is named {name}"
            self.unknown.append(Finding(UNKNOWN_RULE, message, self.sql, comment.start, len(comment.text)))
        if names and not names & known:
            return None
        return names
