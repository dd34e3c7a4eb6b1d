"""Every rule, by loading the modules that declare them."""

from __future__ import annotations

from foundrydb.toolkit.checks import join_rules as join_rules
from foundrydb.toolkit.checks import name_rules as name_rules
from foundrydb.toolkit.checks import schema_rules as schema_rules
from foundrydb.toolkit.checks import search_rules as search_rules
from foundrydb.toolkit.checks import syntax_rules as syntax_rules
from foundrydb.toolkit.checks.rules import RULES, Rule


def rules() -> list[Rule]:
    """Every rule, in the order of the codes."""
    return sorted(RULES.values(), key=lambda rule: rule.code)
