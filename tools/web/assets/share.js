// An address that holds what is seen: the SQL and the schema, in the fragment, which no server gets to see.

/** The fragment of a text and the schema that it is about. */
export function fragment(sql, schema) {
  return `#${new URLSearchParams(schema ? { sql, schema } : { sql })}`;
}

/** What an address's fragment holds; null where it holds nothing. */
export function shared(hash) {
  const given = new URLSearchParams(hash.replace(/^#/, ""));
  return given.has("sql") ? { sql: given.get("sql"), schema: given.get("schema") ?? "" } : null;
}
