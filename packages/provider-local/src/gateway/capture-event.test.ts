import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type CapturedExchange, captureLine } from './capture-event.ts';

const exchange: CapturedExchange = {
  eventId: '6a6b6f9e-0000-4000-8000-000000000000',
  time: new Date('2022-02-14T17:25:49.987Z'),
  input: { contentType: 'text/csv', bytes: Buffer.from('69,0,153.7\n') },
  output: { contentType: 'text/csv; charset=utf-8', bytes: Buffer.from('0.0254') },
};

describe('captureLine', () => {
  test('is the line that the SageMaker developer guide shows', () => {
    expect(captureLine(exchange)).toBe(
      '{"captureData":{"endpointInput":{"observedContentType":"text/csv","mode":"INPUT","data":"69,0,153.7\\n","encoding":"CSV"},' +
        '"endpointOutput":{"observedContentType":"text/csv; charset=utf-8","mode":"OUTPUT","data":"0.0254","encoding":"CSV"}},' +
        '"eventMetadata":{"eventId":"6a6b6f9e-0000-4000-8000-000000000000","inferenceTime":"2022-02-14T17:25:49Z"},"eventVersion":"0"}\n',
    );
  });

  test("carries the caller's id and attributes", () => {
    const line = captureLine({ ...exchange, inferenceId: 'order-7', customAttributes: 'a=1' });
    expect(JSON.parse(line ?? '').eventMetadata).toMatchObject({ inferenceId: 'order-7', customAttributes: ['a=1'] });
  });

  test.each([
    ['application/json', undefined, '{"x":1}', 'JSON'],
    ['application/vnd.api+json; charset=utf-8', undefined, '{}', 'JSON'],
    ['TEXT/CSV', 'identity', '1', 'CSV'],
    ['text/csv', 'gzip', '1', 'BASE64'],
    ['application/octet-stream', undefined, '1', 'BASE64'],
    ['', undefined, '', 'BASE64'],
  ])('%j with encoding %j is kept as %j → %s', (contentType, contentEncoding, text, encoding) => {
    const input = {
      contentType,
      bytes: Buffer.from(text),
      ...(contentEncoding === undefined ? {} : { contentEncoding }),
    };
    const { endpointInput } = JSON.parse(captureLine({ ...exchange, input }) ?? '').captureData;
    const data = encoding === 'BASE64' ? Buffer.from(text).toString('base64') : text;
    expect(endpointInput).toEqual({ observedContentType: contentType, mode: 'INPUT', data, encoding });
  });

  test('any bytes come back as they were, whatever they claim to be', () => {
    const types = fc.constantFrom('text/csv', 'application/json', 'image/png');
    fc.assert(
      fc.property(fc.uint8Array(), types, (bytes, contentType) => {
        const line = captureLine({ ...exchange, input: { contentType, bytes } }) ?? '';
        expect(line.indexOf('\n')).toBe(line.length - 1);
        const { data, encoding } = JSON.parse(line).captureData.endpointInput;
        expect(Buffer.from(data, encoding === 'BASE64' ? 'base64' : 'utf8')).toEqual(Buffer.from(bytes));
      }),
    );
  });

  test('a body that was too large is left out, an exchange of two such is no line', () => {
    const large = { contentType: 'text/csv', bytes: undefined };
    const { captureData } = JSON.parse(captureLine({ ...exchange, input: large }) ?? '');
    expect(Object.keys(captureData)).toEqual(['endpointOutput']);
    expect(captureLine({ ...exchange, input: large, output: large })).toBeUndefined();
  });
});
