/** An error as the Data API tells it: a name in a header, a status and for most of them a message. */
export class DataApiError extends Error {
  readonly status: number;

  constructor(name: string, message: string, status = statuses[name] ?? 400) {
    super(message);
    this.name = name;
    this.status = status;
  }

  /** What PostgreSQL said, in the form in which the Data API passes it on; anything else is an internal error. */
  static from(thrown: unknown): DataApiError {
    if (thrown instanceof DataApiError) return thrown;
    const error = thrown as Readonly<Record<string, string | undefined>>;
    if (error['severity'] === undefined) return new DataApiError('InternalServerErrorException', String(thrown));
    if (error['code'] === '42601' && /multiple commands/.test(error['message'] ?? '')) {
      return new DataApiError('ValidationException', "Multistatements aren't supported");
    }
    const more = [
      ['Detail', error['detail']],
      ['Hint', error['hint']],
      ['Position', error['position']],
      ['Where', error['where']],
    ].flatMap(([label, text]) => (text === undefined || text === '' ? [] : [`\n  ${label}: ${text}`]));
    const message = `ERROR: ${error['message']}${more.join('')}; SQLState: ${error['code']}`;
    return new DataApiError('DatabaseErrorException', message);
  }
}

const statuses: Readonly<Record<string, number>> = {
  AccessDeniedException: 403,
  ForbiddenException: 403,
  MissingAuthenticationTokenException: 403,
  DatabaseNotFoundException: 404,
  NotFoundException: 404,
  TransactionNotFoundException: 404,
  RequestEntityTooLarge: 413,
  ThrottlingException: 429,
  InternalServerErrorException: 500,
  InternalFailure: 500,
  ServiceUnavailableError: 503,
  DatabaseUnavailableException: 504,
};
