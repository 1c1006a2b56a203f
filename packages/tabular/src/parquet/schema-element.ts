import { type ThriftReader, thriftStruct, thriftTrue } from './thrift.ts';

/** The format's physical types, by number. */
export const physicalTypes = [
  'BOOLEAN',
  'INT32',
  'INT64',
  'INT96',
  'FLOAT',
  'DOUBLE',
  'BYTE_ARRAY',
  'FIXED_LEN_BYTE_ARRAY',
] as const;

export type LogicalKind = 'none' | 'decimal' | 'date' | 'time' | 'timestamp' | 'bson' | 'uuid' | 'float16' | 'interval';
export type Unit = 'millis' | 'micros' | 'nanos';

/** One entry of the footer's list of columns, which is a tree written depth first. What has no part here is read as its physical type. */
export interface SchemaElement {
  name: string;
  /** -1 for a group. */
  physical: number;
  children: number;
  repetition: 'required' | 'optional' | 'repeated';
  /** Bytes of a value of fixed length. */
  width: number;
  logical: LogicalKind;
  unit: Unit;
  scale: number;
  signed: boolean;
}

const repetitions = ['required', 'optional', 'repeated'] as const;
const units = ['millis', 'micros', 'nanos'] as const;

/** The older annotation (`ConvertedType`), by number. */
const converted: Readonly<Record<number, Partial<SchemaElement>>> = {
  5: { logical: 'decimal' },
  6: { logical: 'date' },
  7: { logical: 'time', unit: 'millis' },
  8: { logical: 'time', unit: 'micros' },
  9: { logical: 'timestamp', unit: 'millis' },
  10: { logical: 'timestamp', unit: 'micros' },
  11: { signed: false },
  12: { signed: false },
  13: { signed: false },
  14: { signed: false },
  20: { logical: 'bson' },
  21: { logical: 'interval' },
};

/** The newer annotation (`LogicalType`), by the number of the field that is set. */
const logicalFields: Readonly<Record<number, LogicalKind>> = {
  5: 'decimal',
  6: 'date',
  7: 'time',
  8: 'timestamp',
  13: 'bson',
  14: 'uuid',
  15: 'float16',
};

/** Reads one `SchemaElement` of `parquet.thrift`. */
export function readSchemaElement(reader: ThriftReader): SchemaElement {
  const element: SchemaElement = {
    name: '',
    physical: -1,
    children: 0,
    repetition: 'required',
    width: 0,
    logical: 'none',
    unit: 'millis',
    scale: 0,
    signed: true,
  };
  reader.struct((field, type) => {
    if (field === 1) element.physical = reader.integer();
    else if (field === 2) element.width = reader.integer();
    else if (field === 3) element.repetition = repetitions[reader.integer()] ?? 'repeated';
    else if (field === 4) element.name = reader.text();
    else if (field === 5) element.children = reader.integer();
    else if (field === 6) Object.assign(element, converted[reader.integer()]);
    else if (field === 7) element.scale = reader.integer();
    else if (field === 10 && type === thriftStruct) readLogicalType(reader, element);
    else return false;
    return true;
  });
  return element;
}

/** Reads the union `LogicalType`, which says more than the older annotation and wins over it. */
function readLogicalType(reader: ThriftReader, element: SchemaElement): void {
  reader.struct((kind, type) => {
    if (type !== thriftStruct) return false;
    element.logical = logicalFields[kind] ?? element.logical;
    reader.struct((field, fieldType) => {
      if (kind === 5 && field === 1) element.scale = reader.integer();
      else if ((kind === 7 || kind === 8) && field === 2 && fieldType === thriftStruct) element.unit = readUnit(reader);
      else if (kind === 10 && field === 2) element.signed = fieldType === thriftTrue;
      else return false;
      return true;
    });
    return true;
  });
}

function readUnit(reader: ThriftReader): Unit {
  let unit: Unit = 'millis';
  reader.struct((field) => {
    unit = units[field - 1] ?? unit;
    return false;
  });
  return unit;
}
