"""What the tools load when it is first used: a call of ``fdb`` does without most of it.

``late.tree_dump`` is the module of that name.  Nothing else in the tools is imported but at the top of a file.
"""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING, Final

from foundrydb.late import loaded

if TYPE_CHECKING:
    import difflib as difflib
    import shutil as shutil
    from urllib import parse as parse

    import graphviz as graphviz
    import wcwidth as wcwidth

    from foundrydb import edition as edition
    from foundrydb.compiler.codegen.pragmas import as_tables as as_tables
    from foundrydb.compiler.codegen.pragmas import registry as registry
    from foundrydb.compiler.syntax import diagnostics as diagnostics
    from foundrydb.compiler.syntax import resumption as resumption
    from foundrydb.toolkit import analysis as analysis
    from foundrydb.toolkit import index_advice as index_advice
    from foundrydb.toolkit import pass_bisection as pass_bisection
    from foundrydb.toolkit import plan_comparison as plan_comparison
    from foundrydb.toolkit import rehearsal as rehearsal
    from foundrydb.toolkit import stages as stages
    from foundrydb.toolkit.checks import catalogue as catalogue
    from foundrydb.toolkit.checks import checking as checking
    from foundrydb.toolkit.debugging import script as script
    from foundrydb.toolkit.formatting import scripts as scripts
    from foundrydb.toolkit.query_types import python_code as python_code
    from foundrydb.toolkit.query_types import queries as queries
    from foundrydb.tools.command import commands as commands
    from foundrydb.tools.command import invocation as invocation
    from foundrydb.tools.debug import debugger as debugger
    from foundrydb.tools.debug import prompt as prompt
    from foundrydb.tools.lsp import requests as requests
    from foundrydb.tools.output import columnar as columnar
    from foundrydb.tools.output import keywords as keywords
    from foundrydb.tools.output import listings as listings
    from foundrydb.tools.output import opened_output as opened_output
    from foundrydb.tools.output import progress as progress
    from foundrydb.tools.output import progress_bar as progress_bar
    from foundrydb.tools.recovery import new_database as new_database
    from foundrydb.tools.recovery import recovery as recovery
    from foundrydb.tools.recovery import recovery_report as recovery_report
    from foundrydb.tools.shell import figures as figures
    from foundrydb.tools.shell import repl as repl
    from foundrydb.tools.shell import shell as shell
    from foundrydb.tools.shell import terminal as terminal
    from foundrydb.tools.shell.dots import dot_command as dot_command
    from foundrydb.tools.shell.dots import dots_output as dots_output
    from foundrydb.tools.shell.functions import decimals as decimals
    from foundrydb.tools.shell.functions import folders as folders
    from foundrydb.tools.shell.functions import function_bodies as function_bodies
    from foundrydb.tools.views import advice_text as advice_text
    from foundrydb.tools.views import analysis_dump as analysis_dump
    from foundrydb.tools.views import bind_dump as bind_dump
    from foundrydb.tools.views import bisection_dump as bisection_dump
    from foundrydb.tools.views import bytecode_dump as bytecode_dump
    from foundrydb.tools.views import chain_dump as chain_dump
    from foundrydb.tools.views import checks_dump as checks_dump
    from foundrydb.tools.views import choices_dump as choices_dump
    from foundrydb.tools.views import comparison_dump as comparison_dump
    from foundrydb.tools.views import lineage_dump as lineage_dump
    from foundrydb.tools.views import plan_dump as plan_dump
    from foundrydb.tools.views import sample as sample
    from foundrydb.tools.views import syntax_dump as syntax_dump
    from foundrydb.tools.views import verification as verification
    from foundrydb.tools.views.drawings import diagram_formats as diagram_formats
    from foundrydb.tools.views.logs import log_drawing as log_drawing
    from foundrydb.tools.views.logs import log_json as log_json
    from foundrydb.tools.views.logs import log_survey as log_survey
    from foundrydb.tools.views.logs import log_text as log_text
    from foundrydb.tools.views.pages import key_search as key_search
    from foundrydb.tools.views.pages import key_tree as key_tree
    from foundrydb.tools.views.pages import page_drawing as page_drawing
    from foundrydb.tools.views.pages import page_hex as page_hex
    from foundrydb.tools.views.pages import page_records as page_records
    from foundrydb.tools.views.pages import search_dump as search_dump
    from foundrydb.tools.views.pages import space as space
    from foundrydb.tools.views.pages import space_report as space_report
    from foundrydb.tools.views.pages import survey as survey
    from foundrydb.tools.views.pages import tree_drawing as tree_drawing
    from foundrydb.tools.views.pages import tree_dump as tree_dump
    from foundrydb.tools.views.pages import tree_schema as tree_schema
    from foundrydb.tools.web import serve as serve
    from foundrydb.vm import opcodes as opcodes
    from foundrydb.vm.functions import builtin as builtin
    from foundrydb.vm.functions import scalar as scalar

MODULES: Final = (
    "difflib",
    "shutil",
    "urllib.parse",
    "graphviz",
    "wcwidth",
    "foundrydb.compiler.codegen.pragmas.as_tables",
    "foundrydb.compiler.codegen.pragmas.registry",
    "foundrydb.compiler.syntax.diagnostics",
    "foundrydb.compiler.syntax.resumption",
    "foundrydb.edition",
    "foundrydb.toolkit.analysis",
    "foundrydb.toolkit.index_advice",
    "foundrydb.toolkit.pass_bisection",
    "foundrydb.toolkit.checks.catalogue",
    "foundrydb.toolkit.checks.checking",
    "foundrydb.toolkit.formatting.scripts",
    "foundrydb.toolkit.plan_comparison",
    "foundrydb.toolkit.stages",
    "foundrydb.toolkit.query_types.python_code",
    "foundrydb.toolkit.query_types.queries",
    "foundrydb.toolkit.rehearsal",
    "foundrydb.toolkit.debugging.script",
    "foundrydb.tools.command.commands",
    "foundrydb.tools.command.invocation",
    "foundrydb.tools.debug.debugger",
    "foundrydb.tools.debug.prompt",
    "foundrydb.tools.lsp.requests",
    "foundrydb.tools.output.columnar",
    "foundrydb.tools.output.keywords",
    "foundrydb.tools.output.listings",
    "foundrydb.tools.output.opened_output",
    "foundrydb.tools.output.progress",
    "foundrydb.tools.output.progress_bar",
    "foundrydb.tools.recovery.new_database",
    "foundrydb.tools.recovery.recovery",
    "foundrydb.tools.recovery.recovery_report",
    "foundrydb.tools.shell.dots.dot_command",
    "foundrydb.tools.shell.dots.dots_output",
    "foundrydb.tools.shell.figures",
    "foundrydb.tools.shell.functions.decimals",
    "foundrydb.tools.shell.functions.folders",
    "foundrydb.tools.shell.functions.function_bodies",
    "foundrydb.tools.shell.repl",
    "foundrydb.tools.shell.shell",
    "foundrydb.tools.shell.terminal",
    "foundrydb.tools.views.advice_text",
    "foundrydb.tools.views.analysis_dump",
    "foundrydb.tools.views.bind_dump",
    "foundrydb.tools.views.bisection_dump",
    "foundrydb.tools.views.bytecode_dump",
    "foundrydb.tools.views.checks_dump",
    "foundrydb.tools.views.choices_dump",
    "foundrydb.tools.views.comparison_dump",
    "foundrydb.tools.views.lineage_dump",
    "foundrydb.tools.views.chain_dump",
    "foundrydb.tools.views.pages.key_search",
    "foundrydb.tools.views.pages.key_tree",
    "foundrydb.tools.views.logs.log_drawing",
    "foundrydb.tools.views.logs.log_json",
    "foundrydb.tools.views.logs.log_survey",
    "foundrydb.tools.views.logs.log_text",
    "foundrydb.tools.views.pages.page_drawing",
    "foundrydb.tools.views.pages.page_hex",
    "foundrydb.tools.views.pages.page_records",
    "foundrydb.tools.views.drawings.diagram_formats",
    "foundrydb.tools.views.plan_dump",
    "foundrydb.tools.views.sample",
    "foundrydb.tools.views.pages.search_dump",
    "foundrydb.tools.views.pages.space",
    "foundrydb.tools.views.pages.space_report",
    "foundrydb.tools.views.pages.survey",
    "foundrydb.tools.views.syntax_dump",
    "foundrydb.tools.views.verification",
    "foundrydb.tools.views.pages.tree_drawing",
    "foundrydb.tools.views.pages.tree_dump",
    "foundrydb.tools.views.pages.tree_schema",
    "foundrydb.tools.web.serve",
    "foundrydb.vm.functions.builtin",
    "foundrydb.vm.functions.scalar",
    "foundrydb.vm.opcodes",
)
"""What is loaded late; each is known here by the last part of its name."""


def __getattr__(name: str) -> ModuleType:
    return loaded(globals(), name)
