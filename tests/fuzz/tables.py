"""How often each alternative of the grammar is wanted, and what role a name plays where it stands."""

from __future__ import annotations

from typing import Final

_WEIGHTS: Final = """
any: false 6, empty_text 6, empty_list 3
command: select 45, insert 12, update 9, delete 6, create_table 4, create_index 4, create_view 2, create_trigger
    0.3, create_virtual_table 0.1, drop 1.5, alter 4, transaction 5, pragma 5, maintenance 1
bare_name: ID 60, INDEXED 0.2, JOIN_KW 0.2
name: bare_name 30, STRING 0.6
name_or_string: ID 20, STRING 0.6
qualified: qualified 8
transaction: begin 1.5, commit 0.6, rollback 0.4
number: integer 3, float 1
maintenance: attach 1, detach 0.5, vacuum 0.1, vacuum_schema 0.1, analyze 2, reindex_all 2
select: select 9, select_with 1, select_with_recursive 0.1
compound: one_select 7
compound_operator: UNION 3
one_select: select_core 12, select_core_windows 0.1, values 1.5
distinct: - 1
result_column: result_expression 6, result_star 0.6, result_table_star 0.4
alias: - 1.5
where: - 1.5
group_by: - 5
having: - 8
order_by: - 2.5
direction: - 3
nulls: - 4
limit: - 3
from: - 0.4, FROM 8
sources: source_table 8, source_table_indexed 0.4, source_function 0.8, source_select 1.2, source_parenthesized 0.8
sources_prefix: - 4, sources_prefix 3
database: - 12
on_or_using: join_on 4, join_using 1.5
join_operator: join_comma 2, join_plain 2
plain_columns: - 2
optional_collate: - 8
filter_over: filter_over 0.05, only_over 0.1, only_filter 1
logical: negation 0.1
equality: like 0.7, like_escape 0.2, between 0.8
tested: in_list 1.5, in_select 1.2, in_table 0.2
comparison_or_not: negation 0.1
in_arguments: - 10
bits_or_not: negation 0.1
sum_or_not: negation 0.1
product_or_not: negation 0.1
concatenation_or_not: negation 0.1
collated_or_not: negation 0.1
first_collated: tested 0.3
signed_or_not: negation 0.1
primary: literal 4, row_value 0.4, subquery 0.8, exists 0.5, column 7, table_column 5, schema_table_column 0.2,
    parameter 0.7, cast 0.6, call 4, call_over 0.3, call_ordered 0.3, call_ordered_over 0.1, call_star 0.3,
    call_star_over 0.1, case 0.7, raise_ignore 0.02, raise 0.02
literal: null 0.7, integer 3, float 1, separated_number 0.1, string 3, blob 0.5, current_time 0.1
with: - 12, with 2, with_recursive 0.2
insert: insert_default 0.2
upserts: no_upserts 5
returning: - 6
optional_index_choice: - 8
where_returning: where_returning_none 0.5, where_only 3, returning_only 0.5, where_returning 1
temporary: - 8
create_table: create_table_as 0.5
table_options: - 4
column_type: - 2, type 6
"""

_ROLES: Final = """
qualified_with_schema: 0 schema
savepoint: 1 savepoint
release: 2 savepoint
rollback_to: 4 savepoint
transaction_word: 1 savepoint
pragma: 1 pragma
pragma_with_value: 1 settable pragma
word: 0 value
analyze: 1 table
reindex: 1 table
vacuum_schema: 1 schema
in_table: 2 table
collate: 2 collation
column: 0 column
table_column: 0 source, 2 column of source
schema_table_column: 0 schema, 2 source, 4 column of source
result_table_star: 0 source
result_expression: 1 new alias
source_table: 1 table, 3 new source
source_table_indexed: 1 table, 3 new source
source_function: 1 table function, 6 new source
source_select: 4 new source
source_parenthesized: 4 new source
join_using: 2 common column
index_choice: 2 index
join_words: 1 join word, 2 join word
common_table: 0 new common table
plain_column: 0 new column
optional_collate: 1 collation
over_name: 1 window
window_definition: 0 window
type_words: 0 type, 1 type
target: 0 base table
target_alias: 0 base table, 2 new source
insert: 4 target column
assignment: 0 set column
row_assignment: 1 target column
create_table_head: 4 new table
table_option_without: 1 without
table_option: 0 table option
column_definition: 0 new column
constraint_name: 1 constraint
column_references: 1 base table
column_collate: 1 collation
storage_word: 0 storage
table_foreign_key: 6 base table
reference_match: 1 constraint
default_word: 0 value
create_index: 4 new index, 7 base table
create_view: 4 new view
create_virtual_table: 4 new table, 7 module
create_virtual_table_arguments: 4 new table, 7 module
drop_table: 3 base table
drop_index: 3 index
drop_view: 3 table
drop_trigger: 3 new trigger
trigger_head: 3 new trigger, 8 table
trigger_event_of: 2 column
step_indexed: 2 index
alter_rename_table: 2 base table, 5 new table
alter_rename_column: 2 base table, 5 column, 7 new column
alter_add_column: 2 base table
alter_add_check: 2 base table
alter_add_named_check: 2 base table, 5 constraint
alter_drop_column: 2 base table, 5 column
alter_drop_constraint: 2 base table, 5 constraint
alter_set_not_null: 2 base table, 5 column
alter_drop_not_null: 2 base table, 5 column
raise: 4 column
"""


def _entries(table: str) -> dict[str, list[tuple[str, str]]]:
    """The lines of a table, ``name: word rest, word rest …``; a line that is indented goes on with the one before."""
    entries: dict[str, list[tuple[str, str]]] = {}
    for line in table.strip().replace("\n    ", " ").splitlines():
        name, _, items = line.partition(": ")
        for item in items.split(", "):
            word, _, rest = item.partition(" ")
            entries.setdefault(name, []).append((word, rest))
    return entries


WEIGHTS: Final = {
    (rule, word): float(weight) for rule, items in _entries(_WEIGHTS).items() for word, weight in items
}
"""The weight of a rule's alternative, by its action or its first symbol (``-`` where it is empty); ``any`` rule's."""

ROLES: Final = {
    (action, int(place)): role for action, items in _entries(_ROLES).items() for place, role in items
}
"""The role of a name, by the action or else the rule of the alternative in which it stands, and its place there."""


def weight(rule: str, action: str, first: str) -> float:
    """How often an alternative is wanted; 1 where nothing is said."""
    for key in ((rule, action), (rule, first or "-"), ("any", action)):
        if key in WEIGHTS:
            return WEIGHTS[key]
    return 1.0
