import { wasm } from './wasm.ts';

/** What the module of `packages/tabular/kernels/` exports. Pointers are byte offsets into `memory`. */
export interface KernelExports {
  readonly memory: WebAssembly.Memory;
  /** `bytes` bytes of zeroed memory, aligned to 16. May move `memory.buffer`: views made before are dead. */
  allocate(bytes: number): number;
}

/** Called by the module for what it leaves to JavaScript, by the name that a kernel declares it with. */
export type KernelImports = Readonly<Record<string, (...values: number[]) => unknown>>;

let compiled: WebAssembly.Module | undefined;

/** The compiled module, for this thread or, as it can be posted, another. */
export function kernelModule(): WebAssembly.Module {
  compiled ??= new WebAssembly.Module(Buffer.from(wasm, 'base64'));
  return compiled;
}

/** Spares a thread the compilation: `module` is what another thread's `kernelModule` gave. */
export function useKernelModule(module: WebAssembly.Module): void {
  compiled = module;
}

/** A kernel with a memory of its own. Only what its user calls needs its imports: the others are there and refuse. */
export function newKernel(imports: KernelImports = {}, module = kernelModule()): KernelExports {
  const wanted: Record<string, Record<string, unknown>> = {};
  for (const { module: from, name } of WebAssembly.Module.imports(module)) {
    wanted[from] = { ...wanted[from], [name]: imports[name] ?? refuse };
  }
  return new WebAssembly.Instance(module, wanted).exports as unknown as KernelExports;
}

function refuse(): never {
  throw new Error('A kernel broke one of its own rules.');
}

// The part of the WebAssembly JavaScript API that is used here: TypeScript declares it with the DOM only, which Node does not have.
declare global {
  namespace WebAssembly {
    class Module {
      constructor(bytes: Uint8Array);
      static imports(module: Module): { readonly module: string; readonly name: string }[];
    }
    class Instance {
      constructor(module: Module, imports?: Readonly<Record<string, Readonly<Record<string, unknown>>>>);
      readonly exports: Readonly<Record<string, unknown>>;
    }
    class Memory {
      readonly buffer: ArrayBuffer;
    }
  }
}
