// The sentences of the corpus: bodies, each a template (see message.mjs).

export const HARMLESS = '"name":"$GOOD","arguments":{}';
export const HOSTILE = '"name":"$BAD","arguments":{"code":"$CODE"}';

/** An envelope with these members beside `jsonrpc` and the id. */
export const envelope = (members) => `{"jsonrpc":"2.0","id":$ID,${members}}`;
export const request = (method, params = "") => envelope(`"method":"${method}","params":{${params}$META}`);
/** A call whose params are these members. */
export const call = (params) => envelope(`"method":"tools/call","params":{${params}$META}`);
export const harmless = call(HARMLESS);
export const hostile = call(HOSTILE);
/** `params` as a whole, for envelopes that need it twice. */
export const params = (members) => `"params":{${members}$META}`;
/** A request without params of its own; `_meta` goes where the era wants it. */
export const bare = (method) => envelope(`"method":"${method}","params":{"x":0$META}`);
