import {
  type CloudWatchLogsClient,
  DescribeLogStreamsCommand,
  GetLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { unlessMissing } from '../aws-errors.ts';
import { endOfLog } from './job-script.ts';

const logGroupName = '/aws/sagemaker/TrainingJobs';

/** Longer lines are cut, in characters. */
const longestLine = 16_384;

/** Events of a page that is likely full: CloudWatch answers at most 10,000 or 1 MB. */
const fullPage = 1000;

/** The log of a training job, read as it grows. */
export interface JobLog {
  /** What is new since the last call, a line each. */
  next(): Promise<readonly string[]>;
  /** Whether every instance said that its script is at its end: nothing more will come. */
  isOver(): boolean;
}

/**
 * Reads the log of a training job: a stream for each of its instances, which appear late. With several, a line says whose it is. One call
 * for each stream and each time, so that a wait of hours is cheap.
 */
export function jobLog(logs: CloudWatchLogsClient, trainingJob: string, instances: number): JobLog {
  const streams = new Map<string, { token?: string; isOver: boolean }>();

  const findStreams = async (): Promise<void> => {
    const request = { logGroupName, logStreamNamePrefix: `${trainingJob}/` };
    const found = await unlessMissing(logs.send(new DescribeLogStreamsCommand(request)));
    for (const { logStreamName } of found?.logStreams ?? []) {
      if (logStreamName !== undefined && !streams.has(logStreamName)) streams.set(logStreamName, { isOver: false });
    }
  };

  const readStream = async (logStreamName: string): Promise<string[]> => {
    const stream = streams.get(logStreamName);
    const lines: string[] = [];
    for (let isMore = stream !== undefined && !stream.isOver; isMore && stream !== undefined; ) {
      const request = {
        logGroupName,
        logStreamName,
        startFromHead: true,
        ...(stream.token && { nextToken: stream.token }),
      };
      const { events = [], nextForwardToken } = await logs.send(new GetLogEventsCommand(request));
      if (nextForwardToken !== undefined) stream.token = nextForwardToken;
      for (const { message = '' } of events) {
        if (message.endsWith(endOfLog)) stream.isOver = true;
        const line = message.endsWith(endOfLog) ? message.slice(0, -endOfLog.length) : message;
        if (line !== '' || !stream.isOver) lines.push(line.slice(0, longestLine));
      }
      isMore = events.length >= fullPage && !stream.isOver;
    }
    const host = instances > 1 ? `[${logStreamName.replace(/^.*\/|-\d+$/g, '')}] ` : '';
    return lines.map((line) => `${host}${line}`);
  };

  return {
    next: async () => {
      if (streams.size < instances) await findStreams();
      const lines: string[] = [];
      for (const name of streams.keys()) lines.push(...(await readStream(name)));
      return lines;
    },
    isOver: () => streams.size >= instances && [...streams.values()].every((stream) => stream.isOver),
  };
}
