/** A rule's refusal of a request. It is sent as an `rpc_error` and never leaves the sandbox as an exception. */
export class Refusal extends Error {
  /** error_code */
  readonly code: number;
  /** error_message */
  readonly text: string;
  constructor(code: number, text: string) {
    super(`${code} ${text}`);
    this.code = code;
    this.text = text;
  }
}
