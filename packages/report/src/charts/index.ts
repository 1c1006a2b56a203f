export * from './categories.ts';
export * from './curves.ts';
export * from './forest-plot.ts';
export * from './histogram.ts';
export * from './line-chart.ts';
export * from './matrices.ts';
export * from './score-bar.ts';
export { type StatusCell, statusStrip } from './status-strip.ts';
export { type TimedValue, type TimelinePanel, timelineChart } from './timeline.ts';
