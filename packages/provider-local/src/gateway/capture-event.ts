/** One body as it went over the wire; undefined bytes when it was too large to keep. */
export interface CapturedBody {
  readonly contentType: string;
  /** The `content-encoding` header; anything but `identity` is kept as Base64. */
  readonly contentEncoding?: string;
  readonly bytes: Uint8Array | undefined;
}

export interface CapturedExchange {
  readonly eventId: string;
  readonly inferenceId?: string;
  readonly customAttributes?: string;
  readonly time: Date;
  readonly input: CapturedBody;
  readonly output: CapturedBody;
}

/**
 * One line of SageMaker's data capture format (with its newline); undefined when neither body was kept. Text that says it is CSV or
 * JSON and is valid UTF-8 is kept as text, everything else as Base64. Format: the SageMaker developer guide, "Capture data from
 * real-time endpoint".
 */
export function captureLine(exchange: CapturedExchange): string | undefined {
  const endpointInput = captured(exchange.input, 'INPUT');
  const endpointOutput = captured(exchange.output, 'OUTPUT');
  if (endpointInput === undefined && endpointOutput === undefined) return undefined;
  const { eventId, inferenceId, customAttributes, time } = exchange;
  return `${JSON.stringify({
    captureData: { endpointInput, endpointOutput },
    eventMetadata: {
      eventId,
      inferenceId,
      customAttributes: customAttributes === undefined ? undefined : [customAttributes],
      inferenceTime: `${time.toISOString().slice(0, 19)}Z`,
    },
    eventVersion: '0',
  })}\n`;
}

function captured(body: CapturedBody, mode: 'INPUT' | 'OUTPUT') {
  if (body.bytes === undefined) return undefined;
  const textual = textEncodingOf(body);
  const text = textual === undefined ? undefined : decoded(body.bytes);
  const [data, encoding] =
    text === undefined || textual === undefined
      ? [Buffer.from(body.bytes).toString('base64'), 'BASE64']
      : [text, textual];
  return { observedContentType: body.contentType, mode, data, encoding };
}

function textEncodingOf(body: CapturedBody): 'CSV' | 'JSON' | undefined {
  if (body.contentEncoding !== undefined && body.contentEncoding !== 'identity') return undefined;
  const type = body.contentType.split(';')[0]?.trim().toLowerCase() ?? '';
  if (type === 'text/csv') return 'CSV';
  return type === 'application/json' || type.endsWith('+json') ? 'JSON' : undefined;
}

function decoded(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
