"""What an editor asks of a place in ``q.sql`` that is marked, and the answers in a short form."""

from __future__ import annotations

from lsp.session import CURSOR, Session
from lsprotocol import types


def texts(found: list[types.Diagnostic]) -> list[str]:
    return [each.message.split("\n")[0] for each in found]


def spans(locations: list[types.Location] | None) -> list[tuple[str, int, int, int]]:
    """Places as a file's name, a line, and from where to where."""
    return sorted(
        (
            each.uri.rpartition("/")[2],
            each.range.start.line,
            each.range.start.character,
            each.range.end.character,
        )
        for each in locations or []
    )


async def hover(open: Session, marked: str) -> str:
    document, position = await open.at("q.sql", marked)
    answer = await open.ask(open.client.text_document_hover_async(types.HoverParams(document, position)))
    if answer is None:
        return ""
    assert isinstance(answer.contents, types.MarkupContent)
    return answer.contents.value


async def completion(open: Session, marked: str) -> list[str]:
    document, position = await open.at("q.sql", marked)
    answer = await open.ask(
        open.client.text_document_completion_async(types.CompletionParams(document, position))
    )
    assert isinstance(answer, types.CompletionList)
    return [item.label for item in answer.items]


async def completed(open: Session, marked: str, label: str) -> str:
    """The text once something that is offered is taken."""
    document, position = await open.at("q.sql", marked)
    answer = await open.ask(
        open.client.text_document_completion_async(types.CompletionParams(document, position))
    )
    assert isinstance(answer, types.CompletionList)
    (item,) = [item for item in answer.items if item.label == label]
    assert isinstance(item.text_edit, types.TextEdit)
    return edited(marked.replace(CURSOR, ""), item.text_edit.range, item.text_edit.new_text)


async def definition(open: Session, marked: str) -> list[tuple[str, int, int, int]]:
    document, position = await open.at("q.sql", marked)
    asked = open.client.text_document_definition_async(types.DefinitionParams(document, position))
    found = await open.ask(asked)
    several = [found] if isinstance(found, types.Location) else found or []
    return spans([each for each in several if isinstance(each, types.Location)])


async def references(open: Session, marked: str) -> list[tuple[str, int, int, int]]:
    document, position = await open.at("q.sql", marked)
    asked = types.ReferenceParams(types.ReferenceContext(True), document, position)
    found = await open.ask(open.client.text_document_references_async(asked))
    return spans(list(found or []))


async def rename(open: Session, marked: str, new_name: str) -> dict[str, list[tuple[int, int, str]]]:
    document, position = await open.at("q.sql", marked)
    prepared = types.PrepareRenameParams(document, position)
    await open.ask(open.client.text_document_prepare_rename_async(prepared))
    edit = await open.ask(
        open.client.text_document_rename_async(types.RenameParams(document, position, new_name))
    )
    assert edit is not None
    return {
        uri.rpartition("/")[2]: [
            (each.range.start.line, each.range.start.character, each.new_text) for each in edits
        ]
        for uri, edits in (edit.changes or {}).items()
    }


async def actions(open: Session, marked: str) -> dict[str, str]:
    """The titles of what is offered, each with the text that it makes."""
    document, position = await open.at("q.sql", marked)
    context = types.CodeActionContext(open.found[document.uri])
    asked = types.CodeActionParams(document, types.Range(position, position), context)
    found: dict[str, str] = {}
    text = marked.replace("‸", "")
    for each in await open.ask(open.client.text_document_code_action_async(asked)) or []:
        assert isinstance(each, types.CodeAction) and each.edit is not None and each.edit.changes is not None
        (edit,) = each.edit.changes[document.uri]
        found[each.title] = edited(text, edit.range, edit.new_text)
    return found


def edited(text: str, place: types.Range, new: str) -> str:
    """A text with another piece in a place of one line."""
    lines = text.split("\n")
    assert place.start.line == place.end.line
    line = lines[place.start.line].encode("utf-16-le")
    parts = [line[: 2 * place.start.character], new.encode("utf-16-le"), line[2 * place.end.character :]]
    lines[place.start.line] = b"".join(parts).decode("utf-16-le")
    return "\n".join(lines)
