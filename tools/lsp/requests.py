"""``fdb lsp``: what an editor asks, request by request, over standard input and output.

What is answered is worked out in the modules beside this one, by offsets in a text.  ``FEATURES`` is the table of
requests.  One that cannot be answered, because the document is not open or the place is in no statement, has the empty
answer; one that is refused (a rename, a format) says why.
"""

from __future__ import annotations

import gc
import logging
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidRequest

from foundrydb.compiler.syntax import ast
from foundrydb.errors import Error
from foundrydb.toolkit.formatting.scripts import format_sql
from foundrydb.tools.lsp.actions import actions
from foundrydb.tools.lsp.colours import TYPES, colours
from foundrydb.tools.lsp.completions import completions, signatures
from foundrydb.tools.lsp.hovers import hover, plan_text
from foundrydb.tools.lsp.outlines import Symbol, folds, symbols
from foundrydb.tools.lsp.positions import Lines
from foundrydb.tools.lsp.references import RenameRefused, definitions, places, renamable, renamed
from foundrydb.tools.lsp.server import SqlServer, path_of
from foundrydb.tools.lsp.sights import EditorSight, compiled

_SYMBOLS: Final = {
    "table": types.SymbolKind.Class,
    "view": types.SymbolKind.Interface,
    "index": types.SymbolKind.Key,
    "trigger": types.SymbolKind.Event,
    "column": types.SymbolKind.Field,
    "common table": types.SymbolKind.Variable,
    "statement": types.SymbolKind.Function,
}
_CANDIDATES: Final = {
    "table": types.CompletionItemKind.Class,
    "column": types.CompletionItemKind.Field,
    "alias": types.CompletionItemKind.Variable,
    "function": types.CompletionItemKind.Function,
    "module": types.CompletionItemKind.Function,
    "keyword": types.CompletionItemKind.Keyword,
    "database": types.CompletionItemKind.Module,
    "pragma": types.CompletionItemKind.Property,
    "index": types.CompletionItemKind.Reference,
    "collation": types.CompletionItemKind.EnumMember,
}
_QUOTES: Final = ('"', "`", "[")

# the session ------------------------------------------------------------------------------------------------


def initialized(ls: SqlServer, params: types.InitializeParams) -> None:
    """The folders, and the database where the client names one (``{"database": FILE}``)."""
    folders = [folder.uri for folder in params.workspace_folders or []]
    if not folders and params.root_uri:
        folders = [params.root_uri]
    ls.files.roots = [Path(path_of(uri)) for uri in folders if uri.startswith("file:")]
    options = params.initialization_options
    database = options.get("database") if isinstance(options, dict) else None
    if isinstance(database, str) and database:
        base = ls.files.roots[0] if ls.files.roots else Path()
        ls.files.database = str(base / Path(database).expanduser())


def ready(ls: SqlServer, params: types.InitializedParams) -> None:
    """The client is ready: it is asked to tell of files that change, where it can."""
    workspace = ls.client_capabilities.workspace
    watched = None if workspace is None else workspace.did_change_watched_files
    if watched is None or not watched.dynamic_registration:
        return
    patterns = ["**/*.sql"]
    if ls.files.database is not None:
        name = Path(ls.files.database).name
        patterns += [f"**/{name}", f"**/{name}-wal"]
    watchers = [types.FileSystemWatcher(pattern) for pattern in patterns]
    method = types.WORKSPACE_DID_CHANGE_WATCHED_FILES
    options = types.DidChangeWatchedFilesRegistrationOptions(watchers)
    ls.client_register_capability(
        types.RegistrationParams([types.Registration("fdb-files", method, options)])
    )


def ended(ls: SqlServer, params: object) -> None:
    """The session ends."""
    ls.files.close()


# documents --------------------------------------------------------------------------------------------------


def opened(ls: SqlServer, params: types.DidOpenTextDocumentParams) -> None:
    """A document is open."""
    given = params.text_document
    path = path_of(given.uri)
    ls.addresses[path] = given.uri
    ls.versions[path] = given.version
    ls.files.open(path, given.text)
    ls.edited = path
    ls.check_soon(path, 0)


def changed(ls: SqlServer, params: types.DidChangeTextDocumentParams) -> None:
    """A document has changed: pieces of it, or the whole."""
    path = path_of(params.text_document.uri)
    document = ls.files.texts.get(path)
    if document is None:
        return
    ls.versions[path] = params.text_document.version
    ls.edited = path
    for change in params.content_changes:
        if isinstance(change, types.TextDocumentContentChangePartial):
            lines = ls.lines(path, document)
            start = lines.offset(change.range.start.line, change.range.start.character)
            end = lines.offset(change.range.end.line, change.range.end.character)
            document.change(document.text[:start] + change.text + document.text[max(start, end) :])
        else:
            document.change(change.text)
    ls.check_soon(path)


def closed(ls: SqlServer, params: types.DidCloseTextDocumentParams) -> None:
    """A document is open no more: nothing is wrong with it, and of what it makes that counts which is in the file."""
    path = path_of(params.text_document.uri)
    ls.forget(path)
    ls.check_others(path)
    ls.text_document_publish_diagnostics(types.PublishDiagnosticsParams(params.text_document.uri, []))


def files_changed(ls: SqlServer, params: object) -> None:
    """Files of the folder, or a document that is saved, have changed: other documents may be right or wrong by it."""
    for path in ls.files.look_again():
        ls.check_soon(path)


# at a place -------------------------------------------------------------------------------------------------


def hovered(ls: SqlServer, params: types.HoverParams) -> types.Hover | None:
    """What is under the pointer."""
    found = ls.sight(params.text_document.uri, params.position)
    shown = None if found is None else hover(found[2])
    if found is None or shown is None:
        return None
    _, lines, sight = found
    text = types.MarkupContent(types.MarkupKind.Markdown, shown.text)
    return types.Hover(text, ls.range(lines, sight.start + shown.start, sight.start + shown.end))


def completed(ls: SqlServer, params: types.CompletionParams) -> types.CompletionList:
    """What can be typed."""
    found = ls.sight(params.text_document.uri, params.position)
    items: list[types.CompletionItem] = []
    if found is not None:
        _, lines, sight = found
        offset = sight.start + sight.offset
        for i, each in enumerate(completions(sight)):
            place = ls.range(lines, offset - each.replaces, offset + each.behind)
            # What was typed without quotes is found though they are put around it.
            typed = sight.course.document.text[offset - each.replaces : offset]
            wanted = each.text if typed[:1] in _QUOTES else each.text.strip('"')
            items.append(
                types.CompletionItem(
                    label=each.text,
                    kind=_CANDIDATES.get(each.kind, types.CompletionItemKind.Text),
                    detail=each.kind,
                    sort_text=f"{i:05}",
                    filter_text=wanted,
                    text_edit=types.TextEdit(place, each.text),
                )
            )
    return types.CompletionList(is_incomplete=False, items=items)


def signed(ls: SqlServer, params: types.SignatureHelpParams) -> types.SignatureHelp | None:
    """The function that is being called."""
    found = ls.sight(params.text_document.uri, params.position)
    shown = [] if found is None else signatures(found[2])
    if not shown:
        return None
    return types.SignatureHelp(
        [
            types.SignatureInformation(
                each.label,
                each.doc,
                [types.ParameterInformation(part) for part in each.parameters],
                each.active,
            )
            for each in shown
        ],
        0,
        shown[0].active,
    )


def defined(ls: SqlServer, params: types.DefinitionParams) -> list[types.Location]:
    """Where a name is given."""
    found = ls.sight(params.text_document.uri, params.position)
    if found is None:
        return []
    located = [ls.location(place) for place in definitions(ls.files, found[0], found[2])]
    return [each for each in located if each is not None]


def referred(ls: SqlServer, params: types.ReferenceParams) -> list[types.Location]:
    """Where a name stands."""
    found = ls.sight(params.text_document.uri, params.position)
    if found is None:
        return []
    wanted = params.context.include_declaration
    shown = [place for place in places(ls.files, found[0], found[2]) if wanted or not place.defines]
    located = [ls.location(place) for place in shown]
    return [each for each in located if each is not None]


def highlighted(ls: SqlServer, params: types.DocumentHighlightParams) -> list[types.DocumentHighlight]:
    """Where a name stands in the document."""
    found = ls.sight(params.text_document.uri, params.position)
    if found is None:
        return []
    path, lines, sight = found
    return [
        types.DocumentHighlight(
            ls.range(lines, place.start, place.end),
            types.DocumentHighlightKind.Write if place.defines else types.DocumentHighlightKind.Read,
        )
        for place in places(ls.files, path, sight, here=True)
    ]


# another name -----------------------------------------------------------------------------------------------


def rename_begun(ls: SqlServer, params: types.PrepareRenameParams) -> types.PrepareRenamePlaceholder | None:
    """Whether a name can be given another."""
    found = ls.sight(params.text_document.uri, params.position)
    if found is None:
        return None
    path, lines, sight = found
    try:
        name = renamable(ls.files, path, sight)
    except RenameRefused as reason:
        raise JsonRpcInvalidRequest(f"not renamed: {reason}") from None
    text = sight.piece.text[name.start : name.end] if sight.piece is not None else ""
    place = ls.range(lines, sight.start + name.start, sight.start + name.end)
    return types.PrepareRenamePlaceholder(place, text)


def renamed_to(ls: SqlServer, params: types.RenameParams) -> types.WorkspaceEdit | None:
    """Give a name another, wherever it stands."""
    found = ls.sight(params.text_document.uri, params.position)
    if found is None:
        return None
    try:
        changes = renamed(ls.files, found[0], found[2], params.new_name)
    except RenameRefused as reason:
        raise JsonRpcInvalidRequest(f"not renamed: {reason}") from None
    edits: dict[str, list[types.TextEdit]] = {}
    for place, text in changes:
        located = ls.location(place)
        if located is not None:
            edits.setdefault(located.uri, []).append(types.TextEdit(located.range, text))
    return types.WorkspaceEdit(edits)


# of a document ----------------------------------------------------------------------------------------------


def outlined(ls: SqlServer, params: types.DocumentSymbolParams) -> list[types.DocumentSymbol]:
    """The statements."""
    found = ls.document(params.text_document.uri)
    if found is None:
        return []
    lines = ls.lines(*found)
    return [_symbol(ls, lines, each) for each in symbols(found[1])]


def _symbol(ls: SqlServer, lines: Lines, symbol: Symbol) -> types.DocumentSymbol:
    return types.DocumentSymbol(
        symbol.name,
        _SYMBOLS[symbol.kind],
        ls.range(lines, symbol.start, symbol.end),
        ls.range(lines, symbol.name_start, symbol.name_end),
        symbol.detail,
        children=[_symbol(ls, lines, each) for each in symbol.below],
    )


def folded(ls: SqlServer, params: types.FoldingRangeParams) -> list[types.FoldingRange]:
    """What can be folded: what takes more than one line, once for each first line."""
    found = ls.document(params.text_document.uri)
    if found is None:
        return []
    lines = ls.lines(*found)
    shown: dict[int, types.FoldingRange] = {}
    for start, end, is_comment in folds(found[1]):
        first, last = lines.place(start)[0], lines.place(end)[0]
        if last > first and (first not in shown or shown[first].end_line < last):
            kind = types.FoldingRangeKind.Comment if is_comment else types.FoldingRangeKind.Region
            shown[first] = types.FoldingRange(first, last, kind=kind)
    return list(shown.values())


def laid_out(ls: SqlServer, params: types.DocumentFormattingParams) -> list[types.TextEdit]:
    """The text laid out anew, as ``fdb fmt`` does it: every comment is kept."""
    found = ls.document(params.text_document.uri)
    if found is None:
        return []
    path, document = found
    try:
        text = format_sql(document.text)
    except Error as mistake:
        raise JsonRpcInvalidRequest(f"not formatted: {mistake.message}") from None
    if text == document.text:
        return []
    return [types.TextEdit(ls.range(ls.lines(path, document), 0, len(document.text)), text)]


def coloured(ls: SqlServer, params: types.SemanticTokensParams) -> types.SemanticTokens:
    """What each token is, as the protocol packs it: each place as its distance from the one before."""
    found = ls.document(params.text_document.uri)
    data: list[int] = []
    if found is not None:
        path, document = found
        lines = ls.lines(path, document)
        line = character = 0
        for start, end, kind in colours(ls.files.course(path), 0, len(document.text)):
            first, last = lines.place(start), lines.place(end)
            if first[0] != last[0]:
                continue
            data += [
                first[0] - line,
                first[1] - (character if first[0] == line else 0),
                last[1] - first[1],
                kind,
                0,
            ]
            line, character = first
    return types.SemanticTokens(data)


def offered(ls: SqlServer, params: types.CodeActionParams) -> list[types.CodeAction]:
    """What can be done at a place."""
    uri = params.text_document.uri
    found = ls.sight(uri, params.range.start)
    if found is None:
        return []
    _, lines, sight = found
    end = lines.offset(params.range.end.line, params.range.end.character) - sight.start
    shown = []
    for each in actions(sight, sight.offset, max(sight.offset, end)):
        edits = [
            types.TextEdit(ls.range(lines, sight.start + start, sight.start + past), text)
            for start, past, text in each.changes
        ]
        mended = [
            given for given in params.context.diagnostics
            if each.problem is not None and given.message.startswith(each.problem.message)
        ]  # fmt: skip
        kind = types.CodeActionKind(each.kind)
        shown.append(
            types.CodeAction(each.title, kind, mended or None, edit=types.WorkspaceEdit({uri: edits}))
        )
    return shown


def lenses(ls: SqlServer, params: types.CodeLensParams) -> list[types.CodeLens]:
    """A line above each query: its plan follows when it is shown."""
    found = ls.document(params.text_document.uri)
    if found is None:
        return []
    path, document = found
    lines = ls.lines(path, document)
    shown = []
    for piece, start in zip(document.pieces, document.starts):
        statement = piece.statement
        if isinstance(statement, (ast.Select, ast.Insert, ast.Update, ast.Delete)) and not piece.problems:
            place = start + piece.start
            data = {"path": path, "offset": place}
            shown.append(types.CodeLens(ls.range(lines, place, place), data=data))
    return shown


def lens_shown(ls: SqlServer, lens: types.CodeLens) -> types.CodeLens:
    """A query's plan, in the words of EXPLAIN QUERY PLAN."""
    data = lens.data if isinstance(lens.data, dict) else {}
    document = ls.files.texts.get(str(data.get("path")))
    offset = data.get("offset")
    title = "no plan"
    if document is not None and isinstance(offset, int):
        sight = EditorSight(ls.files.course(str(data["path"])), offset)
        work = None if sight.piece is None else compiled(sight.piece, sight.state)
        if work is not None and work.plan is not None:
            head, *steps = plan_text(work.plan).split("\n")
            title = " · ".join(
                [head.removeprefix("QUERY PLAN").strip(), *(step.strip("|`- ") for step in steps)]
            )
    lens.command = types.Command(title, "")
    return lens


Handler = Callable[[SqlServer, Any], object]

FEATURES: Final[tuple[tuple[str, Handler, object], ...]] = (
    (types.INITIALIZE, initialized, None),
    (types.INITIALIZED, ready, None),
    (types.SHUTDOWN, ended, None),
    (types.TEXT_DOCUMENT_DID_OPEN, opened, None),
    (types.TEXT_DOCUMENT_DID_CHANGE, changed, None),
    (types.TEXT_DOCUMENT_DID_CLOSE, closed, None),
    (types.TEXT_DOCUMENT_DID_SAVE, files_changed, None),
    (types.WORKSPACE_DID_CHANGE_WATCHED_FILES, files_changed, None),
    (types.TEXT_DOCUMENT_HOVER, hovered, None),
    (types.TEXT_DOCUMENT_COMPLETION, completed, types.CompletionOptions([".", '"', "(", " "])),
    (types.TEXT_DOCUMENT_SIGNATURE_HELP, signed, types.SignatureHelpOptions(["(", ","])),
    (types.TEXT_DOCUMENT_DEFINITION, defined, None),
    (types.TEXT_DOCUMENT_REFERENCES, referred, None),
    (types.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT, highlighted, None),
    (types.TEXT_DOCUMENT_PREPARE_RENAME, rename_begun, None),
    (types.TEXT_DOCUMENT_RENAME, renamed_to, types.RenameOptions(prepare_provider=True)),
    (types.TEXT_DOCUMENT_DOCUMENT_SYMBOL, outlined, None),
    (types.TEXT_DOCUMENT_FOLDING_RANGE, folded, None),
    (types.TEXT_DOCUMENT_FORMATTING, laid_out, None),
    (
        types.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL,
        coloured,
        types.SemanticTokensLegend(list(TYPES), []),
    ),
    (
        types.TEXT_DOCUMENT_CODE_ACTION,
        offered,
        types.CodeActionOptions(
            [
                types.CodeActionKind.QuickFix,
                types.CodeActionKind.Refactor,
                types.CodeActionKind.RefactorRewrite,
            ]
        ),
    ),
    (types.TEXT_DOCUMENT_CODE_LENS, lenses, types.CodeLensOptions(resolve_provider=True)),
    (types.CODE_LENS_RESOLVE, lens_shown, None),
)
"""What is answered: each request with the function that does it, and what the client is told of it."""


def new_server(database: str | None) -> SqlServer:
    """A server that answers all of it."""
    server = SqlServer(database)
    for method, handler, options in FEATURES:
        server.feature(method, options)(handler)
    return server


def serve(database: str | None) -> None:
    """Answer an editor's requests until it leaves."""
    logging.basicConfig(stream=sys.stderr, level=logging.ERROR, format="%(name)s: %(message)s")
    # pygls notes each request that is refused, with a traceback.
    logging.getLogger("pygls").setLevel(logging.CRITICAL)
    # A thread reads what the editor sends: it does not wait long for the one that checks.
    sys.setswitchinterval(0.001)
    # To look through all objects for garbage takes as long as a key may: that is done once nobody types.
    young, middle, _ = gc.get_threshold()
    gc.set_threshold(young, middle, 1_000_000)
    new_server(database).start_io()
