// The operator's hand: requests to a gateway's admin API.

import { Trouble } from "./trouble.mjs";

/** @returns {(method: string, path: string, body?: string | object) => Promise<any>} `body` is sent as it is if it is a string */
export function operator(url, token) {
  return async (method, path, body) => {
    const answer = await fetch(`${url}/api/v1/${path}`, {
      method,
      headers: { Authorization: `Bearer ${token}`, ...(body === undefined ? {} : { "Content-Type": "application/json" }) },
      body: body === undefined || typeof body === "string" ? body : JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Refused(`The gateway refused ${method} /api/v1/${path}: HTTP ${answer.status} ${text}`, answer.status);
    return text === "" ? undefined : JSON.parse(text);
  };
}

export class Refused extends Trouble {
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}
