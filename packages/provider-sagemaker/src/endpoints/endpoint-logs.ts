import {
  type CloudWatchLogsClient,
  DescribeLogStreamsCommand,
  GetLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { unlessMissing } from '../aws-errors.ts';

/** The newest streams are of the instances that run now; a fleet of many prints much the same. */
const mostStreams = 5;

/** The last lines that a variant's instances printed, oldest first; those of the newest streams, when there are many. */
export async function variantLogs(
  logs: CloudWatchLogsClient,
  endpoint: string,
  variant: string,
  lines: number,
): Promise<readonly string[]> {
  const logGroupName = `/aws/sagemaker/Endpoints/${endpoint}`;
  const request = { logGroupName, logStreamNamePrefix: `${variant}/` };
  const found = await unlessMissing(logs.send(new DescribeLogStreamsCommand(request)));
  const streams = [...(found?.logStreams ?? [])]
    .sort((a, b) => (b.lastEventTimestamp ?? 0) - (a.lastEventTimestamp ?? 0))
    .slice(0, mostStreams);
  const pages = streams.map(async ({ logStreamName }) => {
    const command = new GetLogEventsCommand({ logGroupName, logStreamName, limit: lines, startFromHead: false });
    return (await unlessMissing(logs.send(command)))?.events ?? [];
  });
  return (await Promise.all(pages))
    .flat()
    .sort((a, b) => (a.timestamp ?? 0) - (b.timestamp ?? 0))
    .slice(-lines)
    .map(({ message = '' }) => message);
}
