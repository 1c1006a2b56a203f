// The kernels: one WebAssembly module, so that what one kernel reads another can count without a copy. Each file is one kernel.
export { allocate, reset } from './memory';
